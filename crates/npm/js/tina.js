// `filechute/tina`: a media store for TinaCMS that speaks to the server half of `next-tinacms-s3` as it is, and uploads with
// `<file-chute>`: side by side, with progress, retries and limits. TinaCMS itself is not imported.

import { jsonOf } from './refusal.js'
import { Panel } from './tina-panel.js'
import { directoryOf, listError, safeName, Server } from './tina-server.js'

/**
 * @param {import('./tina.js').MediaStoreOptions} [options]
 * @returns {import('./tina.js').MediaStoreClass}
 */
export function createMediaStore({ route = '/api/s3/media', accept = '', maxSize, sanitizeFilename = safeName, files, uploader, words } = {}) {
  // TinaCMS tells a store from a function that loads one by its prototype: `persist` must be there.
  return class FileChuteMediaStore {
    accept = accept
    maxSize = maxSize
    /** What a form keeps of a file. */
    parse = (/** @type {import('./tina.js').Media} */ media) => media.src ?? ''
    #server

    /** @param {any} [client] `cms.api.tina`, which knows who is signed in */
    constructor(client) {
      this.#server = new Server(route, client)
    }

    /** @param {import('./tina.js').MediaUpload[]} items @returns {Promise<import('./tina.js').Media[]>} */
    async persist(items) {
      if (items.length === 0) return []
      const panel = await Panel.open({ server: this.#server, accept, maxSize, files, uploader, words })
      /** Keys in this batch: the server only knows of what is there already. */
      const taken = new Set()
      const added = items.map(({ directory, file }) => {
        const path = directoryOf(directory)
        const filename = unused(sanitizeFilename(file.name), (name) => taken.has(path + name))
        taken.add(path + filename)
        return { directory, filename, key: path + filename, id: panel.add(file, filename, path + filename) }
      })
      const addresses = await panel.settled()
      return added.flatMap(({ directory, filename, key, id }) => {
        const src = id === undefined ? undefined : addresses.get(id)
        if (src === undefined) return []
        const thumbnails = { '75x75': src, '400x400': src, '1000x1000': src }
        return { type: /** @type {const} */ ('file'), id: key, filename, directory, src, thumbnails }
      })
    }

    /** @param {import('./tina.js').MediaListOptions} [options] @returns {Promise<import('./tina.js').MediaList>} */
    async list({ directory, limit, offset, filesOnly } = {}) {
      const response = await this.#server.ask('', { query: { directory, limit, offset } })
      const answer = await jsonOf(response)
      if (!response.ok || !Array.isArray(answer.items)) throw listError(response.status, answer)
      const items = filesOnly ? answer.items.filter(({ type }) => type === 'file') : answer.items
      return { items, nextOffset: answer.offset }
    }

    /** @param {import('./tina.js').Media} media */
    async delete({ id }) {
      const response = await this.#server.ask(`/${encodeURIComponent(id)}`, { method: 'DELETE' })
      if (response.ok) return
      const { message, e } = await jsonOf(response)
      throw new Error(message ?? e ?? `it could not be deleted (status ${response.status})`)
    }
  }
}

/** The name, or the first of `name-2`, `name-3` … that nobody has. @param {string} name @param {(name: string) => boolean} isTaken */
function unused(name, isTaken) {
  const dot = name.lastIndexOf('.')
  const [base, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  let chosen = name
  for (let n = 2; isTaken(chosen); n += 1) chosen = `${base}-${n}${extension}`
  return chosen
}
