// Checksums of files as S3 has them: `digest(file, 0, file.size, 'crc64nvme')`. An entry of its own, which is loaded when a
// checksum is first wanted. Importing does nothing; the first call loads the WebAssembly and starts a worker.

import { Digester } from './digester.js'
import { bytesOf } from './wasm-bytes.js'

/** @type {{wasm?: unknown, worker?: string | URL}} */
let given = {}

/** @param {{wasm?: unknown, worker?: string | URL}} options */
export function configure(options) {
  given = options ?? {}
}

const digester = new Digester({
  load,
  smallBytes: 1 << 18,
  createWorker: () => given.worker
    ? new Worker(given.worker, { type: 'module' })
    // As bundlers look for it, to the letter.
    : new Worker(new URL('./digest-worker.js', import.meta.url), { type: 'module' }),
})

/** @type {typeof import('./digest.js').digest} */
export const digest = (...range) => digester.digest(...range)

/** Compiled on the page, where a failure can be told, and sent to the worker. @returns {Promise<WebAssembly.Module>} */
async function load() {
  if (typeof document === 'undefined') throw failure('unsupported', 'filechute makes checksums in browsers only')
  if (typeof WebAssembly !== 'object') throw failure('unsupported', 'this browser has no WebAssembly')
  try {
    const wasm = /** @type {any} */ (await given.wasm) ?? new URL('./digest.wasm', import.meta.url)
    return wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(await bytesOf(wasm))
  } catch (/** @type {any} */ error) {
    const text = String(error?.message ?? error)
    const code = /unsafe-eval|content security policy|blocked by csp/i.test(text) ? 'csp' : 'fetch'
    throw failure(code, `the WebAssembly for checksums could not be loaded: ${text}`, error)
  }
}

/**
 * An error with the fields of `LoadError`. The class stays in the other entries: this one shares no code with them, so that
 * they do not fall into more pieces because of it.
 * @param {'csp' | 'fetch' | 'unsupported'} code @param {string} message @param {unknown} [cause]
 */
function failure(code, message, cause) {
  const fields = { name: 'LoadError', kind: 'load', code, status: 0, retryable: code === 'fetch', detail: message }
  return Object.assign(new Error(message, { cause }), fields)
}
