// `filechute/next`: both ends of a route that signs uploads. `createPresignRoute` makes a handler of Web requests, for Next.js and
// whatever else answers a `Request` with a `Response`; `routeParameters` asks it in the page. Neither knows S3: who sets up the
// route brings the function that signs.

import { jsonOf, refusal } from './refusal.js'

/** A signed address is a credential. */
const HEADERS = { 'cache-control': 'no-store' }
/** Longest question read, in bytes: a name, a type and a size. */
const MAX_QUESTION = 10_000

/**
 * @param {import('./next.js').PresignRouteOptions} options
 * @returns {(request: Request) => Promise<Response>}
 */
export function createPresignRoute({ authorize, sign, types, maxSize, minSize = 0, prefix = '', key = newKey, expires = 600 }) {
  // An open door must be somebody's decision.
  if (typeof authorize !== 'function') throw new TypeError('createPresignRoute: say who may upload: authorize: (request) => …')
  if (typeof sign !== 'function') throw new TypeError('createPresignRoute: sign must be a function')
  if (types === null || typeof types !== 'object' || Array.isArray(types)) throw new TypeError("createPresignRoute: types must be such as { 'image/png': 'png' }")
  if (!Number.isSafeInteger(maxSize)) throw new TypeError('createPresignRoute: maxSize must be a number of bytes')
  if (!Number.isSafeInteger(minSize)) throw new TypeError('createPresignRoute: minSize must be a number of bytes')

  return async (request) => {
    try {
      const allowed = await authorize(request)
      if (allowed instanceof Response) return allowed
      if (allowed !== true) return refuse(401, 'Sign in to upload files.')
    } catch (error) {
      return failed(error)
    }
    // Any other type a page of another site may send with the visitor's cookies and without being asked for.
    if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) return refuse(415, 'The question must be application/json.')
    const question = Number(request.headers.get('content-length')) > MAX_QUESTION ? undefined : await read(request)
    if (question === undefined) return refuse(413, 'That is more than a question.')

    const { name, type, size } = question ?? {}
    if (typeof type !== 'string' || !Number.isSafeInteger(size) || size < 0) return refuse(400, 'Type and size of the file are needed.')
    if (!Object.hasOwn(types, type)) return refuse(415, `Files of the type ${JSON.stringify(type.slice(0, 100))} cannot be uploaded here.`)
    if (size > maxSize) return refuse(413, `The file is larger than ${maxSize} bytes.`)
    if (size < minSize) return refuse(400, `The file is smaller than ${minSize} bytes.`)

    const file = { name: typeof name === 'string' ? name.slice(0, 1024) : '', type, size, extension: types[type] }
    try {
      const chosen = prefix + (await key(file, request))
      if (!isKey(chosen)) throw new TypeError('key must answer 1 to 1024 bytes without control characters, a leading slash or a segment that is empty, "." or ".."')
      const signed = await sign({ ...file, key: chosen, expires }, request)
      if (typeof signed !== 'string' && typeof signed?.url !== 'string') throw new TypeError('sign must answer an address, or an object with one')
      const parameters = typeof signed === 'string' ? { method: 'PUT', url: signed, headers: { 'content-type': type } } : signed
      return Response.json({ key: chosen, expires, ...parameters }, { headers: HEADERS })
    } catch (error) {
      return failed(error)
    }
  }
}

/** Whether an object may be called so: a name that leads out of its folder overwrites what is somebody else's. @param {string} key */
function isKey(key) {
  const { length } = new TextEncoder().encode(key)
  return length <= 1024 && !/[\0-\x1f\x7f]/.test(key) && key.split('/').every((segment) => !['', '.', '..'].includes(segment))
}

/** Nobody can guess it, and nothing is written over. @param {{extension: string}} file */
const newKey = ({ extension }) => `${crypto.randomUUID()}${extension ? `.${extension}` : ''}`

/** Whoever runs the server reads why; it may name what nobody else should know. @param {unknown} error */
function failed(error) {
  console.error('filechute: cannot sign:', error)
  return refuse(500, 'The upload could not be prepared.')
}

/**
 * What is asked, as far as it is JSON; `undefined` for what is too long, whatever its header says.
 * @param {Request} request @returns {Promise<any>}
 */
async function read(request) {
  let text = ''
  const reader = request.body?.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = (await reader?.read().catch(() => undefined)) ?? { done: true }
    if (done) break
    text += value
    if (text.length > MAX_QUESTION) {
      void reader?.cancel()
      return undefined
    }
  }
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** @param {number} status @param {string} error */
const refuse = (status, error) => Response.json({ error }, { status, headers: HEADERS })

/**
 * @param {string} route
 * @param {import('./next.js').RouteParametersOptions} [options]
 * @returns {import('./index.js').GetUploadParameters}
 */
export function routeParameters(route, { headers, credentials = 'same-origin' } = {}) {
  return async ({ name, type, size }, { signal }) => {
    const own = typeof headers === 'function' ? await headers() : headers
    const response = await fetch(route, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...own },
      body: JSON.stringify({ name, type, size }),
      credentials,
      signal,
    })
    const answer = await jsonOf(response)
    if (response.ok && typeof answer.url === 'string') return /** @type {any} */ (answer)
    throw refusal(typeof answer.error === 'string' ? answer.error : `${route} answered with status ${response.status}`, response.status)
  }
}
