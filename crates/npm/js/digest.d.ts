// Types of `filechute/digest`, written by hand.

import type { WasmSource } from './index.js'

/** The algorithms by the names S3 has for them: the header is `x-amz-checksum-` and this, but `Content-MD5` for `md5`. */
export type ChecksumAlgorithm = 'crc64nvme' | 'crc32c' | 'sha256' | 'md5'

/**
 * The checksum of the bytes from `start` up to `end`, in base64 as S3 has it.
 *
 * Runs in a worker, and on the page in short slices where a worker may not be had. Rejects with the browser's
 * `DOMException` when the file cannot be read up to `end`, with the signal's reason when it is aborted, with a `RangeError`
 * or `TypeError` for arguments that make no sense, and with an error of `kind` `load` when its files cannot be loaded.
 */
export function digest(
  blob: Blob,
  start: number,
  end: number,
  algorithm: ChecksumAlgorithm,
  options?: { signal?: AbortSignal },
): Promise<string>

/**
 * Says where `digest.wasm` is when it does not lie beside the script: an address, a `Response`, bytes, a compiled module,
 * or a promise of one of these; and where `digest-worker.js` is. To be called before the first digest.
 */
export function configure(options: { wasm?: WasmSource | Promise<WasmSource>; worker?: string | URL }): void
