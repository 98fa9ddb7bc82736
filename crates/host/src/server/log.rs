//! One short line per request on standard error, with nothing in it that could sign or identify.

use std::time::Instant;

use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;

use super::lines;
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
/// `code`. Queries hold signatures and are never written, nor are headers, addresses and bodies. A line that cannot be
/// written, or for which nobody makes room, is dropped.
pub fn logged(router: Router, name: &'static str, segments: usize, format: LogFormat) -> Router {
    router.layer(middleware::from_fn(move |request: Request, next: Next| async move {
        let method = known(request.method());
        let path = short(request.uri().path(), segments);
        let start = Instant::now();
        let response: Response = next.run(request).await;
        let at = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
        let (status, ms) = (response.status().as_u16(), start.elapsed().as_millis());
        let code = response.extensions().get::<ErrorCode>().map(|code| plain(&code.0));
        lines::line(match format {
            LogFormat::Text => {
                let code = code.map(|code| format!(" code={code}")).unwrap_or_default();
                format!("at={at} server={name} method={method} path={path} status={status} ms={ms}{code}")
            }
            LogFormat::Json => json!({ "at": at.to_string(), "server": name, "method": method, "path": path,
                                       "status": status, "ms": u64::try_from(ms).unwrap_or(u64::MAX), "code": code })
            .to_string(),
        });
        response
    }))
}

/// Longest piece of what a caller or a store sent, in bytes.
const MOST_BYTES: usize = 80;

/// The method, where it is one of HTTP's; any text of any length may stand there.
fn known(method: &Method) -> &'static str {
    let all = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"];
    all.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}

/// The first segments of a path.
fn short(path: &str, segments: usize) -> String {
    let mut cut = path.match_indices('/').map(|(at, _)| at);
    match cut.nth(segments) {
        Some(at) if at <= MOST_BYTES && at + 1 < path.len() => format!("{}/…", plain(&path[..at])),
        _ if path.len() > MOST_BYTES => "/…".into(),
        _ => plain(path),
    }
}

/// A text without what a terminal or a reader of lines would act on: visible ASCII only, and not for ever.
fn plain(text: &str) -> String {
    text.chars().take(MOST_BYTES).map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn nothing_in_a_line_is_an_order_to_a_terminal_or_another_line() {
        assert_eq!(short("/\u{9b}31mRED\u{85}at=fake", 2), "/?31mRED?at=fake");
        assert_eq!(short(&format!("/{}/b/c", "a".repeat(60_000)), 2), "/…");
        assert_eq!(super::plain(&"x\n".repeat(1000)).len(), super::MOST_BYTES);
        let method = |text: &str| super::known(&text.parse().unwrap());
        assert_eq!((method("DELETE"), method("BREW"), method(&"A".repeat(60_000))), ("DELETE", "other", "other"));
    }

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
