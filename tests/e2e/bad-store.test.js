// What the store says no to, and what looks like a yes and is none: refusals of policies and sizes, missing CORS rules,
// redirects, web pages with status 200.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refuses } from './lib/bad.js'
import { inBrowsers } from './lib/browsers.js'
import { withRig } from './lib/rig.js'
import { startDevHost, startFaults } from './lib/servers.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } }, async (rig) => {
  // A host whose policies `bad.bin` is too large for.
  const env = { FILECHUTE_MAX_SIZE: '1000', FILECHUTE_MIN_SIZE: '10', FILECHUTE_METHOD: 'POST' }
  rig.small = await startDevHost({ origins: [rig.site.origin], env })
  // And one whose policies only a changed field breaks.
  rig.loose = await startDevHost({ origins: [rig.site.origin], env: { FILECHUTE_METHOD: 'POST' } })
  // A store that no page may read from, preflights included.
  rig.closed = await startFaults(rig.store.url)
  await rig.closed.rules({ match: { method: 'OPTIONS' }, fault: { kind: 'no-cors' } }, { fault: { kind: 'no-cors' } })
  return () => Promise.all([rig.small.stop(), rig.loose.stop(), rig.closed.stop()])
})
const MISCONFIGURED = 'Upload is misconfigured. Contact the site.'
const match = { path: 'bad.bin' }

/** A callback that sends `bad.bin` elsewhere, by what a second host says. Runs in the page. */
function elsewhere(host, other) {
  return {
    getUploadParameters: async (file) => {
      const from = file.name === 'bad.bin' ? other : host
      const answer = await (await fetch(`${from}/s3/params?filename=${file.name}&type=${file.type}`)).json()
      if (answer.error) throw new Error(answer.error)
      return answer
    },
  }
}

inBrowsers((session) => {
  test('a policy that the file is too large for', async () => {
    const verdict = { code: 's3.EntityTooLarge', says: 'bad.bin is larger than this site accepts (1 kB).' }
    const options = { setUp: elsewhere, args: [rig.url, rig.small.url] }
    await refuses(session, rig, { ...verdict, status: 400 }, options)
    // Where many bytes would be sent in vain, it is read off the policy before.
    await refuses(session, rig, { ...verdict, status: 0 }, { ...options, size: 2_000_000 })
  })

  test('a policy that a field breaks', async () => {
    const verdict = { code: 's3.policy', says: 'The storage refused bad.bin: it is not what this site accepts.' }
    const setUp = (host, other) => ({
      getUploadParameters: async (file) => {
        const from = file.name === 'bad.bin' ? other : host
        const answer = await (await fetch(`${from}/s3/params?filename=${file.name}&type=${file.type}`)).json()
        return file.name === 'bad.bin' ? { ...answer, fields: { ...answer.fields, key: 'other/key' } } : answer
      },
    })
    await refuses(session, rig, verdict, { setUp, args: [rig.url, rig.loose.url] })
  })

  test('a signature that does not match, even when signed anew', async () => {
    const verdict = { code: 'config.signature', status: 403, says: MISCONFIGURED }
    const setUp = (host) => ({
      getUploadParameters: async (file) => {
        const answer = await (await fetch(`${host}/s3/params?filename=${file.name}&type=${file.type}`)).json()
        if (file.name === 'bad.bin') answer.url = answer.url.replace(/(Signature=)[0-9a-f]{8}/, '$100000000')
        return answer
      },
    })
    const { page } = await refuses(session, rig, verdict, { setUp, args: [rig.url] })
    const { console } = await page.run(() => kit.traces())
    assert.match(console, /config\.signature: .*signed/)
  })

  test('a key that exists, where the store is told to keep it', async () => {
    await rig.store.rules({
      match,
      fault: {
        kind: 'status',
        status: 412,
        body: '<Error><Code>PreconditionFailed</Code></Error>',
        contentType: 'application/xml',
      },
    })
    await refuses(
      session,
      rig,
      { code: 's3.precondition', status: 412, says: 'A file with this name already exists.' },
      { attributes: { host: rig.url } },
    )
  })

  test('a bucket without CORS rules: told as misconfigured, after 3 tries, and the console names the cure', async () => {
    const setUp = (host, from, to) => ({
      // It takes three refusals in a row, each at once: a busy machine may need more tries to get there.
      retryDelays: Array(12).fill(10),
      getUploadParameters: async (file) => {
        const answer = await (await fetch(`${host}/s3/params?filename=${file.name}&type=${file.type}`)).json()
        return file.name === 'bad.bin' ? { ...answer, url: answer.url.replace(from, to) } : answer
      },
    })
    const verdict = { code: 'config.cors', retry: true, says: MISCONFIGURED }
    const args = [rig.url, rig.store.url, rig.closed.url]
    const { page, bad } = await refuses(session, rig, verdict, { setUp, args })
    const { console } = await page.run(() => kit.traces())
    assert.match(console, /CORS/)
    for (const text of [console, bad.error.help]) {
      assert.ok(text.includes(`"AllowedOrigins":["${rig.site.origin}"]`), text)
      assert.ok(text.includes(`add ${rig.closed.url} to its connect-src`), text)
    }
  })

  for (const [name, fault, verdict] of [
    [
      'a redirect to another place',
      (to) => ({ kind: 'redirect', location: to }),
      { code: 'config.redirect', says: MISCONFIGURED },
    ],
    [
      'a web page with status 200',
      () => ({ kind: 'html' }),
      { code: 's3.NotS3', says: 'The storage refused bad.bin.' },
    ],
    [
      'an answer without an end',
      () => ({ kind: 'huge-answer', bytes: null }),
      { code: 's3.AnswerTooLarge', says: 'The storage refused bad.bin.' },
    ],
  ]) {
    test(name, async () => {
      // To a place that takes anything: only the answer's address tells.
      rig.site.routes.set('/anything', (request, response) => {
        const origin = request.headers.origin ?? '*'
        const allow = {
          'access-control-allow-origin': origin,
          'access-control-allow-methods': '*',
          'access-control-allow-headers': '*',
          'access-control-allow-credentials': 'true',
        }
        request.resume().on('end', () => response.writeHead(200, { ...allow, 'content-type': 'application/xml' }).end())
      })
      await rig.store.rules({ match: { ...match, method: 'PUT' }, fault: fault(`${rig.site.origin}/anything`) })
      await refuses(session, rig, verdict, { attributes: { host: rig.url } })
    })
  }
})
