// `<file-chute>` in templates of Vue 3: `import type {} from 'filechute/vue'`. The compiler has to be told that it is an element:
// `compilerOptions: { isCustomElement: (tag) => tag === 'file-chute' }`.

import type { HTMLAttributes } from 'vue'
import type { FileChuteAttributes, FileChuteElement, FileChuteEventMap, FileChuteProperties } from './markup.js'

type Pascal<Name extends string> = Name extends `${infer Head}-${infer Rest}` ? `${Capitalize<Head>}${Pascal<Rest>}` : Capitalize<Name>

/** `@upload-success` is `onUploadSuccess` there. */
type Listeners = { [Name in keyof FileChuteEventMap as `on${Pascal<Name>}`]?: (event: FileChuteEventMap[Name]) => unknown }

declare module 'vue' {
  interface GlobalComponents {
    'file-chute': new () => FileChuteElement & {
      $props: Omit<HTMLAttributes, keyof FileChuteAttributes | keyof FileChuteProperties | keyof Listeners>
        & FileChuteAttributes & FileChuteProperties & Listeners
    }
  }
}
