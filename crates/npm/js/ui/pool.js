// The list as a pool of rows: only what is in view, and a little above and below, stands in the document. Scrolling moves
// nodes and makes none, so ten thousand files cost what twenty do.
//
// The order of the nodes is always the order on the screen, so that Tab goes from file to file.

import { range } from './model.js'
import { Row } from './row.js'

/** Height of a row in pixels until one has been measured. */
const USUAL_ROW = 64
/** Least width of a file in a grid. */
const CELL = 144

/** @typedef {import('../index.js').UploadFile} UploadFile */

export class Pool {
  /** @type {Row[]} */
  #rows = []
  #height = USUAL_ROW
  #columns = 1
  #measured = false
  /** What the list's style says, so that it is only said when it changes. */
  #said = ''
  /** What puts something into each row beyond the usual. @type {Array<import('./reach.js').Tool>} */
  tools = []
  /** @type {Promise<import('./thumbs.js').Thumbs> | undefined} */
  #thumbs

  /** @param {HTMLElement} view what scrolls @param {HTMLElement} list the `<ul>` in it */
  constructor(view, list) {
    this.view = view
    this.list = list
  }

  /**
   * Puts the rows where the view is and gives them their files.
   * @param {string[]} ids all files @param {(id: string) => UploadFile | undefined} get @param {import('./panel.js').Settings} settings
   * @param {boolean} fresh whether files that are shown already need a new look
   */
  layout(ids, get, settings, fresh) {
    this.#slide(ids)
    // Not while it is only scrolled: to ask for a size just after nodes were moved makes the browser lay all of it out.
    if ((fresh || !this.#measured) && this.#measure()) {
      // Styles, or the width, gave rows another size.
      this.#slide(ids)
      for (const row of this.#rows) row.place(row.index, this.#height, this.#columns)
    }
    for (const row of this.#rows) {
      row.of(ids.length)
      const id = ids[row.index]
      if (row.id === id && !fresh) continue
      const file = get(id)
      if (!file) continue
      row.paint(file, settings)
      for (const tool of this.tools) tool.row?.(row, file)
    }
  }

  /** Takes rows from the end that went out of view to the one that came into it. @param {string[]} ids */
  #slide(ids) {
    // The list is as high as all its rows would be.
    const lines = Math.ceil(ids.length / this.#columns)
    const height = `${lines * Math.floor(this.#height)}px`
    if (this.#said !== height + this.#columns) {
      this.#said = height + this.#columns
      this.list.style.setProperty('height', height)
      this.list.style.setProperty('--columns', String(this.#columns))
    }
    const [first, past] = range(lines, this.view.scrollTop, this.view.clientHeight, this.#height)
    const [start, end] = [first * this.#columns, Math.min(past * this.#columns, ids.length)]
    const kept = this.#rows.filter(({ index }) => index >= start && index < end)
    const spare = this.#rows.filter(({ index }) => index < start || index >= end)
    // Scrolling away from the focused row must not drop the focus on the floor; the view can hold it.
    const focused = spare.find(({ node }) => node.matches(':focus-within'))
    if (focused && ids.includes(focused.id ?? '')) this.view.focus({ preventScroll: true })
    const take = (/** @type {number} */ index) => {
      const row = spare.pop() ?? this.make()
      row.place(index, this.#height, this.#columns)
      return row
    }
    const begin = kept[0]?.index ?? end
    const before = Array.from({ length: begin - start }, (_, at) => take(start + at))
    const last = kept.at(-1)?.index ?? end - 1
    const after = Array.from({ length: end - 1 - last }, (_, at) => take(last + 1 + at))
    if (before.length > 0) this.list.prepend(...before.map(({ node }) => node))
    if (after.length > 0) this.list.append(...after.map(({ node }) => node))
    for (const row of spare) {
      row.drop()
      row.node.remove()
    }
    this.#rows = [...before, ...kept, ...after]
  }

  /** Reads the height that styles give a row, and how many stand side by side; true when it is news. */
  #measure() {
    const height = this.#rows[0]?.node.offsetHeight ?? 0
    if (height < 1) return false
    this.#measured = true
    const columns = this.list.dataset.view === 'grid' ? Math.max(1, Math.floor(this.list.clientWidth / CELL)) : 1
    if (Math.abs(height - this.#height) < 0.5 && columns === this.#columns) return false
    this.#height = height
    this.#columns = columns
    return true
  }

  make() {
    return new Row(this.#loadThumbs)
  }

  /** How the rows stand. */
  get grid() {
    return { rows: this.#rows, height: Math.floor(this.#height), columns: this.#columns }
  }

  /** The first row of which something is in sight: there may be no room for a whole one. */
  get seen() {
    const { rows, height, columns } = this.grid
    return rows.find(({ index }) => Math.floor(index / columns) * height > this.view.scrollTop - height)
  }

  /** The row nearest to the end of the list. */
  get last() {
    return this.#rows.at(-1)?.node
  }

  /** When the first picture shows, and not before. */
  #loadThumbs = () => {
    this.#thumbs ??= import('./thumbs.js').then(({ Thumbs }) => new Thumbs())
    return this.#thumbs
  }

  /** Gives back what the rows hold. */
  drop() {
    void this.#thumbs?.then((thumbs) => thumbs.stop(), () => {})
    for (const row of this.#rows) row.drop()
  }
}
