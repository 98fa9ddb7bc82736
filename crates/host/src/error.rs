//! The one error a route answers with: a status and a JSON body that every known client can read.
//!
//! Companion's clients disagree about where the text lies (`error` or `message`), so both carry it.

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refusal or failure, as the caller of a route sees it.
///
/// The body is `{"error": text, "message": text, "code": code}`. The text is written for the developer who
/// reads the network panel; it never holds a signature, a key or an inner error's details.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    status: StatusCode,
    code: Cow<'static, str>,
    message: String,
    retry_after_s: Option<u64>,
    challenges: Vec<HeaderValue>,
}

impl ApiError {
    /// An error with any status. `code` is S3's own word where S3 has one.
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), retry_after_s: None, challenges: Vec::new() }
    }

    /// The same with a `Retry-After` of so many seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The same with a `WWW-Authenticate`, which every 401 should have: how to say who one is.
    #[must_use]
    pub fn challenge(mut self, challenge: HeaderValue) -> Self {
        self.challenges.push(challenge);
        self
    }

    /// 400: the request cannot be understood.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidRequest", message)
    }

    /// 403: understood and refused.
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessDenied", message)
    }

    /// 404: S3 has no such upload, or this host did not begin it.
    pub fn no_such_upload() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NoSuchUpload",
            "s3: this host began no upload with that id and key; begin a new one",
        )
    }

    /// 413: the file is larger than this host signs for.
    pub fn too_large(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "EntityTooLarge", message)
    }

    /// 415: the file's type is not on the list.
    pub fn unsupported_type(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
    }

    /// 500: this host is wrongly set up.
    pub fn misconfigured(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message)
    }

    /// The HTTP status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable word a program can compare.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The sentence a developer reads.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// The code of a refusal, for the log.
#[derive(Debug, Clone)]
pub(crate) struct ErrorCode(#[cfg_attr(not(feature = "server"), allow(dead_code))] pub(crate) Cow<'static, str>);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.message, "message": self.message, "code": self.code }));
        let mut response =
            (self.status, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], body).into_response();
        response.extensions_mut().insert(ErrorCode(self.code));
        response.headers_mut().extend(self.retry_after_s.map(|s| (header::RETRY_AFTER, HeaderValue::from(s))));
        for challenge in self.challenges {
            response.headers_mut().append(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
