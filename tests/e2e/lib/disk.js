// Files on disk whose contents are known by their size, for pages that are given them as a person would.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { blocks } from './content.js'
import { temporaryFolder } from './servers.js'

/** A folder for this file of tests. */
export function disk() {
  /** @type {Awaited<ReturnType<typeof temporaryFolder>>} */
  let folder
  before(async () => {
    folder = await temporaryFolder()
  })
  after(() => folder?.remove())
  return {
    /** Writes one, and gives its path. The seed of what is in it is its size. @param {string} name @param {number} size */
    async file(name, size) {
      const path = join(folder.path, name)
      // Each is made in the place of the one before.
      await writeFile(path, Buffer.concat(Array.from(blocks(size, size), (block) => Buffer.from(block))))
      return path
    },
  }
}
