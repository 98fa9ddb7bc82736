// Names of the events and of their payload, once for all: the emitter hands the payload over as arguments, the element
// as `event.detail`, the React component as arguments again.

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
  for (const [at, name] of (EVENTS[event] ?? []).entries()) detail[name] = args[at]
  if (event === 'error') {
    const error = args[0]
    detail.code = error?.kind ? `${error.kind}.${error.code}` : 'error'
    detail.message = String(error?.message ?? error)
  }
  return detail
}

/**
 * The way back from `event.detail` to arguments.
 * @param {string} event
 * @param {any} detail
 * @returns {unknown[]}
 */
export function toArguments(event, detail) {
  if (event === 'complete') return [detail]
  return (EVENTS[event] ?? []).map((name) => detail?.[name])
}

/** `upload-success` → `onUploadSuccess`, as React spells it. @param {string} event */
export const handlerName = (event) =>
  `on${event.split('-').map((word) => word[0].toUpperCase() + word.slice(1)).join('')}`
