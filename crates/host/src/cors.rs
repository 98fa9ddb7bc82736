//! CORS of the host's own routes: an allow-list. (The bucket has rules of its own.)

use std::time::Duration;

use axum::http::{HeaderName, Method, header};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use crate::config::{AllowedOrigins, Config};

/// Headers that Uppy's clients send, beside what the application configures.
const USUAL_HEADERS: [HeaderName; 6] = [
    HeaderName::from_static("uppy-auth-token"),
    HeaderName::from_static("uppy-credentials-params"),
    header::AUTHORIZATION,
    header::ORIGIN,
    header::CONTENT_TYPE,
    header::ACCEPT,
];

/// The layer for a configuration. An origin that is not listed gets no allow header at all.
pub(crate) fn layer(config: &Config) -> CorsLayer {
    let cors = CorsLayer::new()
        .allow_methods([Method::GET, Method::POST, Method::DELETE, Method::OPTIONS])
        .allow_headers(USUAL_HEADERS.into_iter().chain(config.extra_headers.iter().cloned()).collect::<Vec<_>>())
        .expose_headers([header::RETRY_AFTER, header::DATE])
        // Two hours, the longest Chrome keeps.
        .max_age(Duration::from_secs(7200));
    match &config.origins {
        AllowedOrigins::Listed(origins) => {
            cors.allow_origin(AllowOrigin::list(origins.iter().cloned())).allow_credentials(config.cookies)
        }
        AllowedOrigins::Any => cors.allow_origin(Any),
    }
}
