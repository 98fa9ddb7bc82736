// File contents that tests can recompute: every byte depends on the seed and on its place, so an upload that lost,
// repeated or swapped a piece cannot compare equal. Runs in Node and in the browser; a file of 200 MiB is put together
// from references to one block.

/** Contents repeat with this period, but for the number of the block at its begin. */
export const BLOCK = 1 << 20

/** What a block begins with: the seed and the number of the block. @param {number} seed @param {number} index */
export function header(seed, index) {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, seed)
  view.setUint32(4, index)
  view.setUint32(8, ~index >>> 0)
  view.setUint32(12, index * 2654435761)
  return bytes
}

/** One block of noise (xorshift32). @param {number} seed */
export function noise(seed) {
  const words = new Uint32Array(BLOCK / 4)
  let state = (seed * 2654435761 + 1013904223) >>> 0 || 1
  for (let at = 0; at < words.length; at += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[at] = state
  }
  return new Uint8Array(words.buffer)
}

/**
 * The contents, block by block.
 * @param {number} seed @param {number} size
 */
export function* blocks(seed, size) {
  const block = noise(seed)
  for (let index = 0; index * BLOCK < size; index += 1) {
    block.set(header(seed, index))
    yield block.subarray(0, Math.min(BLOCK, size - index * BLOCK))
  }
}

/**
 * The same as parts of a Blob.
 * @param {number} seed @param {number} size
 * @returns {BlobPart[]}
 */
export function parts(seed, size) {
  const base = new Blob([noise(seed)])
  const result = []
  for (let index = 0; index * BLOCK < size; index += 1) {
    const length = Math.min(BLOCK, size - index * BLOCK)
    const head = header(seed, index)
    result.push(head.subarray(0, Math.min(head.length, length)))
    if (length > head.length) result.push(base.slice(head.length, length))
  }
  return result
}
