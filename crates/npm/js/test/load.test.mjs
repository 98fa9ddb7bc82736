// Loading: inert on a server, once for all, again after a failure, and with a reason that leads to the fix.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LoadError } from '../errors.js'
import { diagnose } from '../diagnosis.js'
import { createLoader } from '../load.js'

test('on a server it says so', async () => {
  const { load } = createLoader()
  await assert.rejects(load(), (error) => error instanceof LoadError && error.code === 'unsupported')
})

/** A module without anything in it, … */
const EMPTY = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])
/** … and one that has what the first call needs: a function `reserve`. */
const LEAST = new Uint8Array([...EMPTY, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 11, 1, 7, ...Buffer.from('reserve'), 0, 0, 10, 4, 1, 2, 0, 11])

test('loads once, and again after a failure', async () => {
  globalThis.document = { addEventListener() {}, removeEventListener() {} }
  try {
    const loader = createLoader()
    loader.configure({ wasm: Promise.reject(new TypeError('Failed to fetch')) })
    await assert.rejects(loader.load(), (error) => error.kind === 'load' && error.code === 'fetch' && error.retryable)
    loader.configure({ wasm: Promise.resolve(LEAST) })
    const [one, other] = await Promise.all([loader.load(), loader.load()])
    assert.equal(one, other)
    assert.equal(typeof one.Core, 'function')
  } finally {
    delete globalThis.document
  }
})

test('whatever the module comes as', async () => {
  globalThis.document = { addEventListener() {}, removeEventListener() {} }
  try {
    const data = `data:application/wasm;base64,${Buffer.from(LEAST).toString('base64')}`
    for (const given of [LEAST, LEAST.buffer, new WebAssembly.Module(LEAST), new Response(LEAST), data]) {
      const loader = createLoader()
      loader.configure({ wasm: given })
      assert.ok((await loader.load()).Core)
    }
    const loader = createLoader()
    loader.configure({ wasm: new Response('', { status: 404 }) })
    await assert.rejects(loader.load(), /404/)
    loader.configure({ wasm: EMPTY })
    await assert.rejects(loader.load(), (error) => error instanceof LoadError && /of another release/.test(error.message))
  } finally {
    delete globalThis.document
  }
})

test('the reason', () => {
  const code = (error, directive) => diagnose(error, directive).code
  const compile = (text) => new WebAssembly.CompileError(text)
  assert.equal(code(compile("WebAssembly.instantiateStreaming(): Compiling or instantiating WebAssembly module violates the following Content Security policy directive because 'unsafe-eval' is not an allowed source of script")), 'csp')
  assert.equal(code(compile('call to WebAssembly.instantiateStreaming() blocked by CSP')), 'csp')
  assert.equal(code(new TypeError('Failed to fetch'), 'connect-src'), 'csp')
  assert.match(diagnose(new TypeError('Failed to fetch'), 'connect-src').message, /connect-src must/)
  assert.equal(code(new Error("failed to fetch Wasm: 404 Not Found 'https://x/headless_bg.wasm'")), 'fetch')
  assert.equal(code(compile('expected magic word 00 61 73 6d, found 3c 21 64 6f @+0')), 'fetch')
  assert.equal(code(compile('invalid opcode 0xff')), 'unsupported')
  assert.equal(code(new SyntaxError('Unexpected token')), 'unsupported')
  assert.equal(code(new TypeError('Load failed')), 'fetch')
})
