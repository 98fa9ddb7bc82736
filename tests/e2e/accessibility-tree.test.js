// What someone who does not see the element is given of it, in its main flow: the accessibility tree as Chromium hands it
// on, held against `goldens/accessibility-tree.txt` (FILECHUTE_WRITE=1 writes that anew), and what is announced meanwhile.
// `docs/screen-readers.md` is made from both.

import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { E2E } from './lib/env.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { tree } from './lib/tree.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })
const GOLDEN = join(E2E, 'goldens/accessibility-tree.txt')

/** Page function: the element, and all it announces from now on, in order. */
const begin = async (host, properties) => {
  await kit.element({ host, multiple: '', 'max-file-size': '100MB' }, properties)
  kit.heard = []
  for (const region of kit.root().querySelectorAll('[role=status], [role=alert]')) {
    new MutationObserver(() => {
      const text = [...region.querySelectorAll('p, b')]
        .filter((node) => !node.closest('[hidden]'))
        .map((node) => node.textContent)
        .filter(Boolean)
      const said = (
        region.hidden ? '' : text.length > 0 ? text.join(' ') : region.children.length > 0 ? '' : region.textContent
      ).trim()
      if (said && said !== region.said) kit.heard.push(`${region.getAttribute('role')}: ${said}`)
      region.said = said
    }).observe(region, { childList: true, characterData: true, subtree: true, attributes: true })
  }
}
/** Page function: three files and one that is too large for them. */
const add = async () => {
  kit.drop([
    kit.file('Holiday film.mp4', 60_000_000, 2, 'video/mp4'),
    kit.file('Quarterly report 2026.pdf', 1_830_000, 3, 'application/pdf'),
    kit.file('Tickets.zip', 412_000, 4, 'application/zip'),
  ])
  await kit.painted()
}

inBrowsers(
  (session) => {
    test('the tree, from the empty element to what failed', async () => {
      const page = await open(await session(), rig.site)
      await rig.store.rules(
        { match: { path: 'film' }, fault: { kind: 'stall', afterBytes: 65_536 } },
        { match: { path: 'Tickets' }, fault: { kind: 'internal-error' } },
      )
      const seen = []
      const look = async (what) => seen.push(`# ${what}\n\n${await tree(page)}\n`)
      await page.run(begin, rig.url, { retryDelays: [] })
      await look('empty')
      await page.run(add)
      await look('three files')
      await page.run(async () => {
        kit.root().querySelector('[data-do=upload]').focus()
        kit.press('upload')
        await kit.event('upload-success')
        await kit.event('upload-error')
        await kit.until(() => kit.rowNode('Holiday film.mp4').querySelector('progress')?.value > 1, 'progress')
        await kit.painted()
      })
      await look('under way: one going, one done, one failed')
      await page.run(async () => {
        kit.press('pause-all')
        await kit.painted()
      })
      await look('paused')
      await rig.reset()
      await page.run(async () => {
        kit.press('resume-all')
        await kit.event('complete')
        await kit.painted()
      })
      await look('two done, one failed')
      await page.run(async () => {
        kit.press('retry-all')
        await kit.until(() => kit.of('upload-success').length === 3, 'all')
        await kit.painted()
      })
      await look('all done')
      const text = seen.join('\n')
      if (process.env.FILECHUTE_WRITE) {
        await mkdir(join(E2E, 'goldens'), { recursive: true })
        return writeFile(GOLDEN, text)
      }
      assert.equal(text, await readFile(GOLDEN, 'utf8'))
    })
  },
  ['chromium'],
)

inBrowsers((session) => {
  test('announced: start, quarters, failure and end, and not each percent', async () => {
    const page = await open(await session(), rig.site)
    await rig.store.rules(
      { match: { path: 'film' }, fault: { kind: 'slow', bytesPerSecond: 24_000_000 } },
      { match: { path: 'Tickets' }, fault: { kind: 'denied' } },
    )
    await page.run(begin, rig.url, { retryDelays: [] })
    const { heard, told } = await page.run(async () => {
      kit.drop([
        kit.file('Holiday film.mp4', 60_000_000, 2, 'video/mp4'),
        kit.file('Quarterly report 2026.pdf', 1_830_000, 3, 'application/pdf'),
        kit.file('Tickets.zip', 412_000, 4, 'application/zip'),
      ])
      kit.drop([kit.file('Too much.bin', 100_000_001, 5)])
      await kit.painted()
      let told = 0
      kit.el.addEventListener('progress', () => (told += 1))
      kit.press('upload')
      await kit.event('complete', 60_000)
      await kit.painted()
      kit.root().querySelector('[data-do=remove]').click()
      await kit.painted()
      return { heard: kit.heard, told }
    })
    const quarters = heard.filter((text) => /^status: (Uploading \d+|Finishing)/.test(text) && !/files$/.test(text))
    assert.ok(told > 8, `${told} reports of progress`)
    assert.ok(quarters.length <= 4, heard.join('\n'))
    assert.deepEqual(
      heard.filter((text) => !quarters.includes(text)),
      [
        'status: 3 files ready',
        'alert: 1 file was not added Too much.bin is larger than 100 MB',
        'status: Uploading 3 files',
        'alert: The storage refused Tickets.zip.',
        'status: 2 uploaded, 1 failed',
        'status: 1 uploaded, 1 failed',
      ],
    )
  })
})
