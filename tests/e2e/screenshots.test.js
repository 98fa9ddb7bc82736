// Pictures of the states, for people to look at: light, dark and as narrow as a phone. They are kept with the other
// artefacts; `FILECHUTE_PICTURES=docs` also puts the two of the README there.

import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { before, test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { ARTEFACTS, ROOT } from './lib/env.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { enter } from './lib/states.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })
const folder = join(ARTEFACTS, 'screenshots')
before(() => mkdir(folder, { recursive: true }))

/** A picture of the document, at that width. */
async function shoot(page, width, scale = 1) {
  const height = Math.max(
    200,
    Math.ceil(await page.run(() => document.querySelector('main').getBoundingClientRect().bottom + 24)),
  )
  if (page.browser === 'chromium') {
    const metrics = { width, height, deviceScaleFactor: scale, mobile: false }
    await page.driver.sendDevToolsCommand('Emulation.setDeviceMetricsOverride', metrics)
    await page.run(() => kit.painted())
  }
  return Buffer.from(await page.driver.takeScreenshot(), 'base64')
}

async function size(page, width) {
  if (page.browser === 'chromium') {
    const metrics = { width, height: 800, deviceScaleFactor: 1, mobile: false }
    await page.driver.sendDevToolsCommand('Emulation.setDeviceMetricsOverride', metrics)
  } else {
    await page.driver.manage().window().setRect({ width, height: 800 })
  }
}

inBrowsers((session, browser) => {
  const wide =
    browser === 'chromium'
      ? [
          'empty',
          'dragging',
          'ready',
          'mixed',
          'arabic',
          'fifty',
          'errors',
          'done',
          'grid',
          'image',
          'noimage',
          'modal',
          'button',
          'page',
        ]
      : ['empty', 'mixed', 'errors']
  for (const state of wide) {
    const looks =
      browser === 'chromium'
        ? [
            ['light', 800],
            ['dark', 800],
            ['light', 360],
            ['dark', 360],
            // A window of 1280 at four times its size.
            ['light', 320],
          ]
        : [['light', 800]]
    for (const [theme, width] of looks) {
      test(`${state}, ${theme}, ${width}`, async () => {
        const page = await open(await session(), rig.site)
        await size(page, width)
        await enter(page, rig, state, theme)
        const name = `${browser === 'chromium' ? '' : `${browser}-`}${state}-${theme}-${width}.png`
        await writeFile(join(folder, name), await shoot(page, width))
        // Nothing sticks out to the side, whatever the names.
        const { scroll, client } = await page.run(() => ({
          scroll: document.documentElement.scrollWidth,
          client: document.documentElement.clientWidth,
        }))
        assert.ok(scroll <= client, `the page is ${scroll} wide in a window of ${client}`)
      })
    }
  }
})

inBrowsers(
  (session) => {
    for (const theme of /** @type {const} */ (['light', 'dark'])) {
      test(`the picture of the README, ${theme}`, async () => {
        const page = await open(await session(), rig.site)
        await size(page, 900)
        await enter(page, rig, 'lively', theme)
        const picture = await shoot(page, 900, 2)
        await writeFile(join(folder, `${theme}.png`), picture)
        if (process.env.FILECHUTE_PICTURES) {
          const docs = resolve(ROOT, process.env.FILECHUTE_PICTURES)
          await mkdir(docs, { recursive: true })
          await writeFile(join(docs, `${theme}.png`), picture)
        }
        assert.ok(picture.length > 10_000)
      })
    }
  },
  ['chromium'],
)
