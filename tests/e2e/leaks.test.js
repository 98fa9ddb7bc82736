// After a thousand uploads nothing is held: no request, no Blob, no observer more than before, in the WebAssembly and,
// as far as a page can see, in the browser.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })
const FILES = 1000

inBrowsers((session) => {
  test(`${FILES} uploads, then cancelAll`, async () => {
    rig.site.routes.set('/sink', (request, response) => {
      request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/xml' }).end())
    })
    const page = await open(await session(), rig.site)
    const seen = await page.run(
      async (store, count) => {
        const url = (i) => `${store}/sink?${i}`
        /** Weak references to every request that was made: those the browser still holds can be counted. */
        const requests = []
        const Original = XMLHttpRequest
        window.XMLHttpRequest = class extends Original {
          constructor() {
            super()
            requests.push(new WeakRef(this))
          }
        }
        let asked = 0
        const uploader = await kit.uploader({
          limit: 6,
          getUploadParameters: () => {
            asked += 1
            return { url: url(asked) }
          },
        })
        const core = await kit.core(uploader)
        const before = core.stats()
        await uploader.addFiles(Array.from({ length: count }, (_, i) => new File([`${i}`], `${i}.txt`)))
        const during = core.stats()
        const { successful } = await uploader.upload()
        const after = core.stats()
        // What a file was is handed out once more with the event that it is gone, and is nobody's after that.
        const told = new Promise((resolve) => {
          let left = count
          uploader.on('file-removed', () => {
            left -= 1
            if (left === 0) resolve(core.stats())
          })
        })
        uploader.cancelAll()
        const { jobs } = core.stats()
        const end = await told
        await kit.painted()
        for (let i = 0; i < 10 && globalThis.gc; i += 1) {
          globalThis.gc()
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
        return {
          before,
          during,
          after,
          end,
          jobs,
          successful: successful.length,
          made: requests.length,
          alive: globalThis.gc ? requests.filter((request) => request.deref()).length : 0,
          files: uploader.getFiles().length,
        }
      },
      rig.site.origin,
      FILES,
    )
    assert.equal(seen.successful, FILES)
    assert.deepEqual([seen.during.blobs, seen.during.jobs], [FILES, 0])
    assert.deepEqual([seen.after.jobs, seen.jobs], [0, 0])
    assert.deepEqual([seen.end, seen.files], [seen.before, 0])
    assert.deepEqual([seen.end.jobs, seen.end.blobs], [0, 0])
    assert.equal(seen.made, FILES)
    // The last few may still be referred to by what the browser itself has on its stack.
    assert.ok(seen.alive < 10, `${seen.alive} of ${seen.made} requests are still held`)
  })

  test('destroy in mid-upload: requests are closed, nothing is told any more', async () => {
    await rig.store.rules({ fault: { kind: 'stall' } })
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const uploader = await kit.uploader({ host })
      for (let i = 0; i < 5; i += 1) uploader.addFile(kit.file(`${i}.bin`, 100, i))
      const done = uploader.upload()
      const core = await kit.core(uploader)
      await kit.until(() => core.stats().jobs === 5, 'five requests')
      uploader.destroy()
      const told = kit.log.length
      const result = await done
      await kit.painted()
      return {
        stats: core.stats(),
        later: kit.log.length - told,
        ended: result.successful.length + result.failed.length,
      }
    }, rig.url)
    assert.deepEqual([seen.stats.jobs, seen.stats.blobs], [0, 0])
    assert.deepEqual([seen.later, seen.ended], [0, 0])
  })

  // The package as it is published: a minifier had put functions where they held on to what they were to let go.
  test('uploaders and elements that nobody holds are collected', async (t) => {
    const page = await open(await session(), rig.site)
    const left = await page.run(async (host) => {
      if (!window.gc) return undefined
      await kit.load('/pkg/element.js')
      const { createUploader } = await kit.load('/pkg/index.js')
      const element = async () => {
        const el = document.createElement('file-chute')
        Object.assign(el, { host, multiple: true })
        document.querySelector('main').append(el)
        await el.ready
        await kit.painted()
        el.remove()
        return new WeakRef(el)
      }
      const made = []
      for (let i = 0; i < 6; i += 1) made.push(new WeakRef(await createUploader({ host })), await element())
      const alive = () => made.filter((weak) => weak.deref()).length
      for (let round = 0; round < 40 && alive() > 0; round += 1) {
        await new Promise((resolve) => setTimeout(resolve, 100))
        await window.gc({ type: 'major', execution: 'async' })
      }
      return alive()
    }, rig.url)
    if (left === undefined) return t.skip('this browser does not collect on demand')
    assert.equal(left, 0)
  })
})
