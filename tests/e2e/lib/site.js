// The web site under test: pages, the built package, and servers that misbehave in ways no proxy fault covers.

import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { E2E, PKG, ROOT } from './env.js'

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.png': 'image/png',
}

/** What lies where. `/nowasm/` is the package with its WebAssembly missing, `/nomore/` with the second module missing. */
const MOUNTS = [
  ['/pkg/', PKG],
  ['/nowasm/', PKG],
  ['/nomore/', PKG],
  ['/page/', join(E2E, 'page')],
  ['/lib/', join(E2E, 'lib')],
  ['/node_modules/', join(E2E, 'node_modules')],
  ['/www/', join(ROOT, 'www')],
]

/** @type {Record<string, RegExp>} */
const MISSING = { '/nowasm/': /\.wasm$/, '/nomore/': /-more\.wasm$/ }

/** Starts it on a free port. */
export async function startSite() {
  if (!existsSync(join(PKG, 'index.js'))) throw new Error(`${PKG} is not built: run \`cargo xtask npm\``)
  /** Answers by path, set by tests. @type {Map<string, (request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void>} */
  const routes = new Map()
  /** The same for all paths that begin so. @type {typeof routes} */
  const below = new Map()
  /** Folders that tests serve besides, by the begin of the path; the first that has the file. @type {Map<string, string[]>} */
  const folders = new Map()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://site')
    const route = routes.get(url.pathname) ?? [...below].find(([begin]) => url.pathname.startsWith(begin))?.[1]
    if (route) return route(request, response)
    // The policy of the page is in its address, for tests of content security policies.
    const policy = url.searchParams.get('csp')
    if (policy) response.setHeader('content-security-policy', policy)
    response.setHeader('cache-control', 'no-cache')
    const file = find(decodeURIComponent(url.pathname), folders)
    if (!file) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found')
      return
    }
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
    createReadStream(file).pipe(response)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    origin: `http://127.0.0.1:${port}`,
    routes,
    below,
    /** @param {string} prefix @param {string[]} where */
    serve: (prefix, where) => folders.set(prefix, where),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** @param {string} path @param {Map<string, string[]>} folders */
function find(path, folders) {
  const mounts = [...folders].flatMap(([prefix, where]) => where.map((folder) => [prefix, folder]))
  const isFile = (/** @type {string} */ file) => existsSync(file) && statSync(file).isFile()
  return [...mounts, ...MOUNTS]
    .filter(([prefix]) => path.startsWith(prefix) && !MISSING[prefix]?.test(path))
    .map(([prefix, folder]) => join(folder, normalize(`/${path.slice(prefix.length)}`)))
    .find(isFile)
}
