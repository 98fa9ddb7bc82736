// Registers `<file-chute>`. This file is all a page needs: `<script type="module" src="…/filechute/element.js">`.
// Importing it on a server does nothing.

import { configure, load } from './element-core.js'
import { FileChuteElement } from './file-chute.js'
import { checkOptions, checkSource } from './options.js'
import { Uploader } from './uploader.js'

/**
 * Makes an uploader without an interface, from the same WebAssembly as the elements of the page.
 * @param {import('./index.js').UploaderOptions} options
 * @returns {Promise<Uploader>}
 */
async function createUploader(options) {
  checkSource(checkOptions(options))
  const { Core } = await load()
  return new Uploader(Core, options)
}

// Two copies of the package on one page are no reason to fail.
if (globalThis.customElements && !customElements.get('file-chute')) {
  customElements.define('file-chute', FileChuteElement)
}

export { configure, createUploader, FileChuteElement, Uploader }
export { LoadError, OptionsError, RestrictionError, UploadError } from './errors.js'
