//! Complete when the line or the store misbehaves: success only for an object that is there, the true error otherwise.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, Response, StatusCode};
use axum::{Router, body};
use filechute_host::server;
use serde_json::{Value, json};

use crate::common::{Site, Upload, bucket, listener, serve_host};

/// What becomes of one Complete.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// Happens, and the answer breaks off.
    Lost,
    /// Does not happen: 200 with an error inside.
    Inner(&'static str),
    /// Does not happen: 200 and nothing.
    Empty,
    /// Does not happen, and 200 says that it did.
    Lie,
    /// Does not happen: 503 with a time.
    Busy,
}

/// A store whose answers to Complete follow a script; the rest passes. Returns the host in front of it.
async fn behind(site: &Site, script: &[Fate]) -> (SocketAddr, Arc<Mutex<VecDeque<Fate>>>) {
    let script = Arc::new(Mutex::new(script.iter().copied().collect::<VecDeque<_>>()));
    let (store, client, fates) = (site.store, site.client.clone(), Arc::clone(&script));
    let proxy = Router::new().fallback(move |request: Request| {
        let (client, fates) = (client.clone(), Arc::clone(&fates));
        async move {
            let completes =
                request.method() == Method::POST && request.uri().query().unwrap_or_default().contains("uploadId=");
            let fate = if completes { fates.lock().unwrap().pop_front() } else { None };
            answer(&client, store, fate, request).await
        }
    });
    let listener = listener().await;
    let here = listener.local_addr().unwrap();
    tokio::spawn(server::serve(listener, proxy, std::future::pending()));
    (serve_host(bucket(here, filechute_host::dev::BUCKET), site.credentials.clone(), |_| {}).await, script)
}

async fn answer(client: &reqwest::Client, store: SocketAddr, fate: Option<Fate>, request: Request) -> Response<Body> {
    let say = |status: u16, text: String| {
        let response = Response::builder().status(status).header("retry-after", "7");
        response.body(Body::from(text)).unwrap()
    };
    match fate {
        Some(Fate::Inner(code)) => {
            return say(200, format!("\n\n<Error><Code>{code}</Code><Message>m</Message></Error>"));
        }
        Some(Fate::Empty) => return say(200, "  \n ".into()),
        Some(Fate::Lie) => {
            return say(
                200,
                "<CompleteMultipartUploadResult><ETag>\"x-1\"</ETag></CompleteMultipartUploadResult>".into(),
            );
        }
        Some(Fate::Busy) => return say(503, "<Error><Code>SlowDown</Code></Error>".into()),
        Some(Fate::Lost) | None => {}
    }
    let (parts, body) = request.into_parts();
    let mut forward = client.request(parts.method, format!("http://{store}{}", parts.uri));
    for (name, value) in &parts.headers {
        forward = forward.header(name, value);
    }
    let got = forward.body(body::to_bytes(body, usize::MAX).await.unwrap()).send().await.unwrap();
    let mut response = Response::builder().status(got.status());
    for (name, value) in got.headers() {
        response = response.header(name, value);
    }
    let bytes = got.bytes().await.unwrap();
    if matches!(fate, Some(Fate::Lost)) {
        let broken = futures::stream::iter([Err::<body::Bytes, _>(std::io::Error::other("cut"))]);
        return Response::builder().status(StatusCode::OK).body(Body::from_stream(broken)).unwrap();
    }
    response.body(Body::from(bytes)).unwrap()
}

/// One small part, completed under a script.
async fn completed(script: &[Fate], more: Value) -> (Site, Upload, u16, Value, usize) {
    let site = Site::start().await;
    let (host, left) = behind(&site, script).await;
    let upload = site.begin("a", json!({ "checksum": "crc64nvme" })).await;
    let part = upload.sent(&site, site.host, 1, b"bytes".to_vec()).await;
    let mut body = json!({ "parts": [part] });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let (status, answer) = upload.complete(&site, host, &body).await;
    let left = left.lock().unwrap().len();
    (site, upload, status, answer, left)
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_the_object() {
    // Its parts' ETag proves it without any size, its size and ETag, its size and checksum.
    let sum = crate::common::crc64nvme(b"bytes");
    for more in [json!({}), json!({ "size": 5 }), json!({ "size": 5, "x-amz-checksum-crc64nvme": sum })] {
        let (site, upload, status, answer, _) = completed(&[Fate::Lost], more).await;
        assert_eq!((status, &answer["size"]), (200, &5.into()), "{answer}");
        assert!(answer["etag"].as_str().unwrap().ends_with("-1\""));
        assert_eq!(site.stored(&upload.key).as_deref(), Some(&b"bytes"[..]));
    }
}

#[tokio::test]
async fn passing_failures_are_tried_again() {
    for script in [
        &[Fate::Inner("InternalError"), Fate::Empty][..],
        &[Fate::Busy],
        &[Fate::Inner("SlowDown"), Fate::Inner("SomethingNew")],
    ] {
        let (site, upload, status, answer, left) = completed(script, json!({})).await;
        assert_eq!((status, left), (200, 0), "{script:?} {answer}");
        assert!(site.stored(&upload.key).is_some());
    }
}

#[tokio::test]
async fn what_does_not_pass_is_told_truly() {
    for (fate, status, code) in [
        (Fate::Inner("InternalError"), 500, "InternalError"),
        (Fate::Empty, 502, "StoreUnreadable"),
        (Fate::Busy, 503, "SlowDown"),
    ] {
        let (site, upload, got, answer, left) = completed(&[fate; 6], json!({})).await;
        assert_eq!((got, &answer["code"], left), (status, &code.into(), 2), "{fate:?}");
        assert_eq!(site.stored(&upload.key), None);
    }
    let (_, _, status, answer, left) = completed(&[Fate::Inner("InvalidPart"); 2], json!({})).await;
    assert_eq!((status, &answer["code"], left), (400, &"InvalidPart".into(), 1));
    // A store that claims success for an object that is not there.
    let (site, upload, status, answer, _) = completed(&[Fate::Lie], json!({ "size": 5 })).await;
    assert_eq!((status, &answer["code"]), (400, &"BadDigest".into()));
    assert_eq!(site.stored(&upload.key), None);
}

#[tokio::test]
async fn a_busy_or_missing_store_is_named_with_its_patience() {
    let site = Site::start().await;
    let (host, _) = behind(&site, &[Fate::Busy; 4]).await;
    let upload = site.begin("a", json!({})).await;
    let part = upload.sent(&site, site.host, 1, b"bytes".to_vec()).await;
    let busy =
        site.client.post(upload.at(host, "/complete", "")).json(&json!({ "parts": [part] })).send().await.unwrap();
    assert_eq!((busy.status().as_u16(), busy.headers()["retry-after"].to_str().unwrap()), (503, "7"));

    let closed = listener().await.local_addr().unwrap();
    let host = serve_host(bucket(closed, "uploads"), site.credentials.clone(), |_| {}).await;
    let list = upload.list(&site, host).await;
    assert_eq!(list.status(), 502);
    assert_eq!(list.json::<Value>().await.unwrap()["code"], "StoreUnreachable");

    // The store refuses the host's key pair: its own status, and nothing of its text.
    let host = serve_host(site.bucket.clone(), rusty_s3::Credentials::new("TESTID", "wrong"), |_| {}).await;
    let body = json!({ "filename": "a", "type": "", "metadata": {} });
    let refused = site.client.post(format!("http://{host}/s3/multipart")).json(&body).send().await.unwrap();
    assert_eq!(refused.status(), 403);
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(refused["code"], "SignatureDoesNotMatch");
    assert!(!refused.to_string().contains("TESTID"));
}
