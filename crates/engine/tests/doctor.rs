//! The presign doctor, row by row: what it finds before anything is sent, and what it says after a failure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

use base64::{Engine as _, engine::general_purpose::STANDARD};
use filechute_engine::{
    Class, Failure, Kind, Method, ParameterPolicy, RawParameters, UploadParameters,
    doctor::{Sent, explain, inspect, known},
};

/// Noon of the first of December 2026, when all of this is signed.
const NOON: u64 = 1_796_126_400_000;
const SIGNED: &str = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20261201%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20261201T120000Z";
const HOST: &str = "https://b.s3.eu-west-1.amazonaws.com/k?";

fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split_whitespace().map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn at(now: u64, secure: bool, raw: RawParameters) -> UploadParameters {
    let policy = ParameterPolicy {
        page_origin: "https://shop.example".into(),
        allow_http: true,
        page_is_secure: false,
        ..ParameterPolicy::default()
    };
    let mut checked = raw.check(&policy).unwrap();
    checked.page.secure = secure;
    checked.page.unix_ms = Some(now);
    checked
}

fn put(url: &str, headers: &str) -> UploadParameters {
    at(NOON, true, RawParameters { url: url.into(), headers: pairs(headers), ..RawParameters::default() })
}

/// A signed PUT with more in its query.
fn signed(query: &str, headers: &str) -> UploadParameters {
    put(&[HOST, SIGNED, query].concat(), headers)
}

/// A signed PUT whose host says how long it lives.
fn lasting(expires: f64, query: &str) -> UploadParameters {
    let url = [HOST, SIGNED, query].concat();
    at(NOON, true, RawParameters { url, expires: Some(expires), ..RawParameters::default() })
}

fn form(policy: &str, fields: &str) -> UploadParameters {
    let mut fields = pairs(fields);
    if !policy.is_empty() {
        fields.push(("Policy".into(), STANDARD.encode(policy)));
    }
    let url = "https://b.s3.eu-west-1.amazonaws.com/".into();
    at(NOON, true, RawParameters { url, fields: Some(fields), method: Some("POST".into()), ..RawParameters::default() })
}

const FILE: Sent<'static> = Sent { size: 1000, mime: "image/png" };

