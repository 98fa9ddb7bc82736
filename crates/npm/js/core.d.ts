// What the public classes rely on from the driver (`driver/core.js`). Not part of the public types.
//
// Rules both sides keep: `notify` may be called from within any method; sizes are numbers, never BigInts; thrown errors
// have the fields of `errors.js`.

import type { SignedRequest, SignRequest, Totals, UnfinishedUpload, UploadFile, UploadParameters } from './index.js'

/** Options after `options.js`: present names, right types, absolute host, sizes in bytes. */
export interface CoreOptions {
  host?: string
  headers?: Record<string, string> | (() => Promise<Record<string, string>>)
  credentials?: RequestCredentials
  getUploadParameters?: (file: UploadFile, options: { signal: AbortSignal }) => Promise<UploadParameters>
  signRequest?: (request: SignRequest, options: { signal: AbortSignal }) => Promise<SignedRequest>
  /** Of what `signRequest` is asked about; `undefined` leaves it to the driver. */
  generateObjectKey?: ((file: UploadFile) => Promise<string | undefined>) | null
  /** The application's own function for parts of that name; `undefined` leaves its step to the host. */
  multipart?: ((name: string) => ((...args: any[]) => any) | undefined) | null
  /** Never throws. */
  planParts?: (file: Candidate) => { multipart?: boolean; partSize?: number } | false
  /** `null`: by size again. */
  shouldUseMultipart?: boolean | null
  checksum?: string
  resume?: boolean | string
  digest?: (blob: Blob, start: number, end: number, algorithm: string, options: { signal: AbortSignal }) => Promise<string>
  timeout?: number
  limit?: number
  retryDelays?: number[]
  autoProceed?: boolean
  allowMultipleUploadBatches?: boolean
  restrictions?: Record<string, unknown>
  meta?: Record<string, string>
  allowedMetaFields?: boolean | string[]
  allowedOrigins?: string[]
  allowInsecure?: boolean
  allowAuthorization?: boolean
  directories?: boolean
  /** Words for errors; English where there are none. */
  locale?: Partial<import('./ui/strings.js').Strings>
  /** Never throws. `false` refuses the file; an object has replacements for `name`, `type`, `data` and `meta`. */
  onBeforeFileAdded?: ((file: Candidate) => boolean | Partial<Candidate>) | null
  /** Never throws; may change meta and remove files before it returns. `false`: the upload does not start. */
  onBeforeUpload?: (() => boolean) | null
}

/** A file that is about to be added. */
export interface Candidate {
  name: string
  type: string
  size: number
  data: Blob
  meta: Record<string, string>
  relativePath?: string
}

/** Event name and payload in the order of `events.js`. */
export type Batch = Array<[name: string, ...payload: any[]]>

export class Core {
  constructor(options: CoreOptions, notify: (events: Batch) => void)
  /** What is being taken in; `cancelAll` and `destroy` stop it. */
  lists: import('./lists.js').Lists
  /** Throws when the file is refused; that refusal is not also told through `notify`. */
  add(blob: Blob, name: string, type: string, lastModified: number, relativePath?: string, meta?: object, source?: string): string
  /** Lists, drops and folders; refusals are told as `restriction-failed`. */
  arrivals: import('./driver/arrivals.js').Arrivals
  /** The upload's id; its end is told as `["complete", {successful, failed, uploadID}]`, possibly before this returns. */
  upload(): number
  pause(id: string): boolean
  resume(id: string): boolean
  pauseAll(): void
  resumeAll(): void
  retry(id: string): number | undefined
  retryAll(): number
  has(id: string): boolean
  remove(id: string): boolean
  /** Told of in one go, or in several tasks where that takes long. */
  removeMany(ids: string[]): void
  reorder(ids: string[]): void
  /** `quiet`: without the word that anything was cancelled. */
  cancelAll(quiet?: boolean): void
  setMeta(meta: object): void
  setFileMeta(id: string, meta: object): boolean
  /** Takes what the constructor takes, source of parameters included; all or nothing. */
  setOptions(options: CoreOptions): void
  unfinished(): Promise<UnfinishedUpload[]>
  goOnWith(unfinished: string, blob: Blob, name: string, lastModified: number): string
  reopen(unfinished: string): Promise<string | undefined>
  discard(unfinished: string): void
  file(id: string): UploadFile | undefined
  files(): UploadFile[]
  totals(): Totals
  stats(): { jobs: number; blobs: number; closures: number }
  destroy(): void
}

/** What loading gives: one for the page. */
export interface CoreModule {
  Core: typeof Core
}
