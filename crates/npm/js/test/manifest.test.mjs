// The Custom Elements Manifest says what is there: attributes, events, members, parts and custom properties.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { manifest } from '../../../xtask/tools/manifest.mjs'
import { ATTRIBUTES, PROPERTIES } from '../attributes.js'
import { EVENTS } from '../events.js'
import { DEFAULTS, SOURCES, STEPS } from '../options.js'

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url))
const { modules } = await manifest(path('..'), path('../../../../src/ui/style.css'), path('../../../../pkg/README.md'))
const [element] = modules[0].declarations
const names = (/** @type {{name: string}[]} */ list) => list.map(({ name }) => name)

test('attributes, events and their types', () => {
  assert.deepEqual(names(element.attributes), Object.values(ATTRIBUTES).map(({ name }) => name))
  assert.deepEqual(names(element.events), ['change', ...Object.keys(EVENTS)])
  const types = Object.fromEntries(element.attributes.map(({ name, type }) => [name, type.text]))
  assert.deepEqual([types.multiple, types.theme, types['max-file-size']], ['boolean', "'light' | 'dark' | 'auto' | undefined", 'number | undefined'])
})

test('each attribute is a property, too, and the verbs are methods', () => {
  const members = new Map(element.members.map((member) => [member.name, member]))
  for (const [property, { name }] of Object.entries(ATTRIBUTES)) assert.equal(members.get(property)?.attribute, name, property)
  for (const name of ['show', 'close', 'checkValidity', 'reportValidity']) assert.equal(members.get(name)?.kind, 'method', name)
  assert.match(members.get('ready').description, /once it can upload/)
})

test('events are typed, for the element and for the uploader', () => {
  for (const [file, from] of [['../element.d.ts', 'interface FileChuteDetails'], ['../index.d.ts', 'interface UploaderEvents']]) {
    const source = readFileSync(path(file), 'utf8')
    const block = source.slice(source.indexOf(from), source.indexOf('\n}', source.indexOf(from)))
    const typed = [...block.matchAll(/^ {2}'([^']+)'/gm)].map(([, name]) => name)
    const own = file === '../element.d.ts' ? [] : ['files-sorted']
    assert.deepEqual(Object.keys(EVENTS).filter((name) => !typed.includes(name) && !own.includes(name)), [], file)
  }
})

test('every option of an uploader is a property or an attribute', () => {
  const here = [...PROPERTIES, ...Object.keys(ATTRIBUTES)]
  assert.deepEqual([...Object.keys(DEFAULTS), ...SOURCES, ...STEPS].filter((name) => !here.includes(name)), [])
})

test('options that are properties are typed and told: for TypeScript, in markup, in React', () => {
  const members = new Set(names(element.members))
  for (const name of [...PROPERTIES, 'options', 'metaFields', 'strings']) assert.ok(members.has(name), name)
  for (const file of ['../markup.d.ts', '../react.d.ts']) {
    const source = readFileSync(path(file), 'utf8')
    for (const name of PROPERTIES) assert.ok(source.includes(`| '${name}'`), `${name} in ${file}`)
  }
})

test('slots, states and parts that are there are told', () => {
  const files = [...readdirSync(path('../ui')).map((name) => path(`../ui/${name}`)), path('../file-chute.js')]
  const source = files.filter((name) => name.endsWith('.js')).map((name) => readFileSync(name, 'utf8')).join('')
  const parts = [...source.matchAll(/\bpart: '([^']+)'/g)].flatMap(([, list]) => list.split(' '))
  assert.ok(parts.length > 30)
  assert.deepEqual(parts.filter((name) => !names(element.cssParts).includes(name)), [])
  const slots = [...source.matchAll(/\bslot', \{ name: '(\w+)'|#slot\.name = '(\w+)'/g)].map(([, one, other]) => one ?? other)
  assert.deepEqual(slots.toSorted(), ['fallback', 'footer', 'header'])
  assert.deepEqual(names(element.slots).toSorted(), ['', ...slots].toSorted())
  assert.deepEqual(names(element.cssStates), ['done', 'dragging', 'empty', 'failed', 'idle', 'offline', 'paused', 'uploading'])
})

test('parts that are promised are there, and so are custom properties', () => {
  const folder = path('../ui')
  const source = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8')).join('')
  assert.ok(element.cssParts.length > 40)
  for (const name of names(element.cssParts)) assert.ok(source.includes(name.replace(/-selected$/, '')), `::part(${name})`)
  const properties = Object.fromEntries(element.cssProperties.map((property) => [property.name, property.default]))
  assert.equal(properties['--fc-radius'], '12px')
  assert.equal(properties['--fc-accent'], 'light-dark(#3454d1, #93a8ff)')
  assert.equal(properties['--fc-list-height'], 'calc(var(--row) * 8)')
})
