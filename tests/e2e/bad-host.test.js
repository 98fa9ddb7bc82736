// Hosts that are down, refuse, or talk nonsense: each ends the file it was asked about and no other, with a text for
// the person and a code for the developer. The answers are made by a proxy in front of a good host.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refuses } from './lib/bad.js'
import { inBrowsers } from './lib/browsers.js'
import { open } from './lib/page.js'
import { freePort } from './lib/processes.js'
import { withRig } from './lib/rig.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })
const NOT_STARTED = 'Could not start the upload. Try again.'
const MISCONFIGURED = 'Upload is misconfigured. Contact the site.'

/** @type {Record<string, {fault: {kind: string, [name: string]: unknown}, asked?: number, timeout?: number} & import('./lib/bad.js').Verdict>} */
const ANSWERS = {
  '401, and once more after that': {
    fault: json(401, { error: 'no token' }),
    asked: 2,
    code: 'sign.denied',
    status: 401,
    // Once signed in again, in another tab perhaps, Retry is what helps.
    retry: true,
    says: 'Please sign in again.',
  },
  403: {
    fault: json(403, { error: 'not yours' }),
    asked: 1,
    code: 'sign.denied',
    status: 403,
    says: "You're not allowed to upload here.",
  },
  "413 with the host's own words": {
    fault: json(413, { error: 'files over 1 kB are not accepted' }),
    ...{ asked: 1, code: 'sign.rejected', status: 413, says: 'Files over 1 kB are not accepted.' },
  },
  404: {
    fault: json(404, {}),
    asked: 1,
    code: 'sign.refused',
    status: 404,
    says: 'Upload is misconfigured. Contact the site.',
  },
  500: {
    fault: json(500, { error: 'secret stack trace' }),
    asked: 3,
    code: 'sign.unavailable',
    status: 500,
    retry: true,
    says: NOT_STARTED,
  },
  429: { fault: json(429, {}), asked: 3, code: 'sign.unavailable', status: 429, retry: true, says: NOT_STARTED },
  'a connection that breaks': {
    fault: { kind: 'reset' },
    code: 'sign.unavailable',
    retry: true,
    says: NOT_STARTED,
  },
  'garbage for JSON': {
    fault: { kind: 'garbage' },
    asked: 3,
    code: 'sign.invalid_response',
    retry: true,
    says: NOT_STARTED,
  },
  '10 MB of JSON': {
    fault: { kind: 'huge-answer', bytes: 10_000_000 },
    asked: 3,
    code: 'sign.invalid_response',
    retry: true,
    says: NOT_STARTED,
  },
  'JSON without an end': {
    fault: { kind: 'huge-answer', bytes: null },
    asked: 3,
    code: 'sign.invalid_response',
    retry: true,
    says: NOT_STARTED,
  },
  'a web page with status 200': {
    fault: { kind: 'html' },
    asked: 3,
    code: 'sign.invalid_response',
    retry: true,
    says: NOT_STARTED,
  },
  'an empty answer': {
    fault: { kind: 'empty-200' },
    asked: 3,
    code: 'sign.invalid_response',
    retry: true,
    says: NOT_STARTED,
  },
  'an answer without url': {
    fault: json(200, { fields: {} }),
    asked: 3,
    code: 'sign.invalid_response',
    retry: true,
    says: NOT_STARTED,
  },
  'an error with status 200': {
    fault: json(200, { error: 'your plan is full' }),
    ...{ asked: 1, code: 'sign.rejected', says: 'Your plan is full.' },
  },
  'a redirect': {
    fault: { kind: 'redirect', location: '/elsewhere' },
    asked: 3,
    code: 'sign.unavailable',
    retry: true,
    says: NOT_STARTED,
  },
  'no answer at all': {
    fault: { kind: 'silence', forward: false },
    timeout: 400,
    asked: 3,
    code: 'sign.timeout',
    retry: true,
    says: NOT_STARTED,
  },
  'a bad url': {
    fault: json(200, { method: 'PUT', url: 'data:text/plain,hi' }),
    asked: 1,
    code: 'config.url_scheme',
    says: MISCONFIGURED,
  },
}

/** @param {number} status @param {object} body */
function json(status, body) {
  return { kind: 'status', status, body: JSON.stringify(body), contentType: 'application/json' }
}

inBrowsers((session) => {
  for (const [name, { fault, asked, timeout, ...verdict }] of Object.entries(ANSWERS)) {
    test(name, async () => {
      const match = { path: '/s3/params', query: 'filename=bad.bin' }
      await rig.signer.rules({ match, fault })
      const attributes = { host: rig.url, ...(timeout ? { timeout: String(timeout) } : {}) }
      await refuses(session, rig, verdict, { attributes })
      const [rule] = await rig.signer.control('')
      if (asked) assert.equal(rule.used, asked, 'questions to the host')
    })
  }

  test('a host that is down: all wait for it, and Retry works once it is up', async () => {
    const page = await open(await session(), rig.site)
    const nowhere = `http://127.0.0.1:${await freePort()}`
    const [file] = await page.run(async (host) => {
      await kit.element({ host }, { retryDelays: [0, 10] })
      return kit.batch([['down.bin', 100, 1]])
    }, nowhere)
    assert.deepEqual([file.error.kind, file.error.code, file.error.retryable], ['sign', 'unavailable', true])
    assert.equal(file.row.words, NOT_STARTED)
    const words = await page.run(async (host) => {
      kit.el.host = host
      await kit.painted()
      kit.press('retry-all')
      await kit.event('upload-success')
      await kit.painted()
      return kit.rows()[0].words
    }, rig.url)
    assert.equal(words, 'Uploaded')
  })

  test('headers: a bearer token that is renewed is asked for before each question', async () => {
    const page = await open(await session(), rig.site)
    const match = { path: '/s3/params', header: { authorization: 'Bearer old' } }
    await rig.signer.rules({ match, fault: json(401, { error: 'stale' }) })
    const [file] = await page.run(async (host) => {
      const tokens = ['old', 'new']
      await kit.element({ host }, { headers: async () => ({ authorization: `Bearer ${tokens.shift()}` }) })
      return kit.batch([['a.bin', 10, 1]])
    }, rig.url)
    assert.equal(file.success, 1, JSON.stringify(file))
  })
})
