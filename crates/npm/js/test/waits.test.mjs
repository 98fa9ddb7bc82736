// What waits for the second module, and what waits to be told: uploads go on meanwhile, and nothing of it is lost.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, test } from 'node:test'
import { createCore } from '../driver/core.js'
import { createLoader } from '../load.js'
import { Uploader } from '../uploader.js'
import { coreOf, instance, rest } from './engine.mjs'

const FILE = process.env.FILECHUTE_ENGINE_WASM ?? fileURLToPath(new URL('../../../../pkg/filechute.wasm', import.meta.url))
const MORE = FILE.replace(/\.wasm$/, '-more.wasm')
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const blob = (name, size = 100) => ({ name, data: new Blob([new Uint8Array(size)]) })
const many = (count) => Array.from({ length: count }, (_, n) => blob(`${n}`, 1))
/** As long as a page may take to paint a row. */
const spend = (ms) => {
  const until = performance.now() + ms
  while (performance.now() < until);
}
/** A callback that never answers. */
const asking =
  (asked) =>
  ({ name }) => {
    asked.push(name)
    return new Promise(() => {})
  }
/** A source for files in parts. */
const hooks = (asked) => ({
  getUploadParameters: () => new Promise(() => {}),
  createMultipartUpload: () => {
    asked.push('create')
    return new Promise(() => {})
  },
  ...Object.fromEntries(['listParts', 'signPart', 'completeMultipartUpload', 'abortMultipartUpload'].map((name) => [name, () => {}])),
  shouldUseMultipart: true,
  resume: false,
})

/** Runs with another `console.warn`. @param {(text: string) => void} warn @param {() => Promise<void>} act */
async function warning(warn, act) {
  const { console: own } = globalThis
  const { warn: before, error } = own
  Object.assign(own, { warn, error: () => {} })
  await act()
  Object.assign(own, { warn: before, error })
}

