// Our client with the real Companion as its host: what it stores, and what becomes of Companion's errors.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inBrowsers } from '../e2e/lib/browsers.js'
import { open } from '../e2e/lib/page.js'
import { freePort } from '../e2e/lib/processes.js'
import { startSite } from '../e2e/lib/site.js'
import { sameBytes } from '../e2e/lib/verify.js'
import { startCompanion } from './lib/companion.js'
import { startStore } from './lib/store.js'

const MIB = 1024 * 1024
/** `[name, size, seed, type]` */
const FILES = [
  ['тест a+b.txt', 1234, 1, 'text/plain'],
  ['empty.txt', 0, 2, 'text/plain'],
  ['mebi.bin', MIB, 3, ''],
]
const NOT_STARTED = 'Could not start the upload. Try again.'
const MISCONFIGURED = 'Upload is misconfigured. Contact the site.'
const META = { album: 'a+b & c=d', caption: '"100%" / [x]' }

/** How Companions fail by what is wrong with their options, and what our client makes of it. */
const REFUSALS = {
  'no bucket: the outer app says 404': {
    s3: { bucket: undefined },
    ...{ code: 'sign.rejected', status: 404, retry: false, says: 'Not Found.' },
  },
  'no bucket, and an outer app that says 404 with a web page': {
    s3: { bucket: undefined },
    options: { bare: true },
    ...{ code: 'sign.refused', status: 404, retry: false, says: 'Upload is misconfigured. Contact the site.' },
  },
  'a getKey that gives no key': {
    s3: { getKey: () => undefined },
    ...{ code: 'sign.unavailable', status: 500, retry: true, says: NOT_STARTED },
  },
  'a getKey that throws': {
    s3: {
      getKey: () => {
        throw new Error('no such user')
      },
    },
    ...{ code: 'sign.unavailable', status: 500, retry: true, says: NOT_STARTED },
  },
  'a bucket that is not there': {
    s3: { bucket: 'elsewhere' },
    ...{ code: 's3.NoSuchBucket', status: 404, retry: false, says: 'The storage refused тест a+b.txt.' },
  },
  'a wrong secret': {
    s3: { secret: 'wrong' },
    ...{ code: 'config.signature', status: 403, retry: false, says: MISCONFIGURED },
  },
  'a condition that the file breaks': {
    s3: { conditions: [['content-length-range', 0, 1000]] },
    ...{
      code: 's3.EntityTooLarge',
      // So few bytes are sent sooner than the policy is read.
      status: 400,
      retry: false,
      says: 'тест a+b.txt is larger than this site accepts (1 kB).',
    },
  },
  'signatures that never hold': {
    s3: { expires: -10 },
    ...{ code: 'config.expires', status: 0, retry: false, says: MISCONFIGURED },
  },
}

let site
/** @type {Awaited<ReturnType<typeof startStore>>} */
let store
before(async () => {
  site = await startSite()
  store = await startStore([site.origin])
})
after(async () => {
  await store?.stop()
  await site?.stop()
})

/** Runs `tests` with a Companion of these options. */
async function withCompanion(s3, options, tests) {
  const companion = await startCompanion(s3, options)
  try {
    return await tests(companion)
  } finally {
    await companion.stop()
  }
}

/** Uploads with our client, in the page. @param {any} page @param {string} host */
const upload = (page, host, files = FILES, meta = {}) =>
  page.run((host, files, meta) => globalThis.kit.upload({ host, meta, retryDelays: [0, 10] }, files), host, files, meta)

/** The error of the one file, which must not have arrived. */
async function failure(session, host) {
  const before = await store.keys()
  const page = await open(await session(), site)
  const { log, result } = await upload(page, host, [FILES[0]])
  assert.equal(result.successful.length, 0, 'no success')
  assert.equal(result.failed.length, 1)
  assert.equal(log.filter(({ event }) => event === 'upload-error').length, 1)
  assert.deepEqual(await store.keys(), before, 'nothing was stored')
  await page.sweep()
  const { error } = log.find(({ event }) => event === 'upload-error')
  return { code: `${error.kind}.${error.code}`, status: error.status, retry: error.retryable, says: error.message }
}

