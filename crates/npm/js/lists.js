// Long lists of files on their way in, taken in slices so that ten thousand files do not freeze the page; and whoever has to
// wait for all of them.

import { breath } from './breath.js'
import { report } from './errors.js'

/** How long a slice may take, in milliseconds: a frame is 16. */
const SLICE_MS = 10
/** Lists up to this long are taken in one go, whatever the time. */
const AT_ONCE = 50

export class Lists {
  /** Until nothing is being taken in any more, ended or stopped. @type {Promise<void> | undefined} */
  pending
  /** The upload that waits for it. @type {Promise<import('./index.js').UploadResult> | undefined} */
  upload
  /** How many there are. */
  count = 0
  /** Goes up with each stop, so that what began before one can tell. */
  generation = 0
  /** All was paused meanwhile. */
  held = false
  /** The last list that had to be sliced. @type {Promise<unknown> | undefined} */
  last
  #settle = () => {}
  #ended

  /** @param {() => void} [ended] called when all of them came to their end, behind those who waited for it */
  constructor(ended = () => {}) {
    this.#ended = ended
  }

  /** Work that counts as a list. @param {(isOver: () => boolean) => Promise<void>} work @returns {Promise<void>} */
  run(work) {
    const { generation } = this
    const isOver = () => generation !== this.generation
    this.count += 1
    this.pending ??= new Promise((resolve) => {
      this.#settle = resolve
    })
    const done = work(isOver)
    done.catch(report).then(() => {
      if (isOver() || (this.count -= 1) > 0) return
      this.#clear()
      queueMicrotask(this.#ended)
    })
    return done
  }

  /** The first ones at once, the others in slices, after those of earlier lists. @param {number} length @param {(at: number) => void} take @returns {Promise<void>} */
  slices(length, take) {
    const { generation } = this
    let at = 0
    const slice = () => {
      const end = performance.now() + SLICE_MS
      // Looked at for each: a listener may have stopped it.
      while (generation === this.generation && at < length && (at < AT_ONCE || performance.now() < end)) take(at++)
    }
    slice()
    if (generation !== this.generation || at === length) return Promise.resolve()
    const before = this.last
    const done = this.run(async (isOver) => {
      await before
      while (!isOver() && at < length) {
        await breath()
        slice()
      }
    })
    this.last = done.catch(() => {})
    return done
  }

  /** They are of no use any more. */
  stop() {
    this.generation += 1
    this.count = 0
    this.held = false
    this.#clear()
  }

  #clear() {
    this.pending = undefined
    this.upload = undefined
    this.#settle()
  }
}
