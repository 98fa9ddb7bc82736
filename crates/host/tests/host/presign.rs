//! `signRequest`: the browser sends every step itself, as Uppy 6 does, with what the host signed.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::common::{MIB, Site, crc64nvme};

async fn sign(site: &Site, request: Value) -> Value {
    let answer = site.json("presign", &request).await;
    assert_eq!(answer.status(), 200, "{request}");
    answer.json().await.unwrap()
}

async fn send(site: &Site, method: Method, signed: &Value, kind: Option<&str>, body: Vec<u8>) -> Response {
    let mut request = site.client.request(method, signed["url"].as_str().unwrap()).body(body);
    if let Some(kind) = kind {
        request = request.header("content-type", kind);
    }
    for (name, value) in signed["headers"].as_object().into_iter().flatten() {
        request = request.header(name, value.as_str().unwrap());
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn uppys_six_operations() {
    let site = Site::start().await;
    let put = sign(&site, json!({ "method": "PUT", "key": "a b.txt", "contentType": "text/plain" })).await;
    let key = put["key"].as_str().unwrap();
    assert!(key.ends_with("-a b.txt") && put.get("fields").is_none());
    assert_eq!(send(&site, Method::PUT, &put, None, b"hello".to_vec()).await.status(), 200);
    assert_eq!(site.stored(key).as_deref(), Some(&b"hello"[..]));

    // Uppy sends the file's type on Create although it did not tell the signer.
    let create = sign(&site, json!({ "method": "POST", "key": "big.bin" })).await;
    let key = create["key"].as_str().unwrap().to_owned();
    let xml = send(&site, Method::POST, &create, Some("image/png"), vec![]).await.text().await.unwrap();
    let id = xml.split_once("<UploadId>").unwrap().1.split_once('<').unwrap().0.to_owned();

    let mut parts = String::new();
    let bodies = [vec![1; 5 * MIB], b"end".to_vec()];
    for (number, body) in (1..).zip(&bodies) {
        let part = sign(&site, json!({ "method": "PUT", "key": key, "uploadId": id, "partNumber": number })).await;
        let sent = send(&site, Method::PUT, &part, None, body.clone()).await;
        let e_tag = sent.headers()["etag"].to_str().unwrap().trim_matches('"').to_owned();
        parts += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{e_tag}</ETag></Part>");
    }
    let list = sign(&site, json!({ "method": "GET", "key": key, "uploadId": id })).await;
    assert!(
        send(&site, Method::GET, &list, None, vec![])
            .await
            .text()
            .await
            .unwrap()
            .contains("<PartNumber>2</PartNumber>")
    );
    let complete = sign(&site, json!({ "method": "POST", "key": key, "uploadId": id })).await;
    let document = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    let done =
        send(&site, Method::POST, &complete, Some("application/xml"), document.into()).await.text().await.unwrap();
    assert!(done.contains(&format!("<Key>{key}</Key>")) && done.contains("<Location>http://"), "{done}");
    assert!(site.stored(&key).unwrap() == bodies.concat());

    let create = sign(&site, json!({ "method": "POST", "key": "big.bin" })).await;
    let xml = send(&site, Method::POST, &create, Some(""), vec![]).await.text().await.unwrap();
    let id = xml.split_once("<UploadId>").unwrap().1.split_once('<').unwrap().0.to_owned();
    let abort = sign(&site, json!({ "method": "DELETE", "key": create["key"], "uploadId": id })).await;
    assert_eq!(send(&site, Method::DELETE, &abort, None, vec![]).await.status(), 204);
    assert_eq!(site.leftovers(), 0);
}

#[tokio::test]
async fn the_alias_types_and_checksums_of_filechute() {
    let site = Site::start().await;
    let ask = json!({ "method": "POST", "key": "a.svg", "contentType": "image/svg+xml", "checksum": "crc64nvme", "metadata": { "n": 1 } });
    let create: Value = site.json("sign", &ask).await.json().await.unwrap();
    assert_eq!(
        create["headers"],
        json!({ "content-type": "image/svg+xml", "content-disposition": "attachment", "x-amz-meta-n": "1",
                "x-amz-checksum-algorithm": "CRC64NVME", "x-amz-checksum-type": "FULL_OBJECT" })
    );
    let xml = send(&site, Method::POST, &create, None, vec![]).await.text().await.unwrap();
    let id = xml.split_once("<UploadId>").unwrap().1.split_once('<').unwrap().0.to_owned();
    let sum = crc64nvme(b"<svg/>");
    let part = json!({ "method": "PUT", "key": create["key"], "uploadId": id, "partNumber": 1, "x-amz-checksum-crc64nvme": sum });
    let part = sign(&site, part).await;
    assert_eq!(send(&site, Method::PUT, &part, None, b"<SVG/>".to_vec()).await.status(), 400);
    let e_tag =
        send(&site, Method::PUT, &part, None, b"<svg/>".to_vec()).await.headers()["etag"].to_str().unwrap().to_owned();
    let complete = json!({ "method": "POST", "key": create["key"], "uploadId": id, "size": 6,
                           "checksum": { "algorithm": "crc64nvme", "value": sum } });
    let complete = sign(&site, complete).await;
    assert_eq!(complete["headers"], json!({ "x-amz-checksum-crc64nvme": sum, "x-amz-mp-object-size": "6" }));
    let document = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{e_tag}</ETag></Part></CompleteMultipartUpload>"
    );
    assert_eq!(send(&site, Method::POST, &complete, Some("application/xml"), document.into()).await.status(), 200);

    // What `POST /s3/multipart` began can go on here too.
    let upload = site.begin("b", json!({})).await;
    sign(&site, json!({ "method": "PUT", "key": upload.key, "uploadId": upload.id, "partNumber": "1" })).await;
}

#[tokio::test]
async fn keys_are_the_hosts_and_later_steps_need_one() {
    let site = Site::start().await;
    let put = sign(&site, json!({ "method": "PUT", "key": "../../etc/passwd" })).await;
    assert!(put["key"].as_str().unwrap().ends_with("-passwd") && !put["key"].as_str().unwrap().contains(".."));
    for (request, status) in [
        (json!({ "method": "PUT", "key": "someone/else.txt", "uploadId": "id", "partNumber": 1 }), 404),
        (json!({ "method": "DELETE", "key": put["key"], "uploadId": "id" }), 404),
        (json!({ "method": "GET", "key": "", "uploadId": "id" }), 400),
        (json!({ "method": "PUT" }), 400),
        (json!({ "method": "PATCH", "key": "a" }), 400),
        (json!({ "key": "a" }), 400),
        (json!({ "method": "PUT", "key": "a", "x-amz-checksum-crc32": "AAAAAA==" }), 400),
        (json!({ "method": "PUT", "key": "a", "size": "5" }), 400),
        (json!({ "method": "PUT", "key": "a", "partNumber": 3 }), 400),
        (json!({ "method": "PUT", "key": "a", "bucket": "other" }), 403),
        (json!({ "method": "POST", "key": "a", "bucket": "other" }), 403),
        (json!({ "method": "PUT", "key": "a", "bucket": "uploads" }), 200),
    ] {
        assert_eq!(site.json("presign", &request).await.status(), status, "{request}");
    }
    let create = sign(&site, json!({ "method": "POST", "key": "a" })).await;
    for number in [json!(0), json!(10_001), json!("x"), json!(null), json!(1.5)] {
        let request = json!({ "method": "PUT", "key": create["key"], "uploadId": "id", "partNumber": number });
        assert_eq!(site.json("presign", &request).await.status(), 400, "{number}");
    }
}

#[tokio::test]
async fn limits_hold_here_too() {
    let site = Site::with(&[("FILECHUTE_MAX_SIZE", "10"), ("FILECHUTE_ALLOWED_TYPES", "image/*")]).await;
    let status = async |request: Value| site.json("presign", &request).await.status().as_u16();
    assert_eq!(status(json!({ "method": "PUT", "key": "a", "contentType": "text/html" })).await, 415);
    assert_eq!(status(json!({ "method": "POST", "key": "a" })).await, 415);
    assert_eq!(status(json!({ "method": "POST", "key": "a", "contentType": "image/png", "size": 11 })).await, 413);
    // Uppy tells no size: a form holds it to the limit instead.
    let form = sign(&site, json!({ "method": "PUT", "key": "a", "contentType": "image/png" })).await;
    assert_eq!(form["fields"]["key"], form["key"]);
    assert_eq!(site.post(&form["fields"], vec![0; 11]).await.status(), 400);
    assert_eq!(site.post(&form["fields"], vec![0; 10]).await.status(), 201);

    let create = sign(&site, json!({ "method": "POST", "key": "a", "contentType": "image/png" })).await;
    let xml = send(&site, Method::POST, &create, None, vec![]).await.text().await.unwrap();
    let id = xml.split_once("<UploadId>").unwrap().1.split_once('<').unwrap().0.to_owned();
    let step = |method: &str| json!({ "method": method, "key": create["key"], "uploadId": id, "partNumber": 1 });
    let part = sign(&site, step("PUT")).await;
    assert_eq!(send(&site, Method::PUT, &part, None, vec![0; 11]).await.status(), 200);
    assert_eq!(status(step("POST")).await, 413);
    // Nor by saying another size.
    let told = |size: u64| json!({ "method": "POST", "key": create["key"], "uploadId": id, "size": size });
    assert_eq!(status(told(5)).await, 413);
    assert_eq!(send(&site, Method::PUT, &part, None, vec![0; 9]).await.status(), 200);
    assert_eq!((status(told(9)).await, status(told(5)).await), (200, 400));
    assert_eq!(sign(&site, step("POST")).await["headers"]["x-amz-mp-object-size"], "9");
}

/// The seal stands in the last segment, which stores on file systems end at 255 bytes.
#[tokio::test]
async fn a_sealed_key_keeps_its_segment_short() {
    let site = Site::start().await;
    let host = site.another_host(|config| config.max_key_bytes = 1024).await;
    for method in ["PUT", "POST"] {
        let ask = json!({ "method": method, "key": format!("{}.bin", "x".repeat(300)) });
        let signed = site.client.post(format!("http://{host}/s3/sign")).json(&ask).send().await.unwrap();
        let signed: Value = signed.json().await.unwrap();
        let key = signed["key"].as_str().unwrap();
        assert!(key.len() == 255 && key.ends_with("x.bin"), "{method} {key}");
    }
}
