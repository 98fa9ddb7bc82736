// One row of the list: a handful of nodes that show whichever file they are given.

import { draw, icon, iconButton, make, part, put, write } from './dom.js'
import { FAMILIES, RASTER, REMOVE, SEAL } from './icons.js'
import { row as model } from './model.js'

/** Films whose first frame a browser is likely to know. */
const FILM = /^video\/(mp4|webm|quicktime|ogg|x-m4v)$/

/** The speed is looked at so often, in milliseconds. */
const MEASURED_MS = 500
/** A file of which nothing was sent for so long stands still. */
const STILL_MS = 3_000

/** @typedef {import('../index.js').UploadFile} UploadFile */

export class Row {
  /** The file it shows. @type {string | undefined} */
  id
  /** The place in the list it stands at. */
  index = -1
  /** A picture, and how to take the wish for it back. @type {{image: HTMLImageElement, cancel: () => void} | undefined} */
  #preview

  /** When it was looked at last how fast it goes, what was there then, and what came of it. */
  #since = 0
  #bytes = 0
  #speed = 0

  #icon = icon()
  #thumb = part('span', 'thumb', this.#icon)
  #head = make('bdi')
  #tail = make('bdi')
  #name = part('div', 'name', this.#head, this.#tail)
  #size = part('bdi', 'size')
  #words = part('bdi', 'state')
  /** Not where rows are narrow. */
  #rate = part('bdi', 'pace')
  #bar = part('progress', 'bar')
  #seal = icon(SEAL)
  /** Never a seal in a line of its own. */
  #end = make('span', { class: 'fc-end' }, this.#words, this.#rate, this.#seal)
  #more = iconButton('more')
  #action = iconButton('action')
  #remove = iconButton('remove', REMOVE)
  /** The `<li>`. @type {HTMLLIElement} */
  node = make(
    'li', { class: 'fc-row', part: 'item' },
    this.#thumb, part('div', 'body', this.#name, part('div', 'meta', this.#size, ' · ', this.#end), this.#bar), this.#more, this.#action, this.#remove,
  )

  /** @param {() => Promise<import('./thumbs.js').Thumbs>} thumbs */
  constructor(thumbs) {
    this.thumbs = thumbs
    put(this.#thumb, 'aria-hidden', 'true')
    put(this.#name, 'dir', 'auto')
    put(this.#bar, 'max', '100')
    put(this.#remove, 'data-do', 'remove')
    put(this.#seal, 'class', 'fc-seal')
    put(this.#seal, 'part', 'verified')
    put(this.#seal, 'role', 'img')
    put(this.#seal, 'aria-hidden', undefined)
  }

  /** Moves it to a place in the list. @param {number} index @param {number} height of a row @param {number} columns */
  place(index, height, columns) {
    this.index = index
    // Whole pixels, so that text stays sharp.
    this.node.style.setProperty('transform', `translateY(${Math.floor(index / columns) * Math.floor(height)}px)`)
    this.node.style.setProperty('--column', String(index % columns))
    put(this.node, 'aria-posinset', index + 1)
  }

  /** Says how many files there are, rows that do not stand in the document included. @param {number} count */
  of(count) {
    put(this.node, 'aria-setsize', count)
  }

  /** Shows that file. @param {UploadFile} file @param {import('./panel.js').Settings} settings */
  paint(file, settings) {
    const { strings } = settings
    const now = model(file, strings, settings, this.#pace(file))
    if (this.id !== file.id) {
      this.id = file.id
      put(this.node, 'data-id', file.id)
      // The old picture goes before the new one comes.
      this.drop()
      if (file.data && (RASTER.test(file.type) || FILM.test(file.type))) void this.#picture(file.id, file.data, file.type)
    }
    put(this.#thumb, 'data-kind', now.family)
    draw(this.#icon, FAMILIES[now.family])
    put(this.#name, 'title', now.title)
    put(this.#bar, 'aria-label', now.title)
    put(this.node, 'data-state', now.state)
    put(this.#bar, 'data-state', now.state)
    write(this.#head, now.head)
    write(this.#tail, now.tail)
    write(this.#size, now.size)
    write(this.#words, now.words)
    write(this.#rate, now.pace)
    put(this.#words, 'dir', strings.direction)
    put(this.#words, 'title', now.words)
    this.#bar.hidden = now.percent === undefined
    if (now.percent !== undefined) {
      put(this.#bar, 'value', now.percent)
      put(this.#bar, 'aria-valuetext', now.valueText)
    }
    put(this.#seal, 'hidden', !now.verified)
    put(this.#seal, 'aria-label', strings.verified)
    for (const [at, node] of [this.#action, this.#more].entries()) {
      const action = now.actions.at(-1 - at)
      node.hidden = !action
      node.disabled = settings.disabled
      if (!action) continue
      put(node, 'data-do', action.verb)
      put(node, 'aria-label', action.label)
      put(node, 'title', action.label)
      draw(/** @type {Element} */ (node.firstChild), action.icon)
    }
    this.#remove.disabled = settings.disabled
    put(this.#remove, 'aria-label', now.remove)
    put(this.#remove, 'title', now.remove)
  }

  /** How fast it goes, in bytes a second: measured twice a second, calmed down, and nothing once it stands still. @param {UploadFile} file */
  #pace({ id, status, progress: { bytesUploaded } }) {
    const past = performance.now() - this.#since
    const moved = bytesUploaded - this.#bytes
    const before = this.#speed
    if (id !== this.id || status !== 'uploading') this.#speed = 0
    else if (past < (moved > 0 ? MEASURED_MS : STILL_MS)) return before
    else {
      const speed = Math.max(0, moved / past) * 1000
      this.#speed = before * speed > 0 ? 0.7 * before + 0.3 * speed : speed
    }
    this.#since += past
    this.#bytes = bytesUploaded
    return this.#speed
  }

  /** @param {string} id @param {Blob} blob @param {string} type */
  async #picture(id, blob, type) {
    const image = make('img', { class: 'fc-image', alt: '', decoding: 'async', draggable: 'false' })
    const preview = { image, cancel: () => {} }
    this.#preview = preview
    this.#thumb.append(image)
    try {
      const thumbs = await this.thumbs()
      if (this.#preview !== preview) return
      // Only ever an address made there. A picture that does not load is hidden by whoever hears its `error`.
      preview.cancel = thumbs.want(id, blob, type, (url) => put(image, 'src', url))
    } catch {
      // Without it the icon does.
    }
  }

  /** Gives back what it holds of the file. */
  drop() {
    this.#preview?.image.remove()
    this.#preview?.cancel()
    this.#preview = undefined
  }
}
