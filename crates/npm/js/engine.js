// The one WebAssembly module of a page: behind `createUploader` and every `<file-chute>`, whatever their number.

import { createLoader } from './load.js'

export const { configure, load } = createLoader()
