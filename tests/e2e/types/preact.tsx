/** @jsxImportSource preact */
// The element in Preact. Only compiled.

import type {} from 'filechute/preact'

export const Photos = ({ save }: { save: (key: string | undefined) => void }) => (
  <file-chute class="photos" host="/api" multiple onupload-success={(event) => save(event.detail.file.meta.key)} />
)

// @ts-expect-error: Preact would add a listener
export const Unguarded = () => <file-chute host="/api" onBeforeFileAdded={() => true} />

// @ts-expect-error: a size is no list
export const Wrong = () => <file-chute host="/api" max-file-size={[1]} />
