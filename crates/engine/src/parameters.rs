//! What the host answers when it is asked where to send a file: hostile until checked here.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    Algorithm, CheckedUrl, Class, Digest, Failure, Kind,
    doctor::Page,
    text::{digits, has, without_end},
};

/// Most headers taken.
const MAX_HEADERS: usize = 64;
/// Most bytes of form fields taken: S3's own limit for a form without its file.
const MAX_FIELD_BYTES: usize = 20 * 1024;
/// Longest life of a presigned address in seconds: seven days, S3's own limit.
const MAX_EXPIRES_S: f64 = 604_800.0;

/// How the bytes travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The raw file as the body (S3 `PutObject`).
    Put,
    /// A form: the fields in order, then `file` (S3 `POST Object`).
    Post,
}

impl Method {
    /// The word on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Put => "PUT",
            Self::Post => "POST",
        }
    }
}

/// An answer of the host as it came, its types checked and nothing else.
#[derive(Clone, Default)]
pub struct RawParameters {
    /// `method`.
    pub method: Option<String>,
    /// `url`.
    pub url: String,
    /// `fields` in their order, `None` when absent or null.
    pub fields: Option<Vec<(String, String)>>,
    /// `headers`.
    pub headers: Vec<(String, String)>,
    /// `key`, for signers that choose it and use PUT.
    pub key: Option<String>,
    /// `expires`: seconds until the address is worthless.
    pub expires: Option<f64>,
    /// `publicUrl`: where the object can be read once it is there.
    pub public_url: Option<String>,
}

/// What this page allows a host to say.
#[derive(Clone, Debug, Default)]
pub struct ParameterPolicy {
    /// Whether the page itself came over https, so that http would be mixed content.
    pub page_is_secure: bool,
    /// The page's own origin.
    pub page_origin: String,
    /// Origins uploads may go to; empty allows all.
    pub allowed_origins: Vec<String>,
    /// Whether plain http to another machine is wanted (a test network).
    pub allow_http: bool,
    /// Whether an `Authorization` header may go to another origin than the page's.
    pub allow_authorization: bool,
    /// The device's clock in milliseconds since 1970, read once for each answer; only the doctor wants to know.
    pub clock: Option<fn() -> u64>,
}

/// Where and how to send one file: checked.
#[derive(Clone)]
pub struct UploadParameters {
    /// How.
    pub method: Method,
    /// Where.
    pub url: CheckedUrl,
    /// Form fields in their order; sent with POST, merged into the file's meta either way.
    pub fields: Vec<(String, String)>,
    /// Request headers.
    pub headers: Vec<(String, String)>,
    /// Names of headers that were left out since browsers forbid them, by semicolons; for the doctor.
    pub forbidden: String,
    /// The object's key when the host named it.
    pub key: Option<String>,
    /// Milliseconds from the answer until the address is worthless.
    pub expires_in_ms: Option<u64>,
    /// Where the object can be read once it is there; http(s), or empty where the host did not say.
    pub public_url: String,
    /// The checksum of the bytes to be sent, set by the driver where it was computed.
    pub checksum: Option<Digest>,
    /// The page they are for, and when they came.
    pub page: Page,
}

// By hand: fields, headers and the query are credentials.
impl core::fmt::Debug for RawParameters {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("RawParameters { … }")
    }
}

// By hand: fields, headers and the query are credentials.
impl core::fmt::Debug for UploadParameters {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("UploadParameters").field("method", &self.method).field("url", &self.url).finish_non_exhaustive()
    }
}

impl RawParameters {
    /// Where nobody said how long these live, the word of the signed address: `X-Amz-Expires`, in seconds from when it was signed,
    /// which was just now, most likely. More than a day is not waited for.
    #[must_use]
    pub fn with_life(mut self) -> Self {
        let said = self.url.split(['?', '&']).find_map(|pair| pair.strip_prefix("X-Amz-Expires="));
        let life = said.and_then(|said| digits(said, 10)).filter(|seconds| (1..100_000).contains(seconds));
        self.expires = self.expires.or_else(|| life.map(|seconds| f64::from(u32::try_from(seconds).unwrap_or(0))));
        self
    }

