// A file of 6 GiB in Chromium: sent in parts, the browser killed half-way, gone on with in a new one, compared byte for byte.
// Prints what the renderer's memory was meanwhile. Not part of a test run: it takes minutes and 6 GB of disk.
//
//   node tests/e2e/huge.js [GiB]

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { open as openFile, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { By } from 'selenium-webdriver'
import { startBrowser } from './lib/browsers.js'
import { open } from './lib/page.js'
import { startDevHost, temporaryFolder } from './lib/servers.js'
import { startSite } from './lib/site.js'

const SIZE = Number(process.argv[2] ?? 6) * 1024 ** 3 + 12_345

/** Mostly a hole, with random bytes in every part of it. @param {string} path */
async function write(path) {
  const file = await openFile(path, 'w')
  await file.truncate(SIZE)
  for (let at = 0; at < SIZE; at += 3_000_000) await file.write(randomBytes(1000), 0, 1000, Math.min(at, SIZE - 1000))
  await file.close()
}

/** The largest resident memory of a renderer of this profile, in MB. @param {string} profile */
async function renderer(profile) {
  let most = 0
  for (const pid of (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (!line.includes('--type=renderer') || !line.includes(profile)) continue
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    most = Math.max(most, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000)
  }
  return Math.round(most)
}

const site = await startSite()
const host = await startDevHost({ origins: [site.origin] })
const profile = await temporaryFolder()
const args = [`--user-data-dir=${profile.path}`, `--crash-dumps-dir=${profile.path}`]
const path = join(profile.path, 'huge.bin')
await write(path)
/** Picks the file as a person does, and sends it or goes on with it. */
async function begin(page, options, resume) {
  await page.run(() => {
    const input = document.createElement('input')
    input.type = 'file'
    document.body.append(input)
  })
  await page.driver.findElement(By.css('input')).sendKeys(path)
  await page.run(
    async (options, resume) => {
      const uploader = await globalThis.kit.uploader(options)
      const [file] = document.querySelector('input').files
      if (resume) {
        const [unfinished] = await uploader.getUnfinished()
        globalThis.kit.earlier = unfinished?.bytesUploaded
        await uploader.resumeUnfinished(unfinished.id, file)
      } else uploader.addFile(file)
      globalThis.kit.done = uploader.upload()
    },
    options,
    resume,
  )
}
const look = () => {
  const [file] = globalThis.kit.live.getFiles()
  return {
    status: file.status,
    bytes: file.progress.bytesUploaded,
    error: file.error,
    earlier: globalThis.kit.earlier,
    verified: file.response?.verified,
    key: file.meta.key,
  }
}
/** Looks once a second until `enough`. */
async function watch(page, enough) {
  const memory = []
  for (;;) {
    const now = await page.run(look)
    memory.push(await renderer(profile.path))
    if (now.error) throw new Error(now.error)
    if (enough(now)) return { ...now, memory: { first: memory[0], most: Math.max(...memory), last: memory.at(-1) } }
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}

try {
  const options = { host: host.url, timeout: 120_000 }
  let session = await startBrowser('chromium', { args })
  let page = await open(session, site)
  await begin(page, options, false)
  const half = await watch(page, ({ bytes }) => bytes > SIZE / 2)
  console.log('before the kill:', JSON.stringify(half))
  await session.kill()
  session = await startBrowser('chromium', { args })
  page = await open(session, site)
  const started = Date.now()
  await begin(page, options, true)
  const done = await watch(page, ({ status }) => status === 'done')
  console.log('after it:', JSON.stringify(done), `${Math.round((Date.now() - started) / 1000)} s`)
  await promisify(execFile)('cmp', [path, join(host.folder, done.key)])
  console.log(`${SIZE} bytes are the same`)
  await session.stop()
} finally {
  await host.stop()
  await profile.remove()
  await site.stop()
}
