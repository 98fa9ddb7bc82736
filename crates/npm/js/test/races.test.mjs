// Races and re-entrance of the driver over the real engine: what comes in between, and what two of them do to each other.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Journal } from '../journal.js'
import { Uploader } from '../uploader.js'
import { coreOf } from './engine.mjs'

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const until = async (what, rounds = 200) => { for (let n = 0; n < rounds && !what(); n += 1) await wait(10) }
const PART = 5 << 20
async function having(fakes, act) {
  const before = Object.keys(fakes).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)])
  for (const [name, value] of Object.entries(fakes)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  try { await act() } finally {
    for (const [name, descriptor] of before) descriptor ? Object.defineProperty(globalThis, name, descriptor) : delete globalThis[name]
  }
}
class Request {
  static sent = []
  upload = {}
  status = 0
  responseURL = ''
  responseText = ''
  open(method, url) { this.method = method; this.url = url }
  setRequestHeader() {}
  getAllResponseHeaders() { return 'etag: "abc"\r\n' }
  abort() { this.aborted = true }
  send(body) { this.body = body; Request.sent.push(this) }
  answer(status = 200) { this.status = status; this.onload?.({ target: this, type: 'load' }) }
}
const quiet = { console: { ...console, warn: () => {} } }
const json = (body, status = 200) => new Response(JSON.stringify(body), { status })
/** A host with one upload, whose parts are signed one by one. */
const host = (asked, more = () => undefined) => async (url, init = {}) => {
  const { pathname } = new URL(url)
  init.signal?.throwIfAborted()
  asked.push(`${init.method} ${pathname}`)
  const own = await more(init.method, pathname)
  if (own) return own
  if (init.method === 'POST' && pathname === '/s3/multipart') return json({ uploadId: 'up', key: 'key' })
  if (init.method === 'DELETE') return json({})
  if (pathname.endsWith('/batch')) return json({ presignedUrls: { 1: 'https://store.example/1', 2: 'https://store.example/2', 3: 'https://store.example/3' } })
  if (init.method === 'GET' && /\/up$/.test(pathname)) return json([])
  if (/\/complete$/.test(pathname)) return json({ location: 'https://store.example/key' })
  return json({ url: `https://store.example${pathname}` })
}
const big = () => new Blob([new Uint8Array(2 * PART + 9)])
const OPTIONS = { host: 'https://host.example', shouldUseMultipart: true, getChunkSize: () => PART, checksum: 'none', retryDelays: [] }

test('destroy() where nothing can be remembered leaves no upload at the store', async () => {
  // Node has no IndexedDB: as in a private window, or with storage blocked. `persist.unavailable` is told.
  const asked = []
  Request.sent = []
  await having({ fetch: host(asked), XMLHttpRequest: Request, ...quiet }, async () => {
    const uploader = new Uploader(coreOf(), OPTIONS)
    uploader.addFile({ name: 'a.bin', data: big() })
    void uploader.upload()
    await until(() => Request.sent.length > 0)
    assert.ok(Request.sent.length > 0)
    uploader.destroy()
    await wait(200)
    assert.ok(asked.some((line) => line.startsWith('DELETE')), `nobody remembers it, and nobody aborts it: ${asked}`)
  })
})

test('destroy() where nothing more can be remembered forgets what was remembered before', async () => {
  const asked = []
  const records = new Set()
  Request.sent = []
  const { remember, forget } = Journal.prototype
  Journal.prototype.remember = ([id]) => void records.add(id)
  Journal.prototype.forget = (id) => void records.delete(id)
  try {
    await having({ fetch: host(asked), XMLHttpRequest: Request, ...quiet }, async () => {
      const uploader = new Uploader(coreOf(), OPTIONS)
      uploader.addFile({ name: 'a.bin', data: big() })
      void uploader.upload()
      await until(() => Request.sent.length > 0)
      assert.equal(records.size, 1)
      uploader.destroy()
      await wait(100)
      assert.equal(records.size, 0)
    })
  } finally { Object.assign(Journal.prototype, { remember, forget }) }
})

