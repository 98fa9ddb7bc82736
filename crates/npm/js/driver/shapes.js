// Plain objects out of what the engine tells, in the shapes Uppy's users know. The order of the lists is that of `show.rs`.

import { RestrictionError, UploadError } from '../errors.js'
import { extensionOf } from '../names.js'
import { message, rejection } from '../texts.js'
import { EN } from '../ui/strings.js'

/** @typedef {import('../ui/strings.js').Strings} Strings */

/**
 * A file as the engine sees it.
 * @typedef {object} Snapshot
 * @property {number} id
 * @property {string} name
 * @property {string} type
 * @property {number} size
 * @property {number} lastModified
 * @property {string | null} relativePath
 * @property {Record<string, string>} meta
 * @property {string} status
 * @property {number} bytesUploaded
 * @property {number} percentage
 * @property {number | null} started
 * @property {number} retries
 * @property {Cause | null} failure
 * @property {any[] | null} response
 * @property {string} [source] where it came from, for those who are asked about it
 */
/** @typedef {{kind: string, code: string, status: number, detail: string, retryable: boolean, help: string, limit: number | null}} Cause */

/** Names and values out of a flat list. Own properties whatever their names: `__proto__` is one like any other. @param {string[]} flat @returns {Record<string, string>} */
export function metaOf(flat) {
  /** @type {Record<string, string>} */
  const meta = {}
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const [name, value] = [flat[at], flat[at + 1]]
    if (name !== '__proto__') meta[name] = value
    else Object.defineProperty(meta, name, { value, configurable: true, enumerable: true, writable: true })
  }
  return meta
}

/** @param {any[] | null} list @returns {Snapshot | undefined} */
export function snapshotOf(list) {
  if (!list) return undefined
  const [id, name, type, size, lastModified, relativePath, meta, status, bytesUploaded, percentage, started, retries, failure, response] = list
  return {
    id, name, type, size, lastModified, relativePath, meta: metaOf(meta), status, bytesUploaded, percentage, started, retries,
    failure: causeOf(failure), response,
  }
}

/** @param {any[] | null} list @returns {Cause | null} */
export function causeOf(list) {
  if (!list) return null
  const [kind, code, status, detail, retryable, help, limit] = list
  return { kind, code, status, detail, retryable: retryable === 1, help, limit }
}

/** @param {any[] | null} list */
export function responseOf(list) {
  if (!list) return undefined
  const [status, uploadURL, location, key, bucket, etag, checksum, publicUrl, verified] = list
  return { status, uploadURL, verified, body: { location, key, bucket, etag, ...(checksum && { checksum }), ...(publicUrl && { publicUrl }) } }
}

/** The name a file is to be uploaded under: that of its meta, where someone gave it another one. @param {Snapshot} file */
export const nameOf = ({ meta, name }) => meta.name || name

/** `file-7`: stable, never used again, fit for a CSS selector. @param {number} id */
export const idText = (id) => `file-${id}`

/** Reads what `idText` wrote; 0 is nobody. @param {string} text */
export const parseId = (text) => Number(/^file-(\d{1,10})$/.exec(text)?.[1] ?? 0)

/** The file object of the public API. @param {Snapshot} file @param {Blob} [blob] @param {string} [source] @param {Strings} [strings] @returns {any} */
export function fileObject(file, blob, source = file.source ?? 'filechute', strings = EN) {
  const { id, name, type, size, status, bytesUploaded, percentage, started, failure } = file
  const response = responseOf(file.response)
  // What helps is for the site's developer.
  const { help, ...shown } = failure ?? {}
  return {
    id: idText(id),
    name,
    extension: extensionOf(name),
    type,
    size,
    ...(blob && { data: blob }),
    source,
    isRemote: false,
    meta: file.meta,
    progress: { bytesUploaded, bytesTotal: size, percentage, uploadStarted: started, uploadComplete: status === 'done' },
    status,
    isPaused: status === 'paused',
    retries: file.retries,
    failure: failure && shown,
    error: failure ? message(failure, name, strings) : null,
    ...(response && { response, uploadURL: response.uploadURL }),
  }
}

/** A file that is not in yet, or that was refused. @param {import('./files.js').Incoming} file */
export function candidateOf({ data, name, type, relativePath, source = 'filechute', meta = {} }) {
  const path = relativePath ? { relativePath } : {}
  return { name, type, size: data.size, extension: extensionOf(name), data, source, ...path, meta }
}

/** @param {Cause} cause @param {string} name the file's @param {Strings} strings */
export const uploadError = (cause, name, strings) => new UploadError(message(cause, name, strings), cause)

/** Why a file was not taken in: a code, and what its text needs. @param {any[]} list @param {string} name @param {Strings} strings */
export function restrictionError([code, max, min, allowed], name, strings) {
  const limits = { max: max ?? undefined, min: min ?? undefined, allowed: allowed ?? undefined }
  const text = rejection({ code, ...limits }, name, strings)
  return new RestrictionError(text, { kind: code === 'unreadable' ? 'file' : 'restriction', code, limits })
}

/** @param {any[]} list @returns {import('../index.js').Totals} */
export function totalsOf(list) {
  const [files, active, bytesAdded, bytesUploaded, bytesTotal, percentage, speed, etaMs, online, phases] = list
  const [idle, queued, preparing, sending, finishing, paused, done, failed] = phases
  return {
    files, idle, active, queued, preparing, sending, finishing, paused, done, failed,
    bytesAdded, bytesUploaded, bytesTotal, percentage, speed, etaMs, isOnline: online === 1,
  }
}

/** What an earlier page left unfinished. @param {import('./keeper.js').Record} record */
export const unfinishedObject = (record) => ({
  id: record.id,
  name: record.name,
  type: record.type,
  size: record.size,
  bytesUploaded: Math.min(record.parts.reduce((sum, [, size]) => sum + size, 0), record.size),
  updated: record.updated,
  meta: record.meta,
  canReopen: record.hasHandle,
})
