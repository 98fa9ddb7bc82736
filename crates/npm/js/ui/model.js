// What the interface says, worked out from files and sums alone: no document in here, so it is tested without a browser.

import { displayName, shorten, visible } from '../names.js'
import { acceptedTypes, message } from '../texts.js'
import { COPY, EDIT, family, LINK, PAUSE, RESUME, RETRY } from './icons.js'
import { bytes, count, duration, fill, list, number, percent } from './words.js'

/** @typedef {import('./strings.js').Strings} Strings */
/** @typedef {import('../index.js').UploadFile} UploadFile */
/** @typedef {import('../index.js').Totals} Totals */
/** @typedef {{showKey?: boolean, showLink?: boolean, metaFields?: import('./panel.js').MetaField[]}} Offers */
/** @typedef {ReturnType<typeof row>} RowModel */
/** @typedef {ReturnType<typeof summary>} Summary */

/** Names longer than this are cut in the middle when there is no room. */
const LONG_NAME = 12
/** So many characters before the extension are spared. */
const TAIL = 4
/** In what went wrong with a file they are cut to this: the name stands above, and there is room for few words. */
const LONG_IN_ROW = 36
/** Names in a script from right to left are cut to this. */
const LONG_RTL_NAME = 40
/** The blocks Unicode keeps for scripts written from right to left. */
const LEFTWARD = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** So many files a person oversees. */
const FEW = 6
/** Of the phases in which a file shows a bar; `paused` is one once something was sent. */
const MOVING = ['preparing', 'uploading', 'finishing', 'retrying']

/**
 * One line of the list, as it is painted.
 * @param {UploadFile} file @param {Strings} strings
 * @param {Offers} [offers] what a person may do beyond the usual
 * @param {number} [speed] bytes a second, 0 while that is not known
 */
export function row(file, strings, offers = {}, speed = 0) {
  const whole = file.meta?.name || file.name
  const name = displayName(whole)
  const { bytesUploaded, percentage } = file.progress
  const shown = percent(percentage, strings)
  const size = bytes(file.size, strings)
  const of = fill(strings.ofBytes, bytes(bytesUploaded, strings), size)
  const active = file.status === 'queued' || MOVING.includes(file.status)
  return {
    ...split(name, file.extension),
    title: visible(whole),
    family: family(file.type, file.extension),
    size: file.status === 'uploading' ? of : size,
    words: words(file, shown, strings, offers),
    pace: file.status === 'uploading' ? pace(speed, ((file.size - bytesUploaded) / speed) * 1000, strings).map((text) => ` · ${text}`).join('') : '',
    state: file.status,
    percent: MOVING.includes(file.status) || (file.status === 'paused' && bytesUploaded > 0) ? percentage : undefined,
    valueText: `${shown}, ${of}`,
    actions: actions(file, strings, offers).map(([verb, label, icon]) => ({ verb, label: fill(label, name), icon })),
    verified: Boolean(file.response?.verified),
    remove: fill(active ? strings.cancelFile : strings.removeFile, name),
  }
}

/**
 * The buttons before the last, at most two: verb, name and icon of each.
 * @param {UploadFile} file @param {Strings} strings @param {Offers} offers
 * @returns {Array<[verb: string, label: string, icon: string]>}
 */
function actions({ status, failure, uploadURL, meta }, strings, { showKey, showLink, metaFields }) {
  /** @type {Array<[boolean | undefined, string, string, string]>} */
  const all = [
    [metaFields && ['idle', 'failed'].includes(status), 'edit', strings.editFile, EDIT],
    [status === 'paused', 'resume', strings.resumeFile, RESUME],
    [status !== 'finishing' && (status === 'queued' || MOVING.includes(status)), 'pause', strings.pauseFile, PAUSE],
    [status === 'failed' && failure?.retryable, 'retry', strings.retryFile, RETRY],
    [status === 'done' && showKey && Boolean(meta.key), 'copy-key', strings.copyKey, COPY],
    [status === 'done' && showLink && Boolean(uploadURL), 'copy-link', strings.copyLink, LINK],
  ]
  return all.filter(([wanted]) => wanted).map(([, ...one]) => one)
}

/** A name in two: the first part may lose its end when there is no room, the second never. @param {string} name @param {string} extension */
function split(name, extension) {
  // Text that runs both ways must not be laid out in two pieces; there the cut is made in the text itself.
  if (LEFTWARD.test(name)) return { head: shorten(name, LONG_RTL_NAME), tail: '' }
  const chars = [...name]
  if (chars.length <= LONG_NAME) return { head: name, tail: '' }
  const at = chars.length - Math.min([...extension].length, 12) - 1 - TAIL
  return { head: chars.slice(0, at).join(''), tail: chars.slice(at).join('') }
}

/** A file's state in words. @param {UploadFile} file @param {string} shown @param {Strings} strings @param {Offers} offers @returns {string} */
function words(file, shown, strings, { metaFields }) {
  switch (file.status) {
    case 'idle': return strings.ready
    case 'queued': return strings.waiting
    case 'preparing': return strings.preparing
    case 'uploading': return fill(strings.uploading, shown)
    case 'finishing': return strings.finishing
    case 'retrying': return file.failure?.kind === 'network' ? fill(strings.retryingSlow, number(file.retries, strings)) : strings.retrying
    case 'paused': return strings.paused
    case 'done': return strings.uploaded
  }
  return file.failure ? why(file.failure, shorten(file.name, LONG_IN_ROW), strings, metaFields) : ''
}

