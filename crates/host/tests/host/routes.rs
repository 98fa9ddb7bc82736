//! The host's routes over HTTP: shapes, refusals, the token, the development routes.

use crate::common::Site;
use filechute_host::{Access, Config, not_found, router, server};
use reqwest::{StatusCode, header};
use rusty_s3::{Bucket, Credentials, UrlStyle};
use serde_json::Value;

#[tokio::test]
async fn signatures_are_never_cached_and_errors_are_json() {
    let site = Site::with(&[("FILECHUTE_MAX_SIZE", "10"), ("FILECHUTE_ALLOWED_TYPES", "image/*")]).await;
    let good = site.ask("filename=a.png&type=image%2Fpng").await;
    assert_eq!(good.headers()[header::CACHE_CONTROL], "no-store");
    for (query, status, code) in [
        ("", 400, "InvalidRequest"),
        ("filename=a&type=text%2Fhtml", 415, "UnsupportedMediaType"),
        ("filename=a&type=image%2Fpng&size=11", 413, "EntityTooLarge"),
        ("filename=a&type=image%2Fpng&bucket=other", 403, "AccessDenied"),
    ] {
        let answer = site.ask(query).await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["code"], code);
        assert!(body["error"].as_str().unwrap().len() > 20 && body["error"] == body["message"]);
    }
    let missing = site.client.get(format!("http://{}/nothing", site.host)).send().await.unwrap();
    assert_eq!(missing.status(), 404);
    assert_eq!(missing.json::<Value>().await.unwrap()["code"], "NotFound");
    let posted = site.client.post(format!("http://{}/s3/params", site.host)).send().await.unwrap();
    assert_eq!(
        (posted.status().as_u16(), posted.json::<Value>().await.unwrap()["code"].clone()),
        (405, "MethodNotAllowed".into())
    );
    for (method, path, status, code) in [
        ("GET", "/s3/multipart/%FF/1?key=x", 400, "InvalidRequest"),
        ("GET", "/s3/multipart/%FF?key=x", 400, "InvalidRequest"),
        ("DELETE", "/s3/multipart/%FF?key=x", 400, "InvalidRequest"),
        ("GET", "/s3/multipart/%FF/batch?key=x", 400, "InvalidRequest"),
        ("POST", "/s3/multipart/%FF/complete?key=x", 400, "InvalidRequest"),
        ("GET", "/s3/nothing", 404, "NotFound"),
        ("POST", "/s3/multipart/a/b/c/d", 404, "NotFound"),
        ("GET", "//s3/nothing", 404, "NotFound"),
        ("DELETE", "/health", 405, "MethodNotAllowed"),
        ("POST", "/dev/objects", 405, "MethodNotAllowed"),
        ("PUT", "/dev/objects/x", 405, "MethodNotAllowed"),
        ("GET", "/dev/objects/%FF", 404, "NoSuchKey"),
    ] {
        let request = site.client.request(method.parse().unwrap(), format!("http://{}{path}", site.host));
        let answer = request.header(header::ORIGIN, format!("http://{}", site.host)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{method} {path}");
        let readable = answer.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(readable, path.contains("/s3/"), "{method} {path}");
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], code, "{method} {path}");
    }
    let health = site.client.get(format!("http://{}/health", site.host)).send().await.unwrap();
    assert_eq!(health.text().await.unwrap(), "ok");
}

#[tokio::test]
async fn old_clients_double_slash_is_served() {
    let site = Site::start().await;
    let answer = site.client.get(format!("http://{}//s3/params?filename=a", site.host)).send().await.unwrap();
    assert!(answer.json::<Value>().await.unwrap()["fields"]["key"].is_string());
}

#[tokio::test]
async fn a_token_guards_the_signatures_but_not_the_preflight() {
    let bucket = Bucket::new("https://s3.example".parse().unwrap(), UrlStyle::Path, "b", "r").unwrap();
    let mut config = Config::new(bucket, Credentials::new("id", "secret"));
    config.access = Access::Token("tok".into());
    assert!(!format!("{config:?}").contains("tok\"") && !format!("{config:?}").contains("secret"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/s3/params?filename=a", listener.local_addr().unwrap());
    tokio::spawn(server::serve(listener, router(config).fallback(not_found), std::future::pending()));

    let client = reqwest::Client::new();
    let ask = |token: &'static str| client.get(&url).header(header::AUTHORIZATION, token).send();
    for good in ["Bearer tok", "bearer tok", "BEARER  tok"] {
        assert_eq!(ask(good).await.unwrap().status(), 200, "{good:?}");
    }
    for bad in ["", "Bearer", "Bearer ", "Bearer to", "Bearer tokk", "Bearer TOK", "Bearertok", "Basic tok", "tok"] {
        let answer = ask(bad).await.unwrap();
        assert_eq!(answer.status(), 401, "{bad:?}");
        assert_eq!(answer.headers()[header::WWW_AUTHENTICATE], "Bearer");
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], "Unauthorized");
    }
    let preflight = client.request(reqwest::Method::OPTIONS, &url).header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET");
    assert!(preflight.header(header::ORIGIN, "https://a.example").send().await.unwrap().status().is_success());
}

