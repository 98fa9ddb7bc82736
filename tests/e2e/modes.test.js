// The element in its other places: behind a button, in a dialog, over the whole page, as one picture; and its files in a grid.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Key } from 'selenium-webdriver'
import { inBrowsers } from './lib/browsers.js'
import { violations } from './lib/axe.js'
import { onNode, open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { DRAW } from './lib/states.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })

const show = (page, attributes, properties = {}) =>
  page.run(
    async (attributes, properties) => {
      await kit.element(attributes, properties)
      await kit.until(() => kit.el.mode === 'inline' || kit.root().adoptedStyleSheets.length > 1, 'the mode')
      await kit.painted()
    },
    { host: rig.url, multiple: '', ...attributes },
    properties,
  )

/** What is to be seen, and where the focus is. */
const look = (page) =>
  page.run(() => {
    const seen = (selector) => Boolean(kit.root().querySelector(selector)?.getClientRects().length)
    const opener = kit.root().querySelector('.fc-open')
    const focus = kit.root().activeElement
    return {
      panel: seen('.fc-drop'),
      expanded: opener?.getAttribute('aria-expanded'),
      says: opener?.textContent,
      focus: focus?.className.match(/fc-(open|pick)/)?.[1] ?? focus?.localName ?? '',
    }
  })

const press = (page, key) => page.driver.actions().sendKeys(key).perform()
const click = (page, selector) =>
  onNode(page.driver, 'return kit.root().querySelector(arguments[0])', [selector], (node) => node.click())

inBrowsers((session) => {
  for (const mode of ['button', 'modal']) {
    test(`${mode}: closed until it is wanted, Escape closes it, the focus goes back, uploads go on`, async () => {
      const page = await open(await session(), rig.site)
      await show(page, { mode })
      assert.deepEqual(await look(page), { panel: false, expanded: 'false', says: 'Upload files', focus: '' })
      await click(page, '.fc-open')
      assert.deepEqual(await look(page), { panel: true, expanded: 'true', says: 'Upload files', focus: 'pick' })
      assert.deepEqual(await violations(page), [])
      await press(page, Key.ESCAPE)
      await page.run(() => kit.painted())
      assert.deepEqual(await look(page), { panel: false, expanded: 'false', says: 'Upload files', focus: 'open' })

      await press(page, Key.ENTER)
      await page.run(async () => {
        kit.drop([kit.file('a.txt', 10, 1, 'text/plain')])
        await kit.painted()
        kit.press('upload')
        kit.root().querySelector('[part~="close"]').click()
        await kit.event('complete')
        await kit.painted()
      })
      assert.deepEqual(await look(page), { panel: false, expanded: 'false', says: '1 file uploaded', focus: 'open' })
      assert.deepEqual(await violations(page), [])
      const [shown, closed] = await page.run(() => {
        const seen = () => Boolean(kit.root().querySelector('.fc-row')?.getClientRects().length)
        kit.el.show()
        const shown = seen()
        kit.el.close()
        return [shown, seen()]
      })
      assert.deepEqual([shown, closed], [true, false])
    })

    test(`${mode}: "Done" where all is uploaded, which closes it`, async () => {
      const page = await open(await session(), rig.site)
      await show(page, { mode })
      const done = () =>
        page.run(() => Boolean(kit.el.shadowRoot.querySelector('[part~=done]')?.getClientRects().length))
      await click(page, '.fc-open')
      await page.run(async () => {
        kit.drop([kit.file('a.txt', 10, 1, 'text/plain')])
        await kit.painted()
      })
      assert.equal(await done(), false)
      await page.run(async () => {
        kit.press('upload')
        await kit.event('complete')
        await kit.painted()
      })
      assert.equal(await done(), true)
      assert.deepEqual(await violations(page), [])
      await click(page, '[part~=done]')
      await page.run(() => kit.painted())
      assert.deepEqual(await look(page), { panel: false, expanded: 'false', says: '1 file uploaded', focus: 'open' })
      // It is nothing for a panel that is always open.
      await page.run(async () => {
        kit.el.mode = 'inline'
        await kit.painted()
      })
      assert.equal(await done(), false)
    })
  }

  test('an element that is gone takes nothing any more, one that comes back does', async () => {
    const page = await open(await session(), rig.site)
    await show(page, { mode: 'page' })
    const seen = await page.run(async () => {
      const { el } = kit
      const over = () => kit.drag('dragover', kit.transfer([kit.file('a.txt', 5, 5)]), document.body)
      const taken = []
      taken.push(!over())
      el.remove()
      await kit.painted()
      taken.push(!over())
      document.querySelector('main').append(el)
      await kit.painted()
      taken.push(!over())
      return taken
    })
    assert.deepEqual(seen, [true, false, true])
  })

  test('page: an overlay while files are over the document, which takes them; or over what `target` finds', async () => {
    const page = await open(await session(), rig.site)
    await show(page, { mode: 'page' })
    const seen = await page.run(async () => {
      const place = Object.assign(document.createElement('section'), { id: 'place', textContent: 'here' })
      document.body.append(place)
      const overlay = () => Boolean(kit.root().querySelector('.fc-overlay').getClientRects().length)
      const held = (target, name) => {
        const transfer = kit.transfer([kit.file(name, 5, 5)])
        const states = [overlay()]
        // As browsers tell it: what is entered, and then what was left.
        kit.drag('dragenter', transfer, document.body)
        if (target !== document.body) {
          kit.drag('dragenter', transfer, target)
          kit.drag('dragleave', transfer, document.body)
        }
        kit.drag('dragover', transfer, target)
        states.push(overlay())
        kit.drag('drop', transfer, target)
        states.push(overlay())
        return states
      }
      const states = [held(document.body, 'anywhere.txt')]
      // A text that is dragged is none of its business.
      const text = new DataTransfer()
      text.setData('text/plain', 'x')
      const left = kit.drag('dragover', text, document.body)
      // One that comes later than the wish for it, and one that takes its place.
      place.remove()
      kit.el.target = '#place'
      await kit.painted()
      document.body.append(place)
      states.push(held(document.body, 'beside.txt'), held(place, 'inside.txt'))
      const other = place.cloneNode(true)
      place.replaceWith(other)
      states.push(held(other, 'again.txt'))
      // A page's own guard around it takes nothing from it.
      const guard = (event) => event.preventDefault()
      document.body.addEventListener('dragover', guard)
      document.body.addEventListener('drop', guard)
      states.push(held(other, 'guarded.txt'))
      document.body.removeEventListener('drop', guard)
      // The panel itself takes files as ever, and once.
      kit.drop([kit.file('panel.txt', 5, 6)])
      await kit.painted()
      return { states, left, names: kit.el.uploader.getFiles().map(({ name }) => name) }
    })
    assert.deepEqual(seen, {
      states: [
        [false, true, false],
        [false, false, false],
        [false, true, false],
        [false, true, false],
        [false, true, false],
      ],
      left: true,
      names: ['anywhere.txt', 'inside.txt', 'again.txt', 'guarded.txt', 'panel.txt'],
    })
  })

  test('page: the overlay is where it can be seen, though its place is larger than the window', async () => {
    const page = await open(await session(), rig.site)
    await show(page, { mode: 'page' })
    const seen = await page.run(async () => {
      const place = Object.assign(document.createElement('section'), { id: 'tall' })
      place.style.cssText = 'height: 4000px; width: 3000px'
      document.body.append(place)
      kit.el.target = '#tall'
      await kit.painted()
      scrollTo(0, 600)
      kit.drag('dragenter', kit.transfer([kit.file('a.txt', 5, 5)]), place)
      const { top, left, right, bottom } = kit.root().querySelector('.fc-overlay').getBoundingClientRect()
      const { clientWidth, clientHeight } = document.documentElement
      return { top, left, right: right - clientWidth, bottom: bottom - clientHeight }
    })
    assert.deepEqual(
      Object.values(seen).map((off) => Math.abs(off) < 1 || seen.left > 0),
      [true, true, true, true],
      JSON.stringify(seen),
    )
  })

  test('image: what is none, or has more pixels than a page can take, is an icon', async () => {
    const page = await open(await session(), rig.site)
    await show(page, { mode: 'image' })
    const seen = await page.run(`async () => {
      const draw = ${DRAW}
      // 40,000 by 40,000 pixels, as its header says.
      const bomb = new Uint8Array(64)
      bomb.set([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0x9c, 0x40, 0, 0, 0x9c, 0x40])
      const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
      const seen = {}
      for (const file of [
        new File([bomb], 'bomb.png', { type: 'image/png' }),
        new File(['no picture'], 'text.png', { type: 'image/png' }),
        new File(['no picture'], 'phone.heic', { type: 'image/heic' }),
        await draw('good.jpg', 10, 5000),
        new File([svg], 'logo.svg', { type: 'image/svg+xml' }),
      ]) {
        kit.drop([file])
        await kit.until(() => kit.el.files[0]?.name === file.name, file.name)
        await new Promise((resolve) => setTimeout(resolve, 300))
        const shown = (selector) => Boolean(kit.root().querySelector(selector).getClientRects().length)
        const picture = kit.root().querySelector('.fc-picture')
        // A picture lies above the icon.
        seen[file.name] = [picture.hasAttribute('src'), shown('.fc-picture') ? 'picture' : shown('.fc-mark') && 'icon']
      }
      return seen
    }`)
    const icon = [false, 'icon']
    assert.deepEqual(seen, {
      'bomb.png': icon,
      'text.png': icon,
      'phone.heic': icon,
      'good.jpg': [true, 'picture'],
      'logo.svg': [true, 'picture'],
    })
  })

  test('page: the overlay is as large as the window, also when that changes', async () => {
    const page = await open(await session(), rig.site)
    await show(page, { mode: 'page' })
    const size = await page.run(() => {
      kit.drag('dragenter', kit.transfer([kit.file('a.txt', 5, 5)]), document.body)
      const { width, height } = kit.root().querySelector('.fc-overlay').style
      return [width, height]
    })
    assert.deepEqual(size, ['100%', '100%'])
  })

  test('image: a picture in its place, which another one replaces and a wrong one does not', async () => {
    const page = await open(await session(), rig.site)
    await show(page, { mode: 'image' })
    const look = `{
      names: kit.el.uploader.getFiles().map(({ name }) => name),
      picture: Boolean(kit.root().querySelector('.fc-picture').getClientRects().length),
      pick: kit.root().querySelector('.fc-pick').textContent,
      note: kit.shown('.fc-note .fc-lines'),
    }`
    const seen = await page.run(`async () => {
      const draw = ${DRAW}
      const seen = [${look}]
      for (const file of [await draw('first.jpg', 10, 5000), await draw('second.png', 90, 6000, 'image/png'), kit.file('wrong.txt', 5, 5, 'text/plain')]) {
        kit.drop([file])
        await kit.painted()
        await kit.until(() => kit.root().querySelector('.fc-picture').complete && !kit.root().querySelector('.fc-picture').hidden, 'the picture')
        seen.push(${look})
      }
      return seen
    }`)
    assert.deepEqual(seen, [
      { names: [], picture: false, pick: 'Choose an image', note: '' },
      { names: ['first.jpg'], picture: true, pick: 'Replace', note: '' },
      { names: ['second.png'], picture: true, pick: 'Replace', note: '' },
      { names: ['second.png'], picture: true, pick: 'Replace', note: 'wrong.txt is not an accepted type (images)' },
    ])
    assert.deepEqual(await violations(page), [])
    const sent = await page.run(async () => {
      kit.press('upload')
      await kit.event('complete')
      return kit.el.value.length
    })
    assert.equal(sent, 1)
  })

  test('image: the picture that is there already, until another one is chosen, and again when that is taken out', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(
      `async (host) => {
      const draw = ${DRAW}
      const src = URL.createObjectURL(await draw('old.png', 200, 4000, 'image/png'))
      await kit.element({ host, mode: 'image', src, required: '', name: 'picture' })
      const picture = () => kit.root().querySelector('.fc-picture')
      await kit.until(() => picture()?.complete && picture().naturalWidth > 0, 'the one that is there')
      const look = () => [picture().src === src, !picture().hidden, kit.root().querySelector('.fc-pick').textContent, kit.el.validity.valueMissing]
      const seen = [look()]
      kit.drop([await draw('new.png', 10, 5000, 'image/png')])
      await kit.until(() => picture().src !== src && picture().complete && !picture().hidden, 'the new one')
      seen.push(look())
      kit.el.uploader.cancelAll()
      await kit.until(() => picture().src === src && picture().naturalWidth > 0, 'the old one')
      seen.push(look())
      // One that is not there is an icon.
      kit.el.src = '/nothing.png'
      await kit.until(() => picture().hidden && kit.root().querySelector('.fc-mark').getClientRects().length, 'the icon')
      kit.el.src = ''
      await kit.painted()
      return [...seen, look()]
    }`,
      rig.url,
    )
    // What is required is a new one, as of a plain file input.
    assert.deepEqual(seen, [
      [true, true, 'Replace', true],
      [false, true, 'Replace', false],
      [true, true, 'Replace', true],
      [false, false, 'Choose an image', true],
    ])
    assert.deepEqual(await violations(page), [])
  })

  test('grid: rows side by side, in the order of the files, no more of them than fit', async () => {
    const page = await open(await session(), rig.site)
    await show(page, { view: 'grid' })
    const seen = await page.run(async () => {
      kit.drop(Array.from({ length: 300 }, (_, i) => kit.file(`${i}.txt`, 5, i)))
      await kit.until(() => kit.el.files.length === 300)
      await kit.painted()
      const boxes = [...kit.root().querySelectorAll('.fc-row')].map((row) => row.getBoundingClientRect())
      const columns = boxes.filter(({ top }) => Math.abs(top - boxes[0].top) < 1).length
      const after = boxes.slice(1).every((box, i) => box.top > boxes[i].top || box.left > boxes[i].left)
      kit.root().querySelector('.fc-view').scrollTop = 1e6
      await kit.painted()
      return { columns, after, rows: boxes.length, last: kit.rows().at(-1).name }
    })
    assert.ok(seen.columns >= 3, `${seen.columns} columns`)
    assert.ok(seen.rows < 60, `${seen.rows} rows`)
    assert.deepEqual([seen.after, seen.last], [true, '299.txt'])
    assert.deepEqual(await violations(page), [])
  })

  test('from one mode to another, and back: files stay', async () => {
    const page = await open(await session(), rig.site)
    await show(page, {})
    const rows = await page.run(async () => {
      kit.drop([kit.file('kept.txt', 5, 5)])
      const seen = []
      for (const mode of ['modal', 'button', 'image', 'page', 'inline', 'nonsense']) {
        kit.el.setAttribute('mode', mode)
        await kit.painted()
        kit.el.show()
        await kit.painted()
        seen.push(
          kit
            .rows()
            .map(({ name }) => name)
            .join() + kit.root().querySelectorAll('.fc-drop').length,
        )
      }
      return seen
    })
    assert.deepEqual(rows, Array(6).fill('kept.txt1'))
  })
})
