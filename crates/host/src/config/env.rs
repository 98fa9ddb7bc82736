//! Options as people write them in the environment, and what is said when one of them is wrong.

use std::time::Duration;

use axum::http::HeaderName;
use rusty_s3::{Bucket, Credentials, UrlStyle};
use url::Url;

use super::{AllowedOrigins, AllowedTypes, Config, MAX_EXPIRES, SealKey, SizeRange, UploadMethod};
use crate::access::{Access, ForwardAuth};
use crate::key::{MAX_KEY_BYTES, check_key};
use crate::limit::RateLimit;

/// A setting that stops the host from starting: which variable, and what to write instead.
///
/// Holds no values, so that a mistyped secret is never printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A setting without which nothing works.
    #[error("{name} is not set: {write}")]
    Missing {
        /// The variable's first name.
        name: &'static str,
        /// What to write.
        write: &'static str,
    },
    /// A setting that cannot be used as written.
    #[error("{name} cannot be used: {write}")]
    Invalid {
        /// The variable's first name.
        name: &'static str,
        /// What to write.
        write: &'static str,
    },
}

/// Settings as text, one field for each variable. Empty text counts as not set.
#[derive(Clone, Default)]
#[allow(missing_docs, reason = "each field is the variable of its name, described in the README's table")]
pub struct RawOptions {
    pub access_key_id: Option<String>,
    pub secret_access_key: Option<String>,
    pub session_token: Option<String>,
    pub region: Option<String>,
    pub endpoint: Option<String>,
    pub bucket: Option<String>,
    pub path_style: Option<String>,
    pub prefix: Option<String>,
    pub acl: Option<String>,
    pub if_none_match: Option<String>,
    pub checksums: Option<String>,
    pub upload_secret: Option<String>,
    pub expires: Option<String>,
    pub min_size: Option<String>,
    pub max_size: Option<String>,
    pub allowed_types: Option<String>,
    pub active_content: Option<String>,
    pub allowed_origins: Option<String>,
    pub allowed_headers: Option<String>,
    pub credentials_mode: Option<String>,
    pub public_url: Option<String>,
    pub method: Option<String>,
    pub token: Option<String>,
    pub anonymous: Option<String>,
    pub forward_auth_url: Option<String>,
    pub forward_auth_user: Option<String>,
    pub rate_limit: Option<String>,
    pub trusted_proxies: Option<String>,
}

impl std::fmt::Debug for RawOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RawOptions { .. }")
    }
}

