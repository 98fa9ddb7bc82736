// What is loaded when it is first needed. The second module: a page whose files are small and welcome never loads it, one that
// needs it does. And where that, or a piece of the interface, cannot be had, nothing else suffers.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { PKG } from './lib/env.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { sameFile } from './lib/verify.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })
const forms = withRig({ env: { FILECHUTE_METHOD: 'POST' } })

const SIZE = 5000
const LARGE = 6 << 20
const REFUSED = { match: { method: 'PUT' }, fault: { kind: 'denied' } }

/** Uploads, and says whether the page loaded the second module. @param {any} page @param {object} options @param {any[]} files @param {string} [from] */
const upload = (page, options, files, from = '/pkg/index.js') =>
  page.run(
    async (options, files, from) => {
      const { createUploader } = await kit.load(from)
      const uploader = await createUploader({ retryDelays: [10, 20], ...options })
      for (const file of files) uploader.addFile(kit.file(...file))
      const failed = []
      uploader.on('upload-error', ({ name }, { kind, code, help, retryable }) =>
        failed.push([name, `${kind}.${code}`, help ?? '', retryable]),
      )
      const { successful } = await uploader.upload()
      const more = performance.getEntriesByType('resource').filter(({ name }) => name.includes('filechute-more'))
      uploader.destroy()
      return {
        keys: successful.map(({ meta }) => meta.key),
        failed,
        more: more.length,
      }
    },
    options,
    files,
    from,
  )

inBrowsers((session, browser) => {
  for (const [method, place] of [
    ['PUT', rig],
    ['POST', forms],
  ]) {
    test(`${method}: small files that the store takes need one module`, async () => {
      const page = await open(await session(), place.site)
      const { keys, failed, more } = await upload(page, { host: place.url }, [
        ['a.bin', SIZE, 1],
        ['b.bin', 0, 2],
      ])
      assert.deepEqual([keys.length, failed, more], [2, [], 0])
      await sameFile(
        place.folder,
        keys.find((key) => key.includes('a.bin')),
        1,
        SIZE,
      )
    })
  }

  test('a refusal loads the other, which knows why', async () => {
    await rig.store.rules(REFUSED)
    const page = await open(await session(), rig.site)
    const { failed, more } = await upload(page, { host: rig.url }, [['a.bin', SIZE, 1]])
    assert.equal(more, 1)
    assert.deepEqual(failed[0].slice(0, 2), ['a.bin', 's3.AccessDenied'])
    assert.match(failed[0][2], /credentials may not write/)
    await rig.store.rules()
  })

  test('one in parts loads it once, for all uploaders of the page', async () => {
    const page = await open(await session(), rig.site)
    const options = { host: rig.url, shouldUseMultipart: true }
    for (const seed of [1, 2]) {
      const { keys, more } = await upload(page, options, [['large.bin', LARGE, seed]])
      assert.equal(more, 1)
      await sameFile(rig.folder, keys[0], seed, LARGE)
    }
  })

  test('where it cannot be had, a file in parts fails and may be tried again; others arrive', async () => {
    const page = await open(await session(), rig.site)
    const options = { host: rig.url }
    const large = { ...options, shouldUseMultipart: true }
    const parts = await upload(page, large, [['large.bin', LARGE, 1]], '/nomore/index.js')
    assert.deepEqual(
      parts.failed.map(([name, code, , again]) => [name, code, again]),
      [['large.bin', 'network.load', true]],
    )
    const { keys, failed } = await upload(page, options, [['a.bin', SIZE, 3]], '/nomore/index.js')
    assert.deepEqual([keys.length, failed], [1, []])
    assert.match((await page.run(() => kit.traces())).console, /filechute-more\.wasm could not be loaded.*404/)
    // A refusal that nobody can read is tried again, then told by its status.
    await rig.store.rules(REFUSED)
    const unread = await upload(page, options, [['b.bin', SIZE, 4]], '/nomore/index.js')
    assert.deepEqual(
      unread.failed.map(([name, code]) => [name, code]),
      [['b.bin', 's3.403']],
    )
    await rig.store.rules()
  })

  test('its place can be said', async () => {
    const page = await open(await session(), rig.site)
    await page.run(async () => {
      const { configure } = await kit.load('/nomore/index.js')
      configure({ more: '/pkg/filechute-more.wasm' })
    })
    const options = { host: rig.url, shouldUseMultipart: true }
    const { keys } = await upload(page, options, [['large.bin', LARGE, 5]], '/nomore/index.js')
    await sameFile(rig.folder, keys[0], 5, LARGE)
  })

  test('a piece of the interface that could not be loaded: told once, all else works, and it comes when it can', async () => {
    const page = await open(await session(), rig.site)
    const lists = readdirSync(PKG).find((name) => /^chunk-lists-.*\.js$/.test(name))
    let asked = 0
    rig.site.routes.set(`/pkg/${lists}`, (_, response) => {
      asked += 1
      response.writeHead(503).end()
    })
    const before = await page.run(async (host) => {
      kit.scripts = []
      addEventListener('error', (event) => {
        kit.scripts.push(event.message)
        event.preventDefault()
      })
      await kit.element({ host, multiple: '', selectable: '' })
      kit.drop([kit.file('a.bin', 400, 1), kit.file('b.bin', 500, 2)])
      await kit.until(() => kit.scripts.length > 0, 'the complaint')
      const { successful } = await kit.el.uploader.upload()
      await kit.painted()
      return { told: kit.scripts.length, uploaded: successful.length, rows: kit.rows().map(({ words }) => words) }
    }, rig.url)
    assert.deepEqual(before, { told: 1, uploaded: 2, rows: ['Uploaded', 'Uploaded'] })
    assert.equal(asked, 1)

    rig.site.routes.delete(`/pkg/${lists}`)
    // Firefox remembers that a module could not be had for as long as the page lives.
    if (browser === 'firefox') return
    await page.run(async () => {
      // Whatever is painted next after ten seconds asks again.
      const added = setInterval(() => kit.drop([kit.file(`${kit.rows().length}.bin`, 10, 3)]), 1000)
      await kit.until(() => kit.root().querySelectorAll('.fc-row [part="check"]').length > 1, 'the checkboxes', 30_000)
      clearInterval(added)
    })
  })
})
