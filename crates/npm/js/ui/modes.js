// The interface in other places than in the flow of the page: behind a button, in a dialog, over the whole page, as one
// picture. Loaded when an element first wants one of them.

import { hasFiles } from '../dropped.js'
import { adopt } from '../sheet.js'
import { button, escapes, icon, isShown, make, put, write } from './dom.js'
import { REMOVE, UPLOAD } from './icons.js'
import { STYLE } from './modes-style.js'

/** @typedef {import('./live.js').Live} Live */
/** @typedef {import('./panel.js').Frame} Frame */

/**
 * @typedef {object} Place
 * @property {() => void} [show] where it is closed at times
 * @property {() => void} [close]
 * @property {(frame: Frame) => void} paint
 * @property {() => void} drop puts the interface back where it was
 */

/**
 * @param {string} mode @param {ShadowRoot} root @param {Live} live
 * @returns {Place}
 */
export function arrange(mode, root, live) {
  adopt(root, STYLE)
  put(live.root, 'data-mode', mode)
  const place = mode === 'page' ? page(root, live) : mode === 'image' ? image(live) : behindButton(mode, root, live)
  return {
    ...place,
    drop() {
      place.drop()
      put(live.root, 'data-mode', undefined)
      root.append(live.root)
    },
  }
}

/** Narrower than this, with its edges, a panel is of no use, in pixels. */
const WIDTH = 422
const MARGIN = 8
/** Something that is held above a page says so at least this often, in milliseconds. */
const GONE_MS = 500

/** @param {EventTarget} target @param {(event: DragEvent) => void} hear @returns {() => void} ends it */
function hearDrags(target, hear) {
  const ended = new AbortController()
  for (const name of ['dragenter', 'dragover', 'dragleave', 'drop']) target.addEventListener(name, /** @type {any} */ (hear), ended)
  return () => ended.abort()
}

/** @param {string} mode `button` or `modal` @param {ShadowRoot} root @param {Live} live @returns {Place} */
function behindButton(mode, root, live) {
  const modal = mode === 'modal'
  const words = make('span')
  const opener = make('button', { type: 'button', class: 'fc-btn fc-main fc-open', part: 'button open', 'aria-haspopup': 'dialog', 'aria-expanded': 'false' }, icon(UPLOAD), words)
  // The colours are those of the panel, so the button stands in one of the same class.
  const stand = make('div', { class: 'fc fc-stand', part: 'opener' }, opener)
  const title = make('b', { class: 'fc-title', part: 'title' })
  const shut = make('button', { type: 'button', class: 'fc-btn fc-bare', part: 'button close' }, icon(REMOVE))
  const box = make(
    modal ? 'dialog' : 'div', { class: 'fc fc-box', 'data-ready': true, part: modal ? 'dialog' : 'popover', popover: modal ? undefined : 'auto', role: modal ? undefined : 'dialog' },
    make('div', { class: 'fc-top' }, title, shut), live.root,
  )
  root.append(stand, box)
  const done = button('done', true)
  live.root.querySelector('.fc-foot .fc-acts')?.prepend(done)
  const said = live.root.querySelectorAll('.fc-sr')
  stand.append(...said)

  const isOpen = () => box.matches(':is(:modal, :popover-open)')
  const show = () => {
    if (isOpen()) return
    if (modal) box.showModal()
    else box.showPopover()
    told()
    const first = live.root.querySelector('.fc-pick')
    if (first && isShown(first)) first.focus()
  }
  const close = () => isOpen() && (modal ? box.close() : box.hidePopover())
  const told = () => {
    put(opener, 'aria-expanded', String(isOpen()))
    if (!modal && isOpen()) beside(box, opener)
    // Where it is heard.
    ;(isOpen() ? live.root : stand).append(...said)
    live.plan()
  }
  opener.addEventListener('click', () => (isOpen() ? close() : show()))
  // Files that are held above the button are to be dropped into what it opens, wherever in there: what nobody takes, the
  // browser opens in place of the page.
  const take = (/** @type {DragEvent} */ event) => {
    if (event.defaultPrevented || !hasFiles(event.dataTransfer)) return
    event.preventDefault()
    if (event.type === 'dragenter' && !opener.disabled) show()
    if (event.type === 'drop') live.receive(/** @type {DataTransfer} */ (event.dataTransfer))
  }
  hearDrags(stand, take)
  hearDrags(box, take)
  shut.addEventListener('click', close)
  done.addEventListener('click', close)
  escapes(box, close)
  box.addEventListener('close', told)
  // A dialog gives the focus back by itself; a popover that was opened by a script need not.
  let inside = false
  box.addEventListener('beforetoggle', () => (inside = box.matches(':focus-within')))
  box.addEventListener('toggle', () => {
    told()
    // The element that is hidden now may still count as the one that has it; or the page has put it somewhere.
    const around = /** @type {Document} */ (root.host.getRootNode()).activeElement
    const lost = box.contains(root.activeElement) || (!root.activeElement && (!around || around === document.body || around === root.host))
    if (!isOpen() && inside && lost) opener.focus()
  })
  // The backdrop is the dialog itself to the event, and all else is in it. A text may be selected from there to here.
  let pressed = false
  box.addEventListener('pointerdown', (/** @type {Event} */ { target }) => (pressed = target === box))
  box.addEventListener('click', (/** @type {Event} */ { target }) => modal && pressed && target === box && close())
  const moved = () => !modal && isOpen() && beside(box, opener)
  addEventListener('resize', moved)
  addEventListener('scroll', moved, true)

  return {
    show,
    close,
    paint({ summary }) {
      const { strings, label, theme, disabled, direction } = live.settings
      // Moved in the document while it was open: a dialog is none any more, and a popover is closed.
      if (modal && box.open && !isOpen()) {
        box.close()
        show()
      }
      put(opener, 'aria-expanded', String(isOpen()))
      const text = summary?.headline ?? strings.title
      write(words, text)
      put(opener, 'aria-label', label ? `${label}: ${text}` : undefined)
      opener.disabled = disabled
      write(title, label || strings.title)
      put(box, 'aria-label', label || strings.title)
      put(shut, 'aria-label', strings.close)
      done.hidden = summary?.state !== 'done'
      write(done, strings.done)
      for (const node of [stand, box]) {
        put(node, 'data-theme', theme)
        put(node, 'lang', strings.locale)
        put(node, 'dir', direction)
      }
    },
    drop() {
      removeEventListener('resize', moved)
      removeEventListener('scroll', moved, true)
      close()
      live.root.append(...said)
      done.remove()
      stand.remove()
      box.remove()
    },
  }
}

