//! Multipart uploads: s3s-fs keeps the parts and verifies their checksums, this adds S3's answers and checks.
//!
//! s3s-fs 0.17 says `AccessDenied` for an unknown upload, lists parts unsorted and on one page, takes any ETag, size and
//! gap at Complete, and leaves parts behind that Complete did not name.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use s3s::checksum::ChecksumHasher;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumAlgorithm, ChecksumType,
    CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CompletedPart, ListPartsInput, ListPartsOutput, Part,
    StorageClass, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::store::DevStore;

/// Smallest part but the last. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
const MIN_PART_BYTES: i64 = 5 * 1024 * 1024;

/// The checksum an upload was created with, in S3's capitals.
struct Created {
    algorithm: Option<String>,
}

impl Created {
    /// Composite unless CRC64NVME, as on AWS when the type is not said.
    fn is_composite(&self) -> bool {
        self.algorithm.as_deref().is_some_and(|algorithm| algorithm != ChecksumAlgorithm::CRC64NVME)
    }
}

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
        let id = Uuid::parse_str(id).map_err(|_| gone())?;
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let name = format!(".bucket-{}.object-{}.upload-{id}.metadata.json", encode(self.bucket()), encode(key));
        let attributes = std::fs::read(self.root().join(name)).map_err(|_| gone())?;
        if !self.root().join(format!(".upload-{id}.json")).exists() {
            return Err(gone());
        }
        let attributes: Value = serde_json::from_slice(&attributes).unwrap_or_default();
        let algorithm = attributes["checksum_algorithm"].as_str().map(str::to_owned);
        Ok((id, Created { algorithm }))
    }

    pub(super) async fn upload_part(
        &self,
        request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
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
            credentials: request.credentials.clone(),
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
            checksum_type: created.algorithm.as_ref().map(|_| {
                let name = if created.is_composite() { ChecksumType::COMPOSITE } else { ChecksumType::FULL_OBJECT };
                ChecksumType::from_static(name)
            }),
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
        request.input.multipart_upload = Some(self.renumber(id, named)?);
        request.input.upload_id = id.to_string();

        let mut output = self.files().complete_multipart_upload(request).await?.output;
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
        self.files().abort_multipart_upload(request).await
    }

    /// S3 allows gaps between part numbers, s3s-fs does not: the parts move down. Everything is checked by now, so this
    /// happens at the end only.
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

/// Order, presence, ETags, sizes and checksums of the parts that Complete names; the parts as they are stored.
fn check<'h>(named: &[CompletedPart], have: &'h [Part], created: &Created) -> S3Result<Vec<&'h Part>> {
    if named.is_empty() {
        return Err(s3_error!(
            MalformedXML,
            "The XML you provided was not well-formed or did not validate against our published schema"
        ));
    }
    let (mut chosen, mut before) = (Vec::with_capacity(named.len()), 0);
    for part in named {
        let number = part.part_number.ok_or_else(|| s3_error!(MalformedXML, "A part has no number"))?;
        let consecutive = created.algorithm.is_none() || number == before + 1;
        if number <= before || !consecutive {
            return Err(s3_error!(
                InvalidPartOrder,
                "The list of parts was not in ascending order. Parts must be ordered by part number."
            ));
        }
        before = number;
        let stored = have.iter().find(|stored| stored.part_number == Some(number));
        let stored = stored.filter(|stored| {
            let text = |tag: &Option<s3s::dto::ETag>| tag.as_ref().map(|tag| tag.value().to_owned());
            text(&stored.e_tag) == text(&part.e_tag) && same_checksums(part, stored)
        });
        chosen.push(stored.ok_or_else(|| {
            s3_error!(
                InvalidPart,
                "One or more of the specified parts could not be found. The part may not have been uploaded, or the \
                 specified entity tag may not match the part's entity tag."
            )
        })?);
        let given = [&part.checksum_crc32, &part.checksum_crc32c, &part.checksum_sha1, &part.checksum_sha256];
        if created.is_composite() && given.iter().all(|value| value.is_none()) {
            return Err(s3_error!(
                InvalidRequest,
                "The upload was created using the {} checksum algorithm. The complete request must include the \
                 checksum for each part. It was missing for part {} in the request.",
                created.algorithm.as_deref().unwrap_or_default().to_lowercase(),
                number
            ));
        }
    }
    if let Some((_, rest)) = chosen.split_last()
        && rest.iter().any(|part| part.size.unwrap_or(0) < MIN_PART_BYTES)
    {
        return Err(s3_error!(EntityTooSmall, "Your proposed upload is smaller than the minimum allowed size"));
    }
    Ok(chosen)
}

fn same_checksums(sent: &CompletedPart, stored: &Part) -> bool {
    [
        (&sent.checksum_crc32, &stored.checksum_crc32),
        (&sent.checksum_crc32c, &stored.checksum_crc32c),
        (&sent.checksum_crc64nvme, &stored.checksum_crc64nvme),
        (&sent.checksum_sha1, &stored.checksum_sha1),
        (&sent.checksum_sha256, &stored.checksum_sha256),
    ]
    .into_iter()
    .all(|(sent, stored)| sent.is_none() || stored.is_none() || sent == stored)
}

/// The checksum of the parts' checksums, with their number behind it.
fn composite(created: &Created, parts: &[&Part]) -> Option<String> {
    let algorithm = created.algorithm.as_deref()?;
    let mut hasher = ChecksumHasher::default();
    match algorithm {
        ChecksumAlgorithm::CRC32C => hasher.crc32c = Some(Default::default()),
        ChecksumAlgorithm::SHA256 => hasher.sha256 = Some(Default::default()),
        _ => return None,
    }
    for part in parts {
        let value = if algorithm == ChecksumAlgorithm::CRC32C { &part.checksum_crc32c } else { &part.checksum_sha256 };
        hasher.update(&BASE64_STANDARD.decode(value.as_ref()?).ok()?);
    }
    let checksum = hasher.finalize();
    let value = checksum.checksum_crc32c.or(checksum.checksum_sha256)?;
    Some(format!("{value}-{}", parts.len()))
}
