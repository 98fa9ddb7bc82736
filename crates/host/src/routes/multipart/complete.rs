//! `POST /s3/multipart/:uploadId/complete?key=` `{parts: [{PartNumber, ETag, Checksum…?}], size?, x-amz-checksum-…?}` →
//! `{location, key, bucket, etag, size?, x-amz-checksum-…?, publicUrl?}`.
//!
//! The parts are compared with what S3 lists before, the object with what was promised after; a limit on sizes holds
//! here too, where no policy enforces it.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Map, Value};

use super::{NO_STORE, open};
use crate::ApiError;
use crate::checksum::{Algorithm, Checksum};
use crate::host::Host;
use crate::routes::address::Address;
use crate::routes::query::Query;
use crate::routes::{body, file};
use crate::s3::{Completed, Completion, ListedPart, PartRef, StoreError};
use crate::sign::public_url;

/// 10,000 parts with the longest checksums.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
/// Longest ETag taken; S3's have 32 digits.
const MAX_E_TAG: usize = 128;

pub(super) async fn complete(
    State(host): State<Arc<Host>>,
    Address(ticket): Address<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    extensions: Extensions,
    body: Body,
) -> Result<impl IntoResponse, ApiError> {
    let query = Query::read(query.as_deref())?;
    let key = query.key()?;
    let upload_id = open(&host, key, &ticket, &extensions)?;
    let asked: Map<String, Value> = body::json(&headers, body, MAX_BODY_BYTES).await?;
    let mut parts = parts(asked.get("parts"), host.config.checksums)?;
    let sent_size = match asked.get("size") {
        None | Some(Value::Null) => None,
        Some(size) => {
            Some(size.as_u64().ok_or_else(|| ApiError::bad_request("s3: \"size\" must be a whole number of bytes"))?)
        }
    };
    let checksum = Checksum::find(asked.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))))?
        .filter(|_| host.config.checksums);

    let listed = listed_size(&host, key, upload_id, &mut parts, sent_size).await?;
    let completion = Completion {
        key,
        upload_id,
        parts: &parts,
        size: sent_size.or(listed),
        send_size: sent_size.is_some(),
        checksum: checksum.as_ref(),
        if_none_match: host.config.if_none_match,
    };
    let completed = host.store.complete(&completion).await?;

    Ok((NO_STORE, Json(object(&host, key, &completed))))
}

/// What a client is told of an object that is there.
pub(in crate::routes) fn object(host: &Host, key: &str, completed: &Completed) -> Value {
    let mut answer = Map::new();
    let bucket = &host.config.bucket;
    // S3's own `Location` is absent, relative or of another host on some stores.
    answer.insert("location".into(), bucket.object_url(key).to_string().into());
    answer.insert("key".into(), key.into());
    answer.insert("bucket".into(), bucket.name().into());
    answer.insert("etag".into(), format!("\"{}\"", completed.e_tag).into());
    if let Some(size) = completed.size {
        answer.insert("size".into(), size.into());
    }
    if let Some((name, value)) = completed.checksum.as_ref().map(Checksum::pair) {
        answer.insert(name.into(), value.into());
    }
    if let Some(base) = &host.config.public_url {
        answer.insert("publicUrl".into(), public_url(base.as_str(), key).into());
    }
    Value::Object(answer)
}

