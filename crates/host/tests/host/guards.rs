//! Who may ask and how often; and overwriting, where it is forbidden.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use filechute_host::{
    Access, AccessCheck, ApiError, Caller, Config, ForwardAuth, KeyMaker, RateLimit, SealKey, UploadMethod, router,
    server,
};
use reqwest::header;
use serde_json::{Value, json};

use crate::common::{Site, bucket, crc64nvme, encoded, listener, serve_host};

/// Whoever tries a token with the embedded store must not believe that it holds while it does not.
#[tokio::test]
async fn the_development_host_asks_for_what_the_settings_say() {
    let site = Site::with(&[("FILECHUTE_TOKEN", "tok")]).await;
    let url = format!("http://{}/s3/params?filename=a", site.host);
    assert_eq!(site.client.get(&url).send().await.unwrap().status(), 401);
    assert_eq!(site.client.get(&url).bearer_auth("tok").send().await.unwrap().status(), 200);
    let objects = site.client.get(format!("http://{}/dev/objects", site.host)).send().await.unwrap();
    assert_eq!(objects.status(), 200);

    let verify = format!("http://{}/verify", decider().await);
    let site = Site::with(&[("FILECHUTE_FORWARD_AUTH_URL", &verify)]).await;
    let url = format!("http://{}/s3/params?filename=a", site.host);
    assert_eq!(site.client.get(&url).send().await.unwrap().status(), 401);
    assert_eq!(site.client.get(&url).header("cookie", "session=ann").send().await.unwrap().status(), 200);
}

/// A service that answers `GET /verify` so.
async fn verifying<H, T>(answer: H) -> SocketAddr
where
    H: axum::handler::Handler<T, ()>,
    T: 'static,
{
    let listener = listener().await;
    let here = listener.local_addr().unwrap();
    let app = Router::new().route("/verify", axum::routing::get(answer));
    tokio::spawn(server::serve(listener, app, std::future::pending()));
    here
}

/// A service that knows one person.
async fn decider() -> SocketAddr {
    let answer = |headers: HeaderMap| async move {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        assert_eq!(text("x-forwarded-for"), "127.0.0.1");
        assert!(text("x-forwarded-uri").starts_with("/s3/") && !text("x-forwarded-host").is_empty());
        assert!(text("remote-user").is_empty(), "the caller's own header must not pass");
        match (text("cookie").as_str(), text("authorization").as_str(), text("origin").as_str()) {
            ("session=ann", _, _) | (_, "Bearer ann", _) => (StatusCode::NO_CONTENT, [("remote-user", "ann")]),
            (_, _, "https://evil.example") => (StatusCode::FOUND, [("location", "/login")]),
            ("session=down", ..) => (StatusCode::INTERNAL_SERVER_ERROR, [("x-a", "b")]),
            _ => (StatusCode::UNAUTHORIZED, [("www-authenticate", "Negotiate")]),
        }
    };
    verifying(answer).await
}

