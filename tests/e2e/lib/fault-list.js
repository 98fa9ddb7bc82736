// The faults of the matrix, by name, and where each is put.

/** Ways to send a file. */
export const WAYS = ['PUT', 'POST', 'parts']

/** Requests that carry bytes of a file. @param {string} way */
export const whereBytesGo = (way) => (way === 'parts' ? { method: 'PUT', query: 'partNumber=' } : { method: way })

const status = (status, code) => ({
  ...{ kind: 'status', status, contentType: 'application/xml' },
  body: `<Error><Code>${code}</Code><Message>made up</Message></Error>`,
})
const json = (status) => ({ kind: 'status', status, contentType: 'application/json', body: '{"error":"made up"}' })

/**
 * What breaks once where bytes go: it heals, so the file arrives. Silence is in `faults.test.js`, with files larger than
 * the sockets' buffers: after the last byte of a small one a whole minute is waited.
 */
export const ON_THE_WAY = {
  'reset before the body': { kind: 'reset', afterBytes: 0 },
  'reset in mid-body': { kind: 'reset', afterBytes: 200_000 },
  'answer lost after success': { kind: 'lost-answer' },
  '500 InternalError': { kind: 'internal-error' },
  '503 SlowDown, Retry-After': { kind: 'slow-down', retryAfter: 1 },
  429: status(429, 'TooManyRequestsException'),
  '400 RequestTimeout': status(400, 'RequestTimeout'),
  '403 expired': { kind: 'expired' },
  '403 clock skewed': { kind: 'skewed' },
  '200 with an error inside': { kind: 'ok-with-error' },
  'hidden ETag': { kind: 'hide-etag' },
  'wrong checksum in the answer': { kind: 'wrong-checksum' },
  'no CORS headers on the answer': { kind: 'no-cors' },
}
/** What breaks once where S3 is asked to put parts together; only parts have that. */
export const AT_COMPLETION = {
  'completion: answer lost': { kind: 'lost-answer' },
  'completion: 200 with an error': { kind: 'ok-with-error' },
  'completion: empty 200': { kind: 'empty-200' },
  'completion: 503': { kind: 'slow-down' },
}
/** What breaks once at the signing host. */
export const AT_THE_HOST = {
  'host: 503': json(503),
  'host: reset': { kind: 'reset', afterBytes: 0 },
  'host: garbage': { kind: 'garbage' },
  'host: a web page': { kind: 'html' },
  'host: answer never comes': { kind: 'silence', forward: false },
}
/** What does not heal: no success, no object of other bytes, nothing left behind. */
export const FOR_GOOD = {
  'refused for good': { fault: { kind: 'denied' }, code: 's3.AccessDenied' },
  'redirected elsewhere': {
    fault: { kind: 'redirect', location: 'http://127.0.0.1:9/elsewhere' },
    code: /^(network|config)\./,
  },
  'endless answer': { fault: { kind: 'huge-answer', bytes: 200_000_000 }, code: 's3.AnswerTooLarge' },
}
/** After these the store has the file although nobody said so. */
export const AT_MOST_ONE = ['answer lost after success', 'no CORS headers on the answer', 'completion: answer lost']
