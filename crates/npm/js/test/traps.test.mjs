// WebAssembly that stops for good: the uploader says so, whether a verb was on the stack or nobody.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCore } from '../driver/core.js'
import { UploadError } from '../errors.js'
import { Uploader } from '../uploader.js'

/** `call` and `reserve` of the module stop while `broken`. */
function make() {
  const trap = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([
    ...[0, 97, 115, 109, 1, 0, 0, 0],
    ...[1, 4, 1, 0x60, 0, 0], // one type: () -> ()
    ...[3, 2, 1, 0], // one function
    ...[7, 8, 1, 4, 116, 114, 97, 112, 0, 0], // export trap
    ...[10, 5, 1, 3, 0, 0, 0x0b], // unreachable
  ]))).exports.trap
  const state = { broken: false }
  const exports = {
    memory: new WebAssembly.Memory({ initial: 1 }),
    reserve: () => 1024,
    call: () => (state.broken ? trap() : 0),
    answered: () => 0,
  }
  const uploader = new Uploader(createCore(exports), { getUploadParameters: () => ({}) })
  const heard = []
  uploader.on('error', (...args) => heard.push(args))
  return { uploader, heard, state }
}

test('in a verb: thrown, and told once', () => {
  const { uploader, heard, state } = make()
  state.broken = true
  assert.throws(() => uploader.pauseAll(), (error) => error instanceof UploadError && error.code === 'panic')
  assert.throws(() => uploader.pauseAll(), UploadError)
  assert.deepEqual(heard.map(([error, file]) => [error.kind, error.code, error.message, file]), [
    ['internal', 'panic', 'The uploader stopped. Reload the page to go on.', undefined],
  ])
})

test('with nobody on the stack: told all the same, to every uploader of the page', () => {
  const [one, other] = [make(), make()]
  one.state.broken = true
  try {
    globalThis.dispatchEvent?.(new Event('online'))
    Uploader.core(one.uploader).resumeAll()
  } catch {}
  assert.equal(one.heard.length, 1)
  assert.equal(other.heard.length, 1)
})
