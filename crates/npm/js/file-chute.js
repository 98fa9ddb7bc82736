// The class of `<file-chute>`. It reads the attributes, shows the interface, which works before the WebAssembly is there,
// loads the rest, and speaks to the form around it.

import { Attributes, ATTRIBUTES, OBSERVED, PROPERTIES, reflect } from './attributes.js'
import { load } from './engine.js'
import { OptionsError, report, revive, UploadError } from './errors.js'
import { EVENTS, toDetail } from './events.js'
import { FormControl } from './form-control.js'
import { checkOptions, hasSource, toPatch } from './options.js'
import { adopt } from './sheet.js'
import { isShown } from './ui/dom.js'
import { Language } from './ui/language.js'
import { Live } from './ui/live.js'
import { Placement } from './ui/placement.js'
import { EN } from './ui/strings.js'
import { percent } from './ui/words.js'
import { Uploader } from './uploader.js'

/** On a server there is no such class, and importing must not mind. */
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {})

/** What holds where nothing is said, so that taking an attribute away has an effect. The engine's own, but for folders. */
const DEFAULTS = { timeout: 30_000, limit: 6, autoProceed: false, directories: false }

export class FileChuteElement extends Base {
  static formAssociated = true
  static observedAttributes = OBSERVED

  #internals = this.attachInternals?.()
  #attributes = new Attributes(this)
  #form = new FormControl(/** @type {any} */ (this), this.#internals, () => this.#anchor(), () => this.#language.strings, () => this.#sent.restrictions?.minNumberOfFiles)
  /** What was set as `el.options`, checked. @type {Record<string, any>} */
  #options = {}
  /** What was set as properties of their own, checked. @type {Record<string, any>} */
  #own = {}
  /** The options the uploader has, to send it only what differs. @type {Record<string, any>} */
  #sent = {}
  #formDisabled = false
  /** @type {Live | undefined} */
  #panel
  #placement = new Placement(() => Boolean(this.#slot?.isConnected))
  #language = new Language(() => this.#sync())
  /** @type {import('./ui/panel.js').MetaField[] | undefined} */
  #metaFields
  /** @type {Uploader | undefined} */
  #uploader
  /** Counts connects and disconnects, so that late work can see that it is late. */
  #generation = 0
  /** A page may change its language as a whole. */
  #watch = globalThis.MutationObserver && new MutationObserver(() => this.#sync())
  /** Takes out what the browser brought back, or what is too many of it, and says what that was. @type {((most?: number) => any[]) | undefined} */
  #forget
  /** The same while there is no interface. @type {unknown} */
  #brought
  /** There is no asking for more files. */
  #closed = false
  #loading = false
  #syncing = false
  /** @type {{promise: Promise<Uploader>, resolve: (uploader: Uploader) => void, reject: (error: unknown) => void} | undefined} */
  #ready

  connectedCallback() {
    this.#generation += 1
    this.#upgrade()
    this.#draw()
    this.#load()
    this.#form.queue()
    this.#watch.observe(document.documentElement, { attributeFilter: ['lang'] })
  }

