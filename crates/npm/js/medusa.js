// `filechute/medusa`: uploads in the admin of Medusa 2, by the presigned addresses that it has a route for, and what becomes of them
// afterwards. The SDK is the caller's; nothing of it is imported.

import { refusal } from './refusal.js'

/**
 * @param {import('./medusa.js').UploadSdk} sdk
 * @param {{access?: 'public' | 'private', fileUrl?: string}} [options]
 */
export function medusaParameters(sdk, { access, fileUrl } = {}) {
  return async (/** @type {import('./index.js').UploadFile} */ file) => {
    const answer = await sdk.admin.upload
      // A file without a type would be refused: Medusa looks the extension up by it.
      .presignedUrl({ originalname: file.name, mime_type: file.type || 'application/octet-stream', size: file.size, ...(access && { access }) })
      .catch(refused)
    const { url, filename, mime_type } = answer
    return {
      method: 'PUT',
      url,
      headers: { 'content-type': mime_type },
      key: filename,
      ...(fileUrl && { publicUrl: publicUrl(fileUrl, filename) }),
    }
  }
}

/** The SDK's error has the status and the route's words. @param {any} error @returns {never} */
function refused(error) {
  if (typeof error?.status !== 'number') throw error
  throw refusal(error.message, error.status)
}

/** @param {string} fileUrl @param {string} key */
export function publicUrl(fileUrl, key) {
  return `${fileUrl.replace(/\/+$/, '')}/${key.split('/').map(encodeURIComponent).join('/')}`
}

/**
 * @param {import('./medusa.js').ProductSdk<any>} sdk
 * @param {{id: string}} product
 * @param {readonly import('./medusa.js').Attachable[]} files
 * @param {{append?: boolean, thumbnail?: boolean, fileUrl?: string}} [options]
 * @returns {Promise<any>}
 */
export function attachToProduct(sdk, { id }, files, options = {}) {
  const urls = files.flatMap((file) => addressOf(file, options.fileUrl) ?? [])
  const before = updates.get(id) ?? Promise.resolve()
  const now = before.catch(() => {}).then(() => (urls.length > 0 ? attach(sdk, id, urls, options) : undefined))
  updates.set(id, now)
  const forget = () => updates.get(id) === now && updates.delete(id)
  now.then(forget, forget)
  return now
}

/** An update replaces the whole list, so those of one product come one after the other. @type {Map<string, Promise<any>>} */
const updates = new Map()

/** @param {any} sdk @param {string} id @param {string[]} urls @param {{append?: boolean, thumbnail?: boolean}} options */
async function attach(sdk, id, urls, { append = true, thumbnail = false }) {
  // Asked anew: what the page shows may be older than what others attached.
  const { product } = append ? await sdk.admin.product.retrieve(id, { fields: 'id,*images' }) : { product: undefined }
  const kept = (product?.images ?? []).map((/** @type {{id: string, url: string}} */ image) => ({ id: image.id, url: image.url }))
  // The answer to an earlier try may have been lost.
  const added = urls.filter((url) => !kept.some((/** @type {{url: string}} */ image) => image.url === url)).map((url) => ({ url }))
  return sdk.admin.product.update(id, { images: [...kept, ...added], ...(thumbnail && { thumbnail: urls[0] }) })
}

/** Of what was uploaded; of the others none. @param {import('./medusa.js').Attachable} file @param {string | undefined} fileUrl */
function addressOf({ meta, uploadURL }, fileUrl) {
  if (!uploadURL || !meta.key) return undefined
  return fileUrl ? publicUrl(fileUrl, meta.key) : uploadURL
}
