// A synchronous event emitter whose listeners cannot break who emits: one that throws is reported, the others go on.

import { report } from './errors.js'

/** @typedef {(...args: any[]) => unknown} Listener */

export class Emitter {
  /** @type {Map<string, Array<{listener: Listener, once: boolean}>>} */
  #listeners = new Map()

  /**
   * @param {string} event
   * @param {Listener} listener
   * @param {boolean} [once]
   * @returns {() => void} takes this one registration away again
   */
  on(event, listener, once = false) {
    if (typeof listener !== 'function') throw new TypeError(`the listener for "${event}" must be a function`)
    const entry = { listener, once }
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
    // Lists are replaced and never changed by `off`, and `on` appends: a copy keeps this round stable either way.
    for (const entry of [...(this.#listeners.get(event) ?? [])]) {
      if (entry.once) this.#keep(event, (other) => other !== entry)
      try {
        const result = entry.listener(...args)
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