/** Why a file failed. @param {NonNullable<UploadFile['failure']>} failure @param {string} name @param {Strings} strings @param {Offers['metaFields']} fields */
export function why(failure, name, strings, fields) {
  // As people know it.
  const field = fields?.find(({ id }) => failure.code === `meta.${id}`)
  return field ? fill(strings.required, field.name || field.id) : message(failure, name, strings)
}

/**
 * The line about all files, and which buttons make sense.
 * @param {Totals} totals @param {boolean} autoProceed @param {boolean} retryable whether a failed file may be tried again
 * @param {Strings} strings
 */
export function summary(totals, autoProceed, retryable, strings) {
  const { idle, active, paused, failed } = totals
  const [state, headline, detail] = lines(totals, strings)
  return {
    state,
    headline,
    detail,
    percent: active + paused > 0 ? totals.percentage : undefined,
    // Labels of the buttons, empty where one makes no sense.
    upload: idle > 0 && !autoProceed ? count(strings.upload, idle, strings) : '',
    pause: active > 0 ? strings.pauseAll : '',
    resume: active === 0 && paused > 0 ? strings.resumeAll : '',
    retry: active === 0 && failed > 0 && retryable ? strings.retryFailed : '',
    // Where they are not all to be seen at a glance anyway.
    filter: failed > 0 && totals.files > Math.max(failed, FEW),
    clear: active + paused > 0 ? strings.cancelAll : idle > 0 ? strings.removeAll : strings.clear,
  }
}

/** @param {Totals} totals @param {Strings} strings @returns {[state: string, headline: string, detail: string]} */
function lines(totals, strings) {
  const { idle, active, paused, done, failed } = totals
  const started = active + paused + done + failed
  const all = bytes(totals.bytesTotal, strings)
  const ofBytes = fill(strings.ofBytes, bytes(totals.bytesUploaded, strings), all)
  const ofFiles = count(strings.ofFiles, started, strings, number(done, strings))
  if (active > 0) {
    const parts = started > 1 ? [ofFiles, ofBytes] : [ofBytes]
    if (totals.sending > 0 && totals.isOnline) parts.push(...pace(totals.speed, totals.etaMs, strings))
    return ['uploading', headline(totals, strings), parts.join(' · ')]
  }
  if (paused > 0) return ['paused', fill(strings.allPaused, percent(totals.percentage, strings)), `${ofFiles} · ${ofBytes}`]
  if (failed > 0) {
    const both = [count(strings.countUploaded, done, strings), count(strings.countFailed, failed, strings)]
    return ['failed', done > 0 ? list(both, strings) : count(strings.allFailed, failed, strings), all]
  }
  if (idle > 0) return ['idle', count(strings.allReady, idle, strings), bytes(totals.bytesAdded, strings)]
  return ['done', count(strings.allUploaded, done, strings), all]
}

/** Speed and time left, once they are known. @param {number} speed @param {number | null} etaMs @param {Strings} strings */
const pace = (speed, etaMs, strings) =>
  speed > 0 ? [fill(strings.perSecond, bytes(speed, strings)), ...(etaMs === null ? [] : [fill(strings.timeLeft, duration(etaMs, strings))])] : []

/** While files are under way. @param {Totals} totals @param {Strings} strings */
function headline({ active, queued, preparing, finishing, isOnline, percentage }, strings) {
  if (!isOnline) return strings.waitingForNetwork
  if (finishing === active) return strings.finishing
  if (preparing + queued === active && percentage === 0) return strings.preparing
  return fill(strings.uploading, percent(percentage, strings))
}

/**
 * The limits, stated before the person picks: `Images, PDF · up to 10 MB each · up to 5 files`.
 * @param {Record<string, any>} rules the restrictions, sizes in bytes @param {string} accept @param {Strings} strings
 */
export function hint({ allowedFileTypes, maxFileSize, minFileSize, maxTotalFileSize, maxNumberOfFiles, minNumberOfFiles }, accept, strings) {
  const types = acceptedTypes(allowedFileTypes?.join(',') || accept, strings)
  const given = (/** @type {number | null | undefined} */ value) => value !== undefined && value !== null
  return [
    types && types[0].toUpperCase() + types.slice(1),
    // A file that must not be empty is told when it is.
    minFileSize > 1 && fill(strings.atLeastSize, bytes(minFileSize, strings)),
    given(maxFileSize) && fill(strings.upToSize, bytes(maxFileSize, strings)),
    given(maxTotalFileSize) && fill(strings.upToTotal, bytes(maxTotalFileSize, strings)),
    given(maxNumberOfFiles) && count(strings.upToFiles, maxNumberOfFiles, strings),
    minNumberOfFiles > 1 && count(strings.atLeastFiles, minNumberOfFiles, strings),
  ].filter(Boolean).join(' · ')
}

/** Rows above and below those in view. */
const OVERSCAN = 4
/** While the list has no height of its own, for instance in a closed dialog. */
const UNSEEN = 8
/** No screen shows more; a guard against a page that gives the list no limit. */
const MOST = 200

/**
 * Which rows stand in the document: those in view and a few above and below.
 * @param {number} all @param {number} scrolled @param {number} height of the view @param {number} row its height
 * @returns {[start: number, end: number]}
 */
export function range(all, scrolled, height, row) {
  if (!(row >= 1)) return [0, Math.min(all, UNSEEN)]
  const inView = height >= 1 ? Math.min(Math.floor(height / row) + 2, MOST) : UNSEEN
  // Past the end when files went while the list was scrolled down; below 0 where a list can be pulled beyond its end.
  const first = Math.max(0, Math.min(Math.floor(scrolled / row) || 0, all - inView))
  const end = Math.min(first + inView + OVERSCAN, all)
  return [Math.min(Math.max(0, first - OVERSCAN), end), end]
}
