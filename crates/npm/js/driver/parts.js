// Uploads in parts as hosts and hooks know them: their questions and what they answer.

import { ALGORITHMS, readParameters, said, strings } from './answers.js'
import { Failure, heed, invalid } from './failure.js'
import { strict } from './host.js'
import { fileObject, nameOf } from './shapes.js'

/** @typedef {import('./host.js').Host} Host */
/** @typedef {import('./source.js').AskRequest} AskRequest */
/** @typedef {import('./source.js').Part} Part */
/** @typedef {import('./source.js').Reply} Reply */
/** @typedef {import('./source.js').Source} Source */
/** @typedef {import('./answers.js').Raw} Raw */
/** @typedef {import('./answers.js').Receipt} Receipt */
/** @typedef {import('./answers.js').Remote} Remote */
/** The application's own function of that name. @typedef {(name: string) => any} GetHook */

// ── a host ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** @param {Remote} remote @param {string} step @param {string} query */
const uploadPath = ([uploadId, key], step, query) => `/s3/multipart/${strict(uploadId)}${step}?key=${strict(key)}${query}`

/** @param {Host} host @param {AskRequest} request @returns {Promise<Reply>} */
export async function askHost(host, request) {
  const [step, remote, ...rest] = request.ask
  switch (step) {
    case 'create': {
      const answer = await host.call('POST', '/s3/multipart', request, createBody(request))
      return ['created', readCreated(answer)]
    }
    case 'sign':
      return ['signed', await sign(host, remote, rest[0], request)]
    case 'list':
      return ['listed', readListed(await host.call('GET', uploadPath(remote, '', ''), request))]
    case 'complete': {
      const body = completeBody(remote, rest)
      // Without an upload: whether the object is there whose answer was lost.
      const path = remote[0] ? uploadPath(remote, '/complete', '') : `/s3/confirm?key=${strict(remote[1])}`
      const answer = await host.call('POST', path, request, body)
      return ['completed', readCompleted(answer, remote[3])]
    }
    default:
      await host.call('DELETE', uploadPath(remote, '', ''), request)
      return ['aborted']
  }
}

/** Companion's own members, and what only our host reads. @param {AskRequest} request */
function createBody({ file, algorithm }) {
  return {
    filename: nameOf(file),
    // Companion insists on a type.
    type: file.type || 'application/octet-stream',
    metadata: file.meta,
    size: file.size,
    ...(algorithm && algorithm in ALGORITHMS ? { checksum: algorithm } : {}),
  }
}

/** Addresses of parts: several at once where the host can. @param {Host} host @param {Remote} remote @param {Part[]} parts @param {AskRequest} request */
async function sign(host, remote, parts, request) {
  /** @type {string[]} */
  const values = []
  for (const part of host.batch === false ? parts.slice(0, 1) : parts) {
    // Also where nobody signs it: it is what the store's answer and a resumed upload are checked against.
    const digest = await request.checksum(part)
    if (digest && remote[3]) values.push(digest.value)
  }
  const checksums = (/** @type {string[]} */ some) =>
    some.length > 0 ? `&${ALGORITHMS[request.algorithm ?? ''][0]}=${strict(some.join(','))}` : ''
  if (parts.length > 1 && host.batch !== false) {
    const numbers = parts.map(([number]) => number).join(',')
    try {
      const answer = await host.call('GET', uploadPath(remote, '/batch', `&partNumbers=${numbers}${checksums(values)}`), request)
      // A route that is not there, or that reads "batch" as a part's number.
      host.batch = answer.presignedUrls !== null && typeof answer.presignedUrls === 'object'
      if (host.batch) return readBatch(answer)
    } catch (error) {
      const missing = error instanceof Failure && [400, 404, 405, 501].includes(error.status) && error.code !== 'NoSuchUpload'
      if (!missing || host.batch !== undefined) throw error
      host.batch = false
    }
  }
  const [[number] = [0]] = parts
  const answer = await host.call('GET', uploadPath(remote, `/${number}`, checksums(values.slice(0, 1))), request)
  return [/** @type {[number, Raw]} */ ([number, readParameters(answer)])]
}

/** @param {Remote} remote @param {any[]} rest parts, size and checksum of the whole */
function completeBody([, , , algorithm], [parts, size, checksum]) {
  return {
    parts: parts.map((/** @type {Receipt} */ part) => toPart(part, algorithm)),
    size,
    ...(algorithm && checksum ? { [ALGORITHMS[algorithm][0]]: checksum } : {}),
  }
}

/** As S3's answers have it, quotes included. @param {Receipt} part @param {string | null} algorithm */
export const toPart = ([number, , etag, checksum], algorithm) => ({
  PartNumber: number,
  ETag: `"${etag}"`,
  ...(algorithm && checksum ? { [ALGORITHMS[algorithm][1]]: checksum } : {}),
})

// ── hooks ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The application's hooks before another source, which is asked where there is none for that step.
 * @param {Source} base @param {GetHook} get @param {AskRequest} request @returns {Promise<Reply>}
 */
