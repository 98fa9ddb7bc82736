// Types of `filechute/medusa`, written by hand. The SDK is described by what is used of it: `@medusajs/js-sdk` fits.

import type { UploadFile, UploadParameters } from './index.js'

/** The part of `@medusajs/js-sdk` that hands out presigned addresses: `POST /admin/uploads/presigned-urls`. */
export interface UploadSdk {
  admin: {
    upload: {
      presignedUrl(body: { originalname: string; mime_type: string; size: number; access?: 'public' | 'private' }): Promise<{ url: string; filename: string; mime_type: string }>
    }
  }
}

/** The part that reads and changes products. */
export interface ProductSdk<Response = unknown> {
  admin: {
    product: {
      retrieve(id: string, query?: { fields?: string }): Promise<{ product: { images?: Array<{ id: string; url: string }> | null } }>
      update(id: string, body: { images: Array<{ id?: string; url: string }>; thumbnail?: string }): Promise<Response>
    }
  }
}

export interface MedusaParametersOptions {
  /**
   * Who may read what is uploaded. Without it Medusa says `private`. It becomes an ACL unless the provider's option `acl` is `false`, and
   * buckets without ACLs refuse that.
   */
  access?: 'public' | 'private'
  /** The provider's option `file_url`: where objects can be read. Answers then carry `publicUrl`. */
  fileUrl?: string
}

/**
 * The option `getUploadParameters` for Medusa 2's admin: each attempt asks for a presigned `PUT`. `file.meta.key` is then what the file
 * module calls the file's id. What Medusa refuses ends the file at once, with its words as `error.detail`.
 */
export function medusaParameters(sdk: UploadSdk, options?: MedusaParametersOptions): (file: UploadFile) => Promise<UploadParameters & { publicUrl?: string }>

/** Where an object can be read: `file_url` and its key, with what a path may not have (`+`, spaces) encoded. */
export function publicUrl(fileUrl: string, key: string): string

/** What is needed of a file that was uploaded: the snapshots of `upload-success` and `complete` have it. */
export type Attachable = Pick<UploadFile, 'meta' | 'uploadURL'>

export interface AttachOptions {
  /** Keeps the images that the product has, with their ids; `false` takes their place. Default `true`. */
  append?: boolean
  /** Makes the first of the files the product's thumbnail. Default `false`. */
  thumbnail?: boolean
  /** As in `medusaParameters`. Without it the bucket's own address is stored. */
  fileUrl?: string
}

/**
 * Adds what was uploaded to a product's images, in the order given, and resolves to what the update answers. Files that were not
 * uploaded are left out; with none left nothing is asked, and it resolves to `undefined`. Calls for one product wait for each other.
 */
export function attachToProduct<Response>(sdk: ProductSdk<Response>, product: { id: string }, files: readonly Attachable[], options?: AttachOptions): Promise<Response | undefined>