test('destroy() while the record is being claimed: remembered or aborted, one of both', async () => {
  const asked = []
  const written = []
  Request.sent = []
  const { remember, claim } = Journal.prototype
  Journal.prototype.remember = (row) => void written.push(row)
  // `navigator.locks.request` takes a turn of the browser: 30 ms on a busy device.
  Journal.prototype.claim = () => ({ granted: wait(30).then(() => true), release: () => {} })
  try {
    await having({ fetch: host(asked), XMLHttpRequest: Request, ...quiet }, async () => {
      const uploader = new Uploader(coreOf(), OPTIONS)
      uploader.addFile({ name: 'a.bin', data: big() })
      void uploader.upload()
      await until(() => asked.some((line) => /batch/.test(line)))
      uploader.destroy()
      await wait(200)
      assert.ok(written.length > 0 || asked.some((line) => line.startsWith('DELETE')), `neither: ${asked}`)
    })
  } finally { Object.assign(Journal.prototype, { remember, claim }) }
})

const LEFT = [
  'record01', 'https://host.example', 'a.bin', 'application/octet-stream', 'up', 'key', '', 'crc64nvme', 'sum', 'sum',
  1, 1, 1, 2 * PART + 9, PART, 0, null, null, [], [1, PART, 'abc', 'sum'], false,
]

/** The same without any checksum. */
const UNPROVED = LEFT.map((value, at) => (at === 7 || at === 8 || at === 9 ? '' : value))

/** What earlier pages left, and who has it. @param {any[][]} rows @param {(id: string) => boolean} granted @param {() => Promise<void>} act */
async function remembering(rows, granted, act) {
  const { load, claim } = Journal.prototype
  Journal.prototype.load = async (done) => done(rows, [])
  Journal.prototype.claim = (id) => ({ granted: Promise.resolve(granted(id)), release: () => {} })
  try {
    await act()
  } finally {
    Object.assign(Journal.prototype, { load, claim })
  }
}

test('one uploader discards what another one (or another tab) is uploading', async () => {
  const asked = []
  Request.sent = []
  const locks = new Set()
  const { load, claim } = Journal.prototype
  Journal.prototype.load = async (done) => done([LEFT], [])
  Journal.prototype.claim = (id) => {
    const free = !locks.has(id)
    if (free) locks.add(id)
    return { granted: Promise.resolve(free), release: () => free && locks.delete(id) }
  }
  const lists = host(asked, (method, path) => (method === 'GET' && /\/up$/.test(path) ? json([{ PartNumber: 1, Size: PART, ETag: '"abc"' }]) : undefined))
  try {
    await having({ fetch: lists, XMLHttpRequest: Request, ...quiet }, async () => {
      const digest = async () => 'sum'
      const Core = coreOf()
      const [one, two] = [0, 1].map(() => {
        const core = new Core({ host: 'https://host.example', digest, shouldUseMultipart: true, retryDelays: [] }, () => {})
        return core
      })
      await wait(50)
      await Promise.all([one.unfinished(), two.unfinished()])
      one.add(big(), 'a.bin', 'application/octet-stream', 0)
      one.upload()
      await until(() => Request.sent.length > 0)
      assert.ok(locks.has('record01'), 'the first goes on with it')
      assert.equal((await two.unfinished()).length, 1, 'and the second still offers it')
      two.discard('record01')
      await wait(100)
      const aborts = asked.filter((line) => line.startsWith('DELETE'))
      one.destroy(); two.destroy()
      assert.deepEqual(aborts, [], 'the upload that is running was aborted at the store')
    })
  } finally { Object.assign(Journal.prototype, { load, claim }) }
})

