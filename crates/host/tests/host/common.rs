//! A development pair (host and store) on real sockets, with credentials the test knows.
#![allow(dead_code, reason = "every test file uses its own part")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::SystemTime;

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use filechute_host::dev::{self, BUCKET, DevOptions, REGION};
use filechute_host::{Config, RawOptions, not_found, router, server};
use jiff::{Timestamp, ToSpan as _};
use reqwest::{Client, Response, StatusCode};
use rusty_s3::{Bucket, Credentials, UrlStyle};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// Names that real people's files have.
pub(crate) const NAMES: [&str; 4] = [
    "١٠ كم мест для Нью-Йорке.pdf",
    "DALL·E IMG_9078 - 学中文 🤑.png",
    "it's \"quoted\" & <b>.txt",
    "line\r\nbreak + 100%.txt",
];

/// Host and store, stopped when dropped with the runtime.
pub(crate) struct Site {
    pub(crate) host: SocketAddr,
    pub(crate) store: SocketAddr,
    pub(crate) data: TempDir,
    pub(crate) credentials: Credentials,
    pub(crate) bucket: Bucket,
    pub(crate) client: Client,
}

impl Site {
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// Starts with some variables set.
    pub(crate) async fn with(variables: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let (host_listener, store_listener) = (listener().await, listener().await);
        let (host, store) = (host_listener.local_addr().unwrap(), store_listener.local_addr().unwrap());
        let variables: BTreeMap<_, _> = variables.iter().copied().collect();
        let raw = RawOptions::from_lookup(|name| variables.get(name).map(|value| (*value).to_owned()));
        let credentials = Credentials::new("TESTID", "test-secret");
        let options = DevOptions { data: data.path().to_owned(), host, store, endpoint: None, list_page: 2 };
        let dev = dev::start_with(&raw, options, &credentials).unwrap();
        tokio::spawn(server::serve(host_listener, dev.host.fallback(not_found), std::future::pending()));
        tokio::spawn(server::serve(store_listener, dev.store, std::future::pending()));
        let bucket = bucket(store, BUCKET);
        Self { host, store, data, credentials, bucket, client: Client::new() }
    }

    /// Asks the host for parameters; `query` is appended as it is.
    pub(crate) async fn ask(&self, query: &str) -> Response {
        self.client.get(format!("http://{}/s3/params?{query}", self.host)).send().await.unwrap()
    }

    /// Parameters for a name and type, by POST unless `more` says otherwise.
    pub(crate) async fn parameters(&self, name: &str, more: &str) -> Value {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("filename", name).finish();
        let answer = self.ask(&format!("{query}&{more}")).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// Sends a form to the bucket.
    pub(crate) async fn post(&self, fields: &Value, body: Vec<u8>) -> Response {
        self.post_to(&format!("http://{}/{BUCKET}", self.store), fields, body).await
    }

    pub(crate) async fn post_to(&self, url: &str, fields: &Value, body: Vec<u8>) -> Response {
        let mut form = reqwest::multipart::Form::new();
        for (name, value) in fields.as_object().unwrap() {
            form = form.text(name.clone(), value.as_str().unwrap().to_owned());
        }
        let form = form.part("file", reqwest::multipart::Part::bytes(body).file_name("file"));
        self.client.post(url).multipart(form).send().await.unwrap()
    }

    /// Signs conditions the way a host would, so that a test can write any policy.
    pub(crate) fn policy(&self, expires_in_s: i64, conditions: &[Value], fields: Value) -> Value {
        let (now, mut fields) = (Timestamp::now(), fields);
        let signed_at = now - 1000.seconds();
        let date = signed_at.strftime("%Y%m%dT%H%M%SZ").to_string();
        let common = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256".to_owned()),
            ("X-Amz-Credential", format!("{}/{}/{REGION}/s3/aws4_request", self.credentials.key(), &date[..8])),
            ("X-Amz-Date", date),
        ];
        let mut conditions = conditions.to_vec();
        for (name, value) in common {
            conditions.push(json!({ name: value }));
            fields[name] = value.into();
        }
        let expiration = (now + expires_in_s.seconds()).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let policy = BASE64_STANDARD.encode(json!({ "expiration": expiration, "conditions": conditions }).to_string());
        let key = generate_signing_key(self.credentials.secret(), SystemTime::from(signed_at), REGION, "s3");
        fields["X-Amz-Signature"] = calculate_signature(key, policy.as_bytes()).into();
        fields["Policy"] = policy.into();
        fields
    }

    /// The host's answer to a JSON body.
    pub(crate) async fn json(&self, path: &str, body: &Value) -> Response {
        self.client.post(format!("http://{}/s3/{path}", self.host)).json(body).send().await.unwrap()
    }

