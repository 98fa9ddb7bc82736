//! Signing one upload: a POST policy or a presigned PUT, from the same facts.
//!
//! No cryptography of its own: PUT is presigned by rusty-s3, the policy's signature is made by the AWS SDK's signer.

mod multipart;
mod post;
mod put;

pub(crate) use multipart::{Operation, Signed, sign_operation};
pub(crate) use put::{headers as put_headers, headers_without_type};

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::checksum::Checksum;
use crate::config::{Config, UploadMethod, is_active};
use crate::metadata;

/// What is about to be uploaded; everything in it is checked already.
#[derive(Debug)]
pub(crate) struct Upload<'a> {
    pub(crate) method: UploadMethod,
    pub(crate) key: &'a str,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) metadata: &'a [(String, String)],
    /// The exact size, when the client told it.
    pub(crate) size: Option<u64>,
    /// Of the whole object; S3 compares it with the bytes.
    pub(crate) checksum: Option<&'a Checksum>,
}

/// The answer of `GET /s3/params`, a superset of Companion's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Parameters {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    /// The form, in the order it must be sent; empty for PUT.
    pub(crate) fields: Pairs,
    /// Request headers to send exactly so; absent for POST.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) headers: Option<Pairs>,
    /// Seconds.
    pub(crate) expires: u64,
    pub(crate) key: String,
    bucket: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_url: Option<String>,
}

/// Name-value pairs that become a JSON object in this order: S3 reads a form from the top.
#[derive(Debug, Default)]
pub(crate) struct Pairs(Vec<(String, String)>);

impl Pairs {
    pub(crate) fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn as_slice(&self) -> &[(String, String)] {
        &self.0
    }
}

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Signs `upload` as of `now`.
pub(crate) fn sign(config: &Config, upload: &Upload<'_>, now: Timestamp) -> Parameters {
    let (method, url, fields, headers) = match upload.method {
        UploadMethod::Post => {
            let (url, fields) = post::sign(config, upload, now);
            ("POST", url, fields, None)
        }
        UploadMethod::Put => {
            let (url, headers) = put::sign(config, upload, now);
            ("PUT", url, Pairs::default(), Some(headers))
        }
    };
    Parameters {
        method,
        url,
        fields,
        headers,
        expires: config.expires.as_secs(),
        key: upload.key.to_owned(),
        bucket: config.bucket.name().to_owned(),
        public_url: config.public_url.as_ref().map(|base| public_url(base.as_str(), upload.key)),
    }
}

/// The type of a file whose type nobody told. S3 takes any header of this name that is not signed, so one always is: else
/// whoever uploads could make the object a page.
const UNTYPED: &str = "application/octet-stream";

/// Headers of the object itself, the same for both methods: content type, disposition, metadata, checksum.
fn object_headers(config: &Config, upload: &Upload<'_>) -> Pairs {
    let mut pairs = Pairs::default();
    let content_type = upload.content_type.unwrap_or(UNTYPED);
    pairs.push("content-type", content_type);
    if !config.inline_active_content && is_active(content_type) {
        pairs.push("content-disposition", "attachment");
    }
    if let Some(acl) = &config.acl {
        pairs.push("acl", acl);
    }
    for (name, value) in upload.metadata {
        pairs.push(format!("x-amz-meta-{name}"), metadata::encode(value));
    }
    if let Some((name, value)) = upload.checksum.map(Checksum::pair) {
        pairs.push(name, value);
    }
    pairs
}

/// RFC 3986's unreserved characters and `/` stay.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The key appended to a base URL, percent-encoded.
pub(crate) fn public_url(base: &str, key: &str) -> String {
    format!("{}/{}", base.trim_end_matches('/'), utf8_percent_encode(key, PATH))
}

/// `20261201T120000Z`, S3's form of a moment.
fn amz_date(now: Timestamp) -> String {
    now.strftime("%Y%m%dT%H%M%SZ").to_string()
}
