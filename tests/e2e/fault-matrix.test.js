// Every fault of the proxy × every way to send × every browser, and one question each time: is what is in the bucket the
// file, and was success told only if it is? The answers become the table in docs/fault-matrix.md.

import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { inBrowsers, names } from './lib/browsers.js'
import { ROOT } from './lib/env.js'
import { AT_COMPLETION, AT_MOST_ONE, AT_THE_HOST, FOR_GOOD, ON_THE_WAY, WAYS, whereBytesGo } from './lib/fault-list.js'
import { leftovers } from './lib/leftovers.js'
import { open } from './lib/page.js'
import { eventually } from './lib/processes.js'
import { startBreakable } from './lib/servers.js'
import { startSite } from './lib/site.js'
import { keysIn, sameFile } from './lib/verify.js'

const MIB = 1024 * 1024
/** By name of the fault, way and browser. @type {Record<string, Record<string, string>>} */
const table = {}

let site
/** @type {Record<string, Awaited<ReturnType<typeof startBreakable>>>} */
const rigs = {}
before(async () => {
  site = await startSite()
  for (const method of ['PUT', 'POST'])
    rigs[method] = await startBreakable({ origins: [site.origin], env: { FILECHUTE_METHOD: method } })
})
after(async () => {
  for (const rig of Object.values(rigs)) await rig.stop()
  await site?.stop()
  await write()
})

inBrowsers((session, browser) => {
  for (const way of WAYS) {
    describe(way, () => {
      const rig = () => rigs[way === 'POST' ? 'POST' : 'PUT']
      const size = way === 'parts' ? 5 * MIB + 300_001 : 700_001
      let seed = 0

      async function upload(rules, more = {}) {
        await rig().reset()
        await rig().store.rules(...(rules.store ?? []))
        await rig().signer.rules(...(rules.signer ?? []))
        seed += 1
        const page = await open(await session(), site)
        const before = await keysIn(rig().folder)
        const report = await page.run(
          (options, file) => kit.upload({ ...options, getChunkSize: () => 5 * 1024 * 1024 }, [file]),
          {
            host: rig().url,
            shouldUseMultipart: way === 'parts',
            retryDelays: [20, 50, 100],
            timeout: 900,
            resume: false,
            ...more,
          },
          [`f${seed}.bin`, size, seed],
        )
        const told = report.log.filter(({ event }) => event === 'upload-success').length
        return { report, told, before, error: report.log.find(({ event }) => event === 'upload-error')?.error, page }
      }

      const note = (name, text) => {
        table[name] ??= {}
        table[name][`${way} ${browser}`] = text
      }

      /** It arrived, whole, was told once, and nothing else is there. */
      async function arrives(name, rules, more) {
        const { report, told, before } = await upload(rules, more)
        assert.equal(told, 1, JSON.stringify(report.log.filter(({ error }) => error)))
        await sameFile(rig().folder, report.result.successful[0].key, seed, size)
        await eventually(async () => assert.deepEqual(await leftovers(rig().folder), []))
        // What the store has and the page does not know of is sent to the same key again, not to another one. Firefox does not
        // say that the last byte had left when no answer follows, so there the host is asked anew.
        if (AT_MOST_ONE.includes(name) && (browser !== 'firefox' || way === 'parts'))
          assert.equal((await keysIn(rig().folder)).length, before.length + 1)
        note(name, 'arrived')
      }

      const where = whereBytesGo(way)
      for (const [name, fault] of Object.entries(ON_THE_WAY)) {
        test(name, () => arrives(name, { store: [{ match: where, times: 1, fault }] }))
      }
      for (const [name, fault] of Object.entries(AT_THE_HOST)) {
        test(name, () => arrives(name, { signer: [{ match: { path: '/s3/' }, times: 1, fault }] }))
      }
      if (way === 'parts') {
        for (const [name, fault] of Object.entries(AT_COMPLETION)) {
          test(name, () =>
            arrives(name, { store: [{ match: { method: 'POST', query: 'uploadId=' }, times: 1, fault }] }),
          )
        }
      }
      for (const [name, { fault, code }] of Object.entries(FOR_GOOD)) {
        test(name, async () => {
          const { told, error, before, page } = await upload({ store: [{ match: where, fault }] })
          await page.run(() => kit.live.cancelAll())
          assert.equal(told, 0, 'a success that is none')
          const said = `${error.kind}.${error.code}`
          if (typeof code === 'string') assert.equal(said, code)
          else assert.match(said, code)
          assert.deepEqual(await keysIn(rig().folder), before, 'nothing is stored')
          await eventually(async () => assert.deepEqual(await leftovers(rig().folder), []))
          // What browsers make of a redirect differs.
          note(name, typeof code === 'string' ? `refused: ${said}` : 'refused')
        })
      }
    })
  }
})

/** Keeps the table; with FILECHUTE_WRITE=1 also in docs. Where all browsers are, docs must say the same. */
async function write() {
  const browsers = names()
  const head = WAYS.flatMap((way) => browsers.map((browser) => `${way} ${browser}`))
  const row = (name) => `| ${name} | ${head.map((at) => table[name][at] ?? '–').join(' | ')} |`
  const text = `# Faults, and what becomes of an upload

Made by \`tests/e2e/fault-matrix.test.js\`: a proxy breaks one request (where it ends as refused: all of them), and the object in the
bucket is compared with the file byte for byte. "arrived": whole, told once, nothing left behind. "refused": told as an error,
nothing stored, nothing left behind. The same faults on the way and at completion in front of SeaweedFS and MiniStack:
\`tests/e2e/fault-stores.test.js\`.

| fault | ${head.join(' | ')} |
|---|${head.map(() => '---|').join('')}
${Object.keys(table).map(row).join('\n')}
`
  await mkdir(join(ROOT, 'target/e2e'), { recursive: true })
  await writeFile(join(ROOT, 'target/e2e/fault-matrix.md'), text)
  if (process.env.FILECHUTE_WRITE) await writeFile(join(ROOT, 'docs/fault-matrix.md'), text)
  const known = await readFile(join(ROOT, 'docs/fault-matrix.md'), 'utf8').catch(() => '')
  if (browsers.length === 3)
    assert.equal(text, known, 'docs/fault-matrix.md says something else: run with FILECHUTE_WRITE=1')
}
