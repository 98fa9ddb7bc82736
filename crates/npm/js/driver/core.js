// The one door between the engine and the browser: `act` changes the engine, `perform` does what it says, `drain` tells of it.
// Its methods are those that `core.d.ts` promises to the rest of the JavaScript.

import { report as reportError } from '../errors.js'
import { Lists } from '../lists.js'
import { EN } from '../ui/strings.js'
import { wireOf } from './answers.js'
import { Arrivals, flatOf } from './arrivals.js'
import * as engine from './engine.js'
import { Failure } from './failure.js'
import { nameOf } from './files.js'
import { idText, parseId, restrictionError, snapshotOf, totalsOf, unfinishedObject } from './shapes.js'
import { Memory } from './memory.js'
import { createSource, SOURCES } from './source.js'
import { digestWith, Tasks } from './tasks.js'
import { Teller } from './teller.js'
import { openTransfers } from './transfer.js'

/** @typedef {import('../core.js').CoreOptions} CoreOptions */
/** @typedef {import('./shapes.js').Snapshot} Snapshot */
/**
 * What only the engine can judge.
 * @typedef {object} Judges
 * @property {(status: number, code: string, said: string) => Failure} refusal
 * @property {(raw: import('./answers.js').Raw) => any[]} check
 * @property {(status: number, body: string, retryAfter: number) => any[]} step
 * @property {(status: number, body: string, retryAfter: number) => any[]} complete
 */

/**
 * What the parts of a driver share.
 * @typedef {object} Own
 * @property {(verb: number, ...values: unknown[]) => any} look asks the engine without performing what it says
 * @property {(verb: number, ...values: unknown[]) => any} act the one way to change it
 * @property {() => void} drain does what the engine says, and tells of it
 * @property {(job: number, kind: string, ...details: unknown[]) => void} report
 * @property {() => Promise<void>} equip loads the rest of the engine
 * @property {() => void} added files were added, and that was told
 * @property {CoreOptions} given all options ever given, later ones over earlier ones: `headers` alone does not make a source
 * @property {import('../ui/strings.js').Strings} strings words for errors
 * @property {import('./source.js').Source} source
 * @property {Memory} [memory]
 * @property {Map<number, Blob>} blobs bytes by file
 * @property {Map<number, string>} sources where files came from, for those whose adder said so (Uppy's `source`)
 * @property {Map<number, Promise<any>>} handles how dropped files can be found again after a reload
 * @property {Map<number, import('./tasks.js').Job>} jobs
 * @property {boolean} dead it was destroyed
 */

/** What happened is told for so long in one task: a frame is 16 ms. */
const DRAIN_MS = 10
/** Progress is told at most this often. */
const FLUSH_EVERY_MS = 100
/** While nothing moves the speed is still looked at, so that it can fall. */
const IDLE_FLUSH_MS = 1000
/** A page that is still here so long after it was to be left stays. */
const STAYS_AFTER_MS = 10_000
/** A part of the uploader that takes longer to load counts as not there. */
const EQUIP_WITHIN_MS = 30_000
/** Longest wait that `setTimeout` knows. */
const LONGEST_WAIT_MS = 2 ** 31 - 1
/** What only the rest of the engine could judge. */
const NOT_THERE = ['network', 'load', 'retry', 'a part of the uploader could not be loaded', 0, 0]
/** Reports after which the job goes on. */
const GOES_ON = ['progress', 'sent', 'busy']

/**
 * Lets go of what an uploader that nobody holds any more has outside: its engine with its listeners, and its journal. No functions,
 * which would hold on to the uploader as soon as a minifier puts them where they are used, beside others that need it.
 */
const graves = new FinalizationRegistry((/** @type {{leave: () => void}} */ left) => left.leave())

/**
 * @param {import('./engine.js').Exports} wasm @param {() => Promise<void>} more loads what the engine may ask for
 * @returns {typeof import('../core.js').Core}
 */
export function createCore(wasm, more) {
  return /** @type {any} */ (class extends Driver {
    /** @param {CoreOptions} options @param {(events: import('../core.js').Batch) => void} notify */
    constructor(options, notify) {
      super(wasm, more, options, notify)
    }
  })
}

