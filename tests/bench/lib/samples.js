// One sample each: a fresh browser, one page, one widget.

import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startBrowser } from '../../e2e/lib/browsers.js'
import { open } from '../../e2e/lib/page.js'

/** @typedef {'ours' | 'uppy'} Who */

/** A slow line and a slow machine, as Lighthouse has them for phones. */
const SLOW = { line: { latency: 150, downloadThroughput: 204_800, uploadThroughput: 93_750 }, cpu: 4 }

/** Runs `use` in a browser of its own. @template T @param {(page: any) => Promise<T>} use @param {string} url @param {number} [limitMs] */
async function inPage(url, use, limitMs = 600_000) {
  const session = await startBrowser('chromium')
  try {
    await session.driver.manage().setTimeouts({ script: limitMs })
    const { origin, pathname, search } = new URL(url)
    const page = await open(session, { origin }, pathname + search)
    await page.run(() => globalThis.bench.ready)
    return await use(page)
  } finally {
    await session.stop()
  }
}

/** Bytes that the page's code holds after a collection: objects, what the browser holds for them, buffers, WebAssembly. */
async function heap({ driver, run }) {
  await driver.sendDevToolsCommand('HeapProfiler.collectGarbage')
  const seen = await driver.sendAndGetDevToolsCommand('Runtime.getHeapUsage')
  const wasm = await run(() => globalThis.wasmBytes())
  return seen.usedSize + (seen.embedderHeapUsedSize ?? 0) + (seen.backingStorageSize ?? 0) + wasm
}

/** What the browser calls itself. */
export async function browserVersion() {
  const session = await startBrowser('chromium')
  const capabilities = await session.driver.getCapabilities()
  await session.stop()
  return `Chromium ${capabilities.get('browserVersion')}`
}

/** From the navigation to a widget that is shown, and to one that can upload. @param {{origin: string}} server @param {Who} who @param {boolean} slow */
export async function ready({ origin }, who, slow) {
  const session = await startBrowser('chromium')
  try {
    const { driver } = session
    await driver.get(`${origin}/bench/nothing`)
    if (slow) {
      await driver.sendDevToolsCommand('Network.enable')
      await driver.sendDevToolsCommand('Network.emulateNetworkConditions', { offline: false, ...SLOW.line })
      await driver.sendDevToolsCommand('Emulation.setCPUThrottlingRate', { rate: SLOW.cpu })
    }
    const page = await open(session, { origin }, `/bench/${who}.html`)
    return await page.run(() => globalThis.bench.ready.then(() => globalThis.bench.times()))
  } finally {
    await session.stop()
  }
}

/**
 * Adds, scrolls, uploads with every tenth file refused, retries, takes all out.
 * @param {Awaited<ReturnType<typeof import('./server.js').startServer>>} server @param {Who} who
 * @param {number} count @param {number} capMs
 */
export function list(server, who, count, capMs) {
  server.sink.refuses = true
  /** @type {Record<string, any>} */
  const seen = {}
  return inPage(
    `${server.origin}/bench/${who}.html`,
    async (page) => {
      await page.run((count) => globalThis.bench.prepare(count, 1000), count)
      const before = await heap(page)
      seen.add = await page.run((capMs) => globalThis.bench.add(capMs), capMs)
      seen.heapBytes = (await heap(page)) - before
      seen.nodes = await page.run(() => globalThis.bench.nodes())
      seen.scroll = await page.run(() => globalThis.bench.scroll(2000))
      const send = (work) => page.run((work, capMs) => globalThis.bench.send(work, capMs), work, capMs)
      seen.upload = await send('upload')
      server.sink.refuses = false
      // What did not come to its end has nothing to retry, and is cancelled while it runs.
      if (!seen.upload.over) seen.retry = await send('retryAll')
      seen.cancel = await page.run((capMs) => globalThis.bench.cancel(capMs), capMs)
      return seen
    },
    // Some time for a page that does not come to look at the clock.
    capMs * 2,
  ).catch((error) => {
    if (error.name !== 'ScriptTimeoutError') throw error
    const stuck = ['add', 'scroll', 'upload', 'retry', 'cancel'].find(
      (phase) => !seen[phase] && !(phase === 'retry' && seen.upload?.over),
    )
    return { ...seen, [stuck ?? 'cancel']: { over: true } }
  })
}

/**
 * Uploads `count` files of `size` bytes to the project's host and its embedded store.
 * @param {{origin: string}} server @param {{url: string, folder: string}} host @param {Who} who
 * @param {number} count @param {number} size @param {Record<string, string>} [options] more of the page's address
 */
export async function throughput({ origin }, host, who, count, size, options = {}) {
  const query = new URLSearchParams({ host: host.url, ...options })
  const seen = await inPage(`${origin}/bench/${who}.html?${query}`, async (page) => {
    await page.run((count, size) => globalThis.bench.prepare(count, size), count, size)
    await page.run((capMs) => globalThis.bench.add(capMs), 60_000)
    return page.run((capMs) => globalThis.bench.send('upload', capMs), 300_000)
  })
  if (!seen.over && seen.succeeded !== count) throw new Error(`${who}: ${seen.succeeded} of ${count} files arrived`)
  for (const name of await readdir(host.folder)) await rm(join(host.folder, name), { recursive: true, force: true })
  return seen
}
