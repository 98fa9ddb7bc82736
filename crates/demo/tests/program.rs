//! The program itself: where it listens, and what its page may and may not do. What a person sees of it is tested in browsers.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_filechute-demo");

/// Ended when the test is over, however it ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// The answer to one request, whole.
fn ask(address: &str, request: &str) -> String {
    ask_with(address, request, "")
}

fn ask_with(address: &str, request: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{request}\r\nconnection: close\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_stays_on_loopback() {
    let folder = std::env::temp_dir().join(format!("filechute-demo-{}", std::process::id()));
    let output = Command::new(PROGRAM).args(["--listen", "0.0.0.0:0", "--data"]).arg(&folder).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("loopback only"));
    assert!(!folder.exists());
    let command = ["--listen", "127.0.0.1:0", "--serve", "/demo/faults=/", "--data"];
    let output = Command::new(PROGRAM).args(command).arg(&folder).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("/demo belongs to the demo"));
}

#[test]
fn the_host_answers_and_only_the_page_itself_switches_faults() {
    let folder = std::env::temp_dir().join(format!("filechute-demo-run-{}", std::process::id()));
    let mut command = Command::new(PROGRAM);
    command.args(["--listen", "127.0.0.1:0", "--data"]).arg(&folder).stdout(Stdio::piped());
    let mut running = Running(command.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("filechute-demo: http://").unwrap().to_owned();
    let params = ask(&address, &format!("GET /s3/params?filename=a.txt&type=text/plain HTTP/1.1\r\nhost: {address}"));
    assert!(params.starts_with("HTTP/1.1 200") && params.contains("\"url\""), "{params}");
    let own = ask(&address, &format!("GET /demo/faults HTTP/1.1\r\nhost: {address}\r\nsec-fetch-site: same-origin"));
    assert!(own.starts_with("HTTP/1.1 200"), "{own}");
    for (host, site) in [(address.as_str(), "cross-site"), ("evil.example", "same-origin")] {
        let rules = "POST /demo/faults HTTP/1.1\r\ncontent-length: 0";
        let other = ask(&address, &format!("{rules}\r\nhost: {host}\r\nsec-fetch-site: {site}"));
        assert!(other.starts_with("HTTP/1.1 403"), "{host} {site}: {other}");
    }
    // Nor by the proxy's own port, which every page can learn.
    let told: serde_json::Value = serde_json::from_str(params.split_once("\r\n\r\n").unwrap().1).unwrap();
    let proxy = told["url"].as_str().unwrap().strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();
    let rules = r#"[{"fault":{"kind":"denied"}}]"#;
    let post = format!("POST /__faults HTTP/1.1\r\nhost: {proxy}\r\ncontent-length: {}", rules.len());
    let set = ask_with(&proxy, &post, rules);
    assert!(set.starts_with("HTTP/1.1 4") && !set.contains("\"used\""), "{set}");
    let log = ask(&proxy, &format!("GET /__faults/log HTTP/1.1\r\nhost: {proxy}"));
    assert!(log.starts_with("HTTP/1.1 4") && !log.contains("\"path\""), "{log}");
    let none = ask(&address, &format!("GET /demo/faults HTTP/1.1\r\nhost: {address}"));
    assert!(none.ends_with("\r\n\r\n[]"), "{none}");
    drop(running);
    std::fs::remove_dir_all(folder).ok();
}
