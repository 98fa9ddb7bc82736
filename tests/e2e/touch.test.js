// The element under a finger, in a phone's width: taps and swipes as a touch screen reports them, where nothing hovers.
// (Chromium can be told to have such a screen, the others get a frame; `finger.js` says what WebKitGTK cannot show.)

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { touch } from './lib/finger.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { intoFrame } from './lib/room.js'
import { DRAW } from './lib/states.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })

const PHONE = { width: 360, height: 640, deviceScaleFactor: 2, mobile: true }
const NOTHING_HOVERS = ['hover', 'any-hover', 'pointer', 'any-pointer'].map((name) => ({
  name,
  value: name.endsWith('hover') ? 'none' : 'coarse',
}))

/** Has the screen of a phone from now on. @param {any} page */
async function becomePhone({ driver }) {
  const send = (command, parameters) => driver.sendDevToolsCommand(`Emulation.${command}`, parameters)
  await send('setDeviceMetricsOverride', PHONE)
  await send('setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 2 })
  await send('setEmulatedMedia', { features: NOTHING_HOVERS })
}

/** A page on a phone with the element in it. */
async function begin(session, attributes = {}, properties = {}) {
  const page = await open(await session(), rig.site)
  await (page.browser === 'chromium' ? becomePhone(page) : intoFrame(page, PHONE.width))
  await page.run(
    async (attributes, properties) => {
      const viewport = { name: 'viewport', content: 'width=device-width, initial-scale=1' }
      document.head.append(Object.assign(document.createElement('meta'), viewport))
      await kit.element(attributes, properties)
      await kit.until(() => kit.root().querySelector('.fc-pick, .fc-open'), 'something to tap')
      await kit.painted()
      kit.opened = 0
      // The picker is the browser's own.
      kit.root().querySelector('.fc-input').click = () => (kit.opened += 1)
      kit.pointers = []
      kit.root().addEventListener('click', ({ pointerType }) => kit.pointers.push(pointerType))
    },
    { host: rig.url, multiple: '', ...attributes },
    properties,
  )
  /** The middle of what can be seen of it. */
  const middle = (selector, within = '') =>
    page.run(
      async (selector, within) => {
        const seen = () => {
          const row = within && kit.rowNode(within)
          if (within && !row) return undefined
          const all = [...(row || kit.root()).querySelectorAll(selector)]
          return all.find((node) => node.getClientRects().length > 0)
        }
        const node = await kit.until(seen, `${selector} of ${within || 'the panel'}`)
        node.scrollIntoView({ block: 'nearest' })
        await kit.painted()
        const box = seen().getBoundingClientRect()
        return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) }
      },
      selector,
      within,
    )
  return {
    ...page,
    middle,
    /** Taps there, whatever really is at that place. */
    async tap(selector, within = '') {
      await touch(page, await middle(selector, within))
      await page.run(() => kit.painted())
    },
  }
}

