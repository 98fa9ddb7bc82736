// Files on their way in: a type for those whose browser knows none, a name for those without one, and what a drop holds.

import { extensionOf } from '../names.js'

/** Content is never sniffed. Windows leaves the type empty for many of these. */
const TYPES = '3gp video/3gpp|7z application/x-7z-compressed|aac audio/aac|avi video/x-msvideo|avif image/avif|' +
  'bmp image/bmp|csv text/csv|doc application/msword|docx application/vnd.openxmlformats-officedocument.wordprocessingml.document|' +
  'flac audio/flac|gif image/gif|glb model/gltf-binary|gz application/gzip|heic image/heic|heif image/heif|html text/html|' +
  'jpeg image/jpeg|jpg image/jpeg|json application/json|jxl image/jxl|m4a audio/mp4|m4v video/mp4|md text/markdown|' +
  'mkv video/x-matroska|mov video/quicktime|mp3 audio/mpeg|mp4 video/mp4|mpeg video/mpeg|ogg audio/ogg|ogv video/ogg|' +
  'otf font/otf|pdf application/pdf|png image/png|ppt application/vnd.ms-powerpoint|' +
  'pptx application/vnd.openxmlformats-officedocument.presentationml.presentation|psd image/vnd.adobe.photoshop|' +
  'rar application/vnd.rar|rtf application/rtf|svg image/svg+xml|tar application/x-tar|tif image/tiff|tiff image/tiff|' +
  'ttf font/ttf|txt text/plain|wav audio/wav|webm video/webm|webp image/webp|woff2 font/woff2|xls application/vnd.ms-excel|' +
  'xlsx application/vnd.openxmlformats-officedocument.spreadsheetml.sheet|xml application/xml|yaml application/yaml|zip application/zip'

/** @type {Map<string, string> | undefined} */
let types

/** What the browser says, else what the extension stands for. @param {string} type @param {string} name */
export function typeOf(type, name) {
  if (type) return type
  types ??= new Map(TYPES.split('|').map((pair) => /** @type {[string, string]} */ (pair.split(' '))))
  return types.get(extensionOf(name).toLowerCase()) ?? 'application/octet-stream'
}

/** Blobs without a name are called after their type, as Uppy does. @param {string} name @param {string} type */
export function nameOf(name, type) {
  if (name.trim()) return name
  return type.startsWith('image/') ? `image.${type.slice(6).split('+')[0] || 'png'}` : 'noname'
}

/**
 * A file that is about to be added.
 * @typedef {object} Incoming
 * @property {Blob} data
 * @property {string} name
 * @property {string} type
 * @property {number} lastModified
 * @property {string} [relativePath]
 * @property {Record<string, string>} [meta]
 * @property {string} [source]
 * @property {boolean} [multipart] whether it goes in parts; its size decides otherwise
 */

/** @param {any} file a File @param {string} [relativePath] @returns {Incoming} */
export const incoming = (file, relativePath = file.webkitRelativePath) => ({
  data: file,
  name: nameOf(file.name, file.type),
  type: file.type,
  lastModified: Number(file.lastModified) || 0,
  relativePath: relativePath || undefined,
})

/**
 * Reads dropped folders and hands their files over one by one.
 * @param {FileSystemEntry[]} folders
 * @param {{taken: (file: Incoming) => void, unreadable: (name: string) => void, empty: (name: string) => void, full: (most: number) => void, isOver: () => boolean}} tell
 */
export async function readFolders(folders, { taken, unreadable, empty, full, isOver }) {
  const stack = [...folders].reverse()
  let [seen, files] = [0, 0]
  for (;;) {
    /** @type {any} */
    const entry = stack.pop()
    seen += 1
    if (!entry) break
    if (seen > MAX_ENTRIES) {
      full(MAX_ENTRIES)
      break
    }
    if (entry.isDirectory) {
      for (const child of (await readFolder(entry)).reverse()) stack.push(child)
      continue
    }
    const file = await new Promise((done) => entry.file(done, () => done(undefined)))
    if (isOver()) return
    if (file) {
      files += 1
      taken(incoming(file, entry.fullPath.replace(/^\/+/, '')))
    } else unreadable(entry.name)
  }
  if (!isOver() && files === 0) empty(folders[0]?.name ?? '')
}

/** Most entries read: past this a link loop is more likely than a wish. */
const MAX_ENTRIES = 100_000

/** All children: browsers hand them out a hundred at a time, until an empty page. @param {any} folder @returns {Promise<FileSystemEntry[]>} */
async function readFolder(folder) {
  const reader = folder.createReader()
  /** @type {FileSystemEntry[]} */
  const out = []
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const page = await new Promise((done) => reader.readEntries(done, () => done([])))
    if (page.length === 0) return out
    // Not by spreading: a page may be long, and arguments are few.
    for (const entry of page) out.push(entry)
    if (out.length > MAX_ENTRIES) return out
  }
}

/** The handle of a file that is being dropped, where the browser has such. To be asked for while the drop is handled, or never. @param {any} item @returns {Promise<any>} */
export async function handleOf(item) {
  try {
    const handle = await item.getAsFileSystemHandle()
    return handle.kind === 'file' ? handle : undefined
  } catch {
    return undefined
  }
}
