// The thin class over the WebAssembly: events that cannot break anything, promises, hooks, options.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OptionsError, RestrictionError, UploadError } from '../errors.js'
import { Uploader } from '../uploader.js'
import { FakeCore } from './fake-core.mjs'

const source = async () => ({ url: 'https://bucket.example/key' })
const make = (options) => new Uploader(FakeCore, { getUploadParameters: source, ...options })

/** Runs `act` with `console.error` and `reportError` caught. */
async function reported(act) {
  const seen = []
  const before = [console.error, globalThis.reportError]
  console.error = globalThis.reportError = (error) => seen.push(error)
  try {
    await act()
  } finally {
    ;[console.error, globalThis.reportError] = before
  }
  return seen
}

test('a listener that throws is reported and disturbs nobody', async () => {
  const uploader = make()
  const heard = []
  uploader.on('file-added', () => { throw new Error('mine') })
  uploader.on('file-added', async () => { throw new Error('late') })
  uploader.on('file-added', (file) => heard.push(file.name))
  const seen = await reported(async () => {
    uploader.addFile({ name: 'a.txt', data: new Blob(['a']) })
    await new Promise((resolve) => setTimeout(resolve))
  })
  assert.deepEqual(seen.map(({ message }) => message), ['mine', 'late'])
  assert.deepEqual(heard, ['a.txt'])
})

test('on gives its undoing, once hears once, off takes away', () => {
  const uploader = make()
  let [always, once, gone] = [0, 0, 0]
  const stop = uploader.on('file-added', () => { always += 1 })
  uploader.once('file-added', () => { once += 1 })
  const listener = () => { gone += 1 }
  uploader.on('file-added', listener)
  uploader.off('file-added', listener)
  uploader.addFiles([new File(['a'], 'a'), new File(['b'], 'b')])
  stop()
  uploader.addFile(new File(['c'], 'c'))
  assert.deepEqual([always, once, gone], [2, 1, 0])
})

test('upload resolves with the result of its own id', async () => {
  const uploader = make()
  uploader.addFile(new File(['a'], 'a.txt'))
  const first = uploader.upload()
  const second = uploader.retryAll()
  FakeCore.last.complete(2)
  FakeCore.last.complete(1)
  assert.equal((await first).uploadID, 1)
  assert.equal((await second).uploadID, 2)
  assert.equal((await first).successful[0].meta.key, 'k/a.txt')
})

test('a result that comes before the verb returns is not lost', async () => {
  class Hasty extends FakeCore {
    upload() {
      const id = super.upload()
      this.complete(id)
      return id
    }
  }
  const uploader = new Uploader(Hasty, { host: 'https://host.example' })
  const result = await uploader.upload()
  assert.equal(result.uploadID, 1)
})

test('destroy settles what is open and later verbs say so', async () => {
  const uploader = make()
  const upload = uploader.upload()
  uploader.destroy()
  uploader.destroy()
  assert.deepEqual((await upload).successful, [])
  assert.throws(() => uploader.addFile(new Blob()), /destroyed/)
})

test('a verb on an unknown id throws, getFile gives undefined', () => {
  const uploader = make()
  for (const verb of ['removeFile', 'pauseResume', 'retryUpload']) {
    assert.throws(() => uploader[verb]('file-99'), /no file with the id "file-99"/, verb)
  }
  assert.throws(() => uploader.setFileMeta('file-99', {}), /file-99/)
  assert.equal(uploader.getFile('file-99'), undefined)
})

test('pauseResume gives the new state and takes a file object', () => {
  const uploader = make()
  const id = uploader.addFile(new File(['a'], 'a'))
  assert.equal(uploader.pauseResume(id), true)
  assert.equal(uploader.pauseResume(uploader.getFile(id)), false)
})

test('a refused file throws from addFile, and only tells from addFiles', async () => {
  const uploader = make()
  const refused = []
  uploader.on('restriction-failed', (file, error) => refused.push([file.name, error.code]))
  assert.throws(() => uploader.addFile(new File(['x'], 'a.exe')), RestrictionError)
  const ids = await uploader.addFiles([new File(['x'], 'b.exe'), new File(['x'], 'b.txt')])
  assert.equal(ids.length, 1)
  assert.deepEqual(refused, [['a.exe', 'type'], ['b.exe', 'type']])
})

