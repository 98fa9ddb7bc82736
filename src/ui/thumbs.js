// Small pictures of files: made one at a time, when the page has nothing better to do, and only for rows that are on the
// screen. Loaded when the first picture or film shows.
//
// A file is what its first bytes say, whatever its type claims, and is not decoded when that would take too much memory.
// Both interfaces have it: the element's, and the Leptos components as a snippet of wasm-bindgen.

/** Longest side of what is kept, in pixels: enough for the largest row at two pixels each. */
const SIDE = 256
/** More pixels are not decoded: 50 million take 200 MB for a moment. */
const MOST_PIXELS = 50_000_000
/** Files of which more bytes than this would have to be read at once. */
const MOST_BYTES = 100_000_000
/** A drawing is all instructions. */
const MOST_DRAWN = 1_000_000
/** A header, with the camera's own thumbnail before it, is within this. */
const HEADER_BYTES = 262_144
/** So many are kept for when a row comes back. */
const KEPT = 300
/** A film that does not show anything by then is left, in milliseconds. */
const PATIENCE_MS = 10_000

/** @typedef {{id: string, blob: Blob, film: boolean, done: (url: string) => void}} Wish */

export class Thumbs {
  /** The oldest first. @type {Map<string, string>} */
  #made = new Map()
  /** Those that cannot be had. @type {Set<string>} */
  #hopeless = new Set()
  /** @type {Wish[]} */
  #queue = []
  #busy = false
  #stopped = false

  /**
   * Calls `done` with the picture's address, perhaps at once, perhaps never.
   * @param {string} id @param {Blob} blob @param {string} type @param {(url: string) => void} done
   * @returns {() => void} takes the wish back
   */
  want(id, blob, type, done) {
    const made = this.#made.get(id)
    if (made) done(made)
    if (made || this.#stopped || this.#hopeless.has(id)) return () => {}
    const wish = { id, blob, film: type.startsWith('video/'), done }
    this.#queue.push(wish)
    void this.#work()
    return () => {
      this.#queue = this.#queue.filter((other) => other !== wish)
    }
  }

  /** Gives everything back. */
  stop() {
    this.#stopped = true
    this.#queue = []
    for (const url of this.#made.values()) URL.revokeObjectURL(url)
    this.#made.clear()
  }

  async #work() {
    if (this.#busy) return
    this.#busy = true
    for (;;) {
      await idle()
      const wish = this.#queue[0]
      if (!wish) break
      const picture = await (wish.film ? frame(wish.blob) : still(wish.blob)).catch(() => undefined)
      const isWanted = this.#queue.includes(wish)
      this.#queue = this.#queue.filter((other) => other !== wish)
      if (this.#stopped) break
      if (!picture) this.#hopeless.add(wish.id)
      else this.#keep(wish, picture, isWanted)
    }
    this.#busy = false
  }

  /** @param {Wish} wish @param {Blob} picture @param {boolean} isWanted */
  #keep({ id, done }, picture, isWanted) {
    const url = URL.createObjectURL(picture)
    this.#made.set(id, url)
    if (isWanted) done(url)
    const [oldest] = this.#made
    if (this.#made.size <= KEPT || !oldest) return
    // Far fewer rows than this are on the screen.
    this.#made.delete(oldest[0])
    URL.revokeObjectURL(oldest[1])
  }
}

/** When the page is idle, or soon. @returns {Promise<void>} */
const idle = () =>
  new Promise((resolve) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve(), { timeout: 500 })
    else setTimeout(resolve, 20)
  })

/** What it is by its first bytes, where it may be decoded. @param {Blob} blob @returns {Promise<Size | undefined>} */
async function measured(blob) {
  if (blob.size > MOST_BYTES) return undefined
  const size = dimensions(new Uint8Array(await blob.slice(0, HEADER_BYTES).arrayBuffer()))
  return size && size.width * size.height <= MOST_PIXELS ? size : undefined
}

/** Whether a file may be shown as it is: a picture whose first bytes say so, or a drawing of no great length. @param {Blob} blob @param {string} type */
export const fits = async (blob, type) => (type === 'image/svg+xml' ? blob.size <= MOST_DRAWN : measured(blob).catch(() => undefined))

/** A picture, small. @param {Blob} blob */
async function still(blob) {
  const size = await measured(blob)
  if (!size) return undefined
  const side = size.width > size.height ? { resizeWidth: Math.min(SIDE, size.width) } : { resizeHeight: Math.min(SIDE, size.height) }
  const bitmap = await createImageBitmap(blob, { imageOrientation: 'from-image', resizeQuality: 'medium', ...side })
  try {
    return await encode(bitmap, bitmap.width, bitmap.height)
  } finally {
    bitmap.close()
  }
}

/** The first frame of a film. @param {Blob} blob @returns {Promise<Blob | undefined>} */
async function frame(blob) {
  const url = URL.createObjectURL(blob)
  const video = document.createElement('video')
  try {
    video.muted = true
    video.preload = 'auto'
    video.playsInline = true
    const shown = new Promise((resolve, reject) => {
      video.addEventListener('loadeddata', resolve)
      video.addEventListener('error', reject)
      setTimeout(reject, PATIENCE_MS)
    })
    video.src = url
    await shown
    const scale = SIDE / Math.max(video.videoWidth, video.videoHeight)
    return scale > 0 && Number.isFinite(scale) ? await encode(video, Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)) : undefined
  } finally {
    video.removeAttribute('src')
    video.load()
    URL.revokeObjectURL(url)
  }
}