test('going on with what another one is uploading makes no second object', async () => {
  const asked = []
  Request.sent = []
  await remembering([LEFT], (id) => id !== 'record01', async () => {
    await having({ fetch: host(asked), XMLHttpRequest: Request, ...quiet }, async () => {
      const core = new (coreOf())({ host: 'https://host.example', digest: async () => 'sum', shouldUseMultipart: true, retryDelays: [] }, () => {})
      await core.unfinished()
      core.goOnWith('record01', big(), 'a.bin', 0)
      core.upload()
      await until(() => asked.length > 0, 50)
      core.destroy()
      assert.ok(!asked.includes('POST /s3/multipart'), `a second upload of it was begun: ${asked}`)
    })
  })
})

test('from a host to a callback in the middle of parts: the upload goes on with the host that it was created with', async () => {
  const asked = []
  const called = []
  Request.sent = []
  await having({ fetch: host(asked), XMLHttpRequest: Request, ...quiet }, async () => {
    const uploader = new Uploader(coreOf(), { ...OPTIONS, limit: 1, timeout: 0, resume: false, retryDelays: [0, 0] })
    uploader.addFile({ name: 'a.bin', data: big() })
    let ended
    void uploader.upload().then((result) => (ended = result))
    await until(() => Request.sent.length > 0)
    uploader.setOptions({ getUploadParameters: ({ size }) => { called.push(size); return { url: 'https://store.example/whole' } } })
    Request.sent[0].answer(500)
    let answered = 1
    await until(() => {
      while (answered < Request.sent.length) Request.sent[answered++].answer(200)
      return ended
    }, 300)
    uploader.destroy()
    assert.deepEqual([ended?.successful.length, called, asked.filter((line) => line.endsWith('/complete')).length], [1, [], 1])
  })
})

test('removed after the source became a callback: the upload is aborted, and the callback not called for it', async () => {
  const asked = []
  const called = []
  Request.sent = []
  await having({ fetch: host(asked), XMLHttpRequest: Request, ...quiet }, async () => {
    const uploader = new Uploader(coreOf(), { ...OPTIONS, resume: false })
    const id = uploader.addFile({ name: 'a.bin', data: big() })
    void uploader.upload()
    await until(() => Request.sent.length > 0)
    uploader.setOptions({ getUploadParameters: ({ data }) => { called.push(data?.size); return { url: 'https://store.example/whole' } } })
    uploader.removeFile(id)
    await wait(100)
    uploader.destroy()
    assert.deepEqual([called, asked.filter((l) => l.startsWith('DELETE')).length], [[], 1])
  })
})

test('options that say the same again and again: a stalled request is still given up', async () => {
  Request.sent = []
  await having({ XMLHttpRequest: Request, ...quiet }, async () => {
    const uploader = new Uploader(coreOf(), { getUploadParameters: () => ({ url: 'https://store.example/a' }), timeout: 300, retryDelays: [] })
    uploader.addFile({ name: 'a.bin', data: new Blob(['abc']) })
    let ended
    void uploader.upload().then((result) => (ended = result))
    // As `<FileChute shouldUseMultipart={(f) => …} />` does at each render.
    const rendering = setInterval(() => uploader.setOptions({ shouldUseMultipart: () => false }), 100)
    await until(() => ended, 300)
    clearInterval(rendering)
    uploader.destroy()
    assert.ok(ended, 'three seconds, ten times the timeout, and it still waits')
  })
})

test('a store that asked to slow down is not hurried by an option that has nothing to do with it', async () => {
  Request.sent = []
  await having({ XMLHttpRequest: Request, ...quiet }, async () => {
    const uploader = new Uploader(coreOf(), { getUploadParameters: () => ({ url: 'https://store.example/a' }), limit: 6, retryDelays: [5000] })
    for (let n = 0; n < 30; n += 1) uploader.addFile({ name: `${n}`, data: new Blob(['abc']) })
    void uploader.upload()
    await until(() => Request.sent.length === 6)
    for (const request of [...Request.sent]) request.answer(503)
    await wait(300)
    const before = Request.sent.length - 6
    uploader.setOptions({ meta: { a: 'b' } })
    await wait(300)
    const after = Request.sent.length - 6
    uploader.destroy()
    assert.equal(after, before, `${before} at once after SlowDown; ${after} after setOptions({ meta })`)
  })
})

