// Helpers in the page: files with known contents, uploaders and elements whose every event is written down. Scripts of
// the tests find them as `kit`.

import { parts } from '/lib/content.js'

const EVENTS = [
  ...['file-added', 'files-added', 'file-removed', 'restriction-failed', 'upload', 'upload-start', 'upload-progress'],
  ...['progress', 'upload-pause', 'upload-retry', 'upload-stalled', 'upload-success', 'upload-error', 'complete'],
  ...['cancel-all', 'pause-all', 'resume-all', 'retry-all', 'error', 'is-online', 'is-offline'],
]

/** Events as `{event, …}`, in order; progress is only counted. */
const log = []
/** All payloads and console lines in full, for the search for secrets. */
const traces = { events: '', console: '', messages: '' }

for (const level of ['log', 'info', 'warn', 'error', 'debug']) {
  const original = console[level]
  console[level] = (...args) => {
    traces.console += `${level}: ${args.map((arg) => (arg instanceof Error ? `${arg} ${arg.stack}` : String(arg))).join(' ')}\n`
    original.apply(console, args)
  }
}
addEventListener('error', (event) => {
  traces.messages += `${event.message}\n`
})
addEventListener('unhandledrejection', (event) => {
  traces.messages += `unhandled: ${event.reason}\n`
})

/** Everything that can be read out of a value, Errors included. */
function full(value) {
  return JSON.stringify(value, (_, inner) => {
    if (inner instanceof Blob) return undefined
    if (!(inner instanceof Error)) return inner
    return { ...inner, name: inner.name, message: inner.message, stack: inner.stack }
  })
}

const briefFile = (file) =>
  file && { id: file.id, name: file.name, key: file.meta?.key, status: file.status, error: file.error }
const briefError = (error) =>
  error && {
    kind: error.kind,
    code: error.code,
    status: error.status,
    retryable: error.retryable,
    message: error.message,
    help: error.help,
    type: error.constructor?.name,
  }

function note(event, detail) {
  traces.events += `${event} ${full(detail)}\n`
  if (event === 'upload-progress' || event === 'progress') return
  const entry = { event }
  if (detail.file) entry.file = briefFile(detail.file)
  if (detail.files) entry.files = detail.files.map((file) => file.name)
  if (detail.error) entry.error = briefError(detail.error)
  if (detail.response) entry.response = detail.response
  if (detail.successful) {
    entry.successful = detail.successful.map(briefFile)
    entry.failed = detail.failed.map(briefFile)
  }
  if (detail.code) entry.code = detail.code
  log.push(entry)
}

const NAMES = {
  'restriction-failed': ['file', 'error'],
  'upload-stalled': ['error', 'files'],
  upload: ['uploadID', 'files'],
  'upload-start': ['files'],
  'files-added': ['files'],
  'retry-all': ['files'],
  error: ['error'],
  'upload-error': ['file', 'error', 'response'],
  'upload-success': ['file', 'response'],
}

