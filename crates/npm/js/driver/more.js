// What most pages never need of the engine: files in parts, and what it means when the store says no. Loaded when the engine
// first asks for it.

import { bytesOf } from '../wasm-bytes.js'

export { askHost, askHooks } from './parts.js'

/**
 * Puts the second module's functions into the first one's table.
 * @param {import('./engine.js').Exports} first @param {unknown} given as for `configure`
 */
export async function more(first, given) {
  // As bundlers look for it, to the letter.
  const from = (await given) ?? new URL('./filechute-more.wasm', import.meta.url)
  const module = from instanceof WebAssembly.Module ? from : await WebAssembly.compile(await bytesOf(from))
  await WebAssembly.instantiate(module, { __wasm_split: /** @type {any} */ (first) })
}
