// Files in parts, for real: what is in the bucket afterwards is the file, byte for byte, whatever went wrong on the way;
// nothing is left behind at the store; and what was proved is said.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { eventually } from './lib/processes.js'
import { withRig } from './lib/rig.js'
import { keysIn, sameFile } from './lib/verify.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })

const MIB = 1024 * 1024
const PART = 5 * MIB
/** Three parts, the last a small one. */
const SIZE = 2 * PART + 12_345
const FILE = ['large.bin', SIZE, 4]
const OPTIONS = { shouldUseMultipart: true, retryDelays: [20, 50, 100] }

/** A page with its helpers, which cuts files small. */
async function start(session) {
  const page = await open(await session(), rig.site)
  await page.run((part) => {
    kit.small = (options) => ({ ...options, getChunkSize: () => part })
  }, PART)
  return page
}

/** Uploads one file through the faults. */
async function upload(session, { store = [], signer = [], options = {}, file = FILE } = {}) {
  const page = await start(session)
  await Promise.all([rig.store.rules(...store), rig.signer.rules(...signer)])
  const report = await page.run(
    (options, files) => kit.upload(kit.small(options), files),
    { host: rig.url, ...OPTIONS, ...options },
    [file],
  )
  await page.sweep()
  return { page, ...report }
}

/** A part that is still on the way when something happens to its file. */
const SLOW_PART = {
  match: { method: 'PUT', query: 'partNumber=2' },
  times: 1,
  fault: { kind: 'slow', bytesPerSecond: 200_000 },
}

const of = (log, name) => log.filter(({ event }) => event === name)
const parts = async () =>
  (await rig.store.log()).filter(({ method, query }) => method === 'PUT' && /partNumber=/.test(query ?? ''))
const asked = async (method, pattern) =>
  (await rig.signer.log()).filter((entry) => entry.method === method && pattern.test(entry.path))

/** It is there, whole, told once, and nothing else is. */
async function arrived({ log, result }, before, seed = FILE[2], size = SIZE) {
  assert.deepEqual(result.failed, [])
  assert.equal(of(log, 'upload-success').length, 1)
  await sameFile(rig.folder, result.successful[0].key, seed, size)
  assert.equal((await keysIn(rig.folder)).length, before + 1, 'one object more')
}

const count = async () => (await keysIn(rig.folder)).length

/** Faults of one part that another try cures. */
const OF_A_PART = {
  'a reset in mid-body': { kind: 'reset', afterBytes: 1_000_000 },
  'a lost answer': { kind: 'lost-answer' },
  '503 SlowDown': { kind: 'slow-down' },
  '500 InternalError': { kind: 'internal-error' },
  '403 expired': { kind: 'expired' },
  'a hidden ETag': { kind: 'hide-etag' },
  'a wrong checksum': { kind: 'wrong-checksum' },
}

/** Faults of the completion. */
const OF_COMPLETE = {
  '200 with an error inside': { kind: 'ok-with-error' },
  '200 and nothing': { kind: 'empty-200' },
  'a lost answer': { kind: 'lost-answer' },
  '500 InternalError': { kind: 'internal-error' },
  '503 SlowDown': { kind: 'slow-down' },
}

