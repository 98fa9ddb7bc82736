// The words of the interface: those of a language, which are fetched when it is wanted, and an application's own above them.

import { EN } from './strings.js'

/** @typedef {import('./strings.js').Strings} Strings */

export class Language {
  #wanted = ''
  /** @type {Strings} */
  #learned = EN
  /** @type {Partial<Strings> | undefined} */
  #own
  /** @type {Strings} */
  strings = EN

  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed
  }

  /** The direction that comes along; English is what nobody chose. @returns {string | undefined} */
  get direction() {
    return this.#learned === EN ? undefined : this.#learned.direction
  }

  get own() {
    return this.#own
  }

  /** Words that differ from those of the language. @param {Partial<Strings> | undefined} own */
  set own(own) {
    this.#own = own
    this.#choose()
  }

  /** Until the words are there, and where there are none, it is English. @param {string} tag as in the attribute `lang` */
  async speak(tag) {
    if (tag === this.#wanted) return
    this.#wanted = tag
    const learned = /^(en\b|$)/i.test(tag) ? EN : await fetchWords(tag)
    // Another one was wanted meanwhile.
    if (tag !== this.#wanted || learned === this.#learned) return
    this.#learned = learned
    this.#choose()
  }

  #choose() {
    this.strings = this.#own ? { ...this.#learned, ...this.#own } : this.#learned
    this.changed()
  }
}

/** @param {string} tag @returns {Promise<Strings>} */
async function fetchWords(tag) {
  try {
    const { load, resolve } = await import('../locales/index.js')
    const code = resolve(tag)
    const words = code && (await load(code))
    return words ? { ...EN, ...words } : EN
  } catch (error) {
    console.warn(`filechute: the words for "${tag}" could not be loaded`, error)
    return EN
  }
}
