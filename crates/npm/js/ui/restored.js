// What a form had when the browser brings it back, from its history or after a reload: files that were uploaded before. Their
// keys are part of the form's value again, and a list says so. Loaded when a browser brings something back.

import { displayName } from '../names.js'
import { icon, make, put } from './dom.js'
import { REMOVE } from './icons.js'
import { fill } from './words.js'

/** Longest state read, in characters, and most files of it. */
const LONGEST = 4 << 20
const MOST = 10_000
/** So many are listed. */
const MOST_ROWS = 100
/** Longest text of a file: a key has 1,024 bytes. */
const LONGEST_TEXT = 4096

/**
 * The files in a state, as `form-control.js` wrote it. It lay with the browser, where a page of the same origin may have put
 * anything: what is no list of keys is nothing.
 * @param {unknown} state @returns {any[]}
 */
export function readState(state) {
  if (typeof state !== 'string' || state.length > LONGEST) return []
  try {
    const list = JSON.parse(state)
    return Array.isArray(list) ? list.slice(0, MOST).flatMap((entry, at) => toFile(entry, at) ?? []) : []
  } catch {
    return []
  }
}

/** @param {any} entry @param {number} at */
function toFile(entry, at) {
  const text = (/** @type {string} */ name) => {
    const value = entry?.[name]
    return typeof value === 'string' && value.length <= LONGEST_TEXT ? value : undefined
  }
  const [key, name] = [text('key'), text('name') ?? '']
  if (!key) return undefined
  const size = Number.isSafeInteger(entry.size) && entry.size >= 0 ? entry.size : 0
  const type = text('type') ?? ''
  const body = { key, bucket: text('bucket'), etag: text('etag'), checksum: text('checksum'), publicUrl: text('url') }
  return { id: `restored-${at}`, name, type, size, meta: { key, name, type }, response: { body, verified: text('verified') } }
}

/**
 * Takes a state into the form, and shows it above the list.
 * @param {unknown} state or what was left of one @param {import('../form-control.js').FormControl} form @param {import('./live.js').Live} live
 * @returns {(most?: number) => any[]} takes out what the form has beyond that many, or all, and says what that was
 */
export function restore(state, form, live) {
  const left = new Set(Array.isArray(state) ? state : readState(state))
  const list = make('ul', { class: 'fc-picked', part: 'list restored', role: 'list' })
  for (const file of left) {
    form.order.add(file.id)
    form.done(file)
  }
  /** The settings that it was painted by. @type {unknown} */
  let painted
  const tool = {
    /** The words come later than this, and in another language some day. */
    paint() {
      const { settings } = live
      if (settings === painted) return
      painted = settings
      put(list, 'aria-label', settings.strings.uploaded)
      list.replaceChildren(...[...left].slice(0, MOST_ROWS).map((file) => row(file, settings, () => {
        left.delete(file)
        form.removed(file)
        painted = undefined
        live.refresh()
      })))
      if (left.size === 0) list.remove()
    },
  }
  const forget = (most = 0) => {
    const was = [...left].slice(0, Math.max(0, form.size - most))
    for (const file of was) {
      left.delete(file)
      form.removed(file)
      painted = undefined
    }
    if (left.size > 0) return was
    list.remove()
    live.pool.tools = live.pool.tools.filter((other) => other !== tool)
    live.root.removeEventListener('click', hear)
    return was
  }
  /** What takes out all takes these out too. @param {Event} event */
  const hear = ({ target }) => {
    if (target instanceof Element && target.closest('[data-do="clear"], [data-do="cancel-all"]')) forget()
  }
  live.root.addEventListener('click', hear)
  live.root.querySelector('.fc-view')?.before(list)
  live.pool.tools.push(tool)
  tool.paint()
  return forget
}

/** @param {any} file @param {import('./panel.js').Settings} settings @param {() => void} out */
function row(file, { strings, disabled }, out) {
  const name = displayName(file.name || file.meta.key)
  const button = make('button', { type: 'button', class: 'fc-btn fc-bare', part: 'remove', 'aria-label': fill(strings.removeFile, name), disabled }, icon(REMOVE))
  button.addEventListener('click', out)
  return make('li', { part: 'item' }, make('bdi', { part: 'name', title: name }, name), make('small', { class: 'fc-hint' }, make('span', { 'aria-hidden': 'true' }, '✓ '), strings.uploaded), button)
}
