// The demo page's own script: a callback for the second uploader, the event log, the gallery of what is in the bucket,
// and two comforts (colours, copying code). The uploaders themselves need none of it.

const $ = (selector) => document.querySelector(selector)

// ── The first uploader takes folders, too, when they are dropped.
$('#with-host').options = { directories: true }

// ── The second uploader: parameters from a function of the page. This is the code shown beside it.
$('#with-callback').getUploadParameters = async (file, { signal }) => {
  const query = new URLSearchParams({ filename: file.name, type: file.type, method: 'PUT' })
  const response = await fetch(`/s3/params?${query}`, { signal })
  if (!response.ok) throw new Error(await response.text())
  return response.json()
}

// ── Events, as they bubble up from either uploader.
const SHOWN = {
  'file-added': ({ file }) => file.name,
  'file-removed': ({ file }) => file.name,
  'restriction-failed': ({ error }) => error.message,
  'upload': ({ files }) => `${files.length} ${files.length === 1 ? 'file' : 'files'}`,
  'upload-pause': ({ file, isPaused }) => `${file.name}: ${isPaused ? 'paused' : 'goes on'}`,
  'upload-retry': ({ file }) => file.name,
  'upload-stalled': ({ error }) => error.message,
  'upload-success': ({ file }) => `${file.name} → ${file.meta.key}`,
  'upload-error': ({ file, error }) => `${file.name}: ${error.kind}.${error.code}: ${error.message}`,
  'complete': ({ successful, failed }) => `${successful.length} uploaded, ${failed.length} failed`,
  'cancel-all': () => '',
  'error': ({ code, message }) => (code ? `${code}: ${message}` : ''),
  'is-offline': () => '',
  'is-online': () => '',
}
const TONE = { 'upload-success': 'good', 'complete': 'good', 'upload-error': 'bad', 'error': 'bad', 'restriction-failed': 'bad' }
const MOST_LINES = 200
/** Lines that wait for the next frame: ten thousand files must not mean ten thousand layouts. */
let lines = []

for (const [name, describe] of Object.entries(SHOWN)) {
  document.addEventListener(name, (event) => {
    if (event.target.localName !== 'file-chute') return
    lines.push([new Date(), name, describe(event.detail)])
    if (lines.length === 1) setTimeout(writeLines, 50)
    if (name === 'upload-success') refreshSoon()
  })
}

function writeLines() {
  const list = $('#log')
  const rows = lines.slice(-MOST_LINES).reverse().map(([at, name, text]) => {
    const row = make('li', TONE[name] ?? '', make('time', '', at.toTimeString().slice(0, 8)), make('b', '', name))
    if (text) row.append(make('bdi', '', text))
    return row
  })
  lines = []
  list.prepend(...rows)
  while (list.children.length > MOST_LINES) list.lastChild.remove()
}
$('#clear-log').addEventListener('click', () => $('#log').replaceChildren())

// ── The bucket, read back from the store.
const PICTURE = /\.(avif|bmp|gif|ico|jpe?g|png|svg|webp)$/i
const MOST_OBJECTS = 60
const numbers = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
let refreshing

function refreshSoon() {
  clearTimeout(refreshing)
  refreshing = setTimeout(refresh, 250)
}

async function refresh() {
  try {
    const response = await fetch('/dev/objects', { cache: 'no-store' })
    if (!response.ok) throw new Error(`HTTP ${response.status}`)
    show((await response.json()).objects)
  } catch (error) {
    $('#bucket-sum').textContent = `The bucket cannot be read (${error.message}).`
  }
}

function show(objects) {
  const bytes = objects.reduce((sum, { size }) => sum + size, 0)
  const count = `${numbers.format(objects.length)} ${objects.length === 1 ? 'object' : 'objects'}`
  const rest = objects.length > MOST_OBJECTS ? `, the newest ${MOST_OBJECTS} shown` : ''
  $('#bucket-sum').textContent = objects.length > 0 ? `${count}, ${size(bytes)}${rest}` : ''
  $('#gallery-empty').hidden = objects.length > 0
  $('#empty-bucket').hidden = objects.length === 0
  // What is there already stays, so that pictures do not blink.
  const there = new Map([...$('#gallery').children].map((item) => [item.dataset.key, item]))
  $('#gallery').replaceChildren(...objects.slice(0, MOST_OBJECTS).map((object) => there.get(object.key) ?? tile(object)))
}

