//! `GET /s3/params?filename=&type=&metadata[k]=v`: everything a browser needs to upload one file, as Companion
//! answers it.
//!
//! Known to filechute clients only: `size` (bytes; refused early when not allowed, and signed), `method=PUT`, and a
//! checksum such as `x-amz-checksum-crc64nvme` (signed, so that S3 refuses other bytes).

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{Extensions, HeaderValue, header};
use axum::response::IntoResponse;
use jiff::Timestamp;

use super::file;
use super::query::Query;
use crate::config::{Config, UploadMethod};
use crate::host::Host;
use crate::key::KeyRequest;
use crate::sign::{Parameters, Upload, sign};
use crate::{ApiError, metadata};

pub(super) async fn params(
    State(host): State<Arc<Host>>,
    RawQuery(query): RawQuery,
    extensions: Extensions,
) -> Result<impl IntoResponse, ApiError> {
    let parameters = answer(&host.config, query.as_deref(), &extensions, Timestamp::now())?;
    // A signature in a cache would outlive its file.
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(parameters)))
}

fn answer(
    config: &Config,
    query: Option<&str>,
    extensions: &Extensions,
    now: Timestamp,
) -> Result<Parameters, ApiError> {
    let query = Query::read(query)?;
    let file_name = query.get("filename").filter(|name| !name.is_empty()).ok_or_else(|| {
        ApiError::bad_request("s3: the \"filename\" query parameter is required and must be a non-empty string")
    })?;
    file::bucket(config, query.get("bucket"))?;
    if query.get("key").is_some() {
        return Err(ApiError::bad_request("s3: the host chooses the key; send the file's name as `filename`"));
    }
    let content_type = file::content_type(config, query.get("type"))?;
    let size = size(config, query.get("size"))?;
    let method = method(config, query.get("method"), size)?;
    let checksum = query.checksum()?.filter(|_| config.checksums);
    let metadata = metadata::from_query(query.pairs())?;
    let request = KeyRequest { file_name, content_type, metadata: &metadata, extensions };
    let key = config.key.make(&config.prefix, config.max_key_bytes, 0, &request)?;
    let upload = Upload { method, key: &key, content_type, metadata: &metadata, size, checksum: checksum.as_ref() };
    Ok(sign(config, &upload, now))
}

fn size(config: &Config, sent: Option<&str>) -> Result<Option<u64>, ApiError> {
    let Some(sent) = sent else { return Ok(None) };
    let size: u64 = sent
        .parse()
        .map_err(|_| ApiError::bad_request("s3: the \"size\" query parameter must be a whole number of bytes"))?;
    file::size(config, size)?;
    Ok(Some(size))
}

fn method(config: &Config, sent: Option<&str>, size: Option<u64>) -> Result<UploadMethod, ApiError> {
    let method = match sent {
        None => config.method,
        Some(sent) => UploadMethod::parse(sent)
            .ok_or_else(|| ApiError::bad_request("s3: the \"method\" query parameter must be POST or PUT"))?,
    };
    if method == UploadMethod::Post && config.method == UploadMethod::Put {
        return Err(ApiError::bad_request("s3: this host signs PUT only"));
    }
    // A PUT's only size limit is its signed length; signing one without would bypass the limit.
    if method == UploadMethod::Put && config.size.is_limited() && size.is_none() {
        return Err(ApiError::bad_request("s3: this host limits sizes, so PUT needs the file's size: add `&size=`"));
    }
    Ok(method)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AllowedTypes, SizeRange};
    use rusty_s3::{Bucket, Credentials, UrlStyle};
    use serde_json::Value;

    fn config() -> Config {
        let bucket = Bucket::new("https://s3.example".parse().unwrap(), UrlStyle::Path, "b", "r").unwrap();
        let mut config = Config::new(bucket, Credentials::new("id", "secret"));
        config.prefix = "up/".into();
        config
    }

    fn ask(config: &Config, query: &str) -> Result<Value, (u16, String)> {
        answer(config, Some(query), &Extensions::new(), Timestamp::now())
            .map(|parameters| serde_json::to_value(parameters).unwrap())
            .map_err(|error| (error.status().as_u16(), error.code().to_owned()))
    }

    #[test]
    fn companions_shape_and_our_superset() {
        let mut config = config();
        config.public_url = Some("https://cdn.example/".parse().unwrap());
        let answer = ask(&config, "filename=a%20b.txt&type=text/plain&metadata[name]=x&unknown=1").unwrap();
        let key = answer["key"].as_str().unwrap();
        assert!(key.starts_with("up/") && key.ends_with("-a b.txt"), "{key}");
        assert_eq!(answer["fields"]["key"], key);
        assert_eq!(
            (&answer["method"], &answer["bucket"], &answer["expires"]),
            (&"POST".into(), &"b".into(), &800.into())
        );
        assert_eq!(answer["url"], "https://s3.example/b");
        assert_eq!(answer["publicUrl"], format!("https://cdn.example/{}", key.replace(' ', "%20")));
        assert!(answer.get("error").is_none() && answer.get("headers").is_none());
    }

    #[test]
    fn put_has_empty_fields_and_signed_headers() {
        let answer = ask(&config(), "filename=a&type=image/png&method=put").unwrap();
        assert_eq!(answer["method"], "PUT");
        assert_eq!(answer["fields"], serde_json::json!({}));
        assert_eq!(answer["headers"], serde_json::json!({ "content-type": "image/png" }));
    }

    #[test]
    fn refusals_have_their_status_and_code() {
        let mut config = config();
        config.size = SizeRange { min: 1, max: Some(10) };
        config.types = AllowedTypes::parse("image/*").unwrap();
        for (query, status, code) in [
            ("", 400, "InvalidRequest"),
            ("filename=", 400, "InvalidRequest"),
            ("filename=a&type=text/html", 415, "UnsupportedMediaType"),
            ("filename=a", 415, "UnsupportedMediaType"),
            ("filename=a&type=nonsense", 400, "InvalidRequest"),
            ("filename=a&type=image/png&size=11", 413, "EntityTooLarge"),
            ("filename=a&type=image/png&size=0", 400, "EntityTooSmall"),
            ("filename=a&type=image/png&size=-1", 400, "InvalidRequest"),
            ("filename=a&type=image/png&method=PUT", 400, "InvalidRequest"),
            ("filename=a&type=image/png&method=DELETE", 400, "InvalidRequest"),
            ("filename=a&type=image/png&bucket=other", 403, "AccessDenied"),
            ("filename=a&type=image/png&key=../x", 400, "InvalidRequest"),
            ("filename=a&type=image/png&metadata[%00]=x", 400, "InvalidRequest"),
        ] {
            assert_eq!(ask(&config, query).unwrap_err(), (status, code.to_owned()), "{query}");
        }
        assert!(ask(&config, "filename=a&type=image/png&size=10&method=PUT").is_ok());
        assert!(ask(&config, "filename=a&type=image/png&bucket=b").is_ok());
        config.method = UploadMethod::Put;
        assert_eq!(ask(&config, "filename=a&type=image/png&size=1&method=POST").unwrap_err().0, 400);
        assert_eq!(ask(&config, &format!("filename={}", "a".repeat(9000))).unwrap_err().0, 400);
    }
}
