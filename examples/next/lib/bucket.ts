// The bucket, by the environment: AWS_REGION, AWS_BUCKET_NAME, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, and for another store
// than AWS AWS_ENDPOINT_URL_S3. The SDK reads the keys and the endpoint by itself.

import { S3Client } from '@aws-sdk/client-s3'

let client: S3Client | undefined

export function s3() {
  client ??= new S3Client({
    region: process.env.AWS_REGION,
    // A store of one's own has rarely a name for each bucket.
    forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL_S3),
    // Else the SDK signs the checksum of an empty body, which no file has.
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  return client
}

export function bucket() {
  const name = process.env.AWS_BUCKET_NAME
  if (!name) throw new Error('AWS_BUCKET_NAME is not set: see .env.example')
  return name
}

/** Where the browser sends files to: the policy of the page has to allow it. */
export function bucketOrigin() {
  const endpoint = process.env.AWS_ENDPOINT_URL_S3
  if (endpoint) return new URL(endpoint).origin
  return `https://${bucket()}.s3.${process.env.AWS_REGION}.amazonaws.com`
}
