// Names that people and their systems give to files: each is sent, kept apart from the others, and shown as text.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'

const METHODS = /** @type {const} */ (['PUT', 'POST'])
const rigs = METHODS.map((method) => [method, withRig({ env: { FILECHUTE_METHOD: method } })])

inBrowsers((session) => {
  for (const [method, rig] of rigs) {
    test(`${method}: names of all kinds`, async () => {
      const page = await open(await session(), rig.site)
      const seen = await page.run(async (host) => {
        const el = await kit.element({ host, multiple: '', 'show-key': '' })
        // Made here: half a surrogate pair has no way through JSON.
        const names = [
          'half \ud800 pair.txt',
          `${'long '.repeat(60)}.txt`,
          // The longest that S3 takes as metadata, which the name is part of, has 2 KB.
          `${'x'.repeat(1900)}.txt`,
          '..',
          '../up.txt',
          'CON',
          'dot and space. ',
          'caf\u00e9.txt',
          'cafe\u0301.txt',
          '\u05e9\u05dc\u05d5\u05dd.txt',
          'a\u202egpj.exe',
          '<img src=x onerror=alert(1)>.svg',
          'a"b\r\nc\\d;.txt',
          '__proto__',
          '.hidden',
        ]
        let alerts = 0
        window.alert = () => (alerts += 1)
        for (const [at, name] of names.entries()) el.uploader.addFile({ name, data: new Blob(['x'.repeat(at + 1)]) })
        const { successful, failed } = await el.uploader.upload()
        await kit.painted()
        const rows = kit.rows()
        return {
          failed: failed.map(({ name, error }) => [name, error]),
          sizes: successful.map(({ size }) => size).toSorted((a, b) => a - b),
          keys: new Set(successful.map(({ meta }) => meta.key)).size,
          urls: successful.map(({ response, size }) => [response.body.publicUrl, size]),
          words: [...new Set(rows.map(({ words }) => words))],
          // An override that turns the direction, a line break: shown as what they are.
          hidden: rows.filter(({ name }) => /[\u202e\r\n\ud800]/u.test(name)).length,
          markup: kit.root().querySelectorAll('.fc-name img').length,
          alerts,
          count: names.length,
        }
      }, rig.url)
      assert.deepEqual(seen.failed, [])
      assert.deepEqual(
        seen.sizes,
        Array.from({ length: seen.count }, (_, at) => at + 1),
      )
      assert.equal(seen.keys, seen.count)
      assert.deepEqual([seen.words, seen.hidden, seen.markup, seen.alerts], [['Uploaded'], 0, 0, 0])
      for (const [url, size] of seen.urls) {
        const answer = await fetch(url)
        assert.equal((await answer.arrayBuffer()).byteLength, size, url)
      }
      await page.sweep()
    })
  }
})
