// The uploader as JavaScript sees it: a thin class over the WebAssembly `Core`. It adds an emitter, promises, hooks that
// cannot break anything, and clear errors; all upload logic lives on the other side.

import { Emitter } from './emitter.js'
import { RestrictionError, revive, UploadError } from './errors.js'
import { Hooks } from './hooks.js'
import { Intake } from './intake.js'
import { checkOptions, checkPatch, checkSource, toMeta } from './options.js'
import { watch } from './traps.js'

/** @typedef {import('./core.js').Core} Core */
/** @typedef {import('./index.js').UploadFile} UploadFile */
/** @typedef {import('./index.js').UploadResult} UploadResult */

/**
 * Uploaders with an upload under way. The WebAssembly side refers to its uploader weakly, so that one that nobody
 * holds goes away with its memory; but not in the middle of an upload.
 * @type {Set<Uploader>}
 */
const busy = new Set()

/** Those to be told when the WebAssembly stops. @type {Set<WeakRef<Uploader>>} */
const living = new Set()
let watching = false

/** Where the payload of an event holds an error. @type {Record<string, number>} */
const ERROR_AT = { 'upload-error': 1, 'restriction-failed': 1, 'upload-stalled': 0, 'error': 0 }

export class Uploader {
  #emitter = new Emitter()
  /** @type {Core | undefined} */
  #core
  /** @type {Hooks} */
  #hooks
  /** @type {Intake} */
  #intake
  /** What is in force: a patch changes single rules. @type {Record<string, any>} */
  #restrictions
  /** Promises of uploads that are under way. @type {Map<number, {resolve: (result: UploadResult) => void, reject: (error: unknown) => void}>} */
  #waiting = new Map()
  /** Uploads the application or the person started and that have not completed. @type {Set<number>} */
  #open = new Set()
  /** Results that came while the verb that started the upload was still running. @type {Map<number, UploadResult> | undefined} */
  #early

  #flushing = false
  #stopped = false

