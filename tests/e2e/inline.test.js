// The package with its WebAssembly in scripts: one classic script and nothing beside it, and what bundlers make of the inline
// entries that leave addresses of files alone. Neither may fetch a file of its own: the policy of the page forbids it.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { build } from 'esbuild'
import { inBrowsers } from './lib/browsers.js'
import { PKG } from './lib/env.js'
import { open } from './lib/page.js'
import { projectWithReact } from './lib/project.js'
import { withRig } from './lib/rig.js'
import { sameFile } from './lib/verify.js'

const rig = withRig()

/** Nothing may be asked but the host and the store. */
const page = () => {
  const policy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; connect-src ${rig.url} ${rig.store.url}`
  return `/page/blank.html?csp=${encodeURIComponent(policy)}`
}

let project
before(async () => {
  project = await projectWithReact()
})
after(() => project?.remove())

/** Serves a script, and nothing beside it. @param {string} path @param {string} file */
function serve(path, file) {
  rig.site.routes.set(path, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(readFileSync(file))
  })
}

/** Uploads by an element of the page: a file as it is, and one in parts. @param {any} tab @returns {Promise<any>} */
const byElement = (tab) =>
  tab.run(async (host) => {
    const broken = []
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      // Without a worker checksums are made on the page.
      if (effectiveDirective !== 'worker-src') broken.push(`${effectiveDirective} ${blockedURI}`)
    })
    const el = document.createElement('file-chute')
    Object.assign(el, { host, multiple: true, shouldUseMultipart: (file) => file.size > 1e6 })
    document.querySelector('main').append(el)
    await el.ready
    el.uploader.addFiles([kit.file('whole.bin', 700, 7), kit.file('parts.bin', 6e6, 8)])
    const { successful, failed } = await el.uploader.upload()
    return {
      failed: failed.map(({ error }) => error.message),
      keys: successful.map(({ meta }) => meta.key),
      verified: successful.map(({ response }) => response.verified),
      broken,
    }
  }, rig.url)

/** @param {any} seen */
async function arrived({ keys, ...seen }) {
  assert.deepEqual(seen, { failed: [], verified: ['crc64nvme', 'crc64nvme'], broken: [] })
  await sameFile(rig.folder, keys[0], 7, 700)
  await sameFile(rig.folder, keys[1], 8, 6e6)
}

inBrowsers((session) => {
  test('one classic script: the element, in parts too, and the uploader without it', async () => {
    serve('/alone/filechute.min.js', join(PKG, 'filechute.min.js'))
    const tab = await open(await session(), rig.site, page())
    const names = await tab.run(async () => {
      const script = Object.assign(document.createElement('script'), { src: '/alone/filechute.min.js' })
      await new Promise((resolve, reject) => {
        Object.assign(script, { onload: resolve, onerror: reject })
        document.head.append(script)
      })
      return Object.keys(window.filechute).sort()
    })
    assert.deepEqual(
      names,
      'FileChuteElement LoadError OptionsError RestrictionError UploadError Uploader configure createUploader'.split(
        ' ',
      ),
    )
    await arrived(await byElement(tab))
    const key = await tab.run(async (host) => {
      const uploader = await window.filechute.createUploader({ host })
      uploader.addFile(kit.file('headless.bin', 900, 9))
      const { successful } = await uploader.upload()
      return successful[0].meta.key
    }, rig.url)
    await sameFile(rig.folder, key, 9, 900)
  })

  test('one classic script: a language lies beside it', async () => {
    const tab = await open(await session(), rig.site)
    const text = await tab.run(async (host) => {
      await new Promise((resolve, reject) => {
        const script = Object.assign(document.createElement('script'), { src: '/pkg/filechute.min.js' })
        document.head.append(Object.assign(script, { onload: resolve, onerror: reject }))
      })
      const el = Object.assign(document.createElement('file-chute'), { host, locale: 'de' })
      document.querySelector('main').append(el)
      const shown = () => el.shadowRoot.textContent
      await kit.until(() => /Datei auswählen/.test(shown()), 'German').catch(() => {})
      return shown()
    }, rig.url)
    assert.match(text, /Datei auswählen/)
  })

  test('a bundler that knows nothing of WebAssembly: the inline entries in one script', async () => {
    const entry = join(project.path, 'app.js')
    await writeFile(
      entry,
      `import 'filechute/element/inline'\nimport { createUploader } from 'filechute/inline'\nwindow.make = createUploader\n`,
    )
    const outfile = join(project.path, 'out/app.js')
    await build({ entryPoints: [entry], outfile, bundle: true, format: 'iife', minify: true, logLevel: 'error' })
    serve('/bundled/app.js', outfile)
    const tab = await open(await session(), rig.site, page())
    await tab.run(() => kit.load('/bundled/app.js'))
    await arrived(await byElement(tab))
    assert.equal(
      await tab.run(async (host) => (await window.make({ host })).constructor.name.length > 0, rig.url),
      true,
    )
  })
})