#[test]
fn before_anything_is_sent() {
    let conditions = |rest: &str| {
        format!(
            "{{\"expiration\":\"2026-12-01T12:15:00Z\",\"conditions\":[[\"starts-with\",\"$key\",\"u/\"],{{\"success_action_status\":\"201\"}}{rest}]}}"
        )
    };
    let good = "key=u/a success_action_status=201";
    for (parameters, code, fatal, cause, fix) in [
        (
            signed("&x-amz-checksum-crc32=AAAAAA%3D%3D", ""),
            "empty_checksum",
            false,
            "CRC32 of an empty body",
            "WHEN_REQUIRED",
        ),
        (
            put("https://acc.r2.cloudflarestorage.com/b/k?x-amz-checksum-crc32=AAAAAA==", ""),
            "empty_checksum",
            true,
            "",
            "WHEN_REQUIRED",
        ),
        (put("http://store.example/b/k", ""), "insecure_url", true, "http: on an https: page", "https:"),
        (
            signed("&X-Amz-Expires=900&X-Amz-SignedHeaders=host%3Bx-amz-acl%3Bx-amz-meta-a", "x-amz-acl=private"),
            "header",
            false,
            "not sent: x-amz-meta-a",
            "return them",
        ),
        (
            signed("&X-Amz-SignedHeaders=host;cookie", "cookie=a"),
            "header",
            false,
            "not sent: cookie",
            "browsers forbid",
        ),
        (
            signed("&X-Amz-SignedHeaders=host", "x-amz-acl=private"),
            "header",
            false,
            "not signed: x-amz-acl",
            "leave them out",
        ),
        // Not signed: dropped all the same.
        (
            signed("&X-Amz-SignedHeaders=host", "Cookie=a Host=b Origin=c content-length=9"),
            "header.forbidden",
            false,
            "left out: cookie, origin",
            "do not return them",
        ),
        (signed("&X-Amz-Expires=300000", ""), "expires", false, "for 5000 min", "in seconds"),
        // What the host says of it: milliseconds, for a life of 15 minutes.
        (lasting(900_000.0, "&X-Amz-Expires=900"), "expires", false, "for 10080 min", "in seconds"),
        (lasting(604_801.0, ""), "expires", false, "for 10080 min", "in seconds"),
        (signed("&X-Amz-Expires=900000000", ""), "expires", false, "for 15000000 min", "at most 604800"),
        (
            put("https://b.s3.amazonaws.com/k", ""),
            "region_redirect",
            false,
            "no region",
            "BUCKET.s3.REGION.amazonaws.com",
        ),
        (
            put(&["https://b.s3.amazonaws.com/k?", SIGNED].concat(), ""),
            "region_redirect",
            false,
            "",
            "BUCKET.s3.eu-west-1.amazonaws.com",
        ),
        (
            put(&[HOST, &SIGNED.replace("AKIA", "ASIA")].concat(), ""),
            "token",
            false,
            "without their session token",
            "as a field",
        ),
        (form("", "key=k x-amz-credential=ASIA/20261201/eu-west-1/s3/aws4_request"), "token", false, "ASIA", ""),
        (form("", "success_action_status=201"), "field.key", false, "no field key", "add it"),
        (form(&conditions(""), "key=u/a"), "policy", false, "the field success_action_status does not meet", ""),
        (
            form("{\"conditions\":[{\"key\":\"a\"}]}", "key=a"),
            "field.success_action_status",
            false,
            "",
            "add it with 201",
        ),
        (form(&conditions(",[\"content-length-range\",0,999]"), good), "EntityTooLarge", true, "0 to 999 bytes", ""),
        (
            form(&conditions(",[\"content-length-range\",\"1001\",2000]"), good),
            "EntityTooSmall",
            true,
            "1001 to 2000",
            "",
        ),
        (
            form(&conditions(",[\"starts-with\",\"$Content-Type\",\"image/\"]"), good),
            "policy",
            false,
            "Content-Type does not meet",
            "",
        ),
        (
            form(&conditions(""), &[good, " acl=private"].concat()),
            "policy",
            false,
            "acl has no condition",
            "as they are sent",
        ),
        (form(&conditions(""), "key=other/a success_action_status=201"), "policy", false, "key does not meet", ""),
        (
            form(
                "{\"expiration\":\"2026-12-02T13:00:00Z\",\"conditions\":[{\"key\":\"a\"},{\"x-amz-date\":\"20261201T120000Z\"}]}",
                "key=a x-amz-date=20261201T120000Z x-ignore-a=1",
            ),
            "expires",
            false,
            "for 1500 min",
            "in seconds",
        ),
        (
            at(
                NOON + 3_600_000,
                true,
                RawParameters { url: [HOST, SIGNED, "&X-Amz-Expires=900"].concat(), ..RawParameters::default() },
            ),
            "expired",
            false,
            "ended 45 min ago",
            "cache",
        ),
        (
            at(
                NOON - 3_600_000,
                true,
                RawParameters { url: [HOST, SIGNED, "&X-Amz-Expires=900"].concat(), ..RawParameters::default() },
            ),
            "clock",
            false,
            "60 min ahead",
            "NTP",
        ),
    ] {
        let advice = inspect(&parameters, FILE).unwrap_or_else(|| panic!("nothing found, wanted {code}: {cause}{fix}"));
        assert_eq!((advice.code, advice.fatal), (code, fatal), "{}", advice.text());
        assert!(advice.cause.contains(cause) && advice.fix.contains(fix), "{}", advice.text());
    }
}

