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
  const [refused, setRefused] = useState('')
  return (
    <>
      <FileChute
        getUploadParameters={getUploadParameters}
        accept="image/*,application/pdf"
        maxFileSize="100MiB"
        multiple
        onUpload={() => setRefused('')}
        // The route's own words, which the list does not show.
        onUploadError={(file, error) => error.code === 'callback' && setRefused(`${file.name}: ${error.detail}`)}
        onValueChange={setKeys}
      />
      <p role="alert">{refused}</p>
      <ul aria-label="Uploaded">
        {keys.map((key) => (
          <li key={key}>{key}</li>
        ))}
      </ul>
    </>
  )
}
