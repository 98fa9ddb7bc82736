// What ordering and choosing have in common: how they get at rows, of which only those in view stand in the document.

import { displayName } from '../names.js'

/** @typedef {import('./live.js').Live} Live */
/** @typedef {import('./row.js').Row} Row */
/** @typedef {import('../index.js').UploadFile} UploadFile */

/**
 * @typedef {object} Tool
 * @property {(row: Row, file: UploadFile) => void} [row] puts something into a row that was just painted
 * @property {() => void} paint looks at all else, before the rows are
 */

/** Has the focus on something in the row at that place, which is scrolled into view. @param {Live} live @param {number} at @param {string} selector */
export function reach(live, at, selector) {
  // What it cannot hold yet it cannot be scrolled to.
  live.refresh()
  const { height, columns } = live.pool.grid
  const { view } = live.pool
  const top = Math.floor(at / columns) * height
  const most = top + height - view.clientHeight
  if (view.scrollTop > top) view.scrollTop = top
  else if (view.scrollTop < most) view.scrollTop = most
  live.refresh()
  const row = live.pool.grid.rows.find(({ index }) => index === at)
  ;/** @type {HTMLElement | null | undefined} */ (row?.node.querySelector(selector))?.focus()
}

/** 1 where the list runs from left to right, else -1. @param {Live} live */
export const forwardOf = (live) => (getComputedStyle(live.pool.list).direction === 'rtl' ? -1 : 1)

/** Where a key leads to from a place in a list or a grid; `undefined` for other keys. @param {string} key @param {number} at @param {Live} live */
export function step(key, at, live) {
  const last = live.ids.length - 1
  const { columns } = live.pool.grid
  const isGrid = live.settings.view === 'grid'
  const forward = forwardOf(live)
  /** @type {Record<string, number | false>} */
  const to = {
    ArrowUp: at - columns, ArrowDown: at + columns, ArrowLeft: isGrid && at - forward, ArrowRight: isGrid && at + forward, Home: 0, End: last,
  }
  const wanted = Object.hasOwn(to, key) ? to[key] : false
  return wanted === false ? undefined : Math.max(0, Math.min(wanted, last))
}

/** Without another key held down. @param {KeyboardEvent} event */
export const isPlain = ({ ctrlKey, metaKey, altKey, shiftKey }) => !(ctrlKey || metaKey || altKey || shiftKey)

/** The file of the row that something is in. @param {Element} node */
export const idAt = (node) => node.closest('.fc-row')?.getAttribute('data-id') ?? ''

/** As people know it. @param {UploadFile | undefined} file */
export const nameOf = (file) => displayName(file?.meta.name || file?.name || '')
