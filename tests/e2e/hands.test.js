// What hands do that nobody means: double clicks, drops beside the zone, a press here and a release there, a paste of text
// that has a picture with it, Escape in one thing inside another.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Key, Origin } from 'selenium-webdriver'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })

/** Where the middle of a node of the interface is. @param {any} page @param {string} selector */
const middle = (page, selector) =>
  page.run((selector) => {
    const { x, y, width, height } = kit.root().querySelector(selector).getBoundingClientRect()
    return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) }
  }, selector)

/** @param {any} page @param {{x: number, y: number}} at */
const over = (page, at) => page.driver.actions({ async: true }).move({ ...at, origin: Origin.VIEWPORT, duration: 20 })

/** @param {any} page @param {string} key */
async function press(page, key) {
  await page.driver.actions({ async: true }).sendKeys(key).perform()
  await page.run(() => kit.painted())
}

inBrowsers((session) => {
  for (const mode of ['button', 'modal']) {
    test(`mode ${mode}: files let go beside the zone are taken, and never left to the browser`, async () => {
      const page = await open(await session(), rig.site)
      const seen = await page.run(
        async (host, mode) => {
          await kit.element({ host, mode, multiple: '' })
          await kit.painted()
          /** Whether the browser was kept from opening the file. */
          const kept = (selector, n) => {
            const transfer = kit.transfer([kit.file(`${n}.txt`, 10)])
            const fire = (type) => {
              const event = new DragEvent(type, {
                dataTransfer: transfer,
                bubbles: true,
                cancelable: true,
                composed: true,
              })
              kit.el.shadowRoot.querySelector(selector).dispatchEvent(event)
              return event.defaultPrevented
            }
            return ['dragenter', 'dragover', 'drop'].every(fire)
          }
          const all = ['.fc-open', '.fc-top', '.fc-box', '.fc-drop'].map(kept)
          await kit.painted()
          const box = kit.el.shadowRoot.querySelector('.fc-box')
          return { all, opened: box.matches('[open], :popover-open'), files: kit.el.files.length }
        },
        rig.url,
        mode,
      )
      assert.deepEqual(seen, { all: [true, true, true, true], opened: true, files: 4 })
    })
  }

  test('over the whole page: one that is disabled or hidden leaves the files to the other', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const off = await kit.element({ host, mode: 'page', multiple: '', disabled: '' })
      const tab = document.createElement('div')
      tab.hidden = true
      document.querySelector('main').append(tab)
      const hidden = await kit.element({ host, mode: 'page', multiple: '' }, {}, { parent: tab })
      const drop = async (name) => {
        const transfer = kit.transfer([kit.file(name, 10)])
        const prevented = ['dragenter', 'dragover', 'drop'].map((type) => {
          const event = new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true, composed: true })
          document.body.dispatchEvent(event)
          return event.defaultPrevented
        })
        await kit.painted()
        return prevented.every(Boolean)
      }
      const alone = await drop('nobody.txt')
      const on = await kit.element({ host, mode: 'page', multiple: '' })
      await kit.painted()
      const together = await drop('a.txt')
      return { alone, together, files: [off, hidden, on].map(({ files }) => files.length) }
    }, rig.url)
    assert.deepEqual(seen, { alone: true, together: true, files: [0, 0, 1] })
  })

  test('a double click is one click: on Upload, and on Remove', async () => {
    await rig.store.rules({ fault: { kind: 'slow', bytesPerSecond: 200_000 } })
    const page = await open(await session(), rig.site)
    await page.run(async (host) => {
      await kit.element({ host, multiple: '' })
      kit.drop([kit.file('a.bin', 1e6, 1), kit.file('b.bin', 1e6, 2), kit.file('c.bin', 1e6, 3)])
      await kit.painted()
    }, rig.url)
    await over(page, await middle(page, '.fc-row [data-do=remove]'))
      .press()
      .release()
      .press()
      .release()
      .perform()
    await page.run(() => kit.painted())
    assert.deepEqual(await page.run(() => kit.el.files.map(({ name }) => name)), ['b.bin', 'c.bin'])
    await over(page, await middle(page, '[data-do=upload]'))
      .press()
      .release()
      .press()
      .release()
      .perform()
    const states = await page.run(async () => {
      await kit.painted()
      return kit.el.files.map(({ isPaused }) => isPaused)
    })
    assert.deepEqual(states, [false, false])
    await page.run(() => kit.el.uploader.cancelAll())
  })

  test('the dialog stays when a text is selected out of it, and closes by a click beside it', async () => {
    const page = await open(await session(), rig.site)
    await page.run(async (host) => {
      await kit.element({ host, multiple: '', mode: 'modal' })
      await kit.painted()
      kit.el.show()
      await kit.painted()
    }, rig.url)
    const isOpen = () => page.run(() => kit.root().querySelector('.fc-box').open)
    const beside = { x: 5, y: 5 }
    await over(page, await middle(page, '.fc-title'))
      .press()
      .move({ ...beside, origin: Origin.VIEWPORT })
      .release()
      .perform()
    assert.equal(await isOpen(), true)
    await over(page, beside).press().release().perform()
    assert.equal(await isOpen(), false)
  })

  test('moved while they are open: a dialog is one again, and the button of a popover says that it is closed', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const found = []
      for (const mode of ['modal', 'button']) {
        const el = await kit.element({ host, mode, multiple: '' })
        await kit.painted()
        el.show()
        await kit.painted()
        const there = document.createElement('div')
        document.querySelector('main').append(there)
        there.append(el)
        const [box, opener] = ['.fc-box', '.fc-open'].map((it) => el.shadowRoot.querySelector(it))
        const isOpen = () => box.matches(mode === 'modal' ? ':modal' : ':popover-open')
        // The next look at it mends it.
        el.lang = 'en'
        await kit.painted()
        await kit.painted()
        found.push(String(isOpen()) === opener.getAttribute('aria-expanded'))
        el.show()
        found.push(isOpen())
        el.close()
        found.push(isOpen())
        el.remove()
        await kit.painted()
      }
      return found
    }, rig.url)
    assert.deepEqual(seen, [true, true, false, true, true, false])
  })

  test('after an upload that was started by a key the focus is not on what empties the list', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, multiple: '', name: 'f' })
      kit.drop([kit.file('a.txt', 10, 1), kit.file('b.txt', 10, 2)])
      await kit.painted()
      kit.root().querySelector('[data-do=upload]').focus()
      kit.press('upload')
      await kit.event('complete')
      await kit.painted()
      const { activeElement } = kit.root()
      return { inside: activeElement !== null, verb: activeElement?.getAttribute('data-do') }
    }, rig.url)
    assert.ok(seen.inside, 'the focus is still in the element')
    assert.notEqual(seen.verb, 'clear')
  })

  test('a paste where people write is theirs, also with a picture in it', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const el = await kit.element({ host, multiple: '' }, { metaFields: [{ id: 'caption', name: 'Caption' }] })
      const own = document.createElement('div')
      own.slot = 'header'
      own.append(document.createElement('input'))
      el.append(own)
      kit.drop([kit.file('a.txt', 10)])
      await kit.painted()
      const paste = async (target) => {
        const transfer = kit.transfer([kit.file('image.png', 10, 1, 'image/png')])
        transfer.setData('text/plain', 'words')
        const event = new Event('paste', { bubbles: true, cancelable: true, composed: true })
        Object.defineProperty(event, 'clipboardData', { value: transfer })
        target.dispatchEvent(event)
        await kit.painted()
        return [event.defaultPrevented, el.files.length]
      }
      kit.rowNode('a.txt').querySelector('[data-do=edit]').click()
      const field = await kit.until(() => kit.root().querySelector('[name=caption]'), 'the editor')
      const written = [await paste(field), await paste(own.firstChild)]
      kit.root().querySelector('.fc-editor').close()
      await kit.painted()
      return [...written, await paste(kit.root().querySelector('.fc-pick'))]
    }, rig.url)
    assert.deepEqual(seen, [
      [false, 1],
      [false, 1],
      [true, 2],
    ])
  })

  test('Escape closes the editor, also while a file is picked up', async () => {
    const page = await open(await session(), rig.site)
    await page.run(async (host) => {
      await kit.element({ host, multiple: '', sortable: '' }, { metaFields: [{ id: 'c', name: 'C' }] })
      kit.drop([kit.file('a.txt', 10, 1), kit.file('b.txt', 10, 2)])
      const handle = await kit.until(() => kit.root().querySelector('.fc-handle'), 'a handle')
      await kit.painted()
      handle.click()
      await kit.painted()
      kit.root().querySelector('[data-do=edit]').click()
      await kit.until(() => kit.root().querySelector('.fc-editor'), 'the editor')
    }, rig.url)
    await press(page, Key.ESCAPE)
    assert.equal(await page.run(() => kit.root().querySelector('.fc-editor') !== null), false)
  })

  test('what was asked for and is filled in is sent; what was sent meanwhile keeps its name', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const el = await kit.element(
        { host, multiple: '' },
        { metaFields: [{ id: 'c', name: 'Caption', required: true }] },
      )
      kit.drop([kit.file('a.txt', 10)])
      await kit.painted()
      kit.press('upload')
      await kit.event('upload-error')
      await kit.painted()
      const words = kit.rows()[0].words
      const save = async (fields) => {
        const editor = await kit.until(() => kit.root().querySelector('.fc-editor'), 'the editor')
        for (const [name, value] of Object.entries(fields)) editor.querySelector(`[name=${name}]`).value = value
        editor.querySelector('[type=submit]').click()
        await kit.painted()
      }
      kit.root().querySelector('[data-do=edit]').click()
      await save({ c: 'yes' })
      await kit.event('upload-success')
      kit.drop([kit.file('b.txt', 10, 2)])
      await kit.painted()
      const { id } = el.files[1]
      el.uploader.setFileMeta(id, { c: 'b' })
      kit.rowNode('b.txt').querySelector('[data-do=edit]').click()
      await kit.until(() => kit.root().querySelector('.fc-editor'), 'the editor')
      await el.uploader.upload()
      await save({ name: 'other.txt' })
      const focus = kit.root().activeElement !== null
      return { words, states: kit.rows().map(({ words }) => words), name: el.uploader.getFile(id).meta.name, focus }
    }, rig.url)
    assert.deepEqual(seen, {
      words: 'Caption is required.',
      states: ['Uploaded', 'Uploaded'],
      name: 'b.txt',
      focus: true,
    })
  })

  test('where a page has no clipboard, the text is shown to be copied', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, multiple: '', 'show-key': '' })
      kit.drop([kit.file('a.txt', 10)])
      await kit.painted()
      kit.press('upload')
      await kit.event('complete')
      await kit.painted()
      Object.defineProperty(navigator, 'clipboard', { configurable: true, value: undefined })
      const shown = []
      window.prompt = (...texts) => void shown.push(texts)
      kit.root().querySelector('[data-do=copy-key]').click()
      await kit.painted()
      return { shown, key: kit.el.value[0] }
    }, rig.url)
    assert.deepEqual(seen.shown, [['Copy the key of a.txt', seen.key]])
  })

  test('disabled, nothing of it is to be changed, as with any control of a form', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const el = await kit.element({ host, multiple: '', selectable: '' }, { metaFields: [{ id: 'c' }] })
      kit.drop([kit.file('a.txt', 10, 1), kit.file('b.txt', 10, 2)])
      await kit.until(() => kit.root().querySelector('.fc-check'), 'checkboxes')
      el.disabled = true
      await kit.painted()
      const usable = () =>
        [...kit.root().querySelectorAll('button, input')]
          .filter((it) => !it.disabled && it.getClientRects().length > 0)
          .map((it) => it.getAttribute('aria-label') || it.textContent)
      const off = usable()
      el.disabled = false
      await kit.painted()
      return { off, on: usable().length }
    }, rig.url)
    assert.deepEqual(seen.off, [])
    assert.ok(seen.on > 6)
  })

  for (const mode of ['inline', 'button', 'modal']) {
    test(`mode ${mode}: a form that cannot be sent yet leads to what it lacks`, async () => {
      const page = await open(await session(), rig.site)
      await page.run(
        async (host, mode) => {
          const form = document.createElement('form')
          form.append(Object.assign(document.createElement('button'), { id: 'send', textContent: 'Send' }))
          form.addEventListener('submit', (event) => {
            event.preventDefault()
            window.sent = true
          })
          document.querySelector('main').append(form)
          await kit.element({ host, mode, name: 'f', required: '' }, {}, { parent: form })
          await kit.painted()
        },
        rig.url,
        mode,
      )
      await page.driver.findElement({ id: 'send' }).click()
      const seen = await page.run(async () => {
        await kit.painted()
        const { activeElement } = kit.el.shadowRoot
        return { sent: window.sent, inside: document.activeElement === kit.el && activeElement?.localName }
      })
      assert.deepEqual(seen, { inside: 'button' })
      // Chosen and not sent, where nothing more can be chosen.
      await page.run(async () => {
        kit.el.uploader.addFile(kit.file('a.txt', 10))
        await kit.painted()
        document.activeElement.blur()
      })
      await page.driver.findElement({ id: 'send' }).click()
      const again = await page.run(async () => {
        await kit.painted()
        return { sent: window.sent, inside: document.activeElement === kit.el }
      })
      assert.deepEqual(again, { inside: true })
    })
  }

  test('over the whole page: the overlay goes when something of the page keeps a drop to itself', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, mode: 'page', multiple: '' })
      await kit.painted()
      const own = document.createElement('div')
      own.addEventListener('drop', (event) => {
        event.preventDefault()
        event.stopPropagation()
      })
      document.querySelector('main').append(own)
      const transfer = kit.transfer([kit.file('x.txt', 10)])
      const overlay = kit.root().querySelector('.fc-overlay')
      const open = []
      for (const type of ['dragenter', 'dragover', 'drop']) {
        own.dispatchEvent(
          new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true, composed: true }),
        )
        await kit.painted()
        open.push(overlay.matches(':popover-open'))
      }
      return { open, files: kit.el.files.length }
    }, rig.url)
    assert.deepEqual(seen, { open: [true, true, false], files: 0 })
  })

  test('what is said is where it is heard: beside the button while the panel or dialog is closed', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const found = []
      for (const mode of ['button', 'modal']) {
        const el = await kit.element({ host, mode, multiple: '' })
        await kit.painted()
        const box = el.shadowRoot.querySelector('.fc-box')
        const regions = () =>
          [...el.shadowRoot.querySelectorAll('.fc-sr')].map((it) => [box.contains(it), it.getClientRects().length > 0])
        found.push(regions())
        el.show()
        await kit.painted()
        found.push(regions())
        el.close()
        await kit.painted()
        found.push(regions())
        el.mode = 'inline'
        await kit.painted()
        found.push(el.shadowRoot.querySelectorAll('[part=panel] > .fc-sr').length)
        el.remove()
      }
      return found
    }, rig.url)
    const [closed, shown] = [Array(2).fill([false, true]), Array(2).fill([true, true])]
    assert.deepEqual(seen, [closed, shown, closed, 2, closed, shown, closed, 2])
  })

  test('Escape in the editor leaves the panel behind it open; a panel that a script closes takes no focus from the page', async () => {
    const page = await open(await session(), rig.site)
    await page.run(async (host) => {
      await kit.element(
        { host, multiple: '', mode: 'button' },
        { metaFields: [{ id: 'c', name: 'C', required: true }] },
      )
      await kit.painted()
    }, rig.url)
    await over(page, await middle(page, '.fc-open'))
      .press()
      .release()
      .perform()
    await page.run(async () => {
      kit.drag('drop', kit.transfer([kit.file('a.txt', 10)]))
      await kit.painted()
    })
    await over(page, await middle(page, '[data-do=edit]'))
      .press()
      .release()
      .perform()
    const label = await page.run(async () => {
      await kit.until(() => kit.root().querySelector('.fc-editor'), 'the editor')
      return kit.root().querySelector('.fc-editor label:nth-of-type(2)').textContent
    })
    assert.equal(label, 'C *')
    await press(page, Key.ESCAPE)
    const isOpen = () =>
      page.run(() => [
        kit.root().querySelector('.fc-box').matches(':popover-open'),
        kit.root().querySelector('.fc-editor') !== null,
      ])
    assert.deepEqual(await isOpen(), [true, false])
    await press(page, Key.ESCAPE)
    assert.deepEqual(await isOpen(), [false, false])
    const kept = await page.run(async () => {
      const field = document.createElement('input')
      document.querySelector('main').append(field)
      kit.el.show()
      await kit.painted()
      kit.el.close()
      field.focus()
      await kit.painted()
      return document.activeElement === field
    })
    assert.ok(kept)
  })

  test('the same refusal a second time is seen and heard again', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, multiple: '', accept: '.png' })
      const note = kit.root().querySelector('[part~=note]')
      const drop = async () => {
        kit.drop([kit.file('a.txt', 10, 1)])
        await kit.until(() => !note.hidden, 'the note')
        await kit.painted()
      }
      await drop()
      let gone = 0
      new MutationObserver(() => (gone += note.hidden ? 1 : 0)).observe(note, { attributeFilter: ['hidden'] })
      await drop()
      return { gone, text: note.textContent }
    }, rig.url)
    assert.equal(seen.gone, 1)
    assert.match(seen.text, /a\.txt is not an accepted type/)
  })

  test('new files are seen, also while only failed ones were shown', async () => {
    await rig.store.rules({ match: { path: 'bad' }, fault: { kind: 'denied' } })
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, multiple: '' }, { retryDelays: [] })
      kit.drop([...Array(12).keys()].map((n) => kit.file(n < 2 ? `bad${n}.txt` : `${n}.txt`, 10, n)))
      await kit.painted()
      kit.press('upload')
      await kit.event('complete')
      await kit.painted()
      kit.press('filter')
      await kit.painted()
      const failed = kit.rows().length
      kit.drop([kit.file('new.txt', 10, 9)])
      await kit.painted()
      return { failed, names: kit.rows().map(({ name }) => name) }
    }, rig.url)
    assert.equal(seen.failed, 2)
    assert.ok(seen.names.includes('new.txt'), seen.names.join())
  })
})
