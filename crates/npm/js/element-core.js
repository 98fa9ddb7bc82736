// The one loader of the page.

import { createLoader } from './load.js'

export const { configure, load } = createLoader()
