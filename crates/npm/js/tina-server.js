// What the store of `filechute/tina` asks the server, the contract of `createMediaHandler` in next-tinacms-s3: where, as whom, and what
// its answers mean.

import { jsonOf, refusal } from './refusal.js'

export class Server {
  /** @param {string} route @param {any} [client] */
  constructor(route, client) {
    const { basePath = '' } = client?.schema?.config?.config?.build ?? {}
    this.client = client
    // The site may live below a folder; an address of another server is one already.
    this.root = /^https?:/.test(route) ? route : `/${basePath}/${route}`.replace(/\/{2,}/g, '/')
  }

  /**
   * @param {string} path
   * @param {{method?: string, query?: Record<string, string | number | undefined>, signal?: AbortSignal}} [options]
   * @returns {Promise<Response>}
   */
  ask(path, { method = 'GET', query = {}, signal } = {}) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
    const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
    const { authProvider, clientId } = this.client ?? {}
    if (authProvider) search.set('clientID', clientId)
    const text = String(search)
    const url = `${this.root}${path}${text && `?${text}`}`
    return authProvider ? authProvider.fetchWithToken(url, { method, signal }) : fetch(url, { method, signal })
  }

  /**
   * Where a file may be put, and where it can be read then.
   * @param {string} key @param {string} type @param {AbortSignal} [signal]
   */
  async sign(key, type, signal) {
    const response = await this.ask('/upload_url', { query: { key }, signal })
    const { signedUrl, src, message } = await jsonOf(response)
    if (!response.ok || typeof signedUrl !== 'string') {
      throw refusal(message ?? `the media route answered with status ${response.status}`, response.status)
    }
    return { method: 'PUT', url: signedUrl, headers: { 'content-type': type || 'application/octet-stream' }, key, publicUrl: src }
  }
}

/** A directory of TinaCMS (`/`, `a/b`, `a/b/` or nothing) as the begin of a key. @param {string | undefined} directory */
export function directoryOf(directory) {
  const path = (directory ?? '').split('/').filter(Boolean).join('/')
  return path && `${path}/`
}

/**
 * A name that needs no quoting in an address or a document: letters and digits of any script, dots, `-` and `_`.
 * @param {string} name
 */
export function safeName(name) {
  const plain = name.normalize('NFC').split(/[\\/]/).pop() ?? ''
  const clean = plain.replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-').replace(/-{2,}/g, '-').replace(/^[.-]+|[.-]+$/g, '')
  return clean.replace(/-+(?=\.[^.]*$)/, '') || 'file'
}

const DOCS = 'https://tina.io/docs/r/aws-s3-bucket'

/** Why there is no list, as TinaCMS shows it: a title, a sentence, a place to read on. @param {number} status @param {Record<string, any>} answer */
export function listError(status, { message, e }) {
  const [title, text] =
    status === 401 || status === 403 ? ['Not signed in', 'You may not see these files.']
    : status === 404 || (status >= 200 && status < 300) ? ['No media route', 'The site has no S3 route here, or it is not set up.']
    : ['The files cannot be listed', message ?? e ?? `The media route answered with status ${status}.`]
  return Object.assign(new Error(text), { ERR_TYPE: 'MediaListError', title, docsLink: DOCS })
}