#[tokio::test]
async fn objects_are_listed_newest_first_read_safely_and_emptied() {
    let site = Site::with(&[("FILECHUTE_PREFIX", "in/")]).await;
    let mut keys = Vec::new();
    for (name, kind) in [("a b.svg", "image%2Fsvg%2Bxml"), ("ü.png", "image%2Fpng"), ("x.html", "text%2Fhtml")] {
        let answer = site.parameters(name, &format!("type={kind}")).await;
        assert_eq!(site.post(&answer["fields"], name.as_bytes().to_vec()).await.status(), 201);
        keys.push((answer["key"].as_str().unwrap().to_owned(), answer["publicUrl"].as_str().unwrap().to_owned()));
        // File systems stamp with the granularity of a tick.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let list = async || -> Vec<Value> {
        let answer = site.client.get(format!("http://{}/dev/objects", site.host)).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["objects"].as_array().unwrap().clone()
    };
    let listed = list().await;
    let order: Vec<_> = listed.iter().map(|object| object["key"].as_str().unwrap()).collect();
    assert_eq!(order, keys.iter().rev().map(|(key, _)| key.as_str()).collect::<Vec<_>>());
    assert_eq!(listed[0]["size"], 6);
    assert!(listed[0]["lastModified"].as_str().unwrap().ends_with('Z'));

    for ((key, url), disposition) in keys.iter().zip(["attachment", "inline", "attachment"]) {
        let object = site.client.get(url).send().await.unwrap();
        assert_eq!(object.status(), 200);
        let headers = object.headers();
        assert_eq!(headers[header::CONTENT_DISPOSITION], disposition, "{key}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("sandbox"));
        assert_eq!(object.bytes().await.unwrap(), site.stored(key).unwrap());
    }
    let outside =
        site.client.get(format!("http://{}/dev/objects/..%2F..%2Fetc%2Fpasswd", site.host)).send().await.unwrap();
    assert_eq!(outside.status(), 404);

    let emptied = site.client.delete(format!("http://{}/dev/objects", site.host)).send().await.unwrap();
    assert_eq!(emptied.status(), StatusCode::NO_CONTENT);
    assert_eq!(list().await, Vec::<Value>::new());
    assert_eq!(std::fs::read_dir(site.data.path()).unwrap().count(), 1, "only the bucket's folder is left");
    let again = site.parameters("again", "type=text%2Fplain").await;
    assert_eq!(site.post(&again["fields"], b"x".to_vec()).await.status(), 201);
}

#[tokio::test]
async fn a_rebound_name_is_turned_away() {
    let site = Site::start().await;
    for (host, status) in
        [("evil.example", 403), ("127.0.0.1.evil.example:80", 403), ("localhost:1234", 200), ("[::1]:1", 200)]
    {
        let answer =
            site.client.get(format!("http://{}/dev/objects", site.host)).header(header::HOST, host).send().await;
        assert_eq!(answer.unwrap().status(), status, "{host}");
    }
}

/// S3 has a meaning for it in the keys of forms; in the name of a file it is nobody's mistake.
#[tokio::test]
async fn a_file_may_be_called_what_s3_would_replace() {
    let site = Site::start().await;
    let answer = site.parameters("a${filename}.txt", "").await;
    let key = answer["key"].as_str().unwrap();
    assert!(key.ends_with("-a$filename.txt"), "{key}");
    assert_eq!(site.post(&answer["fields"], b"x".to_vec()).await.status(), 201);
    assert!(site.stored(key).is_some());
    let begun = site.begin("${filename}", serde_json::json!({})).await;
    assert!(begun.key.ends_with("-$filename"), "{}", begun.key);
    let ask = serde_json::json!({ "method": "PUT", "key": "${filename}" });
    assert_eq!(site.json("presign", &ask).await.status(), 200);
}
