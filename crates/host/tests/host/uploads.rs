//! What works: a file sent with the host's parameters lies in the bucket byte for byte, under the key the host named.

use crate::common::{NAMES, Site};
use filechute_host::dev::BUCKET;
use futures::future::join_all;
use reqwest::header;
use rusty_s3::S3Action as _;
use serde_json::Value;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_form_lands_and_answers_as_s3_does() {
    let site = Site::start().await;
    for (name, body) in NAMES.iter().zip([&b""[..], b"x", b"--boundary\r\n\r\n", &[0, 255, 13, 10]]) {
        let answer = site.parameters(name, "type=text%2Fplain&metadata[name]=%D1%82").await;
        let key = answer["fields"]["key"].as_str().unwrap();
        let response = site.post_to(answer["url"].as_str().unwrap(), &answer["fields"], body.to_vec()).await;
        assert_eq!(response.status(), 201);
        let etag = response.headers()[header::ETAG].to_str().unwrap().to_owned();
        let location = response.headers()[header::LOCATION].to_str().unwrap().to_owned();
        let xml = response.text().await.unwrap();
        assert!(etag.starts_with('"') && xml.contains(&etag.replace('"', "&quot;")), "{xml}");
        assert!(xml.contains(&format!("<Location>{location}</Location>")), "{xml}");
        assert!(xml.contains(&format!("<Bucket>{BUCKET}</Bucket>")), "{xml}");
        assert_eq!(location, site.bucket.object_url(key).as_str(), "the location must name the object");
        assert_eq!(site.stored(key).as_deref(), Some(body), "{name}");

        let get = site.bucket.get_object(Some(&site.credentials), key).sign(MINUTE);
        let read = site.client.get(get).send().await.unwrap();
        assert_eq!(read.headers()[header::CONTENT_TYPE], "text/plain");
        assert_eq!(read.headers()[header::ETAG], etag.as_str());
        assert_eq!(read.bytes().await.unwrap(), body);
    }
}

#[tokio::test]
async fn a_put_lands_with_its_type() {
    let site = Site::start().await;
    for (name, body) in NAMES.iter().zip([&b""[..], b"x", b"text", &[0, 255]]) {
        let more = format!("type=image%2Fpng&method=PUT&size={}&metadata[name]=%D1%82", body.len());
        let answer = site.parameters(name, &more).await;
        assert_eq!(answer["fields"], serde_json::json!({}));
        let key = answer["key"].as_str().unwrap();
        let mut put = site.client.put(answer["url"].as_str().unwrap()).header("content-length", body.len());
        for (name, value) in answer["headers"].as_object().unwrap() {
            put = put.header(name, value.as_str().unwrap());
        }
        let response = put.body(body).send().await.unwrap();
        assert_eq!(response.status(), 200, "{}", response.text().await.unwrap());
        assert!(response.headers().contains_key(header::ETAG));
        assert_eq!(site.stored(key).as_deref(), Some(body), "{name}");

        let head = site.bucket.head_object(Some(&site.credentials), key).sign(MINUTE);
        let head = site.client.head(head).send().await.unwrap();
        assert_eq!(head.headers()[header::CONTENT_TYPE], "image/png");
        assert!(head.headers().contains_key("x-amz-meta-name"));
    }
}

#[tokio::test]
async fn scripts_are_stored_as_attachments_unless_wanted() {
    let site = Site::start().await;
    let answer = site.parameters("a.svg", "type=image%2Fsvg%2Bxml").await;
    assert_eq!(answer["fields"]["content-disposition"], "attachment");
    assert_eq!(site.post(&answer["fields"], b"<svg/>".to_vec()).await.status(), 201);
    let get = site.bucket.get_object(Some(&site.credentials), answer["key"].as_str().unwrap()).sign(MINUTE);
    let read = site.client.get(get).send().await.unwrap();
    assert_eq!(read.headers()[header::CONTENT_DISPOSITION], "attachment");

    let site = Site::with(&[("FILECHUTE_ACTIVE_CONTENT", "inline")]).await;
    let answer = site.parameters("a.svg", "type=image%2Fsvg%2Bxml").await;
    assert!(answer["fields"].get("content-disposition").is_none());
}

#[tokio::test]
async fn the_other_success_statuses_are_empty() {
    let site = Site::start().await;
    for (asked, status) in [("204", 204), ("200", 200), ("999", 204)] {
        let conditions = [
            serde_json::json!({"key": "k"}),
            serde_json::json!({"bucket": BUCKET}),
            serde_json::json!({"success_action_status": asked}),
        ];
        let fields = serde_json::json!({"key": "k", "success_action_status": asked});
        let response = site.post(&site.policy(60, &conditions, fields), b"x".to_vec()).await;
        assert_eq!(response.status(), status);
        assert!(response.headers().contains_key(header::ETAG));
        assert_eq!(response.text().await.unwrap(), "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_files_at_once_all_arrive() {
    let site = Site::start().await;
    let uploads = (0..40u8).map(|n| {
        let site = &site;
        async move {
            let body = vec![n; 10_000 + usize::from(n)];
            let answer = site.parameters("same name.bin", "type=application%2Foctet-stream").await;
            assert_eq!(site.post(&answer["fields"], body.clone()).await.status(), 201);
            assert_eq!(site.stored(answer["key"].as_str().unwrap()), Some(body));
        }
    });
    join_all(uploads).await;
    let listing: Value =
        site.client.get(format!("http://{}/dev/objects", site.host)).send().await.unwrap().json().await.unwrap();
    assert_eq!(listing["objects"].as_array().unwrap().len(), 40);
    assert_eq!(site.unfinished(), 0);
}

#[tokio::test]
async fn a_name_of_two_hundred_letters_is_cut_not_refused() {
    let site = Site::start().await;
    let answer = site.parameters(&format!("{}.jpeg", "я".repeat(200)), "type=image%2Fjpeg").await;
    assert!(answer["key"].as_str().unwrap().ends_with("я.jpeg"));
    assert_eq!(site.post(&answer["fields"], b"x".to_vec()).await.status(), 201);
}