    /// Checks the answer.
    ///
    /// # Errors
    /// A final failure `config.<what>` that names the offending part and never quotes a credential.
    pub fn check(self, policy: &ParameterPolicy) -> Result<UploadParameters, Failure> {
        let url = check_url(&self.url, policy)?;
        let has_fields = self.fields.as_ref().is_some_and(|fields| !fields.is_empty());
        let method = match self.method.as_deref().map(str::trim_ascii) {
            None | Some("") if has_fields => Method::Post,
            None | Some("") => Method::Put,
            Some(m) if m.eq_ignore_ascii_case("put") => Method::Put,
            Some(m) if m.eq_ignore_ascii_case("post") => Method::Post,
            Some(_) => return Err(config("method", "method must be PUT or POST")),
        };
        let fields = check_fields(self.fields.unwrap_or_default())?;
        let same_origin = url.origin() == policy.page_origin;
        let may_authorize = same_origin || policy.allow_authorization;
        let (headers, forbidden) = check_headers(self.headers, method, may_authorize)?;
        let expires_in_ms = match self.expires {
            None => None,
            Some(s) if s.is_finite() && s >= 1.0 => Some(seconds_to_ms(s.min(MAX_EXPIRES_S))),
            Some(_) => return Err(config("expires", "expires must be seconds from 1 to 604800")),
        };
        let key = self.key.filter(|key| !key.trim_ascii().is_empty() && key.len() <= 1024);
        let public_url = self.public_url.filter(|url| is_web(url)).unwrap_or_default();
        let page = Page {
            origin: policy.page_origin.clone(),
            secure: policy.page_is_secure,
            unix_ms: policy.clock.map(|clock| clock()),
        };
        let checksum = None;
        Ok(UploadParameters { method, url, fields, headers, forbidden, key, expires_in_ms, public_url, checksum, page })
    }
}

impl UploadParameters {
    /// The value of a form field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether the request carries this checksum, so that S3 refuses other bytes.
    #[must_use]
    pub fn carries(&self, checksum: &Digest) -> bool {
        let (name, value) = (checksum.algorithm().header(), checksum.base64());
        let form = self.method == Method::Post;
        // S3 says nothing of a form's MD5.
        let pairs = if form && checksum.algorithm() != Algorithm::Md5 { &self.fields } else { &self.headers };
        pairs.iter().any(|(known, known_value)| known.eq_ignore_ascii_case(name) && *known_value == value)
    }
}

/// Whether it is an address that a page may show.
pub(crate) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn seconds_to_ms(seconds: f64) -> u64 {
    (seconds as u64).saturating_mul(1000)
}

fn config(code: &str, message: &str) -> Failure {
    Failure::new(Kind::Config, code, Class::Final, message)
}

fn check_url(href: &str, policy: &ParameterPolicy) -> Result<CheckedUrl, Failure> {
    let url = CheckedUrl::parse(href).map_err(|error| {
        let code = if error == crate::UrlError::Scheme { "url_scheme" } else { "url" };
        config(code, error.message())
    })?;
    if !url.is_secure() && !url.is_loopback() && !policy.allow_http {
        return Err(if policy.page_is_secure {
            config("insecure_url", "url is http: on an https: page; browsers block it, sign https: addresses")
        } else {
            config("url_scheme", "url must be https: (http: only for localhost, or with allowInsecure)")
        });
    }
    let listed =
        policy.allowed_origins.iter().any(|origin| without_end(origin, '/').eq_ignore_ascii_case(url.origin()));
    if !policy.allowed_origins.is_empty() && !listed {
        return Err(config("url", &[url.origin(), " is not in allowedOrigins"].concat()));
    }
    Ok(url)
}

fn check_fields(fields: Vec<(String, String)>) -> Result<Vec<(String, String)>, Failure> {
    let mut bytes = 0_usize;
    for (name, value) in &fields {
        let code = || ["field.", &crate::text::clip(name)].concat();
        if !is_token(name) {
            return Err(config(
                &code(),
                "a form field has a name that is no token; quotes and line breaks are not allowed",
            ));
        }
        if ["file", "success_action_redirect", "redirect"].iter().any(|taken| name.eq_ignore_ascii_case(taken)) {
            return Err(config(&code(), &["the form field ", name, " must not come from the host"].concat()));
        }
        bytes = bytes.saturating_add(name.len()).saturating_add(value.len());
    }
    if bytes > MAX_FIELD_BYTES {
        return Err(config("field", "the form fields are over 20 KB, more than S3 takes"));
    }
    Ok(fields)
}

type Headers = Vec<(String, String)>;

