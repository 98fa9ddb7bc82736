//! `GET /s3/sts`: not offered, and said so.

use axum::http::StatusCode;

use crate::ApiError;

/// Temporary keys would let a page write any key of any size until they end.
pub(super) async fn sts() -> ApiError {
    let text =
        "s3: this host hands out no temporary credentials; use its signed requests (`signRequest`, or `endpoint`)";
    ApiError::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", text)
}
