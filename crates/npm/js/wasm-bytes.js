// Where the bytes of a WebAssembly module come from.

/** @param {any} given an address, a response, or the bytes themselves @returns {Promise<BufferSource>} */
export async function bytesOf(given) {
  if (given instanceof ArrayBuffer || ArrayBuffer.isView(given)) return /** @type {BufferSource} */ (given)
  // Bundlers put a small file into the script, and a policy may forbid to fetch it from there.
  const inline = /^data:[^,]*;base64,(.*)$/.exec(String(given))?.[1]
  if (inline) return Uint8Array.from(atob(inline), (letter) => letter.charCodeAt(0))
  const response = given instanceof Response ? given : await fetch(given)
  if (!response.ok) throw new Error(`${response.status} for ${response.url}`)
  // So small a file gains nothing from streaming, and this way its content type does not matter.
  return response.arrayBuffer()
}