test('what is offered as unfinished can be gone on with (hooks, whose checksum is none)', async () => {
  const asked = []
  await remembering([UNPROVED], () => true, async () => {
    await having({ fetch: host(asked), XMLHttpRequest: Request, ...quiet }, async () => {
      const core = new (coreOf())({ host: 'https://host.example', checksum: 'none', shouldUseMultipart: true, retryDelays: [] }, () => {})
      const offered = (await core.unfinished()).length
      core.goOnWith('record01', big(), 'a.bin', 0)
      core.upload()
      await until(() => asked.length > 0, 50)
      core.destroy()
      // Its parts are listed, though none of them is trusted.
      const first = asked.find((line) => !line.startsWith('DELETE'))
      assert.deepEqual([offered, first], [1, 'GET /s3/multipart/up'])
    })
  })
})

test('what has no checksums takes no file of another size', async () => {
  const asked = []
  await remembering([UNPROVED], () => true, async () => {
    await having({ fetch: host(asked), XMLHttpRequest: Request, ...quiet }, async () => {
      let code
      const core = new (coreOf())({ host: 'https://host.example', checksum: 'none', shouldUseMultipart: true, retryDelays: [] }, (events) => {
        for (const [name, , error] of events) if (name === 'upload-error') code = error.code
      })
      await core.unfinished()
      core.goOnWith('record01', new Blob([new Uint8Array(PART)]), 'a.bin', 0)
      core.upload()
      await until(() => code)
      core.destroy()
      assert.deepEqual([code, asked.filter((line) => line.startsWith('POST'))], ['mismatch', []])
    })
  })
})

test('what another one is uploading is begun anew by no second try either', async () => {
  const asked = []
  await remembering([LEFT], (id) => id !== 'record01', async () => {
    await having({ fetch: host(asked), XMLHttpRequest: Request, ...quiet }, async () => {
      const codes = []
      const core = new (coreOf())({ host: 'https://host.example', digest: async () => 'sum', shouldUseMultipart: true, retryDelays: [] }, (events) => {
        for (const [name, , error] of events) if (name === 'upload-error') codes.push(error.code)
      })
      await core.unfinished()
      core.goOnWith('record01', big(), 'a.bin', 0)
      core.upload()
      await until(() => codes.length === 1)
      core.upload()
      await until(() => codes.length === 2)
      // Chosen again it takes the place of the one that failed.
      core.goOnWith('record01', big(), 'a.bin', 0)
      assert.equal(core.files().length, 1)
      core.destroy()
      assert.deepEqual([codes, asked.filter((line) => line.startsWith('POST'))], [['elsewhere', 'elsewhere'], []])
    })
  })
})

test('what one host is owed is not asked of another', async () => {
  const { load } = Journal.prototype
  Journal.prototype.load = async (done) => {
    done([], ['up1', 'up2', 'up3'].flatMap((id) => [id, `key of ${id}`, '']))
    Journal.prototype.load = async (nothing) => nothing([], [])
  }
  const asked = []
  const fetch = async (url, { method }) => {
    asked.push(`${method} ${new URL(url).host}`)
    await wait(50)
    return json({})
  }
  try {
    await having({ fetch, ...quiet }, async () => {
      const core = new (coreOf())({ host: 'https://a.example' }, () => {})
      await core.unfinished()
      await until(() => asked.length > 0)
      core.setOptions({ host: 'https://b.example' })
      await wait(300)
      core.destroy()
      assert.deepEqual(asked, ['DELETE a.example'])
    })
  } finally { Object.assign(Journal.prototype, { load }) }
})

