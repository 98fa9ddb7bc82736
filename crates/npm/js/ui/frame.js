// Everything around the list, worked out for one look at it, and what a screen reader is told meanwhile.

import { hint, summary } from './model.js'
import { count } from './words.js'

/** @typedef {import('../index.js').Totals} Totals */

/**
 * @typedef {object} State
 * @property {Totals | undefined} totals
 * @property {import('./panel.js').Settings} settings
 * @property {import('./files.js').Files | undefined} files
 * @property {boolean} full files wait for an uploader
 * @property {boolean} dragging
 * @property {boolean} filtered
 * @property {string} flash what is said for a moment
 */

export class Teller {
  /** Quarter of the upload that was announced last, while one is under way; -1 while there is no network. @type {number | undefined} */
  #quarter
  #said = { status: '', alert: '' }

  /** @param {State} state @returns {import('./panel.js').Frame} */
  frame({ totals, settings, files, full, dragging, filtered, flash }) {
    const { strings, accept, autoProceed, restrictions, mode } = settings
    const now = totals && totals.files > 0 ? summary(totals, autoProceed, files?.retryable ?? false, strings) : undefined
    const [noteTitle, note] = files?.note(strings) ?? ['', '']
    this.#said = {
      status: now && totals ? this.#announce(totals, now.headline, settings) : '',
      alert: files?.alert(this.#said.alert, Boolean(totals?.failed), strings) ?? '',
    }
    return {
      status: flash || this.#said.status,
      alert: this.#said.alert,
      full: now !== undefined || full,
      closed: totals !== undefined && totals.files >= restrictions.maxNumberOfFiles,
      dragging,
      filtered,
      offline: totals !== undefined && !totals.isOnline && totals.active > 0,
      // Of one picture there can be one.
      hint: hint(mode === 'image' ? { ...restrictions, maxNumberOfFiles: undefined } : restrictions, accept, strings),
      summary: now,
      noteTitle,
      note,
      duplicates: noteTitle !== '' && (files?.duplicates.length ?? 0) > 0,
      unfinished: Boolean(files?.unfinished.length),
    }
  }

  /** The start, each quarter, and whatever is true while nothing moves. @param {Totals} totals @param {string} headline @param {import('./panel.js').Settings} settings */
  #announce({ active, percentage, isOnline }, headline, { strings }) {
    const before = this.#quarter
    this.#quarter = active > 0 ? (isOnline ? Math.floor(percentage / 25) : -1) : undefined
    if (this.#quarter === undefined) return headline
    if (before === undefined) return count(strings.startUploading, active, strings)
    return this.#quarter > before || this.#quarter < 0 ? headline : this.#said.status
  }
}
