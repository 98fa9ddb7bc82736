//! The HTTP routes, a file each, and what they share.

mod health;
mod params;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

use crate::config::{Access, Config};
use crate::{ApiError, cors};

/// The host's routes as an axum router, to serve alone or to merge into an application.
///
/// `GET /s3/params` signs one upload; `GET /health` answers `ok`. Whoever may sign must be decided before this
/// router, by a layer of the application's or by [`Access::Token`]; what such a layer puts into the request's
/// extensions reaches the key function.
pub fn router(config: Config) -> Router {
    let config = Arc::new(config);
    let signing = Router::new()
        .route("/s3/params", get(params::params))
        // Uppy of 2018 joins `host` and `/s3/params` even when the host ends in a slash.
        .route("//s3/params", get(params::params))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(Arc::clone(&config));
    let signing = match &config.access {
        Access::Anyone => signing,
        Access::Token(token) => {
            let expected: Arc<str> = format!("Bearer {token}").into();
            signing.layer(middleware::from_fn(move |request, next| require(Arc::clone(&expected), request, next)))
        }
    };
    // CORS goes around the token: a preflight carries no Authorization.
    signing.layer(cors::layer(&config)).route("/health", get(health::health))
}

/// The answer for a path that nothing serves.
pub async fn not_found() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "NotFound", "there is nothing at this address")
}

async fn method_not_allowed() -> ApiError {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "this address answers GET only")
}

async fn require(expected: Arc<str>, request: Request, next: Next) -> Response {
    let sent = request.headers().get(axum::http::header::AUTHORIZATION).map_or(&b""[..], |value| value.as_bytes());
    if bool::from(sent.ct_eq(expected.as_bytes())) {
        return next.run(request).await;
    }
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "Unauthorized",
        "send `Authorization: Bearer <token>`; ask the site for one",
    )
    .into_response()
}
