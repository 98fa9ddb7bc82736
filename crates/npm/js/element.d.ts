// Types of `filechute/element`, written by hand.

import type {
  CommonOptions, GetUploadParameters, HostOptions, MultipartHooks, SignerOptions, UploadError, Uploader, UploaderPatch, UploadFile,
  UnfinishedUpload, UploadResponse, UploadResult, RestrictionError,
} from './index.js'

export {
  configure, createUploader, LoadError, OptionsError, RestrictionError, UploadError, Uploader,
} from './index.js'
export type * from './index.js'

/** What `event.detail` holds. */
export interface FileChuteDetails {
  'file-added': { file: UploadFile }
  'files-added': { files: UploadFile[] }
  'file-removed': { file: UploadFile }
  'restriction-failed': { file: Partial<UploadFile> | undefined; error: RestrictionError }
  'upload': { uploadID: number; files: UploadFile[] }
  'upload-start': { files: UploadFile[] }
  'upload-progress': { file: UploadFile; progress: { uploadStarted: number | null; bytesUploaded: number; bytesTotal: number } }
  'progress': { progress: number }
  'upload-pause': { file: UploadFile; isPaused: boolean }
  'upload-retry': { file: UploadFile }
  'upload-stalled': { error: UploadError; files: UploadFile[] }
  'upload-success': { file: UploadFile; response: UploadResponse }
  'upload-error': { file: UploadFile; error: UploadError; response: { readonly status: number } | undefined }
  'complete': UploadResult
  'cancel-all': {}
  'pause-all': {}
  'resume-all': {}
  'retry-all': { files: UploadFile[] }
  /** `code` is the full one, such as `load.csp`. */
  'error': {
    code: string
    message: string
    error: UploadError
    /** Where it is about one. */
    file?: UploadFile
    response?: { readonly status: number }
  }
  's3-multipart:part-uploaded': { file: UploadFile; part: { PartNumber: number; ETag: string } }
  /** Uploads that an earlier page left unfinished, each time that they change. */
  'restored': { unfinished: UnfinishedUpload[] }
  'is-online': {}
  'is-offline': {}
  /** A person changed the order of the list: all ids, in the new one. */
  'files-sorted': { ids: string[] }
}

/** Events that the page's own elements emit under the same name have other types; ours are told apart by `detail`. */
export type FileChuteEventMap = {
  [Name in keyof FileChuteDetails]: CustomEvent<FileChuteDetails[Name]>
}

type Own = Omit<HTMLElementEventMap, keyof FileChuteDetails>

export class FileChuteElement extends HTMLElement {
  static readonly formAssociated: true
  static readonly observedAttributes: string[]

  host: string | undefined
  timeout: number | undefined
  limit: number | undefined
  accept: string
  /** A phone opens its camera, that one (`user`: at the front) or any, instead of its picker. As in `<input capture>`. */
  get capture(): string
  set capture(camera: string | boolean | undefined)
  multiple: boolean
  directory: boolean
  get maxFileSize(): number | undefined
  set maxFileSize(size: number | string | undefined)
  get minFileSize(): number | undefined
  set minFileSize(size: number | string | undefined)
  get maxTotalFileSize(): number | undefined
  set maxTotalFileSize(size: number | string | undefined)
  maxNumberOfFiles: number | undefined
  minNumberOfFiles: number | undefined
  autoProceed: boolean
  /** The form submits the S3 keys under this name. */
  name: string
  required: boolean
  disabled: boolean
  /** Colours; `auto` is as the system, and without any it is as the page by its `color-scheme`. */
  theme: 'light' | 'dark' | 'auto' | undefined
  /** Where the interface is: in the flow, behind a button, in a dialog, over the whole page too, or as one picture. */
  mode: 'inline' | 'button' | 'modal' | 'page' | 'image'
  view: 'list' | 'grid'
  /** Selector of what `mode="page"` takes drops on, instead of the whole page. */
  target: string
  /** Address of the picture that `mode="image"` shows until another is chosen: of a record that has one. */
  src: string
  /** The interface's language, such as `de`; without it, that of the nearest `lang` attribute. */
  locale: string
  /** Words that differ from those of the language: names as in a locale file, a string or its plural forms each. */
  strings: Record<string, string | Record<string, string>> | undefined
  /** Buttons that copy key and address of what was uploaded. */
  showKey: boolean
  showLink: boolean
  /** What the form submits for each file: its key, or JSON `{key, url, name, type, size, bucket, etag, checksum, verified}`. */
  valueAs: 'keys' | 'receipts'
  /** Leaving the page while files are on their way needs no confirmation. */
  quietLeave: boolean
  /** Keeps the screen on while files are on their way, where the browser can. */
  keepAwake: boolean
  /** Puts the percentage before the page's title while files are on their way. */
  pageTitle: boolean
  /** Shows how many files are on their way at the icon of an installed page, where the browser can. */
  pageBadge: boolean
  /**
   * People may change the order of the list, by drag and by keys; `value`, `files` and what the form submits follow it, and
   * files that wait are uploaded in it. Nothing is sent again for that.
   */
  sortable: boolean
  /** Several files can be chosen, and removed, tried again, paused and resumed at once. */
  selectable: boolean
  /** What a person may fill in about each file, its name included. Goes into its meta. */
  metaFields: Array<{ id: string; name?: string; placeholder?: string; required?: boolean }> | undefined