#[tokio::test]
async fn another_service_decides_and_names_the_caller() {
    let site = Site::start().await;
    let forward = ForwardAuth {
        url: format!("http://{}/verify", decider().await).parse().unwrap(),
        user_header: Some("remote-user".parse().unwrap()),
    };
    let host = site.another_host(|config| config.access = Access::Forward(forward)).await;
    let ask = async |name: &'static str, value: &'static str| {
        let request = site.client.get(format!("http://{host}/s3/params?filename=a")).header("remote-user", "root");
        request.header(name, value).send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask("cookie", "session=ann").await, 200);
    assert_eq!(ask("authorization", "Bearer ann").await, 200);
    assert_eq!(ask("accept", "*/*").await, 401);
    let refused = site.client.get(format!("http://{host}/s3/params?filename=a")).send().await.unwrap();
    assert_eq!(refused.headers()[header::WWW_AUTHENTICATE], "Negotiate");
    assert_eq!(ask("origin", "https://evil.example").await, 403);
    assert_eq!(ask("cookie", "session=down").await, 503);

    // What Ann began is Ann's: a host that names no caller does not know it.
    let body = json!({ "filename": "a", "type": "", "metadata": {} });
    let create = site.client.post(format!("http://{host}/s3/multipart")).header("cookie", "session=ann").json(&body);
    let answer: Value = create.send().await.unwrap().json().await.unwrap();
    let path =
        format!("/s3/multipart/{}?key={}", answer["uploadId"].as_str().unwrap(), answer["key"].as_str().unwrap());
    let list = async |host: SocketAddr| {
        let request = site.client.get(format!("http://{host}{path}")).header("cookie", "session=ann");
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!((list(host).await, list(site.host).await), (200, 404));

    let gone = listener().await.local_addr().unwrap();
    let forward = ForwardAuth { url: format!("http://{gone}/").parse().unwrap(), user_header: None };
    let host = site.another_host(|config| config.access = Access::Forward(forward)).await;
    let closed = site.client.get(format!("http://{host}/s3/params?filename=a")).send().await.unwrap();
    assert_eq!((closed.status().as_u16(), closed.headers().contains_key(header::RETRY_AFTER)), (503, true));
}

/// A service that passes whoever has the session, and says what stands in the cookie `as` about them: nothing, or a name.
async fn namer() -> SocketAddr {
    let answer = |headers: HeaderMap| async move {
        let cookie = headers.get("cookie").map(|value| value.as_bytes().to_vec()).unwrap_or_default();
        if !cookie.starts_with(b"session=good") {
            return (StatusCode::UNAUTHORIZED, HeaderMap::new(), String::new());
        }
        let mut named = HeaderMap::new();
        if let Some(at) = cookie.windows(5).position(|piece| piece == b"; as=") {
            named.insert("remote-user", HeaderValue::from_bytes(&cookie[at + 5..]).unwrap());
        }
        // Far longer than anybody needs.
        (StatusCode::OK, named, "x".repeat(1 << 20))
    };
    verifying(answer).await
}

#[tokio::test]
async fn names_and_cookies_of_any_script_pass_and_the_nameless_do_not() {
    let site = Site::start().await;
    let url: url::Url = format!("http://{}/verify", namer().await).parse().unwrap();
    let host = async |user_header: Option<&str>| {
        let forward = ForwardAuth { url: url.clone(), user_header: user_header.map(|name| name.parse().unwrap()) };
        site.another_host(|config| config.access = Access::Forward(forward)).await
    };
    let (plain, named) = (host(None).await, host(Some("remote-user")).await);
    let send = async |request: reqwest::RequestBuilder, cookie: &[u8]| {
        request.header("cookie", HeaderValue::from_bytes(cookie).unwrap()).send().await.unwrap()
    };
    let params = |host: SocketAddr| site.client.get(format!("http://{host}/s3/params?filename=a"));
    assert_eq!(send(params(plain), b"session=bad").await.status(), 401);
    for cookie in [&b"session=good"[..], "session=good; name=日本".as_bytes(), b"session=good; name=\xff"] {
        assert_eq!(send(params(plain), cookie).await.status(), 200, "{cookie:?}");
        assert_eq!(send(params(named), cookie).await.status(), 403, "{cookie:?}");
    }

    let body = json!({ "filename": "a", "type": "", "metadata": {} });
    let names = ["Jürgen".as_bytes(), "José".as_bytes(), b"ann", b"J\xfcrgen", b"Jos\xe9"];
    let cookie = |name: &[u8]| [b"session=good; as=", name].concat();
    for owner in names {
        let create = site.client.post(format!("http://{named}/s3/multipart")).json(&body);
        let begun: Value = send(create, &cookie(owner)).await.json().await.unwrap();
        let path = format!("{}?key={}", begun["uploadId"].as_str().unwrap(), begun["key"].as_str().unwrap());
        for other in names {
            let list = site.client.get(format!("http://{named}/s3/multipart/{path}"));
            let status = if owner == other { 200 } else { 404 };
            assert_eq!(send(list, &cookie(other)).await.status(), status, "{owner:?} {other:?}");
        }
        let list = site.client.get(format!("http://{named}/s3/multipart/{path}"));
        assert_eq!(send(list, b"session=good").await.status(), 403);
    }
}

/// An application serves the router under a path of its own; the service decides about the address that was asked for.
#[tokio::test]
async fn the_service_is_told_the_whole_address() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let asked = Arc::clone(&seen);
    let service = Router::new().fallback(move |headers: HeaderMap| {
        assert_eq!(headers["x-forwarded-proto"], "http", "no proxy is trusted");
        asked.lock().unwrap().push(headers["x-forwarded-uri"].to_str().unwrap().to_owned());
        async { StatusCode::NO_CONTENT }
    });
    let (service_listener, listener) = (listener().await, listener().await);
    let (verify, here) = (service_listener.local_addr().unwrap(), listener.local_addr().unwrap());
    tokio::spawn(server::serve(service_listener, service, std::future::pending()));
    let bucket = bucket(here, "uploads");
    let mut config = Config::new(bucket, rusty_s3::Credentials::new("id", "secret"));
    config.access =
        Access::Forward(ForwardAuth { url: format!("http://{verify}/").parse().unwrap(), user_header: None });
    // Longer than S3 takes; an application may have set it.
    config.expires = std::time::Duration::from_secs(700_000);
    let app = Router::new().nest("/api", router(config));
    tokio::spawn(server::serve(listener, app, std::future::pending()));
    let ask = reqwest::Client::new().get(format!("http://{here}/api/s3/params?filename=a&method=PUT"));
    let answer: Value = ask.header("x-forwarded-proto", "https").send().await.unwrap().json().await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["/api/s3/params?filename=a&method=PUT"]);
    assert!(answer["url"].as_str().unwrap().contains("X-Amz-Expires=604800"), "{answer}");
}

