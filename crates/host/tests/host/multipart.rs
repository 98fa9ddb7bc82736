//! Large files: every route and refusal of the multipart protocol, and what the store enforces.

use std::net::SocketAddr;

use filechute_host::Caller;
use reqwest::{StatusCode, header};
use rusty_s3::S3Action as _;
use serde_json::{Value, json};

use crate::common::{MIB, Site, Upload, assert_refused, crc64nvme, encoded};

/// Three parts, the last one short.
fn bodies() -> [Vec<u8>; 3] {
    [vec![1; 5 * MIB], vec![2; 5 * MIB], b"the end".to_vec()]
}

/// Sends [`bodies`], last part first.
async fn send_all(site: &Site, upload: &Upload, host: SocketAddr) -> Vec<Value> {
    let mut parts = Vec::new();
    for (number, body) in (1..).zip(bodies()).collect::<Vec<_>>().into_iter().rev() {
        parts.push(upload.sent(site, host, number, body).await);
    }
    parts
}

#[tokio::test]
async fn a_large_file_goes_through_with_everything_checked() {
    let site = Site::start().await;
    let whole = bodies().concat();
    let more =
        json!({ "checksum": "crc64nvme", "size": whole.len(), "metadata": { "name": "тест", "relativePath": null } });
    let upload = site.begin("big file.bin", more).await;
    assert_eq!((&upload.answer["bucket"], &upload.answer["checksum"]), (&"uploads".into(), &"crc64nvme".into()));
    assert!(upload.answer["publicUrl"].as_str().unwrap().ends_with("big%20file.bin"));

    let mut parts = Vec::new();
    for (number, body) in (1..).zip(bodies()) {
        let sum = crc64nvme(&body);
        let sent =
            upload.part(&site, site.host, number, body, &format!("&x-amz-checksum-crc64nvme={}", encoded(&sum))).await;
        assert_eq!(sent.status(), 200);
        assert_eq!(sent.headers()["x-amz-checksum-crc64nvme"], sum.as_str());
        // Quoted and bare ETags both come: Uppy sends either.
        let e_tag = sent.headers()["etag"].to_str().unwrap().trim_matches('"').to_owned();
        parts.push(json!({ "PartNumber": number, "ETag": e_tag, "ChecksumCRC64NVME": sum }));
    }
    // The test store has two parts on a page.
    let listed: Value = upload.list(&site, site.host).await.json().await.unwrap();
    let numbers: Vec<_> = listed.as_array().unwrap().iter().map(|part| part["PartNumber"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!((&listed[2]["Size"], &listed[0]["ChecksumCRC64NVME"]), (&7.into(), &parts[0]["ChecksumCRC64NVME"]));
    assert!(listed[0]["ETag"].as_str().unwrap().starts_with('"') && listed[0]["LastModified"].is_string());

    parts.reverse();
    let sum = crc64nvme(&whole);
    let body = json!({ "parts": parts, "size": whole.len(), "x-amz-checksum-crc64nvme": sum });
    let (status, answer) = upload.complete(&site, site.host, &body).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!((&answer["key"], &answer["bucket"]), (&upload.key.as_str().into(), &"uploads".into()));
    assert_eq!(answer["location"], site.bucket.object_url(&upload.key).as_str());
    assert_eq!((&answer["size"], &answer["x-amz-checksum-crc64nvme"]), (&whole.len().into(), &sum.as_str().into()));
    assert!(answer["etag"].as_str().unwrap().ends_with("-3\"") && answer.get("error").is_none());
    assert!(site.stored(&upload.key).unwrap() == whole);
    assert_eq!(site.leftovers(), 0);

    let mut head = site.bucket.head_object(Some(&site.credentials), &upload.key);
    head.headers_mut().insert("x-amz-checksum-mode", "ENABLED");
    let head = site.client.head(head.sign(std::time::Duration::from_secs(60))).header("x-amz-checksum-mode", "ENABLED");
    let head = head.send().await.unwrap();
    assert_eq!(head.headers()["x-amz-checksum-crc64nvme"], sum.as_str());
    assert!(head.headers().contains_key("x-amz-meta-name") && !head.headers().contains_key("x-amz-meta-relativepath"));

    // Said again (a client that missed the answer): the same success, not an error and not a second object.
    let (status, again) = upload.complete(&site, site.host, &body).await;
    assert_eq!((status, &again["etag"], &again["size"]), (200, &answer["etag"], &answer["size"]));
    // Other parts under the same id are not what lies there.
    let other = json!({ "parts": [{ "PartNumber": 1, "ETag": "0cc175b9c0f1b6a831c399e269772661" }] });
    let (status, answer) = upload.complete(&site, site.host, &other).await;
    assert_eq!((status, &answer["code"]), (404, &"NoSuchUpload".into()));
}

#[tokio::test]
async fn any_instance_serves_any_step() {
    let site = Site::start().await;
    let b = site.another_host(|_| {}).await;
    let upload = site.begin("a", json!({})).await;
    let parts = send_all(&site, &upload, b).await;
    assert_eq!(upload.list(&site, b).await.json::<Value>().await.unwrap().as_array().unwrap().len(), 3);
    let (status, _) = upload.complete(&site, b, &json!({ "parts": parts })).await;
    assert_eq!(status, 200);
    let (status, _) = upload.complete(&site, site.host, &json!({ "parts": parts })).await;
    assert_eq!(status, 200);
    assert!(site.stored(&upload.key).unwrap() == bodies().concat());

    let upload = site.begin("b", json!({})).await;
    let gone = site.client.delete(upload.at(b, "", "")).send().await.unwrap();
    assert_eq!((gone.status(), gone.json::<Value>().await.unwrap()), (StatusCode::OK, json!({})));
    let gone = site.client.delete(upload.at(site.host, "", "")).send().await.unwrap();
    assert_eq!(gone.status(), 200);
    assert_eq!(upload.list(&site, b).await.status(), 404);
    assert_eq!(site.leftovers(), 0);
}

#[tokio::test]
async fn batches_are_signed_in_one_call() {
    let site = Site::start().await;
    let upload = site.begin("a", json!({ "checksum": "crc64nvme" })).await;
    let (one, two) = (crc64nvme(&[1; 10]), crc64nvme(&[2; 10]));
    let more = format!("&partNumbers=2,1&x-amz-checksum-crc64nvme={},{}", encoded(&two), encoded(&one));
    let answer: Value =
        site.client.get(upload.at(site.host, "/batch", &more)).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["expires"], 800);
    for (number, sum, body) in [("1", &one, [1; 10]), ("2", &two, [2; 10])] {
        assert_eq!(answer["headers"][number], json!({ "x-amz-checksum-crc64nvme": sum }));
        let url = answer["presignedUrls"][number].as_str().unwrap();
        let put = site.client.put(url).header("x-amz-checksum-crc64nvme", sum).body(body.to_vec());
        assert_eq!(put.send().await.unwrap().status(), 200);
    }
    let plain = upload.at(site.host, "/batch", "&partNumbers=1,2,10000");
    let plain: Value = site.client.get(plain).send().await.unwrap().json().await.unwrap();
    assert_eq!(plain["presignedUrls"].as_object().unwrap().len(), 3);
    assert!(plain.get("headers").is_none());
    for bad in [
        "",
        "&partNumbers=",
        "&partNumbers=0",
        "&partNumbers=1,x",
        "&partNumbers=10001",
        "&partNumbers=1,1",
        "&partNumbers=1,2&x-amz-checksum-crc64nvme=AAAAAAAAAAA=",
    ] {
        let answer = site.client.get(upload.at(site.host, "/batch", bad)).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{bad}");
    }
}

#[tokio::test]
async fn the_store_refuses_other_bytes_than_announced() {
    let site = Site::start().await;
    let upload = site.begin("a", json!({ "checksum": "crc64nvme" })).await;
    let sum = encoded(&crc64nvme(b"right"));
    let wrong = upload.part(&site, site.host, 1, b"wrong".to_vec(), &format!("&x-amz-checksum-crc64nvme={sum}")).await;
    assert_refused(wrong, 400, "BadDigest", "").await;
    assert_eq!(upload.list(&site, site.host).await.json::<Value>().await.unwrap(), json!([]));

    // Left out of the request although signed.
    let more = format!("&x-amz-checksum-crc64nvme={sum}");
    let signed: Value = site.client.get(upload.at(site.host, "/1", &more)).send().await.unwrap().json().await.unwrap();
    let bare = site.client.put(signed["url"].as_str().unwrap()).body("right").send().await.unwrap();
    assert_eq!(bare.status(), 403);

    let part = upload.sent(&site, site.host, 1, b"right".to_vec()).await;
    let complete = async |body: Value| upload.complete(&site, site.host, &body).await;
    let (status, answer) = complete(json!({ "parts": [part], "x-amz-checksum-crc64nvme": crc64nvme(b"wrong") })).await;
    assert_eq!((status, &answer["code"]), (400, &"BadDigest".into()));
    assert_eq!(site.stored(&upload.key), None);
    let (status, _) = complete(json!({ "parts": [part], "size": 6 })).await;
    assert_eq!(status, 400);
    let (status, _) =
        complete(json!({ "parts": [part], "size": 5, "x-amz-checksum-crc64nvme": crc64nvme(b"right") })).await;
    assert_eq!(status, 200);

    // One PUT and one form: a wrong checksum leaves what was there.
    for method in ["PUT", "POST"] {
        let sum = crc64nvme(b"new");
        let more = format!("method={method}&type=text%2Fplain&x-amz-checksum-crc64nvme={}", encoded(&sum));
        let answer = site.parameters("one", &more).await;
        let key = answer["key"].as_str().unwrap();
        let send = async |body: &'static str| match method {
            "POST" => site.post(&answer["fields"], body.into()).await,
            _ => {
                assert_eq!(answer["headers"]["x-amz-checksum-crc64nvme"], sum.as_str());
                let put = site.client.put(answer["url"].as_str().unwrap()).body(body);
                put.header("content-type", "text/plain").header("x-amz-checksum-crc64nvme", &sum).send().await.unwrap()
            }
        };
        let sent = send("new").await;
        assert!(sent.status().is_success());
        assert_eq!(sent.headers()["x-amz-checksum-crc64nvme"], sum.as_str(), "{method}");
        assert_refused(send("old").await, 400, "BadDigest", "").await;
        assert_eq!(site.stored(key).as_deref(), Some(&b"new"[..]));
    }
}

