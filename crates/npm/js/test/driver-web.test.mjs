// The driver over the real engine, with stand-ins for what a browser has and Node has not.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { readParameters } from '../driver/answers.js'
import { Failure, failureOf as failureOfThrown } from '../driver/failure.js'
import { readFolders } from '../driver/files.js'
import { Keeper } from '../driver/keeper.js'
import { Memory } from '../driver/memory.js'
import { readBatch, readListed } from '../driver/parts.js'
import { retryAfterOf } from '../driver/transfer.js'
import { Journal } from '../journal.js'
import { OptionsError } from '../errors.js'
import { Uploader } from '../uploader.js'
import { coreOf, instance } from './engine.mjs'

const exports = instance()
const Core = coreOf(exports)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')

/** @param {number} ms */
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** @param {object} [options] */
function make(options) {
  return new Uploader(Core, { getUploadParameters: () => new Promise(() => {}), ...options })
}

/** Stands in for something global while `act` runs. @param {Record<string, any>} fakes @param {() => unknown} act */
async function having(fakes, act) {
  const before = Object.keys(fakes).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)])
  for (const [name, value] of Object.entries(fakes)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  try {
    await act()
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor)
      else delete globalThis[name]
    }
  }
}

/** What the page has to hear with. */
class Page {
  /** @type {Set<AbortSignal>} */
  heard = new Set()

  /** @param {string} _ @param {Function} hear @param {{signal: AbortSignal}} options */
  addEventListener = (_, hear, { signal }) => {
    const entry = { hear, signal }
    this.heard.add(entry)
    signal.addEventListener('abort', () => this.heard.delete(entry))
  }
}

test('an uploader that nobody holds goes, and what it has outside with it', async () => {
  const page = new Page()
  await having({ addEventListener: page.addEventListener, console: { ...console, warn: () => {} } }, async () => {
    // With a journal, and without one.
    const made = (_, at) => new WeakRef(at % 2 ? make() : make({ getUploadParameters: undefined, host: 'https://host.example' }))
    const all = Array.from({ length: 20 }, made)
    await wait(100)
    assert.ok(page.heard.size > 0)
    for (let round = 0; round < 20 && page.heard.size > 0; round += 1) {
      collect()
      await wait(20)
    }
    assert.equal(all.filter((weak) => weak.deref()).length, 0)
    assert.equal(page.heard.size, 0)
  })
})

test('no engine is made for options that are refused', () => {
  const verbs = []
  let place = 0
  const spied = coreOf({
    ...exports,
    reserve: (length) => (place = exports.reserve(length)),
    call: () => {
      verbs.push(new DataView(exports.memory.buffer, place).getFloat64(1, true))
      return exports.call()
    },
  })
  for (let at = 0; at < 5; at += 1) {
    assert.throws(() => new Uploader(spied, { getUploadParameters: () => {}, limit: -1 }), { option: 'limit' })
  }
  const count = (verb) => verbs.filter((known) => known === verb).length
  assert.equal(count(0), 0)
})

const FILE = new File(['x'], 'a.txt')

/** A request that a store takes at once. */
class Taken {
  upload = {}
  status = 200
  open(_method, url) {
    this.responseURL = url
  }
  setRequestHeader() {}
  getAllResponseHeaders = () => 'etag: "e"\r\n'
  abort() {}
  send() {
    queueMicrotask(() => this.onload?.({ target: this, type: 'load' }))
  }
}

/** How the upload of one small file in parts ends. @param {object} options @param {Blob} [data] */
async function failureOf(options, data = new Blob(['abc'])) {
  const uploader = make({ getUploadParameters: undefined, shouldUseMultipart: true, resume: false, retryDelays: [], checksum: 'none', ...options })
  const failed = new Promise((tell) => uploader.on('upload-error', (_, error) => tell(error)))
  uploader.addFile({ name: 'a.bin', data })
  void uploader.upload()
  const error = await failed
  uploader.destroy()
  return error
}

/** @param {number} status @param {any} body */
const answer = (status, body) => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })

