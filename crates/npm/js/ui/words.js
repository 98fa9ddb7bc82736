// How words, numbers, sizes and durations are put together in the language of a set of strings. Everything that depends
// on the language and is no word comes from `Intl`.

/** @typedef {import('./strings.js').Strings} Strings */
/** @typedef {import('./strings.js').Forms} Forms */

/** The template with `{0}`, `{1}` … replaced. @param {unknown} template a string, where a page gave none of its own @param {...string} values */
export const fill = (template, ...values) => `${template}`.replace(/\{(\d)\}/g, (place, at) => values[at] ?? place)

/** Formatters cost much to make and nothing to keep. @type {Map<string, any>} */
const made = new Map()

/** @template T @param {string} kind @param {string} locale @param {object | undefined} options @param {new (locale: string, options: any) => T} Kind @returns {T} */
function format(kind, locale, options, Kind) {
  const key = kind + locale
  let one = made.get(key)
  if (!one) {
    try {
      one = new Kind(locale, options)
    } catch {
      // A language that is no language tag.
      one = new Kind('en', options)
    }
    made.set(key, one)
  }
  return one
}

/** @param {number} value @param {Strings} strings */
export const number = (value, { locale }) => format('number', locale, undefined, Intl.NumberFormat).format(value)

/** @param {number} value 0–100 @param {Strings} strings */
export const percent = (value, { locale }) => format('percent', locale, { style: 'percent' }, Intl.NumberFormat).format(value / 100)

/** The form for that many, filled with the number as `{0}` and what else there is. @param {Forms} forms @param {number} n @param {Strings} strings @param {...string} more */
export const count = (forms, n, strings, ...more) =>
  fill(forms[format('plural', strings.locale, undefined, Intl.PluralRules).select(n)] ?? forms.other ?? forms, number(n, strings), ...more)

/** @param {string[]} entries @param {Strings} strings */
export const list = (entries, { locale }) => format('list', locale, { type: 'unit', style: 'short' }, Intl.ListFormat).format(entries)

const UNITS = ['', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte']

/**
 * A size as people read it, in powers of 1000 as file managers and S3's price list have it: `999 B`, `1.2 MB`, `17 GB`.
 * Never rounded up: a file of 10 MB is not told to be larger than 10 MB.
 * @param {number} size @param {Strings} strings
 */
export function bytes(size, strings) {
  let at = 0
  let value = Math.max(0, size)
  for (; value >= 1000 && at < UNITS.length - 1; at += 1) value /= 1000
  value = value < 10 ? Math.floor(value * 10 + 1e-9) / 10 : Math.floor(value)
  return at === 0 ? fill(strings.bytes, number(value, strings)) : unit(value, UNITS[at], 'short', 1, strings)
}

/** A duration as people read it: `5s`, `1m 05s`, `2h 03m`. @param {number} ms @param {Strings} strings */
export function duration(ms, strings) {
  const seconds = Math.ceil(ms / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const part = (/** @type {number} */ value, /** @type {string} */ name, /** @type {number} */ digits) => unit(value, name, 'narrow', digits, strings)
  if (hours > 0) return `${part(hours, 'hour', 1)} ${part(minutes, 'minute', 2)}`
  return minutes > 0 ? `${part(minutes, 'minute', 1)} ${part(seconds % 60, 'second', 2)}` : part(seconds, 'second', 1)
}

/** @param {number} value @param {string} name @param {string} unitDisplay @param {number} minimumIntegerDigits @param {Strings} strings */
function unit(value, name, unitDisplay, minimumIntegerDigits, { locale }) {
  const options = { style: 'unit', unit: name, unitDisplay, minimumIntegerDigits, maximumFractionDigits: 1 }
  return format(name + minimumIntegerDigits, locale, options, Intl.NumberFormat).format(value)
}
