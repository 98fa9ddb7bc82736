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

// @ts-expect-error: no such mode
export const Wrong = () => <file-chute host="/api" mode="drawer" />
