// What a person can do with files in the list, besides taking them out: decide about duplicates, look at the failed ones
// alone, hold one, copy where it went, and fill in what the application asks for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { violations } from './lib/axe.js'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { DRAW } from './lib/states.js'
import { sameFile } from './lib/verify.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })

inBrowsers((session, browser) => {
  for (const [verb, names] of [
    ['skip', ['same.txt', 'other.txt']],
    ['keep-both', ['same.txt', 'other.txt', 'same (2).txt', 'same (3).txt']],
    ['replace', ['other.txt', 'same.txt']],
  ]) {
    test(`duplicates: ${verb}`, async () => {
      const page = await open(await session(), rig.site)
      const seen = await page.run(
        async (host, verb) => {
          await kit.element({ host, multiple: '' })
          const same = () => kit.file('same.txt', 5, 1)
          kit.drop([same(), kit.file('other.txt', 5, 2)])
          kit.drop([same(), same()])
          await kit.painted()
          const asked = [kit.shown('.fc-note b'), kit.shown('.fc-note .fc-lines')]
          kit.press(verb)
          await kit.painted()
          return { asked, names: kit.rows().map(({ name }) => name), title: kit.shown('.fc-note b') }
        },
        rig.url,
        verb,
      )
      assert.deepEqual(seen, {
        asked: ['2 files are in the list already', 'same.txt is already added'],
        names,
        title: '',
      })
    })
  }

  test('a picture that was taken on its side is shown upright', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, multiple: '' })
      const canvas = Object.assign(document.createElement('canvas'), { width: 80, height: 40 })
      const paint = canvas.getContext('2d')
      paint.fillStyle = '#f00'
      paint.fillRect(0, 0, 40, 40)
      paint.fillStyle = '#00f'
      paint.fillRect(40, 0, 40, 40)
      const plain = new Uint8Array(
        await (await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.95))).arrayBuffer(),
      )
      // Exif's orientation 6: what is on the left of it belongs on top.
      const exif = 'ffe1 0022 457869660000 4d4d002a00000008 0001 0112000300000001 00060000 00000000'.replaceAll(' ', '')
      const segment = exif.match(/../g).map((pair) => Number.parseInt(pair, 16))
      const bytes = new Uint8Array([...plain.slice(0, 2), ...segment, ...plain.slice(2)])
      kit.drop([new File([bytes], 'phone.jpg', { type: 'image/jpeg' })])
      const thumb = () => kit.root().querySelector('.fc-image[src]')
      await kit.until(() => thumb()?.complete && thumb().naturalWidth > 0, 'the thumbnail')
      const { naturalWidth: width, naturalHeight: height } = thumb()
      const check = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d')
      check.drawImage(thumb(), 0, 0)
      const at = (y) => {
        const [red, , blue] = check.getImageData(width / 2, y, 1, 1).data
        return red > blue ? 'red' : 'blue'
      }
      return { upright: height === 2 * width, top: at(2), bottom: at(height - 3) }
    }, rig.url)
    assert.deepEqual(seen, { upright: true, top: 'red', bottom: 'blue' })
  })

  test('failed files alone, and all again', async () => {
    // No word that a random key could hold.
    await rig.store.rules({ match: { path: 'wrong' }, fault: { kind: 'denied' } })
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, multiple: '' }, { retryDelays: [] })
      kit.drop(Array.from({ length: 8 }, (_, i) => kit.file(`${i % 4 === 1 ? 'wrong' : 'good'}${i}.txt`, 5, i)))
      await kit.painted()
      kit.press('upload')
      await kit.event('complete')
      await kit.painted()
      const names = () => kit.rows().map(({ name }) => name)
      const label = () => kit.root().querySelector('[data-do="filter"]:not([hidden])')?.textContent
      const seen = [[names().length, label()]]
      kit.press('filter')
      seen.push([names(), label()])
      kit.rowNode('wrong1.txt').querySelector('[data-do="remove"]').click()
      seen.push([names(), label()])
      kit.press('filter')
      seen.push([names().length, label()])
      return seen
    }, rig.url)
    assert.deepEqual(seen, [
      [8, 'Show failed'],
      [['wrong1.txt', 'wrong5.txt'], 'Show all'],
      [['wrong5.txt'], 'Show all'],
      [7, 'Show failed'],
    ])
  })

  test('one file is held and let go again, the others go on', async () => {
    await rig.store.rules({ match: { path: 'held' }, fault: { kind: 'slow', bytesPerSecond: 3_000_000 } })
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, multiple: '', 'auto-proceed': '' })
      kit.drop([kit.file('held.bin', 6_000_000, 1), kit.file('other.bin', 3000, 3000)])
      await kit.until(() => kit.rowNode('held.bin')?.querySelector('[data-do="pause"]'), 'the button')
      kit.rowNode('held.bin').querySelector('[data-do="pause"]').click()
      await kit.until(() => kit.of('upload-success').length === 1, 'the other one')
      await kit.painted()
      const words = kit.rows().map(({ words }) => words)
      kit.rowNode('held.bin').querySelector('[data-do="resume"]').click()
      await kit.event('complete')
      await kit.painted()
      return [words, kit.rows().map(({ words }) => words), kit.of('upload-success').map(({ file }) => file.key)]
    }, rig.url)
    assert.deepEqual(seen.slice(0, 2), [
      ['Paused', 'Uploaded'],
      ['Uploaded', 'Uploaded'],
    ])
    await sameFile(rig.folder, seen[2][1], 1, 6_000_000)
  })

  test('key and address can be copied, and what was proved is told', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const el = await kit.element({ host, 'show-key': '', 'show-link': '' })
      const copied = []
      Object.defineProperty(navigator, 'clipboard', {
        value: { writeText: async (text) => copied.push(text) },
        configurable: true,
      })
      kit.drop([kit.file('a.txt', 50, 5)])
      await kit.painted()
      kit.press('upload')
      await kit.event('complete')
      await kit.painted()
      kit.press('copy-key')
      kit.press('copy-link')
      await kit.painted()
      const [file] = el.uploader.getFiles()
      const seal = kit.root().querySelector('.fc-seal')
      return {
        same: copied.join() === [file.meta.key, file.response.body.publicUrl].join(),
        read: copied[1],
        said: kit.root().querySelector('[role="status"].fc-sr').textContent,
        seal: [seal.getAttribute('aria-label'), !seal.hasAttribute('hidden') === Boolean(file.response.verified)],
        names: [...kit.root().querySelectorAll('.fc-row button:not([hidden])')].map((node) =>
          node.getAttribute('aria-label'),
        ),
      }
    }, rig.url)
    const { read, ...rest } = seen
    // Where the host says that it can be read, which the store's own address need not be.
    assert.equal((await (await fetch(read)).arrayBuffer()).byteLength, 50)
    assert.deepEqual(rest, {
      same: true,
      said: 'Copied',
      seal: ['Uploaded and verified', true],
      names: ['Copy the key of a.txt', 'Copy the link to a.txt', 'Remove a.txt'],
    })
    assert.deepEqual(await violations(page), [])
  })

  test('small pictures of large ones, of the first frame of a film, and of nothing that only claims to be one', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(
      `async (host) => {
        const draw = ${DRAW}
        await kit.element({ host, multiple: '' })
        const big = await createImageBitmap(await draw('x', 10, 1), { resizeWidth: 3000, resizeHeight: 1500 })
        const canvas = Object.assign(document.createElement('canvas'), { width: 3000, height: 1500 })
        canvas.getContext('2d').drawImage(big, 0, 0)
        const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
        // The header of a picture of 60,000 by 60,000 pixels.
        const header = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 234, 96, 0, 0, 234, 96, 8, 6, 0, 0, 0])
        const files = [
          new File([blob], 'wide.png', { type: 'image/png' }),
          new File(['<svg xmlns="http://www.w3.org/2000/svg"/>'], 'claims.png', { type: 'image/png' }),
          new File([header], 'bomb.png', { type: 'image/png' }),
        ]
        if (typeof MediaRecorder === 'function' && MediaRecorder.isTypeSupported('video/webm')) {
          Object.assign(canvas, { width: 320, height: 160 })
          const paint = canvas.getContext('2d')
          paint.fillStyle = 'teal'
          const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm' })
          const chunks = []
          recorder.ondataavailable = ({ data }) => chunks.push(data)
          const stopped = new Promise((resolve) => (recorder.onstop = resolve))
          recorder.start()
          for (let i = 0; i < 10; i += 1) {
            paint.fillRect(i * 32, 0, 32, 160)
            await new Promise((resolve) => setTimeout(resolve, 40))
          }
          recorder.stop()
          await stopped
          files.push(new File(chunks, 'film.webm', { type: 'video/webm' }))
        }
        kit.drop(files)
        const of = (name) => kit.rowNode(name)?.querySelector('img')
        const loaded = (name) => kit.until(() => of(name)?.naturalWidth, 'the picture of ' + name, 30_000)
        await loaded('wide.png')
        const sizes = [of('wide.png').naturalWidth, of('wide.png').naturalHeight]
        const film = files.length > 3 ? await loaded('film.webm') : 256
        await kit.painted()
        return { sizes, film, none: ['claims.png', 'bomb.png'].map((name) => of(name).getClientRects().length) }
      }`,
      rig.url,
    )
    assert.deepEqual(seen, { sizes: [256, 128], film: 256, none: [0, 0] })
  })

  test('what the application asks for is filled in, and a name changed', async () => {
    const page = await open(await session(), rig.site)
    const press = async (name) => {
      await page.run(async (name) => {
        await kit.until(() => kit.root().querySelector(name), name)
        kit.root().querySelector(name).click()
      }, name)
    }
    await page.run(async (host) => {
      await kit.element(
        { host, multiple: '', accept: '.txt' },
        { metaFields: [{ id: 'caption', name: 'Caption', placeholder: 'What is to be seen', required: true }] },
      )
      kit.drop([kit.file('a.txt', 5, 5)])
      await kit.painted()
    }, rig.url)
    await press('[data-do="edit"]')
    assert.deepEqual(
      await page.run(async () => {
        await kit.until(() => kit.root().querySelector('.fc-editor[open]'), 'the form')
        return kit.root().activeElement.name
      }),
      'name',
    )
    assert.deepEqual(await violations(page), [])
    // Without it nothing is sent, and that is no dead end.
    const before = await page.run(async () => {
      kit.root().querySelector('.fc-editor').close()
      await kit.painted()
      kit.press('upload')
      await kit.event('complete')
      await kit.painted()
      const [{ words }] = kit.rows()
      const actions = [...kit.root().querySelectorAll('.fc-row [data-do]:not([hidden])')].map((node) => node.dataset.do)
      return { words, actions, keys: kit.el.value }
    })
    assert.deepEqual(before, { words: 'Caption is required.', actions: ['edit', 'retry', 'remove'], keys: [] })
    await press('[data-do="edit"]')
    await page.run(() => kit.until(() => kit.root().querySelector('.fc-editor[open]'), 'the form'))
    const seen = await page.run(async () => {
      kit.log.length = 0
      const [name, caption] = kit.root().querySelectorAll('.fc-editor input')
      const save = kit.root().querySelector('.fc-editor [type=submit]')
      const before = name.value
      // Which no other name makes a file of a type that is not taken.
      name.value = ' b.exe '
      save.click()
      const missing = caption.validity.valueMissing && Boolean(kit.root().querySelector('.fc-editor[open]'))
      caption.value = 'A letter'
      save.click()
      // It was to be sent, and nothing is in its way any more.
      await kit.event('complete')
      await kit.painted()
      const [{ meta }] = kit.el.uploader.getFiles()
      const row = kit.rows()[0].name
      const focus = kit.root().activeElement?.dataset.do
      return {
        ...{ before, missing, name: meta.name, caption: meta.caption, row },
        ...{ left: kit.root().querySelectorAll('.fc-editor').length, focus, key: kit.el.value[0].slice(37) },
      }
    })
    assert.deepEqual(seen, {
      ...{ before: 'a.txt', missing: true, name: 'b.exe.txt', caption: 'A letter', row: 'b.exe.txt' },
      ...{ left: 0, focus: 'remove', key: 'b.exe.txt' },
    })
  })
})
