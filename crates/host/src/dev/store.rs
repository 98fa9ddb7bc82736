//! The S3 operations: s3s-fs does the work, this adds what it leaves open.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
    CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput, GetObjectInput,
    GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput, HeadObjectOutput, ListObjectsV2Input,
    ListObjectsV2Output, ListPartsInput, ListPartsOutput, PostObjectInput, PostObjectOutput, PutObjectInput,
    PutObjectOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;
use tokio::sync::{Mutex, MutexGuard};

use super::MAX_KEY_BYTES;
use crate::key::check_key;
use crate::sign::public_url;

/// One bucket in a folder.
#[derive(Debug)]
pub(super) struct DevStore {
    files: FileSystem,
    root: PathBuf,
    bucket: &'static str,
    list_page: u16,
    completing: Mutex<()>,
}

/// What the 201 answer to a form is written from; travels in the response's extensions.
#[derive(Debug, Clone)]
pub(super) struct Posted {
    pub(super) location: String,
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) etag: String,
}

impl DevStore {
    /// Opens the folder, which must exist.
    pub(super) fn open(root: &Path, bucket: &'static str, list_page: u16) -> Result<Self, String> {
        let files = FileSystem::new(root).map_err(|_| "s3s-fs cannot open it".to_owned())?;
        Ok(Self { files, root: root.to_owned(), bucket, list_page, completing: Mutex::new(()) })
    }

    /// The one bucket's name.
    pub(super) fn bucket(&self) -> &'static str {
        self.bucket
    }

    /// What does the work.
    pub(super) fn files(&self) -> &FileSystem {
        &self.files
    }

    /// Parts on a page of ListParts.
    pub(super) fn list_page(&self) -> u16 {
        self.list_page
    }

    /// Held while an upload is completed: of two at once, the second must find it gone.
    pub(super) async fn completing(&self) -> MutexGuard<'_, ()> {
        self.completing.lock().await
    }

    /// Folder of the bucket's objects.
    pub(super) fn objects(&self) -> PathBuf {
        self.root.join(self.bucket)
    }

    /// Folder of the objects and of s3s-fs's own records.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Reads one object with its stored type.
    pub(super) async fn read(&self, key: &str) -> S3Result<GetObjectOutput> {
        self.check(self.bucket, key)?;
        let input = GetObjectInput { bucket: self.bucket.to_owned(), key: key.to_owned(), ..GetObjectInput::default() };
        let request = S3Request {
            input,
            method: axum::http::Method::GET,
            uri: axum::http::Uri::default(),
            headers: HeaderMap::new(),
            extensions: axum::http::Extensions::new(),
            credentials: None,
            region: None,
            service: None,
            trailing_headers: None,
        };
        self.files.get_object(request).await.map(|response| response.output)
    }

    /// s3s-fs would make the bucket on the fly, and turn a key into whatever path it spells.
    fn check(&self, bucket: &str, key: &str) -> S3Result<()> {
        self.check_bucket(bucket)?;
        if key.len() > MAX_KEY_BYTES {
            return Err(s3_error!(
                KeyTooLongError,
                "Your key is too long; this development store takes {MAX_KEY_BYTES} bytes"
            ));
        }
        check_key(key, MAX_KEY_BYTES).map_err(|problem| s3_error!(InvalidArgument, "The key {problem}"))
    }

    fn check_bucket(&self, bucket: &str) -> S3Result<()> {
        if bucket == self.bucket { Ok(()) } else { Err(s3_error!(NoSuchBucket, "The specified bucket does not exist")) }
    }
}

/// The object's URL as the client reached it.
fn location(headers: &HeaderMap, bucket: &str, key: &str) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    public_url(&format!("http://{host}/{bucket}"), key)
}

/// The store as s3s wants it: owned, while the development routes hold it too.
pub(super) struct SharedStore(pub(super) Arc<DevStore>);

#[async_trait::async_trait]
impl S3 for SharedStore {
    async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        self.0.check(&request.input.bucket, &request.input.key)?;
        self.0.files.put_object(request).await
    }

    async fn post_object(&self, request: S3Request<PostObjectInput>) -> S3Result<S3Response<PostObjectOutput>> {
        let (bucket, key) = (request.input.bucket.clone(), request.input.key.clone());
        self.0.check(&bucket, &key)?;
        let location = location(&request.headers, &bucket, &key);
        let mut response = self.0.files.post_object(request).await?;
        // As on a PUT; s3s writes these for PUT only.
        let output = &response.output;
        for (name, value) in [
            ("x-amz-checksum-crc32", &output.checksum_crc32),
            ("x-amz-checksum-crc32c", &output.checksum_crc32c),
            ("x-amz-checksum-crc64nvme", &output.checksum_crc64nvme),
            ("x-amz-checksum-sha256", &output.checksum_sha256),
        ] {
            let value = value.as_ref().and_then(|value| HeaderValue::from_str(value).ok());
            response.headers.extend(value.map(|value| (HeaderName::from_static(name), value)));
        }
        if let Some(etag) = response.output.e_tag.as_ref().and_then(|etag| etag.to_http_header().ok()) {
            let quoted = etag.to_str().unwrap_or_default().to_owned();
            response.headers.insert(header::ETAG, etag);
            if let Ok(value) = HeaderValue::from_str(&location) {
                response.headers.insert(header::LOCATION, value);
            }
            response.extensions.insert(Posted { location, bucket, key, etag: quoted });
        }
        Ok(response)
    }

    async fn get_object(&self, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        self.0.check(&request.input.bucket, &request.input.key)?;
        self.0.files.get_object(request).await
    }

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        self.0.check(&request.input.bucket, &request.input.key)?;
        let wanted = request.input.checksum_mode.is_some();
        let mut response = self.0.files.head_object(request).await?;
        if !wanted {
            // S3 tells them to those who ask.
            let output = &mut response.output;
            output.checksum_crc32 = None;
            output.checksum_crc32c = None;
            output.checksum_crc64nvme = None;
            output.checksum_sha1 = None;
            output.checksum_sha256 = None;
        }
        Ok(response)
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        self.0.check(&request.input.bucket, &request.input.key)?;
        let (algorithm, kind) = (request.input.checksum_algorithm.clone(), request.input.checksum_type.clone());
        let mut response = self.0.files.create_multipart_upload(request).await?;
        response.output.checksum_algorithm = algorithm;
        response.output.checksum_type = kind;
        Ok(response)
    }

    async fn upload_part(&self, request: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        self.0.check(&request.input.bucket, &request.input.key)?;
        self.0.upload_part(request).await
    }

    async fn list_parts(&self, request: S3Request<ListPartsInput>) -> S3Result<S3Response<ListPartsOutput>> {
        self.0.check(&request.input.bucket, &request.input.key)?;
        self.0.list_parts(request).await
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        self.0.check(&request.input.bucket, &request.input.key)?;
        let location = location(&request.headers, &request.input.bucket, &request.input.key);
        self.0.complete(request, location).await
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        self.0.check(&request.input.bucket, &request.input.key)?;
        self.0.abort(request).await
    }

    async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        self.0.check(&request.input.bucket, &request.input.key)?;
        self.0.files.delete_object(request).await
    }

    async fn head_bucket(&self, request: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        self.0.check_bucket(&request.input.bucket)?;
        self.0.files.head_bucket(request).await
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        self.0.check_bucket(&request.input.bucket)?;
        self.0.files.list_objects_v2(request).await
    }
}