test('what a host passes on of the store keeps its kind', async () => {
  for (const [wanted, said, as] of [['integrity', 400, 'BadDigest'], ['s3', 409, 'ConditionalRequestConflict']]) {
    await having({ fetch: async () => answer(said, { code: as, error: 'in its words' }) }, async () => {
      const { kind, code, status, retryable } = await failureOf({ host: 'https://host.example' })
      assert.deepEqual([kind, code, status, retryable], [wanted, as, said, true])
    })
  }
})

/** People used to read our own host's sentences for developers, in English: there are words for this in every language. */
test('a host that refuses a file for its size is told as the store would be', async () => {
  const body = { code: 'EntityTooLarge', error: 'the file has 3 bytes; at most 2 are accepted' }
  for (const shouldUseMultipart of [true, false]) {
    await having({ fetch: async () => answer(413, body) }, async () => {
      const { kind, code, status, retryable, message, detail } = await failureOf({ host: 'https://host.example', shouldUseMultipart })
      assert.deepEqual([kind, code, status, retryable, message], ['s3', 'EntityTooLarge', 413, false, 'a.bin is larger than this site accepts.'])
      assert.equal(detail, body.error)
    })
  }
})

/** Companion answers 500 for whatever S3 said, and in development passes S3's error on. A 403 was tried four times. */
test("S3's status inside of Companion's error is what counts", async () => {
  let asked = 0
  const error = { name: 'AccessDenied', message: 'Access Denied', $metadata: { httpStatusCode: 403 } }
  const fetch = async () => {
    asked += 1
    return answer(500, { message: 'Access Denied', error })
  }
  await having({ fetch }, async () => {
    const { kind, code, status, retryable } = await failureOf({ host: 'https://host.example', retryDelays: [0, 0] })
    assert.deepEqual([kind, code, status, retryable, asked], ['s3', 'AccessDenied', 403, false, 1])
  })
  for (const httpStatusCode of [{}, 1e9, NaN, 5]) {
    const strange = { ...error, $metadata: { httpStatusCode } }
    await having({ fetch: async () => answer(500, { error: strange }) }, async () => {
      const { kind, code } = await failureOf({ host: 'https://host.example' })
      assert.deepEqual([kind, code], ['sign', 'unavailable'], String(httpStatusCode))
    })
  }
})

test("a callback that passes on a host's no is told in the host's words, and asked once", async () => {
  let asked = 0
  const getUploadParameters = () => {
    asked += 1
    return { error: 'only pictures, please' }
  }
  const { kind, code, retryable, message } = await failureOf({ getUploadParameters, shouldUseMultipart: false, retryDelays: [0, 0] })
  assert.deepEqual([kind, code, retryable, message, asked], ['sign', 'rejected', false, 'Only pictures, please.', 1])
})

test('a callback that says no for good is told in its own words', async () => {
  const getUploadParameters = () => {
    throw Object.assign(new Error('your plan is used up'), { retryable: false })
  }
  const { kind, code, retryable, message } = await failureOf({ getUploadParameters, shouldUseMultipart: false, retryDelays: [0] })
  assert.deepEqual([kind, code, retryable, message], ['sign', 'rejected', false, 'Your plan is used up.'])
})

test('a hook that throws when it is asked how a file is sent refuses that file, and no other', async () => {
  await having({ reportError: () => {} }, async () => {
    const shouldUseMultipart = ({ name }) => {
      if (name === 'bad.bin') throw new Error('mine')
      return false
    }
    const uploader = make({ shouldUseMultipart })
    assert.throws(() => uploader.addFile({ name: 'bad.bin', data: new Blob(['x']) }), { name: 'RestrictionError', code: 'refused' })
    uploader.addFile({ name: 'good.bin', data: new Blob(['x']) })
    assert.deepEqual(uploader.getFiles().map(({ name }) => name), ['good.bin'])
    uploader.destroy()
  })
})

