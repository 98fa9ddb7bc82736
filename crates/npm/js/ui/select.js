// Several files chosen, and a bar of what can be done with them at once. Loaded when an element is first `selectable`.

import { adopt } from '../sheet.js'
import { icon, make, put, write } from './dom.js'
import { PAUSE, RESUME, RETRY } from './icons.js'
import { idAt, nameOf, reach, step } from './reach.js'
import { actOnOne } from './verbs.js'
import { count, fill } from './words.js'

/** @typedef {import('./live.js').Live} Live */
/** @typedef {import('./row.js').Row} Row */
/** @typedef {import('../index.js').UploadFile} UploadFile */

/** A bin. */
const BIN = 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5'
/** So many of the chosen files are asked what can be done with them; of more, the sums tell. */
const ASKED = 100
/** So long the page is busy at a time with what was asked for many files. */
const SLICE_MS = 16

/** The verbs, and which files each is for. @type {Array<['resume' | 'pause' | 'retry' | 'remove', string, (file: UploadFile) => boolean]>} */
const VERBS = [
  ['resume', RESUME, ({ status }) => status === 'paused'],
  ['pause', PAUSE, ({ status }) => ['queued', 'preparing', 'uploading', 'retrying'].includes(status)],
  ['retry', RETRY, ({ status, failure }) => status === 'failed' && Boolean(failure?.retryable)],
  ['remove', BIN, () => true],
]

const STYLE = `
.fc-check { appearance: none; flex: none; display: grid; place-content: center; inline-size: 28px; block-size: 28px; margin: 0; border-radius: 6px; cursor: pointer }
.fc-row > .fc-check { margin-inline: -4px -8px }
.fc-check::before, .fc-check::after { content: ""; grid-area: 1 / 1; place-self: center }
.fc-check::before { inline-size: 18px; block-size: 18px; border: 1.5px solid color-mix(in srgb, var(--dim) 80%, transparent); border-radius: 5px; background: var(--bg) }
.fc-check:hover::before { border-color: var(--ink) }
.fc-check:is(:checked, :indeterminate)::before { border-color: var(--a); background: var(--a) }
.fc-check:checked::after { inline-size: 5px; block-size: 9px; border: solid var(--on); border-width: 0 2px 2px 0; translate: 0 -1px; rotate: 45deg }
.fc-check:indeterminate::after { inline-size: 8px; block-size: 0; border: solid var(--on); border-width: 0 0 2px; translate: none; rotate: none }
.fc-row[data-chosen] { background: var(--wash) }
.fc-row:has(> .fc-check:not([hidden]))::before { margin-inline-start: calc(var(--s) + 80px) }
.fc-row:has(> .fc-check:not([hidden])):has(> .fc-handle:not([hidden]))::before { margin-inline-start: calc(var(--s) + 108px) }
.fc-list[data-view=grid] > .fc-row > .fc-check { position: absolute; inset-block-start: calc(var(--row) * 1.25 - 24px); inset-inline-start: 12px; margin: 0; background: var(--bg) }
.fc-chosen { display: flex; align-items: center; gap: 4px 12px; min-block-size: 44px; padding-block: 4px; padding-inline: var(--s) 8px; border-block-start: 1px solid var(--line) }
.fc-chosen label { display: flex; align-items: center; gap: 8px; min-inline-size: 28px; margin-inline-start: -4px; cursor: pointer; white-space: nowrap }
.fc-chosen label span { overflow: hidden; text-overflow: ellipsis }
.fc-chosen b { flex: 1 0 auto; font-weight: 600 }
.fc-chosen .fc-btn { padding: 0 10px; border-color: transparent; background: none }
.fc-chosen .fc-btn:hover { background: var(--hover) }
.fc-chosen svg { inline-size: 18px; block-size: 18px }
/* Room for the longest words of all languages. */
@container (inline-size < 820px) {
  .fc-chosen .fc-btn { padding: 0 }
  .fc-chosen .fc-btn span { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%) }
}
@container (inline-size < 560px) {
  .fc-chosen { column-gap: 4px }
  .fc-chosen[data-some] label span { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%) }
}
@container (inline-size < 420px) {
  /* The name before the picture. */
  .fc-list:not([data-view=grid]) > .fc-row:has(> .fc-check:not([hidden])) > .fc-thumb { display: none }
}
@media (forced-colors: active) {
  .fc-row[data-chosen] { outline: 2px solid Highlight; outline-offset: -2px }
  .fc-check::before { forced-color-adjust: none; border-color: CanvasText; background: Canvas }
  .fc-check:is(:checked, :indeterminate)::before { border-color: Highlight; background: Highlight }
  .fc-check::after { forced-color-adjust: none; border-color: HighlightText !important }
}
`

