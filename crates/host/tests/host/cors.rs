//! Pages of other origins: what the host and the bucket let them do, and what not.

use crate::common::Site;
use reqwest::{Method, Response, header};
use serde_json::json;

const FOREIGN: &str = "https://evil.example";
const LISTED: &str = "https://shop.example";

async fn preflight(site: &Site, url: &str, origin: &str, method: &str, headers: &str) -> Response {
    site.client
        .request(Method::OPTIONS, url)
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, method)
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, headers)
        .send()
        .await
        .unwrap()
}

fn allowed(response: &Response) -> Option<&str> {
    response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_bucket_answers_preflights_by_its_rule() {
    let site = Site::with(&[("FILECHUTE_ALLOWED_ORIGINS", LISTED)]).await;
    let url = format!("http://{}/uploads/k?X-Amz-Signature=x", site.store);
    let own = format!("http://{}", site.host);
    for origin in [own.as_str(), LISTED, &format!("http://localhost:{}", site.host.port())] {
        assert_eq!(preflight(&site, &url, origin, "DELETE", "").await.status(), 200);
        let yes = preflight(&site, &url, origin, "PUT", "content-type,x-amz-meta-a").await;
        assert_eq!((yes.status().as_u16(), allowed(&yes)), (200, Some(origin)));
        assert!(yes.headers()[header::ACCESS_CONTROL_ALLOW_METHODS].to_str().unwrap().contains("PUT"));
        assert!(yes.headers().contains_key(header::ACCESS_CONTROL_MAX_AGE));
    }
    for (origin, method, headers) in [
        (FOREIGN, "PUT", "content-type"),
        (LISTED, "PATCH", ""),
        (LISTED, "PUT", "authorization"),
        ("null", "POST", ""),
    ] {
        let no = preflight(&site, &url, origin, method, headers).await;
        assert_eq!((no.status().as_u16(), allowed(&no)), (403, None), "{origin} {method} {headers}");
        assert!(no.text().await.unwrap().contains("AccessForbidden"));
    }
}

#[tokio::test]
async fn the_buckets_answers_and_errors_are_readable_to_listed_origins_only() {
    let site = Site::start().await;
    let own = format!("http://{}", site.host);
    let answer = site.parameters("a", "type=text%2Fplain").await;
    let send = |origin: String, broken: bool| {
        let mut form = reqwest::multipart::Form::new();
        for (name, value) in answer["fields"].as_object().unwrap() {
            let value = if broken && name == "key" { "other" } else { value.as_str().unwrap() };
            form = form.text(name.clone(), value.to_owned());
        }
        let form = form.part("file", reqwest::multipart::Part::bytes(vec![1]).file_name("a"));
        site.client.post(answer["url"].as_str().unwrap()).header(header::ORIGIN, origin).multipart(form).send()
    };
    for (broken, status) in [(false, 201), (true, 403)] {
        let response = send(own.clone(), broken).await.unwrap();
        assert_eq!((response.status().as_u16(), allowed(&response)), (status, Some(own.as_str())));
        let exposed = response.headers()[header::ACCESS_CONTROL_EXPOSE_HEADERS].to_str().unwrap();
        assert!(
            ["ETag", "Location", "Date", "x-amz-request-id", "x-amz-checksum-sha256"]
                .iter()
                .all(|h| exposed.contains(h))
        );
        // As on S3, a foreign origin's request is served; the browser hides the answer.
        let response = send(FOREIGN.into(), broken).await.unwrap();
        assert_eq!((response.status().as_u16(), allowed(&response)), (status, None));
    }
}

#[tokio::test]
async fn every_page_may_sign_and_upload_where_that_is_said() {
    let site = Site::with(&[("FILECHUTE_ALLOWED_ORIGINS", "*"), ("FILECHUTE_CREDENTIALS", "omit")]).await;
    for url in [format!("http://{}/s3/params?filename=a", site.host), format!("http://{}/uploads/k", site.store)] {
        let asked = preflight(&site, &url, FOREIGN, "POST", "content-type").await;
        let read = site.client.post(&url).header(header::ORIGIN, FOREIGN).send().await.unwrap();
        for answer in [asked, read] {
            assert_eq!(allowed(&answer), Some("*"), "{url}");
            assert!(!answer.headers().contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
        }
    }
}

#[tokio::test]
async fn listed_origins_send_no_cookies_where_that_is_said() {
    let site = Site::with(&[("FILECHUTE_ALLOWED_ORIGINS", LISTED), ("FILECHUTE_CREDENTIALS", "omit")]).await;
    let url = format!("http://{}/s3/params?filename=a", site.host);
    let asked = preflight(&site, &url, LISTED, "GET", "").await;
    let read = site.client.get(&url).header(header::ORIGIN, LISTED).send().await.unwrap();
    for answer in [asked, read] {
        assert_eq!(allowed(&answer), Some(LISTED));
        assert!(!answer.headers().contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
    }
}

#[tokio::test]
async fn the_host_answers_listed_origins_only() {
    let site = Site::with(&[("FILECHUTE_ALLOWED_ORIGINS", LISTED), ("FILECHUTE_ALLOWED_HEADERS", "x-csrf")]).await;
    let url = format!("http://{}/s3/params?filename=a", site.host);
    let yes = preflight(&site, &url, LISTED, "GET", "authorization,x-csrf,uppy-auth-token").await;
    assert_eq!((yes.status().is_success(), allowed(&yes)), (true, Some(LISTED)));
    let headers = yes.headers()[header::ACCESS_CONTROL_ALLOW_HEADERS].to_str().unwrap();
    assert!(headers.contains("x-csrf") && headers.contains("uppy-credentials-params"), "{headers}");
    assert!(yes.headers().contains_key(header::ACCESS_CONTROL_MAX_AGE));
    assert_eq!(allowed(&preflight(&site, &url, FOREIGN, "GET", "").await), None);

    let get = |url: String, origin| site.client.get(url).header(header::ORIGIN, origin).send();
    let read = get(url.clone(), LISTED).await.unwrap();
    assert_eq!(allowed(&read), Some(LISTED));
    assert_eq!(read.headers()[header::ACCESS_CONTROL_ALLOW_CREDENTIALS], "true");
    assert_eq!(read.headers()[header::ACCESS_CONTROL_EXPOSE_HEADERS], "retry-after,date");
    assert_eq!(allowed(&get(url, FOREIGN).await.unwrap()), None);
    // An error is readable too, or the page could not say what is wrong.
    let error = get(format!("http://{}/s3/params", site.host), LISTED).await.unwrap();
    assert_eq!((error.status().as_u16(), allowed(&error)), (400, Some(LISTED)));
    let body: serde_json::Value = error.json().await.unwrap();
    assert_eq!(body["code"], json!("InvalidRequest"));
    assert_eq!(body["error"], body["message"]);
}