inBrowsers(
  (session, browser) => {
    test('choose, upload, pause, cancel, retry, remove, clear', async () => {
      const page = await begin(session, {}, { retryDelays: [] })
      await rig.store.rules(
        { match: { path: 'film' }, fault: { kind: 'stall', afterBytes: 65_536 } },
        { match: { path: 'b.txt' }, times: 1, fault: { kind: 'internal-error' } },
      )
      await page.tap('.fc-pick')
      assert.equal(await page.run(() => kit.opened), 1)
      await page.run(async () => {
        kit.drop([kit.file('film.mp4', 30_000_000, 1), kit.file('b.txt', 900, 2), kit.file('c.txt', 900, 3)])
        await kit.painted()
      })
      await page.tap('[data-do=upload]')
      await page.run(async () => {
        await kit.event('upload-error')
        await kit.event('upload-success')
        await kit.painted()
      })
      const words = () => page.run(() => kit.rows().map(({ name, words, state }) => [name, state, words]))
      await page.tap('[data-do=pause]', 'film.mp4')
      assert.deepEqual((await words())[0], ['film.mp4', 'paused', 'Paused'])
      await page.tap('[data-do=resume]', 'film.mp4')
      await page.tap('[data-do=retry]', 'b.txt')
      await page.run(() => kit.until(() => kit.of('upload-success').length === 2, 'the second try'))
      await page.tap('[data-do=remove]', 'film.mp4')
      await page.run(() => kit.event('complete'))
      assert.deepEqual(await words(), [
        ['b.txt', 'done', 'Uploaded'],
        ['c.txt', 'done', 'Uploaded'],
      ])
      await page.tap('[data-do=clear]')
      assert.deepEqual(await words(), [])
      assert.deepEqual([...new Set(await page.run(() => kit.pointers))], ['touch'])
      const room = await page.run(() => [innerWidth, document.documentElement.scrollWidth <= innerWidth])
      assert.deepEqual(room, [PHONE.width, true])
    })

    for (const sortable of [false, true]) {
      const what = `a swipe scrolls the list${sortable ? ', whose files may be sorted' : ''}, and taps nothing`
      const skip = browser === 'webkit' && 'its driver has no finger, and events that are made up scroll nothing'
      test(what, { skip }, async () => {
        const page = await begin(session, sortable ? { sortable: '', selectable: '' } : {})
        const look = () =>
          page.run(() => {
            const view = kit.root().querySelector('.fc-view')
            const box = view.getBoundingClientRect()
            return {
              top: view.scrollTop,
              page: scrollY,
              from: { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height * 0.8) },
              order: kit.el.files.map(({ name }) => name).join(' '),
              taps: kit.pointers.length,
              bottom: box.bottom,
            }
          })
        await page.run(async () => {
          kit.drop(Array.from({ length: 60 }, (_, i) => kit.file(`${i}.txt`, 10, i)))
          await kit.until(() => kit.rows().length > 3, 'rows')
          await kit.painted()
          kit.root().querySelector('.fc-view').scrollIntoView({ block: 'center' })
          await kit.painted()
        })
        const before = await look()
        const { x, y } = before.from
        await touch(page, ...Array.from({ length: 26 }, (_, i) => ({ x, y: y - 10 * i })))
        await page.run(() => kit.painted())
        const after = await look()
        assert.ok(after.top > before.top + 100, `${before.top} → ${after.top}`)
        assert.equal(after.page, before.page)
        assert.deepEqual([after.order, after.taps], [before.order, before.taps])
      })
    }

    test('a file is dragged by its handle, and the list is not scrolled', async () => {
      const page = await begin(session, { sortable: '' })
      await page.run(() => {
        kit.drop(Array.from({ length: 60 }, (_, i) => kit.file(`${i}.txt`, 10, i)))
        kit.root().addEventListener('pointerdown', ({ pointerType }) => kit.pointers.push(pointerType))
        kit.el.addEventListener('files-sorted', () => (kit.sorted = (kit.sorted ?? 0) + 1))
      })
      const [to, from] = [await page.middle('.fc-handle', '2.txt'), await page.middle('.fc-handle', '0.txt')]
      await touch(page, from, { x: from.x, y: from.y + 20 }, { x: to.x, y: to.y + 4 })
      await page.run(() => kit.until(() => kit.sorted, 'another order'))
      await page.run(() => kit.painted())
      const seen = await page.run(() => ({
        orders: [kit.el.files, kit.rows()].map((files) =>
          files.slice(0, 4).map(({ name }) => Number.parseInt(name, 10)),
        ),
        top: kit.root().querySelector('.fc-view').scrollTop,
        pans: getComputedStyle(kit.root().querySelector('.fc-handle')).touchAction,
        pointers: kit.pointers,
        sorted: kit.sorted,
      }))
      const order = [1, 2, 0, 3]
      assert.deepEqual(seen, { orders: [order, order], top: 0, pans: 'none', pointers: ['touch'], sorted: 1 })
    })

    test('the dialog: opened and closed, and nothing behind it is tapped', async () => {
      const page = await begin(session, { mode: 'modal' })
      await page.tap('.fc-open')
      const shown = () => page.run(() => Boolean(kit.root().querySelector('dialog')?.open))
      assert.equal(await shown(), true)
      await page.tap('.fc-pick')
      assert.equal(await page.run(() => kit.opened), 1)
      await page.tap('dialog .fc-top .fc-btn')
      assert.equal(await shown(), false)
    })

    test('one picture: chosen, replaced, removed', async () => {
      const page = await begin(session, { mode: 'image' })
      const drop = (name) =>
        page.run(
          `async (name) => {
          const draw = ${DRAW}
          kit.drop([await draw(name, 10, 5000)])
          await kit.until(() => kit.root().querySelector('.fc-picture')?.getClientRects().length, 'the picture')
          await kit.painted()
        }`,
          name,
        )
      const names = () => page.run(() => kit.el.uploader.getFiles().map(({ name }) => name))
      await page.tap('.fc-pick')
      await drop('first.jpg')
      await page.tap('.fc-pick')
      await drop('second.jpg')
      assert.deepEqual([await page.run(() => kit.opened), await names()], [2, ['second.jpg']])
      await page.tap('[data-do=remove]')
      assert.deepEqual(await names(), [])
    })

    test('several chosen by taps, and removed at once', async () => {
      const page = await begin(session, { selectable: '' })
      await page.run(async () => {
        kit.drop(['a', 'b', 'c'].map((name, i) => kit.file(name, 10, i)))
        await kit.until(() => kit.root().querySelector('.fc-check'), 'boxes')
        await kit.painted()
      })
      await page.tap('.fc-check', 'a')
      await page.tap('.fc-check', 'c')
      await page.tap('.fc-chosen [data-do^=remove]')
      assert.deepEqual(await page.run(() => kit.rows().map(({ name }) => name)), ['b'])
    })
  },
  undefined,
  { finger: true },
)
