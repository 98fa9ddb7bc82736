// The server-rendered Leptos example as a program: what the server sends, its taking over in the browser without a
// complaint, an upload, and the form that carries the key back.

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { createServer, request as forward } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { blocks } from './lib/content.js'
import { LEPTOS_SSR } from './lib/env.js'
import { onNode } from './lib/page.js'
import { start } from './lib/processes.js'
import { startDevHost, temporaryFolder } from './lib/servers.js'
import { sameFile } from './lib/verify.js'

const skip = !LEPTOS_SSR && 'it is not built: FILECHUTE_LEPTOS_SSR_BIN and FILECHUTE_LEPTOS_SSR_SITE say where it is'
const SIZE = 4321
/** Runs before any other script of the page: whatever goes wrong there is written down, in every browser. */
const LISTEN = `<script>
  window.said = []
  for (const level of ['error', 'warn']) {
    const original = console[level]
    console[level] = (...args) => { said.push(level + ': ' + args.join(' ')); original.apply(console, args) }
  }
  addEventListener('error', (event) => said.push('thrown: ' + event.message))
  addEventListener('unhandledrejection', (event) => said.push('rejected: ' + event.reason))
</script>`

let app
let host
let front
let disk
before(async () => {
  if (skip) return
  // The page's origin has to be known before anything else is started.
  front = await startFront()
  host = await startDevHost({ origins: [front.origin] })
  disk = await temporaryFolder()
  const env = { PORT: '0', SITE_ROOT: LEPTOS_SSR.site, FILECHUTE_HOST: host.url }
  app = start(LEPTOS_SSR.program, [], { env })
  front.to = (await app.line(/^leptos-ssr: (http:.*)$/))[1]
})
after(async () => {
  await app?.stop()
  await host?.stop()
  await front?.stop()
  await disk?.remove()
})

/** The app with one script more in its pages: a relay in front of it. */
async function startFront() {
  const front = { to: '', origin: '', stop: async () => {} }
  const server = createServer((request, response) => {
    const { method, headers } = request
    const onward = forward(new URL(request.url ?? '/', front.to), { method, headers }, async (answer) => {
      const { 'content-length': _, ...kept } = answer.headers
      response.writeHead(answer.statusCode ?? 500, kept)
      if (!answer.headers['content-type']?.startsWith('text/html')) return answer.pipe(response)
      const page = Buffer.concat(await answer.toArray()).toString()
      response.end(page.replace('<head>', `<head>${LISTEN}`))
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  front.origin = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`
  front.stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(() => resolve(undefined)))
  }
  return front
}

/** Runs in the page until it gives something. @param {any} driver @param {string} script @param {...unknown} args */
const until = (driver, script, ...args) =>
  driver.wait(() => driver.executeScript(script, ...args), 20_000, `waited in vain for: ${script}`)

test('two hundred visits at once: every page is whole, and nobody panics', { skip }, async () => {
  const pages = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const response = await fetch(front.to)
      assert.equal(response.status, 200)
      return response.text()
    }),
  )
  for (const page of pages) {
    assert.match(page, /<input[^>]*type="file"[^>]*name="photos"/)
    // Leptos' own scripts follow the document.
    assert.match(page, /<\/html>(<script[^>]*>[^<]*<\/script>)*$/)
  }
  assert.doesNotMatch(app.said.join('\n'), /panicked/)
})

inBrowsers((session, browser) => {
  test('taken over without a complaint, a file uploaded, its key submitted', { skip }, async () => {
    const { driver } = await session()
    await driver.get(front.origin)
    await until(driver, `return document.querySelector('.fc[data-ready]') !== null`)
    // What the server rendered is what the browser goes on with: no second panel, no doubled text.
    const found = await driver.executeScript(`return {
      panels: document.querySelectorAll('.fc').length,
      inputs: document.querySelectorAll('input[type=file]').length,
      button: document.querySelector('.fc-pick').textContent,
      said: window.said,
    }`)
    assert.deepEqual(found, { panels: 1, inputs: 1, button: 'Choose files', said: [] })

    const name = `served-${browser}.png`
    const path = join(disk.path, name)
    await writeFile(path, Buffer.concat([...blocks(SIZE, SIZE)]))
    await onNode(driver, `return document.querySelector('.fc-input')`, [], (input) => input.sendKeys(path))
    await until(driver, `return document.querySelector('[data-do="upload"]:not([hidden])') !== null`)
    // Nothing is submitted yet, the plain input included: it has handed its file over.
    assert.deepEqual(await driver.executeScript(`return [...new FormData(document.forms[0])]`), [])
    await driver.executeScript(`document.querySelector('[data-do="upload"]').click()`)
    await until(driver, `return document.querySelector('input[type=hidden]') !== null`)
    const submitted = await driver.executeScript(`return [...new FormData(document.forms[0])]`)
    assert.equal(submitted.length, 1, JSON.stringify(submitted))
    const [[field, key]] = submitted
    assert.equal(field, 'photos')
    assert.ok(key.endsWith(name), key)
    await sameFile(host.folder, key, SIZE, SIZE)
    // The page's own handler heard of it as well.
    assert.equal(await driver.executeScript(`return document.querySelector('main > ul code').textContent`), key)
    assert.deepEqual(await driver.executeScript('return window.said'), [])

    await driver.executeScript(`document.querySelector('form > p > button').click()`)
    await until(driver, `return document.querySelector('.received') !== null`)
    const received = await driver.executeScript(
      `return [...document.querySelectorAll('.received li')].map((item) => item.textContent)`,
    )
    assert.deepEqual(received, [key])
  })

  test('a file that is removed from the list is not submitted', { skip }, async () => {
    const { driver } = await session()
    await driver.get(front.origin)
    await until(driver, `return document.querySelector('.fc[data-ready]') !== null`)
    await driver.executeScript(`
      const transfer = new DataTransfer()
      for (const name of ['kept.txt', 'removed.txt']) transfer.items.add(new File([name], name))
      const init = { dataTransfer: transfer, bubbles: true, cancelable: true }
      document.querySelector('.fc').dispatchEvent(new DragEvent('drop', init))`)
    await until(driver, `return document.querySelector('[data-do="upload"]:not([hidden])') !== null`)
    await driver.executeScript(`document.querySelector('[data-do="upload"]').click()`)
    await until(driver, `return document.querySelectorAll('input[type=hidden]').length === 2`)
    await driver.executeScript(`
      const row = [...document.querySelectorAll('.fc-row')].find((row) => row.textContent.includes('removed.txt'))
      row.querySelector('[data-do="remove"]').click()`)
    await until(driver, `return document.querySelectorAll('input[type=hidden]').length === 1`)
    const keys = await driver.executeScript(`return new FormData(document.forms[0]).getAll('photos')`)
    assert.match(keys[0], /kept\.txt$/)
    assert.deepEqual(await driver.executeScript('return window.said'), [])
  })
})