inBrowsers(
  (session) => {
    for (const slash of ['', '/']) {
      test(`three files, metadata, and their keys; root ${slash ? 'with' : 'without'} its last slash`, async () => {
        await withCompanion(store.companion(), {}, async (companion) => {
          const page = await open(await session(), site)
          const { files, log } = await upload(page, companion.root + slash, FILES, META)
          assert.deepEqual(
            files.map(({ name, status }) => [name, status]),
            FILES.map(([name]) => [name, 'done']),
            JSON.stringify(log),
          )
          assert.equal(companion.log.length, FILES.length, 'one question a file')
          for (const [name, size, seed, type] of FILES) {
            const asked = companion.log.find(
              ({ url }) => new URL(url, 'http://x').searchParams.get('filename') === name,
            )
            const chosen = asked?.body.fields.key
            assert.equal(chosen.slice(36), `-${name}`, "Companion's own keys are a UUID and the name")
            assert.equal(files.find((file) => file.name === name).key, chosen, 'file.meta.key is what Companion chose')
            const object = await store.read(chosen)
            await sameBytes(object.body, seed, size)
            if (type) assert.equal(object.type, type)
            assert.equal(object.metadata.album, META.album)
            assert.equal(object.metadata.caption, META.caption)
          }
          await page.sweep()
        })
      })
    }

    test('a file in parts; what is given up is aborted', async () => {
      const s3 = store.companion({ awsClientOptions: { requestChecksumCalculation: 'WHEN_REQUIRED' } })
      await withCompanion(s3, {}, async ({ root, log }) => {
        const page = await open(await session(), site)
        const file = ['parts.bin', 11 * MIB + 1, 9, 'application/octet-stream']
        const options = { host: root, shouldUseMultipart: true, retryDelays: [0, 10] }
        const report = await page.run(
          (options, file) => {
            const getChunkSize = () => 5 * 1024 * 1024
            return globalThis.kit.upload({ ...options, getChunkSize }, [file])
          },
          options,
          file,
        )
        assert.deepEqual(report.result.failed, [], JSON.stringify(report.log))
        const [{ key }] = report.files
        await sameBytes((await store.read(key)).body, file[2], file[1])
        assert.ok(
          log.some(({ url }) => url.includes('/batch?')),
          'Companion signed several parts at once',
        )
        await page.sweep()
      })
    })

    test('the checksum of nothing, signed into every address of a part: named, with its cure', async () => {
      await withCompanion(
        store.companion({ awsClientOptions: { requestChecksumCalculation: 'WHEN_SUPPORTED' } }),
        {},
        async ({ root }) => {
          const page = await open(await session(), site)
          const report = await page.run(
            (host) =>
              globalThis.kit.upload({ host, shouldUseMultipart: true, retryDelays: [] }, [
                ['parts.bin', 6 * 1024 * 1024, 9],
              ]),
            root,
          )
          const { error } = report.log.find(({ event }) => event === 'upload-error')
          assert.deepEqual([error.kind, error.code], ['config', 'empty_checksum'])
        },
      )
    })

    test('below a path, with a key of its own', async () => {
      const s3 = store.companion({ getKey: () => 'a folder/тест.bin' })
      await withCompanion(s3, { path: '/companion' }, async ({ root, log }) => {
        const page = await open(await session(), site)
        const { files } = await upload(page, root, [FILES[0]])
        assert.equal(files[0].key, 'a folder/тест.bin')
        assert.equal(log[0].body.fields.key, files[0].key)
        await sameBytes((await store.read(files[0].key)).body, FILES[0][2], FILES[0][1])
      })
    })

    for (const [name, { s3, options = {}, ...verdict }] of Object.entries(REFUSALS)) {
      test(name, async () => {
        await withCompanion(store.companion(s3), options, async ({ root }) => {
          assert.deepEqual(await failure(session, root), verdict)
        })
      })
    }

    test('a store that is down, which a page cannot tell from a store without CORS rules', async () => {
      const endpoint = `http://127.0.0.1:${await freePort()}`
      await withCompanion(store.companion({ endpoint }), {}, async ({ root }) => {
        assert.deepEqual(await failure(session, root), {
          code: 'config.cors',
          status: 0,
          retry: true,
          says: MISCONFIGURED,
        })
      })
    })

    test('a Companion that is down', async () => {
      const root = `http://127.0.0.1:${await freePort()}`
      assert.deepEqual(await failure(session, root), {
        code: 'sign.unavailable',
        status: 0,
        retry: true,
        says: NOT_STARTED,
      })
    })
  },
  ['chromium'],
)
