/** @jsxImportSource solid-js */
// The element in Solid. Only compiled.

import type {} from 'filechute/solid'

export const Photos = (props: { save: (key: string | undefined) => void }) => (
  <file-chute
    class="photos"
    host="/api"
    multiple
    prop:retryDelays={[0, 1000]}
    prop:onBeforeFileAdded={({ size }) => size > 0}
    on:error={(event) => props.save(event.detail.code)}
    on:upload-success={(event) => props.save(event.detail.file.meta.key)}
  />
)

// @ts-expect-error: no such view
export const Wrong = () => <file-chute host="/api" view="table" />
