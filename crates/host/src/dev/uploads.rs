//! Multipart uploads: s3s-fs keeps the parts and verifies their checksums, this adds S3's answers and checks.
//!
//! s3s-fs 0.17 says `AccessDenied` for an unknown upload, lists parts unsorted and on one page, takes any ETag, size and
//! gap at Complete, and leaves parts behind that Complete did not name.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumAlgorithm, ChecksumType,
    CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CompletedPart, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, ETagCondition, ListPartsInput, ListPartsOutput, Part, StorageClass, UploadPartInput,
    UploadPartOutput,
};
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::completion::{Created, agree, check, composite};
use super::store::DevStore;

impl DevStore {
    /// The upload of that key and id, while it is under way.
    fn upload(&self, key: &str, id: &str) -> S3Result<(Uuid, Created)> {
        let gone = || {
            s3_error!(
                NoSuchUpload,
                "The specified multipart upload does not exist. The upload ID might be invalid, or the multipart \
                 upload might have been aborted or completed."
            )
        };
        // Exactly as it was handed out: S3's are opaque.
        let id = Uuid::parse_str(id).ok().filter(|uuid| uuid.to_string() == id).ok_or_else(gone)?;
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let name = format!(".bucket-{}.object-{}.upload-{id}.metadata.json", encode(self.bucket()), encode(key));
        let attributes = std::fs::read(self.root().join(name)).map_err(|_| gone())?;
        if !self.root().join(format!(".upload-{id}.json")).exists() {
            return Err(gone());
        }
        let attributes: Value = serde_json::from_slice(&attributes).unwrap_or_default();
        let algorithm = attributes["checksum_algorithm"].as_str().map(str::to_owned);
        let full_object = attributes["checksum_type"] == ChecksumType::FULL_OBJECT;
        Ok((id, Created { algorithm, full_object }))
    }

    /// Begins an upload. Its id is the bucket's, not the key pair's, which is another after a restart.
    pub(super) async fn create(
        &self,
        mut request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        request.credentials = None;
        let input = &mut request.input;
        let (algorithm, kind) = (input.checksum_algorithm.clone(), input.checksum_type.clone());
        let name = algorithm.as_ref().map(ChecksumAlgorithm::as_str);
        match (kind.as_ref().map(ChecksumType::as_str), name) {
            (None, _)
            | (
                Some(ChecksumType::FULL_OBJECT),
                Some(ChecksumAlgorithm::CRC32 | ChecksumAlgorithm::CRC32C | ChecksumAlgorithm::CRC64NVME),
            ) => {}
            // What is meant where nothing is said; s3s-fs knows no name for it.
            (
                Some(ChecksumType::COMPOSITE),
                Some(
                    ChecksumAlgorithm::CRC32
                    | ChecksumAlgorithm::CRC32C
                    | ChecksumAlgorithm::SHA1
                    | ChecksumAlgorithm::SHA256,
                ),
            ) => input.checksum_type = None,
            (Some(kind), name) => {
                return Err(s3_error!(
                    InvalidRequest,
                    "The {kind} checksum type cannot be used with the {} checksum algorithm.",
                    name.unwrap_or("null").to_lowercase()
                ));
            }
        }
        let mut response = self.files().create_multipart_upload(request).await?;
        response.output.checksum_algorithm = algorithm;
        response.output.checksum_type = kind;
        Ok(response)
    }

    pub(super) async fn upload_part(
        &self,
        mut request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        request.credentials = None;
        let input = &request.input;
        if !(1..=10_000).contains(&input.part_number) {
            return Err(s3_error!(InvalidArgument, "Part number must be an integer between 1 and 10000, inclusive"));
        }
        let (key, given) = (input.key.clone(), input.upload_id.clone());
        let (id, created) = self.upload(&key, &given)?;
        let sent = [
            (ChecksumAlgorithm::CRC32, input.checksum_crc32.is_some()),
            (ChecksumAlgorithm::CRC32C, input.checksum_crc32c.is_some()),
            (ChecksumAlgorithm::CRC64NVME, input.checksum_crc64nvme.is_some()),
            (ChecksumAlgorithm::SHA1, input.checksum_sha1.is_some()),
            (ChecksumAlgorithm::SHA256, input.checksum_sha256.is_some()),
        ];
        if let Some(algorithm) = &created.algorithm
            && let Some((other, _)) = sent.iter().find(|(name, sent)| *sent && name != algorithm)
        {
            return Err(s3_error!(
                InvalidRequest,
                "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
                algorithm.to_lowercase(),
                other.to_lowercase()
            ));
        }
        let response = self.files().upload_part(request).await?;
        if let Err(gone) = self.upload(&key, &given) {
            // Aborted or completed while the bytes came.
            self.forget(id);
            return Err(gone);
        }
        Ok(response)
    }

