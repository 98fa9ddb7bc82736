// The worker that hashes, so that the page does not. `digest.js` starts it, and ends it when it has been idle.
//
// In: `{module}` once, then `{id, range}`, and `{id}` alone when nobody wants that digest any more.
// Out: `{ready}` once, then for each id `{digest}`, `{error: {name, message}}` when the file cannot be read, or
// `{broken}` when this worker cannot hash at all.

import { createHashing } from './hashing.js'

const READ_BYTES = 4 << 20

/** @type {ReturnType<typeof createHashing>} */
let hash
/** Ids of ranges that are being hashed and still wanted. @type {Set<number>} */
const wanted = new Set()

self.onmessage = async ({ data: { module, id, range } }) => {
  if (module) {
    hash = createHashing(module)
  } else if (range) {
    wanted.add(id)
    const answer = await work(id, range)
    if (wanted.delete(id)) self.postMessage({ id, ...answer })
  } else {
    wanted.delete(id)
  }
}

/** @param {number} id @param {import('./hashing.js').Range} range */
async function work(id, range) {
  try {
    return { digest: await hash(range, { readBytes: READ_BYTES, isOver: () => !wanted.has(id) }) }
  } catch (/** @type {any} */ error) {
    // Not every browser can send a DOMException as it is.
    if (error instanceof DOMException) return { error: { name: error.name, message: error.message } }
    return { broken: String(error) }
  }
}

self.postMessage({ ready: true })