test('where it can be read is told, in one piece and in parts, when it is an address', async () => {
  for (const [publicUrl, told] of [['https://cdn.example/a.bin', 'https://cdn.example/a.bin'], ['javascript:alert(1)', undefined], [7, undefined], [undefined, undefined]]) {
    const done = async (options) => {
      const uploader = make({ getUploadParameters: undefined, resume: false, checksum: 'none', ...options })
      uploader.addFile({ name: 'a.bin', data: new Blob(['abc']) })
      const { successful } = await uploader.upload()
      uploader.destroy()
      return successful[0].response.body.publicUrl
    }
    await having({ XMLHttpRequest: Taken }, async () => {
      assert.equal(await done({ getUploadParameters: () => ({ url: 'https://store.example/a.bin', publicUrl }) }), told)
      assert.equal(await done({
        getUploadParameters: () => ({}),
        shouldUseMultipart: true,
        createMultipartUpload: () => ({ uploadId: 'u', key: 'k' }),
        signPart: () => ({ url: 'https://store.example/a.bin?partNumber=1' }),
        listParts: () => [],
        abortMultipartUpload: () => {},
        completeMultipartUpload: () => ({ location: 'https://store.example/a.bin', publicUrl }),
      }), told)
    })
  }
})

test('a store that names no upload id is told with the status of its answer', async () => {
  await having({ fetch: async () => answer(200, '<InitiateMultipartUploadResult/>') }, async () => {
    const signRequest = () => ({ url: 'https://store.example/key' })
    const { kind, code, status } = await failureOf({ signRequest })
    assert.deepEqual([kind, code, status], ['s3', 'EmptyAnswer', 200])
  })
})

test('text is the same after the engine had it, a byte order mark at its beginning included', () => {
  const uploader = make()
  const id = uploader.addFile({ name: '\ufeffa.txt', data: new Blob(['x'], { type: 'text/plain' }), meta: { '\ufeffb': '\ufeff' } })
  const { name, meta } = uploader.getFile(id)
  assert.deepEqual([name, meta.name, meta['\ufeffb']], ['\ufeffa.txt', '\ufeffa.txt', '\ufeff'])
})

test('a folder with more entries than a call takes arguments', async () => {
  const uploader = make({ onBeforeFileAdded: () => false })
  const refused = []
  uploader.on('restriction-failed', (file) => refused.push(file.name))
  const entry = { isDirectory: false, name: 'a.txt', fullPath: '/d/a.txt', file: (tell) => tell(new File(['x'], 'a.txt')) }
  const pages = [Array.from({ length: 200_000 }, () => entry), []]
  const folder = { isDirectory: true, name: 'd', fullPath: '/d', createReader: () => ({ readEntries: (tell) => tell(pages.shift()) }) }
  Uploader.core(uploader).arrivals.folders(/** @type {any} */ ([folder]))
  for (let round = 0; round < 100 && refused.length === 0; round += 1) await wait(10)
  uploader.clear()
  assert.equal(refused[0], 'a.txt')
  // Those that are still being read, too.
  assert.equal(Uploader.core(uploader).stats().jobs, 0)
  uploader.destroy()
})

test('what a folder holds past the most that is read is told of', async () => {
  const uploader = make({ onBeforeFileAdded: () => false })
  const told = []
  uploader.on('restriction-failed', (file, { code, message }) => code === 'refused' || told.push([file.name, code, message]))
  const entry = { isDirectory: false, name: 'a.txt', fullPath: '/d/a.txt', file: (tell) => tell(FILE) }
  const folder = (/** @type {number} */ files) => {
    const pages = [Array.from({ length: files }, () => entry), []]
    return { isDirectory: true, name: 'd', fullPath: '/d', createReader: () => ({ readEntries: (tell) => tell(pages.shift()) }) }
  }
  const read = (/** @type {number} */ files) => readFolders(/** @type {any} */ ([folder(files)]), {
    taken: () => {}, unreadable: () => {}, empty: () => {}, isOver: () => false, full: (most) => told.push(most),
  })
  await read(99_999)
  assert.deepEqual(told, [])
  await read(100_000)
  assert.deepEqual(told, [100_000])
  told.length = 0
  Uploader.core(uploader).arrivals.folders(/** @type {any} */ ([folder(100_001)]))
  for (let round = 0; round < 500 && told.length === 0; round += 1) await wait(20)
  assert.deepEqual(told, [['', 'count', 'You can add up to 100,000 files']])
  uploader.destroy()
})

test('only what concerns uploads of earlier pages is told as restored', async () => {
  await having({ fetch: async () => answer(403, { error: 'no' }) }, async () => {
    const told = []
    const uploader = make({ getUploadParameters: undefined, host: 'https://host.example', shouldUseMultipart: true, resume: false, checksum: 'none' })
    uploader.on('restored', (...payload) => told.push(payload))
    uploader.addFile({ name: 'a.bin', data: new Blob(['abc']) })
    const { failed } = await uploader.upload()
    assert.equal(failed.length, 1)
    await wait(10)
    assert.deepEqual(told, [])
    uploader.destroy()
  })
})

