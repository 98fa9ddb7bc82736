// `<file-chute>` in templates of Vue 3: `import type {} from 'filechute/vue'`. The compiler has to be told that it is an element:
// `compilerOptions: { isCustomElement: (tag) => tag === 'file-chute' }`.

import type { HTMLAttributes, ReservedProps } from 'vue'
import type { FileChuteAttributes, FileChuteElement, FileChuteEventMap, FileChuteProperties } from './markup.js'

type Pascal<Name extends string> = Name extends `${infer Head}-${infer Rest}` ? `${Capitalize<Head>}${Pascal<Rest>}` : Capitalize<Name>

type Camel<Name extends string> = Name extends `${infer Head}-${infer Rest}` ? `${Head}${Capitalize<Camel<Rest>>}` : Name

/** Vue's check writes `max-file-size` as `maxFileSize`. */
type Attributes = FileChuteAttributes & { [Name in keyof FileChuteAttributes as Camel<Name>]?: FileChuteAttributes[Name] }

/** `@upload-success` is `onUploadSuccess` there. */
type Listeners = { [Name in keyof FileChuteEventMap as `on${Pascal<Name>}`]?: ((event: FileChuteEventMap[Name]) => unknown) | undefined }

declare module 'vue' {
  interface GlobalComponents {
    'file-chute': new () => FileChuteElement & {
      $props: ReservedProps & Omit<HTMLAttributes, keyof Attributes | keyof FileChuteProperties | keyof Listeners>
        & Attributes & FileChuteProperties & Listeners
    }
  }
}
