// Files put in order by hand: by a handle in each row, which is dragged, moved by keys, or pressed and then another one
// in whose place the file is to go. Loaded when an element is first `sortable`.
//
// While something is dragged the list stays as it is, and rows only look moved: what is to be held must not be put elsewhere
// in the document. What follows the pointer is a row of its own.

import { adopt } from '../sheet.js'
import { iconButton, make, put } from './dom.js'
import { forwardOf, idAt, isPlain, nameOf, reach, step } from './reach.js'
import { fill, number } from './words.js'

/** @typedef {import('./live.js').Live} Live */
/** @typedef {import('./row.js').Row} Row */
/** @typedef {import('../index.js').UploadFile} UploadFile */
/** Where a pointer went down on a handle, and where it is now. @typedef {{pointer: number, id: string, x: number, y: number, nowX: number, nowY: number}} Press */
/** What is dragged, and where in it it is held. @typedef {{to: number, ghost: HTMLElement, row: Row, x: number, y: number, frame: number}} Drag */

/** Six dots. */
const GRIP = 'M9 6v.01M15 6v.01M9 12v.01M15 12v.01M9 18v.01M15 18v.01'
/** A pointer that moved less than this, in pixels, pressed a button. */
const STILL = 4
/** So near to an end of what is seen, in pixels, the list begins to scroll. */
const EDGE = 40
/** Most pixels it scrolls in one frame. */
const FASTEST = 400

const STYLE = `
.fc-handle { flex: none; min-inline-size: 28px; inline-size: 28px; margin-inline: -4px -8px; cursor: grab; touch-action: none }
.fc .fc-handle svg { stroke-width: 3 }
.fc .fc-handle[aria-pressed=true] { background: var(--a); color: var(--on) }
.fc-row:has(.fc-handle[aria-pressed=true]) { background: var(--wash) }
.fc-list[data-view=grid] > .fc-row > .fc-handle { inset-block-start: calc(var(--row) * 1.25 - 24px); inset-inline: auto 12px; min-block-size: 28px }
.fc-row:has(> .fc-handle:not([hidden]))::before { margin-inline-start: calc(var(--s) + 80px) }
.fc-sorting, .fc-sorting * { cursor: grabbing !important; user-select: none; -webkit-user-select: none }
.fc-sorting .fc-row {
  transition: translate 0.15s;
  &[data-lifted] { background: var(--wash); > * { opacity: 0.25 } }
}
.fc-lifted { position: absolute; inset: 0 auto auto 0; z-index: 1; overflow: visible; pointer-events: none; list-style: none }
.fc-list.fc-lifted > .fc-row.fc-row { position: relative; inset: auto; inline-size: 100%; block-size: 100%; border: 1px solid var(--line); border-radius: calc(var(--r) * 0.66); background: var(--bg); box-shadow: 0 6px 20px #0003 }
@media (forced-colors: active) { .fc-handle[aria-pressed=true], .fc-lifted .fc-row { outline: 2px solid Highlight } }
`

/** @param {Live} live @returns {import('./reach.js').Tool} */
export const equip = (live) => new Sorter(live)

class Sorter {
  /** @type {WeakMap<Row, HTMLElement>} */
  #handles = new WeakMap()
  /** Picked up by a key, and the order before. @type {{id: string, before: string[]} | undefined} */
  #picked
  /** @type {Press | undefined} */
  #press
  /** @type {Drag | undefined} */
  #drag
  /** The click that ends a drag is none. */
  #deaf = false

