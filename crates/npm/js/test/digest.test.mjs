// Digests, with the real WebAssembly and a real thread as the worker: right values however they come about, and the page
// does the work when no worker can. `cargo xtask test --only js` builds the module and says where it is.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker as Thread } from 'node:worker_threads'
import { Digester } from '../digester.js'
import { createHashing } from '../hashing.js'

const FILE = process.env.FILECHUTE_DIGEST_WASM ?? fileURLToPath(new URL('../../../../pkg/digest.wasm', import.meta.url))
const skip = existsSync(FILE) ? false : `no ${FILE}`
const MODULE = skip ? undefined : new WebAssembly.Module(readFileSync(FILE))
const load = async () => MODULE

/** Bytes that do not repeat soon. */
function bytes(length, seed = 1) {
  const data = new Uint8Array(length)
  for (let at = 0; at < length; at += 1) data[at] = Math.imul(at + seed, 2654435761) >>> 13
  return data
}
const CHECK = new Blob(['123456789'])
const NAMES = ['crc64nvme', 'crc32c', 'sha256', 'md5']
const VALUES = ['rosUhgp5mIg=', '4waSgw==', 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=', 'JfnnlDI7RTiF9RgfG2JNCw==']

/** The web's Worker on top of a thread. `made` has all there were. */
function workers() {
  const made = []
  const create = () => {
    const thread = new Thread(new URL('thread.mjs', import.meta.url))
    const worker = {
      sent: [],
      terminated: false,
      postMessage(message) {
        worker.sent.push(message)
        thread.postMessage(message)
      },
      terminate() {
        worker.terminated = true
        thread.terminate()
      },
    }
    thread.on('message', (data) => worker.onmessage({ data }))
    thread.on('error', (error) => worker.onerror({ preventDefault() {}, error }))
    made.push(worker)
    return worker
  }
  return { made, create }
}

/** A worker that does nothing by itself. */
function puppet(worker = { sent: [], terminated: 0 }) {
  worker.postMessage = (message) => worker.sent.push(message)
  worker.terminate = () => (worker.terminated += 1)
  return worker
}

const none = () => {
  throw new DOMException('no workers here', 'SecurityError')
}

/** A digester on each path, with what ends it. */
const paths = {
  worker: (t) => {
    const { made, create } = workers()
    t.after(() => made.forEach((worker) => worker.terminate()))
    return new Digester({ load, createWorker: create, idleMs: 500 })
  },
  page: () => new Digester({ load, createWorker: none }),
}

for (const [path, make] of Object.entries(paths)) {
  describe(`by the ${path}`, { skip }, () => {
    test('published values', async (t) => {
      const digester = make(t)
      assert.deepEqual(await Promise.all(NAMES.map((name) => digester.digest(CHECK, 0, 9, name))), VALUES)
      assert.equal(await digester.digest(CHECK, 4, 4, 'crc64nvme'), 'AAAAAAAAAAA=')
    })

    test('ranges of a file larger than what is read at once', async (t) => {
      const digester = make(t)
      const data = bytes(9_500_001)
      const blob = new Blob([data])
      const hash = (start, end) => createHash('sha256').update(data.subarray(start, end)).digest('base64')
      for (const [start, end] of [[0, data.length], [1, 4 << 20], [5, (4 << 20) + 5], [8 << 20, data.length], [7, 16_391]]) {
        assert.equal(await digester.digest(blob, start, end, 'sha256'), hash(start, end), `${start} to ${end}`)
      }
    })

    test('many at once', async (t) => {
      const digester = make(t)
      const all = Array.from({ length: 23 }, (_, at) => bytes(at * 40_000, at))
      const digests = await Promise.all(all.map((data, at) => digester.digest(new Blob([data]), 0, data.length, NAMES[at % 3])))
      for (const [at, data] of all.entries()) {
        if (at % 3 === 2) assert.equal(digests[at], createHash('sha256').update(data).digest('base64'))
        // One by itself gives the same.
        else assert.equal(digests[at], await digester.digest(new Blob([data]), 0, data.length, NAMES[at % 3]))
      }
    })

    test('an aborted one ends at once, the others go on', async (t) => {
      const digester = make(t)
      // So much that none is through before it is aborted.
      const blob = new Blob(Array(8).fill(bytes(16_000_000)))
      const controllers = Array.from({ length: 7 }, () => new AbortController())
      const digests = controllers.map(({ signal }) => digester.digest(blob, 0, blob.size, 'crc64nvme', { signal }))
      controllers[6].abort(new Error('waiting'))
      await assert.rejects(digests[6], /waiting/)
      await sleep(1)
      controllers[0].abort()
      await assert.rejects(digests[0], { name: 'AbortError' })
      const left = await Promise.all(digests.slice(1, 6))
      assert.equal(new Set(left).size, 1)
      await assert.rejects(digester.digest(blob, 0, 9, 'crc32c', { signal: AbortSignal.abort('early') }), (error) => error === 'early')
      // An abort that comes too late changes nothing.
      controllers.forEach((controller) => controller.abort())
      assert.equal(await digester.digest(CHECK, 0, 9, 'crc64nvme'), VALUES[0])
    })
  })
}

describe('the worker', { skip }, () => {
  test('one for all, ended when idle, and another one for the next', async (t) => {
    const { made, create } = workers()
    t.after(() => made.forEach((worker) => worker.terminate()))
    const digester = new Digester({ load, createWorker: create, idleMs: 500 })
    await Promise.all(NAMES.map((name) => digester.digest(CHECK, 0, 9, name)))
    await sleep(30)
    assert.equal(await digester.digest(CHECK, 0, 9, 'crc32c'), VALUES[1])
    assert.equal(made.length, 1)
    await sleep(40)
    assert.equal(made[0].terminated, false)
    await sleep(800)
    assert.equal(made[0].terminated, true)
    assert.equal(await digester.digest(CHECK, 0, 9, 'crc32c'), VALUES[1])
    assert.equal(made.length, 2)
  })

  test('is told when a digest is not wanted any more', async () => {
    const worker = puppet()
    const digester = new Digester({ load, createWorker: () => worker, startMs: 100, idleMs: 1 })
    const controller = new AbortController()
    const digest = digester.digest(CHECK, 0, 9, 'crc32c', { signal: controller.signal })
    await sleep(5)
    controller.abort()
    await assert.rejects(digest, { name: 'AbortError' })
    const [, { id }] = worker.sent
    assert.deepEqual(worker.sent.slice(2), [{ id }])
    // Not having started, the worker was given up meanwhile.
    await sleep(120)
    assert.equal(await digester.digest(CHECK, 0, 9, 'crc32c'), VALUES[1])
  })

  test('a few at a time', async () => {
    const worker = puppet()
    const digester = new Digester({ load, createWorker: () => worker, idleMs: 1 })
    const digests = Array.from({ length: 9 }, () => digester.digest(CHECK, 0, 9, 'crc32c'))
    await sleep(5)
    worker.onmessage({ data: { ready: true } })
    const ids = () => worker.sent.filter(({ range }) => range).map(({ id }) => id)
    assert.equal(ids().length, 4)
    for (const id of [2, 1, 4, 3, 5, 6, 7, 8, 9]) worker.onmessage({ data: { id, digest: `digest ${id}` } })
    assert.deepEqual(await Promise.all(digests), ids().map((id) => `digest ${id}`))
  })
})

describe('no worker', { skip }, () => {
  const failures = {
    'it cannot be made': none,
    'its script is refused': () => {
      const worker = puppet()
      setTimeout(() => worker.onerror({ preventDefault() {} }), 5)
      return worker
    },
    'it fails in the middle': () => {
      const worker = puppet()
      setTimeout(() => worker.onmessage({ data: { ready: true } }), 1)
      setTimeout(() => worker.onmessage({ data: { id: 1, digest: VALUES[0] } }), 2)
      setTimeout(() => worker.onmessageerror({}), 5)
      return worker
    },
    'it cannot hash': () => {
      const worker = puppet()
      setTimeout(() => worker.onmessage({ data: { id: 2, broken: 'CompileError' } }), 5)
      return worker
    },
    'it takes nothing': () => Object.assign(puppet(), { postMessage: none }),
    'it never starts': () => puppet(),
  }
  for (const [name, createWorker] of Object.entries(failures)) {
    test(name, async () => {
      let made = 0
      let last
      const counted = () => {
        made += 1
        last = createWorker()
        return last
      }
      const digester = new Digester({ load, createWorker: counted, startMs: 40 })
      const digest = () => Promise.all([...NAMES, ...NAMES].map((name) => digester.digest(CHECK, 0, 9, name)))
      assert.deepEqual(await digest(), [...VALUES, ...VALUES])
      assert.deepEqual(await digest(), [...VALUES, ...VALUES])
      assert.equal(made, 1, 'it is not tried again')
      if (last) assert.ok(last.terminated)
    })
  }

  test('the page is never held up', async (t) => {
    // A clock on which every look takes a millisecond, as if 16 kB were that slow to hash.
    let now = 0
    let began = 0
    let longest = 0
    let yields = 0
    t.mock.method(performance, 'now', () => (now += 1))
    globalThis.scheduler = {
      yield: async () => {
        yields += 1
        longest = Math.max(longest, now - began)
        await sleep(0)
        began = now
      },
    }
    t.after(() => delete globalThis.scheduler)
    const data = bytes(3_000_000)
    const digester = new Digester({ load, createWorker: none })
    assert.equal(await digester.digest(new Blob([data]), 0, data.length, 'sha256'), createHash('sha256').update(data).digest('base64'))
    assert.ok(yields > 30, `${yields} times`)
    assert.ok(longest <= 8, `${longest} ms`)
  })

  test('without scheduler.yield as well', async (t) => {
    let now = 0
    t.mock.method(performance, 'now', () => (now += 1))
    const digester = new Digester({ load, createWorker: none })
    let others = 0
    const timer = setInterval(() => (others += 1))
    await digester.digest(new Blob([bytes(6_000_000)]), 0, 6_000_000, 'crc64nvme')
    clearInterval(timer)
    assert.ok(others > 0)
  })
})

describe('what can be wrong', { skip }, () => {
  /** A file that cannot be read from some byte on. */
  const broken = (error, from = 0, size = 10_000_000) => ({
    size,
    slice: (start, end) => ({
      arrayBuffer: async () => {
        if (end > from) throw error
        return new ArrayBuffer(end - start)
      },
    }),
  })
  const unreadable = () => new DOMException('The requested file could not be read.', 'NotReadableError')

  test('a file that cannot be read, on the page: the error itself', async () => {
    const digester = new Digester({ load, createWorker: none })
    for (const from of [0, 5_000_000]) {
      const error = unreadable()
      await assert.rejects(digester.digest(broken(error, from), 0, 10_000_000, 'crc32c'), (thrown) => thrown === error)
    }
    assert.equal(await digester.digest(CHECK, 0, 9, 'crc32c'), VALUES[1])
  })

  test('a file that is gone, as Firefox puts it: not an abort', async () => {
    const digester = new Digester({ load, createWorker: none })
    const error = new DOMException('The operation was aborted.', 'AbortError')
    await assert.rejects(digester.digest(broken(error), 0, 10, 'crc32c'), { name: 'NotFoundError' })
  })

  test('a file that cannot be read, in the worker: a DOMException of that name', async (t) => {
    const worker = puppet()
    // In this thread, where a file need not be copied.
    globalThis.self = { postMessage: (data) => queueMicrotask(() => worker.onmessage?.({ data })) }
    t.after(() => delete globalThis.self)
    await import('../digest-worker.js')
    const { onmessage, postMessage } = self
    worker.postMessage = (data) => queueMicrotask(() => onmessage({ data }))
    const digester = new Digester({ load, createWorker: () => worker, idleMs: 50 })
    const error = unreadable()
    const digest = digester.digest(broken(error, 5_000_000), 0, 10_000_000, 'crc32c')
    setTimeout(() => postMessage({ ready: true }))
    await assert.rejects(digest, (thrown) => thrown instanceof DOMException && thrown.name === error.name && thrown.message === error.message)
    assert.equal(await digester.digest(CHECK, 0, 9, 'crc32c'), VALUES[1])
    assert.equal(worker.terminated, 0)
  })

  test('a file that became shorter', async () => {
    const digester = new Digester({ load, createWorker: none })
    const shorter = { size: 100, slice: () => CHECK }
    await assert.rejects(digester.digest(shorter, 0, 100, 'crc32c'), { name: 'NotReadableError' })
    await assert.rejects(digester.digest(CHECK, 0, 10, 'crc32c'), { name: 'NotReadableError' })
  })

  test('arguments', async () => {
    const digester = new Digester({ load: assert.fail, createWorker: assert.fail })
    await assert.rejects(digester.digest('text', 0, 1, 'crc32c'), TypeError)
    await assert.rejects(digester.digest(CHECK, 0, 9, 'sha1'), /no checksum `sha1`; there are crc64nvme, crc32c, sha256, md5/)
    for (const [start, end] of [[-1, 9], [5, 4], [0.5, 9], [0, undefined], [Number.NaN, 9]]) {
      await assert.rejects(digester.digest(CHECK, start, end, 'crc32c'), RangeError)
    }
  })

  test('the WebAssembly: everyone hears of it, and the next one tries again', async () => {
    let tries = 0
    const flaky = async () => {
      tries += 1
      if (tries === 1) throw new TypeError('Failed to fetch')
      return MODULE
    }
    const digester = new Digester({ load: flaky, createWorker: none })
    const results = await Promise.allSettled(NAMES.map((name) => digester.digest(CHECK, 0, 9, name)))
    assert.deepEqual(results.map(({ reason }) => reason?.message), Array(NAMES.length).fill('Failed to fetch'))
    assert.equal(await digester.digest(CHECK, 0, 9, 'crc32c'), VALUES[1])
    assert.equal(tries, 2)
  })

  test('an abort while the WebAssembly loads', async () => {
    const digester = new Digester({ load: () => new Promise(() => {}), createWorker: assert.fail })
    const controller = new AbortController()
    setTimeout(() => controller.abort(new Error('enough')), 5)
    await assert.rejects(digester.digest(CHECK, 0, 9, 'crc32c', { signal: controller.signal }), /enough/)
  })
})

test('a hasher is used again, also after a digest that nobody wanted', { skip }, async (t) => {
  const instantiate = t.mock.method(WebAssembly, 'instantiate')
  const hash = createHashing(MODULE)
  const range = { blob: CHECK, start: 0, end: 9, algorithm: 'sha256' }
  assert.equal(await hash(range, { readBytes: 4, isOver: () => true }), undefined)
  assert.equal(await hash(range, { readBytes: 4, isOver: () => false }), VALUES[2])
  assert.equal(instantiate.mock.callCount(), 1)
})