/** What an earlier page left of `a.bin`, three bytes in one part. @type {any[]} */
const LEFT = [
  'record01', 'https://host.example', 'a.bin', 'application/octet-stream', 'upload-1', 'key-1', '', 'crc64nvme', 'sum', 'sum',
  1, 1, 1, 3, 5 << 20, 0, null, null, [], [1, 3, 'etag-1', 'sum'], false,
]

test('resume may be turned off later, put under another name, and turned on again', async () => {
  const { load } = Journal.prototype
  const { leave } = Memory.prototype
  Journal.prototype.load = async (done) => {
    await wait(1)
    done([LEFT], [])
  }
  let left = 0
  Memory.prototype.leave = function () {
    left += 1
    leave.call(this)
  }
  try {
    await having({ console: { ...console, warn: () => {} } }, async () => {
      const uploader = make({ getUploadParameters: undefined, host: 'https://host.example' })
      const told = []
      uploader.on('restored', ({ length }) => told.push(length))
      const now = async () => [(await uploader.getUnfinished()).length, left]
      assert.deepEqual(await now(), [1, 0])
      uploader.setOptions({ resume: false })
      assert.deepEqual(await now(), [0, 1])
      uploader.setOptions({ limit: 1 })
      uploader.setOptions({ resume: 'mine' })
      assert.deepEqual(await now(), [1, 1])
      uploader.setOptions({ resume: 'yours' })
      assert.deepEqual(await now(), [1, 2])
      uploader.setOptions({ limit: 2 })
      assert.deepEqual(await now(), [1, 2])
      // Nobody goes on with what is not there any more.
      assert.deepEqual(told, [1, 0, 1, 0, 1])
      uploader.destroy()
    })
  } finally {
    Journal.prototype.load = load
    Memory.prototype.leave = leave
  }
})

test('a file that takes long to read is not taken for a host that does not answer', async () => {
  const { load } = Journal.prototype
  Journal.prototype.load = async (done) => done([LEFT], [])
  const asked = []
  const fetch = async (url, { method, signal }) => {
    signal.throwIfAborted()
    asked.push(`${method} ${url}`)
    return new Promise(() => {})
  }
  try {
    await having({ fetch, console: { ...console, warn: () => {} } }, async () => {
      const digest = () => wait(1_700).then(() => 'sum')
      const cores = ['a.bin', 'b.bin'].map((name) => {
        const options = { host: 'https://host.example', digest, timeout: 1_200, retryDelays: [], shouldUseMultipart: name === 'a.bin' }
        const core = new Core(options, () => {})
        core.add(new Blob(['abc']), name, 'application/octet-stream', 0)
        core.upload()
        return core
      })
      for (let round = 0; round < 80 && asked.length < 2; round += 1) await wait(100)
      for (const core of cores) core.destroy()
    })
  } finally {
    Journal.prototype.load = load
  }
  assert.deepEqual(asked, [
    'GET https://host.example/s3/params?filename=b.bin&type=application%2Foctet-stream&size=3&metadata[name]=b.bin' +
      '&metadata[type]=application%2Foctet-stream&x-amz-checksum-crc64nvme=sum',
    'GET https://host.example/s3/multipart/upload-1?key=key-1',
  ])
})

test('the journal hears of everything in order, also while it is being loaded', async () => {
  const { leave } = Keeper.prototype
  const order = []
  Keeper.prototype.leave = function () {
    order.push('left')
    leave.call(this)
  }
  try {
    const tell = { unavailable: () => {}, found: () => {}, pay: () => {} }
    const memory = new Memory('scope', async () => undefined, tell)
    /** @type {any} */
    let keeper
    Object.defineProperty(memory, 'keeper', {
      get: () => keeper,
      set: (value) => {
        keeper = value
        queueMicrotask(() => memory.use(() => order.push('part')))
      },
    })
    memory.use(() => order.push('created'))
    for (let round = 0; round < 100 && order.length < 2; round += 1) await wait(10)
    const other = new Memory('scope', async () => undefined, tell)
    other.use(() => order.push('created'))
    other.leave()
    for (let round = 0; round < 100 && order.length < 4; round += 1) await wait(10)
    assert.deepEqual(order, ['created', 'part', 'created', 'left'])
    memory.leave()
  } finally {
    Keeper.prototype.leave = leave
  }
})

