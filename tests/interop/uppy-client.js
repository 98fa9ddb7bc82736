// The real Uppy, bundled for the page by `uppy.test.js`.

import AwsS3 from '@uppy/aws-s3'
import Uppy from '@uppy/core'

/**
 * Uploads files as an application would, and tells what it gets to see.
 * @param {string} companionEndpoint @param {File[]} files @param {Record<string, unknown>} [meta]
 * @param {object} [options] more of AwsS3's
 */
export async function upload(companionEndpoint, files, meta = {}, options = {}) {
  /** @type {object[]} */
  const events = []
  const uppy = new Uppy({ meta, logger: { debug() {}, warn() {}, error() {} } }).use(AwsS3, {
    companionEndpoint,
    ...options,
  })
  uppy.on('upload-success', (file, response) => events.push({ event: 'upload-success', name: file?.name, response }))
  uppy.on('upload-error', (file, error) =>
    events.push({ event: 'upload-error', name: file?.name, message: error?.message, status: error?.request?.status }),
  )
  for (const file of files) uppy.addFile({ name: file.name, type: file.type, data: file })
  const result = await uppy.upload()
  const names = (list) => (list ?? []).map(({ name }) => name)
  // What Uppy's interface shows of a file that failed.
  const shown = uppy.getFiles().map(({ name, error, progress }) => ({ name, error, done: progress.uploadComplete }))
  uppy.destroy()
  return { events, successful: names(result?.successful), failed: names(result?.failed), shown }
}