test('ten thousand files go in slices, in order, and upload waits for them', async () => {
  const uploader = make()
  const files = Array.from({ length: 10_000 }, (_, at) => new File(['x'], `${at}.txt`))
  const added = uploader.addFiles(files)
  const upload = uploader.upload()
  const ids = await added
  assert.equal(ids.length, 10_000)
  assert.equal(uploader.getFile(ids[9_999]).name, '9999.txt')
  await new Promise((resolve) => setTimeout(resolve))
  FakeCore.last.complete(1)
  assert.equal((await upload).successful.length, 10_000)
})

test('errors arrive as their classes', () => {
  const uploader = make()
  let error
  uploader.on('upload-error', (_, got) => { error = got })
  FakeCore.last.notify([['upload-error', { id: 'file-1' }, { kind: 's3', code: 'AccessDenied', status: 403, message: 'no', retryable: false, help: 'allow it' }, undefined]])
  assert.ok(error instanceof UploadError)
  assert.deepEqual([error.kind, error.code, error.status, error.message, error.retryable, error.help], ['s3', 'AccessDenied', 403, 'no', false, 'allow it'])
  assert.equal(new UploadError('no').help, '')
})

test('onBeforeFileAdded: false refuses, an object replaces, a throw refuses and is reported', async () => {
  const answers = { a: false, b: { name: 'B' }, c: undefined }
  const maps = []
  make({
    onBeforeFileAdded: (file, files) => {
      maps.push(Object.keys(files).length)
      if (file.name === 'd') throw new Error('hook')
      return answers[file.name]
    },
  })
  const { onBeforeFileAdded } = FakeCore.last.options
  const seen = await reported(() => {
    assert.equal(onBeforeFileAdded({ name: 'a' }), false)
    assert.deepEqual(onBeforeFileAdded({ name: 'b' }), { name: 'B' })
    assert.equal(onBeforeFileAdded({ name: 'c' }), true)
    assert.equal(onBeforeFileAdded({ name: 'd' }), false)
  })
  assert.equal(seen[0].message, 'hook')
  assert.deepEqual(maps, [0, 0, 0, 0])
})

test('onBeforeUpload may change meta and leave files out', () => {
  const uploader = make({
    onBeforeUpload: (files) => ({ 'file-1': { ...files['file-1'], meta: { album: '7' } } }),
  })
  uploader.addFiles([new File(['a'], 'a'), new File(['b'], 'b')])
  assert.equal(FakeCore.last.options.onBeforeUpload(), true)
  assert.equal(uploader.getFile('file-1').meta.album, '7')
  assert.equal(uploader.getFile('file-2'), undefined)
})

test('onBeforeUpload may change names, as in the example of Uppy\'s documentation', () => {
  const uploader = make({
    onBeforeUpload: (files) => Object.fromEntries(Object.entries(files).map(([id, file]) => [id, { ...file, name: `pre__${file.name}` }])),
  })
  uploader.addFiles([new File(['a'], 'a.txt')])
  assert.equal(FakeCore.last.options.onBeforeUpload(), true)
  assert.equal(uploader.getFile('file-1').meta.name, 'pre__a.txt')
})

test('functions can be replaced without telling the other side again', async () => {
  const uploader = make()
  uploader.setOptions({ getUploadParameters: async () => ({ url: 'https://other.example/' }) })
  assert.deepEqual(FakeCore.last.calls, [])
  assert.equal((await FakeCore.last.options.getUploadParameters({}, {})).url, 'https://other.example/')
  uploader.setOptions({ getUploadParameters: () => 'nonsense' })
  await assert.rejects(FakeCore.last.options.getUploadParameters({}, {}), /must return an object/)
})

test('a patch changes single restrictions, and null takes one away', () => {
  const uploader = make({ restrictions: { maxFileSize: '1MB', maxNumberOfFiles: 3 } })
  uploader.setOptions({ restrictions: { maxNumberOfFiles: null, minFileSize: 1 } })
  assert.deepEqual(FakeCore.last.calls, [['setOptions', { restrictions: { maxFileSize: 1_000_000, minFileSize: 1 } }]])
})

