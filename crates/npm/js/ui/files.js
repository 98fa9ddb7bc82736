// What the interface keeps in mind about the files of an uploader, between two looks at it: their order, what was refused,
// what failed. Each event costs the same, however many files there are.

import { displayName } from '../names.js'
import { rejection } from '../texts.js'
import { Uploader } from '../uploader.js'
import { why } from './model.js'
import { count } from './words.js'

/** @typedef {import('./strings.js').Strings} Strings */

/** The note says so many reasons, then a number. */
const MOST_REASONS = 4
/** So many files wait for a choice. */
const MOST_DUPLICATES = 1000

export class Files {
  /** @type {string[]} */
  #ids = []
  /** Those to be taken out of `#ids` before it is used. @type {Set<string>} */
  #gone = new Set()
  /** All that failed and were not tried again. @type {Set<string>} */
  #failed = new Set()
  /** Failed files that it makes sense to try again. @type {string[]} */
  #retryable = []
  /** Reasons not yet dismissed, in the language that is asked for, the same one only once; and how many files they are about. */
  #reasons = /** @type {Array<(strings: Strings) => string>} */ ([])
  #refused = 0
  /** What the note says instead when an upload could not start. @type {((strings: Strings) => string) | undefined} */
  #stopped
  /** Refused since they are in the list already; what the person makes of them is open. @type {any[]} */
  duplicates = []
  /** Errors not yet announced. */
  #errors = { text: '', count: 0 }
  /** What an earlier page left. @type {import('../index.js').UnfinishedUpload[]} */
  unfinished = []

  /**
   * @param {Uploader} uploader @param {() => import('./panel.js').Settings} settings @param {() => void} changed asks for a look
   * @param {string[]} [order] of the files that are there already
   */
  constructor(uploader, settings, changed, order) {
    this.uploader = uploader
    this.settings = settings
    for (const file of uploader.getFiles()) {
      this.#ids.push(file.id)
      if (file.status !== 'failed') continue
      this.#failed.add(file.id)
      if (file.failure?.retryable) this.#retryable.push(file.id)
    }
    if (order) this.#ids = order
    const restored = (/** @type {any} */ records) => {
      this.unfinished = records
      changed()
    }
    this.offs = [
      uploader.on('file-added', ({ id }) => this.#ids.push(id)),
      uploader.on('file-removed', ({ id }) => {
        this.#gone.add(id)
        this.#failed.delete(id)
      }),
      uploader.on('upload-retry', ({ id }) => this.#failed.delete(id)),
      // All that failed are, and a list of them is not made for this.
      Uploader.hear(uploader, 'retry-all', () => this.#failed.clear()),
      uploader.on('restriction-failed', (file, error) => {
        this.#refuse(file, error)
        changed()
      }),
      uploader.on('upload-error', (file, error) => this.#fail(file, error)),
      uploader.on('restored', restored),
    ]
    uploader.getUnfinished().then(restored, () => {})
  }

  stop() {
    for (const off of this.offs) off()
  }

  /** All files in their order. @returns {string[]} */
  get ids() {
    if (this.#gone.size > 0) this.#ids = this.#ids.filter((id) => !this.#gone.has(id))
    this.#gone.clear()
    return this.#ids
  }

  /** @param {string[]} ids all of them */
  set ids(ids) {
    this.#ids = ids
  }

  /** The failed ones, in their order. */
  get failed() {
    return this.ids.filter((id) => this.#failed.has(id))
  }

  /** Whether a failed file may be tried again. */
  get retryable() {
    // Only the last one matters, so only the last ones are looked at.
    for (;;) {
      const id = this.#retryable.at(-1)
      if (id === undefined) return false
      const file = this.uploader.getFile(id)
      if (file?.status === 'failed' && file.failure?.retryable) return true
      this.#retryable.pop()
    }
  }

  /** The person has seen what was refused, or does something new. @param {boolean} all and not only why an upload did not start */
  forget(all) {
    this.#stopped = undefined
    if (!all) return
    this.#reasons = []
    this.#refused = 0
    this.duplicates = []
  }

  /** Why an upload did not start. @param {string} text */
  stopUpload(text) {
    this.#stopped = () => text
  }

  /** Title and lines about files that were not added. @param {Strings} strings @returns {[title: string, lines: string]} */
  note(strings) {
    if (this.#stopped) return ['', this.#stopped(strings)]
    if (this.#refused === 0) return ['', '']
    const lines = this.#reasons.map((say) => say(strings))
    const rest = this.#refused - lines.length
    // One reason for all, for instance the number of files, stands for itself.
    if (rest > 0 && lines.length > 1) lines.push(count(strings.andMore, rest, strings))
    const title = this.duplicates.length === this.#refused ? strings.duplicates : strings.notAdded
    return [count(title, this.#refused, strings), lines.join('\n')]
  }

  /** What to say at once about failed files: once. @param {string} before @param {boolean} failed whether there are any @param {Strings} strings */
  alert(before, failed, strings) {
    const { text, count: many } = this.#errors
    this.#errors = { text: '', count: 0 }
    if (many === 0) return failed ? before : ''
    return many === 1 ? text : count(strings.filesFailed, many, strings)
  }

  /** @param {any} file @param {import('../errors.js').RestrictionError} error */
  #refuse(file, { message, code, limits }) {
    // In the words of the interface, which may be of another language than the error's.
    const say = (/** @type {Strings} */ strings) => (limits ? rejection({ code, ...limits }, file?.name ?? '', strings) : message)
    if (!file) {
      this.#stopped = say
      return
    }
    this.#refused += 1
    if (code === 'duplicate' && file.data && this.duplicates.length < MOST_DUPLICATES) this.duplicates.push(file)
    const strings = this.settings().strings
    if (this.#reasons.length < MOST_REASONS && !this.#reasons.some((one) => one(strings) === say(strings))) this.#reasons.push(say)
  }

  /** @param {import('../index.js').UploadFile} file @param {import('../index.js').UploadError} error */
  #fail(file, error) {
    this.#failed.add(file.id)
    if (error.retryable) this.#retryable.push(file.id)
    const name = displayName(file.name)
    const { strings, metaFields } = this.settings()
    const text = file.failure ? why(file.failure, file.name, strings, metaFields) : error.message
    this.#errors = { text: text.includes(name) ? text : `${name}: ${text}`, count: this.#errors.count + 1 }
  }
}
