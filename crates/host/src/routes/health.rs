//! `GET /health`: whether the process serves requests. It says nothing about the bucket.

pub(super) async fn health() -> &'static str {
    "ok"
}