    /// Begins a multipart upload; `more` is merged into the request.
    pub(crate) async fn begin(&self, name: &str, more: Value) -> Upload {
        let mut body = json!({ "filename": name, "type": "application/octet-stream", "metadata": {} });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.json("multipart", &body).await;
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.unwrap();
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        Upload { key: text("key"), id: text("uploadId"), answer }
    }

    /// A host of its own in front of the same store, as a balancer has several.
    pub(crate) async fn another_host(&self, change: impl FnOnce(&mut Config)) -> SocketAddr {
        serve_host(self.bucket.clone(), self.credentials.clone(), change).await
    }

    /// The object's bytes on disk.
    pub(crate) fn stored(&self, key: &str) -> Option<Vec<u8>> {
        std::fs::read(self.data.path().join(BUCKET).join(key)).ok()
    }

    /// What uploads that are over should not have left behind.
    pub(crate) fn leftovers(&self) -> usize {
        let names = std::fs::read_dir(self.data.path()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with(".upload")).count()
    }

    /// Names under the data folder that look like unfinished writes.
    pub(crate) fn unfinished(&self) -> usize {
        let names = std::fs::read_dir(self.data.path()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with(".tmp.")).count()
    }
}

/// A multipart upload as the host answered it.
pub(crate) struct Upload {
    pub(crate) key: String,
    pub(crate) id: String,
    pub(crate) answer: Value,
}

impl Upload {
    /// A route of this upload, at any host.
    pub(crate) fn at(&self, host: SocketAddr, route: &str, more: &str) -> String {
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        format!("http://{host}/s3/multipart/{}{route}?key={}{more}", encode(&self.id), encode(&self.key))
    }

    /// Signs a part at `host` and sends it. Answers what the store says.
    pub(crate) async fn part(&self, site: &Site, host: SocketAddr, number: u32, body: Vec<u8>, more: &str) -> Response {
        let signed = site.client.get(self.at(host, &format!("/{number}"), more)).send().await.unwrap();
        assert_eq!(signed.status(), 200);
        let signed: Value = signed.json().await.unwrap();
        assert_eq!(signed["expires"], 800);
        let url = signed["url"].as_str().unwrap();
        assert!(!url.contains("x-amz-checksum-crc32=") && !url.contains("AAAAAA"), "{url}");
        let mut put = site.client.put(url).body(body);
        for (name, value) in signed["headers"].as_object().into_iter().flatten() {
            put = put.header(name, value.as_str().unwrap());
        }
        put.send().await.unwrap()
    }

    /// As [`Self::part`] for a part that must succeed; its entry for Complete.
    pub(crate) async fn sent(&self, site: &Site, host: SocketAddr, number: u32, body: Vec<u8>) -> Value {
        let answer = self.part(site, host, number, body, "").await;
        assert_eq!(answer.status(), 200);
        json!({ "PartNumber": number, "ETag": answer.headers()["etag"].to_str().unwrap() })
    }

    pub(crate) async fn list(&self, site: &Site, host: SocketAddr) -> Response {
        site.client.get(self.at(host, "", "")).send().await.unwrap()
    }

    pub(crate) async fn complete(&self, site: &Site, host: SocketAddr, body: &Value) -> (u16, Value) {
        let answer = site.client.post(self.at(host, "/complete", "")).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

/// A plain host, as the library serves it.
pub(crate) async fn serve_host(
    bucket: Bucket,
    credentials: Credentials,
    change: impl FnOnce(&mut Config),
) -> SocketAddr {
    let mut config = Config::new(bucket, credentials);
    config.max_key_bytes = 128;
    change(&mut config);
    let listener = listener().await;
    let here = listener.local_addr().unwrap();
    tokio::spawn(server::serve(listener, router(config).fallback(not_found), std::future::pending()));
    here
}

/// The checksum of some bytes, by the store's own library.
pub(crate) fn crc64nvme(bytes: &[u8]) -> String {
    let mut hasher = s3s::checksum::ChecksumHasher { crc64nvme: Some(Default::default()), ..Default::default() };
    hasher.update(bytes);
    hasher.finalize().checksum_crc64nvme.unwrap()
}

/// As it stands in a query.
pub(crate) fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

pub(crate) const MIB: usize = 1 << 20;

pub(crate) fn bucket(store: SocketAddr, name: &str) -> Bucket {
    Bucket::new(format!("http://{store}").parse().unwrap(), UrlStyle::Path, name.to_owned(), REGION).unwrap()
}

pub(crate) async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// Asserts an S3 refusal: status, code, and a piece of the message.
pub(crate) async fn assert_refused(response: Response, status: u16, code: &str, message: &str) {
    let got = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(got, StatusCode::from_u16(status).unwrap(), "{text}");
    assert!(text.contains(&format!("<Code>{code}</Code>")), "{text}");
    assert!(text.replace("&quot;", "\"").contains(message), "{text}");
}
