//! The Companion routes of a multipart upload, a file each.

mod abort;
mod batch;
mod complete;
mod create;
mod list;
mod part;

use std::sync::Arc;

use axum::Router;
use axum::http::{Extensions, HeaderName, HeaderValue, header};
use axum::routing::{get, post};

use crate::ApiError;
use crate::config::Config;
use crate::host::Host;
use crate::ticket::Caller;

pub(super) use complete::object;
pub(super) use create::algorithm;

/// The six routes, under `/s3` or what old clients make of it.
pub(super) fn routes(root: &str) -> Router<Arc<Host>> {
    Router::new()
        .route(&format!("{root}/multipart"), post(create::create))
        .route(&format!("{root}/multipart/{{id}}"), get(list::list).delete(abort::abort))
        .route(&format!("{root}/multipart/{{id}}/batch"), get(batch::batch))
        .route(&format!("{root}/multipart/{{id}}/complete"), post(complete::complete))
        .route(&format!("{root}/multipart/{{id}}/{{number}}"), get(part::part))
}

/// What S3 takes as a part, in bytes, but for the last.
const SMALLEST_PART: u64 = 5 << 20;

/// Answers that hold signatures or the state of a moment are nobody's to keep.
pub(super) const NO_STORE: [(HeaderName, HeaderValue); 1] =
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];

/// S3's upload id, if this host issued `ticket` for `key` to this caller.
fn open<'t>(host: &Host, key: &str, ticket: &'t str, extensions: &Extensions) -> Result<&'t str, ApiError> {
    host.tickets.open(key, ticket, extensions.get::<Caller>())
}

/// Every part but the last has 5 MiB at least, so a file of the greatest size has no more parts than this.
pub(super) fn within_limit(config: &Config, number: u16) -> Result<(), ApiError> {
    let most = config.size.max.map_or(u64::MAX, |max| max.div_ceil(SMALLEST_PART).max(1));
    if u64::from(number) <= most {
        return Ok(());
    }
    Err(ApiError::too_large(format!("s3: a file of the greatest size has {most} parts at most")))
}

/// A part number, 1 to 10,000. (Companion signs 20000, which S3 refuses after the bytes were sent.)
pub(super) fn part_number(text: &str) -> Option<u16> {
    text.trim().parse().ok().filter(|number| (1..=10_000).contains(number))
}
