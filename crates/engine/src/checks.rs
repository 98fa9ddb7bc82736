//! What the doctor reads off upload parameters: one function for each finding, in the order in which they are told.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    Kind, Method, UploadParameters, decimal,
    doctor::{Advice, Sent, listed},
    parameters::is_token,
    policy::{Policy, unix_ms},
};

/// Codes after which a refusal may come from the signature.
const SIGNATURE: &str = "SignatureDoesNotMatch AccessDenied 403 HeadersNotSigned 0";
/// Codes after which a refusal may come from the policy.
const POLICY: &str = "policy InvalidPolicyDocument PolicyViolation AccessDenied InvalidArgument 403 400";
/// Codes after which a refusal may come from clocks.
const CLOCKS: &str = "expired RequestTimeTooSkewed RequestInTheFuture AccessDenied SignatureDoesNotMatch 403 400";

pub(crate) type Check = fn(&Case<'_>) -> Option<Advice>;

/// What can be read off the parameters, and the codes it may explain; `0` is for no answer at all.
pub(crate) const CHECKS: [(Check, &str); 13] = [
    (insecure, "0"),
    (
        empty_checksum,
        "BadDigest InvalidDigest XAmzContentChecksumMismatch InvalidRequest InvalidArgument AccessDenied 400 0",
    ),
    (size, "EntityTooLarge EntityTooSmall policy AccessDenied 403 400 413"),
    (key_missing, "InvalidArgument MalformedPOSTRequest InvalidRequest UserKeyMustBeSpecified 400"),
    (conditions, POLICY),
    (not_sent, SIGNATURE),
    (not_signed, SIGNATURE),
    (length_signed, "SignatureDoesNotMatch"),
    (lives_long, "AuthorizationQueryParametersError InvalidArgument 400"),
    (clock_ahead, CLOCKS),
    (ended, CLOCKS),
    (region, "0 region_redirect AuthorizationHeaderMalformed 301 307 400"),
    (status_missing, ""),
];

/// What the checks look at.
pub(crate) struct Case<'a> {
    parameters: &'a UploadParameters,
    sent: Sent<'a>,
    policy: Option<Policy>,
    /// Signed headers in lower case; empty for a form, or where the address is not signed that way.
    signed: Vec<String>,
    /// When it was signed.
    from: Option<u64>,
    /// When it ends.
    until: Option<u64>,
    now: Option<u64>,
    /// Something went wrong already.
    failed: bool,
}

impl<'a> Case<'a> {
    pub(crate) fn new(parameters: &'a UploadParameters, sent: Sent<'a>, failed_after_ms: Option<u64>) -> Self {
        let query = |name| parameters.url.query_value(name);
        let policy = parameters.field("policy").filter(|_| parameters.method == Method::Post).and_then(Policy::read);
        let signed = query("X-Amz-SignedHeaders").unwrap_or_default();
        let field = |name: &str| parameters.field(name).map(ToOwned::to_owned);
        let from = query("X-Amz-Date").or_else(|| field("x-amz-date")).and_then(|date| unix_ms(&date));
        let lives = query("X-Amz-Expires").and_then(|seconds| seconds.parse::<u64>().ok());
        let lasts = from.zip(lives).map(|(from, lives)| from.saturating_add(lives.saturating_mul(1000)));
        Self {
            parameters,
            sent,
            signed: signed.split(';').filter(|name| is_token(name)).map(str::to_ascii_lowercase).collect(),
            from,
            until: policy.as_ref().map_or(lasts, |policy| policy.expires_unix_ms),
            policy,
            now: parameters.page.unix_ms.map(|ms| ms.saturating_add(failed_after_ms.unwrap_or(0))),
            failed: failed_after_ms.is_some(),
        }
    }

    /// Whether the request carries a header, by its name in lower case.
    fn sends(&self, name: &str) -> bool {
        // The browser writes the first two itself.
        matches!(name, "host" | "content-length")
            || self.header(name)
            || name == "content-type" && (!self.sent.mime.is_empty() || self.parameters.method == Method::Post)
    }

    fn header(&self, name: &str) -> bool {
        self.parameters.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }
}

fn insecure(case: &Case<'_>) -> Option<Advice> {
    let url = &case.parameters.url;
    let blocked = case.parameters.page.secure && !url.is_secure() && !url.is_loopback();
    blocked.then(|| insecure_url().fatal(true))
}

/// An http address on an https page.
pub(crate) fn insecure_url() -> Advice {
    Advice {
        kind: Kind::Config,
        code: "insecure_url",
        cause: "url is http: on an https: page; browsers block it".to_owned(),
        fix: "sign https: addresses".to_owned(),
        fatal: true,
        limit: None,
    }
}