/** @param {Live} live @returns {import('./reach.js').Tool} */
export const equip = (live) => new Selector(live)

class Selector {
  /** @type {Set<string>} */
  #chosen = new Set()
  /** A range goes from here … */
  #anchor = ''
  /** … to here, … */
  #end = ''
  /** … and is chosen beside these. @type {Set<string>} */
  #base = new Set()
  /** The list that was last seen: another one may lack some. @type {string[]} */
  #seen = []
  /** @type {WeakMap<Row, HTMLInputElement>} */
  #checks = new WeakMap()

  #all = make('input', { type: 'checkbox', class: 'fc-check', part: 'check' })
  #allWords = make('span')
  #count = make('b')
  #buttons = VERBS.map(([verb, path]) => make('button', { type: 'button', class: 'fc-btn', part: `button ${verb}-selected`, 'data-do': `${verb}-selected` }, icon(path), make('span')))
  #bar = make('div', { class: 'fc-chosen', part: 'selection', role: 'group', hidden: true }, make('label', {}, this.#all, this.#allWords), this.#count, ...this.#buttons)

  /** @param {Live} live */
  constructor(live) {
    this.live = live
    const { root, pool } = live
    adopt(/** @type {ShadowRoot} */ (root.getRootNode()), STYLE)
    pool.view.before(this.#bar)
    this.#all.addEventListener('change', () => this.#take(this.#all.checked ? this.live.ids : []))
    this.#bar.addEventListener('click', this.#act)
    pool.list.addEventListener('click', this.#click)
    // A range is no stretch of text.
    pool.list.addEventListener('mousedown', (event) => event.shiftKey && event.preventDefault())
    root.addEventListener('keydown', this.#key)
  }

  /** @param {Row} row @param {UploadFile} file */
  row(row, file) {
    let check = this.#checks.get(row)
    if (!check) {
      check = /** @type {HTMLInputElement} */ (make('input', { type: 'checkbox', class: 'fc-check', part: 'check' }))
      row.node.prepend(check)
      this.#checks.set(row, check)
    }
    const { settings } = this.live
    check.hidden = !settings.selectable
    check.disabled = settings.disabled
    check.checked = this.#chosen.has(file.id)
    put(check, 'aria-label', fill(settings.strings.selectFile, nameOf(file)))
    put(row.node, 'data-chosen', check.checked)
  }

  paint() {
    const { live } = this
    const { settings: { strings, selectable, disabled }, ids } = live
    if (!selectable) this.#chosen.clear()
    if (ids !== this.#seen) this.#forget(ids)
    const n = this.#chosen.size
    this.#bar.hidden = !selectable || ids.length === 0
    put(this.#bar, 'data-some', n > 0)
    put(this.#bar, 'aria-label', count(strings.selected, n, strings))
    this.#all.disabled = disabled
    this.#all.checked = n > 0 && n === ids.length
    this.#all.indeterminate = n > 0 && n < ids.length
    write(this.#allWords, strings.selectAll)
    write(this.#count, n > 0 ? count(strings.selected, n, strings) : '')
    if (this.#bar.hidden) return
    const can = this.#possible()
    for (const [at, [verb]] of VERBS.entries()) {
      const button = this.#buttons[at]
      button.hidden = !can.has(verb)
      button.disabled = disabled
      put(button, 'title', strings[verb])
      write(button.lastChild, strings[verb])
    }
  }

  /** Those that are not shown any more are not chosen either: what cannot be seen must not be removed. @param {string[]} ids */
  #forget(ids) {
    this.#seen = ids
    if (this.#chosen.size === 0) return
    const here = new Set(ids)
    for (const id of this.#chosen) if (!here.has(id)) this.#chosen.delete(id)
  }

  /** What can be done with what is chosen. @returns {Set<string | false>} */
  #possible() {
    const { uploader } = this.live
    if (!uploader || this.#chosen.size === 0) return new Set()
    if (this.#chosen.size <= ASKED) {
      const files = this.#files()
      return new Set(VERBS.filter(([, , fits]) => files.some(fits)).map(([verb]) => verb))
    }
    const { paused, active, failed } = uploader.getTotals()
    return new Set([paused > 0 && 'resume', active > 0 && 'pause', failed > 0 && 'retry', 'remove'])
  }

  #files() {
    return [...this.#chosen].flatMap((id) => this.live.uploader?.getFile(id) ?? [])
  }

  /** @param {Event} event */
  #act = async ({ target }) => {
    const button = /** @type {Element} */ (target).closest('button')
    const found = VERBS[this.#buttons.indexOf(button)]
    const { live } = this
    if (!found) return
    const [verb, , fits] = found
    const first = live.ids.findIndex((id) => this.#chosen.has(id))
    let until = performance.now() + SLICE_MS
    for (const id of [...this.#chosen]) {
      if (performance.now() > until) {
        await new Promise((resolve) => setTimeout(resolve))
        until = performance.now() + SLICE_MS
      }
      // It may be gone meanwhile, and so may all.
      const file = live.uploader?.getFile(id)
      if (live.uploader && file && fits(file)) actOnOne(verb, live.uploader, file)
    }
    live.refresh()
    if (!button?.hidden) return
    // What was pressed is gone: back to the list, where the first of them was.
    reach(live, Math.max(0, Math.min(first, live.ids.length - 1)), '.fc-check')
  }

  /** Chooses these, and says how many. @param {Iterable<string>} ids */
  #take(ids) {
    this.#chosen = new Set(ids)
    const { strings } = this.live.settings
    this.live.say(count(strings.selected, this.#chosen.size, strings))
  }

  /** @param {string} id */
  #toggle(id) {
    this.#anchor = this.#end = id
    this.#base = new Set(this.#chosen)
    if (!this.#base.delete(id)) this.#base.add(id)
    this.#take(this.#base)
  }

  /** From where it began up to here, beside what was chosen before. @param {string} id */
  #range(id) {
    const { ids } = this.live
    const at = ids.indexOf(id)
    const from = ids.includes(this.#anchor) ? ids.indexOf(this.#anchor) : at
    this.#end = id
    this.#take([...this.#base, ...ids.slice(Math.min(from, at), Math.max(from, at) + 1)])
  }

  /** @param {MouseEvent} event */
  #click = (event) => {
    const target = /** @type {Element} */ (event.target)
    const id = idAt(target)
    const isCheck = target.matches('.fc-check')
    if (!id || !this.live.settings.selectable || (!isCheck && target.closest('button'))) return
    if (event.shiftKey) this.#range(id)
    else if (isCheck || event.ctrlKey || event.metaKey) this.#toggle(id)
  }

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    const { live } = this
    const { key, shiftKey, altKey } = event
    const target = /** @type {Element} */ (event.target)
    const command = event.ctrlKey || event.metaKey
    const isHere = live.pool.view.contains(target) || this.#bar.contains(target)
    if (!live.settings.selectable || !isHere || altKey) return
    if (command && !shiftKey && key.toLowerCase() === 'a') {
      this.#take(live.ids)
    } else if (key === 'Escape' && this.#chosen.size > 0) {
      this.#take([])
    } else if (target.matches('.fc-row > .fc-check') && !command) {
      const id = idAt(target)
      const to = step(key, live.ids.indexOf(id), live)
      if (to === undefined) return
      if (shiftKey && this.#end !== id) {
        this.#anchor = id
        this.#base = new Set(this.#chosen)
      }
      const next = live.ids[to]
      if (shiftKey) this.#range(next)
      reach(live, to, '.fc-check')
    } else {
      return
    }
    event.preventDefault()
    event.stopPropagation()
  }
}
