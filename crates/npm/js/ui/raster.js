// Width and height of a picture, read from its first bytes: PNG, GIF, JPEG, WebP and AVIF. Anything else is none.

/** @typedef {{width: number, height: number}} Size */

/**
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