#[tokio::test]
async fn composite_checksums_are_those_of_the_parts() {
    let site = Site::start().await;
    // The digests of "a" and, as S3 forms it, of that digest.
    let (part, whole) =
        ("ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=", "v106/7c+/S7Gw2rTES3ZM+/tY8Thy//PqI4nWcFE8tg=-1");
    let more = format!("&x-amz-checksum-sha256={}", encoded(part));
    for named in [true, false] {
        let upload = site.begin("a", json!({ "checksum": "sha256" })).await;
        let sent = upload.part(&site, site.host, 1, b"a".to_vec(), &more).await;
        let e_tag = sent.headers()["etag"].to_str().unwrap().to_owned();
        // The store wants them; the host names what a client leaves out.
        let step = json!({ "method": "POST", "key": upload.key, "uploadId": upload.id });
        let signed: Value = site.json("presign", &step).await.json().await.unwrap();
        let list = format!("<Part><PartNumber>1</PartNumber><ETag>{e_tag}</ETag></Part>");
        let bare = site.client.post(signed["url"].as_str().unwrap());
        let bare =
            bare.body(format!("<CompleteMultipartUpload>{list}</CompleteMultipartUpload>")).send().await.unwrap();
        assert_refused(bare, 400, "InvalidRequest", "must include the checksum for each part").await;
        let mut entry = json!({ "PartNumber": 1, "ETag": e_tag });
        if named {
            entry["ChecksumSHA256"] = part.into();
        }
        assert_eq!(upload.complete(&site, site.host, &json!({ "parts": [entry] })).await.0, 200);
        let mut head = site.bucket.head_object(Some(&site.credentials), &upload.key);
        head.headers_mut().insert("x-amz-checksum-mode", "ENABLED");
        let head = site.client.head(head.sign(std::time::Duration::from_secs(60)));
        let head = head.header("x-amz-checksum-mode", "ENABLED").send().await.unwrap();
        assert_eq!(head.headers()["x-amz-checksum-sha256"], whole);
    }
}

