//! Pieces of a route's path, and an address that cannot be read refused as everything else is.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::ApiError;

/// What stands in the path where the route has names.
pub(super) struct Address<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Address<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(pieces) = Path::from_request_parts(parts, state)
            .await
            .map_err(|_| ApiError::bad_request("s3: this address cannot be read: it is percent-encoded UTF-8"))?;
        Ok(Self(pieces))
    }
}
