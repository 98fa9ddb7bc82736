// Folders read without the WebAssembly: all pages of a listing, and an end to those that have none.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFolder } from '../dropped.js'

const file = (path) => ({ fullPath: path, file: (resolve) => resolve(new File(['x'], path.split('/').at(-1))) })

/** A folder whose listing is `pages`, and fails or ends after them. */
const folder = (pages, fails = false) => ({
  isDirectory: true,
  createReader: () => {
    const rest = [...pages]
    return { readEntries: (resolve, reject) => (rest.length > 0 ? resolve(rest.shift()) : fails ? reject(new Error('no')) : resolve([])) }
  },
})

test('every page of every folder, with paths', async () => {
  const inner = folder([[file('/top/in/b'), file('/top/in/c')]], true)
  const unreadable = { fullPath: '/top/d', file: (_, reject) => reject(new Error('no')) }
  const picked = await readFolder(folder([[file('/top/a'), inner], [unreadable, file('/top/e')]]))
  assert.deepEqual(picked.map(({ relativePath }) => relativePath), ['top/a', 'top/e', 'top/in/b', 'top/in/c'])
  assert.deepEqual(await readFolder(folder([])), [])
})

/** It went on for as long as the folder did. */
test('a folder that holds itself comes to an end', async () => {
  const loop = { isDirectory: true, createReader: () => ({ readEntries: (resolve) => resolve(Array(1000).fill(file('/loop/a'))) }) }
  assert.equal((await readFolder(loop)).length, 100_000)
})
