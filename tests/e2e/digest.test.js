// Checksums in real browsers: by the worker, on the page where a policy forbids workers, and what is told when the file or
// the WebAssembly cannot be read.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { startSite } from './lib/site.js'

const BLANK = '/page/blank.html'
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src data:; connect-src 'self'"
const NO_WORKERS = `${BLANK}?csp=${encodeURIComponent(`${POLICY}; worker-src 'none'`)}`
/** Of "123456789". */
const VALUES = {
  crc64nvme: 'rosUhgp5mIg=',
  crc32c: '4waSgw==',
  sha256: 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=',
  md5: 'JfnnlDI7RTiF9RgfG2JNCw==',
}

let site
let folder
before(async () => {
  site = await startSite()
  folder = await mkdtemp(join(tmpdir(), 'filechute-digest-'))
})
after(async () => {
  await site?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Digests of known bytes and of large ones, all at once, and what it took. Runs in the page. */
async function digests() {
  const { digest } = await import('/pkg/digest.js')
  const loadedBefore = performance.getEntriesByType('resource').map(({ name }) => name)
  const seen = { workers: 0, started: [] }
  const Original = window.Worker
  window.Worker = class extends Original {
    constructor(...args) {
      super(...args)
      seen.workers += 1
      this.addEventListener('message', ({ data }) => data.ready && seen.started.push(true))
    }
  }
  const check = new Blob(['123456789'])
  const large = new Uint8Array(20_000_000).map((_, at) => (at * 31) >> 3)
  const blob = new Blob([large])
  const [crc64nvme, crc32c, sha256, md5, whole, range] = await Promise.all([
    ...['crc64nvme', 'crc32c', 'sha256', 'md5'].map((name) => digest(check, 0, 9, name)),
    digest(blob, 0, large.length, 'sha256'),
    digest(blob, 3, 12_000_001, 'sha256'),
  ])
  // Others run meanwhile.
  let turns = 0
  const timer = setInterval(() => (turns += 1))
  await digest(blob, 0, large.length, 'crc64nvme')
  clearInterval(timer)
  const native = async (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))))
  return {
    ...seen,
    turns,
    values: { crc64nvme, crc32c, sha256, md5 },
    large: whole === (await native(large)) && range === (await native(large.subarray(3, 12_000_001))),
    loadedBefore: loadedBefore.filter((name) => /digest(-worker\.js|\.wasm)$/.test(name)),
  }
}

inBrowsers((session) => {
  test('by the worker', async () => {
    const page = await open(await session(), site)
    const seen = await page.run(digests)
    assert.deepEqual(seen.values, VALUES)
    assert.ok(seen.large)
    assert.deepEqual([seen.workers, seen.started], [1, [true]])
    assert.deepEqual(seen.loadedBefore, [], 'nothing is loaded before it is needed')
  })

  test('on the page, under a policy without workers', async () => {
    const page = await open(await session(), site, NO_WORKERS)
    const seen = await page.run(digests)
    assert.deepEqual(seen.values, VALUES)
    assert.ok(seen.large)
    assert.deepEqual(seen.started, [])
    assert.ok(seen.workers <= 1)
    assert.ok(seen.turns > 1, `${seen.turns} turns for others`)
  })

  test('a file that is gone: a DOMException', async () => {
    for (const address of [BLANK, NO_WORKERS]) {
      const page = await open(await session(), site, address)
      await page.run(() => {
        document.querySelector('main').innerHTML = '<input type="file">'
      })
      const path = join(folder, 'gone.bin')
      await writeFile(path, new Uint8Array(9_000_000))
      const input = await page.driver.findElement({ css: 'input' })
      await input.sendKeys(path)
      await rm(path)
      const seen = await page.run(async () => {
        const { digest } = await import('/pkg/digest.js')
        const [file] = document.querySelector('input').files
        const error = await digest(file, 0, 9_000_000, 'crc64nvme').catch((error) => error)
        return {
          is: error instanceof DOMException,
          name: error.name,
          kept: await digest(new Blob(['a']), 0, 1, 'crc32c'),
        }
      })
      assert.ok(seen.is)
      assert.match(seen.name, /^Not(Found|Readable)Error$/)
      assert.equal(seen.kept, 'wdBDMA==')
    }
  })

  test('an abort', async () => {
    const page = await open(await session(), site)
    const seen = await page.run(async () => {
      const { digest } = await import('/pkg/digest.js')
      const blob = new Blob([new Uint8Array(100_000_000)])
      const controller = new AbortController()
      const digested = digest(blob, 0, blob.size, 'sha256', { signal: controller.signal }).catch((error) => error.name)
      setTimeout(() => controller.abort(), 20)
      return [await digested, await digest(new Blob(['123456789']), 0, 9, 'crc32c')]
    })
    assert.deepEqual(seen, ['AbortError', VALUES.crc32c])
  })

  test('without its WebAssembly: why, and again when asked again', async () => {
    const page = await open(await session(), site, NO_WORKERS)
    const seen = await page.run(async () => {
      const { configure, digest } = await import('/nowasm/digest.js')
      const make = () => digest(new Blob(['123456789']), 0, 9, 'crc32c')
      const { name, kind, code, retryable } = await make().catch((error) => error)
      // As bundlers write it that put small files into the script; the policy does not allow to fetch that.
      const bytes = new Uint8Array(await (await fetch('/pkg/digest.wasm')).arrayBuffer())
      configure({ wasm: `data:application/wasm;base64,${btoa(String.fromCharCode(...bytes))}` })
      return [name, kind, code, retryable, await make()]
    })
    assert.deepEqual(seen, ['LoadError', 'load', 'fetch', true, VALUES.crc32c])
  })

  test('its worker can lie elsewhere, as bundlers have it that do not find it by themselves', async () => {
    let asked = 0
    site.routes.set('/assets/worker-of-mine.js', (_, response) => {
      asked += 1
      response.writeHead(200, { 'content-type': 'text/javascript' }).end("import '/pkg/digest-worker.js'")
    })
    const page = await open(await session(), site)
    const seen = await page.run(async () => {
      const { configure, digest } = await import('/pkg/digest.js')
      configure({ worker: new URL('/assets/worker-of-mine.js', location.href) })
      const workers = []
      const Original = window.Worker
      window.Worker = class extends Original {
        constructor(...args) {
          super(...args)
          workers.push(
            new Promise((done) => this.addEventListener('message', ({ data }) => data.ready && done('ready'))),
          )
        }
      }
      const bytes = new Uint8Array(1_000_000)
      const made = await digest(new Blob([bytes]), 0, bytes.length, 'crc32c')
      return [made.length, await Promise.all(workers)]
    })
    assert.deepEqual([seen, asked], [[8, ['ready']], 1])
  })
})
