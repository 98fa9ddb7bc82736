// The panel: drop zone, notes, list, status bar. Only nodes, and what they show; `live.js` hears and decides.

import { button, icon, make, part, put, write } from './dom.js'
import { OFFLINE, REMOVE, UPLOAD, WARNING } from './icons.js'

/** @typedef {import('./strings.js').Strings} Strings */

/**
 * @typedef {object} Settings
 * @property {string} accept
 * @property {string | undefined} capture the camera a phone opens instead of its picker; empty for any
 * @property {boolean} multiple
 * @property {boolean} directory
 * @property {boolean} disabled
 * @property {'light' | 'dark' | 'auto' | undefined} theme that of the system, or the page's
 * @property {'inline' | 'button' | 'modal' | 'page' | 'image'} mode
 * @property {'list' | 'grid'} view
 * @property {string} target selector of what `mode="page"` lets files be dropped on
 * @property {string} src address of the picture that `mode="image"` shows until another is chosen
 * @property {string} label text of the `<label>` elements for this control, or empty
 * @property {boolean} autoProceed
 * @property {Record<string, any>} restrictions sizes in bytes
 * @property {boolean} showKey
 * @property {boolean} showLink
 * @property {boolean} sortable
 * @property {boolean} selectable
 * @property {MetaField[] | undefined} metaFields what may be filled in about a file, or nothing where that is not offered
 * @property {Strings} strings
 * @property {string | undefined} direction of these, where it is not for the page to say
 */

/** As Uppy has it. @typedef {{id: string, name?: string, placeholder?: string, required?: boolean}} MetaField */

/**
 * @typedef {object} Frame
 * @property {boolean} full there are files
 * @property {boolean} closed there are as many as there may be
 * @property {boolean} dragging files are being held above it
 * @property {boolean} offline
 * @property {string} hint the limits
 * @property {import('./model.js').Summary | undefined} summary
 * @property {string} noteTitle
 * @property {string} note what was not added, and why, a line each; empty hides it
 * @property {boolean} duplicates some of these are in the list already, and something can be done about it
 * @property {boolean} filtered only failed files are shown
 * @property {boolean} unfinished an earlier page left something, see `unfinished.js`
 * @property {string} status what a screen reader says when it has time
 * @property {string} alert and at once
 */

/** A text that keeps the direction of its language, whatever the page's is. */
const line = () => make('bdi')

export class Panel {
  pick = make('button', { type: 'button', class: 'fc-btn fc-pick fc-main', part: 'button pick', 'data-do': 'pick' })
  input = make('input', { type: 'file', class: 'fc-input', part: 'input' })
  list = make('ul', { class: 'fc-list', part: 'list', role: 'list' })
  view = make('div', { class: 'fc-view', part: 'view', tabindex: '-1', hidden: true }, this.list)

