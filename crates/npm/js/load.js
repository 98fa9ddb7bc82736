// Loading the WebAssembly: once for all who ask, again after a failure, and with an error that says what stopped it.

import { createCore } from './driver/core.js'
import { LoadError } from './errors.js'
import { bytesOf } from './wasm-bytes.js'

/** @typedef {import('./core.js').CoreModule} CoreModule */

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
    load: once(() => load(given)),
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
    const given = (await wasm) ?? new URL('./filechute.wasm', import.meta.url)
    const module = given instanceof WebAssembly.Module ? given : await WebAssembly.compile(await bytesOf(given))
    // It imports nothing, so it can do nothing but compute.
    const { exports } = await WebAssembly.instantiate(module, {})
    return { Core: createCore(/** @type {any} */ (exports), once(() => import('./driver/more.js').then((rest) => rest.more(/** @type {any} */ (exports), more)))) }
  } catch (error) {
    // The event about a violated policy comes after the failure that the policy caused.
    await new Promise((resolve) => setTimeout(resolve, 50))
    throw diagnose(error, violations.seen)
  } finally {
    violations.stop()
  }
}

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

/**
 * What stopped it, in words that lead to the fix.
 * @param {any} error
 * @param {string} directive the policy's directive that was violated meanwhile, or empty
 * @returns {LoadError}
 */
export function diagnose(error, directive = '') {
  const text = String(error?.message ?? error)
  if (directive || /unsafe-eval|content security policy|blocked by csp/i.test(text)) {
    const fix = /connect|default/.test(directive) && !/eval/.test(text)
      ? "connect-src must allow the origin of filechute's files"
      : "script-src needs 'wasm-unsafe-eval'"
    return new LoadError('csp', `this page's content security policy refuses WebAssembly: ${fix}`, error)
  }
  if (/found 3c |magic word|magic header|magic number|doesn't start with/i.test(text)) {
    return new LoadError('fetch', `the address of the .wasm file answers with something else: ${text}`, error)
  }
  const refused = typeof WebAssembly === 'object' && (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError)
  if (refused || error instanceof SyntaxError) {
    return new LoadError('unsupported', `this browser cannot run the module: ${text}`, error)
  }
  return new LoadError('fetch', `the uploader could not be loaded: ${text}`, error)
}
