// A Companion-compatible server, asked at `GET {root}/s3/params` and below `{root}/s3/multipart`.

import { ALGORITHMS, readParameters } from './answers.js'
import { Failure, invalid, quote } from './failure.js'
import { call, ofTheHost } from './fetch.js'
import { rest } from './rest.js'
import { nameOf } from './shapes.js'

/** @typedef {import('./source.js').AskRequest} AskRequest */
/** @typedef {import('./source.js').Reply} Reply */

/** Longest answer read, in bytes; four times that for a list of parts: 10,000 are 1.3 MB in Companion's words. */
const MAX_ANSWER = 1 << 20
/** What S3 said, passed on by the host: only these change what happens next. */
const OF_THE_STORE = ['NoSuchUpload', 'InvalidPart', 'InvalidPartOrder', 'BadDigest', 'InvalidDigest', 'ConditionalRequestConflict']

/** Only what RFC 3986 leaves alone stays. @param {string} text */
export const strict = (text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** A `Source`. */
export class Host {
  multipart = true
  signAhead = 4
  /** Whether it signs several parts at once, and whether it signs checksums; undefined until it is known. */
  batch = /** @type {boolean | undefined} */ (undefined)
  #digests = /** @type {boolean | undefined} */ (undefined)

  /**
   * @param {string} root
   * @param {{headers?: any, credentials?: RequestCredentials, refusal: (status: number, code: string, said: string) => Failure}} options
   * `headers` is an object, or a function that returns one or a promise of one
   */
  constructor(root, { headers, credentials = 'same-origin', refusal }) {
    this.root = root.trim().replace(/\/+$/, '')
    this.scope = this.root
    this.headers = headers
    this.credentials = credentials
    this.refusal = refusal
  }

  /** @param {AskRequest} request @returns {Promise<Reply>} */
  async ask(request) {
    if (request.ask[0] !== 'whole') return (await rest()).askHost(this, request)
    return ['parameters', await this.#whole(request)]
  }

  /** @param {AskRequest} request */
  async #whole(request) {
    const { file } = request
    // A host that signs no checksum is not worth reading the next file twice for.
    const digest = this.#digests === false ? undefined : await request.checksum()
    // The size is our addition: Companion ignores it, filechute-host signs it.
    let path = `/s3/params?filename=${strict(nameOf(file))}&type=${strict(file.type)}&size=${file.size}`
    for (const [name, value] of Object.entries(file.meta)) path += `&metadata[${strict(name)}]=${strict(value)}`
    // An MD5 is for us alone, to be compared with the ETag.
    const header = digest && ALGORITHMS[digest.algorithm]?.[0]
    if (header) path += `&${header}=${strict(digest.value)}`
    const parameters = readParameters(await this.call('GET', path, request))
    if (header) {
      const names = [parameters.headers, parameters.fields ?? []].flatMap((flat) => flat.filter((_, at) => at % 2 === 0))
      this.#digests = names.some((name) => name.toLowerCase() === header)
    }
    return parameters
  }

  /** @param {string} method @param {string} path @param {AskRequest} request @param {object} [body] @returns {Promise<any>} */
  async call(method, path, request, body) {
    const step = request.ask[0]
    const own = typeof this.headers === 'function' ? await this.headers() : this.headers
    /** @type {Array<[string, string]>} */
    const headers = [['accept', 'application/json']]
    if (body) headers.push(['content-type', 'application/json'])
    headers.push(...entriesOf(own))
    const init = {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: this.credentials,
      signal: request.signal,
      keepalive: step === 'abort',
    }
    const heard = await call(this.root + path, init, step === 'list' ? 4 * MAX_ANSWER : MAX_ANSWER).catch((error) => {
      throw ofTheHost(error)
    })
    const json = parse(heard.text)
    if (!heard.ok) throw this.#refused(heard, json, step)
    if (!json) {
      throw invalid(heard.text.trimStart().startsWith('<')
        ? "the host answered with a web page, not JSON: a login redirect, or a development server's fallback"
        : "the host's answer is no JSON object", heard.status)
    }
    // Some hosts say no with status 200 and an error inside.
    if (json.error) throw new Failure('sign', 'rejected', 'final', wordsOf(json) ?? 'the host refused the upload', heard.status)
    return json
  }

  /** @param {{status: number, retryAfter: number}} heard @param {any} json @param {string} step */
  #refused({ status, retryAfter }, json, step) {
    const said = wordsOf(json)
    // S3's own code, from `{code}` as our host writes it, or with S3's status out of the error that Companion's outer app passes on.
    const { code: ours, error } = json ?? {}
    const its = Number(error?.$metadata?.httpStatusCode)
    const code = [ours, error?.Code, error?.name].find((name) => OF_THE_STORE.includes(name) || (its >= 400 && its < 600 && typeof name === 'string'))
    // About the file, whoever looked: there are words for it in every language.
    if (ours === 'EntityTooLarge' || ours === 'EntityTooSmall') return new Failure('s3', ours, 'final', said ?? '', status)
    if (code && step !== 'whole') return this.refusal(its || status, code, said ?? '')
    const [kind, act] = status === 401 ? ['denied', 'resign'] // Once more with fresh headers, then final.
      : status === 403 ? ['denied', 'final']
      : status === 429 ? ['unavailable', 'slow']
      : status === 408 || status === 425 || status >= 500 ? ['unavailable', 'retry']
      // The person reads a host's own words; ours about its status are for the developer.
      : [said === undefined ? 'refused' : 'rejected', 'final']
    const route = step === 'whole' ? '/s3/params' : '/s3/multipart'
    const text = said ?? (status === 404 ? `the host has no route ${route} at this root` : `the host answered with status ${status}`)
    return new Failure('sign', kind, /** @type {import('./failure.js').Class} */ (act), text, status, retryAfter)
  }
}

/** The host's own words: `{error: string}`, or `{message, error?: object}` as Companion's outer app answers. @param {any} json */
function wordsOf(json) {
  const text = [json?.error, json?.message].find((said) => typeof said === 'string')
  return (text && quote(text)) || undefined
}

/** @param {string} text @returns {any} an object or an array, else `undefined` */
function parse(text) {
  try {
    const json = JSON.parse(text)
    return json !== null && typeof json === 'object' ? json : undefined
  } catch {
    return undefined
  }
}

/** A Headers object iterates over pairs; a plain object has entries. @param {any} bag @returns {Array<[string, string]>} */
function entriesOf(bag) {
  if (bag === null || typeof bag !== 'object') return []
  const entries = Symbol.iterator in bag ? [...bag] : Object.entries(bag)
  return entries.filter((pair) => typeof pair?.[0] === 'string' && typeof pair[1] === 'string')
}