/** Puts a box beside a button, below or above it, wherever there is more room. @param {HTMLElement} box @param {HTMLElement} opener */
function beside(box, opener) {
  const { top, bottom, left, right } = opener.getBoundingClientRect()
  const { clientWidth, clientHeight } = document.documentElement
  const width = Math.min(WIDTH, clientWidth - 2 * MARGIN)
  const rtl = getComputedStyle(opener).direction === 'rtl'
  const at = Math.max(MARGIN, Math.min(rtl ? right - width : left, clientWidth - width - MARGIN))
  const [above, below] = [top - 2 * MARGIN, clientHeight - bottom - 2 * MARGIN]
  const under = below >= 300 || below >= above
  const height = Math.max(160, under ? below : above)
  // Over the button where there is too little room beside it.
  const off = `${Math.min(MARGIN + (under ? bottom : clientHeight - top), clientHeight - height - MARGIN)}px`
  const style = {
    'left': `${at}px`, 'inline-size': `${width}px`, 'max-block-size': `${height}px`, 'top': under ? off : 'auto', 'bottom': under ? 'auto' : off,
  }
  for (const [name, value] of Object.entries(style)) box.style.setProperty(name, value)
}

/** The panel stays; files may be dropped anywhere, or on what the attribute `target` finds. @param {ShadowRoot} root @param {Live} live @returns {Place} */
function page(root, live) {
  const text = make('span')
  const overlay = make('div', { class: 'fc fc-overlay', part: 'overlay', popover: 'manual' }, make('span', { class: 'fc-mark' }, icon(UPLOAD)), text)
  root.append(overlay)
  /** @type {EventTarget & ParentNode} */
  let zone = document
  let depth = 0
  const isOff = () => live.settings.disabled || !isShown(live.root)
  const hear = (/** @type {DragEvent & {fcRefused?: boolean}} */ event) => {
    if (!hasFiles(event.dataTransfer)) return
    // The panel, or something of the page's own, takes them; not another one that only kept them from the browser.
    const taken = event.defaultPrevented && !event.fcRefused
    event.preventDefault()
    event.fcRefused = !taken && isOff()
    clearTimeout(left)
    if (event.type === 'dragenter') depth += 1
    if (event.type === 'dragleave') depth = Math.max(0, depth - 1)
    if (event.type === 'drop') {
      depth = 0
      if (!taken && !isOff()) live.receive(/** @type {DataTransfer} */ (event.dataTransfer))
    }
    // What leaves the window tells nothing any more, not even that it left each of the elements it was above.
    if (event.type === 'dragleave' && event.relatedTarget === null) left = setTimeout(() => (depth = 0) || turn(), GONE_MS)
    turn()
  }
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let left
  const turn = () => {
    const on = depth > 0 && !isOff()
    if (on === overlay.matches(':popover-open')) return
    if (on) cover()
    else overlay.hidePopover()
  }
  const cover = () => {
    const [top, left, width, height] = zone instanceof Element ? seen(zone) : ['0', '0', '100%', '100%']
    for (const [name, value] of Object.entries({ top, left, width, height })) overlay.style.setProperty(name, value)
    overlay.showPopover()
  }
  /** It may come later than this, or be another by now: looked for again before anything that is entered hears of it. */
  const seek = () => {
    const wanted = find(live.settings.target, root.host) ?? document
    if (wanted === zone) return
    ignore()
    zone = wanted
    depth = 0
    ignore = hearDrags(zone, hear)
    turn()
  }
  let ignore = hearDrags(zone, hear)
  document.addEventListener('dragenter', seek, true)
  // Also where something of the page keeps it to itself.
  const end = () => setTimeout(() => (depth = 0) || turn())
  addEventListener('drop', end, true)
  return {
    paint() {
      const { strings, theme } = live.settings
      write(text, strings.dropAnywhere)
      put(overlay, 'data-theme', theme)
      seek()
    },
    drop() {
      clearTimeout(left)
      ignore()
      document.removeEventListener('dragenter', seek, true)
      removeEventListener('drop', end, true)
      overlay.remove()
    },
  }
}

