//! JSON bodies: bounded, typed, and refused with a sentence that helps.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use crate::ApiError;
use crate::config::essence;

/// How long a client may take to send a body.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Reads a body of at most `limit` bytes.
///
/// The content type must be JSON: a page elsewhere can send any other body with the person's cookies and without
/// asking first (<https://developer.mozilla.org/docs/Web/HTTP/CORS#simple_requests>).
pub(super) async fn json<T: DeserializeOwned>(headers: &HeaderMap, body: Body, limit: usize) -> Result<T, ApiError> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if content_type.map(essence).as_deref() != Some("application/json") {
        return Err(ApiError::unsupported_type("s3: send the body as JSON, with `Content-Type: application/json`"));
    }
    let too_large = || {
        let text = format!("s3: the body is larger than {limit} bytes");
        // S3's word for it. "EntityTooLarge" would say that the file is.
        ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "MaxMessageLengthExceeded", text)
    };
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let bytes = match tokio::time::timeout(TIMEOUT, to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => bytes,
        // Too long without an announced length, or broken off; nobody reads the answer to the latter.
        Ok(Err(_)) => return Err(too_large()),
        Err(_) => {
            let text = "s3: the body did not come in time";
            return Err(ApiError::new(StatusCode::REQUEST_TIMEOUT, "RequestTimeout", text));
        }
    };
    serde_json::from_slice(&bytes).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => "does not have the expected shape",
            _ => "is not valid JSON",
        };
        // serde's text quotes pieces of the body, which may be long and anyone's; the place is enough.
        ApiError::bad_request(format!("s3: the body {what} (line {}, column {})", error.line(), error.column()))
    })
}
