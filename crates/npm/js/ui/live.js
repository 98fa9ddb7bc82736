// The panel at work: hears what the person does and what the uploader tells, and keeps list and frame true. It is there
// before the uploader is: what is picked until then waits.

import { hasFiles, takeOut } from '../dropped.js'
import { Uploader } from '../uploader.js'
import { put } from './dom.js'
import { Files } from './files.js'
import { home } from './focus.js'
import { hint, summary } from './model.js'
import { Panel } from './panel.js'
import { Pool } from './pool.js'
import { Waiting } from './waiting.js'
import { count } from './words.js'

/** @typedef {import('./panel.js').Settings} Settings */

const HEARD = ['click', 'change', 'dragenter', 'dragover', 'dragleave', 'drop', 'paste', 'scroll', 'load', 'error']
/** Looks that nobody waits for come no closer than this, in milliseconds. */
const PAUSE_MS = 40

export class Live {
  #panel = new Panel()
  #pool = new Pool(this.#panel.view, this.#panel.list)
  /** @type {Settings} */
  settings
  #waiting
  /** @type {Uploader | undefined} */
  #uploader
  /** @type {Files | undefined} */
  #files
  /** Entered minus left elements; above 0 something is being dragged over us. */
  #depth = 0
  /** The unfinished upload that the next choice is for. @type {string | undefined} */
  #goingOn
  /** Quarter of the upload that was announced last, while one is under way. @type {number | undefined} */
  #quarter
  #said = { status: '', alert: '' }
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
   */
  constructor(root, settings, changed) {
    this.settings = settings
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

  /** From now on it shows and drives this uploader, which gets what was picked before. @param {Uploader} uploader */
  attach(uploader) {
    this.#files = new Files(uploader, () => this.plan())
    this.#offs = [uploader.on('file-added', ({ id }) => this.settings.mode === 'image' && this.#replace(id))]
    this.#uploader = uploader
    this.#offs.push(uploader.on(Uploader.FLUSHED, () => this.plan()), () => this.#files?.stop())
    const { files, folders } = this.#waiting.take()
    this.#take((core) => {
      if (files.length > 0) core.addFileList(files)
      if (folders.length > 0) core.addFolders(folders)
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

  /** Takes the interface down. The uploader lives on. */
  unmount() {
    this.#detach()
    this.#resize?.disconnect()
    this.#pool.drop()
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
        if (button) this.#click(button)
        return
      }
      case 'change': return target === this.#panel.input && this.#takeInput()
      case 'scroll': return this.#layout(false)
      case 'load':
      case 'error':
        // A picture that is broken, huge or refused: the icon under it does.
        if (target.localName === 'img') put(target, 'data-state', type)
        return
      case 'paste':
        if (this.settings.disabled || !hasFiles(event.clipboardData)) return
        event.preventDefault()
        return this.#takeTransfer(event.clipboardData)
    }
    if (hasFiles(event.dataTransfer)) this.#drag(event)
  }

