// What the buttons do, by their `data-do`.

/** @typedef {import('../uploader.js').Uploader} Uploader */
/** @typedef {import('./files.js').Files} Files */
/** @typedef {import('../index.js').UploadFile} UploadFile */

/** Whoever calls `upload` for themselves hears of its end; here events tell all there is. */
const ignore = () => {}

/**
 * Does what is about all files, and says whether it was that.
 * @param {string} verb @param {Uploader} uploader @param {Files} files
 */
export function actOnAll(verb, uploader, files) {
  switch (verb) {
    case 'upload': uploader.upload().catch(ignore)
      break
    case 'pause-all': uploader.pauseAll()
      break
    case 'resume-all': uploader.resumeAll()
      break
    case 'retry-all': uploader.retryAll().catch(ignore)
      break
    case 'clear': {
      const { active, paused } = uploader.getTotals()
      // Where nobody waits for anything, nothing is cancelled.
      uploader[active + paused > 0 ? 'cancelAll' : 'clear']()
      break
    }
    case 'replace':
    case 'keep-both': addAgain(verb === 'replace', uploader, files)
      break
    default: return false
  }
  return true
}

/** Does what is about one file. @param {string} verb @param {Uploader} uploader @param {UploadFile} file */
export function actOnOne(verb, uploader, file) {
  if (verb === 'remove') uploader.removeFile(file.id)
  if (verb === 'pause' || verb === 'resume') uploader.pauseResume(file.id)
  if (verb === 'retry') uploader.retryUpload(file.id).catch(ignore)
}

/** Files that are in the list already come in all the same. @param {boolean} replace the old ones go @param {Uploader} uploader @param {Files} files */
function addAgain(replace, uploader, files) {
  const { duplicates } = files
  files.forget(true)
  const here = uploader.getFiles()
  const names = new Set(here.map(({ name }) => name))
  for (const { name, type, data, meta, size, relativePath } of duplicates) {
    const at = replace ? here.findIndex((file) => file.name === name && file.size === size && file.meta.relativePath === relativePath) : -1
    for (const { id } of at < 0 ? [] : here.splice(at, 1)) if (uploader.getFile(id)) uploader.removeFile(id)
    const fresh = replace ? name : freeName(name, names)
    names.add(fresh)
    try {
      const added = uploader.getFile(uploader.addFile({ data, name: fresh, type, meta, relativePath }))
      if (added) here.push(added)
    } catch {
      // Told as `restriction-failed`.
    }
  }
}

/** `a.txt` → `a (2).txt`, or the first number that is free. @param {string} name @param {Set<string>} taken */
export function freeName(name, taken) {
  const dot = name.lastIndexOf('.')
  const [stem, end] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  for (let n = 2; ; n += 1) {
    const free = `${stem} (${n})${end}`
    if (!taken.has(free)) return free
  }
}
