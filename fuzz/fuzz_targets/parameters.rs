//! What a host answers, its types checked and nothing else: whatever passes is fit to be sent.
#![no_main]

use filechute_engine::{ParameterPolicy, RawParameters, without_query};
use libfuzzer_sys::{arbitrary, arbitrary::Arbitrary, fuzz_target};

/// [`RawParameters`] and what the page allows.
#[derive(Arbitrary, Debug)]
struct Input {
    method: Option<String>,
    /// Half of all tries begin with a good host, or nearly all would end there.
    on_a_good_host: bool,
    url: String,
    fields: Option<Vec<(String, String)>>,
    headers: Vec<(String, String)>,
    key: Option<String>,
    expires: Option<f64>,
    page_is_secure: bool,
    allow_http: bool,
    allow_authorization: bool,
    allowed_origins: Vec<String>,
}

fuzz_target!(|input: Input| {
    let policy = ParameterPolicy {
        page_is_secure: input.page_is_secure,
        page_origin: "https://shop.example".to_owned(),
        allowed_origins: input.allowed_origins,
        allow_http: input.allow_http,
        allow_authorization: input.allow_authorization,
        clock: None,
    };
    let url = if input.on_a_good_host { format!("https://b.example/{}", input.url) } else { input.url };
    let raw = RawParameters {
        method: input.method,
        url: url.clone(),
        fields: input.fields,
        headers: input.headers,
        key: input.key,
        expires: input.expires,
    };
    let checked = match raw.check(&policy) {
        Ok(checked) => checked,
        Err(failure) => {
            assert!(!failure.code.is_empty() && !failure.message.is_empty() && !failure.retryable());
            return;
        }
    };
    assert_eq!(checked.url.href(), url);
    assert!(checked.url.is_secure() || checked.url.is_loopback() || policy.allow_http);
    assert!(checked.url.same_place(without_query(&url)));
    assert!(checked.headers.len() <= 64 && checked.expires_in_ms.is_none_or(|ms| ms <= 604_800_000));
    for (name, value) in &checked.headers {
        assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b':'));
        assert!(value.bytes().all(|b| b == b'\t' || (b' '..=b'~').contains(&b)));
        assert!(policy.allow_authorization || !name.eq_ignore_ascii_case("authorization"));
        let twice = checked.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name)).count();
        assert_eq!(twice, 1);
    }
    for (name, _) in &checked.fields {
        assert!(name.bytes().all(|b| b.is_ascii_graphic() && b != b'"') && !name.eq_ignore_ascii_case("file"));
    }
    let _ = (checked.url.object_key(None), checked.url.object_key(checked.key.as_deref()));
});
