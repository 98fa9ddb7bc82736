//! `POST /s3/confirm?key=` `{size, x-amz-checksum-…}` → `{location, key, bucket, etag, size, x-amz-checksum-…, publicUrl?}`.
//!
//! For a client whose upload got no answer, and whose next try was refused because an object is there already (412,
//! `If-None-Match`): says whether it is the client's own. What is not there and what is another's is refused in the same
//! words, so that nobody learns of an object whose size and checksum they do not know.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Map, Value};

use super::body;
use super::multipart::{NO_STORE, object};
use super::query::Query;
use crate::ApiError;
use crate::checksum::Checksum;
use crate::host::Host;
use crate::key::{MAX_KEY_BYTES, check_key};

/// A size and a checksum, with room.
const MAX_BODY_BYTES: usize = 4 * 1024;

pub(super) async fn confirm(
    State(host): State<Arc<Host>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, ApiError> {
    let query = Query::read(query.as_deref())?;
    let key = query.key()?;
    let asked: Map<String, Value> = body::json(&headers, body, MAX_BODY_BYTES).await?;
    let size = asked.get("size").and_then(Value::as_u64);
    let size = size.ok_or_else(|| ApiError::bad_request("s3: send the file's `size`, a whole number of bytes"))?;
    let checksum = Checksum::find(asked.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))))?;
    let checksum = checksum.ok_or_else(|| {
        ApiError::bad_request("s3: send the file's checksum as it was signed, such as \"x-amz-checksum-crc64nvme\"")
    })?;
    let other = || {
        let text = "s3: there is no object with this key, size and checksum";
        ApiError::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", text)
    };
    // A prefix alone binds nothing: `..` behind it would lead the signed look out again, even into another bucket.
    if !key.starts_with(&host.config.prefix) || check_key(key, MAX_KEY_BYTES).is_err() {
        return Err(other());
    }
    match host.store.find(key, size, &checksum).await {
        Ok(Some(found)) => Ok((NO_STORE, Json(object(&host, key, &found)))),
        Ok(None) => Err(other()),
        Err(error) => Err(error.into()),
    }
}
