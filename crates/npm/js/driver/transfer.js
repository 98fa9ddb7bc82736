// One XHR: the raw file by PUT or a form by POST, straight to S3. XHR and not fetch, which reports no upload progress. The
// browser reads the Blob itself.

import { Failure } from './failure.js'

/** Longest answer taken; S3's are under 2 KiB. */
const MAX_ANSWER = 65_536

/** Requests whose handlers are in place at this moment: for tests of leaks. */
let open = 0
export const openTransfers = () => open

/** @param {string} code @param {string} message */
const refused = (code, message) => new Failure('config', code, 'final', message)

/**
 * Opens and sends. `tell` hears what is to be reported until the transfer ends or is stopped; `broken` says status 0, whose
 * cause has to be found first.
 * @param {[method: string, url: string, fields: string[], headers: string[]]} parameters names and values in flat lists
 * @param {Blob} blob @param {string} name @param {string} type
 * @param {(kind: 'progress' | 'sent' | 'answer' | 'failed' | 'broken', ...details: any[]) => void} tell
 * @returns {() => void} stops it; nothing is told afterwards
 * @throws {Failure} when the browser refuses the method, address or a header at once
 */
export function transfer([method, url, fields, headers], blob, name, type, tell) {
  const xhr = new XMLHttpRequest()
  attempt('url', 'the browser refuses this url', () => xhr.open(method, url))
  let typed = false
  for (const [header, value] of pairs(headers)) {
    typed ||= header.toLowerCase() === 'content-type'
    attempt(`header.${header}`, 'the browser refuses this header', () => xhr.setRequestHeader(header, value))
  }
  if (method === 'PUT' && !typed && type) {
    // Not fatal: a type no header can hold is left to the browser.
    try {
      xhr.setRequestHeader('content-type', type)
    } catch {}
  }
  const { size } = blob
  /** @param {any} event */
  const hear = (event) => {
    if (event.target !== xhr) {
      // Firefox tells that all has left by `load` only where there is an answer.
      if (event.type === 'load' || (event.lengthComputable && event.loaded === event.total)) tell('sent')
      else tell('progress', bytesOf(event, size))
    } else if (event.type === 'progress') {
      if (event.loaded > MAX_ANSWER) {
        tell('failed', new Failure('s3', 'AnswerTooLarge', 'final', "the storage's answer is over 64 KiB"))
      }
    } else if (event.type === 'load' && xhr.status !== 0) tell('answer', ...answerOf(xhr))
    // Error, timeout, and Safari's abort that nobody asked for.
    else tell('broken')
  }
  const { upload } = xhr
  xhr.onload = xhr.onerror = xhr.onabort = xhr.ontimeout = xhr.onprogress = hear
  upload.onprogress = upload.onload = hear
  open += 1
  let stopped = false
  const stop = () => {
    if (stopped) return
    stopped = true
    open -= 1
    // First the handlers: abort() fires events at once. Aborting a request that has ended does nothing.
    xhr.onload = xhr.onerror = xhr.onabort = xhr.ontimeout = xhr.onprogress = null
    upload.onprogress = upload.onload = null
    xhr.abort()
  }
  try {
    xhr.send(method === 'PUT' ? blob : formOf(fields, blob, name))
  } catch {
    stop()
    throw refused('url', 'the browser refuses to send this request')
  }
  return stop
}

/** @param {string} code @param {string} message @param {() => void} act */
function attempt(code, message, act) {
  try {
    act()
  } catch {
    throw refused(code, message)
  }
}

/** @param {string[]} flat @returns {Array<[string, string]>} */
export function pairs(flat) {
  /** @type {Array<[string, string]>} */
  const out = []
  for (let at = 0; at + 1 < flat.length; at += 2) out.push([flat[at], flat[at + 1]])
  return out
}

/** @param {string[]} fields @param {Blob} blob @param {string} name */
function formOf(fields, blob, name) {
  const form = new FormData()
  for (const [field, value] of pairs(fields)) form.append(field, value)
  // S3 ignores every field after the file.
  form.append('file', blob, name)
  return form
}

/** Bytes of the file itself: a form's own fields go out first and are not counted. @param {ProgressEvent} event @param {number} size */
function bytesOf({ lengthComputable, total, loaded }, size) {
  const form = lengthComputable ? Math.max(total - size, 0) : 0
  return Math.min(Math.max(loaded - form, 0), size)
}

/** In the order of the report. @param {XMLHttpRequest} xhr */
function answerOf(xhr) {
  // All at once: asking for a header that CORS hides writes an error to the console.
  /** @type {Map<string, string>} */
  const headers = new Map()
  for (const line of xhr.getAllResponseHeaders().split('\n')) {
    const at = line.indexOf(':')
    const name = line.slice(0, at).toLowerCase()
    if (at > 0 && !headers.has(name)) headers.set(name, line.slice(at + 1).trim())
  }
  const get = (/** @type {string} */ name) => headers.get(name) ?? ''
  return [
    xhr.status,
    xhr.responseURL,
    get('content-type'),
    get('etag'),
    get('location'),
    retryAfterOf(get('retry-after') || get('x-amz-retry-after'), get('date')),
    [...headers].filter(([name]) => /^x-amz-(checksum-|server-side-enc)/.test(name)).flat(),
    xhr.responseText ?? '',
  ]
}

/** `Retry-After` in milliseconds: seconds, or a date measured against the answer's own (RFC 9110, section 10.2.3). @param {string} value @param {string} date */
export function retryAfterOf(value, date) {
  const from = Date.parse(date)
  // A fraction, and more than anyone would wait, are seconds too.
  const seconds = Number(value || Number.NaN)
  const wait = Number.isNaN(seconds) ? Date.parse(value) - (Number.isNaN(from) ? Date.now() : from) : seconds * 1000
  return Math.max(wait, 0) || 0
}
