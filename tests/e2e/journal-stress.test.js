// Journals under stress: two uploaders with one record, a disk that is full, more meta than is kept.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })

inBrowsers((session) => {
  /** A page that can make uploaders as these tests want them, and leave one behind that has a part at the store. */
  const visit = async () => {
    const page = await open(await session(), rig.site)
    await page.run(async (host) => {
      const { createUploader } = await import('/pkg/index.js')
      kit.part = 5 << 20
      kit.wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
      kit.make = (more) =>
        createUploader({ host, shouldUseMultipart: true, getChunkSize: () => kit.part, limit: 1, ...more })
      kit.leave = async (uploader) => {
        uploader.destroy()
        await kit.wait(500)
      }
      kit.leaveHalf = async (file, more) => {
        const uploader = await kit.make(more)
        uploader.addFile(file)
        const held = new Promise((done) => uploader.once('pause-all', done))
        uploader.once('s3-multipart:part-uploaded', () => uploader.pauseAll())
        void uploader.upload()
        await held
        // The part is written down within half a second.
        await kit.wait(1000)
        await kit.leave(uploader)
      }
    }, rig.url)
    return page
  }

  test('two elements in one page: discarding in one what the other goes on with', async () => {
    const page = await visit()
    const seen = await page.run(async () => {
      const file = () => kit.file('other.bin', 3 * kit.part + 5, 9)
      const retries = { retryDelays: [20] }
      await kit.leaveHalf(file(), retries)
      const [one, two] = [await kit.make(retries), await kit.make(retries)]
      const offered = [(await one.getUnfinished()).length, (await two.getUnfinished()).length]
      const [{ id }] = await two.getUnfinished()
      one.addFile(file())
      const sent = []
      one.on('s3-multipart:part-uploaded', (_, { PartNumber }) => {
        sent.push(PartNumber)
        if (sent.length === 1) two.discardUnfinished(id)
      })
      const { successful, failed } = await one.upload()
      return { offered, sent: sent.toSorted(), successful: successful.length, failed: failed.map(({ error }) => error) }
    })
    assert.deepEqual(seen, { offered: [1, 1], sent: [2, 3, 4], successful: 1, failed: [] })
  })

  test('a disk that is full in mid-upload leaves no record of an upload that was finished', async () => {
    const page = await visit()
    const seen = await page.run(async () => {
      const one = await kit.make()
      one.addFile(kit.file('film.bin', 2 * kit.part + 5, 9))
      const put = IDBObjectStore.prototype.put
      let full = 0
      one.on('s3-multipart:part-uploaded', () => {
        IDBObjectStore.prototype.put = function (...args) {
          if (this.name !== 'parts') return put.apply(this, args)
          full += 1
          throw new DOMException('full', 'QuotaExceededError')
        }
      })
      const { successful } = await one.upload()
      IDBObjectStore.prototype.put = put
      await kit.wait(1000)
      await kit.leave(one)
      const two = await kit.make()
      return { full: full > 0, successful: successful.length, unfinished: await two.getUnfinished() }
    })
    assert.deepEqual(seen, { full: true, successful: 1, unfinished: [] })
  })

  for (const way of ['in the event that tells of it', 'before that was told', 'later'])
    test(`what was cancelled is not offered to the next page: destroyed ${way}`, async () => {
      const page = await visit()
      const seen = await page.run(async (way) => {
        const aborted = []
        const make = () =>
          kit.uploader({
            resume: `cancelled ${way}`,
            shouldUseMultipart: () => true,
            getUploadParameters: () => new Promise(() => {}),
            createMultipartUpload: (file) => ({ uploadId: file.name, key: 'k' }),
            signPart: () => new Promise(() => {}),
            listParts: () => [],
            completeMultipartUpload: () => ({}),
            abortMultipartUpload: (_, { uploadId }) => void aborted.push(uploadId),
          })
        const one = await make()
        for (const n of [1, 2]) one.addFile(kit.file(`${n}.bin`, 100, n))
        one.upload().catch(() => {})
        // Created, and written down.
        await kit.wait(1500)
        if (way.startsWith('in')) one.on('cancel-all', () => one.destroy())
        // Another listener's time is up, so that the rest is told in a task of its own.
        if (way.startsWith('before'))
          one.on('cancel-all', () => {
            for (const until = performance.now() + 30; performance.now() < until; );
          })
        one.cancelAll()
        if (way === 'later') await kit.wait(100)
        one.destroy()
        await kit.until(() => aborted.length === 2, 'both aborted')
        await kit.wait(300)
        const two = await make()
        const unfinished = await two.getUnfinished()
        two.destroy()
        return { aborted: [...aborted].sort(), unfinished }
      }, way)
      assert.deepEqual(seen, { aborted: ['1.bin', '2.bin'], unfinished: [] })
    })

  test('an upload with more meta than is kept is remembered all the same', async () => {
    const page = await visit()
    const names = await page.run(async () => {
      const meta = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`m${n}`, 'x']))
      const none = { allowedMetaFields: [] }
      await kit.leaveHalf({ name: 'meta.bin', data: kit.file('meta.bin', 3 * kit.part + 5, 9), meta }, none)
      return (await (await kit.make(none)).getUnfinished()).map(({ name }) => name)
    })
    assert.deepEqual(names, ['meta.bin'])
  })
})