describe('the second module', () => {
  test('of another build is refused, and small files go on', async () => {
    const [first, second] = [FILE, MORE].map((file) => new WebAssembly.Module(readFileSync(file)))
    const [, shared] = /^__wasm_split_([0-9a-f]{7})$/.exec(WebAssembly.Module.imports(second).find(({ name }) => name.startsWith('__wasm_split')).name) ?? []
    assert.ok(shared && WebAssembly.Module.exports(first).some(({ name }) => name.endsWith(shared)), 'the two name each other')
    const other = shared.replace(/./g, (digit) => (digit === '0' ? '1' : '0'))
    const bytes = Buffer.from(readFileSync(MORE).toString('latin1').replace(`__wasm_split_${shared}`, `__wasm_split_${other}`), 'latin1')
    globalThis.document = { addEventListener() {}, removeEventListener() {} }
    const loader = createLoader()
    loader.configure({ wasm: readFileSync(FILE), more: bytes })
    const { Core } = await loader.load()
    delete globalThis.document
    const said = []
    await warning((text) => said.push(text), async () => {
      const asked = []
      const uploader = new Uploader(Core, { ...hooks(asked), shouldUseMultipart: (file) => file.size > 50, retryDelays: [], getUploadParameters: asking(asked) })
      const errors = []
      uploader.on('upload-error', (file, error) => errors.push([file.name, error.kind, error.code]))
      for (const file of [blob('large'), blob('small', 10)]) uploader.addFile(file)
      void uploader.upload()
      await wait(50)
      assert.deepEqual([asked, errors], [['small'], [['large', 'network', 'load']]])
      uploader.destroy()
    })
    assert.match(said.join(), /another release than this page; reload/)
  })

  test('that does not come is given up and asked for again, past the cache', async () => {
    globalThis.document = { addEventListener() {}, removeEventListener() {} }
    const { fetch } = globalThis
    const { timeout } = AbortSignal
    AbortSignal.timeout = () => timeout.call(AbortSignal, 30)
    const fetched = []
    globalThis.fetch = (_, { signal, cache }) => {
      fetched.push(cache)
      // The first one never comes; the line is fine from the second on.
      if (fetched.length > 1) return Promise.resolve(new Response(readFileSync(MORE)))
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    const loader = createLoader()
    loader.configure({ wasm: readFileSync(FILE), more: 'https://cdn.example/filechute-more.wasm' })
    const { Core } = await loader.load()
    delete globalThis.document
    await warning(() => {}, async () => {
      const asked = []
      const uploader = new Uploader(Core, { ...hooks(asked), retryDelays: [0, 0] })
      uploader.addFile(blob('a'))
      void uploader.upload()
      await wait(200)
      uploader.destroy()
      assert.deepEqual([fetched, asked], [[undefined, 'reload'], ['create']])
    })
    Object.assign(globalThis, { fetch })
    AbortSignal.timeout = timeout
  })

  test('a console that throws leaves no file behind', async () => {
    const exports = instance()
    const load = rest(exports)
    let tries = 0
    const Core = createCore(exports, async () => {
      tries += 1
      if (tries === 1) throw new Error('404')
      return load()
    })
    const asked = []
    const uploader = new Uploader(Core, { ...hooks(asked), retryDelays: [0, 10] })
    const complain = (text) => {
      throw new Error(text)
    }
    await warning(complain, async () => {
      uploader.addFile(blob('a'))
      void uploader.upload()
      await wait(100)
    })
    uploader.destroy()
    assert.deepEqual([asked, tries], [['create'], 2])
  })

  test('what a page that is left breaks is no news, and is tried again when it stays', async () => {
    const target = new EventTarget()
    globalThis.addEventListener = target.addEventListener.bind(target)
    const exports = instance()
    const load = rest(exports)
    let broke
    let tries = 0
    const Core = createCore(exports, () => {
      tries += 1
      return tries > 1 ? load() : new Promise((_, reject) => (broke = reject))
    })
    const asked = []
    const uploader = new Uploader(Core, { ...hooks(asked), retryDelays: [] })
    delete globalThis.addEventListener
    const errors = []
    uploader.on('upload-error', (_, { kind, code }) => errors.push(`${kind}.${code}`))
    uploader.addFile(blob('a'))
    void uploader.upload()
    await wait(20)
    target.dispatchEvent(new Event('beforeunload'))
    broke(new TypeError('Load failed'))
    await wait(50)
    assert.deepEqual([errors, asked], [[], []])
    target.dispatchEvent(new Event('pageshow'))
    await wait(50)
    uploader.destroy()
    assert.deepEqual([errors, asked], [[], ['create']])
  })

  test('is not needed for an order', async () => {
    const Core = createCore(instance(), async () => Promise.reject(new Error('404')))
    const asked = []
    const uploader = new Uploader(Core, { limit: 1, getUploadParameters: asking(asked) })
    const ids = ['a', 'b', 'c'].map((name) => uploader.addFile(blob(name)))
    Uploader.core(uploader).reorder([ids[2], ids[0], ids[1]])
    void uploader.upload()
    await wait(20)
    uploader.destroy()
    assert.deepEqual(asked, ['c'])
  })
})

describe('while a long list is told', () => {
  /** An uploader that never gets an answer, and what it was asked. */
  function start(options = {}) {
    const signals = new Map()
    const uploader = new Uploader(coreOf(), {
      getUploadParameters: ({ name }, { signal }) => {
        signals.set(name, signal)
        return new Promise(() => {})
      },
      ...options,
    })
    return { uploader, signals, aborted: () => [...signals.values()].filter((signal) => signal.aborted).length }
  }

  test('pausing stops at once', async () => {
    const { uploader, signals, aborted } = start({ limit: 3 })
    await uploader.addFiles(many(600))
    const ids = uploader.getFiles().map(({ id }) => id)
    uploader.on('file-removed', () => spend(1))
    void uploader.upload()
    while (signals.size < 3) await wait(5)
    uploader.removeFiles(ids.slice(100))
    uploader.pauseAll()
    await wait(0)
    assert.equal(aborted(), 3)
    uploader.destroy()
  })

  test('a question is put at once, and its time runs from then', async () => {
    const { uploader, signals } = start({ timeout: 300, retryDelays: [] })
    await uploader.addFiles(many(600))
    uploader.on('file-removed', () => spend(1))
    uploader.removeFiles(uploader.getFiles().map(({ id }) => id))
    uploader.addFile(blob('next', 1))
    void uploader.upload()
    await wait(20)
    assert.ok(signals.has('next'))
    uploader.destroy()
  })

  test('destroyed by a listener: nothing is in the air afterwards', async () => {
    const { uploader, signals, aborted } = start({ limit: 3 })
    await uploader.addFiles(many(2000))
    void uploader.upload()
    while (signals.size < 3) await wait(5)
    const core = Uploader.core(uploader)
    let told = 0
    let seen
    uploader.on('file-removed', () => {
      spend(0.2)
      told += 1
      if (told !== 10) return
      uploader.destroy()
      seen = [core.stats().jobs, aborted()]
    })
    uploader.removeFiles(uploader.getFiles().slice(4).map(({ id }) => id))
    await wait(100)
    assert.deepEqual([seen, told, core.stats().jobs], [[0, 3], 10, 0])
  })

  test('what is told as removed was told as added', async () => {
    const { uploader } = start()
    await uploader.addFiles(many(1500))
    const added = new Set(uploader.getFiles().map(({ id }) => id))
    const removed = new Set()
    uploader.on('file-added', ({ id }) => added.add(id))
    uploader.on('file-removed', ({ id }) => {
      removed.add(id)
      spend(0.1)
    })
    uploader.cancelAll()
    uploader.removeFile(uploader.addFile(blob('next', 1)))
    while (removed.size < 1500) await wait(20)
    await wait(50)
    uploader.destroy()
    assert.deepEqual([...removed].filter((id) => !added.has(id)), [])
  })

  test('files that a listener took out again start no upload', async () => {
    const { uploader } = start({ autoProceed: true })
    const told = []
    for (const name of ['file-added', 'files-added', 'upload', 'complete']) uploader.on(name, () => told.push(name))
    uploader.on('file-added', ({ id }) => uploader.removeFile(id))
    uploader.addFile(blob('a'))
    await wait(50)
    uploader.destroy()
    assert.deepEqual(told, ['file-added'])
  })
})

describe('a long list that a person picked or dropped', () => {
  const start = (options = {}) => new Uploader(coreOf(), { getUploadParameters: () => new Promise(() => {}), ...options })
  const files = Array.from({ length: 1200 }, (_, n) => new File(['x'], `${n}.txt`))
  const transfer = (list) => ({
    items: list.map((file) => ({ kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => file })),
    files: list,
  })

  test('is taken in slices, in its order', async () => {
    for (const add of [(core) => core.arrivals.list(files), (core) => core.arrivals.transfer(transfer(files))]) {
      const uploader = start()
      uploader.on('file-added', () => spend(0.1))
      const at = performance.now()
      add(Uploader.core(uploader))
      assert.ok(performance.now() - at < 100, 'the page gets its turn')
      const first = uploader.getFiles().length
      assert.ok(first >= 50 && first < 1200, `${first} at once`)
      while (uploader.getFiles().length < 1200) await wait(20)
      assert.deepEqual(uploader.getFiles().map(({ name }) => name), files.map(({ name }) => name))
      assert.equal(Uploader.core(uploader).stats().jobs, 0)
      uploader.destroy()
    }
  })

  test('a short one is there when the call returns', () => {
    const uploader = start()
    uploader.on('file-added', () => spend(1))
    Uploader.core(uploader).arrivals.transfer(transfer(files.slice(0, 40)))
    assert.equal(uploader.getFiles().length, 40)
    uploader.destroy()
  })

  /** Every file takes as long as a row takes to be painted. */
  const slow = (options) => {
    const uploader = start(options)
    uploader.on('file-added', () => spend(0.1))
    return uploader
  }
  /** The ways in: dropped, picked, and from a script. */
  const WAYS = [
    (uploader) => Uploader.core(uploader).arrivals.transfer(transfer(files)),
    (uploader) => Uploader.core(uploader).arrivals.list(files),
    (uploader) => void uploader.addFiles(files),
  ]
  const folder = (names) => {
    const children = names.map((name) => ({ name, fullPath: `/folder/${name}`, file: (done) => done(new File(['x'], name)) }))
    const pages = [children, []]
    return { isDirectory: true, name: 'folder', fullPath: '/folder', createReader: () => ({ readEntries: (done) => setTimeout(() => done(pages.shift())) }) }
  }
  /** With a folder behind the files. */
  const mixed = (list, names) => ({
    items: [...transfer(list).items, { kind: 'file', webkitGetAsEntry: () => folder(names), getAsFile: () => null }],
    files: [],
  })
  const allIn = async (uploader) => {
    while (Uploader.core(uploader).lists.pending) await wait(20)
    await wait(20)
  }

  test('upload() waits for it, also where there is but one upload and a least number', async () => {
    for (const add of WAYS) {
      const uploader = slow({ allowMultipleUploadBatches: false, restrictions: { minNumberOfFiles: 1200 } })
      const told = []
      uploader.on('upload', (_, list) => told.push(list.length))
      uploader.on('restriction-failed', (_, { message }) => told.push(message))
      add(uploader)
      uploader.upload().catch((error) => told.push(error.message))
      assert.deepEqual(told, [])
      await allIn(uploader)
      assert.deepEqual([told, uploader.getTotals().idle], [[1200], 0])
      uploader.destroy()
    }
  })

  test('autoProceed starts one upload, of all', async () => {
    for (const add of WAYS) {
      const uploader = slow({ allowMultipleUploadBatches: false, autoProceed: true })
      const told = []
      uploader.on('upload', (_, list) => told.push(list.length))
      uploader.on('restriction-failed', (_, { message }) => told.push(message))
      add(uploader)
      await allIn(uploader)
      assert.deepEqual(told, [1200])
      uploader.destroy()
    }
  })

  test('who asks twice meanwhile has one upload', async () => {
    const uploader = slow({ getUploadParameters: () => Promise.reject(new Error('no')), retryDelays: [], limit: 0 })
    const told = []
    for (const event of ['upload', 'complete']) uploader.on(event, () => told.push(event))
    Uploader.core(uploader).arrivals.list(files)
    const [first, second] = await Promise.all([uploader.upload(), uploader.upload()])
    assert.deepEqual([first, first.failed.length, told], [second, 1200, ['upload', 'complete']])
    uploader.destroy()
  })

  test('upload() and autoProceed wait for folders that are read', async () => {
    for (const autoProceed of [false, true]) {
      const uploader = start({ autoProceed })
      const told = []
      uploader.on('upload', (_, list) => told.push(list.length))
      Uploader.core(uploader).arrivals.transfer(mixed([files[0]], ['a.txt', 'b.txt']))
      if (!autoProceed) void uploader.upload()
      await allIn(uploader)
      assert.deepEqual(told, [3])
      uploader.destroy()
    }
  })

  test('what starts by itself is paused when all was paused meanwhile, and goes on with the others', async () => {
    for (const autoProceed of [false, true]) {
      const asked = []
      const uploader = slow({ autoProceed, getUploadParameters: asking(asked) })
      Uploader.core(uploader).arrivals.list(files)
      if (!autoProceed) void uploader.upload()
      await wait(20)
      uploader.pauseAll()
      await allIn(uploader)
      assert.deepEqual([asked, uploader.getTotals().paused], [[], 1200])
      uploader.resumeAll()
      await wait(20)
      assert.equal(asked.length, 6)
      uploader.destroy()
    }
  })

  test('upload() after the pause starts it', async () => {
    const asked = []
    const uploader = slow({ getUploadParameters: asking(asked) })
    Uploader.core(uploader).arrivals.list(files)
    uploader.pauseAll()
    void uploader.upload()
    await allIn(uploader)
    assert.equal(asked.length, 6)
    uploader.destroy()
  })

  test('a pause while it is taken in holds nothing that is started later', async () => {
    const asked = []
    const uploader = slow({ getUploadParameters: asking(asked) })
    Uploader.core(uploader).arrivals.list(files)
    uploader.pauseAll()
    await allIn(uploader)
    void uploader.upload()
    await wait(20)
    assert.equal(asked.length, 6)
    uploader.destroy()
  })

  test('nobody waits for one that was cancelled, or whose uploader was destroyed', async () => {
    for (const end of ['cancelAll', 'clear', 'destroy']) {
      for (const add of WAYS) {
        const uploader = slow()
        add(uploader)
        const done = uploader.upload()
        uploader[end]()
        const { successful, failed } = await done
        assert.deepEqual([successful, failed], [[], []])
        if (end === 'destroy') continue
        // And the next one starts at once.
        uploader.addFile(files[0])
        let started = 0
        uploader.on('upload', () => { started += 1 })
        void uploader.upload()
        assert.equal(started, 1)
        uploader.destroy()
      }
    }
  })

  test('nobody waits for one that broke', async () => {
    const { reportError, console: own } = globalThis
    const { error } = own
    const said = []
    own.error = globalThis.reportError = (thrown) => said.push(thrown.message)
    const uploader = start()
    const broken = { isDirectory: true, name: 'folder', createReader: () => { throw new Error('broken') } }
    Uploader.core(uploader).arrivals.folders([broken])
    uploader.addFile(files[0])
    let started = 0
    uploader.on('upload', () => { started += 1 })
    void uploader.upload()
    await wait(20)
    own.error = error
    globalThis.reportError = reportError
    assert.deepEqual([said, started, Uploader.core(uploader).lists.count], [['broken'], 1, 0])
    uploader.destroy()
  })

  test('ends at the very file whose listener cancels', async () => {
    const few = ['a.txt', 'b.exe', 'c.txt'].map((name) => new File(['x'], name))
    for (const end of ['cancelAll', 'clear']) {
      for (const add of [
        (uploader) => Uploader.core(uploader).arrivals.transfer(transfer(few)),
        (uploader) => uploader.addFiles(few),
        (uploader) => Uploader.core(uploader).arrivals.transfer(mixed([], ['a.txt', 'b.exe', 'c.txt'])),
      ]) {
        const uploader = start({ restrictions: { allowedFileTypes: ['.txt'] } })
        uploader.on('restriction-failed', () => uploader[end]())
        await add(uploader)
        await wait(60)
        assert.deepEqual(uploader.getFiles(), [])
        uploader.destroy()
      }
    }
  })

  test('folders that came with it are read behind it', async () => {
    const uploader = slow()
    Uploader.core(uploader).arrivals.transfer(mixed(files.slice(0, 400), ['a.txt', 'b.txt']))
    await allIn(uploader)
    assert.deepEqual(uploader.getFiles().map(({ name }) => name), [...files.slice(0, 400).map(({ name }) => name), 'a.txt', 'b.txt'])
    uploader.destroy()
  })

  test('ends when everything is cancelled', async () => {
    const uploader = start()
    uploader.on('file-added', () => spend(0.1))
    Uploader.core(uploader).arrivals.list(files)
    uploader.cancelAll()
    await wait(200)
    assert.equal(uploader.getFiles().length, 0)
    uploader.destroy()
  })
})
