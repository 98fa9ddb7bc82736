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
 * @property {string} [publicUrl]
 */
/** @typedef {[number: number, size: number, etag: string, checksum: string]} Receipt a part that the store has */
/** @typedef {[uploadId: string, key: string, bucket: string, checksum: string | null]} Remote a multipart upload at the store */

/** Headers and members of XML by algorithm, of those that a store is told. @type {Record<string, [header: string, member: string]>} */
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
export const said = (value, name) => (typeof value?.[name] === 'string' ? value[name] : '')
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
    // A signed address says how long it lives, from when it was signed: just now, most likely. More than a day is not waited for.
    expires: expires ?? (Number(/X-Amz-Expires=(\d{1,5})(&|$)/.exec(url)?.[1]) || undefined),
    publicUrl: said(answer, 'publicUrl'),
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
export function strings(what, value) {
  if (!isObject(value)) throw badParameters(what, `${what}s must be an object of strings`)
  // `Headers` and `Map` have theirs elsewhere.
  const entries = typeof value.entries === 'function' ? [...value.entries()] : Object.entries(value)
  for (const [name, entry] of entries) {
    if (typeof entry !== 'string') throw badParameters(`${what}.${name}`, `${what} ${name} must be a string`)
  }
  return entries.flat()
}

/** In the order in which the engine reads them. @param {Raw} raw */
export const wireOf = ({ method, url, fields, headers, key, expires, publicUrl }) => [method, url, fields, headers, key, expires, publicUrl]
