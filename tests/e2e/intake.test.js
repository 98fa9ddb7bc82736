// The ways in, with names that break things: picked with the browser's own input, pasted, dropped. And an element that
// uploads to S3 servers of others.

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { blocks } from './lib/content.js'
import { onNode, open } from './lib/page.js'
import { startDevHost, temporaryFolder } from './lib/servers.js'
import { startSite } from './lib/site.js'
import { STORES } from './lib/stores.js'
import { sameBytes, sameFile } from './lib/verify.js'

/** Names by the size of their files, which is also the seed of the contents. */
const NAMES = {
  'one.bin': 1,
  'empty.txt': 0,
  '١٠ كم мест для Нью-Йорке.pdf': 7001,
  'DALL·E IMG_9078 - 学中文 🤑.png': 5000,
  'two  spaces, \'quotes" & <tags>.txt': 1234,
  '%2e%2e%2f+=?#;.bin': 999,
}
/** What no file of a disk picked by WebDriver can have, since it joins paths with line breaks. */
const PASTED = { ...NAMES, 'a"b\r\nc\\d;é😀.txt': 432 }

let site
let disk
let post
let put
before(async () => {
  site = await startSite()
  disk = await temporaryFolder()
  ;[post, put] = await Promise.all(
    ['POST', 'PUT'].map((method) => startDevHost({ origins: [site.origin], env: { FILECHUTE_METHOD: method } })),
  )
  for (const [name, size] of Object.entries(NAMES)) {
    await writeFile(join(disk.path, name), Buffer.concat([...blocks(size, size)]))
  }
})
after(async () => {
  await Promise.all([post?.stop(), put?.stop(), disk?.remove(), site?.stop()])
})

/** Starts what is in the element, and gives the keys by file name. */
async function uploaded(page, names) {
  const seen = await page.run(async (count) => {
    await kit.until(() => kit.rows().length === count, `${count} rows`)
    kit.press('upload')
    await kit.event('complete', 60_000)
    await kit.painted()
    return {
      keys: kit.of('upload-success').map(({ file }) => [file.name, file.key]),
      failed: kit.of('upload-error').map(({ error }) => error.message),
      rows: kit.rows().map(({ name, words }) => [name, words]),
    }
  }, names.length)
  assert.deepEqual(seen.failed, [])
  assert.deepEqual(seen.keys.map(([name]) => name).sort(), [...names].sort())
  assert.ok(seen.rows.every(([, words]) => words === 'Uploaded'))
  await page.sweep()
  return Object.fromEntries(seen.keys)
}

/** Hands files of the disk to the element's input. */
const pick = (page, paths) =>
  onNode(page.driver, 'return kit.root().querySelector("input[type=file]")', [], (input) =>
    input.sendKeys(paths.join('\n')),
  )

inBrowsers((session, browser) => {
  for (const method of ['PUT', 'POST']) {
    const on = () => (method === 'PUT' ? put : post)

    test(`picked, by ${method}: every name, byte for byte`, async () => {
      const page = await open(await session(), site)
      await page.run((host) => kit.element({ host, multiple: '' }).then(() => undefined), on().url)
      const names = Object.keys(NAMES)
      await pick(
        page,
        names.map((name) => join(disk.path, name)),
      )
      const keys = await uploaded(page, names)
      for (const [name, size] of Object.entries(NAMES)) await sameFile(on().folder, keys[name], size, size)
    })

    for (const way of /** @type {const} */ (['paste', 'drop'])) {
      test(`${way}, by ${method}: every name, byte for byte`, async () => {
        const page = await open(await session(), site)
        await page.run(
          async (host, way, names) => {
            await kit.element({ host, multiple: '' })
            kit[way](Object.entries(names).map(([name, size]) => kit.file(name, size, size)))
          },
          on().url,
          way,
          PASTED,
        )
        const keys = await uploaded(page, Object.keys(PASTED))
        for (const [name, size] of Object.entries(PASTED)) await sameFile(on().folder, keys[name], size, size)
      })
    }
  }

  if (browser !== 'chromium') return
  for (const name of ['seaweedfs', 'ministack']) {
    describe(`an element and ${name}`, () => {
      let store
      before(async () => {
        store = await STORES[name]([site.origin])
      })
      after(() => store?.stop())

      for (const method of /** @type {const} */ (['PUT', 'POST'])) {
        test(`picked and dropped, by ${method}`, async () => {
          const page = await open(await session(), site)
          await page.run((host) => kit.element({ host, multiple: '' }).then(() => undefined), store.host(method))
          const [first, second, ...rest] = Object.entries(PASTED)
          await pick(
            page,
            [first, second].map(([name]) => join(disk.path, name)),
          )
          await page.run(async (files) => {
            await kit.event('files-added')
            kit.drop(files.map(([name, size]) => kit.file(name, size, size)))
          }, rest)
          const keys = await uploaded(page, Object.keys(PASTED))
          for (const [name, size] of Object.entries(PASTED)) await sameBytes(await store.read(keys[name]), size, size)
        })
      }
    })
  }
})
