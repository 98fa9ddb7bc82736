//! Faults that answer by themselves, or change the server's answer.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{End, World, put_head};

#[tokio::test]
async fn each_kind_has_its_answer() {
    for (fault, status, pieces) in [
        (
            json!({ "kind": "status", "status": 418, "body": "tea", "contentType": "text/plain", "headers": { "X-Pot": "1" } }),
            418,
            &["content-type: text/plain\r\n", "x-pot: 1\r\n", "\r\n\r\ntea"][..],
        ),
        (
            json!({ "kind": "slow-down", "retryAfter": 7 }),
            503,
            &["retry-after: 7\r\n", "<Code>SlowDown</Code>", "application/xml"],
        ),
        (json!({ "kind": "expired" }), 403, &["<Code>AccessDenied</Code><Message>Request has expired<"]),
        (json!({ "kind": "skewed" }), 403, &["<Code>RequestTimeTooSkewed</Code>", "\r\ndate: "]),
        (json!({ "kind": "denied" }), 403, &["<Message>Access Denied</Message>"]),
        (json!({ "kind": "internal-error" }), 500, &["<Code>InternalError</Code>"]),
        (json!({ "kind": "ok-with-error", "code": "SlowDown" }), 200, &["<Error><Code>SlowDown</Code>"]),
        (json!({ "kind": "empty-200" }), 200, &["content-length: 0\r\n"]),
        (
            json!({ "kind": "redirect", "location": "http://127.0.0.1:1/k" }),
            307,
            &["location: http://127.0.0.1:1/k\r\n"],
        ),
        (json!({ "kind": "huge-answer", "bytes": 70_000 }), 200, &["content-length: 70000\r\n", &" ".repeat(70_000)]),
        (json!({ "kind": "garbage", "bytes": 9 }), 200, &["application/json", "content-length: 9\r\n"]),
        (json!({ "kind": "html" }), 200, &["content-type: text/html", "<!doctype html>"]),
    ] {
        let world = World::with(fault.clone()).await;
        let (answer, end) = world.put("/k", b"hello").await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        for piece in pieces {
            assert!(answer.contains(piece), "{piece:?} is not in {answer}");
        }
        for piece in
            ["access-control-allow-origin: http://page.example\r\n", "access-control-expose-headers: ETag, Location"]
        {
            assert!(answer.contains(piece), "{piece:?} is not in {answer}");
        }
        assert_eq!(answer.matches("\r\ndate: ").count(), 1, "{answer}");
        assert_eq!(end, End::Closed);
        assert!(world.store.got.lock().expect("unpoisoned").is_empty());
        let log = world.log().await;
        assert_eq!(
            (&log[0]["fault"], &log[0]["status"], &log[0]["bytes"]),
            (&fault["kind"], &json!(status), &json!(5))
        );
    }
}

#[tokio::test]
async fn cors_can_be_left_away() {
    let world = World::with(json!({ "kind": "denied", "cors": false })).await;
    let (answer, _) = world.put("/k", b"").await;
    assert!(answer.starts_with("HTTP/1.1 403") && !answer.contains("access-control"), "{answer}");
}

#[tokio::test]
async fn an_answer_can_come_before_the_body() {
    let world = World::with(json!({ "kind": "denied", "drain": false })).await;
    let mut client = world.connect().await;
    client.write_all(put_head("/k", 1 << 20).as_bytes()).await.expect("open");
    let mut answer = [0; 12];
    client.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 403");
    world.rules(&json!([{ "fault": { "kind": "denied" } }])).await;
    let mut client = world.connect().await;
    client.write_all(put_head("/k", 3).as_bytes()).await.expect("open");
    world.until("the second request", |log| log.len() == 2).await;
    assert_eq!(client.try_read(&mut answer).expect_err("not yet").kind(), std::io::ErrorKind::WouldBlock);
    client.write_all(b"abc").await.expect("open");
    client.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 403");
}

#[tokio::test]
async fn a_preflight_can_be_answered() {
    let world = World::new().await;
    world.rules(&json!([{ "match": { "method": "OPTIONS" }, "fault": { "kind": "status", "status": 204 } }])).await;
    let request = "OPTIONS /k HTTP/1.1\r\nHost: x\r\nOrigin: http://p\r\nAccess-Control-Request-Headers: x-a\r\n\
                   Connection: close\r\n\r\n";
    let (answer, _) = world.raw(request.as_bytes()).await;
    for piece in
        ["HTTP/1.1 204", "access-control-allow-headers: x-a\r\n", "access-control-allow-methods: GET, HEAD, PUT"]
    {
        assert!(answer.contains(piece), "{answer}");
    }
    assert!(world.store.got.lock().expect("unpoisoned").is_empty());
    assert_eq!(world.stats().await["requests"], 0);
}

#[tokio::test]
async fn headers_are_taken_and_falsified() {
    let world = World::with(json!({ "kind": "no-cors" })).await;
    let (answer, _) = world.put("/k", b"x").await;
    assert!(answer.contains("etag: \"0123\"") && !answer.contains("access-control"), "{answer}");

    let world = World::with(json!({ "kind": "hide-etag" })).await;
    let (answer, _) = world.put("/k", b"x").await;
    assert!(answer.contains("access-control-expose-headers: Location\r\n"), "{answer}");
    assert!(answer.contains("access-control-allow-origin: *\r\n") && answer.contains("etag: \"0123\""), "{answer}");

    let world = World::with(json!({ "kind": "wrong-checksum" })).await;
    for (path, body) in [("/k", "\r\n\r\nhello from the store"), ("/xml", "<R><ETag>\"1123\"</ETag></R>")] {
        let (answer, _) = world.put(path, b"x").await;
        for piece in ["etag: \"1123\"", "crc32: 0AAAAA==", "checksum-type: FULL_OBJECT", body] {
            assert!(answer.contains(piece), "{piece} is not in {answer}");
        }
    }
    assert_eq!(world.store.got.lock().expect("unpoisoned").len(), 2);
    // A list of many parts is whole and as it was; a cut document would fail for another reason.
    let (answer, _) = world.put("/long-xml", b"x").await;
    let (head, mut chunks) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.contains("etag: \"1123\"") && head.contains("transfer-encoding: chunked"), "{head}");
    let mut body = String::new();
    while let Some((size, rest)) = chunks.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a size");
        body += &rest[..size];
        chunks = &rest[size + 2..];
    }
    assert!(body == "<Part><ETag>\"0123\"</ETag></Part>".repeat(60_000), "{} bytes", body.len());
}

#[tokio::test]
async fn an_endless_answer_does_not_end() {
    let world = World::with(json!({ "kind": "huge-answer", "bytes": null })).await;
    let mut client = world.connect().await;
    client.write_all(put_head("/k", 0).as_bytes()).await.expect("open");
    let mut buffer = vec![0; 16 << 20];
    client.read_exact(&mut buffer).await.expect("more than any limit");
    assert_eq!(world.log().await[0]["end"], json!(null));
    drop(client);
    world.until("the client gone", |log| log[0]["end"].is_u64()).await;
}

#[tokio::test]
async fn garbage_follows_its_seed() {
    let mut answers = Vec::new();
    for seed in [1, 1, 2] {
        let world = World::with(json!({ "kind": "garbage", "seed": seed })).await;
        let (answer, _) = world.put("/k", b"").await;
        answers.push(answer.split_once("\r\n\r\n").expect("a head").1.to_owned());
    }
    assert!(answers[0] == answers[1] && answers[0] != answers[2]);
}
