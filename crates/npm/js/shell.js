// What a person can use before the WebAssembly is there, and instead of it when it cannot come: a button, a drop zone and
// the names of what was picked. It looks like the real interface, by the same classes of `style.css`, and keeps the
// files until someone takes them.

import { hasFiles, readFolder, takeOut } from './dropped.js'
import { displayName } from './names.js'

/** @typedef {import('./core.js').Settings} Settings */
/** @typedef {import('./dropped.js').Picked} Picked */

/**
 * @param {string} tag @param {Record<string, string>} [attributes] @param {...(Node | string)} children
 * @returns {any}
 */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

/** The arrow of the drop zone. */
function mark() {
  const SVG = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', 'M12 16V5m0 0L7.5 9.5M12 5l4.5 4.5M5 16v2a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-2')
  svg.append(path)
  return make('span', { class: 'fc-mark', part: 'mark' }, svg)
}

export class Shell {
  /** @type {File[]} */
  #files = []
  /** @type {FileSystemDirectoryEntry[]} */
  #folders = []
  /** Where files go once there is an uploader. @type {((files: File[], folders: FileSystemDirectoryEntry[]) => void) | undefined} */
  #taker
  #entered = 0
  #cleared = 0
  /** @type {Settings} */
  #settings

  /**
   * @param {Settings} settings
   * @param {() => void} changed called when other files are kept than before
   */
  constructor(settings, changed) {
    this.changed = changed
    this.#settings = settings
    this.input = make('input', { type: 'file', class: 'fc-input', hidden: '' })
    this.button = make('button', { type: 'button', class: 'fc-btn fc-main fc-pick', part: 'button pick' })
    this.or = make('span', { class: 'fc-or', part: 'or' })
    this.list = make('ul', { class: 'fc-picked', part: 'list', hidden: '' })
    this.told = make('p', { class: 'fc-told', role: 'status', part: 'message', hidden: '' })
    this.again = make('button', { type: 'button', class: 'fc-btn', hidden: '' }, 'Try again')
    // The input is no child of what clicks it, or its click would come round again.
    const drop = make('div', { class: 'fc-drop', part: 'dropzone' }, mark(), this.button, this.or)
    this.root = make('div', { class: 'fc', part: 'panel', 'data-ready': '' }, drop, this.input, this.told, this.list)
    this.button.addEventListener('click', () => this.input.click())
    this.input.addEventListener('change', () => {
      const files = [...(this.input.files ?? [])]
      this.input.value = ''
      this.add(files)
    })
    for (const type of ['dragenter', 'dragover', 'dragleave', 'drop']) {
      this.root.addEventListener(type, (/** @type {DragEvent} */ event) => this.#drag(event))
    }
    this.update(settings)
  }

  /** @param {Settings} settings */
  update(settings) {
    this.#settings = settings
    const { accept, multiple, directory, disabled, theme, label } = settings
    this.input.accept = accept
    this.input.multiple = multiple
    this.input.webkitdirectory = directory
    this.input.disabled = this.button.disabled = disabled
    this.root.dataset.theme = theme
    this.root.toggleAttribute('data-off', disabled)
    this.button.textContent = directory ? 'Choose a folder' : multiple ? 'Choose files' : 'Choose a file'
    this.or.textContent = multiple || directory ? 'or drop them here' : 'or drop it here'
    if (label) this.button.setAttribute('aria-label', `${label}: ${this.button.textContent}`)
    else this.button.removeAttribute('aria-label')
  }

  /** What was picked and not taken. @returns {File[]} */
  get files() {
    return this.#files
  }

  /** @param {File[]} files @param {FileSystemDirectoryEntry[]} [folders] */
  add(files, folders = []) {
    if (this.#settings.disabled || files.length + folders.length === 0) return
    if (this.#taker) {
      this.#taker(files, folders)
      return
    }
    if (this.#settings.multiple || this.#settings.directory) {
      this.#files.push(...files)
      this.#folders.push(...folders)
    } else {
      // As a plain file input does: the last choice counts.
      this.#files = files.slice(0, 1)
    }
    this.#show()
  }

  /** Hands over what is kept, and from now on everything else, too. @param {(files: File[], folders: FileSystemDirectoryEntry[]) => void} taker */
  handOver(taker) {
    this.#taker = taker
    const [files, folders] = [this.#files, this.#folders]
    this.#empty()
    if (files.length + folders.length > 0) taker(files, folders)
  }

  /** Stays for good: says so, and reads what it kept unread. @param {string} message @param {(() => void) | undefined} again */
  async stay(message, again) {
    this.#tell(message)
    if (again) {
      this.again.onclick = again
      this.told.append(' ', this.again)
      this.again.hidden = false
    }
    const cleared = this.#cleared
    for (const folder of this.#folders.splice(0)) {
      const picked = await readFolder(folder)
      // The form was reset meanwhile.
      if (cleared !== this.#cleared) return
      if (picked.length === 0) this.told.append(` ${displayName(folder.name)} is an empty folder.`)
      this.add(picked.map(({ data }) => data))
    }
  }

  /** Takes back what `stay` said. */
  wait() {
    this.told.hidden = true
    this.told.textContent = ''
  }

  /** @param {string} message */
  #tell(message) {
    this.told.textContent = message
    this.told.hidden = false
  }

  /** Takes out all that was picked, folders that are being read too. */
  clear() {
    this.#cleared += 1
    this.#empty()
  }

  #empty() {
    this.#files = []
    this.#folders = []
    this.#show()
  }

  #show() {
    const rows = this.#files.map((file, at) => this.#row(displayName(file.name), () => this.#files.splice(at, 1)))
    for (const [at, folder] of this.#folders.entries()) {
      rows.push(this.#row(`${displayName(folder.name)}/`, () => this.#folders.splice(at, 1)))
    }
    this.list.replaceChildren(...rows.slice(0, 100))
    if (rows.length > 100) this.list.append(make('li', {}, `and ${rows.length - 100} more`))
    this.list.hidden = rows.length === 0
    this.root.toggleAttribute('data-full', rows.length > 0)
    this.changed()
  }

  /** @param {string} name @param {() => void} remove */
  #row(name, remove) {
    const button = make('button', { type: 'button', class: 'fc-btn fc-bare', 'aria-label': `Remove ${name}` }, '×')
    button.addEventListener('click', () => {
      remove()
      this.#show()
      const next = /** @type {HTMLElement | null} */ (this.list.querySelector('button')) ?? this.button
      next.focus()
    })
    return make('li', {}, make('bdi', {}, name), button)
  }

  /** @param {DragEvent} event */
  #drag(event) {
    if (!hasFiles(event.dataTransfer) || this.#settings.disabled) return
    event.preventDefault()
    // Enter and leave come for each child, too.
    if (event.type === 'dragenter') this.#entered += 1
    if (event.type === 'dragleave') this.#entered -= 1
    if (event.type === 'dragover') /** @type {DataTransfer} */ (event.dataTransfer).dropEffect = 'copy'
    if (event.type === 'drop') {
      this.#entered = 0
      const { files, folders } = takeOut(/** @type {DataTransfer} */ (event.dataTransfer))
      if (folders.length > 0 && !this.#settings.directory) this.#tell('Folders can’t be uploaded here.')
      this.add(files, this.#settings.directory ? folders : [])
    }
    this.root.toggleAttribute('data-drag', this.#entered > 0)
  }

  /** Pasted files. Text is left to whoever wants it. @param {ClipboardEvent} event */
  paste(event) {
    if (!hasFiles(event.clipboardData)) return
    event.preventDefault()
    this.add(takeOut(/** @type {DataTransfer} */ (event.clipboardData)).files)
  }
}
