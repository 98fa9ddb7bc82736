// Of your own file take the rest. The names are those of Strapi's own S3 provider.

module.exports = ({ env }) => ({
  filechute: {
    enabled: true,
    resolve: './src/plugins/filechute',
    config: {
      bucket: env('AWS_BUCKET'),
      region: env('AWS_REGION'),
      credentials: { accessKeyId: env('AWS_ACCESS_KEY_ID'), secretAccessKey: env('AWS_ACCESS_SECRET') },
      // For another store than AWS.
      endpoint: env('AWS_ENDPOINT_URL_S3'),
      // Where objects can be read, when everybody may; without it no address is stored.
      baseUrl: env('CDN_URL'),
      prefix: 'files/',
      maxSize: 5 * 1024 * 1024 * 1024,
      types: {
        'application/pdf': 'pdf',
        'application/zip': 'zip',
        'image/jpeg': 'jpg',
        'image/png': 'png',
        'image/webp': 'webp',
        'video/mp4': 'mp4',
      },
    },
  },
})
