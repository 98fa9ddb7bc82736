// The one door between the engine and the browser: `act` changes the engine, `drain` performs what it says and tells of it.
// Its methods are those that `core.d.ts` promises to the rest of the JavaScript.

import { report as reportError } from '../errors.js'
import { toMeta } from '../options.js'
import { EN } from '../ui/strings.js'
import * as engine from './engine.js'
import { disconnected, Failure, failureOf, lost, unreadable } from './failure.js'
import { handleOf, incoming, nameOf, readFolders, typeOf } from './files.js'
import {
  candidateOf, causeOf, fileObject, idText, metaOf, parseId, responseOf, restrictionError, snapshotOf, totalsOf, unfinishedObject,
  uploadError,
} from './shapes.js'
import { Memory } from './memory.js'
import { createSource, SOURCES } from './source.js'
import { openTransfers, transfer } from './transfer.js'

/** @typedef {import('../core.js').CoreOptions} CoreOptions */
/** @typedef {import('./files.js').Incoming} Incoming */
/** @typedef {import('./shapes.js').Snapshot} Snapshot */
/** @typedef {import('./answers.js').Remote} Remote */
/** @typedef {import('./source.js').AskRequest} AskRequest */
/** Something in the air; `stop` aborts it, `end` lets go of one that came to its end by itself. @typedef {{stop: () => void, end?: () => void}} Job */
/**
 * What only the engine can judge.
 * @typedef {object} Judges
 * @property {(status: number, code: string, said: string) => Failure} refusal
 * @property {(raw: import('./answers.js').Raw) => any[]} check
 * @property {(status: number, body: string, retryAfter: number) => any[]} step
 * @property {(status: number, body: string, retryAfter: number) => any[]} complete
 */

/** Progress is told at most this often. */
const FLUSH_EVERY_MS = 100
/** While nothing moves the speed is still looked at, so that it can fall. */
const IDLE_FLUSH_MS = 1000
/** A page that is still here so long after it was to be left stays. */
const STAYS_AFTER_MS = 10_000
/** Most causes that are explained on the console: a hostile host could think of new ones for ever. */
const MOST_EXPLAINED = 50
/** How often a read that takes long says that it is at it. */
const BUSY_EVERY_MS = 1_000
/** Longest wait that `setTimeout` knows. */
const LONGEST_WAIT_MS = 2 ** 31 - 1
/** Reports after which the job goes on. */
const GOES_ON = ['progress', 'sent', 'busy']

/** Lets go of what an uploader that nobody holds any more has outside: its engine and its listeners. */
const graves = new FinalizationRegistry((/** @type {() => void} */ bury) => bury())

/** @param {import('./engine.js').Exports} wasm @returns {typeof import('../core.js').Core} */
export function createCore(wasm) {
  return /** @type {any} */ (class extends Driver {
    /** @param {CoreOptions} options @param {(events: import('../core.js').Batch) => void} notify */
    constructor(options, notify) {
      super(wasm, options, notify)
    }
  })
}

class Driver {
  #engine
  #notify
  /** @type {import('./source.js').Source} */
  #source
  /** All options ever given, later ones over earlier ones: `headers` alone does not make a source. @type {CoreOptions} */
  #given = {}
  /** Words for errors. @type {import('../ui/strings.js').Strings} */
  #strings = EN
  /** Meta of files to come. @type {Record<string, string>} */
  #meta = {}
  /** @type {Memory | undefined} */
  #memory
  /** How dropped files can be found again after a reload. @type {Map<number, Promise<any>>} */
  #handles = new Map()
  /** Bytes by file. @type {Map<number, Blob>} */
  #blobs = new Map()
  /** @type {Map<number, Job>} */
  #jobs = new Map()
  /** Dropped folders being read. @type {Set<object>} */
  #intakes = new Set()
  /** Where files came from, for those whose adder said so (Uppy's `source`). @type {Map<number, string>} */
  #sources = new Map()
  /** Files added in this task, told together as `files-added` when it ends. @type {number[]} */
  #added = []
  #percentage = 0
  #draining = false
  #dead = false
  /** The page is going away, or lies in the back/forward cache. */
  #leaving = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #stays
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #alarm
  /** When it rings. @type {number | null} */
  #ringsAt = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #flush
  /** Whether the planned flush is one for news and not just for the speed. */
  #flushHasNews = false
  /** What was explained on the console. @type {Set<string>} */
  #explained = new Set()
  #closed = new AbortController()
  /** @type {Judges} */
  #judges

