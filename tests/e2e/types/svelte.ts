// The element as Svelte's templates check it. Only compiled.

import type {} from 'filechute/svelte'
import type { SvelteHTMLElements } from 'svelte/elements'

type Props = SvelteHTMLElements['file-chute']

export const photos = (save: (key: string | undefined) => void): Props => ({
  class: 'photos',
  host: '/api',
  multiple: true,
  'onupload-success': (event) => save(event.detail.file.meta.key),
  onerror: (event) => save(event.detail.code),
  'on:upload-error': (event) => save(event.detail.error.code),
})

// @ts-expect-error: Svelte would add a listener
export const unguarded: Props = { onBeforeFileAdded: () => true }

// @ts-expect-error: no such theme
export const wrong: Props = { theme: 'blue' }
