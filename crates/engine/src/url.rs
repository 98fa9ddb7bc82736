//! Addresses from outside: a strict reader of absolute http(s) URLs.
//!
//! Not a URL library: it exists to *refuse* what a browser would bend into something else (`data:`, relative paths,
//! user names, back-slashes, dot segments), so that what was checked is what is requested. The `url` crate would add
//! about 100 kB of IDNA tables to the bundle, and the browser's own parser is not at hand in a pure crate.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::text::{before, cut_at, cut_last, digits, has, split, without_start};

/// Longest address taken, in bytes.
const MAX_LENGTH: usize = 8192;

/// Why an address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlError {
    /// Nothing there.
    Empty,
    /// Over 8 KiB.
    TooLong,
    /// `/path`, `//host/path` or no scheme at all: it would aim at the page's own server.
    Relative,
    /// Another scheme than http and https.
    Scheme,
    /// A user name or password in it.
    UserInfo,
    /// No host, or one with characters no host name has.
    Host,
    /// A `#fragment`, which is never sent.
    Fragment,
    /// White space, control characters or a back-slash, which browsers rewrite.
    Character,
    /// A `.` or `..` segment, which browsers resolve, breaking the signature.
    DotSegment,
}

impl UrlError {
    /// What is wrong, for a developer.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Empty => "url is empty",
            Self::TooLong => "url is longer than 8192 bytes",
            Self::Relative => "url must be absolute, as https://bucket.s3.region.amazonaws.com/key",
            Self::Scheme => "url must start with https:// (http:// for localhost)",
            Self::UserInfo => "url must not hold a user name or password",
            Self::Host => "url has no valid host name",
            Self::Fragment => "url must not hold a #fragment; percent-encode # in keys as %23",
            Self::Character => "url holds white space, control characters or a back-slash; percent-encode them",
            Self::DotSegment => "url has a . or .. segment, which browsers resolve before sending",
        }
    }
}

/// An absolute http(s) address that browsers take as it is.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckedUrl {
    href: String,
    origin: String,
    host: String,
    path_at: usize,
    query_at: usize,
}

