// Where the keyboard's focus goes when the button that had it is gone.

import { isShown } from './dom.js'

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
    // A neighbour, the last file, or "add".
    const beside = focused.isConnected ? shown(parent?.querySelector('button:not([hidden])')) : undefined
    const end = inList || !focused.isConnected ? shown(last?.querySelector('[data-do=remove]')) : undefined
    const waiting = shown(root.querySelector('.fc-picked button'))
    ;/** @type {HTMLElement | null} */ (beside ?? end ?? waiting ?? root.querySelector('.fc-pick'))?.focus()
  }
}
