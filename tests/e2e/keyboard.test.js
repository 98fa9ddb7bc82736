// The main flow with the keyboard alone: where the focus is after each key, in every browser.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Key } from 'selenium-webdriver'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })

/** Tab, the other way. */
const BACK = 'back'

/** Presses keys, and says what has the focus then. */
async function press(page, ...keys) {
  for (const key of keys) {
    const actions = page.driver.actions()
    await (key === BACK
      ? actions.keyDown(Key.SHIFT).sendKeys(Key.TAB).keyUp(Key.SHIFT)
      : actions.sendKeys(key)
    ).perform()
    await page.run(() => kit.painted())
  }
  return page.run(() => {
    let node = document.activeElement
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
    const name = node?.getAttribute('aria-label') || (node?.labels?.[0] ?? node)?.textContent.trim() || ''
    return node === document.body
      ? 'body'
      : node?.localName === 'input' && node.type !== 'checkbox'
        ? `field ${node.name}`
        : name.slice(0, 60)
  })
}

const NAMES = ['film.mp4', 'b.txt', 'c.txt']

inBrowsers((session) => {
  test('add, upload, pause, resume, cancel, retry, remove, clear', async () => {
    const page = await open(await session(), rig.site)
    await rig.store.rules(
      { match: { path: 'film' }, fault: { kind: 'stall', afterBytes: 65_536 } },
      { match: { path: 'b.txt' }, fault: { kind: 'internal-error' } },
    )
    await page.run(async (host) => {
      await kit.element({ host, multiple: '' }, { retryDelays: [] })
      kit.opened = 0
      // The browser's own dialog would be in the way, and is not what is tested.
      kit.root().querySelector('.fc-input').click = () => (kit.opened += 1)
    }, rig.url)
    assert.equal(await press(page, Key.TAB), 'Choose files')
    assert.equal(await press(page, Key.ENTER, Key.SPACE), 'Choose files')
    assert.equal(await page.run(() => kit.opened), 2)
    await page.run(async (names) => {
      kit.drop(names.map((name, i) => kit.file(name, i === 0 ? 30_000_000 : 900, i)))
      await kit.painted()
    }, NAMES)
    // From "add" through the files, each by its name, to the bar.
    const way = ['Remove film.mp4', 'Remove b.txt', 'Remove c.txt', 'Upload 3 files']
    for (const expected of way) assert.equal(await press(page, Key.TAB), expected)
    const shown = await page.run(() => kit.root().activeElement.matches(':focus-visible'))
    assert.ok(shown, 'the focus is to be seen')

    await press(page, Key.ENTER)
    await page.run(async () => {
      await kit.event('upload-error')
      await kit.event('upload-success')
      await kit.painted()
    })
    assert.equal(await press(page), 'Pause all')
    // The same key takes it back.
    assert.equal(await press(page, Key.SPACE), 'Resume all')
    assert.equal(await press(page, Key.SPACE), 'Pause all')
    // One file: its button stays where it is.
    await page.run(() => kit.rowNode('film.mp4').querySelector('[data-do=pause]').focus())
    assert.equal(await press(page, Key.ENTER), 'Resume film.mp4')
    assert.equal(await press(page, Key.ENTER), 'Pause film.mp4')
    // Cancelling goes to the next file.
    assert.equal(await press(page, Key.TAB), 'Cancel film.mp4')
    assert.match(await press(page, Key.ENTER), /^(Retry|Remove) b\.txt$/)
    await rig.reset()
    await page.run(() => kit.rowNode('b.txt').querySelector('[data-do=retry]').focus())
    await press(page, Key.ENTER)
    await page.run(() =>
      kit.until(() => kit.of('upload-success').length === 2, 'the second try').then(() => kit.painted()),
    )
    assert.notEqual(await press(page), 'body')
    await page.run(() => kit.rowNode('b.txt').querySelector('[data-do=remove]').focus())
    assert.equal(await press(page, Key.SPACE), 'Remove c.txt')
    assert.equal(await press(page, Key.SPACE), 'Choose files')
  })

  for (const mode of ['modal', 'button']) {
    test(`${mode}: open, go through, Escape, and the focus is back`, async () => {
      const page = await open(await session(), rig.site)
      await page.run(
        async (host, mode) => {
          await kit.element({ host, mode, multiple: '' })
          await kit.until(() => kit.root().querySelector('.fc-open'), 'the button')
          await kit.painted()
        },
        rig.url,
        mode,
      )
      assert.equal(await press(page, Key.TAB), 'Upload files')
      assert.equal(await press(page, Key.SPACE), 'Choose files')
      assert.equal(await press(page, BACK), 'Close')
      assert.equal(await press(page, Key.TAB), 'Choose files')
      assert.equal(await press(page, Key.ESCAPE), 'Upload files')
      assert.equal(await press(page, Key.ENTER), 'Choose files')
      await press(page, BACK)
      assert.equal(await press(page, Key.ENTER), 'Upload files')
    })
  }

  test('a long list is one stop for Tab, and arrow keys go through it', async () => {
    const page = await open(await session(), rig.site)
    await page.run(async (host) => {
      await kit.element({ host, multiple: '', selectable: '', sortable: '' }, { autoProceed: false })
      kit.drop(Array.from({ length: 21 }, (_, i) => kit.file(`f${i}.txt`, 900, i)))
      await kit.until(() => kit.root().querySelector('.fc-row [tabindex="-1"]'), 'what makes it one')
      await kit.until(() => kit.root().querySelectorAll('.fc-check, .fc-handle').length > 10, 'boxes and handles')
      await kit.painted()
      kit.root().querySelector('.fc-pick').focus()
    }, rig.url)
    const way = ['Select all', 'Select f0.txt', 'Move f0.txt', 'Remove f0.txt', 'Upload 21 files']
    for (const expected of way) assert.equal(await press(page, Key.TAB), expected)
    assert.equal(await press(page, BACK), 'Remove f0.txt')
    const help = () => page.run(() => kit.root().querySelector('.fc-list').getAttribute('aria-description'))
    assert.equal(await help(), 'Arrow keys go from file to file.')
    assert.equal(await press(page, Key.ARROW_DOWN, Key.ARROW_DOWN, Key.ARROW_UP), 'Remove f1.txt')
    assert.equal(await press(page, Key.ARROW_LEFT), 'Remove f1.txt')
    assert.equal(await press(page, Key.END), 'Remove f20.txt')
    assert.equal(await press(page, Key.ARROW_DOWN), 'Remove f20.txt')
    assert.equal(await press(page, Key.TAB), 'Upload 21 files')
    assert.equal(await press(page, BACK, Key.HOME), 'Remove f0.txt')
    // Boxes and handles have keys of their own: those choose a range, these move the file.
    assert.equal(await press(page, BACK, BACK, Key.ARROW_DOWN), 'Select f1.txt')
    assert.equal(await press(page, Key.TAB, Key.ARROW_DOWN, Key.ARROW_DOWN), 'Move f1.txt')
    const order = await page.run(() => kit.el.files.slice(0, 4).map(({ name }) => name))
    assert.deepEqual(order, ['f0.txt', 'f2.txt', 'f3.txt', 'f1.txt'])
    // What Tab leads to is in sight.
    await page.run(async () => {
      kit.root().querySelector('.fc-pick').focus()
      kit.root().querySelector('.fc-view').scrollTop = 10_000
      await kit.painted()
    })
    const inSight = await press(page, Key.TAB, Key.TAB)
    assert.match(inSight, /^Select f1\d\.txt$/)
    // Where there is no room for a whole file, it leads to what is seen of one.
    await page.run(async () => {
      const view = kit.root().querySelector('.fc-view')
      kit.root().querySelector('.fc-pick').focus()
      view.style.height = '40px'
      view.scrollTop = 10_000
      await kit.painted()
    })
    assert.equal(await press(page, Key.TAB, Key.TAB), 'Select f20.txt')
    await page.run(() => kit.root().querySelector('.fc-view').style.removeProperty('height'))
    // As short as a few files: each is a stop.
    await page.run(async () => {
      for (const { id } of kit.el.files.slice(3)) kit.el.uploader.removeFile(id)
      await kit.painted()
      kit.root().querySelector('.fc-pick').focus()
    })
    assert.equal(await press(page, Key.TAB, Key.TAB, Key.TAB, Key.TAB, Key.TAB), 'Select f2.txt')
    assert.equal(await page.run(() => kit.root().querySelectorAll('.fc-row [tabindex]').length), 0)
    assert.equal(await help(), null)
  })

  test('the form about a file: opened, left and saved by keys, and back where it was', async () => {
    const page = await open(await session(), rig.site)
    await page.run(async (host) => {
      await kit.element({ host, multiple: '' }, { metaFields: [{ id: 'caption', name: 'Caption' }] })
      kit.drop([kit.file('a.txt', 900, 1, 'text/plain')])
      await kit.painted()
    }, rig.url)
    assert.equal(await press(page, Key.TAB, Key.TAB), 'Edit a.txt')
    await press(page, Key.ENTER)
    await page.run(() => kit.until(() => kit.root().querySelector('.fc-editor'), 'the form').then(() => kit.painted()))
    assert.equal(await press(page), 'field name')
    assert.equal(await press(page, Key.TAB), 'field caption')
    assert.equal(await press(page, Key.ESCAPE), 'Edit a.txt')
    await press(page, Key.ENTER)
    assert.equal(await press(page, Key.TAB, 'x', Key.TAB), 'Save')
    assert.equal(await press(page, Key.ENTER), 'Edit a.txt')
    assert.equal(await page.run(() => kit.el.uploader.getFiles()[0].meta.caption), 'x')
  })
})
