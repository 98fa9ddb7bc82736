// The media store for TinaCMS in a page with a strict policy, called as TinaCMS calls it, against a server that answers as
// next-tinacms-s3 does, in front of the embedded store.

import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { KEYS, serveMedia } from './lib/tina.js'
import { keysIn, sameFile } from './lib/verify.js'

/** @type {string[]} */
let asked
const rig = withRig({ args: ['--s3-key-pair', `${KEYS.id}:${KEYS.secret}`] }, async (rig) => {
  asked = serveMedia(rig.site, { folder: rig.folder, endpoint: rig.store.url })
  return async () => {}
})
beforeEach(() => asked.splice(0))

inBrowsers((session, browser) => {
  /** A page with a store in it, as somebody who is signed in. @param {object} [options] of the store @param {string} [clientId] */
  const visit = async (options = {}, clientId = 'editor') => {
    const policy = [
      ...[
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
      ],
      `connect-src 'self' ${rig.store.url}`,
    ]
    const page = await open(await session(), rig.site, `/page/blank.html?csp=${encodeURIComponent(policy.join('; '))}`)
    await page.run(
      async (options, clientId) => {
        kit.refused = []
        addEventListener('securitypolicyviolation', (event) => kit.refused.push(event.violatedDirective))
        const { createMediaStore } = await kit.load('/pkg/tina.js')
        const Store = createMediaStore({ uploader: { retryDelays: [0, 20, 50] }, ...options })
        const authProvider = { fetchWithToken: (url, init) => fetch(url, init) }
        kit.store = new Store({ clientId, authProvider, schema: { config: { config: { build: {} } } } })
        kit.panel = () => document.body.querySelector('.filechute-panels file-chute')
        /** Begins an upload; what comes of it is kept. @param {[directory: string, ...file: any[]][]} items */
        kit.persist = (items) => {
          kit.outcome = undefined
          kit.store.persist(items.map(([directory, ...file]) => ({ directory, file: kit.file(...file) }))).then(
            (media) => (kit.outcome = { media }),
            (error) => (kit.outcome = { error: String(error) }),
          )
        }
      },
      options,
      clientId,
    )
    return page
  }
  /** The directory of this browser: all share the bucket. */
  const place = `photos-${browser}`
  const outcome = (page) => page.run(() => kit.until(() => kit.outcome, 'what persist resolves to'))
  const gone = (page) => page.run(() => kit.until(() => !kit.panel(), 'the end of the panel'))

  test('a batch: every byte, one panel while it lasts, names that are safe and apart', async () => {
    const page = await visit()
    // It breaks once on the way: nobody is asked, and nobody notices.
    await rig.store.rules({ match: { method: 'PUT' }, times: 1, fault: { kind: 'internal-error' } })
    const shown = await page.run(async (place) => {
      kit.persist([
        [`${place}/`, 'none.txt', 0, 10, 'text/plain'],
        [place, 'one #1.bin', 1, 1],
        [place, 'one #1.bin', 1, 2],
        [place, 'large.bin', 6 << 20, 3],
      ])
      await kit.until(() => kit.panel()?.uploader?.getFiles().length === 4, 'four files in the panel')
      const panels = document.querySelectorAll('file-chute').length
      const { right, bottom } = kit.panel().getBoundingClientRect()
      return {
        panels,
        inside: right <= innerWidth && bottom <= innerHeight,
        title: kit.panel().querySelector('header').firstChild.data,
      }
    }, place)
    assert.deepEqual(shown, { panels: 1, inside: true, title: 'Uploads' })
    const { media } = await outcome(page)
    const names = ['none.txt', 'one-1.bin', 'one-1-2.bin', 'large.bin']
    const src = (name) => `https://cdn.example/${place}/${name}`
    assert.deepEqual(
      media,
      names.map((filename, at) => ({
        type: 'file',
        id: `${place}/${filename}`,
        filename,
        directory: at === 0 ? `${place}/` : place,
        src: src(filename),
        thumbnails: { '75x75': src(filename), '400x400': src(filename), '1000x1000': src(filename) },
      })),
    )
    const sizes = [0, 1, 1, 6 << 20]
    for (const [at, { id }] of media.entries()) await sameFile(rig.folder, id, at === 0 ? 10 : at, sizes[at])
    await gone(page)
    assert.deepEqual(await page.run(() => kit.refused), [])

    // What was uploaded is in the list, and goes from there by its key.
    const list = await page.run(async (place) => (await kit.store.list({ directory: place, limit: 20 })).items, place)
    assert.deepEqual(list.map(({ filename }) => filename).sort(), [...names].sort())
    await page.run((one) => kit.store.delete(one), media[1])
    const left = await page.run(async (place) => (await kit.store.list({ directory: place })).items, place)
    assert.deepEqual(left.length, 3)
  })

  test('one that is there already: the server says so, the others are kept, and the person closes the panel', async () => {
    const page = await visit()
    await mkdir(join(rig.folder, place), { recursive: true })
    await writeFile(join(rig.folder, place, 'taken.txt'), 'mine')
    const told = await page.run(async (place) => {
      kit.persist([
        [place, 'taken.txt', 5, 5, 'text/plain'],
        [place, 'free.txt', 7, 7, 'text/plain'],
      ])
      const words = await kit.until(
        () => kit.panel()?.shadowRoot.querySelector('.fc-row[data-state=failed] .fc-state')?.textContent,
        'the words of the server',
      )
      await kit.until(() => kit.panel().uploader.getTotals().done === 1, 'the other file')
      await kit.painted()
      return { words, early: kit.outcome !== undefined }
    }, place)
    assert.deepEqual(told, { words: 'Key already exists.', early: false })
    // No is no: it was not asked again and again.
    assert.equal(asked.filter((line) => line === 'GET /upload_url').length, 2)
    await page.run(() => kit.panel().querySelector('button').click())
    const { media } = await outcome(page)
    assert.deepEqual(
      media.map(({ filename }) => filename),
      ['free.txt'],
    )
    await gone(page)
    await sameFile(rig.folder, `${place}/free.txt`, 7, 7)
  })

  test('a store that is down: the person tries again, and what comes then is part of the batch', async () => {
    // A bundler may have lost the way to the WebAssembly.
    const page = await visit({ uploader: { retryDelays: [] }, files: '/pkg' })
    await rig.store.rules({ match: { method: 'PUT' }, times: 1, fault: { kind: 'internal-error' } })
    await page.run(async (place) => {
      kit.persist([[place, 'later.bin', 2000, 9]])
      const failed = await kit.until(() => kit.panel()?.uploader?.getTotals().failed === 1, 'the failure')
      await kit.painted()
      kit.el = kit.panel()
      if (!failed || kit.outcome) throw new Error('it does not wait for the person')
      kit.root().querySelector('.fc-row [data-do="retry"]').click()
    }, place)
    const { media } = await outcome(page)
    assert.equal(media.length, 1)
    await sameFile(rig.folder, `${place}/later.bin`, 9, 2000)
  })

  test('what is too large never leaves, and is told; one that is taken out is no part of the batch', async () => {
    const page = await visit({ maxSize: 1000 })
    const before = (await keysIn(rig.folder)).length
    await page.run((place) => kit.persist([[place, 'huge.bin', 1001, 1]]), place)
    assert.deepEqual(await outcome(page), { media: [] })
    const text = await page.run(async () => {
      await kit.painted()
      kit.el = kit.panel()
      return kit.text()
    })
    assert.match(text, /huge\.bin/)
    assert.deepEqual([asked, (await keysIn(rig.folder)).length], [[], before])
    // Nothing that is dropped on the panel itself is taken.
    await page.run(async () => {
      kit.drop([kit.file('stray.txt', 3, 3)])
      await kit.painted()
      if (kit.panel().uploader.getFiles().length > 0) throw new Error('a stray file')
      kit.panel().querySelector('button').click()
    })
    await gone(page)
  })

  test('somebody who is not signed in', async () => {
    const page = await visit({}, 'nobody')
    const said = await page.run(async (place) => {
      const error = await kit.store.list({ directory: place }).catch((error) => error)
      kit.persist([[place, 'a.txt', 3, 3]])
      const words = await kit.until(
        () => kit.panel()?.shadowRoot.querySelector('.fc-row[data-state=failed] .fc-state')?.textContent,
        'the words of the server',
      )
      return [error.ERR_TYPE, error.title, words]
    }, place)
    assert.deepEqual(said, ['MediaListError', 'Not signed in', 'Sorry this user is unauthorized.'])
  })
})
