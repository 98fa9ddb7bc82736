//! S3's answer to an upload: success, or which failure. The table of codes follows AWS's "Error responses"
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>) and what other stores were seen to answer.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    Algorithm, CheckedUrl, Class, Digest, Failure, Kind, Method, UploadParameters, UploadResponse, XmlAnswer, decimal,
    holds, parse_answer,
    text::{split, unquoted, without_end},
    without_query,
};

const ENCRYPTION: &str = "x-amz-server-side-encryption";

/// An answer as a browser shows it. Headers that CORS hides are empty.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// HTTP status, never 0.
    pub status: u16,
    /// Where the answer came from (`responseURL`), empty when unknown.
    pub url: String,
    /// `Content-Type`.
    pub content_type: String,
    /// `ETag`.
    pub etag: String,
    /// `Location`.
    pub location: String,
    /// `Retry-After` as milliseconds from now.
    pub retry_after_ms: u64,
    /// `x-amz-checksum-*` and `x-amz-server-side-encryption*` headers, names in lower case.
    pub checksums: Vec<(String, String)>,
    /// At most 64 KiB of the body.
    pub body: String,
}

/// Says whether `answer` confirms the upload sent with `parameters`. `expired` tells whether the address' own end has passed.
///
/// # Errors
/// The failure, with its class for the retry loop.
pub fn judge(parameters: &UploadParameters, answer: &Answer, expired: bool) -> Result<UploadResponse, Failure> {
    accept(parameters, answer).ok_or_else(|| refuse(parameters, answer, expired))
}

/// What an answer says that confirms the upload, by everything that can be told of it.
pub(crate) fn accept(parameters: &UploadParameters, answer: &Answer) -> Option<UploadResponse> {
    let here = answer.url.is_empty() || parameters.url.same_place(&answer.url);
    if !here || !matches!(answer.status, 200 | 201 | 204) {
        return None;
    }
    let xml = parse_answer(&answer.body);
    if xml.as_ref().map_or_else(|| is_web_page(answer), |xml| xml.is_error) {
        return None;
    }
    let etag = xml.as_ref().map(|xml| &*xml.etag).filter(|etag| !etag.is_empty()).unwrap_or(&answer.etag);
    let verified = verify(parameters, answer, unquoted(etag))?;
    Some(success(parameters, answer, xml.unwrap_or_default(), verified))
}

/// Why an answer does not confirm the upload.
pub(crate) fn refuse(parameters: &UploadParameters, answer: &Answer, expired: bool) -> Failure {
    let failure =
        |kind, code, class, message: &str| Failure::new(kind, code, class, message).with_status(answer.status);
    if !answer.url.is_empty() && !parameters.url.same_place(&answer.url) {
        let place = without_query(&answer.url);
        let message =
            ["the upload was redirected to ", place, "; redirects are refused, sign the final address"].concat();
        return failure(Kind::Config, "redirect", Class::Final, &message);
    }
    let xml = parse_answer(&answer.body);
    match xml {
        Some(xml) if xml.is_error => refusal(answer, xml, expired),
        None if matches!(answer.status, 200 | 201 | 204) && is_web_page(answer) => {
            let message = "got a web page instead of S3's answer; the address is not an S3 endpoint";
            failure(Kind::S3, "NotS3", Class::Final, message)
        }
        _ if matches!(answer.status, 200 | 201 | 204)
            && parameters.checksum.is_some_and(|ours| ours.algorithm() == Algorithm::Md5) =>
        {
            let message = "the storage's ETag is not the file's MD5: the bytes changed on their way";
            failure(Kind::Integrity, "etag_mismatch", Class::Resign, message)
        }
        _ if matches!(answer.status, 200 | 201 | 204) => {
            let message = "the storage's checksum is not the file's: the bytes changed on their way";
            failure(Kind::Integrity, "mismatch", Class::Resign, message)
        }
        xml => refusal(answer, xml.unwrap_or_default(), expired),
    }
}

/// What an answer that confirms nothing comes to where nobody can read it: by its status alone, and never for good.
pub(crate) fn refuse_unread(answer: &Answer) -> Failure {
    let class = match answer.status {
        // An object is there: another try could only make a second one.
        412 => Class::Final,
        429 | 503 | 509 => Class::Slow,
        400..=499 => Class::Resign,
        _ => Class::Retry,
    };
    let message = "the storage did not take the file, and what it says could not be read";
    let status = decimal(u64::from(answer.status));
    let code = if answer.status == 412 { "precondition" } else { &status };
    let mut failure = Failure::new(Kind::S3, code, class, message);
    failure.retry_after_ms = answer.retry_after_ms;
    failure.with_status(answer.status)
}

