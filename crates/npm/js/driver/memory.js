// Whether there is anything to remember, and who does: the journal is loaded when an earlier page left something, or when an
// upload in parts begins. Most pages never do.

/** @typedef {import('./keeper.js').Keeper} Keeper */
/** @typedef {import('./keeper.js').Record} Record */
/** @typedef {{unavailable: (why: string) => void, found: () => void, pay: (owed: string[]) => void}} Tell `owed`: upload id, key and bucket of each */

/** The journal's database. */
const NAME = 'filechute'

export class Memory {
  /** Once it is there. @type {Keeper | undefined} */
  keeper
  #scope
  #digest
  /** @type {Tell} */
  #tell
  /** @type {Promise<Keeper | undefined> | undefined} */
  #opening
  #left = false

  /** @param {string} scope @param {import('./keeper.js').DigestWith} digest @param {Tell} tell */
  constructor(scope, digest, tell) {
    this.#scope = scope
    this.#digest = digest
    this.#tell = tell
    // Where a browser forbids it, asking for the database may throw.
    this.#look().catch(() => {})
  }

  /** Whether something is remembered here, or about to be. */
  get isOpen() {
    return this.#opening !== undefined
  }

  /** Whether what is left at the store will be found again. */
  get works() {
    return this.isOpen && this.keeper?.works !== false
  }

  /** Opens the journal if an earlier page made one. */
  async #look() {
    const known = await globalThis.indexedDB?.databases?.().catch(() => [])
    // A browser that does not say which there are may have one.
    if ((known ?? [{ name: NAME }]).some(({ name }) => name === NAME)) this.#open()
  }

  #open() {
    if (!this.#opening && !this.#left) {
      this.#opening = import('./keeper.js').then(({ Keeper }) => new Keeper(this.#scope, this.#digest, this.#tell)).catch(() => {
        // Nothing is remembered, and that is not tried again.
        this.#left = true
        this.#opening = undefined
        this.#tell.unavailable('a part of filechute could not be loaded')
        return undefined
      })
      // Before all that waits for it: from here on `use` has no more to wait for, and nothing may come before those.
      void this.#opening.then((keeper) => {
        this.keeper = keeper
      })
    }
    return this.#opening
  }

  /** Runs that now if it can, otherwise once the journal is there; in order. @param {(keeper: Keeper) => void} act */
  use(act) {
    if (this.keeper) act(this.keeper)
    else void this.#open()?.then((keeper) => keeper && act(keeper))
  }

  /** What earlier pages left. */
  async load() {
    return (await (await this.#open())?.load()) ?? []
  }

  /** @param {string} id */
  record(id) {
    return this.keeper?.record(id)
  }

  /** See the keeper's. @param {import('./source.js').AskRequest} request */
  async earlier(request) {
    return (await this.#open())?.earlier(request)
  }

  /** The page goes away, or another source is asked; what is kept stays. */
  leave() {
    this.#left = true
    // After what is still to be remembered.
    if (this.isOpen) this.use((keeper) => keeper.leave())
  }
}
