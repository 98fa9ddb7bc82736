// Importing on a server is inert: nothing throws, nothing is registered, and calls reject with a readable reason.
// The generated modules need not be built: they are only imported when something is loaded.

import assert from 'node:assert/strict'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'

let folder
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filechute-import-'))
  await cp(fileURLToPath(new URL('..', import.meta.url)), folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{"type": "module"}')
  await writeFile(join(folder, 'style.css.js'), 'export default ""')
  // All of React that the component needs to be defined.
  const react = join(folder, 'node_modules/react')
  await cp(fileURLToPath(new URL('fake-react', import.meta.url)), react, { recursive: true })
})
after(() => rm(folder, { recursive: true }))

const load = (name) => import(pathToFileURL(join(folder, name)).href)

test('the headless entry', async () => {
  const { createUploader, OptionsError } = await load('index.js')
  await assert.rejects(createUploader({ host: 'https://host.example' }), (error) => error.name === 'LoadError' && error.code === 'unsupported')
  await assert.rejects(createUploader({ host: 'https://host.example', colour: 'red' }), OptionsError)
})

test('the element', async () => {
  const { FileChuteElement, createUploader } = await load('element.js')
  assert.equal(typeof FileChuteElement, 'function')
  for (const property of ['host', 'maxFileSize', 'getUploadParameters', 'options', 'ready', 'value']) {
    assert.ok(property in FileChuteElement.prototype, property)
  }
  await assert.rejects(createUploader({}), /where should upload parameters come from/)
})

test('the React component', async () => {
  const { FileChute } = await load('react.js')
  assert.ok(FileChute)
  // Version 18 would write "false", and the element were hidden.
  const { type, props } = FileChute({ hidden: false, inert: false, disabled: false, 'aria-busy': false, draggable: false, className: 'a' })
  assert.equal(type, 'file-chute')
  const given = Object.entries(props).filter(([name, value]) => name !== 'ref' && value !== undefined)
  assert.deepEqual(Object.fromEntries(given), { 'aria-busy': false, draggable: false, class: 'a' })
  assert.equal(FileChute({ hidden: 'until-found' }).props.hidden, 'until-found')
})

test('the digests', async () => {
  const { digest } = await load('digest.js')
  await assert.rejects(digest(new Blob(['a']), 0, 1, 'crc64nvme'), (error) => error.kind === 'load' && error.code === 'unsupported')
})

test('where something pretends to be a browser and lacks what browsers have', async () => {
  const { TextEncoder, TextDecoder } = globalThis
  try {
    delete globalThis.TextEncoder
    delete globalThis.TextDecoder
    // Another address, or it would be what was imported above.
    const { pack } = await import(`${pathToFileURL(join(folder, 'driver/wire.js')).href}?bare`)
    assert.equal(typeof pack, 'function')
  } finally {
    Object.assign(globalThis, { TextEncoder, TextDecoder })
  }
})

test('the adapters, which bring nothing along until they are used', async () => {
  const { createPresignRoute, routeParameters } = await load('next.js')
  const { attachToProduct, medusaParameters, publicUrl } = await load('medusa.js')
  const { createMediaStore } = await load('tina.js')
  for (const made of [createPresignRoute, routeParameters, attachToProduct, medusaParameters, publicUrl, createMediaStore]) {
    assert.equal(typeof made, 'function')
  }
  assert.equal(globalThis.customElements, undefined)
})
