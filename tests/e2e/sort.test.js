// Files put in order by hand, by pointer, by keys and by presses alone; and several chosen, with what can be done at once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Key } from 'selenium-webdriver'
import { Origin } from 'selenium-webdriver/lib/input.js'
import { violations } from './lib/axe.js'
import { inBrowsers } from './lib/browsers.js'
import { onNode, open } from './lib/page.js'
import { withRig } from './lib/rig.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })
/** What the element needs, and nothing else. */
const STRICT = `/page/blank.html?csp=${encodeURIComponent(
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; connect-src *; require-trusted-types-for 'script'; trusted-types 'none'",
)}`
const BOTH = { sortable: '', selectable: '' }

inBrowsers((session, browser) => {
  /** A page with an element in a form, and files in it. @param {object} attributes @param {string[]} names @param {object} [properties] @param {string} [path] */
  const begin = async (attributes, names, properties = {}, path = undefined) => {
    const page = await open(await session(), rig.site, path)
    await page.run(
      async (host, attributes, names, properties) => {
        const form = document.createElement('form')
        document.querySelector('main').replaceChildren(form)
        kit.refused = []
        addEventListener('securitypolicyviolation', (event) => kit.refused.push(event.violatedDirective))
        await kit.element({ host, multiple: '', name: 'photos', ...attributes }, properties, { parent: form })
        kit.sorted = []
        kit.heard = []
        kit.el.addEventListener('files-sorted', ({ detail }) => {
          const names = detail.ids.map((id) => kit.el.uploader.getFile(id).name)
          kit.sorted.push(names.join(' '))
        })
        for (const region of kit.root().querySelectorAll('.fc-sr[role="status"]')) {
          new MutationObserver(() => kit.heard.push(region.textContent)).observe(region, {
            childList: true,
            characterData: true,
            subtree: true,
          })
        }
        kit.order = () => kit.el.files.map(({ name }) => name).join(' ')
        kit.chosen = () =>
          [...kit.root().querySelectorAll('.fc-row[data-chosen] .fc-name')].map((node) => node.textContent).join(' ')
        kit.part = (name, part) => kit.rowNode(name).querySelector(`[part="${part}"]`)
        kit.middle = (name, part) => {
          const { left, top, width, height } = kit.part(name, part).getBoundingClientRect()
          return { x: Math.round(left + width / 2), y: Math.round(top + height / 2) }
        }
        kit.focused = () => kit.root().activeElement?.getAttribute('aria-label') ?? kit.root().activeElement?.className
        kit.drop(names.map((name, i) => kit.file(name, 5, i)))
        const ready = (part, flag) => !(flag in attributes) || kit.root().querySelector(`.fc-row [part="${part}"]`)
        await kit.until(() => ready('handle', 'sortable') && ready('check', 'selectable'), 'handles and checkboxes')
        await kit.painted()
      },
      rig.url,
      attributes,
      names,
      properties,
    )
    return page
  }
  const press = (page, name, part) =>
    onNode(page.driver, 'return kit.part(...arguments)', [name, part], (node) => node.click())
  const focus = (page, name, part) => page.run((name, part) => kit.part(name, part).focus(), name, part)
  const type = (page, ...keys) =>
    page.driver
      .actions({ async: true })
      .sendKeys(...keys)
      .perform()
  const middle = (page, name, part = 'handle') => page.run((name, part) => kit.middle(name, part), name, part)
  const at = ({ x, y }, duration = 100) => ({ x, y, origin: Origin.VIEWPORT, duration })
  /** Whether the list shows the order that the element tells. */
  const told = (page) =>
    page.run(async () => {
      await kit.painted()
      const shown = kit.rows().map(({ name }) => name)
      return { order: kit.order(), shown: shown.join(' '), sorted: kit.sorted }
    })

  test('dragged by its handle, and put back by Escape', async () => {
    const page = await begin({ sortable: '' }, ['a', 'b', 'c', 'd'])
    const [a, c] = [await middle(page, 'a'), await middle(page, 'c')]
    const actions = () => page.driver.actions({ async: true })
    await actions()
      .move(at(a, 0))
      .press()
      .move(at({ x: a.x, y: a.y + 20 }))
      .move(at({ x: c.x, y: c.y + 4 }))
      .perform()
    const held = await page.run(async () => {
      await kit.painted()
      const ghost = kit.root().querySelector('.fc-lifted')
      return {
        ghost: ghost?.textContent.startsWith('a') && ghost.matches('[aria-hidden=true][inert]'),
        lifted: kit.root().querySelector('[data-lifted] .fc-name')?.textContent,
        order: kit.order(),
      }
    })
    assert.deepEqual(held, { ghost: true, lifted: 'a', order: 'a b c d' })
    await actions().release().perform()
    assert.deepEqual(await told(page), { order: 'b c a d', shown: 'b c a d', sorted: ['b c a d'] })
    assert.deepEqual(
      await page.run(() => ({
        focus: kit.focused(),
        heard: kit.heard.at(-1),
        ghosts: kit.root().querySelectorAll('.fc-lifted, [data-lifted], .fc-sorting').length,
        moved: kit.rows().filter(({ name }) => kit.rowNode(name).style.getPropertyValue('translate')).length,
        picked: kit.root().querySelectorAll('[aria-pressed="true"]').length,
      })),
      { focus: 'Move a', heard: 'a is now 3 of 4', ghosts: 0, moved: 0, picked: 0 },
    )
    const [d, b] = [await middle(page, 'd'), await middle(page, 'b')]
    await actions().move(at(d, 0)).press().move(at(b)).perform()
    await type(page, Key.ESCAPE)
    await actions().release().perform()
    assert.deepEqual(await told(page), { order: 'b c a d', shown: 'b c a d', sorted: ['b c a d'] })
  })

  test('moved by keys, and told', async () => {
    const page = await begin({ sortable: '' }, ['a', 'b', 'c', 'd'])
    await focus(page, 'b', 'handle')
    const seen = []
    const note = async () => seen.push(await page.run(() => `${kit.order()}: ${kit.heard.at(-1)}, ${kit.focused()}`))
    for (const keys of [[Key.ARROW_DOWN], [Key.END], [Key.ARROW_DOWN], [Key.HOME], [Key.ARROW_RIGHT], [' ']]) {
      await type(page, ...keys)
      await note()
    }
    const picked = await page.run(() => kit.part('b', 'handle').getAttribute('aria-pressed'))
    for (const keys of [[Key.ARROW_DOWN], [Key.ARROW_DOWN], [Key.ESCAPE], [Key.ENTER, Key.ARROW_DOWN, Key.ENTER]]) {
      await type(page, ...keys)
      await note()
    }
    assert.deepEqual(seen, [
      'a c b d: b is now 3 of 4, Move b',
      'a c d b: b is now 4 of 4, Move b',
      'a c d b: b is now 4 of 4, Move b',
      'b a c d: b is now 1 of 4, Move b',
      'b a c d: b is now 1 of 4, Move b',
      'b a c d: b is now 1 of 4, Move b',
      'a b c d: b is now 2 of 4, Move b',
      'a c b d: b is now 3 of 4, Move b',
      'b a c d: b is now 1 of 4, Move b',
      'a b c d: b is now 2 of 4, Move b',
    ])
    assert.equal(picked, 'true')
    const { sorted, shown } = await told(page)
    assert.deepEqual(sorted, ['a c b d', 'a c d b', 'b a c d', 'a b c d', 'a c b d', 'b a c d', 'a b c d'])
    assert.equal(shown, 'a b c d')
    assert.equal(await page.run(() => kit.part('b', 'handle').getAttribute('aria-pressed')), 'false')
  })

  test('moved by presses alone: what is to move, then where', async () => {
    const page = await begin({ sortable: '' }, ['a', 'b', 'c', 'd'])
    await press(page, 'd', 'handle')
    await press(page, 'b', 'handle')
    assert.deepEqual(await told(page), { order: 'a d b c', shown: 'a d b c', sorted: ['a d b c'] })
    assert.equal(await page.run(() => kit.root().querySelectorAll('[aria-pressed="true"]').length), 0)
    // Sent in that order, too.
    const sent = await page.run(async () => {
      kit.el.limit = 1
      await kit.painted()
      kit.press('upload')
      await kit.event('complete')
      return kit.of('upload-success').map(({ file }) => file.name)
    })
    assert.deepEqual(sent, ['a', 'd', 'b', 'c'])
  })

  test('a grid: left and right, up and down, and a drag', async () => {
    const page = await begin({ sortable: '', view: 'grid' }, [...'abcdefghij'])
    const columns = await page.run(() =>
      Number(kit.root().querySelector('.fc-list').style.getPropertyValue('--columns')),
    )
    assert.ok(columns > 1)
    await focus(page, 'a', 'handle')
    await type(page, Key.ARROW_RIGHT)
    assert.equal((await told(page)).order, 'b a c d e f g h i j')
    await type(page, Key.ARROW_DOWN)
    const place = () => page.run(() => kit.order().split(' ').indexOf('a'))
    assert.equal(await place(), 1 + columns)
    await type(page, Key.ARROW_UP, Key.ARROW_LEFT)
    assert.equal((await told(page)).order, 'a b c d e f g h i j')
    const [a, c] = [await middle(page, 'a'), await middle(page, 'c')]
    await page.driver.actions({ async: true }).move(at(a, 0)).press().move(at(c)).release().perform()
    assert.equal((await told(page)).shown, 'b c a d e f g h i j')
  })

  test('from right to left', async () => {
    const page = await begin({ ...BOTH, view: 'grid', locale: 'he' }, [...'abcdef'])
    await page.run(() => kit.until(() => kit.root().querySelector('.fc[dir="rtl"]'), 'the direction'))
    await focus(page, 'a', 'handle')
    await type(page, Key.ARROW_LEFT)
    assert.equal((await told(page)).order, 'b a c d e f')
    const [b, c] = [await middle(page, 'b'), await middle(page, 'c')]
    assert.ok(b.x > c.x)
    await page.driver.actions({ async: true }).move(at(b, 0)).press().move(at(c)).release().perform()
    assert.equal((await told(page)).shown, 'a c b d e f')
    await focus(page, 'a', 'check')
    await type(page, ' ')
    await page.driver.actions({ async: true }).keyDown(Key.SHIFT).sendKeys(Key.ARROW_LEFT).keyUp(Key.SHIFT).perform()
    assert.equal(await page.run(() => kit.chosen()), 'a c')
    assert.match(await page.run(() => kit.heard.at(-1)), /שני קבצים/)
  })

  test('a thousand files: to the ends by keys, and far by a drag that scrolls', async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `f${i}`)
    const page = await begin({ sortable: '' }, names)
    // So many are taken in by slices.
    await page.run((count) => kit.until(() => kit.el.files.length === count), names.length)
    const place = (name) => page.run((name) => kit.el.files.findIndex((file) => file.name === name), name)
    await focus(page, 'f1', 'handle')
    await type(page, Key.END)
    assert.equal(await place('f1'), 999)
    assert.deepEqual(
      await page.run(async () => {
        await kit.painted()
        const view = kit.root().querySelector('.fc-view')
        const { top, bottom } = kit.rowNode('f1').getBoundingClientRect()
        const seen = view.getBoundingClientRect()
        return [
          kit.focused(),
          top >= seen.top - 1 && bottom <= seen.bottom + 1,
          kit.heard.at(-1),
          kit.rows().length < 40,
        ]
      }),
      ['Move f1', true, 'f1 is now 1,000 of 1,000', true],
    )
    await type(page, Key.HOME)
    assert.equal(await place('f1'), 0)
    // Held just below the end of the list.
    const end = await page.run(() => Math.round(kit.root().querySelector('.fc-view').getBoundingClientRect().bottom))
    const from = await middle(page, 'f1')
    await page.driver
      .actions({ async: true })
      .move(at(from, 0))
      .press()
      .move(at({ x: from.x, y: end + 30 }))
      .perform()
    const rows = await page.run(async () => {
      await kit.until(() => kit.root().querySelector('.fc-view').scrollTop > 3000, 'scrolling')
      return kit.rows().length
    })
    assert.ok(rows < 40, `${rows} rows`)
    await page.driver
      .actions({ async: true })
      .move(at({ x: from.x, y: end - 200 }, 0))
      .perform()
    await page.run(() => kit.painted())
    await page.driver.actions({ async: true }).release().perform()
    const seen = await page.run(async () => {
      await kit.painted()
      const ids = kit.el.files.map(({ name }) => name)
      const row = kit.rowNode('f1')
      return {
        at: ids.indexOf('f1'),
        place: Number(row?.getAttribute('aria-posinset')),
        many: new Set(ids).size,
        focus: kit.focused(),
      }
    })
    assert.ok(seen.at > 40, `dropped at ${seen.at}`)
    assert.deepEqual({ ...seen, at: undefined }, { at: undefined, place: seen.at + 1, many: 1000, focus: 'Move f1' })
  })

  test('to the end of a list that has grown and was not painted since', async () => {
    const page = await begin({ sortable: '' }, [...'abcdefghijkl'])
    const seen = await page.run(async () => {
      const handle = kit.rowNode('b').querySelector('.fc-handle')
      handle.focus()
      const key = () => new KeyboardEvent('keydown', { key: 'End', bubbles: true, composed: true, cancelable: true })
      // A long list may come in two slices.
      let last = 0
      const press = () => {
        last = kit.el.files.length - 1
        handle.dispatchEvent(key())
      }
      kit.el.addEventListener('files-added', press, { once: true })
      kit.el.uploader.addFiles(
        Array.from({ length: 90 }, (_, at) => ({ name: `${at}`, data: kit.file(`${at}`, 9, at) })),
      )
      await kit.painted()
      const place = kit.el.files.findIndex(({ name }) => name === 'b')
      return [last > 11, place === last, Boolean(kit.rowNode('b')), kit.focused()]
    })
    assert.deepEqual(seen, [true, true, true, 'Move b'])
  })

  test('the form sends the order of the list, and nothing goes up again', async () => {
    const page = await begin({ sortable: '' }, ['a', 'b', 'c'])
    const values = () =>
      page.run(async () => {
        await kit.painted()
        const tail = (keys) => keys.map((key) => key.at(-1)).join(' ')
        return [tail(kit.el.value), tail(new FormData(document.querySelector('form')).getAll('photos')), kit.order()]
      })
    await focus(page, 'c', 'handle')
    await type(page, Key.HOME)
    await page.run(async () => {
      kit.press('upload')
      await kit.event('complete')
    })
    assert.deepEqual(await values(), ['c a b', 'c a b', 'c a b'])
    const puts = () => rig.store.log().then((all) => all.filter(({ method }) => method === 'PUT').length)
    const before = await puts()
    await focus(page, 'c', 'handle')
    await type(page, Key.END)
    assert.deepEqual(await values(), ['a b c', 'a b c', 'a b c'])
    // What comes later stands at the end, what goes is gone, and another place in the page changes nothing.
    await page.run(async () => {
      kit.el.uploader.removeFile(kit.el.files[0])
      kit.drop([kit.file('d', 5, 9)])
      await kit.painted()
      const aside = document.querySelector('form')
      kit.el.remove()
      await kit.painted()
      aside.append(kit.el)
      await kit.painted()
    })
    assert.equal((await told(page)).shown, 'b c d')
    await focus(page, 'd', 'handle')
    await type(page, Key.HOME)
    assert.equal((await told(page)).shown, 'd b c')
    assert.deepEqual(await values(), ['b c', 'b c', 'd b c'])
    assert.equal(await puts(), before)
  })

  test('several are chosen by clicks and by keys', async () => {
    const page = await begin({ selectable: '' }, [...'abcdef'])
    const seen = []
    const note = async () =>
      seen.push(
        await page.run(() =>
          kit.painted().then(() => `${kit.chosen()} | ${kit.shown('.fc-chosen b')} | ${kit.heard.at(-1)}`),
        ),
      )
    await press(page, 'b', 'check')
    await note()
    const click = async (key, name, part) => {
      const to = at(await middle(page, name, part), 0)
      await page.driver.actions().keyDown(key).move(to).click().keyUp(key).perform()
      await note()
    }
    await click(Key.SHIFT, 'd', 'name')
    await click(Key.CONTROL, 'f', 'name')
    await click(Key.SHIFT, 'e', 'check')
    await type(page, Key.ESCAPE)
    await note()
    await focus(page, 'b', 'check')
    await type(page, ' ')
    const withKey = async (key, ...keys) => {
      await page.driver
        .actions({ async: true })
        .keyDown(key)
        .sendKeys(...keys)
        .keyUp(key)
        .perform()
      await note()
    }
    await withKey(Key.SHIFT, Key.ARROW_DOWN, Key.ARROW_DOWN)
    await withKey(Key.SHIFT, Key.ARROW_UP)
    await withKey(Key.CONTROL, 'a')
    await press(page, 'a', 'check')
    await note()
    const all = await page.run(() => {
      const box = kit.root().querySelector('.fc-chosen .fc-check')
      const before = [box.checked, box.indeterminate]
      box.click()
      return [...before, kit.chosen()]
    })
    assert.deepEqual(seen, [
      'b | 1 file selected | 1 file selected',
      'b c d | 3 files selected | 3 files selected',
      'b c d f | 4 files selected | 4 files selected',
      'b c d e f | 5 files selected | 5 files selected',
      ' |  | 0 files selected',
      'b c d | 3 files selected | 3 files selected',
      'b c | 2 files selected | 2 files selected',
      'a b c d e f | 6 files selected | 6 files selected',
      'b c d e f | 5 files selected | 5 files selected',
    ])
    assert.deepEqual(all, [false, true, 'a b c d e f'])
  })

  test('what is chosen is paused, resumed, tried again and removed at once', async () => {
    await rig.store.rules(
      { match: { path: 'wrong' }, fault: { kind: 'internal-error' } },
      { match: { path: 'held' }, fault: { kind: 'slow', bytesPerSecond: 1_000_000 } },
    )
    const page = await begin({ selectable: '' }, ['wrong1', 'wrong2'], { retryDelays: [] })
    const seen = await page.run(async () => {
      const states = () => kit.rows().map(({ name, state }) => `${name} ${state}`)
      const verbs = () =>
        [...kit.root().querySelectorAll('.fc-chosen button:not([hidden])')].map((node) => node.dataset.do.split('-')[0])
      const choose = (name) => kit.part(name, 'check').click()
      kit.drop([kit.file('held1', 9_000_000, 1), kit.file('held2', 9_000_000, 2), kit.file('free', 5, 3)])
      await kit.painted()
      kit.press('upload')
      await kit.until(() => kit.el.uploader.getTotals().failed === 2 && kit.el.value.length === 1, 'the others')
      await kit.painted()
      const seen = [verbs().join()]
      for (const name of ['held1', 'held2', 'wrong1']) choose(name)
      seen.push(verbs().join())
      kit.press('pause-selected')
      await kit.painted()
      seen.push(states().join(), verbs().join())
      kit.press('resume-selected')
      await kit.painted()
      seen.push(
        states()
          .slice(2, 4)
          .every((state) => /held\d (queued|preparing|uploading)/.test(state)),
      )
      kit.press('retry-selected')
      await kit.until(() => kit.of('upload-error').length === 3, 'another failure')
      await kit.painted()
      kit.root().querySelector('[data-do="remove-selected"]').focus()
      kit.press('remove-selected')
      await kit.painted()
      seen.push(states().join(), kit.focused(), kit.chosen(), verbs().join())
      return seen
    })
    assert.deepEqual(seen, [
      '',
      'pause,retry,remove',
      'wrong1 failed,wrong2 failed,held1 paused,held2 paused,free done',
      'resume,retry,remove',
      true,
      'wrong2 failed,free done',
      'Select wrong2',
      '',
      '',
    ])
  })

  test('chosen files that are not shown any more are not removed', async () => {
    await rig.store.rules({ match: { path: 'wrong' }, fault: { kind: 'denied' } })
    const many = ['good', 'wrong', 'c', 'd', 'e', 'f', 'g', 'h']
    const page = await begin(BOTH, many, { retryDelays: [] })
    const seen = await page.run(async () => {
      kit.press('upload')
      await kit.event('complete')
      await kit.painted()
      kit.part('good', 'check').click()
      kit.press('filter')
      await kit.painted()
      // The order is that of the whole list.
      const handles = kit.root().querySelectorAll('.fc-row .fc-handle:not([hidden])').length
      kit.root().querySelector('.fc-chosen .fc-check').click()
      const chosen = kit.chosen()
      kit.press('remove-selected')
      await kit.painted()
      return [handles, chosen, kit.order()]
    })
    assert.deepEqual(seen, [0, 'wrong', 'good c d e f g h'])
  })

  test('off, on and off again', async () => {
    const page = await begin({}, ['a', 'b'])
    const seen = await page.run(async () => {
      const shown = () =>
        ['.fc-handle', '.fc-row > .fc-check', '.fc-chosen'].map(
          (part) => [...kit.root().querySelectorAll(part)].filter((node) => node.getClientRects().length > 0).length,
        )
      const fetched = () => performance.getEntriesByType('resource').length
      const seen = [shown(), [kit.el.sortable, kit.el.selectable]]
      const before = fetched()
      Object.assign(kit.el, { sortable: true, selectable: true })
      await kit.until(() => shown().join() === '2,2,1', 'both')
      seen.push(fetched() > before)
      kit.root().querySelector('.fc-row > .fc-check').click()
      kit.el.disabled = true
      await kit.painted()
      seen.push(shown())
      Object.assign(kit.el, { sortable: false, selectable: false, disabled: false })
      await kit.painted()
      return [...seen, shown(), kit.chosen()]
    })
    assert.deepEqual(seen, [[0, 0, 0], [false, false], true, [0, 2, 1], [0, 0, 0], ''])
  })

  for (const attributes of [
    { ...BOTH, theme: 'light' },
    { ...BOTH, theme: 'dark', view: 'grid' },
  ]) {
    test(`nothing to complain about: ${attributes.theme}, ${attributes.view ?? 'list'}`, async () => {
      const page = await begin(attributes, ['a.png', 'b.txt', 'c.zip'])
      assert.deepEqual(await violations(page), [])
      await press(page, 'b.txt', 'check')
      await press(page, 'a.png', 'handle')
      await page.run(() => kit.painted())
      assert.deepEqual(await violations(page), [])
      const small = await page.run(() =>
        [...kit.root().querySelectorAll('button, .fc-check')]
          .map((node) => [node, node.getBoundingClientRect()])
          .filter(([, { width, height }]) => width > 0 && (width < 24 || height < 24))
          .map(([node]) => node.outerHTML),
      )
      assert.deepEqual(small, [])
    })
  }

  test('in a dialog, Escape is first for what is in it', async () => {
    const page = await begin({ ...BOTH, mode: 'modal' }, ['a', 'b', 'c'])
    const isOpen = () => page.run(() => kit.painted().then(() => kit.root().querySelector('dialog').open))
    await page.run(() => kit.until(() => kit.root().querySelector('dialog'), 'the dialog'))
    await page.run(() => kit.el.show())
    await page.run(() => kit.until(() => kit.root().querySelector('.fc-handle'), 'handles'))
    await focus(page, 'a', 'check')
    await type(page, ' ')
    await focus(page, 'a', 'handle')
    await type(page, ' ', Key.ARROW_DOWN, Key.ESCAPE)
    const seen = () => page.run(() => [kit.order(), kit.chosen()])
    assert.deepEqual([await isOpen(), ...(await seen())], [true, 'a b c', 'a'])
    await type(page, Key.ESCAPE)
    assert.deepEqual([await isOpen(), ...(await seen())], [true, 'a b c', ''])
    await type(page, Key.ESCAPE)
    assert.equal(await isOpen(), false)
  })

  test('a strict policy is kept', async () => {
    const page = await begin(BOTH, ['a', 'b', 'c'], {}, STRICT)
    const [a, c] = [await middle(page, 'a'), await middle(page, 'c')]
    await page.driver.actions({ async: true }).move(at(a, 0)).press().move(at(c)).release().perform()
    await press(page, 'b', 'check')
    assert.equal((await told(page)).shown, 'b c a')
    assert.deepEqual(await page.run(() => [kit.refused, kit.el.shadowRoot.adoptedStyleSheets.length]), [[], 3])
  })
})
