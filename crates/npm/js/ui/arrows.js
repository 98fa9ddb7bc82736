// A long list is one stop for Tab: it leads to the buttons of one file, and from there past the list. Arrow keys, Home and End go
// from file to file. Loaded when a list is first that long.

import { put } from './dom.js'
import { LONG_LIST } from './live.js'
import { idAt, isPlain, reach, step } from './reach.js'

/** @param {import('./live.js').Live} live @returns {import('./reach.js').Tool} */
export function equip(live) {
  const { list, view } = live.pool
  /** The file whose buttons Tab leads to. @type {string | undefined} */
  let here
  let isLong = false

  const settle = () => {
    const { rows } = live.pool.grid
    isLong = live.ids.length > LONG_LIST
    put(list, 'aria-description', isLong ? live.settings.strings.listHelp : undefined)
    // Out of sight: the first one of which something is seen.
    if (!rows.some(({ id }) => id === here)) here = live.pool.seen?.id
    for (const { id, node } of rows) {
      for (const one of node.querySelectorAll('button, input')) put(one, 'tabindex', isLong && id !== here ? -1 : undefined)
    }
  }

  // By then the rows stand where it was scrolled to.
  view.addEventListener('scroll', settle)
  list.addEventListener('focusin', ({ target }) => {
    here = idAt(/** @type {Element} */ (target))
    settle()
  })
  list.addEventListener('keydown', (event) => {
    const target = /** @type {Element} */ (event.target)
    const to = step(event.key, live.ids.indexOf(idAt(target)), live)
    if (to === undefined || !isLong || !isPlain(event)) return
    event.preventDefault()
    event.stopPropagation()
    // The same button there, or where there is none the one that each file has.
    const same = `[part="${target.getAttribute('part')}"]:not([hidden])`
    reach(live, to, `${same}, [data-do=remove]`)
  })
  // What others put into the rows is there then, too.
  return { paint: () => queueMicrotask(settle) }
}
