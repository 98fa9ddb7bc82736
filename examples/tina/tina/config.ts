// Of your own configuration take the rest: this is about `media` alone.

import { DEFAULT_MEDIA_UPLOAD_TYPES, defineConfig, sanitizeFilename } from 'tinacms'

export default defineConfig({
  branch: process.env.TINA_BRANCH ?? 'main',
  clientId: process.env.NEXT_PUBLIC_TINA_CLIENT_ID ?? null,
  token: process.env.TINA_TOKEN ?? null,
  build: { outputFolder: 'admin', publicFolder: 'public' },
  media: {
    loadCustomStore: async () => {
      const { createMediaStore } = await import('filechute/tina')
      return createMediaStore({
        accept: DEFAULT_MEDIA_UPLOAD_TYPES,
        maxSize: 500 * 1024 * 1024,
        sanitizeFilename,
        // Below `public`: cp node_modules/filechute/*.wasm public/filechute/
        files: '/filechute',
      })
    },
  },
  schema: { collections: [] },
})
