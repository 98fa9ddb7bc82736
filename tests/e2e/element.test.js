// `<file-chute>` as a person uses it: pick, drop, paste and watch. As a control of a form: `form.test.js`.

import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { blocks } from './lib/content.js'
import { onNode, open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { temporaryFolder } from './lib/servers.js'
import { keysIn, sameFile } from './lib/verify.js'

const rig = withRig()
let disk
before(async () => {
  disk = await temporaryFolder()
})
after(() => disk?.remove())

/** A real file on disk. @param {string} path @param {number} seed @param {number} size */
async function onDisk(path, seed, size) {
  const file = join(disk.path, path)
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, Buffer.concat([...blocks(seed, size)]))
  return file
}

/** Sizes of the files below, by name: contents are seeded by the size. */
const PICKED = { 'first.txt': 1000, 'snow 雪 🤑.png': 70_000 }

/** Waits until all is uploaded and holds what is stored against what was sent. */
async function allArrive(page, sizes) {
  const { log, rows, value } = await page.run(async () => {
    await kit.event('complete')
    await kit.painted()
    return { log: kit.log, rows: kit.rows(), value: kit.el.value }
  })
  const successes = log.filter(({ event }) => event === 'upload-success')
  assert.deepEqual(successes.map(({ file }) => file.name).sort(), Object.keys(sizes).sort())
  for (const { file } of successes) await sameFile(rig.folder, file.key, sizes[file.name], sizes[file.name])
  assert.deepEqual(
    rows.map(({ name, words }) => [name, words]).sort(),
    Object.keys(sizes)
      .map((name) => [name, 'Uploaded'])
      .sort(),
  )
  assert.deepEqual([...value].sort(), successes.map(({ file }) => file.key).sort())
  await page.sweep()
  return { log, rows, value }
}

