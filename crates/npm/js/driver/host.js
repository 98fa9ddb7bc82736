// A Companion-compatible server, asked at `GET {root}/s3/params` and below `{root}/s3/multipart`.

import { ALGORITHMS, readBatch, readCompleted, readCreated, readListed, readParameters } from './answers.js'
import { Failure, invalid, quote } from './failure.js'
import { call, ofTheHost } from './fetch.js'
import { nameOf } from './shapes.js'

/** @typedef {import('./source.js').AskRequest} AskRequest */
/** @typedef {import('./source.js').Reply} Reply */
/** @typedef {import('./answers.js').Remote} Remote */

/** Longest answer read, in bytes; four times that for a list of parts: 10,000 are 1.3 MB in Companion's words. */
const MAX_ANSWER = 1 << 20
/** What S3 said, passed on by the host: only these change what happens next. */
const OF_THE_STORE = ['NoSuchUpload', 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'BadDigest', 'InvalidDigest']

/** Only what RFC 3986 leaves alone stays. @param {string} text */
const strict = (text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** @param {Remote} remote @param {string} step @param {string} query */
const uploadPath = ([uploadId, key], step, query) => `/s3/multipart/${strict(uploadId)}${step}?key=${strict(key)}${query}`

/** A `Source`. */
export class Host {
  multipart = true
  signAhead = 4
  /** Whether it signs several parts at once, and whether it signs checksums; undefined until it is known. */
  #batch = /** @type {boolean | undefined} */ (undefined)
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
    const [step, remote, ...rest] = request.ask
    switch (step) {
      case 'create': {
        const answer = await this.#call('POST', '/s3/multipart', request, this.#createBody(request))
        return ['created', readCreated(answer)]
      }
      case 'sign':
        return ['signed', await this.#sign(remote, rest[0], request)]
      case 'list':
        return ['listed', readListed(await this.#call('GET', uploadPath(remote, '', ''), request))]
      case 'complete': {
        const body = completeBody(remote, rest)
        const answer = await this.#call('POST', uploadPath(remote, '/complete', ''), request, body)
        return ['completed', readCompleted(answer, remote[3])]
      }
      case 'abort':
        await this.#call('DELETE', uploadPath(remote, '', ''), request)
        return ['aborted']
      default:
        return ['parameters', await this.#whole(request)]
    }
  }

  /** @param {AskRequest} request */
  async #whole(request) {
    const { file } = request
    // A host that signs no checksum is not worth reading the next file twice for.
    const digest = this.#digests === false ? undefined : await request.checksum()
    // The size is our addition: Companion ignores it, filechute-host signs it.
    let path = `/s3/params?filename=${strict(nameOf(file))}&type=${strict(file.type)}&size=${file.size}`
    for (const [name, value] of Object.entries(file.meta)) path += `&metadata[${strict(name)}]=${strict(value)}`
    const header = digest && ALGORITHMS[digest.algorithm][0]
    if (digest) path += `&${header}=${strict(digest.value)}`
    const parameters = readParameters(await this.#call('GET', path, request))
    if (digest) {
      const names = [parameters.headers, parameters.fields ?? []].flatMap((flat) => flat.filter((_, at) => at % 2 === 0))
      this.#digests = names.some((name) => name.toLowerCase() === header)
    }
    return parameters
  }

  /** Companion's own members, and what only our host reads. @param {AskRequest} request */
  #createBody({ file, algorithm }) {
    return {
      filename: nameOf(file),
      // Companion insists on a type.
      type: file.type || 'application/octet-stream',
      metadata: file.meta,
      size: file.size,
      ...(algorithm ? { checksum: algorithm } : {}),
    }
  }

  /** Addresses of parts: several at once where the host can. @param {Remote} remote @param {import('./source.js').Part[]} parts @param {AskRequest} request */
  async #sign(remote, parts, request) {
    /** @type {string[]} */
    const values = []
    for (const part of parts) {
      // Also where nobody signs it: it is what the store's answer and a resumed upload are checked against.
      const digest = await request.checksum(part)
      if (digest && remote[3]) values.push(digest.value)
    }
    const checksums = (/** @type {string[]} */ some) =>
      some.length > 0 ? `&${ALGORITHMS[request.algorithm ?? ''][0]}=${strict(some.join(','))}` : ''
    if (parts.length > 1 && this.#batch !== false) {
      const numbers = parts.map(([number]) => number).join(',')
      try {
        const answer = await this.#call('GET', uploadPath(remote, '/batch', `&partNumbers=${numbers}${checksums(values)}`), request)
        // A route that is not there, or that reads "batch" as a part's number.
        this.#batch = answer.presignedUrls !== null && typeof answer.presignedUrls === 'object'
        if (this.#batch) return readBatch(answer)
      } catch (error) {
        const missing = error instanceof Failure && [400, 404, 405, 501].includes(error.status) && error.code !== 'NoSuchUpload'
        if (!missing || this.#batch !== undefined) throw error
        this.#batch = false
      }
    }
    const [[number] = [0]] = parts
    const answer = await this.#call('GET', uploadPath(remote, `/${number}`, checksums(values.slice(0, 1))), request)
    return [/** @type {[number, import('./answers.js').Raw]} */ ([number, readParameters(answer)])]
  }

  /** @param {string} method @param {string} path @param {AskRequest} request @param {object} [body] @returns {Promise<any>} */
  async #call(method, path, request, body) {
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
    // S3's own code, from `{code}` as our host writes it, or out of the error that Companion's outer app passes on.
    const code = [json?.code, json?.error?.Code, json?.error?.name].find((name) => OF_THE_STORE.includes(name))
    if (code && step !== 'whole') return this.refusal(status, code, said ?? '')
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

/** @param {Remote} remote @param {any[]} rest parts, size and checksum of the whole */
function completeBody([, , , algorithm], [parts, size, checksum]) {
  return {
    parts: parts.map((/** @type {import('./answers.js').Receipt} */ part) => toPart(part, algorithm)),
    size,
    ...(algorithm && checksum ? { [ALGORITHMS[algorithm][0]]: checksum } : {}),
  }
}

/** As S3's answers have it, quotes included. @param {import('./answers.js').Receipt} part @param {string | null} algorithm */
export const toPart = ([number, , etag, checksum], algorithm) => ({
  PartNumber: number,
  ETag: `"${etag}"`,
  ...(algorithm && checksum ? { [ALGORITHMS[algorithm][1]]: checksum } : {}),
})
