//! The presigned PUT, for stores without POST Object.
//!
//! Content type, ACL and metadata are signed headers, so a browser must send them exactly as answered. The size is
//! signed too when the client told it: browsers set `Content-Length` themselves, and S3 refuses any other length.

use jiff::Timestamp;
use rusty_s3::S3Action as _;

use super::{Pairs, Upload, object_headers};
use crate::config::Config;

/// The URL and the headers that go with it.
pub(super) fn sign(config: &Config, upload: &Upload<'_>, now: Timestamp) -> (String, Pairs) {
    let mut headers = headers(config, upload);
    if config.if_none_match {
        headers.push("if-none-match", "*");
    }
    let mut action = config.bucket.put_object(Some(&config.credentials), upload.key);
    for (name, value) in headers.as_slice() {
        action.headers_mut().insert(name.clone(), value.clone());
    }
    if let Some(size) = upload.size {
        // Signed but not answered: scripts may not set this header, the browser does.
        action.headers_mut().insert("content-length", size.to_string());
    }
    (action.sign_with_time(config.expires, &now).into(), headers)
}

/// The object's headers by the names that requests have, for PUT and for CreateMultipartUpload.
pub(crate) fn headers(config: &Config, upload: &Upload<'_>) -> Pairs {
    let mut headers = object_headers(config, upload);
    for (name, _) in &mut headers.0 {
        if name == "acl" {
            *name = "x-amz-acl".into();
        }
    }
    headers
}

/// The same for a client that sends a type it does not tell: that is its own affair, but no browser shows the object in
/// place.
pub(crate) fn headers_without_type(config: &Config, upload: &Upload<'_>) -> Pairs {
    let mut headers = headers(config, upload);
    headers.0.retain(|(name, _)| !matches!(name.as_str(), "content-type" | "content-disposition"));
    if !config.inline_active_content {
        headers.push("content-disposition", "attachment");
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::UploadMethod;
    use rusty_s3::{Bucket, Credentials, UrlStyle};

    #[test]
    fn headers_are_signed_and_answered_but_the_length_is_only_signed() {
        let endpoint = "https://acc.r2.cloudflarestorage.com".parse().unwrap();
        let bucket = Bucket::new(endpoint, UrlStyle::Path, "b", "auto").unwrap();
        let mut config = Config::new(bucket, Credentials::new("id", "secret"));
        config.acl = Some("private".into());
        let upload = Upload {
            method: UploadMethod::Put,
            key: "a/ü.svg",
            content_type: Some("image/svg+xml"),
            metadata: &[("name".to_owned(), "ü".to_owned())],
            size: Some(3),
            checksum: None,
        };
        let (url, headers) = sign(&config, &upload, "2026-12-01T12:00:00Z".parse().unwrap());
        assert!(url.starts_with("https://acc.r2.cloudflarestorage.com/b/a/%C3%BC.svg?"), "{url}");
        let signed = "X-Amz-SignedHeaders=content-disposition%3Bcontent-length%3Bcontent-type%3Bhost%3Bx-amz-acl\
                      %3Bx-amz-meta-name";
        assert!(url.contains(signed) && url.contains("X-Amz-Expires=800"), "{url}");
        let names: Vec<_> = headers.0.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["content-type", "content-disposition", "x-amz-acl", "x-amz-meta-name"]);
    }
}
