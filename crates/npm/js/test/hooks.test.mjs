// The application's hooks for files in parts, as the WebAssembly side finds them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askHooks } from '../driver/parts.js'
import { Hooks } from '../hooks.js'

const make = (options) => {
  const hooks = new Hooks(() => [], () => {})
  return { hooks, wrapped: hooks.wrap(options) }
}

const REMOTE = ['u', 'k', '', null]

/** A step as the driver asks for it. @param {object} wrapped @param {any[]} ask */
const asked = (wrapped, ask) => {
  const base = { ask: async () => ['left to the host'], multipart: true, signAhead: 1, scope: '' }
  const request = { ask, file: { name: 'f', meta: {} }, blob: new Blob(['aabb']), checksum: async () => undefined }
  return askHooks(base, wrapped.multipart, request)
}

test('a step without a hook is left to the host', async () => {
  const { wrapped, hooks } = make({ host: 'https://h.example', signPart: async () => ({ url: 'https://s.example' }) })
  assert.deepEqual(await asked(wrapped, ['create']), ['left to the host'])
  assert.equal((await asked(wrapped, ['sign', REMOTE, [[1, 0, 2]]]))[0], 'signed')
  assert.equal(wrapped.signPart, undefined)
  assert.ok(hooks)
})

test('parts signed one by one, or several at once, answer the same', async () => {
  const parts = [[3, 0, 2], [4, 2, 4]]
  const seen = []
  const one = make({
    host: 'https://h.example',
    signPart: async (file, { body, ...part }) => {
      seen.push([file.name, await body.text(), part])
      return { url: 'https://s.example/3', headers: { a: 'b' }, expires: 9 }
    },
  })
  const answer = await asked(one.wrapped, ['sign', REMOTE, parts])
  const [kind, [[number, { url, headers, expires }], ...others]] = answer
  assert.deepEqual([kind, number, url, headers, expires, others], ['signed', 3, 'https://s.example/3', ['a', 'b'], 9, []])
  assert.deepEqual(seen, [['f', 'aa', { uploadId: 'u', key: 'k', partNumber: 3, checksum: undefined, signal: undefined }]])

  const many = make({
    host: 'https://h.example',
    prepareUploadParts: async (_, { parts }) => ({
      presignedUrls: Object.fromEntries(await Promise.all(parts.map(async ({ number, chunk }) => [number, `https://s.example/${await chunk.text()}`]))),
    }),
  })
  const [, both] = await asked(many.wrapped, ['sign', REMOTE, parts])
  assert.deepEqual(both.map(([number, { url }]) => [number, url]), [[3, 'https://s.example/aa'], [4, 'https://s.example/bb']])
})

test('what throws rejects, and a completion may say nothing', async () => {
  const { wrapped } = make({
    host: 'https://h.example',
    createMultipartUpload: () => { throw new Error('no') },
    completeMultipartUpload: () => undefined,
  })
  await assert.rejects(asked(wrapped, ['create']), /no/)
  assert.equal((await asked(wrapped, ['complete', REMOTE, [], 4, '']))[0], 'completed')
})

test('a hook can say that the store knows the upload no more, or a part: it is begun anew then, or looked at', async () => {
  for (const [error, code] of [
    [Object.assign(new Error('gone'), { name: 'NoSuchUpload', $metadata: { httpStatusCode: 404 } }), 'NoSuchUpload'],
    [Object.assign(new Error('gone'), { code: 'InvalidPart' }), 'InvalidPart'],
  ]) {
    const { wrapped } = make({ host: 'https://h.example', listParts: () => Promise.reject(error) })
    await assert.rejects(asked(wrapped, ['list', REMOTE]), { kind: 's3', code, act: 'final' })
  }
  for (const other of [new Error('no'), null, 'gone', { code: 7 }]) {
    const { wrapped } = make({ host: 'https://h.example', listParts: () => { throw other } })
    await asked(wrapped, ['list', REMOTE]).then(assert.fail, (error) => assert.equal(error, other))
  }
})

test('a hook that passes on what a server answered with an error in it has failed, whatever the step', async () => {
  const { wrapped } = make({
    host: 'https://h.example',
    ...Object.fromEntries(['createMultipartUpload', 'signPart', 'listParts', 'completeMultipartUpload', 'abortMultipartUpload'].map((name) => [name, async () => ({ error: 'InvalidPart' })])),
  })
  for (const ask of [['create'], ['sign', REMOTE, [[1, 0, 2]]], ['list', REMOTE], ['complete', REMOTE, [], 4, ''], ['abort', REMOTE]]) {
    await assert.rejects(asked(wrapped, ask), { kind: 'sign', code: 'rejected', act: 'final', message: 'InvalidPart' }, ask[0])
  }
})

test('how a file is cut never throws', () => {
  const { wrapped } = make({ host: 'https://h.example', shouldUseMultipart: (file) => file.size > 5, getChunkSize: () => 7 })
  assert.deepEqual(wrapped.planParts({ size: 6 }), { multipart: true, partSize: 7 })
  // It was taken for a number, and then for none.
  for (const size of ['7', 7n]) assert.equal(make({ host: 'h', getChunkSize: () => size }).wrapped.planParts({}).partSize, 7)
  assert.equal(make({ host: 'h', getChunkSize: () => Symbol('no') }).wrapped.planParts({}), false)
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
