//! What went wrong between host and store, and what the caller of a route is told about it.

use axum::http::StatusCode;

use super::xml;
use crate::ApiError;
use crate::outgoing::{Answer, Broken};

/// Seconds to wait where the store asks for patience and names no time.
const PATIENCE_S: u64 = 2;
/// The longest wait that is passed on.
const MOST_PATIENCE_S: u64 = 3600;

/// A failed operation. Holds S3's code but not its message: that may name users, keys and signed text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StoreError {
    /// S3 said no.
    #[error("the store answered {status} {code}")]
    Refused { status: StatusCode, code: String, retry_after_s: Option<u64> },
    /// No answer came, or half of one; the operation may have happened all the same.
    #[error("the store could not be reached")]
    Lost,
    /// No answer within the deadline; the operation may have happened all the same.
    #[error("the store did not answer in time")]
    Late,
    /// An answer that cannot be read.
    #[error("the store's answer cannot be read")]
    Unreadable,
    /// The stored object is not the one that was sent.
    #[error("the stored object is not what was sent")]
    Different,
}

impl StoreError {
    /// Out of an answer that is no success, or a 200 with an error inside.
    pub(super) fn refused(answer: &Answer) -> Self {
        let document = xml::read(&answer.body).filter(|document| document.root == "Error");
        let code = document.as_ref().and_then(|document| document.get("Code"));
        let code = code.filter(|code| code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphanumeric()));
        let code = code.map_or_else(|| usual_code(answer.status).to_owned(), str::to_owned);
        // A 200 that holds an error counts as the status that the code has elsewhere.
        let status = if answer.status.is_success() { usual_status(&code) } else { answer.status };
        let retry_after_s = answer.header("retry-after").and_then(|text| text.trim().parse().ok());
        Self::Refused { status, code, retry_after_s }
    }

    /// Whether S3 answered with this code.
    pub(crate) fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == wanted)
    }

    /// Whether S3 answered with this status.
    pub(crate) fn has_status(&self, wanted: StatusCode) -> bool {
        matches!(self, Self::Refused { status, .. } if *status == wanted)
    }

    /// Whether the same request may work a moment later.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Refused { status, code, .. } => {
                status.is_server_error() && *status != StatusCode::NOT_IMPLEMENTED
                    || *status == StatusCode::TOO_MANY_REQUESTS
                    || code == "RequestTimeout"
            }
            Self::Lost | Self::Late | Self::Unreadable => true,
            Self::Different => false,
        }
    }
}

impl From<Broken> for StoreError {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Connection => Self::Lost,
            Broken::Timeout => Self::Late,
            Broken::TooLarge | Broken::Request => Self::Unreadable,
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused { status, code, retry_after_s } => {
                let text = format!("s3: {}", explain(&code));
                let status = if concerns_the_caller(status) { status } else { StatusCode::BAD_GATEWAY };
                let error = Self::new(status, code, text);
                match status {
                    StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                        error.retry_after(retry_after_s.unwrap_or(PATIENCE_S).min(MOST_PATIENCE_S))
                    }
                    _ => error,
                }
            }
            StoreError::Lost => {
                Self::new(StatusCode::BAD_GATEWAY, "StoreUnreachable", "s3: the store cannot be reached from the host")
            }
            StoreError::Late => {
                Self::new(StatusCode::GATEWAY_TIMEOUT, "StoreTimeout", "s3: the store did not answer the host in time")
            }
            StoreError::Unreadable => Self::new(
                StatusCode::BAD_GATEWAY,
                "StoreUnreadable",
                "s3: the store's answer cannot be read; it is not success",
            ),
            StoreError::Different => Self::new(
                StatusCode::BAD_REQUEST,
                "BadDigest",
                "s3: the object in the store is not the file that was sent: its size or checksum differs",
            ),
        }
    }
}

/// What S3 answers about an object or an upload. All else is between host and store: a 401 of the store's would tell the
/// visitor to log in.
fn concerns_the_caller(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status.as_u16(), 400 | 403 | 404 | 408 | 409 | 412 | 413 | 416 | 429)
}