  #or = part('span', 'or')
  #hint = part('p', 'hint')
  #drop = make('div', { class: 'fc-drop', part: 'dropzone' }, part('span', 'mark', icon(UPLOAD)), this.pick, this.#or, this.#hint)
  #offline = make('div')
  #offlineNote = make('div', { class: 'fc-note fc-offline', part: 'offline' }, icon(OFFLINE), this.#offline)
  #noteTitle = line()
  #note = line()
  #dismiss = make('button', { type: 'button', class: 'fc-btn fc-bare', part: 'button dismiss', 'data-do': 'dismiss' }, icon(REMOVE))
  #replace = button('replace')
  #keepBoth = button('keep-both')
  #skip = button('skip')
  #choice = make('div', { class: 'fc-acts', part: 'choice' }, this.#replace, this.#keepBoth, this.#skip)
  #noteBox = make(
    'div', { class: 'fc-note', part: 'note' },
    icon(WARNING), make('div', {}, make('b', {}, this.#noteTitle), make('p', { class: 'fc-lines' }, this.#note), this.#choice), this.#dismiss,
  )
  #bar = make('progress', { class: 'fc-bar', part: 'bar total', max: '100' })
  #headline = line()
  #detail = line()
  #upload = button('upload', true)
  #retry = button('retry-all', true)
  #resume = button('resume-all', true)
  #pause = button('pause-all')
  #filter = button('filter')
  #clear = button('clear')
  #foot = make(
    'div', { class: 'fc-foot', part: 'status' },
    this.#bar,
    make(
      'div', { class: 'fc-sum' },
      make('div', {}, make('b', { part: 'headline' }, this.#headline), make('small', { part: 'detail' }, this.#detail)),
      make('div', { class: 'fc-acts' }, this.#upload, this.#retry, this.#resume, this.#pause, this.#filter, this.#clear),
    ),
  )
  #lines = [this.#noteTitle, this.#note, this.#headline, this.#detail]
  #status = make('p', { class: 'fc-sr', role: 'status' })
  #alert = make('p', { class: 'fc-sr', role: 'alert' })

  root = make(
    'div', { class: 'fc', part: 'panel', 'data-ready': true },
    make('slot', { name: 'header' }),
    this.#drop,
    // Beside the drop zone and not in it: the zone's own clicks must not come from here.
    make('label', { class: 'fc-native' }, this.input),
    this.#offlineNote,
    // Always there, so that what appears in it is announced.
    make('div', { role: 'alert' }, this.#noteBox),
    this.view,
    this.#foot,
    make('slot', { name: 'footer' }),
    this.#status,
    this.#alert,
  )

  /** @param {Frame} frame @param {Settings} settings */
  paint(frame, settings) {
    const { strings, multiple, directory, disabled, label } = settings
    const full = frame.full || settings.src !== ''
    put(this.root, 'data-theme', settings.theme)
    put(this.root, 'lang', strings.locale)
    put(this.root, 'dir', settings.direction)
    // A sentence may begin with a name that runs the other way.
    for (const node of this.#lines) put(node, 'dir', strings.direction)
    put(this.root, 'data-full', full)
    put(this.root, 'data-drag', frame.dragging)
    put(this.root, 'data-off', disabled)

    const isImage = settings.mode === 'image'
    this.#drop.hidden = frame.closed && !isImage
    const own = isImage ? (full ? strings.replaceImage : strings.chooseImage) : full ? strings.addMore : directory ? strings.chooseFolder : multiple ? strings.chooseFiles : strings.chooseFile
    const name = label ? `${label}: ${own}` : own
    this.pick.classList.toggle('fc-main', !full)
    this.pick.disabled = this.input.disabled = this.#replace.disabled = this.#keepBoth.disabled = disabled
    write(this.pick, own)
    put(this.pick, 'aria-label', name)
    put(this.pick, 'aria-description', frame.hint)
    put(this.input, 'aria-label', name)
    put(this.input, 'accept', settings.accept)
    // A file that is to be chosen again is not to be taken with the camera.
    put(this.input, 'capture', frame.unfinished ? undefined : settings.capture)
    this.input.multiple = multiple
    this.input.webkitdirectory = directory
    write(this.#or, frame.dragging ? strings.dropNow : multiple || directory ? strings.orDropThem : strings.orDropIt)
    show(this.#hint, frame.hint)

    this.#offlineNote.hidden = !frame.offline
    write(this.#offline, strings.offline)
    this.#noteBox.hidden = frame.note === ''
    write(this.#noteTitle, frame.noteTitle)
    write(this.#note, frame.note)
    put(this.#dismiss, 'aria-label', strings.dismiss)
    this.#choice.hidden = !frame.duplicates
    write(this.#replace, strings.replace)
    write(this.#keepBoth, strings.keepBoth)
    write(this.#skip, strings.skip)

    put(this.list, 'aria-label', strings.files)
    put(this.list, 'data-view', settings.view)
    this.#foot.hidden = !frame.summary
    if (frame.summary) this.#paintFoot(frame.summary, frame.filtered, settings)
    write(this.#status, frame.status)
    write(this.#alert, frame.alert)
  }

  /** @param {import('./model.js').Summary} summary @param {boolean} filtered @param {Settings} settings */
  #paintFoot(summary, filtered, { strings, disabled }) {
    this.#bar.hidden = summary.percent === undefined
    put(this.#bar, 'value', summary.percent ?? 0)
    put(this.#bar, 'data-state', summary.state)
    put(this.#bar, 'aria-label', strings.allFiles)
    put(this.#bar, 'aria-valuetext', summary.headline)
    write(this.#headline, summary.headline)
    write(this.#detail, summary.detail)
    show(this.#upload, summary.upload, disabled)
    show(this.#retry, summary.retry, disabled)
    show(this.#resume, summary.resume, disabled)
    show(this.#pause, summary.pause, disabled)
    show(this.#filter, filtered ? strings.showAll : summary.filter ? strings.showFailed : '')
    show(this.#clear, summary.clear, disabled)
  }
}

/** Gone while its text is empty. @param {HTMLElement & {disabled?: boolean}} node @param {string} text @param {boolean} [disabled] */
function show(node, text, disabled) {
  node.hidden = text === ''
  node.disabled = disabled
  write(node, text)
}
