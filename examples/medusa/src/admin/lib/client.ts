// The admin's own SDK: who is signed in there is signed in here.

import Medusa from '@medusajs/js-sdk'

export const sdk = new Medusa({
  baseUrl: import.meta.env.VITE_BACKEND_URL || '/',
  debug: import.meta.env.DEV,
  auth: { type: 'session' },
})
