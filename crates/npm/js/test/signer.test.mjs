// The single signer: what it is asked, and that lists are read to their end. The store and the engine's judgement are stand-ins;
// both are real in browsers.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { ask } from '../driver/signer.js'

const REMOTE = ['U', 'key/é', '', 'crc64nvme']
const original = globalThis.fetch
afterEach(() => {
  globalThis.fetch = original
})

/** @param {any[]} step @param {(question: any) => any} sign @param {string[]} bodies what the store answers, in turn @param {any} [keyOf] */
async function run(step, sign, bodies, keyOf) {
  const sent = []
  globalThis.fetch = async (url, { method, headers, body }) => {
    sent.push({ url, method, headers: Object.fromEntries(headers), body })
    return new Response(bodies.shift() ?? '', { headers: { 'retry-after': '' } })
  }
  const judges = {
    check: ({ url, headers }) => ['PUT', url, [], headers],
    step: (_status, body) => JSON.parse(body || '["","","",[],null]'),
    complete: () => [200, '', '', '', '', '', ''],
  }
  const file = { name: 'a.bin', type: '', size: 30, meta: { name: 'b.bin', n: '1' } }
  const request = { ask: step, file, signal: new AbortController().signal, algorithm: 'crc64nvme', checksum: async () => undefined }
  const asked = []
  const reply = await ask(async (question) => {
    asked.push(question)
    return sign(question)
  }, judges, request, keyOf)
  return { reply, asked, sent }
}

const signed = ({ partNumberMarker = 0 }) => ({ url: `https://s3.example/k?after=${partNumberMarker}` })
const page = (numbers, next) => JSON.stringify(['', '', '', numbers.map((number) => [number, 5, 'e', '']), next])

test('all pages of a list, each signed for itself', async () => {
  const { reply, asked, sent } = await run(['list', REMOTE], signed, [page([1, 2], 2), page([3, 4], 4), page([5], null)])
  assert.deepEqual(reply[1].map(([number]) => number), [1, 2, 3, 4, 5])
  assert.deepEqual(asked.map(({ partNumberMarker }) => partNumberMarker), [undefined, 2, 4])
  assert.deepEqual(sent.map(({ url }) => url.slice(-1)), ['0', '2', '4'])
  assert.deepEqual(asked[0], { method: 'GET', key: 'key/é', uploadId: 'U' })
})

test('a signer that ignores where to go on gets what there is, and no endless list', async () => {
  const same = () => page([1, 2], 2)
  const { reply, asked } = await run(['list', REMOTE], signed, [same(), same(), same(), same()])
  assert.deepEqual(reply[1].map(([number]) => number), [1, 2])
  assert.equal(asked.length, 2)
})

test('an answer that is cut off, or no list, is not one of nothing: all would be sent again', async () => {
  for (const bodies of [[''], [page([1, 2], 2), '']]) {
    await assert.rejects(run(['list', REMOTE], signed, bodies), { kind: 's3', code: 'EmptyAnswer', act: 'retry' })
  }
  const { reply } = await run(['list', REMOTE], signed, ['["U","k","",[],null]'])
  assert.deepEqual(reply, ['listed', []])
})

test('creation: the headers that were signed say whether it has checksums', async () => {
  const created = '["U2","","",[],null]'
  const plain = await run(['create'], () => ({ url: 'https://s3.example/k' }), [created])
  assert.deepEqual([plain.reply[1][0], plain.reply[1][3]], ['U2', null])
  assert.match(plain.reply[1][1], /-b\.bin$/, 'the name of its meta')
  assert.equal(plain.sent[0].headers['content-type'], 'application/octet-stream')
  const headers = { 'X-Amz-Checksum-Algorithm': 'CRC64NVME', 'Content-Type': 'image/png' }
  const summed = await run(['create'], () => ({ url: 'https://s3.example/k', key: 'own', headers }), [created])
  assert.deepEqual(summed.reply[1], ['U2', 'own', '', 'crc64nvme'])
  await assert.rejects(run(['create'], signed, ['["","","",[],null]']), { code: 'EmptyAnswer' })
})

test('completion: every part, its ETag in quotes, hostile ones as text', async () => {
  const parts = [[1, 5, 'e1', 'c+/='], [2, 5, '<&">', '']]
  const { sent, asked } = await run(['complete', REMOTE, parts, 10, 'whole='], signed, [''])
  assert.equal(sent[0].body, '<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    '<Part><PartNumber>1</PartNumber><ETag>&quot;e1&quot;</ETag><ChecksumCRC64NVME>c+/=</ChecksumCRC64NVME></Part>' +
    '<Part><PartNumber>2</PartNumber><ETag>&quot;&#60;&#38;&#34;&#62;&quot;</ETag></Part></CompleteMultipartUpload>')
  assert.equal(sent[0].headers['content-type'], 'application/xml')
  assert.deepEqual(asked[0].checksum, { algorithm: 'crc64nvme', value: 'whole=' })
})

test('the key is random and ends with the name, or is what the application makes of the file', async () => {
  for (const step of [['whole'], ['create', null]]) {
    const keys = []
    for (let round = 0; round < 2; round += 1) keys.push((await run(step, signed, ['["U","","",[],null]'])).asked[0].key)
    assert.match(keys[0], /^\d+(-\d+){3}-b\.bin$/)
    assert.notEqual(keys[0], keys[1])
    const heard = []
    const keyOf = async ({ name, meta }) => {
      heard.push(name)
      return `users/7/${meta.n}`
    }
    const own = await run(step, signed, ['["U","","",[],null]'], keyOf)
    assert.deepEqual([own.asked[0].key, heard], ['users/7/1', ['a.bin']])
    assert.equal(step[0] === 'whole' ? own.reply[1].key : own.reply[1][1], 'users/7/1')
    // Not given, or taken back.
    assert.match((await run(step, signed, ['["U","","",[],null]'], null)).asked[0].key, /-b\.bin$/)
    await assert.rejects(run(step, signed, [], () => { throw new Error('no key') }), /no key/)
  }
})
