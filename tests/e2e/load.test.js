// When the WebAssembly cannot come: a page policy that forbids it, a file that is missing, a page of another kind in
// its place. The element stays a usable file input, says so, and tells why by an `error` event.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { ROOT } from './lib/env.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'

const rig = withRig()
const BLANK = '/page/blank.html'
/** Everything but WebAssembly is allowed. */
const STRICT = `${BLANK}?csp=${encodeURIComponent("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src *")}`
/** The same with WebAssembly and pictures. */
const ENOUGH = `${BLANK}?csp=${encodeURIComponent("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; connect-src *")}`
/** And with every way closed to set markup or scripts from text. */
const TRUSTED = `${ENOUGH}${encodeURIComponent("; require-trusted-types-for 'script'; trusted-types 'none'")}`

/** What the project's README says, the page's own style sheet, and the two addresses that it leaves to be filled in. */
async function fromReadme() {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
  const [, said] = /Content Security Policy needs(.*?)\n\n/s.exec(readme) ?? []
  const directives = [...(said ?? '').matchAll(/`([a-z]+-src [^`]+)`/g)].map(([, directive]) => directive)
  assert.equal(directives.length, 3, said)
  const filled = directives.map((it) => (it.startsWith('connect-src') ? `${it} ${rig.url} ${rig.store.url}` : it))
  return `${BLANK}?csp=${encodeURIComponent(["default-src 'none'", "style-src 'self'", ...filled].join('; '))}`
}

/** What the element shows and tells. */
async function fallback(page, host, options = {}) {
  return page.run(
    async (host, options) => {
      const form = document.createElement('form')
      document.querySelector('main').append(form)
      const el = await kit.element({ host, name: 'docs', multiple: '' }, {}, { ...options, parent: form })
      kit.drop([kit.file('kept.txt', 10, 1, 'text/plain')])
      await kit.painted()
      const [error] = kit.of('error')
      return {
        code: error?.code,
        error: error?.error,
        rejected: await el.ready.then(
          () => '',
          (reason) => `${reason.kind}.${reason.code}`,
        ),
        text: kit.text(),
        usable: !kit.root().querySelector('input[type=file]').disabled && !kit.root().querySelector('button').disabled,
        sent: [...new FormData(form)].map(([name, value]) => [name, value.name ?? value]),
        wasm: Boolean(el.uploader),
      }
    },
    host,
    options,
  )
}

inBrowsers((session) => {
  test('a policy without wasm-unsafe-eval: the shell stays, `error` says load.csp', async () => {
    const page = await open(await session(), rig.site, STRICT)
    const seen = await fallback(page, rig.url)
    assert.equal(seen.wasm, false)
    assert.equal(seen.code, 'load.csp')
    assert.deepEqual([seen.error.kind, seen.error.code, seen.error.retryable], ['load', 'csp', false])
    assert.match(seen.error.message, /wasm-unsafe-eval/)
    assert.equal(seen.rejected, 'load.csp')
    assert.match(seen.text, /could not be loaded/)
    assert.match(seen.text, /kept\.txt/)
    assert.ok(seen.usable)
    // As a plain input would, it sends the file itself with the form.
    assert.deepEqual(seen.sent, [['docs', 'kept.txt']])
  })

  test('the policy that the README asks for is enough: a picture, and a file in parts', async () => {
    const page = await open(await session(), rig.site, await fromReadme())
    const seen = await page.run(async (host) => {
      const broken = []
      document.addEventListener('securitypolicyviolation', (event) =>
        broken.push(`${event.effectiveDirective} ${event.blockedURI}`),
      )
      const el = await kit.element({ host, multiple: '' })
      el.shouldUseMultipart = (file) => file.size > 1e6
      el.getChunkSize = () => 5 * 1024 * 1024
      const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 20 })
      canvas.getContext('2d').fillRect(0, 0, 20, 20)
      const png = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
      const files = [new File([png], 'a.png', { type: 'image/png' }), kit.file('parts.bin', 6e6, 7)]
      kit.drop(files)
      await kit.until(() => kit.rowNode('a.png')?.querySelector('img')?.naturalWidth, 'the picture', 10_000)
      const done = new Promise((resolve) => el.addEventListener('complete', ({ detail }) => resolve(detail)))
      kit.press('upload')
      const { successful } = await done
      return { verified: successful.map(({ response }) => response.verified), broken }
    }, rig.url)
    assert.deepEqual(seen, { verified: ['crc64nvme', 'crc64nvme'], broken: [] })
    // Styles came in spite of the policy, too.
    const padding = await page.run(() => getComputedStyle(kit.root().querySelector('.fc-drop')).paddingTop)
    assert.notEqual(padding, '0px')
  })

  // Browsers that do not know Trusted Types yet pass over these two directives.
  test('Trusted Types: the shell, the list with a picture, a note and an upload break no rule', async () => {
    const page = await open(await session(), rig.site, TRUSTED)
    const seen = await page.run(async (host) => {
      const broken = []
      document.addEventListener('securitypolicyviolation', (event) =>
        broken.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`),
      )
      await kit.element({ host, multiple: '', accept: 'image/*' })
      const gif = Uint8Array.from(atob('R0lGODlhAQABAAAAACw='), (c) => c.charCodeAt(0))
      kit.drop([new File([gif], 'picture.gif', { type: 'image/gif' }), kit.file('refused.txt', 5, 5, 'text/plain')])
      await kit.painted()
      const [pictures, note] = [kit.root().querySelectorAll('img').length, kit.shown('.fc-note .fc-lines')]
      kit.press('upload')
      await kit.event('upload-success')
      await kit.painted()
      let enforced = ''
      try {
        document.createElement('p').innerHTML = '<i>'
      } catch (error) {
        enforced = error.name
      }
      const known = 'trustedTypes' in window
      return { pictures, note, words: kit.rows()[0].words, enforced: known ? enforced : 'TypeError', broken }
    }, rig.url)
    // The last one is the test's own, to see that the policy is in force at all.
    const broken = seen.broken.filter((line) => !line.includes('<i>'))
    assert.deepEqual(
      { ...seen, broken },
      {
        pictures: 1,
        note: 'refused.txt is not an accepted type (images)',
        words: 'Uploaded',
        enforced: 'TypeError',
        broken: [],
      },
    )
  })

  test('a missing .wasm: the shell stays, `error` says load.fetch, and "Try again" is offered', async () => {
    const page = await open(await session(), rig.site)
    const seen = await fallback(page, rig.url, { from: '/nowasm/element.js' })
    assert.equal(seen.code, 'load.fetch')
    assert.deepEqual([seen.error.retryable, seen.wasm, seen.usable], [true, false, true])
    assert.match(seen.text, /could not be loaded/)
    assert.match(seen.text, /Try again/)
    assert.deepEqual(seen.sent, [['docs', 'kept.txt']])
  })

  test("the page's own fallback takes the shell's place", async () => {
    const page = await open(await session(), rig.site)
    const shown = await page.run(async (host) => {
      const el = document.createElement('file-chute')
      el.setAttribute('host', host)
      el.innerHTML = '<p slot="fallback">Send it to us by post.</p>'
      document.querySelector('main').append(el)
      await kit.load('/nowasm/element.js')
      await el.ready.catch(() => {})
      return el.querySelector('p').getBoundingClientRect().height > 0
    }, rig.url)
    assert.equal(shown, true)
  })

  test('headless: createUploader rejects with the same error', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async () => {
      const { createUploader, LoadError } = await kit.load('/nowasm/index.js')
      return createUploader({ host: '/api' }).catch((error) => [error instanceof LoadError, error.code])
    })
    assert.deepEqual(seen, [true, 'fetch'])
  })

  test('picked before the WebAssembly is there: nothing is lost', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      // The class is known from here on, its module still has to come.
      const el = document.createElement('file-chute')
      for (const [name, value] of Object.entries({ host, multiple: '', 'auto-proceed': '' }))
        el.setAttribute(name, value)
      await kit.load('/pkg/element.js')
      document.querySelector('main').append(el)
      kit.el = el
      const early = Boolean(el.uploader)
      kit.drop([kit.file('early.txt', 50, 50)])
      const shown = kit.text()
      const uploader = await el.ready
      await kit.until(() => uploader.getFiles()[0]?.progress.uploadComplete, 'the upload')
      return { early, shown, value: el.value.length }
    }, rig.url)
    assert.equal(seen.early, false)
    assert.match(seen.shown, /early\.txt/)
    assert.equal(seen.value, 1)
  })
})
