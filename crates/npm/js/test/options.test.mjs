// Options, sizes and attributes: what is taken, what is refused, and by which name.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Attributes } from '../attributes.js'
import { OptionsError } from '../errors.js'
import { checkOptions, checkSource, hasSource, toHost, toPatch } from '../options.js'
import { parseSize } from '../sizes.js'

test('sizes', () => {
  const good = { '10MB': 10_000_000, '10MiB': 10_485_760, 10: 10, ' 1.5 kB ': 1500, '2g': 2e9, '0': 0, '1 KiB': 1024 }
  for (const [text, bytes] of Object.entries(good)) assert.equal(parseSize(text), bytes, text)
  for (const text of ['ten', '', '-1', '10 MB or so', '1e3', 'MB', '10XB', 'NaN', '99999999TB', null, undefined, {}, [], -1, NaN, Infinity]) {
    assert.equal(parseSize(text), undefined, String(text))
  }
})

test('other generations of names mean the same', () => {
  const options = checkOptions({ companionUrl: 'https://c.example/root/', companionHeaders: { a: 'b' }, companionCookiesRule: 'include', allowMultipleUploads: false })
  assert.deepEqual(checkOptions({ cookiesRule: 'omit' }), { credentials: 'omit' })
  assert.deepEqual(options, { host: 'https://c.example/root', headers: { a: 'b' }, credentials: 'include', allowMultipleUploadBatches: false })
})

test('nonsense is refused by name', () => {
  const cases = {
    limit: '3', timeout: true, retryDelays: 5, autoProceed: 'yes', getUploadParameters: {}, host: 'javascript:alert(1)',
    headers: 'x', credentials: 'always', meta: [], restrictions: 7, onBeforeUpload: 'f', allowedMetaFields: 'name', signRequest: {},
    signPart: 1, checksum: 'sha1', shouldUseMultipart: 3, resume: 1, getCredentials: () => {}, locale: 'de',
    colour: 'red', constructor: 1, generateObjectKey: 'key',
  }
  for (const [option, value] of Object.entries(cases)) {
    assert.throws(() => checkOptions({ [option]: value }), (error) => error instanceof OptionsError && error.option === option && error.message.includes(option), option)
  }
  assert.throws(() => checkOptions({ restrictions: { maxSize: 1 } }), /restrictions\.maxSize/)
  assert.throws(() => checkOptions({ maxFileSize: 1 }), /belongs into "restrictions"/)
  assert.throws(() => checkOptions({ autoproceed: true }), /did you mean "autoProceed"/)
  assert.throws(() => checkOptions(null), OptionsError)
})

test('numbers out of range are refused at the call', () => {
  const day = 86_400_000
  for (const [option, values] of Object.entries({ limit: [-1, 0.5, 10_001, NaN, Infinity], timeout: [-5, 0.5, day + 1, NaN], retryDelays: [[0, -5], [day + 1], ['1'], Array(101).fill(0)] })) {
    for (const value of values) assert.throws(() => checkOptions({ [option]: value }), (error) => error instanceof OptionsError && error.option === option, `${option} ${value}`)
  }
  const widest = { limit: 10_000, timeout: day, retryDelays: Array(100).fill(day) }
  assert.deepEqual(checkOptions(widest), widest)
})

test('undefined and null are not given, and what asks for nothing is fine', () => {
  assert.deepEqual(checkOptions({ host: undefined, limit: null, getTemporarySecurityCredentials: false }), {})
  assert.deepEqual(checkOptions({ retryDelays: null }), { retryDelays: [] })
})

/** What an element had been told once used to stay in force, permissions included. */
test('a patch names what differs, and the defaults of what is wanted no more', () => {
  const source = () => {}
  const sent = {
    getUploadParameters: source, allowAuthorization: true, allowedOrigins: ['https://a.example'], headers: { a: 'b' },
    credentials: 'include', retryDelays: [1], onBeforeUpload: source, limit: 3, restrictions: { maxFileSize: 1, minFileSize: 1 },
  }
  assert.deepEqual(toPatch(sent, { host: 'https://h.example', limit: 3, restrictions: { minFileSize: 2 } }), {
    host: 'https://h.example', allowAuthorization: false, allowedOrigins: [], headers: {}, credentials: 'same-origin',
    retryDelays: [0, 1000, 3000, 5000], onBeforeUpload: null, restrictions: { maxFileSize: null, minFileSize: 2 },
  })
  assert.deepEqual(toPatch(sent, { ...sent, headers: { a: 'b' } }), {})
  assert.deepEqual([hasSource(sent), hasSource({ limit: 3 })], [true, false])
})