  /** @param {Live} live */
  constructor(live) {
    this.live = live
    const { root } = live
    adopt(/** @type {ShadowRoot} */ (root.getRootNode()), STYLE)
    root.addEventListener('pointerdown', this.#down)
    root.addEventListener('pointermove', this.#move)
    root.addEventListener('pointerup', this.#up)
    root.addEventListener('pointercancel', this.#stop)
    root.addEventListener('click', this.#click)
    // Before others hear the key that puts a file back.
    root.addEventListener('keydown', this.#key, true)
  }

  /** Whether there is an order to be changed. */
  get #isOn() {
    const { settings, isFiltered, ids } = this.live
    return settings.sortable && !settings.disabled && !isFiltered && ids.length > 1
  }

  /** @param {Row} row @param {UploadFile} file */
  row(row, file) {
    let handle = this.#handles.get(row)
    if (!handle) {
      handle = iconButton('handle', GRIP)
      handle.classList.add('fc-handle')
      put(handle, 'data-do', 'move')
      row.node.querySelector('.fc-thumb')?.before(handle)
      this.#handles.set(row, handle)
    }
    const { strings } = this.live.settings
    const label = fill(strings.moveFile, nameOf(file))
    handle.hidden = !this.#isOn
    put(handle, 'aria-label', label)
    put(handle, 'title', label)
    put(handle, 'aria-description', strings.moveHelp)
    put(handle, 'aria-pressed', String(this.#picked?.id === file.id))
    if (row !== this.#drag?.row) this.#shift(row)
  }

  paint() {
    const { ids } = this.live
    if (this.#press && !(this.#isOn && ids.includes(this.#press.id))) this.#stop()
    if (this.#picked && !(this.#isOn && ids.includes(this.#picked.id))) this.#picked = undefined
  }

  /** Puts a file at a place, or all in an order. @param {string} id @param {number} to @param {string[]} [order] */
  #put(id, to, order) {
    const { live } = this
    const ids = order ?? live.ids.filter((one) => one !== id)
    if (!order) ids.splice(to, 0, id)
    if (ids.some((one, at) => one !== live.ids[at])) live.sort(ids)
    this.#show(id)
  }

  /** The handle of a file gets the focus, and it is said where that is. @param {string} id */
  #show(id) {
    const { live } = this
    const at = live.ids.indexOf(id)
    reach(live, at, '.fc-handle')
    const { strings } = live.settings
    live.say(fill(strings.moved, nameOf(live.uploader?.getFile(id)), number(at + 1, strings), number(live.ids.length, strings)))
  }

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    const { key, target } = event
    const picked = this.#picked
    const handle = /** @type {Element} */ (target).closest('.fc-handle')
    // In a dialog the key is for that.
    if (!isPlain(event) || /** @type {Element} */ (target).closest('.fc-editor')) return
    if (key === 'Escape' && picked) {
      this.#picked = undefined
      // Files that came since stay, and those that went are gone.
      const now = new Set(this.live.ids)
      const before = picked.before.filter((id) => now.delete(id))
      this.#put(picked.id, 0, [...before, ...now])
    } else {
      const id = handle ? idAt(handle) : ''
      const to = handle ? step(key, this.live.ids.indexOf(id), this.live) : undefined
      if (to === undefined) return
      this.#put(id, to)
    }
    event.preventDefault()
    event.stopPropagation()
  }

  /** A handle was pressed, by whatever means. @param {Event} event */
  #click = (event) => {
    const handle = /** @type {Element} */ (event.target).closest('.fc-handle')
    const deaf = this.#deaf
    this.#deaf = false
    if (!handle || deaf) return
    const id = idAt(handle)
    const picked = this.#picked
    this.#picked = picked ? undefined : { id, before: [...this.live.ids] }
    if (picked) this.#put(picked.id, this.live.ids.indexOf(id))
    this.live.refresh()
  }

  /** @param {PointerEvent} event */
  #down = ({ target, pointerId, isPrimary, button, clientX: x, clientY: y }) => {
    this.#deaf = false
    const handle = /** @type {Element} */ (target).closest('.fc-handle')
    if (handle && isPrimary && button === 0) this.#press = { pointer: pointerId, id: idAt(handle), x, y, nowX: x, nowY: y }
  }

  /** @param {PointerEvent} event */
  #move = (event) => {
    const press = this.#press
    if (press?.pointer !== event.pointerId) return
    press.nowX = event.clientX
    press.nowY = event.clientY
    if (!this.#drag && Math.hypot(press.nowX - press.x, press.nowY - press.y) >= STILL) this.#lift(press)
    if (this.#drag) this.#follow()
  }

  /** @param {PointerEvent} event */
  #up = (event) => {
    const press = this.#press
    if (press?.pointer !== event.pointerId) return
    const to = this.#drag?.to
    this.#stop()
    if (to === undefined) return
    this.#deaf = true
    this.#put(press.id, to)
  }

  /** @param {Press} press */
  #lift({ pointer, id, x, y }) {
    const { live } = this
    const held = live.pool.grid.rows.find((one) => one.id === id)
    const file = live.uploader?.getFile(id)
    if (!held || !file) return
    this.#picked = undefined
    const { left, top, width, height } = held.node.getBoundingClientRect()
    const row = live.pool.make()
    // As the rows in the list are, with what was put into them.
    const ghost = make('ul', { 'class': 'fc-list fc-lifted', 'aria-hidden': 'true', 'inert': true, 'data-view': live.settings.view }, row.node)
    this.#drag = { to: held.index, ghost, row, x: x - left, y: y - top, frame: 0 }
    row.paint(file, live.settings)
    for (const tool of live.pool.tools) tool.row?.(row, file)
    for (const [name, size] of [['width', width], ['height', height]]) ghost.style.setProperty(String(name), `${size}px`)
    live.pool.view.append(ghost)
    live.root.classList.add('fc-sorting')
    live.pool.view.setPointerCapture(pointer)
    document.addEventListener('keydown', this.#escape, true)
    this.#scroll()
    live.refresh()
  }

  /** What is dragged is where the pointer is, and the others make room. */
  #follow() {
    const { live } = this
    const drag = /** @type {Drag} */ (this.#drag)
    const { nowX, nowY } = /** @type {Press} */ (this.#press)
    const { root, pool } = live
    const { height, columns, rows } = pool.grid
    const [around, seen, box] = [root, pool.view, pool.list].map((node) => node.getBoundingClientRect())
    drag.ghost.style.setProperty('translate', `${nowX - drag.x - around.left - root.clientLeft}px ${nowY - drag.y - around.top - root.clientTop}px`)
    const y = Math.max(seen.top + 1, Math.min(nowY, seen.bottom - 1)) - box.top
    const x = forwardOf(live) > 0 ? nowX - box.left : box.right - nowX
    const column = Math.max(0, Math.min(Math.floor(x / (box.width / columns)), columns - 1))
    const to = Math.max(0, Math.min(Math.floor(y / height) * columns + (columns > 1 ? column : 0), live.ids.length - 1))
    if (to === drag.to) return
    drag.to = to
    for (const row of rows) this.#shift(row)
  }

  /** Makes a row look as if what is dragged were let go. @param {Row} row */
  #shift(row) {
    const { node, index } = row
    const { pool, ids } = this.live
    const lifted = this.#drag && row.id === this.#press?.id
    let to = index
    if (this.#drag && this.#press) {
      const from = ids.indexOf(this.#press.id)
      if (lifted) to = this.#drag.to
      else if (index > from && index <= this.#drag.to) to -= 1
      else if (index < from && index >= this.#drag.to) to += 1
    }
    put(node, 'data-lifted', lifted)
    if (to === index) {
      if (node.style.getPropertyValue('translate')) node.style.removeProperty('translate')
      return
    }
    const { height, columns } = pool.grid
    const aside = ((to % columns) - (index % columns)) * (pool.list.clientWidth / columns) * forwardOf(this.live)
    node.style.setProperty('translate', `${aside}px ${(Math.floor(to / columns) - Math.floor(index / columns)) * height}px`)
  }

  /** While it is held near an end, or beyond, the list goes on there, and then the page: the faster the farther. */
  #scroll = () => {
    const drag = this.#drag
    // The element may have been taken out of the page meanwhile.
    if (!drag || !this.#press || !this.live.root.isConnected) return this.#stop()
    const { view } = this.live.pool
    const { top, bottom } = view.getBoundingClientRect()
    const { nowY } = this.#press
    const edge = Math.min(EDGE, (bottom - top) / 4)
    const [first, last] = [Math.max(top, 0) + edge, Math.min(bottom, innerHeight) - edge]
    const far = nowY < first ? nowY - first : nowY > last ? nowY - last : 0
    const by = Math.sign(far) * Math.min(Math.ceil((far / 8) ** 2), FASTEST)
    if (by) {
      const before = view.scrollTop
      view.scrollTop += by
      // The page, where the list is longer than that or stands at its end.
      if (view.scrollTop === before && (by < 0 ? top < 0 : bottom > innerHeight)) scrollBy(0, Math.max(-EDGE, Math.min(by, EDGE)))
      this.#follow()
    }
    drag.frame = requestAnimationFrame(this.#scroll)
  }

  /** @param {KeyboardEvent} event */
  #escape = (event) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    this.#deaf = true
    this.#stop()
  }

  /** All is where it was. */
  #stop = () => {
    const drag = this.#drag
    this.#press = this.#drag = undefined
    if (!drag) return
    cancelAnimationFrame(drag.frame)
    document.removeEventListener('keydown', this.#escape, true)
    drag.row.drop()
    drag.ghost.remove()
    this.live.root.classList.remove('fc-sorting')
    for (const row of this.live.pool.grid.rows) this.#shift(row)
  }
}
