//! The POST policy: a form that S3 accepts without the host's keys, within the limits written into it.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html>

use std::time::SystemTime;

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Pairs, Upload, amz_date, object_headers};
use crate::config::Config;

/// The bucket's URL and the form fields, in Companion's order.
pub(super) fn sign(config: &Config, upload: &Upload<'_>, now: Timestamp) -> (String, Pairs) {
    let bucket = &config.bucket;
    let date = amz_date(now);
    let scope = format!("{}/{}/s3/aws4_request", &date[..8], bucket.region());

    let mut fields = Pairs::default();
    fields.push("success_action_status", "201");
    fields.0.extend(object_headers(config, upload).0);
    fields.push("bucket", bucket.name());
    fields.push("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
    fields.push("X-Amz-Credential", format!("{}/{scope}", config.credentials.key()));
    fields.push("X-Amz-Date", date);
    if let Some(token) = config.credentials.token() {
        fields.push("X-Amz-Security-Token", token);
    }
    fields.push("key", upload.key);

    let mut conditions: Vec<Value> = Vec::new();
    if let Some((min, max)) = length_range(config, upload) {
        conditions.push(json!(["content-length-range", min, max]));
    }
    conditions.extend(fields.0.iter().map(|(name, value)| json!({ name.as_str(): value })));
    // Whole seconds are enough and keep the policy small; some stores cap its length.
    let expiration = now.saturating_add(config.expires).unwrap_or(Timestamp::MAX);
    let policy =
        json!({ "expiration": expiration.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), "conditions": conditions });
    let policy = BASE64_STANDARD.encode(policy.to_string());

    let key = generate_signing_key(config.credentials.secret(), SystemTime::from(now), bucket.region(), "s3");
    let signature = calculate_signature(key, policy.as_bytes());
    fields.push("Policy", policy);
    fields.push("X-Amz-Signature", signature);
    (url(config), fields)
}

/// The size the policy allows: exactly the announced one, else the configured range, else no limit.
fn length_range(config: &Config, upload: &Upload<'_>) -> Option<(u64, u64)> {
    match upload.size {
        Some(size) => Some((size, size)),
        // S3 wants both ends; 5 GiB is the most one request can carry anyway.
        None if config.size.is_limited() => Some((config.size.min, config.size.max.unwrap_or(5 << 30))),
        None => None,
    }
}

/// Companion's form of the bucket URL: a slash at the end only when the path is empty.
fn url(config: &Config) -> String {
    let mut url = config.bucket.base_url().clone();
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::UploadMethod;
    use rusty_s3::{Bucket, Credentials, UrlStyle};

    fn config(style: UrlStyle) -> Config {
        let endpoint = "https://s3.us-east-1.amazonaws.com".parse().unwrap();
        let bucket = Bucket::new(endpoint, style, "sigv4examplebucket", "us-east-1").unwrap();
        Config::new(bucket, Credentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
    }

    /// AWS's own worked example of a policy signature (20151229, us-east-1).
    #[test]
    fn the_signer_agrees_with_the_published_vector() {
        let policy = concat!(
            "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6",
            "ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFj",
            "bCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tl",
            "dC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5",
            "cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZl",
            "ci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoN",
            "CiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVx",
            "dWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAx",
            "NTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9"
        );
        let now: Timestamp = "2015-12-29T00:00:00Z".parse().unwrap();
        let key =
            generate_signing_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", SystemTime::from(now), "us-east-1", "s3");
        assert_eq!(
            calculate_signature(key, policy.as_bytes()),
            "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"
        );
    }

    #[test]
    fn fields_come_in_companions_order_and_the_policy_covers_each() {
        let mut config = config(UrlStyle::VirtualHost);
        config.acl = Some("public-read".into());
        config.size.max = Some(10);
        let metadata = [("name".to_owned(), "a \"quoted\" name".to_owned())];
        let upload = Upload {
            method: UploadMethod::Post,
            key: "u/1-\"a\".txt",
            content_type: Some("text/plain"),
            metadata: &metadata,
            size: None,
            checksum: None,
        };
        let (url, fields) = sign(&config, &upload, "2026-12-01T12:00:00Z".parse().unwrap());
        assert_eq!(url, "https://sigv4examplebucket.s3.us-east-1.amazonaws.com/");
        let names: Vec<_> = fields.0.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names.join(" "),
            "success_action_status content-type acl x-amz-meta-name bucket X-Amz-Algorithm X-Amz-Credential \
             X-Amz-Date key Policy X-Amz-Signature"
        );
        let policy = &fields.0[names.len() - 2].1;
        let policy: Value = serde_json::from_slice(&BASE64_STANDARD.decode(policy).unwrap()).unwrap();
        assert_eq!(policy["expiration"], "2026-12-01T12:13:20Z");
        let conditions = policy["conditions"].as_array().unwrap();
        assert_eq!(conditions[0], json!(["content-length-range", 0, 10]));
        assert_eq!(conditions.len(), 1 + names.len() - 2);
        assert!(conditions.contains(&json!({ "key": "u/1-\"a\".txt" })));
    }

    #[test]
    fn sizes_are_limited_where_somebody_wants_that() {
        let mut config = config(UrlStyle::Path);
        let range = |config: &Config, size| {
            let upload = Upload {
                method: UploadMethod::Post,
                key: "k",
                content_type: None,
                metadata: &[],
                size,
                checksum: None,
            };
            length_range(config, &upload)
        };
        assert_eq!((range(&config, None), range(&config, Some(7))), (None, Some((7, 7))));
        config.size.min = 3;
        assert_eq!(range(&config, None), Some((3, 5_368_709_120)));
        config.size.max = Some(9);
        assert_eq!((range(&config, None), range(&config, Some(7))), (Some((3, 9)), Some((7, 7))));
    }

    #[test]
    fn path_style_urls_end_without_a_slash() {
        assert_eq!(url(&config(UrlStyle::Path)), "https://s3.us-east-1.amazonaws.com/sigv4examplebucket");
    }
}
