// The driver over the real engine, without a browser: what crosses between them, and the heap of the module. What the browser
// does with it is tested in browsers.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pack, unpack } from '../driver/wire.js'
import { OptionsError, RestrictionError } from '../errors.js'
import { Uploader } from '../uploader.js'
import { coreOf, instance } from './engine.mjs'

/** @param {object} [options] */
function make(options) {
  const exports = instance()
  const uploader = new Uploader(coreOf(exports), { getUploadParameters: () => new Promise(() => {}), ...options })
  const events = []
  for (const event of ['file-added', 'file-removed', 'restriction-failed', 'upload-error', 'upload-start', 'cancel-all']) {
    uploader.on(event, (...payload) => events.push([event, ...payload]))
  }
  return { uploader, events, exports }
}

/** @param {string} name @param {number} [size] @param {object} [more] */
const file = (name, size = 3, more = {}) => ({ name, data: new Blob([new Uint8Array(size)], { type: 'image/png' }), ...more })

test('values cross unharmed', () => {
  const values = [['ключ 🤑', null, 2 ** 40, -1.5, ['', [], [null]]], 'a'.repeat(5000), true, undefined]
  for (const value of values) {
    const bytes = pack([value]).slice()
    const expected = value === true ? 1 : (value ?? null)
    assert.deepEqual(unpack(bytes.buffer, bytes.byteOffset, bytes.length), expected)
  }
  assert.equal(unpack(new ArrayBuffer(8), 8, 0), undefined)
})

test('a file as the application sees it', () => {
  const { uploader } = make({ meta: { album: 'x' } })
  const id = uploader.addFile(file('a.PNG', 3, { relativePath: 'd/a.PNG', meta: { ['__proto__']: 'y', n: 1 }, source: 'Dashboard' }))
  const { data, ...seen } = uploader.getFile(id)
  assert.equal(data.size, 3)
  assert.deepEqual(Object.getOwnPropertyDescriptor(seen.meta, '__proto__')?.value, 'y')
  Reflect.deleteProperty(seen.meta, '__proto__')
  assert.deepEqual(JSON.parse(JSON.stringify(seen)), {
    id: 'file-1', name: 'a.PNG', extension: 'PNG', type: 'image/png', size: 3, source: 'Dashboard', isRemote: false,
    meta: { name: 'a.PNG', type: 'image/png', album: 'x', n: '1', relativePath: 'd/a.PNG' },
    progress: { bytesUploaded: 0, bytesTotal: 3, percentage: 0, uploadStarted: null, uploadComplete: false },
    status: 'idle', isPaused: false, retries: 0, failure: null, error: null,
  })
  assert.deepEqual(uploader.getTotals(), {
    files: 1, idle: 1, active: 0, queued: 0, preparing: 0, sending: 0, finishing: 0, paused: 0, done: 0, failed: 0,
    bytesAdded: 3, bytesUploaded: 0, bytesTotal: 0, percentage: 0, speed: 0, etaMs: null, isOnline: true,
  })
})

test('rules: each with its own code and words', () => {
  const cases = [
    [{ maxFileSize: 2 }, 'size', 'a.png is larger than 2 B'],
    [{ minFileSize: 5 }, 'size', 'a.png is smaller than 5 B'],
    [{ maxTotalFileSize: 2 }, 'total', 'a.png does not fit: all files together may have 2 B'],
    [{ maxNumberOfFiles: 0 }, 'count', 'You can add up to 0 files'],
    [{ allowedFileTypes: ['.pdf', 'video/*'] }, 'type', 'a.png is not an accepted type (PDF, videos)'],
  ]
  for (const [restrictions, code, message] of cases) {
    const { uploader } = make({ restrictions })
    assert.throws(() => uploader.addFile(file('a.png')), (error) => {
      assert.ok(error instanceof RestrictionError)
      assert.deepEqual([error.code, error.message], [code, message])
      return true
    })
  }
  const { uploader } = make({ restrictions: { minNumberOfFiles: 2 } })
  return assert.rejects(uploader.upload(), { code: 'min_count', message: 'Add at least 2 files' })
})

test('options out of range are refused, and nothing is changed by a patch that is wrong', () => {
  for (const [option, value] of [['limit', -1], ['limit', Number.NaN], ['timeout', -5], ['retryDelays', [0, -5]]]) {
    assert.throws(() => make({ [option]: value }), (error) => error instanceof OptionsError && error.option === option)
  }
  const { uploader } = make()
  assert.throws(() => uploader.setOptions({ limit: 1, timeout: -1 }), OptionsError)
})

test('ten thousand files, again and again: the memory does not grow', { timeout: 60_000 }, async () => {
  const { uploader, exports } = make()
  const round = async (/** @type {number} */ n) => {
    const list = Array.from({ length: 10_000 }, (_, at) => file(`${n}-${at}-${'x'.repeat(at % 70)}.png`))
    await uploader.addFiles(list)
    assert.equal(uploader.getTotals().files, 10_000)
    uploader.cancelAll()
  }
  await round(0)
  const before = exports.memory.buffer.byteLength
  for (const n of [1, 2, 3]) await round(n)
  // A leak of them would double it; when lists are told, and so how long they get, is a matter of time.
  assert.ok(exports.memory.buffer.byteLength < before * 1.2, `${before} → ${exports.memory.buffer.byteLength}`)
  assert.equal(uploader.getFiles().length, 0)
})
