// The demo site as a stranger meets it: pick a file, press the button, see it in the bucket; break the line, mend it, and
// see the file in the bucket all the same. By real keys and clicks, under the site's own content security policy.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { withDemo } from './lib/demo.js'
import { LEPTOS_DEMO } from './lib/env.js'
import { onNode } from './lib/page.js'
import { keysIn, sameFile } from './lib/verify.js'

const demo = withDemo()
/** Enough for several parts. */
const LARGE = 17_000_000

inBrowsers((session, browser) => {
  const visit = async () => demo.open((await session()).driver)

  test('a file picked, uploaded with the button, and shown out of the bucket', async () => {
    const page = await visit()
    await page.pick('#with-host', `picked-${browser}.txt`, 4321)
    await page.send('#with-host')
    await page.stored(`picked-${browser}.txt`, 4321)
    const log = await page.log()
    assert.match(log, /upload-success/)
    assert.doesNotMatch(log, /X-Amz/)
  })

  test('a file dropped', async () => {
    const page = await visit()
    const name = `dropped-${browser}.txt`
    await page.inside('#with-host', '.fc-drop', (zone) =>
      page.run(
        `const dataTransfer = new DataTransfer()
        dataTransfer.items.add(new File(['dropped here'], arguments[1], { type: 'text/plain' }))
        for (const type of ['dragenter', 'dragover', 'drop']) {
          arguments[0].dispatchEvent(new DragEvent(type, { bubbles: true, composed: true, cancelable: true, dataTransfer }))
        }`,
        zone,
        name,
      ),
    )
    await page.send('#with-host')
    await page.until('return document.getElementById("gallery").textContent.includes(arguments[0])', name)
    const key = (await keysIn(demo.folder)).find((key) => key.endsWith(name))
    assert.equal(await readFile(join(demo.folder, key), 'utf8'), 'dropped here')
  })

  test('the sample, for those who have no file at hand', async () => {
    const page = await visit()
    await page.click('#sample')
    await page.until('return document.getElementById("gallery").textContent.includes("Harbour 1.jpg")')
  })

  test('the second uploader, with its own signer, starts at once', async () => {
    const page = await visit()
    await page.pick('#with-callback', `callback-${browser}.png`, 3210)
    await page.stored(`callback-${browser}.png`, 3210)
  })

  test('the plug is pulled in the middle: when it is in again, the upload completes by itself', async () => {
    const page = await visit()
    await page.turn('slow', 'slow')
    const name = `unplugged-${browser}.bin`
    await page.pick('#with-host', name, LARGE)
    await page.send('#with-host')
    const share = 'return document.querySelector("#with-host").shadowRoot.querySelector(".fc-row progress")?.value ?? 0'
    await page.until(share)
    // Several requests that break within 200 ms of their begin look like a bucket without a CORS rule: nobody is that quick.
    await page.driver.sleep(500)
    await page.turn('plug', 'reset')
    // Longer than the first retries.
    await page.driver.sleep(2500)
    assert.ok((await page.run(share)) < 100)
    assert.doesNotMatch(await page.log(), /upload-success|upload-error/)
    await page.turn('slow', 'slow', false)
    await page.turn('plug', 'reset', false)
    await page.stored(name, LARGE)
    assert.doesNotMatch(await page.log(), /upload-error/)
  })

  test('the plug is out from the beginning: nothing is lost, and nobody is told a wrong reason', async () => {
    const page = await visit()
    await page.turn('plug', 'reset')
    const name = `late-${browser}.txt`
    await page.pick('#with-host', name, 2100)
    await page.send('#with-host')
    await page.driver.sleep(2500)
    assert.doesNotMatch(await page.log(), /upload-success|upload-error|cors/)
    await page.turn('plug', 'reset', false)
    await page.stored(name, 2100)
  })

  for (const [name, kind, told] of [
    ['expire', 'expired', /Request has expired/],
    ['busy', 'slow-down', /503 SlowDown, twice/],
    ['lost', 'lost-answer', /answer thrown away/],
  ]) {
    test(`${name}: it completes by itself, and the switch goes back`, async () => {
      const page = await visit()
      await page.turn(name, kind)
      await page.pick('#with-host', `${name}-${browser}.bin`, 9_000_000)
      await page.send('#with-host')
      await page.stored(`${name}-${browser}.bin`, 9_000_000)
      await page.until(`return !document.querySelector('[data-fault=${name}]').checked`)
      await page.until('return /fault.*fault/.test(document.getElementById("log").textContent)')
      assert.match(await page.log(), told)
      assert.doesNotMatch(await page.log(), /upload-error/)
    })
  }

  test('the next visit finds the line whole', async () => {
    const page = await visit()
    await page.turn('plug', 'reset')
    await demo.open(page.driver)
    await page.until('return !document.querySelector("[data-fault=plug]").checked')
    await page.pick('#with-host', `again-${browser}.txt`, 1234)
    await page.send('#with-host')
    await page.stored(`again-${browser}.txt`, 1234)
  })

  test('the Leptos page', {
    skip: !LEPTOS_DEMO && 'it is not built: FILECHUTE_LEPTOS_DEMO says where it is',
  }, async () => {
    const page = await visit()
    await page.click('footer a[href="/leptos/"]')
    const find = (selector, use = async (_node) => {}) =>
      onNode(page.driver, 'return document.querySelector(arguments[0])', [selector], use)
    await find('.fc[data-ready]')
    const name = `leptos-${browser}.txt`
    const path = await demo.file(name, 2345)
    await find('.fc input[type=file]', (input) => input.sendKeys(path))
    await find('.fc [data-do="upload"]:not([hidden])', (button) => button.click())
    const key = () => keysIn(demo.folder).then((keys) => keys.find((key) => key.endsWith(name)))
    await page.driver.wait(key, 20_000, name)
    await sameFile(demo.folder, await key(), 2345, 2345)
  })
})

test('only the page itself may break the line', async () => {
  for (const [method, path] of [
    ['POST', '/demo/faults'],
    ['DELETE', '/demo/faults'],
    ['DELETE', '/demo/faults/connections'],
  ]) {
    const answer = await fetch(demo.url + path, {
      method,
      headers: { 'sec-fetch-site': 'cross-site' },
      body: undefined,
    })
    assert.equal(answer.status, 403, `${method} ${path}`)
  }
})
