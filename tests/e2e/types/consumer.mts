// An application that uses the package as its quick starts say. Only compiled.

import {
  createUploader,
  LoadError,
  OptionsError,
  RestrictionError,
  type UploadError,
  type UploadFile,
  type UploadResponse,
} from 'filechute'
import { type ChecksumAlgorithm, configure, digest } from 'filechute/digest'
import { FileChuteElement } from 'filechute/element'
import { FileChuteElement as SelfContained } from 'filechute/element/inline'
import { createUploader as selfContained } from 'filechute/inline'

import { fromUppy } from 'filechute/locales/uppy'
import { attachToProduct, medusaParameters } from 'filechute/medusa'
import { createPresignRoute, type PresignRequest, routeParameters } from 'filechute/next'
import { createMediaStore, type Media } from 'filechute/tina'

declare function sign(name: string, type: string): Promise<{ url: string }>
declare function save(key: string | undefined): void
declare const input: HTMLInputElement

const uploader = await createUploader({ getUploadParameters: (file) => sign(file.name, file.type) })
const again = await selfContained({ host: '/api' })
save(again.getFiles()[0]?.meta.key)
save(new SelfContained().name)
const off: () => void = uploader.on('upload-success', (file: UploadFile, response: UploadResponse) => {
  save(file.meta.key)
  save(response.body.etag)
})
off()
uploader.on('upload-error', (file, error) => {
  if (error.retryable) void uploader.retryUpload(file)
  const { kind, code, status }: UploadError = error
  console.log(kind, code, status)
})
void uploader.addFiles(input.files)
const id: string = uploader.addFile({ name: 'a.txt', type: 'text/plain', data: new Blob(['a']), meta: { album: 1 } })
uploader.setFileMeta(id, { caption: 'x' })
const { successful, failed } = await uploader.upload()
console.log(successful.length, failed[0]?.error)
await createUploader({ host: 'https://uploads.example.com', headers: async () => ({ authorization: 'Bearer …' }) })

const fi = fromUppy({ strings: { browseFiles: 'selaa' }, pluralize: (n) => (n === 1 ? 0 : 1) }, 'fi')
await createUploader({ host: '/api', locale: fi, checksum: 'md5' })

declare const perhaps: string | undefined
await createUploader({
  host: '/api',
  resume: perhaps,
  headers: perhaps ? { a: perhaps } : undefined,
  signPart: undefined,
})

// @ts-expect-error: a source of upload parameters is needed
await createUploader({ limit: 3 })
// @ts-expect-error: and only one
await createUploader({ host: '/api', getUploadParameters: () => ({ url: '' }) })
// @ts-expect-error: no such event
uploader.on('upload-sucess', () => {})

configure({ wasm: '/files/digest.wasm' })
const algorithm: ChecksumAlgorithm = 'crc64nvme'
await createUploader({
  getUploadParameters: async ({ data, name }, { signal }) => ({
    ...(await sign(name, await digest(data, 0, data.size, algorithm, { signal }))),
    method: 'PUT',
  }),
})
// @ts-expect-error: not an algorithm of S3 that this package has
void digest(new Blob(), 0, 0, 'crc32')

const element: FileChuteElement | null = document.querySelector('file-chute')
element?.addEventListener('upload-success', (event) => save(event.detail.file.meta.key))
element?.addEventListener('error', (event) => console.log(event.detail.code))
element?.addEventListener('files-sorted', ({ detail }) => console.log(detail.ids.length === element.files.length))
if (element) {
  element.getUploadParameters = (file) => sign(file.name, file.type)
  element.maxFileSize = '10MB'
  element.sortable = element.selectable = true
}
export const errors = [LoadError, OptionsError, RestrictionError, FileChuteElement]

export const POST: (request: Request) => Promise<Response> = createPresignRoute({
  authorize: async (request) => request.headers.has('cookie'),
  sign: async ({ key, size }: PresignRequest) => ({ url: `${key}${size}`, fields: { key } }),
  types: { 'image/png': 'png' },
  maxSize: 1e6,
})
await createUploader({ getUploadParameters: routeParameters('/api/upload', { headers: { a: 'b' } }), limit: 3 })
// @ts-expect-error: somebody has to say who may upload
createPresignRoute({ sign: () => '', types: {}, maxSize: 1 })

const sdk = {
  admin: {
    upload: { presignedUrl: async (body: { mime_type: string }) => ({ ...body, url: '', filename: '' }) },
    product: {
      retrieve: async (id: string) => ({ product: { id, images: [{ id, url: '', rank: 0 }] } }),
      update: async (id: string, body: { images?: { id?: string; url: string }[] }) => ({ product: { id, ...body } }),
    },
  },
}
await createUploader({
  getUploadParameters: medusaParameters(sdk, { access: 'public', fileUrl: 'https://cdn.example' }),
})
const attached = await attachToProduct(sdk, { id: 'prod_1' }, successful, { thumbnail: true })
console.log(attached?.product.id)

const store = new (createMediaStore({ accept: 'image/*', uploader: { limit: 3 } }))()
const media: Media[] = await store.persist([{ directory: '/', file: new File([], 'a') }])
console.log(media[0]?.src)
// @ts-expect-error: the store has its own source of parameters
createMediaStore({ uploader: { host: '/api' } })
