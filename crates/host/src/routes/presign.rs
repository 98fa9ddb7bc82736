//! `POST /s3/presign` (and `/s3/sign`): Uppy 6's `signRequest`, where the browser sends every step itself.
//!
//! `{method, key?, uploadId?, partNumber?, contentType?, size?, metadata?, checksum?, x-amz-checksum-…?}` →
//! `{url, key?, headers?, fields?, expires}`. The operation follows from method, id and part number. The host makes the
//! key of what is begun here; `key` is the file's name to it. Uppy learns the upload id from S3, so no seal can go with
//! it: instead the key carries one, and later steps are signed for sealed keys only.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, HeaderValue, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::multipart::{algorithm, part_number, within_limit};
use super::{body, file};
use crate::checksum::{Algorithm, Checksum};
use crate::config::UploadMethod;
use crate::host::Host;
use crate::key::KeyRequest;
use crate::sign::{Operation, Pairs, Signed, Upload, headers_without_type, put_headers, sign, sign_operation};
use crate::ticket::{Caller, KEY_TAG_BYTES};
use crate::{ApiError, metadata};

/// Longest request object: 2 KB of metadata and some names, generously.
const MAX_BODY_BYTES: usize = 100 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    method: Option<String>,
    key: Option<String>,
    filename: Option<String>,
    upload_id: Option<String>,
    part_number: Option<Value>,
    content_type: Option<String>,
    size: Option<u64>,
    bucket: Option<String>,
    metadata: Option<Map<String, Value>>,
    /// A name, or `{algorithm, value}`.
    checksum: Option<Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Serialize)]
struct Answer {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Pairs::is_empty")]
    headers: Pairs,
    #[serde(skip_serializing_if = "Pairs::is_empty")]
    fields: Pairs,
    expires: u64,
}

pub(super) async fn presign(
    State(host): State<Arc<Host>>,
    headers: HeaderMap,
    extensions: Extensions,
    body: Body,
) -> Result<impl IntoResponse, ApiError> {
    let asked: Asked = body::json(&headers, body, MAX_BODY_BYTES).await?;
    let upload_id = asked.upload_id.as_deref().filter(|id| !id.is_empty());
    let answer = match (asked.method.as_deref(), upload_id) {
        (Some("PUT"), None) => put(&host, &asked, &extensions)?,
        (Some("POST"), None) => create(&host, &asked, &extensions)?,
        (Some(method), Some(id)) => later(&host, method, id, &asked, &extensions).await?,
        _ => {
            return Err(ApiError::bad_request(
                "s3: send `method`: PUT or POST to begin; PUT, GET, POST or DELETE with `uploadId` and `key` to go on",
            ));
        }
    };
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(answer)))
}

/// PutObject. A form instead, where only a form can hold the client to the limits.
fn put(host: &Host, asked: &Asked, extensions: &Extensions) -> Result<Answer, ApiError> {
    let config = &host.config;
    let begun = Begun::read(host, asked, extensions, 0)?;
    let method = match asked.size {
        None if config.size.is_limited() && config.method == UploadMethod::Post => UploadMethod::Post,
        None if config.size.is_limited() => {
            return Err(ApiError::bad_request("s3: this host limits sizes, so it needs the file's `size`"));
        }
        _ => UploadMethod::Put,
    };
    let checksum = asked.value()?.filter(|_| config.checksums);
    let parameters = sign(config, &begun.upload(method, asked.size, checksum.as_ref()), Timestamp::now());
    Ok(Answer {
        url: parameters.url,
        key: Some(parameters.key),
        headers: parameters.headers.unwrap_or_default(),
        fields: parameters.fields,
        expires: parameters.expires,
    })
}

/// CreateMultipartUpload. Uppy does not tell the type it is going to send, so that one cannot be signed; the object is an
/// attachment then, whatever the type says.
fn create(host: &Host, asked: &Asked, extensions: &Extensions) -> Result<Answer, ApiError> {
    let config = &host.config;
    let begun = Begun::read(host, asked, extensions, KEY_TAG_BYTES)?;
    let key = host.tickets.tag_key(&begun.key, extensions.get::<Caller>());
    let upload = begun.upload(UploadMethod::Put, asked.size, None);
    let mut headers = match upload.content_type {
        Some(_) => put_headers(config, &upload),
        None => headers_without_type(config, &upload),
    };
    if let Some(algorithm) = asked.algorithm()?.filter(|_| config.checksums) {
        headers.push("x-amz-checksum-algorithm", algorithm.upper());
        if algorithm.is_full_object() {
            headers.push("x-amz-checksum-type", "FULL_OBJECT");
        }
    }
    let signed = sign_operation(config, &key, Operation::Create, headers, Timestamp::now());
    Ok(Answer { key: Some(key), ..Answer::of(host, signed) })
}

