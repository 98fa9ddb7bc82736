// The package as Node sees it: every entry can be imported on a server, and what it needs is in it.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PKG } from './lib/env.js'
import { projectWithReact } from './lib/project.js'

const manifest = JSON.parse(readFileSync(join(PKG, 'package.json'), 'utf8'))

/** A project that has the package, and React, installed. */
let project
before(async () => {
  project = await projectWithReact()
})
after(() => project?.remove())

/** What a module of the project prints. @param {string} code */
const node = (code) =>
  execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: project.path,
    encoding: 'utf8',
  }).trim()

test('every file that the manifest names is there', () => {
  const files = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  )
  assert.ok(files.length > 6)
  // One language stands for all.
  for (const file of files) assert.ok(existsSync(join(PKG, file.replace('*', 'de'))), `${file} is in the package`)
})

test('the headless entry: importing is harmless, calling says what is missing', () => {
  const said = node(`
    import { createUploader, configure, UploadError, LoadError } from 'filechute'
    configure({})
    const error = await createUploader({ host: 'https://uploads.example.com' }).catch((error) => error)
    console.log(typeof createUploader, error instanceof LoadError, error instanceof UploadError, error.code)`)
  assert.equal(said, 'function true true unsupported')
})

test('the element entry: importing is harmless', () => {
  const said = node(`
    import { FileChuteElement } from 'filechute/element'
    console.log(typeof FileChuteElement, globalThis.customElements?.get('file-chute'))`)
  assert.equal(said, 'function undefined')
})

test('the inline entries: importing is harmless, and they have the names of the others', () => {
  const said = node(`
    import * as plain from 'filechute'
    import * as element from 'filechute/element'
    import * as inline from 'filechute/inline'
    import * as elementInline from 'filechute/element/inline'
    const same = (one, other) => Object.keys(one).join() === Object.keys(other).join()
    const error = await inline.createUploader({ host: 'https://uploads.example.com' }).catch((error) => error)
    console.log(same(plain, inline), same(element, elementInline), error.code)`)
  assert.equal(said, 'true true unsupported')
})

test('the React entry: a server renders the element with its attributes and without functions', () => {
  const said = node(`
    import { createElement } from 'react'
    import { renderToString } from 'react-dom/server'
    import { FileChute } from 'filechute/react'
    console.log(renderToString(createElement(FileChute, {
      host: '/api', multiple: true, maxFileSize: '10MB', onUploadSuccess: () => {}, headers: {},
    })))`)
  assert.equal(said, '<file-chute host="/api" multiple="" max-file-size="10MB"></file-chute>')
})

test('the adapters: importing each is harmless, and registers nothing', () => {
  const said = node(`
    import { createPresignRoute, routeParameters } from 'filechute/next'
    import { attachToProduct, medusaParameters, publicUrl } from 'filechute/medusa'
    import { createMediaStore } from 'filechute/tina'
    const { status } = await createPresignRoute({ authorize: () => false, sign: () => '', types: {}, maxSize: 1 })(new Request('https://a.example'))
    console.log(status, typeof routeParameters, typeof attachToProduct, typeof medusaParameters, publicUrl('https://a.example', 'b c'),
      typeof createMediaStore().prototype.persist, globalThis.customElements?.get('file-chute'))`)
  assert.equal(said, '401 function function function https://a.example/b%20c function undefined')
  // Pages of other systems load the element when they upload, and nothing of it before.
  for (const name of ['next', 'medusa', 'tina']) {
    const text = readFileSync(join(PKG, `${name}.js`), 'utf8')
    assert.doesNotMatch(text, /\bfrom\s*["']|\bimport\s*["']/, `${name}.js has everything it needs at once`)
    assert.ok(text.length < 8000, `${name}.js is small: ${text.length}`)
  }
})

test('nothing of the build or the tests is packed', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], {
    cwd: PKG,
    encoding: 'utf8',
  })
  const names = JSON.parse(output)[0].files.map(({ path }) => path)
  for (const wanted of [
    'index.js',
    'element.js',
    'inline.js',
    'element-inline.js',
    'filechute.min.js',
    'react.js',
    'next.js',
    'medusa.js',
    'tina.js',
    'tina.d.ts',
    'filechute.wasm',
    'filechute-more.wasm',
    'digest.js',
    'digest-worker.js',
    'digest.wasm',
    'locales/de.js',
    'index.d.ts',
  ]) {
    assert.ok(names.includes(wanted), `${wanted} is packed: ${names}`)
  }
  assert.deepEqual(
    names.filter((name) => /test|tsconfig|\.map$|core\.d\.ts/.test(name)),
    [],
  )
})
