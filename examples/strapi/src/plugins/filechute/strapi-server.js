// The plugin's half on the server: a field that holds JSON, and a route of the admin that signs uploads.

const { presign } = require('./server/presign')

/** Who may add files to the media library may add them here. */
const policies = [
  'admin::isAuthenticatedAdmin',
  { name: 'admin::hasPermissions', config: { actions: ['plugin::upload.assets.create'] } },
]

module.exports = {
  register({ strapi }) {
    strapi.customFields.register({
      name: 'files',
      plugin: 'filechute',
      type: 'json',
      inputSize: { default: 12, isResizable: true },
    })
  },
  config: {
    default: { prefix: '', types: {}, maxSize: 100 * 1024 * 1024 },
    validator({ bucket, types }) {
      if (!bucket) throw new Error('plugin filechute: config.bucket is not set')
      if (Object.keys(types).length === 0) throw new Error('plugin filechute: config.types names no type')
    },
  },
  controllers: {
    presign: ({ strapi }) => ({ create: presign(strapi) }),
  },
  routes: {
    admin: {
      type: 'admin',
      routes: [{ method: 'POST', path: '/presign', handler: 'presign.create', config: { policies } }],
    },
  },
}
