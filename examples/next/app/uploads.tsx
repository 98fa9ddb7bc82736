'use client'
// The uploader, and what the shop keeps of it: the keys.

import type { UploadFile, UploadParameters } from 'filechute'
import dynamic from 'next/dynamic'
import { useState } from 'react'

/** Not rendered on the server: it would be an empty tag there. */
const FileChute = dynamic(() => import('filechute/react').then((module) => module.FileChute), { ssr: false })

/** Asks our route how to send a file. */
async function getUploadParameters(file: UploadFile, { signal }: { signal: AbortSignal }): Promise<UploadParameters> {
  const { name, type, size } = file
  const response = await fetch('/api/upload', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, type, size }),
    signal,
  })
  const answer = await response.json().catch(() => ({}))
  if (response.ok) return answer
  // No is no: what the route refused is not asked for again, while a server that is busy is.
  throw Object.assign(new Error(answer.error ?? `the server answered with status ${response.status}`), {
    retryable: response.status >= 500 || response.status === 429,
  })
}

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
        // What our function threw are the route's own words, which the list does not show.
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