test('exactly one source', () => {
  checkSource({ host: 'https://x.example' })
  const f = () => {}
  checkSource({ signRequest: f })
  checkSource({ host: 'https://x.example', signPart: f })
  const all = { createMultipartUpload: f, listParts: f, completeMultipartUpload: f, abortMultipartUpload: f }
  checkSource({ getUploadParameters: f, ...all, signPart: f })
  checkSource({ getUploadParameters: f, ...all, prepareUploadParts: f })
  assert.throws(() => checkSource({ getUploadParameters: f, ...all }), /need "signPart" too/)
  assert.throws(() => checkSource({ signRequest: f, signPart: f }), /signs every step/)
  assert.throws(() => checkSource({ signRequest: f, host: 'https://x.example' }), /not both/)
  assert.throws(() => checkSource({}), OptionsError)
  assert.throws(() => checkSource({ host: 'https://x.example', getUploadParameters: () => {} }), OptionsError)
})

test('hosts become absolute and lose the last slash', () => {
  globalThis.document = { baseURI: 'https://shop.example/admin/new' }
  try {
    assert.equal(toHost('/'), 'https://shop.example')
    assert.equal(toHost('/api/'), 'https://shop.example/api')
    assert.equal(toHost('.'), 'https://shop.example/admin')
    assert.equal(toHost('http://127.0.0.1:3020'), 'http://127.0.0.1:3020')
    for (const bad of ['', '  ', 'http://', 'data:text/plain,x', 'https://u:p@x.example', '/a?b=c', '/a#b', 7]) assert.equal(toHost(bad), undefined, String(bad))
  } finally {
    delete globalThis.document
  }
})

/** An element as far as attributes go. */
const element = (attributes) => ({ getAttribute: (name) => attributes[name] ?? null })

test('attributes become options', () => {
  const attributes = new Attributes(element({
    'limit': '3', 'accept': 'image/*, .pdf', 'multiple': '', 'max-file-size': '10MB', 'auto-proceed': '', 'directory': 'false',
  }))
  assert.deepEqual(attributes.options(), {
    limit: 3,
    autoProceed: true,
    restrictions: { maxFileSize: 10_000_000, allowedFileTypes: ['image/*', '.pdf'] },
  })
  assert.deepEqual(new Attributes(element({})).options(), { restrictions: { maxNumberOfFiles: 1 } })
})

test('a camera, any camera, none', () => {
  for (const [text, camera] of [['user', 'user'], ['', ''], ['true', 'true'], ['false', false], [undefined, undefined]]) {
    assert.equal(new Attributes(element({ capture: text })).get('capture'), camera, text)
  }
})

test('an attribute that makes no sense is the default and told once', () => {
  const told = []
  const before = console.warn
  console.warn = (text) => told.push(text)
  try {
    const attributes = new Attributes(element({ 'max-file-size': 'ten', 'limit': '-1', 'theme': 'blue', 'timeout': 'soon', 'host': 'mailto:x' }))
    assert.deepEqual(attributes.options(), { restrictions: { maxNumberOfFiles: 1 } })
    attributes.options()
    assert.equal(attributes.get('theme'), undefined)
    assert.equal(told.length, 5)
    assert.match(told.join('\n'), /config\.attribute: max-file-size="ten"/)
    // A number that no uploader takes used to stop the whole element.
    const wide = new Attributes(element({ 'limit': '20000', 'timeout': '100000000', 'multiple': '' }))
    assert.deepEqual(wide.options(), { restrictions: {} })
    // Another thing that is wrong with it, in words of whoever saw it.
    const both = new Attributes(element({ host: 'https://h.example' }))
    for (let n = 0; n < 2; n += 1) both.complain('host', 'used beside getUploadParameters or signRequest', '')
    assert.equal(told.pop(), 'filechute: config.attribute: host is not used beside getUploadParameters or signRequest')
    assert.match(told.slice(5).join('\n'), /timeout="100000000" is not whole milliseconds[\s\S]*limit="20000" is not a whole number from 0/)
  } finally {
    console.warn = before
  }
})
