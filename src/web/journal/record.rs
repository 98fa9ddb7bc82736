//! A record of one unfinished upload, as a plain JS object. Whatever runs at this origin can write to the database, so
//! reading one checks every field.

use filechute_engine::{Algorithm, MAX_PARTS, Meta, PartReceipt, Plan, Remote, Resume, UploadFile};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::{Fingerprint, js::Fields};
use crate::web::{page::get, transfer::to_u64};

/// How records are written today.
const VERSION: u32 = 1;
/// Largest whole number that JavaScript is sure of.
const MOST: u64 = 1 << 53;
/// Longest text of a person's or an application's.
const LONGEST: usize = 8_192;
/// Longest upload id; the longest known are about 1,000 bytes.
const LONGEST_ID: usize = 4_096;
/// Longest ETag, checksum or digest.
const LONGEST_HASH: usize = 256;
/// Most entries of meta.
const MOST_META: usize = 100;
/// A clock may have been this wrong when the record was written.
const SKEW_MS: u64 = 24 * 3_600_000;

/// Texts of a record as they are stored, and their greatest length in bytes. Tables and not a line of code each: that
/// halves the module.
const TEXTS: [(&str, usize); 10] = [
    ("id", 64),
    ("scope", LONGEST),
    ("name", LONGEST),
    ("type", LONGEST_HASH),
    ("uploadId", LONGEST_ID),
    ("key", LONGEST_ID),
    ("bucket", LONGEST_HASH),
    ("algorithm", 32),
    ("head", LONGEST_HASH),
    ("tail", LONGEST_HASH),
];
/// Numbers of a record as they are stored.
const NUMBERS: [&str; 5] = ["version", "created", "updated", "size", "partSize"];
/// Texts of an upload that is to be aborted.
const OWED_TEXTS: [(&str, usize); 3] = [("uploadId", LONGEST_ID), ("key", LONGEST_ID), ("bucket", LONGEST_HASH)];

/// What is known of an upload that has not ended. Holds no address, no credential and no byte of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// How it was written.
    pub version: u32,
    /// Its name in the journal, and in its lock.
    pub id: String,
    /// When the upload began, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it last got on.
    pub updated_ms: u64,
    /// What it belongs to: the root of the host, or a name of the application's choice.
    pub scope: String,
    /// File name without folders.
    pub name: String,
    /// MIME type, or empty.
    pub mime: String,
    /// Size of the file in bytes.
    pub size: u64,
    /// Last modification of the file in milliseconds since 1970, or 0.
    pub last_modified: i64,
    /// `folder/name` when it came out of a folder.
    pub relative_path: Option<String>,
    /// The application's own meta. What looks like a form field of a signature is left out.
    pub meta: Meta,
    /// Its name at the store.
    pub remote: Remote,
    /// Bytes of every part but the last.
    pub part_size: u64,
    /// Which checksum `parts` and `fingerprint` hold, for whoever digests the bytes again: `crc64nvme`, say.
    pub algorithm: String,
    /// Parts that the store had, numbers rising.
    pub parts: Vec<RecordedPart>,
    /// By which other bytes under the same name are told.
    pub fingerprint: Fingerprint,
    /// Whether [`Journal::reopen`](super::Journal::reopen) may find the file by itself. Not written.
    pub has_handle: bool,
}

/// A part that the store had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedPart {
    /// 1 to 10,000.
    pub number: u32,
    /// Bytes.
    pub size: u64,
    /// ETag without quotes; empty when the browser may not read it.
    pub etag: String,
    /// Checksum in base64. Without one the part is sent again.
    pub checksum: String,
}

impl Record {
    /// A record of an upload that the store has just begun, under a name of its own. `meta` is the application's, before
    /// the fields of any parameters were merged into it.
    #[must_use]
    pub fn new(scope: &str, file: &UploadFile, meta: Meta, resume: Resume) -> Self {
        let now = now_ms();
        let part = |part: PartReceipt| RecordedPart {
            number: part.number,
            size: part.size,
            etag: part.etag,
            checksum: part.checksum,
        };
        Self {
            version: VERSION,
            id: fresh_id(),
            created_ms: now,
            updated_ms: now,
            scope: scope.into(),
            name: file.name.clone(),
            mime: file.mime.clone(),
            size: file.size,
            last_modified: file.last_modified,
            relative_path: file.relative_path.clone(),
            meta,
            remote: resume.remote,
            part_size: resume.part_size,
            algorithm: String::new(),
            parts: resume.parts.into_iter().map(part).collect(),
            fingerprint: Fingerprint::default(),
            has_handle: false,
        }
    }

