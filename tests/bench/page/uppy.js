// Uppy's Dashboard with its S3 plugin as their documentation says, under the names that the measurements use.

import { AwsS3, Dashboard, Uppy } from '/built/dashboard.js'
import { bench, destination, shown } from './measure.js'

const { host } = destination

// Its own logger writes every refusal to the console.
const uppy = new Uppy({ logger: { debug() {}, warn() {}, error() {} } })
  .use(Dashboard, { inline: true, target: 'main', proudlyDisplayPoweredByUppy: false })
  .use(
    AwsS3,
    host
      ? { companionEndpoint: host }
      : { signRequest: async ({ key }) => ({ url: `${location.origin}/sink/${encodeURIComponent(key)}` }) },
  )
uppy.on('upload-success', () => bench.succeeded())
uppy.on('upload-error', () => bench.refused())

shown()
bench.start(
  Promise.resolve({
    add: async (files) => uppy.addFiles(files.map((data) => ({ name: data.name, type: data.type, data }))),
    upload: () => uppy.upload(),
    retryAll: () => uppy.retryAll(),
    cancelAll: () => uppy.cancelAll(),
    count: () => uppy.getFiles().length,
  }),
)
