// `<file-chute>` in the JSX of Preact: `import type {} from 'filechute/preact'`.

import type { HTMLAttributes } from 'preact'
import type { FileChuteAttributes, FileChuteElement, FileChuteListeners, FileChuteProperties } from './markup.js'

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'file-chute': Omit<HTMLAttributes<FileChuteElement>, keyof FileChuteAttributes | keyof FileChuteProperties>
        & FileChuteAttributes & FileChuteProperties & FileChuteListeners<'on'>
    }
  }
}
