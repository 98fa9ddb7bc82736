// `POST /filechute/presign {name, type, size}` → `{method, url, headers, key, expires, publicUrl?}`, or an error as Strapi's own are.

const { PutObjectCommand, S3Client } = require('@aws-sdk/client-s3')
const { getSignedUrl } = require('@aws-sdk/s3-request-presigner')

module.exports = { presign }

/** A handler of Koa. @param {any} strapi */
function presign(strapi) {
  /** Made at the first question. @type {Promise<(request: Request) => Promise<Response>> | undefined} */
  let route
  return async (ctx) => {
    route ??= makeRoute(strapi.config.get('plugin::filechute'))
    const question = { method: 'POST', body: JSON.stringify(ctx.request.body ?? null) }
    const answer = await (await route)(new Request('http://admin/filechute/presign', question))
    const body = await answer.json()
    ctx.set('cache-control', 'no-store')
    ctx.status = answer.status
    ctx.body = answer.ok
      ? body
      : { data: null, error: { status: answer.status, name: 'UploadRefused', message: body.error, details: {} } }
  }
}

/** @param {any} config of the plugin */
async function makeRoute({ bucket, region, endpoint, credentials, baseUrl, prefix, types, maxSize }) {
  // Strapi's server is CommonJS, filechute is not.
  const { createPresignRoute } = await import('filechute/next')
  const client = new S3Client({
    region,
    ...(endpoint && { endpoint, forcePathStyle: true }),
    ...(credentials?.accessKeyId && { credentials }),
    // Else the SDK signs the checksum of an empty body, which no file has.
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  return createPresignRoute({
    // The policies of Strapi's route have looked at who asks.
    authorize: () => true,
    types,
    maxSize,
    prefix,
    async sign({ key, type, size, expires }) {
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, ContentType: type, ContentLength: size })
      const signableHeaders = new Set(['host', 'content-type', 'content-length'])
      const url = await getSignedUrl(client, command, { expiresIn: expires, signableHeaders })
      const publicUrl = baseUrl && `${baseUrl.replace(/\/+$/, '')}/${key.split('/').map(encodeURIComponent).join('/')}`
      return { method: 'PUT', url, headers: { 'content-type': type }, ...(publicUrl && { publicUrl }) }
    },
  })
}
