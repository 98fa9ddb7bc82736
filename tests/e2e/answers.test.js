// Answers of the store that a browser shows in a way of its own: aborts nobody asked for, a form's answer from another
// address, headers that CORS hides.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { withRig } from './lib/rig.js'
import { keysIn, sameFile } from './lib/verify.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })
const forms = withRig({ env: { FILECHUTE_METHOD: 'POST' } })
const SIZE = 5000

inBrowsers((session) => {
  // Safari aborts requests by itself when its network process ends or the page was frozen.
  test('an abort that nobody asked for is a lost connection: tried again, and told if it stays', async () => {
    const page = await open(await session(), rig.site)
    const { log, result } = await page.run(async (host) => {
      const { send } = XMLHttpRequest.prototype
      let left = 1
      XMLHttpRequest.prototype.send = function (body) {
        send.call(this, body)
        const name = body?.name
        if (name === 'hopeless.bin' || (name === 'once.bin' && left-- > 0)) queueMicrotask(() => this.abort())
      }
      return kit.upload({ host, retryDelays: [10] }, [
        ['once.bin', 5000, 1],
        ['hopeless.bin', 5000, 2],
        ['good.bin', 5000, 3],
      ])
    }, rig.url)
    assert.deepEqual(result.successful.map(({ name }) => name).sort(), ['good.bin', 'once.bin'])
    const [{ file, error }] = log.filter(({ event }) => event === 'upload-error')
    assert.equal(file.name, 'hopeless.bin')
    assert.deepEqual([error.kind, error.code, error.retryable], ['network', 'error', true])
    for (const { name, key } of result.successful) await sameFile(rig.folder, key, name === 'once.bin' ? 1 : 3, SIZE)
  })

  for (const status of [303, 307]) {
    test(`a form whose answer comes from elsewhere (${status}) is no success`, async () => {
      // A place that takes anything, where a redirect of a bucket in another region, or of a login page, leads.
      forms.site.routes.set('/anything', (request, response) => {
        const headers = {
          'content-type': 'application/xml',
          'access-control-allow-origin': request.headers.origin ?? '*',
          'access-control-allow-methods': '*',
          'access-control-allow-headers': '*',
          'access-control-allow-credentials': 'true',
        }
        request.resume().on('end', () => response.writeHead(200, headers).end())
      })
      await forms.store.rules({
        match: { method: 'POST' },
        fault: { kind: 'redirect', status, location: `${forms.site.origin}/anything` },
      })
      const page = await open(await session(), forms.site)
      const before = (await keysIn(forms.folder)).length
      const options = { host: forms.url, retryDelays: [] }
      const { log, result } = await page.run((...args) => kit.upload(...args), options, [['a.bin', SIZE, 1]])
      assert.deepEqual(result.successful, [])
      const [{ error }] = log.filter(({ event }) => event === 'upload-error')
      assert.equal(`${error.kind}.${error.code}`, 'config.redirect')
      assert.doesNotMatch(JSON.stringify(error), /policy=|X-Amz/i)
      assert.equal((await keysIn(forms.folder)).length, before)
      await page.sweep()
    })
  }

  test('a bucket that exposes neither ETag nor Location: the key and the address are known all the same', async () => {
    for (const on of [rig, forms]) {
      const page = await open(await session(), on.site)
      await on.store.rules({ fault: { kind: 'hide-etag' } })
      const { log, result } = await page.run(async (host) => {
        // What the browser would show of a bucket with no `ExposeHeaders` at all.
        const { getAllResponseHeaders } = XMLHttpRequest.prototype
        XMLHttpRequest.prototype.getAllResponseHeaders = function () {
          const lines = getAllResponseHeaders.call(this).split('\r\n')
          return lines.filter((line) => !/^(etag|location|date):/i.test(line)).join('\r\n')
        }
        return kit.upload({ host }, [['a.bin', 5000, 4]])
      }, on.url)
      assert.deepEqual(result.failed, [])
      const [{ file, response }] = log.filter(({ event }) => event === 'upload-success')
      assert.match(file.key, /a\.bin$/)
      assert.equal(response.body.key, file.key)
      assert.equal(new URL(response.uploadURL).pathname, `/uploads/${file.key}`)
      assert.equal(new URL(response.body.location).search, '')
      // By PUT nobody can know it; a form's answer has it in its XML.
      if (on === rig) assert.equal(response.body.etag ?? '', '')
      await sameFile(on.folder, file.key, 4, SIZE)
    }
  })
})
