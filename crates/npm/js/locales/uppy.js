// Takes over the words of an application that comes from Uppy: a locale pack of `@uppy/locales`, or one of its own.

import { EN } from '../ui/strings.js'

/** @typedef {import('../ui/strings.js').Strings} Strings */
/** @typedef {import('../ui/strings.js').Forms} Forms */
/** @typedef {string | {[index: string]: string}} Text one text, or one for each index that `pluralize` gives */
/** @typedef {{strings?: {[key: string]: Text | undefined}, pluralize?: (n: number) => number}} Pack */

/** A text of Uppy's that tells no percentage, no name or no size gets it added here. `%` is the text. */
const PERCENT = ['% {0}']
const PAUSED_AT = ['% · {0}']
const OF_FILE = ['% – {0}']
const ABOUT_FILE = ['{0} – %']
/** As Uppy 1 did it: the size follows the text. */
const ABOUT_SIZE = ['{0} – %', '% {1}']

/**
 * Our name; Uppy's, of which the first that the pack has counts; the names of Uppy's placeholders for `{0}`, `{1}`; and
 * what to do where they are missing.
 * @type {[keyof Strings, string, string?, string[]?][]}
 */
const TABLE = [
  ['chooseFiles', 'browseFiles'],
  ['chooseFolder', 'browseFolders'],
  ['addMore', 'addMore'],
  ['dropNow', 'dropHint'],
  ['preparing', 'preparingUpload creatingAssembly'],
  ['uploading', 'uploading', '', PERCENT],
  ['paused', 'paused uploadPaused'],
  ['uploaded', 'uploadComplete complete'],
  ['cancelFile', 'cancelUpload', 'file', OF_FILE],
  ['removeFile', 'removeFile', 'file', OF_FILE],
  ['retryFile', 'retryUpload retry', 'file', OF_FILE],
  ['pauseFile', 'pauseUpload pause', 'file', OF_FILE],
  ['resumeFile', 'resumeUpload resume', 'file', OF_FILE],
  ['editFile', 'editFileWithFilename editFile', 'file', OF_FILE],
  ['copyLink', 'copyLink', 'file', OF_FILE],
  ['upload', 'uploadXFiles', 'smart_count'],
  ['pauseAll', 'pause'],
  ['resumeAll', 'resume'],
  ['cancelAll', 'cancel'],
  ['retryFailed', 'retry'],
  ['allReady', 'xFilesSelected', 'smart_count'],
  ['allPaused', 'paused uploadPaused', '', PAUSED_AT],
  ['allUploaded', 'complete uploadComplete'],
  ['allFailed', 'uploadFailed'],
  ['ofFiles', 'filesUploadedOfTotal', 'smart_count complete'],
  ['ofBytes', 'dataUploadedOfTotal', 'complete total'],
  ['timeLeft', 'xTimeLeft', 'time'],
  ['goOn', 'resume'],
  ['chooseAgain', 'reSelect'],
  ['offline', 'noInternetConnection'],
  ['startUploading', 'uploadingXFiles', 'smart_count'],
  ['close', 'closeModal'],
  ['done', 'done'],
  ['dropAnywhere', 'dropHint'],
  ['save', 'save saveChanges'],
  ['cancel', 'cancel'],
  ['tooLargeLimit', 'exceedsSize', 'file size', ABOUT_SIZE],
  ['tooSmallLimit', 'inferiorSize', 'file size', ABOUT_SIZE],
  ['required', 'missingRequiredMetaFields', 'fields'],
  ['failed', 'uploadFailed'],
  ['notAccepted', 'youCanOnlyUploadFileTypes', 'file types', ABOUT_SIZE],
  ['largerThan', 'exceedsSize', 'file size', ABOUT_SIZE],
  ['smallerThan', 'inferiorSize', 'file size', ABOUT_SIZE],
  ['atMostFiles', 'youCanOnlyUploadX', 'smart_count'],
  ['duplicate', 'noDuplicates', 'fileName', ABOUT_FILE],
  ['noMoreFiles', 'noMoreFilesAllowed noNewAlreadyUploading'],
  ['emptyFolder', 'emptyFolderAdded', 'folder', ABOUT_FILE],
  ['atLeastFiles', 'youHaveToAtLeastSelectX', 'smart_count'],
  ['tryAgain', 'retry'],
]

/** Uppy has these in the middle of a sentence, where here they are a button. @type {ReadonlySet<keyof Strings>} */
const CAPITAL = new Set(/** @type {(keyof Strings)[]} */ (['chooseFiles', 'chooseFolder']))