impl CheckedUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// See [`UrlError`]: anything but an absolute, plain http or https address.
    pub fn parse(href: &str) -> Result<Self, UrlError> {
        if href.is_empty() {
            return Err(UrlError::Empty);
        }
        if href.len() > MAX_LENGTH {
            return Err(UrlError::TooLong);
        }
        if href.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(UrlError::Character);
        }
        let (scheme, rest) = split_scheme(href)?;
        if has(href, b'#') {
            return Err(UrlError::Fragment);
        }
        let authority = before(before(rest, b'/'), b'?');
        if has(authority, b'@') {
            return Err(UrlError::UserInfo);
        }
        let (host, port) = split_port(authority)?;
        let origin = match (scheme, port) {
            (_, None) | ("https", Some(443)) | ("http", Some(80)) => [scheme, "://", host.as_str()].concat(),
            (_, Some(port)) => [scheme, "://", host.as_str(), ":", &crate::decimal(u64::from(port))].concat(),
        };
        let path_at = href.len().saturating_sub(rest.len()).saturating_add(authority.len());
        let after = href.get(path_at..).unwrap_or_default();
        let query_at = path_at.saturating_add(before(after, b'?').len());
        let url = Self { href: href.to_owned(), origin, host, path_at, query_at };
        let dots = |segment: &str| matches!(percent_decode(segment).as_str(), "." | "..");
        if split(url.path(), b'/').any(dots) {
            return Err(UrlError::DotSegment);
        }
        Ok(url)
    }

    /// The whole address. A presigned one is a credential: never log or show it.
    #[must_use]
    pub fn href(&self) -> &str {
        &self.href
    }

    /// Scheme, host and port, the port only when it is not the scheme's own.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Host in lower case; an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Path with its leading slash, or empty.
    #[must_use]
    pub fn path(&self) -> &str {
        self.href.get(self.path_at..self.query_at).unwrap_or_default()
    }

    /// Query without the question mark, or empty.
    #[must_use]
    pub fn query(&self) -> &str {
        self.href.get(self.query_at..).unwrap_or_default().strip_prefix('?').unwrap_or_default()
    }

    /// The address without its query: fit for messages.
    #[must_use]
    pub fn location(&self) -> String {
        [&self.origin, self.path()].concat()
    }

    /// Whether it is `https:`.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.origin.starts_with("https:")
    }

    /// Whether it names this machine (`localhost`, `*.localhost`, 127.0.0.0/8, `[::1]`).
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// Whether `other`, as a browser reports it after a request, is this address. Queries are not compared.
    #[must_use]
    pub fn same_place(&self, other: &str) -> bool {
        let Ok(other) = Self::parse(before(other, b'#')) else {
            return false;
        };
        let root = |path: &str| if path.is_empty() { "/".to_owned() } else { percent_decode(path) };
        self.origin == other.origin && root(self.path()) == root(other.path())
    }

    /// One value of the query, decoded.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<String> {
        split(self.query(), b'&').find_map(|pair| {
            let (key, value) = cut_at(pair, b'=')?;
            percent_decode(key).eq_ignore_ascii_case(name).then(|| percent_decode(value))
        })
    }

    /// The S3 key this address names, with the bucket taken off when it stands in the path.
    ///
    /// The bucket is known from `bucket`, else by the host: loopback, IP addresses, the endpoints of AWS and of other known
    /// services, and any `s3.…` are path-style. For the rest the signer has to name the key.
    #[must_use]
    pub fn object_key(&self, bucket: Option<&str>) -> String {
        let path = without_start(self.path(), '/');
        let key = match cut_at(path, b'/') {
            Some((first, rest)) => {
                let in_path = match bucket.filter(|b| !b.is_empty()) {
                    Some(bucket) => percent_decode(first) == bucket && !self.host.starts_with(&[bucket, "."].concat()),
                    None => self.is_path_style(),
                };
                if in_path { rest } else { path }
            }
            None => path,
        };
        percent_decode(key)
    }

    /// The bucket this address names: before an endpoint of a known service, or first in the path of one, of an IP address or of
    /// loopback. `None` elsewhere: a store's own host name does not tell.
    #[must_use]
    pub fn bucket(&self) -> Option<String> {
        if self.is_path_style() {
            return Some(percent_decode(before(without_start(self.path(), '/'), b'/')));
        }
        let mut below = self.host.as_str();
        loop {
            below = cut_at(below, b'.')?.1;
            if is_endpoint(below) {
                return Some(self.host.strip_suffix(below)?.strip_suffix('.')?.to_owned());
            }
        }
    }

    fn is_path_style(&self) -> bool {
        is_endpoint(&self.host) || self.is_loopback()
    }
}

/// Whether a host has all buckets of its service, or is none of a service at all but an address.
fn is_endpoint(host: &str) -> bool {
    let ip = host.starts_with('[') || split(host, b'.').all(is_byte);
    let below = |domain: &&str| host.strip_suffix(*domain).and_then(|rest| rest.strip_suffix('.'));
    let region = REGIONAL.iter().find_map(below).is_some_and(|region| !has(region, b'.'));
    let r2 = below(&"r2.cloudflarestorage.com")
        .map(|account| account.strip_suffix(".eu").or(account.strip_suffix(".fedramp")).unwrap_or(account))
        .is_some_and(|account| !has(account, b'.'));
    ip || r2 || region || WHOLE.contains(&host) || is_s3_endpoint(host)
}

/// Services with one host for all buckets.
const WHOLE: [&str; 4] =
    ["storage.googleapis.com", "storage.yandexcloud.net", "fly.storage.tigris.dev", "t3.storage.dev"];
/// Services with one host a region, such as `nyc3.digitaloceanspaces.com`; a bucket is one label more.
const REGIONAL: [&str; 4] =
    ["digitaloceanspaces.com", "linodeobjects.com", "vultrobjects.com", "your-objectstorage.com"];

