//! `/demo/faults`: the fault proxy's control API under the page's own origin, so that the page need not know its port.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// Where the proxy is, and what asks it.
#[derive(Debug, Clone)]
struct Control {
    proxy: SocketAddr,
    client: Client<HttpConnector, Body>,
}

/// The rules (`GET`, `POST`, `DELETE`), and the end of all connections. The proxy's log stays its own: nobody needs it here.
pub(crate) fn routes(proxy: SocketAddr) -> Router {
    let client = Client::builder(TokioExecutor::new()).build_http();
    Router::new()
        .route("/demo/faults", get(pass_on).post(pass_on).delete(pass_on))
        .route("/demo/faults/connections", delete(pass_on))
        .with_state(Control { proxy, client })
}

async fn pass_on(State(control): State<Control>, request: Request) -> Response {
    let path = request.uri().path().strip_prefix("/demo/faults").unwrap_or_default();
    let Ok(uri) = format!("http://{}/__faults{path}", control.proxy).parse::<Uri>() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (parts, body) = request.into_parts();
    let mut asked = Request::new(body);
    *asked.method_mut() = parts.method;
    *asked.uri_mut() = uri;
    match control.client.request(asked).await {
        Ok(answer) => {
            let (parts, body) = answer.into_parts();
            let mut response = (parts.status, Body::new(body)).into_response();
            response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
            if let Some(kind) = parts.headers.get(header::CONTENT_TYPE) {
                response.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
            }
            response
        }
        Err(error) => (StatusCode::BAD_GATEWAY, format!("the fault proxy does not answer: {error}")).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use filechute_faults::Proxy;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn rules_are_set_read_and_removed() {
        let (proxy, running) = Proxy::bind(([127, 0, 0, 1], 0).into(), "http://127.0.0.1:9").await.unwrap();
        tokio::spawn(running);
        let app = routes(proxy);
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
