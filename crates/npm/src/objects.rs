//! Plain JavaScript objects out of Rust values, in the shapes Uppy's users know. Built by hand: a serializer would cost
//! more bytes than these few shapes, and must not turn `meta` into an ES `Map`.

use filechute::{
    Failure, FileId, IntakeFile, Meta, Phase, Rejection, RejectionReason, Totals, UploadFile, UploadResponse,
    extension_of, journal::Record, texts,
};
use js_sys::{Array, Error, Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::Blob;

/// An object with these properties. `undefined` values are left out.
pub(crate) fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let out = Object::new();
    assign(&out, properties);
    out.into()
}

fn assign(target: &JsValue, properties: &[(&str, JsValue)]) {
    for (name, value) in properties.iter().filter(|(_, value)| !value.is_undefined()) {
        // Setting a property of an object made here cannot fail.
        let _ = Reflect::set(target, &JsValue::from_str(name), value);
    }
}

/// Sizes cross as numbers, never as BigInt.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

/// `file-7`: stable, never used again, fit for a CSS selector.
pub(crate) fn id_text(id: FileId) -> String {
    format!("file-{id}")
}

/// Reads what [`id_text`] wrote.
pub(crate) fn parse_id(text: &str) -> Option<FileId> {
    text.strip_prefix("file-")?.parse().ok().map(FileId)
}

/// Meta as a plain object. Own properties are *defined*, so that `__proto__` is a name like any other.
pub(crate) fn meta(meta: &Meta) -> JsValue {
    let entries: Array = meta.iter().map(|(name, value)| Array::of2(&name.into(), &value.into())).collect();
    Object::from_entries(&entries).map_or(JsValue::UNDEFINED, Into::into)
}

fn text(value: &str) -> JsValue {
    JsValue::from_str(value)
}

fn response(response: &UploadResponse) -> JsValue {
    let body = object(&[
        ("location", text(&response.location)),
        ("key", text(&response.key)),
        ("bucket", text(&response.bucket)),
        ("etag", text(&response.etag)),
        ("checksum", if response.checksum.is_empty() { JsValue::UNDEFINED } else { text(&response.checksum) }),
    ]);
    object(&[
        ("status", response.status.into()),
        ("uploadURL", text(&response.upload_url)),
        ("verified", response.verified.map_or(JsValue::NULL, |algorithm| text(algorithm.name()))),
        ("body", body),
    ])
}

/// When the upload of a file began, in milliseconds since 1970, or null.
pub(crate) fn started(file: &UploadFile) -> JsValue {
    file.started_ms.map_or(JsValue::NULL, number)
}

/// The file object of the public API.
pub(crate) fn file(file: &UploadFile, blob: Option<Blob>, source: Option<&str>) -> JsValue {
    let progress = object(&[
        ("bytesUploaded", number(file.bytes_uploaded)),
        ("bytesTotal", number(file.size)),
        ("percentage", file.percentage().into()),
        ("uploadStarted", started(file)),
        ("uploadComplete", (file.phase == Phase::Done).into()),
    ]);
    let answer = file.response.as_ref();
    object(&[
        ("id", text(&id_text(file.id))),
        ("name", text(&file.name)),
        ("extension", text(extension_of(&file.name))),
        ("type", text(&file.mime)),
        ("size", number(file.size)),
        ("data", blob.map_or(JsValue::UNDEFINED, Into::into)),
        ("source", text(source.unwrap_or("filechute"))),
        ("isRemote", false.into()),
        ("meta", meta(&file.meta)),
        ("progress", progress),
        ("status", text(file.phase.name())),
        ("isPaused", (file.phase == Phase::Paused).into()),
        ("retries", file.retries.into()),
        ("failure", file.failure.as_ref().map_or(JsValue::NULL, reasons)),
        ("error", file.failure.as_ref().map_or(JsValue::NULL, |failure| text(&texts::message(failure, &file.name)))),
        ("response", answer.map_or(JsValue::UNDEFINED, response)),
        ("uploadURL", answer.map_or(JsValue::UNDEFINED, |answer| text(&answer.upload_url))),
    ])
}

