// A host that forbids overwriting, and an answer that is lost: the next try is refused by the file's own object. The host
// looks whether it is that, and only then the file has arrived.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { sameFile } from './lib/verify.js'

const rig = withRig({ env: { FILECHUTE_IF_NONE_MATCH: 'true' } })

const FILE = ['photo.bin', 70_001, 5]
const lost = { match: { method: 'PUT' }, times: 1, fault: { kind: 'lost-answer' } }
const confirms = async () =>
  (await rig.signer.log()).filter(({ method, path }) => method === 'POST' && path === '/s3/confirm')
const of = (log, name) => log.filter(({ event }) => event === name)

/** @param {object[]} [host] what breaks at the host */
async function upload(session, host = [], options = {}) {
  const page = await open(await session(), rig.site)
  await rig.store.rules(lost)
  await rig.signer.rules(...host)
  const all = { host: rig.url, retryDelays: [20, 50], ...options }
  const report = await page.run((options, file) => kit.upload(options, [file]), all, FILE)
  await page.sweep()
  return report
}

const failing = { match: { path: '/s3/confirm' }, times: 1, fault: { kind: 'status', status: 503 } }
const saying = {
  ...{ match: { path: '/s3/confirm' } },
  fault: { kind: 'status', status: 200, contentType: 'application/json', body: '{"key":"k"}' },
}

// Firefox does not say that a body has left whose answer is lost: there it is asked for another place.
inBrowsers(
  (session) => {
    for (const [name, rules, asked] of [
      ['confirmed', [], 1],
      ['confirmed at the second try', [failing], 2],
    ]) {
      test(`an object that is in the way is the file's own: ${name}`, async () => {
        const { log, result } = await upload(session, rules)
        assert.deepEqual(result.failed, [])
        const [{ file, response }, ...more] = of(log, 'upload-success')
        assert.deepEqual([more, response.verified], [[], 'crc64nvme'])
        const puts = (await rig.store.log()).filter(({ method }) => method === 'PUT')
        assert.deepEqual([...new Set(puts.map(({ path }) => path))].length, 1)
        assert.equal(puts.length, asked + 1)
        assert.equal((await confirms()).length, asked)
        assert.ok(puts[0].path.endsWith(file.key), file.key)
        await sameFile(rig.folder, file.key, FILE[2], FILE[1])
      })
    }

    test('a host that says yes to anything proves nothing', async () => {
      const { log, result } = await upload(session, [saying])
      assert.deepEqual(result.successful, [])
      const [{ error }] = of(log, 'upload-error')
      assert.deepEqual([error.kind, error.code, error.status], ['s3', 'Unconfirmed', 412])
    })

    test('nor can anything be proved without a checksum', async () => {
      const { log, result } = await upload(session, [], { checksum: 'none' })
      assert.deepEqual(result.successful, [])
      assert.equal(of(log, 'upload-error')[0].error.code, 'Unconfirmed')
      assert.equal((await confirms()).length, 0)
    })
  },
  ['chromium', 'webkit'],
)
