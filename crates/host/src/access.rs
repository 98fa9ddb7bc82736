//! Who may ask for signatures: a token, another service, or the application's own check.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, Method, StatusCode, header, request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use subtle::ConstantTimeEq as _;
use url::Url;

use crate::host::Host;
use crate::outgoing::Limits;
use crate::{ApiError, Caller, client};

/// How long the forward-auth service may take.
const FORWARD: Limits = Limits { timeout: Duration::from_secs(10), body_bytes: 64 * 1024 };

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

/// A service that decides, as reverse proxies ask one.
///
/// Each request becomes a `GET` to `url` with the caller's `Authorization`, `Cookie` and `Origin`, and with
/// `X-Forwarded-Method`, `-Uri`, `-Host` and `-For`. 2xx lets it pass, 401 stays 401, any other answer is 403, and no
/// answer 503.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardAuth {
    /// Where to ask.
    pub url: Url,
    /// The header of its answer that names the user; uploads are then bound to them.
    pub user_header: Option<HeaderName>,
}

type CheckFuture = Pin<Box<dyn Future<Output = Result<Option<Caller>, ApiError>> + Send>>;
type CheckFn = dyn Fn(request::Parts) -> CheckFuture + Send + Sync;

/// A check of the application's own.
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
        Access::Forward(forward) => ask(&host, forward, &parts).await,
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

fn bearer(token: &str, parts: &request::Parts) -> Result<(), ApiError> {
    let sent = parts.headers.get(header::AUTHORIZATION).map_or(&b""[..], |value| value.as_bytes());
    if bool::from(sent.ct_eq(format!("Bearer {token}").as_bytes())) {
        return Ok(());
    }
    Err(unauthorized("send `Authorization: Bearer <token>`; ask the site for one"))
}

async fn ask(host: &Host, forward: &ForwardAuth, parts: &request::Parts) -> Result<Option<Caller>, ApiError> {
    let mut headers = vec![
        ("x-forwarded-method".to_owned(), parts.method.as_str().to_owned()),
        ("x-forwarded-uri".to_owned(), parts.uri.path_and_query().map_or("/", |uri| uri.as_str()).to_owned()),
    ];
    let mut pass_on = |name: HeaderName, to: &str| {
        for value in parts.headers.get_all(&name) {
            headers.extend(value.to_str().ok().map(|value| (to.to_owned(), value.to_owned())));
        }
    };
    pass_on(header::AUTHORIZATION, "authorization");
    pass_on(header::COOKIE, "cookie");
    pass_on(header::ORIGIN, "origin");
    pass_on(header::HOST, "x-forwarded-host");
    if let Some(address) = client::address(&parts.headers, &parts.extensions, host.config.trusted_proxies) {
        headers.push(("x-forwarded-for".into(), address.to_string()));
    }
    let answer = host.http.send(Method::GET, forward.url.as_str(), &headers, Bytes::new(), FORWARD).await;
    let unavailable = || {
        let text = "whoever decides about uploads does not answer; try again later";
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "AuthUnavailable", text).retry_after(2)
    };
    let answer = answer.map_err(|_| unavailable())?;
    match answer.status {
        status if status.is_success() => {
            let user = forward.user_header.as_ref().and_then(|name| answer.header(name.as_str()));
            Ok(user.map(|user| Caller(user.to_owned())))
        }
        StatusCode::UNAUTHORIZED => Err(unauthorized("log in first")),
        status if status.is_server_error() => Err(unavailable()),
        _ => Err(ApiError::denied("you may not upload here")),
    }
}

fn unauthorized(text: &str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "Unauthorized", text)
}
