// Where the bytes of a WebAssembly module come from.

/** @param {any} given an address, a response, or the bytes themselves @param {RequestInit} [init] @returns {Promise<BufferSource>} */
export async function bytesOf(given, init) {
  if (given instanceof ArrayBuffer || ArrayBuffer.isView(given)) return /** @type {BufferSource} */ (given)
  // Bundlers put a small file into the script, and a policy may forbid to fetch it from there.
  const inline = /^data:[^,]*;base64,(.*)$/.exec(String(given))?.[1]
  if (inline) return Uint8Array.from(atob(inline), (letter) => letter.charCodeAt(0))
  // A response can be read once; for another try there is its address.
  const isFresh = given instanceof Response && !(given.bodyUsed && given.url)
  const response = isFresh ? given : await fetch(given.url ?? given, init)
  if (!response.ok) throw new Error(`${response.status} for ${response.url}`)
  // So small a file gains nothing from streaming, and this way its content type does not matter.
  return response.arrayBuffer()
}
