//! What a completion must be: its parts, their order, sizes and checksums, and the checksum of the whole.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use s3s::checksum::ChecksumHasher;
use s3s::dto::{ChecksumAlgorithm, ChecksumType, CompleteMultipartUploadInput, CompletedPart, Part};
use s3s::{S3Result, s3_error};

/// Smallest part but the last. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
const MIN_PART_BYTES: i64 = 5 * 1024 * 1024;

/// The checksum an upload was created with, in S3's capitals.
pub(super) struct Created {
    pub(super) algorithm: Option<String>,
    pub(super) full_object: bool,
}

impl Created {
    /// Composite unless CRC64NVME, as on AWS when the type is not said.
    pub(super) fn is_composite(&self) -> bool {
        !self.full_object && self.algorithm.as_deref().is_some_and(|name| name != ChecksumAlgorithm::CRC64NVME)
    }

    /// The type, where there is a checksum.
    pub(super) fn kind(&self) -> Option<&'static str> {
        let kind = if self.is_composite() { ChecksumType::COMPOSITE } else { ChecksumType::FULL_OBJECT };
        self.algorithm.is_some().then_some(kind)
    }
}

/// Holds what Complete says of the whole against what the upload was created with. A composite value is compared here,
/// since s3s-fs would take it for the whole object's.
pub(super) fn agree(
    input: &mut CompleteMultipartUploadInput,
    created: &Created,
    composite: Option<&str>,
) -> S3Result<()> {
    let sent = input.checksum_type.take();
    if let (Some(sent), Some(kind)) = (&sent, created.kind())
        && sent.as_str() != kind
    {
        return Err(s3_error!(
            InvalidRequest,
            "The upload was created using the {kind} checksum mode. The complete request must use the same checksum mode."
        ));
    }
    if !created.is_composite() {
        input.checksum_type = sent;
        return Ok(());
    }
    for value in [
        input.checksum_crc32.take(),
        input.checksum_crc32c.take(),
        input.checksum_sha1.take(),
        input.checksum_sha256.take(),
    ] {
        if value.is_some_and(|value| composite != Some(value.as_str())) {
            return Err(s3_error!(BadDigest, "The checksum you specified did not match the calculated checksum."));
        }
    }
    Ok(())
}

/// Order, presence, ETags, sizes and checksums of the parts that Complete names; the parts as they are stored.
pub(super) fn check<'h>(named: &[CompletedPart], have: &'h [Part], created: &Created) -> S3Result<Vec<&'h Part>> {
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
pub(super) fn composite(created: &Created, parts: &[&Part]) -> Option<String> {
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
