// The site of the benchmark: both pages, what they load, compressed and never cached, and a sink that takes uploads and
// throws them away.

import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { E2E, PKG } from '../../e2e/lib/env.js'
import { BENCH, BUILT } from './places.js'

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
}
const MOUNTS = [
  ['/bench/', join(BENCH, 'page')],
  ['/built/', BUILT],
  ['/lib/', join(E2E, 'lib')],
  ['/pkg/', PKG],
]
/** What the sink says to a file that it refuses. */
const REFUSAL = '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'

/** Starts it on a free port. */
export async function startServer() {
  const ready = compressed()
  const sink = { refuses: false }
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site')
    if (pathname.startsWith('/sink/')) return take(request, response, sink.refuses && /0\.bin$/.test(pathname))
    const bytes = ready.get(pathname)
    if (!bytes) return response.writeHead(404).end()
    response.writeHead(200, {
      'content-type': TYPES[extname(pathname)],
      'content-encoding': 'br',
      'content-length': bytes.length,
      'cache-control': 'no-store',
    })
    response.end(bytes)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    origin: `http://127.0.0.1:${port}`,
    /** `refuses`: every tenth file is answered 403. */
    sink,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * Takes an upload as a bucket would.
 * @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response
 * @param {boolean} refuse
 */
function take(request, response, refuse) {
  request.resume()
  request.once('end', () => {
    if (refuse) response.writeHead(403, { 'content-type': 'application/xml' }).end(REFUSAL)
    else response.writeHead(200, { etag: '"d41d8cd98f00b204e9800998ecf8427e"', 'content-length': 0 }).end()
  })
}

/** All files by their address, compressed ahead, as servers have them. @returns {Map<string, Buffer>} */
function compressed() {
  const names = MOUNTS.flatMap(([prefix, folder]) =>
    readdirSync(folder).map((name) => [prefix + name, join(folder, name)]),
  )
  return new Map(
    names
      .filter(([path]) => extname(path) in TYPES)
      .map(([path, file]) => {
        const plain = readFileSync(file)
        return [path, brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } })]
      }),
  )
}
