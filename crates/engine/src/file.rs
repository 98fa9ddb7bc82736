//! What the engine knows of a file: never its bytes.

use alloc::string::String;

use crate::{Algorithm, Failure, FileId, Meta, Resume};

/// A file to be added.
#[derive(Clone, Debug, Default)]
pub struct NewFile {
    /// File name without folders, as the person's system gave it.
    pub name: String,
    /// MIME type, or empty when unknown.
    pub mime: String,
    /// Size in bytes.
    pub size: u64,
    /// Last modification in milliseconds since 1970, or 0 when unknown.
    pub last_modified: i64,
    /// `folder/name` when the file came out of a folder.
    pub relative_path: Option<String>,
    /// The caller's own meta; `name` and `type` are set by the engine.
    pub meta: Meta,
    /// Whether it goes in parts; `None` leaves that to its size.
    pub multipart: Option<bool>,
    /// Wanted bytes of a part; `None` leaves that to the size and the line.
    pub part_size: Option<u64>,
    /// An earlier upload of the same bytes to go on with.
    pub resume: Option<Resume>,
}

/// Where a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Added; nobody has asked to upload it yet.
    Idle,
    /// Waiting for a free slot under `limit`, or for the network.
    Queued,
    /// The host is being asked for upload parameters.
    Preparing,
    /// Bytes are on their way.
    Sending,
    /// The last byte has left; S3 has not answered yet.
    Finishing,
    /// An attempt failed; the next one starts after a delay.
    BackingOff,
    /// Held by the person or the application.
    Paused,
    /// S3 has confirmed it. Terminal.
    Done,
    /// Given up; see [`UploadFile::failure`]. Ends only by a retry or removal.
    Failed,
}

impl Phase {
    /// How many phases there are, for tables indexed by phase.
    pub const COUNT: usize = 9;

    /// The name JavaScript sees as `file.status`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Queued => "queued",
            Self::Preparing => "preparing",
            Self::Sending => "uploading",
            Self::Finishing => "finishing",
            Self::BackingOff => "retrying",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Whether a request for this file is in the air.
    #[must_use]
    pub const fn in_air(self) -> bool {
        matches!(self, Self::Preparing | Self::Sending | Self::Finishing)
    }

    /// Whether the engine will do something for this file without being asked again.
    #[must_use]
    pub const fn active(self) -> bool {
        matches!(self, Self::Queued | Self::Preparing | Self::Sending | Self::Finishing | Self::BackingOff)
    }
}

/// A snapshot of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadFile {
    /// The engine's name for it.
    pub id: FileId,
    /// File name without folders.
    pub name: String,
    /// MIME type, or empty when unknown.
    pub mime: String,
    /// Size in bytes.
    pub size: u64,
    /// Last modification in milliseconds since 1970, or 0 when unknown.
    pub last_modified: i64,
    /// `folder/name` when the file came out of a folder.
    pub relative_path: Option<String>,
    /// Meta, with the fields of the upload parameters merged in.
    pub meta: Meta,
    /// Where it stands.
    pub phase: Phase,
    /// Bytes of the present attempt that have left, or all of them when done.
    pub bytes_uploaded: u64,
    /// When the upload of it began, in milliseconds since 1970; `None` while nobody has asked for one.
    pub started_ms: Option<u64>,
    /// Automatic retries spent since it was started.
    pub retries: u32,
    /// Why the last attempt failed. Kept while backing off, so a row can say so.
    pub failure: Option<Failure>,
    /// What S3 said, once done.
    pub response: Option<UploadResponse>,
}

impl UploadFile {
    /// Whole percents sent: 100 only once S3 has confirmed the object.
    #[must_use]
    pub fn percentage(&self) -> u8 {
        if self.phase == Phase::Done {
            return 100;
        }
        let percent = self.bytes_uploaded.saturating_mul(100).checked_div(self.size).unwrap_or(0);
        u8::try_from(percent.min(99)).unwrap_or(99)
    }

    /// The S3 object key, empty before it is known.
    #[must_use]
    pub fn key(&self) -> String {
        self.meta.get("key").cloned().unwrap_or_default()
    }

    /// Extension without the dot, in the case it was written, or empty.
    #[must_use]
    pub fn extension(&self) -> &str {
        extension_of(&self.name)
    }
}

/// Extension of a file name without the dot, or empty.
#[must_use]
pub fn extension_of(name: &str) -> &str {
    match crate::text::cut_last(name, b'.') {
        Some((stem, extension)) if !stem.is_empty() => extension,
        _ => "",
    }
}

/// What is known of the stored object after success.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UploadResponse {
    /// HTTP status S3 answered with.
    pub status: u16,
    /// Address of the object without its query; of a file in parts where the store said so, else where its parts went. Uppy's
    /// `uploadURL`.
    pub upload_url: String,
    /// What S3 named as `Location`, made absolute, or the same as `upload_url`.
    pub location: String,
    /// Where the object can be read, as the host told it (`publicUrl`), else empty.
    pub public_url: String,
    /// S3 object key.
    pub key: String,
    /// Bucket, where the form, the answer, or the address of a known service or of this machine names it (see
    /// [`CheckedUrl::bucket`](crate::CheckedUrl::bucket)), else empty: a store's own host name does not tell.
    pub bucket: String,
    /// ETag without quotes, when the browser may read it.
    pub etag: String,
    /// The object's checksum in Base64 as S3 told it or accepted it, else empty.
    pub checksum: String,
    /// The checksum over the whole object that both sides agree on: S3 refused any other bytes, or told the same value.
    /// `None` when nothing was proved.
    pub verified: Option<Algorithm>,
}
