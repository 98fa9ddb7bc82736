//! Small validated rules: method, sizes, origins.

use axum::http::{HeaderValue, Uri};

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
    /// Exactly these, with credentials.
    Listed(Vec<HeaderValue>),
    /// Every page, without credentials.
    Any,
}

impl Default for AllowedOrigins {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

impl AllowedOrigins {
    /// Reads one origin, `https://shop.example` or `http://localhost:3000`: no path, no slash at the end.
    pub fn origin(text: &str) -> Option<HeaderValue> {
        let text = text.trim();
        let uri: Uri = text.parse().ok()?;
        let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"))?;
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
        // Comparing with what a browser would send also refuses upper case, paths and queries.
        let sent = format!("{scheme}://{}", authority.as_str().to_ascii_lowercase());
        (sent == text).then(|| HeaderValue::from_str(text).ok())?
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
        for bad in
            ["shop.example", "https://shop.example/", "https://a@b", "HTTPS://shop.example", "ftp://x", "*", "null"]
        {
            assert!(AllowedOrigins::origin(bad).is_none(), "{bad}");
        }
    }
}