test('what is thrown may be anything', async () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const getter = { get message() { throw new Error('no') } }
  for (const thrown of [proxy, getter, null, undefined, Symbol('s'), 7, Object.create(null)]) {
    assert.deepEqual({ ...failureOfThrown(thrown) }, { ...new Failure('sign', 'callback', 'retry', 'the callback failed') })
  }
  const { kind, code, detail } = await failureOf({ host: 'https://host.example', createMultipartUpload: () => Promise.reject(proxy) })
  assert.deepEqual([kind, code, detail], ['sign', 'callback', 'the callback failed'])
})

test('a signed address says how long it lives, where the answer does not', () => {
  const life = (query, expires) => readParameters({ url: `https://store.example/k?a=b${query}`, expires }).expires
  assert.equal(life('&X-Amz-Expires=900&X-Amz-Signature=s'), 900)
  assert.equal(life('&X-Amz-Expires=900'), 900)
  assert.equal(life('&X-Amz-Expires=900', 60), 60)
  for (const none of ['', '&X-Amz-Expires=', '&X-Amz-Expires=0', '&X-Amz-Expires=-1', '&X-Amz-Expires=700000']) assert.equal(life(none), undefined)
  const [[, part], [, told]] = [...readBatch({ presignedUrls: { 1: 'https://store.example/1?X-Amz-Expires=300' } }), ...readBatch({ presignedUrls: { 2: 'https://store.example/2' }, expires: 7 })]
  assert.deepEqual([part.expires, told.expires], [300, 7])
  // No number of seconds, whoever is asked: a date was not looked at where several parts were signed at once.
  const date = '2026-12-01T12:15:00Z'
  for (const read of [() => life('', date), () => readBatch({ presignedUrls: { 1: 'https://store.example/1' }, expires: date })]) {
    assert.throws(read, ({ kind, code, message }) => `${kind}.${code}: ${message}` === 'config.expires: expires must be a number of seconds')
  }
})

test('an origin that answered one uploader of the page is not blamed on CORS by another', async () => {
  /** Answers, or breaks at once, as a browser does where a rule is missing. @type {number} */
  let status = 200
  class FakeRequest {
    upload = {}
    responseURL = ''
    responseText = ''
    open() {}
    setRequestHeader() {}
    abort() {}
    getAllResponseHeaders = () => ''
    send() {
      this.status = status
      setTimeout(() => (status === 0 ? this.onerror({ target: this, type: 'error' }) : this.onload({ target: this, type: 'load' })))
    }
  }
  const upload = async (core, origin) => {
    const uploader = new Uploader(core, { getUploadParameters: () => ({ url: `${origin}/k` }), retryDelays: [0, 0, 0], checksum: 'none' })
    uploader.addFile({ name: 'a', data: new Blob(['a']) })
    const { failed } = await uploader.upload()
    uploader.destroy()
    return failed.map(({ failure: { kind, code } }) => `${kind}.${code}`)
  }
  await having({ XMLHttpRequest: FakeRequest, console: { ...console, warn: () => {} } }, async () => {
    const page = coreOf()
    assert.deepEqual(await upload(page, 'https://store.example'), [])
    status = 0
    assert.deepEqual(await upload(page, 'https://store.example'), ['network.error'])
    assert.deepEqual(await upload(page, 'https://other.example'), ['config.cors'])
    assert.deepEqual(await upload(coreOf(), 'https://store.example'), ['config.cors'])
  })
})

