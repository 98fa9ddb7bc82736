// The panel at work: hears what the person does and what the uploader tells, and keeps list and frame true. It is there
// before the uploader is: what is picked until then waits.

import { hasFiles, takeOut } from '../dropped.js'
import { Uploader } from '../uploader.js'
import { report } from '../errors.js'
import { put } from './dom.js'
import { Drag } from './drag.js'
import { Files } from './files.js'
import { home } from './focus.js'
import { Teller } from './frame.js'
import { Panel } from './panel.js'
import { Pool } from './pool.js'
import { actOnAll, actOnOne } from './verbs.js'
import { Waiting } from './waiting.js'

/** @typedef {import('./panel.js').Settings} Settings */

/** Of more files than that nobody wants to pass each on the way to what comes after. */
export const LONG_LIST = 20

/** What some lists have beyond the usual: who wants it, and where it is. @type {Array<[wanted: (live: Live) => unknown, load: () => Promise<any>]>} */
const TOOLS = [
  [({ settings }) => settings.sortable, () => import('./sort.js')],
  [({ settings }) => settings.selectable, () => import('./select.js')],
  [({ unfinished }) => unfinished.length, () => import('./unfinished.js')],
  [({ ids }) => ids.length > LONG_LIST, () => import('./arrows.js')],
]
const HEARD = ['click', 'change', 'dragenter', 'dragover', 'dragleave', 'drop', 'paste', 'scroll', 'load', 'error']
/** Looks that nobody waits for come no closer than this, in milliseconds. */
const PAUSE_MS = 40
/** What could not be fetched is fetched again after that, when there is a look at it. */
const AGAIN_MS = 10_000
/** How long it is said that something was copied. */
const FLASH_MS = 2000

export class Live {
  #panel = new Panel()
  pool = new Pool(this.#panel.view, this.#panel.list)
  /** @type {Settings} */
  settings
  #waiting
  /** @type {Uploader | undefined} */
  #uploader
  /** @type {Files | undefined} */
  #files
  #drag = new Drag(this.#panel.root)
  /** Only failed files are shown. */
  #filtered = false
  /** Said for a moment. */
  #flash = ''
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #said
  /** Who the next choice is for, where it is not for the list. @type {((files: File[]) => boolean) | undefined} */
  #next
  #teller = new Teller()
  /** Those of `TOOLS` that were fetched, or are being. @type {Set<unknown>} */
  #wanted = new Set()
  #painting = false
  /** @type {((frame: import('./panel.js').Frame) => void) | undefined} */
  #painter
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #soon
  #painted = 0
  /** @type {Array<() => void>} */
  #offs = []
  /** @type {ResizeObserver | undefined} */
  #resize

  /**
   * @param {ShadowRoot | Element} root
   * @param {Settings} settings
   * @param {() => void} changed called when other files wait for an uploader than before
   * @param {(frame: import('./panel.js').Frame) => void} [painted]
   */
  constructor(root, settings, changed, painted) {
    this.settings = settings
    this.painted = painted
    this.#waiting = new Waiting(() => this.settings, () => {
      this.refresh()
      changed()
    })
    const { root: node } = this.#panel
    this.#panel.view.before(this.#waiting.told, this.#waiting.list)
    // While they come down to what they are about, since `scroll` and `error` do not bubble.
    for (const name of HEARD) node.addEventListener(name, this.#hear, true)
    if (typeof ResizeObserver === 'function') {
      // Also from and to nothing, when a dialog opens. Later, since what it does may resize the view again.
      this.#resize = new ResizeObserver(() => this.plan())
      this.#resize.observe(this.#panel.view)
    }
    root.append(node)
    this.refresh()
  }

  /** What the interface is. */
  get root() {
    return this.#panel.root
  }

  /** What was picked and not taken. */
  get files() {
    return this.#waiting.files
  }

  /** @param {Settings} settings */
  update(settings) {
    this.settings = settings
    this.refresh()
  }

