// Every size and name, by PUT and by POST policy, on three S3 servers: what is in the bucket afterwards is what was
// sent, byte for byte, under the key that `file.meta.key` says. All of it in Chromium, every pair in the other two.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { startSite } from './lib/site.js'
import { STORES } from './lib/stores.js'
import { sameBytes } from './lib/verify.js'

const MIB = 1024 * 1024
const METHODS = /** @type {const} */ (['PUT', 'POST'])

/** A folder of files of all sizes and awkward names: `[name, size, seed, type]`. */
const SMALL = [
  ['empty.txt', 0, 1, 'text/plain'],
  ['one.bin', 1, 2, ''],
  ['mebi.png', MIB, 3, 'image/png'],
  ['١٠ كم мест для Нью-Йорке.pdf', 70_001, 4, 'application/pdf'],
  ['DALL·E IMG_9078 - 学中文 🤑.png', MIB + 1, 5, 'image/png'],
  ['a"b\r\nc\\d;é😀.txt', 1234, 6, 'text/plain'],
  ['%2e%2e%2f+&=?#.bin', 999, 7, 'application/octet-stream'],
]
const LARGE = ['large.bin', 200 * MIB, 8, 'application/octet-stream']

/** Where the 200 MiB go: everywhere in Chromium, once in the others. */
const isLargeHere = (browser, store, method) =>
  browser === 'chromium' ||
  (browser === 'firefox' ? store === 'seaweedfs' && method === 'PUT' : store === 'embedded' && method === 'POST')

let site
before(async () => {
  site = await startSite()
})
after(() => site?.stop())

for (const [name, startStore] of Object.entries(STORES)) {
  describe(name, () => {
    /** @type {import('./lib/stores.js').Store} */
    let store
    before(async () => {
      store = await startStore([site.origin])
    })
    after(() => store?.stop())

    inBrowsers((session, browser) => {
      for (const method of METHODS) {
        test(`${method}: all sizes and names`, async () => {
          await roundTrip(session, store, method, SMALL)
        })
        if (browser === 'chromium') {
          test(`${method}: the ETag proves an MD5`, async () => {
            const options = { shouldUseMultipart: false, checksum: 'md5' }
            const responses = await roundTrip(session, store, method, SMALL, options)
            for (const { verified } of responses) assert.equal(verified, 'md5')
          })
        }
        if (browser === 'chromium' && method === 'PUT') {
          test('in parts: 200 MiB', async () => {
            await roundTrip(session, store, method, [LARGE], {}, /^[0-9a-f]{32}-25$/)
          })
        }
        if (isLargeHere(browser, name, method)) {
          test(`${method}: 200 MiB`, async () => {
            await roundTrip(session, store, method, [LARGE])
          })
        }
      }
    })
  })
}

async function roundTrip(
  session,
  store,
  method,
  files,
  options = { shouldUseMultipart: false },
  etag = /^[0-9a-f]{32}$/,
) {
  const page = await open(await session(), site)
  const host = store.host(method)
  const { log, result } = await page.run(
    (...args) => kit.upload(...args),
    { host, timeout: 120_000, ...options },
    files,
  )
  assert.deepEqual(result.failed, [])
  assert.equal(result.successful.length, files.length)
  await page.sweep()
  const responses = new Map(
    log.filter(({ event }) => event === 'upload-success').map(({ file, response }) => [file.id, response]),
  )
  for (const [name, size, seed] of files) {
    const file = result.successful.find((other) => other.name === name)
    assert.ok(file, `${JSON.stringify(name)} arrived under its own name`)
    assert.ok(file.key, `${JSON.stringify(name)} has a key`)
    await sameBytes(await store.read(file.key), seed, size)
    const { status, uploadURL, body } = responses.get(file.id)
    assert.ok([200, 201, 204].includes(status), `status ${status}`)
    assert.equal(body.key, file.key)
    assert.match(body.etag, etag)
    assert.equal(decodeURIComponent(new URL(uploadURL).pathname), `/uploads/${file.key}`)
    assert.equal(new URL(uploadURL).search, '')
  }
  return responses.values()
}
