//! A large file passes through the store without being held in memory. Alone in its file: it reads the process's peak.
#![cfg(target_os = "linux")]

#[path = "host/common.rs"]
mod common;

use axum::body::Bytes;
use common::Site;
use futures::{StreamExt as _, stream};
use reqwest::Body;

const MIB: usize = 1 << 20;
const CHUNKS: usize = 48;

fn peak_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_stream_to_disk() {
    let site = Site::start().await;
    let chunk = Bytes::from(vec![7; MIB]);
    let body = || Body::wrap_stream(stream::iter(vec![chunk.clone(); CHUNKS]).map(Ok::<_, std::io::Error>));
    let before = peak_kib();

    let size = CHUNKS * MIB;
    let answer = site.parameters("big", &format!("method=PUT&size={size}")).await;
    let put = site.client.put(answer["url"].as_str().unwrap()).header("content-length", size).body(body());
    let put = put.header("content-type", "application/octet-stream");
    assert_eq!(put.send().await.unwrap().status(), 200);
    assert_eq!(
        std::fs::metadata(site.data.path().join("uploads").join(answer["key"].as_str().unwrap())).unwrap().len(),
        size as u64
    );

    let answer = site.parameters("big", "").await;
    let mut form = reqwest::multipart::Form::new();
    for (name, value) in answer["fields"].as_object().unwrap() {
        form = form.text(name.clone(), value.as_str().unwrap().to_owned());
    }
    let part = reqwest::multipart::Part::stream_with_length(body(), size as u64).file_name("big");
    let post = site.client.post(answer["url"].as_str().unwrap()).multipart(form.part("file", part));
    assert_eq!(post.send().await.unwrap().status(), 201);

    let grown = peak_kib() - before;
    assert!(grown < size / 1024 / 2, "memory grew by {grown} KiB for a body of {} KiB", size / 1024);
}