    /// All parts, in order.
    async fn parts<T>(&self, request: &S3Request<T>, key: &str, id: &str) -> S3Result<Vec<Part>> {
        let input = ListPartsInput {
            bucket: self.bucket().to_owned(),
            key: key.to_owned(),
            upload_id: id.to_owned(),
            ..ListPartsInput::default()
        };
        let request = S3Request {
            input,
            method: request.method.clone(),
            uri: request.uri.clone(),
            headers: request.headers.clone(),
            extensions: Default::default(),
            credentials: None,
            region: None,
            service: None,
            trailing_headers: None,
        };
        let mut parts = self.files().list_parts(request).await?.output.parts.unwrap_or_default();
        // Between a part's bytes and its record there is a moment; the part is not there yet.
        parts.retain(|part| part.e_tag.is_some());
        parts.sort_by_key(|part| part.part_number);
        Ok(parts)
    }

    pub(super) async fn list_parts(&self, request: S3Request<ListPartsInput>) -> S3Result<S3Response<ListPartsOutput>> {
        let input = request.input.clone();
        let (id, created) = self.upload(&input.key, &input.upload_id)?;
        let after = input.part_number_marker.unwrap_or(0);
        let page = i32::from(self.list_page());
        let page = input.max_parts.filter(|max| *max >= 0).map_or(page, |max| max.min(page));
        let mut parts = self.parts(&request, &input.key, &id.to_string()).await?;
        parts.retain(|part| part.part_number.is_some_and(|number| number > after));
        let is_truncated = parts.len() > usize::try_from(page).unwrap_or(0);
        parts.truncate(usize::try_from(page).unwrap_or(0));
        let last = parts.last().and_then(|part| part.part_number);
        Ok(S3Response::new(ListPartsOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(input.upload_id),
            part_number_marker: Some(after),
            next_part_number_marker: Some(last.unwrap_or(0)),
            max_parts: Some(page),
            is_truncated: Some(is_truncated),
            checksum_type: created.kind().map(ChecksumType::from_static),
            checksum_algorithm: created.algorithm.map(ChecksumAlgorithm::from),
            storage_class: Some(StorageClass::from_static(StorageClass::STANDARD)),
            parts: Some(parts),
            ..ListPartsOutput::default()
        }))
    }

    pub(super) async fn complete(
        &self,
        mut request: S3Request<CompleteMultipartUploadInput>,
        location: String,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let _one_at_a_time = self.completing().await;
        let (key, given) = (request.input.key.clone(), request.input.upload_id.clone());
        let (id, created) = self.upload(&key, &given)?;
        let have = self.parts(&request, &key, &id.to_string()).await?;
        let named = request.input.multipart_upload.take().and_then(|upload| upload.parts).unwrap_or_default();
        let chosen = check(&named, &have, &created)?;
        let size: i64 = chosen.iter().filter_map(|part| part.size).sum();
        if request.input.mpu_object_size.is_some_and(|sent| sent != size) {
            return Err(s3_error!(
                InvalidRequest,
                "The provided 'x-amz-mp-object-size' header does not match what was computed."
            ));
        }
        let composite = created.is_composite().then(|| composite(&created, &chosen)).flatten();
        agree(&mut request.input, &created, composite.as_deref())?;
        // Held to the end, so that no PUT under the same condition comes in between.
        let once = request.input.if_none_match.as_ref().is_some_and(ETagCondition::is_any);
        let claim = once.then(|| self.writing().claim(&key));
        if matches!(claim, Some(None)) {
            return Err(s3_error!(
                ConditionalRequestConflict,
                "The conditional request cannot succeed due to a conflicting operation against this resource."
            ));
        }
        let numbers: Vec<i32> = named.iter().filter_map(|part| part.part_number).collect();
        request.input.multipart_upload = Some(self.renumber(id, named)?);
        request.input.upload_id = id.to_string();
        request.credentials = None;

        let done = self.files().complete_multipart_upload(request).await;
        let mut output = match done {
            Ok(done) => done.output,
            Err(error) => {
                self.restore_numbers(id, &numbers);
                return Err(error);
            }
        };
        if let Some(future) = output.future.take() {
            output = future.await?;
        }
        self.forget(id);
        output.location = Some(location);
        if let (Some(value), Some(algorithm)) = (composite, &created.algorithm) {
            self.keep_composite(&key, algorithm, &value);
            output.checksum_crc32c = (algorithm == ChecksumAlgorithm::CRC32C).then(|| value.clone());
            output.checksum_sha256 = (algorithm == ChecksumAlgorithm::SHA256).then_some(value);
            output.checksum_type = Some(ChecksumType::from_static(ChecksumType::COMPOSITE));
        }
        Ok(S3Response::new(output))
    }

    pub(super) async fn abort(
        &self,
        mut request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let (id, _) = self.upload(&request.input.key, &request.input.upload_id)?;
        request.input.upload_id = id.to_string();
        request.credentials = None;
        self.files().abort_multipart_upload(request).await
    }

    /// S3 allows gaps between part numbers, s3s-fs does not: the parts move down.
    fn renumber(&self, id: Uuid, named: Vec<CompletedPart>) -> S3Result<s3s::dto::CompletedMultipartUpload> {
        let mut parts = Vec::with_capacity(named.len());
        for (number, mut part) in (1..).zip(named) {
            if let Some(old) = part.part_number.filter(|old| *old != number) {
                for (from, to) in self.part_files(id, old).into_iter().zip(self.part_files(id, number)) {
                    std::fs::rename(from, to).map_err(|error| s3_error!(error, InternalError))?;
                }
            }
            part.part_number = Some(number);
            parts.push(part);
        }
        Ok(s3s::dto::CompletedMultipartUpload { parts: Some(parts) })
    }

    /// The parts move up again where the completion came to nothing.
    fn restore_numbers(&self, id: Uuid, numbers: &[i32]) {
        for (number, old) in
            (1..).zip(numbers).collect::<Vec<_>>().into_iter().rev().filter(|(number, old)| number != *old)
        {
            for (from, to) in self.part_files(id, number).into_iter().zip(self.part_files(id, *old)) {
                // What cannot be moved is missed by the next completion, which says so.
                let _ = std::fs::rename(from, to);
            }
        }
    }

    fn part_files(&self, id: Uuid, number: i32) -> [PathBuf; 2] {
        [
            self.root().join(format!(".upload_id-{id}.part-{number}")),
            self.root().join(format!(".upload_part_info-{id}.part-{number}.json")),
        ]
    }

    /// Removes what is left of an upload that is over.
    fn forget(&self, id: Uuid) {
        let Ok(entries) = std::fs::read_dir(self.root()) else { return };
        let starts = [format!(".upload_id-{id}."), format!(".upload_part_info-{id}.")];
        for entry in entries.flatten() {
            let name = entry.file_name();
            if starts.iter().any(|start| name.as_encoded_bytes().starts_with(start.as_bytes())) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Writes the composite value over the one s3s-fs keeps, which is of the whole object.
    fn keep_composite(&self, key: &str, algorithm: &str, value: &str) {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let name = format!(".bucket-{}.object-{}.internal.json", encode(self.bucket()), encode(key));
        let _ = rewrite(&self.root().join(name), &format!("checksum_{}", algorithm.to_lowercase()), value);
    }
}

fn rewrite(path: &Path, name: &str, value: &str) -> std::io::Result<()> {
    let mut record: Map<String, Value> = serde_json::from_slice(&std::fs::read(path)?)?;
    record.insert(name.to_owned(), value.into());
    std::fs::write(path, serde_json::to_vec(&record)?)
}
