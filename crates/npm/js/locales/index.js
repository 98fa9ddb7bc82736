// The languages there are, each in a file of its own that is fetched when it is wanted.

/** @typedef {import('../ui/strings.js').Strings} Strings */

/** Written out one by one, so that bundlers see each file. @type {{[code: string]: () => Promise<{default: Strings}>}} */
const FILES = {
  en: () => import('./en.js'),
  de: () => import('./de.js'),
  fr: () => import('./fr.js'),
  es: () => import('./es.js'),
  it: () => import('./it.js'),
  'pt-BR': () => import('./pt-BR.js'),
  nl: () => import('./nl.js'),
  pl: () => import('./pl.js'),
  ru: () => import('./ru.js'),
  uk: () => import('./uk.js'),
  tr: () => import('./tr.js'),
  ar: () => import('./ar.js'),
  he: () => import('./he.js'),
  'zh-CN': () => import('./zh-CN.js'),
  ja: () => import('./ja.js'),
  ko: () => import('./ko.js'),
}

/** All of them. */
export const codes = Object.freeze(Object.keys(FILES))

/**
 * The code of the language that serves a reader of that tag best: the same language in the same script, whatever the
 * country. `pt-PT` gets `pt-BR` and `iw` gets `he`, but `zh-TW` nothing, for it is not written in simplified characters.
 * @param {string} tag as in the attribute `lang`; `de_AT` will do as well
 * @returns {string | undefined}
 */
export function resolve(tag) {
  const wanted = written(tag)
  return wanted && codes.find((code) => written(code) === wanted)
}

/**
 * The strings of that language.
 * @param {string} code one of `codes`, as `resolve` gives it
 * @returns {Promise<Strings | undefined>} `undefined` where there is no such file; fails when it cannot be fetched
 */
export async function load(code) {
  return Object.hasOwn(FILES, code) ? (await FILES[code]()).default : undefined
}

/** Language and script of a tag: `zh-SG` → `zh-Hans`. @param {string} tag @returns {string | undefined} */
function written(tag) {
  try {
    const locale = new Intl.Locale(tag.replaceAll('_', '-'))
    const { language, script } = locale.maximize()
    // What names no language would get the likeliest one of its country, or English.
    return /^und\b/.test(locale.baseName) ? undefined : `${language}-${script}`
  } catch {
    return undefined
  }
}
