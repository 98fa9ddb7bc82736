// The attributes of `<file-chute>`: how each is read, what a property of the same name does, and what they all mean as
// options. An attribute that makes no sense counts as not there, and is told once on the console.

import { OPTIONS, STEPS, toHost } from './options.js'
import { parseSize } from './sizes.js'

/** Options that are properties of the element and not attributes. */
export const PROPERTIES = [
  'getUploadParameters', 'headers', 'credentials', 'retryDelays', 'allowMultipleUploadBatches', 'restrictions', 'meta',
  'allowedMetaFields', 'allowedOrigins', 'allowInsecure', 'allowAuthorization', 'onBeforeFileAdded', 'onBeforeUpload',
  'signRequest', ...STEPS, 'generateObjectKey', 'shouldUseMultipart', 'getChunkSize', 'checksum', 'resume', 'directories',
]

/**
 * @typedef {object} Attribute
 * @property {string} name in HTML
 * @property {(text: string) => unknown} read gives `undefined` for nonsense
 * @property {string} [wanted] for the warning
 * @property {boolean} [flag] its presence is its value
 * @property {string} [usual] what the property says where there is no attribute
 */

/** @param {string} text */
const readNumber = (text) => (text.trim() === '' ? NaN : Number(text))
/** @param {string} text */
const readCount = (text) => (/^\s*\d{1,9}\s*$/.test(text) ? Number(text) : undefined)
/** @param {string} text */
const readText = (text) => text
/** React 18 and some templates write `auto-proceed="false"`. @param {string} text */
const readFlag = (text) => text !== 'false'

const size = (/** @type {string} */ name) => ({ name, read: parseSize, wanted: 'a size such as "10MB", "10MiB" or bytes' })
const count = (/** @type {string} */ name) => ({ name, read: readCount, wanted: 'a whole number' })
/** As the option of that name. @type {(name: string) => Attribute} */
const ofOption = (name) => ({ name, read: (text) => OPTIONS[name].check(readNumber(text)), wanted: OPTIONS[name].wanted })
/** @type {(name: string, read?: (text: string) => boolean) => Attribute} */
const flag = (name, read = () => true) => ({ name, read, flag: true })

/** One of some words, of which the first is the default. @type {(name: string, ...words: string[]) => Attribute} */
const oneOf = (name, ...words) => ({
  name,
  read: (text) => (words.includes(text) ? text : undefined),
  wanted: `one of ${words.map((word) => `"${word}"`).join(', ')}`,
  usual: words[0],
})

/** By the name of the property. @type {Record<string, Attribute>} */
export const ATTRIBUTES = {
  host: { name: 'host', read: toHost, wanted: OPTIONS.host.wanted },
  timeout: ofOption('timeout'),
  limit: ofOption('limit'),
  accept: { name: 'accept', read: readText },
  // Which camera, or any where nothing is said. What makes no sense is the browser's to judge, as with a plain file input.
  capture: { name: 'capture', read: (text) => readFlag(text) && text },
  multiple: flag('multiple'),
  directory: flag('directory', readFlag),
  maxFileSize: size('max-file-size'),
  minFileSize: size('min-file-size'),
  maxTotalFileSize: size('max-total-file-size'),
  maxNumberOfFiles: count('max-number-of-files'),
  minNumberOfFiles: count('min-number-of-files'),
  autoProceed: flag('auto-proceed', readFlag),
  name: { name: 'name', read: readText },
  required: flag('required'),
  disabled: flag('disabled'),
  // Without it as the page is.
  theme: { ...oneOf('theme', 'auto', 'light', 'dark'), usual: undefined },
  mode: oneOf('mode', 'inline', 'button', 'modal', 'page', 'image'),
  view: oneOf('view', 'list', 'grid'),
  target: { name: 'target', read: readText },
  src: { name: 'src', read: readText },
  locale: { name: 'locale', read: readText },
  showKey: flag('show-key', readFlag),
  showLink: flag('show-link', readFlag),
  valueAs: oneOf('value-as', 'keys', 'receipts'),
  quietLeave: flag('quiet-leave', readFlag),
  keepAwake: flag('keep-awake', readFlag),
  pageTitle: flag('page-title', readFlag),
  pageBadge: flag('page-badge', readFlag),
  sortable: flag('sortable', readFlag),
  selectable: flag('selectable', readFlag),
}

/** What `observedAttributes` has to name. */
export const OBSERVED = [...Object.values(ATTRIBUTES).map(({ name }) => name), 'lang', 'dir']

/** Reads the attributes of one element. */
export class Attributes {
  /** What was complained about already. @type {Set<string>} */
  #told = new Set()

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element
  }

  /** The value of an attribute, or `undefined` when it is not there or makes no sense. @param {string} property */
  get(property) {
    const { name, read, wanted } = ATTRIBUTES[property]
    const text = this.element.getAttribute(name)
    if (text === null) return undefined
    // An empty value is how templates say "none".
    const value = text === '' && wanted ? undefined : read(text)
    if (value === undefined && text !== '') this.complain(`${name}="${text.slice(0, 100)}"`, wanted)
    return value
  }

  /** @param {string} property @param {unknown} value */
  set(property, value) {
    const { name, flag: isFlag } = ATTRIBUTES[property]
    if (isFlag) this.element.toggleAttribute(name, Boolean(value))
    else if (value === undefined || value === null) this.element.removeAttribute(name)
    else this.element.setAttribute(name, String(value))
  }

  /** What the attributes say, as options of an uploader. */
  options() {
    const isImage = this.get('mode') === 'image'
    const accept = this.get('accept') || (isImage ? 'image/*' : '')
    return {
      ...this.#given(['host', 'timeout', 'limit', 'autoProceed']),
      ...(this.get('directory') ? { directories: true } : {}),
      restrictions: {
        // As with a plain file input: one file, unless said otherwise.
        ...(this.get('multiple') && !isImage ? {} : { maxNumberOfFiles: 1 }),
        ...this.#given(['maxFileSize', 'minFileSize', 'maxTotalFileSize', 'maxNumberOfFiles', 'minNumberOfFiles']),
        ...(accept ? { allowedFileTypes: toTypes(String(accept)) } : {}),
      },
    }
  }

  /** @param {string[]} properties @returns {Record<string, unknown>} */
  #given(properties) {
    return Object.fromEntries(properties.map((name) => [name, this.get(name)]).filter(([, value]) => value !== undefined))
  }

  /** Once for each. @param {string} what @param {string} [wanted] what it is not @param {string} [then] */
  complain(what, wanted = 'understood', then = ', so the default is used') {
    if (this.#told.has(what)) return
    this.#told.add(what)
    console.warn(`filechute: config.attribute: ${what} is not ${wanted}${then}`, this.element)
  }
}

/** The entries of an `accept` attribute. @param {string} accept */
export const toTypes = (accept) => accept.split(',').map((entry) => entry.trim()).filter(Boolean)

/**
 * Gives a class one accessor per attribute, on the prototype, where frameworks look for them.
 * @param {{prototype: object}} target
 * @param {(element: any) => Attributes} attributes
 */
export function reflect(target, attributes) {
  for (const [property, { flag: isFlag, wanted, usual }] of Object.entries(ATTRIBUTES)) {
    Object.defineProperty(target.prototype, property, {
      configurable: true,
      enumerable: true,
      get() {
        const value = attributes(this).get(property)
        return isFlag ? value === true : (value ?? usual ?? (wanted ? undefined : ''))
      },
      set(value) {
        attributes(this).set(property, value)
      },
    })
  }
}