inBrowsers((session, browser) => {
  test('in parts, several at once, verified', async () => {
    const before = await count()
    const report = await upload(session)
    await arrived(report, before)
    const [{ response }] = of(report.log, 'upload-success')
    assert.equal(response.verified, 'crc64nvme')
    assert.match(response.body.checksum, /^[A-Za-z0-9+/]{11}=$/)
    assert.equal((await parts()).length, 3)
    assert.equal((await asked('POST', /\/s3\/multipart$/)).length, 1)
    assert.equal((await asked('POST', /\/complete$/)).length, 1)
  })

  for (const [name, fault] of Object.entries(OF_A_PART)) {
    test(`part 2: ${name}`, async () => {
      const before = await count()
      const report = await upload(session, {
        store: [{ match: { method: 'PUT', query: 'partNumber=2' }, times: 1, fault }],
      })
      await arrived(report, before)
      const sent = await parts()
      const two = sent.filter(({ query }) => /partNumber=2\b/.test(query)).length
      assert.equal(two, fault.kind === 'hide-etag' ? 1 : 2, 'that part alone was sent again')
      assert.equal(sent.length, two + 2)
    })
  }

  for (const [name, fault] of Object.entries(OF_COMPLETE)) {
    test(`completion: ${name}`, async () => {
      const before = await count()
      const report = await upload(session, {
        store: [{ match: { method: 'POST', query: 'uploadId=' }, times: 1, fault }],
      })
      await arrived(report, before)
      assert.equal((await parts()).length, 3, 'no part was sent again')
    })
  }

  test('the host fails once at every step', async () => {
    const before = await count()
    const once = (method, path) => ({
      match: { method, path },
      times: 1,
      fault: { kind: 'status', status: 503, body: '{}', contentType: 'application/json' },
    })
    const signer = [once('POST', '/complete'), once('POST', '/s3/multipart'), once('GET', '/s3/multipart/')]
    await arrived(await upload(session, { signer }), before)
  })

  test('the store forgets the upload: begun anew, once', async () => {
    const before = await count()
    const fault = {
      kind: 'status',
      status: 404,
      contentType: 'application/xml',
      body: '<Error><Code>NoSuchUpload</Code><Message>gone</Message></Error>',
    }
    const report = await upload(session, {
      store: [{ match: { method: 'PUT', query: 'partNumber=3' }, times: 1, fault }],
    })
    await arrived(report, before)
    assert.equal((await asked('POST', /\/s3\/multipart$/)).length, 2)
  })

  test('paused in mid-file: what was there is not sent again', async () => {
    const before = await count()
    const page = await start(session)
    await rig.store.rules(SLOW_PART)
    const report = await page.run(
      async (options, file) => {
        const uploader = await kit.uploader(kit.small(options))
        const id = uploader.addFile(kit.file(...file))
        const done = uploader.upload()
        let there = 0
        uploader.on('s3-multipart:part-uploaded', () => (there += 1))
        await kit.until(() => there === 2, 'two parts')
        uploader.pauseResume(id)
        const held = uploader.getFile(id).progress.bytesUploaded
        uploader.pauseResume(id)
        return { held, ...kit.report(uploader, await done) }
      },
      { host: rig.url, ...OPTIONS },
      FILE,
    )
    await arrived(report, before)
    assert.ok(report.held >= PART, `${report.held} bytes are kept`)
    assert.equal((await parts()).length, 4)
  })

  test('removed in mid-file: the store is told to forget it', async () => {
    const before = await count()
    const page = await start(session)
    await rig.store.rules(SLOW_PART)
    const report = await page.run(
      async (options, file) => {
        const uploader = await kit.uploader(kit.small(options))
        const id = uploader.addFile(kit.file(...file))
        const done = uploader.upload()
        await kit.until(() => uploader.getFile(id).progress.bytesUploaded > 0, 'progress')
        uploader.removeFile(id)
        return kit.report(uploader, await done)
      },
      { host: rig.url, ...OPTIONS },
      FILE,
    )
    assert.deepEqual(report.result, { successful: [], failed: [] })
    await eventually(async () => {
      const aborts = await asked('DELETE', /\/s3\/multipart\//)
      assert.deepEqual(
        aborts.map(({ status }) => status),
        [200],
      )
    })
    assert.equal(await count(), before)
  })

  test('one signer for every step, the page talks to the store itself', async () => {
    const before = await count()
    const page = await start(session)
    const report = await page.run(
      async (host, options, files) => {
        const signRequest = async (request) => {
          const response = await fetch(`${host}/s3/presign`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(request),
          })
          return response.json()
        }
        return kit.upload(kit.small({ ...options, signRequest, resume: false }), files)
      },
      rig.url,
      OPTIONS,
      [FILE],
    )
    await arrived(report, before)
    const [small] = await page.run(async () => {
      kit.live.addFile(kit.file('small.bin', 1000, 9))
      return (await kit.live.upload()).successful.map(({ meta, response }) => [meta.key, response.verified])
    })
    await sameFile(rig.folder, small[0], 9, 1000)
  })

  test('hooks of the application, each step its own', async () => {
    const before = await count()
    const page = await start(session)
    const report = await page.run(
      async (host, options, files) => {
        const call = async (method, path, body) => {
          const response = await fetch(`${host}/s3/multipart${path}`, {
            method,
            headers: body && { 'content-type': 'application/json' },
            body: body && JSON.stringify(body),
          })
          if (!response.ok) throw new Error(`${response.status}`)
          return response.json()
        }
        const at = ({ uploadId, key }, step = '') =>
          `/${encodeURIComponent(uploadId)}${step}?key=${encodeURIComponent(key)}`
        return kit.upload(
          kit.small({
            ...options,
            getUploadParameters: () => {
              throw new Error('not asked for')
            },
            createMultipartUpload: (file) => call('POST', '', { filename: file.name, type: file.type, metadata: {} }),
            signPart: (_, part) => call('GET', at(part, `/${part.partNumber}`)),
            listParts: (_, upload) => call('GET', at(upload)),
            completeMultipartUpload: (_, upload) => call('POST', at(upload, '/complete'), { parts: upload.parts }),
            abortMultipartUpload: (_, upload) => call('DELETE', at(upload)),
          }),
          files,
        )
      },
      rig.url,
      OPTIONS,
      [FILE],
    )
    await arrived(report, before)
  })

  test('a checksum that stays wrong is never a success', async () => {
    const before = await count()
    const report = await upload(session, {
      store: [{ match: { method: 'PUT' }, fault: { kind: 'wrong-checksum' } }],
      options: { shouldUseMultipart: false },
      file: ['small.bin', 1000, 5],
    })
    const [{ error }] = of(report.log, 'upload-error')
    assert.deepEqual([error.kind, error.code, error.retryable], ['integrity', 'mismatch', true])
    assert.equal(error.message, 'small.bin was damaged on the way. Try again.')
    assert.equal(of(report.log, 'upload-success').length, 0)
    assert.ok((await count()) >= before)
  })

  test('after a reload: the same file goes on where it was, another one is refused', async () => {
    const before = await count()
    let page = await start(session)
    await page.run(
      () =>
        new Promise((resolve) => {
          indexedDB.deleteDatabase('filechute').onsuccess = resolve
        }),
    )
    await rig.store.rules({
      match: { method: 'PUT', query: 'partNumber=2' },
      times: 1,
      fault: { kind: 'stall', afterBytes: 100_000 },
    })
    await page.run(
      async (options, file) => {
        const uploader = await kit.uploader(kit.small(options))
        uploader.addFile(kit.file(...file))
        let there = 0
        uploader.on('s3-multipart:part-uploaded', () => (there += 1))
        uploader.upload()
        await kit.until(() => there === 2, 'two parts')
        // Parts are written together, twice a second.
        await new Promise((resolve) => setTimeout(resolve, 900))
      },
      { host: rig.url, ...OPTIONS },
      FILE,
    )
    await rig.reset()
    page = await start(session)
    const { unfinished, refused, report } = await page.run(
      async (options, file) => {
        const uploader = await kit.uploader(kit.small(options))
        const unfinished = await uploader.getUnfinished()
        // The same name, size and date, but other bytes.
        const [name, size, seed] = file
        const right = kit.file(...file)
        const wrong = new File([kit.file(name, size, seed + 1)], name, {
          type: right.type,
          lastModified: right.lastModified,
        })
        const id = await uploader.resumeUnfinished(unfinished[0].id, wrong)
        await uploader.upload()
        const refused = kit.of('upload-error').map(({ error }) => [error.kind, error.code, error.message])
        uploader.removeFile(id)
        kit.log.length = 0
        // Held while its content is compared: what was found is found again.
        await uploader.resumeUnfinished(unfinished[0].id, right)
        const done = uploader.upload()
        const givenBack = new Promise((resolve) => {
          uploader.on('restored', (unfinished) => unfinished.length === 1 && resolve())
        })
        uploader.pauseAll()
        await givenBack
        uploader.resumeAll()
        return { unfinished, refused, report: kit.report(uploader, await done) }
      },
      { host: rig.url, ...OPTIONS },
      FILE,
    )
    assert.equal(unfinished.length, 1)
    const [{ name, size, bytesUploaded }] = unfinished
    assert.deepEqual([name, size, bytesUploaded], ['large.bin', SIZE, PART + 12_345])
    assert.deepEqual(refused, [['file', 'mismatch', 'This is not the file that was being uploaded.']])
    await arrived(report, before)
    assert.deepEqual(
      (await parts()).map(({ query }) => /partNumber=(\d+)/.exec(query)[1]),
      ['2'],
      'only the missing part was sent',
    )
    assert.deepEqual(await page.run(async () => kit.live.getUnfinished()), [])
  })

  test('resume turned off, before the upload or in the middle of it: nothing of it is remembered', async () => {
    for (const early of [true, false]) {
      await rig.store.rules({
        match: { method: 'PUT', query: 'partNumber=2' },
        fault: { kind: 'stall', afterBytes: 100_000 },
      })
      const page = await start(session)
      const unfinished = await page.run(
        async (options, file, early) => {
          const written = () => new Promise((resolve) => setTimeout(resolve, 900))
          const uploader = await kit.uploader(kit.small(options))
          if (early) uploader.setOptions({ resume: false })
          uploader.addFile(kit.file(...file))
          let there = 0
          uploader.on('s3-multipart:part-uploaded', () => (there += 1))
          uploader.upload()
          await kit.until(() => there === 2, 'two parts')
          await written()
          if (!early) uploader.setOptions({ resume: false })
          uploader.destroy()
          await written()
          const next = await kit.uploader(kit.small(options))
          return next.getUnfinished()
        },
        { host: rig.url, ...OPTIONS },
        FILE,
        early,
      )
      assert.deepEqual(unfinished, [])
      await rig.reset()
    }
  })
})