#[tokio::test]
async fn order_presence_sizes_and_limits() {
    let site = Site::start().await;
    let upload = site.begin("a", json!({})).await;
    let part = |number: u32, e_tag: &str| json!({ "PartNumber": number, "ETag": e_tag });
    let (one, two) =
        (upload.sent(&site, site.host, 3, b"x".to_vec()).await, upload.sent(&site, site.host, 7, b"y".to_vec()).await);
    for (parts, code) in [
        (json!([one, two]), "EntityTooSmall"),
        (json!([one, part(9, "x")]), "InvalidPart"),
        (json!([part(3, "wrong")]), "InvalidPart"),
        (json!([one, one]), "InvalidRequest"),
        (json!([]), "InvalidRequest"),
        (json!([{ "PartNumber": "3", "ETag": "x" }]), "InvalidRequest"),
        (json!(null), "InvalidRequest"),
    ] {
        let (status, answer) = upload.complete(&site, site.host, &json!({ "parts": parts })).await;
        assert_eq!((status, &answer["code"]), (400, &code.into()), "{parts}");
    }
    for number in ["0", "10001", "-1", "abc", "1.5"] {
        let answer = site.client.get(upload.at(site.host, &format!("/{number}"), "")).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{number}");
    }
    // Gaps are S3's to allow; what is not named is thrown away.
    let (status, answer) = upload.complete(&site, site.host, &json!({ "parts": [two] })).await;
    assert_eq!((status, &answer["size"]), (200, &1.into()), "{answer}");
    assert_eq!(site.stored(&upload.key).as_deref(), Some(&b"y"[..]));
    assert_eq!(site.leftovers(), 0);

    let site = Site::with(&[("FILECHUTE_MAX_SIZE", "10"), ("FILECHUTE_ALLOWED_TYPES", "image/*")]).await;
    let ask = async |body: Value| {
        let answer = site.json("multipart", &body).await;
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.unwrap()["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(ask(json!({ "filename": "a", "type": "text/html" })).await, (415, "UnsupportedMediaType".into()));
    assert_eq!(ask(json!({ "filename": "a", "type": "image/png", "size": 11 })).await, (413, "EntityTooLarge".into()));
    let upload = site.begin("a", json!({ "type": "image/png" })).await;
    let part = upload.sent(&site, site.host, 1, b"eleven byte".to_vec()).await;
    // The client says nothing of the size, or lies: the store's list counts.
    assert_eq!(upload.complete(&site, site.host, &json!({ "parts": [part], "size": 3 })).await.0, 400);
    assert!(site.leftovers() > 0);
    for body in [json!({ "parts": [part], "size": 11 }), json!({ "parts": [part] })] {
        let (status, answer) = upload.complete(&site, site.host, &body).await;
        assert_eq!((status, &answer["code"]), (413, &"EntityTooLarge".into()));
    }
    assert_eq!(site.stored(&upload.key), None);
    // What can never be completed does not stay.
    assert_eq!(site.leftovers(), 0);
    // A file of ten bytes is one part: no more are signed.
    for step in ["/2", "/batch"] {
        let answer = site.client.get(upload.at(site.host, step, "&partNumbers=1,2")).send().await.unwrap();
        assert_eq!(answer.status(), 413, "{step}");
    }
    let sizes = Site::with(&[("FILECHUTE_MAX_SIZE", "10485761")]).await;
    let upload = sizes.begin("a", json!({})).await;
    for (step, status) in [("/3", 200), ("/4", 413)] {
        assert_eq!(sizes.client.get(upload.at(sizes.host, step, "")).send().await.unwrap().status(), status, "{step}");
    }
}

#[tokio::test]
async fn only_pairs_this_host_issued_to_this_caller() {
    let site = Site::start().await;
    let mine = site.begin("a", json!({})).await;
    let other = site.begin("b", json!({})).await;
    let bare = mine.id.rsplit_once('.').unwrap().0.to_owned();
    let forged = [
        Upload { key: other.key.clone(), id: mine.id.clone(), answer: Value::Null },
        Upload { key: mine.key.clone(), id: bare.clone(), answer: Value::Null },
        Upload { key: mine.key.clone(), id: format!("{bare}.AAAAAAAAAAAAAAAAAAAAAA"), answer: Value::Null },
        Upload { key: "../x".into(), id: mine.id.clone(), answer: Value::Null },
    ];
    for upload in &forged {
        for route in ["", "/1", "/batch"] {
            let answer = site.client.get(upload.at(site.host, route, "&partNumbers=1")).send().await.unwrap();
            assert_eq!(answer.status(), 404, "{route}");
            assert_eq!(answer.json::<Value>().await.unwrap()["code"], "NoSuchUpload");
        }
        assert_eq!(site.client.delete(upload.at(site.host, "", "")).send().await.unwrap().status(), 404);
        let body = json!({ "parts": [{ "PartNumber": 1, "ETag": "x" }] });
        assert_eq!(upload.complete(&site, site.host, &body).await.0, 404);
    }
    let missing = site.client.get(format!("http://{}/s3/multipart/{}/1", site.host, mine.id)).send().await.unwrap();
    assert_eq!(missing.status(), 400);

    // An application that names its callers: what one began is not another's.
    let config = filechute_host::Config::new(site.bucket.clone(), site.credentials.clone());
    let app = filechute_host::router(config).layer(axum::middleware::from_fn(
        |mut request: axum::extract::Request, next: axum::middleware::Next| async move {
            let who = request.headers().get("x-user").and_then(|user| user.to_str().ok()).unwrap_or("none").to_owned();
            request.extensions_mut().insert(Caller(who));
            next.run(request).await
        },
    ));
    let listener = crate::common::listener().await;
    let here = listener.local_addr().unwrap();
    tokio::spawn(filechute_host::server::serve(listener, app, std::future::pending()));
    let body = json!({ "filename": "a", "type": "", "metadata": {} });
    let create = site.client.post(format!("http://{here}/s3/multipart")).header("x-user", "ann").json(&body);
    let answer: Value = create.send().await.unwrap().json().await.unwrap();
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    let upload = Upload { key: text("key"), id: text("uploadId"), answer: Value::Null };
    for (user, status) in [("ann", 200), ("bob", 404)] {
        let list = site.client.get(upload.at(here, "", "")).header("x-user", user).send().await.unwrap();
        assert_eq!(list.status(), status, "{user}");
    }
}

#[tokio::test]
async fn bodies_are_json_bounded_and_refused_helpfully() {
    let site = Site::start().await;
    let url = format!("http://{}/s3/multipart", site.host);
    let send = async |kind: &'static str, body: String| {
        let answer = site.client.post(&url).header(header::CONTENT_TYPE, kind).body(body).send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        assert!(body["error"].as_str().unwrap().len() > 20 && body["error"] == body["message"]);
        (status, body["error"].as_str().unwrap().to_owned())
    };
    let json = "application/json; charset=utf-8";
    assert!(send(json, "{\"filename\": ".into()).await.1.contains("not valid JSON (line 1, column 13)"));
    assert_eq!(send(json, "[1]".into()).await.0, 400);
    assert_eq!(send("text/plain", "{\"filename\":\"a\",\"type\":\"\"}".into()).await.0, 415);
    assert_eq!(send(json, format!("{{\"filename\":\"{}\"}}", "a".repeat(100 * 1024))).await.0, 413);
    assert!(send(json, "{\"type\":\"a/b\"}".into()).await.1.contains("\"filename\""));
    assert!(send(json, "{\"filename\":\"a\"}".into()).await.1.contains("content type must be a string"));
    for bad in [
        r#"{"filename":"a","type":"nonsense"}"#,
        r#"{"filename":"a","type":"","size":-1}"#,
        r#"{"filename":"a","type":"","checksum":"crc32"}"#,
        r#"{"filename":"a","type":"","metadata":{"a":{}}}"#,
        r#"{"filename":"a","type":"","metadata":{"a b":"c"}}"#,
    ] {
        assert_eq!(send(json, bad.into()).await.0, 400, "{bad}");
    }
    let sts = site.client.get(format!("http://{}/s3/sts", site.host)).send().await.unwrap();
    assert_eq!(sts.status(), 501);
}
