// What goes wrong on the way to the store, one fault at a time, and that nothing but the file concerned notices. The
// faults are made by a proxy in front of the store, so what the browser sees is real.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { eventually } from './lib/processes.js'
import { withRig } from './lib/rig.js'
import { keysIn, sameFile } from './lib/verify.js'

// PUT, since the file's name is then in the path, where rules can see it. The same faults by POST have one file only.
const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })
const forms = withRig({ env: { FILECHUTE_METHOD: 'POST' } })
const PART = 300_000
const FILES = [
  ['bad.bin', PART, 1],
  ['good.bin', PART, 2],
]
/** Does it to the one file. */
const bad = (fault, times = 1) => ({ match: { path: 'bad.bin' }, times, fault })

/** Uploads through the fault. */
async function upload(session, on, rules, options = {}, files = FILES) {
  await on.store.rules(...rules)
  const page = await open(await session(), on.site)
  const report = await page.run((...args) => kit.upload(...args), { host: on.url, ...options }, files)
  await page.sweep()
  return { page, ...report }
}

const names = (log) => log.map(({ event }) => event)
const events = (log, name) => log.filter(({ event }) => event === name)
const uploads = async (on = rig) => (await on.store.log()).filter(({ method }) => method === 'POST' || method === 'PUT')
const asks = async (on = rig) =>
  (await on.signer.log()).filter(({ path, method }) => method === 'GET' && path.startsWith('/s3/params'))
const inFlight = async (on = rig) => (await on.store.stats()).inFlight

/** All files arrived, byte for byte, each told once. */
async function arrived({ log, result }, count, folder = rig.folder) {
  assert.deepEqual(result.failed, [])
  assert.equal(result.successful.length, count)
  assert.equal(events(log, 'upload-success').length, count)
  for (const { name, key } of result.successful) await sameFile(folder, key, name === 'bad.bin' ? 1 : 2, PART)
}

/** Faults that another try cures. */
const CURED = {
  'a reset before the body': { kind: 'reset', afterBytes: 0 },
  'a reset in mid-body': { kind: 'reset', afterBytes: 100_000 },
  'a lost answer': { kind: 'lost-answer' },
  '503 SlowDown': { kind: 'slow-down' },
  '503 without an explanation': { kind: 'status', status: 503 },
  '500 InternalError': { kind: 'internal-error' },
  '200 with an error inside': { kind: 'ok-with-error' },
  '403 expired': { kind: 'expired' },
  '403 RequestTimeTooSkewed': { kind: 'skewed' },
}
/** Nobody answers these. */
const SILENT = ['reset', 'lost-answer']
/**
 * One upload more than files, and parameters asked for anew just before it. But where every byte had left, as the browser
 * has it, and nobody answered, the file goes to the same place again: it may be there.
 */
async function triedAgain(on, files, fault, browser) {
  const paths = (await uploads(on)).map(({ path }) => path)
  assert.equal(paths.length, files + 1)
  const asked = (await asks(on)).length
  const all = fault.kind === 'lost-answer' && browser !== 'firefox'
  const some = SILENT.includes(fault.kind) && asked === files
  assert.equal(asked, all || some ? files : files + 1)
  if (on === rig) assert.equal(new Set(paths).size, asked, 'a path for each time that was asked')
}

/** Of these the first costs no retry, so they are cured even where there are none. */
const FREE = ['expired', 'skewed']

