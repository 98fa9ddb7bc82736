// Types of `filechute/react`, written by hand.

import type { HTMLAttributes, ReactElement, Ref } from 'react'
import type { FileChuteElement, UploaderEvents, UploaderPatch } from './element.js'

/** `upload-success` → `onUploadSuccess`, with the same arguments as a listener of the uploader. */
type Handlers = {
  [Name in keyof UploaderEvents as `on${Pascal<Name>}`]?: ((...args: UploaderEvents[Name]) => unknown) | undefined
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
  | 'signRequest' | 'generateObjectKey' | 'createMultipartUpload' | 'signPart' | 'prepareUploadParts' | 'listParts' | 'completeMultipartUpload'
  | 'abortMultipartUpload' | 'shouldUseMultipart' | 'getChunkSize' | 'checksum' | 'resume' | 'directories'
>

/** Options that are attributes. */
interface Attributes {
  host?: string | undefined
  timeout?: number | undefined
  limit?: number | undefined
  accept?: string | undefined
  capture?: boolean | 'user' | 'environment' | undefined
  multiple?: boolean | undefined
  directory?: boolean | undefined
  maxFileSize?: number | string | undefined
  minFileSize?: number | string | undefined
  maxTotalFileSize?: number | string | undefined
  maxNumberOfFiles?: number | undefined
  minNumberOfFiles?: number | undefined
  autoProceed?: boolean | undefined
  name?: string | undefined
  required?: boolean | undefined
  disabled?: boolean | undefined
  theme?: 'light' | 'dark' | 'auto' | undefined
  mode?: 'inline' | 'button' | 'modal' | 'page' | 'image' | undefined
  view?: 'list' | 'grid' | undefined
  target?: string | undefined
  src?: string | undefined
  /** The interface's language; without it, that of the nearest `lang`. */
  locale?: string | undefined
  showKey?: boolean | undefined
  showLink?: boolean | undefined
  valueAs?: 'keys' | 'receipts' | undefined
  quietLeave?: boolean | undefined
  keepAwake?: boolean | undefined
  pageTitle?: boolean | undefined
  pageBadge?: boolean | undefined
  sortable?: boolean | undefined
  selectable?: boolean | undefined
}

export interface FileChuteProps
  extends Omit<HTMLAttributes<FileChuteElement>, keyof Handlers | keyof Properties | keyof Attributes>,
    Handlers, Properties, Attributes {
  /** All options in one; the others win. */
  options?: UploaderPatch | undefined
  metaFields?: FileChuteElement['metaFields'] | undefined
  strings?: FileChuteElement['strings'] | undefined
  /** A person changed the order of the list. */
  onFilesSorted?: ((ids: string[]) => unknown) | undefined
  /** The keys of all files that are uploaded, whenever they are others: what a form library keeps. */
  onValueChange?: ((keys: string[]) => unknown) | undefined
  ref?: Ref<FileChuteElement> | undefined
}

export function FileChute(props: FileChuteProps): ReactElement