  /** @param {DragEvent} event */
  #drag(event) {
    const transfer = /** @type {DataTransfer} */ (event.dataTransfer)
    const { disabled } = this.settings
    // Without this the browser would leave the page and open the file.
    event.preventDefault()
    transfer.dropEffect = disabled ? 'none' : 'copy'
    const to = /** @type {Node | null} */ (event.relatedTarget)
    // A node that is taken away under the pointer never says that it was left, so where the pointer went counts too.
    const { root } = this.#panel
    const left = to !== null && root.getRootNode().contains(to) && !root.contains(to)
    if (event.type === 'dragenter') this.#depth += 1
    if (event.type === 'dragleave') this.#depth = left ? 0 : Math.max(0, this.#depth - 1)
    if (event.type === 'drop') this.#depth = 0
    if (event.type !== 'dragover') this.refresh(false)
    if (event.type === 'drop' && !disabled) this.#takeTransfer(transfer)
  }

  /** @param {DataTransfer} transfer */
  #takeTransfer(transfer) {
    if (this.#core) return this.#take((core) => core.addDataTransfer(transfer))
    const { files, folders } = takeOut(transfer)
    this.#waiting.add(files, folders)
  }

  /** Lets files in. Complaints about earlier ones are over. @param {(core: import('../core.js').Core) => void} add */
  #take(add) {
    this.#files?.forget(true)
    if (this.#core) add(this.#core)
    this.refresh()
  }

  /** Hands over what the input holds. */
  #takeInput() {
    const { input } = this.#panel
    const files = [...(input.files ?? [])]
    // So that the same file can be picked again.
    input.value = ''
    if (files.length === 0) return
    const record = this.#goingOn
    this.#goingOn = undefined
    if (!this.#core) this.#waiting.add(files)
    else if (record !== undefined && files.length === 1) void this.#resume(record, files[0])
    else this.#take((core) => core.addFileList(files))
  }

  /** One picture at a time: the last choice counts, as with a plain file input. @param {string} id */
  #replace(id) {
    for (const other of this.#files?.ids ?? []) if (other !== id) this.#uploader?.removeFile(other)
  }

  /** @param {Element} button */
  #click(button) {
    const id = button.closest('[data-id]')?.getAttribute('data-id') ?? ''
    const verb = button.getAttribute('data-do') ?? ''
    this.#files?.forget(verb === 'dismiss')
    if (verb === 'pick') {
      this.#goingOn = undefined
      this.#panel.input.click()
    } else if (this.#core) {
      this.#act(verb, id)
    }
    this.refresh()
  }

  /** @param {string} verb @param {string} id */
  #act(verb, id) {
    const uploader = /** @type {Uploader} */ (this.#uploader)
    const first = this.#files?.unfinished[0]
    // Whoever called `upload` for themselves hears of its end; here events tell all there is.
    const ignore = () => {}
    switch (verb) {
      case 'continue': return first && void this.#goOn(first)
      case 'discard': return first && uploader.discardUnfinished(first.id)
      case 'upload': return void uploader.upload().catch(ignore)
      case 'pause-all': return uploader.pauseAll()
      case 'resume-all': return uploader.resumeAll()
      case 'retry-all': return void uploader.retryAll().catch(ignore)
      case 'clear': return uploader.cancelAll()
    }
    // A row may outlive its file by a moment.
    if (!uploader.getFile(id)) return
    if (verb === 'remove') uploader.removeFile(id)
    if (verb === 'resume') uploader.pauseResume(id)
    if (verb === 'retry') uploader.retryUpload(id).catch(ignore)
  }

  /** Goes on with an unfinished upload: at once where the browser finds its file, else the person is asked for it. @param {import('../index.js').UnfinishedUpload} record */
  async #goOn(record) {
    if (record.canReopen && (await this.#resume(record.id))) return
    this.#goingOn = record.id
    this.#panel.input.click()
  }

  /** It is to be sent at once: the person has asked for it. @param {string} record @param {File} [file] */
  async #resume(record, file) {
    this.#files?.forget(true)
    try {
      const added = await this.#uploader?.resumeUnfinished(record, file)
      if (added !== undefined) this.#uploader?.upload().catch(() => {})
      return added !== undefined
    } catch (error) {
      this.#files?.stopUpload(/** @type {Error} */ (error).message)
      return true
    } finally {
      this.refresh()
    }
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
    const frame = this.#frame(totals)
    this.#panel.paint(frame, this.settings)
    this.#painter?.(frame)
    this.#layout(fresh)
    keep?.(this.#pool.last)
    this.#painted = performance.now()
  }

  /** Whoever paints something of their own whenever this does. @param {((frame: import('./panel.js').Frame) => void) | undefined} painter */
  set painter(painter) {
    this.#painter = painter
    this.refresh()
  }

  /** @param {boolean} fresh */
  #layout(fresh) {
    // Busy when a handler of the page, called by a change of focus, calls the uploader: look again later.
    if (this.#painting || !this.#files || !this.#core) return
    const uploader = /** @type {Uploader} */ (this.#uploader)
    this.#painting = true
    try {
      this.#pool.layout(this.#files.ids, (id) => uploader.getFile(id), this.settings.strings, fresh)
    } finally {
      this.#painting = false
    }
  }

  /** @param {import('../index.js').Totals | undefined} totals @returns {import('./panel.js').Frame} */
  #frame(totals) {
    const { strings, accept, autoProceed, restrictions, mode } = this.settings
    const files = this.#files
    const now = totals && totals.files > 0 ? summary(totals, autoProceed, files?.retryable ?? false, strings) : undefined
    const [noteTitle, note] = files?.note(strings) ?? ['', '']
    this.#said = {
      status: now && totals ? this.#announce(totals, now.headline) : '',
      alert: files?.alert(this.#said.alert, Boolean(totals?.failed), strings) ?? '',
    }
    return {
      ...this.#said,
      full: now !== undefined || this.#waiting.size > 0,
      dragging: this.#depth > 0 && !this.settings.disabled,
      offline: totals !== undefined && !totals.isOnline && totals.active > 0,
      hint: hint(mode === 'image' ? { ...restrictions, maxNumberOfFiles: undefined } : restrictions, accept, strings),
      summary: now,
      noteTitle,
      note,
      canReopen: files?.unfinished[0]?.canReopen ?? false,
      unfinished: files?.leftover(strings) ?? '',
    }
  }

  /** What a screen reader is told: the start, each quarter, and whatever is true while nothing moves. @param {import('../index.js').Totals} totals @param {string} headline */
  #announce({ active, percentage }, headline) {
    const { strings } = this.settings
    const before = this.#quarter
    this.#quarter = active > 0 ? Math.floor(percentage / 25) : undefined
    if (this.#quarter === undefined) return headline
    if (before === undefined) return count(strings.startUploading, active, strings)
    return this.#quarter > before ? headline : this.#said.status
  }
}
