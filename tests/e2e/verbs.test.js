// The verbs of the headless uploader at odd moments: unknown files, nothing to do, twice, after the end. Each either does
// nothing or throws a clear error; none leaves a promise that never settles.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'

const rig = withRig()

inBrowsers((session) => {
  test('promises settle, whatever there is to do', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const uploader = await kit.uploader({ host })
      const settled = (promise) =>
        Promise.race([
          promise.then(
            ({ successful, failed }) => `${successful.length} ${failed.length}`,
            (error) => error.name,
          ),
          new Promise((resolve) => setTimeout(resolve, 5000, 'never')),
        ])
      const results = { empty: await settled(uploader.upload()), retryNothing: await settled(uploader.retryAll()) }
      const id = uploader.addFile(kit.file('a.bin', 100, 1))
      results.retryIdle = await settled(uploader.retryUpload(id))
      const [first, second] = [uploader.upload(), uploader.upload()]
      results.twice = [await settled(first), await settled(second)]
      results.retryDone = await settled(uploader.retryUpload(id))
      results.again = await settled(uploader.upload())
      uploader.addFile(kit.file('b.bin', 100, 2))
      const cancelled = uploader.upload()
      uploader.cancelAll()
      results.cancelled = await settled(cancelled)
      uploader.addFile(kit.file('c.bin', 100, 3))
      const destroyed = uploader.upload()
      uploader.destroy()
      results.destroyed = await settled(destroyed)
      return results
    }, rig.url)
    assert.deepEqual(seen, {
      empty: '0 0',
      retryNothing: '0 0',
      retryIdle: '0 0',
      twice: ['1 0', '0 0'],
      retryDone: '0 0',
      again: '0 0',
      cancelled: '0 0',
      destroyed: '0 0',
    })
  })

  test('unknown files, and an uploader that is gone: clear errors at the call', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const uploader = await kit.uploader({ host })
      const told = (act) => {
        try {
          act()
          return 'nothing'
        } catch (error) {
          return `${error.name}: ${error.message}`
        }
      }
      const verbs = ['removeFile', 'pauseResume', 'retryUpload', 'setFileMeta']
      const unknown = verbs.map((verb) => told(() => uploader[verb]('file-99', {})))
      const missing = uploader.getFile('nonsense')
      const noFile = told(() => uploader.addFile({ name: 'x' }))
      uploader.destroy()
      uploader.destroy()
      return { unknown, missing: missing === undefined, noFile, gone: told(() => uploader.getFiles()) }
    }, rig.url)
    for (const text of seen.unknown) assert.match(text, /^Error: .*"file-99"/)
    assert.equal(seen.missing, true)
    assert.match(seen.noFile, /^TypeError: a file must be/)
    assert.match(seen.gone, /destroyed/)
  })

  test('options that make no sense: an OptionsError that names the option', async () => {
    const page = await open(await session(), rig.site)
    const wrong = [
      [{}, 'host'],
      [{ host: '/api', limit: -1 }, 'limit'],
      [{ host: '/api', limit: 'six' }, 'limit'],
      [{ host: '/api', retries: 3 }, 'retries'],
      [{ host: '/api', retryDelays: [1, 'x'] }, 'retryDelays'],
      [{ host: 'ftp://x' }, 'host'],
      [{ host: '/api', restrictions: { maxFileSize: 'ten' } }, 'restrictions.maxFileSize'],
      [{ host: '/api', timeout: -5 }, 'timeout'],
    ]
    const seen = await page.run(
      async (all) => {
        const told = []
        for (const options of all)
          told.push(
            await kit.uploader(options).then(
              () => 'taken',
              (error) => `${error.name} ${error.option}`,
            ),
          )
        return told
      },
      wrong.map(([options]) => options),
    )
    assert.deepEqual(
      seen,
      wrong.map(([, option]) => `OptionsError ${option}`),
    )
  })

  test('listeners that throw or reject are reported, and the rest goes on', async () => {
    const page = await open(await session(), rig.site)
    const seen = await page.run(async (host) => {
      const uploader = await kit.uploader({ host })
      let heard = 0
      for (const listener of kit.bad) uploader.on('upload-success', listener)
      const off = uploader.on('upload-success', () => {
        heard += 100
      })
      uploader.once('upload-success', () => {
        heard += 1
      })
      off()
      uploader.addFile(kit.file('a.bin', 10, 1))
      uploader.addFile(kit.file('b.bin', 10, 2))
      const { successful } = await uploader.upload()
      await kit.painted()
      return { heard, successful: successful.length, messages: (await kit.traces()).messages }
    }, rig.url)
    assert.deepEqual([seen.heard, seen.successful], [1, 2])
    assert.equal(seen.messages.match(/it throws/g)?.length, 2, seen.messages)
    assert.equal(seen.messages.match(/it rejects/g)?.length, 2, seen.messages)
  })
})
