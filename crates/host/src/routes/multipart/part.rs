//! `GET /s3/multipart/:uploadId/:partNumber?key=&x-amz-checksum-…=` → `{url, expires, headers?}`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::Extensions;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::Serialize;

use super::{NO_STORE, open, part_number, within_limit};
use crate::ApiError;
use crate::checksum::Checksum;
use crate::host::Host;
use crate::routes::address::Address;
use crate::routes::query::Query;
use crate::sign::{Operation, Pairs, Signed, sign_operation};

#[derive(Serialize)]
struct Part {
    url: String,
    /// Seconds.
    expires: u64,
    /// To be sent exactly so.
    #[serde(skip_serializing_if = "Pairs::is_empty")]
    headers: Pairs,
}

pub(super) async fn part(
    State(host): State<Arc<Host>>,
    Address((ticket, number)): Address<(String, String)>,
    RawQuery(query): RawQuery,
    extensions: Extensions,
) -> Result<impl IntoResponse, ApiError> {
    let query = Query::read(query.as_deref())?;
    let key = query.key()?;
    let number = part_number(&number)
        .ok_or_else(|| ApiError::bad_request("s3: the part number must be a number between 1 and 10000."))?;
    within_limit(&host.config, number)?;
    let checksum = query.checksum()?;
    let upload_id = open(&host, key, &ticket, &extensions)?;
    let Signed { url, headers } = sign(&host, key, upload_id, number, checksum.as_ref(), Timestamp::now());
    Ok((NO_STORE, Json(Part { url, expires: host.config.expires.as_secs(), headers })))
}

/// Signs one part; its checksum becomes a signed header that the browser must send.
pub(in crate::routes) fn sign(
    host: &Host,
    key: &str,
    upload_id: &str,
    number: u16,
    checksum: Option<&Checksum>,
    now: Timestamp,
) -> Signed {
    let mut headers = Pairs::default();
    if let Some((name, value)) = checksum.filter(|_| host.config.checksums).map(Checksum::pair) {
        headers.push(name, value);
    }
    sign_operation(&host.config, key, Operation::UploadPart { upload_id, number }, headers, now)
}
