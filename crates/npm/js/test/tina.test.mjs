// The store for TinaCMS without its panel, which needs a browser (`tests/e2e/tina.test.js`): what it asks the server of
// next-tinacms-s3, and what it makes of the answers.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { createMediaStore } from '../tina.js'
import { directoryOf, safeName, Server } from '../tina-server.js'

const original = globalThis.fetch
afterEach(() => {
  globalThis.fetch = original
})

/** The next answers; gives what was asked. @param {...[status: number, body: unknown]} answers */
function answers(...given) {
  const asked = []
  globalThis.fetch = async (url, { method }) => {
    asked.push(`${method} ${url}`)
    const [status, body] = given.shift()
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })
  }
  return asked
}

/** `cms.api.tina` of somebody who is signed in. @param {string} [basePath] */
const client = (basePath) => ({
  clientId: 'c 1',
  authProvider: { fetchWithToken: (url, init) => fetch(url, init) },
  schema: { config: { config: { build: { basePath } } } },
})

test('TinaCMS takes it for a store, and not for a function that loads one', () => {
  const Store = createMediaStore({ accept: 'image/*', maxSize: 5 })
  assert.equal(typeof Store.prototype.persist, 'function')
  const store = new Store(client())
  assert.deepEqual([store.accept, store.maxSize, store.rename, store.searchable], ['image/*', 5, undefined, undefined])
  assert.equal(store.parse({ src: 'https://cdn.example/a.png' }), 'https://cdn.example/a.png')
})

test('a page of the list, asked for as its owner, below the site\'s folder', async () => {
  const items = [{ id: 'a/', type: 'dir', filename: 'a', directory: '.' }, { id: 'b.png', type: 'file', filename: 'b.png', directory: './' }]
  const asked = answers([200, { items, offset: 'b.png' }], [200, { items }])
  const store = new (createMediaStore())(client('/shop/'))
  assert.deepEqual(await store.list({ directory: 'ä b', limit: 2, offset: undefined, thumbnailSizes: [{ w: 75, h: 75 }] }), { items, nextOffset: 'b.png' })
  assert.deepEqual(await store.list({ directory: '', filesOnly: true }), { items: [items[1]], nextOffset: undefined })
  assert.deepEqual(asked, ['GET /shop/api/s3/media?directory=%C3%A4+b&limit=2&clientID=c+1', 'GET /shop/api/s3/media?clientID=c+1'])
})

test('why there is no list, in the form that TinaCMS shows', async () => {
  const store = new (createMediaStore())()
  for (const [status, body, title, message] of [
    [401, { message: 'sorry this user is unauthorized' }, 'Not signed in', 'You may not see these files.'],
    [404, '<html>', 'No media route', 'The site has no S3 route here, or it is not set up.'],
    [200, '<html>', 'No media route', 'The site has no S3 route here, or it is not set up.'],
    [500, { e: 'Access Denied' }, 'The files cannot be listed', 'Access Denied'],
    [400, { message: 'media directory is not valid' }, 'The files cannot be listed', 'media directory is not valid'],
    [502, '', 'The files cannot be listed', 'The media route answered with status 502.'],
  ]) {
    answers([status, body])
    await assert.rejects(store.list(), (error) => {
      assert.deepEqual([error.ERR_TYPE, error.title, error.message, error.docsLink.startsWith('https://')], ['MediaListError', title, message, true])
      return error instanceof Error
    })
  }
})

test('a file is deleted by its key; a server that cannot says why', async () => {
  const asked = answers([200, { $metadata: {} }], [500, { e: 'Access Denied' }], [401, { message: 'unauthorized' }])
  const store = new (createMediaStore({ route: 'https://media.example/s3/media' }))(client('ignored'))
  await store.delete({ type: 'file', id: 'media/a b.png', filename: 'a b.png', directory: 'media' })
  assert.deepEqual(asked, ['DELETE https://media.example/s3/media/media%2Fa%20b.png?clientID=c+1'])
  await assert.rejects(store.delete({ id: 'x' }), /Access Denied/)
  await assert.rejects(store.delete({ id: 'x' }), /unauthorized/)
})

test('a place for a file: the key is encoded, the type is sent', async () => {
  const asked = answers(
    [200, { signedUrl: 'https://b.s3.example/media/a%20b?X-Amz-Signature=1', src: 'https://cdn.example/media/a b' }],
    [400, { message: 'key already exists' }],
    [503, ''],
    [200, { signedUrl: null }],
  )
  const server = new Server('/api/s3/media')
  assert.deepEqual(await server.sign('a/ü&b.png', 'image/png'), {
    method: 'PUT',
    url: 'https://b.s3.example/media/a%20b?X-Amz-Signature=1',
    headers: { 'content-type': 'image/png' },
    key: 'a/ü&b.png',
    publicUrl: 'https://cdn.example/media/a b',
  })
  assert.deepEqual(asked, ['GET /api/s3/media/upload_url?key=a%2F%C3%BC%26b.png'])
  await assert.rejects(server.sign('k', ''), { message: 'key already exists', retryable: false })
  await assert.rejects(server.sign('k', ''), { retryable: true })
  await assert.rejects(server.sign('k', ''), /status 200/)
})

test('nothing to upload is no upload, and needs no browser', async () => {
  assert.deepEqual(await new (createMediaStore())().persist([]), [])
})

test('names and directories', () => {
  assert.deepEqual(['/', '', undefined, 'a/b/', '/a//b', 'a'].map(directoryOf), ['', '', '', 'a/b/', 'a/b/', 'a/'])
  assert.deepEqual(
    ['Größe 1.PNG', 'a/b\\c (1).png', '..', '', '.env', 'a#?%&.jpg', '日本 語.webp', 'no extension'].map(safeName),
    ['Größe-1.PNG', 'c-1.png', 'file', 'file', 'env', 'a.jpg', '日本-語.webp', 'no-extension'],
  )
})
