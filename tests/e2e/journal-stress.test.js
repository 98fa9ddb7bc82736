// Journals under stress: two uploaders with one record, a disk that is full, more meta than is kept.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })
const PART = 5 << 20

inBrowsers((session) => {
  test('two elements in one page: discarding in one what the other goes on with', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(
      async (host, part) => {
        const wait = (ms) => new Promise((r) => setTimeout(r, ms))
        const { createUploader } = await import('/pkg/index.js')
        const options = { host, shouldUseMultipart: true, getChunkSize: () => part, limit: 1, retryDelays: [20] }
        const file = kit.file('other.bin', 3 * part + 5, 9)
        const first = await createUploader(options)
        first.addFile(file)
        first.once('s3-multipart:part-uploaded', () => first.pauseAll())
        void first.upload()
        await new Promise((done) => first.once('pause-all', done))
        // The part is written down within half a second.
        await wait(1000)
        first.destroy()
        await wait(500)
        const [one, two] = [await createUploader(options), await createUploader(options)]
        const offered = [(await one.getUnfinished()).length, (await two.getUnfinished()).length]
        const { id } = (await two.getUnfinished()).find((u) => u.name === 'other.bin')
        one.addFile(kit.file('other.bin', 3 * part + 5, 9))
        const sent = []
        one.on('s3-multipart:part-uploaded', (_, p) => {
          sent.push(p.PartNumber)
          if (sent.length === 1) two.discardUnfinished(id)
        })
        const { successful, failed } = await one.upload()
        return { offered, sent, successful: successful.length, failed: failed.map((f) => f.error) }
      },
      rig.url,
      PART,
    )
    assert.deepEqual([seen.offered, seen.successful, seen.failed], [[1, 1], 1, []])
    assert.deepEqual(seen.sent, [...new Set(seen.sent)], 'no part is sent twice')
  })

  test('a journal that breaks off in mid-upload leaves no record of an upload that was finished', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(
      async (host, part) => {
        const wait = (ms) => new Promise((r) => setTimeout(r, ms))
        const { createUploader } = await import('/pkg/index.js')
        const options = { host, shouldUseMultipart: true, getChunkSize: () => part, limit: 1 }
        const one = await createUploader(options)
        one.addFile(kit.file('film.bin', 2 * part + 5, 9))
        const put = IDBObjectStore.prototype.put
        let full = 0
        one.on('s3-multipart:part-uploaded', () => {
          // The disk is full from now on: for parts and for all else.
          IDBObjectStore.prototype.put = function (...args) {
            if (this.name !== 'parts') return put.apply(this, args)
            full += 1
            throw new DOMException('full', 'QuotaExceededError')
          }
        })
        const { successful } = await one.upload()
        IDBObjectStore.prototype.put = put
        await wait(1000)
        one.destroy()
        await wait(500)
        const two = await createUploader(options)
        const unfinished = await two.getUnfinished()
        two.destroy()
        return { full, successful: successful.length, unfinished: unfinished.map((u) => [u.name, u.bytesUploaded]) }
      },
      rig.url,
      PART,
    )
    assert.deepEqual(seen.unfinished, [])
  })

  test('an upload with much meta is remembered, or aborted', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(
      async (host, part) => {
        const wait = (ms) => new Promise((r) => setTimeout(r, ms))
        const { createUploader } = await import('/pkg/index.js')
        const options = { host, shouldUseMultipart: true, getChunkSize: () => part, limit: 1, allowedMetaFields: [] }
        const one = await createUploader(options)
        const meta = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`m${n}`, 'x']))
        one.addFile({ name: 'meta.bin', data: kit.file('meta.bin', 3 * part + 5, 9), meta })
        let parts = 0
        one.on('s3-multipart:part-uploaded', () => (parts += 1) === 1 && one.pauseAll())
        void one.upload()
        await wait(2500)
        one.destroy()
        await wait(500)
        const two = await createUploader(options)
        const unfinished = (await two.getUnfinished()).map(({ name }) => name)
        await wait(1000)
        two.destroy()
        return { parts, unfinished }
      },
      rig.url,
      PART,
    )
    const aborts = (await rig.signer.log()).filter(({ method }) => method === 'DELETE').length
    assert.ok(seen.unfinished.includes('meta.bin') || aborts > 0, 'nobody knows of it any more')
  })
})
