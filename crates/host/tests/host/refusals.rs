//! What the store must refuse, and in which words: a demo that accepts what S3 refuses would lie.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use crate::common::{Site, assert_refused, bucket};
use filechute_host::dev::BUCKET;
use jiff::{Timestamp, ToSpan as _};
use rusty_s3::{Credentials, S3Action as _};
use serde_json::{Value, json};

const MINUTE: Duration = Duration::from_secs(60);

fn basic() -> [Value; 2] {
    [json!({"key": "k"}), json!({"bucket": BUCKET})]
}

#[tokio::test]
async fn wrong_signatures_and_strangers() {
    let site = Site::start().await;
    let stranger = Credentials::new("TESTID", "another-secret");
    let url = site.bucket.put_object(Some(&stranger), "k").sign(MINUTE);
    assert_refused(site.client.put(url).body("x").send().await.unwrap(), 403, "SignatureDoesNotMatch", "").await;

    let mut fields = site.policy(60, &basic(), json!({"key": "k"}));
    fields["X-Amz-Signature"] = "0".repeat(64).into();
    assert_refused(site.post(&fields, b"x".to_vec()).await, 403, "SignatureDoesNotMatch", "").await;

    let unsigned = site.client.put(site.bucket.object_url("k")).body("x").send().await.unwrap();
    assert_refused(unsigned, 403, "AccessDenied", "").await;
    assert_refused(site.post(&json!({"key": "k"}), b"x".to_vec()).await, 403, "AccessDenied", "").await;
    assert_eq!(site.stored("k"), None);
}

#[tokio::test]
async fn what_was_signed_is_what_must_be_sent() {
    let site = Site::start().await;
    let mut action = site.bucket.put_object(Some(&site.credentials), "k");
    action.headers_mut().insert("content-type", "image/png");
    action.headers_mut().insert("content-length", "3");
    let url = action.sign(MINUTE);
    let put = |content_type, body| site.client.put(url.clone()).header("content-type", content_type).body(body).send();
    assert_refused(put("text/html", "abc").await.unwrap(), 403, "SignatureDoesNotMatch", "").await;
    assert_refused(put("image/png", "abcd").await.unwrap(), 403, "SignatureDoesNotMatch", "").await;
    let extra = site.client.put(url.clone()).header("content-type", "image/png").header("x-amz-acl", "public-read");
    assert_refused(extra.body("abc").send().await.unwrap(), 403, "AccessDenied", "not signed").await;
    assert_eq!(site.stored("k"), None);
    assert_eq!(put("image/png", "abc").await.unwrap().status(), 200);
}

#[tokio::test]
async fn expired_and_endless() {
    let site = Site::start().await;
    let action = site.bucket.put_object(Some(&site.credentials), "k");
    let old = action.sign_with_time(MINUTE, &(Timestamp::now() - 61.seconds()));
    assert_refused(site.client.put(old).body("x").send().await.unwrap(), 403, "AccessDenied", "Request has expired")
        .await;
    let endless = action.sign(Duration::from_secs(604_801));
    let endless = site.client.put(endless).body("x").send().await.unwrap();
    assert_refused(endless, 400, "AuthorizationQueryParametersError", "").await;

    let fields = site.policy(-1, &basic(), json!({"key": "k"}));
    let message = "Invalid according to Policy: Policy expired.";
    assert_refused(site.post(&fields, b"x".to_vec()).await, 403, "AccessDenied", message).await;
    assert_eq!(site.stored("k"), None);
}

#[tokio::test]
async fn policies_are_enforced_field_by_field() {
    let site = Site::start().await;
    let refused = async |conditions: &[Value], fields: Value, message: &str| {
        let fields = site.policy(60, conditions, fields);
        assert_refused(site.post(&fields, b"xyz".to_vec()).await, 403, "AccessDenied", message).await;
    };
    refused(&basic(), json!({"key": "other"}), r#"Policy Condition failed: ["eq", "$key", "k"]"#).await;
    refused(
        &[json!({"bucket": BUCKET}), json!(["starts-with", "$key", "user/"])],
        json!({"key": "k"}),
        r#"Policy Condition failed: ["starts-with", "$key", "user/"]"#,
    )
    .await;
    let typed = [basic().to_vec(), vec![json!({"content-type": "image/png"})]].concat();
    let message = r#"Policy Condition failed: ["eq", "$content-type", "image/png"]"#;
    refused(&typed, json!({"key": "k", "content-type": "text/html"}), message).await;
    refused(&typed, json!({"key": "k"}), message).await;
    refused(&basic(), json!({"key": "k", "acl": "public-read"}), "Extra input fields: acl").await;
    refused(&[json!({"key": "k"}), json!({"bucket": "other"})], json!({"key": "k"}), "Invalid according to Policy")
        .await;
    refused(&[json!({"bucket": BUCKET})], json!({"key": "k"}), "Extra input fields: key").await;
    assert_eq!(site.stored("k"), None);
}

#[tokio::test]
async fn sizes_outside_the_policy() {
    let site = Site::with(&[("FILECHUTE_MIN_SIZE", "2"), ("FILECHUTE_MAX_SIZE", "1000")]).await;
    let answer = site.parameters("a", "type=text%2Fplain").await;
    let large = site.post(&answer["fields"], vec![1; 1001]).await;
    assert_refused(large, 400, "EntityTooLarge", "exceeds the maximum allowed").await;
    assert_refused(site.post(&answer["fields"], vec![1]).await, 400, "EntityTooSmall", "").await;
    assert_eq!(site.post(&answer["fields"], vec![1; 1000]).await.status(), 201);

    let announced = site.parameters("a", "type=text%2Fplain&size=5").await;
    assert_refused(site.post(&announced["fields"], vec![1; 6]).await, 400, "EntityTooLarge", "").await;
    assert_eq!(site.post(&announced["fields"], vec![1; 5]).await.status(), 201);
}

/// A browser that is still sending when the answer comes and the connection closes reports a network error and never
/// shows the refusal. So the store reads to the end first; this client, too, reads only after all is sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_reaches_a_client_that_is_still_sending() {
    let site = Site::with(&[("FILECHUTE_MAX_SIZE", "1000")]).await;
    let answer = site.parameters("a", "type=text%2Fplain").await;
    let mut body = Vec::new();
    for (name, value) in answer["fields"].as_object().unwrap() {
        let value = value.as_str().unwrap();
        write!(body, "--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").unwrap();
    }
    write!(body, "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n").unwrap();
    body.resize(body.len() + (32 << 20), 1);
    body.extend_from_slice(b"\r\n--b--\r\n");
    let mut socket = std::net::TcpStream::connect(site.store).unwrap();
    let head = "content-type: multipart/form-data; boundary=b\r\nconnection: close";
    write!(
        socket,
        "POST /{BUCKET} HTTP/1.1\r\nhost: {}\r\n{head}\r\ncontent-length: {}\r\n\r\n",
        site.store,
        body.len()
    )
    .unwrap();
    socket.write_all(&body).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("EntityTooLarge"), "{answer}");
}