/// The AWS SDK for JavaScript signs the checksum of a body that it does not have. AWS itself was seen to take no notice of
/// it in the query; other stores refuse every file.
fn empty_checksum(case: &Case<'_>) -> Option<Advice> {
    let url = &case.parameters.url;
    if case.sent.size == 0 || url.query_value("x-amz-checksum-crc32")? != "AAAAAA==" {
        return None;
    }
    let advice = Advice::new(
        "empty_checksum",
        &["the url holds the CRC32 of an empty body, x-amz-checksum-crc32=AAAAAA=="],
        &["set requestChecksumCalculation: \"WHEN_REQUIRED\" on the S3 client that signs"],
    );
    advice.map(|advice| advice.fatal(!is_aws(url.host())))
}

fn is_aws(host: &str) -> bool {
    host.strip_suffix(".cn").unwrap_or(host).ends_with(".amazonaws.com")
}

fn size(case: &Case<'_>) -> Option<Advice> {
    let (least, most) = case.policy.as_ref()?.size?;
    let (code, limit) = match case.sent.size {
        size if size > most => ("EntityTooLarge", most),
        size if size < least => ("EntityTooSmall", least),
        _ => return None,
    };
    let (least, most) = (decimal(least), decimal(most));
    let cause =
        ["the policy takes files of ", &least, " to ", &most, " bytes, this one has ", &decimal(case.sent.size)];
    let advice = Advice::new(code, &cause, &["widen content-length-range in the policy, or set maxFileSize"])?;
    Some(Advice { kind: Kind::S3, limit: Some(limit), ..advice.fatal(true) })
}

fn key_missing(case: &Case<'_>) -> Option<Advice> {
    let lacks = case.parameters.method == Method::Post && case.parameters.field("key").is_none();
    lacks.then_some(())?;
    Advice::new("field.key", &["the form has no field key, which S3 wants"], &["add key to fields"])
}

fn status_missing(case: &Case<'_>) -> Option<Advice> {
    let lacks = case.policy.is_some() && case.parameters.field("success_action_status").is_none();
    lacks.then_some(())?;
    Advice::new(
        "field.success_action_status",
        &["the form has no field success_action_status, so S3 answers with nothing in it"],
        &["add success_action_status=201 to fields and policy if you need the ETag"],
    )
}

/// Fields that S3 wants no condition for.
const FREE: &str = "policy x-amz-signature signature awsaccesskeyid file";

fn conditions(case: &Case<'_>) -> Option<Advice> {
    let policy = case.policy.as_ref()?;
    let breaks = policy.conditions.iter().find(|condition| match case.parameters.field(&condition.field) {
        Some(value) => !condition.takes(value),
        None => condition.field != "bucket" && !condition.takes(""),
    });
    if let Some(condition) = breaks {
        return Advice::new(
            "policy",
            &["the field ", name(&condition.field), " does not meet its condition in the policy"],
            &["send the value that was signed, or sign a starts-with condition"],
        );
    }
    let free = |field: &str| listed(FREE, field) || field.starts_with("x-ignore-");
    let known = |field: &str| policy.conditions.iter().any(|condition| condition.field == field);
    let mut fields = case.parameters.fields.iter().map(|(field, _)| field.to_ascii_lowercase());
    let extra = fields.find(|field| !policy.odd && !free(field) && !known(field))?;
    Advice::new(
        "policy",
        &["the field ", name(&extra), " has no condition in the policy"],
        &["add a condition for it, or leave it out of fields"],
    )
}

/// A name from outside, or what stands for it.
fn name(text: &str) -> &str {
    if is_token(text) && text.len() <= 64 { text } else { "(unreadable)" }
}

fn not_sent(case: &Case<'_>) -> Option<Advice> {
    let forbidden = &case.parameters.unsendable;
    let wanted = case.signed.iter().chain(forbidden.iter().filter(|header| !case.signed.contains(header)));
    let missing: Vec<&str> = wanted.filter(|header| !case.sends(header)).map(|header| name(header)).take(8).collect();
    let first = missing.first()?;
    let fix = if *first == "content-type" {
        "return it in headers with the value that was signed, or give the file a type"
    } else if forbidden.iter().any(|header| header == first) {
        "browsers do not send it; sign without it"
    } else {
        "return them in headers with the values that were signed, or sign without them"
    };
    Advice::new("header", &["headers that were signed are not sent: ", &missing.join(", ")], &[fix])
}