#[test]
fn what_is_right_is_left_alone() {
    let policy = "{\"expiration\":\"2026-12-01T12:15:00Z\",\"conditions\":[{\"bucket\":\"b\"},{\"success_action_status\":\"201\"},\
        {\"x-amz-credential\":\"c\"},[\"starts-with\",\"$key\",\"u/\"],[\"content-length-range\",1000,1000]]}";
    for parameters in [
        put("https://store.example/b/k", ""),
        put("http://127.0.0.1:9000/b/k", ""),
        signed("&X-Amz-Expires=900&X-Amz-SignedHeaders=host%3Bcontent-type%3Bcontent-length", "content-length=1000"),
        lasting(900.0, "&X-Amz-Expires=900"),
        lasting(86_400.0, "&X-Amz-Expires=86400"),
        signed("&X-Amz-SignedHeaders=host", "Host=b.s3.eu-west-1.amazonaws.com Content-Length=1000"),
        signed("&X-Amz-Expires=86400&X-Amz-SignedHeaders=host;x-amz-acl", "X-Amz-Acl=private"),
        signed("&x-amz-checksum-crc32=abcdef==", ""),
        put("https://b.s3.amazonaws.com/k?X-Amz-Credential=A/20261201/us-east-1/s3/aws4_request", ""),
        form(policy, "key=u/${filename} success_action_status=201 x-amz-credential=c x-amz-signature=s"),
        put(&[HOST, &SIGNED.replace("AKIA", "ASIA"), "&X-Amz-Security-Token=t"].concat(), ""),
        form("", "key=k X-Amz-Credential=ASIA/20261201/eu-west-1/s3/aws4_request X-Amz-Security-Token=t"),
        form("", "key=k"),
        form("unreadable", "key=k"),
    ] {
        assert_eq!(inspect(&parameters, FILE), None, "{parameters:?}");
    }
    let empty = put("https://r2.example/k?x-amz-checksum-crc32=AAAAAA==", "");
    assert_eq!(inspect(&empty, Sent::default()), None);
}

fn failure(kind: Kind, code: &str, status: u16) -> Failure {
    Failure::new(kind, code, Class::Final, "m").with_status(status)
}

