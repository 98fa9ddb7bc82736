// The bucket, read back from the store.

import { $, make, numbers, size } from './page.js'

const PICTURE = /\.(avif|bmp|gif|ico|jpe?g|png|svg|webp)$/i
const MOST_OBJECTS = 24
let refreshing

document.addEventListener('upload-success', () => {
  clearTimeout(refreshing)
  refreshing = setTimeout(refresh, 250)
})

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

refresh()
