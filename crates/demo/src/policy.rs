//! The site's Content Security Policy: as strict as a page around the element can have it, which shows that it can.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;

/// Where the Leptos example is. Its page has a style of its own, as trunk's pages do.
const LEPTOS: &str = "/leptos/";

/// No inline style or script, nothing from elsewhere; `store` is the one other origin, which takes the uploads.
fn policy(store: SocketAddr) -> String {
    [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        // Previews of files that are still here.
        "img-src 'self' blob:",
        &format!("connect-src 'self' http://{store}"),
        "worker-src 'self'",
        "form-action 'self'",
        "frame-src 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        // The site's one policy lets the package's worker start.
        "require-trusted-types-for 'script'",
        "trusted-types default",
    ]
    .join("; ")
}

/// Puts it on all of the site but the Leptos example.
pub(crate) fn apply(site: Router, store: SocketAddr) -> Router {
    let header = HeaderValue::try_from(policy(store)).ok();
    site.layer(middleware::from_fn(move |request: Request, next: Next| {
        let header = header.clone().filter(|_| !request.uri().path().starts_with(LEPTOS));
        async move {
            let mut response: Response = next.run(request).await;
            if let Some(header) = header {
                response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, header);
            }
            response
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inline_and_one_other_origin() {
        let policy = policy(([127, 0, 0, 1], 4711).into());
        assert!(!policy.contains("unsafe-inline") && !policy.contains('*'), "{policy}");
        assert!(policy.contains("connect-src 'self' http://127.0.0.1:4711;"), "{policy}");
        assert!(HeaderValue::try_from(policy).is_ok());
    }
}