test('held and let go while an earlier upload is looked at: it goes on with that one', async () => {
  const asked = []
  Request.sent = []
  const { load, claim } = Journal.prototype
  Journal.prototype.load = async (done) => done([LEFT], [])
  const locks = new Set()
  Journal.prototype.claim = (id) => {
    const free = !locks.has(id)
    if (free) locks.add(id)
    return { granted: Promise.resolve(free), release: () => free && locks.delete(id) }
  }
  try {
    const { forget, remember } = Journal.prototype
    const records = new Set(['record01'])
    Journal.prototype.remember = (row) => void records.add(row[0])
    Journal.prototype.forget = (id) => void records.delete(id)
    const fresh = host(asked, (method, path) => {
      if (method === 'POST' && path === '/s3/multipart') return json({ uploadId: 'other', key: 'other' })
      return path.endsWith('/up') && method === 'GET' ? json([{ PartNumber: 1, Size: PART, ETag: '"abc"' }]) : undefined
    })
    await having({ fetch: fresh, XMLHttpRequest: Request, ...quiet }, async () => {
      // 200 ms for each range: a person has minutes for this with a file of some gigabytes.
      const digest = () => wait(200).then(() => 'sum')
      const core = new (coreOf())({ host: 'https://host.example', digest, shouldUseMultipart: true, retryDelays: [] }, () => {})
      await core.unfinished()
      const id = core.goOnWith('record01', big(), 'a.bin', 0)
      core.upload()
      await wait(150)
      core.pause(id)
      await wait(50)
      core.resume(id)
      await until(() => asked.length > 0, 150)
      await wait(1500)
      for (const request of [...Request.sent]) request.answer(200)
      await wait(300)
      for (const request of [...Request.sent]) request.answer(200)
      await wait(500)
      const left = (await core.unfinished()).length
      const { status } = core.file(id)
      core.destroy()
      Object.assign(Journal.prototype, { forget, remember })
      assert.deepEqual([status, records.size], ['done', 0])
      assert.ok(!asked.includes('POST /s3/multipart'), `begun anew: ${asked}; still offered as unfinished: ${left}`)
    })
  } finally { Object.assign(Journal.prototype, { load, claim }) }
})

test('a page whose storage is forbidden to look at: no unhandled rejection', async () => {
  const seen = []
  const hear = (reason) => seen.push(String(reason))
  process.on('unhandledRejection', hear)
  Object.defineProperty(globalThis, 'indexedDB', { configurable: true, get() { throw new DOMException('The operation is insecure.', 'SecurityError') } })
  await having({ fetch: host([]), ...quiet }, async () => {
    const uploader = new Uploader(coreOf(), OPTIONS)
    await wait(50)
    uploader.destroy()
  })
  delete globalThis.indexedDB
  process.off('unhandledRejection', hear)
  assert.deepEqual(seen, [])
})

test('a patch that was refused changes nothing: not which checksum goes with the next source', async () => {
  const bodies = []
  const fetch = async (url, { body }) => { bodies.push(body && JSON.parse(body)); return new Promise(() => {}) }
  await having({ fetch, ...quiet }, async () => {
    const create = async (spoil) => {
      const uploader = new Uploader(coreOf(), { getUploadParameters: () => new Promise(() => {}), resume: false })
      if (spoil) assert.throws(() => uploader.setOptions({ host: 'https://host.example', limit: -1 }))
      uploader.setOptions({ host: 'https://host.example', shouldUseMultipart: true })
      uploader.addFile({ name: 'a.bin', data: new Blob(['abc']) })
      void uploader.upload()
      await wait(100)
      uploader.destroy()
      return bodies.pop()?.checksum
    }
    assert.deepEqual([await create(false), await create(true)], ['crc64nvme', 'crc64nvme'])
  })
})