inBrowsers((session, browser) => {
  test('pick: names and states in the list, upload, keys in events and in the form', async () => {
    const page = await open(await session(), rig.site)
    await page.run(async (host) => {
      const form = document.createElement('form')
      document.querySelector('main').append(form)
      await kit.element({ host, multiple: '', name: 'photos' }, {}, { parent: form })
    }, rig.url)
    const paths = await Promise.all(Object.entries(PICKED).map(([name, size]) => onDisk(name, size, size)))
    await onNode(page.driver, 'return kit.root().querySelector("input[type=file]")', [], (input) =>
      input.sendKeys(paths.join('\n')),
    )
    const before = await page.run(async () => {
      await kit.event('files-added')
      await kit.painted()
      return { rows: kit.rows(), names: kit.names(), text: kit.text() }
    })
    assert.deepEqual(
      before.rows.map(({ name, words, size }) => [name, words, size]),
      [
        ['first.txt', 'Ready', '1 kB'],
        ['snow 雪 🤑.png', 'Ready', '70 kB'],
      ],
    )
    assert.match(before.text, /2 files ready/)
    assert.deepEqual(before.names, ['file-added', 'file-added', 'files-added'])
    await page.run(() => kit.press('upload'))
    const { value } = await allArrive(page, PICKED)
    const sent = await page.run(() => [...new FormData(document.querySelector('form'))])
    assert.deepEqual(
      sent,
      value.map((key) => ['photos', key]),
    )
  })

  test("pick with the keyboard's or mouse's click: the button opens the input's picker", async () => {
    const page = await open(await session(), rig.site)
    const clicked = await page.run(async (host) => {
      await kit.element({ host, multiple: '' })
      let clicks = 0
      kit
        .root()
        .querySelector('input[type=file]')
        .addEventListener('click', (event) => {
          clicks += 1
          event.preventDefault()
        })
      kit.root().querySelector('.fc-pick').click()
      return clicks
    }, rig.url)
    assert.equal(clicked, 1)
  })

  test('drop: the zone lights up, and the files are in', async () => {
    const page = await open(await session(), rig.site)
    const lit = await page.run(async (host) => {
      await kit.element({ host, multiple: '', 'auto-proceed': '' })
      const panel = () => kit.root().querySelector('.fc').hasAttribute('data-drag')
      const transfer = kit.transfer([kit.file('dropped.bin', 5000, 5000), kit.file('empty.txt', 0, 0, 'text/plain')])
      const states = [panel()]
      kit.drag('dragenter', transfer)
      const taken = !kit.drag('dragover', transfer)
      await kit.painted()
      states.push(panel())
      kit.drag('dragleave', transfer)
      await kit.painted()
      states.push(panel())
      kit.drag('dragenter', transfer)
      kit.drag('drop', transfer)
      await kit.painted()
      states.push(panel())
      return { states, taken }
    }, rig.url)
    assert.deepEqual(lit, { states: [false, true, false, false], taken: true })
    await allArrive(page, { 'dropped.bin': 5000, 'empty.txt': 0 })
  })

  test('a click on upload while a long drop is still being taken in: all are started, once', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async () => {
      const el = await kit.element({ multiple: '' }, { getUploadParameters: () => new Promise(() => {}) })
      const uploader = await el.ready
      const started = []
      el.addEventListener('upload', ({ detail }) => started.push(detail.files.length))
      kit.drop(Array.from({ length: 3000 }, (_, at) => new File(['x'], `${at}.txt`)))
      await kit.until(() => el.shadowRoot.querySelector('[data-do=upload]:not([hidden])'))
      const early = uploader.getFiles().length
      kit.press('upload')
      kit.press('upload')
      await kit.until(() => started.length > 0)
      await kit.painted()
      const { idle } = uploader.getTotals()
      uploader.cancelAll()
      return { early: early < 3000, started, idle }
    })
    assert.deepEqual(seen, { early: true, started: [3000], idle: 0 })
  })

  test('of two sources the function counts, and the console says so once', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const told = []
      const { warn } = console
      console.warn = (text) => told.push(text)
      const getUploadParameters = () => Promise.reject(new Error('mine'))
      const el = await kit.element({ host, multiple: '' }, { getUploadParameters, retryDelays: [] })
      const uploader = await el.ready
      el.limit = 2
      el.signRequest = undefined
      await kit.painted()
      kit.drop([kit.file('a.txt', 10, 1, 'text/plain')])
      await uploader.upload()
      console.warn = warn
      return {
        told: told.filter((text) => /host/.test(text)),
        details: uploader.getFiles().map(({ failure }) => failure.detail),
      }
    }, rig.url)
    assert.deepEqual(seen, {
      told: ['filechute: config.attribute: host is not used beside getUploadParameters or signRequest'],
      details: ['mine'],
    })
  })

  test('a style sheet of the page may look for its state', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, multiple: '' })
      const states = () =>
        ['empty', 'idle', 'uploading', 'paused', 'failed', 'done', 'dragging', 'offline'].filter((name) =>
          kit.el.matches(`:state(${name})`),
        )
      const seen = [states()]
      kit.drag('dragenter', kit.transfer([kit.file('a.txt', 10, 1, 'text/plain')]))
      await kit.painted()
      seen.push(states())
      kit.drop([kit.file('a.txt', 10, 1, 'text/plain')])
      await kit.painted()
      seen.push(states())
      dispatchEvent(new Event('offline'))
      kit.press('upload')
      await kit.painted()
      seen.push(states())
      dispatchEvent(new Event('online'))
      await kit.event('complete')
      await kit.painted()
      seen.push(states())
      return seen
    }, rig.url)
    assert.deepEqual(seen, [['empty'], ['empty', 'dragging'], ['idle'], ['uploading', 'offline'], ['done']])
  })

  test('content of the page stands above and below, where it says so', async () => {
    const page = await open(await session(), rig.site)
    const order = await page.run(async (host) => {
      await kit.element({ host })
      kit.el.innerHTML = '<p slot="header">Your photos</p><p slot="footer">We keep them for a year.</p>'
      await kit.painted()
      const tops = [
        kit.el.querySelector('[slot=header]'),
        kit.root().querySelector('.fc-drop'),
        kit.el.querySelector('[slot=footer]'),
      ].map((node) => node.getBoundingClientRect())
      return tops.every(({ height }) => height > 0) && tops[0].bottom <= tops[1].top && tops[1].bottom <= tops[2].top
    }, rig.url)
    assert.equal(order, true)
  })

  test('a file under way tells how fast it goes', async () => {
    const page = await open(await session(), rig.site)
    await rig.store.rules({ match: { method: 'POST' }, times: 1, fault: { kind: 'slow', bytesPerSecond: 2_000_000 } })
    const { words, isShown } = await page.run(async (host) => {
      await kit.element({ host })
      kit.drop([kit.file('slow.bin', 16_000_000)])
      await kit.painted()
      kit.press('upload')
      const pace = () => kit.root().querySelector('.fc-row .fc-pace')
      await kit.until(() => / left$/.test(pace()?.textContent), 'the speed')
      const words = pace().textContent
      kit.el.style.inlineSize = '320px'
      await kit.painted()
      const isShown = pace().getClientRects().length > 0
      kit.press('clear')
      return { words, isShown }
    }, rig.url)
    assert.equal(isShown, false, 'there is no room')
    assert.match(words, /^ · [\d.]+ [kM]B\/s · .+ left$/)
  })

  test('going offline is said', async () => {
    const page = await open(await session(), rig.site)
    await rig.store.rules({ match: { method: 'POST' }, times: 1, fault: { kind: 'stall', afterBytes: 1_000_000 } })
    const seen = await page.run(async (host) => {
      await kit.element({ host })
      kit.drop([kit.file('stalled.bin', 16_000_000)])
      await kit.painted()
      kit.press('upload')
      await kit.until(() => kit.el.files[0].progress.bytesUploaded > 0, 'some of it')
      // What the browser's buffers still take is progress, and news of the line.
      await new Promise((resolve) => setTimeout(resolve, 1000))
      dispatchEvent(new Event('offline'))
      const status = kit.root().querySelector('.fc-sr[role=status]')
      await kit.until(() => status.textContent === 'Waiting for the network.', 'it is said')
      await kit.painted()
      const text = (part) => kit.root().querySelector(`[part=${part}]`).textContent
      const seen = { headline: text('headline'), moves: /\/s|left/.test(text('detail')) }
      kit.press('clear')
      dispatchEvent(new Event('online'))
      return seen
    }, rig.url)
    assert.deepEqual(seen, { headline: 'Waiting for the network.', moves: false })
  })

  test('paste: files are taken, text is left alone', async () => {
    const page = await open(await session(), rig.site)
    const taken = await page.run(async (host) => {
      await kit.element({ host, multiple: '', 'auto-proceed': '' })
      return [kit.paste([]), kit.paste([kit.file('pasted.png', 900, 900, 'image/png')])]
    }, rig.url)
    assert.deepEqual(taken, [false, true])
    await allArrive(page, { 'pasted.png': 900 })
  })

  const folders = { skip: browser !== 'chromium' && 'only the driver of Chromium can drop what is on the disk' }

  /** Drops a folder of the disk, as the desktop would. */
  async function dropFolder(page, path) {
    const [x, y] = await page.run(() => {
      const { x, y, width, height } = kit.root().querySelector('.fc-drop').getBoundingClientRect()
      return [x + width / 2, y + height / 2]
    })
    const data = { items: [], files: [path], dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop']) {
      await page.driver.sendDevToolsCommand('Input.dispatchDragEvent', { type, x, y, data })
    }
  }

  test('a dropped folder: all its files, with their paths', folders, async () => {
    const page = await open(await session(), rig.site)
    const options = { options: { directories: true } }
    await page.run((...args) => kit.element(...args).then(() => undefined), { host: rig.url, multiple: '' }, options)
    const sizes = {}
    for (let i = 0; i < 120; i += 1) {
      // More than the hundred entries that one `readEntries` gives.
      sizes[`${i}.txt`] = 100 + i
      await onDisk(`album/${i % 2 ? 'odd' : 'even/deep'}/${i}.txt`, 100 + i, 100 + i)
    }
    await dropFolder(page, join(disk.path, 'album'))
    const paths = await page.run(async () => {
      await kit.until(() => kit.of('file-added').length === 120, '120 files')
      return kit.el.uploader.getFiles().map(({ meta }) => meta.relativePath)
    })
    assert.deepEqual(paths.sort().slice(0, 2), ['album/even/deep/0.txt', 'album/even/deep/10.txt'])
    const keys = await page.run(async () => {
      await kit.painted()
      kit.press('upload')
      await kit.event('complete')
      return kit.el.value
    })
    assert.equal(keys.length, 120)
    for (const key of keys) {
      const size = sizes[key.replace(/^.{37}/, '')]
      await sameFile(rig.folder, key, size, size)
    }
  })

  test('a dropped folder where none is wanted, and an empty one: refused with that reason', folders, async () => {
    const page = await open(await session(), rig.site)
    await onDisk('holiday/1.txt', 1, 1)
    await mkdir(join(disk.path, 'nothing'), { recursive: true })
    for (const [directories, name] of [
      [false, 'holiday'],
      [true, 'nothing'],
    ]) {
      await open(page, rig.site)
      await page.run(
        (...args) => kit.element(...args).then(() => undefined),
        { host: rig.url, multiple: '' },
        { directories },
      )
      await dropFolder(page, join(disk.path, name))
      const seen = await page.run(async () => {
        const { error } = await kit.event('restriction-failed')
        await kit.painted()
        return [
          `${error.kind}.${error.code}`,
          error.message,
          kit.shown('.fc-note .fc-lines'),
          kit.el.uploader.getFiles().length,
        ]
      })
      assert.deepEqual(seen, [
        'restriction.directory',
        "Folders can't be uploaded here",
        "Folders can't be uploaded here",
        0,
      ])
    }
  })

  test('cancel of one file in mid-upload, by its button: the others arrive', async () => {
    await rig.store.rules({ fault: { kind: 'slow', bytesPerSecond: 3_000_000 } })
    const page = await open(await session(), rig.site)
    const stored = (await keysIn(rig.folder)).length
    await page.run(async (host) => {
      await kit.element({ host, multiple: '', 'auto-proceed': '', limit: '1' })
      kit.drop([kit.file('cancelled.bin', 60_000_000, 1), kit.file('kept.bin', 3000, 3000)])
      await kit.until(() => kit.rowNode('cancelled.bin')?.querySelector('progress')?.value > 0, 'progress in the list')
      kit.rowNode('cancelled.bin').querySelector('[data-do="remove"]').click()
    }, rig.url)
    await allArrive(page, { 'kept.bin': 3000 })
    assert.equal((await keysIn(rig.folder)).length, stored + 1)
  })

  test("a listener finds the key in the value; an error is not one of the page's scripts", async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const seen = { values: [], scripts: [], errors: [] }
      addEventListener('error', ({ message }) => seen.scripts.push(String(message)))
      await kit.element({ host, name: 'photos', multiple: '', 'auto-proceed': '' }, { retryDelays: [] })
      kit.el.addEventListener('upload-success', ({ target, detail }) =>
        seen.values.push(target.value.join() === detail.file.meta.key),
      )
      kit.el.addEventListener('error', ({ detail }) => seen.errors.push(detail.code))
      kit.drop([kit.file('a.txt', 5, 5)])
      await kit.event('complete')
      kit.el.host = `${host}/nowhere`
      await kit.painted()
      kit.drop([kit.file('b.txt', 5, 6)])
      await kit.until(() => seen.errors.length > 0)
      return seen
    }, rig.url)
    assert.deepEqual([seen.values, seen.scripts, seen.errors.length], [[true], [], 1])
  })

  test('where the files are may be said on the line after the import', async () => {
    const page = await open(await session(), rig.site)
    const loaded = await page.run(async (host) => {
      const element = document.createElement('file-chute')
      element.setAttribute('host', host)
      const script = document.createElement('script')
      script.type = 'module'
      script.textContent = `import { configure } from '/pkg/element.js'
        configure({ wasm: '/pkg/filechute.wasm?told' })`
      document.body.append(element, script)
      await customElements.whenDefined('file-chute')
      await element.ready
      const names = performance.getEntriesByType('resource').map(({ name }) => name)
      return names.filter((name) => name.includes('/filechute.wasm')).map((name) => name.split('?')[1])
    }, rig.url)
    assert.deepEqual(loaded, ['told'])
  })

  test('every option is a property: a signer, a checksum, the same hooks as in JavaScript', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, multiple: '' })
      const element = kit.el
      element.checksum = 'md5'
      element.shouldUseMultipart = false
      const asked = []
      // A function was written for this very element, so it goes before the host.
      element.signRequest = async (request) => {
        asked.push([request.method, request.checksum?.algorithm])
        const answer = await fetch(`${host}/s3/sign`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            method: request.method,
            key: request.key,
            contentType: request.contentType,
            size: request.size,
          }),
        })
        return answer.json()
      }
      const uploader = await element.ready
      kit.drop([kit.file('signed.txt', 5, 5)])
      const { successful, failed } = await uploader.upload()
      return {
        asked,
        failed: failed.map(({ error }) => error.message),
        verified: successful.map(({ response }) => response.verified),
      }
    }, rig.url)
    assert.deepEqual(seen, { asked: [['PUT', 'md5']], failed: [], verified: ['md5'] })
  })

  test('an option that makes no sense is told once, and keeps no other back', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const el = await kit.element({ host, multiple: '' })
      const uploader = await el.ready
      const told = []
      addEventListener('error', (event) => {
        told.push(event.message)
        event.preventDefault()
      })
      const add = (size) => {
        try {
          return typeof uploader.addFile(kit.file(`${size}.txt`, size, size))
        } catch (error) {
          return error.code
        }
      }
      const seen = []
      try {
        el.retryDelays = [-1]
      } catch (error) {
        told.push(error.message)
      }
      el.restrictions = { maxFileSize: 3 }
      await kit.painted()
      seen.push(add(4), add(2))
      // It is not tried again, but what comes in its place is.
      el.restrictions = { maxFileSize: 7 }
      await kit.painted()
      seen.push(add(8), add(5))
      el.retryDelays = [0]
      el.restrictions = { maxFileSize: 9 }
      await kit.painted()
      seen.push(add(10), add(9))
      return { seen, told: told.length, message: told[0] }
    }, rig.url)
    assert.deepEqual(seen.seen, ['size', 'string', 'size', 'string', 'size', 'string'])
    assert.match(seen.message, /retryDelays/)
    assert.equal(seen.told, 1)
  })

  test('the quick start, as it is written', async () => {
    rig.site.routes.set('/quickstart', (_, response) => {
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end(`<!doctype html><title>quick start</title>
        <script type="module" src="/pkg/element.js"></script>
        <file-chute host="${rig.url}/" name="photos" accept="image/*" multiple></file-chute>
        <script>
          document.querySelector('file-chute').addEventListener('upload-success', e => console.log(e.detail.file.meta.key))
        </script>
        <script>window.keys = []; console.log = (key) => keys.push(key)</script>`)
    })
    const { driver } = await session()
    await driver.get(`${rig.site.origin}/quickstart`)
    const inside = (selector, use) =>
      onNode(
        driver,
        "return document.querySelector('file-chute').shadowRoot?.querySelector(arguments[0])",
        [selector],
        use,
      )
    const picture = await onDisk('quick.png', 777, 777)
    await inside('input[type=file]', (input) => input.sendKeys(picture))
    await inside('[data-ready] [data-do="upload"]:not([hidden])', (button) => button.click())
    const [key] = await driver.wait(async () => {
      const keys = await driver.executeScript('return window.keys')
      return keys.length > 0 && keys
    }, 20_000)
    await sameFile(rig.folder, key, 777, 777)
  })
})
