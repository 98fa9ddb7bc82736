// The one WebAssembly module behind `<file-chute>` and everything else that `filechute/element` exports: one per page,
// whatever the number of elements.

import { createLoader } from './load.js'

export const { configure, load } = createLoader(async () => {
  // @ts-ignore: wasm-bindgen makes it.
  return import('./element_core.js')
})
