// What a person is told when something goes wrong: beside the file it is about, what happened, then what to do. Used by
// the interface and for `error.message` alike. Words come from a set of strings, so from one language.

import { displayName } from './names.js'
import { EN } from './ui/strings.js'
import { bytes, count, fill, list } from './ui/words.js'

/** @typedef {import('./ui/strings.js').Strings} Strings */

/**
 * What is told about a failed file. `detail` is what the host said, in its own words; `limit` a size in bytes, where known.
 * @param {{kind: string, code: string, status?: number, detail?: string, retryable?: boolean, limit?: number | null}} failure
 * @param {string} name the file's
 * @param {Strings} [strings]
 * @returns {string}
 */
export function message({ kind, code, status, detail = '', retryable, limit }, name, strings = EN) {
  const told = (/** @type {string} */ text, /** @type {string[]} */ ...more) => fill(text, displayName(name), ...more)
  const size = limit === undefined || limit === null ? undefined : bytes(limit, strings)
  switch (kind) {
    case 'file':
      if (code === 'changed') return told(strings.changed)
      if (code === 'removed') return told(strings.removed)
      if (code === 'elsewhere') return told(strings.duplicate)
      return code === 'mismatch' ? strings.mismatch : told(strings.unreadable)
    case 'network':
      if (code === 'offline') return strings.waitingForNetwork
      return code === 'stall' ? strings.stalled : strings.connectionLost
    case 'sign':
      if (code === 'denied') return status === 401 ? strings.signIn : strings.notAllowed
      if (code === 'expired') return strings.expired
      if (code === 'rejected' && detail !== '') return sentence(detail)
      return retryable === false ? strings.misconfigured : strings.notStarted
    case 's3':
      if (code === 'precondition') return strings.exists
      if (code === 'EntityTooLarge') return size ? told(strings.tooLargeLimit, size) : told(strings.tooLarge)
      if (code === 'EntityTooSmall') return size ? told(strings.tooSmallLimit, size) : told(strings.tooSmall)
      if (code === 'policy') return told(strings.refusedByPolicy)
      if (code === 'Unconfirmed') return strings.unconfirmed
      // What was there of it was removed meanwhile; another try begins anew.
      if (code === 'NoSuchUpload') return strings.failed
      return retryable ? strings.busy : told(strings.refusedByStorage)
    case 'integrity':
      return told(strings.damaged)
    case 'config':
      return strings.misconfigured
    case 'restriction':
      return code.startsWith('meta.') ? fill(strings.required, code.slice(5)) : sentence(detail)
  }
  return strings.failed
}

/**
 * What is told about a file that was not taken in, or about an upload that was not started. `max` and `min` are bytes for
 * `size` and `total`, else numbers of files; `allowed` is as in the attribute `accept`.
 * @param {{code: string, max?: number, min?: number, allowed?: string}} reason
 * @param {string} name the file's; empty when it is about an upload
 * @param {Strings} [strings]
 * @returns {string}
 */
export function rejection({ code, max, min, allowed = '' }, name, strings = EN) {
  const told = (/** @type {string} */ text, /** @type {string[]} */ ...more) => fill(text, displayName(name), ...more)
  switch (code) {
    case 'type': return told(strings.notAccepted, acceptedTypes(allowed, strings))
    case 'size': return max === undefined ? told(strings.smallerThan, bytes(min ?? 0, strings)) : told(strings.largerThan, bytes(max, strings))
    case 'empty': return told(strings.empty)
    case 'count': return count(strings.atMostFiles, max ?? 0, strings)
    case 'total': return told(strings.atMostTotal, bytes(max ?? 0, strings))
    case 'duplicate': return told(strings.duplicate)
    case 'batch': return strings.noMoreFiles
    case 'directory': return strings.noFolders
    case 'unreadable': return told(strings.unreadable)
    case 'min_count': return count(strings.atLeastFiles, min ?? 0, strings)
  }
  return name === '' ? strings.uploadNotStarted : told(strings.cannotBeAdded)
}

/**
 * A list of accepted types as people say it: `image/png, .pdf, video/*` → `PNG, PDF, videos`.
 * @param {string} accept @param {Strings} [strings]
 * @returns {string}
 */
export function acceptedTypes(accept, strings = EN) {
  const one = (/** @type {string} */ entry) => {
    if (entry.startsWith('.')) return entry.slice(1).toUpperCase()
    const [group, subtype = ''] = entry.split('/')
    if (subtype === '*') return WHOLE[group] ? strings[WHOLE[group]] : entry
    return SHORT[subtype] ?? (subtype !== '' && subtype.length <= 5 ? subtype.toUpperCase() : entry)
  }
  return list(accept.split(',').map((entry) => entry.trim()).filter((entry) => entry && entry !== '*/*').map(one), strings)
}

/** @type {Record<string, 'images' | 'videos' | 'audio' | 'textFiles'>} */
const WHOLE = { image: 'images', video: 'videos', audio: 'audio', text: 'textFiles' }
/** @type {Record<string, string>} */
const SHORT = { jpeg: 'JPG', 'svg+xml': 'SVG' }

/** A host's own words with a capital and a full stop. @param {string} text */
function sentence(text) {
  const [first = '', ...rest] = text.trim()
  const capital = first.toUpperCase()
  const whole = (capital.length === first.length ? capital : first) + rest.join('')
  return /^$|[.!?…。！？؟।]$/.test(whole) ? whole : `${whole}.`
}
