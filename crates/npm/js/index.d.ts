// Types of `filechute`, written by hand.

/** A file in the uploader: a snapshot, not kept up to date. */
export interface UploadFile {
  readonly id: string
  readonly name: string
  /** Without the dot. */
  readonly extension: string
  /** MIME type, or empty. */
  readonly type: string
  /** In bytes. */
  readonly size: number
  readonly data: Blob
  readonly source?: string
  /** `meta.key` is the S3 object key after success. */
  readonly meta: FileMeta
  readonly progress: FileProgress
  readonly status: FileStatus
  readonly isPaused: boolean
  /** Why it failed, in words for people. */
  readonly error: string | null
  /** The same in names: what stopped it last, while it waits for its next attempt, too. */
  readonly failure: (Omit<UploadErrorFields, 'message'> & { readonly detail: string; readonly limit: number | null }) | null
  /** Automatic retries so far. */
  readonly retries: number
  readonly isRemote: false
  readonly response?: UploadResponse
  /** Address of the object without its query, after success. */
  readonly uploadURL?: string
}

export type FileStatus =
  'idle' | 'queued' | 'preparing' | 'uploading' | 'finishing' | 'retrying' | 'paused' | 'done' | 'failed'

export interface FileMeta {
  readonly name: string
  readonly type: string
  readonly relativePath?: string
  /** S3 object key. Known after success, and present then whichever way the parameters came. */
  readonly key: string
  readonly [field: string]: string | undefined
}

export interface FileProgress {
  readonly bytesUploaded: number
  readonly bytesTotal: number
  /** 0–100; 100 only once S3 has confirmed the object. */
  readonly percentage: number
  /** Milliseconds since 1970, or `null` while nobody has asked for an upload. */
  readonly uploadStarted: number | null
  readonly uploadComplete: boolean
}

export interface UploadResponse {
  readonly status: number
  /** Address of the object without its query; of a file in parts where the store said so, else where its parts went. */
  readonly uploadURL: string
  /** The checksum that S3 confirmed for the whole object, or `null` when nothing was proved. */
  readonly verified: ChecksumAlgorithm | null
  readonly body: {
    readonly location: string
    readonly key: string
    /** Where the form, the answer, or the address of a known service or of this machine names it, else empty: a store's own host name does not tell. */
    readonly bucket: string
    readonly etag: string
    /** In Base64, where `verified` names its algorithm. */
    readonly checksum?: string
    /** Where the object can be read, when the server said so. */
    readonly publicUrl?: string
  }
}

export type ChecksumAlgorithm = 'crc64nvme' | 'crc32c' | 'sha256' | 'md5'

/** Of the bytes that are about to be sent. */
export interface Checksum {
  algorithm: ChecksumAlgorithm
  /** In Base64, as in `x-amz-checksum-…` and `Content-MD5`. */
  value: string
}

export interface UploadResult {
  readonly successful: UploadFile[]
  readonly failed: UploadFile[]
  readonly uploadID: number
}

/** An upload in parts that an earlier page, or a crashed browser, left unfinished. */
export interface UnfinishedUpload {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly size: number
  /** What need not be sent again, once the file is there and its content was compared. */
  readonly bytesUploaded: number
  /** When it last got on, in milliseconds since 1970. */
  readonly updated: number
  readonly meta: Readonly<Record<string, string>>
  /** Whether the browser may find the file by itself. */
  readonly canReopen: boolean
}

/** Sums over all files. */
export interface Totals {
  readonly files: number
  /** Files that are worked on or wait for their turn. */
  readonly active: number
  /** Of these, those that wait for their turn, for upload parameters, send bytes, and wait for the answer after the last. */
  readonly queued: number
  readonly preparing: number
  readonly sending: number
  readonly finishing: number
  /** Files nobody has asked to upload yet. */
  readonly idle: number
  readonly paused: number
  readonly done: number
  readonly failed: number
  /** Of all files. */
  readonly bytesAdded: number
  /** Of the files that were started. */
  readonly bytesTotal: number
  readonly bytesUploaded: number
  readonly percentage: number
  /** Bytes per second. */
  readonly speed: number
  /** Milliseconds left, or `null` when it cannot be told. */
  readonly etaMs: number | null
  readonly isOnline: boolean
}

