// Three S3 servers behind one face: where to sign for, and how to read an object back without the code under test.

import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { AwsClient } from 'aws4fetch'
import { MINISTACK_BIN, WEED_BIN } from './env.js'
import { freePort, start } from './processes.js'
import { startDevHost, startHost, temporaryFolder } from './servers.js'

const BUCKET = 'uploads'
const REGION = 'us-east-1'

/**
 * @typedef {object} Store
 * @property {string} name
 * @property {(method: 'PUT' | 'POST') => string} host the signing host's address
 * @property {(key: string) => Promise<AsyncIterable<Uint8Array>>} read an object's bytes
 * @property {() => Promise<string[]>} [open] ids of multipart uploads that were neither completed nor aborted
 * @property {() => Promise<void>} stop
 */

/** The rule that buckets need (as the project's documentation has it). @param {string[]} origins */
const corsRule = (origins) => `<CORSConfiguration><CORSRule>
${origins.map((origin) => `<AllowedOrigin>${origin}</AllowedOrigin>`).join('')}
<AllowedMethod>PUT</AllowedMethod><AllowedMethod>POST</AllowedMethod><AllowedHeader>*</AllowedHeader>
<ExposeHeader>ETag</ExposeHeader><ExposeHeader>Location</ExposeHeader><MaxAgeSeconds>3000</MaxAgeSeconds>
</CORSRule></CORSConfiguration>`

/** The store of the development host: objects are plain files. @param {string[]} origins @returns {Promise<Store>} */
export async function embedded(origins) {
  const [post, put] = await Promise.all(
    ['POST', 'PUT'].map((method) => startDevHost({ origins, env: { FILECHUTE_METHOD: method } })),
  )
  const by = { POST: post, PUT: put }
  return {
    name: 'embedded store',
    host: (method) => by[method].url,
    async read(key) {
      const folders = [post.folder, put.folder]
      for (const folder of folders) {
        const stream = createReadStream(join(folder, key))
        const opened = await new Promise((resolve) =>
          stream.once('open', () => resolve(true)).once('error', () => resolve(false)),
        )
        if (opened) return stream
      }
      throw new Error(`no object ${key} under ${folders.join(' or ')}`)
    },
    async stop() {
      await Promise.all([post.stop(), put.stop()])
    },
  }
}

/** Puts something in front of a store, and gives its address in place of the store's. @typedef {(endpoint: string) => Promise<string>} Through */

/** SeaweedFS: strict about data. @param {string[]} origins @param {Through} [through] @returns {Promise<Store>} */
export async function seaweedfs(origins, through) {
  if (!WEED_BIN) throw new Error('no SeaweedFS: set WEED_BIN, or run `cargo xtask setup --all`')
  const folder = await temporaryFolder()
  const names = ['master.port', 'volume.port', 'filer.port', 's3.port', 'admin.port']
  const ports = Object.fromEntries(
    await Promise.all(names.flatMap((name) => [name, `${name}.grpc`]).map(async (name) => [name, await freePort()])),
  )
  const credentials = { accessKeyId: 'e2e-weed', secretAccessKey: 'e2e-weed-secret-key' }
  const identity = {
    name: 'admin',
    credentials: [{ accessKey: credentials.accessKeyId, secretKey: credentials.secretAccessKey }],
    actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'],
  }
  const config = join(folder.path, 's3.json')
  await writeFile(config, JSON.stringify({ identities: [identity] }))
  const child = start(
    WEED_BIN,
    [
      ...['mini', `-dir=${folder.path}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1', '-master.telemetry=false'],
      ...Object.entries(ports).map(([name, port]) => `-${name}=${port}`),
      ...['-s3.port.iceberg=0', '-s3.port.lance=0', '-webdav=false', '-admin.ui=false'],
      ...[`-s3.config=${config}`, '-s3.autoCreateBucket=false', `-bucket=${BUCKET}`],
    ],
    { cwd: folder.path },
  )
  const endpoint = `http://127.0.0.1:${ports['s3.port']}`
  return foreign('SeaweedFS', { endpoint, credentials, origins, child, folder, makeBucket: false, through })
}

/** MiniStack: strict about access. @param {string[]} origins @param {Through} [through] @returns {Promise<Store>} */
export async function ministack(origins, through) {
  if (!MINISTACK_BIN) throw new Error('no MiniStack: set MINISTACK_BIN, or run `cargo xtask setup --all`')
  const port = await freePort()
  const folder = await temporaryFolder()
  const env = {
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    AUTH: 'true',
    SERVICES: 's3,sts,iam',
    LOG_LEVEL: 'WARNING',
  }
  const child = start(MINISTACK_BIN, [], { env, cwd: folder.path })
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const endpoint = `http://127.0.0.1:${port}`
  // It compares the checksum of a whole object with one over the checksums of its parts.
  const more = { FILECHUTE_CHECKSUMS: 'false' }
  return foreign('MiniStack', { endpoint, credentials, origins, child, folder, makeBucket: true, env: more, through })
}

/** A server that is not ours: waits for it, sets the bucket up over its API, and starts a host for each method. */
async function foreign(name, { endpoint, credentials, origins, child, folder, makeBucket, env = {}, through }) {
  const s3 = new AwsClient({ ...credentials, service: 's3', region: REGION, retries: 0 })
  const bucket = `${endpoint}/${BUCKET}`
  const call = async (url, init) => {
    const response = await s3.fetch(url, init)
    if (!response.ok)
      throw new Error(`${name}: ${init?.method ?? 'GET'} ${url}: ${response.status} ${await response.text()}`)
    return response
  }
  await child.until(async () => {
    if (makeBucket) await call(bucket, { method: 'PUT' })
    await call(bucket, { method: 'HEAD' })
    await call(`${bucket}?cors`, {
      method: 'PUT',
      body: corsRule(origins),
      headers: { 'content-type': 'application/xml' },
    })
  })
  const signing = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: REGION,
    AWS_ENDPOINT_URL: through ? await through(endpoint) : endpoint,
    FILECHUTE_BUCKET: BUCKET,
    FILECHUTE_PATH_STYLE: 'true',
    ...env,
  }
  const [post, put] = await Promise.all(
    ['POST', 'PUT'].map((method) => startHost({ origins, env: { ...signing, FILECHUTE_METHOD: method } })),
  )
  return {
    name,
    host: (/** @type {string} */ method) => (method === 'PUT' ? put : post).url,
    async read(/** @type {string} */ key) {
      const path = key.split('/').map(encodeURIComponent).join('/')
      const response = await call(`${bucket}/${path}`)
      return response.body ? Readable.fromWeb(response.body) : Readable.from([])
    },
    async open() {
      const text = await (await call(`${bucket}?uploads`)).text()
      return [...text.matchAll(/<UploadId>([^<]*)</g)].map(([, id]) => id)
    },
    async stop() {
      await Promise.all([post.stop(), put.stop()])
      await child.stop()
      await folder.remove()
    },
  }
}

/** All three. @type {Record<string, (origins: string[]) => Promise<Store>>} */
export const STORES = { embedded, seaweedfs, ministack }
