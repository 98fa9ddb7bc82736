// One signer for every S3 operation (Uppy 6's `signRequest`): the page creates, lists, completes and aborts multipart uploads
// at the store itself. Loaded when such a page first uploads.

import { ALGORITHMS, readParameters } from './answers.js'
import { disconnected, Failure } from './failure.js'
import { call, Deaf } from './fetch.js'
import { fileObject, nameOf } from './shapes.js'
import { pairs } from './transfer.js'

/** @typedef {import('./source.js').AskRequest} AskRequest */
/** @typedef {import('./source.js').Reply} Reply */
/** @typedef {import('./core.js').Judges} Judges */
/** @typedef {import('./answers.js').Remote} Remote */
/** @typedef {import('./answers.js').Raw} Raw */

/** Longest error or result read, in bytes. */
const MAX_RESULT = 1 << 16
/** Longest page of a list read, in bytes. */
const MAX_LIST = 10 << 20
/** Most pages of a list asked for; S3 has 1,000 parts on a page and 10,000 parts at most. */
const MAX_PAGES = 100

/** @param {Function} sign @param {Judges} judges @param {AskRequest} request @param {Function | null} [keyOf] of a file @returns {Promise<Reply>} */
export async function ask(sign, judges, request, keyOf) {
  const [step, remote, ...rest] = request.ask
  const { file, signal } = request
  /** @param {string} method @param {object} [more] what is `undefined` in it is left out */
  const signed = async (method, more = {}) => {
    const [uploadId, key] = remote ?? []
    const about = { method, key, uploadId: uploadId || undefined, ...more }
    const question = Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined))
    return readParameters(await sign(question, { signal }))
  }
  /** @param {string} method @param {Raw} parameters @param {string} [body] */
  const send = (method, parameters, body) => sendIt(judges, method, parameters, request, body)
  const contentType = file.type || 'application/octet-stream'
  /** What a new object is. */
  const object = async (checksum = /** @type {any} */ (undefined)) => ({
    key: (await keyOf?.(fileObject(file, request.blob))) || `${randomId()}-${nameOf(file)}`,
    contentType,
    size: file.size,
    metadata: file.meta,
    checksum,
  })
  switch (step) {
    case 'create': {
      const asked = await object()
      const parameters = await signed('POST', asked)
      // What the upload is created with shows in the headers that the signer wants sent.
      const algorithm = headerOf(parameters, 'x-amz-checksum-algorithm')?.toLowerCase()
      if (headerOf(parameters, 'content-type') === undefined) parameters.headers.push('content-type', contentType)
      const heard = await send('POST', parameters)
      const [uploadId, key, bucket] = judges.step(...heard)
      if (!uploadId) throw new Failure('s3', 'EmptyAnswer', 'retry', 'the storage named no upload', heard[0])
      const checksum = algorithm === request.algorithm && algorithm && algorithm in ALGORITHMS ? algorithm : null
      return ['created', [uploadId, key || parameters.key?.trim() && parameters.key || asked.key, bucket, checksum]]
    }
    case 'sign': {
      const [part] = rest[0]
      if (!part) return ['signed', []]
      const [partNumber, start, end] = part
      const parameters = await signed('PUT', { partNumber, size: end - start, checksum: await request.checksum(part) })
      return ['signed', [[partNumber, parameters]]]
    }
    case 'list':
      return ['listed', await list(async (partNumberMarker) => judges.step(...(await send('GET', await signed('GET', { partNumberMarker })))))]
    case 'complete': {
      const [parts, size, value] = rest
      if (!remote[0]) throw new Failure('sign', 'refused', 'final', '')
      const checksum = value && request.algorithm ? { algorithm: request.algorithm, value } : undefined
      const parameters = await signed('POST', { size, checksum })
      // Anything but a form's type, which S3 refuses here.
      if (headerOf(parameters, 'content-type') === undefined) parameters.headers.push('content-type', 'application/xml')
      return ['completed', judges.complete(...(await send('POST', parameters, completeBody(parts, remote[3]))))]
    }
    case 'abort':
      judges.step(...(await send('DELETE', await signed('DELETE'))))
      return ['aborted']
    default: {
      const asked = await object(await request.checksum())
      const parameters = await signed('PUT', asked)
      if (!parameters.key?.trim() && !parameters.fields) parameters.key = asked.key
      return ['parameters', parameters]
    }
  }
}

/** All pages. A signer that ignores where to go on gets the first page again; what is missing then is sent again. @param {(marker?: number) => Promise<any[]>} page */
async function list(page) {
  const parts = new Map()
  /** @type {number | undefined} */
  let marker
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const [uploadId, , , found, next] = await page(marker)
    // Cut off, or no list at all. Taken for one of nothing, all that is there would be sent again.
    if (!uploadId && found.length === 0) throw new Failure('s3', 'EmptyAnswer', 'retry', 'no list of parts', 200)
    const known = parts.size
    for (const part of found) if (!parts.has(part[0])) parts.set(part[0], part)
    if (next === null || parts.size === known) break
    marker = next
  }
  return [...parts.values()]
}

/**
 * Sends what was signed, after the same checks as an upload's address and headers.
 * @param {Judges} judges @param {string} method @param {Raw} parameters @param {AskRequest} request @param {string} [body]
 * @returns {Promise<[status: number, body: string, retryAfter: number]>}
 */
async function sendIt(judges, method, { url, headers }, { signal }, body) {
  const [, href, , good] = judges.check({ url, headers })
  const init = {
    method,
    headers: pairs(good),
    body,
    credentials: /** @type {const} */ ('omit'),
    signal,
    keepalive: method === 'DELETE',
  }
  const heard = await call(href, init, method === 'GET' ? MAX_LIST : MAX_RESULT).catch((error) => {
    if (!(error instanceof Deaf)) throw error
    throw error.why === 'too long'
      ? new Failure('s3', 'AnswerTooLarge', 'final', "the storage's answer is too long")
      : disconnected()
  })
  return [heard.status, heard.text, heard.retryAfter]
}

/** @param {Raw} parameters @param {string} name in lower case */
const headerOf = ({ headers }, name) => pairs(headers).find(([known]) => known.toLowerCase() === name)?.[1]

/** The body of `CompleteMultipartUpload`. @param {import('./answers.js').Receipt[]} parts @param {string | null} algorithm */
function completeBody(parts, algorithm) {
  const member = algorithm && ALGORITHMS[algorithm][1]
  const all = parts.map(([number, , etag, checksum]) => {
    const sum = member && checksum ? `<${member}>${escaped(checksum)}</${member}>` : ''
    // Quotes are part of an ETag.
    return `<Part><PartNumber>${number}</PartNumber><ETag>&quot;${escaped(etag)}&quot;</ETag>${sum}</Part>`
  })
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${all.join('')}</CompleteMultipartUpload>`
}

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)

/** 128 bits, also where the page is not secure enough for a UUID. */
const randomId = () => crypto.getRandomValues(new Uint32Array(4)).join('-')
