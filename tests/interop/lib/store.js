// SeaweedFS as a store that a Companion can sign for, read back with the AWS SDK: neither is ours.

import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { seaweedfs } from '../../e2e/lib/stores.js'

const REGION = 'us-east-1'
/** The key pair that `seaweedfs` sets up. */
const CREDENTIALS = { accessKeyId: 'e2e-weed', secretAccessKey: 'e2e-weed-secret-key' }

/** Starts it. @param {string[]} origins pages that may upload */
export async function startStore(origins) {
  const weed = await seaweedfs(origins)
  // Where it is, only its host says: path style, so the address of a form is endpoint and bucket.
  const { url, bucket } = await (await fetch(`${weed.host('POST')}/s3/params?filename=where`)).json()
  const endpoint = new URL(url).origin
  const s3 = new S3Client({ region: REGION, endpoint, forcePathStyle: true, credentials: CREDENTIALS })
  return {
    endpoint,
    bucket,
    /** Our host in front of it. */
    host: weed.host('POST'),
    /** Companion's option `s3` for it. @param {object} [others] */
    companion: (others = {}) => ({
      key: CREDENTIALS.accessKeyId,
      secret: CREDENTIALS.secretAccessKey,
      bucket,
      region: REGION,
      endpoint,
      forcePathStyle: true,
      awsClientOptions: { requestChecksumCalculation: 'WHEN_REQUIRED' },
      ...others,
    }),
    /** Bytes, type and metadata of an object. @param {string} key */
    async read(key) {
      const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      return {
        body: /** @type {import('node:stream').Readable} */ (object.Body),
        type: object.ContentType,
        metadata: object.Metadata ?? {},
      }
    },
    /** @returns {Promise<string[]>} */
    async keys() {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }))
      return Contents.map(({ Key }) => Key ?? '')
    },
    async stop() {
      s3.destroy()
      await weed.stop()
    },
  }
}