  disconnectedCallback() {
    const generation = (this.#generation += 1)
    // Moving an element disconnects and connects it in one go; that must not cost the interface its state. The uploader
    // stays in any case: uploads go on while a page rearranges itself.
    queueMicrotask(() => {
      if (generation === this.#generation && !this.isConnected) this.#unmount()
    })
  }

  adoptedCallback() {
    if (this.shadowRoot) adopt(this.shadowRoot)
  }

  attributeChangedCallback() {
    this.#sync()
  }

  formDisabledCallback(/** @type {boolean} */ disabled) {
    this.#formDisabled = disabled
    this.#sync()
  }

  /** The browser brings back what the form had, from its history or after a reload. */
  async formStateRestoreCallback(/** @type {unknown} */ state) {
    const { restore } = await import('./ui/restored.js')
    // Out of the page by now: when it is back.
    if (!this.#panel) return void (this.#brought = state)
    this.#forget?.()
    this.#forget = restore(state, this.#form, this.#panel)
  }

  formResetCallback() {
    this.#forget?.()
    this.#panel?.clear()
    this.#uploader?.clear()
    // Whoever reads the form next finds nothing.
    this.#form.flush()
  }

  /** Resolves to the uploader once it can upload; rejects with a `LoadError` when it never will. */
  get ready() {
    this.#load()
    return this.#promise().promise
  }

  /** The uploader with all its verbs, or `undefined` before it is ready. */
  get uploader() {
    return this.#uploader
  }

  /** All options of `createUploader` in one object; attributes and other properties win. */
  get options() {
    return { ...this.#options }
  }

  set options(options) {
    const { name, required, disabled, ...others } = options ?? {}
    this.#options = checkOptions(others)
    // Those of a form control are attributes.
    for (const [own, value] of Object.entries({ name, required, disabled })) if (value !== undefined) this.#attributes.set(own, value)
    this.#sync()
  }

  /** What a person may fill in about each file, its name included; as in Uppy. @returns {import('./ui/panel.js').MetaField[] | undefined} */
  get metaFields() {
    return this.#metaFields
  }

  set metaFields(fields) {
    const good = fields === undefined || fields === null || (Array.isArray(fields) && fields.every((field) => typeof field?.id === 'string'))
    if (!good) throw new OptionsError('metaFields', 'option "metaFields" must be a list such as [{ id: "caption", name: "Caption" }]')
    this.#metaFields = fields ?? undefined
    this.#sync()
  }

  /** The S3 keys of what was uploaded: what the form submits under `name`. */
  get value() {
    return this.#form.value
  }

  /** The files in the order of the list; none before there is an uploader. */
  get files() {
    return [...this.#form.order].flatMap((id) => this.#uploader?.getFile(id) ?? [])
  }

  get form() { return this.#internals?.form ?? null }
  get labels() { return this.#internals?.labels }
  get validity() { return this.#internals?.validity }
  get validationMessage() { return this.#internals?.validationMessage ?? '' }
  get willValidate() { return this.#internals?.willValidate ?? false }
  checkValidity() { return this.#internals?.checkValidity() ?? true }
  reportValidity() { return this.#internals?.reportValidity() ?? true }
  get type() { return 'file-chute' }

  /** Properties that were set before the class was known would hide the accessors. */
  #upgrade() {
    for (const name of ['options', 'metaFields', 'strings', ...PROPERTIES, ...Object.keys(ATTRIBUTES)]) {
      if (!Object.hasOwn(this, name)) continue
      const value = /** @type {any} */ (this)[name]
      delete (/** @type {any} */ (this)[name])
      try {
        ;/** @type {any} */ (this)[name] = value
      } catch (error) {
        report(error)
      }
    }
  }

  #draw() {
    if (!this.shadowRoot) {
      const root = this.attachShadow({ mode: 'open', delegatesFocus: true })
      adopt(root)
      // What people pick and type in there is not the value. The page's own fields, in slots, are none of ours.
      root.addEventListener('input', (event) => root.contains(/** @type {Node} */ (event.target)) && event.stopPropagation())
    }
    if (!this.#panel) {
      const root = /** @type {ShadowRoot} */ (this.shadowRoot)
      const panel = new Live(root, this.#settings(), () => this.#fellBack && this.#form.fallBack(panel.files), (frame) => this.#state(frame))
      this.#panel = panel
      if (this.#uploader) panel.attach(this.#uploader, [...this.#form.order])
      else this.#adoptInputs(panel)
      if (this.#brought) void this.formStateRestoreCallback(this.#brought)
      this.#brought = undefined
    }
    this.#settle()
  }

  /** What style sheets of the page may look for: `:state(uploading)`. @param {import('./ui/panel.js').Frame} frame */
  #state({ summary, dragging, offline, closed }) {
    // The form's message stands at a button that is shown.
    if (closed !== this.#closed) this.#form.queue()
    this.#closed = closed
    const { states } = this.#internals ?? {}
    // A browser that does not know them does without.
    if (!states) return
    states.clear()
    for (const name of [summary?.state ?? 'empty', dragging && 'dragging', offline && 'offline']) name && states.add(name)
  }

  /** In the place and the language that are wanted now. */
  #settle() {
    // There may be other buttons now.
    if (this.#panel) void this.#placement.arrange(/** @type {ShadowRoot} */ (this.shadowRoot), this.#panel).then(() => this.#form.queue())
    let tag = this.#attributes.get('locale')
    // Out of one shadow after the other. The `host` of an element that is its own root is something else.
    for (let node = /** @type {any} */ (this); !tag && node?.closest; node = node.getRootNode().host) tag = node.closest('[lang]')?.lang
    void this.#language.speak(String(tag || ''))
  }

  /** Words of the interface that differ from those of its language. */
  get strings() {
    return this.#language.own
  }

  set strings(words) {
    if (words !== undefined && words !== null && typeof words !== 'object') throw new OptionsError('strings', 'option "strings" must be an object')
    this.#language.own = words ?? undefined
  }

  /** Opens what `mode="button"` and `mode="modal"` keep closed. */
  show() {
    this.#placement.show()
  }

  /** Closes it; uploads go on. */
  close() {
    this.#placement.close()
  }

  /** A plain `<input type=file>` inside the element works before this script does; from now on it must not submit. @param {Live} panel */
  #adoptInputs(panel) {
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (this.querySelectorAll('input[type=file]'))) {
      panel.add([...(input.files ?? [])])
      input.disabled = true
    }
  }

  async #load() {
    if (this.#uploader || this.#loading) return
    this.#loading = true
    const ready = this.#promise()
    try {
      const uploader = this.#start(await load())
      this.#slot?.remove()
      if (this.#panel) this.#panel.root.hidden = false
      this.#panel?.attach(uploader)
      ready.resolve(uploader)
    } catch (thrown) {
      const error = revive(thrown)
      this.#ready = undefined
      ready.reject(error)
      // First: a handler of the error may ask for `ready` again, which loads anew.
      this.#loading = false
      this.#fallBack(error)
    } finally {
      this.#loading = false
    }
  }

  /** What `ready` hands out. @returns {any} */
  #promise() {
    if (!this.#ready) {
      /** @type {any} */
      const ready = {}
      ready.promise = new Promise((resolve, reject) => Object.assign(ready, { resolve, reject }))
      // Whoever asks for it hears of the failure; nobody has to.
      ready.promise.catch(() => {})
      this.#ready = ready
    }
    return this.#ready
  }

  /** @param {import('./core.js').CoreModule} module @returns {Uploader} */
  #start({ Core }) {
    this.#sent = this.#wanted()
    // Scripts and frameworks set the source after the element is in the page, so it may not be known yet.
    const source = hasSource(this.#sent) ? {} : { getUploadParameters: noSource }
    const uploader = new Uploader(Core, /** @type {any} */ ({ ...source, ...this.#sent }))
    // Before the page hears of it, so that it finds the new order, and the new value.
    uploader.on('file-added', ({ id }) => this.#form.order.add(id))
    uploader.on('files-sorted', (ids) => {
      this.#form.sort(ids)
      Uploader.core(uploader).reorder(ids)
    })
    uploader.on('upload-success', (file) => {
      this.#form.done(file)
      // It takes the place of what was there before, where there is no room for both.
      this.#forget?.(this.#attributes.get('mode') === 'image' ? 1 : this.#sent.restrictions?.maxNumberOfFiles ?? Infinity)
    })
    uploader.on('file-removed', (file) => this.#form.removed(file))
    for (const event of Object.keys(EVENTS)) {
      Uploader.hear(uploader, event, (...args) => {
        // A page that hears of the end may send the form at once.
        if (event === 'complete' || (event === 'upload-success' && this.#form.isFull)) {
          this.#count(uploader.getTotals())
          this.#form.flush()
        }
        this.#dispatch(event, args)
      })
    }
    uploader.on('error', (error) => error.code === 'panic' && this.#stopped(error))
    uploader.on(Uploader.FLUSHED, () => this.#count(uploader.getTotals()))
    this.#uploader = uploader
    if (this.#fellBack) {
      this.#fellBack = false
      this.#form.fallBack()
    }
    return uploader
  }

  /** The WebAssembly stopped for good: what is in the list stays readable, and the form is free. @param {Error} error */
  #stopped(error) {
    this.#panel?.stop(error.message)
    this.#count(/** @type {any} */ ({ active: 0, paused: 0, idle: 0 }))
  }

  /** Tells the form, and the page around it. @param {import('./index.js').Totals} totals */
  #count(totals) {
    this.#form.count(totals)
    const on = (/** @type {string} */ name) => this.#attributes.get(name) === true
    const title = on('pageTitle') ? percent(totals.percentage, this.#language.strings) : undefined
    void present(this, totals.active > 0 ? { asks: !on('quietLeave'), awake: on('keepAwake'), title, badge: on('pageBadge') ? totals.active : 0 } : undefined)
  }

  /** Files that wait for an uploader stay where they are. */
  #unmount() {
    this.#watch.disconnect()
    this.#placement.leave()
    if (!this.#uploader) return
    this.#brought = this.#forget?.()
    this.#forget = undefined
    this.#panel?.unmount()
    this.#panel = undefined
  }

  /** The page's own content for the case that the uploader cannot be loaded. @type {HTMLSlotElement | undefined} */
  #slot
  #fellBack = false

  /** @param {any} error */
  #fallBack(error) {
    this.#fellBack = true
    const panel = this.#panel
    const own = this.querySelector('[slot=fallback]')
    if (panel && own && !this.#slot) {
      this.#slot = document.createElement('slot')
      this.#slot.name = 'fallback'
      panel.root.hidden = true
      panel.root.before(this.#slot)
      for (const input of own.querySelectorAll('input')) input.disabled = false
    } else if (panel) {
      const { strings } = this.#settings()
      const inForm = this.form && this.getAttribute('name')
      panel.stay(inForm ? strings.loadFailedInForm : strings.loadFailed, error?.retryable ? () => this.#load() : undefined)
      this.#form.fallBack(panel.files)
    }
    console.error(`filechute: ${error?.kind ?? 'internal'}.${error?.code ?? 'error'}: ${error?.message ?? error}`)
    this.#dispatch('error', [error instanceof Error ? error : new UploadError(String(error))])
  }

  /** @param {string} event @param {unknown[]} args */
  #dispatch(event, args) {
    // At the window an `error` is one of the page's scripts.
    const bubbles = event !== 'error'
    this.dispatchEvent(new CustomEvent(event, { bubbles, composed: bubbles, detail: toDetail(event, args) }))
  }

  /** Brings uploader and interface up to date, once for all changes of one go. */
  #sync() {
    if (this.#syncing || !this.shadowRoot) return
    this.#syncing = true
    queueMicrotask(() => {
      this.#syncing = false
      this.#panel?.update(this.#settings())
      this.#settle()
      this.#form.queue()
      this.#sendOptions()
    })
  }

  #sendOptions() {
    if (!this.#uploader) return
    const wanted = this.#wanted()
    const patch = toPatch(this.#sent, wanted)
    if (hasSource(this.#sent) && !hasSource(wanted)) patch.getUploadParameters = noSource
    if (Object.keys(patch).length === 0) return
    const before = this.#sent
    this.#sent = wanted
    for (;;) {
      try {
        return this.#uploader.setOptions(patch)
      } catch (error) {
        report(error)
        // All or nothing is taken: the others go without the one that is wrong, or with the next change.
        const wrong = /** @type {any} */ (error).option
        if (!(wrong in patch)) break
        delete patch[wrong]
      }
    }
    this.#sent = before
  }

  /** All options as they are wanted now: `options`, then properties, then attributes. */
  #wanted() {
    const attributes = this.#attributes.options()
    const restrictions = { ...this.#options.restrictions, ...this.#own.restrictions }
    // The single file of a plain input is a default, and yields to whoever sets a number.
    const single = restrictions.maxNumberOfFiles !== undefined && this.#attributes.get('maxNumberOfFiles') === undefined
    Object.assign(restrictions, attributes.restrictions, single && { maxNumberOfFiles: restrictions.maxNumberOfFiles })
    /** @type {Record<string, any>} */
    const wanted = { ...DEFAULTS, ...this.#options, ...this.#own, ...attributes, restrictions }
    // What went wrong is told in the language of the interface.
    if (this.#language.strings !== EN) wanted.locale ??= this.#language.strings
    const required = this.#metaFields?.flatMap((field) => (field.required ? field.id : [])) ?? []
    if (required.length > 0) restrictions.requiredMetaFields = [...(restrictions.requiredMetaFields ?? []), ...required]
    // The new picture has to be in before the old one goes.
    if (this.#attributes.get('mode') === 'image') restrictions.maxNumberOfFiles = 2
    // There can be one source only, and a function was written for this very element.
    if (wanted.host && (wanted.getUploadParameters || wanted.signRequest)) {
      this.#attributes.complain('host', 'used beside getUploadParameters or signRequest', '')
      delete wanted.host
    }
    return wanted
  }

  /** @returns {import('./ui/panel.js').Settings} */
  #settings() {
    const { restrictions, autoProceed } = this.#wanted()
    const get = (/** @type {string} */ name) => this.#attributes.get(name)
    // Without what stands in the slots, where a label is around the element.
    const words = (/** @type {Node} */ one) => [...one.childNodes].map((node) => (node.contains(this) ? '' : node.textContent)).join('').trim()
    const label = [...(this.#internals?.labels ?? [])].map(words).join(' ') || this.getAttribute('aria-label') || ''
    if (this.#internals) {
      // A label outside names the element, not what lies in its shadow.
      this.#internals.role = 'group'
      this.#internals.ariaLabel = label || null
    }
    const mode = /** @type {'inline'} */ (get('mode') ?? 'inline')
    const isImage = mode === /** @type {string} */ ('image')
    return {
      accept: String(get('accept') || (isImage ? 'image/*' : '')),
      capture: /** @type {string | undefined} */ (get('capture')),
      multiple: get('multiple') === true && !isImage,
      directory: get('directory') === true && !isImage,
      disabled: this.#formDisabled || get('disabled') === true,
      theme: /** @type {'auto' | undefined} */ (get('theme')),
      mode,
      view: /** @type {'list'} */ (get('view') ?? 'list'),
      target: String(get('target') ?? ''),
      src: isImage ? String(get('src') ?? '') : '',
      label,
      showKey: get('showKey') === true,
      showLink: get('showLink') === true,
      sortable: get('sortable') === true && !isImage,
      selectable: get('selectable') === true && !isImage,
      metaFields: this.#metaFields,
      restrictions,
      autoProceed,
      strings: this.#language.strings,
      direction: this.hasAttribute('dir') ? undefined : this.#language.direction,
    }
  }

  #anchor() {
    return [...(this.shadowRoot?.querySelectorAll('button') ?? [])].find(isShown)
  }

  /** For the accessors below. @param {FileChuteElement} element */
  static attributes(element) {
    return element.#attributes
  }

  /** @param {FileChuteElement} element @param {string} name */
  static getOwn(element, name) {
    return element.#own[name]
  }

  /** @param {FileChuteElement} element @param {string} name @param {unknown} value */
  static setOwn(element, name, value) {
    const checked = checkOptions({ [name]: value })
    if (name in checked) element.#own[name] = checked[name]
    else delete element.#own[name]
    element.#sync()
  }
}

reflect(FileChuteElement, FileChuteElement.attributes)
for (const name of PROPERTIES) {
  Object.defineProperty(FileChuteElement.prototype, name, {
    configurable: true,
    enumerable: true,
    get() {
      return FileChuteElement.getOwn(this, name)
    },
    set(value) {
      FileChuteElement.setOwn(this, name, value)
    },
  })
}

/** @type {typeof import('./presence.js') | undefined} */
let presence
let isWanted = false
/** Says that somebody is under way, or not any more. Loaded with the first upload, and at once from then on. @param {object} who @param {import('./presence.js').Wants} [wants] */
async function present(who, wants) {
  isWanted ||= wants !== undefined
  if (!isWanted) return
  // Without it uploads go on just as well.
  presence ??= await import('./presence.js').catch(() => undefined)
  presence?.present(who, wants)
}

function noSource() {
  throw new UploadError('<file-chute> needs the attribute "host", or the property "getUploadParameters" or "signRequest"', {
    kind: 'config', code: 'source', retryable: false,
  })
}