  /** From now on it shows and drives this uploader, which gets what was picked before. @param {Uploader} uploader @param {string[]} [order] of its files */
  attach(uploader, order) {
    this.#files = new Files(uploader, () => this.settings, () => this.plan(), order)
    this.#offs = [uploader.on('file-added', ({ id }) => this.settings.mode === 'image' && this.#replace(id))]
    this.#uploader = uploader
    this.#offs.push(uploader.on(Uploader.FLUSHED, () => this.plan()), () => this.#files?.stop())
    const { files, folders } = this.#waiting.take()
    this.#take((core) => {
      if (files.length > 0) core.arrivals.list(files)
      if (folders.length > 0) core.arrivals.folders(folders)
    })
  }

  /** There will be no uploader, for now. @param {string} message @param {() => void} [again] */
  stay(message, again) {
    void this.#waiting.stay(message, again && (() => {
      this.#waiting.wait()
      again()
    }))
  }

  /** Keeps these for the uploader. @param {File[]} files */
  add(files) {
    this.#waiting.add(files)
  }

  /** Takes out what waits. */
  clear() {
    this.#waiting.clear()
  }

  /** The uploader stopped for good: what is in the list stays readable. @param {string} message */
  stop(message) {
    this.#detach()
    put(this.#waiting.told, 'role', 'alert')
    this.#waiting.tell(message)
    this.#panel.root.prepend(this.#waiting.told)
  }

  /** Files that were dropped somewhere else. @param {DataTransfer} transfer */
  receive(transfer) {
    if (!this.settings.disabled) this.#takeTransfer(transfer)
  }

  /** The first file of the list. */
  get first() {
    const id = this.#core && this.#files?.ids[0]
    return id === undefined ? undefined : this.#uploader?.getFile(id)
  }

  /** What is shown of the files, in its order. */
  get ids() {
    return (this.#filtered ? this.#files?.failed : this.#files?.ids) ?? []
  }

  /** Only failed files are shown. */
  get isFiltered() {
    return this.#filtered
  }

  /** What an earlier page left. */
  get unfinished() {
    return this.#files?.unfinished ?? []
  }

  /** While there is one that lives. */
  get uploader() {
    return this.#core && this.#uploader
  }

  /** The person put all files in this order. @param {string[]} ids */
  sort(ids) {
    if (!this.#files || !this.#uploader) return
    this.#files.ids = ids
    Uploader.tell(this.#uploader, 'files-sorted', [...ids])
  }

  /** Takes the interface down. The uploader lives on. */
  unmount() {
    this.#detach()
    this.#resize?.disconnect()
    this.pool.drop()
    this.#panel.root.remove()
  }

  #detach() {
    for (const off of this.#offs.splice(0)) off()
    clearTimeout(this.#soon)
    this.#uploader = undefined
  }

  /** What lies beneath, while there is an uploader that lives. */
  get #core() {
    return this.#uploader && Uploader.alive(this.#uploader)
  }

  /** What the person did. @param {any} event */
  #hear = (event) => {
    const { target, type } = event
    switch (type) {
      case 'click': {
        const button = target.closest?.('[data-do]')
        // The second one of a double click meets what came in its place.
        if (button && event.detail !== 2 && this.#panel.root.contains(button)) this.#click(button)
        return
      }
      case 'change': return target === this.#panel.input && this.#takeInput()
      case 'scroll': return this.#layout(false)
      case 'load':
      case 'error':
        // A picture that is broken, huge or refused: the icon under it does.
        if (target.className === 'fc-image') put(target, 'data-state', type)
        return
      case 'paste':
        // A table or a text comes with its picture: where people write, it is the text that they want.
        if (this.settings.disabled || !hasFiles(event.clipboardData) || target.matches?.(':read-write')) return
        event.preventDefault()
        return this.#takeTransfer(event.clipboardData)
    }
    if (hasFiles(event.dataTransfer)) this.#dragged(event)
  }

  /** @param {DragEvent} event */
  #dragged(event) {
    const transfer = /** @type {DataTransfer} */ (event.dataTransfer)
    const { disabled } = this.settings
    // Without this the browser would leave the page and open the file.
    event.preventDefault()
    transfer.dropEffect = disabled ? 'none' : 'copy'
    this.#drag.see(event)
    if (event.type !== 'dragover') this.refresh(false)
    if (event.type === 'drop' && !disabled) this.#takeTransfer(transfer)
  }

  /** @param {DataTransfer} transfer */
  #takeTransfer(transfer) {
    if (this.#core) return this.#take((core) => core.arrivals.transfer(transfer))
    const { files, folders } = takeOut(transfer)
    this.#waiting.add(files, folders)
  }

  /** Lets files in. @param {(core: import('../core.js').Core) => void} add */
  #take(add) {
    // Or what is new would not be seen.
    this.#filtered = false
    // Gone before the same comes anew, so that it is noticed.
    this.complain()
    if (this.#core) add(this.#core)
    this.plan()
  }

  /** Hands over what the input holds. */
  #takeInput() {
    const { input } = this.#panel
    const files = [...(input.files ?? [])]
    // So that the same file can be picked again.
    input.value = ''
    if (files.length === 0) return
    const next = this.#next
    this.#next = undefined
    if (!this.#core) this.#waiting.add(files)
    else if (next?.(files)) this.complain()
    else this.#take((core) => core.arrivals.list(files))
  }

  /** One picture at a time: the last choice counts, as with a plain file input. @param {string} id */
  #replace(id) {
    for (const other of this.#files?.ids ?? []) if (other !== id) this.#uploader?.removeFile(other)
  }

  /** @param {Element} button */
  #click(button) {
    const verb = button.getAttribute('data-do') ?? ''
    this.#files?.forget(verb === 'dismiss' || verb === 'skip')
    if (verb === 'pick') this.ask()
    else if (this.#core) this.#act(verb, button)
    this.refresh()
  }

  /** @param {string} verb @param {Element} button */
  #act(verb, button) {
    const uploader = /** @type {Uploader} */ (this.#uploader)
    const files = /** @type {Files} */ (this.#files)
    if (verb === 'filter') this.#filtered = !this.#filtered
    if (actOnAll(verb, uploader, files)) return
    const file = uploader.getFile(button.closest('[data-id]')?.getAttribute('data-id') ?? '')
    // A row may outlive its file by a moment.
    if (!file) return
    if (verb === 'edit') void this.#edit(file, button)
    else if (verb.startsWith('copy')) void this.#copy(String(verb === 'copy-key' ? file.meta.key : file.response?.body.publicUrl ?? file.uploadURL), /** @type {HTMLElement} */ (button))
    else actOnOne(verb, uploader, file)
  }

  /** @param {string} text @param {HTMLElement} button */
  async #copy(text, button) {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      // Where a page has no clipboard, people copy it themselves.
      return void prompt(button.title, text)
    }
    put(button, 'data-copied', true)
    this.say(this.settings.strings.copied)
    setTimeout(() => put(button, 'data-copied', false), FLASH_MS)
  }

  /** Has it read out. @param {string} text */
  say(text) {
    this.#flash = text
    clearTimeout(this.#said)
    this.#said = setTimeout(() => (this.#flash = ''), FLASH_MS)
    this.refresh()
  }

  /** @param {import('../index.js').UploadFile} file @param {Element} button */
  async #edit(file, button) {
    const back = home(this.#panel.root, button)
    try {
      const { ask } = await import('./editor.js')
      const meta = await ask(this.#panel.root, file, this.settings)
      const { uploader } = this
      const now = meta && uploader?.getFile(file.id)
      // Not what was sent meanwhile.
      if (now && uploader && ['idle', 'failed'].includes(now.status)) {
        uploader.setFileMeta(file.id, meta)
        // What was asked for is there.
        if (now.failure?.code.startsWith('meta.')) actOnOne('retry', uploader, now)
      }
    } catch (error) {
      report(error)
    }
    this.refresh()
    ;/** @type {HTMLElement} */ (button).focus()
    back(this.pool.last)
  }

  /** Opens the browser's choice of files. @param {(files: File[]) => boolean} [next] who takes what is chosen, and says whether it does */
  ask(next) {
    const { input } = this.#panel
    const { multiple, directory } = this.settings
    this.#next = next
    // One file, where it is asked for; and all that the list takes again after that.
    input.multiple = !next && multiple
    input.webkitdirectory = !next && directory
    input.click()
  }

  /** What was complained about is over; now this is, where it says something. @param {string} [text] */
  complain(text) {
    this.#files?.forget(true)
    if (text) this.#files?.stopUpload(text)
    this.refresh()
  }

  /** A look at everything in a moment, however often it is asked for until then. */
  plan() {
    if (this.#soon !== undefined) return
    this.#soon = setTimeout(() => {
      this.#soon = undefined
      this.refresh()
    }, Math.max(0, this.#painted + PAUSE_MS - performance.now()))
  }

  /** Brings list and frame up to date. @param {boolean} [fresh] whether files that are shown need a new look */
  refresh(fresh = true) {
    if (this.#painting) return this.plan()
    // The uploader is gone for good: what is in the list stays readable.
    if (this.#files && !this.#core) return
    const focused = this.#panel.root.querySelector(':focus')
    const keep = focused && home(this.#panel.root, focused)
    const totals = this.#core && this.#uploader?.getTotals()
    this.#panel.view.hidden = !totals || totals.files === 0
    if (!totals?.failed) this.#filtered = false
    const frame = this.#teller.frame({
      totals,
      settings: this.settings,
      files: this.#files,
      full: this.#waiting.size > 0,
      dragging: this.#drag.isOver && !this.settings.disabled,
      filtered: this.#filtered,
      flash: this.#flash,
    })
    this.#panel.paint(frame, this.settings)
    this.#painter?.(frame)
    this.painted?.(frame)
    this.#equip()
    this.#layout(fresh)
    keep?.(this.pool.last)
    this.#painted = performance.now()
  }

  /** Whoever paints something of their own whenever this does. @param {((frame: import('./panel.js').Frame) => void) | undefined} painter */
  set painter(painter) {
    this.#painter = painter
    this.refresh()
  }

  /** Fetches what is wanted, and lets what is there look at everything, too. */
  #equip() {
    for (const [wanted, load] of TOOLS) {
      if (!wanted(this) || this.#wanted.has(load)) continue
      this.#wanted.add(load)
      load().then(({ equip }) => {
        this.pool.tools.push(equip(this))
        this.refresh()
      }).catch((error) => {
        report(error)
        setTimeout(() => this.#wanted.delete(load), AGAIN_MS)
      })
    }
    for (const tool of this.pool.tools) tool.paint()
  }

  /** @param {boolean} fresh */
  #layout(fresh) {
    // Busy when a handler of the page, called by a change of focus, calls the uploader: look again later.
    if (this.#painting || !this.#files || !this.#core) return
    const uploader = /** @type {Uploader} */ (this.#uploader)
    this.#painting = true
    try {
      this.pool.layout(this.ids, (id) => uploader.getFile(id), this.settings, fresh)
    } finally {
      this.#painting = false
    }
  }
}
