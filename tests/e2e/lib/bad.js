// One table for all bad input that ends one file: what the person reads, what the developer gets, whether trying again
// is offered; and that the file beside it arrives.

import assert from 'node:assert/strict'
import { open } from './page.js'
import { keysIn, sameFile } from './verify.js'

const SIZE = 2000

/**
 * @typedef {object} Verdict
 * @property {string} code `kind.code`
 * @property {string} says what stands beside the file
 * @property {boolean} [retry] whether Retry is offered
 * @property {number} [status]
 */

/**
 * Uploads `bad.bin` and `good.bin` with an element, and holds what happens to the first against the verdict.
 * @param {any} session @param {any} rig @param {Verdict} verdict
 * @param {{attributes?: object, setUp?: (...args: any[]) => void, args?: unknown[], size?: number}} [options] `setUp` runs in the
 *   page and gives the properties of the element; `size` is that of `bad.bin`
 */
export async function refuses(
  session,
  rig,
  verdict,
  { attributes = {}, setUp = () => ({}), args = [], size = SIZE } = {},
) {
  const page = await open(await session(), rig.site)
  const before = (await keysIn(rig.folder)).length
  const [bad, good] = await page.run(
    `async (attributes, size, goodSize, ...args) => {
      const properties = await (${setUp})(...args)
      await kit.element({ multiple: '', ...attributes }, { retryDelays: [0, 10], ...properties })
      return kit.batch([['bad.bin', size, 1], ['good.bin', goodSize, 2]])
    }`,
    attributes,
    size,
    SIZE,
    ...args,
  )
  const seen = JSON.stringify(bad)
  assert.equal(bad.success, 0, `there is no success of a file that is not stored: ${seen}`)
  assert.ok(bad.error, `the failure was told: ${seen}`)
  assert.equal(`${bad.error.kind}.${bad.error.code}`, verdict.code, seen)
  assert.equal(bad.error.retryable, verdict.retry ?? false, seen)
  if (verdict.status !== undefined) assert.equal(bad.error.status, verdict.status, seen)
  assert.equal(bad.error.message, verdict.says)
  assert.equal(bad.row?.state, 'failed', seen)
  assert.equal(bad.row.words, verdict.says, 'the text beside the file')
  assert.equal(bad.retry, verdict.retry ?? false, 'a Retry button stands beside the file')
  assert.match(bad.alert, /bad\.bin|fail|could not/i, 'assistive technology is told')
  assert.equal(good.success, 1, `the other file arrives: ${JSON.stringify(good)}`)
  await sameFile(rig.folder, good.key, 2, SIZE)
  assert.equal((await keysIn(rig.folder)).length, before + 1, 'nothing but the other file was stored')
  await page.sweep()
  return { page, bad, good }
}
