// One `fetch` with everything that a hostile or broken server can do to it bounded: size, redirects, headers that HTTP does
// not allow.

import { displayName } from '../names.js'
import { badParameters, Failure } from './failure.js'
import { retryAfterOf } from './transfer.js'

/** What went wrong before there was an answer. */
export class Deaf {
  /** @param {'unreachable' | 'broke off' | 'too long'} why */
  constructor(why) {
    this.why = why
  }
}

/**
 * @param {string} url
 * @param {{method: string, headers: Array<[string, string]>, body?: string, credentials: RequestCredentials, signal: AbortSignal, keepalive?: boolean}} init
 * @param {number} atMost longest answer taken, in bytes
 * @returns {Promise<{status: number, ok: boolean, text: string, retryAfter: number}>} an answer, with whatever status
 * @throws {Deaf | Failure}
 */
export async function call(url, { headers, ...init }, atMost) {
  const bag = new Headers()
  for (const [name, value] of headers) {
    try {
      bag.set(name, value)
    } catch {
      throw badParameters(`header.${displayName(name)}`, 'headers holds a name or value that HTTP does not allow')
    }
  }
  /** @type {Response} */
  let response
  try {
    response = await fetch(url, { ...init, headers: bag, redirect: 'error', referrerPolicy: 'no-referrer' })
    void response.headers.get('date')
  } catch {
    throw new Deaf('unreachable')
  }
  const header = (/** @type {string} */ name) => response.headers.get(name) ?? ''
  const retryAfter = retryAfterOf(header('retry-after'), header('date'))
  const text = await readText(response, atMost)
  return { status: response.status, ok: response.ok, text, retryAfter }
}

/** An endless answer is cut off. @param {Response} response @param {number} atMost */
async function readText(response, atMost) {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const decoder = new TextDecoder()
  let [text, length] = ['', 0]
  for (;;) {
    /** @type {ReadableStreamReadResult<Uint8Array>} */
    let chunk
    try {
      chunk = await reader.read()
    } catch {
      throw new Deaf('broke off')
    }
    if (chunk.done) return text + decoder.decode()
    length += chunk.value.length
    if (length > atMost) {
      reader.cancel().catch(() => {})
      throw new Deaf('too long')
    }
    text += decoder.decode(chunk.value, { stream: true })
  }
}

/** @param {unknown} error @returns {unknown} for a server that hands out parameters */
export function ofTheHost(error) {
  if (!(error instanceof Deaf)) return error
  if (error.why === 'too long') return new Failure('sign', 'invalid_response', 'retry', "the host's answer is longer than any of its kind")
  return new Failure('sign', 'unavailable', 'retry', error.why === 'broke off'
    ? "the host's answer broke off"
    : 'the host could not be reached: is it up, and does its CORS rule allow this page?')
}
