//! The environment: what works for which service, and what is said when a variable is wrong.

use std::collections::BTreeMap;

use filechute_host::{Access, AllowedOrigins, ConfigError, RawOptions, UploadMethod};

fn read(variables: &[(&str, &str)]) -> RawOptions {
    let variables: BTreeMap<_, _> = variables.iter().copied().collect();
    RawOptions::from_lookup(|name| variables.get(name).map(|value| (*value).to_owned()))
}

const BASE: [(&str, &str); 5] = [
    ("AWS_ACCESS_KEY_ID", "AKID"),
    ("AWS_SECRET_ACCESS_KEY", "s3cr3t-value"),
    ("AWS_REGION", "eu-central-1"),
    ("FILECHUTE_BUCKET", "uploads"),
    ("FILECHUTE_TOKEN", "t0ken-value"),
];

fn with(more: &[(&str, &str)]) -> RawOptions {
    read(&[&BASE[..], more].concat())
}

#[test]
fn each_service_gets_its_urls() {
    for (more, url) in [
        (&[][..], "https://uploads.s3.eu-central-1.amazonaws.com/"),
        (&[("AWS_REGION", "cn-north-1")][..], "https://uploads.s3.cn-north-1.amazonaws.com.cn/"),
        (&[("FILECHUTE_BUCKET", "a.b")][..], "https://s3.eu-central-1.amazonaws.com/a.b/"),
        (
            &[("AWS_ENDPOINT_URL_S3", "https://fra1.digitaloceanspaces.com")][..],
            "https://uploads.fra1.digitaloceanspaces.com/",
        ),
        (&[("AWS_ENDPOINT_URL", "http://127.0.0.1:9000")][..], "http://127.0.0.1:9000/uploads/"),
        (
            &[("AWS_ENDPOINT_URL_S3", "https://minio.example"), ("AWS_S3_FORCE_PATH_STYLE", "true")][..],
            "https://minio.example/uploads/",
        ),
    ] {
        assert_eq!(with(more).validate().unwrap().bucket.base_url().as_str(), url);
    }
}

#[test]
fn everything_can_be_set() {
    let config = with(&[
        ("AWS_SESSION_TOKEN", "session"),
        ("FILECHUTE_METHOD", "put"),
        ("FILECHUTE_EXPIRES", "60"),
        ("FILECHUTE_PREFIX", "in/"),
        ("FILECHUTE_ACL", "private"),
        ("FILECHUTE_MAX_SIZE", "10"),
        ("FILECHUTE_ALLOWED_ORIGINS", "https://a.example, http://localhost:3000"),
        ("FILECHUTE_PUBLIC_URL", "https://cdn.example/x"),
    ])
    .validate()
    .unwrap();
    assert_eq!(config.credentials.token(), Some("session"));
    assert_eq!(config.method, UploadMethod::Put);
    assert_eq!((config.expires.as_secs(), config.prefix.as_str(), config.acl.as_deref()), (60, "in/", Some("private")));
    assert_eq!(config.size.max, Some(10));
    assert!(matches!(&config.origins, AllowedOrigins::Listed(origins) if origins.len() == 2));
    assert_eq!(config.access, Access::Token("t0ken-value".into()));
    for secret in ["s3cr3t-value", "t0ken-value", "session"] {
        assert!(!format!("{config:?}").contains(secret), "Debug must not show {secret}");
    }
}