  /** @param {import('./engine.js').Exports} wasm @param {CoreOptions} options @param {(events: any[]) => void} notify */
  constructor(wasm, options, notify) {
    const own = new engine.Engine(wasm)
    this.#engine = own
    this.#notify = notify
    const closed = this.#closed
    // First of all, for what follows throws when an option is wrong.
    graves.register(this, () => {
      closed.abort()
      own.free()
    })
    const judge = (/** @type {number} */ verb, /** @type {any[]} */ ...values) => {
      const [failed, result] = own.call(verb, ...values)
      if (failed) throw Failure.from(result)
      return result
    }
    this.#judges = {
      refusal: (status, code, said) => Failure.from(own.call(engine.REFUSAL, status, code, said)),
      check: (raw) => judge(engine.CHECK, ...wireOf({ ...raw, method: undefined, fields: undefined })),
      step: (...heard) => judge(engine.JUDGE_STEP, ...heard),
      complete: (...heard) => judge(engine.JUDGE_COMPLETE, ...heard).slice(0, 7),
    }
    const source = createSource(options, this.#judges)
    if (!source) throw new TypeError('give host or getUploadParameters: where upload parameters come from')
    this.#source = source
    this.#sendOptions(options, source)
    this.#take(options)
    this.#remember()
    this.#listen()
  }

