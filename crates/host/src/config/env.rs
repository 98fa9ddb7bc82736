//! Options as people write them in the environment, and what is said when one of them is wrong.

use std::time::Duration;

use axum::http::HeaderName;
use rusty_s3::{Bucket, Credentials};
use url::Url;

use super::{AllowedTypes, Config, MAX_EXPIRES, SealKey, SizeRange, UploadMethod};
use crate::access::Access;
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

/// Declares each option once: its field, and the variables it is read from.
macro_rules! options {
    ($($field:ident: $($name:literal)|+;)*) => {
        /// Settings as text, one field for each variable. Empty text counts as not set.
        #[derive(Clone, Default)]
        #[allow(missing_docs, reason = "each field is the variable of its name, described in the README's table")]
        pub struct RawOptions {
            $(pub $field: Option<String>,)*
        }

        impl RawOptions {
            /// Reads any source of variables; the first name that is set wins.
            pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
                let get = |names: &[&str]| {
                    names.iter().filter_map(|name| lookup(name)).map(|v| v.trim().to_owned()).find(|v| !v.is_empty())
                };
                Self { $($field: get(&[$($name),+]),)* }
            }

            /// The first name of each variable, and what it is set to.
            fn each(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
                [$(([$($name),+][0], self.$field.as_deref())),*].into_iter()
            }
        }
    };
}

options! {
    access_key_id: "AWS_ACCESS_KEY_ID";
    secret_access_key: "AWS_SECRET_ACCESS_KEY";
    session_token: "AWS_SESSION_TOKEN";
    region: "AWS_REGION" | "AWS_DEFAULT_REGION";
    endpoint: "AWS_ENDPOINT_URL_S3" | "AWS_ENDPOINT_URL";
    bucket: "FILECHUTE_BUCKET" | "AWS_BUCKET" | "AWS_BUCKET_NAME";
    path_style: "FILECHUTE_PATH_STYLE" | "AWS_S3_FORCE_PATH_STYLE";
    prefix: "FILECHUTE_PREFIX";
    acl: "FILECHUTE_ACL";
    if_none_match: "FILECHUTE_IF_NONE_MATCH";
    checksums: "FILECHUTE_CHECKSUMS";
    upload_secret: "FILECHUTE_UPLOAD_SECRET";
    expires: "FILECHUTE_EXPIRES";
    min_size: "FILECHUTE_MIN_SIZE";
    max_size: "FILECHUTE_MAX_SIZE";
    allowed_types: "FILECHUTE_ALLOWED_TYPES";
    active_content: "FILECHUTE_ACTIVE_CONTENT";
    allowed_origins: "FILECHUTE_ALLOWED_ORIGINS";
    allowed_headers: "FILECHUTE_ALLOWED_HEADERS";
    credentials_mode: "FILECHUTE_CREDENTIALS";
    public_url: "FILECHUTE_PUBLIC_URL";
    method: "FILECHUTE_METHOD";
    token: "FILECHUTE_TOKEN";
    anonymous: "FILECHUTE_ANONYMOUS";
    forward_auth_url: "FILECHUTE_FORWARD_AUTH_URL";
    forward_auth_user: "FILECHUTE_FORWARD_AUTH_USER";
    rate_limit: "FILECHUTE_RATE_LIMIT";
    trusted_proxies: "FILECHUTE_TRUSTED_PROXIES";
}

impl std::fmt::Debug for RawOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RawOptions { .. }")
    }
}

impl RawOptions {
    /// Reads the process environment. What is no UTF-8 there is refused later, not left out.
    pub fn from_env() -> Self {
        Self::from_lookup(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// Checks everything and fills in the defaults.
    ///
    /// # Errors
    /// The first setting that is missing or cannot be used.
    pub fn validate(&self) -> Result<Config, ConfigError> {
        let credentials = self.credentials()?;
        self.readable()?;
        let config = self.validate_for(self.bucket()?, credentials)?;
        let anyone = flag("FILECHUTE_ANONYMOUS", self.anonymous.as_deref())?.unwrap_or(false);
        if config.access == Access::Anyone && !anyone {
            return Err(ConfigError::Missing {
                name: "FILECHUTE_TOKEN",
                write: "write a long random text that callers send as `Authorization: Bearer …`, or \
                        FILECHUTE_FORWARD_AUTH_URL for a service that decides, or FILECHUTE_ANONYMOUS=true if \
                        something in front of this host decides who may upload",
            });
        }
        Ok(config)
    }

    /// Checks everything but where the objects go, which the caller knows better (the embedded store does). Whoever is not
    /// kept out by a token or a service may upload.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate_for(&self, bucket: Bucket, credentials: Credentials) -> Result<Config, ConfigError> {
        self.readable()?;
        let mut config = Config::new(bucket, credentials);
        config.access = self.access()?;
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
                write: "write content types with commas and without parameters, for example `image/*, application/pdf`",
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
        (config.origins, config.cookies) = self.origins()?;
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

    /// No text that was not one: it would count as not set, and a limit with it.
    fn readable(&self) -> Result<(), ConfigError> {
        let unreadable = self.each().find(|(_, value)| value.is_some_and(|text| text.contains('\u{fffd}')));
        unreadable.map_or(Ok(()), |(name, _)| Err(ConfigError::Invalid { name, write: "write it in UTF-8" }))
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
}

pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

pub(super) fn number(name: &'static str, text: Option<&str>) -> Result<Option<u64>, ConfigError> {
    text.map(|text| text.parse().map_err(|_| ConfigError::Invalid { name, write: "write a whole number" })).transpose()
}

pub(super) fn flag(name: &'static str, text: Option<&str>) -> Result<Option<bool>, ConfigError> {
    text.map(|text| match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(ConfigError::Invalid { name, write: "write `true` or `false`" }),
    })
    .transpose()
}

/// An absolute http(s) URL without user, query and fragment.
pub(super) fn web_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    (matches!(url.scheme(), "http" | "https") && url.host().is_some() && plain).then_some(url)
}
