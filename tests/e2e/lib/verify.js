// Whether what is stored is what was sent: every byte.

import assert from 'node:assert/strict'
import { createReadStream, existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { blocks } from './content.js'

/**
 * Compares a stream with the contents of seed and size, and fails at the first difference.
 * @param {AsyncIterable<Uint8Array>} stream @param {number} seed @param {number} size
 */
export async function sameBytes(stream, seed, size) {
  const wanted = blocks(seed, size)
  let block = Buffer.alloc(0)
  let at = 0
  for await (const chunk of stream) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    while (rest.length > 0) {
      if (block.length === 0) {
        const next = wanted.next()
        assert.ok(!next.done, `the object is longer than ${size} bytes`)
        block = Buffer.from(next.value)
      }
      const length = Math.min(rest.length, block.length)
      if (rest.compare(block, 0, length, 0, length) !== 0) {
        const off = rest.subarray(0, length).findIndex((byte, i) => byte !== block[i])
        assert.fail(`byte ${at + off} of ${size} differs`)
      }
      ;[rest, block, at] = [rest.subarray(length), block.subarray(length), at + length]
    }
  }
  assert.equal(at, size, 'the object has as many bytes as the file')
}

/** An object of the embedded store. @param {string} folder @param {string} key @param {number} seed @param {number} size */
export async function sameFile(folder, key, seed, size) {
  assert.ok(existsSync(join(folder, key)), `there is an object ${key}`)
  await sameBytes(createReadStream(join(folder, key)), seed, size)
}

/** Keys of all objects of the embedded store. @param {string} folder @returns {Promise<string[]>} */
export async function keysIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => entry.name)
}