  /** All options of `createUploader` in one; attributes and the properties below win. What a form control is told may stand there, too. */
  options: UploaderPatch & { name?: string; required?: boolean; disabled?: boolean }
  getUploadParameters: GetUploadParameters | undefined
  headers: HostOptions['headers']
  credentials: HostOptions['credentials']
  retryDelays: CommonOptions['retryDelays']
  allowMultipleUploadBatches: CommonOptions['allowMultipleUploadBatches']
  restrictions: CommonOptions['restrictions']
  meta: CommonOptions['meta']
  allowedMetaFields: CommonOptions['allowedMetaFields']
  allowedOrigins: CommonOptions['allowedOrigins']
  allowInsecure: CommonOptions['allowInsecure']
  allowAuthorization: CommonOptions['allowAuthorization']
  onBeforeFileAdded: CommonOptions['onBeforeFileAdded']
  onBeforeUpload: CommonOptions['onBeforeUpload']
  signRequest: SignerOptions['signRequest'] | undefined
  generateObjectKey: SignerOptions['generateObjectKey'] | undefined
  createMultipartUpload: MultipartHooks['createMultipartUpload']
  signPart: MultipartHooks['signPart']
  prepareUploadParts: MultipartHooks['prepareUploadParts']
  listParts: MultipartHooks['listParts']
  completeMultipartUpload: MultipartHooks['completeMultipartUpload']
  abortMultipartUpload: MultipartHooks['abortMultipartUpload']
  shouldUseMultipart: CommonOptions['shouldUseMultipart']
  getChunkSize: CommonOptions['getChunkSize']
  checksum: CommonOptions['checksum']
  resume: CommonOptions['resume']
  /** Whether dropped folders are read. Default: where there is the attribute `directory`, which wins. */
  directories: CommonOptions['directories']

  /** The uploader with all its verbs, once it can upload. */
  readonly ready: Promise<Uploader>
  readonly uploader: Uploader | undefined

  /** Snapshots of all files, in the order of the list; empty before there is an uploader. */
  readonly files: UploadFile[]
  /** The S3 keys of what was uploaded: in the order of the list with `sortable`, else in the order the uploads ended. */
  readonly value: string[]
  readonly type: string
  readonly form: HTMLFormElement | null
  readonly labels: NodeList | undefined
  readonly validity: ValidityState | undefined
  readonly validationMessage: string
  readonly willValidate: boolean
  /** Opens and closes what `mode="button"` and `mode="modal"` keep closed. */
  show(): void
  close(): void
  checkValidity(): boolean
  reportValidity(): boolean

  addEventListener<Name extends keyof FileChuteEventMap>(
    type: Name,
    listener: (this: FileChuteElement, event: FileChuteEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  addEventListener<Name extends keyof Own>(
    type: Name,
    listener: (this: FileChuteElement, event: Own[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void
  removeEventListener<Name extends keyof FileChuteEventMap>(
    type: Name,
    listener: (this: FileChuteElement, event: FileChuteEventMap[Name]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void
  removeEventListener<Name extends keyof Own>(
    type: Name,
    listener: (this: FileChuteElement, event: Own[Name]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void
}

declare global {
  interface HTMLElementTagNameMap {
    'file-chute': FileChuteElement
  }
}
