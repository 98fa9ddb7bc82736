// Values as they cross to the WebAssembly and back: nothing, numbers, texts and lists of values. `wire.rs` has the same.

const NUMBER = 1
const TEXT = 2
const LIST = 3

// Made when they are first used: what pretends to be a browser may lack them, and importing must not mind.
/** @type {TextEncoder | undefined} */
let encoder
/** @type {TextDecoder | undefined} */
let decoder

let bytes = new Uint8Array(1024)
let view = new DataView(bytes.buffer)
let length = 0

/** @param {number} count */
function room(count) {
  if (length + count <= bytes.length) return
  const larger = new Uint8Array((length + count) * 2)
  larger.set(bytes)
  bytes = larger
  view = new DataView(bytes.buffer)
}

/** @param {number} kind @param {number} count */
function head(kind, count) {
  room(5)
  view.setUint8(length, kind)
  view.setUint32(length + 1, count, true)
  length += 5
}

/** @param {unknown} value */
function put(value) {
  if (typeof value === 'number' || typeof value === 'boolean') {
    room(9)
    view.setUint8(length, NUMBER)
    view.setFloat64(length + 1, Number(value), true)
    length += 9
  } else if (typeof value === 'string') {
    encoder ??= new TextEncoder()
    const text = encoder.encode(value)
    head(TEXT, text.length)
    room(text.length)
    bytes.set(text, length)
    length += text.length
  } else if (Array.isArray(value)) {
    head(LIST, value.length)
    for (const entry of value) put(entry)
  } else {
    room(1)
    view.setUint8(length, 0)
    length += 1
  }
}

/** The values in a row, good until the next call. @param {unknown[]} values @returns {Uint8Array} */
export function pack(values) {
  length = 0
  for (const value of values) put(value)
  return bytes.subarray(0, length)
}

/** The first value in there, `undefined` when there is none. @param {ArrayBuffer} buffer @param {number} at @param {number} size @returns {any} */
export function unpack(buffer, at, size) {
  if (size === 0) return undefined
  const data = new DataView(buffer, at, size)
  const bytes = new Uint8Array(buffer, at, size)
  let place = 0
  /** @returns {any} */
  const take = () => {
    const kind = bytes[place]
    place += 1
    if (kind === NUMBER) {
      place += 8
      return data.getFloat64(place - 8, true)
    }
    if (kind !== TEXT && kind !== LIST) return null
    const count = data.getUint32(place, true)
    place += 4
    if (kind === TEXT) {
      place += count
      // What begins with a byte order mark keeps it.
      decoder ??= new TextDecoder('utf-8', { ignoreBOM: true })
      return decoder.decode(bytes.subarray(place - count, place))
    }
    // A loop: it takes a quarter of the time of `Array.from`, and lists are most of what crosses.
    const list = []
    for (let at = 0; at < count; at += 1) list.push(take())
    return list
  }
  return take()
}
