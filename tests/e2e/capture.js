// Makes docs/upload.png, the moving picture of the README: an animated PNG of screenshots of a real upload in Chromium,
// slowed down by the fault proxy. No test: `node capture.js` after `cargo xtask npm`, then look at it.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import UPNG from 'upng-js'
import { startBrowser } from './lib/browsers.js'
import { window_ } from './lib/emulate.js'
import { ROOT } from './lib/env.js'
import { open } from './lib/page.js'
import { startBreakable } from './lib/servers.js'
import { startSite } from './lib/site.js'
import { DRAW } from './lib/states.js'

const [WIDTH, HEIGHT] = [600, 430]
/** Sharp on screens that have more pixels. */
const SCALE = 2
/** Between two pictures, the first and the last excepted, in milliseconds. */
const PACE_MS = 250
/** Colours of the whole animation. */
const COLOURS = 128
const MOST_FRAMES = 60

const site = await startSite()
const rig = await startBreakable({ origins: [site.origin], env: { FILECHUTE_METHOD: 'PUT' } })
const session = await startBrowser('chromium')
try {
  await rig.store.rules(
    { match: { path: 'film' }, fault: { kind: 'slow', bytesPerSecond: 7_000_000 } },
    { match: { path: 'Harbour' }, fault: { kind: 'slow', bytesPerSecond: 3_500_000 } },
    { match: { path: 'Sunset' }, fault: { kind: 'slow', bytesPerSecond: 2_500_000 } },
  )
  const page = await open(session, site)
  await window_(page, WIDTH, HEIGHT, SCALE)
  /** @type {Array<{data: ArrayBuffer, ms: number}>} */
  const frames = []
  const shoot = async (ms) => {
    const { data } = PNG.sync.read(Buffer.from(await page.driver.takeScreenshot(), 'base64'))
    frames.push({ data: new Uint8Array(data).buffer, ms })
  }
  await page.run(async (host) => {
    document.documentElement.style.colorScheme = 'light'
    document.body.style.margin = '12px'
    await kit.element({ host, multiple: '', theme: 'light', 'max-file-size': '5GB' })
  }, rig.url)
  await shoot(900)
  await page.run(`async () => {
    const draw = ${DRAW}
    kit.files = [
      await draw('Sunset over Lisbon.jpg', 15, 6_400_000),
      kit.file('Holiday film.mp4', 52_000_000, 2, 'video/mp4'),
      await draw('Harbour at dawn.png', 200, 19_000_000, 'image/png'),
    ]
    kit.drag('dragenter', kit.transfer(kit.files))
    await kit.painted()
  }`)
  await shoot(600)
  await page.run(async () => {
    kit.drop(kit.files)
    await kit.painted()
    await kit.until(() => kit.root().querySelectorAll('img[data-state=load]').length === 2, 'the pictures')
    await kit.painted()
  })
  await shoot(1200)
  await page.run(() => kit.press('upload'))
  for (let done = false, last = Date.now(); !done && frames.length < MOST_FRAMES; ) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, last + PACE_MS - Date.now())))
    const ms = Date.now() - last
    last += ms
    await shoot(ms)
    done = await page.run(() => kit.of('complete').length > 0)
  }
  await page.run(() => kit.painted())
  await shoot(2500)
  const file = join(ROOT, 'docs/upload.png')
  const delays = frames.map(({ ms }) => ms)
  const picture = UPNG.encode(
    frames.map(({ data }) => data),
    WIDTH * SCALE,
    HEIGHT * SCALE,
    COLOURS,
    delays,
  )
  await writeFile(file, Buffer.from(picture))
  console.log(`${file}: ${frames.length} pictures, ${picture.byteLength} bytes`)
} finally {
  await session.stop()
  await rig.stop()
  await site.stop()
}
