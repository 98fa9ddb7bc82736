// Loading the WebAssembly: once for all who ask, again after a failure, and with an error that says what stopped it.

import { createCore } from './driver/core.js'
import { LoadError } from './errors.js'
import { bytesOf } from './wasm-bytes.js'

/** @typedef {import('./core.js').CoreModule} CoreModule */

/** Before the driver gives it up, and asks again. */
const MORE_WITHIN_MS = 29_000

export function createLoader() {
  /** @type {{wasm?: unknown, more?: unknown}} */
  let given = {}
  return {
    /**
     * Says where the WebAssembly comes from when it does not lie beside the script: an address, a `Response`, bytes, a
     * compiled module, or a promise of one of these. To be called before the first load.
     * `wasm` is `filechute.wasm`, `more` is `filechute-more.wasm`.
     * @param {{wasm?: unknown, more?: unknown}} options
     */
    configure: (options) => {
      given = options ?? {}
    },
    /** @returns {Promise<CoreModule>} */
    load: once(async () => {
      // An element in the markup is there before the line after the import, which may say where the files are.
      await undefined
      return load(given)
    }),
  }
}

/** @param {{wasm?: unknown, more?: unknown}} options @returns {Promise<CoreModule>} */
async function load({ wasm, more }) {
  if (typeof document === 'undefined') {
    throw new LoadError('unsupported', 'filechute uploads in browsers; on a server it can only be imported')
  }
  if (typeof WebAssembly !== 'object') throw new LoadError('unsupported', 'this browser has no WebAssembly')
  const violations = watchPolicy()
  try {
    // As bundlers look for it, to the letter.
    const module = await compiled((await wasm) ?? new URL('./filechute.wasm', import.meta.url))
    // It imports nothing, so it can do nothing but compute.
    const { exports } = await WebAssembly.instantiate(module, {})
    if (!exports.reserve) throw new Error('filechute.wasm is of another release than this page; reload the page')
    // The second puts its functions into the table of the first. Fetched, not imported: some browsers never import again what
    // they could not import once, and this may be wanted when the line is broken.
    let tries = 0
    const rest = once(async () => {
      // One that hangs is given up, or it would be waited for again. What did not do is not taken from the cache again.
      const init = { signal: AbortSignal.timeout?.(MORE_WITHIN_MS), ...(tries > 0 ? { cache: /** @type {const} */ ('reload') } : {}) }
      tries += 1
      const second = await compiled((await more) ?? new URL('./filechute-more.wasm', import.meta.url), init)
      await WebAssembly.instantiate(second, { __wasm_split: exports }).catch((error) => {
        // The two name each other: see `split.rs`.
        throw error instanceof WebAssembly.LinkError ? new Error('it is of another release than this page; reload the page') : error
      })
    })
    return { Core: createCore(/** @type {any} */ (exports), rest) }
  } catch (error) {
    // The event about a violated policy comes after the failure that the policy caused.
    await new Promise((resolve) => setTimeout(resolve, 50))
    const { diagnose } = await import('./diagnosis.js').catch(() => ({ diagnose: unreached }))
    throw diagnose(error, violations.seen)
  } finally {
    violations.stop()
  }
}

/** @param {any} given an address, a response, bytes, or a module already @param {RequestInit} [init] */
const compiled = async (given, init) => (given instanceof WebAssembly.Module ? given : WebAssembly.compile(await bytesOf(given, init)))

/** Once for all who ask, and again after a failure. @template T @param {() => Promise<T>} act */
function once(act) {
  /** @type {Promise<T> | undefined} */
  let acting
  return () => {
    acting ??= act().catch((error) => {
      acting = undefined
      throw error
    })
    return acting
  }
}

/** Watches for a content security policy that refuses the module. */
function watchPolicy() {
  const result = { seen: '', stop: () => document.removeEventListener('securitypolicyviolation', look) }
  /** @param {SecurityPolicyViolationEvent} event */
  const look = (event) => {
    const ours = event.blockedURI === 'wasm-eval' || /\.wasm(\?|$)/.test(event.blockedURI)
    if (ours && event.disposition !== 'report') result.seen = event.effectiveDirective
  }
  document.addEventListener('securitypolicyviolation', look)
  return result
}

/** Where not even the words for it can be had. @param {any} error */
const unreached = (error) => new LoadError('fetch', `the uploader could not be loaded: ${error?.message ?? error}`, error)
