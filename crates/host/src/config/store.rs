//! Where the objects go: the variables about the store, the bucket and the key pair.

use rusty_s3::{Bucket, Credentials, UrlStyle};
use url::Url;

use super::env::{flag, web_url};
use super::{ConfigError, RawOptions};

/// Lengths of a bucket's name, the longest of old buckets and of stores other than AWS.
const NAME_BYTES: std::ops::RangeInclusive<usize> = 3..=255;
/// Longest name that can be part of a host name.
const MAX_LABEL_BYTES: usize = 63;

impl RawOptions {
    /// The key pair.
    pub(super) fn credentials(&self) -> Result<Credentials, ConfigError> {
        let write = "write the key pair that signs uploads; the README names the rights it needs";
        let key = self.access_key_id.clone().ok_or(ConfigError::Missing { name: "AWS_ACCESS_KEY_ID", write })?;
        let secret =
            self.secret_access_key.clone().ok_or(ConfigError::Missing { name: "AWS_SECRET_ACCESS_KEY", write })?;
        Ok(match self.session_token.clone() {
            Some(token) => Credentials::new_with_token(key, secret, token),
            None => Credentials::new(key, secret),
        })
    }

    /// The bucket, with its region and its addresses.
    pub(super) fn bucket(&self) -> Result<Bucket, ConfigError> {
        let name = self.bucket.clone().ok_or(ConfigError::Missing {
            name: "FILECHUTE_BUCKET",
            write: "write the bucket's name, for example FILECHUTE_BUCKET=uploads",
        })?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
        if !name.bytes().all(plain) || name.split('.').any(str::is_empty) || !NAME_BYTES.contains(&name.len()) {
            let write = "write the bucket's bare name, 3 letters at least: no URL, no slash, no two dots";
            return Err(ConfigError::Invalid { name: "FILECHUTE_BUCKET", write });
        }
        let region = self.region.clone().ok_or(ConfigError::Missing {
            name: "AWS_REGION",
            write: "write the bucket's region, for example `eu-central-1` (`auto` for R2, `us-east-1` for MinIO)",
        })?;
        // It becomes a piece of what is signed, between slashes.
        if !region.bytes().all(plain) {
            let write = "write a region such as `eu-central-1`: letters, digits and hyphens";
            return Err(ConfigError::Invalid { name: "AWS_REGION", write });
        }
        let endpoint = match &self.endpoint {
            Some(endpoint) => web_url(endpoint).ok_or(ConfigError::Invalid {
                name: "AWS_ENDPOINT_URL_S3",
                write: "write the store's http(s) URL without the bucket, for example `https://s3.example`",
            })?,
            None => aws_endpoint(&region)
                .ok_or(ConfigError::Invalid { name: "AWS_REGION", write: "write a region such as `eu-central-1`" })?,
        };
        // A dot in the name breaks the certificate of `bucket.s3…`; a bare address cannot take a subdomain.
        let numeric = !matches!(endpoint.host(), Some(url::Host::Domain(host)) if host != "localhost");
        let path_style = flag("FILECHUTE_PATH_STYLE", self.path_style.as_deref())?;
        let style =
            if path_style.unwrap_or(numeric || name.contains('.')) { UrlStyle::Path } else { UrlStyle::VirtualHost };
        let is_label = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
        if matches!(style, UrlStyle::VirtualHost) && (!name.bytes().all(is_label) || name.len() > MAX_LABEL_BYTES) {
            let write = "a name with capitals or underscores, or of more than 63 letters, cannot be part of a host name: \
                         set FILECHUTE_PATH_STYLE=true, or write another";
            return Err(ConfigError::Invalid { name: "FILECHUTE_BUCKET", write });
        }
        Bucket::new(endpoint, style, name, region).map_err(|_| ConfigError::Invalid {
            name: "AWS_ENDPOINT_URL_S3",
            write: "write the store's http(s) URL without the bucket, for example `https://s3.example`",
        })
    }
}

fn aws_endpoint(region: &str) -> Option<Url> {
    let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let known = region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    known.then(|| Url::parse(&format!("https://s3.{region}.{suffix}")).ok())?
}
