// Files on their way in: what applications call a file becomes blob, name, type and meta, and long lists are taken in
// slices, so that ten thousand files do not freeze the page.

import { breath } from './breath.js'
import { report, RestrictionError, revive } from './errors.js'
import { toMeta } from './options.js'

/** How long a slice may take, in milliseconds: a frame is 16. */
const SLICE_MS = 8
/** Lists up to this long are taken in one go, whatever the time. */
const AT_ONCE = 50

export class Intake {
  /** All lists that are still being taken in. @type {Promise<void> | undefined} */
  pending
  /** Whether the rest of a list is of no use any more. */
  stopped = false
  /** Goes up with each cancel, so that what began before one can tell. */
  generation = 0
  #lists = 0

  /**
   * @param {import('./core.js').Core} core
   * @param {(file: object, error: RestrictionError) => void} refused
   */
  constructor(core, refused) {
    this.core = core
    this.refused = refused
  }

  /** Lists that are being added stop where they are. */
  cancel() {
    this.generation += 1
  }

  /** @param {any} file @returns {string} */
  addOne(file) {
    const { data, name, type, lastModified, relativePath, meta, source } = toDescriptor(file)
    try {
      return this.core.add(data, name, type, lastModified, relativePath, meta, source)
    } catch (thrown) {
      const error = revive(thrown)
      if (error instanceof RestrictionError) {
        error.file ??= { name, type, size: data.size, data, source, meta: { ...meta, name, type } }
        this.refused(/** @type {object} */ (error.file), error)
      }
      throw error
    }
  }

  /** @param {Iterable<any> | ArrayLike<any>} list @returns {Promise<string[]>} */
  addMany(list) {
    // A copy: a `FileList` empties itself when the application resets its input.
    const files = Array.from(/** @type {ArrayLike<any>} */ (list), toDescriptor)
    /** @type {string[]} */
    const ids = []
    const { generation } = this
    let at = this.#slice(files, 0, ids)
    if (at >= files.length) return Promise.resolve(ids)
    this.#lists += 1
    const before = this.pending
    const done = (async () => {
      await before
      while (at < files.length) {
        await breath()
        if (this.stopped || generation !== this.generation) break
        at = this.#slice(files, at, ids)
      }
      return ids
    })().finally(() => {
      this.#lists -= 1
      if (this.#lists === 0) this.pending = undefined
    })
    this.pending = done.then(() => undefined, report)
    return done
  }

  /** Adds from `at` on until the slice's time is up, and returns where to go on. @param {any[]} files @param {number} at @param {string[]} ids */
  #slice(files, at, ids) {
    const end = performance.now() + SLICE_MS
    for (; at < files.length; at += 1) {
      if (at >= AT_ONCE && performance.now() > end) break
      try {
        ids.push(this.addOne(files[at]))
      } catch (error) {
        // One bad file must not stop the others; anything else is no fault of the file.
        if (!(error instanceof RestrictionError)) throw error
      }
    }
    return at
  }
}

/**
 * A `File`, a `Blob`, or an object in Uppy's form.
 * @param {any} file
 */
function toDescriptor(file) {
  const data = isBlob(file) ? file : file?.data
  if (!isBlob(data)) throw new TypeError('a file must be a File, a Blob, or an object with a Blob as "data"')
  const type = String((data === file ? '' : file.type) || data.type || '')
  return {
    data,
    type,
    name: String(file.name || data.name || nameless(type)),
    lastModified: Number(data.lastModified) || 0,
    relativePath: file.relativePath || file.meta?.relativePath || data.relativePath || data.webkitRelativePath || undefined,
    meta: data !== file && file.meta ? toMeta(file.meta) : undefined,
    source: data !== file && file.source ? String(file.source) : undefined,
  }
}

/** By shape and not by class: blobs of other frames are blobs. @param {any} value */
const isBlob = (value) => typeof value?.slice === 'function' && typeof value.size === 'number' && typeof value.type === 'string'

/** Uppy's names for blobs without one, such as pasted pictures. @param {string} type */
const nameless = (type) => (type.startsWith('image/') ? `image.${type.slice(6).replace(/[^a-z0-9].*/i, '')}` : 'noname')
