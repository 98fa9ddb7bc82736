// Options as applications write them: other generations' names, wrong types and unknown names are settled here, at the
// call, ranges included, so that the WebAssembly side only sees what it knows.

import { OptionsError } from './errors.js'
import { parseSize } from './sizes.js'

/** Names that Uppy used over the years for the same thing. @type {Record<string, string>} */
const ALIASES = {
  companionUrl: 'host',
  companionEndpoint: 'host',
  endpoint: 'host',
  companionHeaders: 'headers',
  companionCookiesRule: 'credentials',
  cookiesRule: 'credentials',
  allowMultipleUploads: 'allowMultipleUploadBatches',
}

/** Known options that cannot be honoured yet; the values listed ask for nothing. @type {Record<string, {why: string, fine?: unknown[]}>} */
const LATER = {
  getTemporarySecurityCredentials: { why: 'would put keys into the browser: sign on your server, with "signRequest" or "host"', fine: [false] },
  getCredentials: { why: 'would put keys into the browser: sign on your server, with "signRequest" or "host"' },
}

/** @typedef {(value: any) => unknown} Check gives the value to use, or `undefined` when it is of the wrong type */
/** @type {(type: string) => Check} */
const is = (type) => (value) => (typeof value === type ? value : undefined)
/** @type {Check} */
const strings = (value) => (Array.isArray(value) && value.every((entry) => typeof entry === 'string') ? value : undefined)
/** @type {Check} */
const count = (value) => (Number.isSafeInteger(value) && value >= 0 ? value : undefined)
/** @type {Check} */
const plain = (value) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined)

const SIZE = { wanted: 'a size: a number of bytes, or text such as "10MB" or "10MiB"', check: parseSize }
const COUNT = { wanted: 'a whole number', check: count }
const BOOLEAN = { wanted: 'true or false', check: is('boolean') }
const FUNCTION = { wanted: 'a function', check: is('function') }
/** Whole numbers: half a request would be none, which means no limit. @type {(most: number) => Check} */
const upTo = (most) => (value) => (Number.isInteger(value) && value >= 0 && value <= most ? value : undefined)
/** Past a day lies a mistake in units. */
const DELAY = { wanted: 'whole milliseconds from 0 to 86400000', check: upTo(864e5) }

/** @type {Record<string, {wanted: string, check: Check}>} */
const RESTRICTIONS = {
  maxFileSize: SIZE,
  minFileSize: SIZE,
  maxTotalFileSize: SIZE,
  maxNumberOfFiles: COUNT,
  minNumberOfFiles: COUNT,
  allowedFileTypes: { wanted: 'a list such as ["image/*", ".pdf"]', check: strings },
  requiredMetaFields: { wanted: 'a list of names', check: strings },
}

/** @type {Record<string, {wanted: string, check: Check}>} */
export const OPTIONS = {
  host: { wanted: 'the http(s) address of a Companion-compatible server', check: (value) => toHost(value) },
  getUploadParameters: FUNCTION,
  signRequest: FUNCTION,
  generateObjectKey: FUNCTION,
  createMultipartUpload: FUNCTION,
  signPart: FUNCTION,
  prepareUploadParts: FUNCTION,
  listParts: FUNCTION,
  completeMultipartUpload: FUNCTION,
  abortMultipartUpload: FUNCTION,
  getChunkSize: FUNCTION,
  resume: {
    wanted: 'true, false, or a name under which unfinished uploads are found again',
    check: (value) => (typeof value === 'boolean' || typeof value === 'string' ? value : undefined),
  },
  shouldUseMultipart: {
    wanted: 'true, false or a function',
    check: (value) => (typeof value === 'boolean' || typeof value === 'function' ? value : undefined),
  },
  checksum: {
    wanted: '"crc64nvme", "crc32c", "sha256", "md5" or "none"',
    check: (value) => (['crc64nvme', 'crc32c', 'sha256', 'md5', 'none'].includes(value) ? value : undefined),
  },
  headers: { wanted: 'an object or a function', check: (value) => (typeof value === 'function' ? value : plain(value)) },
  credentials: {
    wanted: '"omit", "same-origin" or "include"',
    check: (value) => (['omit', 'same-origin', 'include'].includes(value) ? value : undefined),
  },
  timeout: DELAY,
  limit: { wanted: 'a whole number from 0 (no limit) to 10000', check: upTo(1e4) },
  retryDelays: {
    wanted: `a list of at most 100 delays, each ${DELAY.wanted}`,
    check: (value) => (Array.isArray(value) && value.length <= 100 && value.every((entry) => DELAY.check(entry) !== undefined) ? value : undefined),
  },
  autoProceed: BOOLEAN,
  allowMultipleUploadBatches: BOOLEAN,
  restrictions: { wanted: 'an object', check: (value) => (plain(value) ? toRestrictions(value) : undefined) },
  meta: { wanted: 'an object', check: (value) => (plain(value) ? toMeta(value) : undefined) },
  allowedMetaFields: {
    wanted: 'true, false or a list of names',
    check: (value) => (typeof value === 'boolean' ? value : strings(value)),
  },
  allowedOrigins: { wanted: 'a list of origins', check: strings },
  allowInsecure: BOOLEAN,
  allowAuthorization: BOOLEAN,
  directories: BOOLEAN,
  locale: {
    wanted: 'an object of words, such as `filechute/locales/de`; one of Uppy goes through `fromUppy` of `filechute/locales/uppy`',
    check: (value) => (value?.strings ? undefined : plain(value)),
  },
  onBeforeFileAdded: FUNCTION,
  onBeforeUpload: FUNCTION,
}

