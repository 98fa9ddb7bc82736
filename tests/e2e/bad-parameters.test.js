// What a page's own `getUploadParameters` may do wrong: throw, never settle, return nonsense, or name a place that would
// look like a success. The validator itself is tested natively; here it is shown that nothing gets past it.

import { test } from 'node:test'
import { refuses } from './lib/bad.js'
import { inBrowsers } from './lib/browsers.js'
import { withRig } from './lib/rig.js'

const rig = withRig({ env: { FILECHUTE_METHOD: 'PUT' } })
const NOT_STARTED = 'Could not start the upload. Try again.'
const MISCONFIGURED = 'Upload is misconfigured. Contact the site.'
const config = (code) => ({ code: `config.${code}`, says: MISCONFIGURED })
const later = (code) => ({ code: `sign.${code}`, says: NOT_STARTED, retry: true })

/** What the callback answers for `bad.bin`; `good` is what would have worked. All of it runs in the page. */
const ANSWERS = {
  throws: ['() => { throw new Error("boom") }', later('callback')],
  'throws what is no Error': ['() => { throw "boom" }', later('callback')],
  rejects: ['async () => { throw new Error("boom") }', later('callback')],
  'rejects with nothing': ['() => Promise.reject()', later('callback')],
  'never settles': ['() => new Promise(() => {})', later('timeout'), { timeout: '400' }],
  'returns nothing': ['() => {}', later('callback')],
  'returns text': ['() => "https://example.com"', later('callback')],
  'returns a list': ['() => []', later('invalid_response')],
  'returns an object without url': ['() => ({})', later('invalid_response')],
  'url is no text': ['() => ({ url: 5 })', later('invalid_response')],
  'data: url': ['() => ({ url: "data:text/plain,hi" })', config('url_scheme')],
  'javascript: url': ['() => ({ url: "javascript:alert(1)" })', config('url_scheme')],
  'blob: url': ['() => ({ url: URL.createObjectURL(new Blob(["x"])) })', config('url_scheme')],
  'relative url': ['() => ({ url: "/page/blank.html" })', config('url')],
  'url without scheme': ['() => ({ url: "//127.0.0.1/x" })', config('url')],
  'empty url': ['() => ({ url: "" })', config('url')],
  'http to another machine': ['() => ({ url: "http://bucket.example/x" })', config('url_scheme')],
  'url with a password': ['(good) => ({ ...good, url: good.url.replace("//", "//u:p@") })', config('url')],
  'method DELETE': ['(good) => ({ ...good, method: "DELETE" })', config('method')],
  'method with a space': ['(good) => ({ ...good, method: "PU T" })', config('method')],
  'method that is no text': ['(good) => ({ ...good, method: 5 })', config('method')],
  'fields that are a list': ['(good) => ({ ...good, fields: [1] })', config('field')],
  'a field that is no text': ['(good) => ({ ...good, fields: { a: {} } })', config('field.a')],
  'a field called file': ['(good) => ({ ...good, fields: { file: "x" } })', config('field.file')],
  'a field that redirects': [
    '(good) => ({ ...good, fields: { success_action_redirect: "https://x.example" } })',
    config('field.success_action_redirect'),
  ],
  'a header name with a space': ['(good) => ({ ...good, headers: { "bad name": "x" } })', config('header.bad name')],
  'a header with a line break': ['(good) => ({ ...good, headers: { "x-a": "1\\r\\nx-b: 2" } })', config('header.x-a')],
  'a header beyond ASCII': [
    '(good) => ({ ...good, headers: { "x-amz-meta-a": "日本" } })',
    config('header.x-amz-meta-a'),
  ],
  'authorization to S3': [
    '(good) => ({ ...good, headers: { authorization: "Bearer secret" } })',
    config('header.authorization'),
  ],
  'the checksum of an empty body': [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a script for the page
    '(good) => ({ ...good, url: `${good.url}&x-amz-checksum-crc32=AAAAAA%3D%3D` })',
    config('empty_checksum'),
  ],
  'expires that is no number': ['(good) => ({ ...good, expires: "soon" })', config('expires')],
}

inBrowsers((session) => {
  for (const [name, [answer, verdict, attributes = {}]] of Object.entries(ANSWERS)) {
    test(name, async () => {
      await refuses(session, rig, verdict, { attributes, args: [rig.url, answer], setUp: callback })
    })
  }

  test('an origin that is not among allowedOrigins', async () => {
    const setUp = async (host, store) => ({
      allowedOrigins: [store],
      getUploadParameters: async (file) => {
        if (file.name === 'bad.bin') return { url: 'http://127.0.0.1:9/x' }
        return (await fetch(`${host}/s3/params?filename=${file.name}&type=${file.type}`)).json()
      },
    })
    await refuses(session, rig, config('url'), { args: [rig.url, rig.store.url], setUp })
  })
})

/** A callback that answers well for all files but one. */
function callback(host, answer) {
  const bad = new Function(`return ${answer}`)()
  return {
    getUploadParameters: async (file) => {
      const good = await (await fetch(`${host}/s3/params?filename=${file.name}&type=${file.type}`)).json()
      return file.name === 'bad.bin' ? bad(good) : good
    },
  }
}
