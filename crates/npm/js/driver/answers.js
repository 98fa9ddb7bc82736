// Reads what hosts and hooks answer. Only types are checked here; what the values may be is the engine's business. Values
// are never quoted: they may be credentials.

import { badParameters, invalid } from './failure.js'

/**
 * Upload parameters whose types are right. Names and values are flat lists.
 * @typedef {object} Raw
 * @property {string} [method]
 * @property {string} url
 * @property {string[]} [fields]
 * @property {string[]} headers
 * @property {string} [key]
 * @property {number} [expires] seconds
 */
/** @typedef {[number: number, size: number, etag: string, checksum: string]} Receipt a part that the store has */
/** @typedef {[uploadId: string, key: string, bucket: string, checksum: string | null]} Remote a multipart upload at the store */

/** Headers and members of XML by algorithm. @type {Record<string, [header: string, member: string]>} */
export const ALGORITHMS = {
  crc64nvme: ['x-amz-checksum-crc64nvme', 'ChecksumCRC64NVME'],
  crc32c: ['x-amz-checksum-crc32c', 'ChecksumCRC32C'],
  sha256: ['x-amz-checksum-sha256', 'ChecksumSHA256'],
}

/** @param {any} value */
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value)
/** @param {any} value */
const isAbsent = (value) => value === undefined || value === null
/** @param {any} value @param {string} name @returns {string} */
const said = (value, name) => (typeof value?.[name] === 'string' ? value[name] : '')
/** Without the quotes around it; by hand, for an expression takes ever so long for many that are not at its end. @param {string} etag */
function bare(etag) {
  let [start, end] = [0, etag.length]
  while (etag[start] === '"') start += 1
  while (end > start && etag[end - 1] === '"') end -= 1
  return etag.slice(start, end)
}

/** As a host or a callback of Uppy's `getUploadParameters` answers them. @param {any} answer @returns {Raw} */
export function readParameters(answer) {
  if (!isObject(answer)) throw invalid('upload parameters must be an object {method, url, fields, headers}')
  const { url, fields, headers, expires } = answer
  if (typeof url !== 'string') throw invalid('upload parameters must hold url, a string')
  if (!isAbsent(expires) && typeof expires !== 'number') {
    throw badParameters('expires', 'expires must be a number of seconds')
  }
  return {
    method: text(answer, 'method'),
    url,
    fields: isAbsent(fields) ? undefined : strings('field', fields),
    headers: isAbsent(headers) ? [] : strings('header', headers),
    key: text(answer, 'key'),
    expires: expires ?? undefined,
  }
}

/** @param {any} answer @param {string} name @returns {string | undefined} */
function text(answer, name) {
  const value = answer[name]
  if (typeof value === 'string') return value
  if (isAbsent(value)) return undefined
  throw badParameters(name, `${name} must be a string`)
}

/** Own properties as a flat list. @param {string} what @param {any} value @returns {string[]} */
function strings(what, value) {
  if (!isObject(value)) throw badParameters(what, `${what}s must be an object of strings`)
  const entries = Object.entries(value)
  for (const [name, entry] of entries) {
    if (typeof entry !== 'string') throw badParameters(`${what}.${name}`, `${what} ${name} must be a string`)
  }
  return entries.flat()
}

/** `{uploadId, key, bucket?, checksum?}`. @param {any} answer @returns {Remote} */
export function readCreated(answer) {
  const [uploadId, key] = [said(answer, 'uploadId'), said(answer, 'key')]
  const good = (/** @type {string} */ name) => name !== '' && name.length <= 4096
  if (!good(uploadId) || !good(key)) throw invalid('a created multipart upload must name uploadId and key')
  const checksum = said(answer, 'checksum')
  return [uploadId, key, said(answer, 'bucket'), Object.hasOwn(ALGORITHMS, checksum) ? checksum : null]
}

/**
 * `[{PartNumber, Size, ETag, ChecksumCRC64NVME?, …}]`. Entries that make no sense are left out: what is not listed is sent
 * again.
 * @param {any} answer @returns {Receipt[]}
 */
export function readListed(answer) {
  if (!Array.isArray(answer)) throw invalid('the parts must be a list')
  // A size as text is what a signer's XML reader may leave.
  const whole = (/** @type {any} */ value) => {
    const number = typeof value === 'string' && value.trim() ? Number(value) : value
    return Number.isFinite(number) && number >= 0 && number <= Number.MAX_SAFE_INTEGER ? Math.floor(number) : undefined
  }
  /** @type {Receipt[]} */
  const out = []
  for (const part of answer) {
    const [number, size] = [whole(part?.PartNumber), whole(part?.Size)]
    if (!number || number > 10_000 || size === undefined) continue
    const checksum = Object.values(ALGORITHMS).map(([, member]) => said(part, member)).find(Boolean)
    out.push([number, size, bare(said(part, 'ETag')), checksum ?? ''])
  }
  return out
}

/** `{location?, key?, bucket?, etag?}`. Nothing in it is needed: an answer is the proof. @param {any} answer @param {string | null} checksum */
export function readCompleted(answer, checksum) {
  const location = said(answer, 'location')
  const place = /^https?:\/\//.test(location) ? location.split(/[?#]/)[0] : ''
  const proof = checksum ? said(answer, ALGORITHMS[checksum][0]) : ''
  return [200, place, place, said(answer, 'key'), said(answer, 'bucket'), bare(said(answer, 'etag')), proof]
}

/** `{presignedUrls: {n: url}, headers?: {n: {…}}, expires?}`. @param {any} answer @returns {Array<[number, Raw]>} */
export function readBatch(answer) {
  const urls = strings('url', answer?.presignedUrls)
  const expires = typeof answer.expires === 'number' ? answer.expires : undefined
  /** @type {Array<[number, Raw]>} */
  const out = []
  for (let at = 0; at < urls.length; at += 2) {
    const [number, url] = [urls[at], urls[at + 1]]
    const own = answer.headers?.[number]
    const headers = own !== null && typeof own === 'object' ? strings('header', own) : []
    if (/^\d{1,9}$/.test(number)) out.push([Number(number), { url, headers, expires }])
  }
  return out
}

/** In the order in which the engine reads them. @param {Raw} raw */
export const wireOf = ({ method, url, fields, headers, key, expires }) => [method, url, fields, headers, key, expires]