/** What the server or callback answers: how to send one file. */
export interface UploadParameters {
  /** `PUT` unless there are `fields`, else `POST`. */
  method?: string
  /** Absolute and `https:`; `http:` is for loopback. */
  url: string
  /** Fields of a POST policy, sent in this order before the file. */
  fields?: Record<string, string>
  /** Those that browsers let no page set, such as `Cookie`, are left out. */
  headers?: Record<string, string>
  /**
   * S3 object key, when neither `fields` nor the path of `url` says it: a PUT to a store of your own whose address holds
   * the bucket (`https://minio.example/bucket/key`) needs it, for only known services' addresses can be taken apart.
   */
  key?: string
  /** Seconds until `url` is of no use, from 1 to 604800. */
  expires?: number
  /** Where the object can be read once it is there: told in `response.body`, in receipts, and what `show-link` copies. */
  publicUrl?: string
}

export interface Restrictions {
  /** Bytes, or text such as `"10MB"`. */
  maxFileSize?: number | string | null
  minFileSize?: number | string | null
  maxTotalFileSize?: number | string | null
  maxNumberOfFiles?: number | null
  minNumberOfFiles?: number | null
  /** As in `accept`: `image/*`, `image/png`, `.pdf`. */
  allowedFileTypes?: string[] | null
  requiredMetaFields?: string[] | null
}

export type GetUploadParameters =
  /** `checksum` is there when the option `checksum` asks for it. */
  (file: UploadFile, options: { signal: AbortSignal; checksum?: Checksum }) => UploadParameters | Promise<UploadParameters>

/** What Uppy 6's `signRequest` is asked; members from `size` on are additions that a signer may ignore. */
export interface SignRequest {
  method: 'PUT' | 'POST' | 'GET' | 'DELETE'
  key: string
  uploadId?: string
  partNumber?: number
  contentType?: string
  /** Bytes: of the object, or of the part. */
  size?: number
  metadata?: Record<string, string>
  /** Of what is sent, or of the whole object at completion: worth signing as a header. */
  checksum?: Checksum
  /** A list goes on after this part. */
  partNumberMarker?: number
}

export interface SignedRequest {
  url: string
  /** When the signer chose another key. */
  key?: string
  headers?: Record<string, string>
  /** For an object only: sent as a form. */
  fields?: Record<string, string>
  /** Seconds. */
  expires?: number
}

export interface PartReceipt {
  PartNumber: number
  Size: number
  ETag: string
  ChecksumCRC64NVME?: string
  ChecksumCRC32C?: string
  ChecksumSHA256?: string
}

interface MultipartStep {
  uploadId: string
  key: string
  signal: AbortSignal
}

/**
 * Uppy's multipart hooks. Beside `host` each missing one is the host's route; beside `getUploadParameters` all are needed. An error
 * with the `code` or `name` "NoSuchUpload" or "InvalidPart" says what the store said: the upload is begun anew, or its parts are listed.
 */
export interface MultipartHooks {
  createMultipartUpload?: (file: UploadFile, signal: AbortSignal) => Awaitable<{ uploadId: string; key: string; bucket?: string; checksum?: ChecksumAlgorithm }>
  signPart?: (file: UploadFile, part: MultipartStep & { partNumber: number; body: Blob; checksum?: Checksum }) => Awaitable<{ url: string; headers?: Record<string, string>; expires?: number }>
  /** Several parts in one call, instead of `signPart`. */
  prepareUploadParts?: (file: UploadFile, batch: MultipartStep & { parts: Array<{ number: number; chunk: Blob; checksum?: Checksum }> }) => Awaitable<{ presignedUrls: Record<number, string>; headers?: Record<number, Record<string, string>>; expires?: number }>
  listParts?: (file: UploadFile, upload: MultipartStep) => Awaitable<PartReceipt[]>
  completeMultipartUpload?: (file: UploadFile, upload: MultipartStep & { parts: Array<Omit<PartReceipt, 'Size'>>; size: number; checksum?: string }) => Awaitable<{ location?: string; publicUrl?: string } | void>
  abortMultipartUpload?: (file: UploadFile, upload: MultipartStep) => Awaitable<unknown>
}

