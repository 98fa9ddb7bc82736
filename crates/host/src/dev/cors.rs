//! The bucket's CORS rule, enforced as S3 enforces one.
//!
//! s3s knows nothing of CORS. A preflight that no rule matches is answered 403; any other request is served all the
//! same, only without the headers that would let the page read the answer. Errors carry them too, as on S3.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};

/// One CORS rule, in the words of S3's configuration.
#[derive(Debug, Clone)]
pub(super) struct BucketCors {
    /// `*` stands for all.
    allowed_origins: Vec<String>,
    allowed_methods: Vec<Method>,
    /// Lower case; `x-amz-*` stands for the family.
    allowed_headers: Vec<&'static str>,
    expose_headers: &'static str,
    max_age_seconds: u32,
}

impl BucketCors {
    /// The rule the project tells people to set on their buckets, so that the demo does not promise more.
    pub(super) fn recommended(allowed_origins: Vec<String>) -> Self {
        Self {
            allowed_origins,
            // GET and DELETE for browsers that list and abort themselves (`signRequest`), and for previews.
            allowed_methods: vec![Method::PUT, Method::POST, Method::GET, Method::DELETE],
            allowed_headers: vec!["content-type", "content-disposition", "content-md5", "x-amz-*", "if-none-match"],
            expose_headers: "ETag, Location, Date, x-amz-request-id, x-amz-checksum-crc64nvme, x-amz-checksum-crc32c, \
                             x-amz-checksum-sha256",
            max_age_seconds: 3000,
        }
    }

    /// The answer to a preflight, if the request is one.
    pub(super) fn preflight<B>(&self, request: &Request<B>) -> Option<Response<Body>> {
        if request.method() != Method::OPTIONS {
            return None;
        }
        let headers = request.headers();
        let wanted = headers.get(header::ACCESS_CONTROL_REQUEST_METHOD);
        let (Some(origin), Some(wanted)) = (headers.get(header::ORIGIN), wanted) else {
            return Some(refusal(
                StatusCode::BAD_REQUEST,
                "BadRequest",
                "Insufficient information. Origin request header needed.",
            ));
        };
        let method = Method::from_bytes(wanted.as_bytes()).ok();
        let asked = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
        let asked_text = asked.map_or(Some(""), |asked| asked.to_str().ok());
        if !self.allows_origin(origin)
            || !method.is_some_and(|method| self.allowed_methods.contains(&method))
            || !asked_text.is_some_and(|asked| self.allows_headers(asked))
        {
            return Some(refusal(
                StatusCode::FORBIDDEN,
                "AccessForbidden",
                "CORSResponse: This CORS request is not allowed. This is usually because the evaluation of Origin, \
                 request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted \
                 by the resource's CORS spec.",
            ));
        }
        let mut response = Response::new(Body::empty());
        let out = response.headers_mut();
        self.allow(origin, out);
        let methods = self.allowed_methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
        out.extend(HeaderValue::from_str(&methods).ok().map(|v| (header::ACCESS_CONTROL_ALLOW_METHODS, v)));
        if let Some(asked) = asked {
            out.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        }
        out.insert(header::ACCESS_CONTROL_MAX_AGE, self.max_age_seconds.into());
        Some(response)
    }

    /// Adds the allow headers to the answer of a request with these `origin` and `method`, if the rule matches.
    pub(super) fn mark(&self, origin: Option<&HeaderValue>, method: &Method, out: &mut HeaderMap) {
        if let Some(origin) = origin
            && self.allows_origin(origin)
            && self.allowed_methods.contains(method)
        {
            self.allow(origin, out);
        }
    }

    fn allow(&self, origin: &HeaderValue, out: &mut HeaderMap) {
        if self.lists(origin) {
            out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            out.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        } else {
            out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        }
        out.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(self.expose_headers));
        let vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
        out.insert(header::VARY, HeaderValue::from_static(vary));
    }

    fn allows_origin(&self, origin: &HeaderValue) -> bool {
        self.lists(origin) || self.allowed_origins.iter().any(|allowed| allowed == "*")
    }

    /// By its own name, not as any.
    fn lists(&self, origin: &HeaderValue) -> bool {
        self.allowed_origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
    }

    fn allows_headers(&self, asked: &str) -> bool {
        asked.split(',').map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty()).all(|name| {
            self.allowed_headers.iter().any(|allowed| match allowed.strip_suffix('*') {
                Some(family) => name.starts_with(family),
                None => name == *allowed,
            })
        })
    }
}

fn refusal(status: StatusCode, code: &'static str, message: &str) -> Response<Body> {
    super::refusals::error(status, code, message)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_rule_is_the_one_in_the_readme() {
        let readme = include_str!("../../README.md");
        let (_, json) = readme.split_once("```json\n[{ \"AllowedOrigins\"").unwrap();
        let rules: Value =
            serde_json::from_str(&format!("[{{ \"AllowedOrigins\"{}", json.split_once("```").unwrap().0)).unwrap();
        let told = |name: &str| -> Vec<&str> {
            rules[0][name].as_array().unwrap().iter().map(|entry| entry.as_str().unwrap()).collect()
        };
        let rule = BucketCors::recommended(Vec::new());
        assert_eq!(rule.allowed_methods.iter().map(Method::as_str).collect::<Vec<_>>(), told("AllowedMethods"));
        assert_eq!(rule.allowed_headers, told("AllowedHeaders"));
        assert_eq!(rule.expose_headers.split(", ").collect::<Vec<_>>(), told("ExposeHeaders"));
        assert_eq!(rules[0]["MaxAgeSeconds"], rule.max_age_seconds);
    }
}
