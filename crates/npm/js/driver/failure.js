// Why a step failed, in the words of the engine (`failure.rs`): what sources and transfers throw, and what is reported.

/** @typedef {'network' | 's3' | 'sign' | 'config' | 'file' | 'internal'} Kind whose fault it is */
/** @typedef {'retry' | 'slow' | 'resign' | 'final'} Class what the retry loop does about it */

export class Failure {
  /**
   * @param {Kind} kind @param {string} code @param {Class} act
   * @param {string} message for developers; never a presigned address
   * @param {number} [status] @param {number} [retryAfter] in milliseconds
   */
  constructor(kind, code, act, message, status = 0, retryAfter = 0) {
    this.kind = kind
    this.code = code
    this.act = act
    this.message = message
    this.status = status
    this.retryAfter = retryAfter
  }

  /** As it is reported. */
  get wire() {
    return [this.kind, this.code, this.act, this.message, this.status, this.retryAfter]
  }

  /** @param {any[]} wire what `failure_in_full` of the engine's side wrote */
  static from([kind, code, act, message, status, retryAfter]) {
    return new Failure(kind, code, act, message, status, retryAfter)
  }
}

/** The other side's answer is not what it should be. @param {string} message @param {number} [status] */
export const invalid = (message, status) => new Failure('sign', 'invalid_response', 'retry', message, status)

/** A part of the answer that has the wrong type. @param {string} what `url`, `field.key` @param {string} message */
export const badParameters = (what, message) => new Failure('config', what, 'final', message)

/** @param {string} why */
export const lost = (why) => new Failure('internal', 'lost', 'final', why)

/** Why a file cannot be read. `untouched`: nothing of it was ever read, so it may never have been readable. @param {any} error @param {boolean} [untouched] */
export function unreadable(error, untouched = false) {
  // The second is Firefox's name for it.
  if (error?.name === 'NotFoundError' || error?.name === 'AbortError') {
    return new Failure('file', 'removed', 'final', 'the file was removed or moved')
  }
  if (untouched) return new Failure('file', 'unreadable', 'final', 'the file cannot be read')
  return new Failure('file', 'changed', 'final', 'the file was changed, or can no longer be read')
}

/** The connection was lost, which is all that status 0 says. */
export const disconnected = () => new Failure('network', 'error', 'retry', 'the connection was lost, or the browser blocked the request')

/** Whatever was thrown, as a failure; a callback's own `retryable: false` ends the file at once. @param {any} error @returns {Failure} */
export function failureOf(error) {
  try {
    if (error instanceof Failure) return error
    const failure = new Failure('sign', 'callback', 'retry', thrown(error))
    if (error !== null && typeof error === 'object' && error.retryable === false) {
      failure.act = 'final'
      // Its words are for the person, as a host's are.
      if (error.message) failure.code = 'rejected'
      if (error.kind === 'config') {
        failure.kind = 'config'
        failure.code = typeof error.code === 'string' ? error.code : ''
      }
    }
    return failure
  } catch {
    // It throws when it is looked at.
    return failureOf(undefined)
  }
}

/** Who passes on a server's `{error}` with status 200 has failed all the same. @param {any} answer @throws {Failure} */
export function heed(answer) {
  if (answer?.error) throw new Failure('sign', 'rejected', 'final', thrown(answer.error))
}

/** Text of whatever was thrown: never more than a person would read, never an address with its query. @param {any} error */
export function thrown(error) {
  const isText = (/** @type {unknown} */ text) => typeof text === 'string' && text.trim() !== ''
  const text = [error, error?.message, error instanceof DOMException && error.name].find(isText)
  return quote(text ?? 'the callback failed')
}

/** Control characters, and marks that turn the writing direction or hide, are no part of a message. */
const DECEIVING = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu

/** What others said, fit to be shown and logged: at most 300 characters, addresses without their query. @param {string} text */
export function quote(text) {
  const words = text.slice(0, 5000).trim().split(/\s+/).map((word) => (word.includes('://') ? word.split(/[?#]/)[0] : word))
  return [...words.join(' ')].slice(0, 300).join('').replace(DECEIVING, '\ufffd')
}
