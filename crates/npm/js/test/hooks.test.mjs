// The application's hooks for files in parts, as the WebAssembly side finds them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hooks } from '../hooks.js'

const make = (options) => {
  const hooks = new Hooks(() => [], () => {})
  return { hooks, wrapped: hooks.wrap(options) }
}

test('a step without a hook is left to the host, at once', () => {
  const { wrapped, hooks } = make({ host: 'https://h.example', signPart: async () => ({ url: 'https://s.example' }) })
  assert.equal(wrapped.multipart('create', {}, {}), undefined)
  assert.ok(wrapped.multipart('sign', {}, { parts: [{ partNumber: 1 }] }) instanceof Promise)
  assert.equal(wrapped.signPart, undefined)
  assert.ok(hooks)
})

test('parts signed one by one, or several at once, answer the same', async () => {
  const parts = [{ partNumber: 3, body: 'c' }, { partNumber: 4, body: 'd' }]
  const seen = []
  const one = make({
    host: 'https://h.example',
    signPart: (file, part) => {
      seen.push([file.name, part])
      return { url: 'https://s.example/3', headers: { a: 'b' }, expires: 9 }
    },
  })
  const answer = await one.wrapped.multipart('sign', { name: 'f' }, { uploadId: 'u', key: 'k', parts })
  assert.deepEqual(answer, { presignedUrls: { 3: 'https://s.example/3' }, headers: { 3: { a: 'b' } }, expires: 9 })
  assert.deepEqual(seen, [['f', { uploadId: 'u', key: 'k', partNumber: 3, body: 'c' }]])

  const many = make({
    host: 'https://h.example',
    prepareUploadParts: (_, { parts }) => ({ presignedUrls: Object.fromEntries(parts.map(({ number, chunk }) => [number, `https://s.example/${chunk}`])) }),
  })
  const both = await many.wrapped.multipart('sign', {}, { uploadId: 'u', key: 'k', parts })
  assert.deepEqual(both.presignedUrls, { 3: 'https://s.example/c', 4: 'https://s.example/d' })
})

test('what throws rejects, and a completion may say nothing', async () => {
  const { wrapped } = make({
    host: 'https://h.example',
    createMultipartUpload: () => { throw new Error('no') },
    completeMultipartUpload: () => undefined,
  })
  await assert.rejects(wrapped.multipart('create', {}, {}), /no/)
  assert.deepEqual(await wrapped.multipart('complete', {}, {}), {})
})

test('how a file is cut never throws', () => {
  const { wrapped } = make({ host: 'https://h.example', shouldUseMultipart: (file) => file.size > 5, getChunkSize: () => 7 })
  assert.deepEqual(wrapped.planParts({ size: 6 }), { multipart: true, partSize: 7 })
  assert.equal(make({ host: 'h', getChunkSize: () => { throw new Error('no') } }).wrapped.planParts({}), false)
  assert.equal(make({ host: 'h', shouldUseMultipart: true }).wrapped.shouldUseMultipart, true)
})

test('checksums are made for those who may take them', () => {
  const f = async () => ({})
  assert.equal(make({ host: 'https://h.example' }).wrapped.checksum, undefined)
  assert.equal(make({ getUploadParameters: f }).wrapped.checksum, 'none')
  assert.equal(make({ getUploadParameters: f, checksum: 'sha256' }).wrapped.checksum, 'sha256')
  const { hooks } = make({ getUploadParameters: f })
  assert.equal(hooks.wrap({ host: 'https://h.example' }).checksum, 'crc64nvme')
  assert.equal(hooks.wrap({ limit: 3 }).checksum, undefined)
})
