// The package's README names every attribute, every custom property and every part there is.

import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { ATTRIBUTES } from '../attributes.js'

const read = (path) => readFile(new URL(path, import.meta.url), 'utf8')
const missing = (names, readme) => [...new Set(names)].filter((name) => !readme.includes(`\`${name}\``))

test('attributes and custom properties', async () => {
  const readme = await read('../../../../pkg/README.md')
  assert.deepEqual(missing(Object.values(ATTRIBUTES).map(({ name }) => name), readme), [])
  const style = await read('../../../../src/ui/style.css')
  assert.deepEqual(missing(style.match(/--fc-[a-z-]+/g), readme), [])
})

test('parts', async () => {
  const readme = await read('../../../../pkg/README.md')
  const sources = await Promise.all((await readdir(new URL('../ui', import.meta.url))).map((name) => read(`../ui/${name}`)))
  const source = sources.join('\n')
  const parts = [...source.matchAll(/\bpart: (?:modal \? )?'([a-z -]+)'/g), ...source.matchAll(/\bpart\('[a-z]+', '([a-z]+)'/g)]
  // Wrappers that nobody needs to style.
  const inner = ['body', 'meta', 'drop', 'input', 'message', 'choice', 'button', 'total', 'dismiss', 'save', 'cancel']
  const names = parts.flatMap(([, names]) => names.split(' ')).filter((name) => !inner.includes(name))
  assert.ok(names.length > 20)
  assert.deepEqual(missing(names, readme), [])
})
