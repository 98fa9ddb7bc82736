// What the interface says, checked without a browser.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { displayName } from '../names.js'
import { family, RASTER } from '../ui/icons.js'
import { hint, range, row, summary } from '../ui/model.js'
import { EN } from '../ui/strings.js'
import { count, fill } from '../ui/words.js'

const file = (name, status, more = {}) => ({
  id: 'file-1', name, extension: name.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : '', type: '', size: 1_000_000, status,
  progress: { bytesUploaded: 0, percentage: 0 }, error: null, failure: null, retries: 0, ...more,
})
const failure = (kind, code, retryable) => ({ kind, code, status: 0, retryable })

test('each phase has words and only moving files a bar', () => {
  const phases = [
    ['idle', 'Ready', false], ['queued', 'Waiting', false], ['preparing', 'Preparing', true], ['uploading', 'Uploading 42%', true],
    ['finishing', 'Finishing…', true], ['retrying', 'Retrying in a moment', true], ['paused', 'Paused', true], ['done', 'Uploaded', false],
  ]
  for (const [status, words, bar] of phases) {
    const shown = row(file('a.pdf', status, { progress: { bytesUploaded: 420_000, percentage: 42 } }), EN)
    assert.deepEqual([shown.words, shown.percent !== undefined], [words, bar], status)
  }
})

test('a file under way tells how fast it goes, and until when', () => {
  const say = (speed) => row(file('a.pdf', 'uploading', { progress: { bytesUploaded: 420_000, percentage: 42 } }), EN, {}, speed).pace
  assert.deepEqual([say(0), say(58_000)], ['', ' · 58 kB/s · 10s left'])
  assert.equal(row(file('a.pdf', 'paused'), EN, {}, 58_000).pace, '')
})

test('actions are named by file and offered only where they help', () => {
  const action = (one, offers) => row(one, EN, offers).actions.flatMap(({ verb, label }) => [verb, label])
  const gone = file('a.pdf', 'failed', { failure: failure('file', 'removed', false) })
  assert.deepEqual(action(file('a.pdf', 'failed', { failure: failure('network', 'error', true) })), ['retry', 'Retry a.pdf'])
  assert.deepEqual(action(gone), [])
  assert.deepEqual(action(file('a.pdf', 'uploading')), ['pause', 'Pause a.pdf'])
  assert.deepEqual(action(file('a.pdf', 'done')), [])
  const done = file('a.pdf', 'done', { meta: { key: 'k' }, uploadURL: 'https://b.example/k' })
  assert.deepEqual(action(done, { showKey: true, showLink: true }), ['copy-key', 'Copy the key of a.pdf', 'copy-link', 'Copy the link to a.pdf'])
  assert.deepEqual(action(file('a.pdf', 'idle'), { metaFields: [] }), ['edit', 'Edit a.pdf'])
  assert.deepEqual(action(file('a.pdf', 'paused')), ['resume', 'Resume a.pdf'])
  assert.equal(row(file('a.pdf', 'uploading'), EN).remove, 'Cancel a.pdf')
  assert.equal(row(file('a.pdf', 'done'), EN).remove, 'Remove a.pdf')
  assert.equal(row(gone, EN).words, 'a.pdf was removed or moved. Choose it again.')
  // The name stands above: in a narrow row a long one would take the place of what went wrong.
  const long = row({ ...gone, name: `${'so long a name '.repeat(6)}.mp4` }, EN).words
  assert.match(long, /^so long a name .{0,20}….*\.mp4 was removed or moved\./)
  assert.ok(long.length < 85, long)
})

test('names keep their ends and show what they hide', () => {
  const long = row(file('a-very-long-name-of-a-holiday-picture.final.jpeg', 'idle'), EN)
  assert.equal(long.tail, 'inal.jpeg')
  assert.match(long.head, /^a-very-long/)
  for (const hostile of ['a\u202Egpj.exe', 'b\r\nc;é😀.txt', '<img src=x onerror=alert(1)>.svg', '.', '', 'x.\u{1F600}']) {
    const shown = row(file(hostile, 'idle'), EN)
    assert.doesNotMatch(shown.head + shown.title, /[\u202E\n]/)
    assert.equal(shown.head + shown.tail, displayName(hostile))
  }
  const arabic = row(file(`${'كم '.repeat(40)}.pdf`, 'idle'), EN)
  assert.ok(arabic.tail === '' && arabic.head.endsWith('.pdf') && [...arabic.head].length <= 40)
})

test('a slow line says so with the attempt', () => {
  assert.equal(row(file('a', 'retrying', { failure: failure('network', 'stall', true), retries: 2 }), EN).words, 'Connection is slow – retrying (2)')
})

