// Who hashes, and when: one worker for all that is asked for, or the page itself where it may not have a worker.

import { ALGORITHMS, createHashing } from './hashing.js'

/** Ranges the worker hashes at a time, each with up to 8 MB of what has been read. More wait their turn. */
const AT_ONCE = 4
/** How long a worker without work is kept, in milliseconds. */
const IDLE_MS = 30_000
/** How long a worker may take to start before the page does its work, in milliseconds. */
const START_MS = 10_000
/** How much the page reads at a time: some browsers copy it on the page's own thread. */
const PAGE_READ_BYTES = 1 << 20
/** How long the page hashes before it lets others run, in milliseconds. It looks at the clock every 16 kB, so a slow device
 * goes a little beyond that, but not to 8. */
const SLICE_MS = 4

/**
 * @typedef {object} Parts
 * @property {() => Promise<WebAssembly.Module>} load asked again after a failure
 * @property {() => Worker} createWorker may throw, and the worker may fail later: then the page hashes from there on
 * @property {number} [idleMs]
 * @property {number} [startMs]
 * @property {number} [smallBytes] up to so many the page hashes itself: a worker takes longer to start
 */

/**
 * @typedef {object} Job
 * @property {number} id
 * @property {import('./hashing.js').Range} range
 * @property {boolean} isOver whether it has been resolved or rejected
 * @property {(digest: string) => void} resolve
 * @property {(error: unknown) => void} reject
 */

export class Digester {
  /** @type {Required<Parts>} */
  #parts
  /** @type {Promise<void> | undefined} */
  #loading
  /** Before anything waits or runs it has been loaded. @type {WebAssembly.Module | undefined} */
  #module
  /** @type {Worker | undefined} */
  #worker
  /** Whether there can be no worker. */
  #alone = false
  /** @type {ReturnType<typeof createHashing> | undefined} */
  #hash
  #lastId = 0
  /** @type {Job[]} */
  #waiting = []
  /** By id. @type {Map<number, Job>} */
  #running = new Map()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #idle
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = { idleMs: IDLE_MS, startMs: START_MS, smallBytes: 0, ...parts }
  }

  /** @type {typeof import('./digest.js').digest} */
  async digest(blob, start, end, algorithm, { signal } = {}) {
    check(blob, start, end, algorithm)
    if (signal?.aborted) throw reasonOf(signal)
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      const abort = () => {
        settle(() => reject(reasonOf(signal)))
        this.#worker?.postMessage({ id })
      }
      /** @param {() => void} how */
      const settle = (how) => {
        if (job.isOver) return
        job.isOver = true
        signal?.removeEventListener('abort', abort)
        how()
        this.#forget(job)
      }
      /** @type {Job} */
      const job = {
        id,
        range: { blob, start, end, algorithm },
        isOver: false,
        resolve: (digest) => settle(() => resolve(digest)),
        reject: (error) => settle(() => reject(error)),
      }
      signal?.addEventListener('abort', abort)
      this.#load().then(() => {
        if (job.isOver) return
        this.#waiting.push(job)
        this.#startNext()
      }, job.reject)
    })
  }

  #load() {
    this.#loading ??= this.#parts.load().then(
      (module) => {
        this.#module = module
      },
      (error) => {
        this.#loading = undefined
        throw error
      },
    )
    return this.#loading
  }

  #startNext() {
    while (this.#running.size < (this.#alone ? 1 : AT_ONCE)) {
      const job = this.#waiting.shift()
      if (!job) break
      this.#running.set(job.id, job)
      const { start, end } = job.range
      if (this.#alone || end - start <= this.#parts.smallBytes) this.#hashHere(job)
      else this.#send(job)
    }
  }

  /** @param {Job} job it has been settled */
  #forget(job) {
    this.#waiting = this.#waiting.filter((other) => other !== job)
    if (!this.#running.delete(job.id)) return
    this.#startNext()
    if (this.#worker && this.#running.size === 0) this.#idle = setTimeout(() => this.#endWorker(), this.#parts.idleMs)
  }

  /** @param {Job} job */
  #send({ id, range }) {
    try {
      const worker = this.#worker ?? this.#startWorker()
      clearTimeout(this.#idle)
      worker.postMessage({ id, range })
    } catch {
      this.#goOnAlone()
    }
  }

  #startWorker() {
    const worker = this.#parts.createWorker()
    this.#worker = worker
    worker.onmessage = ({ data }) => this.#receive(data)
    worker.onmessageerror = () => this.#goOnAlone()
    worker.onerror = (event) => {
      // Else the page is told of an error that is no concern of its.
      event.preventDefault()
      this.#goOnAlone()
    }
    worker.postMessage({ module: this.#module })
    this.#patience = setTimeout(() => this.#goOnAlone(), this.#parts.startMs)
    return worker
  }

  /** @param {{ready?: true, broken?: string, id: number, digest?: string, error?: {name: string, message: string}}} message */
  #receive({ ready, broken, id, digest, error }) {
    const job = this.#running.get(id)
    if (ready) clearTimeout(this.#patience)
    else if (broken) this.#goOnAlone()
    else if (error) job?.reject(new DOMException(error.message, error.name))
    else if (digest) job?.resolve(digest)
  }

  #endWorker() {
    clearTimeout(this.#idle)
    clearTimeout(this.#patience)
    this.#worker?.terminate()
    this.#worker = undefined
  }

  /** Workers are of no use here: what one had begun is begun again on the page. */
  #goOnAlone() {
    this.#alone = true
    this.#endWorker()
    this.#waiting.unshift(...this.#running.values())
    this.#running.clear()
    this.#startNext()
  }

  /** @param {Job} job */
  async #hashHere(job) {
    try {
      this.#hash ??= createHashing(/** @type {WebAssembly.Module} */ (this.#module))
      const manners = { readBytes: PAGE_READ_BYTES, pause: createPause(), isOver: () => job.isOver }
      job.resolve(/** @type {string} */ (await this.#hash(job.range, manners)))
    } catch (error) {
      job.reject(error)
    }
  }
}

/** @param {Blob} blob @param {number} start @param {number} end @param {string} algorithm */
function check(blob, start, end, algorithm) {
  // Not `instanceof`: it may come from another frame.
  if (typeof blob?.size !== 'number') throw new TypeError('a digest is made of a Blob or File')
  if (!ALGORITHMS.includes(algorithm)) throw new TypeError(`no checksum \`${algorithm}\`; there are ${ALGORITHMS.join(', ')}`)
  // Not compared with the size: Chromium's File says 0 once the file is gone, and then it is the read that has to fail.
  const isRange = Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end
  if (!isRange) throw new RangeError(`${start} to ${end} is no range of bytes`)
}

/** @param {AbortSignal | undefined} signal */
const reasonOf = (signal) => signal?.reason ?? new DOMException('The digest was aborted.', 'AbortError')

/** What a loop asks every now and then: after its time it gets a promise to wait for. */
function createPause() {
  let began = performance.now()
  return () => {
    if (performance.now() - began < SLICE_MS) return undefined
    return nextTask().then(() => {
      began = performance.now()
    })
  }
}

/** A task of its own, without the delay that timers have, above all in pages in the background. @returns {Promise<void>} */
function nextTask() {
  const { scheduler } = /** @type {any} */ (globalThis)
  if (scheduler?.yield) return scheduler.yield()
  return new Promise((resolve) => {
    if (typeof MessageChannel === 'undefined') {
      setTimeout(resolve)
      return
    }
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
