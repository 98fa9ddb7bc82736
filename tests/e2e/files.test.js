// Files that change or go away on the disk between being picked and being sent. The browser only says "error", the same
// as for a broken connection; a person has to hear what it was. Nothing else than what was picked is ever stored.

import assert from 'node:assert/strict'
import { rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { blocks } from './lib/content.js'
import { onNode, open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { temporaryFolder } from './lib/servers.js'
import { sameFile } from './lib/verify.js'

const rig = withRig()
const SIZE = 50_000
let disk
before(async () => {
  disk = await temporaryFolder()
})
after(() => disk?.remove())

const contents = (seed, size = SIZE) => Buffer.concat([...blocks(seed, size)])

/** A change that every browser could notice: some only look at whole seconds. */
async function change(path, size) {
  await writeFile(path, contents(9, size))
  const later = new Date(Date.now() + 10_000)
  await utimes(path, later, later)
}

// Before anything was read of it, a changed file is one that cannot be read, to Chromium.
const UNREADABLE = {
  code: 'file.unreadable',
  says: 'Could not read bad.bin. Make it available offline and add it again.',
}
const CHANGED = { code: 'file.changed', says: 'bad.bin was changed while uploading. Choose it again.' }
const REMOVED = { code: 'file.removed', says: 'bad.bin was removed or moved. Choose it again.' }
/** What happens to the picked file, and what each browser lets us know of it. */
const CASES = {
  'changed, another size': {
    act: (path) => change(path, SIZE + 10),
    // To WebKit a changed file is a file that is not there any more; Firefox reads on in the new one.
    seen: { chromium: UNREADABLE, webkit: REMOVED },
  },
  'changed, the same size': { act: (path) => change(path, SIZE), seen: { chromium: UNREADABLE, webkit: REMOVED } },
  deleted: { act: (path) => rm(path), seen: { chromium: REMOVED, webkit: REMOVED, firefox: REMOVED } },
}

inBrowsers((session, browser) => {
  test('changed between two attempts', { skip: browser !== 'chromium' && 'this browser does not tell' }, async () => {
    await rig.store.rules({ match: { method: 'POST' }, times: 1, fault: { kind: 'status', status: 500 } })
    const page = await open(await session(), rig.site)
    await page.run((host) => kit.element({ host }, { retryDelays: [3000, 10] }).then(() => undefined), rig.url)
    const bad = join(disk.path, 'bad.bin')
    await writeFile(bad, contents(1))
    const input = await page.driver.executeScript('return kit.root().querySelector("input[type=file]")')
    await input.sendKeys(bad)
    await page.run(async () => {
      await kit.event('files-added')
      await kit.painted()
      kit.press('upload')
      await kit.until(() => kit.rows()[0]?.state === 'retrying', 'the first attempt to fail')
    })
    await change(bad, SIZE)
    const { error } = await page.run(() => kit.event('upload-error'))
    assert.deepEqual([`${error.kind}.${error.code}`, error.message], [CHANGED.code, CHANGED.says])
  })

  for (const [name, { act, seen: verdicts }] of Object.entries(CASES)) {
    const { code, says } = verdicts[browser] ?? {}
    test(name, { skip: !code && 'this browser does not tell' }, async () => {
      const page = await open(await session(), rig.site)
      await page.run(
        (host) => kit.element({ host, multiple: '' }, { retryDelays: [0, 10] }).then(() => undefined),
        rig.url,
      )
      const [bad, good] = ['bad.bin', 'good.bin'].map((file) => join(disk.path, file))
      await Promise.all([writeFile(bad, contents(1)), writeFile(good, contents(2))])
      await onNode(page.driver, 'return kit.root().querySelector("input[type=file]")', [], (input) =>
        input.sendKeys(`${bad}\n${good}`),
      )
      await page.run(async () => {
        await kit.event('files-added')
        await kit.painted()
      })
      await act(bad)
      const seen = await page.run(async () => {
        kit.press('upload')
        await kit.event('complete')
        await kit.painted()
        const [failure] = kit.of('upload-error')
        return {
          error: failure?.error,
          words: kit.rows().find((row) => row.name === 'bad.bin').words,
          successes: kit.of('upload-success').map(({ file }) => [file.name, file.key]),
        }
      })
      const told = JSON.stringify(seen)
      assert.deepEqual(
        seen.successes.map(([file]) => file),
        ['good.bin'],
        told,
      )
      assert.equal(`${seen.error?.kind}.${seen.error?.code}`, code, told)
      assert.deepEqual([seen.error.retryable, seen.error.message, seen.words], [false, says, says])
      await sameFile(rig.folder, seen.successes[0][1], 2, SIZE)
    })
  }
})