/// What a bare status means on S3.
fn usual_code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        301 | 302 | 307 | 308 => "PermanentRedirect",
        403 => "AccessDenied",
        404 => "NotFound",
        412 => "PreconditionFailed",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        400..=499 => "InvalidRequest",
        _ => "InternalError",
    }
}

/// The status S3 sends with a code.
fn usual_status(code: &str) -> StatusCode {
    match code {
        "NoSuchUpload" | "NoSuchBucket" | "NoSuchKey" => StatusCode::NOT_FOUND,
        "AccessDenied" => StatusCode::FORBIDDEN,
        "PreconditionFailed" => StatusCode::PRECONDITION_FAILED,
        "ConditionalRequestConflict" | "OperationAborted" => StatusCode::CONFLICT,
        "SlowDown" | "ServiceUnavailable" => StatusCode::SERVICE_UNAVAILABLE,
        "BadDigest" | "EntityTooSmall" | "EntityTooLarge" | "InvalidPart" | "InvalidPartOrder" | "InvalidRequest"
        | "InvalidArgument" | "MalformedXML" | "RequestTimeout" => StatusCode::BAD_REQUEST,
        // Unknown: retried.
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A sentence for the developer. S3's own is not passed on.
fn explain(code: &str) -> String {
    let text = match code {
        "NoSuchUpload" => "there is no such upload: it is completed, aborted, or was never begun",
        "NoSuchBucket" => "the bucket does not exist; the host's FILECHUTE_BUCKET, region or endpoint is wrong",
        "AccessDenied" => "the store refuses: the host's key pair needs the rights named in its README",
        "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" | "ExpiredToken" => {
            "the store does not accept the host's key pair; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
        }
        "RequestTimeTooSkewed" => "the host's clock is wrong",
        "SlowDown" | "ServiceUnavailable" | "TooManyRequests" => "the store is busy; try again later",
        "EntityTooSmall" => "a part other than the last has less than 5 MiB",
        "EntityTooLarge" => "the object would be larger than the store takes",
        "InvalidPart" => "a part is missing in the store, or its ETag or checksum is another one",
        "InvalidPartOrder" => "the parts are not in order",
        "BadDigest" => "the checksum is not that of the bytes in the store",
        "PreconditionFailed" => "an object with this key exists already",
        "ConditionalRequestConflict" => "another request for this key came in between; begin a new upload",
        "PermanentRedirect" => "the bucket is in another region, or the host's endpoint is wrong",
        other => return format!("the store answered {other}"),
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &'static str) -> Answer {
        Answer { status: StatusCode::from_u16(status).unwrap(), headers: Default::default(), body: body.into() }
    }

    #[test]
    fn true_statuses_and_no_secrets() {
        for (status, body, out, code) in [
            (404, "<Error><Code>NoSuchUpload</Code><Message>m</Message></Error>", 404, "NoSuchUpload"),
            (200, "<Error><Code>SlowDown</Code></Error>", 503, "SlowDown"),
            (200, "<Error><Code>InvalidPart</Code></Error>", 400, "InvalidPart"),
            (
                403,
                "<Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::1:user/x</Message></Error>",
                403,
                "AccessDenied",
            ),
            (503, "", 503, "ServiceUnavailable"),
            (301, "<html>", 502, "PermanentRedirect"),
            (401, "", 502, "InvalidRequest"),
            (407, "", 502, "InvalidRequest"),
            (405, "<Error><Code>MethodNotAllowed</Code></Error>", 502, "MethodNotAllowed"),
            (409, "<Error><Code>OperationAborted</Code></Error>", 409, "OperationAborted"),
            (403, "<Error><Code>a b\"</Code></Error>", 403, "AccessDenied"),
        ] {
            let error = ApiError::from(StoreError::refused(&answer(status, body)));
            assert_eq!((error.status().as_u16(), error.code()), (out, code));
            assert!(!error.message().contains("arn:"));
        }
    }
}
