// The application's callbacks as the driver has them: stable functions, while what the application wrote may be replaced at
// any time and is looked up at each call.

import { report } from './errors.js'
import { FUNCTIONS, SOURCES, STEPS, toMeta } from './options.js'

/** @typedef {import('./index.js').UploadFile} UploadFile */

let warned = false
/** Loaded when a checksum is first wanted. @type {typeof import('./digest.js').digest} */
const digest = async (...range) => {
  try {
    return await (await import('./digest.js')).digest(...range)
  } catch (error) {
    // Not what is wrong with the file, or not wanted any more.
    if (!warned && !(error instanceof DOMException)) console.warn('filechute: load.digest: nothing is verified:', error)
    warned ||= !(error instanceof DOMException)
    throw error
  }
}

export class Hooks {
  /** @type {Record<string, Function>} */
  #functions = {}
  /** All files by id, as Uppy hands them to its hooks. Only kept once a hook asks for them. @type {Record<string, UploadFile> | undefined} */
  #files

  /** The source of parameters in force. @type {string | undefined} */
  #source
  /** Whether the application said which checksum it wants. */
  #checksum = false

  /**
   * @param {() => UploadFile[]} list all files
   * @param {(id: string, meta?: object) => void} change gives a file new meta, or without any takes it out
   */
  constructor(list, change) {
    this.list = list
    this.change = change
    this.#stable = stable(new WeakRef(this))
  }

  /** @type {Record<string, (...args: any[]) => any>} */
  #stable

  /**
   * The options with the application's functions replaced by stable ones.
   * @param {Record<string, any>} options checked ones
   * @returns {Record<string, any>}
   */
  wrap(options) {
    const wrapped = { ...options }
    // What takes the place of a source makes the other side forget it.
    const source = SOURCES.find((name) => options[name] !== undefined)
    for (const name of SOURCES) if (source && name !== source) delete this.#functions[name]
    for (const name of [...STEPS, 'shouldUseMultipart', 'getChunkSize']) {
      if (options[name] === null) delete this.#functions[name]
      if ((options[name] === null && name !== 'shouldUseMultipart') || typeof options[name] === 'function') delete wrapped[name]
      if (typeof options[name] !== 'function') continue
      this.#functions[name] = options[name]
      wrapped[STEPS.includes(name) ? 'multipart' : 'planParts'] = this.#stable[STEPS.includes(name) ? 'multipart' : 'planParts']
    }
    if (STEPS.some((name) => options[name] === null) && !STEPS.some((name) => this.#functions[name])) wrapped.multipart = null
    // A callback's server need not know of checksums; reading every file twice for nothing is not a default.
    const { checksum } = options
    if (checksum !== undefined) this.#checksum = checksum !== null
    const asked = source ?? this.#source
    if (checksum === null || (asked !== this.#source && !this.#checksum && (this.#source || asked === 'getUploadParameters'))) {
      wrapped.checksum = asked === 'getUploadParameters' ? 'none' : 'crc64nvme'
    }
    if (!this.#source) wrapped.digest = digest
    this.#source = source ?? this.#source
    for (const name of [...FUNCTIONS, 'headers']) {
      const value = options[name]
      if (value === undefined) continue
      const known = this.#functions[name] !== undefined
      delete this.#functions[name]
      if (typeof value !== 'function') continue
      this.#functions[name] = value
      // It has the stable one already: frameworks make new functions at each turn.
      if (known) delete wrapped[name]
      else wrapped[name] = this.#stable[name]
    }
    return wrapped
  }

  /** Gives a function that undoes what `wrap` changes from now on. */
  keep() {
    const before = { ...this.#functions }
    return () => {
      this.#functions = before
    }
  }

  /** Keeps the files by id up to date with an event. @param {string} event @param {any} file */
  see(event, file) {
    if (!this.#files || typeof file?.id !== 'string') return
    if (event === 'file-removed') delete this.#files[file.id]
    else if (event !== 'restriction-failed') this.#files[file.id] = file
  }

  /** The application's own function. @param {string} name */
  get(name) {
    return this.#functions[name]
  }

  /** All files by id. @param {boolean} [fresh] */
  map(fresh = false) {
    if (!this.#files || fresh) {
      this.#files = Object.create(null)
      for (const file of this.list()) /** @type {any} */ (this.#files)[file.id] = file
    }
    return /** @type {Record<string, UploadFile>} */ (this.#files)
  }
}

/**
 * The functions the driver holds. They refer to the hooks weakly: what an application writes often refers to the uploader
 * or its element, and a driver whose request is in the air must not keep those.
 * @param {WeakRef<Hooks>} weak
 * @returns {Record<string, (...args: any[]) => any>}
 */
function stable(weak) {
  const hooks = () => {
    const alive = weak.deref()
    if (!alive) throw new Error('this uploader is gone')
    return alive
  }
  return {
    // Async, so that what throws and what rejects is the same to the other side.
    getUploadParameters: async (file, options) => {
      const result = await hooks().get('getUploadParameters')(file, options)
      if (result !== null && typeof result === 'object') return result
      throw new TypeError(`getUploadParameters must return an object with a url, not ${result === null ? null : typeof result}`)
    },
    signRequest: async (request, options) => {
      const result = await hooks().get('signRequest')(request, options)
      if (result !== null && typeof result === 'object') return result
      throw new TypeError(`signRequest must return an object with a url, not ${result === null ? null : typeof result}`)
    },
    generateObjectKey: async (file) => hooks().get('generateObjectKey')?.(file),
    // Each time anew: it may have been replaced.
    multipart: (name) => hooks().get(name),
    planParts: (file) => guard(() => {
      const multipart = hooks().get('shouldUseMultipart')?.(file)
      const partSize = hooks().get('getChunkSize')?.(file)
      return { multipart: typeof multipart === 'boolean' ? multipart : undefined, partSize: Number(partSize) || undefined }
    }),
    headers: async () => hooks().get('headers')?.() ?? {},
    onBeforeFileAdded: (file) => guard(() => {
      const hook = hooks().get('onBeforeFileAdded')
      if (!hook) return true
      // Uppy: `false` refuses, an object replaces, anything else accepts.
      const answer = atOnce(hook.length < 2 ? hook(file) : hook(file, hooks().map()))
      return answer !== null && typeof answer === 'object' ? answer : answer !== false
    }),
    onBeforeUpload: () => guard(() => {
      const hook = hooks().get('onBeforeUpload')
      if (!hook) return true
      const files = hooks().map(true)
      const answer = atOnce(hook(files))
      if (answer === null || typeof answer !== 'object') return answer !== false
      // Uppy: an object takes the place of all files. Meta may differ, and files may be missing.
      for (const id of Object.keys(files)) {
        if (!Object.hasOwn(answer, id)) hooks().change(id)
        else {
          // A file goes by the name in its meta.
          const { name, meta } = answer[id] ?? {}
          hooks().change(id, toMeta({ ...meta, ...(name !== files[id].name && { name }) }))
        }
      }
      return true
    }),
  }
}

/** A hook that throws refuses. @param {() => any} hook */
function guard(hook) {
  try {
    return hook()
  } catch (error) {
    report(error)
    return false
  }
}

/** @param {any} answer */
function atOnce(answer) {
  if (typeof answer?.then === 'function') throw new TypeError('onBeforeFileAdded and onBeforeUpload must answer at once, not by a promise')
  return answer
}
