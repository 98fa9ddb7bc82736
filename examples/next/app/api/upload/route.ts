// Signs one upload: POST {name, type, size} → {method, url, headers, key, expires}, or {error} with a status of 4xx. The file
// itself goes from the browser to the bucket and never comes by here.

import { randomUUID } from 'node:crypto'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { bucket, s3 } from '../../../lib/bucket'

/** What may be uploaded, and the extension of its key. No SVG, no HTML: from the bucket's origin they would run scripts. */
const TYPES: Record<string, string> = {
  'application/pdf': 'pdf',
  'image/gif': 'gif',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
}
const MAX_SIZE = 100 * 1024 * 1024
/** Seconds a signature is good for: an attempt asks for a new one. */
const EXPIRES = 600

export async function POST(request: Request) {
  // Your session goes here: whoever may call this may write to the bucket.
  const file = await request.json().catch(() => null)
  if (typeof file?.type !== 'string' || !Number.isSafeInteger(file.size) || file.size < 0) {
    return refuse(400, 'Type and size of the file are needed.')
  }
  const extension = Object.hasOwn(TYPES, file.type) ? TYPES[file.type] : undefined
  if (!extension) return refuse(415, 'Only pictures (JPEG, PNG, GIF, WebP) and PDF files can be uploaded here.')
  if (file.size > MAX_SIZE) return refuse(413, 'Files may have up to 100 MiB.')

  // The server chooses the key, so nobody can write over what is there.
  const key = `uploads/${randomUUID()}.${extension}`
  const command = new PutObjectCommand({
    Bucket: bucket(),
    Key: key,
    ContentType: file.type,
    // Signed as well: the store takes exactly as many bytes as were announced.
    ContentLength: file.size,
  })
  const url = await getSignedUrl(s3(), command, {
    expiresIn: EXPIRES,
    signableHeaders: new Set(['host', 'content-type', 'content-length']),
  })
  const headers = { 'content-type': file.type }
  return Response.json({ method: 'PUT', url, headers, key, expires: EXPIRES }, { headers: NOT_KEPT })
}

/** A signed address is a credential. */
const NOT_KEPT = { 'cache-control': 'no-store' }

function refuse(status: number, error: string) {
  return Response.json({ error }, { status, headers: NOT_KEPT })
}
