// What was picked while there is no uploader yet, or never will be: the names, each with a button that takes it out, until
// someone takes the files over. A form may send them as they are.

import { readFolder } from '../dropped.js'
import { displayName } from '../names.js'
import { icon, make } from './dom.js'
import { REMOVE } from './icons.js'
import { count, fill } from './words.js'

/** So many names are shown. */
const MOST_ROWS = 100

export class Waiting {
  /** @type {File[]} */
  files = []
  /** @type {FileSystemDirectoryEntry[]} */
  #folders = []
  #cleared = 0
  list = make('ul', { class: 'fc-picked', part: 'list', role: 'list', hidden: true })
  told = make('p', { class: 'fc-told', role: 'status', part: 'message', hidden: true })

  /**
   * @param {() => import('./panel.js').Settings} settings
   * @param {(refocus?: boolean) => void} changed called when other files are kept than before
   */
  constructor(settings, changed) {
    this.settings = settings
    this.changed = changed
  }

  get size() {
    return this.files.length + this.#folders.length
  }

  /** @param {File[]} files @param {FileSystemDirectoryEntry[]} [folders] */
  add(files, folders = []) {
    const { multiple, directory, disabled, strings } = this.settings()
    if (folders.length > 0 && !directory) this.tell(strings.noFolders)
    const wanted = directory ? folders : []
    if (disabled || files.length + wanted.length === 0) return
    if (multiple || directory) {
      this.files.push(...files)
      this.#folders.push(...wanted)
    } else {
      // As a plain file input does: the last choice counts.
      this.files = files.slice(0, 1)
    }
    this.#show()
  }

  /** Hands everything over. */
  take() {
    const [files, folders] = [this.files, this.#folders]
    this.wait()
    this.#empty()
    return { files, folders }
  }

  /** Says that no uploader will come, and reads what was kept unread. @param {string} message @param {(() => void) | undefined} again */
  async stay(message, again) {
    const { strings } = this.settings()
    this.tell(message)
    if (again) {
      const button = make('button', { type: 'button', class: 'fc-btn' }, strings.tryAgain)
      button.addEventListener('click', again)
      this.told.append(' ', button)
    }
    const cleared = this.#cleared
    for (const folder of this.#folders.splice(0)) {
      const picked = await readFolder(folder)
      // The form was reset meanwhile.
      if (cleared !== this.#cleared) return
      if (picked.length === 0) this.told.append(` ${fill(strings.emptyFolder, displayName(folder.name))}.`)
      this.add(picked.map(({ data }) => data))
    }
  }

  /** Takes back what was said. */
  wait() {
    this.told.hidden = true
    this.told.textContent = ''
  }

  /** @param {string} message */
  tell(message) {
    this.told.textContent = message
    this.told.hidden = false
  }

  /** Takes out all that was picked, folders that are being read too. */
  clear() {
    this.#cleared += 1
    this.#empty()
  }

  #empty() {
    this.files = []
    this.#folders = []
    this.#show()
  }

  #show() {
    const { strings } = this.settings()
    const names = [...this.files.map(({ name }) => displayName(name)), ...this.#folders.map(({ name }) => `${displayName(name)}/`)]
    this.list.replaceChildren(...names.slice(0, MOST_ROWS).map((name, at) => this.#row(name, at)))
    const rest = names.length - MOST_ROWS
    if (rest > 0) this.list.append(make('li', {}, count(strings.andMore, rest, strings)))
    this.list.hidden = names.length === 0
    this.changed()
  }

  /** @param {string} name @param {number} at */
  #row(name, at) {
    const label = fill(this.settings().strings.removeFile, name)
    const button = make('button', { type: 'button', class: 'fc-btn fc-bare', 'aria-label': label }, icon(REMOVE))
    button.addEventListener('click', () => {
      if (at < this.files.length) this.files.splice(at, 1)
      else this.#folders.splice(at - this.files.length, 1)
      this.#show()
    })
    return make('li', {}, make('bdi', {}, name), button)
  }
}
