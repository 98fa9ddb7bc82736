// Both ends of a route that signs: what it says no to, what it hands out, and what the page makes of that.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { createPresignRoute, routeParameters } from '../next.js'

const original = globalThis.fetch
afterEach(() => {
  globalThis.fetch = original
})

const OPTIONS = { authorize: () => true, types: { 'image/png': 'png', 'text/plain': '' }, maxSize: 10, sign: ({ key }) => `https://s3.example/b/${key}?X-Amz-Signature=1` }
const JSON_TYPE = { 'content-type': 'application/json' }
const question = (body, headers = JSON_TYPE) => new Request('https://shop.example/api/upload', { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers })
const ask = async (options, body) => {
  const response = await createPresignRoute({ ...OPTIONS, ...options })(question(body))
  assert.equal(response.headers.get('cache-control'), 'no-store')
  return [response.status, await response.json()]
}

test('a presigned address becomes a PUT with the type that was signed, under a key that nobody can guess', async () => {
  const seen = []
  const sign = (file) => {
    seen.push(file)
    return 'https://s3.example/b/k?X-Amz-Signature=1'
  }
  const [status, answer] = await ask({ prefix: 'uploads/', expires: 60, sign }, { name: '../a.exe', type: 'image/png', size: 10 })
  assert.equal(status, 200)
  assert.match(answer.key, /^uploads\/[0-9a-f-]{36}\.png$/)
  assert.deepEqual(answer, { method: 'PUT', url: 'https://s3.example/b/k?X-Amz-Signature=1', headers: { 'content-type': 'image/png' }, key: answer.key, expires: 60 })
  assert.deepEqual(seen, [{ name: '../a.exe', type: 'image/png', size: 10, extension: 'png', key: answer.key, expires: 60 }])
})

test('a form policy is handed on with its fields', async () => {
  const policy = { url: 'https://b.s3.example/', fields: { key: 'mine', Policy: 'x' } }
  const [, answer] = await ask({ key: () => 'mine', sign: async () => policy }, { type: 'text/plain', size: 0 })
  assert.deepEqual(answer, { key: 'mine', expires: 600, ...policy })
})

test('what is refused is refused in words, with the status that says whose fault it is', async () => {
  const good = { name: 'a', type: 'image/png', size: 1 }
  for (const [wanted, options, body] of [
    [401, { authorize: () => false }, good],
    [401, { authorize: async () => undefined }, good],
    [400, {}, 'no JSON'],
    [400, {}, 'null'],
    [400, {}, { ...good, size: -1 }],
    [400, {}, { ...good, size: 1.5 }],
    [400, {}, { ...good, type: undefined }],
    [400, { minSize: 2 }, good],
    [413, {}, { ...good, size: 11 }],
    [415, {}, { ...good, type: 'image/svg+xml' }],
    [415, {}, { ...good, type: 'toString' }],
  ]) {
    const [status, { error, ...rest }] = await ask(options, body)
    assert.deepEqual([status, rest], [wanted, {}], JSON.stringify(body))
    assert.match(error, /\.$/)
  }
  const own = await createPresignRoute({ ...OPTIONS, authorize: () => Response.json({ error: 'Pay first.' }, { status: 402 }) })(question(good))
  assert.equal(own.status, 402)
  const large = new Request('https://shop.example/', { method: 'POST', body: '{}', headers: { ...JSON_TYPE, 'content-length': '10001' } })
  assert.equal((await createPresignRoute(OPTIONS)(large)).status, 413)
  // Nobody has to say how long it is.
  const body = new Blob([JSON.stringify({ ...good, name: 'n'.repeat(20_000) })]).stream()
  const endless = new Request('https://shop.example/', { method: 'POST', body, headers: JSON_TYPE, duplex: 'half' })
  assert.equal((await createPresignRoute(OPTIONS)(endless)).status, 413)
  for (const wrong of [{ types: ['image/png'] }, { minSize: '5' }, { minSize: Number.NaN }]) {
    assert.throws(() => createPresignRoute({ ...OPTIONS, ...wrong }), TypeError)
  }
})

