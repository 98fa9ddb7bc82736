// `<file-chute>` as templates write it: its attributes, its properties, and how each framework names its events.

import type { FileChuteElement, FileChuteEventMap } from './element.js'

/** Of flags that are not there, templates write `false`. */
type Flag = boolean | '' | 'true' | 'false'

/** The attributes, by their names in HTML. */
export interface FileChuteAttributes {
  host?: string | undefined
  timeout?: number | string | undefined
  limit?: number | string | undefined
  accept?: string | undefined
  capture?: Flag | 'user' | 'environment' | undefined
  multiple?: Flag | undefined
  directory?: Flag | undefined
  /** Bytes, or such as `10MB` and `10MiB`. */
  'max-file-size'?: number | string | undefined
  'min-file-size'?: number | string | undefined
  'max-total-file-size'?: number | string | undefined
  'max-number-of-files'?: number | string | undefined
  'min-number-of-files'?: number | string | undefined
  'auto-proceed'?: Flag | undefined
  name?: string | undefined
  required?: Flag | undefined
  disabled?: Flag | undefined
  theme?: 'auto' | 'light' | 'dark' | undefined
  mode?: 'inline' | 'button' | 'modal' | 'page' | 'image' | undefined
  view?: 'list' | 'grid' | undefined
  target?: string | undefined
  src?: string | undefined
  locale?: string | undefined
  'show-key'?: Flag | undefined
  'show-link'?: Flag | undefined
  'value-as'?: 'keys' | 'receipts' | undefined
  'quiet-leave'?: Flag | undefined
  'keep-awake'?: Flag | undefined
  'page-title'?: Flag | undefined
  'page-badge'?: Flag | undefined
  sortable?: Flag | undefined
  selectable?: Flag | undefined
}

/** Names of the properties that are no attributes: objects and functions. */
type Settable =
  | 'options' | 'getUploadParameters' | 'headers' | 'credentials' | 'retryDelays' | 'allowMultipleUploadBatches' | 'restrictions'
  | 'meta' | 'allowedMetaFields' | 'allowedOrigins' | 'allowInsecure' | 'allowAuthorization' | 'metaFields' | 'strings'
  | 'signRequest' | 'generateObjectKey' | 'createMultipartUpload' | 'signPart' | 'prepareUploadParts' | 'listParts' | 'completeMultipartUpload'
  | 'abortMultipartUpload' | 'shouldUseMultipart' | 'getChunkSize' | 'checksum' | 'resume' | 'directories'
type Hook =
  | 'onBeforeFileAdded' | 'onBeforeUpload'

/** The properties where a template says `prop:` for each. */
export type FileChuteOwnProperties<Prefix extends string> = {
  [Name in Settable | Hook as `${Prefix}${Name}`]?: FileChuteElement[Name] | undefined
}

/** The properties where a template takes all that begins with `on` for a listener. */
export type FileChuteProperties = { [Name in Settable]?: FileChuteElement[Name] | undefined } & {
  /** Would be a listener: `options={{ onBeforeFileAdded }}`. */
  onBeforeFileAdded?: never
  /** Would be a listener: `options={{ onBeforeUpload }}`. */
  onBeforeUpload?: never
}

/** Listeners under the event's name behind a prefix: `onupload-success`, `on:upload-success`. */
export type FileChuteListeners<Prefix extends string> = {
  [Name in keyof FileChuteEventMap as `${Prefix}${Name}`]?: ((event: FileChuteEventMap[Name]) => unknown) | undefined
}

export type { FileChuteElement, FileChuteEventMap }
