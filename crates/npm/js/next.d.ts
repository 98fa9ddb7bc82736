// Types of `filechute/next`, written by hand.

import type { GetUploadParameters, UploadParameters } from './index.js'

/** A file as the page announces it, and the extension that `types` has for it. */
export interface AnnouncedFile {
  /** As the person's device names it: not to be trusted, and not the key. */
  name: string
  type: string
  /** In bytes. */
  size: number
  /** Without the dot; may be empty. */
  extension: string
}

/** What is to be signed. */
export interface PresignRequest extends AnnouncedFile {
  /** S3 object key. */
  key: string
  /** Seconds. */
  expires: number
}

export interface PresignRouteOptions {
  /** Who may upload: `true`, or a `Response` that says no; anything else is answered with 401. */
  authorize: (request: Request) => boolean | Response | Promise<boolean | Response>
  /**
   * Signs: the address of a presigned `PUT` whose `content-type` is signed, or upload parameters such as `createPresignedPost` of the AWS SDK
   * gives. For a `PUT`, sign the length as well (`ContentLength: size`), else `maxSize` is only a request.
   */
  sign: (file: PresignRequest, request: Request) => string | UploadParameters | Promise<string | UploadParameters>
  /** The MIME types that are taken, and the extension of each: `{ 'image/png': 'png' }`. */
  types: Record<string, string>
  /** In bytes. */
  maxSize: number
  /** In bytes. Default 0. */
  minSize?: number
  /** What every key starts with, such as `uploads/`. */
  prefix?: string
  /** The key after the prefix. Default: a random one with the extension. What leads out of its folder is refused. */
  key?: (file: AnnouncedFile, request: Request) => string | Promise<string>
  /** Seconds a signature is good for. Default 600; each attempt asks for a new one. */
  expires?: number
}

/**
 * A route that signs uploads: `export const POST = createPresignRoute({ … })` in Next.js, and anywhere else where a Web `Request` is answered
 * with a `Response`. It is asked `POST {name, type, size}` and answers `{method, url, fields?, headers?, key, expires}`, or
 * `{error}` with status 400, 401, 413, 415 or 500.
 */
export function createPresignRoute(options: PresignRouteOptions): (request: Request) => Promise<Response>

export interface RouteParametersOptions {
  /** Sent to the route, never to S3. */
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>)
  /** Whether cookies go to the route. Default `same-origin`. */
  credentials?: RequestCredentials
}

/**
 * Asks such a route: the option `getUploadParameters` of an uploader, an element or `<FileChute>`. What the route refuses ends the file
 * at once, with the route's words as `error.detail` of `upload-error`; a route that is busy or broken is asked again.
 */
export function routeParameters(route: string, options?: RouteParametersOptions): GetUploadParameters