test('aborts that earlier pages owed keep to the limit', async () => {
  const { load } = Journal.prototype
  Journal.prototype.load = async (done) => done([], Array.from({ length: 300 }, (_, n) => [`up${n}`, `key${n}`, '']).flat())
  let [now, most, all] = [0, 0, 0]
  const fetch = async () => {
    now += 1; all += 1
    most = Math.max(most, now)
    await wait(50)
    now -= 1
    return json({})
  }
  try {
    await having({ fetch, ...quiet }, async () => {
      const core = new (coreOf())({ host: 'https://host.example', limit: 6 }, () => {})
      await core.unfinished()
      await wait(400)
      core.destroy()
      assert.ok(most <= 6, `${most} requests in the air at once, of ${all}`)
    })
  } finally { Object.assign(Journal.prototype, { load }) }
})

test('an onBeforeFileAdded that is async lets no file in unasked', async () => {
  await having({ reportError: () => {} }, async () => {
    const uploader = new Uploader(coreOf(), { getUploadParameters: () => new Promise(() => {}), onBeforeFileAdded: async () => false })
    try { uploader.addFile({ name: 'virus.exe', data: new Blob(['abc']) }) } catch {}
    const { length } = uploader.getFiles()
    uploader.destroy()
    assert.equal(length, 0)
  })
})

for (const [name, more] of [
  ['of a host that signs one part at a time', {}],
  ['of a signPart hook', { multipart: (step) => (step === 'signPart' ? (_, { partNumber }) => ({ url: `https://store.example/${partNumber}` }) : undefined) }],
]) {
  test(`${name}: each part is read once for its checksum`, async () => {
    const asked = []
    const ranges = []
    Request.sent = []
    const single = host(asked, (_, path) => (path.endsWith('/batch') ? json({ error: 'no such route' }, 404) : undefined))
    await having({ fetch: single, XMLHttpRequest: Request, ...quiet }, async () => {
      let ended = false
      const digest = async (_, start) => { ranges.push(start / PART + 1); return 'AAAAAAAAAAA=' }
      const core = new (coreOf())({ host: 'https://host.example', digest, resume: false, limit: 1, shouldUseMultipart: true, planParts: () => ({ partSize: PART }), ...more }, (events) => {
        for (const [event] of events) ended ||= event === 'complete'
      })
      core.add(new Blob([new Uint8Array(8 * PART)]), 'a.bin', 'text/plain', 0)
      core.upload()
      let answered = 0
      for (let round = 0; round < 300 && !ended; round += 1) {
        await wait(10)
        while (answered < Request.sent.length) Request.sent[answered++].answer(200)
      }
      core.destroy()
      // The first question is for four, to find out whether the host can do that.
      assert.ok(ranges.length <= 11, `8 parts, ${ranges.length} digests: ${ranges}`)
    })
  })
}

test('destroy() without a journal aborts all of more than the limit, those being created too', async () => {
  const asked = []
  let n = 0
  Request.sent = []
  const fresh = host(asked, async (method, path) => {
    if (method !== 'POST' || path !== '/s3/multipart') return undefined
    n += 1
    if (n === 4) await wait(200)
    return json({ uploadId: `u${n}`, key: `k${n}` })
  })
  await having({ fetch: fresh, XMLHttpRequest: Request, ...quiet }, async () => {
    const uploader = new Uploader(coreOf(), { ...OPTIONS, resume: false, limit: 1 })
    const ids = [1, 2, 3, 4].map((n) => uploader.addFile({ name: `${n}.bin`, data: big() }))
    void uploader.upload()
    for (const id of ids.slice(0, 3)) {
      await until(() => Request.sent.length > 0)
      Request.sent = []
      uploader.pauseResume(id)
    }
    await until(() => n === 4)
    uploader.destroy()
    await wait(600)
    assert.equal(asked.filter((line) => line.startsWith('DELETE')).length, 4, String(asked))
  })
})

