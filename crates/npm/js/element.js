// Registers `<file-chute>`. This file is all a page needs: `<script type="module" src="…/filechute/element.js">`.
// Importing it on a server does nothing.

import { FileChuteElement } from './file-chute.js'

// Two copies of the package on one page are no reason to fail.
if (globalThis.customElements && !customElements.get('file-chute')) {
  customElements.define('file-chute', FileChuteElement)
}

export { FileChuteElement }
export { configure, createUploader, LoadError, OptionsError, RestrictionError, UploadError, Uploader } from './index.js'
