//! The program: ready lines, static files, an orderly end, start-up errors, and a log without secrets.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_filechute-host");

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn it_says_where_it_is_serves_and_ends_on_term() {
    let (data, www) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(www.path().join("index.html"), "<title>hello</title>").unwrap();
    std::fs::write(www.path().join("a.wasm"), "x").unwrap();
    let mut child = Running(
        Command::new(PROGRAM)
            .args(["--dev", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path())
            .arg("--serve")
            .arg(format!("/={}", www.path().display()))
            .arg("--serve")
            .arg(format!("/pkg={}", www.path().display()))
            .args(["--allow-origin", "https://shop.example"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let mut next = |prefix: &str| lines.next().unwrap().unwrap().strip_prefix(prefix).unwrap().to_owned();
    let (host, store) = (next("filechute-host: "), next("filechute-host s3: "));
    assert!(host.starts_with("http://127.0.0.1:") && store.starts_with("http://127.0.0.1:") && host != store);

    let client = reqwest::Client::new();
    let get = |path: &str| client.get(format!("{host}{path}")).send();
    assert_eq!(get("/").await.unwrap().text().await.unwrap(), "<title>hello</title>");
    let wasm = get("/pkg/a.wasm").await.unwrap();
    assert_eq!(
        (&wasm.headers()["content-type"], &wasm.headers()["cache-control"]),
        (&"application/wasm".parse().unwrap(), &"no-cache".parse().unwrap())
    );
    let answer: serde_json::Value = get("/s3/params?filename=secret-name.txt").await.unwrap().json().await.unwrap();
    assert_eq!(answer["url"], format!("{store}/uploads"));
    let mut form = reqwest::multipart::Form::new();
    for (name, value) in answer["fields"].as_object().unwrap() {
        form = form.text(name.clone(), value.as_str().unwrap().to_owned());
    }
    let form = form.part("file", reqwest::multipart::Part::bytes(b"hi".to_vec()).file_name("x"));
    assert_eq!(client.post(format!("{store}/uploads")).multipart(form).send().await.unwrap().status(), 201);
    assert_eq!(std::fs::read(data.path().join("uploads").join(answer["key"].as_str().unwrap())).unwrap(), b"hi");
    let put: serde_json::Value = get("/s3/params?filename=secret-name&method=PUT").await.unwrap().json().await.unwrap();
    let sent = client.put(put["url"].as_str().unwrap()).header("content-type", "application/octet-stream").body("x");
    assert_eq!(sent.send().await.unwrap().status(), 200);
    assert_eq!(get("/dev/objects/x%20secret-name").await.unwrap().status(), 404);

    let pid = child.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(child.0.wait().unwrap().success(), "an end on request is no failure");
    let mut log = String::new();
    child.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(log.contains("server=host method=GET path=/s3/params status=200"), "{log}");
    assert!(log.contains("server=s3 method=POST path=/uploads status=201"), "{log}");
    for secret in ["X-Amz", "secret-name", "DEV", "filename"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[test]
fn start_up_errors_name_the_variable_and_keep_the_secret() {
    let run = |args: &[&str], variables: &[(&str, &str)]| {
        let output = Command::new(PROGRAM)
            .args(args)
            .env_clear()
            .envs(variables.iter().copied())
            .env("AWS_ACCESS_KEY_ID", "AKID")
            .env("AWS_SECRET_ACCESS_KEY", "hush-hush")
            .output()
            .unwrap();
        assert!(!output.status.success());
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!text.contains("hush"), "{text}");
        text
    };
    let free = ["--listen", "127.0.0.1:0"];
    assert!(run(&free, &[]).contains("FILECHUTE_BUCKET is not set: write the bucket's name"));
    let ready = [("FILECHUTE_BUCKET", "bucket"), ("AWS_REGION", "r")];
    assert!(run(&free, &ready).contains("FILECHUTE_ANONYMOUS=true"));
    assert!(
        run(&free, &[("FILECHUTE_BUCKET", "bucket"), ("AWS_REGION", "r"), ("FILECHUTE_EXPIRES", "x")])
            .contains("FILECHUTE_EXPIRES")
    );
    assert!(run(&["--dev", "--listen", "0.0.0.0:0"], &[]).contains("loopback only"));
    assert!(run(&["--dev", "--listen", "127.0.0.1:0", "--s3-listen", "0.0.0.0:0"], &[]).contains("loopback only"));
    for mistyped in [&["hush-hush"][..], &["AKID", "hush-hush"], &["AKID", ":", "hush-hush"], &[":hush-hush"]] {
        let text = run(&[&["--dev", "--listen", "127.0.0.1:0", "--s3-key-pair"], mistyped].concat(), &[]);
        assert!(text.contains("with a colon between them"), "{mistyped:?} {text}");
    }
    assert!(run(&["--s3-key-pair=hush-hush"], &[]).contains("--dev"));
    assert!(run(&["--listen", "127.0.0.1:0", "--serve", "/=/no/such/folder"], &[]).contains("there is no folder"));
    assert!(run(&["--dev", "--listen", "127.0.0.1:0", "--serve", "/s3/params=/"], &[]).contains("belong to the host"));
    let twice = run(&["--dev", "--listen", "127.0.0.1:0", "--serve", "/a=/", "--serve", "/a=/"], &[]);
    assert!(twice.contains("filechute-host: two folders are to be served under /a"), "{twice}");
}

/// The log shipper may have ended, the disk may be full: a line is lost then, and nothing else.
#[tokio::test]
async fn nothing_depends_on_whoever_reads_the_log() {
    for reads_nothing in [false, true] {
        let data = tempfile::tempdir().unwrap();
        let mut child = Running(
            Command::new(PROGRAM)
                .args(["--dev", "--listen", "127.0.0.1:0", "--data"])
                .arg(data.path())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap(),
        );
        let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
        let host = lines.next().unwrap().unwrap().strip_prefix("filechute-host: ").unwrap().to_owned();
        let log = child.0.stderr.take().unwrap();
        // Held and not read from, or closed.
        let held = reads_nothing.then_some(log);
        let client = reqwest::Client::builder().timeout(std::time::Duration::from_secs(10)).build().unwrap();
        // A pipe takes 64 KiB; each line has 70 bytes at least.
        for _ in 0..if reads_nothing { 1500 } else { 3 } {
            assert_eq!(client.get(format!("{host}/health")).send().await.unwrap().status(), 200);
        }
        let pid = child.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        assert!(child.0.wait().unwrap().success());
        drop(held);
    }
}

/// By its own name at each start, or the next process of that number would show the last one's objects.
#[tokio::test]
async fn without_a_folder_it_makes_a_new_one_for_this_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let temporary = tempfile::tempdir().unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(["--dev", "--listen", "127.0.0.1:0"]).env("TMPDIR", temporary.path());
    let mut child = Running(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    BufReader::new(child.0.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    let folder = std::fs::read_dir(temporary.path()).unwrap().next().unwrap().unwrap();
    assert!(!folder.file_name().to_str().unwrap().contains(&format!("-{}", child.0.id())));
    assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
}

/// Nobody may wait for the line that says where it listens.
#[tokio::test]
async fn it_serves_without_anybody_to_tell_where() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let data = tempfile::tempdir().unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(["--dev", "--listen", &free.to_string(), "--data"]).arg(data.path());
    let mut child = Running(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    drop(child.0.stdout.take());
    let ask = || reqwest::get(format!("http://{free}/health"));
    let mut answer = ask().await;
    for _ in 0..500 {
        if answer.is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        answer = ask().await;
    }
    assert_eq!(answer.unwrap().status(), 200);
}

#[tokio::test]
async fn the_log_can_be_json_lines_with_the_code_of_a_refusal() {
    let data = tempfile::tempdir().unwrap();
    let mut child = Running(
        Command::new(PROGRAM)
            .args(["--dev", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path())
            .env("FILECHUTE_LOG", "json")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let host = lines.next().unwrap().unwrap().strip_prefix("filechute-host: ").unwrap().to_owned();
    for path in ["/s3/params", "/s3/multipart/secret.id/1?key=secret-name"] {
        let request = reqwest::Client::new().get(format!("{host}{path}")).header("authorization", "Bearer secret");
        assert!(request.send().await.unwrap().status().is_client_error());
    }
    let pid = child.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(child.0.wait().unwrap().success());
    let mut log = String::new();
    child.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert_eq!((&lines[0]["status"], &lines[0]["code"]), (&400.into(), &"InvalidRequest".into()));
    assert_eq!((&lines[1]["path"], &lines[1]["code"]), (&"/s3/multipart/…".into(), &"NoSuchUpload".into()));
    assert!(!log.contains("secret"), "{log}");
}

/// A limit in other bytes than UTF-8 is not a limit that nobody set.
#[test]
fn a_variable_that_is_no_text_stops_the_start() {
    use std::os::unix::ffi::OsStrExt as _;
    for name in ["FILECHUTE_MAX_SIZE", "FILECHUTE_LISTEN", "FILECHUTE_LOG", "FILECHUTE_PREFIX"] {
        let output = Command::new(PROGRAM)
            .args(if name == "FILECHUTE_LISTEN" { &[][..] } else { &["--listen", "127.0.0.1:0"] })
            .env_clear()
            .envs([("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "hush"), ("AWS_REGION", "r")])
            // No bucket, so that it ends in any case.
            .env(name, std::ffi::OsStr::from_bytes(b"1\xff"))
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && text.contains(name), "{text}");
    }
}
