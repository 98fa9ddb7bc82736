// Why the WebAssembly could not be had. Loaded when it could not.

import { LoadError } from './errors.js'

/** What bundlers do: they move the script, and leave the file where it was. */
const MOVED = '; did a bundler leave it behind? See configure(), or optimizeDeps.exclude of Vite'

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
    return new LoadError('fetch', `the address of the .wasm file answers with something else: ${text}${MOVED}`, error)
  }
  const refused = typeof WebAssembly === 'object' && (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError)
  if (refused || error instanceof SyntaxError) {
    return new LoadError('unsupported', `this browser cannot run the module: ${text}`, error)
  }
  return new LoadError('fetch', `the uploader could not be loaded: ${text}${/^\d{3} /.test(text) ? MOVED : ''}`, error)
}
