//! The presign doctor over any policy, query, header and failure: no panic, and no secret on the console.
#![no_main]

use base64::{Engine, engine::general_purpose::STANDARD};
use filechute_engine::{
    Class, Failure, Kind, ParameterPolicy, RawParameters,
    doctor::{Sent, explain, inspect, known},
};
use libfuzzer_sys::{arbitrary, arbitrary::Arbitrary, fuzz_target};

/// Goes into every value, and must come out of none.
const SECRET: &str = "hunter2";

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    policy: &'a str,
    policy_is_encoded: bool,
    post: bool,
    host: u8,
    query: Vec<(&'a str, &'a str)>,
    headers: Vec<(&'a str, &'a str)>,
    fields: Vec<(&'a str, &'a str)>,
    code: &'a str,
    status: u16,
    config: bool,
    size: u64,
    mime: &'a str,
    waited: u64,
    silent: bool,
    clock: bool,
}

fuzz_target!(|input: Input<'_>| {
    let secret = |text: &str| [text, SECRET].concat();
    let pairs = |list: &[(&str, &str)]| list.iter().map(|(name, value)| ((*name).to_owned(), secret(value))).collect();
    let host = ["b.s3.amazonaws.com", "b.s3.eu-west-1.amazonaws.com", "b.example", "127.0.0.1:9000"];
    let mut url = format!("https://{}/k?X-Amz-Signature={SECRET}", host[usize::from(input.host % 4)]);
    for (name, value) in &input.query {
        url.extend(["&", *name, "=", *value]);
    }
    let mut fields: Vec<(String, String)> = pairs(&input.fields);
    let policy = if input.policy_is_encoded { input.policy.to_owned() } else { STANDARD.encode(input.policy) };
    fields.push(("policy".to_owned(), policy));
    let raw = RawParameters {
        method: Some(if input.post { "POST" } else { "PUT" }.to_owned()),
        url,
        fields: Some(fields),
        headers: pairs(&input.headers),
        ..RawParameters::default()
    };
    let allowed = ParameterPolicy {
        page_is_secure: true,
        page_origin: "https://shop.example".to_owned(),
        clock: input.clock.then_some(|| 1_796_126_400_000),
        ..ParameterPolicy::default()
    };
    let Ok(parameters) = raw.check(&allowed) else { return };
    let sent = Sent { size: input.size, mime: input.mime };
    let kind = if input.config { Kind::Config } else { Kind::S3 };
    let failure = Failure::new(kind, input.code, Class::Retry, "").with_status(input.status);
    let before = inspect(&parameters, sent);
    let after = explain(&parameters, &failure, sent, input.waited, input.silent);
    // Names are told, and so are those of signed headers, which are a value in the query.
    let lists = [&input.query, &input.fields, &input.headers];
    let named = input.policy.contains(SECRET)
        || input.query.iter().any(|(_, value)| value.to_ascii_lowercase().contains(SECRET))
        || lists.iter().any(|list| list.iter().any(|(name, _)| name.to_ascii_lowercase().contains(SECRET)));
    for advice in [before, after, known(input.code, parameters.method)].into_iter().flatten() {
        let text = advice.text();
        assert!(named || !text.contains(SECRET), "{text}");
        assert!(!text.contains(['?', '\n', '\r']) && text.len() < 20_000, "{text}");
        let told = failure.clone().with_advice(advice);
        assert!(!told.help.is_empty() && !told.message.is_empty() && !told.code.is_empty() || input.code.is_empty());
    }
});