/** What holds where nothing is said. The engine has the same. @type {Record<string, any>} */
export const DEFAULTS = {
  headers: {},
  credentials: 'same-origin',
  timeout: 30_000,
  limit: 6,
  retryDelays: [0, 1000, 3000, 5000],
  autoProceed: false,
  allowMultipleUploadBatches: true,
  restrictions: {},
  allowedMetaFields: true,
  allowedOrigins: [],
  allowInsecure: false,
  allowAuthorization: false,
  resume: true,
  directories: true,
  locale: {},
}

/** Where upload parameters come from: exactly one of these, so none has a default. */
export const SOURCES = ['host', 'getUploadParameters', 'signRequest']

/** Options that the WebAssembly side reaches through the JavaScript object, so that they can change at any time. */
export const FUNCTIONS = ['getUploadParameters', 'signRequest', 'generateObjectKey', 'onBeforeFileAdded', 'onBeforeUpload']

/** Uppy's hooks for the steps of a multipart upload: the WebAssembly side knows them as one function. */
export const STEPS = [
  'createMultipartUpload', 'signPart', 'prepareUploadParts', 'listParts', 'completeMultipartUpload', 'abortMultipartUpload',
]

/** Those whose absence means something, and which a patch takes back by `null`. */
const UNSET = ['meta', 'onBeforeFileAdded', 'onBeforeUpload', ...STEPS, 'generateObjectKey', 'getChunkSize', 'shouldUseMultipart', 'checksum']

/**
 * Checked options under their present names, in a new object. `undefined` and `null` count as not given.
 * @param {Record<string, any>} options
 * @returns {Record<string, any>}
 * @throws {OptionsError}
 */
export function checkOptions(options) {
  if (!plain(options)) throw new OptionsError('options', 'the options must be an object')
  /** @type {Record<string, any>} */
  const checked = {}
  for (const [written, value] of Object.entries(options)) {
    const name = own(ALIASES, written) ?? written
    const later = own(LATER, name)
    // `retryDelays: null` is Uppy's way to say "never".
    if (name === 'retryDelays' && value === null) checked.retryDelays = []
    if (value === undefined || value === null || later?.fine?.includes(value)) continue
    if (later) throw new OptionsError(written, `option "${written}" ${later.why}`)
    if (!Object.hasOwn(OPTIONS, name)) throw new OptionsError(written, `unknown option "${written}"${hint(name)}`)
    checked[name] = apply(OPTIONS[name], written, value)
  }
  return checked
}

/**
 * A checked patch, in which `null` brings the default back: a hook is gone, a permission is taken away.
 * @param {Record<string, any>} patch
 * @returns {Record<string, any>}
 * @throws {OptionsError}
 */
export function checkPatch(patch) {
  const checked = checkOptions(patch)
  sourcesOf(checked)
  for (const [written, value] of Object.entries(patch)) {
    const name = own(ALIASES, written) ?? written
    if (value !== null || name in checked) continue
    if (Object.hasOwn(DEFAULTS, name)) checked[name] = DEFAULTS[name]
    else if (UNSET.includes(name)) checked[name] = null
  }
  return checked
}

/**
 * What makes `wanted` out of the options that were sent: those that differ, and defaults for those that are wanted no more.
 * @param {Record<string, any>} sent @param {Record<string, any>} wanted
 * @returns {Record<string, any>}
 */
