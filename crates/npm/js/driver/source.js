// Where upload parameters come from: a host, a callback, the application's own hooks for multipart uploads, or one signer.
// The engine cannot tell which.

import { readBatch, readCompleted, readCreated, readListed, readParameters } from './answers.js'
import { Failure, thrown } from './failure.js'
import { Host, toPart } from './host.js'
import { fileObject } from './shapes.js'

/** @typedef {[number: number, start: number, end: number]} Part a piece of a file */
/** @typedef {{algorithm: string, value: string}} Digest */
/**
 * A question of the engine, and what it is about.
 * @typedef {object} AskRequest
 * @property {[step: string, ...details: any[]]} ask
 * @property {import('./shapes.js').Snapshot} file its meta already cut down to `allowedMetaFields`
 * @property {Blob} blob empty when an upload is to be aborted whose file is gone
 * @property {AbortSignal} signal
 * @property {string | undefined} algorithm the checksum that the application wants
 * @property {<T>(read: Promise<T>) => Promise<T>} reading says that the file is being read for as long as that takes
 * @property {(part?: Part) => Promise<Digest | undefined>} checksum of the whole file or a part
 */
/** What is reported: the kind of the report and its details. @typedef {[kind: string, details?: any]} Reply */
/**
 * @typedef {object} Source
 * @property {(request: AskRequest) => Promise<Reply>} ask
 * @property {boolean} multipart
 * @property {number} signAhead parts whose addresses are asked for at once
 * @property {string} scope which unfinished uploads are its own after a reload
 */
/** What a source needs of the engine. @typedef {import('./core.js').Judges} Judges */

/** Of these there is one. */
export const SOURCES = ['host', 'getUploadParameters', 'signRequest']

/**
 * The one that the options name, `undefined` when they name none.
 * @param {import('../core.js').CoreOptions} options @param {Judges} judges @returns {Source | undefined}
 */
export function createSource({ host, headers, credentials, getUploadParameters, signRequest, multipart, resume }, judges) {
  /** @type {Source} */
  let source
  if (signRequest) source = { ask: lazySigner(signRequest, judges), multipart: true, signAhead: 1, scope: '' }
  else if (host !== undefined) source = new Host(host, { headers, credentials, refusal: judges.refusal })
  else if (getUploadParameters) source = { ask: callback(getUploadParameters), multipart: false, signAhead: 1, scope: '' }
  else return undefined
  if (multipart && !signRequest) source = withHooks(source, multipart)
  if (typeof resume === 'string') source.scope = resume
  return source
}

/** Few pages talk to the store themselves, so their code comes when it is first needed. @param {Function} sign @param {Judges} judges */
function lazySigner(sign, judges) {
  return async (/** @type {AskRequest} */ request) => {
    const { ask } = await import('./signer.js').catch(() => {
      throw new Failure('sign', 'unavailable', 'retry', 'a part of filechute could not be loaded')
    })
    return ask(sign, judges, request)
  }
}

/** @param {Function} ask @returns {Source['ask']} */
function callback(ask) {
  return async (request) => {
    const options = { signal: request.signal, checksum: await request.checksum() }
    const answer = await ask(fileObject(request.file, request.blob), options)
    // A callback that passes on a host's `{error: text}` with status 200 has failed all the same.
    if (typeof answer?.error === 'string' && (answer.url === undefined || answer.url === null)) {
      throw new Failure('sign', 'callback', 'retry', thrown(answer.error))
    }
    return ['parameters', readParameters(answer)]
  }
}

/**
 * The application's hooks before another source. `hook(step, file, details)` returns nothing, and no promise, for a step that
 * the application has no hook for.
 * @param {Source} base @param {(step: string, file: any, details: any) => any} hook @returns {Source}
 */
function withHooks(base, hook) {
  /** @type {Source['ask']} */
  const ask = async (request) => {
    const [step, remote] = request.ask
    const details = await detailsOf(request)
    const result = details && hook(step, fileObject(request.file, request.blob), details)
    if (result === undefined) return base.ask(request)
    const answer = await result
    switch (step) {
      case 'create': return ['created', readCreated(answer)]
      case 'sign': return ['signed', readBatch(answer)]
      case 'list': return ['listed', readListed(answer)]
      case 'complete': return ['completed', readCompleted(answer, remote[3])]
      default: return ['aborted']
    }
  }
  return { ask, multipart: true, signAhead: 4, scope: base.scope }
}

/** What a hook for that step gets, `undefined` where there is no step. @param {AskRequest} request */
async function detailsOf({ ask: [step, remote, ...rest], blob, signal, checksum }) {
  if (step === 'whole') return undefined
  if (step === 'create') return { signal }
  const [uploadId, key, , algorithm] = remote
  const about = { uploadId, key, signal }
  if (step === 'sign') {
    const parts = []
    for (const part of /** @type {Part[]} */ (rest[0])) {
      parts.push({ partNumber: part[0], body: blob.slice(part[1], part[2]), checksum: await checksum(part) })
    }
    return { ...about, parts }
  }
  if (step !== 'complete') return about
  const [receipts, size, whole] = rest
  const parts = receipts.map((/** @type {import('./answers.js').Receipt} */ part) => toPart(part, algorithm))
  return { ...about, parts, size, checksum: whole || undefined }
}