export async function askHooks(base, get, request) {
  const [step, remote] = request.ask
  // Whether an object is there is no question for a hook, nor for a callback.
  const look = step === 'complete' && !remote[0]
  if (look && !base.multipart) throw new Failure('sign', 'refused', 'final', '')
  const hook = steps(get)[step]
  if (look || !hook) return base.ask(request)
  const details = await detailsOf(request)
  let answer
  try {
    answer = await hook(fileObject(request.file, request.blob), details)
  } catch (/** @type {any} */ error) {
    let code
    try {
      // As the AWS SDK throws it, or somebody who passes S3's code on. Of other codes nothing would follow.
      code = [error?.code, error?.name].find((name) => name === 'NoSuchUpload' || name === 'InvalidPart')
    } catch {}
    throw code ? new Failure('s3', code, 'final', `the storage said ${code}`) : error
  }
  heed(answer)
  switch (step) {
    case 'create': return ['created', readCreated(answer)]
    case 'sign': return ['signed', readBatch(answer)]
    case 'list': return ['listed', readListed(answer)]
    case 'complete': return ['completed', readCompleted(answer, remote[3])]
    default: return ['aborted']
  }
}

/**
 * What the application does itself, by step. Parts are signed one by one or several at once; either way the answer has the
 * shape of Companion's batch.
 * @param {GetHook} get
 * @returns {Record<string, ((file: any, details: any) => any) | undefined>}
 */
function steps(get) {
  const one = get('signPart')
  const many = get('prepareUploadParts')
  return {
    create: get('createMultipartUpload') && ((file, { signal }) => get('createMultipartUpload')(file, signal)),
    sign: many
      ? (file, { parts, ...rest }) => many(file, { ...rest, parts: parts.map((/** @type {any} */ part) => ({ ...part, number: part.partNumber, chunk: part.body })) })
      : one && (async (file, { parts: [part], ...rest }) => {
          const { url, headers, expires, error } = await one(file, { ...rest, ...part })
          return { presignedUrls: { [part.partNumber]: url }, headers: { [part.partNumber]: headers ?? {} }, expires, error }
        }),
    list: get('listParts'),
    complete: get('completeMultipartUpload') && (async (file, details) => (await get('completeMultipartUpload')(file, details)) ?? {}),
    abort: get('abortMultipartUpload'),
  }
}

/** What a hook for that step gets. @param {AskRequest} request */
async function detailsOf({ ask: [step, remote, ...rest], blob, signal, checksum }) {
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
  const parts = receipts.map((/** @type {Receipt} */ part) => toPart(part, algorithm))
  return { ...about, parts, size, checksum: whole || undefined }
}

// ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Without the quotes around it; by hand, for an expression takes ever so long for many that are not at its end. @param {string} etag */
function bare(etag) {
  let [start, end] = [0, etag.length]
  while (etag[start] === '"') start += 1
  while (end > start && etag[end - 1] === '"') end -= 1
  return etag.slice(start, end)
}

/** `{uploadId, key, bucket?, checksum?}`. @param {any} answer @returns {Remote} */
export function readCreated(answer) {
  const [uploadId, key] = [said(answer, 'uploadId'), said(answer, 'key')]
  const good = (/** @type {string} */ name) => name !== '' && name.length <= 4096
  if (!good(uploadId) || !good(key)) throw invalid('a created multipart upload must name uploadId and key')
  const checksum = said(answer, 'checksum')
  return [uploadId, key, said(answer, 'bucket'), Object.hasOwn(ALGORITHMS, checksum) ? checksum : null]
}

/**
 * `[{PartNumber, Size, ETag, ChecksumCRC64NVME?, …}]`. Entries that make no sense are left out: what is not listed is sent
 * again.
 * @param {any} answer @returns {Receipt[]}
 */
export function readListed(answer) {
  if (!Array.isArray(answer)) throw invalid('the parts must be a list')
  // A size as text is what a signer's XML reader may leave.
  const whole = (/** @type {any} */ value) => {
    const number = typeof value === 'string' && value.trim() ? Number(value) : value
    return Number.isFinite(number) && number >= 0 && number <= Number.MAX_SAFE_INTEGER ? Math.floor(number) : undefined
  }
  /** @type {Receipt[]} */
  const out = []
  for (const part of answer) {
    const [number, size] = [whole(part?.PartNumber), whole(part?.Size)]
    if (!number || number > 10_000 || size === undefined) continue
    const checksum = Object.values(ALGORITHMS).map(([, member]) => said(part, member)).find(Boolean)
    out.push([number, size, bare(said(part, 'ETag')), checksum ?? ''])
  }
  return out
}

const WEB = /^https?:\/\//

/** `{location?, key?, bucket?, etag?, publicUrl?}`. Nothing in it is needed: an answer is the proof. @param {any} answer @param {string | null} checksum */
export function readCompleted(answer, checksum) {
  const location = said(answer, 'location')
  const place = WEB.test(location) ? location.split(/[?#]/)[0] : ''
  const proof = checksum ? said(answer, ALGORITHMS[checksum][0]) : ''
  const url = said(answer, 'publicUrl')
  return [200, place, place, said(answer, 'key'), said(answer, 'bucket'), bare(said(answer, 'etag')), proof, WEB.test(url) ? url : '']
}

/** `{presignedUrls: {n: url}, headers?: {n: {…}}, expires?}`. @param {any} answer @returns {Array<[number, Raw]>} */
export function readBatch(answer) {
  const urls = strings('url', answer?.presignedUrls)
  /** @type {Array<[number, Raw]>} */
  const out = []
  for (let at = 0; at < urls.length; at += 2) {
    const [number, url] = [urls[at], urls[at + 1]]
    const own = answer.headers?.[number]
    const headers = own !== null && typeof own === 'object' ? own : undefined
    if (/^\d{1,9}$/.test(number)) out.push([Number(number), readParameters({ url, headers, expires: answer.expires })])
  }
  return out
}
