//! `/demo/form`: tells what a plain HTML form sent, as a page. Nothing is kept.

use std::fmt::Write as _;

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;

pub(crate) fn routes() -> Router {
    Router::new().route("/demo/form", get(nothing_yet).post(echo))
}

async fn nothing_yet() -> impl IntoResponse {
    answer("<p>What the server got appears here.</p>")
}

/// A form as `application/x-www-form-urlencoded`, which is what `<form method="post">` sends.
async fn echo(body: Bytes) -> impl IntoResponse {
    answer(&listed(&body))
}

fn answer(inner: &str) -> impl IntoResponse + use<> {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>What the server got</title>\n\
         <link rel=\"stylesheet\" href=\"/site/answer.css\">\n<main>{inner}</main>\n</html>\n"
    );
    ([(header::CACHE_CONTROL, "no-store")], Html(page))
}

fn listed(body: &[u8]) -> String {
    let mut list = String::from("<dl>");
    let mut any = false;
    for (name, value) in form_urlencoded::parse(body) {
        any = true;
        // Writing to a String cannot fail.
        let _ = write!(list, "<dt>{}</dt><dd>{}</dd>", escaped(&name), escaped(&value));
    }
    if any { list + "</dl>" } else { "<p>An empty form.</p>".to_owned() }
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, letter| {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_told_and_none_is_markup() {
        let told = listed(b"title=My+trip&photos=a%2F1.png&photos=b&x=%3Cscript%3E%22%27%26");
        assert_eq!(
            told,
            "<dl><dt>title</dt><dd>My trip</dd><dt>photos</dt><dd>a/1.png</dd><dt>photos</dt><dd>b</dd>\
             <dt>x</dt><dd>&lt;script&gt;&quot;&#39;&amp;</dd></dl>"
        );
        assert_eq!(listed(b""), "<p>An empty form.</p>");
    }
}
