// `<file-chute>` in the JSX of React 19, which sets properties and hears `onupload-success`: `import type {} from 'filechute/jsx'`.
// `filechute/react` has a component that works in React 18 too, and where a server renders: React does not attach such handlers to
// what it takes over.

import type { DetailedHTMLProps, HTMLAttributes } from 'react'
import type { FileChuteAttributes, FileChuteElement, FileChuteListeners, FileChuteProperties } from './markup.js'

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'file-chute': Omit<DetailedHTMLProps<HTMLAttributes<FileChuteElement>, FileChuteElement>, keyof FileChuteAttributes | keyof FileChuteProperties>
        & FileChuteAttributes & FileChuteProperties & FileChuteListeners<'on'>
    }
  }
}
