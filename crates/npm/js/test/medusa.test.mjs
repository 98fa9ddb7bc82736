// Medusa 2's admin: an SDK that answers and fails as `@medusajs/js-sdk` does.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attachToProduct, medusaParameters, publicUrl } from '../medusa.js'

/** What the routes of Medusa answer; `asked` is every call. @param {{images?: object[]}} [product] */
function fakeSdk(product = { images: [] }) {
  const asked = []
  const refuse = (status, message) => Object.assign(new Error(message), { status, statusText: '' })
  return {
    asked,
    admin: {
      upload: {
        async presignedUrl(body) {
          asked.push(['presign', body])
          if (!/^[\w.+-]+\/[\w.+-]+$/.test(body.mime_type)) throw refuse(400, 'Invalid file type')
          const filename = `media/01JULID.${body.mime_type.split('/')[1]}`
          const url = `https://b.s3.example/${encodeURIComponent(filename)}?X-Amz-Signature=1`
          return { url, filename, originalname: body.originalname, mime_type: body.mime_type, extension: 'x', size: body.size }
        },
      },
      product: {
        async retrieve(id, query) {
          asked.push(['retrieve', id, query])
          return { product: { id, ...product } }
        },
        async update(id, body) {
          asked.push(['update', id, body])
          return { product: { id } }
        },
      },
    },
  }
}

const file = (name, type, size = 3) => ({ name, type, size, data: new Blob(['abc']), meta: {} })
const uploaded = (key) => ({ meta: { key }, uploadURL: `https://b.s3.example/${key}` })

test('the address, the type and the key are those that Medusa answers', async () => {
  const sdk = fakeSdk()
  const get = medusaParameters(sdk, { access: 'public', fileUrl: 'https://cdn.example/files/' })
  assert.deepEqual(await get(file('logo.svg', 'image/svg+xml')), {
    method: 'PUT',
    url: 'https://b.s3.example/media%2F01JULID.svg%2Bxml?X-Amz-Signature=1',
    headers: { 'content-type': 'image/svg+xml' },
    key: 'media/01JULID.svg+xml',
    publicUrl: 'https://cdn.example/files/media/01JULID.svg%2Bxml',
  })
  assert.deepEqual(sdk.asked, [['presign', { originalname: 'logo.svg', mime_type: 'image/svg+xml', size: 3, access: 'public' }]])
})

test('a file without a type is sent as bytes; who may read it is left to Medusa', async () => {
  const sdk = fakeSdk()
  const answer = await medusaParameters(sdk)(file('LICENSE', '', 0))
  assert.deepEqual(sdk.asked, [['presign', { originalname: 'LICENSE', mime_type: 'application/octet-stream', size: 0 }]])
  assert.equal(answer.headers['content-type'], 'application/octet-stream')
  assert.equal('publicUrl' in answer, false)
})

test('a no of Medusa is final, a broken server and a lost line are not', async () => {
  const sdk = fakeSdk()
  await assert.rejects(medusaParameters(sdk)(file('a', 'nonsense')), { message: 'Invalid file type', status: 400, retryable: false })
  sdk.admin.upload.presignedUrl = async () => { throw Object.assign(new Error('Bad Gateway'), { status: 502 }) }
  await assert.rejects(medusaParameters(sdk)(file('a', 'image/png')), { status: 502, retryable: true })
  sdk.admin.upload.presignedUrl = async () => { throw new TypeError('Failed to fetch') }
  await assert.rejects(medusaParameters(sdk)(file('a', 'image/png')), (error) => error.retryable === undefined)
})

test('addresses of objects', () => {
  assert.equal(publicUrl('https://cdn.example', 'a b/ü+.png'), 'https://cdn.example/a%20b/%C3%BC%2B.png')
})

test('images that are there keep their ids, in their order; the new ones come after them', async () => {
  const images = [{ id: 'i1', url: 'https://cdn.example/1.png', rank: 0, metadata: null }, { id: 'i2', url: 'https://cdn.example/2.png', rank: 1 }]
  const sdk = fakeSdk({ images })
  const answer = await attachToProduct(sdk, { id: 'prod_1' }, [uploaded('3.png'), uploaded('2.png')], { fileUrl: 'https://cdn.example' })
  assert.deepEqual(answer, { product: { id: 'prod_1' } })
  assert.deepEqual(sdk.asked[1], ['update', 'prod_1', {
    // The second was attached already.
    images: [{ id: 'i1', url: 'https://cdn.example/1.png' }, { id: 'i2', url: 'https://cdn.example/2.png' }, { url: 'https://cdn.example/3.png' }],
  }])
})

test('in place of those that are there, with a thumbnail', async () => {
  const sdk = fakeSdk()
  await attachToProduct(sdk, { id: 'prod_1' }, [uploaded('a.png'), uploaded('b.png')], { append: false, thumbnail: true })
  assert.deepEqual(sdk.asked, [['update', 'prod_1', {
    images: [{ url: 'https://b.s3.example/a.png' }, { url: 'https://b.s3.example/b.png' }],
    thumbnail: 'https://b.s3.example/a.png',
  }]])
})

test('what was not uploaded is not attached, and nothing is asked for nothing', async () => {
  const sdk = fakeSdk({ images: null })
  assert.equal(await attachToProduct(sdk, { id: 'p' }, [{ meta: {} }], { append: false }), undefined)
  assert.deepEqual(sdk.asked, [])
  await attachToProduct(sdk, { id: 'p' }, [{ meta: {} }, uploaded('a.png')])
  assert.deepEqual(sdk.asked[1], ['update', 'p', { images: [{ url: 'https://b.s3.example/a.png' }] }])
})

test('two batches that end together lose nothing of each other; one that failed holds nobody up', async () => {
  const sdk = fakeSdk()
  let images = []
  sdk.admin.product.retrieve = async () => ({ product: { images } })
  sdk.admin.product.update = async (_, body) => {
    if (body.images.some(({ url }) => url.endsWith('bad.png'))) throw new Error('Bad Gateway')
    await new Promise((resolve) => setTimeout(resolve, 5))
    images = body.images.map(({ url }) => ({ id: url, url }))
    return { product: {} }
  }
  const names = ['1.png', 'bad.png', '2.png', '3.png']
  const ends = await Promise.allSettled(names.map((name) => attachToProduct(sdk, { id: 'p' }, [uploaded(name)])))
  assert.deepEqual(ends.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  assert.deepEqual(images.map(({ url }) => url.slice(-5)), ['1.png', '2.png', '3.png'])
})
