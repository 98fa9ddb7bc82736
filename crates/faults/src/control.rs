//! The control API under `/__faults`: rules, log, figures. Open to any page, since it is a test's own.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CACHE_CONTROL,
    CONTENT_TYPE,
};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde_json::{Value, json};

use crate::Rules;
use crate::body::{Tracked, full};
use crate::proxy::Shared;

const ROOT: &str = "/__faults";
const MAX_BODY: usize = 1 << 20;

/// Whether a request is for the proxy itself.
pub(crate) fn owns(path: &str) -> bool {
    path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub(crate) async fn answer(shared: &Shared, request: Request<Incoming>) -> Response<Tracked> {
    let method = request.method().clone();
    let path = request.uri().path().strip_prefix(ROOT).unwrap_or_default().trim_end_matches('/').to_owned();
    let (status, json) = match (&method, path.as_str()) {
        (&Method::OPTIONS, _) => (StatusCode::NO_CONTENT, None),
        (&Method::POST, "") => set_rules(shared, request.into_body()).await,
        (&Method::GET, "") => (StatusCode::OK, Some(shared.rules().to_json())),
        (&Method::DELETE, "") => {
            *shared.rules() = Rules::default();
            (StatusCode::NO_CONTENT, None)
        }
        (&Method::GET, "/log") => (StatusCode::OK, Some(shared.journal.log())),
        (&Method::DELETE, "/log") => {
            shared.journal.clear_log();
            (StatusCode::NO_CONTENT, None)
        }
        (&Method::GET, "/stats") => (StatusCode::OK, Some(shared.journal.stats())),
        (&Method::DELETE, "/stats") => {
            shared.journal.reset_max();
            (StatusCode::NO_CONTENT, None)
        }
        (&Method::DELETE, "/connections") => {
            shared.cuts.send_replace(());
            (StatusCode::NO_CONTENT, None)
        }
        (&Method::GET, "/health") => (StatusCode::OK, Some(json!({ "ok": true }))),
        (_, "" | "/log" | "/stats" | "/connections" | "/health") => {
            (StatusCode::METHOD_NOT_ALLOWED, Some(error("no such method here")))
        }
        _ => (StatusCode::NOT_FOUND, Some(error("there are /__faults, its /log, /stats, /connections and /health"))),
    };
    let body = json.map(|json| json.to_string()).unwrap_or_default();
    let mut answer = Response::new(Tracked::new(full(body), None));
    *answer.status_mut() = status;
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, DELETE"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
        (ALLOW, "GET, POST, DELETE, OPTIONS"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_TYPE, "application/json"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

async fn set_rules(shared: &Shared, body: Incoming) -> (StatusCode, Option<Value>) {
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(problem) => return (StatusCode::PAYLOAD_TOO_LARGE, Some(error(&problem.to_string()))),
    };
    match Rules::from_json(&body) {
        Ok(rules) => {
            let json = rules.to_json();
            *shared.rules() = rules;
            (StatusCode::OK, Some(json))
        }
        Err(problem) => (StatusCode::BAD_REQUEST, Some(error(&problem))),
    }
}

fn error(text: &str) -> Value {
    json!({ "error": text })
}
