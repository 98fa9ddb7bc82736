// WebAssembly that stops for good: the uploader says so, whether a verb was on the stack or nobody.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UploadError } from '../errors.js'
import { FakeCore } from './fake-core.mjs'

/** @type {(event: {error: unknown}) => void} */
let uncaught
globalThis.addEventListener = (type, listener) => {
  if (type === 'error') uncaught = listener
}
const { Uploader } = await import('../uploader.js')

/** A module of its own: `call` calls what it is given, `trap` stops. `tag` makes its bytes, and so its address, differ. */
function wasm(call, tag) {
  const bytes = new Uint8Array([
    ...[0, 97, 115, 109, 1, 0, 0, 0],
    ...[1, 4, 1, 0x60, 0, 0], // one type: () -> ()
    ...[2, 7, 1, 1, 109, 1, 102, 0, 0], // import m.f
    ...[3, 3, 2, 0, 0], // two functions
    ...[7, 15, 2, 4, 99, 97, 108, 108, 0, 1, 4, 116, 114, 97, 112, 0, 2], // export call, trap
    ...[10, 10, 2, 4, 0, 0x10, 0, 0x0b, 3, 0, 0, 0x0b], // call 0; unreachable
    ...[0, 3, 1, 116, tag], // a custom section
  ])
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { f: call } }).exports
}

function trapOf(exports) {
  try {
    return exports.trap()
  } catch (error) {
    return error
  }
}

/** An uploader whose core is ours, and what it says of errors. */
function make() {
  let pending
  const ours = wasm(() => FakeCore.last.notify(pending), 1)
  const uploader = new Uploader(FakeCore, { host: 'https://host.example' })
  const heard = []
  uploader.on('error', (...args) => heard.push(args))
  // What comes out of WebAssembly has its frames on the stack.
  pending = [['is-online']]
  ours.call()
  return { uploader, heard, ours }
}

test('in a verb: thrown, and told once', async () => {
  const { uploader, heard, ours } = make()
  const upload = uploader.upload()
  FakeCore.last.retryAll = () => ours.trap()
  assert.throws(() => uploader.retryAll(), (error) => error instanceof UploadError && error.code === 'panic')
  await assert.rejects(upload, { code: 'panic' })
  assert.throws(() => uploader.retryAll(), UploadError)
  assert.deepEqual(heard.map(([error, file]) => [error.kind, error.code, error.message, file]), [
    ['internal', 'panic', 'The uploader stopped. Reload the page to go on.', undefined],
  ])
})

test('with nobody on the stack: told all the same', () => {
  const { heard, ours } = make()
  uncaught({ error: trapOf(ours) })
  assert.equal(heard.length, 1)
})

test("other people's WebAssembly and other errors are none of ours", () => {
  const { heard } = make()
  uncaught({ error: trapOf(wasm(() => {}, 2)) })
  uncaught({ error: new Error('theirs') })
  uncaught({ error: undefined })
  assert.equal(heard.length, 0)
})
