//! The HTTP routes, a file each, and what they share.

mod address;
mod body;
mod confirm;
mod file;
mod health;
mod multipart;
mod panics;
mod params;
mod presign;
mod query;
mod sts;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{any, get, post};
use std::sync::Arc;

use crate::config::Config;
use crate::host::Host;
use crate::{ApiError, access, cors, limit, rest};

/// The host's routes as an axum router, to serve alone or to merge into an application.
///
/// `GET /s3/params` signs one upload, `/s3/multipart…` serves large ones as Uppy's Companion does, `POST /s3/presign`
/// signs single requests, `POST /s3/confirm` looks whether an upload without an answer has happened; `GET /health`
/// answers `ok`. All else under `/s3` is 404 here too, so nothing can be nested there. Whoever may sign must be decided
/// before this router, by a layer of the application's or by [`crate::Access`]; what such a layer puts into the request's
/// extensions reaches the key function, and a [`crate::Caller`] there binds uploads to whom it names.
pub fn router(config: Config) -> Router {
    let host = Arc::new(Host::new(config));
    // Uppy of 2018, and 6, join their root and `/s3` even when the root ends in a slash.
    let mut signing = Router::new();
    for root in ["/s3", "//s3"] {
        signing = signing
            .route(&format!("{root}/params"), get(params::params))
            .route(&format!("{root}/confirm"), post(confirm::confirm))
            .route(&format!("{root}/presign"), post(presign::presign))
            .route(&format!("{root}/sign"), post(presign::presign))
            .route(&format!("{root}/sts"), get(sts::sts))
            .merge(multipart::routes(root))
            // Within CORS, or a page that has the address wrong sees a network error.
            .route(&format!("{root}/{{*nothing}}"), any(not_found));
    }
    let signing = signing.method_not_allowed_fallback(method_not_allowed).with_state(Arc::clone(&host));
    let config = &host.config;
    let signing = access::guard(signing, &host).layer(middleware::from_fn(panics::caught));
    let signing = limit::guard(signing, config);
    // CORS goes around both: a preflight carries no Authorization, and refusals must be readable.
    let signing = signing.layer(cors::layer(config));
    let health = Router::new().route("/health", get(health::health)).method_not_allowed_fallback(method_not_allowed);
    signing.merge(health).layer(middleware::from_fn(rest::read))
}

/// The answer for a path that nothing serves.
pub async fn not_found() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "NotFound", "there is nothing at this address")
}

pub(crate) async fn method_not_allowed() -> ApiError {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "this address does not answer that method")
}
