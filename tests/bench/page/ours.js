// The element as its README says, under the names that the measurements use.

import '/pkg/element.js'
import { bench, destination, shown } from './measure.js'

const element = /** @type {import('../../../pkg/element.js').FileChuteElement} */ (document.querySelector('file-chute'))
const { host, checksum } = destination

element.addEventListener('upload-success', () => bench.succeeded())
element.addEventListener('upload-error', () => bench.refused())

if (host) element.host = host
else
  element.getUploadParameters = (file) => ({
    method: 'PUT',
    url: `${location.origin}/sink/${file.name}`,
    key: file.name,
  })
if (checksum) element.options = { checksum }

shown()
bench.start(
  element.ready.then((uploader) => ({
    add: (files) => uploader.addFiles(files),
    upload: () => uploader.upload(),
    retryAll: () => uploader.retryAll(),
    cancelAll: () => uploader.cancelAll(),
    count: () => uploader.getTotals().files,
  })),
)