type Awaitable<T> = T | Promise<T>

/** A file that is about to be added. */
export interface NewFile {
  readonly name: string
  readonly type: string
  readonly size: number
  readonly data: Blob
  readonly meta: Readonly<Record<string, string>>
  readonly relativePath?: string
}

/** Options besides the source of upload parameters. */
export interface CommonOptions {
  /** Whether files go in parts. Default: those over 100 MiB; those over 5 GiB always do. */
  shouldUseMultipart?: boolean | ((file: NewFile) => boolean)
  /** Wanted bytes of a part, held to S3's limits. Default: by size and speed. */
  getChunkSize?: (file: NewFile) => number
  /**
   * Whether unfinished uploads in parts are remembered across reloads; text names them apart where several persons
   * share a browser. Default `true`.
   */
  resume?: boolean | string
  /**
   * Checksum that proves what arrived. Default `crc64nvme`, with `getUploadParameters` `none`. `md5` needs nothing signed: it
   * is compared with the `ETag`, which CORS must expose, and which is no MD5 where the bucket encrypts by KMS: expose
   * `x-amz-server-side-encryption` too, so that this can be seen.
   */
  checksum?: ChecksumAlgorithm | 'none'
  /** Milliseconds without progress after which an attempt is given up; 0 is never. Default 30000. */
  timeout?: number
  /** Requests in the air at once; 0 is no limit. Default 6. */
  limit?: number
  /** One entry per automatic retry, in milliseconds. Default `[0, 1000, 3000, 5000]`. */
  retryDelays?: number[] | null
  /** Upload as soon as files are added. */
  autoProceed?: boolean
  /** Whether files may be added after a first upload. Default `true`. */
  allowMultipleUploadBatches?: boolean
  restrictions?: Restrictions
  /** Goes with every file. */
  meta?: Record<string, unknown>
  /** Names of meta that the source of upload parameters gets to see. Default all. */
  allowedMetaFields?: boolean | string[]
  /** Origins uploads may go to, best the bucket's. Default any. */
  allowedOrigins?: string[]
  /** Allows plain `http:` to another machine. */
  allowInsecure?: boolean
  /** Allows an `Authorization` header to another origin. */
  allowAuthorization?: boolean
  /** Whether dropped folders are read. Default `true`. */
  directories?: boolean
  /** Words for what people are told, as in `filechute/locales/de`; English for those that are missing. */
  locale?: Record<string, string | Record<string, string>>
  /** `false` refuses the file, an object replaces parts of it. */
  onBeforeFileAdded?: (
    file: NewFile,
    files: Record<string, UploadFile>,
  ) => boolean | undefined | void | Partial<Pick<NewFile, 'name' | 'type' | 'data' | 'meta'>>
  /** `false` keeps the upload from starting, an object takes the place of the files. */
  onBeforeUpload?: (
    files: Record<string, UploadFile>,
  ) => boolean | undefined | void | Record<string, UploadFile>
}

/** A Companion-compatible server. */
export interface HostOptions {
  /** Root address; a relative one is on this page's server. */
  host: string
  getUploadParameters?: undefined
  signRequest?: undefined
  /** Sent to `host`, never to S3. */
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>)
  /** Whether cookies go to `host`. Default `same-origin`. */
  credentials?: 'omit' | 'same-origin' | 'include'
}

/** A function of your own. */
export interface CallbackOptions {
  host?: undefined
  signRequest?: undefined
  getUploadParameters: GetUploadParameters
}

