// Files that are not let in, and uploads that may not start: the text a person reads, the code a developer gets, and
// that the files beside them are let in.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'

const rig = withRig()

/** Attributes, the files that are dropped (`[name, size, seed, type]`), what is said, and the names that got in. */
const CASES = {
  'a type that is not accepted': [
    { accept: 'image/png,.jpg', multiple: '' },
    [
      ['photo.tiff', 9, 1, 'image/tiff'],
      ['a.png', 9, 2, 'image/png'],
      ['b.JPG', 9, 3, ''],
    ],
    ['restriction.type', 'photo.tiff is not an accepted type (PNG, JPG)'],
    ['a.png', 'b.JPG'],
  ],
  'too large': [
    { 'max-file-size': '10kB', multiple: '' },
    [
      ['big.bin', 10_001, 1],
      ['fits.bin', 10_000, 2],
    ],
    ['restriction.size', 'big.bin is larger than 10 kB'],
    ['fits.bin'],
  ],
  'too small': [
    { 'min-file-size': '1kB', multiple: '' },
    [
      ['small.bin', 999, 1],
      ['fits.bin', 1000, 2],
    ],
    ['restriction.size', 'small.bin is smaller than 1 kB'],
    ['fits.bin'],
  ],
  'empty, where something is wanted': [
    { 'min-file-size': '1', multiple: '' },
    [
      ['empty.bin', 0, 1],
      ['fits.bin', 1, 2],
    ],
    ['restriction.empty', 'empty.bin is empty'],
    ['fits.bin'],
  ],
  'too many': [
    { 'max-number-of-files': '2', multiple: '' },
    [
      ['1.bin', 1, 1],
      ['2.bin', 2, 2],
      ['3.bin', 3, 3],
    ],
    ['restriction.count', 'You can add up to 2 files'],
    ['1.bin', '2.bin'],
  ],
  'two where one is wanted': [
    {},
    [
      ['1.bin', 1, 1],
      ['2.bin', 2, 2],
    ],
    ['restriction.count', 'You can add only 1 file'],
    ['1.bin'],
  ],
  'too much together': [
    { 'max-total-file-size': '1000', multiple: '' },
    [
      ['1.bin', 600, 1],
      ['2.bin', 600, 2],
      ['3.bin', 400, 3],
    ],
    ['restriction.total', '2.bin does not fit: all files together may have 1 kB'],
    ['1.bin', '3.bin'],
  ],
  'the same file twice': [
    { multiple: '' },
    [
      ['same.bin', 5, 1],
      ['same.bin', 5, 1],
      ['other.bin', 5, 2],
    ],
    ['restriction.duplicate', 'same.bin is already added'],
    ['same.bin', 'other.bin'],
  ],
  'a deceiving name is shown for what it is': [
    { accept: '.png', multiple: '' },
    [
      ['a\u202Egpj.exe', 5, 1],
      ['<img src=x onerror=alert(1)>.png', 5, 2],
    ],
    ['restriction.type', 'a[U+202E]gpj.exe is not an accepted type (PNG)'],
    ['<img src=x onerror=alert(1)>.png'],
  ],
}

