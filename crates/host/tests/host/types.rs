//! Content types: one type for each file, the one that was allowed, and nothing a browser would run on the bucket's origin.

use std::time::Duration;

use rusty_s3::S3Action as _;
use serde_json::{Value, json};

use crate::common::{Site, encoded};

/// Browsers take the last type of a list, and look into what is of a wildcard's.
#[tokio::test]
async fn what_is_more_than_one_type_is_signed_nowhere() {
    let site = Site::with(&[("FILECHUTE_ALLOWED_TYPES", "image/*")]).await;
    for kind in ["image/png; a=b,text/html", "image/png;,text/html", "image/png,text/html", "image/*", "*/*"] {
        for method in ["POST", "PUT"] {
            let answer = site.ask(&format!("filename=a&size=1&method={method}&type={}", encoded(kind))).await;
            assert_eq!(answer.status(), 400, "{method} {kind}");
        }
        let create = json!({ "filename": "a", "type": kind, "metadata": {} });
        assert_eq!(site.json("multipart", &create).await.status(), 400, "{kind}");
        for method in ["POST", "PUT"] {
            let ask = json!({ "method": method, "key": "a", "contentType": kind, "size": 1 });
            assert_eq!(site.json("presign", &ask).await.status(), 400, "{method} {kind}");
        }
    }
    // What recorders write has a comma, and is one type.
    let site = Site::start().await;
    let answer = site.parameters("a", &format!("type={}", encoded("video/webm;codecs=vp8,opus"))).await;
    assert_eq!(answer["fields"]["content-type"], "video/webm;codecs=vp8,opus");
}

#[tokio::test]
async fn what_a_browser_looks_into_is_an_attachment() {
    let site = Site::start().await;
    for kind in ["unknown/unknown", "application/unknown", "multipart/x-mixed-replace;boundary=a"] {
        let answer = site.parameters("a", &format!("type={}", encoded(kind))).await;
        assert_eq!(answer["fields"]["content-disposition"], "attachment", "{kind}");
    }
}

/// S3 takes a type that was not signed, so that no signature may leave it open.
#[tokio::test]
async fn a_file_without_a_type_cannot_be_given_one_afterwards() {
    let site = Site::start().await;
    let put: Value = site.ask("filename=x.html&method=PUT").await.json().await.unwrap();
    assert_eq!(put["headers"], json!({ "content-type": "application/octet-stream" }));
    let presigned: Value =
        site.json("presign", &json!({ "method": "PUT", "key": "x.html" })).await.json().await.unwrap();
    assert_eq!(presigned["headers"], put["headers"]);
    for signed in [&put, &presigned] {
        let send = |kind: &'static str| {
            let request = site.client.put(signed["url"].as_str().unwrap()).header("content-type", kind);
            request.body("<script>1</script>").send()
        };
        assert_eq!(send("text/html").await.unwrap().status(), 403);
        assert_eq!(site.stored(signed["key"].as_str().unwrap()), None);
        assert_eq!(send("application/octet-stream").await.unwrap().status(), 200);
    }
    let form = site.parameters("x.html", "").await;
    assert_eq!(form["fields"]["content-type"], "application/octet-stream");
    let upload = site.begin("x.html", json!({ "type": "" })).await;
    let part = upload.sent(&site, site.host, 1, b"x".to_vec()).await;
    assert_eq!(upload.complete(&site, site.host, &json!({ "parts": [part] })).await.0, 200);
    assert_eq!(head(&site, &upload.key).await["content-type"], "application/octet-stream");
}

/// Uppy tells no type when it begins an upload in parts itself, and sends the file's.
#[tokio::test]
async fn an_upload_begun_with_a_type_of_the_clients_own_is_an_attachment() {
    let site = Site::start().await;
    let ask = json!({ "method": "POST", "key": "x.html" });
    let create: Value = site.json("presign", &ask).await.json().await.unwrap();
    assert_eq!(create["headers"], json!({ "content-disposition": "attachment" }));
    let bare = site.client.post(create["url"].as_str().unwrap()).header("content-type", "text/html");
    assert_eq!(bare.send().await.unwrap().status(), 403);
    let site = Site::with(&[("FILECHUTE_ACTIVE_CONTENT", "inline")]).await;
    let create: Value = site.json("presign", &ask).await.json().await.unwrap();
    assert!(create.get("headers").is_none());
}

async fn head(site: &Site, key: &str) -> reqwest::header::HeaderMap {
    let url = site.bucket.head_object(Some(&site.credentials), key).sign(Duration::from_secs(60));
    site.client.head(url).send().await.unwrap().headers().clone()
}
