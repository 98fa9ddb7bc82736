// What an earlier visit left unfinished, as a person meets it: the page is loaded again in mid-upload, the element says what
// was not finished, and the file is chosen again, changed meanwhile, or given up.

import assert from 'node:assert/strict'
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Key } from 'selenium-webdriver'
import { inBrowsers } from './lib/browsers.js'
import { blocks } from './lib/content.js'
import { onNode, open } from './lib/page.js'
import { eventually } from './lib/processes.js'
import { withRig } from './lib/rig.js'
import { temporaryFolder } from './lib/servers.js'
import { keysIn, sameFile } from './lib/verify.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })

const PART = 5 * 1024 * 1024
const SIZE = 2 * PART + 12_345
const SEED = 7
const NAME = 'Holiday film.mp4'

let disk
/** The same name, size and date; the second one has other bytes. */
const path = (folder) => join(disk.path, folder, NAME)
before(async () => {
  disk = await temporaryFolder()
  for (const [folder, seed] of /** @type {[string, number][]} */ ([
    ['right', SEED],
    ['wrong', SEED + 1],
  ])) {
    await mkdir(join(disk.path, folder))
    await writeFile(path(folder), Buffer.concat(Array.from(blocks(seed, SIZE), (block) => Buffer.from(block))))
    await utimes(path(folder), 1_700_000_000, 1_700_000_000)
  }
})
after(() => disk?.remove())

/** A page with an element that cuts files small. */
async function visit(session, attributes = {}, options = {}) {
  const page = await open(await session(), rig.site)
  await page.run(
    (attributes, part, options) =>
      kit
        .element(attributes, {
          shouldUseMultipart: () => true,
          getChunkSize: () => part,
          retryDelays: [20],
          ...options,
        })
        .then(() => undefined),
    { host: rig.url, multiple: '', limit: '1', ...attributes },
    PART,
    options,
  )
  return page
}

/** The picker is the browser's own: it is seen to be asked for, and a file handed to the input in its place. */
async function choose(page, button, file) {
  const asked = await page.run((button) => {
    const input = kit.root().querySelector('input[type=file]')
    let asked
    const hear = (event) => {
      event.preventDefault()
      asked = { camera: input.getAttribute('capture') }
    }
    input.addEventListener('click', hear)
    kit.root().querySelector(`[data-do="${button}"]`).click()
    input.removeEventListener('click', hear)
    return asked
  }, button)
  await onNode(page.driver, 'return kit.root().querySelector("input[type=file]")', [], (input) => input.sendKeys(file))
  return asked
}

const parts = async () =>
  (await rig.store.log()).filter(({ method, query }) => method === 'PUT' && /partNumber=/.test(query ?? ''))

/** A visit that ends in the second part. */
async function interrupted(session, attributes, meanwhile = () => {}) {
  await rig.store.rules({
    match: { method: 'PUT', query: 'partNumber=2' },
    fault: { kind: 'stall', afterBytes: 100_000 },
  })
  const page = await visit(session, attributes)
  const asked = await choose(page, 'pick', path('right'))
  await page.run(async () => {
    await kit.until(() => kit.rows().length === 1, 'a row')
    kit.press('upload')
    await kit.until(() => kit.el.files[0].progress.bytesUploaded >= 5 * 1024 * 1024, 'a part')
  })
  await page.run(meanwhile)
  // Parts are written down together, twice a second.
  await page.run(() => new Promise((resolve) => setTimeout(resolve, 900)))
  await rig.reset()
  return asked
}

/** The next visit, once the lock of the one before is gone. */
async function again(session, attributes, options) {
  const page = await visit(session, attributes, options)
  await page.run(() => kit.until(() => kit.shown('.fc-unfinished'), 'the note'))
  return page
}

const note = (page) =>
  page.run(() => {
    const seen = kit.root().querySelector('.fc-unfinished')
    return seen.getClientRects().length
      ? [...seen.querySelectorAll('bdi, button')].map((node) => node.textContent)
      : undefined
  })

