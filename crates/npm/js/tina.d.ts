// Types of `filechute/tina`, written by hand. Those of TinaCMS are described by what is used of them: what it expects of a store fits.

import type { UploaderPatch } from './index.js'

export interface Media {
  type: 'file' | 'dir'
  /** The key of the object. */
  id: string
  filename: string
  directory: string
  src?: string
  thumbnails?: { [size: string]: string }
}

export interface MediaUpload {
  directory: string
  file: File
}

export interface MediaListOptions {
  directory?: string
  limit?: number
  offset?: string | number
  filesOnly?: boolean
}

export interface MediaList {
  items: Media[]
  nextOffset?: string | number
}

export interface MediaStoreOptions {
  /** Where `createMediaHandler` of next-tinacms-s3 answers. Default `/api/s3/media`, below the site's base path. */
  route?: string
  /** MIME types and extensions with commas, as of a file input. Default: what TinaCMS takes. */
  accept?: string
  /** Bytes that a file may have. */
  maxSize?: number
  /** How a file is named in the bucket. Give TinaCMS' own function of this name to name files as it does elsewhere. */
  sanitizeFilename?: (name: string) => string
  /**
   * Folder of the site in which the package's `filechute.wasm` and `filechute-more.wasm` lie, such as `/filechute`. `tinacms dev` needs it:
   * what its Vite bundles beforehand loses the way to them.
   */
  files?: string
  /** Further options of the uploader: `limit`, `timeout`, `retryDelays`, `locale`. */
  uploader?: Omit<UploaderPatch, 'host' | 'getUploadParameters' | 'signRequest' | 'restrictions' | 'autoProceed' | 'onBeforeFileAdded'>
  /** What the panel says beside the uploads. */
  words?: { title?: string; close?: string }
}

/** What TinaCMS calls a `MediaStore`. */
export interface MediaStore {
  accept: string
  maxSize?: number
  /**
   * Uploads a batch with a panel in the corner of the page. Resolves, to what was uploaded, once nothing is on its way and nothing has
   * failed that the person might try again; closing the panel gives the rest up. Rejects only where nothing can be uploaded at all.
   */
  persist(files: MediaUpload[]): Promise<Media[]>
  delete(media: Media): Promise<void>
  /** Rejects with an error that TinaCMS shows with its title: `ERR_TYPE` is `MediaListError`. */
  list(options?: MediaListOptions): Promise<MediaList>
  parse(media: Media): string
}

export interface MediaStoreClass {
  new (client?: any): MediaStore
}

/**
 * A media store for `media.loadCustomStore` in Tina's configuration:
 * `loadCustomStore: async () => (await import('filechute/tina')).createMediaStore()`. The server half is next-tinacms-s3, unchanged.
 */
export function createMediaStore(options?: MediaStoreOptions): MediaStoreClass
