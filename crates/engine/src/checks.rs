//! What the doctor reads off upload parameters: one function for each finding, in the order in which they are told; the
//! fatal ones first. All of it ships to the browser, so loops are plain and texts are short.

use alloc::{borrow::ToOwned, string::String};

use crate::{
    Kind, Method, UploadParameters, decimal,
    doctor::{Advice, Sent, listed},
    parameters::is_token,
    policy::{Condition, Policy, decode, number, unix_ms},
    text::{before, cut, split},
};

/// What the checks look at.
pub(crate) struct Case<'a> {
    parameters: &'a UploadParameters,
    sent: Sent<'a>,
    /// The code of the failure, empty before anything is sent.
    code: &'a str,
    policy: Option<Policy<'a>>,
    /// Signed headers in lower case by semicolons; empty for a form, or where the address is not signed that way.
    signed: String,
    /// When it was signed.
    from: Option<u64>,
    /// When it ends.
    until: Option<u64>,
    now: Option<u64>,
}

type Check = fn(&Case<'_>) -> Option<Advice>;

/// The checks. What they find is wrong whatever the store says, so it is the likeliest cause of a refusal as well.
pub(crate) const CHECKS: [Check; 11] =
    [insecure, size, empty_checksum, key_missing, token, conditions, headers, times, region, forbidden, status_missing];

/// The text of a form's policy, which a [`Case`] borrows.
pub(crate) fn policy_text(parameters: &UploadParameters) -> Option<String> {
    parameters.field("policy").filter(|_| parameters.method == Method::Post).map(decode)
}

impl<'a> Case<'a> {
    pub(crate) fn new(
        parameters: &'a UploadParameters,
        sent: Sent<'a>,
        policy: Option<&'a str>,
        (code, waited_ms): (&'a str, u64),
    ) -> Self {
        let policy = policy.and_then(Policy::read);
        let mut case =
            Self { parameters, sent, code, policy, signed: String::new(), from: None, until: None, now: None };
        // Of the address alone: a form signs no headers, and the values of its fields are not for telling.
        case.signed = parameters.url.query_value("X-Amz-SignedHeaders").unwrap_or_default().to_ascii_lowercase();
        case.from = unix_ms(&case.value("X-Amz-Date"));
        case.until = match (&case.policy, case.from, number(&case.value("X-Amz-Expires"))) {
            (Some(policy), ..) => policy.expires_unix_ms,
            (None, Some(from), Some(seconds)) => Some(from.saturating_add(seconds.saturating_mul(1000))),
            _ => None,
        };
        case.now = parameters.page.unix_ms.map(|ms| ms.saturating_add(waited_ms));
        case
    }

    /// A value of the signature, from the query or the form.
    fn value(&self, name: &str) -> String {
        let field = || self.parameters.field(name).unwrap_or_default().to_owned();
        self.parameters.url.query_value(name).unwrap_or_else(field)
    }

    /// Whether the request carries a header, by its name in lower case.
    fn sends(&self, name: &str) -> bool {
        // The browser writes the first two itself.
        matches!(name, "host" | "content-length")
            || name == "content-type" && !self.sent.mime.is_empty()
            || self.parameters.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }
}

/// A name from outside, or what stands for it.
fn name<'a>(text: &'a str, other: &'a str) -> &'a str {
    if is_token(text) && text.len() <= 64 { text } else { other }
}

/// Adds a name to a list, which does not grow for ever.
fn add(list: &mut String, between: &str, text: &str) {
    if list.len() < 500 {
        list.push_str(if list.is_empty() { "" } else { between });
        list.push_str(name(text, "(unreadable)"));
    }
}

fn insecure(case: &Case<'_>) -> Option<Advice> {
    let url = &case.parameters.url;
    if !case.parameters.page.secure || url.is_secure() || url.is_loopback() {
        return None;
    }
    let mut advice = Advice::new("insecure_url", "url is http: on an https: page|sign https: addresses", "");
    advice.fatal = true;
    Some(advice)
}

fn size(case: &Case<'_>) -> Option<Advice> {
    let (least, most) = case.policy.as_ref()?.size?;
    let size = case.sent.size;
    let (code, limit) = if size > most { ("EntityTooLarge", most) } else { ("EntityTooSmall", least) };
    if size <= most && size >= least {
        return None;
    }
    let range = [&*decimal(least), " to ", &decimal(most)].concat();
    let text = "the policy takes files of % bytes|change content-length-range, or set maxFileSize";
    let mut advice = Advice::new(code, text, &range);
    (advice.kind, advice.limit, advice.fatal) = (Kind::S3, Some(limit), true);
    Some(advice)
}

/// The AWS SDK for JavaScript signs the checksum of a body that it does not have. AWS itself was seen to take no notice of
/// it in the query; other stores refuse every file.
fn empty_checksum(case: &Case<'_>) -> Option<Advice> {
    let url = &case.parameters.url;
    if case.sent.size == 0 || url.query_value("x-amz-checksum-crc32")? != "AAAAAA==" {
        return None;
    }
    let mut advice = Advice::new(
        "empty_checksum",
        "the url holds x-amz-checksum-crc32=AAAAAA==, the CRC32 of an empty body|\
         set requestChecksumCalculation: \"WHEN_REQUIRED\" on the S3 client that signs",
        "",
    );
    advice.fatal = case.code == "BadDigest" || !crate::holds(url.host(), "amazonaws.com");
    Some(advice)
}

fn key_missing(case: &Case<'_>) -> Option<Advice> {
    let lacks = case.parameters.method == Method::Post && case.parameters.field("key").is_none();
    lacks.then(|| Advice::new("field.key", "the form has no field key|add it to fields", ""))
}

/// Keys that AWS hands out for a while begin so, and are worth nothing alone.
fn token(case: &Case<'_>) -> Option<Advice> {
    let temporary = case.value("X-Amz-Credential").starts_with("ASIA");
    let text = "temporary keys (ASIA…) signed without their session token|\
                give the signer X-Amz-Security-Token as well; a form needs it as a field";
    (temporary && case.value("X-Amz-Security-Token").is_empty()).then(|| Advice::new("token", text, ""))
}

fn status_missing(case: &Case<'_>) -> Option<Advice> {
    let first = case.code.is_empty() && case.policy.is_some();
    let lacks = first && case.parameters.field("success_action_status").is_none();
    let text =
        "the form has no field success_action_status|add it with 201 to fields and policy, or S3's answer is empty";
    lacks.then(|| Advice::new("field.success_action_status", text, ""))
}

fn conditions(case: &Case<'_>) -> Option<Advice> {
    let policy = case.policy.as_ref()?;
    let told = |field, what: &str| {
        let text = ["the field %", what, " in the policy|sign fields as they are sent"].concat();
        Some(Advice::new("policy", &text, name(field, "(unreadable)")))
    };
    for condition in &policy.conditions {
        let value = case.parameters.field(condition.field).unwrap_or_default();
        // A bucket is named by the address.
        if condition.field != "bucket" && !condition.takes(value) {
            return told(condition.field, " does not meet its condition");
        }
    }
    for (field, _) in &case.parameters.fields {
        let known = |condition: &Condition<'_>| condition.field.eq_ignore_ascii_case(field);
        let free = listed("policy;x-amz-signature;signature;awsaccesskeyid", &field.to_ascii_lowercase());
        if !policy.odd && !free && !field.starts_with("x-ignore-") && !policy.conditions.iter().any(known) {
            return told(field, " has no condition");
        }
    }
    None
}

/// Headers that were signed and are not sent, or the other way round.
fn headers(case: &Case<'_>) -> Option<Advice> {
    if case.signed.is_empty() {
        return None;
    }
    let mut names = unsent(case, &case.signed);
    let text = if names.is_empty() {
        for (header, _) in &case.parameters.headers {
            let header = header.to_ascii_lowercase();
            if header.starts_with("x-amz-") && !listed(&case.signed, &header) {
                add(&mut names, ", ", &header);
            }
        }
        "headers are sent that were not signed: %|sign them as headers (AWS SDK: unhoistableHeaders), or leave them out"
    } else {
        "signed headers are not sent: %|\
         return them in headers as they were signed, or sign without them (browsers forbid some)"
    };
    (!names.is_empty()).then(|| Advice::new("header", text, &names))
}

/// What browsers would drop, and do not write themselves. Only beforehand: of a refusal it is a cause where it was signed,
/// which is found above.
fn forbidden(case: &Case<'_>) -> Option<Advice> {
    let names = unsent(case, &case.parameters.forbidden.to_ascii_lowercase());
    let text =
        "browsers let no page set these headers, so they are left out: %|do not return them, and sign without them";
    (case.code.is_empty() && !names.is_empty()).then(|| Advice::new("header.forbidden", text, &names))
}

/// Those of a list by semicolons that the request does not carry.
fn unsent(case: &Case<'_>, list: &str) -> String {
    let mut names = String::new();
    for header in split(list, b';').filter(|name| !name.is_empty() && !case.sends(name)) {
        add(&mut names, ", ", header);
    }
    names
}

/// When a long life is worth a word: before anything is sent, and where it is refused.
const LONG: &str = ";AuthorizationQueryParametersError";

/// Clocks and lives. Of a form only the policy says when it ends.
fn times(case: &Case<'_>) -> Option<Advice> {
    let minutes = |later: Option<u64>, earlier: Option<u64>| Some(later?.checked_sub(earlier?)? / 60_000);
    let ahead = minutes(case.from, case.now).unwrap_or(0);
    let over = minutes(case.now, case.until);
    // By what was signed, and by what the host says.
    let said = case.parameters.expires_in_ms.unwrap_or(0) / 60_000;
    let life = minutes(case.until, case.from.or(case.now)).unwrap_or(0).max(said);
    let (code, number, text) = if ahead >= 15 {
        // S3's own allowance.
        ("clock", ahead, "is signed % min ahead of this device's clock|set both clocks by NTP")
    } else if let Some(over) = over {
        (
            "expired",
            over,
            "ended % min ago by this device's clock|sign just before the upload, do not cache; check both clocks",
        )
    } else if life > 1440 && listed(LONG, case.code) {
        ("expires", life, "lives for % min|expiry is in seconds, at most 604800; 900 are enough, and safer")
    } else {
        return None;
    };
    Some(Advice::new(code, &["the upload permission ", text].concat(), &decimal(number)))
}

/// What stands for a region that nobody said.
pub(crate) const REGION_OF_THE_BUCKET: &str = "REGION";

/// When the region is worth a word: before anything is sent, and where it may be the cause.
const REGION: &str = ";cors;error;region_redirect;AuthorizationHeaderMalformed";

fn region(case: &Case<'_>) -> Option<Advice> {
    let host = case.parameters.url.host();
    let scope = case.value("X-Amz-Credential");
    // Key, date, region, service.
    let mut parts = split(&scope, b'/');
    let region = parts.nth(2).filter(|_| parts.next() == Some("s3")).unwrap_or_default();
    let global = host == "s3.amazonaws.com" || host.ends_with(".s3.amazonaws.com");
    if !global || region == "us-east-1" || !listed(REGION, case.code) {
        return None;
    }
    Some(Advice::new(
        "region_redirect",
        "the host name holds no region, so S3 may redirect, which browsers cannot follow|\
         sign for https://BUCKET.s3.%.amazonaws.com",
        name(region, REGION_OF_THE_BUCKET),
    ))
}

/// The region that a store says it wants, in words of AWS that others have as well.
pub(crate) fn wanted_region(message: &str) -> Option<&str> {
    let (_, rest) = cut(message, "expecting '")?;
    Some(name(before(rest, b'\''), REGION_OF_THE_BUCKET))
}

/// No answer at all: what would have to be allowed.
pub(crate) fn cors(case: &Case<'_>) -> Advice {
    let UploadParameters { url, method, page, headers, .. } = case.parameters;
    // A PUT has the file's type; that of a form needs no leave.
    let mut names = if *method == Method::Put { "content-type".to_owned() } else { String::new() };
    for (header, _) in headers {
        if !header.eq_ignore_ascii_case("content-type") {
            add(&mut names, "\",\"", &header.to_ascii_lowercase());
        }
    }
    if names.is_empty() {
        names.push('*');
    }
    let region = region(case).map(|region| [&*region.text(), "; or "].concat()).unwrap_or_default();
    let mut advice = Advice::new(
        "cors",
        "% never answered this page: most likely its CORS rules do not allow it, or it is down",
        url.origin(),
    );
    advice.fix = [
        &*region,
        "set the bucket's CORS rules to [{\"AllowedOrigins\":[\"",
        &page.origin,
        "\"],\"AllowedMethods\":[\"",
        method.name(),
        "\"],\"AllowedHeaders\":[\"",
        &names,
        "\"],\"ExposeHeaders\":[\"ETag\"],\"MaxAgeSeconds\":3000}] (MinIO: MINIO_API_CORS_ALLOW_ORIGIN); if the console names a \
         Content-Security-Policy, add ",
        url.origin(),
        " to its connect-src",
    ]
    .concat();
    advice
}