/**
 * What a pack of Uppy's says, by the names it has here. What Uppy has no words for is missing, and so is a text with a
 * value that is not to be had here: lay the result over a whole set, `{ ...EN, ...fromUppy(pack, 'fi') }`.
 * @param {Pack} pack
 * @param {string} [language] the pack's, since it does not tell: `fi`, or as its file is named, `fi_FI`. Without one the
 *   result has no `locale`, and the plurals are for English rules.
 * @returns {Partial<Strings>}
 */
export function fromUppy(pack, language) {
  const locale = language === undefined ? undefined : canonical(language)
  const strings = pack.strings ?? {}
  const indices = plurals(pack.pluralize ?? ((n) => (n === 1 ? 0 : 1)), locale ?? 'en')
  /** @type {{[name: string]: string | Forms}} */
  const result = locale ? { locale, direction: direction(locale) } : {}
  for (const [name, keys, values = '', additions = []] of TABLE) {
    const text = keys.split(' ').map((key) => (Object.hasOwn(strings, key) ? strings[key] : undefined)).find(Boolean)
    if (!text) continue
    const translated = (/** @type {number} */ index) => {
      const one = typeof text === 'string' ? text : (text[index] ?? Object.values(text).at(-1))
      const whole = typeof one === 'string' ? complete(places(one, values.split(' ')), additions) : undefined
      return whole && CAPITAL.has(name) ? capital(whole, locale) : whole
    }
    if (typeof EN[name] === 'string') {
      const one = translated(indices.get('one') ?? 0)
      if (one) result[name] = one
    } else {
      const entries = typeof text === 'string' ? [['other', 0]] : [...indices]
      const forms = entries.map(([category, index]) => [category, translated(/** @type {number} */ (index))])
      if (forms.every(([, form]) => form)) result[name] = Object.fromEntries(forms)
    }
  }
  return /** @type {Partial<Strings>} */ (result)
}

/** `%{file}` becomes the number of `file` among the values; a text with an unknown one is of no use. @param {string} text @param {string[]} values */
function places(text, values) {
  let known = true
  const result = text.replace(/%\{\s*(\w+)\s*\}/g, (_, name) => {
    const at = values.indexOf(name)
    known &&= at >= 0
    return `{${at}}`
  })
  return known ? result : undefined
}

/** @param {string | undefined} text @param {string[]} additions */
const complete = (text, additions) =>
  text && additions.reduce((text, addition) => {
    const [place] = /\{\d\}/.exec(addition) ?? ['']
    return text.includes(place) ? text : addition.replace('%', () => text)
  }, text)

/** Numbers to learn from which index a pack has where `Intl` has which category: whole ones that languages tell apart, and fractions. */
const SAMPLES = [...Array.from({ length: 199 }, (_, at) => at + 2), 0, 1000, 1_000_000, 0.5, 1.5]

/**
 * The pack's index for each plural category of the language. Where it has several, as for a pack that tells 1 from the
 * rest only, `one` gets that of 1 and the others that of most numbers.
 * @param {(n: number) => number} pluralize @param {string} locale
 */
function plurals(pluralize, locale) {
  const rules = new Intl.PluralRules(locale)
  /** @type {Map<string, number>} */
  const indices = new Map()
  for (const category of rules.resolvedOptions().pluralCategories) {
    /** @type {Map<number, number>} */
    const times = new Map()
    for (const n of category === rules.select(1) && category !== 'other' ? [1] : SAMPLES) {
      if (rules.select(n) !== category) continue
      const index = pluralize(n)
      times.set(index, (times.get(index) ?? 0) + 1)
    }
    const [[most] = [pluralize(1.5)]] = [...times].sort(([, a], [, b]) => b - a)
    indices.set(category, most)
  }
  return indices
}

/** @param {string} language */
function canonical(language) {
  try {
    return new Intl.Locale(language.replaceAll('_', '-')).toString()
  } catch {
    return undefined
  }
}

/** Scripts written from right to left, of those with a language that Uppy or a browser may be set to. */
const RIGHT_TO_LEFT = new Set(['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo', 'Adlm', 'Rohg'])

/** @param {string} locale */
const direction = (locale) => (RIGHT_TO_LEFT.has(new Intl.Locale(locale).maximize().script ?? '') ? 'rtl' : 'ltr')

/** @param {string} text @param {string | undefined} locale */
function capital(text, locale) {
  const [first = ''] = text
  return first.toLocaleUpperCase(locale ?? 'en') + text.slice(first.length)
}
