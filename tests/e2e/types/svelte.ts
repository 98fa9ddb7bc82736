// The element as Svelte's templates check it. Only compiled.

import type {} from 'filechute/svelte'
import type { SvelteHTMLElements } from 'svelte/elements'

type Props = SvelteHTMLElements['file-chute']

export const photos = (save: (key: string | undefined) => void): Props => ({
  class: 'photos',
  host: '/api',
  multiple: true,
  'onupload-success': (event) => save(event.detail.file.meta.key),
  'on:upload-error': (event) => save(event.detail.error.code),
})

// @ts-expect-error: no such theme
export const wrong: Props = { theme: 'blue' }