test('what a page of another site may send unasked is no question', async () => {
  for (const type of ['text/plain;charset=UTF-8', 'application/x-www-form-urlencoded', 'application/jsonp', '']) {
    const response = await createPresignRoute(OPTIONS)(question({ type: 'image/png', size: 1 }, { 'content-type': type }))
    assert.equal(response.status, 415, type)
  }
  const told = question({ type: 'image/png', size: 1 }, { 'content-type': 'Application/JSON; charset=utf-8' })
  assert.equal((await createPresignRoute(OPTIONS)(told)).status, 200)
})

test('a key that leads out of its folder is signed for nobody', async (t) => {
  t.mock.method(console, 'error', () => {})
  const key = ({ name }) => name
  for (const name of ['../../other/x.png', 'a/../b', './a', '/a', 'a//b', '', 'a\0', 'a\n', 'a\x7f', 'ü'.repeat(510)]) {
    assert.equal((await ask({ prefix: 'users/7/', key }, { name, type: 'image/png', size: 1 }))[0], 500, name)
  }
  for (const name of ['x.png', 'a/b..c', '..a', 'ü'.repeat(500)]) {
    assert.equal((await ask({ prefix: 'users/7/', key }, { name, type: 'image/png', size: 1 }))[1].key, `users/7/${name}`)
  }
})

test('why nothing could be signed is for the server alone', async (t) => {
  const logged = t.mock.method(console, 'error', () => {})
  const [status, { error }] = await ask({ sign: () => { throw new Error('key AKIA…') } }, { type: 'image/png', size: 1 })
  assert.deepEqual([status, error.includes('AKIA')], [500, false])
  assert.equal(logged.mock.callCount(), 1)
  for (const broken of [{ sign: () => null }, { sign: () => ({}) }, { authorize: () => { throw new Error('the database is down') } }]) {
    assert.equal((await ask(broken, { type: 'image/png', size: 1 }))[0], 500)
  }
})

test('a route that nobody guards cannot be made', () => {
  for (const missing of ['authorize', 'sign', 'types', 'maxSize']) {
    assert.throws(() => createPresignRoute({ ...OPTIONS, [missing]: undefined }), new RegExp(missing === 'authorize' ? 'who may upload' : missing))
  }
})

test('the page asks with name, type and size, and gets parameters', async () => {
  const route = createPresignRoute(OPTIONS)
  const seen = []
  globalThis.fetch = (url, init) => {
    seen.push([url, init.credentials, init.headers])
    return route(new Request(`https://shop.example${url}`, init))
  }
  const get = routeParameters('/api/upload', { headers: async () => ({ authorization: 'Bearer t' }) })
  const file = { name: 'ü.png', type: 'image/png', size: 3, data: new Blob(['abc']) }
  const answer = await get(file, { signal: new AbortController().signal })
  assert.equal(answer.method, 'PUT')
  assert.deepEqual(seen, [['/api/upload', 'same-origin', { 'content-type': 'application/json', authorization: 'Bearer t' }]])

  await assert.rejects(get({ ...file, type: '' }, {}), { message: 'Files of the type "" cannot be uploaded here.', retryable: false, status: 415 })
})

test('a server that says nothing of use is asked again where that may help', async () => {
  const get = routeParameters('/api/upload')
  for (const [status, body, retryable] of [[503, '<html>', true], [429, '{"error":"Slower."}', true], [404, '', false], [200, '{"error":"No."}', false], [200, '[]', false]]) {
    globalThis.fetch = async () => new Response(body, { status })
    await assert.rejects(get({ name: '', type: '', size: 0 }, {}), (error) => error.retryable === retryable && error.message.length > 2)
  }
})