test('what was wrong with parameters is on the console once, an expires in milliseconds and headers that browsers forbid among it', async () => {
  const said = []
  const parameters = { url: 'https://store.example/k', headers: { Cookie: 'secret', 'Content-Length': '1' } }
  await having({ console: { ...console, warn: (/** @type {string} */ text) => said.push(text) } }, async () => {
    const uploader = make({
      // One that waits until the doctor is there: it comes with the first failure.
      getUploadParameters: ({ name }) => (name === 'first' ? Promise.reject(new Error('no')) : { ...parameters, ...(name === 'late' && { expires: 900_000 }) }),
      retryDelays: [],
    })
    for (const name of ['first', 'b', 'c', 'late', 'later']) {
      uploader.addFile({ name, data: new Blob(['a']) })
      void uploader.upload()
      await wait(10)
    }
    uploader.destroy()
  })
  const ours = said.filter((text) => /header|expires/.test(text))
  assert.equal(ours.length, 2, said.join('\n'))
  assert.match(ours[0], /config\.header\.forbidden: browsers let no page set these headers, so they are left out: cookie: /)
  assert.match(ours[1], /config\.expires: the upload permission lives for 10080 min/)
  assert.doesNotMatch(said.join(), /secret/)
})

test('headers and fields may be a Headers, a Map or an object, whatever their names', () => {
  const url = 'https://store.example/'
  assert.deepEqual(readParameters({ url, headers: new Headers({ 'x-a': '1' }) }).headers, ['x-a', '1'])
  assert.deepEqual(readParameters({ url, fields: new Map([['key', 'x'], ['policy', 'p']]) }).fields, ['key', 'x', 'policy', 'p'])
  assert.deepEqual(readParameters({ url, fields: { entries: 'e', key: 'x' } }).fields, ['entries', 'e', 'key', 'x'])
  assert.throws(() => readParameters({ url, fields: new Map([['key', 1]]) }), { code: 'field.key', message: 'field key must be a string' })
  // Never half a pair, which would shift all that follows.
  assert.deepEqual(readParameters({ url, fields: new Set(['key', 'x']) }).fields?.length, 4)
})

test('answers are read once, and in no more time than they are long', () => {
  let reads = 0
  const headers = Object.defineProperty({}, 'x-a', { enumerable: true, get: () => (reads++ === 0 ? 'fine' : ['not', 'text']) })
  assert.deepEqual(readParameters({ url: 'https://store.example/', headers }).headers, ['x-a', 'fine'])
  const began = performance.now()
  const [[, , etag]] = readListed([{ PartNumber: 1, Size: 1, ETag: `""${'"'.repeat(1 << 20)}x"` }])
  assert.equal(etag, 'x')
  assert.equal(readListed([{ PartNumber: 1, Size: 1, ETag: '"W/"a"' }])[0][2], 'W/"a')
  assert.equal(readListed([{ PartNumber: 1, Size: 1, ETag: `x${'"'.repeat(1 << 18)}x` }])[0][2].length, (1 << 18) + 2)
  assert.ok(performance.now() - began < 1_000)
})

test('a time to wait is never one that nobody named', () => {
  const past = 'Mon, 01 Jan 1900 00:00:00 GMT'
  assert.equal(retryAfterOf('', past), 0)
  assert.equal(retryAfterOf('soon', past), 0)
  assert.equal(retryAfterOf(' 7 ', ''), 7_000)
  // They meant no time at all, and the next try came at once.
  assert.equal(retryAfterOf('1.5', past), 1_500)
  assert.ok(retryAfterOf('99999999999', past) > 60_000)
  for (const nonsense of ['-5', '-1.5']) assert.equal(retryAfterOf(nonsense, past), 0)
  assert.equal(retryAfterOf('Thu, 26 Nov 2026 00:00:09 GMT', 'Thu, 26 Nov 2026 00:00:00 GMT'), 9_000)
  assert.equal(retryAfterOf('Thu, 26 Nov 2026 00:00:00 GMT', 'Thu, 26 Nov 2026 00:00:09 GMT'), 0)
})

/** An XHR that does nothing by itself. */
class Request {
  /** @type {Request[]} */
  static sent = []
  upload = /** @type {any} */ ({})
  status = 0
  open() {}
  setRequestHeader() {}
  abort() {}
  send() {
    Request.sent.push(this)
  }
}

