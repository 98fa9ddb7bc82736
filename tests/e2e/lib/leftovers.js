// What is left of uploads in parts that were neither completed nor aborted.

import { readdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Files of the embedded store that belong to open uploads. @param {string} folder the bucket's */
export async function leftovers(folder) {
  return (await readdir(dirname(folder))).filter((name) => name.startsWith('.upload'))
}
