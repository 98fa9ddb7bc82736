// Files that are held above something: whether they still are, told from enter and leave, which come for each child, too.

/** Counts the entered and left elements of one place. */
export class Drag {
  #depth = 0

  /** @param {Node} place */
  constructor(place) {
    this.place = place
  }

  /** Something is being held above it. */
  get isOver() {
    return this.#depth > 0
  }

  /** @param {DragEvent} event */
  see(event) {
    const to = /** @type {Node | null} */ (event.relatedTarget)
    // A node that is taken away under the pointer never says that it was left, so where the pointer went counts too.
    const left = to !== null && this.place.getRootNode().contains(to) && !this.place.contains(to)
    if (event.type === 'dragenter') this.#depth += 1
    if (event.type === 'dragleave') this.#depth = left ? 0 : Math.max(0, this.#depth - 1)
    if (event.type === 'drop') this.#depth = 0
  }
}