class Driver {
  #engine
  /** @type {Own} */
  #own
  #teller
  #tasks
  /** Long lists being taken in, and dropped folders being read. */
  lists = new Lists(() => {
    this.#proceed()
    this.lists.held = false
  })
  /** Files were added that may have to start by themselves. */
  #due = false
  #percentage = 0
  #performing = false
  #draining = false
  /** Events that the engine handed over, to be told. @type {any[][]} */
  #events = []
  /** What was left for another task. @type {ReturnType<typeof setTimeout> | undefined} */
  #later
  /** Nothing is told any more. */
  #ended = false
  /** The page is going away, or lies in the back/forward cache. */
  #leaving = false
  /** What broke meanwhile, for when the page stays. @type {Array<() => void>} */
  #broken = []
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
  /** @type {Judges} */
  #judges

  #more

  /**
   * @param {import('./engine.js').Exports} wasm @param {() => Promise<void>} more @param {CoreOptions} options
   * @param {(events: any[]) => void} notify
   */
  constructor(wasm, more, options, notify) {
    this.#more = more
    const own = new engine.Engine(wasm)
    this.#engine = own
    // First of all, for what follows throws when an option is wrong.
    graves.register(this, own)
    const judge = (/** @type {number} */ verb, /** @type {any[]} */ ...values) => {
      const [failed, result] = own.call(verb, ...values) ?? [true, NOT_THERE]
      if (failed) throw Failure.from(result)
      return result
    }
    this.#judges = {
      refusal: (status, code, said) => Failure.from(own.call(engine.REFUSAL, status, code, said) ?? NOT_THERE),
      check: (raw) => judge(engine.CHECK, ...wireOf({ ...raw, method: undefined, fields: undefined })),
      step: (...heard) => judge(engine.JUDGE_STEP, ...heard),
      complete: (...heard) => judge(engine.JUDGE_COMPLETE, ...heard).slice(0, 8),
    }
    const source = createSource(options, this.#judges)
    // Whoever makes one was told before.
    if (!source) throw new TypeError('no source')
    this.#own = {
      look: own.call.bind(own),
      act: this.#act.bind(this),
      drain: this.#drain.bind(this),
      report: this.#report.bind(this),
      equip: this.#equip.bind(this),
      added: () => {
        this.#due = true
        this.#proceed()
      },
      given: {},
      strings: EN,
      source,
      blobs: new Map(),
      sources: new Map(),
      handles: new Map(),
      jobs: new Map(),
      dead: false,
    }
    this.#teller = new Teller(this.#own, notify)
    this.#tasks = new Tasks(this.#own, this.#teller)
    this.arrivals = new Arrivals(this.#own, this.#teller, this.lists)
    this.#sendOptions(options)
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
    return idText(this.arrivals.take(file))
  }

