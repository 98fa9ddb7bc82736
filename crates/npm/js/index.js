// filechute without an interface: `import { createUploader } from 'filechute'`. Importing has no side effects and works
// on servers; only calls need a browser.

import { configure, load } from './engine.js'
import { checkOptions, checkSource } from './options.js'
import { Uploader } from './uploader.js'

/**
 * Loads the WebAssembly, once for the page, and makes an uploader.
 * @param {import('./index.js').UploaderOptions} options
 * @returns {Promise<Uploader>}
 */
async function createUploader(options) {
  // A mistake in the options is told at once and not after a download.
  checkSource(checkOptions(options))
  const { Core } = await load()
  return new Uploader(Core, options)
}

export { configure, createUploader, Uploader }
export { LoadError, OptionsError, RestrictionError, UploadError } from './errors.js'