/** @param {CanvasImageSource} source @param {number} width @param {number} height @returns {Promise<Blob | undefined>} */
function encode(source, width, height) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  canvas.getContext('2d')?.drawImage(source, 0, 0, width, height)
  return new Promise((resolve) => canvas.toBlob((made) => resolve(made ?? undefined), 'image/webp', 0.8))
}

/** @typedef {{width: number, height: number}} Size */

/**
 * Width and height of a picture, read from its first bytes: PNG, GIF, JPEG, WebP and AVIF. Anything else is none.
 * @param {Uint8Array} bytes
 * @returns {Size | undefined}
 */
export function dimensions(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    if (starts(bytes, 0, '\x89PNG\r\n\x1a\n')) return { width: view.getUint32(16), height: view.getUint32(20) }
    if (starts(bytes, 0, 'GIF8')) return { width: view.getUint16(6, true), height: view.getUint16(8, true) }
    if (starts(bytes, 0, '\xff\xd8\xff')) return jpeg(view)
    if (starts(bytes, 0, 'RIFF') && starts(bytes, 8, 'WEBP')) return webp(bytes, view)
    if (starts(bytes, 4, 'ftypavi')) return avif(bytes, view)
  } catch {
    // Cut off in the middle.
  }
  return undefined
}

/** @param {Uint8Array} bytes @param {number} at @param {string} text */
const starts = (bytes, at, text) => [...text].every((char, i) => bytes[at + i] === char.charCodeAt(0))

/** Segments until the one that starts a frame. @param {DataView} view @returns {Size | undefined} */
function jpeg(view) {
  for (let at = 2; view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    // Filling, then a segment with its length.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2)
  }
  return undefined
}

/** @param {Uint8Array} bytes @param {DataView} view @returns {Size | undefined} */
function webp(bytes, view) {
  const wide = (/** @type {number} */ at) => 1 + (view.getUint16(at, true) | (view.getUint8(at + 2) << 16))
  if (starts(bytes, 12, 'VP8X')) return { width: wide(24), height: wide(27) }
  if (starts(bytes, 12, 'VP8 ')) return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  if (!starts(bytes, 12, 'VP8L')) return undefined
  const bits = view.getUint32(21, true)
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
}

/** The largest of the boxes that tell an image's extent. @param {Uint8Array} bytes @param {DataView} view @returns {Size | undefined} */
function avif(bytes, view) {
  /** @type {Size | undefined} */
  let size
  for (let at = 8; at + 16 <= Math.min(bytes.length, 4096); at += 1) {
    if (!starts(bytes, at, 'ispe')) continue
    const found = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) }
    if (!size || found.width * found.height > size.width * size.height) size = found
  }
  return size
}