/// Only after a failure: a length that was signed right is nothing to speak of.
fn length_signed(case: &Case<'_>) -> Option<Advice> {
    (case.failed && case.signed.iter().any(|header| header == "content-length")).then_some(())?;
    Advice::new(
        "header",
        &["content-length was signed; the browser sent ", &decimal(case.sent.size)],
        &["sign the file's exact size; if it is that, check method, path, other headers and the secret key"],
    )
}

fn not_signed(case: &Case<'_>) -> Option<Advice> {
    if case.signed.is_empty() {
        return None;
    }
    let names = case.parameters.headers.iter().map(|(header, _)| header.to_ascii_lowercase());
    let extra: Vec<String> = names
        .filter(|header| header.starts_with("x-amz-") && !case.signed.contains(header))
        .map(|header| name(&header).to_owned())
        .take(8)
        .collect();
    extra.first()?;
    let cause = ["headers are sent that were not signed: ", &extra.join(", ")];
    Advice::new("header", &cause, &["sign them as headers (unhoistableHeaders in the AWS SDK), or leave them out"])
}

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
/// S3's own allowance for clocks that differ.
const SKEW_MS: u64 = HOUR_MS / 4;

fn lives_long(case: &Case<'_>) -> Option<Advice> {
    let from = case.from.or(case.now);
    let lives = case.until?.checked_sub(from?).filter(|lives| *lives > DAY_MS)?;
    let fix = if lives > 7 * DAY_MS {
        "S3 refuses more than 7 days; expiry is in seconds, and 900 are enough"
    } else {
        "expiry is in seconds, not milliseconds, and 900 are enough: who has the address can overwrite the object"
    };
    Advice::new("expires", &["the upload is signed for ", &decimal(lives / HOUR_MS), " hours"], &[fix])
}

fn clock_ahead(case: &Case<'_>) -> Option<Advice> {
    let ahead = case.from?.checked_sub(case.now?).filter(|ahead| *ahead > SKEW_MS)?;
    let minutes = decimal(ahead / 60_000);
    Advice::new(
        "clock",
        &["the signer's clock is ", &minutes, " minutes ahead of this device's"],
        &["set both by NTP; the store refuses what is signed more than 15 minutes ahead"],
    )
}

fn ended(case: &Case<'_>) -> Option<Advice> {
    let late = decimal(case.now?.checked_sub(case.until?)? / 1000);
    Advice::new(
        "expired",
        &["the address or policy ended ", &late, " seconds ago by this device's clock"],
        &["sign for longer and just before the upload, do not cache; check the clocks of signer and device"],
    )
}

fn region(case: &Case<'_>) -> Option<Advice> {
    let host = case.parameters.url.host();
    let bare = host == "s3.amazonaws.com" || host.ends_with(".s3.amazonaws.com");
    let query = case.parameters.url.query_value("X-Amz-Credential");
    let scope = query.or_else(|| case.parameters.field("x-amz-credential").map(ToOwned::to_owned));
    let region = scope.as_deref().and_then(|scope| scope.rsplit('/').nth(2)).filter(|region| is_region(region));
    if !bare || region == Some("us-east-1") {
        return None;
    }
    let region = region.unwrap_or("REGION");
    Advice::new(
        "region_redirect",
        &["the host name holds no region, so S3 may redirect the request, which browsers do not follow"],
        &["sign for https://BUCKET.s3.", region, ".amazonaws.com"],
    )
}

fn is_region(text: &str) -> bool {
    let shape = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.len() <= 20 && text.contains('-') && text.chars().all(shape)
}

/// No answer at all: what would have to be allowed.
pub(crate) fn cors(case: &Case<'_>) -> Option<Advice> {
    let UploadParameters { url, method, page, headers, .. } = case.parameters;
    let origin = if page.origin.starts_with("http") { &*page.origin } else { "*" };
    let mut names: Vec<String> = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    if *method == Method::Put && case.sends("content-type") && !case.header("content-type") {
        names.push("content-type".to_owned());
    }
    let names = if names.is_empty() { "*".to_owned() } else { names.join("\",\"") };
    let elsewhere = if is_aws(url.host()) { "" } else { " (MinIO: MINIO_API_CORS_ALLOW_ORIGIN)" };
    Advice::new(
        "cors",
        &[url.origin(), " never answered this page: most likely its CORS rules do not allow it, or it is down"],
        &[
            "set the bucket's CORS rules to [{\"AllowedOrigins\":[\"",
            origin,
            "\"],\"AllowedMethods\":[\"",
            method.name(),
            "\"],\"AllowedHeaders\":[\"",
            &names,
            "\"],\"ExposeHeaders\":[\"ETag\"],\"MaxAgeSeconds\":3000}]",
            elsewhere,
            "; if the console names a Content-Security-Policy, add ",
            url.origin(),
            " to its connect-src",
        ],
    )
}
