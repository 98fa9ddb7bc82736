// Hashing a range of a Blob with the WebAssembly of `crates/checksum-wasm`, on whichever thread this is imported: the
// worker, or the page where there is none.

/** In the order of `Algorithm::ALL` in `crates/checksum`. */
export const ALGORITHMS = ['crc64nvme', 'crc32c', 'sha256', 'md5']

/**
 * @typedef {object} Range
 * @property {Blob} blob
 * @property {number} start
 * @property {number} end
 * @property {string} algorithm one of `ALGORITHMS`
 */

/**
 * @typedef {object} Manners
 * @property {number} readBytes how much is read at once; the next read is on its way while this one is hashed
 * @property {() => Promise<unknown> | undefined} [pause] asked every few kilobytes; a promise is waited for
 * @property {() => boolean} isOver whether nobody wants the digest any more
 */

/**
 * A function that hashes ranges and resolves to base64, as S3 has it, or to `undefined` when it is over. It may be called
 * again before it is done. A read that fails rejects with the browser's own `DOMException`, unless that is misleading.
 * @param {WebAssembly.Module} module
 */
export function createHashing(module) {
  /** Not in use at the moment. An instance hashes one range at a time. @type {Hasher[]} */
  const idle = []
  /** @param {Range} range @param {Manners} manners @returns {Promise<string | undefined>} */
  return async (range, manners) => {
    const hasher = idle.pop() ?? (await createHasher(module))
    try {
      return await hash(hasher, range, manners)
    } finally {
      idle.push(hasher)
    }
  }
}

/** @param {Hasher} hasher @param {Range} range @param {Manners} manners */
async function hash(hasher, { blob, start, end, algorithm }, { readBytes, pause, isOver }) {
  hasher.start(ALGORITHMS.indexOf(algorithm))
  /** @param {number} from */
  const read = (from) => {
    const to = Math.min(from + readBytes, end)
    const reading = whole(blob.slice(from, to).arrayBuffer(), to - from)
    // Nobody waits for it when the one before it fails.
    reading.catch(() => {})
    return reading
  }
  let reading = start < end ? read(start) : undefined
  for (let next = start + readBytes; reading; next += readBytes) {
    const bytes = await reading
    if (isOver()) return undefined
    reading = next < end ? read(next) : undefined
    for (let at = 0; at < bytes.length; at += hasher.capacity) {
      hasher.update(bytes.subarray(at, at + hasher.capacity))
      const waiting = pause?.()
      if (waiting) {
        await waiting
        if (isOver()) return undefined
      }
    }
  }
  return btoa(String.fromCharCode(...hasher.finish()))
}

/** @param {Promise<ArrayBuffer>} reading @param {number} length */
async function whole(reading, length) {
  const bytes = new Uint8Array(await reading.catch(refuse))
  // Not every browser says so itself when a file has become shorter, and a slice is cut to what there is.
  if (bytes.length !== length) throw new DOMException('The file ends before the range does.', 'NotReadableError')
  return bytes
}

/**
 * Passes on why a file cannot be read. Firefox says `AbortError` for one that is gone; nobody aborted anything, and a caller
 * would take it for the abort of a signal.
 * @param {any} error
 * @returns {never}
 */
function refuse(error) {
  throw error?.name === 'AbortError' ? new DOMException('The file could not be found.', 'NotFoundError') : error
}

/** @typedef {Awaited<ReturnType<typeof createHasher>>} Hasher */

/** @param {WebAssembly.Module} module */
async function createHasher(module) {
  const { exports } = await WebAssembly.instantiate(module)
  const wasm = /** @type {any} */ (exports)
  // The module never grows its memory, so this view stays good.
  const buffer = new Uint8Array(wasm.memory.buffer, wasm.digest_buffer(), wasm.digest_capacity())
  return {
    capacity: buffer.length,
    /** @param {number} algorithm */
    start: (algorithm) => void wasm.digest_start(algorithm),
    /** @param {Uint8Array} bytes at most `capacity` */
    update: (bytes) => {
      buffer.set(bytes)
      wasm.digest_update(bytes.length)
    },
    finish: () => buffer.slice(0, wasm.digest_finish()),
  }
}
