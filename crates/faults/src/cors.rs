//! CORS headers of answers that the proxy gives by itself, and their removal from others.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_HEADERS, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method};

const EXPOSED: &str = "ETag, Location, Date, Retry-After, x-amz-retry-after, x-amz-request-id, x-amz-id-2, x-amz-version-id, \
                       x-amz-checksum-type, x-amz-checksum-crc32, x-amz-checksum-crc32c, x-amz-checksum-crc64nvme, \
                       x-amz-checksum-sha1, x-amz-checksum-sha256";

/// What a request says about CORS, kept until its answer is built.
#[derive(Debug)]
pub(crate) struct Asked {
    origin: Option<HeaderValue>,
    preflight: bool,
    headers: Option<HeaderValue>,
}

impl Asked {
    pub(crate) fn by(method: &Method, headers: &HeaderMap) -> Self {
        Self {
            origin: headers.get(ORIGIN).cloned(),
            preflight: method == Method::OPTIONS,
            headers: headers.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned(),
        }
    }

    /// Lets the asking page read the answer, as a well configured bucket does.
    pub(crate) fn allow(&self, answer: &mut HeaderMap) {
        let Some(origin) = &self.origin else { return };
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        answer.insert(VARY, HeaderValue::from_static("Origin"));
        if self.preflight {
            answer.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, PUT, POST, DELETE"));
            if let Some(headers) = &self.headers {
                answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, headers.clone());
            }
        } else {
            answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        }
    }
}

/// Takes every CORS header away.
pub(crate) fn strip(answer: &mut HeaderMap) {
    let named: Vec<_> = answer.keys().filter(|name| name.as_str().starts_with("access-control-")).cloned().collect();
    for name in named {
        answer.remove(name);
    }
}

/// Takes `ETag` off the exposed headers; `*` becomes a list without it.
pub(crate) fn hide_etag(answer: &mut HeaderMap) {
    let exposed: Vec<_> = answer.get_all(ACCESS_CONTROL_EXPOSE_HEADERS).iter().flat_map(HeaderValue::to_str).collect();
    let all = exposed.join(",").replace('*', EXPOSED);
    let left: Vec<_> = all.split(',').map(str::trim).filter(|name| !name.eq_ignore_ascii_case("etag")).collect();
    let left = HeaderValue::from_str(&left.join(", "));
    answer.remove(ACCESS_CONTROL_EXPOSE_HEADERS);
    if let Ok(left) = left
        && !left.is_empty()
    {
        answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_etag_is_hidden_however_it_was_exposed() {
        for (before, after) in
            [("ETag", None), ("etag, x-a", Some("x-a")), ("x-a,ETAG,x-b", Some("x-a, x-b")), ("x-a", Some("x-a"))]
        {
            let mut headers = HeaderMap::new();
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(before));
            hide_etag(&mut headers);
            assert_eq!(
                headers.get(ACCESS_CONTROL_EXPOSE_HEADERS).and_then(|value| value.to_str().ok()),
                after,
                "{before}"
            );
        }
        let mut headers = HeaderMap::new();
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
        hide_etag(&mut headers);
        let left = headers[ACCESS_CONTROL_EXPOSE_HEADERS].to_str().expect("text");
        assert!(left.contains("Location") && !left.contains("ETag"), "{left}");
    }
}
