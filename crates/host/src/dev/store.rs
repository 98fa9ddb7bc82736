//! The S3 operations: s3s-fs does the work, this adds what it leaves open.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
    CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput, ETagCondition,
    GetObjectInput, GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput, HeadObjectOutput,
    ListObjectsV2Input, ListObjectsV2Output, ListPartsInput, ListPartsOutput, Metadata, PostObjectInput,
    PostObjectOutput, PutObjectInput, PutObjectOutput, StreamingBlob, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Error, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;
use tokio::sync::{Mutex, MutexGuard};

use super::once::{Guarded, Writing};
use super::reading::{Conditions, UNTYPED, within};
use super::{MAX_KEY_BYTES, form, place};
use crate::key::check_key;
use crate::sign::public_url;

/// S3's limit for names and values together.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>
const MAX_METADATA_BYTES: usize = 2048;

/// One bucket in a folder.
#[derive(Debug)]
pub(super) struct DevStore {
    files: FileSystem,
    root: PathBuf,
    bucket: &'static str,
    list_page: u16,
    completing: Mutex<()>,
    writing: Writing,
    /// Held as long as the store is.
    _lock: Option<File>,
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
        // Before s3s-fs opens it, which removes what looks left over.
        let lock = place::lock(root)?;
        for folder in [root, &root.join(bucket)] {
            place::probe(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let files = FileSystem::new(root).map_err(|_| "s3s-fs cannot open it".to_owned())?;
        let (root, completing, writing) = (root.to_owned(), Mutex::new(()), Writing::default());
        Ok(Self { files, root, bucket, list_page, completing, writing, _lock: lock })
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

    /// Keys that are written under a condition just now.
    pub(super) fn writing(&self) -> &Writing {
        &self.writing
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

    /// The same for what becomes an object.
    fn check_new(&self, bucket: &str, key: &str, metadata: Option<&Metadata>) -> S3Result<()> {
        self.check(bucket, key)?;
        let bytes: usize = metadata.into_iter().flatten().map(|(name, value)| name.len() + value.len()).sum();
        if bytes > MAX_METADATA_BYTES {
            let text = "Your metadata headers exceed the maximum allowed metadata size";
            return Err(s3_error!(MetadataTooLarge, "{}", text));
        }
        self.has_place(key)
    }

    /// Writes one object; under a condition, only where none is when its bytes are there.
    async fn put(&self, mut request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let once = request.input.if_none_match.as_ref().is_some_and(ETagCondition::is_any);
        let Some(body) = request.input.body.take_if(|_| once) else { return self.files.put_object(request).await };
        let key = request.input.key.clone();
        let (guarded, outcome) = Guarded::new(body, self.writing.clone(), key.clone(), self.objects().join(key));
        request.input.body = Some(StreamingBlob::wrap(guarded));
        let result = self.files.put_object(request).await;
        result.map_err(|error| outcome.refusal().unwrap_or(error))
    }

    fn check_bucket(&self, bucket: &str) -> S3Result<()> {
        if bucket == self.bucket { Ok(()) } else { Err(s3_error!(NoSuchBucket, "The specified bucket does not exist")) }
    }
}

fn no_such_key() -> S3Error {
    s3_error!(NoSuchKey, "The specified key does not exist.")
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
        self.0.check_new(&request.input.bucket, &request.input.key, request.input.metadata.as_ref())?;
        self.0.put(request).await
    }

    async fn post_object(&self, mut request: S3Request<PostObjectInput>) -> S3Result<S3Response<PostObjectOutput>> {
        request.input.body = request.input.body.take().map(form::File::alone);
        let (bucket, key) = (request.input.bucket.clone(), request.input.key.clone());
        self.0.check_new(&bucket, &key, request.input.metadata.as_ref())?;
        let redirects = request.input.success_action_redirect.is_some();
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
            if let Ok(value) = HeaderValue::from_str(&location)
                && !redirects
            {
                response.headers.insert(header::LOCATION, value);
            }
            response.extensions.insert(Posted { location, bucket, key, etag: quoted });
        }
        Ok(response)
    }

    async fn get_object(&self, mut request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = &mut request.input;
        self.0.check(&input.bucket, &input.key)?;
        if self.0.is_folder(&input.key) {
            return Err(no_such_key());
        }
        let conditions = Conditions {
            if_match: input.if_match.take(),
            if_none_match: input.if_none_match.take(),
            if_modified_since: input.if_modified_since.take(),
            if_unmodified_since: input.if_unmodified_since.take(),
        };
        let size = std::fs::metadata(self.0.objects().join(&input.key)).map_or(0, |about| about.len());
        input.range = input.range.map(|range| within(range, size));
        let mut response = self.0.files.get_object(request).await?;
        let output = &mut response.output;
        conditions.check(output.e_tag.as_ref(), output.last_modified.as_ref())?;
        output.content_type.get_or_insert_with(|| UNTYPED.to_owned());
        Ok(response)
    }

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        self.0.check(&request.input.bucket, &request.input.key)?;
        let input = &request.input;
        let wanted = input.checksum_mode.is_some();
        let conditions = Conditions {
            if_match: input.if_match.clone(),
            if_none_match: input.if_none_match.clone(),
            if_modified_since: input.if_modified_since.clone(),
            if_unmodified_since: input.if_unmodified_since.clone(),
        };
        let mut response = self.0.files.head_object(request).await?;
        let output = &mut response.output;
        conditions.check(output.e_tag.as_ref(), output.last_modified.as_ref())?;
        output.content_type.get_or_insert_with(|| UNTYPED.to_owned());
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
        self.0.check_new(&request.input.bucket, &request.input.key, request.input.metadata.as_ref())?;
        self.0.create(request).await
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
        // To its end also when nobody waits for the answer any more: half a completion is none of S3's.
        let store = Arc::clone(&self.0);
        let completion = tokio::spawn(async move { store.complete(request, location).await });
        completion.await.map_err(|error| s3_error!(error, InternalError))?
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
        if self.0.is_folder(&request.input.key) {
            return Ok(S3Response::new(DeleteObjectOutput::default()));
        }
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
