// The faults of the matrix in front of stores that are not ours: SeaweedFS and MiniStack, in Chromium, since browsers differ in
// nothing that a store could see. The same question: is what is in the bucket the file, and was success told only if it is?

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { AT_COMPLETION, ON_THE_WAY, WAYS, whereBytesGo } from './lib/fault-list.js'
import { open } from './lib/page.js'
import { eventually } from './lib/processes.js'
import { startFaults } from './lib/servers.js'
import { startSite } from './lib/site.js'
import { STORES } from './lib/stores.js'
import { sameBytes } from './lib/verify.js'

const MIB = 1024 * 1024

inBrowsers((session, browser) => {
  for (const name of ['seaweedfs', 'ministack']) {
    describe(name, { skip: browser !== 'chromium' && 'one browser is enough' }, () => {
      let site
      let store
      let proxy
      before(async () => {
        if (browser !== 'chromium') return
        site = await startSite()
        store = await STORES[name]([site.origin], async (endpoint) => {
          proxy = await startFaults(endpoint)
          return proxy.url
        })
      })
      after(async () => {
        await store?.stop()
        await proxy?.stop()
        await site?.stop()
      })

      for (const way of WAYS) {
        const size = way === 'parts' ? 5 * MIB + 300_001 : 700_001
        const rules = Object.entries(ON_THE_WAY).map(([fault, rule]) => [fault, whereBytesGo(way), rule])
        const completions = way === 'parts' ? Object.entries(AT_COMPLETION) : []
        for (const [fault, rule] of completions) rules.push([fault, { method: 'POST', query: 'uploadId=' }, rule])
        for (const [at, [fault, match, rule]] of rules.entries()) {
          test(`${way}: ${fault}`, async () => {
            await proxy.reset()
            await proxy.rules({ match, times: 1, fault: rule })
            const page = await open(await session(), site)
            const report = await page.run(
              (options, file) => kit.upload({ ...options, getChunkSize: () => 5 * 1024 * 1024 }, [file]),
              {
                host: store.host(way === 'POST' ? 'POST' : 'PUT'),
                shouldUseMultipart: way === 'parts',
                retryDelays: [20, 50, 100, 200],
                timeout: 5000,
                resume: false,
              },
              [`f${at}.bin`, size, at],
            )
            const told = report.log.filter(({ event }) => event === 'upload-success').length
            assert.equal(told, 1, JSON.stringify(report.log.filter(({ error }) => error)))
            await sameBytes(await store.read(report.result.successful[0].key), at, size)
            await eventually(async () => assert.deepEqual(await store.open(), []))
          })
        }
      }
    })
  }
})
