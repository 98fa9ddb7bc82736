'use client'
// The uploader, and what the shop keeps of it: the keys.

import { routeParameters } from 'filechute/next'
import dynamic from 'next/dynamic'
import { useState } from 'react'

/** Not rendered on the server: it would be an empty tag there. */
const FileChute = dynamic(() => import('filechute/react').then((module) => module.FileChute), { ssr: false })
const getUploadParameters = routeParameters('/api/upload')

export function Uploads() {
  const [keys, setKeys] = useState<string[]>([])
  return (
    <>
      <FileChute
        getUploadParameters={getUploadParameters}
        accept="image/*,application/pdf"
        maxFileSize="100MiB"
        multiple
        onValueChange={setKeys}
      />
      <ul aria-label="Uploaded">
        {keys.map((key) => (
          <li key={key}>{key}</li>
        ))}
      </ul>
    </>
  )
}
