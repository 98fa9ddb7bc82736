// What is asked of the host, of a page's own callback and of the store, and what the page hears of its own verbs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { sameFile } from './lib/verify.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })
const SIZE = 1000

/** Questions to the host, with their queries taken apart. */
const asked = async () =>
  (await rig.signer.log())
    .filter(({ method, path }) => method === 'GET' && path === '/s3/params')
    .map(({ query }) => Object.fromEntries(new URLSearchParams(query)))

/** Names of the meta that a question carries, and its values. */
const metadata = (query) =>
  Object.fromEntries(
    Object.entries(query)
      .filter(([name]) => name.startsWith('metadata['))
      .map(([name, value]) => [name.slice('metadata['.length, -1), value]),
  )

/** How many requests with exactly that header came by a proxy. */
async function counting(proxy, match, act) {
  await proxy.rules({ match, fault: { kind: 'delay', ms: 1 } })
  await act()
  const [{ used }] = await proxy.control('')
  return used
}

inBrowsers((session) => {
  test('the signal of getUploadParameters fires by pause, removal, cancel and timeout, and not by an answer', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const signals = {}
      const uploader = await kit.uploader({
        retryDelays: [],
        getUploadParameters: async (file, { signal }) => {
          signals[file.name] = signal
          if (file.name !== 'answered.bin') return new Promise(() => {})
          return (await fetch(`${host}/s3/params?filename=${file.name}&type=${file.type}`, { signal })).json()
        },
      })
      const names = ['answered.bin', 'paused.bin', 'removed.bin', 'cancelled.bin']
      const ids = names.map((name, i) => uploader.addFile(kit.file(name, 1000, i + 1)))
      const done = uploader.upload()
      const fired = () => names.filter((name) => signals[name].aborted)
      await kit.until(() => names.every((name) => signals[name]), 'four questions')
      await kit.event('upload-success')
      const states = [fired()]
      uploader.pauseResume(ids[1])
      states.push(fired())
      uploader.removeFile(ids[2])
      states.push(fired())
      uploader.cancelAll()
      states.push(fired())
      await done

      uploader.setOptions({ timeout: 200 })
      uploader.addFile(kit.file('late.bin', 1000, 9))
      await uploader.upload()
      return { states, late: signals['late.bin'].aborted, code: kit.of('upload-error')[0]?.error.code }
    }, rig.url)
    const [paused, removed, cancelled] = ['paused.bin', 'removed.bin', 'cancelled.bin']
    assert.deepEqual(seen.states, [[], [paused], [paused, removed], [paused, removed, cancelled]])
    assert.deepEqual([seen.late, seen.code], [true, 'timeout'])
  })

  test('credentials: cookies go to the host with "include" only', async () => {
    const page = await open(await session(), rig.site)
    const match = { path: '/s3/params', header: { cookie: 'visitor=me' } }
    for (const [credentials, cookies] of [
      ['include', 1],
      ['omit', 0],
      [undefined, 0],
    ]) {
      const came = await counting(rig.signer, match, async () => {
        const { result } = await page.run(
          async (host, credentials) => {
            // A cookie knows no ports, so the host at another one has it too.
            // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store
            document.cookie = 'visitor=me; path=/'
            try {
              return await kit.upload({ host, ...(credentials ? { credentials } : {}) }, [['a.bin', 1000, 1]])
            } finally {
              // biome-ignore lint/suspicious/noDocumentCookie: as above
              document.cookie = 'visitor=; path=/; max-age=0'
            }
          },
          rig.url,
          credentials,
        )
        assert.equal(result.successful.length, 1, `credentials: ${credentials}`)
      })
      assert.equal(came, cookies, `credentials: ${credentials}`)
    }
  })

  test('headers as an object go to the host with each question', async () => {
    const page = await open(await session(), rig.site)
    const came = await counting(rig.signer, { header: { authorization: 'Bearer token' } }, async () => {
      const files = [
        ['a.bin', SIZE, 1],
        ['b.bin', SIZE, 2],
      ]
      const options = { host: rig.url, headers: { authorization: 'Bearer token' } }
      const { result } = await page.run((...args) => kit.upload(...args), options, files)
      assert.equal(result.successful.length, 2)
    })
    assert.equal(came, 2)
    // And not to the store, nor into anything that can be read.
    const traces = await page.sweep()
    for (const [where, text] of Object.entries(traces)) assert.doesNotMatch(text, /Bearer token/, where)
  })

  test('allowedMetaFields: only what is named leaves the page; setMeta reaches files there and to come', async () => {
    const page = await open(await session(), rig.site)
    const wanted = { everything: { colour: 'red', size: 'XL', of: 'early' }, named: { colour: 'red' }, nothing: {} }
    for (const [name, allowedMetaFields] of [
      ['everything', true],
      ['named', ['colour']],
      ['nothing', false],
    ]) {
      await rig.signer.reset()
      const { result, metas } = await page.run(
        async (host, allowedMetaFields) => {
          const uploader = await kit.uploader({ host, allowedMetaFields, meta: { colour: 'blue' } })
          uploader.addFile(kit.file('early.bin', 1000, 1))
          uploader.setMeta({ colour: 'red', size: 'XL' })
          uploader.setFileMeta(uploader.getFiles()[0].id, { of: 'early' })
          uploader.addFile(kit.file('later.bin', 1000, 2))
          const metas = uploader.getFiles().map(({ meta: { colour, size, of } }) => ({ colour, size, of }))
          return { ...kit.report(uploader, await uploader.upload()), metas }
        },
        rig.url,
        allowedMetaFields,
      )
      assert.deepEqual(metas, [
        { colour: 'red', size: 'XL', of: 'early' },
        { colour: 'red', size: 'XL' },
      ])
      assert.equal(result.successful.length, 2)
      const questions = await asked()
      // The names and types of files are told anyway, by parameters of their own.
      const { name: _, type: __, ...early } = metadata(questions.find(({ filename }) => filename === 'early.bin'))
      assert.deepEqual(early, wanted[name], name)
      const { of } = metadata(questions.find(({ filename }) => filename === 'later.bin'))
      assert.equal(of, undefined)
    }
  })

  test('allowAuthorization: a header that is refused otherwise goes to the store', async () => {
    const page = await open(await session(), rig.site)
    const allow = {
      'access-control-allow-headers': 'authorization, content-type',
      'access-control-allow-methods': 'PUT',
    }
    await rig.store.rules(
      { match: { method: 'OPTIONS' }, fault: { kind: 'status', status: 204, headers: allow } },
      { match: { method: 'PUT', header: { authorization: 'Bearer to S3' } }, fault: { kind: 'empty-200' } },
    )
    const { result } = await page.run(async (store) => {
      const uploader = await kit.uploader({
        retryDelays: [],
        allowAuthorization: true,
        getUploadParameters: () => ({ url: `${store}/uploads/mine.bin`, headers: { authorization: 'Bearer to S3' } }),
      })
      uploader.addFile(kit.file('a.bin', 1000, 1))
      return kit.report(uploader, await uploader.upload())
    }, rig.store.url)
    assert.deepEqual(result.failed, [])
    const [, put] = await rig.store.control('')
    assert.equal(put.used, 1)
  })

  test('pause, resume and retry: what their events carry', async () => {
    await rig.store.rules({ match: { path: 'bad.bin' }, times: 1, fault: { kind: 'denied' } })
    const page = await open(await session(), rig.site)
    const { told, keys } = await page.run(async (host) => {
      const uploader = await kit.uploader({ host, retryDelays: [] })
      const told = []
      const brief = (value) => value?.name ?? (Array.isArray(value) ? value.map(({ name }) => name) : value)
      for (const event of ['upload-pause', 'upload-retry', 'pause-all', 'resume-all', 'retry-all', 'cancel-all']) {
        uploader.on(event, (...args) => told.push([event, ...args.map(brief)]))
      }
      const [good, bad] = ['good.bin', 'bad.bin'].map((name, i) => uploader.addFile(kit.file(name, 1000, i + 1)))
      uploader.setOptions({ limit: 1 })
      const done = uploader.upload()
      told.push(['pauseResume', uploader.pauseResume(good), uploader.getFile(good).isPaused])
      told.push(['pauseResume', uploader.pauseResume(good), uploader.getFile(good).isPaused])
      uploader.pauseAll()
      uploader.resumeAll()
      await done
      await uploader.retryUpload(bad)
      await uploader.retryAll()
      const keys = uploader.getFiles().map(({ meta }) => meta.key)
      uploader.cancelAll()
      return { told, keys }
    }, rig.url)
    assert.deepEqual(told, [
      ['upload-pause', 'good.bin', true],
      ['pauseResume', true, true],
      ['upload-pause', 'good.bin', false],
      ['pauseResume', false, false],
      ['pause-all'],
      ['resume-all'],
      ['upload-retry', 'bad.bin'],
      ['retry-all', []],
      ['cancel-all'],
    ])
    for (const [at, key] of keys.entries()) await sameFile(rig.folder, key, at + 1, SIZE)
  })

  test('clear: everything goes, what runs is closed, and nobody hears of a cancellation', async () => {
    await rig.store.rules({ match: { path: 'slow.bin' }, fault: { kind: 'stall' } })
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const uploader = await kit.uploader({ host, meta: { kept: 'yes' } })
      uploader.addFile(kit.file('done.bin', 10, 1))
      await uploader.upload()
      uploader.addFile(kit.file('slow.bin', 1000, 2))
      const running = uploader.upload()
      const core = await kit.core(uploader)
      await kit.until(() => core.stats().closures > 0, 'a request')
      uploader.addFile(kit.file('idle.bin', 10, 3))
      uploader.clear()
      const { successful, failed } = await running
      const after = {
        files: uploader.getFiles().length,
        stats: core.stats(),
        ended: [successful.length, failed.length],
      }
      // It can go on, with the meta and as if nothing had been there.
      uploader.addFile(kit.file('done.bin', 10, 1))
      const again = await uploader.upload()
      return {
        ...after,
        again: again.successful.map(({ name, meta }) => [name, meta.kept]),
        removed: kit.of('file-removed').map(({ file }) => file.name),
        cancelled: kit.of('cancel-all').length,
      }
    }, rig.url)
    assert.deepEqual(seen, {
      files: 0,
      stats: { jobs: 0, blobs: 0, closures: 0 },
      ended: [0, 0],
      again: [['done.bin', 'yes']],
      removed: ['done.bin', 'slow.bin', 'idle.bin'],
      cancelled: 0,
    })
  })
})