/// `s3.eu-west-1.amazonaws.com`, AWS's older `s3-eu-west-1…`, and what others named after them. A bucket may be called
/// `s3-…` itself, but then the real endpoint stands behind it.
fn is_s3_endpoint(host: &str) -> bool {
    let aws = host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
    // Before those of access points and of outposts stands no bucket.
    let other = |label: &str| label.starts_with("s3-accesspoint") || label.starts_with("s3-o");
    let mut labels = split(host, b'.').map(|label| label == "s3" || (aws && label.starts_with("s3-") && !other(label)));
    labels.next() == Some(true) && !labels.any(|s3| s3)
}

// By hand: a presigned address must not reach a log through `{:?}`.
impl core::fmt::Debug for CheckedUrl {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.location())?;
        f.write_str(if self.query().is_empty() { "" } else { "?…" })
    }
}

fn split_scheme(href: &str) -> Result<(&'static str, &str), UrlError> {
    let Some((scheme, rest)) = cut_at(href, b':') else {
        return Err(UrlError::Relative);
    };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    if !is_scheme {
        return Err(UrlError::Relative);
    }
    let name = if scheme.eq_ignore_ascii_case("https") {
        "https"
    } else if scheme.eq_ignore_ascii_case("http") {
        "http"
    } else {
        return Err(UrlError::Scheme);
    };
    let Some(rest) = rest.strip_prefix("//") else {
        return Err(UrlError::Host);
    };
    Ok((name, rest))
}

fn split_port(authority: &str) -> Result<(String, Option<u16>), UrlError> {
    let (host, port) = match cut_last(authority, b':') {
        Some((host, port)) if !has(port, b']') => (host, Some(port)),
        _ => (authority, None),
    };
    let port = match port {
        None | Some("") => None,
        Some(port) => Some(digits(port, 10).and_then(|port| u16::try_from(port).ok()).ok_or(UrlError::Host)?),
    };
    let v6 = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let good = match v6 {
        Some(address) => {
            !address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'))
        }
        None => {
            !host.is_empty()
                && !host.starts_with('.')
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        }
    };
    if good { Ok((host.to_ascii_lowercase(), port)) } else { Err(UrlError::Host) }
}

fn is_loopback(host: &str) -> bool {
    let v4 = split(host, b'.').count() == 4 && host.starts_with("127.") && split(host, b'.').all(is_byte);
    v4 || host == "localhost" || host.ends_with(".localhost") || host == "[::1]"
}

/// A part of an address of version 4.
fn is_byte(part: &str) -> bool {
    digits(part, 10).is_some_and(|number| number <= 255)
}

/// Cuts query and fragment off any address, good or bad: what may be shown or logged.
#[must_use]
pub fn without_query(href: &str) -> &str {
    before(before(href, b'?'), b'#')
}

