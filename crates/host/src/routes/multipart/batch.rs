//! `GET /s3/multipart/:uploadId/batch?key=&partNumbers=1,2,3` → `{presignedUrls: {"1": url, …}, headers?, expires}`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::Extensions;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{NO_STORE, open, part, part_number, within_limit};
use crate::ApiError;
use crate::checksum::Checksum;
use crate::host::Host;
use crate::routes::address::Address;
use crate::routes::query::Query;

/// Longest query: some hundred part numbers, each with a checksum.
const MAX_QUERY_BYTES: usize = 32 * 1024;
/// Most parts in one call.
const MAX_PARTS: usize = 1000;

pub(super) async fn batch(
    State(host): State<Arc<Host>>,
    Address(ticket): Address<String>,
    RawQuery(query): RawQuery,
    extensions: Extensions,
) -> Result<impl IntoResponse, ApiError> {
    let query = Query::read_up_to(query.as_deref(), MAX_QUERY_BYTES)?;
    let key = query.key()?;
    let numbers = numbers(query.get("partNumbers").unwrap_or_default())?;
    numbers.iter().try_for_each(|number| within_limit(&host.config, *number))?;
    let checksums = Checksum::find_list(query.iter(), numbers.len())?;
    let upload_id = open(&host, key, &ticket, &extensions)?;
    let (mut urls, mut headers, now) = (Map::new(), Map::new(), Timestamp::now());
    for (number, checksum) in numbers.iter().zip(&checksums) {
        let signed = part::sign(&host, key, upload_id, *number, checksum.as_ref(), now);
        urls.insert(number.to_string(), signed.url.into());
        if !signed.headers.is_empty() {
            headers.insert(number.to_string(), json!(signed.headers));
        }
    }
    let mut answer = Map::new();
    answer.insert("presignedUrls".into(), urls.into());
    if !headers.is_empty() {
        answer.insert("headers".into(), headers.into());
    }
    answer.insert("expires".into(), host.config.expires.as_secs().into());
    Ok((NO_STORE, Json(Value::Object(answer))))
}

fn numbers(list: &str) -> Result<Vec<u16>, ApiError> {
    if list.is_empty() {
        return Err(ApiError::bad_request(
            "s3: the part numbers must be passed as a comma separated query parameter. For example: \
             \"?partNumbers=4,6,7,21\"",
        ));
    }
    let numbers: Option<Vec<_>> = list.split(',').take(MAX_PARTS + 1).map(part_number).collect();
    let mut numbers = numbers.filter(|numbers| numbers.len() <= MAX_PARTS).ok_or_else(|| {
        ApiError::bad_request("s3: the part numbers must be numbers between 1 and 10000, at most 1000.")
    })?;
    let count = numbers.len();
    let asked = numbers.clone();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() < count {
        return Err(ApiError::bad_request("s3: a part number is named twice."));
    }
    Ok(asked)
}