/// The bytes that S3 has in the named parts, held against the limits and the client's own word. `None` when the upload
/// is over (a lost answer, perhaps) or the host may not list.
async fn listed_size(
    host: &Host,
    key: &str,
    upload_id: &str,
    parts: &mut [PartRef],
    sent_size: Option<u64>,
) -> Result<Option<u64>, ApiError> {
    if let Some(size) = sent_size {
        file::size(&host.config, size)?;
    }
    let listed = match host.store.list(key, upload_id).await {
        Ok(listed) => listed,
        // What became of it is found out by completing again.
        Err(error) if error.is("NoSuchUpload") => return Ok(None),
        Err(StoreError::Refused { status: StatusCode::FORBIDDEN | StatusCode::NOT_IMPLEMENTED, .. })
            if !host.config.size.is_limited() =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let size = sum(parts, &listed)?;
    if sent_size.is_some_and(|sent| sent != size) {
        return Err(ApiError::bad_request(format!(
            "s3: the parts named have {size} bytes in the store, not the file's {}",
            sent_size.unwrap_or_default()
        )));
    }
    if let Err(refusal) = file::size(&host.config, size) {
        if host.config.size.max.is_some_and(|max| size > max) {
            // It can never be completed, and its parts cost money. Where they stay all the same, the bucket's rule removes them.
            let _ = host.store.abort(key, upload_id).await;
        }
        return Err(refusal);
    }
    if host.config.checksums {
        add_checksums(parts, &listed);
    }
    Ok(Some(size))
}

/// An upload with composite checksums is completed with those of its parts. A client that knows of none has sent none, so
/// what the store computed is named.
fn add_checksums(parts: &mut [PartRef], listed: &[ListedPart]) {
    for part in parts.iter_mut().filter(|part| part.checksum.is_none()) {
        let found = listed.binary_search_by_key(&part.number, |listed| listed.part_number).ok();
        part.checksum = found.and_then(|at| listed.get(at)).and_then(ListedPart::composite_checksum);
    }
}

fn sum(parts: &[PartRef], listed: &[ListedPart]) -> Result<u64, ApiError> {
    let mut size = 0u64;
    for part in parts {
        let found = listed.binary_search_by_key(&part.number, |listed| listed.part_number).ok();
        let found = found.and_then(|at| listed.get(at)).filter(|listed| {
            let e_tag = listed.e_tag.trim_matches('"');
            e_tag.is_empty() || e_tag == part.e_tag
        });
        let found = found.ok_or_else(|| {
            let text = format!("s3: part {} is missing in the store, or its ETag is another one", part.number);
            ApiError::new(StatusCode::BAD_REQUEST, "InvalidPart", text)
        })?;
        size = size.saturating_add(found.size);
    }
    Ok(size)
}

/// The parts in order, ETags without quotes.
fn parts(sent: Option<&Value>, checksums: bool) -> Result<Vec<PartRef>, ApiError> {
    let wrong = || ApiError::bad_request("s3: `parts` must be an array of {ETag, PartNumber} objects.");
    let sent = sent.and_then(Value::as_array).filter(|parts| !parts.is_empty()).ok_or_else(wrong)?;
    let mut parts = Vec::with_capacity(sent.len().min(10_000));
    for part in sent {
        let number = part.get("PartNumber").and_then(Value::as_u64).ok_or_else(wrong)?;
        let number = u32::try_from(number).ok().filter(|number| (1..=10_000).contains(number));
        let number =
            number.ok_or_else(|| ApiError::bad_request("s3: the part number must be a number between 1 and 10000."))?;
        let e_tag = part.get("ETag").and_then(Value::as_str).ok_or_else(wrong)?.trim().trim_matches('"');
        // It goes into an XML document.
        let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'&' | b'"' | b'\'');
        if e_tag.is_empty() || e_tag.len() > MAX_E_TAG || !e_tag.bytes().all(plain) {
            return Err(wrong());
        }
        let mut checksum = None;
        for algorithm in Algorithm::ALL {
            if let Some(value) = part.get(algorithm.element()).and_then(Value::as_str).filter(|_| checksums) {
                checksum = Some(Checksum::parse(algorithm, value)?);
            }
        }
        parts.push(PartRef { number, e_tag: e_tag.to_owned(), checksum });
    }
    parts.sort_by_key(|part| part.number);
    if parts.windows(2).any(|pair| matches!(pair, [a, b] if a.number == b.number)) {
        return Err(ApiError::bad_request("s3: `parts` names a part number twice."));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parts_are_sorted_and_quotes_are_optional() {
        let sent =
            json!([{"PartNumber": 2, "ETag": "\"b\""}, {"PartNumber": 1, "ETag": "a", "ChecksumCRC32C": "AAAAAA=="}]);
        let read = parts(Some(&sent), true).unwrap();
        assert_eq!((read[0].number, read[0].e_tag.as_str(), read[1].e_tag.as_str()), (1, "a", "b"));
        assert!(read[0].checksum.is_some() && read[1].checksum.is_none());
        assert!(parts(Some(&sent), false).unwrap()[0].checksum.is_none());
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in [
            json!(null),
            json!([]),
            json!({}),
            json!([1]),
            json!([{"PartNumber": 1}]),
            json!([{"PartNumber": "1", "ETag": "a"}]),
            json!([{"PartNumber": 0, "ETag": "a"}]),
            json!([{"PartNumber": 10_001, "ETag": "a"}]),
            json!([{"PartNumber": 4_294_967_297u64, "ETag": "a"}]),
            json!([{"PartNumber": 1, "ETag": ""}]),
            json!([{"PartNumber": 1, "ETag": "</ETag>"}]),
            json!([{"PartNumber": 1, "ETag": "a"}, {"PartNumber": 1, "ETag": "b"}]),
            json!([{"PartNumber": 1, "ETag": "a", "ChecksumCRC32C": "x"}]),
        ] {
            assert_eq!(parts(Some(&bad), true).unwrap_err().status().as_u16(), 400, "{bad}");
        }
    }
}