test('held and let go while an upload is being created: one is begun', async () => {
  const asked = []
  Request.sent = []
  const slow = host(asked, async (method, path) => {
    if (method === 'POST' && path === '/s3/multipart') await wait(200)
    return undefined
  })
  await having({ fetch: slow, XMLHttpRequest: Request, ...quiet }, async () => {
    const uploader = new Uploader(coreOf(), { ...OPTIONS, resume: false })
    const id = uploader.addFile({ name: 'a.bin', data: big() })
    void uploader.upload()
    await wait(50)
    for (let n = 0; n < 10; n += 1) uploader.pauseResume(id)
    await wait(1000)
    uploader.destroy()
    await wait(100)
    const creates = asked.filter((line) => line === 'POST /s3/multipart').length
    assert.equal(creates, 1, `${creates} uploads created at the store, ${asked.filter((l) => l.startsWith('DELETE')).length} aborted`)
  })
})

test('a read that never ends, as on a drive that is gone, does not hold a file for ever', async () => {
  /** @type {Array<() => void>} */
  const saying = []
  const fakes = { setInterval: (/** @type {() => void} */ say) => saying.push(say), clearInterval: () => {} }
  await having({ XMLHttpRequest: Request, fetch: host([]), ...quiet, ...fakes }, async () => {
    let ended = false
    const core = new (coreOf())({ host: 'https://host.example', digest: () => new Promise(() => {}), timeout: 300, retryDelays: [] }, (events) => {
      for (const [name] of events) ended ||= name === 'complete'
    })
    core.add(new Blob(['abc']), 'a.bin', 'text/plain', 0)
    core.upload()
    await until(() => saying.length > 0)
    // A minute goes by.
    for (let second = 0; second < 70; second += 1) saying[0]()
    assert.equal(ended, false)
    for (let second = 0; second < 100 && !ended; second += 1) {
      await wait(20)
      saying[0]()
    }
    core.destroy()
    assert.equal(ended, true)
  })
})

test('another checksum in the middle of it: a signer is told of the one that the upload was created with', async () => {
  Request.sent = []
  let ended = false
  const asked = []
  const xml = (method) => (method === 'POST' && asked.length < 2 ? '<InitiateMultipartUploadResult><UploadId>U</UploadId><Key>k</Key></InitiateMultipartUploadResult>' : '')
  await having({ XMLHttpRequest: Request, fetch: async (_, { method }) => new Response(xml(method)), ...quiet }, async () => {
    const signRequest = (question) => {
      asked.push(question)
      return { url: 'https://store.example/k', headers: { 'x-amz-checksum-algorithm': 'CRC32C' } }
    }
    const digest = async (_blob, _start, _end, algorithm) => (algorithm === 'crc32c' ? 'AAAAAA==' : 'AAAAAAAAAAA=')
    const core = new (coreOf())({ signRequest, digest, checksum: 'crc32c', shouldUseMultipart: true, resume: false, retryDelays: [] }, (events) => {
      for (const [name] of events) ended ||= name === 'complete'
    })
    core.add(new Blob(['abc']), 'a.bin', 'text/plain', 0)
    core.upload()
    await until(() => Request.sent.length > 0)
    // As a page does that was loaded again with other options, and goes on.
    core.setOptions({ checksum: 'crc64nvme' })
    Request.sent[0].answer(200)
    await until(() => ended)
    core.destroy()
    // The upload is aborted.
    await until(() => asked.length > 3)
    await wait(0)
    assert.deepEqual(asked.map(({ method, checksum }) => [method, checksum]).slice(1, 3), [
      ['PUT', { algorithm: 'crc32c', value: 'AAAAAA==' }],
      ['POST', { algorithm: 'crc32c', value: 'AAAAAA==' }],
    ])
  })
})

