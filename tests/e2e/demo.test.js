// The demo page as a stranger meets it: pick a file, press the button, see it in the bucket. By real keys and clicks,
// under the page's own content security policy.

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { blocks } from './lib/content.js'
import { LEPTOS_DEMO, PKG, ROOT } from './lib/env.js'
import { onNode } from './lib/page.js'
import { startDevHost, temporaryFolder } from './lib/servers.js'
import { keysIn, sameFile } from './lib/verify.js'

let host
let disk
before(async () => {
  const mounts = [`/=${join(ROOT, 'www')}`, `/pkg=${PKG}`, ...(LEPTOS_DEMO ? [`/leptos=${LEPTOS_DEMO}`] : [])]
  host = await startDevHost({ origins: [], args: mounts.flatMap((mount) => ['--serve', mount]) })
  disk = await temporaryFolder()
})
after(async () => {
  await host?.stop()
  await disk?.remove()
})

/** Does something with a node inside of an element's shadow. */
const inside = (driver, id, selector, use = async () => {}) =>
  onNode(
    driver,
    'return document.getElementById(arguments[0]).shadowRoot?.querySelector(arguments[1])',
    [id, selector],
    use,
  )

/** A file on disk whose contents are known by its size. */
async function onDisk(name, size) {
  const path = join(disk.path, name)
  await writeFile(path, Buffer.concat([...blocks(size, size)]))
  return path
}

/** Waits until the object with that name is there, and holds its bytes against the file's. */
async function stored(driver, name, size) {
  await driver.wait(
    async () => (await keysIn(host.folder)).some((key) => key.endsWith(name)),
    20_000,
    `${name} in the bucket`,
  )
  const key = (await keysIn(host.folder)).find((key) => key.endsWith(name))
  await driver.wait(
    () => driver.executeScript('return document.getElementById("gallery").textContent.includes(arguments[0])', name),
    20_000,
    `${name} in the gallery`,
  )
  await sameFile(host.folder, key, size, size)
}

inBrowsers((session, browser) => {
  test('a file picked, uploaded with the button, and shown out of the bucket', async () => {
    const { driver } = await session()
    await driver.get(host.url)
    await inside(driver, 'with-host', '[data-ready] [data-do="pick"]')
    const name = `picked-${browser}.txt`
    const path = await onDisk(name, 4321)
    await inside(driver, 'with-host', 'input[type=file]', (input) => input.sendKeys(path))
    await inside(driver, 'with-host', '[data-do="upload"]:not([hidden])', (button) => button.click())
    await stored(driver, name, 4321)
    const log = await driver.executeScript('return document.getElementById("log").textContent')
    assert.match(log, /upload-success/)
    assert.doesNotMatch(log, /X-Amz/)
  })

  test('the second uploader, with its own signer, starts at once', async () => {
    const { driver } = await session()
    await driver.get(host.url)
    await inside(driver, 'with-callback', '[data-ready] [data-do="pick"]')
    const name = `callback-${browser}.png`
    const path = await onDisk(name, 3210)
    await inside(driver, 'with-callback', 'input[type=file]', (input) => input.sendKeys(path))
    await stored(driver, name, 3210)
  })

  test('the Leptos page', {
    skip: !LEPTOS_DEMO && 'it is not built: FILECHUTE_LEPTOS_DEMO says where it is',
  }, async () => {
    const { driver } = await session()
    await driver.get(`${host.url}/leptos/`)
    const find = (selector, use = async () => {}) =>
      onNode(driver, 'return document.querySelector(arguments[0])', [selector], use)
    await find('.fc[data-ready]')
    const name = `leptos-${browser}.txt`
    const path = await onDisk(name, 2345)
    await find('.fc input[type=file]', (input) => input.sendKeys(path))
    await find('.fc [data-do="upload"]:not([hidden])', (button) => button.click())
    await driver.wait(async () => (await keysIn(host.folder)).some((key) => key.endsWith(name)), 20_000, name)
    const key = (await keysIn(host.folder)).find((key) => key.endsWith(name))
    await sameFile(host.folder, key, 2345, 2345)
  })
})