inBrowsers((session) => {
  test('after a reload the file is chosen again, and only what was missing is sent', async () => {
    const before = (await keysIn(rig.folder)).length
    // A phone's camera has nothing to do with a file that is there already.
    const camera = { capture: 'environment' }
    assert.deepEqual(await interrupted(session, camera), { camera: 'environment' })
    const page = await again(session, camera)
    assert.deepEqual(await note(page), [
      `${NAME} was not finished: 5.2 MB of 10 MB uploaded`,
      'Choose it again',
      'Discard',
    ])
    const sent = (await parts()).length
    assert.deepEqual(await choose(page, 'continue', path('right')), { camera: null })
    const seen = await page.run(async () => {
      await kit.event('complete', 60_000)
      await kit.painted()
      return {
        keys: kit.of('upload-success').map(({ file }) => file.key),
        verified: kit.el.files[0].response.verified,
        rows: kit.rows().map(({ name, words }) => [name, words]),
        camera: kit.root().querySelector('input[type=file]').getAttribute('capture'),
      }
    })
    assert.deepEqual(seen.rows, [[NAME, 'Uploaded']])
    assert.deepEqual([seen.keys.length, seen.verified, seen.camera], [1, 'crc64nvme', 'environment'])
    assert.equal(await note(page), undefined)
    assert.equal((await parts()).length - sent, 2)
    await sameFile(rig.folder, seen.keys[0], SEED, SIZE)
    assert.equal((await keysIn(rig.folder)).length, before + 1)
    await page.sweep()
  })

  test('after a reload another file of that name is refused, and the right one still goes on', async () => {
    await interrupted(session)
    const page = await again(session)
    await choose(page, 'continue', path('wrong'))
    const refused = await page.run(async () => {
      await kit.event('complete', 60_000)
      await kit.painted()
      return kit.rows().map(({ name, words }) => [name, words])
    })
    assert.deepEqual(refused, [[NAME, 'This is not the file that was being uploaded.']])
    assert.ok(await note(page))
    await page.run(() => {
      kit.log.length = 0
    })
    await choose(page, 'continue', path('right'))
    const key = await page.run(async () => {
      await kit.event('complete', 60_000)
      return kit.of('upload-success')[0]?.file.key
    })
    await sameFile(rig.folder, key, SEED, SIZE)
  })

  test('an upload keeps its algorithm though the next visit has another', async () => {
    for (const checksum of ['sha256', 'md5']) {
      await interrupted(session)
      const page = await again(session, {}, { checksum })
      const sent = (await parts()).length
      await choose(page, 'continue', path('right'))
      const { key, verified } = await page.run(async () => {
        await kit.event('complete', 60_000)
        const [file] = kit.el.files
        return { key: file.meta.key, verified: file.response?.verified }
      })
      assert.equal(verified, 'crc64nvme', checksum)
      assert.equal((await parts()).length - sent, 2, checksum)
      await sameFile(rig.folder, key, SEED, SIZE)
    }
  })

  test('an upload is in the journal under the name that it has by then', async () => {
    await interrupted(session, {}, () => kit.el.uploader.setOptions({ resume: 'another name' }))
    const before = await visit(session)
    assert.deepEqual(await before.run(() => kit.el.uploader.getUnfinished()), [])
    const page = await again(session, {}, { resume: 'another name' })
    const sent = (await parts()).length
    await choose(page, 'continue', path('right'))
    const key = await page.run(async () => {
      await kit.event('complete', 60_000)
      return kit.of('upload-success')[0]?.file.key
    })
    assert.equal((await parts()).length - sent, 2)
    await sameFile(rig.folder, key, SEED, SIZE)
  })

  test('each unfinished upload has a row: by keyboard, in any order, and read out', async () => {
    const names = ['One.bin', 'Two.bin', 'Three.bin', 'Four.bin', 'Five.bin', 'Six.bin']
    const add = (names, size) =>
      kit.el.uploader.addFiles(names.map((name) => ({ name, data: new File([new Uint8Array(size)], name) })))
    const before = await visit(session)
    await before.run(async () => {
      kit.el.addEventListener('s3-multipart:part-uploaded', ({ detail }) => kit.el.uploader.pauseResume(detail.file.id))
    })
    await before.run(add, names, PART + 1000)
    await before.run(async () => {
      kit.press('upload')
      await kit.until(() => kit.el.files.every(({ status }) => status === 'paused'), 'all of them held')
      await new Promise((resolve) => setTimeout(resolve, 900))
    })
    const page = await again(session)
    const rows = () =>
      page.run(() => ({
        texts: [...kit.root().querySelectorAll('.fc-unfinished > li')].map((row) => row.textContent),
        labels: [...kit.root().querySelectorAll('.fc-unfinished button')].map((one) => one.getAttribute('aria-label')),
        focus: kit.root().activeElement?.getAttribute('aria-label'),
        said: kit.root().querySelector('.fc-sr[role=status]').textContent,
      }))
    const seen = await rows()
    assert.equal(seen.texts.length, 5)
    assert.equal(seen.texts[4], 'and 2 more')
    assert.match(seen.said, /\.bin was not finished: 5.2 MB of 5.2 MB uploaded$/)
    // Turned off, nothing of it acts.
    const off = await page.run(async () => {
      kit.el.disabled = true
      await kit.painted()
      const off = [...kit.root().querySelectorAll('.fc-unfinished button')].map((one) => one.disabled)
      kit.el.disabled = false
      await kit.painted()
      return off
    })
    assert.deepEqual(off, Array(8).fill(true))
    const [first, second, third, fourth] = seen.labels
      .filter((label) => label.startsWith('Discard'))
      .map((label) => label.slice('Discard: '.length))
    // The next one slides in, and the focus stays where it was.
    await page.run((label) => kit.root().querySelector(`[aria-label="Discard: ${label}"]`).focus(), second)
    await page.driver.actions().sendKeys(Key.ENTER).perform()
    await page.run(() =>
      kit.until(() => kit.root().querySelector('.fc-unfinished').textContent.includes('and 1 more'), 'one fewer'),
    )
    const after = await rows()
    assert.equal(after.focus, `Discard: ${third}`)
    assert.ok(!after.labels.includes(`Discard: ${second}`))
    // When another one goes, the focus stays with the one it is at.
    await page.run(async (first) => {
      const [{ id }] = (await kit.el.uploader.getUnfinished()).filter(({ name }) => name === first)
      kit.el.uploader.discardUnfinished(id)
      await kit.until(() => kit.root().querySelectorAll('.fc-unfinished > li').length === 4, 'one fewer')
    }, first)
    assert.equal((await rows()).focus, `Discard: ${third}`)
    // One file is asked for, whatever the list takes; and all of that when it is for the list again.
    const pickers = await page.run(async (label) => {
      kit.el.directory = true
      await kit.painted()
      const input = kit.root().querySelector('input[type=file]')
      const asked = []
      const hear = (event) => {
        event.preventDefault()
        asked.push([input.webkitdirectory, input.multiple])
      }
      input.addEventListener('click', hear)
      kit.root().querySelector(`[aria-label="Choose it again: ${label}"]`).click()
      kit.press('pick')
      input.removeEventListener('click', hear)
      kit.el.directory = false
      await kit.painted()
      return asked
    }, fourth)
    assert.deepEqual(pickers, [
      [false, false],
      [true, true],
    ])
    // Any of them can go on, not only the first.
    await page.run(
      async (label, size) => {
        kit.root().querySelector(`[aria-label="Choose it again: ${label}"]`).click()
        const input = kit.root().querySelector('input[type=file]')
        const given = new DataTransfer()
        given.items.add(new File([new Uint8Array(size)], label))
        input.files = given.files
        input.dispatchEvent(new Event('change', { bubbles: true }))
        await kit.event('complete', 60_000)
        await kit.painted()
      },
      fourth,
      PART + 1000,
    )
    assert.deepEqual(await page.run(() => kit.rows().map(({ name, words }) => [name, words])), [[fourth, 'Uploaded']])
    const left = await rows()
    assert.equal(left.texts.length, 3)
    assert.ok(left.labels.includes(`Discard: ${third}`) && !left.labels.includes(`Discard: ${fourth}`))
    // What was said is not said again, whatever becomes of the interface.
    const repeated = await page.run(async () => {
      const { el } = kit
      const parent = el.parentNode
      el.remove()
      await kit.painted()
      parent.append(el)
      await kit.until(() => kit.root().querySelector('.fc-unfinished'), 'the rows')
      const heard = []
      for (let at = 0; at < 10; at += 1) {
        heard.push(kit.root().querySelector('.fc-sr[role=status]').textContent)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      return heard.filter((text) => text.includes('not finished'))
    })
    assert.deepEqual(repeated, [])
    // In a box that is closed it is said when that is opened.
    const said = await page.run(async (host) => {
      const said = () => kit.root().querySelector('.fc-sr[role=status]').textContent.includes('not finished')
      kit.el.remove()
      await kit.element({ host, multiple: '', mode: 'modal' })
      await kit.until(() => kit.root().querySelector('.fc-box .fc-unfinished li'), 'the rows')
      await kit.painted()
      const before = said()
      kit.el.show()
      await kit.until(said, 'it is said')
      return before
    }, rig.url)
    assert.equal(said, false)
    // The rest: the focus goes on, and at last to what is left.
    await page.run((label) => kit.root().querySelector(`[aria-label="Discard: ${label}"]`).focus(), third)
    for (const many of [2, 1, 0]) {
      await page.driver.actions().sendKeys(Key.ENTER).perform()
      await page.run(
        (many) =>
          kit.until(
            () => kit.root().querySelectorAll('.fc-unfinished [data-do=discard]').length === many,
            `${many} rows`,
          ),
        many,
      )
    }
    await page.run(() =>
      kit.until(() => kit.root().querySelector('.fc-unfinished').getClientRects().length === 0, 'no rows'),
    )
    assert.ok(await page.run(() => kit.root().activeElement?.matches('.fc-pick')))
  })

  test('what is discarded is forgotten, by the store too', async () => {
    await interrupted(session)
    const page = await again(session)
    await page.run(async () => {
      kit.press('discard')
      await kit.until(() => !kit.shown('.fc-unfinished'), 'no note')
    })
    await eventually(async () => (await rig.signer.log()).some(({ method }) => method === 'DELETE'))
    // A page that is left in that very moment may take what it was about to write with it: what is read comes behind that.
    await page.run(async (host) => {
      const uploader = await kit.uploader({ host })
      await uploader.getUnfinished()
      uploader.destroy()
    }, rig.url)
    const next = await visit(session)
    assert.deepEqual(await next.run(() => kit.el.uploader.getUnfinished()), [])
  })
})
