//! Small validated rules: method, sizes, types, origins.

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

/// Allowed content types: `image/png`, `image/*`; an empty list allows everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedTypes(Vec<String>);

impl AllowedTypes {
    /// Reads a comma list. Refuses entries that are no content type, since a typo would lock everyone out.
    pub fn parse(list: &str) -> Option<Self> {
        let mut types = Vec::new();
        for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (kind, subtype) = entry.split_once('/')?;
            if kind.is_empty() || subtype.is_empty() || !is_type(entry) || (kind == "*" && subtype != "*") {
                return None;
            }
            types.push(entry.to_ascii_lowercase());
        }
        Some(Self(types))
    }

    /// Whether `content_type` is allowed; parameters after `;` do not count.
    pub fn allows(&self, content_type: Option<&str>) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let Some(essence) = content_type.map(essence) else { return false };
        self.0.iter().any(|allowed| match allowed.strip_suffix('*') {
            Some("*/") => true,
            Some(family) => essence.starts_with(family),
            None => essence == *allowed,
        })
    }

    /// The list as it was written, for messages.
    pub fn describe(&self) -> String {
        self.0.join(", ")
    }
}

/// The type without parameters, in lower case.
pub(crate) fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A content type that is safe in a header and in a form: visible ASCII, `kind/subtype`, parameters allowed.
pub(crate) fn is_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim();
    let token =
        |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
    text.len() <= 255
        && text.bytes().all(|b| matches!(b, b' '..=b'~'))
        && essence.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype))
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
    fn types_match_families_and_ignore_parameters() {
        let types = AllowedTypes::parse("image/*, Application/PDF").unwrap();
        assert!(types.allows(Some("image/svg+xml")) && types.allows(Some("application/pdf; a=b")));
        assert!(!types.allows(Some("imagex/png")) && !types.allows(Some("text/html")) && !types.allows(None));
        assert!(AllowedTypes::default().allows(None));
        assert_eq!(AllowedTypes::parse("jpg"), None);
        assert_eq!(AllowedTypes::parse("*/png"), None);
    }

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

    #[test]
    fn only_header_safe_types_pass() {
        assert!(is_type("text/plain; charset=utf-8"));
        for bad in ["", "png", "image/", "a/b\r\nx: y", "тип/x", "a b/c"] {
            assert!(!is_type(bad), "{bad:?}");
        }
    }
}
