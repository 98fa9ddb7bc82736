// Strapi's own list with two lines in its policy: WebAssembly, and the bucket. `connect-src` allows `https:` anyway; a store without
// it, such as a MinIO on this machine, must be named.

const bucket = process.env.AWS_ENDPOINT_URL_S3 ?? 'https:'

module.exports = [
  'strapi::logger',
  'strapi::errors',
  {
    name: 'strapi::security',
    config: {
      contentSecurityPolicy: {
        useDefaults: true,
        directives: {
          'script-src': ["'self'", "'wasm-unsafe-eval'"],
          'connect-src': ["'self'", 'https:', bucket],
        },
      },
    },
  },
  'strapi::cors',
  'strapi::poweredBy',
  'strapi::query',
  'strapi::body',
  'strapi::session',
  'strapi::favicon',
  'strapi::public',
]
