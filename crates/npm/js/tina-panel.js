// The panel of `filechute/tina`: a `<file-chute>` in the corner of the page, for one batch of files. It stays until everything is uploaded;
// while something has failed it waits for the person, who tries again, removes it or closes the panel.

/** How long the end is shown, in milliseconds. */
const LINGER_MS = 2500
const WORDS = { title: 'Uploads', close: 'Close' }
/** Constructed sheets are beyond the reach of a content security policy. Tina's own layers end at 11000 or so. */
const STYLE = `
.filechute-panels { position: fixed; inset: auto 1rem 1rem auto; z-index: 2147483000; display: grid; gap: .5rem;
  width: min(26rem, calc(100vw - 2rem)); max-height: calc(100vh - 2rem); overflow: auto; pointer-events: auto; color-scheme: light dark; font: 14px/1.4 system-ui, sans-serif }
.filechute-panels file-chute { display: block; background: Canvas; color: CanvasText; border-radius: 8px; box-shadow: 0 4px 24px rgb(0 0 0 / .3) }
.filechute-panels file-chute::part(dropzone) { display: none }
.filechute-panels header { display: flex; align-items: center; justify-content: space-between; padding: .5rem .75rem 0; font-weight: 600 }
.filechute-panels header button { font: inherit; padding: .2rem .6rem; border: 1px solid; border-radius: 4px; background: none; color: inherit; cursor: pointer }`

/** Where the panels are, one above the other. @type {HTMLElement | undefined} */
let place

export class Panel {
  /** Addresses of what is uploaded, or will be, by file id. @type {Map<string, string>} */
  #addresses = new Map()
  /** What was taken, and of that what is uploaded. @type {Set<string>} */
  #taken = new Set()
  /** @type {Map<string, string>} */
  #done = new Map()
  #refused = false
  #closed = false
  #check = () => {}

  /**
   * @param {{server: import('./tina-server.js').Server, accept: string, maxSize?: number, files?: string, uploader?: object, words?: Partial<typeof WORDS>}} options
   * @returns {Promise<Panel>}
   */
  static async open(options) {
    const { configure } = await import('./element.js')
    const folder = options.files?.replace(/\/*$/, '/')
    if (folder !== undefined) configure({ wasm: `${folder}filechute.wasm`, more: `${folder}filechute-more.wasm` })
    const panel = new Panel(options)
    try {
      panel.uploader = await panel.element.ready
    } catch (error) {
      panel.element.remove()
      throw error
    }
    return panel
  }

  /** @param {Parameters<typeof Panel.open>[0]} options */
  constructor({ server, accept, maxSize, uploader, words }) {
    const { title, close } = { ...WORDS, ...words }
    const element = /** @type {import('./element.js').FileChuteElement} */ (document.createElement('file-chute'))
    this.element = element
    /** @type {import('./index.js').Uploader} */
    this.uploader = /** @type {any} */ (undefined)
    element.multiple = true
    element.setAttribute('aria-label', title)
    element.options = {
      ...uploader,
      autoProceed: true,
      restrictions: {
        ...(maxSize !== undefined && { maxFileSize: maxSize }),
        ...(accept && accept !== '*' && { allowedFileTypes: accept.split(',').map((type) => type.trim()) }),
      },
      // What somebody drops on the panel itself has no place in Tina.
      onBeforeFileAdded: ({ meta }) => meta.path !== undefined,
      getUploadParameters: async ({ id, type, meta }, { signal }) => {
        const parameters = await server.sign(meta.path ?? '', type, signal)
        this.#addresses.set(id, parameters.publicUrl ?? parameters.url.split('?')[0])
        return parameters
      },
    }
    const head = document.createElement('header')
    head.slot = 'header'
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = close
    button.addEventListener('click', () => this.close())
    head.append(title, button)
    element.append(head)

    element.addEventListener('upload-success', ({ detail: { file } }) => {
      this.#done.set(file.id, this.#addresses.get(file.id) ?? '')
      this.#check()
    })
    element.addEventListener('file-removed', ({ detail: { file } }) => {
      this.#taken.delete(file.id)
      this.#check()
    })
    corner().append(element)
  }

  /** The id of a file that is on its way now, or `undefined` of one that is refused, which the panel says. @param {File} file @param {string} name @param {string} path */
  add(file, name, path) {
    try {
      const id = this.uploader.addFile({ data: file, name, type: file.type, meta: { path } })
      this.#taken.add(id)
      return id
    } catch (error) {
      if (!(/** @type {any} */ (error).isRestriction)) throw error
      this.#refused = true
      return undefined
    }
  }

  /** Resolves to the addresses of what is uploaded, by id, once nothing else is left, or the panel was closed. @returns {Promise<Map<string, string>>} */
  settled() {
    return new Promise((resolve) => {
      this.#check = () => {
        const open = [...this.#taken].some((id) => !this.#done.has(id))
        if (open && !this.#closed) return
        this.#check = () => {}
        resolve(this.#done)
        // What was refused should be read first.
        if (!this.#refused && !this.#closed) setTimeout(() => this.close(), LINGER_MS)
      }
      this.#check()
    })
  }

  /** Gives up what is not uploaded yet. */
  close() {
    if (this.#closed) return
    this.#closed = true
    this.#check()
    this.uploader.cancelAll()
    this.uploader.destroy()
    this.element.remove()
  }
}

function corner() {
  if (!place) {
    place = document.createElement('div')
    place.className = 'filechute-panels'
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  }
  if (!place.isConnected) document.body.append(place)
  return place
}
