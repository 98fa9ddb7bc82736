//! `GET /s3/multipart/:uploadId?key=` → the parts that S3 holds, all pages joined.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::Extensions;
use axum::response::IntoResponse;

use super::{NO_STORE, open};
use crate::ApiError;
use crate::host::Host;
use crate::routes::address::Address;
use crate::routes::query::Query;

pub(super) async fn list(
    State(host): State<Arc<Host>>,
    Address(ticket): Address<String>,
    RawQuery(query): RawQuery,
    extensions: Extensions,
) -> Result<impl IntoResponse, ApiError> {
    let query = Query::read(query.as_deref())?;
    let key = query.key()?;
    let parts = host.store.list(key, open(&host, key, &ticket, &extensions)?).await?;
    Ok((NO_STORE, Json(parts)))
}