const kit = {
  log,
  names: () => log.map(({ event }) => event),
  of: (event) => log.filter((entry) => entry.event === event),

  /** Imports for scripts of the tests: Firefox gives them modules of their own. */
  load: (path) => import(path),

  /** Listeners that fail. Here, since Chromium tells nobody what went wrong in a script that a driver put in. */
  bad: [
    () => {
      throw new Error('it throws')
    },
    async () => {
      throw new Error('it rejects')
    },
  ],

  /** What lies beneath an uploader. */
  async core(uploader) {
    const { Uploader } = await import('/pkg/index.js')
    return Uploader.core(uploader)
  },

  /** A file with known contents. */
  file(name, size, seed = 1, type = 'application/octet-stream') {
    return new File(parts(seed, size), name, { type, lastModified: 1_700_000_000_000 + seed })
  },

  /** An uploader without interface; quick retries unless said otherwise. */
  async uploader(options) {
    const { createUploader } = await import('/pkg/index.js')
    const uploader = await createUploader({ retryDelays: [0, 20, 50, 100], ...options })
    for (const event of EVENTS) {
      uploader.on(event, (...args) => {
        const names = NAMES[event] ?? (event === 'complete' ? [] : ['file', 'value'])
        note(event, event === 'complete' ? args[0] : Object.fromEntries(args.map((arg, at) => [names[at] ?? at, arg])))
      })
    }
    kit.live = uploader
    return uploader
  },

  /** Adds files, uploads them, and gives events and files. `files` are arguments of `kit.file`. */
  async upload(options, files) {
    const uploader = await kit.uploader(options)
    for (const file of files) {
      try {
        const make = () => kit.file(...file)
        uploader.addFile(file[1] > LARGE ? await readable(make) : make())
      } catch (error) {
        if (!error.isRestriction) throw error
      }
    }
    const result = await uploader.upload()
    return kit.report(uploader, result)
  },

  report(uploader = kit.live, result = undefined) {
    return {
      log,
      result: result && { successful: result.successful.map(briefFile), failed: result.failed.map(briefFile) },
      files: uploader.getFiles().map(briefFile),
    }
  },

  /** An element in the page, its events written down on their way to it. Resolves when it can upload or never will. */
  async element(
    attributes = {},
    properties = {},
    { from = '/pkg/element.js', parent = document.querySelector('main') } = {},
  ) {
    if (!kit.listening) {
      kit.listening = true
      for (const event of EVENTS) document.addEventListener(event, (e) => e.detail && note(event, e.detail), true)
    }
    const element = document.createElement('file-chute')
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    Object.assign(element, properties)
    parent.append(element)
    kit.el = element
    await import(from)
    await element.ready.catch(() => {})
    await kit.painted()
    return element
  },

  /** Until the interface has caught up: it paints in frames, and tells progress every 100 ms. */
  painted: () => new Promise((resolve) => setTimeout(() => requestAnimationFrame(() => setTimeout(resolve)), 150)),

  /** Resolves once `test` gives something truthy. */
  async until(test, what = String(test), limit = 30_000) {
    const end = Date.now() + limit
    for (;;) {
      const value = await test()
      if (value) return value
      if (Date.now() > end) throw new Error(`waited in vain for ${what}; events: ${full(log.slice(-3)).slice(0, 900)}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  },

  event: (name, limit) => kit.until(() => kit.of(name)[0], `the event ${name}`, limit),

  root: () => kit.el.shadowRoot,

  /** What the list shows, by file name. */
  rows() {
    return [...kit.root().querySelectorAll('.fc-row')].map((row) => ({
      id: row.dataset.id,
      name: row.querySelector('.fc-name')?.textContent,
      state: row.dataset.state,
      words: row.querySelector('.fc-state')?.textContent,
      size: row.querySelector('.fc-size')?.textContent,
    }))
  },

  /** All text a person can read in the element. */
  text() {
    const shown = (node) => !node.closest('[hidden]')
    return [...kit.root().querySelectorAll('*')]
      .filter((node) => node.localName !== 'style' && shown(node))
      .map((node) =>
        [...node.childNodes]
          .filter((child) => child.nodeType === 3)
          .map((child) => child.data)
          .join(''),
      )
      .filter((text) => text.trim())
      .join('\n')
  },

  /** A drop as the page sees one: `DataTransfer` with files, over the drop zone. */
  transfer(files) {
    const transfer = new DataTransfer()
    for (const file of files) transfer.items.add(file)
    return transfer
  },

  drag(type, transfer, target = kit.root().querySelector('[part="panel"]')) {
    return target.dispatchEvent(
      new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true, composed: true }),
    )
  },

  drop(files) {
    const transfer = kit.transfer(files)
    kit.drag('dragenter', transfer)
    kit.drag('dragover', transfer)
    kit.drag('drop', transfer)
  },

  paste(files) {
    const transfer = kit.transfer(files)
    const event = new Event('paste', { bubbles: true, cancelable: true, composed: true })
    Object.defineProperty(event, 'clipboardData', { value: transfer })
    kit.root().querySelector('[part="panel"]').dispatchEvent(event)
    return event.defaultPrevented
  },

  press(name) {
    const button = kit.root().querySelector(`[data-do="${name}"]:not([hidden])`)
    if (!button) throw new Error(`no button "${name}"; there is: ${kit.text()}`)
    button.click()
  },

  /**
   * Drops files into an element, presses "Upload", waits for the end, and tells what a person and what a developer
   * sees of each file.
   */
  async batch(files) {
    const before = kit.of('complete').length
    kit.drop(files.map((file) => kit.file(...file)))
    await kit.painted()
    if (kit.rows().length > 0) {
      kit.press('upload')
      await kit.until(() => kit.of('complete')[before], 'the end of the batch', 60_000)
      await kit.painted()
    }
    const about = (name, event) => kit.of(event).find(({ file }) => file?.name === name)
    return files.map(([name]) => {
      const failure = about(name, 'upload-error') ?? about(name, 'restriction-failed')
      return {
        name,
        success: kit.of('upload-success').filter(({ file }) => file.name === name).length,
        key: about(name, 'upload-success')?.file.key,
        error: failure?.error,
        row: kit.rows().find((row) => row.name === name),
        retry: Boolean(kit.rowNode(name)?.querySelector('[data-do="retry"]:not([hidden])')),
        note: kit.shown('.fc-note .fc-lines'),
        alert: [...kit.root().querySelectorAll('[role="alert"]')].map((node) => node.textContent).join('\n'),
      }
    })
  },

  rowNode: (name) =>
    [...kit.root().querySelectorAll('.fc-row')].find((row) => row.querySelector('.fc-name')?.textContent === name),

  /** The text of what is to be seen, or nothing. */
  shown(selector) {
    const node = kit.root().querySelector(selector)
    return node && !node.closest('[hidden]') ? node.textContent : ''
  },

  /** Everything in which a credential could be found. */
  async traces() {
    const document_ = document.documentElement.outerHTML + (kit.el?.shadowRoot?.innerHTML ?? '')
    const databases = (await indexedDB.databases?.())?.map(({ name }) => name) ?? []
    const storage = full([{ ...localStorage }, { ...sessionStorage }, databases, document.cookie])
    return { ...traces, document: document_, storage }
  },
}

window.kit = kit

const LARGE = 2 ** 26

/** Chromium has room for so many bytes of files made in pages, and may not have let go of those of the page before. */
async function readable(make, tries = 40) {
  for (let left = tries; ; left -= 1) {
    const file = make()
    const fits = await file
      .slice(0, 1)
      .arrayBuffer()
      .then(
        () => true,
        () => false,
      )
    if (fits || left <= 0) return file
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
