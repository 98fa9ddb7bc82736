// The errors that JavaScript sees. They carry the fields of the errors on the Rust side, which crosses as plain objects
// or as plain `Error`s with those fields set.

import { isTrap } from './traps.js'

/**
 * An upload, or the uploader itself, failed.
 *
 * `kind` says whose fault it is (`network`, `s3`, `sign`, `config`, `file`, `load`, `internal`), `code` what happened
 * within that kind (for `s3` it is S3's own code), `status` is the HTTP status or 0. `message` is for people, `detail` for
 * developers, and so is `help`: the likely cause and its cure, or empty.
 */
export class UploadError extends Error {
  name = 'UploadError'

  /**
   * @param {string} message
   * @param {{kind?: string, code?: string, status?: number, retryable?: boolean, detail?: string, help?: string, cause?: unknown}} [fields]
   */
  constructor(
    message,
    { kind = 'internal', code = 'unknown', status = 0, retryable = false, detail = '', help = '', cause } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
    this.code = code
    this.status = status
    this.retryable = retryable
    this.detail = detail || message
    this.help = help
  }
}

/** A file never got in, or an upload did not start, because of a restriction. The names are Uppy's. */
export class RestrictionError extends Error {
  name = 'RestrictionError'
  isRestriction = true
  isUserFacing = true
  retryable = false
  status = 0

  /**
   * @param {string} message
   * @param {{kind?: string, code?: string, file?: unknown, limits?: {max?: number, min?: number, allowed?: string}}} [fields]
   * `kind` is `file` for one that cannot be read; `limits` what the text names, in bytes or numbers of files
   */
  constructor(message, { kind = 'restriction', code = 'refused', file, limits } = {}) {
    super(message)
    this.limits = limits
    this.kind = kind
    this.code = code
    this.file = file
  }
}

/** An option that is unknown or makes no sense: a programmer's mistake, thrown at the call. */
export class OptionsError extends TypeError {
  name = 'OptionsError'

  /**
   * @param {string} option the option as JavaScript spells it
   * @param {string} message
   */
  constructor(option, message) {
    super(message)
    this.option = option
  }
}

/** The WebAssembly module could not be loaded; `code` is `csp`, `fetch` or `unsupported`. */
export class LoadError extends UploadError {
  name = 'LoadError'

  /**
   * @param {'csp' | 'fetch' | 'unsupported'} code
   * @param {string} message
   * @param {unknown} [cause]
   */
  constructor(code, message, cause) {
    super(message, { kind: 'load', code, retryable: code === 'fetch', cause })
  }
}

/**
 * Turns what came out of the WebAssembly side into one of the classes above; anything else is handed back as it is.
 * @param {any} thrown
 * @returns {any}
 */
export function revive(thrown) {
  if (thrown === null || typeof thrown !== 'object') return thrown
  if (thrown instanceof UploadError || thrown instanceof RestrictionError || thrown instanceof OptionsError) return thrown
  const message = String(thrown.message ?? '')
  if (thrown.kind === 'restriction' || thrown.isRestriction) return new RestrictionError(message, thrown)
  if (typeof thrown.kind === 'string') return new UploadError(message, thrown)
  if (isTrap(thrown)) {
    const detail = `the uploader stopped because of a bug: ${message}`
    return new UploadError('The uploader stopped. Reload the page to go on.', { code: 'panic', detail, cause: thrown })
  }
  return thrown
}

/** Reports an error that nobody caught without disturbing who is on the stack. @param {unknown} error */
export function report(error) {
  if (typeof globalThis.reportError === 'function') globalThis.reportError(error)
  else console.error(error)
}