#[test]
fn after_a_refusal() {
    let plain = || signed("&X-Amz-Expires=900&X-Amz-SignedHeaders=host", "");
    for (parameters, kind, code, status, waited, text) in [
        (plain(), Kind::S3, "AccessControlListNotSupported", 400, 0, "ACLs turned off"),
        (plain(), Kind::Config, "region_redirect", 301, 0, "another region"),
        (plain(), Kind::S3, "SignatureDoesNotMatch", 403, 0, "Content-Type first"),
        (plain(), Kind::S3, "RequestTimeTooSkewed", 403, 0, "the signer's clock by NTP"),
        (plain(), Kind::Sign, "expired", 403, 0, "sign for longer"),
        (plain(), Kind::Sign, "expired", 403, 901_000, "ended 0 min ago"),
        (plain(), Kind::S3, "AccessDenied", 403, 0, "s3:PutObject"),
        (plain(), Kind::S3, "403", 403, 0, "s3:PutObject"),
        (signed("&X-Amz-Expires=700000", ""), Kind::S3, "AuthorizationQueryParametersError", 400, 0, "for 11666 min"),
        (
            signed("&X-Amz-SignedHeaders=host;content-type", ""),
            Kind::S3,
            "SignatureDoesNotMatch",
            403,
            0,
            "signed headers are not sent",
        ),
        (signed("&X-Amz-SignedHeaders=host", "x-amz-tagging=a"), Kind::S3, "AccessDenied", 403, 0, "x-amz-tagging"),
        (
            form("{\"conditions\":[{\"key\":\"b\"}]}", "key=a"),
            Kind::S3,
            "policy",
            403,
            0,
            "the field key does not meet",
        ),
        (
            signed("&X-Amz-SignedHeaders=content-length;host", "content-length=7"),
            Kind::S3,
            "SignatureDoesNotMatch",
            403,
            0,
            "a content-length exactly",
        ),
        (form("", "key=a"), Kind::S3, "405", 405, 0, "sign a PUT"),
        (form("", "key=a"), Kind::S3, "NotImplemented", 501, 0, "sign a PUT"),
        (plain(), Kind::S3, "NotImplemented", 501, 0, "sign without what its message names"),
        (plain(), Kind::S3, "InvalidArgument", 400, 0, "(checksum, ACL, tags)"),
        (form("", "key=a"), Kind::S3, "InvalidArgument", 400, 0, "KMS Signature Version 4"),
        (plain(), Kind::S3, "InvalidRequest", 400, 0, "object lock wants a checksum"),
        (plain(), Kind::S3, "NoSuchBucket", 404, 0, "check name, region and endpoint"),
        (plain(), Kind::S3, "InvalidBucketName", 400, 0, "forcePathStyle"),
        (plain(), Kind::S3, "InvalidAccessKeyId", 403, 0, "check both, and the endpoint"),
        (plain(), Kind::S3, "InvalidToken", 400, 0, "session token"),
        (plain(), Kind::S3, "OperationAborted", 409, 0, "another upload writes to this key"),
        (plain(), Kind::S3, "ConditionalRequestConflict", 409, 0, "a key of its own"),
        (plain(), Kind::S3, "MetadataTooLarge", 400, 0, "allowedMetaFields"),
        (plain(), Kind::S3, "KeyTooLongError", 400, 0, "over 1024 bytes"),
        (plain(), Kind::S3, "EntityTooLarge", 413, 0, "client_max_body_size"),
        (plain(), Kind::S3, "IllegalLocationConstraintException", 400, 0, "another region"),
        (plain(), Kind::Config, "region_redirect", 307, 0, "BUCKET.s3.REGION.amazonaws.com"),
        (plain(), Kind::S3, "AccessDenied", 403, 0, "kms:GenerateDataKey"),
        (plain(), Kind::S3, "SignatureDoesNotMatch", 403, 0, "pass Host on"),
        (form("", "a=b"), Kind::S3, "InvalidArgument", 400, 0, "no field key"),
    ] {
        let sent = Sent { mime: "", ..FILE };
        let advice = explain(&parameters, &failure(kind, code, status), sent, waited, false)
            .unwrap_or_else(|| panic!("nothing known of {code}"));
        assert!(advice.text().contains(text), "{code}: {}", advice.text());
        assert!(!advice.fatal, "{code}");
    }
    for code in ["SlowDown", "500", "InternalError", "RequestTimeout", "NoSuchUpload"] {
        assert_eq!(explain(&plain(), &failure(Kind::S3, code, 503), FILE, 0, false), None, "{code}");
    }
}

/// In a presigned address S3 has another code for it, which it has for a life that is too long as well.
#[test]
fn the_region_that_the_store_names_is_told() {
    let told = |parameters: &UploadParameters, code, message: &str| {
        let refused = Failure::new(Kind::S3, code, Class::Final, message).with_status(400);
        explain(parameters, &refused, FILE, 0, false).unwrap().text()
    };
    let wrong =
        "Error parsing the X-Amz-Credential parameter; the region 'us-east-1' is wrong; expecting 'eu-central-1'";
    let header = "The authorization header is malformed; the region 'eu-west-1' is wrong; expecting 'eu-central-1'";
    let minio = "The authorization header is malformed; the region is wrong; expecting 'eu-central-1'.";
    // Two days, which are fine, and an address that says nothing itself.
    let long = signed("&X-Amz-Expires=172800", "");
    let global = put(&["https://b.s3.amazonaws.com/k?", SIGNED].concat(), "");
    for parameters in [&long, &global, &form("", "key=a"), &signed("&X-Amz-Expires=900", "")] {
        for (code, message) in [
            ("AuthorizationQueryParametersError", wrong),
            ("AuthorizationHeaderMalformed", header),
            ("AuthorizationHeaderMalformed", minio),
            ("InvalidRequest", header),
        ] {
            let text = told(parameters, code, message);
            assert!(text.starts_with("the bucket is in another region"), "{text}");
            assert!(
                text.ends_with("sign for region eu-central-1, on AWS at https://BUCKET.s3.eu-central-1.amazonaws.com"),
                "{text}"
            );
        }
    }
    let week = "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds";
    let text = told(&signed("&X-Amz-Expires=700000", ""), "AuthorizationQueryParametersError", week);
    assert!(text.contains("for 11666 min") && text.contains("at most 604800"), "{text}");
    // Whoever wrote it: no more than a name gets in.
    let odd = told(&long, "AuthorizationQueryParametersError", "expecting 'a b\r\n<script>'");
    assert!(odd.ends_with("BUCKET.s3.REGION.amazonaws.com"), "{odd}");
}