test('limits are stated', () => {
  assert.equal(hint({ maxFileSize: 10_000_000, maxNumberOfFiles: 5, allowedFileTypes: ['image/*', '.pdf'] }, '', EN), 'Images, PDF · up to 10 MB each · up to 5 files')
  assert.equal(hint({ maxTotalFileSize: 5e7, maxNumberOfFiles: 1 }, '.png', EN), 'PNG · 50 MB in all · 1 file')
  assert.equal(hint({ maxNumberOfFiles: 5, minNumberOfFiles: 2 }, '', EN), 'up to 5 files · Add at least 2 files')
  assert.equal(hint({ minFileSize: 2000, maxFileSize: 3000 }, '', EN), 'at least 2 kB each · up to 3 kB each')
  assert.equal(hint({ minFileSize: 1, minNumberOfFiles: 1 }, '', EN), '')
  assert.equal(hint({}, '', EN), '')
})

test('the summary follows the files', () => {
  const totals = (now) => ({
    files: 2, idle: 0, active: 0, queued: 0, preparing: 0, sending: 0, finishing: 0, paused: 0, done: 0, failed: 0,
    bytesAdded: 2000, bytesTotal: 2000, bytesUploaded: 0, percentage: 0, speed: 0, etaMs: null, isOnline: true, ...now,
  })
  const say = (now, retryable = false, autoProceed = false) => summary(totals(now), autoProceed, retryable, EN)
  const idle = say({ idle: 2 })
  assert.deepEqual([idle.headline, idle.detail, idle.upload, idle.clear, idle.pause, idle.percent], ['2 files ready', '2 kB', 'Upload 2 files', 'Remove all', '', undefined])
  assert.equal(say({ idle: 2 }, false, true).upload, '')
  const active = say({ active: 2, preparing: 1, queued: 1 })
  assert.deepEqual([active.headline, active.detail, active.upload, active.clear, active.percent], ['Preparing', '0 of 2 files · 0 B of 2 kB', '', 'Cancel all', 0])
  const moving = say({ active: 1, done: 1, sending: 1, percentage: 42, bytesUploaded: 1500, speed: 1000, etaMs: 500 })
  assert.deepEqual([moving.headline, moving.detail], ['Uploading 42%', '1 of 2 files · 1.5 kB of 2 kB · 1 kB/s · 1s left'])
  assert.equal(say({ active: 1, finishing: 1, percentage: 99 }).headline, 'Finishing…')
  for (const now of [{ queued: 1 }, { sending: 1, speed: 1000, etaMs: 500 }]) {
    const offline = say({ active: 1, percentage: 10, bytesUploaded: 200, ...now, isOnline: false })
    assert.deepEqual([offline.headline, offline.detail], ['Waiting for the network.', '200 B of 2 kB'])
  }
  const paused = say({ paused: 2 })
  assert.deepEqual([paused.headline, paused.resume, paused.pause], ['Paused at 0%', 'Resume all', ''])
  assert.deepEqual([say({ failed: 1 }).headline, say({ failed: 1 }).retry, say({ failed: 1 }).clear], ['1 file failed', '', 'Clear'])
  assert.equal(say({ failed: 1 }, true).retry, 'Retry failed')
  assert.equal(say({ failed: 1, done: 3 }).headline, '3 uploaded, 1 failed')
  assert.equal(say({ done: 2 }).headline, '2 files uploaded')
})

test('the range covers the view and nothing absurd', () => {
  assert.deepEqual(range(0, 0, 512, 64), [0, 0])
  assert.deepEqual(range(3, 0, 192, 64), [0, 3])
  assert.deepEqual(range(10_000, 0, 512, 64), [0, 14])
  assert.deepEqual(range(10_000, 6400, 512, 64), [96, 114])
  assert.equal(range(10_000, 1e9, 512, 64)[1], 10_000)
  assert.equal(range(10_000, -50, 512, 64)[0], 0)
  assert.ok(range(10_000, NaN, NaN, NaN)[1] < 20)
  assert.deepEqual(range(10_000, 0, 0, 64), [0, 12])
  assert.ok(range(10_000, 0, 640_000, 64)[1] <= 204)
  // Files went while the list was scrolled down.
  assert.deepEqual(range(5, 6400, 512, 64), [0, 5])
})

test('families by type and extension', () => {
  const cases = [['image/png', 'png', 'image'], ['text/csv', 'csv', 'table'], ['', 'ZIP', 'archive'], ['', '', 'file'], ['file/x', '', 'file'], ['constructor/x', '', 'file'], ['application/pdf', 'pdf', 'text']]
  for (const [type, extension, name] of cases) assert.equal(family(type, extension), name)
  assert.doesNotMatch('image/svg+xml', RASTER)
})

test('a plain word where there are plural forms, and nothing where there is a word', () => {
  const strings = /** @type {any} */ ({ ...EN, upload: 'Go', ready: undefined, selected: { one: '{0} of it' } })
  assert.equal(count(strings.upload, 3, strings), 'Go')
  assert.equal(count('{0} to go', 3, strings), '3 to go')
  assert.equal(typeof count(strings.selected, 3, strings), 'string')
  assert.equal(typeof fill(strings.ready, 'a'), 'string')
})
