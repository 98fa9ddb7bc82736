// Every state of the interface, light and dark, held against what people with other eyes, hands and screens need: axe
// finds nothing, buttons can be hit, at 320 pixels nothing sticks out, forced colours are heeded. In Chromium, which
// can be told to pretend; `accessibility.test.js` has a part of it for the other browsers.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PNG } from 'pngjs'
import { violations } from './lib/axe.js'
import { inBrowsers } from './lib/browsers.js'
import { faint } from './lib/contrast.js'
import { ownWindow, prefers, window_ } from './lib/emulate.js'
import { open } from './lib/page.js'
import { small, sticksOut } from './lib/room.js'
import { withRig } from './lib/rig.js'
import { enter, repaint, STATES } from './lib/states.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })

inBrowsers(
  (session) => {
    for (const state of Object.keys(STATES)) {
      test(state, async () => {
        const page = await open(await session(), rig.site)
        await enter(page, rig, state, 'light')
        for (const theme of /** @type {const} */ (['light', 'dark'])) {
          if (theme === 'dark') await repaint(page, theme)
          assert.deepEqual(await violations(page), [], theme)
          assert.deepEqual(await faint(page), [], theme)
          assert.deepEqual(await small(page), [], theme)
        }
        try {
          // A window of 1280 at four times its size.
          await window_(page, 320, 256)
          await page.run(() => kit.painted())
          assert.deepEqual(await sticksOut(page), [])
          assert.deepEqual(await small(page), [])
        } finally {
          await ownWindow(page)
        }
      })
    }

    test('forced colours: bars, buttons, the drop zone and the focus are still to be seen', async () => {
      const page = await open(await session(), rig.site)
      await prefers(page, { 'forced-colors': 'active' })
      try {
        for (const state of ['uploading', 'paused', 'retrying']) {
          await open(await session(), rig.site)
          await enter(page, rig, state, 'light')
          assert.equal(await page.run(() => matchMedia('(forced-colors: active)').matches), true)
          const bars = await page.run(() =>
            [...kit.root().querySelectorAll('progress')]
              .filter((bar) => bar.getClientRects().length > 0)
              .map((bar) => {
                bar.value = 50
                const { left, top, width, height } = bar.getBoundingClientRect()
                return { name: bar.getAttribute('part') + bar.dataset.state, x: left, y: top + height / 2, width }
              }),
          )
          assert.ok(bars.length > 0)
          await page.run(() => kit.painted())
          const picture = PNG.sync.read(Buffer.from(await page.driver.takeScreenshot(), 'base64'))
          for (const { name, x, y, width } of bars) {
            const colour = (part) => {
              const at = (Math.floor(y) * picture.width + Math.floor(x + width * part)) * 4
              return [...picture.data.subarray(at, at + 3)].join()
            }
            assert.notEqual(colour(0.25), colour(0.75), `${state}: the bar ${name} looks the same full and empty`)
          }
        }
        await open(await session(), rig.site)
        await enter(page, rig, 'dragging', 'light')
        const seen = await page.run(async () => {
          const drop = getComputedStyle(kit.root().querySelector('.fc-drop'))
          const dragged = drop.outlineStyle + drop.outlineWidth
          kit.root().querySelector('.fc-pick').focus({ focusVisible: true })
          const pick = getComputedStyle(kit.root().querySelector('.fc-pick'))
          return [dragged, `${pick.outlineStyle}${pick.outlineWidth}`, pick.borderColor !== pick.backgroundColor]
        })
        assert.deepEqual(seen, ['solid3px', 'solid2px', true])
      } finally {
        await prefers(page)
      }
    })
  },
  ['chromium'],
)