#[tokio::test]
async fn a_function_that_panics_is_an_answer() {
    let site = Site::start().await;
    let check = AccessCheck::new(|_| async { panic!("as a test wants it") });
    let checked = site.another_host(|config| config.access = Access::Check(check)).await;
    let keyed = site.another_host(|config| config.key = KeyMaker::new(|_| panic!("as a test wants it"))).await;
    for host in [checked, keyed] {
        for _ in 0..2 {
            let answer = site.client.get(format!("http://{host}/s3/params?filename=a")).send().await.unwrap();
            assert_eq!(answer.status(), 500);
            assert_eq!(answer.json::<Value>().await.unwrap()["code"], "InternalError");
        }
    }
}

#[tokio::test]
async fn an_applications_own_function_decides() {
    let site = Site::start().await;
    let check = AccessCheck::new(|parts| async move {
        match parts.headers.get("x-user").and_then(|user| user.to_str().ok()) {
            Some("ann") => Ok(Some(Caller("ann".into()))),
            Some(_) => Err(ApiError::denied("not you")),
            None => Err(ApiError::new(StatusCode::UNAUTHORIZED, "Unauthorized", "log in first")),
        }
    });
    let host = site.another_host(|config| config.access = Access::Check(check)).await;
    for (user, status) in [("ann", 200), ("bob", 403)] {
        let request = site.client.get(format!("http://{host}/s3/params?filename=a")).header("x-user", user);
        assert_eq!(request.send().await.unwrap().status(), status);
    }
    for path in ["params?filename=a", "multipart/x?key=a", "multipart/x/1?key=a", "multipart/x/batch?key=a", "sts"] {
        let answer = site.client.get(format!("http://{host}/s3/{path}")).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
    }
    for path in ["multipart", "multipart/x/complete?key=a", "confirm?key=a", "presign", "sign"] {
        let answer = site.client.post(format!("http://{host}/s3/{path}")).json(&json!({})).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
    }
}

#[tokio::test]
async fn an_address_that_asks_too_often_is_told_to_wait() {
    let site = Site::start().await;
    let limit = Some(RateLimit { per_minute: 6, burst: 2 });
    let host = site.another_host(|config| config.rate_limit = limit).await;
    let ask = async |host: SocketAddr, from: &'static str| {
        let request = site.client.get(format!("http://{host}/s3/params?filename=a")).header("x-forwarded-for", from);
        request.send().await.unwrap()
    };
    assert_eq!(ask(host, "1.1.1.1").await.status(), 200);
    assert_eq!(ask(host, "2.2.2.2").await.status(), 200);
    // The header is anyone's to write, so it did not count.
    let refused = ask(host, "3.3.3.3").await;
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=11).contains(&wait), "{wait}");
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "TooManyRequests");
    let health = site.client.get(format!("http://{host}/health")).send().await.unwrap();
    assert_eq!(health.status(), 200);

    let behind = site.another_host(|config| (config.rate_limit, config.trusted_proxies) = (limit, 1)).await;
    for from in ["1.1.1.1", "2.2.2.2", "9.9.9.9, 1.1.1.1"] {
        assert_eq!(ask(behind, from).await.status(), 200);
    }
    assert_eq!(ask(behind, "8.8.8.8, 1.1.1.1").await.status(), 429);
}

