//! Rules, log and figures over HTTP.

use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::support::{End, World, put_head, read_to_end};

#[tokio::test]
async fn rules_are_replaced_counted_and_cleared() {
    let world = World::new().await;
    world.rules(&json!([{ "match": { "method": "PUT", "path": "a" }, "times": 1, "skip": 1, "fault": { "kind": "denied" } }])).await;
    let mut seen = Vec::new();
    for path in ["/b", "/a", "/a", "/a"] {
        seen.push(world.put(path, b"x").await.0[9..12].to_owned());
    }
    assert_eq!(seen, ["200", "200", "403", "200"]);
    assert_eq!(world.control("GET", "", "").await.1[0]["used"], 1);
    world.rules(&json!([{ "fault": { "kind": "denied" } }])).await;
    assert!(world.put("/a", b"x").await.0.starts_with("HTTP/1.1 403"));
    world.control("DELETE", "", "").await;
    assert!(world.put("/a", b"x").await.0.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_bad_rule_is_refused_with_a_reason_and_the_old_ones_stay() {
    let world = World::with(json!({ "kind": "denied" })).await;
    let (head, body) = world.control("POST", "", r#"[{"fault":{"kind":"denyed"}}]"#).await;
    assert!(head.starts_with("HTTP/1.1 400"), "{head}");
    assert!(body["error"].as_str().expect("a text").contains("denyed"), "{body}");
    let (head, _) = world.control("POST", "", &" ".repeat((1 << 20) + 1)).await;
    assert!(head.starts_with("HTTP/1.1 413"), "{head}");
    assert!(world.put("/a", b"x").await.0.starts_with("HTTP/1.1 403"));
}

#[tokio::test]
async fn a_page_may_use_the_control_api() {
    let world = World::new().await;
    let (head, body) = world.control("GET", "/health", "").await;
    assert!(head.contains("access-control-allow-origin: *") && body["ok"] == true, "{head}");
    let (head, _) = world.control("OPTIONS", "", "").await;
    assert!(head.starts_with("HTTP/1.1 204") && head.contains("access-control-allow-headers: content-type"), "{head}");
    assert!(world.control("GET", "/nothing", "").await.0.starts_with("HTTP/1.1 404"));
    assert!(world.control("POST", "/log", "").await.0.starts_with("HTTP/1.1 405"));
    // A neighbour by name is the server's.
    assert!(world.raw(b"GET /__faultsx HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.0.contains("hello"));
    assert_eq!(world.log().await.len(), 1);
}

/// Where other pages are open in the browser, the rules are this process's.
#[tokio::test]
async fn a_closed_proxy_is_controlled_from_within_only() {
    let (world, control) = World::closed().await;
    let (head, _) = world.control("POST", "", r#"[{"fault":{"kind":"denied"}}]"#).await;
    assert!(head.starts_with("HTTP/1.1 200"), "the server's own answer: {head}");
    assert_eq!(world.store.got.lock().expect("unpoisoned")[0].uri, "/__faults");
    assert!(world.raw(b"GET /__faults/log HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.0.contains("hello"));
    assert_eq!(control.rules(), json!([]));

    assert!(control.set_rules(br#"[{"fault":{"kind":"denyed"}}]"#).expect_err("a reason").contains("denyed"));
    assert_eq!(control.set_rules(br#"[{"fault":{"kind":"denied"}}]"#).expect("rules")[0]["used"], 0);
    assert!(world.put("/a", b"x").await.0.starts_with("HTTP/1.1 403"));
    assert_eq!(control.rules()[0]["used"], 1);
    control.clear();
    let mut held = world.connect().await;
    held.write_all(put_head("/a", 3).as_bytes()).await.expect("open");
    while world.store.got.lock().expect("unpoisoned").iter().all(|got| got.uri != "/a") {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    control.cut();
    assert_eq!(read_to_end(&mut held).await.1, End::Reset);
}

#[tokio::test]
async fn the_log_tells_all_but_the_signature() {
    let world = World::new().await;
    world.put("/b/k?partNumber=2&X-Amz-Credential=AK&X-Amz-Signature=abc", b"hello").await;
    let log = world.log().await;
    let entry = &log[0];
    assert_eq!(entry["query"], "partNumber=2&X-Amz-Credential=REDACTED&X-Amz-Signature=REDACTED");
    let rest =
        (&entry["method"], &entry["path"], &entry["status"], &entry["bytes"], &entry["concurrent"], &entry["fault"]);
    assert_eq!(rest, (&json!("PUT"), &json!("/b/k"), &json!(200), &json!(5), &json!(1), &json!(null)));
    assert!(entry["end"].as_u64() >= entry["start"].as_u64(), "{entry}");
    world.control("DELETE", "/log", "").await;
    assert!(world.log().await.is_empty());
}

#[tokio::test]
async fn uploads_in_the_air_are_counted() {
    let world = World::new().await;
    let mut clients = Vec::new();
    for path in ["/1", "/2", "/3"] {
        let mut client = world.connect().await;
        client.write_all(put_head(path, 2).as_bytes()).await.expect("open");
        clients.push(client);
    }
    let log = world.until("all three", |log| log.len() == 3).await;
    let mut concurrent: Vec<_> = log.iter().filter_map(|entry| entry["concurrent"].as_u64()).collect();
    concurrent.sort_unstable();
    assert_eq!(concurrent, [1, 2, 3]);
    // Neither a download nor a preflight is an upload.
    for method in ["GET", "OPTIONS"] {
        world.raw(format!("{method} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes()).await;
    }
    assert_eq!(world.stats().await, json!({ "inFlight": 3, "maxInFlight": 3, "requests": 3 }));
    for client in &mut clients {
        client.write_all(b"ok").await.expect("open");
        read_to_end(client).await;
    }
    assert_eq!(world.stats().await, json!({ "inFlight": 0, "maxInFlight": 3, "requests": 3 }));
    world.control("DELETE", "/stats", "").await;
    assert_eq!(world.stats().await, json!({ "inFlight": 0, "maxInFlight": 0, "requests": 3 }));
}

/// An upload that follows another one's answer, or its cancellation, is never counted together with it: otherwise a client
/// that keeps to its limit would look as if it did not.
#[tokio::test]
async fn one_after_the_other_is_one_at_a_time() {
    let world = World::new().await;
    world.rules(&json!([{ "match": { "path": "/stalled" }, "fault": { "kind": "stall" } }])).await;
    for round in 1..=20 {
        world.put("/k", b"ok").await;
        let mut client = world.connect().await;
        client.write_all(put_head("/stalled", 1 << 20).as_bytes()).await.expect("open");
        world.until("the stall", |log| log.len() == 2 * round).await;
    }
    assert_eq!(world.stats().await["maxInFlight"], 1);
}
