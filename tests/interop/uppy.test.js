// The real Uppy client with our host: what it stores, whole and in parts, what it is told, and how it shows refusals.

import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { inBrowsers } from '../e2e/lib/browsers.js'
import { ROOT } from '../e2e/lib/env.js'
import { open } from '../e2e/lib/page.js'
import { startDevHost, startHost } from '../e2e/lib/servers.js'
import { startSite } from '../e2e/lib/site.js'
import { keysIn, sameBytes, sameFile } from '../e2e/lib/verify.js'
import { startStore } from './lib/store.js'

/** `[name, size, seed, type]` */
const FILES = [
  ['тест a+b.txt', 1234, 1, 'text/plain'],
  ['empty.txt', 0, 2, 'text/plain'],
  ['mebi', 1024 * 1024, 3, ''],
]
const META = { album: 'a+b & c=d', caption: '"100%" / [x]' }
const BUNDLE = '/interop/uppy.js'

/** As Uppy escapes keys in locations. @param {string} key */
const escaped = (key) =>
  key.replace(/[^/]+/g, (part) =>
    encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
  )

let site
before(async () => {
  const outfile = join(ROOT, 'target/interop/uppy.js')
  await mkdir(join(ROOT, 'target/interop'), { recursive: true })
  const entry = fileURLToPath(new URL('uppy-client.js', import.meta.url))
  await build({ entryPoints: [entry], bundle: true, format: 'esm', target: 'es2022', outfile, logLevel: 'warning' })
  site = await startSite()
  site.routes.set(BUNDLE, (_, response) => {
    response.setHeader('content-type', 'text/javascript; charset=utf-8')
    createReadStream(outfile).pipe(response)
  })
})
after(() => site?.stop())

/** Runs `tests` with a host of these settings. */
async function withHost(env, tests) {
  const host = await startDevHost({ origins: [site.origin], env })
  try {
    return await tests(host)
  } finally {
    await host.stop()
  }
}

/** Uploads with Uppy, in a page. */
async function upload(session, host, files = FILES, meta = {}, options = {}) {
  const page = await open(await session(), site)
  return page.run(
    async (bundle, host, files, meta, options) => {
      const { kit } = globalThis
      const uppy = await kit.load(bundle)
      return uppy.upload(
        host,
        files.map((file) => kit.file(...file)),
        meta,
        options,
      )
    },
    BUNDLE,
    host,
    files,
    meta,
    options,
  )
}

/** Holds Uppy's successes against the bucket's address, and gives keys by name. */
function keys({ events, successful, failed }, bucket) {
  assert.deepEqual(failed, [], JSON.stringify(events))
  assert.deepEqual(successful.toSorted(), FILES.map(([name]) => name).toSorted())
  assert.equal(events.length, FILES.length, 'one event a file')
  return Object.fromEntries(
    events.map(({ event, name, response }) => {
      assert.equal(event, 'upload-success')
      assert.ok(response.body.key, 'Uppy knows the key')
      assert.equal(response.body.location, `${bucket}/${escaped(response.body.key)}`)
      assert.equal(response.uploadURL, response.body.location)
      return [name, response.body.key]
    }),
  )
}

/** Uploads one file that is refused, and holds what a person is shown against `says`. */
async function refused(session, url, says, status) {
  const { events, successful, failed, shown } = await upload(session, url, [FILES[0]])
  assert.deepEqual([successful, failed], [[], [FILES[0][0]]])
  assert.equal(events.length, 1, JSON.stringify(events))
  const [{ event, message, status: told }] = events
  assert.deepEqual({ event, message, told: told ?? undefined }, { event: 'upload-error', message: says, told: status })
  assert.equal(shown[0].error, says, 'Uppy shows it')
  assert.ok(!shown[0].done)
}

inBrowsers(
  (session) => {
    for (const slash of ['', '/']) {
      test(`three files to the embedded store; root ${slash ? 'with' : 'without'} its last slash`, async () => {
        await withHost({}, async ({ url, s3, folder }) => {
          const stored = keys(await upload(session, url + slash, FILES, META), `${s3}/uploads`)
          for (const [name, size, seed] of FILES) await sameFile(folder, stored[name], seed, size)
          assert.equal((await keysIn(folder)).length, FILES.length)
        })
      })
    }

    test('a file in parts, whose parts Uppy signs, sends and completes at our host', async () => {
      const [name, size, seed] = ['parts.bin', 12 * 1024 * 1024 + 1, 7]
      await withHost({}, async ({ url, folder }) => {
        const file = [name, size, seed, 'application/octet-stream']
        const report = await upload(session, url, [file], META, { shouldUseMultipart: true })
        assert.deepEqual(report.failed, [], JSON.stringify(report.events))
        const [key] = await keysIn(folder)
        assert.equal(report.events[0].response.body.key.split('/').at(-1), key)
        await sameFile(folder, key, seed, size)
      })
    })

    test('three files to SeaweedFS, with their metadata', async () => {
      const store = await startStore([site.origin])
      try {
        const stored = keys(await upload(session, store.host, FILES, META), `${store.endpoint}/${store.bucket}`)
        for (const [name, size, seed, type] of FILES) {
          const object = await store.read(stored[name])
          await sameBytes(object.body, seed, size)
          assert.equal(object.type, type || 'application/octet-stream')
          assert.equal(object.metadata.album, META.album)
          assert.equal(object.metadata.caption, META.caption)
          assert.ok(!('relativepath' in object.metadata), "Uppy's relativePath=null is no metadata")
        }
      } finally {
        await store.stop()
      }
    })

    test('a file that is larger than the host allows: the store refuses, Uppy shows an error', async () => {
      await withHost({ FILECHUTE_MAX_SIZE: '1000' }, async ({ url, folder }) => {
        // Its words for any answer of a store but success.
        const says =
          'This looks like a network error, the endpoint might be blocked by an internet provider or a firewall.'
        await refused(session, url, says, 400)
        assert.deepEqual(await keysIn(folder), [], 'nothing was stored')
      })
    })

    test('a file of a type that the host does not allow: Uppy shows an error', async () => {
      await withHost({ FILECHUTE_ALLOWED_TYPES: 'image/*' }, async ({ url, folder }) => {
        await refused(session, url, 'Companion request failed: Unsupported Media Type')
        assert.deepEqual(await keysIn(folder), [], 'nothing was stored')
      })
    })

    test('a host that wants a token, which this Uppy cannot send: Uppy shows an error', async () => {
      const env = {
        FILECHUTE_ANONYMOUS: 'false',
        FILECHUTE_TOKEN: 'a token of the test',
        FILECHUTE_BUCKET: 'uploads',
        AWS_ACCESS_KEY_ID: 'id',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_REGION: 'us-east-1',
      }
      const host = await startHost({ origins: [site.origin], env })
      try {
        await refused(session, host.url, 'Companion request failed: Unauthorized')
      } finally {
        await host.stop()
      }
    })
  },
  ['chromium'],
)
