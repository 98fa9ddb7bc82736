// The engine as the build left it, for tests: each call a module of its own.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createCore } from '../driver/core.js'

const FILE = process.env.FILECHUTE_ENGINE_WASM ?? fileURLToPath(new URL('../../../../pkg/filechute.wasm', import.meta.url))
const FIRST = new WebAssembly.Module(readFileSync(FILE))
const MORE = new WebAssembly.Module(readFileSync(FILE.replace(/\.wasm$/, '-more.wasm')))

/** @returns {any} what the module offers */
export const instance = () => new WebAssembly.Instance(FIRST, {}).exports

/** The rest, for that one. @param {any} exports */
export const rest = (exports) => async () => void (await WebAssembly.instantiate(MORE, { __wasm_split: exports }))

/** @param {any} [exports] */
export const coreOf = (exports = instance()) => createCore(exports, rest(exports))