test('the handle of a dropped file goes with it, also when a listener takes it out at once', async () => {
  const uploader = make()
  uploader.on('file-added', ({ id }) => uploader.removeFile(id))
  const drop = () => {
    const handle = { kind: 'file' }
    const data = new File([new Uint8Array(6 << 20)], 'a.bin')
    const item = { kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => data, getAsFileSystemHandle: async () => handle }
    Uploader.core(uploader).arrivals.transfer({ items: [item], files: [] })
    return new WeakRef(handle)
  }
  const handle = drop()
  for (let round = 0; round < 20 && handle.deref(); round += 1) {
    await wait(20)
    collect()
  }
  assert.deepEqual([uploader.getFiles().length, handle.deref()], [0, undefined])
  uploader.destroy()
})

test('no progress is told of a file that a listener has just removed', async () => {
  await having({ XMLHttpRequest: Request }, async () => {
    const uploader = make({ getUploadParameters: () => ({ url: 'https://store.example/key' }) })
    const ids = ['a.bin', 'b.bin'].map((name) => uploader.addFile({ name, data: new Blob(['abc']) }))
    const told = []
    uploader.on('upload-progress', ({ id }) => {
      told.push(id)
      for (const other of ids) if (other !== id && uploader.getFile(other)) uploader.removeFile(other)
    })
    void uploader.upload()
    for (let round = 0; round < 100 && Request.sent.length < 2; round += 1) await wait(10)
    for (const { upload } of Request.sent) upload.onprogress({ target: upload, type: 'progress', lengthComputable: true, loaded: 1, total: 3 })
    await wait(300)
    assert.equal(new Set(told).size, 1)
    uploader.destroy()
  })
})

test('a form holds the file by the name that it was given', async () => {
  Request.sent = []
  class Sending extends Request {
    send(body) {
      super.send()
      this.body = body
    }
  }
  await having({ XMLHttpRequest: Sending }, async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as S3 has it
    const uploader = make({ getUploadParameters: () => ({ url: 'https://store.example/', fields: { key: 'u/${filename}' } }) })
    uploader.setFileMeta(uploader.addFile({ name: 'a.bin', data: new Blob(['abc']) }), { name: 'b.bin' })
    void uploader.upload()
    for (let round = 0; round < 100 && Request.sent.length < 1; round += 1) await wait(10)
    uploader.destroy()
    assert.equal(/** @type {any} */ (Request.sent[0]).body.get('file').name, 'b.bin')
  })
})

test('of the sources of parameters one is given, in a patch too', () => {
  const uploader = make()
  const patch = { host: 'https://host.example', getUploadParameters: () => {} }
  assert.throws(() => uploader.setOptions(patch), (error) => error instanceof OptionsError && error.option === 'host')
})

test('an onBeforeUpload that is async takes no file away, and starts nothing', async () => {
  const reported = []
  await having({ reportError: (error) => reported.push(error) }, async () => {
    const uploader = make({ onBeforeUpload: async () => true })
    uploader.addFile({ name: 'a.bin', data: new Blob(['abc']) })
    await assert.rejects(uploader.upload(), { code: 'refused' })
    assert.equal(uploader.getFiles().length, 1)
    assert.match(String(reported), /onBeforeUpload/)
  })
})

test('files are told as added before their upload is, and as gone with what they were', async () => {
  const uploader = make()
  const told = []
  for (const name of ['file-added', 'files-added', 'upload', 'upload-start']) uploader.on(name, () => told.push(name))
  const data = new Blob(['abc'])
  const gone = []
  uploader.on('file-removed', (file) => gone.push(file.data))
  const id = uploader.addFile({ name: 'a.bin', data })
  uploader.addFile({ name: 'b.bin', data: new Blob(['b']) })
  void uploader.upload()
  await wait(0)
  assert.deepEqual(told, ['file-added', 'file-added', 'files-added', 'upload', 'upload-start'])
  uploader.removeFile(id)
  assert.deepEqual(gone, [data])
  for (const end of [(again) => uploader.removeFiles([again]), () => uploader.cancelAll(), () => uploader.clear()]) {
    const again = uploader.addFile({ name: 'a.bin', data })
    gone.length = 0
    end(again)
    assert.ok(gone.includes(data), String(end))
  }
  uploader.destroy()
})

test('a chooser of keys is refused where it is never asked', () => {
  const generateObjectKey = () => 'key'
  assert.throws(() => make({ generateObjectKey }), (error) => error instanceof OptionsError && error.option === 'generateObjectKey')
  make({ getUploadParameters: undefined, signRequest: () => '', generateObjectKey }).destroy()
})
