// The same in React. Only compiled.

import { FileChute } from 'filechute/react'

export const Photos = ({ setKey }: { setKey: (key: string | undefined) => void }) => (
  <FileChute host="/api" multiple accept="image/*" onUploadSuccess={(file) => setKey(file.meta.key)} />
)

export const Sorted = ({ setOrder }: { setOrder: (ids: string[]) => void }) => (
  <FileChute host="/api" multiple sortable selectable onFilesSorted={(ids) => setOrder(ids)} />
)

export const Perhaps = ({ meta }: { meta: Record<string, string> | undefined }) => (
  <FileChute
    host="/api"
    meta={meta}
    options={{ headers: meta }}
    strings={undefined}
    onBeforeFileAdded={({ size }) => size > 0}
  />
)

// @ts-expect-error: a handler of another name
export const Wrong = () => <FileChute host="/api" onUploadSucces={() => {}} />
