// The field. Its value is `{key, url?, name, size, type, etag}`, or a list of these: what the bucket needs to be asked, and nothing
// that was signed.

import { Button, Field, Flex, Typography } from '@strapi/design-system'
import { useField, useFetchClient } from '@strapi/strapi/admin'
import { FileChute } from 'filechute/react'
import { useRef } from 'react'

/** JSON fields hold a text once somebody has changed them. @param {unknown} value @returns {any[]} */
function toList(value) {
  try {
    const read = typeof value === 'string' ? JSON.parse(value) : value
    return [read ?? []].flat()
  } catch {
    return []
  }
}

export default function FilesInput({ name, label, hint, required, disabled, attribute, labelAction }) {
  const field = useField(name)
  const { post } = useFetchClient()
  const multiple = attribute?.options?.multiple === true
  const files = toList(field.value)
  /** Several files may end before React has rendered once. */
  const latest = useRef(files)
  latest.current = files
  /** Where what is uploaded can be read, by key. */
  const urls = useRef(new Map())
  const element = useRef(null)

  const change = (list) => {
    latest.current = list
    field.onChange(name, list.length === 0 ? null : JSON.stringify(multiple ? list : list.at(-1)))
  }

  const getUploadParameters = async (file, { signal }) => {
    const question = { name: file.name, type: file.type, size: file.size }
    const { data } = await post('/filechute/presign', question, { signal }).catch((error) => {
      // What the server refused is not asked for again.
      throw Object.assign(error, { retryable: !(error.status < 500) })
    })
    if (data.publicUrl) urls.current.set(data.key, data.publicUrl)
    return data
  }

  const keep = (file, { body: { key, etag } }) => {
    const url = urls.current.get(key)
    const entry = { key, ...(url && { url }), name: file.name, size: file.size, type: file.type, etag }
    change(multiple ? [...latest.current, entry] : [entry])
  }

  return (
    <Field.Root name={name} error={field.error} hint={hint} required={required}>
      <Field.Label action={labelAction}>{label}</Field.Label>
      <ul>
        {files.map((file) => (
          <Flex tag="li" key={file.key} gap={2}>
            <Typography>
              {/^https?:/.test(file.url ?? '') ? (
                <a href={file.url} target="_blank" rel="noreferrer">
                  {file.name}
                </a>
              ) : (
                file.name
              )}
            </Typography>
            {!disabled && (
              <Button
                size="S"
                variant="tertiary"
                aria-label={`Remove ${file.name}`}
                onClick={() => change(files.filter(({ key }) => key !== file.key))}
              >
                Remove
              </Button>
            )}
          </Flex>
        ))}
      </ul>
      <FileChute
        ref={element}
        getUploadParameters={getUploadParameters}
        multiple={multiple}
        disabled={disabled}
        autoProceed
        // Strapi's root font is 10 pixels.
        style={{ '--fc-font-size': '1.4rem' }}
        onUploadSuccess={keep}
        // What is uploaded stands in the list above.
        onComplete={({ successful }) => element.current?.uploader?.removeFiles(successful)}
      />
      <Field.Hint />
      <Field.Error />
    </Field.Root>
  )
}
