// Where the keyboard's focus goes when the button that had it is gone.

import { isShown } from './dom.js'

/** What takes the place of a button that was pressed, so that the same key takes it back. @type {Record<string, string>} */
const TURNS_INTO = { 'pause-all': 'resume-all', 'resume-all': 'pause-all', 'upload': 'pause-all', 'retry-all': 'pause-all' }

/**
 * To be asked before something changes; what it returns is to be called after.
 * @param {HTMLElement} root @param {Element} focused
 * @returns {(last: Element | undefined) => void} takes the last row of the list
 */
export function home(root, focused) {
  const parent = focused.parentElement
  const inList = focused.closest('.fc-view, .fc-picked') !== null
  return (last) => {
    if (isShown(focused)) return
    const now = root.querySelector(':focus')
    if (now && now !== focused) return
    const shown = (/** @type {Element | null | undefined} */ element) => (element && isShown(element) ? element : undefined)
    const turned = TURNS_INTO[focused.getAttribute('data-do') ?? '']
    const other = turned && shown(parent?.querySelector(`[data-do=${turned}]`))
    // Its counterpart, a neighbour, the last file, or "add".
    // Not what takes all out: the next key may be on its way.
    const beside = other ? other : focused.isConnected ? shown(parent?.querySelector('button:not([hidden], [data-do=clear])')) : undefined
    const end = inList || !focused.isConnected ? shown(last?.querySelector('[data-do=remove]')) : undefined
    const waiting = shown(root.querySelector('.fc-picked button'))
    ;/** @type {HTMLElement | null} */ (beside ?? end ?? waiting ?? shown(root.querySelector('.fc-pick')) ?? root.querySelector('.fc-view'))?.focus()
  }
}
