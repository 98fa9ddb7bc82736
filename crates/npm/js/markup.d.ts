// `<file-chute>` as templates write it: its attributes, its properties, and how each framework names its events.

import type { FileChuteElement, FileChuteEventMap } from './element.js'

/** Of flags that are not there, templates write `false`. */
type Flag = boolean | '' | 'true' | 'false'

/** The attributes, by their names in HTML. */
export interface FileChuteAttributes {
  host?: string
  timeout?: number | string
  limit?: number | string
  accept?: string
  multiple?: Flag
  directory?: Flag
  /** Bytes, or such as `10MB` and `10MiB`. */
  'max-file-size'?: number | string
  'min-file-size'?: number | string
  'max-total-file-size'?: number | string
  'max-number-of-files'?: number | string
  'min-number-of-files'?: number | string
  'auto-proceed'?: Flag
  name?: string
  required?: Flag
  disabled?: Flag
  theme?: 'auto' | 'light' | 'dark'
  mode?: 'inline' | 'button' | 'modal' | 'page' | 'image'
  view?: 'list' | 'grid'
  target?: string
  locale?: string
  'show-key'?: Flag
  'show-link'?: Flag
  'value-as'?: 'keys' | 'receipts'
  'quiet-leave'?: Flag
  'keep-awake'?: Flag
  'page-title'?: Flag
  sortable?: Flag
  selectable?: Flag
}

/** Properties that are no attributes: objects and functions. */
export type FileChuteProperties = Partial<Pick<
  FileChuteElement,
  | 'options' | 'getUploadParameters' | 'headers' | 'credentials' | 'retryDelays' | 'allowMultipleUploadBatches' | 'restrictions'
  | 'meta' | 'allowedMetaFields' | 'allowedOrigins' | 'allowInsecure' | 'allowAuthorization' | 'onBeforeFileAdded'
  | 'onBeforeUpload' | 'metaFields' | 'strings'
  | 'signRequest' | 'createMultipartUpload' | 'signPart' | 'prepareUploadParts' | 'listParts' | 'completeMultipartUpload'
  | 'abortMultipartUpload' | 'shouldUseMultipart' | 'getChunkSize' | 'checksum' | 'resume' | 'directories'
>>

/** Listeners under the event's name behind a prefix: `onupload-success`, `on:upload-success`. */
export type FileChuteListeners<Prefix extends string> = {
  [Name in keyof FileChuteEventMap as `${Prefix}${Name}`]?: (event: FileChuteEventMap[Name]) => unknown
}

export type { FileChuteElement, FileChuteEventMap }
