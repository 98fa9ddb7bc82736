// The real Companion as applications run it: inside an express app of their own, which answers what Companion leaves
// open. Runs in the process of the test, so that tests can give it functions.

// Outside of tests Companion schedules a clean-up of its folder, and the process never ends.
process.env.NODE_ENV = 'test'

import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import * as companion from '@uppy/companion'
import express from 'express'

/**
 * Starts it on a free port.
 * @param {object} s3 Companion's option of that name
 * @param {{path?: string, bare?: boolean}} [options] `path`: where the outer app mounts it; `bare`: an outer app
 *   without answers of its own, as express comes
 */
export async function startCompanion(s3, { path = '', bare = false } = {}) {
  /** What it was asked and what it answered, in order. @type {{url: string, status: number, body: any}[]} */
  const log = []
  const { app } = companion.app({
    secret: 'a secret of the test, for cookies',
    filePath: tmpdir(),
    server: { host: '127.0.0.1', protocol: 'http' },
    providerOptions: {},
    corsOrigins: true,
    metrics: false,
    // Any will do: it is about imports from elsewhere, and Companion complains without.
    uploadUrls: ['http://127.0.0.1/'],
    s3,
  })
  const outer = express()
  outer.use((request, response, next) => {
    const json = response.json.bind(response)
    response.json = (body) => {
      log.push({ url: request.originalUrl, status: response.statusCode, body })
      return json(body)
    }
    next()
  })
  outer.use(path || '/', app)
  if (!bare) {
    outer.use((request, response) => response.status(404).json({ message: 'Not Found' }))
    // Express knows handlers of errors by their four parameters.
    outer.use((error, request, response, next) => response.status(500).json({ message: error.message, error }))
  }
  const server = createServer(outer)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    root: `http://127.0.0.1:${port}${path}`,
    log,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
