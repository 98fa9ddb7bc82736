// What people are told, in English and where a language has other plurals and other numbers.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { displayName, extensionOf, shorten } from '../names.js'
import { acceptedTypes, message, rejection } from '../texts.js'
import { EN } from '../ui/strings.js'
import { bytes, count, duration, fill, percent } from '../ui/words.js'

/** Polish has three forms where English has two. */
const PL = { ...EN, locale: 'pl', upload: { one: 'Wyślij {0} plik', few: 'Wyślij {0} pliki', many: 'Wyślij {0} plików', other: 'Wyślij {0} pliku' } }

test('places are filled and braces in values are left alone', () => {
  assert.equal(fill('{0} of {1}', '{1}', 'b'), '{1} of b')
  assert.equal(fill('a {x} {7} {', 'v'), 'a {x} {7} {')
  assert.equal(fill('{0}', '$&'), '$&')
})

test('numbers read well', () => {
  const sizes = [[0, '0 B'], [999, '999 B'], [1000, '1 kB'], [1250, '1.2 kB'], [1100, '1.1 kB'], [10_900, '10 kB'], [2_097_152, '2 MB'], [1_500_000_000, '1.5 GB'], [8e15, '8 PB']]
  for (const [size, text] of sizes) assert.equal(bytes(size, EN), text)
  for (const [ms, text] of [[0, '0s'], [4100, '5s'], [65_000, '1m 05s'], [3_900_000, '1h 05m']]) assert.equal(duration(ms, EN), text)
  assert.equal(percent(42, EN), '42%')
  assert.equal(bytes(1_500_000, PL), '1,5 MB')
  assert.equal(bytes(1_500_000, { ...EN, locale: 'fr' }), '1,5\u202fMo')
  assert.equal(bytes(1250, { ...EN, locale: 'no language' }), '1.2 kB')
})

test('a language chooses among its own forms', () => {
  assert.deepEqual([1, 3].map((n) => count(EN.upload, n, EN)), ['Upload 1 file', 'Upload 3 files'])
  assert.deepEqual([1, 3, 5].map((n) => count(PL.upload, n, PL)), ['Wyślij 1 plik', 'Wyślij 3 pliki', 'Wyślij 5 plików'])
  assert.equal(count(EN.ofFiles, 3, EN, '2'), '2 of 3 files')
  assert.equal(count(EN.upload, 12_345, EN), 'Upload 12,345 files')
})

test('types as people say them', () => {
  assert.equal(acceptedTypes('image/*, .pdf,image/jpeg'), 'images, PDF, JPG')
  assert.equal(acceptedTypes('font/*,application/vnd.ms-excel,image/svg+xml'), 'font/*, application/vnd.ms-excel, SVG')
  assert.equal(acceptedTypes(''), '')
})

test('a host speaks in its own words and config does not', () => {
  const failure = { kind: 'sign', code: 'rejected', status: 422, detail: 'quota of your plan is used up' }
  assert.equal(message(failure, 'a.png'), 'Quota of your plan is used up.')
  assert.equal(message({ ...failure, detail: 'квота исчерпана' }, 'a.png'), 'Квота исчерпана.')
  assert.equal(message({ ...failure, detail: 'ß!' }, 'a.png'), 'ß!')
  assert.equal(message({ ...failure, detail: '' }, 'a.png'), 'Could not start the upload. Try again.')
  // Nobody is told to try again where there is no button for it.
  assert.equal(message({ kind: 'sign', code: 'refused', status: 404, retryable: false }, 'a.png'), 'Upload is misconfigured. Contact the site.')
  assert.equal(message({ kind: 'config', code: 'header.x-a', detail: 'the value …' }, 'a.png'), 'Upload is misconfigured. Contact the site.')
})

test('every failure has its text', () => {
  const cases = {
    'file.changed': 'a.png was changed while uploading. Choose it again.',
    'file.whatever': 'Could not read a.png. Make it available offline and add it again.',
    'network.stall': 'The connection is too slow or was lost. Try again.',
    'network.error': 'The connection was lost. Try again.',
    'sign.denied': "You're not allowed to upload here.",
    's3.precondition': 'A file with this name already exists.',
    's3.EntityTooLarge': 'a.png is larger than this site accepts.',
    's3.AccessDenied': 'The storage refused a.png.',
    'integrity.crc32c': 'a.png was damaged on the way. Try again.',
    'restriction.meta.caption': 'caption is required.',
    'internal.panic': 'The upload failed. Try again.',
  }
  for (const [full, text] of Object.entries(cases)) {
    const [kind, ...code] = full.split('.')
    assert.equal(message({ kind, code: code.join('.') }, 'a.png'), text)
  }
  assert.equal(message({ kind: 'sign', code: 'denied', status: 401 }, 'a.png'), 'Please sign in again.')
  assert.equal(message({ kind: 's3', code: 'SlowDown', retryable: true }, 'a.png'), 'Storage is busy. Try again.')
  assert.equal(message({ kind: 's3', code: 'NoSuchUpload', retryable: true }, 'a.png'), 'The upload failed. Try again.')
  assert.equal(message({ kind: 's3', code: 'EntityTooLarge', limit: 10_000_000 }, 'a.png'), 'a.png is larger than this site accepts (10 MB).')
})

test('every reason to refuse a file has its text', () => {
  const cases = [
    [{ code: 'type', allowed: 'image/png,.pdf' }, 'a is not an accepted type (PNG, PDF)'],
    [{ code: 'size', max: 10_000 }, 'a is larger than 10 kB'],
    [{ code: 'size', min: 1000 }, 'a is smaller than 1 kB'],
    [{ code: 'empty' }, 'a is empty'],
    [{ code: 'count', max: 1 }, 'You can add only 1 file'],
    [{ code: 'count', max: 5 }, 'You can add up to 5 files'],
    [{ code: 'total', max: 1000 }, 'a does not fit: all files together may have 1 kB'],
    [{ code: 'batch' }, 'No more files can be added'],
    [{ code: 'directory' }, "Folders can't be uploaded here"],
    [{ code: 'min_count', min: 1 }, 'Add at least 1 file'],
    [{ code: 'refused' }, "a can't be added"],
  ]
  for (const [reason, text] of cases) assert.equal(rejection(reason, 'a'), text)
  assert.equal(rejection({ code: 'refused' }, ''), 'The upload was not started')
})

test('hostile names are visible in messages, and long ones keep their end', () => {
  assert.equal(rejection({ code: 'duplicate' }, 'a\u202Egpj.exe'), 'a[U+202E]gpj.exe is already added')
  assert.equal(displayName('b\r\nc'), 'b\u240D\u240Ac')
  const short = shorten('a-very-long-name-of-a-holiday-picture.jpeg', 20)
  assert.equal(short.length, 20)
  assert.match(short, /\.jpeg$/)
  assert.equal([...displayName('🤑'.repeat(4000))].length, 120)
  assert.deepEqual(['.env', 'a.b.C', 'a'].map(extensionOf), ['', 'C', ''])
})
