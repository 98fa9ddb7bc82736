// What the browser is to `digest-worker.js`, inside a thread of Node.

import { parentPort } from 'node:worker_threads'

// The runner takes every file here for a test and starts it by itself.
if (parentPort) {
  globalThis.self = { postMessage: (message) => parentPort.postMessage(message) }
  await import('../digest-worker.js')
  parentPort.on('message', (data) => self.onmessage({ data }))
}
