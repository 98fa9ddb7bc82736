// The element in React's own JSX. Only compiled.

import type {} from 'filechute/jsx'

export const Photos = ({ save }: { save: (key: string | undefined) => void }) => (
  <file-chute
    className="photos"
    host="/api"
    multiple
    max-file-size="10MB"
    restrictions={{ maxNumberOfFiles: 3 }}
    onupload-success={(event) => save(event.detail.file.meta.key)}
  />
)

export const Guarded = () => <file-chute host="/api" options={{ onBeforeFileAdded: ({ size }) => size > 0 }} />
// @ts-expect-error: React would add a listener
export const Unguarded = () => <file-chute host="/api" onBeforeFileAdded={() => true} />

// @ts-expect-error: no such mode
export const Wrong = () => <file-chute host="/api" mode="drawer" />
