// `<file-chute>` in Svelte: `import type {} from 'filechute/svelte'`. Version 5 hears `onupload-success`, version 4
// `on:upload-success`.

import type { HTMLAttributes } from 'svelte/elements'
import type { FileChuteAttributes, FileChuteElement, FileChuteListeners, FileChuteProperties } from './markup.js'

type Listeners = FileChuteListeners<'on'> & FileChuteListeners<'on:'>

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'file-chute': Omit<HTMLAttributes<FileChuteElement>, keyof FileChuteAttributes | keyof FileChuteProperties | keyof Listeners>
      & FileChuteAttributes & FileChuteProperties & Listeners
  }
}
