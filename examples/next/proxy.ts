// A strict Content Security Policy for every page. What filechute needs of it are three lines: 'wasm-unsafe-eval', the bucket in
// connect-src, and blob: for thumbnails.

import { type NextRequest, NextResponse } from 'next/server'
import { bucketOrigin } from './lib/bucket'

/** React's and Next's development tools evaluate code and write styles. */
const isDevelopment = process.env.NODE_ENV === 'development'

export function proxy(request: NextRequest) {
  const nonce = Buffer.from(crypto.randomUUID()).toString('base64')
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic' 'wasm-unsafe-eval'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    `style-src 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    `connect-src 'self' ${bucketOrigin()}`,
    "img-src 'self' blob:",
    'media-src blob:',
    "worker-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
  // Next reads the nonce from the policy of the request and gives it to its own scripts.
  const headers = new Headers(request.headers)
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

export const config = { matcher: [{ source: '/((?!api|_next/static|_next/image|favicon.ico).*)' }] }
