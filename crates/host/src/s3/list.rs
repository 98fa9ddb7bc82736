//! ListParts, all pages joined. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html>

use rusty_s3::S3Action as _;
use serde::Serialize;

use super::{Call, LIST_BYTES, Limits, Store, StoreError, TIMEOUT, xml};
use crate::checksum::{Algorithm, Checksum};

/// A part that the store holds, as Companion answers it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListedPart {
    pub(crate) part_number: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
    /// With the quotes that S3 counts as part of it.
    #[serde(rename = "ETag")]
    pub(crate) e_tag: String,
    pub(crate) size: u64,
    #[serde(rename = "ChecksumCRC64NVME", skip_serializing_if = "Option::is_none")]
    checksum_crc64nvme: Option<String>,
    #[serde(rename = "ChecksumCRC32C", skip_serializing_if = "Option::is_none")]
    checksum_crc32c: Option<String>,
    #[serde(rename = "ChecksumSHA256", skip_serializing_if = "Option::is_none")]
    checksum_sha256: Option<String>,
}

impl ListedPart {
    fn read(fields: &xml::Fields) -> Option<Self> {
        let text = |name| xml::get(fields, name).map(str::to_owned);
        Some(Self {
            part_number: xml::get(fields, "PartNumber")?.parse().ok().filter(|n| (1..=10_000).contains(n))?,
            last_modified: text("LastModified"),
            e_tag: format!("\"{}\"", xml::get(fields, "ETag").unwrap_or_default().trim_matches('"')),
            size: xml::get(fields, "Size")?.parse().ok()?,
            checksum_crc64nvme: text(Algorithm::Crc64Nvme.element()),
            checksum_crc32c: text(Algorithm::Crc32c.element()),
            checksum_sha256: text(Algorithm::Sha256.element()),
        })
    }

    /// The part's checksum of a kind that a whole object is not digested in.
    pub(crate) fn composite_checksum(&self) -> Option<Checksum> {
        let kinds = [(Algorithm::Crc32c, &self.checksum_crc32c), (Algorithm::Sha256, &self.checksum_sha256)];
        kinds.into_iter().find_map(|(algorithm, value)| Checksum::parse(algorithm, value.as_deref()?).ok())
    }
}

impl Store {
    /// Every part, in order.
    pub(crate) async fn list(&self, key: &str, upload_id: &str) -> Result<Vec<ListedPart>, StoreError> {
        let call = Call { limits: Limits { timeout: TIMEOUT, body_bytes: LIST_BYTES }, ..Call::default() };
        let (mut parts, mut marker) = (Vec::<ListedPart>::new(), 0u16);
        loop {
            let page = || {
                let mut action = self.bucket.list_parts(Some(&self.credentials), key, upload_id);
                if marker > 0 {
                    action.query_mut().insert("part-number-marker", marker.to_string());
                }
                action
            };
            let answer = self.call(page, &call).await?;
            let document = xml::read(&answer.body).ok_or(StoreError::Unreadable)?;
            if document.root == "Error" {
                return Err(StoreError::refused(&answer));
            }
            for fields in &document.parts {
                parts.push(ListedPart::read(fields).ok_or(StoreError::Unreadable)?);
            }
            if document.get("IsTruncated") != Some("true") {
                parts.sort_by_key(|part| part.part_number);
                parts.dedup_by_key(|part| part.part_number);
                return Ok(parts);
            }
            // A marker that does not move on would be asked for for ever; there are at most 10,000 pages.
            let next = document.get("NextPartNumberMarker").and_then(|text| text.parse().ok());
            marker = next.filter(|next| *next > marker && *next <= 10_000).ok_or(StoreError::Unreadable)?;
        }
    }
}