    /// Bytes that the store had.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.parts.iter().fold(0_u64, |sum, part| sum.saturating_add(part.size)).min(self.size)
    }

    /// What the engine needs to go on, with the parts that [`verify`](super::verify) vouches for.
    #[must_use]
    pub fn resume(&self, parts: Vec<PartReceipt>) -> Resume {
        Resume { remote: self.remote.clone(), part_size: self.part_size, parts }
    }

    /// How the file was cut; `None` when nothing is ever cut like that.
    pub(super) fn plan(&self) -> Option<Plan> {
        Plan::new(self.size, Some(self.part_size)).filter(|plan| plan.part_size == self.part_size)
    }

    /// All but the parts, which are stored one by one.
    pub(super) fn to_js(&self) -> JsValue {
        let mut meta = Fields::default();
        for (name, value) in self.meta.iter().filter(|(name, value)| !is_credential(name, value)) {
            meta.add(name, value);
        }
        let (remote, fingerprint) = (&self.remote, &self.fingerprint);
        let texts = [
            &self.id,
            &self.scope,
            &self.name,
            &self.mime,
            &remote.upload_id,
            &remote.key,
            &remote.bucket,
            &self.algorithm,
            &fingerprint.head,
            &fingerprint.tail,
        ];
        let mut fields = Fields::default();
        for ((name, _), text) in TEXTS.iter().zip(texts) {
            fields.add(name, text);
        }
        let numbers = [u64::from(self.version), self.created_ms, self.updated_ms, self.size, self.part_size];
        for (name, number) in NUMBERS.iter().zip(numbers) {
            fields.add(name, to_f64(number));
        }
        #[allow(clippy::cast_precision_loss)]
        fields.add("lastModified", self.last_modified as f64);
        fields.add("relativePath", self.relative_path.as_deref().map_or(JsValue::NULL, JsValue::from_str));
        fields.add("checksum", remote.checksum.map_or(JsValue::NULL, |algorithm| algorithm.name().into()));
        fields.add("meta", meta.object());
        fields.object()
    }

    /// `None` for anything that this crate would not have written.
    pub(super) fn from_js(value: &JsValue, now: u64) -> Option<Self> {
        let value = own(value)?;
        let meta = read_meta(&own(&get(&value, "meta"))?)?;
        let path = get(&value, "relativePath");
        let relative_path = if path.is_null() { None } else { Some(text(&value, "relativePath", LONGEST)?) };
        let [version, created_ms, updated_ms, size, part_size] = numbers(&value, NUMBERS)?;
        let last_modified = signed(&value, "lastModified")?;
        let checksum = get(&value, "checksum").as_string().and_then(|name| Algorithm::from_name(&name));
        let [id, scope, name, mime, upload_id, key, bucket, algorithm, head, tail] = texts(&value, TEXTS)?;
        let record = Self {
            version: VERSION,
            id,
            created_ms,
            updated_ms,
            scope,
            name,
            mime,
            size,
            last_modified,
            relative_path,
            meta,
            remote: Remote { upload_id, key, bucket, checksum },
            part_size,
            algorithm,
            parts: Vec::new(),
            fingerprint: Fingerprint { head, tail },
            has_handle: false,
        };
        let sound = version == u64::from(VERSION)
            && is_id(&record.id)
            && is_named(&record.remote)
            && is_hash(&record.fingerprint.head)
            && is_hash(&record.fingerprint.tail)
            && record.plan().is_some()
            && created_ms <= updated_ms
            && updated_ms <= now.saturating_add(SKEW_MS);
        sound.then_some(record)
    }

    /// Takes a stored part in, if it fits: parts come in the order of their numbers.
    pub(super) fn take_part(&mut self, key: &JsValue, value: &JsValue, now: u64) -> Option<()> {
        let plan = self.plan()?;
        let (key, value) = (key.dyn_ref::<Array>()?, value.dyn_ref::<Array>()?);
        let number = u32::try_from(whole(&key.get(1))?).ok()?;
        let size = whole(&value.get(0)).filter(|size| *size > 0 && *size == plan.length(number))?;
        let (etag, checksum, at) = (hash(&value.get(1))?, hash(&value.get(2))?, whole(&value.get(3))?);
        self.parts.push(RecordedPart { number, size, etag, checksum });
        if at <= now.saturating_add(SKEW_MS) {
            self.updated_ms = self.updated_ms.max(at);
        }
        Some(())
    }
}

impl RecordedPart {
    /// Key and value in the store. An array and not an object: there may be 10,000 of them.
    pub(super) fn to_js(&self, id: &str) -> Option<(JsValue, JsValue)> {
        if !(1..=MAX_PARTS).contains(&u64::from(self.number)) {
            return None;
        }
        let key = Array::of2(&id.into(), &self.number.into());
        let at = to_f64(now_ms());
        let value = Array::of4(&to_f64(self.size), &(&self.etag).into(), &(&self.checksum).into(), &at);
        Some((key.into(), value.into()))
    }
}