export function toPatch(sent, wanted) {
  const patch = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => !same(value, sent[name])))
  for (const name of Object.keys(sent)) {
    if (!(name in wanted) && !SOURCES.includes(name)) patch[name] = DEFAULTS[name] ?? null
  }
  // In a patch a rule that is only missing would stay.
  if (patch.restrictions) patch.restrictions = { ...nothing(sent.restrictions ?? {}), ...patch.restrictions }
  return patch
}

/** The same names with `null` in them. @param {object} rules */
const nothing = (rules) => Object.fromEntries(Object.keys(rules).map((name) => [name, null]))

/** Whether two option values mean the same. Plain data is compared by content. @param {unknown} a @param {unknown} b */
function same(a, b) {
  return a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))
}

/** Whether the options say where upload parameters come from. @param {Record<string, any>} options */
export const hasSource = (options) => SOURCES.some((name) => options[name] !== undefined)

/** The one source that is given, or none. @param {Record<string, any>} options checked ones @throws {OptionsError} */
function sourcesOf(options) {
  const given = SOURCES.filter((name) => options[name] !== undefined)
  if (given.length > 1) throw new OptionsError(given[0], `give either "${given[0]}" or "${given[1]}", not both`)
  return given
}

/**
 * Where upload parameters come from must be said once.
 * @param {Record<string, any>} options checked ones
 */
export function checkSource(options) {
  if (sourcesOf(options).length === 0) {
    throw new OptionsError('host', 'give "host", "getUploadParameters" or "signRequest": where should upload parameters come from?')
  }
  if (options.generateObjectKey && !options.signRequest) throw new OptionsError('generateObjectKey', '"generateObjectKey" goes with "signRequest": elsewhere the server chooses the key')
  const hooks = STEPS.filter((name) => options[name] !== undefined)
  if (hooks.length === 0) return
  if (options.signRequest) throw new OptionsError(hooks[0], `"signRequest" signs every step, so "${hooks[0]}" is not needed`)
  // Behind a host each missing hook is the host's route; without one all are needed.
  if (options.host !== undefined) return
  const signs = options.signPart ?? options.prepareUploadParts
  const missing = STEPS.find((name) => (/^sign|^prepare/.test(name) ? !signs : options[name] === undefined))
  if (missing) throw new OptionsError(missing, `multipart uploads need "${missing}" too`)
}

/**
 * Meta as text. Made from entries, which defines its properties, so that one called `__proto__` is one like any other.
 * @param {object} meta
 * @returns {Record<string, string>}
 */
export function toMeta(meta) {
  const given = Object.entries(meta).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]))
}

/**
 * The server's root as an absolute address without a trailing slash, or `undefined` when it is none. Relative ones
 * mean this page's server, as in every other attribute that takes an address.
 * @param {unknown} host
 * @returns {string | undefined}
 */
export function toHost(host) {
  if (typeof host !== 'string' || host.trim() === '') return undefined
  try {
    const url = new URL(host.trim(), globalThis.document?.baseURI)
    const good = /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash
    return good ? url.href.replace(/\/+$/, '') : undefined
  } catch {
    return undefined
  }
}

/** @param {Record<string, unknown>} restrictions */
function toRestrictions(restrictions) {
  /** @type {Record<string, unknown>} */
  const checked = {}
  for (const [name, value] of Object.entries(restrictions)) {
    if (value === undefined || value === null) continue
    const option = `restrictions.${name}`
    if (!Object.hasOwn(RESTRICTIONS, name)) throw new OptionsError(option, `unknown option "${option}"`)
    checked[name] = apply(RESTRICTIONS[name], option, value)
  }
  return checked
}

/** An entry of a table, and not something every object has. @template T @param {Record<string, T>} table @param {string} name */
const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined)

/** @param {{wanted: string, check: Check}} rule @param {string} name @param {unknown} value */
function apply({ wanted, check }, name, value) {
  const good = check(value)
  if (good === undefined) throw new OptionsError(name, `option "${name}" must be ${wanted}`)
  return good
}

/** The option that was probably meant. @param {string} name */
function hint(name) {
  if (Object.hasOwn(RESTRICTIONS, name)) return `; it belongs into "restrictions"`
  const flat = (/** @type {string} */ text) => text.toLowerCase().replace(/[^a-z]/g, '')
  const near = Object.keys(OPTIONS).find((known) => flat(known) === flat(name))
  return near ? `; did you mean "${near}"?` : ''
}