for (const [from, options] of [['a callback', { getUploadParameters: () => new Promise(() => {}) }], ['a host', { host: 'https://old.example' }]]) {
  test(`from ${from} to a host with a higher limit: what starts by that asks the new one`, async () => {
    const asked = []
    const errors = []
    const fetch = (url) => { asked.push(new URL(url).host); return new Promise(() => {}) }
    await having({ fetch, ...quiet }, async () => {
      const uploader = new Uploader(coreOf(), { ...options, limit: 1, checksum: 'none', retryDelays: [] })
      uploader.on('upload-error', (_, { kind, code }) => errors.push(`${kind}.${code}`))
      for (const name of ['a', 'b']) uploader.addFile({ name, data: new Blob(['abc']) })
      void uploader.upload()
      await wait(20)
      uploader.setOptions({ host: 'https://new.example', limit: 2 })
      await until(() => asked.includes('new.example'))
      uploader.destroy()
      assert.deepEqual([asked.filter((host) => host !== 'old.example'), asked.length <= 2, errors], [['new.example'], true, []])
    })
  })
}

test('who aborts an upload hears of the file as it was: its meta, and where it came from', async () => {
  Request.sent = []
  const heard = {}
  const note = (step) => ({ meta, source }) => { (heard[step] ??= [meta.tenant, source]) }
  await having({ XMLHttpRequest: Request, ...quiet }, async () => {
    const uploader = new Uploader(coreOf(), {
      getUploadParameters: () => new Promise(() => {}),
      createMultipartUpload: (file) => { note('create')(file); return { uploadId: 'u', key: 'k' } },
      signPart: (file) => { note('sign')(file); return { url: 'https://store.example/1' } },
      listParts: () => [],
      completeMultipartUpload: () => {},
      abortMultipartUpload: note('abort'),
      onBeforeFileAdded: note('added'),
      shouldUseMultipart: true,
      resume: false,
    })
    const id = uploader.addFile({ name: 'a.bin', data: new Blob(['abc']), meta: { tenant: '7' }, source: 'Webcam' })
    void uploader.upload()
    await until(() => Request.sent.length > 0)
    uploader.removeFile(id)
    await until(() => heard.abort)
    uploader.destroy()
    const all = ['7', 'Webcam']
    assert.deepEqual(heard, { added: all, create: all, sign: all, abort: all })
  })
})

test('destroyed while an upload is being created: an abort that fails is tried again', { timeout: 20_000 }, async () => {
  const asked = []
  const flaky = host(asked, async (method, path) => {
    if (method === 'POST' && path === '/s3/multipart') await wait(50)
    return method === 'DELETE' && asked.filter((line) => line.startsWith('DELETE')).length < 2 ? json({}, 500) : undefined
  })
  await having({ fetch: flaky, XMLHttpRequest: Request, ...quiet }, async () => {
    const uploader = new Uploader(coreOf(), { ...OPTIONS, resume: false })
    uploader.addFile({ name: 'a.bin', data: big() })
    void uploader.upload()
    await until(() => asked.length > 0)
    uploader.destroy()
    await until(() => asked.filter((line) => line.startsWith('DELETE')).length > 1, 500)
    assert.equal(asked.filter((line) => line.startsWith('DELETE')).length, 2, String(asked))
  })
})

test('a file that is added just before others are tried again starts by itself', async () => {
  const asked = []
  await having(quiet, async () => {
    let broken = true
    const uploader = new Uploader(coreOf(), { retryDelays: [], autoProceed: true, getUploadParameters: async ({ name }) => {
      asked.push(name)
      if (broken) throw Object.assign(new Error('no'), { status: 400 })
      return { error: 'enough' }
    } })
    const first = uploader.addFile({ name: 'a', data: new Blob(['a']) })
    await until(() => uploader.getTotals().failed === 1)
    broken = false
    const told = []
    uploader.on('files-added', (files) => told.push(...[...files].map(({ name }) => name)))
    uploader.addFile({ name: 'b', data: new Blob(['b']) })
    void uploader.retryUpload(first)
    await until(() => asked.length === 3, 20)
    assert.deepEqual(asked, ['a', 'a', 'b'])
    assert.deepEqual(told, ['b'])
    uploader.destroy()
  })
})