#[test]
fn wrong_settings_are_named_and_never_repeated() {
    for (name, value) in [
        ("FILECHUTE_METHOD", "PATCH"),
        ("FILECHUTE_EXPIRES", "0"),
        ("FILECHUTE_EXPIRES", "604801"),
        ("FILECHUTE_PREFIX", "../up"),
        ("FILECHUTE_PREFIX", "/up"),
        ("FILECHUTE_ACL", "Private!"),
        ("FILECHUTE_MIN_SIZE", "1MB"),
        ("FILECHUTE_ALLOWED_TYPES", "jpg"),
        ("FILECHUTE_ALLOWED_TYPES", ","),
        ("FILECHUTE_ALLOWED_TYPES", "image/png; q=1"),
        ("FILECHUTE_ALLOWED_ORIGINS", "https://*.shop.example"),
        ("FILECHUTE_ALLOWED_ORIGINS", "https://shop.example:443"),
        ("FILECHUTE_MAX_SIZE", "\u{fffd}"),
        ("FILECHUTE_UPLOAD_SECRET", "se\u{fffd}cret"),
        ("FILECHUTE_TOKEN", "a\nb"),
        ("FILECHUTE_TOKEN", "ключ"),
        ("AWS_REGION", "us east 1/x"),
        ("FILECHUTE_BUCKET", "my..bucket"),
        ("FILECHUTE_BUCKET", "bucket."),
        ("FILECHUTE_BUCKET", "a"),
        ("FILECHUTE_BUCKET", "My_Bucket"),
        ("FILECHUTE_ALLOWED_ORIGINS", "https://a.example/"),
        ("FILECHUTE_ALLOWED_ORIGINS", "*"),
        ("FILECHUTE_ALLOWED_HEADERS", "a b"),
        ("FILECHUTE_PUBLIC_URL", "cdn.example"),
        ("FILECHUTE_BUCKET", "s3://uploads"),
        ("FILECHUTE_IF_NONE_MATCH", "maybe"),
        ("FILECHUTE_CHECKSUMS", "maybe"),
        ("FILECHUTE_RATE_LIMIT", "fast"),
        ("FILECHUTE_TRUSTED_PROXIES", "300"),
        ("FILECHUTE_FORWARD_AUTH_URL", "http://auth.internal/verify"),
        ("FILECHUTE_PATH_STYLE", "maybe"),
        ("FILECHUTE_ACTIVE_CONTENT", "perhaps"),
        ("AWS_ENDPOINT_URL_S3", "https://user:pw@s3.example"),
        ("AWS_REGION", "eu/central"),
    ] {
        let error = with(&[(name, value)]).validate().unwrap_err();
        assert!(matches!(error, ConfigError::Invalid { name: named, .. } if named == name), "{name}={value}: {error}");
        assert!(!error.to_string().contains(&format!("`{value}`")) || value == "*", "{error}");
    }
    for (more, name) in [
        (&[("AWS_REGION", "us east 1/x"), ("AWS_ENDPOINT_URL_S3", "https://s3.example")], "AWS_REGION"),
        (&[("FILECHUTE_BUCKET", "My_Bucket"), ("AWS_ENDPOINT_URL_S3", "https://s3.example")], "FILECHUTE_BUCKET"),
    ] {
        let error = with(more).validate().unwrap_err();
        assert!(matches!(error, ConfigError::Invalid { name: named, .. } if named == name), "{error}");
    }
    let old = with(&[("FILECHUTE_BUCKET", "My_Bucket"), ("FILECHUTE_PATH_STYLE", "true")]).validate().unwrap();
    assert_eq!(old.bucket.base_url().as_str(), "https://s3.eu-central-1.amazonaws.com/My_Bucket/");
    let nowhere = with(&[("FILECHUTE_FORWARD_AUTH_USER", "remote-user")]).validate().unwrap_err();
    assert!(matches!(nowhere, ConfigError::Missing { name: "FILECHUTE_FORWARD_AUTH_URL", .. }), "{nowhere}");
    for missing in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "FILECHUTE_BUCKET", "FILECHUTE_TOKEN"] {
        let error = with(&[(missing, " ")]).validate().unwrap_err();
        assert!(matches!(error, ConfigError::Missing { name, .. } if name == missing), "{error}");
    }
}

#[test]
fn every_page_only_without_cookies_and_everyone_only_when_said() {
    let any = with(&[("FILECHUTE_ALLOWED_ORIGINS", "*"), ("FILECHUTE_CREDENTIALS", "omit")]).validate().unwrap();
    assert_eq!((any.origins, any.cookies), (AllowedOrigins::Any, false));
    let listed = [("FILECHUTE_ALLOWED_ORIGINS", "https://a.example")];
    assert!(with(&listed).validate().unwrap().cookies);
    assert!(!with(&[&listed[..], &[("FILECHUTE_CREDENTIALS", "omit")]].concat()).validate().unwrap().cookies);
    let forward = with(&[
        ("FILECHUTE_TOKEN", ""),
        ("FILECHUTE_FORWARD_AUTH_URL", "http://auth.internal/verify"),
        ("FILECHUTE_FORWARD_AUTH_USER", "Remote-User"),
        ("FILECHUTE_RATE_LIMIT", "600/100"),
        ("FILECHUTE_TRUSTED_PROXIES", "1"),
        ("FILECHUTE_IF_NONE_MATCH", "yes"),
    ])
    .validate()
    .unwrap();
    assert!(matches!(&forward.access, Access::Forward(forward) if forward.user_header.is_some()));
    let grouped =
        [("FILECHUTE_TOKEN", ""), ("FILECHUTE_FORWARD_AUTH_URL", "http://auth.internal/auth?allowed_groups=a")];
    let Access::Forward(grouped) = with(&grouped).validate().unwrap().access else { panic!("forward auth") };
    assert_eq!(grouped.url.as_str(), "http://auth.internal/auth?allowed_groups=a");
    for bad in ["auth.internal", "http://u:p@auth.internal/", "http://auth.internal/#a", "http://auth.internal/?a#b"] {
        let error = with(&[("FILECHUTE_TOKEN", ""), ("FILECHUTE_FORWARD_AUTH_URL", bad)]).validate().unwrap_err();
        assert!(matches!(error, ConfigError::Invalid { name: "FILECHUTE_FORWARD_AUTH_URL", .. }), "{bad} {error}");
    }
    assert_eq!((forward.rate_limit.unwrap().burst, forward.trusted_proxies), (100, 1));
    assert_eq!((forward.if_none_match, forward.method), (true, UploadMethod::Put));
    let contradiction = with(&[("FILECHUTE_IF_NONE_MATCH", "yes"), ("FILECHUTE_METHOD", "POST")]).validate();
    assert!(contradiction.unwrap_err().to_string().contains("FILECHUTE_METHOD"));
    let anyone = with(&[("FILECHUTE_TOKEN", ""), ("FILECHUTE_ANONYMOUS", "true")]).validate().unwrap();
    assert_eq!(anyone.access, Access::Anyone);
}
