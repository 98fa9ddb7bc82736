// Files on their way in: whatever a page gives, until the engine has them and their bytes are kept.

import { isBlob } from '../intake.js'
import { toMeta } from '../options.js'
import * as engine from './engine.js'
import { handleOf, incoming, readFolders, typeOf } from './files.js'
import { candidateOf, idText, restrictionError } from './shapes.js'

/** @typedef {import('./files.js').Incoming} Incoming */

/** S3 takes no smaller part, but for the last. */
const SMALLEST_PART = 5 << 20

export class Arrivals {
  #own
  #teller
  #lists
  /** Meta of files to come. @type {Record<string, string>} */
  meta = {}

  /** @param {import('./core.js').Own} own @param {import('./teller.js').Teller} teller @param {import('../lists.js').Lists} lists */
  constructor(own, teller, lists) {
    this.#own = own
    this.#teller = teller
    this.#lists = lists
  }

  /** @param {Iterable<any> | ArrayLike<any>} list */
  list(list) {
    this.#takeAll(Array.from(list, (file) => ({ file })))
  }

  /** A drop or a paste. Entries must be fetched before this returns: the transfer is emptied afterwards. @param {DataTransfer} transfer */
  transfer(transfer) {
    const folders = []
    const files = []
    for (const item of transfer.items ?? []) {
      if (item.kind !== 'file') continue
      const entry = item.webkitGetAsEntry?.()
      const file = entry?.isDirectory ? undefined : item.getAsFile()
      if (entry?.isDirectory) folders.push(entry)
      // A small one is sent whole: there is nothing to go on with.
      else if (file) files.push({ file, handle: file.size < SMALLEST_PART ? undefined : handleOf(item) })
    }
    if (files.length + folders.length === 0) this.list(transfer.files ?? [])
    this.#takeAll(files)
    this.folders(folders)
  }

  /** After the files that came with them. @param {FileSystemEntry[]} folders */
  folders(folders) {
    if (folders.length === 0) return
    if (this.#own.given.directories === false) {
      for (const { name } of folders) this.#reject(['directory'], name)
      return
    }
    const tell = {
      taken: (/** @type {Incoming} */ file) => void this.#takeOrTell(file),
      unreadable: (/** @type {string} */ name) => this.#reject(['unreadable'], name),
      empty: (/** @type {string} */ name) => this.#reject(['directory'], name),
      full: (/** @type {number} */ most) => this.#reject(['count', most], ''),
    }
    const before = this.#lists.last
    void this.#lists.run(async (isOver) => {
      await before
      await readFolders(folders, { ...tell, isOver })
    })
  }

  /** One file. @param {Incoming} given @returns {number} @throws {import('../errors.js').RestrictionError} */
  take(given) {
    let file = { ...given, type: typeOf(given.type, given.name), meta: { ...this.meta, ...given.meta } }
    const { onBeforeFileAdded, planParts } = this.#own.given
    if (onBeforeFileAdded) {
      const verdict = onBeforeFileAdded(candidateOf(file))
      if (verdict === false) throw restrictionError(['refused'], file.name, this.#own.strings)
      if (verdict !== null && typeof verdict === 'object') file = replaced(file, verdict)
    }
    const plan = planParts ? planParts(candidateOf(file)) : {}
    if (!plan) throw restrictionError(['refused'], file.name, this.#own.strings)
    const { data, name, type, lastModified, relativePath, meta, source } = file
    if (this.#own.dead) throw restrictionError(['batch'], name, this.#own.strings)
    const partSize = Number(plan.partSize) >= 1 ? plan.partSize : undefined
    const added = this.#own.look(
      engine.ADD, name, type, data.size, lastModified, relativePath, flatOf(meta), plan.multipart ?? file.multipart, partSize,
    )
    if (Array.isArray(added)) {
      this.#own.drain()
      throw restrictionError(added, name, this.#own.strings)
    }
    // Kept before anyone hears of the file, so that a handler can ask for it.
    this.#own.blobs.set(added, data)
    if (source) this.#own.sources.set(added, source)
    this.#own.drain()
    return added
  }

  /** What an earlier page left unfinished, by its record. @param {string} id @param {Incoming} file @returns {string} */
  goOn(id, file) {
    const record = this.#own.memory?.record(id)
    const known = record ? { ...file, meta: record.meta, multipart: true } : file
    // Whoever chose the wrong file chooses again: it is in the way of one with the same name, or takes the only place.
    const keeper = this.#own.memory?.keeper
    this.#own.act(engine.REMOVE, keeper?.wrong(id) ?? 0)
    const added = this.take(known)
    keeper?.choose(added, id)
    return idText(added)
  }

  /** @param {Array<{file: any, handle?: Promise<any>}>} found */
  #takeAll(found) {
    void this.#lists.slices(found.length, (at) => {
      const { file, handle } = found[at]
      const id = this.#takeOrTell(incoming(file))
      // A listener may have taken it out again.
      if (handle && id !== undefined && this.#own.blobs.has(id)) this.#own.handles.set(id, handle)
    })
  }

  /** @param {Incoming} file @returns {number | undefined} */
  #takeOrTell(file) {
    try {
      return this.take(file)
    } catch (error) {
      this.#teller.send('restriction-failed', candidateOf(file), error)
      return undefined
    }
  }

  /** @param {any[]} reason @param {string} name */
  #reject(reason, name) {
    this.#teller.send('restriction-failed', { name }, restrictionError(reason, name, this.#own.strings))
  }
}

/** Names and values in one list. @param {Record<string, string>} meta */
export const flatOf = (meta) => Object.entries(meta).flat()

/** What `onBeforeFileAdded` gave in its place. @template {Incoming} T @param {T} file @param {any} verdict @returns {T} */
function replaced(file, verdict) {
  const text = (/** @type {string} */ name) => (typeof verdict[name] === 'string' ? verdict[name] : undefined)
  return {
    ...file,
    name: text('name') ?? file.name,
    type: text('type') ?? file.type,
    meta: verdict.meta ? toMeta(verdict.meta) : file.meta,
    // Asked for only where there is something to ask about: it would be an exception per file.
    data: verdict.data && isBlob(verdict.data) ? verdict.data : file.data,
  }
}
