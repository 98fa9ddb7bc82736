// Where upload parameters come from: a host, a callback, the application's own hooks for multipart uploads, or one signer.
// The engine cannot tell which.

import { readParameters } from './answers.js'
import { badParameters, heed } from './failure.js'
import { Host } from './host.js'
import { rest, signer } from './rest.js'
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
export function createSource({ host, headers, credentials, getUploadParameters, signRequest, generateObjectKey, multipart, resume }, judges) {
  /** @type {Source} */
  let source
  if (signRequest) source = { ask: async (request) => (await signer()).ask(signRequest, judges, request, generateObjectKey), multipart: true, signAhead: 1, scope: '' }
  else if (host !== undefined) source = new Host(host, { headers, credentials, refusal: judges.refusal })
  else if (getUploadParameters) source = { ask: callback(getUploadParameters), multipart: false, signAhead: 1, scope: '' }
  else return undefined
  if (multipart && !signRequest) source = { ask: hooked(source, multipart), multipart: true, signAhead: multipart('signPart') && !multipart('prepareUploadParts') ? 1 : 4, scope: source.scope }
  if (typeof resume === 'string') source.scope = resume
  return source
}

/** The application's hooks for parts before another source. @param {Source} base @param {(name: string) => any} hook @returns {Source['ask']} */
function hooked(base, hook) {
  return async (request) => (request.ask[0] === 'whole' ? base.ask(request) : (await rest()).askHooks(base, hook, request))
}

/** @param {Function} ask @returns {Source['ask']} */
function callback(ask) {
  return async (request) => {
    if (request.ask[0] !== 'whole') throw badParameters('multipart', 'getUploadParameters knows nothing of files in parts')
    const options = { signal: request.signal, checksum: await request.checksum() }
    const answer = await ask(fileObject(request.file, request.blob), options)
    if (!answer?.url) heed(answer)
    return ['parameters', readParameters(answer)]
  }
}