inBrowsers((session, browser) => {
  for (const [name, fault] of Object.entries(CURED)) {
    const options = FREE.includes(fault.kind) ? { retryDelays: [] } : { retryDelays: [20] }

    test(`${name}: tried again, and both files arrive`, async () => {
      await arrived(await upload(session, rig, [bad(fault)], options), 2)
      await triedAgain(rig, FILES.length, fault, browser)
    })

    // Two kinds of requests, one loop: all kinds by PUT, and in one browser by POST as well.
    test(`${name}, as a form`, {
      skip: browser !== 'chromium' && !FREE.includes(fault.kind) && 'the same loop as by PUT',
    }, async () => {
      const [file] = FILES
      await arrived(await upload(session, forms, [{ times: 1, fault }], options, [file]), 1, forms.folder)
      await triedAgain(forms, 1, fault, browser)
    })
  }

  test('a stall is noticed, told, and tried again', async () => {
    // More than the sockets' buffers hold: a small file counts as sent, and then a minute's answer is waited for.
    const size = 40_000_000
    const rule = bad({ kind: 'stall', afterBytes: 100_000 })
    const files = [['bad.bin', size, 1], FILES[1]]
    const report = await upload(session, rig, [rule], { timeout: 700 }, files)
    const [stalled] = events(report.log, 'upload-stalled')
    assert.deepEqual(stalled.files, ['bad.bin'])
    assert.deepEqual([stalled.error.kind, stalled.error.code], ['network', 'stall'])
    assert.equal(report.result.successful.length, 2)
    await sameFile(rig.folder, report.result.successful.find(({ name }) => name === 'bad.bin').key, 1, size)
    // The stalled request was closed and not left behind.
    await eventually(async () => assert.equal(await inFlight(), 0))
  })

  test('`Retry-After` is waited for', async () => {
    const options = { retryDelays: [0] }
    await arrived(await upload(session, rig, [bad({ kind: 'slow-down', retryAfter: 1 })], options, [FILES[0]]), 1)
    const [first, second] = await uploads()
    assert.ok(second.start - first.end >= 990, `tried again after ${second.start - first.end} ms`)
  })

  test('a refusal is final: the file fails, the other arrives', async () => {
    const report = await upload(session, rig, [bad({ kind: 'denied' }, null)])
    const [failure] = events(report.log, 'upload-error')
    assert.equal(failure.file.name, 'bad.bin')
    const { kind, code, status, retryable, message } = failure.error
    assert.deepEqual([kind, code, status, retryable], ['s3', 'AccessDenied', 403, false])
    assert.equal(message, 'The storage refused bad.bin.')
    assert.deepEqual(
      report.result.successful.map(({ name }) => name),
      ['good.bin'],
    )
    assert.equal((await uploads()).length, 2)
  })

  test('what never heals ends after all tries, and "retry all" works once it has', async () => {
    const report = await upload(session, rig, [bad({ kind: 'internal-error' }, 3)], { retryDelays: [0, 20] })
    const [failure] = events(report.log, 'upload-error')
    assert.deepEqual([failure.error.code, failure.error.retryable], ['InternalError', true])
    assert.equal(failure.error.message, 'Storage is busy. Try again.')
    assert.equal((await uploads()).length, 4)
    const again = await report.page.run(async () => kit.report(kit.live, await kit.live.retryAll()))
    assert.deepEqual(
      again.result.successful.map(({ name }) => name),
      ['bad.bin'],
    )
    assert.deepEqual(
      events(again.log, 'retry-all').map(({ files }) => files),
      [['bad.bin']],
    )
    await sameFile(rig.folder, again.result.successful[0].key, 1, PART)
  })

  test('expired parameters that are signed anew and expire again are given up with that reason', async () => {
    const report = await upload(session, rig, [bad({ kind: 'expired' }, null)], { retryDelays: [20] })
    const [failure] = events(report.log, 'upload-error')
    assert.deepEqual([failure.error.kind, failure.error.code, failure.error.status], ['sign', 'expired', 403])
    assert.equal(failure.error.message, 'Upload permission expired. Try again.')
    assert.deepEqual(
      report.result.successful.map(({ name }) => name),
      ['good.bin'],
    )
  })

  test('cancel in mid-body: the connection is closed, nothing is stored, the others arrive', async () => {
    // Slow, so that it can be caught in the middle, and larger than the sockets' buffers.
    await rig.store.rules(bad({ kind: 'slow', bytesPerSecond: 2_000_000 }))
    const page = await open(await session(), rig.site)
    const before = (await keysIn(rig.folder)).length
    const report = await page.run(async (host) => {
      const uploader = await kit.uploader({ host, limit: 1 })
      const id = uploader.addFile(kit.file('bad.bin', 60_000_000, 1))
      uploader.addFile(kit.file('good.bin', 300_000, 2))
      const done = uploader.upload()
      await kit.until(() => uploader.getFile(id).progress.bytesUploaded > 0, 'progress')
      uploader.removeFile(id)
      return kit.report(uploader, await done)
    }, rig.url)
    await arrived(report, 1)
    assert.deepEqual(
      names(report.log).filter((name) => /error|cancel-all|stalled/.test(name)),
      [],
    )
    await eventually(async () => assert.equal(await inFlight(), 0))
    const [cancelled] = await uploads()
    assert.ok(cancelled.bytes < 60_000_000, `${cancelled.bytes} bytes were sent`)
    assert.equal((await keysIn(rig.folder)).length, before + 1)
  })

  test('pause in mid-body closes the connection, resume sends the whole file', async () => {
    const size = 30_000_000
    await rig.store.rules(bad({ kind: 'slow', bytesPerSecond: 2_000_000 }))
    const page = await open(await session(), rig.site)
    await page.run(
      async (host, size) => {
        const uploader = await kit.uploader({ host })
        const id = uploader.addFile(kit.file('bad.bin', size, 3))
        kit.done = uploader.upload()
        await kit.until(() => uploader.getFile(id).progress.bytesUploaded > 0, 'progress')
        uploader.pauseResume(id)
      },
      rig.url,
      size,
    )
    await eventually(async () => assert.equal(await inFlight(), 0))
    const report = await page.run(async () => {
      kit.live.resumeAll()
      return kit.report(kit.live, await kit.done)
    })
    await sameFile(rig.folder, report.result.successful[0].key, 3, size)
  })

  test('offline: waits without spending a retry, and goes on when the browser is back', async () => {
    const page = await open(await session(), rig.site)
    const report = await page.run(async (host) => {
      const uploader = await kit.uploader({ host, retryDelays: [] })
      let online = false
      Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => online })
      dispatchEvent(new Event('offline'))
      uploader.addFile(kit.file('good.bin', 300_000, 2))
      const done = uploader.upload()
      await kit.painted()
      const early = kit.of('upload-success').length
      online = true
      dispatchEvent(new Event('online'))
      return { early, ...kit.report(uploader, await done) }
    }, rig.url)
    assert.equal(report.early, 0)
    await arrived(report, 1)
    const told = names(report.log).filter((name) => /line|success|error|stalled/.test(name))
    assert.deepEqual(told, ['is-offline', 'is-online', 'upload-success'])
  })
})