/** Where that is in the window, as far as it is in there. @param {Element} zone */
function seen(zone) {
  const { clientWidth, clientHeight } = document.documentElement
  const { top, left, right, bottom } = zone.getBoundingClientRect()
  const [y, x] = [Math.max(0, top), Math.max(0, left)]
  return [y, x, Math.min(right, clientWidth) - x, Math.min(bottom, clientHeight) - y].map((value) => `${value}px`)
}

/** Selectors that were complained about. @type {Set<string>} */
const wrong = new Set()

/** In the tree that the element stands in, or in the document. @param {string} selector @param {Element} host */
function find(selector, host) {
  try {
    const tree = /** @type {ParentNode & Node} */ (host.getRootNode())
    return selector ? (tree.querySelector(selector) ?? document.querySelector(selector)) : null
  } catch {
    if (!wrong.has(selector)) console.warn(`filechute: config.attribute: target="${selector.slice(0, 100)}" is no selector, so the whole page is used`)
    wrong.add(selector)
    return null
  }
}

/** One picture, shown where it was dropped. @param {Live} live @returns {Place} */
function image(live) {
  const picture = make('img', { class: 'fc-picture', part: 'picture', alt: '', hidden: true, draggable: 'false' })
  const mark = /** @type {Element} */ (live.root.querySelector('.fc-mark'))
  mark.before(picture)
  // One that the browser cannot show: the icon does.
  picture.addEventListener('error', () => (picture.hidden = true))
  let shown = ''
  /** An address made here. */
  let made = ''
  const show = (/** @type {string} */ address) => {
    URL.revokeObjectURL(made)
    made = ''
    put(picture, 'src', address || undefined)
    picture.hidden = !address
  }
  return {
    async paint() {
      const file = live.first
      // The page's own picture, until there is another. In an image no address and no SVG runs scripts.
      const { src } = live.settings
      const id = file?.id ?? src
      if (shown === id) return
      shown = id
      show(file ? '' : src)
      if (!file?.data) return
      const { data, type } = file
      // Without that part of the uploader the icon does.
      const fits = await import('./thumbs.js').then(({ fits }) => fits(data, type)).catch(() => false)
      if (!fits || shown !== id) return
      show(URL.createObjectURL(data))
      made = picture.src
    },
    drop() {
      shown = '-'
      show('')
      picture.remove()
    },
  }
}
