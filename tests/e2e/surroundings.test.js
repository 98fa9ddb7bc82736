// The element in pages that were not made for it: parents that are as wide as what is in them, large letters, inherited
// styles, shadow roots, another language than before, fields of the page's own inside of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'

const rig = withRig()

inBrowsers((session) => {
  test('it has a width where its parent asks for one, and none too much', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const styles = [
        'display: flex',
        'display: flex; flex-direction: column; align-items: center',
        'display: inline-block',
        'display: grid; justify-items: center',
        'float: left',
        'display: grid; grid-template-columns: auto auto',
        'display: table',
      ]
      const widths = []
      const main = document.querySelector('main')
      for (const style of styles) {
        for (const mode of ['inline', 'image']) {
          const parent = document.createElement('div')
          parent.style.cssText = style
          main.append(parent)
          const el = await kit.element({ host, multiple: '', mode }, {}, { parent })
          await kit.painted()
          const { width } = el.getBoundingClientRect()
          widths.push([style, mode, width >= 240 && width <= main.clientWidth])
          parent.remove()
        }
      }
      // In a row that is narrower than it would like to be.
      const narrow = document.createElement('div')
      narrow.style.cssText = 'display: flex; width: 200px'
      main.append(narrow)
      const el = await kit.element({ host }, {}, { parent: narrow })
      await kit.painted()
      return { wrong: widths.filter(([, , fits]) => !fits), narrow: Math.round(el.getBoundingClientRect().width) }
    }, rig.url)
    assert.deepEqual(seen, { wrong: [], narrow: 200 })
  })

  test('letters twice as large have room in their rows', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      document.documentElement.style.fontSize = '200%'
      await kit.element({ host, multiple: '' })
      kit.drop([kit.file('a long name of a file.txt', 12345), kit.file('b.txt', 10)])
      await kit.painted()
      const row = kit.rowNode('b.txt')
      const [around, name, meta] = [row, row.querySelector('.fc-name'), row.querySelector('.fc-meta')].map((it) =>
        it.getBoundingClientRect(),
      )
      document.documentElement.style.fontSize = ''
      return name.top >= around.top && meta.bottom <= around.bottom
    }, rig.url)
    assert.equal(seen, true)
  })

  test('what is around it does not keep its lines from breaking, nor raise its voice', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const main = document.querySelector('main')
      main.style.cssText = 'white-space: nowrap; width: 340px; text-transform: uppercase'
      const rules = { accept: 'image/*,video/*,.pdf,.docx', 'max-file-size': '5GB', 'max-total-file-size': '10GB' }
      await kit.element({ host, multiple: '', ...rules, 'max-number-of-files': '10' })
      await kit.painted()
      const [hint, panel] = ['.fc-hint', '.fc'].map((it) => kit.root().querySelector(it))
      return [panel.scrollWidth <= panel.clientWidth, getComputedStyle(hint).textTransform]
    }, rig.url)
    assert.deepEqual(seen, [true, 'none'])
  })

  test('in a grid every button of a file can be pressed', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const looks = { view: 'grid', 'show-key': '', 'show-link': '', selectable: '', sortable: '' }
      await kit.element({ host, multiple: '', ...looks })
      kit.drop([kit.file('a.txt', 10, 1), kit.file('b.txt', 10, 2)])
      await kit.painted()
      kit.press('upload')
      await kit.event('complete')
      await kit.until(
        () => kit.root().querySelector('.fc-handle') && kit.root().querySelector('.fc-check'),
        'the tools',
      )
      await kit.painted()
      const shown = [...kit.rowNode('a.txt').querySelectorAll('button, input')].filter(({ hidden }) => !hidden)
      const covered = shown.filter((it) => {
        const { x, y, width, height } = it.getBoundingClientRect()
        const hit = kit.root().elementFromPoint(x + width / 2, y + height / 2)
        return !it.contains(hit)
      })
      return { shown: shown.length, covered: covered.map((it) => it.getAttribute('aria-label')) }
    }, rig.url)
    assert.deepEqual(seen, { shown: 5, covered: [] })
  })

  test('fields and pictures of the page in a slot are its own', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const heard = []
      document.addEventListener('input', ({ target }) => heard.push(target.localName))
      const el = await kit.element({ host, multiple: '' }, { metaFields: [{ id: 'c' }] })
      const [field, picture] = [document.createElement('input'), document.createElement('img')]
      const box = document.createElement('div')
      box.slot = 'header'
      box.append(field, picture)
      el.append(box)
      const loaded = new Promise((resolve) => picture.addEventListener('load', resolve))
      picture.src = document.createElement('canvas').toDataURL()
      await loaded
      field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }))
      kit.drop([kit.file('a.txt', 10)])
      await kit.painted()
      kit.rowNode('a.txt').querySelector('[data-do=edit]').click()
      const own = await kit.until(() => kit.root().querySelector('.fc-editor input'), 'the editor')
      own.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }))
      return { heard, marked: picture.dataset.state }
    }, rig.url)
    assert.deepEqual(seen, { heard: ['input'] })
  })

  test('language and drop zone are found from inside a shadow root; the page may change its language', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      document.documentElement.lang = 'de'
      const outer = document.createElement('div')
      document.querySelector('main').append(outer)
      const tree = outer.attachShadow({ mode: 'open' })
      const [zone, place] = [document.createElement('div'), document.createElement('div')]
      zone.id = 'zone'
      zone.style.height = '40px'
      tree.append(zone, place)
      const el = await kit.element({ host, multiple: '', mode: 'page', target: '#zone' }, {}, { parent: place })
      const pick = el.shadowRoot.querySelector('.fc-pick')
      const says = (text) => kit.until(() => pick.textContent === text, text)
      await says('Dateien auswählen')
      const overlay = el.shadowRoot.querySelector('.fc-overlay')
      const transfer = kit.transfer([kit.file('x.txt', 10)])
      const over = []
      for (const target of [document.body, zone]) {
        target.dispatchEvent(
          new DragEvent('dragenter', { dataTransfer: transfer, bubbles: true, cancelable: true, composed: true }),
        )
        await kit.painted()
        over.push(overlay.matches(':popover-open'))
      }
      document.documentElement.lang = 'fr'
      await says('Choisir des fichiers')
      return over
    }, rig.url)
    assert.deepEqual(seen, [false, true])
  })

  test('what the browser brought back is told in the language of the rest, and can be taken out one by one', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.load('/pkg/element.js')
      const el = document.createElement('file-chute')
      for (const [name, value] of Object.entries({ host, name: 'f', multiple: '', locale: 'de' }))
        el.setAttribute(name, value)
      document.querySelector('main').append(el)
      const files = Array.from({ length: 102 }, (_, at) => ({
        key: `k${at}`,
        name: `${at}.txt`,
        size: 3,
        type: 'text/plain',
      }))
      await el.formStateRestoreCallback(JSON.stringify(files), 'restore')
      await el.ready
      const list = () => el.shadowRoot.querySelector('.fc-picked[part~=restored]')
      await kit.until(() => list()?.getAttribute('aria-label') === 'Hochgeladen', 'German')
      const button = () => list()?.querySelector('button')
      const said = [
        list().children.length,
        button().getAttribute('aria-label'),
        list().querySelector('.fc-hint').textContent,
      ]
      button().focus()
      button().click()
      said.push(list().children.length, el.shadowRoot.activeElement === button(), el.value.length)
      for (let left = 101; left > 0; left -= 1) button().click()
      said.push(list() === null, el.value.length)
      return said
    }, rig.url)
    assert.deepEqual(seen, [100, '„0.txt“ entfernen', '✓ Hochgeladen', 100, true, 101, true, 0])
  })

  test('a list with as many files as there may be asks for no more', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host })
      const shown = () => kit.root().querySelector('.fc-drop').getClientRects().length > 0
      const found = [shown()]
      kit.root().querySelector('.fc-pick').focus()
      kit.drop([kit.file('a.txt', 10)])
      await kit.painted()
      found.push(shown(), kit.root().activeElement !== null)
      kit.root().querySelector('[data-do=remove]').click()
      await kit.painted()
      found.push(shown())
      return found
    }, rig.url)
    assert.deepEqual(seen, [true, false, true, true])
  })

  test("its colours are the page's, unless it is told others", async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const root = document.documentElement
      const el = await kit.element({ host })
      const panel = kit.root().querySelector('.fc')
      const found = []
      for (const [scheme, theme] of [
        ['light', undefined],
        ['dark', undefined],
        ['dark', 'light'],
        ['light', 'dark'],
        ['light', 'auto'],
      ]) {
        root.style.colorScheme = scheme
        el.theme = theme
        await kit.painted()
        found.push(getComputedStyle(panel).colorScheme)
      }
      root.style.colorScheme = ''
      return found
    }, rig.url)
    assert.deepEqual(seen, ['light', 'dark', 'light', 'dark', 'light dark'])
  })

  test('a label around it names it by its own words', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const label = document.createElement('label')
      label.append('Photos ')
      document.querySelector('main').append(label)
      const el = await kit.element({ host, name: 'f' }, {}, { parent: label })
      const own = Object.assign(document.createElement('h3'), { slot: 'header', textContent: 'Header text' })
      el.append(own)
      el.lang = 'en'
      await kit.painted()
      return kit.root().querySelector('.fc-pick').getAttribute('aria-label')
    }, rig.url)
    assert.equal(seen, 'Photos: Choose a file')
  })
})
