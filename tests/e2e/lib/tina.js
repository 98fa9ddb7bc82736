// The media route of a site with TinaCMS, as `createMediaHandler` of next-tinacms-s3 answers, for the embedded store.

import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { AwsClient } from 'aws4fetch'

/** Of the store, for who signs besides its own host. */
export const KEYS = { id: 'tina', secret: 'known-to-both' }
const ROUTE = '/api/s3/media'
const CDN = 'https://cdn.example/'

/**
 * Answers below `/api/s3/media`. What it was asked is in the list it gives.
 * @param {{below: Map<string, Function>}} site
 * @param {{folder: string, endpoint: string}} store
 */
export function serveMedia(site, { folder, endpoint }) {
  const signer = new AwsClient({
    accessKeyId: KEYS.id,
    secretAccessKey: KEYS.secret,
    service: 's3',
    region: 'us-east-1',
  })
  /** @type {string[]} */
  const asked = []
  const answer = async ({ method, url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://site')
    const say = (status, body) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    asked.push(`${method} ${pathname.slice(ROUTE.length)}`)
    // What names a cookie or a token there.
    if (searchParams.get('clientID') !== 'editor') return say(401, { message: 'sorry this user is unauthorized' })
    const key = searchParams.get('key')
    if (method === 'GET' && key) {
      if (existsSync(join(folder, key))) return say(400, { message: 'key already exists' })
      const address = `${endpoint}/uploads/${key.split('/').map(encodeURIComponent).join('/')}?X-Amz-Expires=3600`
      const signed = await signer.sign(address, { method: 'PUT', aws: { signQuery: true } })
      return say(200, { signedUrl: signed.url, src: CDN + key })
    }
    if (method === 'GET') return say(200, { items: await list(folder, searchParams.get('directory') ?? '') })
    await rm(join(folder, decodeURIComponent(pathname.slice(ROUTE.length + 1))))
    return say(200, { $metadata: { httpStatusCode: 204 } })
  }
  site.below.set(ROUTE, answer)
  return asked
}

/** @param {string} folder @param {string} directory */
async function list(folder, directory) {
  const prefix = directory.split('/').filter(Boolean).join('/')
  const entries = await readdir(join(folder, prefix), { withFileTypes: true }).catch(() => [])
  return entries
    .filter(({ name }) => !name.startsWith('.'))
    .map((entry) => {
      const key = posix.join(prefix, entry.name)
      if (entry.isDirectory()) return { id: `${key}/`, type: 'dir', filename: entry.name, directory: dirname(key) }
      const src = CDN + key
      const thumbnails = { '75x75': src, '400x400': src, '1000x1000': src }
      return { id: key, filename: entry.name, directory: `${dirname(key)}/`, src, thumbnails, type: 'file' }
    })
}
