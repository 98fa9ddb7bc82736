//! `POST /s3/multipart` `{filename, type, metadata, size?, checksum?}` → `{key, uploadId, bucket, checksum?}`.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};

use super::NO_STORE;
use crate::checksum::Algorithm;
use crate::config::UploadMethod;
use crate::host::Host;
use crate::key::KeyRequest;
use crate::routes::{body, file};
use crate::sign::{Upload, public_url, put_headers};
use crate::ticket::Caller;
use crate::{ApiError, metadata};

/// As Companion's.
const MAX_BODY_BYTES: usize = 100 * 1024;

#[derive(Deserialize)]
struct Asked {
    filename: Option<serde_json::Value>,
    #[serde(rename = "type")]
    content_type: Option<serde_json::Value>,
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    size: Option<u64>,
    checksum: Option<String>,
    bucket: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    key: String,
    upload_id: String,
    bucket: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_url: Option<String>,
}

pub(super) async fn create(
    State(host): State<Arc<Host>>,
    headers: HeaderMap,
    extensions: Extensions,
    body: Body,
) -> Result<impl IntoResponse, ApiError> {
    let asked: Asked = body::json(&headers, body, MAX_BODY_BYTES).await?;
    let config = &host.config;
    let file_name = asked.filename.as_ref().and_then(|name| name.as_str()).filter(|name| !name.is_empty());
    let file_name = file_name.ok_or_else(|| {
        ApiError::bad_request("s3: the \"filename\" field is required and must be a non-empty string")
    })?;
    // Companion insists on a text; Uppy sends an empty one for types it does not know.
    let sent_type = asked.content_type.as_ref().and_then(|kind| kind.as_str());
    let sent_type = sent_type.ok_or_else(|| ApiError::bad_request("s3: content type must be a string"))?;
    let content_type = file::content_type(config, Some(sent_type))?;
    file::bucket(config, asked.bucket.as_deref())?;
    if let Some(size) = asked.size {
        file::size(config, size)?;
    }
    let checksum = algorithm(asked.checksum.as_deref())?.filter(|_| config.checksums);
    let metadata = metadata::from_json(&asked.metadata.unwrap_or_default())?;
    let request = KeyRequest { file_name, content_type, metadata: &metadata, extensions: &extensions };
    let key = config.key.make(&config.prefix, config.max_key_bytes, 0, &request)?;

    let upload = Upload {
        method: UploadMethod::Put,
        key: &key,
        content_type,
        metadata: &metadata,
        size: asked.size,
        checksum: None,
    };
    let (upload_id, checksum) = host.store.create(&key, put_headers(config, &upload).as_slice(), checksum).await?;
    let upload_id = host.tickets.issue(&key, &upload_id, extensions.get::<Caller>());
    let public_url = config.public_url.as_ref().map(|base| public_url(base.as_str(), &key));
    let bucket = config.bucket.name().to_owned();
    Ok((NO_STORE, Json(Created { key, upload_id, bucket, checksum: checksum.map(Algorithm::name), public_url })))
}

/// The algorithm asked for by name.
pub(in crate::routes) fn algorithm(name: Option<&str>) -> Result<Option<Algorithm>, ApiError> {
    let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(None) };
    let algorithm = Algorithm::parse(name)
        .ok_or_else(|| ApiError::bad_request("s3: \"checksum\" must be crc64nvme, crc32c or sha256"))?;
    Ok(Some(algorithm))
}
