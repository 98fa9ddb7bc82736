// Signs one upload at a time. The file itself goes from the browser to the bucket and never comes by here.

import { PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { createPresignRoute } from 'filechute/next'
import { bucket, s3 } from '../../../lib/bucket'

export const POST = createPresignRoute({
  // Your session goes here: whoever gets `true` may write to the bucket.
  authorize: () => true,
  // No SVG and no HTML: from the bucket's origin they would run scripts.
  types: {
    'application/pdf': 'pdf',
    'image/gif': 'gif',
    'image/jpeg': 'jpg',
    'image/png': 'png',
    'image/webp': 'webp',
  },
  maxSize: 100 * 1024 * 1024,
  prefix: 'uploads/',
  sign: ({ key, type, size, expires }) =>
    getSignedUrl(
      s3(),
      new PutObjectCommand({ Bucket: bucket(), Key: key, ContentType: type, ContentLength: size }),
      // With these two signed the store takes just this type, and just as many bytes.
      { expiresIn: expires, signableHeaders: new Set(['host', 'content-type', 'content-length']) },
    ),
})
