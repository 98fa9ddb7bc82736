//! `DELETE /s3/multipart/:uploadId?key=` → `{}`, also when the upload is gone already.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::Extensions;
use axum::response::IntoResponse;
use serde_json::json;

use super::{NO_STORE, open};
use crate::ApiError;
use crate::host::Host;
use crate::routes::address::Address;
use crate::routes::query::Query;

pub(super) async fn abort(
    State(host): State<Arc<Host>>,
    Address(ticket): Address<String>,
    RawQuery(query): RawQuery,
    extensions: Extensions,
) -> Result<impl IntoResponse, ApiError> {
    let query = Query::read(query.as_deref())?;
    let key = query.key()?;
    host.store.abort(key, open(&host, key, &ticket, &extensions)?).await?;
    Ok((NO_STORE, Json(json!({}))))
}
