//! `/demo/faults`: the rules of the fault proxy under the page's own origin. The proxy itself serves no such thing: its port is
//! in every signed URL, and so any page's to find.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use filechute_faults::Control;
use serde_json::json;

/// Longest rules.
const MAX_BYTES: usize = 1 << 20;

/// The rules (`GET`, `POST`, `DELETE`), and the end of all connections. The proxy's log is nobody's: nobody needs it here.
pub(crate) fn routes(control: Control) -> Router {
    Router::new()
        .route("/demo/faults", get(rules).post(set).delete(clear))
        .route("/demo/faults/connections", delete(cut))
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .with_state(control)
}

async fn rules(State(control): State<Control>) -> Response {
    fresh(Json(control.rules()))
}

async fn set(State(control): State<Control>, body: Bytes) -> Response {
    match control.set_rules(&body) {
        Ok(rules) => fresh(Json(rules)),
        Err(problem) => fresh((StatusCode::BAD_REQUEST, Json(json!({ "error": problem })))),
    }
}

async fn clear(State(control): State<Control>) -> StatusCode {
    control.clear();
    StatusCode::NO_CONTENT
}

async fn cut(State(control): State<Control>) -> StatusCode {
    control.cut();
    StatusCode::NO_CONTENT
}

fn fresh(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::Request;
    use axum::http::Method;
    use filechute_faults::{Proxy, ProxyOptions};
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn rules_are_set_read_and_removed() {
        let closed = Proxy::bind_closed(([127, 0, 0, 1], 0).into(), "http://127.0.0.1:9", ProxyOptions::default());
        let (_, control, running) = closed.await.unwrap();
        tokio::spawn(running);
        let app = routes(control);
        let ask = async |method: Method, path: &str, body: &'static str| {
            let request = Request::builder().method(method).uri(path).body(Body::from(body)).unwrap();
            let answer = app.clone().oneshot(request).await.unwrap();
            let status = answer.status().as_u16();
            let bytes = answer.into_body().collect().await.unwrap().to_bytes();
            (status, String::from_utf8_lossy(&bytes).into_owned())
        };
        let (status, text) = ask(Method::POST, "/demo/faults", r#"[{"fault":{"kind":"expired"},"times":1}]"#).await;
        assert!(status == 200 && text.contains("expired"), "{status} {text}");
        assert!(ask(Method::GET, "/demo/faults", "").await.1.contains(r#""used":0"#));
        let (status, text) = ask(Method::POST, "/demo/faults", r#"[{"fault":{"kind":"fire"}}]"#).await;
        assert!(status == 400 && text.contains("fire"), "{status} {text}");
        assert_eq!(ask(Method::DELETE, "/demo/faults/connections", "").await.0, 204);
        assert_eq!(ask(Method::DELETE, "/demo/faults", "").await.0, 204);
        assert_eq!(ask(Method::GET, "/demo/faults", "").await.1, "[]");
        assert_eq!(ask(Method::GET, "/demo/faults/log", "").await.0, 404);
    }
}
