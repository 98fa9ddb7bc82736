// The element as a form control: its value is the S3 key of each uploaded file, or a receipt, under its name, and a form
// cannot be sent while uploads run. Without WebAssembly the picked files themselves are the value, as with a plain file input.

import { count } from './ui/words.js'

/** @typedef {import('./index.js').UploadFile} UploadFile */

/** The whole value is told anew each time, so of so many files not for each one that arrives. */
const MANY = 200
const LATER_MS = 250

export class FormControl {
  /** What was uploaded, by file id. @type {Map<string, UploadFile>} */
  #done = new Map()
  /** All files by id, in the order of the list. @type {Set<string>} */
  order = new Set()
  /** Stands in for the keys when there is no uploader. @type {File[] | undefined} */
  #files
  #queued = false
  /** The value is another than the page was told of. */
  #changed = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later

  /**
   * @param {HTMLElement & {name: string, required: boolean, sortable: boolean, valueAs: 'keys' | 'receipts'}} element
   * @param {ElementInternals | undefined} internals
   * @param {() => Element | undefined} anchor where the browser shows its message
   * @param {() => import('./ui/strings.js').Strings} strings
   * @param {() => number | null | undefined} least so many files are asked for, if any
   */
  constructor(element, internals, anchor, strings, least) {
    this.element = element
    this.internals = internals
    this.anchor = anchor
    this.strings = strings
    this.least = least
    /** Files that are under way and that nobody has started. */
    this.counts = { running: 0, idle: 0 }
  }

  /** What was uploaded: in the order of the list where people can change that, else in the order the uploads ended. */
  get #all() {
    return this.element.sortable ? [...this.order].flatMap((id) => this.#done.get(id) ?? []) : [...this.#done.values()]
  }

  /** The keys. @returns {string[]} */
  get value() {
    return this.#all.map((file) => file.meta?.key ?? '')
  }

  /** How many that are. */
  get size() {
    return this.#done.size
  }

  /** What the form sends: keys, or all that is known of each file. */
  get #values() {
    if (this.#files) return this.#files
    return this.element.valueAs === 'receipts' ? this.#all.map(receiptOf) : this.value
  }

  /** @param {UploadFile} file */
  done(file) {
    this.#done.set(file.id, file)
    this.#change()
  }

  /** @param {UploadFile} file */
  removed(file) {
    this.order.delete(file.id)
    if (this.#done.delete(file.id)) this.#change()
  }

  /** The person put the files in this order. @param {string[]} ids */
  sort(ids) {
    // Behind those that the browser brought back, which no list knows.
    for (const id of ids) if (this.order.delete(id)) this.order.add(id)
    if (this.#done.size > 1) this.#change()
  }

  #change() {
    this.#changed = true
    this.queue()
  }

  /** @param {import('./index.js').Totals} totals */
  count(totals) {
    const running = totals.active + totals.paused
    if (running === this.counts.running && totals.idle === this.counts.idle) return
    this.counts = { running, idle: totals.idle }
    this.queue()
  }

  /** The plain files as value, or none any more. @param {File[]} [files] */
  fallBack(files) {
    this.#files = files
    this.queue()
  }

  /** Tells the form, once for all that happens in one go; of many files while more are on their way, now and then. */
  queue() {
    if (this.#queued || !this.internals?.setFormValue) return
    const many = this.counts.running > 0 && this.#done.size > MANY
    this.#queued = !many
    if (many) this.#later ??= setTimeout(() => this.flush(), LATER_MS)
    else queueMicrotask(() => this.flush())
  }

  /** Whether nothing in the list is left to be uploaded. */
  get isFull() {
    return this.#done.size === this.order.size
  }

  /** Tells it what it has not been told yet. */
  flush() {
    if (!this.#queued && this.#later === undefined) return
    clearTimeout(this.#later)
    this.#later = undefined
    this.#queued = false
    this.#tell(/** @type {ElementInternals} */ (this.internals))
    if (!this.#changed) return
    this.#changed = false
    this.element.dispatchEvent(new Event('change', { bubbles: true }))
  }

  /** @param {ElementInternals} internals */
  #tell(internals) {
    const { name } = this.element
    const values = this.#values
    if (name && values.length > 0) {
      const data = new FormData()
      for (const value of values) data.append(name, value)
      // What the browser gives back when the form returns: see `ui/restored.js`.
      internals.setFormValue(data, `[${this.#all.map(receiptOf)}]`)
    } else {
      internals.setFormValue(null)
    }
    const problem = this.#problem(values.length)
    if (problem) internals.setValidity(problem.flags, problem.message, /** @type {HTMLElement} */ (this.anchor()))
    else internals.setValidity({})
  }

  /** @param {number} values */
  #problem(values) {
    const strings = this.strings()
    if (!this.#files) {
      if (this.counts.running > 0) return { flags: { customError: true }, message: strings.formRunning }
      if (this.counts.idle > 0) return { flags: { customError: true }, message: strings.formIdle }
    }
    if (this.element.required && values === 0) return { flags: { valueMissing: true }, message: strings.formMissing }
    const least = this.least() ?? 0
    // Some of what was uploaded may have been taken out again.
    if (values > 0 && values < least) return { flags: { customError: true }, message: count(strings.atLeastFiles, least, strings) }
    return undefined
  }
}

/** A file as a server may want to check it: JSON. @param {UploadFile} file */
function receiptOf({ name, type, size, meta, response }) {
  const { bucket, etag, checksum, publicUrl } = response?.body ?? {}
  return JSON.stringify({ key: meta?.key, url: publicUrl, name, type, size, bucket, etag, checksum, verified: response?.verified ?? undefined })
}