/// Compares what S3 says of the bytes with what they are: `None` where it is not the same, else the checksum if it proves
/// them.
fn verify<'a>(parameters: &'a UploadParameters, answer: &Answer, etag: &str) -> Option<Option<&'a Digest>> {
    let Some(ours) = &parameters.checksum else { return Some(None) };
    let carried = parameters.carries(ours);
    let said = answer.checksums.iter().find(|(name, _)| name == ours.algorithm().header());
    let same = match said {
        Some((_, said)) => Some(said.trim_ascii() == ours.base64()),
        // One that differs says nothing where the store compared the bytes itself, or makes ETags of something else.
        None => ours.is_etag(etag).filter(|same| *same || !(carried || is_encrypted(answer) || is_express(parameters))),
    };
    match same {
        Some(same) => same.then_some(Some(ours)),
        None => Some(carried.then_some(ours)),
    }
}

/// Whether the store says that it encrypts by KMS or with a customer's key, where the page may read that: an ETag is no MD5
/// then.
fn is_encrypted(answer: &Answer) -> bool {
    let of_its_own = |(name, value): &(String, String)| name == ENCRYPTION && value == "AES256";
    answer.checksums.iter().any(|pair| pair.0.starts_with(ENCRYPTION) && !of_its_own(pair))
}

/// Whether the bucket is a directory bucket, whose ETags are no MD5s (AWS, "S3 Express One Zone").
fn is_express(parameters: &UploadParameters) -> bool {
    holds(parameters.url.origin(), ".s3express-")
}

fn is_web_page(answer: &Answer) -> bool {
    let body = answer.body.trim_ascii_start();
    answer.content_type.to_ascii_lowercase().starts_with("text/html") && !body.is_empty() && !body.starts_with("<?xml")
}

pub(crate) fn success(
    parameters: &UploadParameters,
    answer: &Answer,
    xml: XmlAnswer,
    verified: Option<&Digest>,
) -> UploadResponse {
    let url = &parameters.url;
    let bucket = [parameters.field("bucket").unwrap_or_default(), &xml.bucket].into_iter().find(|b| !b.is_empty());
    let form_key = parameters.field("key").filter(|key| !holds(key, "${filename}")).map(ToOwned::to_owned);
    let named = form_key.or_else(|| parameters.key.clone()).or_else(|| (!xml.key.is_empty()).then(|| xml.key.clone()));
    let upload_url = match (parameters.method, &named) {
        // A form is posted to the bucket; the object lies below it. Built from what was asked, since stores write
        // Location empty, relative or with another host's name.
        (Method::Post, Some(key)) => object_address(url, key),
        _ => url.location(),
    };
    let key = match named {
        Some(key) => key,
        None if parameters.method == Method::Put => url.object_key(bucket),
        None => String::new(),
    };
    let said = [&xml.location, &answer.location].into_iter().find(|location| crate::parameters::is_web(location));
    UploadResponse {
        status: answer.status,
        location: said.map_or_else(|| upload_url.clone(), |said| without_query(said).to_owned()),
        upload_url,
        public_url: parameters.public_url.clone(),
        key,
        bucket: bucket.map(ToOwned::to_owned).unwrap_or_default(),
        etag: if xml.etag.is_empty() { unquoted(&answer.etag).to_owned() } else { xml.etag },
        checksum: verified.map(Digest::base64).unwrap_or_default(),
        verified: verified.map(Digest::algorithm),
    }
}

/// Where an object lies below the address its form was posted to. Each segment is percent-encoded; slashes stay.
pub(crate) fn object_address(url: &CheckedUrl, key: &str) -> String {
    let mut out = url.location();
    out.truncate(without_end(&out, '/').len());
    out.push('/');
    for (i, segment) in split(key, b'/').enumerate() {
        if i > 0 {
            out.push('/');
        }
        out.push_str(&crate::percent_encode(segment));
    }
    out
}

