// Ten thousand files: what is true at once, and what is told in several tasks so that no frame is late.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lazy } from '../emitter.js'
import { toDetail } from '../events.js'
import { Uploader } from '../uploader.js'
import { coreOf } from './engine.mjs'

const MANY = 10_000
const Core = coreOf()

/** An uploader full of files, of which some are asked for. */
async function full(options = {}) {
  /** @type {AbortSignal[]} */
  const signals = []
  const uploader = new Uploader(Core, {
    getUploadParameters: (_, { signal }) => {
      signals.push(signal)
      return new Promise(() => {})
    },
    ...options,
  })
  const ids = await uploader.addFiles(Array.from({ length: MANY }, (_, at) => new File(['x'], `${at}.bin`)))
  return { uploader, ids, signals }
}

/** Until a turn of the loop brings no more of them. @param {unknown[]} list */
async function settled(list) {
  for (let before = -1; before !== list.length; ) {
    before = list.length
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

test('cancelled: gone at once, and nothing is in the air; told one by one, in order', async () => {
  const { uploader, ids, signals } = await full()
  const told = []
  for (const event of ['cancel-all', 'file-removed', 'file-added']) uploader.on(event, (file) => told.push(file?.id ?? event))
  const done = uploader.upload()
  await settled(signals)
  assert.equal(signals.length, 6)
  uploader.cancelAll()
  assert.deepEqual([uploader.getFiles().length, uploader.getTotals().files, uploader.getFile(ids[0])], [0, 0, undefined])
  assert.ok(signals.every(({ aborted }) => aborted))
  const early = told.length
  // What comes meanwhile is told after what went before.
  const next = uploader.addFile(new File(['y'], 'next.bin'))
  await settled(told)
  assert.ok(early < MANY, `${early} were told in one task`)
  assert.deepEqual(told, ['cancel-all', ...ids, next])
  assert.deepEqual((await done).successful, [])
  uploader.destroy()
})

test('destroyed while it tells: all is let go at once', async () => {
  const { uploader, signals } = await full()
  void uploader.upload()
  await settled(signals)
  uploader.cancelAll()
  const core = Uploader.alive(uploader)
  uploader.destroy()
  assert.deepEqual([core.stats().jobs, core.stats().blobs], [0, 0])
})

test('several taken out: all or none', async () => {
  const { uploader, ids } = await full()
  assert.throws(() => uploader.removeFiles([ids[0], 'file-99999']), /no file with the id "file-99999"/)
  assert.equal(uploader.getTotals().files, MANY)
  uploader.removeFiles(ids.slice(0, -1))
  assert.deepEqual(uploader.getFiles().map(({ id }) => id), [ids.at(-1)])
  uploader.clear()
  assert.equal(uploader.getTotals().files, 0)
  uploader.destroy()
})

test('the end of many is told once, with all of them', async () => {
  const { uploader, ids } = await full({
    limit: 0,
    retryDelays: [],
    getUploadParameters: (file) => {
      throw Object.assign(new Error('no'), { retryable: false, name: file.name })
    },
  })
  const results = []
  uploader.on('complete', (result) => results.push(result))
  const { successful, failed } = await uploader.upload()
  assert.deepEqual([successful.length, failed.length], [0, MANY])
  assert.deepEqual(new Set(failed.map(({ id }) => id)), new Set(ids))
  assert.equal(results.length, 1)
  uploader.destroy()
})

test('a list of all files is made for those who look at it', () => {
  let made = 0
  const files = new Lazy(() => {
    made += 1
    return ['a']
  })
  const detail = toDetail('upload', [1, files])
  assert.deepEqual([made, Object.keys(detail)], [0, ['uploadID', 'files']])
  assert.deepEqual([detail.files, detail.files, made], [['a'], ['a'], 1])
})