/** One signer for every S3 operation; the page talks to S3 itself. */
export interface SignerOptions {
  host?: undefined
  getUploadParameters?: undefined
  signRequest: (request: SignRequest, options: { signal: AbortSignal }) => Awaitable<SignedRequest>
  /** The key that `signRequest` is asked to sign for (Uppy 6's option of that name). Default: a random id, a hyphen and the file's name. */
  generateObjectKey?: (file: UploadFile) => Awaitable<string>
}

/** `undefined` is as good as not given, under `exactOptionalPropertyTypes` too. */
type OrUndefined<T> = { [Name in keyof T]: {} extends Pick<T, Name> ? T[Name] | undefined : T[Name] }

/** Exactly one source of upload parameters, and the rest. */
export type UploaderOptions = OrUndefined<CommonOptions> &
  (OrUndefined<HostOptions & MultipartHooks> | OrUndefined<CallbackOptions & MultipartHooks> | OrUndefined<SignerOptions>)

/** The same with nothing required: a patch, or what an element is given piece by piece. */
export interface UploaderPatch extends OrUndefined<CommonOptions>, OrUndefined<MultipartHooks> {
  host?: string | undefined
  getUploadParameters?: GetUploadParameters | undefined
  signRequest?: SignerOptions['signRequest'] | undefined
  generateObjectKey?: SignerOptions['generateObjectKey'] | undefined
  headers?: HostOptions['headers'] | undefined
  credentials?: HostOptions['credentials'] | undefined
}

/** What can be added: a `File`, a `Blob`, or a `Blob` with what should be known about it. */
export type Addable = Blob | {
  data: Blob
  name?: string
  type?: string
  meta?: Record<string, unknown>
  relativePath?: string
  source?: string
}

/** Arguments of the listeners. */
export interface UploaderEvents {
  'file-added': [file: UploadFile]
  'files-added': [files: UploadFile[]]
  'file-removed': [file: UploadFile]
  /** Without a file when the restriction is about an upload as a whole. */
  'restriction-failed': [file: Partial<UploadFile> | undefined, error: RestrictionError]
  'upload': [uploadID: number, files: UploadFile[]]
  'upload-start': [files: UploadFile[]]
  /** At most once per file and flush, which is every 100 ms. */
  'upload-progress': [file: UploadFile, progress: { uploadStarted: number | null; bytesUploaded: number; bytesTotal: number }]
  /** 0–100 over all files. */
  'progress': [progress: number]
  'upload-pause': [file: UploadFile, isPaused: boolean]
  'upload-retry': [file: UploadFile]
  'upload-stalled': [error: UploadError, files: UploadFile[]]
  /** A part of a file arrived (Uppy's own event). */
  's3-multipart:part-uploaded': [file: UploadFile, part: { PartNumber: number; ETag: string }]
  'upload-success': [file: UploadFile, response: UploadResponse]
  /** `response` only where S3 answered. */
  'upload-error': [file: UploadFile, error: UploadError, response: { readonly status: number } | undefined]
  'complete': [result: UploadResult]
  'cancel-all': []
  'pause-all': []
  'resume-all': []
  'retry-all': [files: UploadFile[]]
  /** After each `upload-error`, and without a file when the uploader itself stopped (`internal.panic`). */
  'error': [error: UploadError, file?: UploadFile, response?: { readonly status: number }]
  /** There are uploads that an earlier page left unfinished, or there are others than before. */
  'restored': [unfinished: UnfinishedUpload[]]
  'is-online': []
  'is-offline': []
}

type FileOrId = string | { readonly id: string }