pub(crate) fn refusal(answer: &Answer, xml: XmlAnswer, expired: bool) -> Failure {
    let status = answer.status;
    let (code, class) = classify(status, &xml.code, &xml.message, expired);
    let code = if !code.is_empty() {
        code.to_owned()
    } else if xml.code.is_empty() {
        decimal(u64::from(status))
    } else {
        xml.code
    };
    let message = if xml.message.is_empty() {
        ["storage answered with status ", &decimal(u64::from(status))].concat()
    } else {
        xml.message
    };
    let kind = if code == "expired" {
        Kind::Sign
    } else if code == "BadDigest" {
        Kind::Integrity
    } else if code == "region_redirect" {
        Kind::Config
    } else {
        Kind::S3
    };
    let mut failure = Failure::new(kind, &code, class, &message).with_status(status);
    failure.retry_after_ms = answer.retry_after_ms;
    failure
}

/// What S3 said in the words of somebody who passes it on: a host that asked S3 itself.
#[must_use]
pub fn refusal_of(status: u16, code: &str, message: &str) -> Failure {
    let xml = XmlAnswer { code: code.to_owned(), message: message.to_owned(), ..XmlAnswer::default() };
    refusal(&Answer { status, ..Answer::default() }, xml, false)
}

/// Our code where it differs from S3's (else empty), and the class.
fn classify(status: u16, code: &str, message: &str, expired: bool) -> (&'static str, Class) {
    let text = message.to_ascii_lowercase();
    let says_expired = holds(&text, "expired") || holds(&text, "date is too old");
    match (status, code) {
        (_, "SlowDown" | "RequestLimitExceeded" | "BandwidthLimitExceeded" | "TooManyRequestsException") => {
            ("", Class::Slow)
        }
        (_, c) if c.starts_with("Throttling") => ("", Class::Slow),
        (_, "ExpiredToken" | "RequestExpired") => ("expired", Class::Resign),
        (_, "RequestTimeTooSkewed" | "RequestInTheFuture" | "SignatureDoesNotMatch") => ("", Class::Resign),
        (_, "RequestTimeout" | "InternalError" | "ServiceUnavailable") => ("", Class::Retry),
        (_, "BadDigest" | "InvalidDigest") => ("BadDigest", Class::Resign),
        (400..=499, "EntityTooLarge" | "EntityTooSmall") => ("", Class::Final),
        (412, _) => ("precondition", Class::Final),
        (400 | 403, "PolicyViolation" | "InvalidPolicyDocument") if !says_expired => ("policy", Class::Final),
        (400 | 403, _) if holds(&text, "according to policy") && !says_expired => ("policy", Class::Final),
        (400 | 403, _) if says_expired => ("expired", Class::Resign),
        (400, "") | (403, "" | "AccessDenied") if expired => ("expired", Class::Resign),
        (301 | 302 | 307 | 308, _) => ("region_redirect", Class::Final),
        (413, "") => ("EntityTooLarge", Class::Final),
        (429 | 503 | 509, _) => ("", Class::Slow),
        (408 | 409 | 425, _) => ("", Class::Retry),
        (501, _) => ("", Class::Final),
        (500..=599, _) => ("", Class::Retry),
        // A 200 with an error inside and a code nobody knows.
        (200..=299, c) if !c.is_empty() && !c.starts_with("Access") => ("", Class::Retry),
        _ => ("", Class::Final),
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;
    use crate::{ParameterPolicy, RawParameters};

    fn parameters(url: &str, fields: &[(&str, &str)], key: Option<&str>) -> UploadParameters {
        let fields: Vec<_> = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let raw = RawParameters {
            url: url.into(),
            fields: Some(fields),
            key: key.map(Into::into),
            ..RawParameters::default()
        };
        raw.check(&ParameterPolicy::default()).unwrap()
    }

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.into(), ..Answer::default() }
    }

    fn error(code: &str, message: &str) -> String {
        format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>")
    }

    const PUT: &str = "https://b.s3.eu-west-1.amazonaws.com/a/b%20c.png?X-Amz-Signature=s";

    #[test]
    fn a_put_finds_its_key_in_the_address() {
        let got =
            judge(&parameters(PUT, &[], None), &Answer { etag: "\"e\"".into(), ..answer(200, "") }, false).unwrap();
        assert_eq!(got.key, "a/b c.png");
        assert_eq!(got.upload_url, "https://b.s3.eu-west-1.amazonaws.com/a/b%20c.png");
        assert_eq!((got.etag.as_str(), got.status, got.location == got.upload_url), ("e", 200, true));
    }

    #[test]
    fn a_post_takes_the_key_of_the_form_then_of_the_answer() {
        let form = parameters("https://b.s3.amazonaws.com/", &[("key", "u/a b.png"), ("bucket", "b")], None);
        let got = judge(&form, &answer(204, ""), false).unwrap();
        assert_eq!((got.key.as_str(), got.bucket.as_str()), ("u/a b.png", "b"));
        assert_eq!(got.upload_url, "https://b.s3.amazonaws.com/u/a%20b.png");
        let open = parameters("https://b.s3.amazonaws.com/", &[("key", "u/${filename}")], None);
        let xml = "<PostResponse><Location>https://b.s3.amazonaws.com/u/x.png</Location><Bucket>b</Bucket><Key>u/x.png</Key><ETag>\"1\"</ETag></PostResponse>";
        let got =
            judge(&open, &Answer { content_type: "application/xml;charset=UTF-8".into(), ..answer(201, xml) }, false)
                .unwrap();
        assert_eq!((got.key.as_str(), got.etag.as_str()), ("u/x.png", "1"));
        // Without an answer that names it, nobody knows what the store made of the name.
        let got = judge(&open, &answer(204, ""), false).unwrap();
        assert_eq!(got.key, "");
        // Only addresses of the web are taken over.
        for (said, wanted) in [
            ("http://127.0.0.1:9/u/x.png?a=b", "http://127.0.0.1:9/u/x.png"),
            ("/u/x.png", "https://b.s3.amazonaws.com/u/a%20b.png"),
        ] {
            let got = judge(&form, &Answer { location: said.into(), ..answer(201, "") }, false).unwrap();
            assert_eq!(got.location, wanted);
        }
    }

    #[test]
    fn a_success_with_an_error_inside_is_none() {
        let p = parameters(PUT, &[], None);
        let failure = judge(&p, &answer(200, &error("InternalError", "try again")), false).unwrap_err();
        assert_eq!((failure.code.as_str(), failure.class), ("InternalError", Class::Retry));
        let page = Answer { content_type: "text/html".into(), ..answer(200, "<!doctype html><p>Welcome") };
        assert_eq!(judge(&p, &page, false).unwrap_err().code, "NotS3");
        let moved = Answer { url: "https://evil.example/a/b%20c.png".into(), ..answer(200, "") };
        assert!(judge(&p, &moved, false).unwrap_err().is(Kind::Config, "redirect"));
        for odd in [202, 206, 301, 304] {
            assert!(judge(&p, &answer(odd, ""), false).is_err(), "{odd}");
        }
    }

    /// MD5 of "abc", as an `ETag` and as `Content-MD5`.
    const ETAG: &str = "900150983cd24fb0d6963f7d28e17f72";
    const MD5: &str = "kAFQmDzST7DWlj99KOF/cg==";
    /// Of other bytes, or of none.
    const OTHER: &str = "d41d8cd98f00b204e9800998ecf8427e";

    #[test]
    fn an_etag_proves_an_md5() {
        let put =
            || UploadParameters { checksum: Digest::from_base64(Algorithm::Md5, MD5), ..parameters(PUT, &[], None) };
        let signed = || UploadParameters { headers: [("Content-MD5".into(), MD5.into())].into(), ..put() };
        let heard = |etag: &str, headers: &[(&str, &str)]| Answer {
            etag: format!("\"{etag}\""),
            checksums: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            ..answer(200, "")
        };
        let proved = |parameters, answer: &Answer| {
            let said = judge(&parameters, answer, false)?;
            Ok::<_, Failure>(said.verified.map(|it| (it, said.checksum)))
        };
        let proof = Some((Algorithm::Md5, MD5.to_owned()));
        let [sse, kms] = ["AES256", "aws:kms"].map(|value| [("x-amz-server-side-encryption", value)]);
        let express = || {
            let url = "https://b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com/k?X-Amz-Signature=s";
            UploadParameters { checksum: Digest::from_base64(Algorithm::Md5, MD5), ..parameters(url, &[], None) }
        };
        let customer = [("x-amz-server-side-encryption-customer-algorithm", "AES256")];
        for (parameters, answer, wanted) in [
            (put(), heard(ETAG, &[]), proof.clone()),
            (put(), heard(&ETAG.to_ascii_uppercase(), &sse), proof.clone()),
            // Hidden, or no MD5: nothing was said, unless the store had to compare the bytes itself.
            (put(), answer(200, ""), None),
            (put(), heard("0x8DC-2", &[]), None),
            (signed(), answer(200, ""), proof.clone()),
            // Looks like one, and the store says that it is none.
            (put(), heard(OTHER, &kms), None),
            (put(), heard(OTHER, &customer), None),
            (express(), heard(OTHER, &[]), None),
            (signed(), heard(OTHER, &[]), proof.clone()),
        ] {
            assert_eq!(proved(parameters, &answer).unwrap(), wanted, "{answer:?}");
        }
        for answer in [heard(OTHER, &[]), heard(OTHER, &sse)] {
            let failure = proved(put(), &answer).unwrap_err();
            assert!(failure.is(Kind::Integrity, "etag_mismatch") && failure.class == Class::Resign);
            assert!(crate::doctor::known(&failure.code, Method::Put).unwrap().fix.contains("KMS"));
        }
        // A form's answer tells it in its body. A field of that name nobody compares.
        let form = UploadParameters {
            checksum: Digest::from_base64(Algorithm::Md5, MD5),
            ..parameters("https://b.s3.amazonaws.com/", &[("key", "k"), ("content-md5", MD5)], None)
        };
        let told = |etag: &str| {
            answer(201, &format!("<PostResponse><Key>k</Key><ETag>&quot;{etag}&quot;</ETag></PostResponse>"))
        };
        assert_eq!(judge(&form, &told(ETAG), false).unwrap().verified, Some(Algorithm::Md5));
        assert!(judge(&form, &told(OTHER), false).unwrap_err().is(Kind::Integrity, "etag_mismatch"));
        assert_eq!(judge(&form, &answer(204, ""), false).unwrap().verified, None);
    }

    #[test]
    fn codes_fall_into_their_classes() {
        let p = parameters(PUT, &[], None);
        for (status, code, message, kind, ours, class) in [
            (403, "AccessDenied", "Request has expired", Kind::Sign, "expired", Class::Resign),
            (403, "AccessDenied", "Invalid according to Policy: Policy expired.", Kind::Sign, "expired", Class::Resign),
            (400, "AccessDenied", "Date is too old", Kind::Sign, "expired", Class::Resign),
            (400, "ExpiredToken", "", Kind::Sign, "expired", Class::Resign),
            (403, "AccessDenied", "Access Denied", Kind::S3, "AccessDenied", Class::Final),
            (
                403,
                "AccessDenied",
                "Invalid according to Policy: Policy Condition failed",
                Kind::S3,
                "policy",
                Class::Final,
            ),
            (403, "PolicyViolation", "a condition failed", Kind::S3, "policy", Class::Final),
            (403, "PolicyViolation", "the policy expired", Kind::Sign, "expired", Class::Resign),
            (400, "EntityTooLarge", "too large", Kind::S3, "EntityTooLarge", Class::Final),
            // In other words of the store, it is too large for the policy all the same.
            (400, "EntityTooLarge", "too large according to policy", Kind::S3, "EntityTooLarge", Class::Final),
            (413, "", "", Kind::S3, "EntityTooLarge", Class::Final),
            (400, "BadDigest", "", Kind::Integrity, "BadDigest", Class::Resign),
            (400, "InvalidDigest", "", Kind::Integrity, "BadDigest", Class::Resign),
            (400, "ThrottlingException", "", Kind::S3, "ThrottlingException", Class::Slow),
            (403, "RequestTimeTooSkewed", "", Kind::S3, "RequestTimeTooSkewed", Class::Resign),
            (503, "SlowDown", "", Kind::S3, "SlowDown", Class::Slow),
            (429, "", "", Kind::S3, "429", Class::Slow),
            (500, "InternalError", "", Kind::S3, "InternalError", Class::Retry),
            (400, "RequestTimeout", "", Kind::S3, "RequestTimeout", Class::Retry),
            (408, "", "", Kind::S3, "408", Class::Retry),
            (404, "NoSuchBucket", "", Kind::S3, "NoSuchBucket", Class::Final),
            (412, "PreconditionFailed", "", Kind::S3, "precondition", Class::Final),
            (501, "NotImplemented", "", Kind::S3, "NotImplemented", Class::Final),
            (301, "PermanentRedirect", "", Kind::Config, "region_redirect", Class::Final),
        ] {
            let failure = judge(&p, &answer(status, &error(code, message)), false).unwrap_err();
            assert_eq!(
                (failure.kind, failure.code.as_str(), failure.class),
                (kind, ours, class),
                "{status} {code} {message}"
            );
        }
        let passed_on = refusal_of(404, "NoSuchUpload", "it is gone");
        let said = (passed_on.status, passed_on.code.as_str(), passed_on.message.as_str());
        assert_eq!(said, (404, "NoSuchUpload", "it is gone"));
        let late = judge(&p, &answer(403, ""), true).unwrap_err();
        assert!(late.is(Kind::Sign, "expired"));
    }
}
