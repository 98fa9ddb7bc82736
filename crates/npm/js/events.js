// Names of the events and of their payload, once for all: the emitter hands the payload over as arguments, the element
// as `event.detail`, the React component as arguments again.

import { Lazy } from './emitter.js'

/** What each event carries, in order. @type {Record<string, string[]>} */
export const EVENTS = {
  'file-added': ['file'],
  'files-added': ['files'],
  'file-removed': ['file'],
  'restriction-failed': ['file', 'error'],
  'upload': ['uploadID', 'files'],
  'upload-start': ['files'],
  'upload-progress': ['file', 'progress'],
  'progress': ['progress'],
  'upload-pause': ['file', 'isPaused'],
  'upload-retry': ['file'],
  'upload-stalled': ['error', 'files'],
  's3-multipart:part-uploaded': ['file', 'part'],
  'upload-success': ['file', 'response'],
  'upload-error': ['file', 'error', 'response'],
  'complete': ['result'],
  'cancel-all': [],
  'pause-all': [],
  'resume-all': [],
  'retry-all': ['files'],
  'error': ['error', 'file', 'response'],
  'restored': ['unfinished'],
  'is-online': [],
  'is-offline': [],
  // Of the element only.
  'files-sorted': ['ids'],
}

/**
 * The payload as `event.detail`. `complete` is its result itself, and `error` has code and message at hand.
 * @param {string} event
 * @param {any[]} args
 */
export function toDetail(event, args) {
  if (event === 'complete') return args[0]
  /** @type {Record<string, unknown>} */
  const detail = {}
  for (const [at, name] of (EVENTS[event] ?? []).entries()) {
    const arg = args[at]
    if (arg instanceof Lazy) Object.defineProperty(detail, name, { get: () => arg.value, enumerable: true })
    else detail[name] = arg
  }
  if (event === 'error') {
    const error = args[0]
    detail.code = error?.kind ? `${error.kind}.${error.code}` : 'error'
    detail.message = String(error?.message ?? error)
  }
  return detail
}