/// What remains to be aborted.
pub(super) fn owed_to_js(remote: &Remote) -> JsValue {
    let mut fields = Fields::default();
    for ((name, _), text) in OWED_TEXTS.iter().zip([&remote.upload_id, &remote.key, &remote.bucket]) {
        fields.add(name, text);
    }
    fields.add("created", to_f64(now_ms()));
    fields.object()
}

/// When it was put down, and what; `None` for anything else.
pub(super) fn owed_from_js(value: &JsValue) -> Option<(u64, Remote)> {
    let value = own(value)?;
    let [created] = numbers(&value, ["created"])?;
    let [upload_id, key, bucket] = texts(&value, OWED_TEXTS)?;
    let remote = Remote { upload_id, key, bucket, checksum: None };
    is_named(&remote).then_some((created, remote))
}

/// The version a stored value claims, to leave alone what a newer release wrote.
pub(super) fn is_newer(value: &JsValue) -> bool {
    whole(&get(value, "version")).is_some_and(|version| version > u64::from(VERSION))
}

pub(super) fn now_ms() -> u64 {
    to_u64(js_sys::Date::now())
}

/// A name that no other record has: the time and luck, nothing to be kept secret.
fn fresh_id() -> String {
    let mut out = String::new();
    for _ in 0..24 {
        let digit = (js_sys::Math::random() * 36.0) as u32;
        out.extend(char::from_digit(digit.min(35), 36));
    }
    out
}

fn is_id(id: &str) -> bool {
    id.len() >= 8 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Form fields and headers that sign a request, or a presigned address.
fn is_credential(name: &str, value: &str) -> bool {
    let (name, value) = (name.to_ascii_lowercase(), value.to_ascii_lowercase());
    const NAMES: [&str; 6] = ["policy", "signature", "awsaccesskeyid", "authorization", "cookie", "set-cookie"];
    name.starts_with("x-amz-") || NAMES.contains(&name.as_str()) || filechute_engine::holds(&value, "x-amz-signature")
}

/// The own properties of an object; what a polluted prototype adds is not among them.
fn own(value: &JsValue) -> Option<JsValue> {
    if !value.is_object() || Array::is_array(value) {
        return None;
    }
    let nothing = JsValue::NULL;
    let bare = Object::create(nothing.unchecked_ref::<Object>());
    Some(Object::assign(&bare, value.unchecked_ref()).into())
}

fn read_meta(value: &JsValue) -> Option<Meta> {
    let mut out = Meta::new();
    let names = Reflect::own_keys(value).ok().filter(|names| names.length() <= MOST_META as u32)?;
    for name in names.iter() {
        let name = name.as_string()?;
        let value = text(value, &name, LONGEST)?;
        if !is_credential(&name, &value) {
            out.insert(name, value);
        }
    }
    Some(out)
}

fn is_named(remote: &Remote) -> bool {
    !remote.upload_id.is_empty() && !remote.key.is_empty()
}

fn texts<const N: usize>(value: &JsValue, names: [(&str, usize); N]) -> Option<[String; N]> {
    let found: Vec<String> = names.iter().map_while(|(name, longest)| text(value, name, *longest)).collect();
    found.try_into().ok()
}

fn numbers<const N: usize>(value: &JsValue, names: [&str; N]) -> Option<[u64; N]> {
    let mut out = [0; N];
    for (number, name) in out.iter_mut().zip(names) {
        *number = whole(&get(value, name))?;
    }
    Some(out)
}

fn text(value: &JsValue, name: &str, longest: usize) -> Option<String> {
    get(value, name).as_string().filter(|text| text.len() <= longest)
}

/// An ETag, a checksum or a digest; may be empty.
fn hash(value: &JsValue) -> Option<String> {
    value.as_string().filter(|text| text.len() <= LONGEST_HASH && is_hash(text))
}

/// Printable ASCII without quotes.
fn is_hash(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"')
}

fn whole(value: &JsValue) -> Option<u64> {
    value.as_f64().filter(|number| *number >= 0.0 && is_whole(*number)).map(to_u64)
}

fn signed(value: &JsValue, name: &str) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation)]
    get(value, name).as_f64().filter(|number| is_whole(*number)).map(|number| number as i64)
}

#[allow(clippy::cast_precision_loss)]
fn is_whole(number: f64) -> bool {
    number.abs() <= MOST as f64 && number.fract() == 0.0
}

#[allow(clippy::cast_precision_loss)]
fn to_f64(number: u64) -> JsValue {
    (number as f64).into()
}
