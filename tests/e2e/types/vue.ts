// The element as Vue's templates check it. Only compiled.

import type {} from 'filechute/vue'
import type { GlobalComponents } from 'vue'

type Props = InstanceType<GlobalComponents['file-chute']>['$props']

export const photos = (save: (key: string | undefined) => void): Props => ({
  class: 'photos',
  host: '/api',
  multiple: true,
  'max-file-size': '10MB',
  maxNumberOfFiles: 3,
  ref: 'photos',
  onUploadSuccess: (event) => save(event.detail.file.meta.key),
})

// @ts-expect-error: Vue would add a listener
export const unguarded: Props = { onBeforeFileAdded: () => true }

// @ts-expect-error: a limit is a number, or its text
export const wrong: Props = { limit: true }
