//! JSON bodies: bounded, typed, and refused with a sentence that helps.

use std::error::Error as _;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::LengthLimitError;
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
        // Too long without an announced length.
        Ok(Err(error)) if error.source().is_some_and(|cause| cause.is::<LengthLimitError>()) => return Err(too_large()),
        // Nobody reads this answer, but the log has its code.
        Ok(Err(_)) => return Err(ApiError::new(StatusCode::BAD_REQUEST, "IncompleteBody", "s3: the body broke off")),
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

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::HeaderValue;
    use serde_json::Value;

    use super::*;

    #[tokio::test]
    async fn what_broke_off_was_not_too_large() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let pieces = |last: Result<Bytes, std::io::Error>| {
            Body::from_stream(futures::stream::iter([Ok(Bytes::from_static(b"{\"a\":")), last]))
        };
        let broken = json::<Value>(&headers, pieces(Err(std::io::Error::other("gone"))), 10).await.unwrap_err();
        assert_eq!((broken.status().as_u16(), broken.code()), (400, "IncompleteBody"));
        let long = json::<Value>(&headers, pieces(Ok(Bytes::from_static(b"123456"))), 10).await.unwrap_err();
        assert_eq!((long.status().as_u16(), long.code()), (413, "MaxMessageLengthExceeded"));
        assert!(json::<Value>(&headers, pieces(Ok(Bytes::from_static(b"1}"))), 10).await.is_ok());
    }
}