  // ── verbs ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * @param {Blob} data @param {string} name @param {string} type @param {number} lastModified @param {string} [relativePath]
   * @param {Record<string, string>} [meta] @param {string} [source] @returns {string}
   */
  add(data, name, type, lastModified, relativePath, meta, source) {
    const file = { data, name: nameOf(name, data.type), type: type || data.type, lastModified, relativePath, meta, source }
    return idText(this.#takeIn(file))
  }

  /** @param {Iterable<any> | ArrayLike<any>} list */
  addFileList(list) {
    for (const file of Array.from(list)) this.#takeOrTell(incoming(file))
  }

  /** A drop or a paste. Entries must be fetched before this returns: the transfer is emptied afterwards. @param {DataTransfer} transfer */
  addDataTransfer(transfer) {
    const folders = []
    let seen = 0
    for (const item of transfer.items ?? []) {
      if (item.kind !== 'file') continue
      const entry = item.webkitGetAsEntry?.()
      const file = entry?.isDirectory ? undefined : item.getAsFile()
      if (entry?.isDirectory) folders.push(entry)
      else if (file) {
        const handle = handleOf(item)
        const id = this.#takeOrTell(incoming(file))
        if (id !== undefined) this.#handles.set(id, handle)
      } else continue
      seen += 1
    }
    if (seen === 0) this.addFileList(transfer.files ?? [])
    this.addFolders(folders)
  }

  /** @param {FileSystemEntry[]} folders */
  addFolders(folders) {
    if (folders.length === 0) return
    if (this.#given.directories === false) {
      for (const { name } of folders) this.#reject(['directory'], name)
      return
    }
    const intake = {}
    this.#intakes.add(intake)
    const isOver = () => !this.#intakes.has(intake)
    const tell = {
      taken: (/** @type {Incoming} */ file) => void this.#takeOrTell(file),
      unreadable: (/** @type {string} */ name) => this.#reject(['unreadable'], name),
      empty: (/** @type {string} */ name) => this.#reject(['directory'], name),
      isOver,
    }
    readFolders(folders, tell).catch(reportError).finally(() => this.#intakes.delete(intake))
  }

  stopIntakes() {
    this.#intakes.clear()
  }

  /** @returns {number} */
  upload() {
    if (this.#given.onBeforeUpload && this.#given.onBeforeUpload() === false) throw restrictionError(['refused'], '', this.#strings)
    const result = this.#act(engine.UPLOAD)
    if (Array.isArray(result)) throw restrictionError(result, '', this.#strings)
    return result
  }

  /** @param {string} id */
  pause(id) {
    return this.#act(engine.PAUSE, parseId(id)) === 1
  }

  /** @param {string} id */
  resume(id) {
    return this.#act(engine.RESUME, parseId(id)) === 1
  }

  pauseAll() {
    this.#act(engine.PAUSE_ALL)
  }

  resumeAll() {
    this.#act(engine.RESUME_ALL)
  }

  /** @param {string} id @returns {number | undefined} */
  retry(id) {
    return this.#act(engine.RETRY, parseId(id)) ?? undefined
  }

  /** @returns {number} */
  retryAll() {
    return this.#act(engine.RETRY_ALL)
  }

  /** @param {string} id */
  remove(id) {
    return this.#act(engine.REMOVE, parseId(id)) === 1
  }

  cancelAll() {
    this.stopIntakes()
    this.#act(engine.CANCEL_ALL)
  }

  /** @param {Record<string, string>} meta */
  setMeta(meta) {
    this.#meta = { ...this.#meta, ...meta }
    const flat = flatOf(meta)
    for (const id of this.#look(engine.IDS)) this.#look(engine.SET_META, id, flat)
    this.#rest()
  }

  /** @param {string} id @param {Record<string, string>} meta */
  setFileMeta(id, meta) {
    return this.#act(engine.SET_META, parseId(id), flatOf(meta)) === 1
  }

  /** @param {CoreOptions} options */
  setOptions(options) {
    const all = { ...this.#given, ...options }
    // A new source takes the old one's place, whichever kind it was.
    const named = SOURCES.filter((name) => isGiven(options, name))
    for (const name of SOURCES) {
      if (named.length > 0 && !named.includes(name)) delete (/** @type {any} */ (all)[name])
    }
    const source = createSource(all, this.#judges)
    this.#sendOptions(options, source)
    this.#take(options, all)
    if (!source) return
    const before = this.#source.scope
    this.#source = source
    if (source.scope !== before || !this.#memory) this.#remember()
  }

  async unfinished() {
    return ((await this.#memory?.load()) ?? []).map(unfinishedObject)
  }

  /** @param {string} record @param {Blob} data @param {string} name @param {number} lastModified */
  goOnWith(record, data, name, lastModified) {
    return this.#goOn(record, { data, name: nameOf(name, data.type), type: data.type, lastModified })
  }

  /** @param {string} id @returns {Promise<string | undefined>} */
  async reopen(id) {
    await this.#memory?.load()
    const record = this.#memory?.record(id)
    const data = await this.#memory?.keeper?.reopen(id)
    if (!record || !data) return undefined
    const { name, type, lastModified, relativePath } = record
    return this.#goOn(id, { data, name, type, lastModified, relativePath: relativePath ?? undefined })
  }

  /** @param {string} record */
  discard(record) {
    const remote = this.#memory?.keeper?.discard(record)
    if (!remote) return
    this.#abortUnknown(remote)
    this.#tellUnfinished()
  }

  /** @param {string} id */
  file(id) {
    const snapshot = this.#snapshot(parseId(id))
    return snapshot && this.#render(snapshot)
  }

  files() {
    return this.#look(engine.IDS).map((/** @type {number} */ id) => this.#render(/** @type {Snapshot} */ (this.#snapshot(id))))
  }

  totals() {
    return totalsOf(this.#look(engine.TOTALS))
  }

  /** What is held at this moment: for tests of leaks. */
  stats() {
    return { jobs: this.#jobs.size + this.#intakes.size, blobs: this.#blobs.size, closures: openTransfers() }
  }

  /** Stops everything and lets go of everything. What a journal remembers is left at the store for the next page. */
  destroy() {
    if (this.#dead) return
    this.#dead = true
    this.stopIntakes()
    this.#closed.abort()
    const memory = this.#memory
    this.#memory = undefined
    this.#act(memory?.isOpen ? engine.LEAVE : engine.CANCEL_ALL)
    memory?.leave()
    this.#blobs.clear()
    this.#handles.clear()
    this.#notify = () => {}
    this.#given = {}
    for (const timer of [this.#stays, this.#alarm, this.#flush]) clearTimeout(timer)
  }

  free() {}

  // ── options ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** To the engine, which takes all or nothing. @param {CoreOptions} options @param {import('./source.js').Source} [source] */
  #sendOptions(options, source) {
    const { timeout, limit, retryDelays, allowMultipleUploadBatches, restrictions, shouldUseMultipart, checksum } = options
    const rules = /** @type {any} */ (restrictions)
    const wrong = this.#act(
      engine.OPTIONS, timeout, limit, retryDelays, allowMultipleUploadBatches,
      ...(rules ? [
        true, rules.maxFileSize, rules.minFileSize, rules.maxTotalFileSize, rules.maxNumberOfFiles, rules.minNumberOfFiles,
        rules.allowedFileTypes ?? [], rules.requiredMetaFields ?? [],
      ] : [false]),
      shouldUseMultipart, checksum, source?.multipart, source?.signAhead,
    )
    if (wrong) throw Object.assign(new Error(wrong[1]), { name: 'OptionsError', option: wrong[0] })
  }

  /** What is of no concern to the engine. @param {CoreOptions} options @param {CoreOptions} [all] */
  #take(options, all = { ...options }) {
    this.#given = all
    if (options.meta) this.setMeta(options.meta)
    if (options.locale) this.#strings = /** @type {any} */ ({ ...EN, ...options.locale })
    const { allowedOrigins = [], allowInsecure = false, allowAuthorization = false } = all
    this.#look(engine.POLICY, allowedOrigins, allowInsecure, allowAuthorization)
  }

  /** Has unfinished uploads remembered, or others after the source changed. */
  #remember() {
    this.#memory?.leave()
    this.#memory = undefined
    if (!this.#source.multipart || this.#given.resume === false) return
    // Weakly, for the journal listens to the page and outlives an uploader that nobody holds.
    const weak = new WeakRef(this)
    /** @param {(driver: Driver) => void} act */
    const living = (act) => {
      const driver = weak.deref()
      if (driver) act(driver)
    }
    const memory = new Memory(this.#source.scope, this.#digestWith(), {
      unavailable: (why) => living((driver) => driver.#warnOnce('persist.unavailable', `uploads will not survive a reload: ${why}`)),
      found: () => living((driver) => driver.#tellUnfinished()),
      pay: (remote) => living((driver) => driver.#abortUnknown(remote)),
    })
    this.#memory = memory
    // What it claims is anyone's again, and the page's events are none of its.
    graves.register(this, () => memory.leave())
  }

  /** Digests through whatever the options name: `undefined` where checksums cannot be had. @returns {import('./keeper.js').DigestWith} */
  #digestWith(untouched = false) {
    const { digest } = this.#given
    return async (blob, start, end, algorithm, signal) => {
      if (!digest) return undefined
      try {
        return await digest(blob, start, end, algorithm, { signal })
      } catch (error) {
        // Its files could not be loaded, or it broke: no reason to give an upload up.
        if (!(error instanceof DOMException)) return undefined
        throw unreadable(error, untouched)
      }
    }
  }

  // ── files on their way in ────────────────────────────────────────────────────────────────────────────────────────────

  /** @param {Incoming} given @returns {number} @throws {import('../errors.js').RestrictionError} */
  #takeIn(given) {
    let file = { ...given, type: typeOf(given.type, given.name), meta: { ...this.#meta, ...given.meta } }
    const { onBeforeFileAdded, planParts } = this.#given
    if (onBeforeFileAdded) {
      const verdict = onBeforeFileAdded(candidateOf(file))
      if (verdict === false) throw restrictionError(['refused'], file.name, this.#strings)
      if (verdict !== null && typeof verdict === 'object') file = replaced(file, verdict)
    }
    const plan = planParts?.(candidateOf(file)) || {}
    const { data, name, type, lastModified, relativePath, meta, source } = file
    if (this.#dead) throw restrictionError(['batch'], name, this.#strings)
    const partSize = Number(plan.partSize) >= 1 ? plan.partSize : undefined
    const added = this.#look(
      engine.ADD, name, type, data.size, lastModified, relativePath, flatOf(meta), plan.multipart ?? file.multipart, partSize,
    )
    if (Array.isArray(added)) {
      this.#drain()
      throw restrictionError(added, name, this.#strings)
    }
    // Kept before anyone hears of the file, so that a handler can ask for it.
    this.#blobs.set(added, data)
    if (source) this.#sources.set(added, source)
    this.#drain()
    return added
  }

  /** @param {Incoming} file @returns {number | undefined} */
  #takeOrTell(file) {
    try {
      return this.#takeIn(file)
    } catch (error) {
      this.#send('restriction-failed', candidateOf(file), error)
      return undefined
    }
  }

  /** @param {any[]} reason @param {string} name */
  #reject(reason, name) {
    this.#send('restriction-failed', { name }, restrictionError(reason, name, this.#strings))
  }

  /** @param {string} id @param {Incoming} file @returns {string} */
  #goOn(id, file) {
    const record = this.#memory?.record(id)
    const known = record ? { ...file, meta: record.meta, multipart: true } : file
    const added = this.#takeIn(known)
    this.#memory?.keeper?.choose(added, id)
    return idText(added)
  }

  // ── the engine ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Asks the engine without performing what it says. @param {number} verb @param {...unknown} values @returns {any} */
  #look(verb, ...values) {
    return this.#engine.call(verb, ...values)
  }

  /** The one way to change it. @param {number} verb @param {...unknown} values @returns {any} */
  #act(verb, ...values) {
    const result = this.#engine.call(verb, ...values)
    this.#drain()
    return result
  }

  #drain() {
    if (this.#draining) return
    this.#draining = true
    try {
      for (;;) {
        /** @type {any[][]} */
        const outputs = this.#look(engine.POLL) ?? []
        if (outputs.length === 0) break
        for (const [name, ...details] of outputs) this.#perform(name, details)
      }
    } finally {
      this.#draining = false
    }
    this.#rest()
  }

  /** Sets the alarm and plans what is to be told later. */
  #rest() {
    const rest = this.#look(engine.REST)
    if (!rest || this.#dead) return
    const [deadline, changed, moving] = rest
    if (deadline !== this.#ringsAt) {
      clearTimeout(this.#alarm)
      this.#ringsAt = deadline
      if (deadline !== null) {
        // Longer waits wake up early, which is harmless.
        const wait = Math.min(Math.max(deadline - this.#engine.now(), 0), LONGEST_WAIT_MS)
        this.#alarm = setTimeout(() => {
          this.#ringsAt = null
          this.#act(engine.DEADLINE)
        }, wait)
      }
    }
    if ((!changed && !moving) || (this.#flush !== undefined && (this.#flushHasNews || !changed))) return
    clearTimeout(this.#flush)
    this.#flushHasNews = changed === 1
    this.#flush = setTimeout(() => this.#tellChanges(), changed ? FLUSH_EVERY_MS : IDLE_FLUSH_MS)
  }

  #tellChanges() {
    this.#flush = undefined
    for (const id of this.#look(engine.CHANGES)) {
      // As it is now: a listener may have changed it.
      const snapshot = this.#snapshot(id)
      if (!snapshot) continue
      const { started, bytesUploaded, size } = snapshot
      const progress = { uploadStarted: started, bytesUploaded, bytesTotal: size }
      this.#send('upload-progress', this.#render(snapshot), progress)
    }
    const { percentage } = this.totals()
    const moved = percentage !== this.#percentage
    this.#percentage = percentage
    // Also when there is nothing to tell: whoever shows the files looks at them anew.
    this.#pass(moved ? [['progress', percentage]] : [])
    this.#rest()
  }

  /** @param {number} job @param {string} kind @param {...unknown} details */
  #report(job, kind, ...details) {
    // A page that goes away breaks its own requests and may not read its files any more: no news about either. Taken for
    // some, it would abort at the store what the next page is to go on with (seen in WebKit).
    if (this.#leaving && kind === 'failed') return
    if (!GOES_ON.includes(kind)) {
      // Whatever it was, it is over; a transfer that ended frees its request before anyone is told.
      const over = this.#jobs.get(job)
      this.#jobs.delete(job)
      over?.end?.()
    }
    const advice = this.#look(engine.REPORT, job, kind, ...details)
    if (Array.isArray(advice)) this.#warnOnce(advice[0], advice[1])
    this.#drain()
  }

  /** @param {number} job @param {unknown} error */
  #failed(job, error) {
    this.#report(job, 'failed', failureOf(error).wire)
  }

  // ── what it wants done ───────────────────────────────────────────────────────────────────────────────────────────────

  /** @param {string} name @param {any[]} details */
  #perform(name, details) {
    const [first, second] = details
    switch (name) {
      case 'ask': return void this.#ask(first, second, details[2])
      case 'send': return void this.#transmit(first, second, details[2], details[3])
      case 'abortUpload': return void this.#abortUpload(first, /** @type {Snapshot} */ (snapshotOf(second)), details[2])
      case 'abort': {
        const job = this.#jobs.get(first)
        this.#jobs.delete(first)
        return job?.stop()
      }
      default:
        this.#note(name, details)
        return this.#event(name, details)
    }
  }

  /** @param {number} job @param {number} id @param {[string, ...any[]]} ask */
  async #ask(job, id, ask) {
    const [file, blob] = [this.#snapshot(id), this.#blobs.get(id)]
    if (!file || !blob) return this.#failed(job, lost('the file is not there'))
    const controller = new AbortController()
    this.#jobs.set(job, { stop: () => controller.abort() })
    const { signal } = controller
    // Those of now: others may be in force before there is an answer.
    const [source, memory] = [this.#source, this.#memory]
    // Foreign code never runs in the middle of the engine's own.
    await undefined
    if (signal.aborted) return
    const { request, digests } = this.#question(job, file, blob, signal, ask)
    let looked = ask[0] === 'create'
    try {
      const resume = looked ? await memory?.earlier(request) : undefined
      if (signal.aborted) return
      looked = resume !== undefined
      if (resume) {
        memory?.use((keeper) => this.#handles.get(id)?.then((handle) => keeper.keepHandle(id, handle)))
        this.#report(job, 'resumed', resume)
        if (this.#look(engine.RESUME_OF, id)?.[0][0] !== resume[0][0]) memory?.use((keeper) => keeper.giveBack(id))
      } else {
        const [kind, answer] = await source.ask(request)
        if (!signal.aborted) this.#answered(job, id, kind, answer, request, digests)
      }
    } catch (error) {
      if (signal.aborted) return
      this.#failed(job, error)
    }
    // There are others than before, or one that was not what it was taken for.
    if (looked) this.#tellUnfinished()
  }

  /** @param {number} job @param {Snapshot} file @param {Blob} blob @param {AbortSignal} signal @param {[string, ...any[]]} ask */
  #question(job, file, blob, signal, ask) {
    // Not what an earlier answer added: the host would sign its own fields as metadata.
    const own = metaOf(this.#look(engine.OWN_META, file.id) ?? [])
    const { allowedMetaFields = true, checksum = 'crc64nvme' } = this.#given
    const allowed = Array.isArray(allowedMetaFields) ? allowedMetaFields : allowedMetaFields ? Object.keys(own) : []
    const meta = Object.fromEntries(Object.entries(own).filter(([name]) => allowed.includes(name)))
    const algorithm = checksum === 'none' ? undefined : checksum
    // A file that never left may never have been readable.
    const digest = this.#digestWith(!file.failure && file.bytesUploaded === 0)
    /** By part number, 0 for the whole: what was digested for this question. @type {Map<number, string>} */
    const digests = new Map()
    /** @type {AskRequest} */
    const request = {
      ask,
      file: { ...file, meta },
      blob,
      signal,
      algorithm,
      // A long read is not a host that does not answer, and neither are many short ones.
      reading: (read) => {
        const say = () => this.#report(job, 'busy')
        const saying = setInterval(say, BUSY_EVERY_MS)
        return read.finally(() => {
          clearInterval(saying)
          say()
        })
      },
      checksum: async ([number, start, end] = [0, 0, file.size]) => {
        if (!algorithm) return undefined
        const value = digests.get(number) ?? (await request.reading(digest(blob, start, end, algorithm, signal)))
        if (value === undefined) return undefined
        digests.set(number, value)
        return { algorithm, value }
      },
    }
    return { request, digests }
  }

  /**
   * @param {number} job @param {number} id @param {string} kind @param {any} answer @param {AskRequest} request
   * @param {Map<number, string>} digests
   */
  #answered(job, id, kind, answer, { algorithm }, digests) {
    /** @param {number} number @param {import('./answers.js').Raw} raw */
    const checked = (number, raw) => {
      const digest = digests.get(number)
      return [...wireOf(raw), digest && algorithm, digest]
    }
    if (kind === 'parameters') this.#report(job, kind, id, ...checked(0, answer))
    else if (kind === 'signed') {
      const parts = answer.map((/** @type {[number, any]} */ [number, raw]) => [number, ...checked(number, raw)])
      this.#report(job, kind, id, parts)
    } else this.#report(job, kind, answer)
  }

  /** Not a job that can be stopped: it is to arrive even when the uploader, or the page, goes away. @param {number} job @param {Snapshot} file @param {Remote} remote */
  async #abortUpload(job, file, remote) {
    const memory = this.#memory
    const source = this.#source
    memory?.use((keeper) => keeper.owe(remote))
    const { signal } = new AbortController()
    const { request } = this.#question(job, file, new Blob(), signal, ['abort', remote])
    await undefined
    /** @type {Failure | undefined} */
    const failure = await source.ask(request).then(() => undefined, failureOf)
    memory?.use((keeper) => keeper.paid(remote, failure))
    if (failure) this.#failed(job, failure)
    else this.#report(job, 'aborted')
  }

  /** Aborts what an earlier page owed, or what a person discards. @param {Remote} remote */
  #abortUnknown(remote) {
    /** @type {Snapshot} */
    const nobody = {
      id: 0, name: '', type: '', size: 0, lastModified: 0, relativePath: null, meta: {}, status: 'idle', bytesUploaded: 0,
      percentage: 0, started: null, retries: 0, failure: null, response: null,
    }
    // Job 0 is nobody's.
    void this.#abortUpload(0, nobody, remote)
  }

  /**
   * Looks at the file first: in place of one that is gone, WebKit sends a form without it and Firefox nothing at all, and
   * neither says so.
   * @param {number} job @param {number} id @param {any} parameters @param {import('./source.js').Part | null} part
   */
  async #transmit(job, id, parameters, part) {
    const [file, whole] = [this.#snapshot(id), this.#blobs.get(id)]
    if (!file || !whole) return this.#failed(job, lost('the file is not there'))
    // An attempt that failed may have been a part of it that left.
    const untouched = !file.failure && file.bytesUploaded === 0
    // A slice has no type, and a part is sent without one.
    const blob = part ? whole.slice(part[1], part[2]) : whole
    const looking = { stop: () => {} }
    this.#jobs.set(job, looking)
    const unread = await probe(blob, untouched)
    // It may have been stopped, and another one begun in its place.
    if (this.#jobs.get(job) !== looking) return
    if (unread) return this.#failed(job, unread)
    try {
      const stop = transfer(parameters, blob, file.name, part ? '' : file.type, (kind, ...details) => {
        if (kind === 'broken') void this.#lookInto(job, blob)
        else if (kind === 'failed') this.#failed(job, details[0])
        else this.#report(job, kind, ...details)
      })
      this.#jobs.set(job, { stop, end: stop })
    } catch (error) {
      this.#failed(job, error)
    }
  }

  /** Status 0 says nothing: reads one byte of the file to tell "changed or gone" from "the network", then reports. @param {number} job @param {Blob} blob */
  async #lookInto(job, blob) {
    this.#jobs.get(job)?.stop()
    const looking = { stop: () => {} }
    this.#jobs.set(job, looking)
    const unread = await probe(blob, false)
    if (this.#jobs.get(job) !== looking) return
    if (globalThis.navigator?.onLine === false) this.#act(engine.NETWORK, false)
    this.#failed(job, unread ?? disconnected())
  }

  // ── what it tells ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** What the journal has to know of an event, before anyone else does. @param {string} name @param {any[]} details */
  #note(name, [first, second]) {
    const memory = this.#memory
    if (name === 'file-removed') this.#handles.delete(first[0])
    if (!memory) return
    const over = (/** @type {number} */ id) => memory.isOpen && memory.use((keeper) => keeper.end(id))
    if (name === 'created') {
      const [file, resume, blob] = [this.#snapshot(first), this.#look(engine.RESUME_OF, first), this.#blobs.get(first)]
      const { checksum = 'crc64nvme' } = this.#given
      const meta = metaOf(this.#look(engine.OWN_META, first) ?? [])
      if (!file || !resume || !blob) return
      const algorithm = checksum === 'none' ? undefined : checksum
      memory.use((keeper) => keeper.created(file, meta, resume, algorithm, blob, this.#handles.get(first)))
    } else if (name === 'part') memory.use((keeper) => keeper.part(first, second))
    else if (name === 'upload-success') over(first)
    else if (name === 'file-removed') over(first[0])
    else if (name === 'upload-error') {
      const failure = this.#snapshot(first)?.failure
      if (failure?.kind === 'file' && failure.code !== 'mismatch') over(first)
    }
  }

  /** @param {string} name @param {any[]} details */
  #event(name, [first, second, third]) {
    switch (name) {
      case 'created': return
      case 'file-added':
        this.#about(name, first)
        return this.#gather(first)
      case 'file-removed': {
        const last = /** @type {Snapshot} */ (snapshotOf(first))
        const source = this.#sources.get(last.id)
        this.#blobs.delete(last.id)
        this.#sources.delete(last.id)
        return this.#send(name, fileObject(last, undefined, source, this.#strings))
      }
      case 'upload': {
        const files = this.#many(second)
        this.#send(name, first, files)
        return void (files.length > 0 && this.#send('upload-start', files))
      }
      case 'upload-pause': return this.#about(name, first, second === 1)
      case 'upload-retry': return this.#about(name, first)
      case 'upload-stalled': {
        const [file] = this.#many([first])
        const cause = /** @type {import('./shapes.js').Cause} */ (causeOf(second))
        return this.#send(name, uploadError(cause, file?.name ?? '', this.#strings), file ? [file] : [])
      }
      case 'part': return this.#about('s3-multipart:part-uploaded', first, { PartNumber: second[0], ETag: second[2] })
      case 'upload-success': return this.#about(name, first, responseOf(this.#snapshot(first)?.response ?? null))
      case 'upload-error': {
        this.#explain(first)
        const snapshot = this.#snapshot(first)
        if (!snapshot?.failure) return
        const { failure, name: title } = snapshot
        return this.#about(name, first, uploadError(failure, title, this.#strings), failure.status === 0 ? undefined : { status: failure.status })
      }
      case 'complete':
        return this.#send(name, { successful: this.#many(second), failed: this.#many(third), uploadID: first })
      case 'retry-all': return this.#send(name, this.#many(first))
      default: return this.#send(name)
    }
  }

  /** @param {number} id @returns {Snapshot | undefined} */
  #snapshot(id) {
    return snapshotOf(this.#look(engine.FILE, id) ?? null)
  }

  /** @param {Snapshot} snapshot */
  #render(snapshot) {
    return fileObject(snapshot, this.#blobs.get(snapshot.id), this.#sources.get(snapshot.id), this.#strings)
  }

  /** @param {number[]} ids @returns {any[]} */
  #many(ids) {
    return ids.flatMap((id) => this.#snapshot(id) ?? []).map((snapshot) => this.#render(snapshot))
  }

  /** @param {string} name @param {number} id @param {...unknown} rest */
  #about(name, id, ...rest) {
    const [file] = this.#many([id])
    if (file) this.#send(name, file, ...rest)
  }

  /** @param {number} id */
  #gather(id) {
    this.#added.push(id)
    if (this.#added.length > 1) return
    queueMicrotask(() => {
      const added = this.#added
      this.#added = []
      if (this.#dead) return
      this.#send('files-added', this.#many(added))
      if (!this.#given.autoProceed) return
      try {
        this.upload()
      } catch {
        // A rule that forbids the start is not an error here: nobody asked.
      }
    })
  }

  #tellUnfinished() {
    this.#send('restored', (this.#memory?.keeper?.unfinished ?? []).map(unfinishedObject))
  }

  /** @param {string} name @param {...unknown} payload */
  #send(name, ...payload) {
    this.#pass([[name, ...payload]])
  }

  /** @param {any[]} events */
  #pass(events) {
    try {
      this.#notify(events)
    } catch (error) {
      // What listeners throw is contained; if that fails itself, uploads go on.
      reportError(error)
    }
  }

  /** What a person cannot mend is put on the console, where the site's developer finds the cure. @param {number} id */
  #explain(id) {
    const failure = this.#snapshot(id)?.failure
    if (!failure) return
    const { kind, code, detail, help } = failure
    const developers = kind === 'config' || (kind === 'sign' && !['denied', 'rejected', 'expired'].includes(code))
    if (!developers && !help) return
    // A finding of our own begins with its cause, which is the message.
    const text = help.startsWith(detail) ? help : [detail, help].filter(Boolean).join('; ')
    this.#warnOnce(`${kind}.${code}`, text)
  }

  /** @param {string} code @param {string} text */
  #warnOnce(code, text) {
    if (this.#explained.size >= MOST_EXPLAINED || this.#explained.has(code)) return
    this.#explained.add(code)
    console.warn(`filechute: ${code}: ${text}`)
  }

  // ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  #listen() {
    // No function in here may mention `this`: those that the page holds would keep the uploader alive with it.
    const [weak, { signal }] = [new WeakRef(this), this.#closed]
    /** @param {string} type @param {(driver: Driver) => void} act */
    const on = (type, act) => {
      const hear = () => {
        const driver = weak.deref()
        if (driver) act(driver)
      }
      globalThis.addEventListener?.(type, hear, { signal })
    }
    on('online', (driver) => driver.#act(engine.NETWORK, true))
    on('offline', (driver) => driver.#act(engine.NETWORK, false))
    // WebKit ends requests and reads as soon as it begins to leave. The person may still choose to stay.
    on('beforeunload', (driver) => {
      driver.#leave(true)
      driver.#stays = setTimeout(() => driver.#leave(false), STAYS_AFTER_MS)
    })
    on('pagehide', (driver) => driver.#leave(true))
    on('pageshow', (driver) => driver.#leave(false))
    if (globalThis.navigator?.onLine === false) this.#act(engine.NETWORK, false)
  }

  /** @param {boolean} leaving */
  #leave(leaving) {
    clearTimeout(this.#stays)
    this.#leaving = leaving
  }
}

/** @param {any} options @param {string} name */
const isGiven = (options, name) => options[name] !== undefined && options[name] !== null

/** @param {Record<string, string>} meta */
const flatOf = (meta) => Object.entries(meta).flat()

/** In the order in which the engine reads them. @param {import('./answers.js').Raw} raw */
const wireOf = ({ method, url, fields, headers, key, expires }) => [method, url, fields, headers, key, expires]

/**
 * Whether the file can still be read as it was when it was added, by reading one byte of it.
 * @param {Blob} blob @param {boolean} untouched @returns {Promise<Failure | undefined>}
 */
async function probe(blob, untouched) {
  try {
    // An empty file has no first byte; reading all of it asks the disk as well.
    await blob.slice(0, 1).arrayBuffer()
    return undefined
  } catch (error) {
    return unreadable(error, untouched)
  }
}

/** What `onBeforeFileAdded` gave in its place. @template {Incoming} T @param {T} file @param {any} verdict @returns {T} */
function replaced(file, verdict) {
  const text = (/** @type {string} */ name) => (typeof verdict[name] === 'string' ? verdict[name] : undefined)
  return {
    ...file,
    name: text('name') ?? file.name,
    type: text('type') ?? file.type,
    meta: verdict.meta ? toMeta(verdict.meta) : file.meta,
    data: typeof verdict.data?.arrayBuffer === 'function' ? verdict.data : file.data,
  }
}
