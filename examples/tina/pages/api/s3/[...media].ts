// The server half is that of next-tinacms-s3, unchanged: it lists, deletes, and signs uploads.

import { isAuthorized } from '@tinacms/auth'
import type { NextApiRequest } from 'next'
import { createMediaHandler } from 'next-tinacms-s3/dist/handlers'

export const config = { api: { bodyParser: false } }

export default createMediaHandler({
  bucket: process.env.S3_BUCKET ?? '',
  mediaRoot: process.env.S3_MEDIA_ROOT,
  config: {
    region: process.env.S3_REGION,
    // No `NEXT_PUBLIC_` in these names: they stay on the server.
    credentials: { accessKeyId: process.env.S3_ACCESS_KEY ?? '', secretAccessKey: process.env.S3_SECRET_KEY ?? '' },
    // Else the SDK signs the checksum of an empty body, which no file has, and S3 refuses the upload.
    requestChecksumCalculation: 'WHEN_REQUIRED',
  },
  authorized: async (request: NextApiRequest) => {
    if (process.env.NODE_ENV === 'development') return true
    const user = await isAuthorized(request).catch(() => undefined)
    return user?.verified === true
  },
})
