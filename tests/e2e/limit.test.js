// `limit` as the other side sees it: never more requests in the air than allowed, and as many as allowed.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'

const rig = withRig()
/** Slow enough that all places are taken before the first upload ends, even where each question to the host is slow. */
const slow = (ms) => ({ fault: { kind: 'delay', ms } })

inBrowsers((session) => {
  for (const limit of [1, 3, 6]) {
    test(`20 slow uploads with limit ${limit}`, async () => {
      await rig.store.rules(slow(limit * 70))
      const { requests } = await rig.store.stats()
      const page = await open(await session(), rig.site)
      const files = Array.from({ length: 20 }, (_, i) => [`${i}.bin`, 1000 + i, i + 1])
      const { result } = await page.run((...args) => kit.upload(...args), { host: rig.url, limit }, files)
      assert.equal(result.successful.length, 20)
      const stats = await rig.store.stats()
      assert.deepEqual([stats.maxInFlight, stats.inFlight, stats.requests - requests], [limit, 0, 20])
    })
  }

  test('a limit that is raised while uploads run is used at once', async () => {
    await rig.store.rules(slow(500))
    const page = await open(await session(), rig.site)
    await page.run(async (host) => {
      const uploader = await kit.uploader({ host, limit: 1 })
      for (let i = 0; i < 12; i += 1) uploader.addFile(kit.file(`${i}.bin`, 100 + i, i + 1))
      const done = uploader.upload()
      await kit.event('upload-success')
      uploader.setOptions({ limit: 4 })
      await done
    }, rig.url)
    assert.equal((await rig.store.stats()).maxInFlight, 4)
  })
})
