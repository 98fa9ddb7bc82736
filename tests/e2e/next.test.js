// The example for Next.js as a person uses it: the production build with the packed package, under its own policy.

import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { disk } from './lib/disk.js'
import { startNext } from './lib/next.js'
import { onNode } from './lib/page.js'
import { keysIn, sameFile } from './lib/verify.js'

const files = disk()
/** @type {Awaited<ReturnType<typeof startNext>>} */
let shop
before(async () => {
  shop = await startNext()
})
after(() => shop?.stop())

/** What the list says of a file that failed. */
const FAILED =
  'return document.querySelector("file-chute").shadowRoot.querySelector(".fc-row[data-state=failed] .fc-state")?.textContent'

/** @param {unknown} body */
const sign = (body, headers = { 'content-type': 'application/json' }) =>
  fetch(`${shop.origin}/api/upload`, { method: 'POST', body: JSON.stringify(body), headers })

test('the route says no in words, and signs for one size and one type alone', async () => {
  const answers = await Promise.all(
    [{}, { type: 'image/png', size: -1 }, { type: 'image/svg+xml', size: 1 }, { type: 'image/png', size: 2 ** 40 }].map(
      (body) => sign(body),
    ),
  )
  assert.deepEqual(
    answers.map(({ status }) => status),
    [400, 400, 415, 413],
  )
  // What a page of another site could send with a visitor's cookies.
  assert.equal((await sign({ type: 'image/png', size: 5 }, {})).status, 415)
  for (const answer of answers) assert.match((await answer.json()).error, /^[A-Z].*\.$/)

  const { url, method, headers, key } = await (await sign({ name: '../../a.png', type: 'image/png', size: 5 })).json()
  assert.match(key, /^uploads\/[0-9a-f-]{36}\.png$/)
  const send = async (body, type) => {
    const { status } = await fetch(url, { method, body, headers: { ...headers, 'content-type': type } })
    return status
  }
  assert.deepEqual([await send('longer', 'image/png'), await send('12345', 'text/html')], [403, 403])
  assert.equal(await send('12345', 'image/png'), 200)
})

inBrowsers((session, browser) => {
  const inside = 'return document.querySelector("file-chute")?.shadowRoot?.querySelector(arguments[0])'

  test('uploads of 0 B, 1 B and 6 MiB; the words of the route; nothing against the policy', async () => {
    const { driver } = await session()
    const policy = (await fetch(shop.origin)).headers.get('content-security-policy') ?? ''
    assert.match(policy, /script-src [^;]*'nonce-[^;]*'wasm-unsafe-eval'/)
    assert.doesNotMatch(policy, /'unsafe-/)

    await driver.get(shop.origin)
    await driver.executeScript(() => {
      window.violations = []
      addEventListener('securitypolicyviolation', (e) =>
        window.violations.push(`${e.violatedDirective} ${e.blockedURI}`),
      )
    })
    const pick = (path) => onNode(driver, inside, ['input[type=file]'], (input) => input.sendKeys(path))
    const upload = () => onNode(driver, inside, ['[data-do="upload"]:not([hidden])'], (button) => button.click())
    const shown = (selector) =>
      driver.executeScript(
        'return [...document.querySelectorAll(arguments[0])].map((node) => node.textContent)',
        selector,
      )

    const sizes = [0, 1, 6 << 20]
    for (const size of sizes) await pick(await files.file(`${browser}-${size}.pdf`, size))
    await upload()
    await driver.wait(async () => (await shown('ul li')).length === 3, 30_000, 'three keys in the list')
    const keys = await shown('ul li')
    const stored = await Promise.all(
      keys.map(async (key) => ({ key, size: (await stat(join(shop.folder, key))).size })),
    )
    assert.deepEqual(
      stored.map(({ size }) => size).sort((a, b) => a - b),
      sizes,
    )
    for (const { key, size } of stored) await sameFile(shop.folder, key, size, size)

    const before = await keysIn(shop.folder)
    await pick(await files.file(`${browser}.svg`, 100))
    await upload()
    await driver.wait(
      async () => /^Files of the type .* cannot be uploaded here\.$/.test(await driver.executeScript(FAILED)),
      5_000,
      'the words of the route',
    )
    assert.deepEqual(await keysIn(shop.folder), before)

    assert.deepEqual(await driver.executeScript('return violations'), [])
    if (browser === 'chromium') {
      const said = (await driver.manage().logs().get('browser')).map(({ message }) => message)
      assert.deepEqual(
        said.filter((text) => /content security policy|hydrat/i.test(text)),
        [],
      )
    }
  })
})