#[tokio::test]
async fn nothing_is_overwritten_where_that_is_forbidden() {
    let site = Site::with(&[("FILECHUTE_IF_NONE_MATCH", "true")]).await;
    let answer = site.parameters("a", "").await;
    assert_eq!((&answer["method"], &answer["headers"]["if-none-match"]), (&"PUT".into(), &"*".into()));
    assert_eq!(site.ask("filename=a&method=POST").await.status(), 400);
    let put = async |body: &'static str, header: Option<&'static str>| {
        let mut request = site.client.put(answer["url"].as_str().unwrap()).body(body);
        request = request.header("content-type", "application/octet-stream");
        if let Some(value) = header {
            request = request.header("if-none-match", value);
        }
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(put("bare", None).await, 403);
    assert_eq!((put("first", Some("*")).await, put("second", Some("*")).await), (200, 412));
    assert_eq!(site.stored(answer["key"].as_str().unwrap()).as_deref(), Some(&b"first"[..]));

    let upload = site.begin("b", json!({})).await;
    let part = upload.sent(&site, site.host, 1, b"parts".to_vec()).await;
    let there = site.data.path().join("uploads").join(&upload.key);
    std::fs::write(&there, "before").unwrap();
    let (status, answer) = upload.complete(&site, site.host, &json!({ "parts": [part] })).await;
    assert_eq!((status, &answer["code"]), (412, &"PreconditionFailed".into()));
    std::fs::remove_file(&there).unwrap();
    assert_eq!(upload.complete(&site, site.host, &json!({ "parts": [part] })).await.0, 200);
    assert_eq!(site.stored(&upload.key).as_deref(), Some(&b"parts"[..]));
}

#[tokio::test]
async fn whoever_lost_the_answer_is_told_whether_the_object_is_theirs() {
    let site = Site::with(&[("FILECHUTE_IF_NONE_MATCH", "true"), ("FILECHUTE_PREFIX", "in/")]).await;
    let sum = crc64nvme(b"first");
    let answer = site.parameters("a", &format!("&x-amz-checksum-crc64nvme={}", encoded(&sum))).await;
    let mut put = site.client.put(answer["url"].as_str().unwrap()).body("first");
    for (name, value) in answer["headers"].as_object().unwrap() {
        put = put.header(name, value.as_str().unwrap());
    }
    let key = answer["key"].as_str().unwrap();
    let confirm = async |key: &str, body: Value| {
        let answer = site.json(&format!("confirm?key={}", encoded(key)), &body).await;
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let own = json!({ "size": 5, "x-amz-checksum-crc64nvme": sum });
    let nothing = confirm(key, own.clone()).await;
    assert_eq!(nothing.0, 412);
    assert_eq!(put.send().await.unwrap().status().as_u16(), 200);
    let (status, found) = confirm(key, own.clone()).await;
    assert_eq!(
        (status, &found["key"], &found["x-amz-checksum-crc64nvme"]),
        (200, &key.into(), &own["x-amz-checksum-crc64nvme"])
    );
    // What is not there, what is another's and what is elsewhere look the same.
    for (key, body) in [
        (key, json!({ "size": 6, "x-amz-checksum-crc64nvme": sum })),
        (key, json!({ "size": 5, "x-amz-checksum-crc64nvme": crc64nvme(b"other") })),
        ("out/side", own.clone()),
    ] {
        assert_eq!(confirm(key, body).await, nothing);
    }
    for body in [
        json!({}),
        json!({ "size": 5 }),
        json!({ "x-amz-checksum-crc64nvme": sum }),
        json!({ "size": -5, "x-amz-checksum-crc64nvme": sum }),
    ] {
        assert_eq!(confirm(key, body).await.0, 400);
    }
}

/// A look is a signed request, so what it may be led to matters more than what it answers: nothing at all leaves the host.
#[tokio::test]
async fn a_confirmation_looks_at_nothing_outside_the_prefix() {
    let site = Site::start().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let looked = Arc::clone(&seen);
    let store = Router::new().fallback(move |request: Request| {
        looked.lock().unwrap().push(request.uri().path().to_owned());
        async { [("etag", "\"abc\""), ("content-length", "5"), ("x-amz-checksum-crc32c", "AAAAAA==")] }
    });
    let listener = listener().await;
    let here = listener.local_addr().unwrap();
    tokio::spawn(server::serve(listener, store, std::future::pending()));
    let bucket = bucket(here, "mine");
    for (prefix, outside) in [
        ("users/ann/", "users/ann/../../../otherbucket/secret.pdf"),
        ("users/ann/", "users/ann/../bob/private.pdf"),
        ("users/ann/", "users/ann/./../../x"),
        ("users/ann/", "users/ann/..\u{9}/../x"),
        ("users/ann/", "users/ann//x"),
        ("users/ann/", "users/bob/x"),
        ("", "../otherbucket/x"),
        ("", "/otherbucket/x"),
    ] {
        let host = serve_host(bucket.clone(), site.credentials.clone(), |config| config.prefix = prefix.into()).await;
        let url = format!("http://{host}/s3/confirm?key={}", encoded(outside));
        let ask = site.client.post(url).json(&json!({ "size": 5, "x-amz-checksum-crc32c": "AAAAAA==" }));
        let answer = ask.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 412, "{outside}");
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], "PreconditionFailed");
    }
    assert_eq!(*seen.lock().unwrap(), Vec::<String>::new());
    // What only looks like a way out is a name like any other.
    let host = serve_host(bucket, site.credentials.clone(), |config| config.prefix = "a/".into()).await;
    let url = format!("http://{host}/s3/confirm?key={}", encoded("a/%2e%2e/..x/b\\..\\c"));
    let ask = site.client.post(url).json(&json!({ "size": 5, "x-amz-checksum-crc32c": "AAAAAA==" }));
    ask.send().await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["/mine/a/%252e%252e/..x/b%5C..%5Cc"]);
}