/// What an earlier page left unfinished.
pub(crate) fn unfinished(records: &[Record]) -> JsValue {
    let one = |record: &Record| {
        object(&[
            ("id", text(&record.id)),
            ("name", text(&record.name)),
            ("type", text(&record.mime)),
            ("size", number(record.size)),
            ("bytesUploaded", number(record.bytes())),
            ("updated", number(record.updated_ms)),
            ("meta", meta(&record.meta)),
            ("canReopen", record.has_handle.into()),
        ])
    };
    records.iter().map(one).collect::<Array>().into()
}

/// A file that is not in yet, or that was refused.
pub(crate) fn candidate(file: &IntakeFile) -> JsValue {
    object(&[
        ("name", text(&file.name)),
        ("type", text(&file.mime)),
        ("size", file.blob.size().into()),
        ("extension", text(extension_of(&file.name))),
        ("data", file.blob.clone().into()),
        ("source", text("filechute")),
        ("relativePath", file.relative_path.as_deref().map_or(JsValue::UNDEFINED, text)),
        ("meta", meta(&file.meta)),
    ])
}

/// The response alone, for `upload-success`.
pub(crate) fn file_response(file: &UploadFile) -> JsValue {
    file.response.as_ref().map_or(JsValue::UNDEFINED, response)
}

/// What stopped a file last, in names.
fn reasons(failure: &Failure) -> JsValue {
    object(&[
        ("kind", text(failure.kind.name())),
        ("code", text(&failure.code)),
        ("status", failure.status.into()),
        ("retryable", failure.retryable().into()),
    ])
}

/// An `Error` for a failed file. `message` is for people, `detail` and `help` for the developer; none holds a presigned URL.
pub(crate) fn failure(failure: &Failure, name: &str) -> JsValue {
    let error = Error::new(&texts::message(failure, name));
    error.set_name("UploadError");
    assign(
        &error,
        &[
            ("kind", text(failure.kind.name())),
            ("code", text(&failure.code)),
            ("status", failure.status.into()),
            ("retryable", failure.retryable().into()),
            ("detail", text(&failure.message)),
            ("help", text(&failure.help)),
        ],
    );
    error.into()
}

/// An `Error` for a file that was not taken in (Uppy's `RestrictionError`).
pub(crate) fn rejection(rejection: &Rejection) -> JsValue {
    let error = Error::new(&texts::rejection(rejection));
    error.set_name("RestrictionError");
    assign(
        &error,
        &[
            ("isRestriction", true.into()),
            ("isUserFacing", true.into()),
            ("kind", text(if rejection.reason == RejectionReason::Unreadable { "file" } else { "restriction" })),
            ("code", text(rejection.reason.code())),
            ("status", 0.into()),
            ("retryable", false.into()),
        ],
    );
    error.into()
}

/// Sums over all files.
pub(crate) fn totals(totals: &Totals) -> JsValue {
    let count = |phase| JsValue::from(totals.count(phase));
    object(&[
        ("files", totals.files.into()),
        ("idle", count(Phase::Idle)),
        ("active", totals.active().into()),
        ("queued", count(Phase::Queued)),
        ("preparing", count(Phase::Preparing)),
        ("sending", count(Phase::Sending)),
        ("finishing", count(Phase::Finishing)),
        ("paused", count(Phase::Paused)),
        ("done", count(Phase::Done)),
        ("failed", count(Phase::Failed)),
        ("bytesAdded", number(totals.bytes_added)),
        ("bytesUploaded", number(totals.bytes_uploaded)),
        ("bytesTotal", number(totals.bytes_total)),
        ("percentage", totals.percentage().into()),
        ("speed", number(totals.speed)),
        ("etaMs", totals.eta_ms.map_or(JsValue::NULL, number)),
        ("isOnline", totals.online.into()),
    ])
}
