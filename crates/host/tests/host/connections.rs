//! What a client on a kept connection meets: a refusal in place of a broken line, and the answer to the next request.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use filechute_host::Access;

use crate::common::Site;

/// Reads one answer with a length.
fn answer(stream: &mut TcpStream) -> String {
    let mut got = Vec::new();
    let mut byte = [0];
    loop {
        if stream.read(&mut byte).unwrap() == 0 {
            break;
        }
        got.push(byte[0]);
        if got.ends_with(b"\r\n\r\n") {
            break;
        }
    }
    let head = String::from_utf8(got).unwrap();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next());
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    head + std::str::from_utf8(&body).unwrap()
}

fn connect(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_refusal_the_next_request_is_answered() {
    let site = Site::start().await;
    let token = site.another_host(|config| config.access = Access::Token("tok".into())).await;
    for (host, line, kind, status) in [
        (site.host, "POST /s3/multipart/x.y/complete?key=k", "application/json", 404),
        (site.host, "POST /s3/multipart", "text/plain", 415),
        (site.host, "POST /s3/params", "text/plain", 405),
        (site.host, "POST /nothing", "text/plain", 404),
        (token, "POST /s3/multipart", "application/json", 401),
    ] {
        let mut stream = connect(host);
        let head = format!("{line} HTTP/1.1\r\nhost: {host}\r\ncontent-type: {kind}\r\ncontent-length: 12\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(50));
        stream.write_all(b"{\"size\":1  }").unwrap();
        let refused = answer(&mut stream);
        assert!(refused.starts_with(&format!("HTTP/1.1 {status}")), "{line}: {refused}");
        assert!(!refused.contains("connection: close"), "{line}: {refused}");
        write!(stream, "GET /health HTTP/1.1\r\nhost: {host}\r\n\r\n").unwrap();
        assert!(answer(&mut stream).ends_with("ok"), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_waits_for_nothing_says_that_it_closes() {
    let site = Site::start().await;
    for (more, body) in [
        ("content-length: 3000000", &b"x"[..]),
        ("expect: 100-continue\r\ncontent-length: 12", b""),
        // Promised and never sent.
        ("content-length: 12", b"x"),
    ] {
        let mut stream = connect(site.host);
        let head = format!("POST /s3/params HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\n{more}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let refused = answer(&mut stream);
        assert!(refused.starts_with("HTTP/1.1 4") && refused.contains("connection: close\r\n"), "{more}: {refused}");
    }
}

/// A megabyte goes out before anything is read; a line that broke meanwhile would be all that the client saw.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_reaches_who_is_still_sending() {
    let site = Site::start().await;
    let body = vec![b' '; 1 << 20];
    let mut stream = connect(site.host);
    let head = "content-type: application/json\r\ncontent-length: 1048576";
    write!(stream, "POST /s3/multipart HTTP/1.1\r\nhost: {}\r\n{head}\r\n\r\n", site.host).unwrap();
    stream.write_all(&body).unwrap();
    let refused = answer(&mut stream);
    assert!(refused.starts_with("HTTP/1.1 413") && refused.contains("MaxMessageLengthExceeded"), "{refused}");
}
