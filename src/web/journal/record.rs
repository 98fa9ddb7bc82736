//! A record of one unfinished upload. Whatever runs at this origin can write to the database, so `journal.js` checks every
//! field of what it reads there.

use filechute_engine::{Algorithm, Meta, PartReceipt, Plan, Remote, Resume, UploadFile};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::Fingerprint;
use crate::web::{digest::to_f64, transfer::to_u64};

/// How records are written today.
const VERSION: u32 = 1;

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

    /// A row, as `journal.js` wants it: `FIELDS`, the meta, the parts.
    pub(super) fn to_js(&self) -> Array {
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
        let numbers = [u64::from(self.version), self.created_ms, self.updated_ms, self.size, self.part_size];
        let row = Array::new();
        texts.into_iter().for_each(|text| push(&row, Some(text)));
        numbers.into_iter().for_each(|number| push_number(&row, to_f64(number)));
        #[allow(clippy::cast_precision_loss)]
        push_number(&row, self.last_modified as f64);
        push(&row, self.relative_path.as_deref());
        push(&row, remote.checksum.map(Algorithm::name));
        let (meta, parts) = (Array::new(), Array::new());
        for (name, value) in self.meta.iter() {
            push(&meta, Some(name));
            push(&meta, Some(value));
        }
        for part in &self.parts {
            push_number(&parts, f64::from(part.number));
            push_number(&parts, to_f64(part.size));
            push(&parts, Some(&part.etag));
            push(&parts, Some(&part.checksum));
        }
        row.push(&meta);
        row.push(&parts);
        row
    }

    /// The same, and whether there is a handle. What is in it was checked there.
    fn read(row: JsValue) -> Self {
        let mut row = Row::new(row);
        let mut record = Self {
            id: row.text(),
            scope: row.text(),
            name: row.text(),
            mime: row.text(),
            remote: Remote { upload_id: row.text(), key: row.text(), bucket: row.text(), checksum: None },
            algorithm: row.text(),
            fingerprint: Fingerprint { head: row.text(), tail: row.text() },
            version: row.number() as u32,
            created_ms: to_u64(row.number()),
            updated_ms: to_u64(row.number()),
            size: to_u64(row.number()),
            part_size: to_u64(row.number()),
            last_modified: row.number() as i64,
            relative_path: row.next().as_string(),
            meta: Meta::new(),
            parts: Vec::new(),
            has_handle: false,
        };
        record.remote.checksum = Algorithm::from_name(&row.text());
        let (mut meta, mut parts) = (Row::new(row.next()), Row::new(row.next()));
        while meta.has_more() {
            record.meta.insert(meta.text(), meta.text());
        }
        while parts.has_more() {
            record.parts.push(RecordedPart {
                number: parts.number() as u32,
                size: to_u64(parts.number()),
                etag: parts.text(),
                checksum: parts.text(),
            });
        }
        record.has_handle = row.next().is_truthy();
        record
    }
}

/// A list of JS values that is read from its beginning.
struct Row {
    values: Array,
    at: u32,
}

impl Row {
    fn new(values: JsValue) -> Self {
        Self { values: values.unchecked_into(), at: 0 }
    }

    fn has_more(&self) -> bool {
        self.at < self.values.length()
    }

    #[inline(never)]
    fn next(&mut self) -> JsValue {
        self.at += 1;
        self.values.get(self.at - 1)
    }

    #[inline(never)]
    fn text(&mut self) -> String {
        self.next().as_string().unwrap_or_default()
    }

    #[inline(never)]
    fn number(&mut self) -> f64 {
        self.next().as_f64().unwrap_or_default()
    }
}

#[inline(never)]
fn push(row: &Array, text: Option<&str>) {
    row.push(&text.map_or(JsValue::NULL, JsValue::from_str));
}

#[inline(never)]
fn push_number(row: &Array, number: f64) {
    row.push(&number.into());
}

/// Of a list of rows.
pub(super) fn records(found: &JsValue) -> Vec<Record> {
    found.unchecked_ref::<Array>().iter().map(Record::read).collect()
}

/// Of a list of upload ids, keys and buckets.
pub(super) fn remotes(owed: &JsValue) -> Vec<Remote> {
    let mut row = Row::new(owed.clone());
    let mut out = Vec::new();
    while row.has_more() {
        out.push(Remote { upload_id: row.text(), key: row.text(), bucket: row.text(), checksum: None });
    }
    out
}

fn now_ms() -> u64 {
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