#[test]
fn a_checksum_that_the_store_refuted_is_the_cause() {
    let parameters = signed("&x-amz-checksum-crc32=AAAAAA%3D%3D", "");
    let refused = failure(Kind::S3, "BadDigest", 400);
    let advice = explain(&parameters, &refused, FILE, 0, false).unwrap();
    let mended = Failure { class: Class::Resign, ..refused }.with_advice(advice);
    assert!(mended.is(Kind::Config, "empty_checksum") && mended.class == Class::Final);
    assert_eq!((mended.status, mended.message.as_str()), (400, "m"));
    let maybe = explain(&parameters, &failure(Kind::S3, "AccessDenied", 403), FILE, 0, false).unwrap();
    assert!(!maybe.fatal && maybe.code == "empty_checksum");
}

#[test]
fn silence_prints_the_rule_that_is_missing() {
    let silent = failure(Kind::Network, "error", 0);
    let advice =
        explain(&put("https://store.example:9000/b/k?s=1", "X-Amz-Acl=private"), &silent, FILE, 0, true).unwrap();
    assert!(advice.cause.starts_with("https://store.example:9000 never answered"));
    assert!(advice.fix.contains(
        "[{\"AllowedOrigins\":[\"https://shop.example\"],\"AllowedMethods\":[\"PUT\"],\
        \"AllowedHeaders\":[\"content-type\",\"x-amz-acl\"],\"ExposeHeaders\":[\"ETag\"],\"MaxAgeSeconds\":3000}]"
    ));
    assert!(advice.fix.contains("add https://store.example:9000 to its connect-src") && advice.fix.contains("MINIO"));
    let mut bare = form("", "key=k");
    bare.page.origin = "null".into();
    let advice = explain(&bare, &failure(Kind::Config, "cors", 0), FILE, 0, true).unwrap();
    assert!(
        advice.fix.contains("[\"null\"],\"AllowedMethods\":[\"POST\"],\"AllowedHeaders\":[\"*\"]"),
        "{}",
        advice.fix
    );
    let region = explain(&put("https://b.s3.amazonaws.com/k", ""), &silent, FILE, 0, true).unwrap();
    assert!(region.code == "cors" && region.fix.starts_with("the host name holds no region"), "{}", region.fix);
    // Somebody answered before: it is the line, and nothing is known.
    assert_eq!(explain(&put("https://b.s3.amazonaws.com/k", ""), &silent, FILE, 0, false), None);
    // These have a cause of their own.
    for (kind, code) in [(Kind::File, "changed"), (Kind::Network, "stall"), (Kind::Config, "header.x-a")] {
        assert_eq!(explain(&put("https://b.example/k", ""), &failure(kind, code, 0), FILE, 0, true), None);
    }
}

/// A fuzzer's find: the signature's own names were looked for in the form as well, and what stood there was told.
#[test]
fn values_of_fields_are_not_told() {
    let mut odd = form("", "key=k X-Amz-SignedHeaders=hunter2 X-Amz-Credential=a/b/hunter2/c");
    assert_eq!(inspect(&odd, FILE), None);
    odd.url = put("https://b.s3.amazonaws.com/k", "").url;
    let advice = inspect(&odd, FILE).unwrap();
    assert!(advice.fix.contains("BUCKET.s3.REGION.") && !advice.text().contains("hunter2"), "{}", advice.text());
}

#[test]
fn what_is_known_by_code_alone() {
    assert!(known("etag_hidden", Method::Put).unwrap().fix.contains("ExposeHeaders"));
    assert_eq!(known("NoSuchUpload", Method::Put), None);
    assert_eq!(known("", Method::Put), None);
    assert_eq!(known("405", Method::Put), None);
}
