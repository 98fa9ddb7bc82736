//! Who may ask for signatures: a token, another service, or the application's own check.

mod forward;

pub use forward::ForwardAuth;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header, request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq as _;

use crate::host::Host;
use crate::{ApiError, Caller};

/// Who may ask for signatures.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// Everyone who reaches the host: for a host behind another gate, and for development.
    Anyone,
    /// Requests with `Authorization: Bearer <this token>`.
    Token(String),
    /// Whomever another service lets through.
    Forward(ForwardAuth),
    /// Whomever the application's own function lets through.
    Check(AccessCheck),
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anyone => "Anyone",
            Self::Token(_) => "Token(…)",
            Self::Forward(_) => "Forward(…)",
            Self::Check(_) => "Check(…)",
        })
    }
}

type CheckFuture = Pin<Box<dyn Future<Output = Result<Option<Caller>, ApiError>> + Send>>;
type CheckFn = dyn Fn(request::Parts) -> CheckFuture + Send + Sync;

/// A check of the application's own.
///
/// ```
/// use axum::http::{HeaderValue, StatusCode};
/// use filechute_host::{Access, AccessCheck, ApiError, Caller};
///
/// # async fn user_of(_: &axum::http::HeaderMap) -> Option<String> { None }
/// let access = Access::Check(AccessCheck::new(|parts| async move {
///     let Some(user) = user_of(&parts.headers).await else {
///         let refusal = ApiError::new(StatusCode::UNAUTHORIZED, "Unauthorized", "log in first");
///         return Err(refusal.challenge(HeaderValue::from_static("Bearer")));
///     };
///     // Only they can go on with the uploads that they began.
///     Ok(Some(Caller(user)))
/// }));
/// ```
#[derive(Clone)]
pub struct AccessCheck(Arc<CheckFn>);

impl AccessCheck {
    /// The function sees a request without its body. It answers the caller's name, if uploads are to be bound to it, or
    /// the refusal.
    pub fn new<F, R>(check: F) -> Self
    where
        F: Fn(request::Parts) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Option<Caller>, ApiError>> + Send + 'static,
    {
        Self(Arc::new(move |parts| Box::pin(check(parts))))
    }
}

impl PartialEq for AccessCheck {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for AccessCheck {}

impl fmt::Debug for AccessCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessCheck(…)")
    }
}

/// Puts the configured check around a router.
pub(crate) fn guard(router: Router, host: &Arc<Host>) -> Router {
    if host.config.access == Access::Anyone {
        return router;
    }
    let host = Arc::clone(host);
    router.layer(middleware::from_fn(move |request, next| check(Arc::clone(&host), request, next)))
}

async fn check(host: Arc<Host>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let passed = match &host.config.access {
        Access::Anyone => Ok(None),
        Access::Token(token) => bearer(token, &parts).map(|()| None),
        Access::Forward(forward) => forward::ask(&host, forward, &parts).await,
        Access::Check(AccessCheck(check)) => check(parts.clone()).await,
    };
    match passed {
        Ok(caller) => {
            if let Some(caller) = caller {
                parts.extensions.insert(caller);
            }
            next.run(Request::from_parts(parts, body)).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

const BEARER: &[u8] = b"Bearer";

fn bearer(token: &str, parts: &request::Parts) -> Result<(), ApiError> {
    let sent = parts.headers.get(header::AUTHORIZATION).map_or(&b""[..], |value| value.as_bytes());
    // The scheme in any case, then spaces (RFC 9110, 11.4).
    let sent = match sent.split_at_checked(BEARER.len()) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case(BEARER) && rest.starts_with(b" ") => {
            rest.trim_ascii_start()
        }
        _ => b"",
    };
    if !token.is_empty() && bool::from(sent.ct_eq(token.as_bytes())) {
        return Ok(());
    }
    let refusal = unauthorized("send `Authorization: Bearer <token>`; ask the site for one");
    Err(refusal.challenge(HeaderValue::from_static("Bearer")))
}

fn unauthorized(text: &str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "Unauthorized", text)
}