export class Uploader {
  private constructor()
  on<Name extends keyof UploaderEvents>(event: Name, listener: (...args: UploaderEvents[Name]) => unknown): () => void
  once<Name extends keyof UploaderEvents>(event: Name, listener: (...args: UploaderEvents[Name]) => unknown): () => void
  off<Name extends keyof UploaderEvents>(event: Name, listener?: (...args: UploaderEvents[Name]) => unknown): this
  /** The file's id. Throws a `RestrictionError` when the file is refused. */
  addFile(file: Addable): string
  /** Ids of those that got in. The first are in at once; long lists are finished in slices. Refused ones only emit. */
  addFiles(files: Iterable<Addable> | ArrayLike<Addable> | null | undefined): Promise<string[]>
  removeFile(file: FileOrId): void
  removeFiles(files: readonly FileOrId[]): void
  getFile(file: FileOrId): UploadFile | undefined
  getFiles(): UploadFile[]
  getTotals(): Totals
  /** Resolves when every file is done or given up. Rejects only when the upload cannot start at all. */
  upload(): Promise<UploadResult>
  /** Whether the file is paused now. */
  pauseResume(file: FileOrId): boolean
  pauseAll(): void
  resumeAll(): void
  retryUpload(file: FileOrId): Promise<UploadResult>
  retryAll(): Promise<UploadResult>
  /** Stops everything and takes all files out. */
  cancelAll(): void
  /** Takes all files out. */
  clear(): void
  /** Uploads that an earlier page left unfinished. */
  getUnfinished(): Promise<UnfinishedUpload[]>
  /**
   * Goes on with one; `upload()` starts it. Without a file the browser looks for it itself, which needs a click and works
   * where `canReopen` says so; `undefined` where it does not. Another file fails as `file.mismatch`.
   */
  resumeUnfinished(unfinished: string, file?: File | Blob): Promise<string | undefined>
  /** Forgets one, at the store too. */
  discardUnfinished(unfinished: string): void
  setMeta(meta: Record<string, unknown>): void
  setFileMeta(file: FileOrId, meta: Record<string, unknown>): void
  /** `null` brings an option's default back; but for `retryDelays` it is "never", as in Uppy. Meta is merged. */
  setOptions(patch: { [Name in keyof UploaderPatch]: UploaderPatch[Name] | null }): void
  destroy(): void
}

export interface UploadErrorFields {
  /** Whose fault it is. */
  readonly kind: 'network' | 's3' | 'sign' | 'config' | 'file' | 'integrity' | 'restriction' | 'load' | 'internal'
  /** What happened, within its kind; for `s3` it is S3's own code. */
  readonly code: string
  /** HTTP status, or 0. */
  readonly status: number
  /** For people. */
  readonly message: string
  /** Whether it makes sense to offer a "Retry" button. */
  readonly retryable: boolean
}

export class UploadError extends Error implements UploadErrorFields {
  readonly kind: UploadErrorFields['kind']
  readonly code: string
  readonly status: number
  readonly retryable: boolean
  /** For developers. Never a presigned address. */
  readonly detail: string
  /** For developers: the likely cause and its cure, or empty. Never a credential. */
  readonly help: string
}

/** The WebAssembly could not be loaded. */
export class LoadError extends UploadError {
  readonly kind: 'load'
  readonly code: 'csp' | 'fetch' | 'unsupported'
}

export class RestrictionError extends Error implements UploadErrorFields {
  /** `file` when it could not be read. */
  readonly kind: 'restriction' | 'file'
  readonly code: string
  readonly status: 0
  readonly retryable: false
  readonly isRestriction: true
  readonly isUserFacing: true
  /** What the rule allows: bytes, or a number of files. */
  readonly limits?: { readonly max?: number; readonly min?: number; readonly allowed?: string }
  readonly file?: Partial<UploadFile>
}

export class OptionsError extends TypeError {
  /** As it was written. */
  readonly option: string
}

/** What `configure` takes: where the WebAssembly is, or itself. */
export type WasmSource = string | URL | Request | Response | BufferSource | WebAssembly.Module

/**
 * For bundlers that lose the `.wasm` files. To be called before the first uploader is made. `wasm` is `filechute.wasm`; `more`
 * is `filechute-more.wasm`, which is loaded when a file first goes in parts or an upload is first refused.
 */
export function configure(options: { wasm?: WasmSource | Promise<WasmSource>, more?: WasmSource | Promise<WasmSource> }): void

/** Loads the WebAssembly, once for the page, and makes an uploader. */
export function createUploader(options: UploaderOptions): Promise<Uploader>