function tile({ key, size: bytes, lastModified }) {
  // As the demo's server makes keys: folders, an id, then the file's own name.
  const name = key.split('/').pop().replace(/^[0-9a-f]{8}-[0-9a-f-]{27}-/, '')
  const address = `/dev/objects/${key.split('/').map(encodeURIComponent).join('/')}`
  const thumb = make('div', 'thumb')
  if (PICTURE.test(name) && bytes > 0) {
    const picture = make('img')
    Object.assign(picture, { src: address, alt: '', loading: 'lazy', decoding: 'async' })
    picture.onerror = () => picture.replaceWith(extension(name))
    thumb.append(picture)
  } else {
    thumb.append(extension(name))
  }
  const when = new Date(lastModified)
  const details = [size(bytes), Number.isNaN(when.valueOf()) ? '' : when.toLocaleTimeString([], { timeStyle: 'short' })]
  const link = make('a', '', thumb, make('div', 'about',
    make('bdi', '', name), make('code', '', key), make('small', '', details.filter(Boolean).join(' · '))))
  Object.assign(link, { href: address, target: '_blank', rel: 'noopener', title: key })
  const item = make('li', '', link)
  item.dataset.key = key
  return item
}

const extension = (name) => (/\.([^.]{1,5})$/.exec(name) ?? [])[1] ?? 'file'

$('#empty-bucket').addEventListener('click', async () => {
  if (!confirm('Delete everything in the demo bucket?')) return
  await fetch('/dev/objects', { method: 'DELETE' })
  await refresh()
  $('#bucket-title').scrollIntoView({ block: 'nearest' })
})

function size(bytes) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${numbers.format(bytes / 1000 ** step)} ${bytes === 1 ? 'byte' : units[step]}`
}

// ── Colours: as the system, light, dark; kept for the next visit and passed to the uploaders.
const THEMES = { auto: 'as the system', light: 'light', dark: 'dark' }
function paint(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  for (const uploader of document.querySelectorAll('file-chute')) uploader.setAttribute('theme', theme)
  $('#theme').setAttribute('aria-label', `Colours: ${THEMES[theme]}`)
  $('#theme').title = `Colours: ${THEMES[theme]}`
}
let theme = stored() ?? 'auto'
paint(theme)
$('#theme').addEventListener('click', () => {
  const names = Object.keys(THEMES)
  theme = names[(names.indexOf(theme) + 1) % names.length]
  paint(theme)
  try {
    localStorage.setItem('theme', theme)
  } catch {
    // Storage can be switched off; then the choice holds for this visit.
  }
})

function stored() {
  try {
    const theme = localStorage.getItem('theme')
    return theme && Object.hasOwn(THEMES, theme) ? theme : undefined
  } catch {
    return undefined
  }
}

// ── A button to copy each piece of code.
for (const figure of document.querySelectorAll('.code')) {
  const code = figure.querySelector('code')
  const caption = figure.querySelector('figcaption')
  figure.querySelector('pre').tabIndex = 0
  const button = make('button', 'quiet', 'Copy')
  button.type = 'button'
  button.setAttribute('aria-label', `Copy the code: ${caption.textContent}`)
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(code.textContent)
      button.textContent = 'Copied'
    } catch {
      // Not allowed to: select it, so that the keyboard can.
      getSelection().selectAllChildren(code)
      button.textContent = 'Press Ctrl+C'
    }
    setTimeout(() => { button.textContent = 'Copy' }, 2000)
  })
  caption.append(button)
}

/** An element with a class and children. Text is only ever text. */
function make(tag, className = '', ...children) {
  const element = document.createElement(tag)
  if (className) element.className = className
  element.append(...children)
  return element
}

refresh()
