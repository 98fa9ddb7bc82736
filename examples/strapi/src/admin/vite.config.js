// For `strapi develop`: what Vite bundles beforehand loses the way to its WebAssembly.

import { mergeConfig } from 'vite'

export default (config) => mergeConfig(config, { optimizeDeps: { exclude: ['filechute'] } })