/// Those that are sent, and names of those that browsers forbid.
fn check_headers(headers: Headers, method: Method, may_authorize: bool) -> Result<(Headers, String), Failure> {
    if headers.len() > MAX_HEADERS {
        return Err(config("header", "more than 64 headers"));
    }
    let (mut good, mut forbidden) = (Headers::new(), String::new());
    for (name, value) in headers {
        let code = || ["header.", &crate::text::clip(&name)].concat();
        if !is_token(&name) {
            return Err(config(&code(), "a header has a name that is no HTTP token"));
        }
        let value = value.trim_ascii().to_owned();
        if !value.bytes().all(|b| b == b'\t' || (0x20..0x7f).contains(&b)) {
            let what = " holds line breaks or characters outside ASCII; encode it as RFC 2047 says";
            return Err(config(&code(), &["the value of header ", &name, what].concat()));
        }
        if name.eq_ignore_ascii_case("authorization") && !may_authorize {
            return Err(config(
                &code(),
                "an Authorization header would go to another origin; set allowAuthorization if that is meant",
            ));
        }
        if is_forbidden(&name) {
            forbidden.extend([if forbidden.is_empty() { "" } else { ";" }, &name]);
            continue;
        }
        // The browser writes the form's own type, with its boundary.
        if method == Method::Post && name.eq_ignore_ascii_case("content-type") {
            continue;
        }
        // Names that differ only in case are one header; the last one counts, else XHR would join the values.
        good.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
        good.push((name, value));
    }
    Ok((good, forbidden))
}

/// RFC 9110 `token`.
pub(crate) fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 256
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || has("!#$%&'*+-.^_`|~", b))
}

/// Headers that browsers drop without a word (the Fetch standard's forbidden request headers).
fn is_forbidden(name: &str) -> bool {
    const NAMES: [&str; 20] = [
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    ];
    let name = name.to_ascii_lowercase();
    NAMES.contains(&name.as_str()) || name.starts_with("proxy-") || name.starts_with("sec-")
}

