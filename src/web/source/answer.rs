//! Reads what hosts and hooks answer out of JS values. Only types are checked here; what the values may be is the engine's
//! business.

use filechute_engine::{
    Algorithm, Class, Failure, Kind, PartReceipt, RawParameters, Remote, UploadResponse, without_query,
};
use js_sys::{Array, Object};
use wasm_bindgen::{JsCast, JsValue};

use crate::web::page::get;

/// Reads upload parameters as a host or a callback of Uppy's `getUploadParameters` answers them.
///
/// # Errors
/// A failure that names the part of the wrong type; values are never quoted, they may be credentials.
pub fn parameters_from_js(answer: &JsValue) -> Result<RawParameters, Failure> {
    if !answer.is_object() || Array::is_array(answer) {
        return Err(invalid("upload parameters must be an object {method, url, fields, headers}"));
    }
    let Some(url) = get(answer, "url").as_string() else {
        return Err(invalid("upload parameters must hold url, a string"));
    };
    let fields = get(answer, "fields");
    let fields = if is_absent(&fields) { None } else { Some(strings("field", &fields)?) };
    let headers = get(answer, "headers");
    let headers = if is_absent(&headers) { Vec::new() } else { strings("header", &headers)? };
    Ok(RawParameters {
        method: text(answer, "method")?,
        url,
        fields,
        headers,
        key: text(answer, "key")?,
        expires: seconds(answer)?,
        public_url: get(answer, "publicUrl").as_string(),
    })
}

fn invalid(message: &str) -> Failure {
    Failure::new(Kind::Sign, "invalid_response", Class::Retry, message)
}

/// Longest upload id or key taken, in bytes.
const MAX_NAME: usize = 4096;

fn said(answer: &JsValue, name: &str) -> String {
    get(answer, name).as_string().unwrap_or_default()
}

/// Reads `{uploadId, key, bucket?, checksum?}`, the answer to the creation of a multipart upload.
///
/// # Errors
/// A failure when `uploadId` or `key` is missing.
pub fn created_from_js(answer: &JsValue) -> Result<Remote, Failure> {
    let (upload_id, key) = (said(answer, "uploadId"), said(answer, "key"));
    let good = |text: &str| !text.is_empty() && text.len() <= MAX_NAME;
    if !good(&upload_id) || !good(&key) {
        return Err(invalid("a created multipart upload must name uploadId and key"));
    }
    let checksum = Algorithm::from_name(&said(answer, "checksum")).filter(|algorithm| *algorithm != Algorithm::Md5);
    Ok(Remote { upload_id, key, bucket: said(answer, "bucket"), checksum })
}

/// Reads `[{PartNumber, Size, ETag, ChecksumCRC64NVME?, …}]`. Entries that make no sense are left out: what is not listed is
/// sent again.
///
/// # Errors
/// A failure when it is no list.
pub fn listed_from_js(answer: &JsValue) -> Result<Vec<PartReceipt>, Failure> {
    if !Array::is_array(answer) {
        return Err(invalid("the parts must be a list"));
    }
    let whole = |part: &JsValue, name: &str| {
        // A size as text is what a signer's XML reader may leave.
        let value = get(part, name);
        let number = value.as_f64().or_else(|| value.as_string()?.parse().ok())?;
        (0.0..=9_007_199_254_740_991.0).contains(&number).then(|| crate::web::transfer::to_u64(number))
    };
    let receipt = |part: JsValue| {
        let number = u32::try_from(whole(&part, "PartNumber")?).ok().filter(|number| (1..=10_000).contains(number))?;
        let checksum =
            Algorithm::ALL.into_iter().map(|algorithm| said(&part, algorithm.member())).find(|value| !value.is_empty());
        let etag = said(&part, "ETag").trim_matches('"').to_owned();
        Some(PartReceipt { number, size: whole(&part, "Size")?, etag, checksum: checksum.unwrap_or_default() })
    };
    Ok(Array::from(answer).iter().filter_map(receipt).collect())
}

/// Reads `{location?, key?, bucket?, etag?, publicUrl?}`, the answer to a completion. Nothing in it is needed: an answer is the proof.
#[must_use]
pub fn completed_from_js(answer: &JsValue, checksum: Option<Algorithm>) -> UploadResponse {
    let location = said(answer, "location");
    let absolute = ["https://", "http://"].iter().any(|scheme| location.starts_with(scheme));
    let location = if absolute { without_query(&location).to_owned() } else { String::new() };
    UploadResponse {
        status: 200,
        upload_url: location.clone(),
        location,
        public_url: said(answer, "publicUrl"),
        key: said(answer, "key"),
        bucket: said(answer, "bucket"),
        etag: said(answer, "etag").trim_matches('"').to_owned(),
        checksum: checksum.map(|algorithm| said(answer, algorithm.header())).unwrap_or_default(),
        verified: None,
    }
}

/// Reads `{presignedUrls: {n: url}, headers?: {n: {…}}, expires?}`, the addresses of several parts.
///
/// # Errors
/// A failure when `presignedUrls` is no object of strings.
pub fn batch_from_js(answer: &JsValue) -> Result<Vec<(u32, RawParameters)>, Failure> {
    let urls = strings("url", &get(answer, "presignedUrls"))?;
    let headers = get(answer, "headers");
    let expires = seconds(answer)?;
    let mut out = Vec::new();
    for (number, url) in urls {
        let own = get(&headers, &number);
        let headers = if own.is_object() { strings("header", &own)? } else { Vec::new() };
        if let Ok(number) = number.parse() {
            out.push((number, RawParameters { url, headers, expires, ..RawParameters::default() }));
        }
    }
    Ok(out)
}

/// `expires`, where it is said.
fn seconds(answer: &JsValue) -> Result<Option<f64>, Failure> {
    let expires = get(answer, "expires");
    let number = expires.as_f64();
    if number.is_none() && !is_absent(&expires) {
        return Err(Failure::bad_parameters("expires", "expires must be a number of seconds"));
    }
    Ok(number)
}

fn is_absent(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

fn text(answer: &JsValue, name: &str) -> Result<Option<String>, Failure> {
    let value = get(answer, name);
    match value.as_string() {
        Some(text) => Ok(Some(text)),
        None if is_absent(&value) => Ok(None),
        None => Err(Failure::bad_parameters(name, &format!("{name} must be a string"))),
    }
}

fn strings(what: &str, value: &JsValue) -> Result<Vec<(String, String)>, Failure> {
    if !value.is_object() || Array::is_array(value) {
        return Err(Failure::bad_parameters(what, &format!("{what}s must be an object of strings")));
    }
    // Not by `instanceof`: an object of another frame is as good.
    let object: &Object = value.unchecked_ref();
    let mut out = Vec::new();
    // Own properties only, so a polluted prototype adds nothing.
    for entry in Object::entries(object).iter() {
        let pair = Array::from(&entry);
        let name = pair.get(0).as_string().unwrap_or_default();
        match pair.get(1).as_string() {
            Some(value) => out.push((name, value)),
            None => {
                let message = format!("{what} {name} must be a string");
                return Err(Failure::bad_parameters(&format!("{what}.{name}"), &message));
            }
        }
    }
    Ok(out)
}
