//! Uppy's multipart hooks and its `signRequest`, behind one stable function each: which of the application's hooks there
//! are, and what older generations called them, is settled on the JavaScript side.

use filechute::{
    Ask, AskRequest, Digest, Failure, Parameters, PartReceipt, RawParameters, Remote, Reply, SignRequest,
    batch_from_js, completed_from_js, created_from_js, listed_from_js, parameters_from_js,
};
use js_sys::{Array, Function};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;

use crate::{
    objects::{file, meta, number, object},
    options::settle,
};

/// `base` with the hooks in front of it. `hook(step, file, details)` returns nothing, and no promise, for a step that
/// the application has no hook for.
pub(crate) fn with_hooks(base: Parameters, hook: Function) -> Parameters {
    let hook = SendWrapper::new(hook);
    let scope = base.resume_scope().to_owned();
    let asker = move |request| answer(base.clone(), Function::clone(&hook), request);
    Parameters::multipart(asker).sign_ahead(4).scope(&scope)
}

async fn answer(base: Parameters, hook: Function, request: AskRequest) -> Result<Reply, Failure> {
    let Some((step, details)) = question(&request).await? else { return base.ask(request).await };
    let subject = file(&request.file, Some(request.blob.clone()), None);
    let result = hook.call3(&JsValue::UNDEFINED, &step.into(), &subject, &details);
    if result.as_ref().is_ok_and(JsValue::is_undefined) {
        return base.ask(request).await;
    }
    let answer = settle(result).await?;
    match &request.ask {
        Ask::Create => created_from_js(&answer).map(Reply::Created),
        Ask::Sign { .. } => batch_from_js(&answer).map(Reply::Signed),
        Ask::List { .. } => listed_from_js(&answer).map(Reply::Listed),
        Ask::Complete { remote, .. } => Ok(Reply::Completed(completed_from_js(&answer, remote.checksum))),
        _ => Ok(Reply::Aborted),
    }
}

async fn question(request: &AskRequest) -> Result<Option<(&'static str, JsValue)>, Failure> {
    let about = |remote: &Remote, more: &[(&str, JsValue)]| {
        let same = [
            ("uploadId", remote.upload_id.as_str().into()),
            ("key", remote.key.as_str().into()),
            ("signal", request.signal.clone().into()),
        ];
        object(&[&same, more].concat())
    };
    Ok(Some(match &request.ask {
        Ask::Create => ("create", object(&[("signal", request.signal.clone().into())])),
        Ask::Sign { remote, parts } => {
            let list = Array::new();
            for part in parts {
                let body = request.blob.slice_with_f64_and_f64(float(part.start), float(part.end));
                let digest = request.checksum(Some(*part)).await?;
                list.push(&object(&[
                    ("partNumber", part.number.into()),
                    ("body", body.map_or(JsValue::UNDEFINED, Into::into)),
                    ("checksum", checksum(digest.as_ref())),
                ]));
            }
            ("sign", about(remote, &[("parts", list.into())]))
        }
        Ask::List { remote } => ("list", about(remote, &[])),
        Ask::Complete { remote, parts, size, checksum } => {
            let list: Array = parts.iter().map(|part| receipt(part, remote)).collect();
            let whole = if checksum.is_empty() { JsValue::UNDEFINED } else { checksum.as_str().into() };
            ("complete", about(remote, &[("parts", list.into()), ("size", number(*size)), ("checksum", whole)]))
        }
        Ask::Abort { remote } => ("abort", about(remote, &[])),
        _ => return Ok(None),
    }))
}

fn receipt(part: &PartReceipt, remote: &Remote) -> JsValue {
    // As S3's header has it, quotes included.
    let etag = ["\"", &part.etag, "\""].concat();
    let mut members = vec![("PartNumber", part.number.into()), ("ETag", etag.as_str().into())];
    if let Some(algorithm) = remote.checksum.filter(|_| !part.checksum.is_empty()) {
        members.push((algorithm.member(), part.checksum.as_str().into()));
    }
    object(&members)
}

pub(crate) fn checksum(digest: Option<&Digest>) -> JsValue {
    digest.map_or(JsValue::UNDEFINED, |digest| {
        object(&[("algorithm", digest.algorithm().name().into()), ("value", digest.base64().as_str().into())])
    })
}

#[allow(clippy::cast_precision_loss)]
const fn float(bytes: u64) -> f64 {
    bytes as f64
}

/// Uppy 6's single signer: `sign(request, {signal})`.
pub(crate) fn signer(sign: Function) -> Parameters {
    let sign = SendWrapper::new(sign);
    Parameters::signer(move |request: SignRequest| ask(Function::clone(&sign), request))
}

async fn ask(sign: Function, request: SignRequest) -> Result<RawParameters, Failure> {
    let text = |value: &Option<String>| value.as_deref().map_or(JsValue::UNDEFINED, Into::into);
    let count = |value: Option<u32>| value.map_or(JsValue::UNDEFINED, Into::into);
    let question = object(&[
        ("method", request.method.into()),
        ("key", request.key.as_str().into()),
        ("uploadId", text(&request.upload_id)),
        ("partNumber", count(request.part_number)),
        ("contentType", text(&request.content_type)),
        ("size", request.size.map_or(JsValue::UNDEFINED, number)),
        ("metadata", request.metadata.as_ref().map_or(JsValue::UNDEFINED, meta)),
        ("checksum", checksum(request.checksum.as_ref())),
        ("partNumberMarker", count(request.part_number_marker)),
    ]);
    let options = object(&[("signal", request.signal.into())]);
    parameters_from_js(&settle(sign.call2(&JsValue::UNDEFINED, &question, &options)).await?)
}
