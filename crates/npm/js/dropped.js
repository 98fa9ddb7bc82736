// What was dropped or pasted before the WebAssembly is there. A `DataTransfer` is dead once its event is over, so files
// and folder handles are taken out at once; folders are read when the uploader can take them.

/** @typedef {{data: File, relativePath?: string}} Picked */

/**
 * @param {DataTransfer} transfer
 * @returns {{files: File[], folders: FileSystemDirectoryEntry[]}}
 */
export function takeOut(transfer) {
  /** @type {File[]} */
  const files = []
  /** @type {FileSystemDirectoryEntry[]} */
  const folders = []
  for (const item of transfer.items ?? []) {
    if (item.kind !== 'file') continue
    const entry = item.webkitGetAsEntry?.()
    const file = entry?.isDirectory ? null : item.getAsFile()
    if (entry?.isDirectory) folders.push(/** @type {FileSystemDirectoryEntry} */ (entry))
    else if (file) files.push(file)
  }
  return { files: files.length > 0 || folders.length > 0 ? files : [...transfer.files], folders }
}

/** Most entries read out of a folder: past this a link loop is more likely than a wish. The other side has the same. */
const MAX_ENTRIES = 100_000

/**
 * All files of a folder, with their paths. What cannot be read is left out.
 * @param {FileSystemDirectoryEntry} folder
 * @returns {Promise<Picked[]>}
 */
export async function readFolder(folder) {
  /** @type {Picked[]} */
  const picked = []
  const queue = [folder]
  let seen = 0
  for (let at = 0; at < queue.length; at += 1) {
    const reader = queue[at].createReader()
    for (;;) {
      // Chromium hands out at most 100 entries at a time, so it must be asked until nothing is left.
      const entries = await settle(/** @type {(r: Function, j: Function) => void} */ ((resolve, reject) => reader.readEntries(/** @type {any} */ (resolve), /** @type {any} */ (reject))))
      if (!entries?.length) break
      for (const entry of entries) {
        seen += 1
        if (seen > MAX_ENTRIES) return picked
        if (entry.isDirectory) queue.push(entry)
        else {
          const data = await settle((resolve, reject) => entry.file(resolve, reject))
          if (data) picked.push({ data, relativePath: entry.fullPath.replace(/^\//, '') })
        }
      }
    }
  }
  return picked
}

/** A promise of what a callback gets, or of `undefined`. @param {(resolve: Function, reject: Function) => void} start @returns {Promise<any>} */
const settle = (start) => new Promise(start).catch(() => undefined)

/** Whether something with files is being dragged. @param {DataTransfer | null} transfer */
export const hasFiles = (transfer) => Boolean(transfer?.types.includes('Files'))