inBrowsers((session) => {
  for (const [name, [attributes, files, [code, says], taken]] of Object.entries(CASES)) {
    test(name, async () => {
      const page = await open(await session(), rig.site)
      const seen = await page.run(
        async (attributes, files) => {
          await kit.element(attributes)
          kit.drop(files.map((file) => kit.file(...file)))
          await kit.painted()
          return {
            refused: kit.of('restriction-failed').map(({ error }) => error),
            rows: kit.rows(),
            note: kit.shown('.fc-note .fc-lines'),
            images: kit.root().querySelectorAll('img[onerror]').length,
          }
        },
        { host: rig.url, ...attributes },
        files,
      )
      const [error, ...more] = seen.refused
      assert.deepEqual(more, [])
      assert.deepEqual([`${error.kind}.${error.code}`, error.message, error.retryable], [code, says, false])
      assert.equal(seen.note, says, 'what the person reads')
      assert.deepEqual(
        seen.rows.map((row) => row.name),
        taken,
      )
      assert.equal(seen.images, 0)
    })
  }

  test('too few: told when uploading, and nothing is sent', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const el = await kit.element({ host, multiple: '', 'min-number-of-files': '2' })
      kit.drop([kit.file('one.bin', 1, 1)])
      await kit.painted()
      kit.press('upload')
      await kit.painted()
      const note = kit.shown('.fc-note .fc-lines')
      const thrown = await el.uploader.upload().then(
        () => '',
        (error) => `${error.name} ${error.kind}.${error.code}`,
      )
      return { note, thrown, code: kit.of('restriction-failed')[0]?.error.code, started: kit.of('upload').length }
    }, rig.url)
    assert.deepEqual(seen, {
      note: 'Add at least 2 files',
      thrown: 'RestrictionError restriction.min_count',
      code: 'min_count',
      started: 0,
    })
  })

  test("required meta that is missing fails its file with the field's name, and Retry works once it is there", async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const restrictions = { requiredMetaFields: ['caption'] }
      const el = await kit.element({ host, multiple: '' }, { restrictions })
      const uploader = el.uploader
      uploader.addFile({ data: kit.file('with.bin', 10, 1), meta: { caption: 'x' } })
      const without = uploader.addFile(kit.file('without.bin', 10, 2))
      await uploader.upload().catch(() => {})
      await kit.painted()
      const words = kit.rows().find((row) => row.name === 'without.bin').words
      const [error] = [...kit.of('upload-error'), ...kit.of('restriction-failed')].map(({ error }) => error)
      uploader.setFileMeta(without, { caption: 'y' })
      await uploader.retryAll()
      await uploader.upload()
      return { words, error, done: uploader.getFiles().map((file) => Boolean(file.meta.key)) }
    }, rig.url)
    assert.match(seen.words, /caption is required/)
    assert.equal(
      `${seen.error.kind}.${seen.error.code}`.startsWith('restriction.meta'),
      true,
      JSON.stringify(seen.error),
    )
    assert.deepEqual(seen.done, [true, true])
  })

  test('what an element was told is over when it is taken back', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const el = await kit.element(
        { host, multiple: '' },
        { allowedOrigins: ['https://elsewhere.example'], onBeforeUpload: () => false, retryDelays: [] },
      )
      kit.drop([kit.file('a.bin', 1, 1)])
      await kit.painted()
      kit.press('upload')
      await kit.painted()
      const held = kit.of('upload').length
      el.onBeforeUpload = undefined
      el.allowedOrigins = undefined
      await kit.painted()
      kit.press('upload')
      await kit.event('complete')
      return [held, kit.of('upload-success').length]
    }, rig.url)
    assert.deepEqual(seen, [0, 1])
  })

  test('hooks: onBeforeFileAdded refuses and renames, one that throws refuses its file only', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const el = await kit.element(
        { host, multiple: '' },
        {
          onBeforeFileAdded: (file) => {
            if (file.name === 'no.bin') return false
            if (file.name === 'throws.bin') throw new Error('oops')
            kit.path = file.relativePath
            return { ...file, name: `my-${file.name}` }
          },
        },
      )
      kit.drop([kit.file('no.bin', 1, 1), kit.file('throws.bin', 1, 2), kit.file('yes.bin', 1, 3)])
      await kit.painted()
      el.uploader.addFile({ data: kit.file('in.bin', 1, 4), relativePath: 'folder/in.bin' })
      return [kit.path, ...el.uploader.getFiles().map(({ name }) => name)]
    }, rig.url)
    assert.deepEqual(seen, ['folder/in.bin', 'my-yes.bin', 'my-in.bin'])
  })
})