#[tokio::test]
async fn other_buckets_and_bad_keys() {
    let site = Site::start().await;
    let other = bucket(site.store, "other");
    let url = other.put_object(Some(&site.credentials), "k").sign(MINUTE);
    assert_refused(site.client.put(url).body("x").send().await.unwrap(), 404, "NoSuchBucket", "").await;
    assert!(!site.data.path().join("other").exists(), "a PUT must not make a bucket");

    for key in ["../outside", "a/../../outside", "/etc/outside", "a//b", "a/./b", "a/"] {
        let fields = site.policy(60, &[json!({"key": key}), json!({"bucket": BUCKET})], json!({"key": key}));
        assert_refused(site.post(&fields, b"x".to_vec()).await, 400, "InvalidArgument", "The key").await;
    }
    let long = "k".repeat(200);
    let fields = site.policy(60, &[json!({"key": long}), json!({"bucket": BUCKET})], json!({"key": long}));
    assert_refused(site.post(&fields, b"x".to_vec()).await, 400, "KeyTooLongError", "").await;
    // An encoded slash hides the way out from URL parsers, not from the store.
    let hidden = format!("http://{}/{BUCKET}/..%2Foutside", site.store).parse().unwrap();
    let none = std::iter::empty::<(&str, &str)>;
    let (id, secret) = (site.credentials.key(), site.credentials.secret());
    let now = Timestamp::now();
    let url =
        rusty_s3::signing::sign(&now, rusty_s3::Method::Put, hidden, id, secret, None, "us-east-1", 60, none(), none());
    assert!(site.client.put(url).body("x").send().await.unwrap().status().is_client_error());
    assert!(!site.data.path().join("outside").exists());
}

#[tokio::test]
async fn a_wrong_checksum_leaves_the_old_object() {
    let site = Site::start().await;
    let first = site.bucket.put_object(Some(&site.credentials), "k").sign(MINUTE);
    assert_eq!(site.client.put(first).body("old").send().await.unwrap().status(), 200);
    for (name, value) in [
        ("x-amz-checksum-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        ("x-amz-checksum-crc32", "AAAAAA=="),
        ("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="),
    ] {
        let mut action = site.bucket.put_object(Some(&site.credentials), "k");
        action.headers_mut().insert(name, value);
        let put = site.client.put(action.sign(MINUTE)).header(name, value).body("new").send().await.unwrap();
        assert_refused(put, 400, "BadDigest", "").await;
        assert_eq!(site.stored("k").as_deref(), Some(&b"old"[..]), "{name}");
    }
    assert_eq!(site.unfinished(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_cut_off_in_mid_body_leaves_nothing() {
    let site = Site::start().await;
    let url = site.bucket.put_object(Some(&site.credentials), "k").sign(MINUTE);
    let mut socket = std::net::TcpStream::connect(site.store).unwrap();
    let path = &url[url::Position::BeforePath..];
    write!(socket, "PUT {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: 1000000\r\n\r\n0123456789", site.store).unwrap();
    until(|| site.unfinished() == 1).await;
    socket.shutdown(std::net::Shutdown::Both).unwrap();
    drop(socket);
    until(|| site.unfinished() == 0).await;
    assert_eq!((site.stored("k"), site.unfinished()), (None, 0));
}

/// Waits until something holds; the assertion after it says what if it never does.
async fn until(holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited in vain");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_a_length_is_refused() {
    let site = Site::start().await;
    let mut socket = std::net::TcpStream::connect(site.store).unwrap();
    let head = "content-type: multipart/form-data; boundary=b\r\ntransfer-encoding: chunked\r\nconnection: close";
    write!(socket, "POST /{BUCKET} HTTP/1.1\r\nhost: {}\r\n{head}\r\n\r\n0\r\n\r\n", site.store).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 411") && answer.contains("MissingContentLength"), "{answer}");
}
