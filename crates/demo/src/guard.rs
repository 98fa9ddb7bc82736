//! Who may use the demo's own routes: its page. Other pages in the same browser may not break its line; the proxy's port, which
//! they could learn, has no routes of that kind.

use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Browsers say in `Sec-Fetch-Site` where a request comes from, and no page can change it. Without it, it is no browser.
pub(crate) async fn same_site_only(request: Request, next: Next) -> Response {
    let from = request.headers().get("sec-fetch-site").map(|from| from.as_bytes());
    let own = from.is_none_or(|from| from == b"same-origin" || from == b"none");
    if own || request.method() == Method::GET {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "only the demo's own page may do that").into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::post;
    use axum::{Router, middleware};
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn other_pages_are_refused() {
        let app = Router::new().route("/", post(|| async {})).layer(middleware::from_fn(same_site_only));
        for (from, status) in
            [(None, 200), (Some("same-origin"), 200), (Some("same-site"), 403), (Some("cross-site"), 403)]
        {
            let mut request = Request::post("/");
            if let Some(from) = from {
                request = request.header("sec-fetch-site", from);
            }
            let answer = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(answer.status().as_u16(), status, "{from:?}");
        }
    }
}
