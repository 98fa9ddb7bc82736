// What an application bundles for Uppy's Dashboard and uploads to S3.

export { default as AwsS3 } from '@uppy/aws-s3'
export { default as Uppy } from '@uppy/core'
export { default as Dashboard } from '@uppy/dashboard'
