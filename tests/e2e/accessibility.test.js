// axe finds nothing to complain about, in each state of the interface, light and dark; what happens is announced, and less
// motion is heeded.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PNG } from 'pngjs'
import { violations } from './lib/axe.js'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { intoFrame, small, sticksOut } from './lib/room.js'
import { withRig } from './lib/rig.js'
import { enter } from './lib/states.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })

/** What takes its time to change: parts by their style; and the bars, whose inside has no style that can be asked for. */
async function moving(session) {
  const page = await open(await session(), rig.site)
  await enter(page, rig, 'paused', 'light')
  const parts = await page.run(() =>
    [...kit.root().querySelectorAll('*')].flatMap((node) =>
      [undefined, '::before']
        .map((pseudo) => getComputedStyle(node, pseudo))
        .filter(
          ({ transitionDuration, transitionProperty, animationName }) =>
            animationName !== 'none' ||
            (transitionProperty !== 'none' && transitionDuration.split(', ').some((time) => time !== '0s')),
        )
        .map(() => node.getAttribute('part')),
    ),
  )
  const { x, y } = await page.run(() => {
    const slow = new CSSStyleSheet()
    slow.replaceSync('.fc-bar::-webkit-progress-value { transition-duration: 1000s }')
    kit.root().adoptedStyleSheets.push(slow)
    kit.bar = [...kit.root().querySelectorAll('progress')].find((bar) => bar.getClientRects().length > 0)
    const { right, top, height } = kit.bar.getBoundingClientRect()
    return { x: Math.floor(right - 9), y: Math.floor(top + height / 2) }
  })
  const colour = async () => {
    const picture = PNG.sync.read(Buffer.from(await page.driver.takeScreenshot(), 'base64'))
    const at = (y * picture.width + x) * 4
    return [...picture.data.subarray(at, at + 3)].join()
  }
  const before = await colour()
  await page.run(() => {
    kit.bar.value = 100
    return kit.painted()
  })
  const less = await page.run(() => matchMedia('(prefers-reduced-motion: reduce)').matches)
  return { less, parts, bars: (await colour()) === before }
}

inBrowsers((session, browser) => {
  for (const state of ['empty', 'dragging', 'ready', 'mixed', 'errors', 'done']) {
    for (const theme of /** @type {const} */ (['light', 'dark'])) {
      test(`${state}, ${theme}`, async () => {
        const page = await open(await session(), rig.site)
        await enter(page, rig, state, theme)
        assert.deepEqual(await violations(page), [])
      })
    }
  }

  for (const attributes of [
    ...[{}, { view: 'grid' }, { selectable: '', sortable: '' }, { mode: 'page' }, { mode: 'image' }],
    ...[{ mode: 'button' }, { mode: 'modal' }, { lang: 'ar' }],
  ]) {
    const what = Object.values(attributes).join('') || Object.keys(attributes).join(' and ') || 'list'
    test(`${what}: 320 pixels are room enough, as 1280 are at four times the size`, async () => {
      const page = await open(await session(), rig.site)
      await intoFrame(page, 320)
      try {
        await rig.store.rules({ match: { path: 'bad' }, fault: { kind: 'denied' } })
        await page.run(
          async (attributes, host) => {
            await kit.element({ host, multiple: '', ...attributes }, { retryDelays: [] })
            await kit.painted()
            kit.el.show()
            kit.drop([
              kit.file('a-name-that-goes-on-for-longer-than-any-line-has-room.jpeg', 4000, 1, 'image/jpeg'),
              kit.file('bad.bin', 4000, 2),
            ])
            await kit.until(() => kit.el.files.length > 0, 'a file')
            await kit.painted()
            kit.press('upload')
            await kit.event('complete')
            await kit.painted()
          },
          attributes,
          rig.url,
        )
        assert.equal(await page.run(() => innerWidth), 320)
        assert.deepEqual([await sticksOut(page), await small(page)], [[], []])
      } finally {
        await page.driver.switchTo().defaultContent()
      }
    })
  }

  test('the fallback, when the WebAssembly is missing', async () => {
    const page = await open(await session(), rig.site)
    await page.run(
      (host) => kit.element({ host, multiple: '' }, {}, { from: '/nowasm/element.js' }).then(() => undefined),
      rig.url,
    )
    assert.deepEqual(await violations(page), [])
  })

  test('start, end and failures are announced', async () => {
    await rig.store.rules({ match: { path: 'bad.bin' }, fault: { kind: 'denied' } })
    const page = await open(await session(), rig.site)
    const heard = await page.run(async (host) => {
      await kit.element({ host, multiple: '' }, { retryDelays: [] })
      const heard = { status: [], alert: [] }
      for (const role of ['status', 'alert']) {
        for (const region of kit.root().querySelectorAll(`[role="${role}"]`)) {
          new MutationObserver(() => heard[role].push(region.textContent)).observe(region, {
            childList: true,
            characterData: true,
            subtree: true,
          })
        }
      }
      await kit.batch([
        ['bad.bin', 100, 1],
        ['good.bin', 100, 2],
      ])
      return heard
    }, rig.url)
    assert.match(heard.status.join('\n'), /Uploading 2 files/)
    assert.match(heard.alert.join('\n'), /bad\.bin|failed|could not/i)
  })

  test('the focus stays in the list while files go, and then goes to the button that adds some', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      await kit.element({ host, multiple: '' })
      kit.drop(['a', 'b', 'c'].map((name, i) => kit.file(name, 5, i)))
      await kit.painted()
      kit.root().querySelectorAll('[data-do="remove"]')[1].focus()
      const seen = []
      for (let i = 0; i < 4; i += 1) {
        await kit.painted()
        const now = kit.root().activeElement
        seen.push(now?.getAttribute('aria-label') ?? now?.localName)
        if (now?.dataset.do === 'remove') now.click()
      }
      // And away from a button of the bar that is gone once it was pressed.
      kit.drop([kit.file('d', 5, 9)])
      await kit.painted()
      const upload = kit.root().querySelector('[data-do="upload"]')
      upload.focus()
      upload.click()
      await kit.event('complete')
      await kit.painted()
      return [...seen, kit.root().activeElement?.dataset.do]
    }, rig.url)
    assert.deepEqual(seen, ['Remove b', 'Remove c', 'Remove a', 'Choose files', 'pick'])
  })

  test('the keyboard reaches every button, and sees where it is', async () => {
    const page = await open(await session(), rig.site)
    await enter(page, rig, 'ready', 'light')
    const { buttons, reached } = await page.run(() => {
      const shown = [...kit.root().querySelectorAll('button, input')].filter(
        (node) => !node.closest('[hidden]') && node.getClientRects().length > 0,
      )
      const buttons = shown.filter((node) => node.localName === 'button')
      return {
        buttons: buttons.length,
        reached: buttons.filter((node) => node.tabIndex === 0 && !node.disabled).length,
      }
    })
    assert.ok(buttons >= 4, `${buttons} buttons`)
    assert.equal(reached, buttons)
  })

  test('things move, unless less motion is asked for', async () => {
    const { less, parts, bars } = await moving(session)
    assert.notDeepEqual(parts, [])
    // Firefox moves no bars.
    assert.deepEqual([less, bars], [false, browser !== 'firefox'])
  })
})

inBrowsers(
  (session) => {
    test('less motion: nothing moves by itself', async () => {
      assert.deepEqual(await moving(session), { less: true, parts: [], bars: false })
    })
  },
  undefined,
  { lessMotion: true },
)