/// Decodes `%XX`; bad sequences stay as they are, and so does all of it where that is no UTF-8.
#[must_use]
pub fn percent_decode(text: &str) -> String {
    if !has(text, b'%') {
        return text.to_owned();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut ahead = bytes.clone();
        let pair = (ahead.next().and_then(hex), ahead.next().and_then(hex));
        if let (Some(high), Some(low)) = pair {
            out.push((high << 4) | low);
            bytes = ahead;
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Encodes everything but RFC 3986's unreserved characters, for a query.
#[must_use]
pub fn percent_encode(text: &str) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(digit(byte >> 4));
            out.push(digit(byte & 15));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn refuses_what_a_browser_would_bend() {
        for (href, error) in [
            ("", UrlError::Empty),
            ("/path", UrlError::Relative),
            ("//evil.example/x", UrlError::Relative),
            ("path", UrlError::Relative),
            ("data:text/plain,hi", UrlError::Scheme),
            ("javascript:alert(1)", UrlError::Scheme),
            ("blob:https://x/1", UrlError::Scheme),
            ("http://", UrlError::Host),
            ("https:/x", UrlError::Host),
            ("https://user:pw@host/", UrlError::UserInfo),
            ("https://host/x#f", UrlError::Fragment),
            ("https://ho st/", UrlError::Character),
            ("https://host\\@evil/", UrlError::Character),
            ("https://host/a/../b", UrlError::DotSegment),
            ("https://host/a/%2E%2e/b", UrlError::DotSegment),
            ("https://host:99999/", UrlError::Host),
            ("https://hö.example/", UrlError::Host),
            ("https://:80/", UrlError::Host),
            ("https://.example/", UrlError::Host),
            ("https://host:8a/", UrlError::Host),
            ("https://host:+80/", UrlError::Host),
            ("https://[]/", UrlError::Host),
            ("https://[::g]/", UrlError::Host),
            ("1a:x", UrlError::Relative),
            ("a_b:x", UrlError::Relative),
        ] {
            assert_eq!(CheckedUrl::parse(href), Err(error), "{href}");
        }
        let of_length = |length: usize| CheckedUrl::parse(&format!("https://h/{}", "x".repeat(length - 10)));
        assert_eq!(of_length(MAX_LENGTH + 1), Err(UrlError::TooLong));
        assert!(of_length(MAX_LENGTH).is_ok());
        assert!(UrlError::Scheme.message().contains("https://") && UrlError::Fragment.message().contains("%23"));
    }

    #[test]
    fn takes_apart_a_presigned_address() {
        let url = CheckedUrl::parse("HTTPS://Bucket.s3.eu-west-1.amazonaws.com:443/a%20b/c.png?X-Amz-Expires=800&x=1")
            .unwrap();
        assert_eq!(url.origin(), "https://bucket.s3.eu-west-1.amazonaws.com");
        assert_eq!(url.path(), "/a%20b/c.png");
        assert_eq!(url.query_value("x-amz-expires").as_deref(), Some("800"));
        assert_eq!(url.object_key(None), "a b/c.png");
        assert_eq!(format!("{url:?}"), "https://bucket.s3.eu-west-1.amazonaws.com/a%20b/c.png?…");
        assert_eq!(format!("{:?}", CheckedUrl::parse("https://h/k").unwrap()), "https://h/k");
    }

    #[test]
    fn ports_and_addresses_of_version_6() {
        for (href, origin) in [
            ("http://[::1]/k", "http://[::1]"),
            ("http://[::1]:9000/k", "http://[::1]:9000"),
            ("https://[2001:DB8::1]:443/k", "https://[2001:db8::1]"),
            ("https://h:/k", "https://h"),
            ("http://h:80", "http://h"),
            ("http://h:443/", "http://h:443"),
        ] {
            assert_eq!(CheckedUrl::parse(href).map(|url| url.origin().to_owned()), Ok(origin.to_owned()), "{href}");
        }
    }

    /// Plain http is for these alone, so nobody else may look like one.
    #[test]
    fn what_stays_on_this_machine() {
        let stays = |host: &str| CheckedUrl::parse(&format!("http://{host}/k")).unwrap().is_loopback();
        for host in ["127.0.0.1", "127.9.8.7:9000", "localhost", "app.localhost:3000", "[::1]:9000"] {
            assert!(stays(host), "{host}");
        }
        for host in [
            "127.0.0.evil",
            "127.0.0.256",
            "127.0.0.1.evil.example",
            "127.evil.example",
            "1.127.0.0",
            "notlocalhost",
            "localhost.example",
            "[::2]",
        ] {
            assert!(!stays(host), "{host}");
        }
    }

    #[test]
    fn finds_the_key_behind_the_bucket() {
        let key = |href: &str, bucket: Option<&str>| CheckedUrl::parse(href).unwrap().object_key(bucket);
        assert_eq!(key("http://127.0.0.1:9000/uploads/a/b.png", None), "a/b.png");
        assert_eq!(key("https://s3.eu-west-1.amazonaws.com/uploads/a.png", None), "a.png");
        assert_eq!(key("https://acc.r2.cloudflarestorage.com/uploads/a.png", None), "a.png");
        assert_eq!(key("https://uploads.acc.r2.cloudflarestorage.com/a/b.png", None), "a/b.png");
        assert_eq!(key("https://cdn.example/uploads/a.png", Some("uploads")), "a.png");
        assert_eq!(key("https://uploads.s3.amazonaws.com/uploads/a.png", Some("uploads")), "uploads/a.png");
        assert_eq!(key("https://minio.example/a.png", None), "a.png");
    }

    /// A bucket called `s3-uploads` was taken for an endpoint, and endpoints of other services for buckets.
    #[test]
    fn tells_endpoints_from_buckets() {
        for path_style in [
            "s3.amazonaws.com",
            "s3-eu-west-1.amazonaws.com",
            "s3.dualstack.eu-west-1.amazonaws.com",
            "s3-fips.us-east-1.amazonaws.com",
            "s3.cn-north-1.amazonaws.com.cn",
            "s3.us-west-004.backblazeb2.com",
            "s3.wasabisys.com",
            "storage.googleapis.com",
            "nyc3.digitaloceanspaces.com",
            "acc.eu.r2.cloudflarestorage.com",
            "192.0.2.7:9000",
        ] {
            let url = CheckedUrl::parse(&format!("https://{path_style}/bucket/a/b.png")).unwrap();
            assert_eq!(url.object_key(None), "a/b.png", "{path_style}");
        }
        for bucket in [
            "s3-uploads.s3.eu-west-1.amazonaws.com",
            "s3-uploads.s3-eu-west-1.amazonaws.com",
            "s3.uploads.s3.amazonaws.com",
            "s3-uploads.s3-accelerate.amazonaws.com",
            "s3-uploads.example.com",
            "uploads.storage.googleapis.com",
            "uploads.nyc3.digitaloceanspaces.com",
            "s3-uploads.nyc3.digitaloceanspaces.com",
        ] {
            let url = CheckedUrl::parse(&format!("https://{bucket}/a/b.png")).unwrap();
            assert_eq!(url.object_key(None), "a/b.png", "{bucket}");
        }
    }

    #[test]
    fn a_bucket_is_named_where_a_known_service_is_asked() {
        for (href, bucket) in [
            ("https://uploads.s3.eu-west-1.amazonaws.com/a/b.png", Some("uploads")),
            ("https://my.uploads.s3.amazonaws.com/a", Some("my.uploads")),
            ("https://s3-uploads.s3-eu-west-1.amazonaws.com/a", Some("s3-uploads")),
            ("https://uploads.s3-accelerate.amazonaws.com/a", Some("uploads")),
            ("https://s3.eu-west-1.amazonaws.com/uploads/a/b.png", Some("uploads")),
            ("https://s3.eu-west-1.amazonaws.com/uploads", Some("uploads")),
            ("http://127.0.0.1:9000/up%20loads/a.png", Some("up loads")),
            ("https://uploads.acc.eu.r2.cloudflarestorage.com/a", Some("uploads")),
            ("https://acc.r2.cloudflarestorage.com/uploads/a", Some("uploads")),
            ("https://uploads.nyc3.digitaloceanspaces.com/a", Some("uploads")),
            ("https://uploads.storage.googleapis.com/a", Some("uploads")),
            // Nobody knows, or it is no bucket's name.
            ("https://files.shop.example/uploads/a.png", None),
            ("https://minio.example/uploads/a.png", None),
            ("https://point-123456789012.s3-accesspoint.eu-west-1.amazonaws.com/a", None),
            ("https://uploads.s3-uploads.example/a", None),
            ("https://localhost.example/a", None),
        ] {
            assert_eq!(CheckedUrl::parse(href).unwrap().bucket().as_deref(), bucket, "{href}");
        }
    }

    #[test]
    fn the_same_place_survives_the_browsers_spelling() {
        let url = CheckedUrl::parse("http://localhost:80/b/ü'x.png?sig=1").unwrap();
        assert!(url.same_place("http://localhost/b/%C3%BC'x.png?sig=1"));
        assert!(!url.same_place("http://localhost/b/other.png"));
        assert!(!url.same_place("http://localhost:81/b/%C3%BC'x.png"));
    }

    #[test]
    fn query_encoding_round_trips() {
        for name in ["١٠ كم мест для Нью-Йорке.pdf", "a\"b\r\nc\\d;é😀.txt", "100%.txt", "a+b&c=d"]
        {
            assert_eq!(percent_decode(&percent_encode(name)), name);
        }
        assert_eq!(percent_decode("%zz%4"), "%zz%4");
    }
}
