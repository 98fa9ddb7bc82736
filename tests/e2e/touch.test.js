// The element under a finger, on a phone's screen: taps and swipes as a touch screen reports them, where nothing hovers.
// (Chromium alone can be told to have one.)

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { DRAW } from './lib/states.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })

const PHONE = { width: 360, height: 640, deviceScaleFactor: 2, mobile: true }
const NOTHING_HOVERS = ['hover', 'any-hover', 'pointer', 'any-pointer'].map((name) => ({
  name,
  value: name.endsWith('hover') ? 'none' : 'coarse',
}))

/** A page on a phone with the element in it. */
async function begin(session, attributes = {}, properties = {}) {
  const page = await open(await session(), rig.site)
  const send = (command, parameters) => page.driver.sendDevToolsCommand(command, parameters)
  await send('Emulation.setDeviceMetricsOverride', PHONE)
  await send('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 2 })
  await send('Emulation.setEmulatedMedia', { features: NOTHING_HOVERS })
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
  return {
    ...page,
    /** Taps the middle of what can be seen of it, by finding what is really there. */
    async tap(selector, within = '') {
      const at = await page.run(
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
          return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
        },
        selector,
        within,
      )
      await send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] })
      await send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
      await page.run(() => kit.painted())
    },
    /** Moves a finger up from there. */
    async swipe({ x, y }, by) {
      const touch = (type, touchPoints) => send('Input.dispatchTouchEvent', { type, touchPoints })
      await touch('touchStart', [{ x, y }])
      for (let moved = 10; moved <= by; moved += 10) await touch('touchMove', [{ x, y: y - moved }])
      await touch('touchEnd', [])
    },
    stop: async () => {
      await send('Emulation.setEmulatedMedia', { features: [] })
      await send('Emulation.setTouchEmulationEnabled', { enabled: false })
      await send('Emulation.clearDeviceMetricsOverride', {})
    },
  }
}

inBrowsers(
  (session) => {
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
      assert.equal(await page.run(() => document.documentElement.scrollWidth), PHONE.width)
      await page.stop()
    })

    for (const sortable of [false, true]) {
      test(`a swipe scrolls the list${sortable ? ', whose files may be sorted' : ''}, and taps nothing`, async () => {
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
        await page.swipe(before.from, 250)
        await page.run(() => kit.painted())
        const after = await look()
        assert.ok(after.top > before.top + 100, `${before.top} → ${after.top}`)
        assert.equal(after.page, before.page)
        assert.deepEqual([after.order, after.taps], [before.order, before.taps])
        await page.stop()
      })
    }

    test('the dialog: opened and closed, and nothing behind it is tapped', async () => {
      const page = await begin(session, { mode: 'modal' })
      await page.tap('.fc-open')
      const shown = () => page.run(() => Boolean(kit.root().querySelector('dialog')?.open))
      assert.equal(await shown(), true)
      await page.tap('.fc-pick')
      assert.equal(await page.run(() => kit.opened), 1)
      await page.tap('dialog .fc-top .fc-btn')
      assert.equal(await shown(), false)
      await page.stop()
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
      await page.stop()
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
      await page.stop()
    })
  },
  ['chromium'],
)
