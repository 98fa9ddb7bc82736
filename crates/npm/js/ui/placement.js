// Where the interface stands, by the attribute `mode`. What is not in the flow of the page is loaded when it is wanted.

import { report } from '../errors.js'

/** @typedef {import('./live.js').Live} Live */

export class Placement {
  #mode = 'inline'
  /** @type {Live | undefined} */
  #live
  /** @type {import('./modes.js').Place | undefined} */
  #place
  /** It was to be opened before it was there. */
  #wanted = false

  /** @param {() => boolean} isHidden whether something else is shown instead */
  constructor(isHidden) {
    this.isHidden = isHidden
  }

  /** Puts it where its settings say. @param {ShadowRoot} root @param {Live} live */
  async arrange(root, live) {
    const { mode } = live.settings
    if (live === this.#live && mode === this.#mode) return
    this.leave()
    this.#live = live
    this.#mode = mode
    if (mode === 'inline') return
    // Nothing flashes up where it will not stay.
    live.root.hidden = true
    try {
      const { arrange } = await import('./modes.js')
      // Another one is wanted by now, or none.
      if (live !== this.#live || mode !== this.#mode) return
      const place = arrange(mode, root, live)
      this.#place = place
      live.painter = place.paint
      if (this.#wanted) place.show?.()
      this.#wanted = false
    } catch (error) {
      // In the flow of the page it works just as well.
      report(error)
    } finally {
      live.root.hidden = this.isHidden()
    }
  }

  /** Takes it back from there. */
  leave() {
    if (this.#live) this.#live.painter = undefined
    this.#place?.drop()
    this.#place = undefined
    this.#live = undefined
    this.#mode = 'inline'
  }

  show() {
    this.#wanted = !this.#place
    this.#place?.show?.()
  }

  close() {
    this.#wanted = false
    this.#place?.close?.()
  }
}
