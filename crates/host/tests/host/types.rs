//! Content types: one type for each file, the one that was allowed, and nothing a browser would run on the bucket's origin.

use serde_json::json;

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
