// Files on their way in: what applications call a file becomes blob, name, type and meta.

import { RestrictionError, revive } from './errors.js'
import { toMeta } from './options.js'

export class Intake {
  /**
   * @param {import('./core.js').Core} core
   * @param {(file: object, error: RestrictionError) => void} refused
   */
  constructor(core, refused) {
    this.core = core
    this.refused = refused
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
    const done = this.core.lists.slices(files.length, (at) => {
      try {
        ids.push(this.addOne(files[at]))
      } catch (error) {
        // One bad file must not stop the others; anything else is no fault of the file.
        if (!(error instanceof RestrictionError)) throw error
      }
    })
    return done.then(() => ids)
  }
}

/**
 * A `File`, a `Blob`, or an object in Uppy's form.
 * @param {any} file
 */
function toDescriptor(file) {
  // By its shape which of the two it is: asking the browser about each of ten thousand that are none takes 50 ms.
  const data = file?.slice ? file : file?.data
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

/** Blobs of other frames are blobs, and what only looks like one would be sent as `[object Object]`. @param {any} value */
export function isBlob(value) {
  try {
    if (!(value instanceof Blob)) new FormData().append('', value, '')
    return true
  } catch {
    return false
  }
}

/** Uppy's names for blobs without one, such as pasted pictures. @param {string} type */
const nameless = (type) => (type.startsWith('image/') ? `image.${type.slice(6).replace(/[^a-z0-9].*/i, '')}` : 'noname')
