// `checksum: 'md5'`: proof by the ETag alone, for addresses and stores without checksums of their own. Nothing of it is
// signed, and nobody is told of it who does not ask.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { blocks } from './lib/content.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { sameFile } from './lib/verify.js'

const rig = withRig()

const PART = 5 * 1024 * 1024
/** @param {number} seed @param {number} size */
function md5(seed, size) {
  const hash = createHash('md5')
  for (const block of blocks(seed, size)) hash.update(block)
  return hash.digest('base64')
}
const of = (log, name) => log.filter(({ event }) => event === name)

async function upload(session, file, store, options) {
  const page = await open(await session(), rig.site)
  await rig.store.rules(...store)
  const report = await page.run(
    (part, options, file) => kit.upload({ ...options, getChunkSize: () => part }, [file]),
    PART,
    { host: rig.url, checksum: 'md5', retryDelays: [20, 50], ...options },
    file,
  )
  await page.sweep()
  return report
}

const WAYS = {
  'a form': { file: ['form.bin', 70_001, 5], match: { method: 'POST' } },
  'in parts': {
    file: ['parts.bin', 2 * PART + 7, 6],
    match: { method: 'PUT', query: 'partNumber=2' },
    shouldUseMultipart: true,
  },
}

inBrowsers((session, browser) => {
  for (const [name, { file, match, shouldUseMultipart = false }] of Object.entries(WAYS)) {
    for (const wrong of [false, true]) {
      test(`${name}, ${wrong ? 'and an ETag of other bytes once' : 'proved'}`, async () => {
        const store = wrong ? [{ match, times: 1, fault: { kind: 'wrong-checksum' } }] : []
        const { log, result } = await upload(session, file, store, { shouldUseMultipart })
        assert.deepEqual(result.failed, [])
        const [success, ...more] = of(log, 'upload-success')
        assert.deepEqual(more, [])
        assert.equal(success.response.verified, 'md5')
        if (!shouldUseMultipart) assert.equal(success.response.body.checksum, md5(file[2], file[1]))
        await sameFile(rig.folder, result.successful[0].key, file[2], file[1])
        const isIt = ({ method, query }) =>
          shouldUseMultipart ? method === 'PUT' && /partNumber=2/.test(query) : method === 'POST'
        const sent = (await rig.store.log()).filter(isIt)
        assert.equal(sent.length, wrong ? 2 : 1)
        const asked = await rig.signer.log()
        assert.ok(
          asked.every(({ query }) => !/md5|checksum/.test(query ?? '')),
          'the host is not told',
        )
      })
    }
  }

  if (browser === 'chromium') {
    test('an ETag of other bytes every time is a failure', async () => {
      const { log, result } = await upload(session, WAYS['a form'].file, [
        { match: { method: 'POST' }, fault: { kind: 'wrong-checksum' } },
      ])
      assert.equal(result.failed.length, 1)
      const [{ error }] = of(log, 'upload-error')
      assert.deepEqual([error.kind, error.code], ['integrity', 'etag_mismatch'])
      assert.match(error.help, /KMS/)
    })

    test('an ETag that the page may not read stands in the body too', async () => {
      const { log, result } = await upload(session, WAYS['a form'].file, [
        { match: { method: 'POST' }, fault: { kind: 'hide-etag' } },
      ])
      assert.deepEqual(result.failed, [])
      assert.equal(of(log, 'upload-success')[0].response.verified, 'md5')
    })

    test('a callback is told the value', async () => {
      const page = await open(await session(), rig.site)
      const said = await page.run(async () => {
        const { createUploader } = await import('/pkg/index.js')
        let told
        const uploader = await createUploader({
          checksum: 'md5',
          retryDelays: [],
          getUploadParameters: (_, { checksum }) => {
            told = checksum
            return Promise.reject(new Error('enough'))
          },
        })
        uploader.addFile({ name: 'a', data: new Blob(['123456789']) })
        await uploader.upload().catch(() => {})
        uploader.destroy()
        return told
      })
      assert.deepEqual(said, { algorithm: 'md5', value: 'JfnnlDI7RTiF9RgfG2JNCw==' })
    })
  }
})
