// The engine behind its calls: the only code that touches the WebAssembly.

import { revive } from '../errors.js'
import { isTrap, tell } from '../traps.js'
import { pack, unpack } from './wire.js'

/**
 * @typedef {object} Exports what the module offers: see `lib.rs` of the crate
 * @property {WebAssembly.Memory} memory
 * @property {(length: number) => number} reserve
 * @property {() => number} call
 * @property {() => number} answered
 */

// The numbers of the verbs, as `calls.rs` has them.
const CREATE = 0
const FREE = 1
export const OPTIONS = 2
export const POLICY = 3
export const ADD = 4
export const UPLOAD = 5
export const PAUSE = 6
export const RESUME = 7
export const PAUSE_ALL = 8
export const RESUME_ALL = 9
export const RETRY = 10
export const RETRY_ALL = 11
export const REMOVE = 12
export const CANCEL_ALL = 13
export const LEAVE = 14
export const SET_META = 15
export const NETWORK = 16
export const DEADLINE = 17
export const REPORT = 18
export const POLL = 19
export const FILE = 20
export const IDS = 21
export const TOTALS = 22
export const CHANGES = 23
export const OWN_META = 24
export const RESUME_OF = 25
export const PHASE = 26
export const REST = 27
export const CHECK = 28
export const JUDGE_STEP = 29
export const JUDGE_COMPLETE = 30
export const REFUSAL = 31
export const EQUIP = 32
export const FILES = 33
export const ORDER = 34
export const COMMANDS = 35

export class Engine {
  /** @type {Exports} */
  #wasm
  #handle
  /** Why it stopped for good. @type {unknown} */
  #trap
  #born = performance.now()
  /** Ends what listens on its behalf. */
  closed = new AbortController()

  /** @param {Exports} wasm */
  constructor(wasm) {
    this.#wasm = wasm
    const { protocol = '', origin = '' } = globalThis.location ?? {}
    // Jitter only needs to differ between pages.
    const seed = Math.floor(Math.random() * 2 ** 32)
    this.#handle = 0
    this.#handle = this.call(CREATE, seed, Date.now(), protocol === 'https:', origin)
  }

  /** Milliseconds since this engine was made. */
  now() {
    return Math.floor(performance.now() - this.#born)
  }

  /** @param {number} verb @param {...unknown} values @returns {any} */
  call(verb, ...values) {
    const wasm = this.#wasm
    if (this.#trap) throw this.#trap
    try {
      const packed = pack([verb, this.#handle, this.now(), Date.now(), ...values])
      const place = wasm.reserve(packed.length)
      new Uint8Array(wasm.memory.buffer, place, packed.length).set(packed)
      const answer = wasm.call()
      return unpack(wasm.memory.buffer, answer, wasm.answered())
    } catch (error) {
      // A bug of ours: nothing in that module can be trusted any more.
      if (!isTrap(error)) throw error
      this.#trap = revive(error)
      tell(this.#trap)
      throw this.#trap
    }
  }

  /** Nobody needs it any more. */
  leave() {
    this.closed.abort()
    if (!this.#trap) this.call(FREE)
  }
}
