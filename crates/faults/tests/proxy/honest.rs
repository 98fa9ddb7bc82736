//! Without a rule: everything passes unchanged, and as a stream.

use std::sync::atomic::Ordering;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{BIG, End, MIB, World, put_head};

#[tokio::test]
async fn requests_pass_unchanged() {
    let world = World::new().await;
    let target = "/b/%D9%A1%20k+%2F'(x)?partNumber=1&X-Amz-Signature=a%2Fb&empty=&flag";
    let request = format!(
        "PUT {target} HTTP/1.1\r\nHost: bucket.example:9000\r\nX-Amz-Meta-Name: =?utf-8?Q?a?=\r\n\
         Content-Type: text/plain\r\nx-two: 1\r\nx-two: 2\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc"
    );
    let (answer, end) = world.raw(request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nhello from the store"), "{answer}");
    assert_eq!(end, End::Closed);
    let got = world.store.got.lock().expect("unpoisoned")[0].clone();
    assert_eq!((got.method.as_str(), got.uri.as_str()), ("PUT", target));
    assert_eq!(*world.store.body.lock().expect("unpoisoned"), b"abc");
    let mut headers: Vec<_> =
        got.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().expect("text"))).collect();
    headers.sort();
    // Nothing added, nothing changed; `Connection` belongs to each connection.
    assert_eq!(
        headers,
        [
            "content-length: 3",
            "content-type: text/plain",
            "host: bucket.example:9000",
            "x-amz-meta-name: =?utf-8?Q?a?=",
            "x-two: 1",
            "x-two: 2"
        ]
    );
}

#[tokio::test]
async fn a_head_answer_and_a_preflight_pass() {
    let world = World::with(serde_json::json!({ "kind": "reset" })).await;
    let preflight = "OPTIONS /k HTTP/1.1\r\nHost: x\r\nOrigin: http://p\r\nConnection: close\r\n\r\n";
    let (answer, end) = world.raw(preflight.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200") && end == End::Closed, "{answer}");
    world.rules(&serde_json::json!([])).await;
    let (answer, _) = world.raw(b"HEAD /k HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(answer.contains("content-length: 20\r\n") && answer.ends_with("\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn an_upload_streams() {
    let world = World::new().await;
    let mut client = world.connect().await;
    client.write_all(put_head("/k", BIG as usize).as_bytes()).await.expect("open");
    client.write_all(b"m").await.expect("open");
    // The first byte arrives while the rest is not even sent.
    let arrived = || world.store.bytes.load(Ordering::SeqCst) == 1;
    for _ in 0..2_000 {
        if arrived() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert!(arrived(), "held back");
    for _ in 0..(BIG >> 20) - 1 {
        client.write_all(MIB).await.expect("open");
    }
    client.write_all(&MIB[1..]).await.expect("open");
    let (answer, _) = crate::support::read_to_end(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(world.store.bytes.load(Ordering::SeqCst), BIG);
    assert_eq!(world.log().await[0]["bytes"], BIG);
    assert_small();
}

#[tokio::test]
async fn a_download_streams() {
    let world = World::new().await;
    let mut client = world.connect().await;
    client.write_all(b"GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.expect("open");
    let (mut sum, mut buffer) = (0, vec![0; 1 << 20]);
    loop {
        match client.read(&mut buffer).await.expect("open") {
            0 => break,
            size => sum += size as u64,
        }
    }
    assert!(sum > BIG, "{sum}");
    assert_small();
}

/// The test's whole process (client, proxy and store) never held a body of 200 MiB, nor half of one.
fn assert_small() {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return };
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells");
    let kib: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    assert!(kib < 100 << 10, "{kib} KiB");
}

#[tokio::test]
async fn a_dead_server_is_a_502_that_says_so() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
    let (proxy, running) =
        filechute_faults::Proxy::bind(([127, 0, 0, 1], 0).into(), &format!("http://127.0.0.1:{port}"))
            .await
            .expect("a port");
    let running = tokio::spawn(running);
    let mut client = tokio::net::TcpStream::connect(proxy).await.expect("listening");
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.expect("open");
    let (answer, _) = crate::support::read_to_end(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 502") && answer.contains("refused"), "{answer}");
    running.abort();
}

#[tokio::test]
async fn only_loopback_and_bare_origins() {
    use filechute_faults::{BindError, Proxy};
    let any = ([0, 0, 0, 0], 0).into();
    assert!(matches!(Proxy::bind(any, "http://127.0.0.1:1").await.err(), Some(BindError::NotLoopback(_))));
    for to in ["127.0.0.1:1", "https://127.0.0.1:1", "http://127.0.0.1:1/base", "http://u:p@127.0.0.1:1", ""] {
        let refused = Proxy::bind(([127, 0, 0, 1], 0).into(), to).await.err();
        assert!(matches!(refused, Some(BindError::Target(_))), "{to}");
    }
}
