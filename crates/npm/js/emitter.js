// A synchronous event emitter whose listeners cannot break who emits: one that throws is reported, the others go on.

import { report } from './errors.js'

/** @typedef {(...args: any[]) => unknown} Listener */

/** What is only made when someone wants it: a list of all files, say. @template T */
export class Lazy {
  /** @type {(() => T) | undefined} */
  #make
  /** @type {T | undefined} */
  #value

  /** @param {() => T} make */
  constructor(make) {
    this.#make = make
  }

  /** @returns {T} */
  get value() {
    if (this.#make) this.#value = this.#make()
    this.#make = undefined
    return /** @type {T} */ (this.#value)
  }
}

export class Emitter {
  /** @type {Map<string, Array<{listener: Listener, once: boolean, raw: boolean}>>} */
  #listeners = new Map()

  /**
   * @param {string} event
   * @param {Listener} listener
   * @param {boolean} [once]
   * @param {boolean} [raw] it takes what is lazy as it is
   * @returns {() => void} takes this one registration away again
   */
  on(event, listener, once = false, raw = false) {
    if (typeof listener !== 'function') throw new TypeError(`the listener for "${event}" must be a function`)
    const entry = { listener, once, raw }
    const entries = this.#listeners.get(event)
    if (entries) entries.push(entry)
    else this.#listeners.set(event, [entry])
    return () => this.#keep(event, (other) => other !== entry)
  }

  /** Takes a listener away; without one, all of that event. @param {string} event @param {Listener} [listener] */
  off(event, listener) {
    this.#keep(event, (entry) => listener !== undefined && entry.listener !== listener)
  }

  /** @param {string} event @param {unknown[]} args */
  emit(event, ...args) {
    /** @type {unknown[] | undefined} */
    let made
    // Lists are replaced and never changed by `off`, and `on` appends: a copy keeps this round stable either way.
    for (const entry of [...(this.#listeners.get(event) ?? [])]) {
      if (entry.once) this.#keep(event, (other) => other !== entry)
      try {
        if (!entry.raw) made ??= args.map((arg) => (arg instanceof Lazy ? arg.value : arg))
        const result = entry.listener(...((!entry.raw && made) || args))
        // An async listener that fails would otherwise be an unhandled rejection, which some pages treat as fatal.
        if (result instanceof Promise) result.catch(report)
      } catch (error) {
        report(error)
      }
    }
  }

  clear() {
    this.#listeners.clear()
  }

  /** @param {string} event @param {(entry: {listener: Listener, once: boolean}) => boolean} wanted */
  #keep(event, wanted) {
    const kept = (this.#listeners.get(event) ?? []).filter(wanted)
    if (kept.length > 0) this.#listeners.set(event, kept)
    else this.#listeners.delete(event)
  }
}
