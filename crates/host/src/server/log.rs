//! One short line per request on standard error, with nothing in it that could sign or identify.

use std::time::Instant;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;

use crate::error::ErrorCode;

/// How a line is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// `at=… server=… method=…`
    #[default]
    Text,
    /// An object on a line.
    Json,
}

impl LogFormat {
    /// Reads `text` or `json`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "" | "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Adds the log to a router; `name` tells two servers of one process apart, `segments` says how much of a path is
/// written (the rest of a store's path is the key, which holds the file's name; the rest of ours an upload's id).
///
/// A line reads `at=2026-12-01T12:00:00Z server=host method=GET path=/s3/params status=200 ms=1`, refusals with a
/// `code`. Queries hold signatures and are never written, nor are headers, addresses and bodies.
pub fn logged(router: Router, name: &'static str, segments: usize, format: LogFormat) -> Router {
    router.layer(middleware::from_fn(move |request: Request, next: Next| async move {
        let method = request.method().clone();
        let path = short(request.uri().path(), segments);
        let start = Instant::now();
        let response: Response = next.run(request).await;
        let at = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
        let (status, ms) = (response.status().as_u16(), start.elapsed().as_millis());
        let code = response.extensions().get::<ErrorCode>().map(|code| code.0.as_ref());
        match format {
            LogFormat::Text => {
                let code = code.map(|code| format!(" code={code}")).unwrap_or_default();
                eprintln!("at={at} server={name} method={method} path={path} status={status} ms={ms}{code}");
            }
            LogFormat::Json => eprintln!(
                "{}",
                json!({ "at": at.to_string(), "server": name, "method": method.as_str(), "path": path,
                        "status": status, "ms": u64::try_from(ms).unwrap_or(u64::MAX), "code": code })
            ),
        }
        response
    }))
}

/// The first segments of a path.
fn short(path: &str, segments: usize) -> String {
    let mut cut = path.match_indices('/').map(|(at, _)| at);
    match cut.nth(segments) {
        Some(at) if at + 1 < path.len() => format!("{}/…", &path[..at]),
        _ if path.len() > 80 => "/…".into(),
        _ => path.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn paths_are_cut_before_file_names() {
        assert_eq!(short("/s3/params", 2), "/s3/params");
        assert_eq!(short("/dev/objects/my secret.txt", 2), "/dev/objects/…");
        assert_eq!(short("/uploads/my secret.txt", 1), "/uploads/…");
        assert_eq!(short("/s3/multipart/id.seal/1", 2), "/s3/multipart/…");
        assert_eq!(short("/uploads", 1), "/uploads");
        assert_eq!(short("/", 2), "/");
    }
}