  /**
   * @param {typeof import('./core.js').Core} CoreClass
   * @param {import('./index.js').UploaderOptions} options
   */
  constructor(CoreClass, options) {
    const checked = checkOptions(options)
    checkSource(checked)
    const weak = new WeakRef(this)
    this.#hooks = new Hooks(() => weak.deref()?.getFiles() ?? [], (id, meta) => {
      if (meta) weak.deref()?.setFileMeta(id, meta)
      else weak.deref()?.removeFile(id)
    })
    /** @param {import('./core.js').Batch} events */
    const notify = (events) => {
      const uploader = weak.deref()
      if (uploader) uploader.#receive(events)
    }
    const core = attempt(() => new CoreClass(this.#hooks.wrap(checked), notify))
    this.#core = core
    for (const other of living) if (!other.deref()) living.delete(other)
    living.add(weak)
    if (!watching) watch(Uploader.stopped)
    watching = true
    this.#restrictions = checked.restrictions ?? {}
    this.#intake = new Intake(core, (file, error) => this.#emitter.emit('restriction-failed', file, error))
  }

  /** @param {string} event @param {import('./emitter.js').Listener} listener @returns {() => void} */
  on(event, listener) {
    return this.#emitter.on(event, listener)
  }

  /** For the element: what is lazy comes as it is. @param {Uploader} uploader @param {string} event @param {import('./emitter.js').Listener} listener */
  static hear(uploader, event, listener) {
    return uploader.#emitter.on(event, listener, false, true)
  }

  /** @param {string} event @param {import('./emitter.js').Listener} listener @returns {() => void} */
  once(event, listener) {
    return this.#emitter.on(event, listener, true)
  }

  /** @param {string} event @param {import('./emitter.js').Listener} [listener] */
  off(event, listener) {
    this.#emitter.off(event, listener)
    return this
  }

  /** Adds one file and returns its id. Throws a `RestrictionError` when it is refused. @param {any} file */
  addFile(file) {
    this.#live()
    return this.#intake.addOne(file)
  }

  /**
   * Adds many. Refused ones are told as `restriction-failed` and stop nothing. The first ones are in at once, very long
   * lists are finished in slices; the promise has the ids of all that got in, and `upload()` waits for it by itself.
   * @param {Iterable<any> | ArrayLike<any>} files
   * @returns {Promise<string[]>}
   */
  addFiles(files) {
    this.#live()
    return this.#intake.addMany(files ?? [])
  }

  /** @param {string | UploadFile} file */
  removeFile(file) {
    this.#with(file, (core, id) => core.remove(id))
  }

  /** @param {Array<string | UploadFile>} files */
  removeFiles(files) {
    const core = this.#live()
    const ids = files.map((file) => this.#known(core, idOf(file)))
    attempt(() => core.removeMany(ids))
  }

  /** A snapshot, or `undefined` for an unknown id. @param {string | UploadFile} file */
  getFile(file) {
    return this.#live().file(idOf(file))
  }

  /** @returns {UploadFile[]} */
  getFiles() {
    return this.#live().files()
  }

  /** Sums over all files. @returns {import('./index.js').Totals} */
  getTotals() {
    return this.#live().totals()
  }

  /** Uploads what has been added. Rejects only when it cannot start at all. @returns {Promise<UploadResult>} */
  async upload() {
    const { lists } = this.#live()
    // Only when there is something to wait for: otherwise the upload starts within this call.
    if (!lists.pending) return this.#upload()
    lists.held = false
    // One for all who ask meanwhile.
    lists.upload ??= this.#uploadLater(lists)
    return lists.upload
  }

  /** @param {import('./lists.js').Lists} lists @returns {Promise<UploadResult>} */
  async #uploadLater(lists) {
    const { generation } = lists
    while (lists.pending) await lists.pending
    // Cancelled while it waited: what would have been uploaded is gone.
    return generation === lists.generation ? this.#upload() : { successful: [], failed: [], uploadID: -1 }
  }

  /** @returns {Promise<UploadResult>} */
  async #upload() {
    try {
      return await this.#start((core) => core.upload())
    } catch (error) {
      if (error instanceof RestrictionError) this.#emitter.emit('restriction-failed', undefined, error)
      throw error
    }
  }

  /** Uploads that an earlier page left unfinished. */
  async getUnfinished() {
    return this.#live().unfinished()
  }

  /**
   * Goes on with one of them; `upload()` starts it. Without a file the browser looks for it itself.
   * @param {string} unfinished its id
   * @param {Blob} [file]
   * @returns {Promise<string | undefined>} the file's id, or `undefined` when the file has to be asked for
   */
  async resumeUnfinished(unfinished, file) {
    const core = this.#live()
    if (!file) return core.reopen(unfinished).catch((error) => { throw revive(error) })
    const { name = '', lastModified = 0 } = /** @type {Partial<File>} */ (file)
    return attempt(() => core.goOnWith(unfinished, file, name, lastModified))
  }

  /** Forgets one of them, at the store too. @param {string} unfinished its id */
  discardUnfinished(unfinished) {
    this.#live().discard(unfinished)
  }

  /** Whether the file is paused now. @param {string | UploadFile} file */
  pauseResume(file) {
    return this.#with(file, (core, id) => {
      if (core.file(id)?.isPaused) core.resume(id)
      else core.pause(id)
      return core.file(id)?.isPaused ?? false
    })
  }

  pauseAll() {
    this.#live().pauseAll()
  }

  resumeAll() {
    this.#live().resumeAll()
  }

  /** @param {string | UploadFile} file @returns {Promise<UploadResult>} */
  retryUpload(file) {
    return this.#with(file, (_, id) => this.#start((core) => core.retry(id)))
  }

  /** @returns {Promise<UploadResult>} */
  retryAll() {
    return this.#start((core) => core.retryAll())
  }

  /** Stops everything and takes all files out. */
  cancelAll() {
    this.#live().cancelAll()
  }

  /** Takes all files out without saying that anything was cancelled. */
  clear() {
    this.#live().cancelAll(true)
  }

  /** @param {object} meta */
  setMeta(meta) {
    this.#live().setMeta(toMeta(meta))
  }

  /** @param {string | UploadFile} file @param {object} meta */
  setFileMeta(file, meta) {
    this.#with(file, (core, id) => core.setFileMeta(id, toMeta(meta)))
  }

  /** `null` brings an option's default back. @param {Partial<import('./index.js').UploaderOptions>} patch */
  setOptions(patch) {
    const core = this.#live()
    const checked = checkPatch(patch)
    const restrictions = patch.restrictions === null ? {} : merge(this.#restrictions, patch.restrictions, checked.restrictions)
    const undo = this.#hooks.keep()
    try {
      const wrapped = this.#hooks.wrap(checked.restrictions ? { ...checked, restrictions } : checked)
      if (Object.keys(wrapped).length > 0) attempt(() => core.setOptions(wrapped))
    } catch (error) {
      // All or nothing, and functions are options.
      undo()
      throw error
    }
    this.#restrictions = restrictions
  }

  /** Stops everything, for good. */
  destroy() {
    const core = this.#core
    if (!core) return
    this.#core = undefined
    core.destroy()
    this.#emitter.clear()
    busy.delete(this)
    for (const [uploadID, { resolve }] of this.#waiting) resolve({ successful: [], failed: [], uploadID })
    this.#waiting.clear()
  }

  /** What lies beneath, for the element. @param {Uploader} uploader */
  static core(uploader) {
    return uploader.#live()
  }

  /** The same, or `undefined` once it was destroyed. @param {Uploader} uploader */
  static alive(uploader) {
    return uploader.#core
  }

  /** Tells what did not come from there, but from the element. @param {Uploader} uploader @param {string} event @param {...unknown} args */
  static tell(uploader, event, ...args) {
    uploader.#emitter.emit(event, ...args)
  }

  /** The WebAssembly stopped, and every uploader of the page with it. @param {unknown} trap */
  static stopped(trap) {
    for (const weak of living) {
      const uploader = weak.deref()
      if (uploader) uploader.#stop(revive(trap))
    }
  }

  /** @param {UploadError} error */
  #stop(error) {
    if (this.#stopped || !this.#core) return
    this.#stopped = true
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
    this.#emitter.emit('error', error)
  }

  #live() {
    if (!this.#core) throw new Error('this uploader was destroyed')
    return this.#core
  }

  /** @template T @param {string | UploadFile} file @param {(core: Core, id: string) => T} act @returns {T} */
  #with(file, act) {
    const core = this.#live()
    const id = this.#known(core, idOf(file))
    return attempt(() => act(core, id))
  }

  /** @param {Core} core @param {string} id */
  #known(core, id) {
    if (!core.has(id)) throw new Error(`there is no file with the id "${id}"`)
    return id
  }

  /** @param {(core: Core) => number | undefined} verb @returns {Promise<UploadResult>} */
  #start(verb) {
    const core = this.#live()
    const outer = this.#early
    const early = (this.#early ??= new Map())
    try {
      const uploadID = attempt(() => verb(core))
      // A listener destroyed the uploader: nobody would ever resolve this.
      if (!this.#core) return Promise.resolve({ successful: [], failed: [], uploadID: uploadID ?? -1 })
      const done = uploadID === undefined ? { successful: [], failed: [], uploadID: -1 } : early.get(uploadID)
      if (uploadID === undefined || done) return Promise.resolve(/** @type {UploadResult} */ (done))
      // Not only when `upload` is told, which may be behind much else: until then nobody need hold this uploader.
      this.#begin(uploadID)
      return new Promise((resolve, reject) => this.#waiting.set(uploadID, { resolve, reject }))
    } finally {
      this.#early = outer
    }
  }

  /** @param {import('./core.js').Batch} events */
  #receive(events) {
    for (const [name, ...payload] of events) {
      const errorAt = ERROR_AT[name]
      if (errorAt !== undefined) payload[errorAt] = toError(payload[errorAt])
      // As the file is told of beside it, and not only to those who read the message.
      if (name === 'restriction-failed') payload[1].file ??= payload[0]
      if (name === 'upload') this.#begin(payload[0])
      if (name === 'complete') this.#finish(payload[0])
      this.#hooks.see(name, payload[0])
      this.#emitter.emit(name, ...payload)
      // A listener may have destroyed the uploader.
      if (!this.#core) return
      if (name === 'upload-error') this.#emitter.emit('error', payload[1], payload[0], payload[2])
    }
    this.#flush()
  }

  /** Says once for all events of one go that they are over. */
  #flush() {
    if (this.#flushing) return
    this.#flushing = true
    queueMicrotask(() => {
      this.#flushing = false
      if (this.#core) this.#emitter.emit(Uploader.FLUSHED)
    })
  }

  /** @param {number} uploadID */
  #begin(uploadID) {
    this.#open.add(uploadID)
    busy.add(this)
  }

  /** @param {UploadResult} result */
  #finish(result) {
    this.#open.delete(result.uploadID)
    if (this.#open.size === 0) busy.delete(this)
    this.#early?.set(result.uploadID, result)
    this.#waiting.get(result.uploadID)?.resolve(result)
    this.#waiting.delete(result.uploadID)
  }

  /** Emitted after events, for the element: once a go instead of once a file. Not public. */
  static FLUSHED = '\0flushed'
}

/**
 * Restrictions after a patch, in which `null` takes a rule away.
 * @param {Record<string, any>} now @param {Record<string, any> | null | undefined} patch @param {Record<string, any>} checked
 */
function merge(now, patch, checked) {
  const merged = { ...now, ...checked }
  for (const [name, value] of Object.entries(patch ?? {})) {
    if (value === null) delete merged[name]
  }
  return merged
}

/** @param {string | {id: string}} file */
function idOf(file) {
  return typeof file === 'object' && file !== null ? String(file.id) : String(file)
}

/** Runs something on the WebAssembly side and gives its errors their classes. @template T @param {() => T} act @returns {T} */
export function attempt(act) {
  try {
    return act()
  } catch (thrown) {
    const error = revive(thrown)
    if (error !== thrown && error.code === 'panic') Uploader.stopped(thrown)
    throw error
  }
}

/** The payload's error as an `Error`. @param {any} error */
function toError(error) {
  const revived = revive(error)
  return revived instanceof Error ? revived : new UploadError(String(error?.message ?? error), error ?? {})
}

