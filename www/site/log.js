// Events, as they bubble up from any uploader of the page, and what the faults did.

import { $, make } from './page.js'

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
const TONE = { 'upload-success': 'good', 'complete': 'good', 'upload-error': 'bad', 'error': 'bad', 'restriction-failed': 'bad', 'fault': 'bad' }
const MOST_LINES = 200
/** Lines that wait for the next frame: ten thousand files must not mean ten thousand layouts. */
let lines = []

export function write(name, text) {
  lines.push([new Date(), name, text])
  if (lines.length === 1) setTimeout(writeLines, 50)
}

for (const [name, describe] of Object.entries(SHOWN)) {
  document.addEventListener(name, (event) => {
    if (event.target.localName === 'file-chute' && !('quiet' in event.target.dataset)) write(name, describe(event.detail))
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