/// A key pair that may write and not read: S3 answers 403 to the look, or 404. Neither is told apart from another's object.
#[tokio::test]
async fn a_host_that_may_not_look_confirms_nothing() {
    let site = Site::start().await;
    for (looked, wanted) in [(403, 412), (404, 412), (500, 500)] {
        let store = Router::new().fallback(move || async move { StatusCode::from_u16(looked).unwrap() });
        let listener = listener().await;
        let here = listener.local_addr().unwrap();
        tokio::spawn(server::serve(listener, store, std::future::pending()));
        let host = serve_host(bucket(here, filechute_host::dev::BUCKET), site.credentials.clone(), |_| {}).await;
        let body = json!({ "size": 5, "x-amz-checksum-crc64nvme": crc64nvme(b"first") });
        let ask = site.client.post(format!("http://{host}/s3/confirm?key=uploads/a")).json(&body);
        let answer = ask.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), wanted, "{looked}: {}", answer.text().await.unwrap());
    }
}

#[tokio::test]
async fn instances_with_other_keys_share_a_seal_when_told_one() {
    let site = Site::start().await;
    let seal = || Some(SealKey("a long text that all instances know".into()));
    let a = site.another_host(|config| config.seal = seal()).await;
    let other = rusty_s3::Credentials::new("TESTID2", "rotated");
    let b = serve_host(site.bucket.clone(), other, |config| (config.seal, config.method) = (seal(), UploadMethod::Put))
        .await;
    let body = json!({ "filename": "a", "type": "", "metadata": {} });
    let answer: Value =
        site.client.post(format!("http://{a}/s3/multipart")).json(&body).send().await.unwrap().json().await.unwrap();
    let path = format!("{}/1?key={}", answer["uploadId"].as_str().unwrap(), answer["key"].as_str().unwrap());
    for (host, status) in [(a, 200), (b, 200), (site.host, 404)] {
        assert_eq!(
            site.client.get(format!("http://{host}/s3/multipart/{path}")).send().await.unwrap().status(),
            status
        );
    }
}

#[tokio::test]
async fn checksums_can_be_switched_off() {
    let site = Site::with(&[("FILECHUTE_CHECKSUMS", "false")]).await;
    let upload = site.begin("a", json!({ "checksum": "crc64nvme" })).await;
    assert!(upload.answer.get("checksum").is_none());
    let more = "&x-amz-checksum-crc64nvme=AAAAAAAAAAA%3D";
    let sent = upload.part(&site, site.host, 1, b"x".to_vec(), more).await;
    assert_eq!((sent.status().as_u16(), sent.headers().contains_key("x-amz-checksum-crc64nvme")), (200, false));
    let answer = site.parameters("a", &more[1..]).await;
    assert!(answer["fields"].get("x-amz-checksum-crc64nvme").is_none());
}
