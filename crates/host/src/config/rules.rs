//! Small validated rules: method, sizes, origins.

use axum::http::HeaderValue;
use url::Url;

/// How a browser is told to send the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadMethod {
    /// A form with a signed policy: S3 itself enforces size, type and key.
    Post,
    /// A presigned PUT, for stores without POST Object (Cloudflare R2).
    Put,
}

impl UploadMethod {
    /// Reads `POST` or `PUT`, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            t if t.eq_ignore_ascii_case("POST") => Some(Self::Post),
            t if t.eq_ignore_ascii_case("PUT") => Some(Self::Put),
            _ => None,
        }
    }
}

/// Allowed object sizes in bytes, both ends included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SizeRange {
    /// Smallest size; 0 allows empty files.
    pub min: u64,
    /// Largest size, if there is one.
    pub max: Option<u64>,
}

impl SizeRange {
    /// Whether any size is refused at all.
    pub fn is_limited(&self) -> bool {
        self.min > 0 || self.max.is_some()
    }
}

/// Which pages may call the routes from another origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedOrigins {
    /// Exactly these, with cookies if the configuration says so.
    Listed(Vec<HeaderValue>),
    /// Every page, without cookies.
    Any,
}

impl Default for AllowedOrigins {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

impl AllowedOrigins {
    /// Reads one origin as browsers send it, `https://shop.example` or `http://localhost:3000`: no path, no slash at the end,
    /// no port that goes without saying. A star stands for nothing here.
    pub fn origin(text: &str) -> Option<HeaderValue> {
        let text = text.trim();
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        // Comparing with what a browser would send also refuses upper case, paths and queries.
        let sent = !text.contains('*') && url.origin().ascii_serialization() == text;
        sent.then(|| HeaderValue::from_str(text).ok())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_send_them() {
        for good in ["https://shop.example", "http://localhost:3000", "http://[::1]:8080"] {
            assert!(AllowedOrigins::origin(good).is_some(), "{good}");
        }
        for bad in [
            "shop.example",
            "https://shop.example/",
            "https://a@b",
            "HTTPS://shop.example",
            "ftp://x",
            "*",
            "null",
            "https://*.shop.example",
            "https://shop.example:443",
            "http://shop.example:80",
            "https://shop.example:",
            "https://shop.example:99999999",
            "https://shop.example?",
            "https://shop .example",
            "https://bücher.example",
            "http://127.1",
        ] {
            assert!(AllowedOrigins::origin(bad).is_none(), "{bad}");
        }
    }
}