/// UploadPart, ListParts, Complete, Abort.
async fn later(
    host: &Host,
    method: &str,
    id: &str,
    asked: &Asked,
    extensions: &Extensions,
) -> Result<Answer, ApiError> {
    let caller = extensions.get::<Caller>();
    let key = asked.key.as_deref().filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| ApiError::bad_request("s3: send the `key` that was answered when the upload began"))?;
    // Either begun here, or by `POST /s3/multipart`.
    let upload_id = if host.tickets.is_own_key(key, caller) { id } else { host.tickets.open(key, id, caller)? };
    let mut headers = Pairs::default();
    let operation = match method {
        "PUT" => {
            let number = match &asked.part_number {
                Some(Value::Number(number)) => part_number(&number.to_string()),
                Some(Value::String(text)) => part_number(text),
                _ => None,
            };
            let number = number
                .ok_or_else(|| ApiError::bad_request("s3: the part number must be a number between 1 and 10000."))?;
            within_limit(&host.config, number)?;
            push_checksum(host, asked, &mut headers)?;
            Operation::UploadPart { upload_id, number }
        }
        "GET" => Operation::ListParts { upload_id },
        "POST" => {
            push_checksum(host, asked, &mut headers)?;
            if let Some(size) = total(host, key, upload_id, asked.size).await? {
                headers.push("x-amz-mp-object-size", size.to_string());
            }
            if host.config.if_none_match {
                headers.push("if-none-match", "*");
            }
            Operation::Complete { upload_id }
        }
        "DELETE" => Operation::Abort { upload_id },
        _ => return Err(ApiError::bad_request("s3: `method` must be PUT, GET, POST or DELETE")),
    };
    Ok(Answer::of(host, sign_operation(&host.config, key, operation, headers, Timestamp::now())))
}

fn push_checksum(host: &Host, asked: &Asked, headers: &mut Pairs) -> Result<(), ApiError> {
    if let Some((name, value)) = asked.value()?.filter(|_| host.config.checksums).as_ref().map(Checksum::pair) {
        headers.push(name, value);
    }
    Ok(())
}

/// The size that Complete is signed for: what the client says, and, where sizes are limited, what S3 has. Not every store
/// knows the header that would hold the client to its word.
async fn total(host: &Host, key: &str, upload_id: &str, sent: Option<u64>) -> Result<Option<u64>, ApiError> {
    if let Some(size) = sent {
        file::size(&host.config, size)?;
    }
    if !host.config.size.is_limited() {
        return Ok(sent);
    }
    let size = host.store.list(key, upload_id).await?.iter().map(|part| part.size).fold(0, u64::saturating_add);
    file::size(&host.config, size)?;
    if let Some(sent) = sent.filter(|sent| *sent != size) {
        let text = format!("s3: the upload's parts have {size} bytes in the store, not the file's {sent}");
        return Err(ApiError::bad_request(text));
    }
    Ok(Some(size))
}

impl Answer {
    fn of(host: &Host, signed: Signed) -> Self {
        let Signed { url, headers } = signed;
        Self { url, key: None, headers, fields: Pairs::default(), expires: host.config.expires.as_secs() }
    }
}

impl Asked {
    /// The algorithm of a multipart upload, by name or out of an object or value.
    fn algorithm(&self) -> Result<Option<Algorithm>, ApiError> {
        match &self.checksum {
            Some(Value::String(name)) => algorithm(Some(name)),
            Some(Value::Object(object)) => algorithm(object.get("algorithm").and_then(Value::as_str)),
            _ => Ok(self.value()?.map(|checksum| checksum.algorithm)),
        }
    }

    /// The value to sign: `x-amz-checksum-…` itself, or `checksum: {algorithm, value}`.
    fn value(&self) -> Result<Option<Checksum>, ApiError> {
        if let Some(Value::Object(object)) = &self.checksum
            && let Some(algorithm) = algorithm(object.get("algorithm").and_then(Value::as_str))?
            && let Some(value) = object.get("value").and_then(Value::as_str)
        {
            return Checksum::parse(algorithm, value).map(Some);
        }
        Checksum::find(self.rest.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))))
    }
}

/// The checked facts of an upload that begins, and its key.
struct Begun<'a> {
    key: String,
    content_type: Option<&'a str>,
    metadata: Vec<(String, String)>,
}

impl<'a> Begun<'a> {
    /// `spare` bytes of the key are left for its seal.
    fn read(host: &Host, asked: &'a Asked, extensions: &Extensions, spare: usize) -> Result<Self, ApiError> {
        let config = &host.config;
        file::bucket(config, asked.bucket.as_deref())?;
        // A part whose upload's id was lost would become a file of its own.
        if asked.part_number.as_ref().is_some_and(|number| !number.is_null()) {
            return Err(ApiError::bad_request("s3: a part needs the `uploadId` and `key` of its upload"));
        }
        let name = [&asked.filename, &asked.key].into_iter().flatten().find(|name| !name.is_empty());
        let file_name = name.ok_or_else(|| ApiError::bad_request("s3: send the file's name as `key` or `filename`"))?;
        let content_type = file::content_type(config, asked.content_type.as_deref())?;
        if let Some(size) = asked.size {
            file::size(config, size)?;
        }
        let metadata = match &asked.metadata {
            Some(object) => metadata::from_json(object)?,
            None => Vec::new(),
        };
        let request = KeyRequest { file_name, content_type, metadata: &metadata, extensions };
        let key = config.key.make(&config.prefix, config.max_key_bytes, spare, &request)?;
        Ok(Self { key, content_type, metadata })
    }

    fn upload<'b>(&'b self, method: UploadMethod, size: Option<u64>, checksum: Option<&'b Checksum>) -> Upload<'b> {
        Upload { method, key: &self.key, content_type: self.content_type, metadata: &self.metadata, size, checksum }
    }
}
