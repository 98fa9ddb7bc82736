//! What the host is told: raw options as people write them, and the validated [`Config`] everything else reads.

mod env;
mod rules;
mod store;
mod types;
mod who;

pub use env::{ConfigError, RawOptions};
pub use rules::{AllowedOrigins, SizeRange, UploadMethod};
pub use types::AllowedTypes;
pub(crate) use types::{essence, is_active, is_type};

use std::fmt;
use std::time::Duration;

use rusty_s3::{Bucket, Credentials};
use url::Url;

use crate::access::Access;
use crate::key::{KeyMaker, MAX_KEY_BYTES};
use crate::limit::RateLimit;

/// Longest life of a signed URL: seven days. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html>
pub(crate) const MAX_EXPIRES: Duration = Duration::from_secs(604_800);

/// Everything [`crate::router`] needs, with no default left open.
///
/// Made by [`RawOptions::validate`]; an application that embeds the router changes single fields afterwards.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// Endpoint, addressing style, name and region of the bucket.
    pub bucket: Bucket,
    /// The key pair that signs. Its `Debug` shows the id only.
    pub credentials: Credentials,
    /// How browsers upload unless they ask otherwise.
    pub method: UploadMethod,
    /// How long a signature is good for: a second to seven days, beyond which it is cut.
    pub expires: Duration,
    /// What every key starts with; may be empty.
    pub prefix: String,
    /// Makes the rest of the key.
    pub key: KeyMaker,
    /// Longest key, in bytes; smaller than S3's limit where the store keeps keys as file names.
    pub max_key_bytes: usize,
    /// Canned ACL for new objects. `None` for buckets whose owner enforces ownership (the default on AWS).
    pub acl: Option<String>,
    /// Write only where no object is yet (`If-None-Match: *`). Forms cannot say so, hence PUT only.
    pub if_none_match: bool,
    /// Sign the checksums that browsers announce. Off for stores that refuse them (Backblaze B2).
    pub checksums: bool,
    /// What uploads are sealed with, the same on every instance. `None` takes the secret key, which temporary
    /// credentials change.
    pub seal: Option<SealKey>,
    /// Allowed object sizes.
    pub size: SizeRange,
    /// Allowed content types.
    pub types: AllowedTypes,
    /// Store HTML, SVG and XML so that a browser shows them in place instead of downloading them. Scripts in such
    /// files then run on the bucket's origin.
    pub inline_active_content: bool,
    /// Origins whose pages may call the routes.
    pub origins: AllowedOrigins,
    /// Whether the listed ones may send cookies.
    pub cookies: bool,
    /// Request headers pages may send besides the usual ones.
    pub extra_headers: Vec<axum::http::HeaderName>,
    /// Where finished objects can be read, without a slash at the end; answers then carry `publicUrl`.
    pub public_url: Option<Url>,
    /// Who may ask for signatures.
    pub access: Access,
    /// How often one address may ask. `None` leaves that to whatever stands in front.
    pub rate_limit: Option<RateLimit>,
    /// How many proxies stand in front and write `X-Forwarded-For`; 0 trusts none and takes the peer's address.
    pub trusted_proxies: u8,
}

impl Config {
    /// A configuration with every option at its default, for a bucket and its credentials.
    ///
    /// Anyone who reaches the router is served: put your own authentication in a layer around it.
    pub fn new(bucket: Bucket, credentials: Credentials) -> Self {
        Self {
            bucket,
            credentials,
            method: UploadMethod::Post,
            expires: Duration::from_secs(800),
            prefix: String::new(),
            key: KeyMaker::default(),
            max_key_bytes: MAX_KEY_BYTES,
            acl: None,
            if_none_match: false,
            checksums: true,
            seal: None,
            size: SizeRange::default(),
            types: AllowedTypes::default(),
            inline_active_content: false,
            origins: AllowedOrigins::default(),
            cookies: true,
            extra_headers: Vec::new(),
            public_url: None,
            access: Access::Anyone,
            rate_limit: None,
            trusted_proxies: 0,
        }
    }
}

/// A secret text that `Debug` does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct SealKey(pub String);

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(…)")
    }
}