test('null in a patch brings defaults back, and hooks are gone', () => {
  const uploader = make({
    allowAuthorization: true, allowedOrigins: ['https://a.example'], restrictions: { maxNumberOfFiles: 3 }, retryDelays: [7],
    onBeforeUpload: () => false, onBeforeFileAdded: () => false,
  })
  const { onBeforeUpload, onBeforeFileAdded } = FakeCore.last.options
  assert.deepEqual([onBeforeUpload(), onBeforeFileAdded({})], [false, false])
  uploader.setOptions({ allowAuthorization: null, allowedOrigins: null, restrictions: null, onBeforeUpload: null, onBeforeFileAdded: null, getUploadParameters: null })
  assert.deepEqual(FakeCore.last.calls, [['setOptions', {
    allowAuthorization: false, allowedOrigins: [], restrictions: {}, onBeforeUpload: null, onBeforeFileAdded: null,
  }]])
  assert.deepEqual([onBeforeUpload(), onBeforeFileAdded({})], [true, true])
  uploader.setOptions({ retryDelays: null })
  assert.deepEqual(FakeCore.last.calls[1], ['setOptions', { retryDelays: [] }], 'which is "never", as in Uppy')
})

/** The functions of a refused patch used to be in force all the same. */
test('a refused patch changes nothing, functions included', async () => {
  const uploader = make()
  FakeCore.last.setOptions = () => { throw Object.assign(new Error('limit must be a whole number'), { name: 'OptionsError', option: 'limit' }) }
  assert.throws(() => uploader.setOptions({ limit: -1, getUploadParameters: async () => ({ url: 'https://other.example/' }) }), OptionsError)
  assert.equal((await FakeCore.last.options.getUploadParameters({}, {})).url, 'https://bucket.example/key')
})

test('error follows upload-error, with file and response', () => {
  const uploader = make()
  const heard = []
  for (const event of ['upload-error', 'error']) uploader.on(event, (...args) => heard.push([event, ...args]))
  const file = { id: 'file-1' }
  FakeCore.last.notify([['upload-error', file, { kind: 's3', code: 'AccessDenied', status: 403, message: 'no' }, { status: 403 }]])
  const error = heard[0][2]
  assert.deepEqual(heard, [['upload-error', file, error, { status: 403 }], ['error', error, file, { status: 403 }]])
})

test('a refusal that is told has its file, and a file that cannot be read is no restriction', () => {
  const uploader = make()
  const told = []
  uploader.on('restriction-failed', (file, error) => told.push([file, error]))
  const file = { name: 'a', size: 1 }
  FakeCore.last.notify([['restriction-failed', file, Object.assign(new Error('no'), { isRestriction: true, kind: 'file', code: 'unreadable' })]])
  const [[subject, error]] = told
  assert.ok(error instanceof RestrictionError)
  assert.deepEqual([subject, error.file, error.kind, error.code], [file, file, 'file', 'unreadable'])
})

test('meta goes over as text, and a hostile name is a name', () => {
  const uploader = make()
  uploader.addFile({ name: 'a', data: new Blob(['a']), meta: JSON.parse('{"__proto__": "x", "n": 7, "none": null}') })
  const meta = FakeCore.last.calls[0][4]
  assert.equal(Object.getPrototypeOf(meta), Object.prototype)
  assert.deepEqual(Object.entries(meta), [['__proto__', 'x'], ['n', '7']])
})

test('what is no file is refused by name', () => {
  const uploader = make()
  // As polyfills of Blob are: it would be sent as text, `[object Object]`.
  const like = { size: 3, type: '', slice() {}, arrayBuffer() {} }
  for (const nonsense of [undefined, null, 'a.txt', {}, { name: 'a', data: 'text' }, like, { name: 'a', data: like }]) {
    assert.throws(() => uploader.addFile(nonsense), TypeError)
  }
})

test('options errors of the other side have their class', () => {
  class Picky extends FakeCore {
    constructor(options, notify) {
      super(options, notify)
      throw Object.assign(new Error('limit must be a whole number'), { name: 'OptionsError', option: 'limit' })
    }
  }
  assert.throws(() => new Uploader(Picky, { host: 'https://host.example', limit: -1 }), (error) => error instanceof OptionsError && error.option === 'limit')
})

test('a picker without files: its list may be null', async () => {
  const uploader = make()
  assert.deepEqual(await uploader.addFiles(null), [])
})