  /** @returns {number} */
  upload() {
    if (this.#own.given.onBeforeUpload && this.#own.given.onBeforeUpload() === false) throw restrictionError(['refused'], '', this.#own.strings)
    this.#due = false
    const result = this.#act(engine.UPLOAD)
    if (Array.isArray(result)) throw restrictionError(result, '', this.#own.strings)
    // Before anyone is asked for anything.
    if (this.lists.held) this.pauseAll()
    this.lists.held = false
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
    this.lists.held = this.lists.count > 0
    this.#act(engine.PAUSE_ALL)
  }

  resumeAll() {
    this.lists.held = false
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

  /** @param {string[]} ids */
  removeMany(ids) {
    for (const id of ids) this.#look(engine.REMOVE, parseId(id))
    this.#drain()
  }

  /** @param {string} id */
  has(id) {
    return this.#look(engine.PHASE, parseId(id)) !== null
  }

  /** Those that wait start in this order. @param {string[]} ids */
  reorder(ids) {
    this.#look(engine.ORDER, ids.map(parseId))
  }

  /** @param {boolean} [quiet] nothing is said of it but that the files are gone */
  cancelAll(quiet = false) {
    this.lists.stop()
    this.#due = false
    this.#act(engine.CANCEL_ALL, quiet)
  }

  /** @param {Record<string, string>} meta */
  setMeta(meta) {
    this.arrivals.meta = { ...this.arrivals.meta, ...meta }
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
    const all = { ...this.#own.given, ...options }
    // A new source takes the old one's place, whichever kind it was.
    const given = /** @type {any} */ (options)
    if (SOURCES.some((name) => given[name])) {
      for (const name of SOURCES) if (!given[name]) delete (/** @type {any} */ (all)[name])
    }
    const before = this.#own.source
    const source = createSource(all, this.#judges) ?? before
    this.#own.source = source
    this.#sendOptions(options)
    this.#take(options, all)
    if (source.scope !== before.scope || !this.#own.memory || all.resume === false) this.#remember()
    // What starts by that, a higher limit say, asks the new source.
    this.#drain()
  }

  async unfinished() {
    return ((await this.#own.memory?.load()) ?? []).map(unfinishedObject)
  }

  /** @param {string} record @param {Blob} data @param {string} name @param {number} lastModified */
  goOnWith(record, data, name, lastModified) {
    return this.arrivals.goOn(record, { data, name: nameOf(name, data.type), type: data.type, lastModified })
  }

  /** @param {string} id @returns {Promise<string | undefined>} */
  async reopen(id) {
    await this.#own.memory?.load()
    const record = this.#own.memory?.record(id)
    const data = await this.#own.memory?.keeper?.reopen(id)
    if (!record || !data) return undefined
    const { name, type, lastModified, relativePath } = record
    return this.arrivals.goOn(id, { data, name, type, lastModified, relativePath: relativePath ?? undefined })
  }

  /** @param {string} record */
  async discard(record) {
    const { memory } = this.#own
    const discarding = memory?.keeper?.discard(record)
    this.#teller.unfinished()
    const remote = await discarding
    // What another source was asked meanwhile is left to the next page: the debt is in the journal.
    if (remote && this.#own.memory === memory) void this.#tasks.abortUnknown(remote)
  }

  /** @param {string} id */
  file(id) {
    const snapshot = this.#teller.snapshot(parseId(id))
    return snapshot && this.#teller.render(snapshot)
  }

  files() {
    return this.#teller.many(this.#look(engine.IDS))
  }

  totals() {
    return totalsOf(this.#look(engine.TOTALS))
  }

  /** What is held at this moment: for tests of leaks. */
  stats() {
    return { jobs: this.#own.jobs.size + this.lists.count, blobs: this.#own.blobs.size, closures: openTransfers() }
  }

  /** Stops everything and lets go of everything. What a journal remembers is left at the store for the next page. */
  destroy() {
    if (this.#own.dead) return
    this.#own.dead = true
    this.lists.stop()
    // What happened until now is told first, while the journal can still hear it. Where a listener does this, in the middle of
    // telling, the journal alone hears the rest.
    this.#drain(Infinity)
    for (let event = this.#next(); event; event = this.#next()) this.#tasks.note(event[0], event.slice(1))
    this.#engine.closed.abort()
    const { memory } = this.#own
    const works = memory?.works
    // Where nothing more can be remembered, what was before is forgotten with its upload.
    if (works) this.#own.memory = undefined
    this.#look(works ? engine.LEAVE : engine.CANCEL_ALL)
    this.#drain(Infinity)
    this.#ended = true
    this.#own.memory = undefined
    memory?.leave()
    this.#own.blobs.clear()
    this.#own.handles.clear()
    this.#teller.end()
    this.#own.given = {}
    this.#broken = []
    for (const timer of [this.#stays, this.#flush, this.#later]) clearTimeout(timer)
  }

  // ── options ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** To the engine, which may want something done then. @param {CoreOptions} options */
  #sendOptions(options) {
    const { timeout, limit, retryDelays, allowMultipleUploadBatches, restrictions, shouldUseMultipart, checksum } = options
    const rules = /** @type {any} */ (restrictions)
    const { multipart, signAhead } = this.#own.source
    this.#look(
      engine.OPTIONS, timeout, limit, retryDelays, allowMultipleUploadBatches,
      ...(rules ? [
        true, rules.maxFileSize, rules.minFileSize, rules.maxTotalFileSize, rules.maxNumberOfFiles, rules.minNumberOfFiles,
        rules.allowedFileTypes ?? [], rules.requiredMetaFields ?? [],
      ] : [false]),
      // `null` leaves it to the file's size again.
      shouldUseMultipart === null ? 2 : shouldUseMultipart, checksum, multipart, signAhead,
    )
  }

  /** What is of no concern to the engine. @param {CoreOptions} options @param {CoreOptions} [all] */
  #take(options, all = { ...options }) {
    this.#own.given = all
    // Files that are there keep what they have.
    if (options.meta === null) this.arrivals.meta = {}
    else if (options.meta) this.setMeta(options.meta)
    if (options.locale) this.#own.strings = /** @type {any} */ ({ ...EN, ...options.locale })
    const { allowedOrigins = [], allowInsecure = false, allowAuthorization = false } = all
    this.#look(engine.POLICY, allowedOrigins, allowInsecure, allowAuthorization)
  }

  /** Has unfinished uploads remembered, or others after the source changed, or none any more. */
  #remember() {
    this.#forget()
    if (!this.#own.source.multipart || this.#own.given.resume === false) return
    // Weakly, for the journal listens to the page and outlives an uploader that nobody holds.
    const weak = new WeakRef(this)
    /** @param {(driver: Driver) => void} act */
    const living = (act) => {
      const driver = weak.deref()
      if (driver) act(driver)
    }
    const memory = new Memory(this.#own.source.scope, digestWith(this.#own.given), {
      unavailable: (why) => living((driver) => driver.#teller.warnOnce('persist.unavailable', `uploads will not survive a reload: ${why}`)),
      found: () => living((driver) => driver.#teller.unfinished()),
      // One after the other: there may be a thousand, and the page has files of its own.
      pay: async (owed) => {
        for (let at = 0; at < owed.length; at += 3) {
          let aborting
          living((driver) => {
            // What another source was asked meanwhile is left to the next page.
            if (driver.#own.memory === memory) aborting = driver.#tasks.abortUnknown([owed[at], owed[at + 1], owed[at + 2], null])
          })
          await aborting
        }
      },
    })
    this.#own.memory = memory
    for (const id of this.#look(engine.IDS)) this.#tasks.note('created', [id])
    // What it claims is anyone's again, and the page's events are none of its.
    graves.register(this, memory)
  }

  /** Apart from the above, whose functions outlive the uploader and must not hold it. */
  #forget() {
    const { memory } = this.#own
    this.#own.memory = undefined
    // A record that nobody ends would outlive its upload; the next journal, if there is one, gets it anew.
    if (memory?.isOpen) memory.use((keeper) => this.#look(engine.IDS).forEach((/** @type {number} */ id) => keeper.end(id)))
    memory?.leave()
    if (memory?.keeper?.unfinished.length) this.#teller.unfinished()
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

  /** Does what the engine says, at once, since its clocks run; then tells of what happened. */
  #drain(until = performance.now() + DRAIN_MS) {
    this.#performAll()
    if (this.#draining) return
    this.#draining = true
    try {
      this.#tellAll(until)
    } finally {
      this.#draining = false
    }
    this.#rest()
  }

  #performAll() {
    // In order: whatever a callback in there makes of it comes behind.
    if (this.#performing) return
    this.#performing = true
    for (;;) {
      /** @type {any[][]} */
      const commands = this.#look(engine.COMMANDS) ?? []
      if (commands.length === 0) break
      for (const [name, ...details] of commands) contained(() => this.#perform(name, details))
    }
    this.#performing = false
  }

  /** What happened next and is not told yet. @returns {any[] | undefined} */
  #next() {
    if (this.#events.length === 0) this.#events = (this.#look(engine.POLL) ?? []).reverse()
    return this.#events.pop()
  }

  /** So much time is taken at once; what is left then is told in tasks of its own. @param {number} until */
  #tellAll(until) {
    while (!this.#ended) {
      const event = this.#next()
      if (!event) break
      const [name, ...details] = event
      contained(() => this.#tell(name, details))
      if (performance.now() <= until || this.#own.dead) continue
      this.#later ??= setTimeout(() => {
        this.#later = undefined
        this.#drain()
      })
      break
    }
  }

  /** Sets the alarm and plans what is to be told later. */
  #rest() {
    const rest = this.#look(engine.REST)
    if (!rest) return
    const [deadline, changed, moving] = rest
    const { dead } = this.#own
    if (deadline !== this.#ringsAt) {
      clearTimeout(this.#alarm)
      this.#ringsAt = deadline
      if (deadline !== null) {
        // Longer waits wake up early, which is harmless.
        const wait = Math.min(Math.max(deadline - this.#engine.now(), 0), LONGEST_WAIT_MS)
        const ring = () => {
          this.#ringsAt = null
          this.#act(engine.DEADLINE)
        }
        // Of what was destroyed only an abort is still to be tried again.
        if (!dead || wait < STAYS_AFTER_MS) this.#alarm = setTimeout(ring, wait)
      }
    }
    if (dead || (!changed && !moving) || (this.#flush !== undefined && (this.#flushHasNews || !changed))) return
    clearTimeout(this.#flush)
    this.#flushHasNews = changed === 1
    this.#flush = setTimeout(() => this.#tellChanges(), changed ? FLUSH_EVERY_MS : IDLE_FLUSH_MS)
  }

  #tellChanges() {
    this.#flush = undefined
    for (const id of this.#look(engine.CHANGES)) {
      // As it is now: a listener may have changed it.
      const snapshot = this.#teller.snapshot(id)
      if (!snapshot) continue
      const { started, bytesUploaded, size } = snapshot
      const progress = { uploadStarted: started, bytesUploaded, bytesTotal: size }
      this.#teller.send('upload-progress', this.#teller.render(snapshot), progress)
    }
    const { percentage } = this.totals()
    const moved = percentage !== this.#percentage
    this.#percentage = percentage
    // Also when there is nothing to tell: whoever shows the files looks at them anew.
    this.#teller.pass(moved ? [['progress', percentage]] : [])
    this.#rest()
  }

  /** @param {number} job @param {string} kind @param {...unknown} details */
  #report(job, kind, ...details) {
    // A page that goes away breaks its own requests and may not read its files any more: no news about either. Taken for
    // some, it would abort at the store what the next page is to go on with (seen in WebKit).
    if (this.#leaving && kind === 'failed') return void this.#broken.push(() => this.#report(job, kind, ...details))
    if (!GOES_ON.includes(kind)) {
      // Whatever it was, it is over; a transfer that ended frees its request before anyone is told.
      const over = this.#own.jobs.get(job)
      this.#own.jobs.delete(job)
      over?.end?.()
    }
    const advice = this.#look(engine.REPORT, job, kind, ...details)
    if (Array.isArray(advice)) this.#teller.warnOnce(advice[0], advice[1])
    this.#drain()
  }

  /** Does what the engine says. @param {string} name @param {any[]} details */
  #perform(name, details) {
    const [first, second, third, fourth] = details
    switch (name) {
      case 'ask': return void this.#tasks.ask(first, second, third)
      case 'send': return void this.#tasks.send(first, second, third, fourth)
      case 'abortUpload': return void this.#tasks.abortUpload(first, /** @type {Snapshot} */ (snapshotOf(second)), third)
      case 'abort': return this.#tasks.stop(first)
      case 'equip': return void this.#equip()
    }
  }

  /** @param {string} name @param {any[]} details */
  #tell(name, details) {
    // The journal knows before anyone else does.
    if (name === 'file-removed') this.#own.handles.delete(details[0][0])
    this.#tasks.note(name, details)
    this.#teller.event(name, details)
  }

  /** Loads what the engine asks for, and says whether it is there. */
  async #equip() {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer
    const late = new Promise((_, reject) => {
      timer = setTimeout(reject, EQUIP_WITHIN_MS, new Error('no answer'))
    })
    /** @type {string | undefined} */
    const why = await Promise.race([this.#more(), late]).then(() => undefined, (error) => String(error?.message ?? error))
    clearTimeout(timer)
    if (this.#own.dead) return
    // As with requests: a page that goes away breaks it itself.
    if (why !== undefined && this.#leaving) return void this.#broken.push(() => this.#equip())
    this.#act(engine.EQUIP, why === undefined)
    if (why !== undefined) this.#teller.warnOnce('load.more', `filechute-more.wasm could not be loaded (where is it? see configure): ${why}`)
  }

  #proceed() {
    if (!this.#due || this.lists.pending) return
    this.#due = false
    if (!this.#own.given.autoProceed) return
    try {
      this.upload()
    } catch {
      // A rule that forbids the start is not an error here: nobody asked.
    }
  }

  // ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  #listen() {
    // No function in here may mention `this`: those that the page holds would keep the uploader alive with it.
    const [weak, { signal }] = [new WeakRef(this), this.#engine.closed]
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
    if (leaving) return
    const broken = this.#broken
    this.#broken = []
    for (const again of broken) again()
  }
}

/** What goes wrong with one thing is no reason to leave the others. @param {() => void} act */
function contained(act) {
  try {
    act()
  } catch (error) {
    reportError(error)
  }
}
