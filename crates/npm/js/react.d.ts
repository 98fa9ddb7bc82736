// Types of `filechute/react`, written by hand.

import type { HTMLAttributes, ReactElement, Ref } from 'react'
import type { FileChuteElement, UploaderEvents, UploaderPatch } from './element.js'

/** `upload-success` → `onUploadSuccess`, with the same arguments as a listener of the uploader. */
type Handlers = {
  [Name in keyof UploaderEvents as `on${Pascal<Name>}`]?: (...args: UploaderEvents[Name]) => unknown
}
type Pascal<Name extends string> = Name extends `${infer Head}-${infer Rest}`
  ? `${Capitalize<Head>}${Pascal<Rest>}`
  : Capitalize<Name>

/** Options that are properties of the element and take objects and functions. */
type Properties = Pick<
  UploaderPatch,
  | 'getUploadParameters' | 'headers' | 'credentials' | 'retryDelays' | 'allowMultipleUploadBatches' | 'restrictions'
  | 'meta' | 'allowedMetaFields' | 'allowedOrigins' | 'allowInsecure' | 'allowAuthorization' | 'onBeforeFileAdded'
  | 'onBeforeUpload'
  | 'signRequest' | 'createMultipartUpload' | 'signPart' | 'prepareUploadParts' | 'listParts' | 'completeMultipartUpload'
  | 'abortMultipartUpload' | 'shouldUseMultipart' | 'getChunkSize' | 'checksum' | 'resume' | 'directories'
>

/** Options that are attributes. */
interface Attributes {
  host?: string
  timeout?: number
  limit?: number
  accept?: string
  multiple?: boolean
  directory?: boolean
  maxFileSize?: number | string
  minFileSize?: number | string
  maxTotalFileSize?: number | string
  maxNumberOfFiles?: number
  minNumberOfFiles?: number
  autoProceed?: boolean
  name?: string
  required?: boolean
  disabled?: boolean
  theme?: 'light' | 'dark' | 'auto'
  mode?: 'inline' | 'button' | 'modal' | 'page' | 'image'
  view?: 'list' | 'grid'
  target?: string
  /** The interface's language; without it, that of the nearest `lang`. */
  locale?: string
  showKey?: boolean
  showLink?: boolean
  valueAs?: 'keys' | 'receipts'
  quietLeave?: boolean
  keepAwake?: boolean
  pageTitle?: boolean
  sortable?: boolean
  selectable?: boolean
}

export interface FileChuteProps
  extends Omit<HTMLAttributes<FileChuteElement>, keyof Handlers | keyof Properties | keyof Attributes>,
    Handlers, Properties, Attributes {
  /** All options in one; the others win. */
  options?: UploaderPatch
  metaFields?: FileChuteElement['metaFields']
  strings?: FileChuteElement['strings']
  /** A person changed the order of the list. */
  onFilesSorted?: (ids: string[]) => unknown
  ref?: Ref<FileChuteElement>
}

export function FileChute(props: FileChuteProps): ReactElement