/// A failure for a part of the answer that has the wrong type, for drivers that read it.
impl Failure {
    /// The host's answer is not what it should be; `what` names the part, such as `url` or `field.key`.
    #[must_use]
    pub fn bad_parameters(what: &str, message: &str) -> Self {
        config(what, message)
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    fn raw(url: &str) -> RawParameters {
        RawParameters { url: url.to_owned(), ..RawParameters::default() }
    }

    fn pair(name: &str, value: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), value.to_owned())]
    }

    fn code(raw: RawParameters) -> String {
        raw.check(&ParameterPolicy::default()).map(|_| String::new()).unwrap_or_else(|failure| failure.code)
    }

    const GOOD: &str = "https://b.s3.amazonaws.com/k?X-Amz-Signature=secret";

    #[test]
    fn the_method_follows_the_fields_when_it_is_absent() {
        let policy = ParameterPolicy::default();
        assert_eq!(raw(GOOD).check(&policy).unwrap().method, Method::Put);
        let form = RawParameters { fields: Some(pair("key", "k")), ..raw(GOOD) };
        assert_eq!(form.check(&policy).unwrap().method, Method::Post);
        let put = RawParameters { fields: Some(pair("key", "k")), method: Some("PuT".into()), ..raw(GOOD) };
        assert_eq!(put.check(&policy).unwrap().method, Method::Put);
        for method in ["DELETE", "GET", "TRACE", "CONNECT", "PU T", "PUT\r\n X"] {
            assert_eq!(code(RawParameters { method: Some(method.into()), ..raw(GOOD) }), "method", "{method}");
        }
    }

    #[test]
    fn addresses_are_https_or_loopback() {
        assert_eq!(code(raw("http://bucket.example/k")), "url_scheme");
        assert_eq!(code(raw("data:text/plain,hi")), "url_scheme");
        assert_eq!(code(raw("/k")), "url");
        assert_eq!(code(raw("http://127.0.0.1:9000/k")), "");
        let secure = ParameterPolicy { page_is_secure: true, ..ParameterPolicy::default() };
        assert_eq!(raw("http://bucket.example/k").check(&secure).unwrap_err().code, "insecure_url");
        let listed =
            ParameterPolicy { allowed_origins: vec!["https://other.example".into()], ..ParameterPolicy::default() };
        assert_eq!(raw(GOOD).check(&listed).unwrap_err().code, "url");
    }

    #[test]
    fn fields_and_headers_are_named_when_refused() {
        for name in ["file", "FILE", "success_action_redirect", "redirect", "a\"b", "a\r\nb", ""] {
            let failure = RawParameters { fields: Some(pair(name, "x")), ..raw(GOOD) }
                .check(&ParameterPolicy::default())
                .unwrap_err();
            assert!(failure.code.starts_with("field."), "{name}");
        }
        let big = RawParameters { fields: Some(pair("policy", &"x".repeat(30_000))), ..raw(GOOD) };
        assert_eq!(code(big), "field");
        assert_eq!(code(RawParameters { headers: pair("bad name", "x"), ..raw(GOOD) }), "header.bad name");
        assert_eq!(code(RawParameters { headers: pair("x-a", "a\r\nb: c"), ..raw(GOOD) }), "header.x-a");
        assert_eq!(code(RawParameters { headers: pair("x-a", "日本"), ..raw(GOOD) }), "header.x-a");
        assert_eq!(
            code(RawParameters { headers: pair("Authorization", "Bearer x"), ..raw(GOOD) }),
            "header.Authorization"
        );
        assert_eq!(code(RawParameters { headers: vec![("a".into(), "b".into()); 65], ..raw(GOOD) }), "header");
        assert_eq!(code(RawParameters { expires: Some(f64::NAN), ..raw(GOOD) }), "expires");
        assert_eq!(code(RawParameters { fields: Some(pair("__proto__", "x")), ..raw(GOOD) }), "");
    }

    #[test]
    fn where_it_can_be_read_is_an_address_or_nothing() {
        for (said, kept) in [
            ("https://cdn.example/a%20b?v=1", "https://cdn.example/a%20b?v=1"),
            ("http://localhost/a", "http://localhost/a"),
            ("javascript:alert(1)", ""),
            ("/a", ""),
            ("", ""),
        ] {
            assert_eq!(good(RawParameters { public_url: Some(said.into()), ..raw(GOOD) }).public_url, kept);
        }
    }

    #[test]
    fn headers_browsers_drop_are_dropped() {
        let checked = RawParameters {
            headers: vec![("Host".into(), "x".into()), ("X-A".into(), "1".into()), ("x-a".into(), "2".into())],
            ..raw(GOOD)
        }
        .check(&ParameterPolicy::default())
        .unwrap();
        assert_eq!(checked.headers, vec![("x-a".to_owned(), "2".to_owned())]);
        assert_eq!(checked.forbidden, "Host");
    }

    #[test]
    fn debug_output_holds_no_credential() {
        let answer = RawParameters { fields: Some(pair("policy", "secret")), ..raw(GOOD) };
        assert_eq!(format!("{answer:?}"), "RawParameters { … }");
        let checked = format!("{:?}", answer.check(&ParameterPolicy::default()).unwrap());
        assert!(checked.contains("Post") && !checked.contains("secret"), "{checked}");
    }

    fn good(raw: RawParameters) -> UploadParameters {
        raw.check(&ParameterPolicy::default()).unwrap()
    }

    #[test]
    fn what_is_left_empty_is_absent() {
        let empty = || RawParameters { method: Some("  ".into()), fields: Some(vec![]), ..raw(GOOD) };
        assert_eq!(good(empty()).method, Method::Put);
        assert_eq!(good(RawParameters { fields: Some(pair("key", "k")), ..empty() }).method, Method::Post);
        assert_eq!(good(RawParameters { method: Some(" post ".into()), ..empty() }).method, Method::Post);
        for (key, taken) in
            [("", false), (" \t", false), (" k ", true), (&*"k".repeat(1024), true), (&*"k".repeat(1025), false)]
        {
            let kept = good(RawParameters { key: Some(key.into()), ..raw(GOOD) }).key;
            assert_eq!(kept.as_deref(), taken.then_some(key));
        }
    }

    #[test]
    fn an_address_says_itself_how_long_it_lives() {
        let life = |query: &str, expires| {
            let url = [GOOD, query].concat();
            RawParameters { url, expires, ..raw(GOOD) }.with_life().expires
        };
        assert_eq!(life("?a=b&X-Amz-Expires=900&c=d", None), Some(900.0));
        assert_eq!(life("?X-Amz-Expires=900", None), Some(900.0));
        assert_eq!(life("?X-Amz-Expires=900", Some(60.0)), Some(60.0));
        for none in ["", "?X-Amz-Expires=", "?X-Amz-Expires=0", "?X-Amz-Expires=-1", "?X-Amz-Expires=700000"] {
            assert_eq!(life(none, None), None, "{none}");
        }
    }

    #[test]
    fn an_address_lives_for_a_second_up_to_seven_days() {
        for (seconds, ms) in [(1.0, 1000), (1.9, 1000), (800.0, 800_000), (604_800.0, 604_800_000), (1e9, 604_800_000)]
        {
            assert_eq!(good(RawParameters { expires: Some(seconds), ..raw(GOOD) }).expires_in_ms, Some(ms));
        }
        assert_eq!(good(raw(GOOD)).expires_in_ms, None);
        for nonsense in [0.0, 0.5, -1.0, f64::INFINITY, f64::NAN] {
            assert_eq!(code(RawParameters { expires: Some(nonsense), ..raw(GOOD) }), "expires", "{nonsense}");
        }
    }

    #[test]
    fn as_much_as_s3_takes_and_no_more() {
        let fields = |bytes: usize| RawParameters { fields: Some(pair("p", &"x".repeat(bytes - 1))), ..raw(GOOD) };
        assert_eq!([code(fields(20 * 1024)), code(fields(20 * 1024 + 1))], ["", "field"]);
        let headers = |count: usize| RawParameters { headers: vec![("a".into(), "b".into()); count], ..raw(GOOD) };
        assert_eq!([code(headers(64)), code(headers(65))], ["", "header"]);
    }

    #[test]
    fn a_form_has_a_type_of_its_own() {
        let headers =
            || [("Content-Type", "image/png"), ("x-a", "1")].map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
        assert_eq!(good(RawParameters { headers: headers(), ..raw(GOOD) }).headers, headers());
        let form = RawParameters { headers: headers(), fields: Some(pair("key", "k")), ..raw(GOOD) };
        assert_eq!(good(form).headers, headers()[1..]);
    }

    #[test]
    fn authorization_stays_at_home_unless_it_is_meant() {
        let answer = || RawParameters { headers: pair("authorization", "Bearer x"), ..raw(GOOD) };
        let home = ParameterPolicy { page_origin: "https://b.s3.amazonaws.com".into(), ..ParameterPolicy::default() };
        let meant = ParameterPolicy { allow_authorization: true, ..ParameterPolicy::default() };
        assert_eq!(code(answer()), "header.authorization");
        for policy in [home, meant] {
            assert_eq!(answer().check(&policy).unwrap().headers, pair("authorization", "Bearer x"));
        }
    }

    #[test]
    fn what_browsers_drop() {
        for name in ["Host", "content-length", "Sec-Fetch-Mode", "proxy-authorization"] {
            assert_eq!(good(RawParameters { headers: pair(name, "x"), ..raw(GOOD) }).headers, [], "{name}");
        }
        for name in ["x-sec-a", "content-type", "security"] {
            assert_eq!(
                good(RawParameters { headers: pair(name, "x"), ..raw(GOOD) }).headers,
                pair(name, "x"),
                "{name}"
            );
        }
    }

    #[test]
    fn a_checksum_is_carried_by_a_header_or_a_field() {
        let ours = Digest::from_base64(Algorithm::Crc32c, "4waSgw==").unwrap();
        for form in [false, true] {
            let carries = |name, value| {
                let (pair, none) = (pair(name, value), Vec::new());
                let (fields, headers) = if form { (Some(pair), none) } else { (None, pair) };
                good(RawParameters { fields, headers, ..raw(GOOD) }).carries(&ours)
            };
            assert!(carries("X-Amz-Checksum-Crc32c", "4waSgw=="));
            assert!(!carries("x-amz-checksum-crc32c", "AAAAAA=="));
            assert!(!carries("x-amz-checksum-crc64nvme", "4waSgw=="));
        }
    }

    proptest! {
        #[test]
        fn nothing_hostile_gets_through(
            url in ".{0,60}", method in proptest::option::of(".{0,8}"), name in ".{0,20}", value in ".{0,20}", expires in proptest::option::of(any::<f64>())
        ) {
            let answer = RawParameters { method, url, fields: Some(vec![(name.clone(), value.clone())]), headers: vec![(name, value)], key: None, expires, public_url: None };
            if let Ok(checked) = answer.check(&ParameterPolicy::default()) {
                prop_assert!(checked.url.is_secure() || checked.url.is_loopback());
                prop_assert!(checked.headers.iter().all(|(n, v)| is_token(n) && v.is_ascii() && !v.contains(['\r', '\n'])));
            }
        }

        #[test]
        fn any_path_on_a_good_host_is_refused_or_kept(path in "[ -~]{0,40}") {
            if let Ok(url) = CheckedUrl::parse(&format!("https://b.example/{path}")) {
                prop_assert_eq!(url.origin(), "https://b.example");
                prop_assert!(url.href().ends_with(&path));
            }
        }
    }
}
