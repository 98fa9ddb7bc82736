//! A small store behind the proxy, and a client that sees what a socket shows.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use filechute_faults::{Control, Proxy, ProxyOptions};
use http::{HeaderMap, Method, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the store got.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) method: Method,
    pub(crate) uri: String,
    pub(crate) headers: HeaderMap,
}

#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) got: Mutex<Vec<Got>>,
    pub(crate) bytes: AtomicU64,
    /// The body of the last request, if it was short.
    pub(crate) body: Mutex<Vec<u8>>,
}

pub(crate) struct World {
    pub(crate) proxy: SocketAddr,
    pub(crate) store: Arc<Store>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

/// How a connection ended, as the client sees it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    Closed,
    Reset,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with_options(ProxyOptions::default()).await
    }

    pub(crate) async fn with_options(options: ProxyOptions) -> Self {
        let store = Arc::new(Store::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let to = format!("http://{}", listener.local_addr().expect("bound"));
        let serving = tokio::spawn(serve(listener, store.clone()));
        let (proxy, running) = Proxy::bind_with(([127, 0, 0, 1], 0).into(), &to, options).await.expect("a port");
        Self { proxy, store, tasks: vec![serving, tokio::spawn(running)] }
    }

    /// A world whose proxy serves no control API.
    pub(crate) async fn closed() -> (Self, Control) {
        let store = Arc::new(Store::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let to = format!("http://{}", listener.local_addr().expect("bound"));
        let serving = tokio::spawn(serve(listener, store.clone()));
        let closed = Proxy::bind_closed(([127, 0, 0, 1], 0).into(), &to, ProxyOptions::default());
        let (proxy, control, running) = closed.await.expect("a port");
        (Self { proxy, store, tasks: vec![serving, tokio::spawn(running)] }, control)
    }

    /// A world with this one rule for everything.
    pub(crate) async fn with(fault: Value) -> Self {
        let world = Self::new().await;
        world.rules(&json!([{ "fault": fault }])).await;
        world
    }

    pub(crate) async fn rules(&self, rules: &Value) {
        let (head, _) = self.control("POST", "", &rules.to_string()).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    }

    pub(crate) async fn control(&self, method: &str, path: &str, body: &str) -> (String, Value) {
        let length = body.len();
        let request = format!(
            "{method} /__faults{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let (answer, end) = self.raw(request.as_bytes()).await;
        assert_eq!(end, End::Closed);
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head.to_owned(), serde_json::from_str(body).unwrap_or_default())
    }

    pub(crate) async fn log(&self) -> Vec<Value> {
        self.control("GET", "/log", "").await.1.as_array().expect("a list").clone()
    }

    pub(crate) async fn stats(&self) -> Value {
        self.control("GET", "/stats", "").await.1
    }

    /// Waits until the log says so; gives up after a while.
    pub(crate) async fn until(&self, what: &str, fits: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        for _ in 0..2_000 {
            let log = self.log().await;
            if fits(&log) {
                return log;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("never saw: {what}: {:?}", self.log().await);
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.proxy).await.expect("the proxy listens")
    }

    /// Sends these bytes and reads to the end of the connection.
    pub(crate) async fn raw(&self, request: &[u8]) -> (String, End) {
        let mut stream = self.connect().await;
        // A reset may already be there; then reading tells.
        let _ = stream.write_all(request).await;
        read_to_end(&mut stream).await
    }

    /// PUTs this body, from a page of another origin.
    pub(crate) async fn put(&self, path: &str, body: &[u8]) -> (String, End) {
        self.raw(&[put_head(path, body.len()).as_bytes(), body].concat()).await
    }
}

pub(crate) fn put_head(path: &str, length: usize) -> String {
    format!(
        "PUT {path} HTTP/1.1\r\nHost: bucket.example:9000\r\nOrigin: http://page.example\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n"
    )
}

pub(crate) async fn read_to_end(stream: &mut TcpStream) -> (String, End) {
    let (mut answer, mut buffer) = (Vec::new(), vec![0; 65_536]);
    let end = loop {
        match stream.read(&mut buffer).await {
            Ok(0) => break End::Closed,
            Ok(size) => answer.extend_from_slice(&buffer[..size]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break End::Reset,
            Err(error) => panic!("{error}"),
        }
    };
    (String::from_utf8_lossy(&answer).into_owned(), end)
}

async fn serve(listener: TcpListener, store: Arc<Store>) {
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let store = store.clone();
        let service = service_fn(move |request| answer(store.clone(), request));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

type Body = UnsyncBoxBody<Bytes, Infallible>;

async fn answer(store: Arc<Store>, request: Request<Incoming>) -> Result<Response<Body>, hyper::Error> {
    let (parts, mut body) = request.into_parts();
    let got = Got { method: parts.method.clone(), uri: parts.uri.to_string(), headers: parts.headers };
    store.got.lock().expect("unpoisoned").push(got);
    let mut kept = Vec::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            store.bytes.fetch_add(data.len() as u64, Ordering::SeqCst);
            if kept.len() < 4_096 {
                kept.extend_from_slice(&data);
            }
        }
    }
    *store.body.lock().expect("unpoisoned") = kept;
    let answer = Response::builder()
        .header("etag", "\"0123\"")
        .header("x-amz-checksum-crc32", "AAAAAA==")
        .header("x-amz-checksum-type", "FULL_OBJECT")
        .header("access-control-allow-origin", "*")
        .header("access-control-expose-headers", "ETag, Location");
    let body = match parts.uri.path() {
        "/empty" => Bytes::new(),
        "/none" => return Ok(answer.status(204).body(Full::new(Bytes::new()).boxed_unsync()).expect("valid")),
        "/xml" => {
            let body = Bytes::from("<R><ETag>\"0123\"</ETag></R>");
            let answer = answer.header("content-type", "application/xml");
            return Ok(answer.body(Full::new(body).boxed_unsync()).expect("valid"));
        }
        "/long-xml" => {
            // Without a length, as ListParts comes.
            let row = Bytes::from("<Part><ETag>\"0123\"</ETag></Part>".repeat(1000));
            let frames = (0..60).map(move |_| Ok(Frame::data(row.clone())));
            let answer = answer.header("content-type", "application/xml");
            return Ok(answer.body(StreamBody::new(futures_util::stream::iter(frames)).boxed_unsync()).expect("valid"));
        }
        "/big" => return Ok(answer.body(big()).expect("valid")),
        _ => Bytes::from("hello from the store"),
    };
    Ok(answer.body(Full::new(body).boxed_unsync()).expect("valid"))
}

pub(crate) const BIG: u64 = 200 << 20;
pub(crate) const MIB: &[u8] = &[b'm'; 1 << 20];

fn big() -> Body {
    let frames = (0..BIG >> 20).map(|_| Ok(Frame::data(Bytes::from_static(MIB))));
    StreamBody::new(futures_util::stream::iter(frames)).boxed_unsync()
}
