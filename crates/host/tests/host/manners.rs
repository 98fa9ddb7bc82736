//! What the embedded store does as S3 does, where its parts by themselves would not.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use filechute_host::RawOptions;
use filechute_host::dev::{self, BUCKET, DevOptions};
use reqwest::header;
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};
use serde_json::json;

use crate::common::{MIB, Site, assert_refused};

const MINUTE: Duration = Duration::from_secs(60);

async fn put(site: &Site, key: &str, body: &'static str) -> reqwest::Response {
    let url = site.bucket.put_object(Some(&site.credentials), key).sign(MINUTE);
    site.client.put(url).body(body).send().await.unwrap()
}

async fn get(site: &Site, key: &str, more: &[(&str, &str)]) -> reqwest::Response {
    let url = site.bucket.get_object(Some(&site.credentials), key).sign(MINUTE);
    let request = site.client.get(url);
    more.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
}

#[tokio::test]
async fn another_region_token_or_key_pair_is_refused() {
    let site = Site::start().await;
    let endpoint = || format!("http://{}", site.store).parse().unwrap();
    let elsewhere = Bucket::new(endpoint(), UrlStyle::Path, BUCKET, "eu-west-1").unwrap();
    let url = elsewhere.put_object(Some(&site.credentials), "k").sign(MINUTE);
    let wrong = site.client.put(url).body("x").send().await.unwrap();
    assert_refused(wrong, 400, "AuthorizationQueryParametersError", "expecting &apos;us-east-1&apos;").await;

    let temporary = Credentials::new_with_token(site.credentials.key(), site.credentials.secret(), "token");
    let url = site.bucket.put_object(Some(&temporary), "k").sign(MINUTE);
    assert_refused(site.client.put(url).body("x").send().await.unwrap(), 400, "InvalidToken", "").await;

    let unknown = Credentials::new("NOBODY", "secret");
    let url = site.bucket.put_object(Some(&unknown), "k").sign(MINUTE);
    assert_refused(site.client.put(url).body("x").send().await.unwrap(), 403, "InvalidAccessKeyId", "").await;
    assert_eq!(site.stored("k"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_writes_at_once_under_a_condition_one_is_refused() {
    let site = Site::start().await;
    let mut action = site.bucket.put_object(Some(&site.credentials), "k");
    action.headers_mut().insert("if-none-match", "*");
    let url = action.sign(MINUTE);
    let path = &url[url::Position::BeforePath..];
    let mut slow = std::net::TcpStream::connect(site.store).unwrap();
    let head = "if-none-match: *\r\ncontent-length: 4\r\nconnection: close";
    write!(slow, "PUT {path} HTTP/1.1\r\nhost: {}\r\n{head}\r\n\r\nsl", site.store).unwrap();
    while site.unfinished() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let fast = site.client.put(url.clone()).header("if-none-match", "*").body("fast").send().await.unwrap();
    assert_eq!(fast.status(), 200);
    slow.write_all(b"ow").unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 412") && answer.contains("PreconditionFailed"), "{answer}");
    assert_eq!(site.stored("k").as_deref(), Some(&b"fast"[..]));
    assert_eq!(site.unfinished(), 0);
}

#[tokio::test]
async fn files_and_folders_of_one_name_are_refused_in_words() {
    let site = Site::start().await;
    assert_eq!(put(&site, "kk", "x").await.status(), 200);
    assert_refused(put(&site, "kk/b", "x").await, 400, "InvalidArgument", "kk is one already").await;
    assert_eq!(put(&site, "d/e", "x").await.status(), 200);
    assert_refused(put(&site, "d", "x").await, 400, "InvalidArgument", "objects below d/").await;
    assert_refused(get(&site, "d", &[]).await, 404, "NoSuchKey", "").await;
    let delete = |key| site.client.delete(site.bucket.delete_object(Some(&site.credentials), key).sign(MINUTE)).send();
    assert_eq!(delete("d").await.unwrap().status(), 204);
    assert!(site.stored("d/e").is_some());
    assert_eq!(delete("d/e").await.unwrap().status(), 204);
    assert_eq!(put(&site, "d", "x").await.status(), 200);
}

#[tokio::test]
async fn objects_are_read_as_s3_lets_one_read() {
    let site = Site::start().await;
    let e_tag = put(&site, "k", "0123456789").await.headers()[header::ETAG].to_str().unwrap().to_owned();
    let whole = get(&site, "k", &[]).await;
    // A browser would look into what has no type.
    assert_eq!(whole.headers()[header::CONTENT_TYPE], "binary/octet-stream");
    let modified = whole.headers()[header::LAST_MODIFIED].to_str().unwrap().to_owned();
    let past = "Thu, 01 Jan 2015 00:00:00 GMT";
    for (name, value, status) in [
        ("if-none-match", e_tag.as_str(), 304),
        ("if-none-match", "\"other\"", 200),
        ("if-match", e_tag.as_str(), 200),
        ("if-match", "\"other\"", 412),
        ("if-modified-since", modified.as_str(), 304),
        ("if-modified-since", past, 200),
        ("if-unmodified-since", past, 412),
        ("range", "bytes=-1000", 206),
        ("range", "bytes=-3", 206),
        ("range", "bytes=2-4", 206),
        ("range", "bytes=5-2", 200),
        ("range", "abc", 200),
        ("range", "bytes=10-", 416),
    ] {
        let answer = get(&site, "k", &[(name, value)]).await;
        assert_eq!(answer.status().as_u16(), status, "{name}: {value}");
        if value == "bytes=-1000" {
            assert_eq!(answer.text().await.unwrap(), "0123456789");
        }
    }
    let head = site.bucket.head_object(Some(&site.credentials), "k").sign(MINUTE);
    let head = site.client.head(head).header("if-none-match", &e_tag).send().await.unwrap();
    assert_eq!(head.status(), 304);
}

#[tokio::test]
async fn long_metadata_chunks_and_redirects() {
    let site = Site::start().await;
    let mut action = site.bucket.put_object(Some(&site.credentials), "k");
    let long = "x".repeat(3000);
    action.headers_mut().insert("x-amz-meta-a", long.as_str());
    let request = site.client.put(action.sign(MINUTE)).header("x-amz-meta-a", &long).body("x");
    assert_refused(request.send().await.unwrap(), 400, "MetadataTooLarge", "").await;

    let url = site.bucket.put_object(Some(&site.credentials), "k").sign(MINUTE);
    let chunks = futures::stream::iter([Ok::<_, std::io::Error>("x")]);
    let request = site.client.put(url).body(reqwest::Body::wrap_stream(chunks));
    assert_refused(request.send().await.unwrap(), 501, "NotImplemented", "").await;

    let back = "http://shop.example/done?a=b";
    let conditions = [json!({"key": "k"}), json!({"bucket": BUCKET}), json!({"success_action_redirect": back})];
    let fields = site.policy(60, &conditions, json!({"key": "k", "success_action_redirect": back}));
    let mut form = reqwest::multipart::Form::new();
    for (name, value) in fields.as_object().unwrap() {
        form = form.text(name.clone(), value.as_str().unwrap().to_owned());
    }
    let form = form.part("file", reqwest::multipart::Part::bytes(b"x".to_vec()).file_name("a"));
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let sent = client.post(format!("http://{}/{BUCKET}", site.store)).multipart(form).send().await.unwrap();
    assert_eq!(sent.status(), 303);
    let location = sent.headers()[header::LOCATION].to_str().unwrap();
    assert!(location.starts_with(&format!("{back}&bucket={BUCKET}&key=k&etag=")), "{location}");
}

/// Parts 1 and 3 move together only when all is well.
#[tokio::test]
async fn a_refused_completion_leaves_the_upload_as_it_was() {
    let site = Site::start().await;
    let upload = site.begin("a", json!({})).await;
    let mut parts = String::new();
    for (number, body) in [(1, vec![1; 5 * MIB]), (3, b"end".to_vec())] {
        let part = upload.sent(&site, site.host, number, body).await;
        parts +=
            &format!("<Part><PartNumber>{number}</PartNumber><ETag>{}</ETag></Part>", part["ETag"].as_str().unwrap());
    }
    let id = upload.id.rsplit_once('.').unwrap().0;
    let complete = async |checksum: Option<&'static str>| {
        let none = std::iter::empty::<&str>();
        let mut action = site.bucket.complete_multipart_upload(Some(&site.credentials), &upload.key, id, none);
        if let Some(value) = checksum {
            action.headers_mut().insert("x-amz-checksum-crc32", value);
        }
        let mut request = site.client.post(action.sign(MINUTE));
        if let Some(value) = checksum {
            request = request.header("x-amz-checksum-crc32", value);
        }
        let document = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
        request.body(document).send().await.unwrap()
    };
    assert_refused(complete(Some("AAAAAA==")).await, 400, "BadDigest", "").await;
    assert_eq!(complete(None).await.status(), 200);
    assert_eq!(site.stored(&upload.key).unwrap().len(), 5 * MIB + 3);
    // An id is a name, not a number that can be written in several ways.
    let upload = site.begin("b", json!({})).await;
    let id = upload.id.rsplit_once('.').unwrap().0.to_uppercase();
    let url = site.bucket.list_parts(Some(&site.credentials), &upload.key, &id).sign(MINUTE);
    assert_refused(site.client.get(url).send().await.unwrap(), 404, "NoSuchUpload", "").await;
}

#[tokio::test]
async fn checksum_types_are_those_that_the_algorithm_has() {
    let site = Site::start().await;
    let create = async |algorithm: &'static str, kind: &'static str| {
        let mut action = site.bucket.create_multipart_upload(Some(&site.credentials), "k");
        action.headers_mut().insert("x-amz-checksum-algorithm", algorithm);
        action.headers_mut().insert("x-amz-checksum-type", kind);
        let request = site.client.post(action.sign(MINUTE)).header("x-amz-checksum-algorithm", algorithm);
        request.header("x-amz-checksum-type", kind).send().await.unwrap()
    };
    for (algorithm, kind, status) in [
        ("SHA256", "COMPOSITE", 200),
        ("CRC32C", "COMPOSITE", 200),
        ("CRC32C", "FULL_OBJECT", 200),
        ("CRC64NVME", "FULL_OBJECT", 200),
        ("SHA256", "FULL_OBJECT", 400),
        ("CRC64NVME", "COMPOSITE", 400),
    ] {
        assert_eq!(create(algorithm, kind).await.status().as_u16(), status, "{algorithm} {kind}");
    }
    // The whole object's, known without those of its parts.
    let xml = create("CRC32C", "FULL_OBJECT").await.text().await.unwrap();
    let id = xml.split_once("<UploadId>").unwrap().1.split_once('<').unwrap().0.to_owned();
    let part = site.bucket.upload_part(Some(&site.credentials), "k", 1, &id).sign(MINUTE);
    let sent = site.client.put(part).body("a").send().await.unwrap();
    let e_tag = sent.headers()[header::ETAG].to_str().unwrap().to_owned();
    let complete = async |kind: &'static str| {
        let none = std::iter::empty::<&str>();
        let mut action = site.bucket.complete_multipart_upload(Some(&site.credentials), "k", &id, none);
        let headers = [("x-amz-checksum-crc32c", "wdBDMA=="), ("x-amz-checksum-type", kind)];
        for (name, value) in headers {
            action.headers_mut().insert(name, value);
        }
        let request = site.client.post(action.sign(MINUTE));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let part = format!("<Part><PartNumber>1</PartNumber><ETag>{e_tag}</ETag></Part>");
        request.body(format!("<CompleteMultipartUpload>{part}</CompleteMultipartUpload>")).send().await.unwrap()
    };
    assert_refused(complete("COMPOSITE").await, 400, "InvalidRequest", "checksum mode").await;
    assert_eq!(complete("FULL_OBJECT").await.status(), 200);
}

/// The key pair is another at each start; an upload in parts is not over for that.
#[tokio::test]
async fn an_upload_outlives_the_key_pair() {
    let data = tempfile::tempdir().unwrap();
    let raw = RawOptions::from_lookup(|name| (name == "FILECHUTE_UPLOAD_SECRET").then(|| "kept".to_owned()));
    let mut begun: Option<(String, String)> = None;
    for secret in ["first", "second"] {
        let (host_listener, store_listener) = (crate::common::listener().await, crate::common::listener().await);
        let (host, store) = (host_listener.local_addr().unwrap(), store_listener.local_addr().unwrap());
        let options = DevOptions { data: data.path().to_owned(), host, store, endpoint: None, list_page: 10 };
        let pair = Credentials::new(format!("ID{secret}"), secret);
        let started = dev::start_with(&raw, options, &pair).unwrap();
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let (also, ended_also) = tokio::sync::oneshot::channel::<()>();
        let serving = [
            tokio::spawn(filechute_host::server::serve(host_listener, started.host, async { drop(ended.await) })),
            tokio::spawn(filechute_host::server::serve(store_listener, started.store, async {
                drop(ended_also.await)
            })),
        ];
        let client = reqwest::Client::new();
        let at = |key: &str, id: &str, route: &str| format!("http://{host}/s3/multipart/{id}{route}?key={key}");
        match &begun {
            None => {
                let ask = json!({ "filename": "a", "type": "", "metadata": {} });
                let answer = client.post(format!("http://{host}/s3/multipart")).json(&ask).send().await.unwrap();
                let answer: serde_json::Value = answer.json().await.unwrap();
                let text = |name: &str| answer[name].as_str().unwrap().to_owned();
                begun = Some((text("key"), text("uploadId")));
            }
            Some((key, id)) => {
                let signed: serde_json::Value =
                    client.get(at(key, id, "/1")).send().await.unwrap().json().await.unwrap();
                let sent = client.put(signed["url"].as_str().unwrap()).body("x").send().await.unwrap();
                assert_eq!(sent.status(), 200);
                assert_eq!(client.delete(at(key, id, "")).send().await.unwrap().status(), 200);
            }
        }
        drop(client);
        drop((end, also));
        for served in serving {
            served.await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_folder_belongs_to_one_store_and_can_be_written() {
    let site = Site::start().await;
    let raw = RawOptions::default();
    let options = |data: &std::path::Path| DevOptions {
        data: data.to_owned(),
        host: site.host,
        store: site.store,
        endpoint: None,
        list_page: 10,
    };
    let twice = dev::start(&raw, options(site.data.path())).unwrap_err().to_string();
    assert!(twice.contains("in use by another process"), "{twice}");
    // A folder that is a file is one that cannot be written, for everybody.
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join(BUCKET), "").unwrap();
    assert!(dev::start(&raw, options(data.path())).is_err());
}

/// A submit button, say. What stands behind the file S3 does not look at.
#[tokio::test]
async fn fields_behind_the_file_are_ignored() {
    let site = Site::start().await;
    for size in [0, 1, 100_000] {
        let fields = site.policy(60, &[json!({"key": "k"}), json!({"bucket": BUCKET})], json!({"key": "k"}));
        let mut form = reqwest::multipart::Form::new();
        for (name, value) in fields.as_object().unwrap() {
            form = form.text(name.clone(), value.as_str().unwrap().to_owned());
        }
        let file = |byte| reqwest::multipart::Part::bytes(vec![byte; size]).file_name("a");
        let form = form.part("file", file(1)).text("submit", "Send").part("file", file(2));
        let sent = site.client.post(format!("http://{}/{BUCKET}", site.store)).multipart(form).send().await.unwrap();
        assert_eq!(sent.status(), 204, "{size}: {}", sent.text().await.unwrap());
        assert!(site.stored("k").unwrap() == vec![1; size]);
    }
}

/// A file whose end is not there is no file, however much of it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_ends_too_early_leaves_nothing() {
    let site = Site::start().await;
    let fields = site.policy(60, &[json!({"key": "k"}), json!({"bucket": BUCKET})], json!({"key": "k"}));
    for end in ["", "\r\n", "\r\n--b", "\r\n--b-"] {
        let mut body = String::new();
        for (name, value) in fields.as_object().unwrap() {
            let value = value.as_str().unwrap();
            body += &format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        body += &format!("--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n0123456789{end}");
        let mut socket = std::net::TcpStream::connect(site.store).unwrap();
        let head = "content-type: multipart/form-data; boundary=b\r\nconnection: close";
        let length = body.len();
        write!(
            socket,
            "POST /{BUCKET} HTTP/1.1\r\nhost: {}\r\n{head}\r\ncontent-length: {length}\r\n\r\n{body}",
            site.store
        )
        .unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        assert!(!answer.starts_with("HTTP/1.1 2"), "{end:?} {answer}");
        assert_eq!(site.stored("k"), None, "{end:?}");
    }
}
