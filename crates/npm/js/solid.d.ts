// `<file-chute>` in the JSX of Solid, which sets properties by `prop:` and hears by `on:`: `import type {} from 'filechute/solid'`.

import type { JSX } from 'solid-js'
import type { FileChuteAttributes, FileChuteElement, FileChuteListeners, FileChuteOwnProperties } from './markup.js'

declare module 'solid-js' {
  namespace JSX {
    interface IntrinsicElements {
      'file-chute': Omit<JSX.HTMLAttributes<FileChuteElement>, keyof FileChuteAttributes | keyof FileChuteListeners<'on:'>>
        & FileChuteAttributes & FileChuteOwnProperties<'prop:'> & FileChuteListeners<'on:'>
    }
  }
}
