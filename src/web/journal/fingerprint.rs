//! Whether a file that was chosen again is the one that was being uploaded. Its bytes decide, not its name or date:
//! those may be the same while the bytes are not, and other when they are.

use filechute_engine::{Class, Failure, Kind, PartReceipt};
use web_sys::Blob;

use super::Record;
use crate::web::transfer::to_u64;

/// Bytes at each end of a file that are looked at before anything else.
const SAMPLE: u64 = 64 << 10;

/// Digests of both ends of a file. Empty texts where nobody digested them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// Of its first 64 KiB.
    pub head: String,
    /// Of its last 64 KiB.
    pub tail: String,
}

impl Fingerprint {
    /// Takes it of a file. `digest` is asked for the checksum of the bytes from the first number up to the second.
    ///
    /// # Errors
    /// What `digest` says: the file cannot be read.
    pub async fn take<D>(blob: &Blob, digest: &D) -> Result<Self, Failure>
    where
        D: AsyncFn(&Blob, u64, u64) -> Result<String, Failure>,
    {
        let mut ends = Self::default();
        for (end, (from, to)) in [&mut ends.head, &mut ends.tail].into_iter().zip(samples(to_u64(blob.size()))) {
            *end = digest(blob, from, to).await?;
        }
        Ok(ends)
    }
}

/// Where the bytes of a fingerprint begin and end in a file of this size.
pub(crate) fn samples(size: u64) -> [(u64, u64); 2] {
    [(0, SAMPLE.min(size)), (size.saturating_sub(SAMPLE), size)]
}

/// Why a file is not taken for the one that was being uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// It has another size.
    Size,
    /// Its first or last bytes are others.
    Fingerprint,
    /// The bytes of this part are others.
    Part(u32),
    /// It could not be read.
    Unreadable(Failure),
}

impl From<Mismatch> for Failure {
    fn from(mismatch: Mismatch) -> Self {
        match mismatch {
            Mismatch::Unreadable(failure) => failure,
            _ => Self::new(Kind::File, "mismatch", Class::Final, "this is not the file that was being uploaded"),
        }
    }
}

/// Compares a file with a record, and returns the parts that need not be sent again: those whose bytes were digested now
/// and are what the record says. A part without a recorded checksum, with one by another algorithm, or of a size that the
/// record's plan does not give it, is left out and so sent again. Reads as much of the file as was uploaded; dropping the
/// future stops it.
///
/// `digest` is asked for the checksum of the bytes from the first number up to the second, by the record's `algorithm`.
///
/// # Errors
/// It is another file, or cannot be read.
pub async fn verify<D>(blob: &Blob, record: &Record, digest: D) -> Result<Vec<PartReceipt>, Mismatch>
where
    D: AsyncFn(&Blob, u64, u64) -> Result<String, Failure>,
{
    if to_u64(blob.size()) != record.size {
        return Err(Mismatch::Size);
    }
    // One list and so one call: a call that is awaited weighs as much as a page of other code.
    let known = &record.fingerprint;
    let ends = [&known.head, &known.tail].into_iter().zip(samples(record.size)).map(|(sum, range)| (sum, range, None));
    let parts = record.parts.iter().filter_map(|part| {
        let (start, end) = record.plan()?.range(part.number);
        (end - start == part.size && part.size > 0).then_some((&part.checksum, (start, end), Some(part)))
    });
    let mut trusted = Vec::new();
    for (sum, (start, end), part) in ends.chain(parts).filter(|(sum, ..)| !sum.is_empty()) {
        let found = digest(blob, start, end).await.map_err(Mismatch::Unreadable)?;
        if found.len() != sum.len() {
            // By another algorithm, which the application chose in the middle of it: nothing is known of these bytes.
            continue;
        }
        if found != *sum {
            return Err(part.map_or(Mismatch::Fingerprint, |part| Mismatch::Part(part.number)));
        }
        if let Some(part) = part {
            trusted.push(PartReceipt {
                number: part.number,
                size: part.size,
                etag: part.etag.clone(),
                checksum: sum.clone(),
            });
        }
    }
    Ok(trusted)
}
