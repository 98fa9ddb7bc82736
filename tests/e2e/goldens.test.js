// What each state looks like, light and dark, on a desk and on a phone, compared with the pictures in `goldens`. Only
// where fonts are the same as where these were made; elsewhere it says so and is skipped. `FILECHUTE_WRITE=1` makes them
// anew: look at them before they are committed.

import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { prefers, window_ } from './lib/emulate.js'
import { compare, fonts, GOLDENS, WRITE } from './lib/goldens.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { enter, repaint, STATES } from './lib/states.js'
import { still } from './lib/still.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })

/** No picture of their own: what moves in them is in others, and the bubble is the browser's. */
const LEFT_OUT = ['lively', 'fifty', 'required']
const FONTS = join(GOLDENS, 'fonts.json')

/** A window of that width, as high as what is in it. */
async function fit(page, width) {
  await window_(page, width, 800)
  await page.run(() => kit.painted())
  const height = await page.run(() => {
    const shown = [document.querySelector('main'), ...kit.root().querySelectorAll('.fc-box, .fc-editor')]
    return Math.max(120, Math.ceil(Math.max(...shown.map((node) => node.getBoundingClientRect().bottom)) + 24))
  })
  await window_(page, width, height)
  await page.run(() => kit.painted())
}

/** What is wrong with how it looks, if anything. */
async function look(page, name) {
  const what = await compare(name, Buffer.from(await page.driver.takeScreenshot(), 'base64'))
  return what ? [`${name}: ${what}`] : []
}

inBrowsers(
  (session) => {
    /** Why nothing can be compared here, or nothing. @type {Promise<string> | undefined} */
    let odd
    const start = async () => {
      const page = await open(await session(), rig.site)
      odd ??= (async () => {
        const here = await fonts(page)
        if (WRITE) {
          await mkdir(GOLDENS, { recursive: true })
          await writeFile(FONTS, `${JSON.stringify(here, undefined, 2)}\n`)
          return ''
        }
        const there = JSON.parse(await readFile(FONTS, 'utf8'))
        return JSON.stringify(here) === JSON.stringify(there) ? '' : `other fonts: ${JSON.stringify({ here, there })}`
      })()
      return { page, why: await odd }
    }
    const golden = (state, media, act) =>
      test(`${state}${media ? ', forced colours' : ''}`, async (t) => {
        const { page, why } = await start()
        if (why) {
          t.diagnostic(`not compared, ${why}`)
          return t.skip(why)
        }
        await prefers(page, { 'prefers-reduced-motion': 'reduce', ...media })
        try {
          await window_(page, 1200, 800)
          await enter(page, rig, state, 'light')
          await still(page)
          assert.deepEqual(await act(page), [])
        } finally {
          await prefers(page)
        }
      })
    for (const state of Object.keys(STATES).filter((state) => !LEFT_OUT.includes(state))) {
      golden(state, undefined, async (page) => {
        const wrong = []
        for (const [width, themes] of /** @type {const} */ ([
          [1200, ['light', 'dark']],
          [360, ['dark', 'light']],
        ])) {
          await fit(page, width)
          for (const theme of themes) {
            await repaint(page, theme)
            wrong.push(...(await look(page, `${state}-${theme}-${width}`)))
          }
        }
        return wrong
      })
    }
    for (const state of ['dragging', 'paused', 'errors']) {
      golden(state, { 'forced-colors': 'active' }, async (page) => {
        await fit(page, 360)
        return look(page, `${state}-forced-360`)
      })
    }
  },
  ['chromium'],
)