impl RawOptions {
    /// Reads the process environment.
    pub fn from_env() -> Self {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads any source of variables; the first name that is set wins.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let get = |names: &[&str]| {
            names.iter().filter_map(|name| lookup(name)).map(|v| v.trim().to_owned()).find(|v| !v.is_empty())
        };
        Self {
            access_key_id: get(&["AWS_ACCESS_KEY_ID"]),
            secret_access_key: get(&["AWS_SECRET_ACCESS_KEY"]),
            session_token: get(&["AWS_SESSION_TOKEN"]),
            region: get(&["AWS_REGION", "AWS_DEFAULT_REGION"]),
            endpoint: get(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]),
            bucket: get(&["FILECHUTE_BUCKET", "AWS_BUCKET", "AWS_BUCKET_NAME"]),
            path_style: get(&["FILECHUTE_PATH_STYLE", "AWS_S3_FORCE_PATH_STYLE"]),
            prefix: get(&["FILECHUTE_PREFIX"]),
            acl: get(&["FILECHUTE_ACL"]),
            if_none_match: get(&["FILECHUTE_IF_NONE_MATCH"]),
            checksums: get(&["FILECHUTE_CHECKSUMS"]),
            upload_secret: get(&["FILECHUTE_UPLOAD_SECRET"]),
            expires: get(&["FILECHUTE_EXPIRES"]),
            min_size: get(&["FILECHUTE_MIN_SIZE"]),
            max_size: get(&["FILECHUTE_MAX_SIZE"]),
            allowed_types: get(&["FILECHUTE_ALLOWED_TYPES"]),
            active_content: get(&["FILECHUTE_ACTIVE_CONTENT"]),
            allowed_origins: get(&["FILECHUTE_ALLOWED_ORIGINS"]),
            allowed_headers: get(&["FILECHUTE_ALLOWED_HEADERS"]),
            credentials_mode: get(&["FILECHUTE_CREDENTIALS"]),
            public_url: get(&["FILECHUTE_PUBLIC_URL"]),
            method: get(&["FILECHUTE_METHOD"]),
            token: get(&["FILECHUTE_TOKEN"]),
            anonymous: get(&["FILECHUTE_ANONYMOUS"]),
            forward_auth_url: get(&["FILECHUTE_FORWARD_AUTH_URL"]),
            forward_auth_user: get(&["FILECHUTE_FORWARD_AUTH_USER"]),
            rate_limit: get(&["FILECHUTE_RATE_LIMIT"]),
            trusted_proxies: get(&["FILECHUTE_TRUSTED_PROXIES"]),
        }
    }

    /// Checks everything and fills in the defaults.
    ///
    /// # Errors
    /// The first setting that is missing or cannot be used.
    pub fn validate(&self) -> Result<Config, ConfigError> {
        let credentials = self.credentials()?;
        let mut config = self.validate_for(self.bucket()?, credentials)?;
        let anyone = flag("FILECHUTE_ANONYMOUS", self.anonymous.as_deref())?.unwrap_or(false);
        config.access = match (&self.token, self.forward_auth()?) {
            (Some(_), Some(_)) => {
                let write = "write one of FILECHUTE_TOKEN and FILECHUTE_FORWARD_AUTH_URL, not both";
                return Err(ConfigError::Invalid { name: "FILECHUTE_FORWARD_AUTH_URL", write });
            }
            (Some(token), None) => Access::Token(token.clone()),
            (None, Some(forward)) => Access::Forward(forward),
            (None, None) if anyone => Access::Anyone,
            (None, None) => {
                return Err(ConfigError::Missing {
                    name: "FILECHUTE_TOKEN",
                    write: "write a long random text that callers send as `Authorization: Bearer …`, or \
                            FILECHUTE_FORWARD_AUTH_URL for a service that decides, or FILECHUTE_ANONYMOUS=true if \
                            something in front of this host decides who may upload",
                });
            }
        };
        Ok(config)
    }

    /// Checks everything but where the objects go, which the caller knows better (the embedded store does).
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate_for(&self, bucket: Bucket, credentials: Credentials) -> Result<Config, ConfigError> {
        let mut config = Config::new(bucket, credentials);
        if let Some(method) = &self.method {
            config.method = UploadMethod::parse(method)
                .ok_or(ConfigError::Invalid { name: "FILECHUTE_METHOD", write: "write POST or PUT" })?;
        }
        if let Some(expires) = number("FILECHUTE_EXPIRES", self.expires.as_deref())? {
            config.expires = Duration::from_secs(expires);
            if config.expires.is_zero() || config.expires > MAX_EXPIRES {
                let write = "write seconds, from 1 to 604800 (seven days)";
                return Err(ConfigError::Invalid { name: "FILECHUTE_EXPIRES", write });
            }
        }
        if let Some(prefix) = &self.prefix {
            // A key under the prefix must be a good key; 512 bytes leave room for the rest.
            check_key(&format!("{prefix}x"), MAX_KEY_BYTES / 2).map_err(|_| ConfigError::Invalid {
                name: "FILECHUTE_PREFIX",
                write: "write something like `uploads/`: no slash in front, no `..`, at most 500 bytes",
            })?;
            config.prefix.clone_from(prefix);
        }
        if let Some(acl) = &self.acl {
            if !acl.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
                let write = "write a canned ACL such as `private` or `public-read`";
                return Err(ConfigError::Invalid { name: "FILECHUTE_ACL", write });
            }
            config.acl = Some(acl.clone());
        }
        config.if_none_match = flag("FILECHUTE_IF_NONE_MATCH", self.if_none_match.as_deref())?.unwrap_or(false);
        if config.if_none_match {
            if self.method.is_some() && config.method == UploadMethod::Post {
                let write = "write PUT, or leave it out: FILECHUTE_IF_NONE_MATCH has no effect on forms";
                return Err(ConfigError::Invalid { name: "FILECHUTE_METHOD", write });
            }
            config.method = UploadMethod::Put;
        }
        config.checksums = flag("FILECHUTE_CHECKSUMS", self.checksums.as_deref())?.unwrap_or(true);
        config.seal = self.upload_secret.clone().map(SealKey);
        if let Some(limit) = &self.rate_limit {
            config.rate_limit = Some(RateLimit::parse(limit).ok_or(ConfigError::Invalid {
                name: "FILECHUTE_RATE_LIMIT",
                write: "write requests per minute and address, for example `600`, or with a burst `600/100`",
            })?);
        }
        if let Some(proxies) = number("FILECHUTE_TRUSTED_PROXIES", self.trusted_proxies.as_deref())? {
            let write = "write how many proxies stand in front of this host, usually 1";
            let invalid = ConfigError::Invalid { name: "FILECHUTE_TRUSTED_PROXIES", write };
            config.trusted_proxies = u8::try_from(proxies).map_err(|_| invalid)?;
        }
        config.size = self.size()?;
        if let Some(types) = &self.allowed_types {
            config.types = AllowedTypes::parse(types).ok_or(ConfigError::Invalid {
                name: "FILECHUTE_ALLOWED_TYPES",
                write: "write content types with commas, for example `image/*, application/pdf`",
            })?;
        }
        config.inline_active_content = match self.active_content.as_deref() {
            None | Some("attachment") => false,
            Some("inline") => true,
            Some(_) => {
                let write = "write `attachment` or `inline`";
                return Err(ConfigError::Invalid { name: "FILECHUTE_ACTIVE_CONTENT", write });
            }
        };
        config.origins = self.origins()?;
        if let Some(headers) = &self.allowed_headers {
            config.extra_headers =
                list(headers).map(|name| HeaderName::try_from(name).ok()).collect::<Option<_>>().ok_or(
                    ConfigError::Invalid { name: "FILECHUTE_ALLOWED_HEADERS", write: "write header names with commas" },
                )?;
        }
        if let Some(url) = &self.public_url {
            config.public_url = Some(web_url(url).ok_or(ConfigError::Invalid {
                name: "FILECHUTE_PUBLIC_URL",
                write: "write an http(s) URL without query, for example `https://cdn.example/uploads`",
            })?);
        }
        Ok(config)
    }

    fn forward_auth(&self) -> Result<Option<ForwardAuth>, ConfigError> {
        let Some(url) = &self.forward_auth_url else { return Ok(None) };
        let url = web_url(url).ok_or(ConfigError::Invalid {
            name: "FILECHUTE_FORWARD_AUTH_URL",
            write: "write an http(s) URL without query, for example `http://auth.internal/verify`",
        })?;
        let user_header = self.forward_auth_user.as_deref().map(HeaderName::try_from).transpose().map_err(|_| {
            let write = "write the name of the header that names the user, for example `remote-user`";
            ConfigError::Invalid { name: "FILECHUTE_FORWARD_AUTH_USER", write }
        })?;
        Ok(Some(ForwardAuth { url, user_header }))
    }

    fn credentials(&self) -> Result<Credentials, ConfigError> {
        let write = "write the key pair that signs uploads; the README names the rights it needs";
        let key = self.access_key_id.clone().ok_or(ConfigError::Missing { name: "AWS_ACCESS_KEY_ID", write })?;
        let secret =
            self.secret_access_key.clone().ok_or(ConfigError::Missing { name: "AWS_SECRET_ACCESS_KEY", write })?;
        Ok(match self.session_token.clone() {
            Some(token) => Credentials::new_with_token(key, secret, token),
            None => Credentials::new(key, secret),
        })
    }

    fn bucket(&self) -> Result<Bucket, ConfigError> {
        let name = self.bucket.clone().ok_or(ConfigError::Missing {
            name: "FILECHUTE_BUCKET",
            write: "write the bucket's name, for example FILECHUTE_BUCKET=uploads",
        })?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
        if !name.bytes().all(plain) || name.starts_with('.') {
            let write = "write the bucket's bare name: no URL, no slash";
            return Err(ConfigError::Invalid { name: "FILECHUTE_BUCKET", write });
        }
        let region = self.region.clone().ok_or(ConfigError::Missing {
            name: "AWS_REGION",
            write: "write the bucket's region, for example `eu-central-1` (`auto` for R2, `us-east-1` for MinIO)",
        })?;
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
        Bucket::new(endpoint, style, name, region).map_err(|_| ConfigError::Invalid {
            name: "AWS_ENDPOINT_URL_S3",
            write: "write the store's http(s) URL without the bucket, for example `https://s3.example`",
        })
    }

    fn size(&self) -> Result<SizeRange, ConfigError> {
        let min = number("FILECHUTE_MIN_SIZE", self.min_size.as_deref())?.unwrap_or(0);
        let max = number("FILECHUTE_MAX_SIZE", self.max_size.as_deref())?;
        if max.is_some_and(|max| max < min) {
            let write = "write bytes, not less than FILECHUTE_MIN_SIZE";
            return Err(ConfigError::Invalid { name: "FILECHUTE_MAX_SIZE", write });
        }
        Ok(SizeRange { min, max })
    }

    fn origins(&self) -> Result<AllowedOrigins, ConfigError> {
        let credentials = match self.credentials_mode.as_deref() {
            None | Some("include") => true,
            Some("omit") => false,
            Some(_) => {
                let write = "write `include` or `omit`";
                return Err(ConfigError::Invalid { name: "FILECHUTE_CREDENTIALS", write });
            }
        };
        let Some(origins) = &self.allowed_origins else { return Ok(AllowedOrigins::default()) };
        if origins == "*" {
            return if credentials {
                Err(ConfigError::Invalid {
                    name: "FILECHUTE_ALLOWED_ORIGINS",
                    write: "`*` with cookies would let any page upload as your users: list the origins \
                            (`https://shop.example`), or set FILECHUTE_CREDENTIALS=omit as well",
                })
            } else {
                Ok(AllowedOrigins::Any)
            };
        }
        list(origins).map(AllowedOrigins::origin).collect::<Option<_>>().map(AllowedOrigins::Listed).ok_or(
            ConfigError::Invalid {
                name: "FILECHUTE_ALLOWED_ORIGINS",
                write: "write origins with commas, as browsers send them: `https://shop.example`, no path, no slash",
            },
        )
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

fn number(name: &'static str, text: Option<&str>) -> Result<Option<u64>, ConfigError> {
    text.map(|text| text.parse().map_err(|_| ConfigError::Invalid { name, write: "write a whole number" })).transpose()
}

fn flag(name: &'static str, text: Option<&str>) -> Result<Option<bool>, ConfigError> {
    text.map(|text| match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(ConfigError::Invalid { name, write: "write `true` or `false`" }),
    })
    .transpose()
}

/// An absolute http(s) URL without user, query and fragment.
fn web_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    (matches!(url.scheme(), "http" | "https") && url.host().is_some() && plain).then_some(url)
}

fn aws_endpoint(region: &str) -> Option<Url> {
    let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let known = region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    known.then(|| Url::parse(&format!("https://s3.{region}.{suffix}")).ok())?
}
