// Beside a product: pictures of any size, straight to the bucket, and then among the product's images.

import { defineWidgetConfig } from '@medusajs/admin-sdk'
import type { AdminProduct, DetailWidgetProps } from '@medusajs/framework/types'
import { Container, Heading, toast } from '@medusajs/ui'
import { useQueryClient } from '@tanstack/react-query'
import type { UploadResult } from 'filechute'
import type { FileChuteElement } from 'filechute/element'
import { attachToProduct, medusaParameters } from 'filechute/medusa'
import { FileChute } from 'filechute/react'
import { useRef } from 'react'
import { sdk } from '../lib/client'

/** The option `file_url` of the file provider: where objects can be read. */
const fileUrl = import.meta.env.VITE_S3_FILE_URL
const getUploadParameters = medusaParameters(sdk, { access: 'public', fileUrl })

const ProductUploads = ({ data: product }: DetailWidgetProps<AdminProduct>) => {
  const queryClient = useQueryClient()
  const element = useRef<FileChuteElement>(null)

  const attach = async (files: UploadResult['successful']) => {
    if (files.length === 0) return
    try {
      await attachToProduct(sdk, product, files, { thumbnail: !product.thumbnail, fileUrl })
      // What is attached stands among the images; what failed can be tried again here.
      element.current?.uploader?.removeFiles(files)
      await queryClient.invalidateQueries({ queryKey: ['products'] })
    } catch (error) {
      const action = { label: 'Try again', altText: 'Attach the uploaded pictures again', onClick: () => attach(files) }
      toast.error('Uploaded, but not attached to the product', { description: String(error), action })
    }
  }

  return (
    <Container className="flex flex-col gap-y-4 px-6 py-4">
      <Heading level="h2">Upload pictures</Heading>
      <FileChute
        ref={element}
        getUploadParameters={getUploadParameters}
        accept="image/*"
        multiple
        autoProceed
        onComplete={({ successful }) => attach(successful)}
      />
    </Container>
  )
}

export const config = defineWidgetConfig({ zone: 'product.details.side' })

export default ProductUploads
