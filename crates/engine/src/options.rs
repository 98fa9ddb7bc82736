//! Options: as a user wrote them ([`RawOptions`]) and as the engine takes them ([`Options`]).

use alloc::{string::String, vec, vec::Vec};

use crate::{Algorithm, Restrictions};

/// Options as they come from outside: numbers may be missing, negative or no numbers at all.
#[derive(Clone, Debug, Default)]
pub struct RawOptions {
    /// `timeout` in milliseconds.
    pub timeout: Option<f64>,
    /// `limit`.
    pub limit: Option<f64>,
    /// `retryDelays` in milliseconds.
    pub retry_delays: Option<Vec<f64>>,
    /// `autoProceed`.
    pub auto_proceed: Option<bool>,
    /// `allowMultipleUploadBatches`.
    pub allow_multiple_upload_batches: Option<bool>,
    /// `restrictions`.
    pub restrictions: Option<Restrictions>,
    /// `shouldUseMultipart` where it is no function; `None` leaves it to the file's size.
    pub should_use_multipart: Option<bool>,
    /// Takes back what `shouldUseMultipart` said.
    pub multipart_by_size: bool,
    /// `checksum`: the name of an algorithm, or `none`.
    pub checksum: Option<String>,
}

/// An option that makes no sense: a programmer's mistake, told at the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionsError {
    /// Name of the option as JavaScript spells it.
    pub option: &'static str,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl core::fmt::Display for OptionsError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for OptionsError {}

/// Checked options, no default left open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// No progress for this many milliseconds aborts the attempt as stalled; 0 turns the deadline off.
    pub stall_after_ms: u64,
    /// Requests in the air at once, all files together; 0 means no limit.
    pub limit: u32,
    /// One entry per automatic retry, in milliseconds; jittered.
    pub retry_delays_ms: Vec<u64>,
    /// Upload as soon as files are added.
    pub auto_proceed: bool,
    /// Whether files may be added after a first upload was started.
    pub allow_multiple_upload_batches: bool,
    /// What may be added.
    pub restrictions: Restrictions,
    /// When and how files go in parts.
    pub multipart: Multipart,
    /// The checksum that proves what arrived, where the other side can take it. [`Algorithm::Md5`] is told to nobody who did
    /// not ask: it is compared with the `ETag`.
    pub checksum: Option<Algorithm>,
}

/// When and how files go in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multipart {
    /// Whether the parameters source can do it.
    pub available: bool,
    /// Files larger than this many bytes go in parts; those over 5 GiB always do.
    pub above: u64,
    /// Addresses of parts to ask for at once, where the source can sign several; at least 1.
    pub sign_ahead: u32,
}

impl Default for Multipart {
    fn default() -> Self {
        Self { available: false, above: 100 << 20, sign_ahead: 1 }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            stall_after_ms: 30_000,
            limit: 6,
            retry_delays_ms: vec![0, 1000, 3000, 5000],
            auto_proceed: false,
            allow_multiple_upload_batches: true,
            restrictions: Restrictions::default(),
            multipart: Multipart::default(),
            checksum: Some(Algorithm::Crc64Nvme),
        }
    }
}

/// Longest delay or deadline taken: a day. Past it lies a mistake in units.
const MAX_MS: f64 = 86_400_000.0;
/// Most retries taken.
const MAX_RETRIES: usize = 100;

impl Options {
    /// These options with what `raw` sets, checked.
    ///
    /// # Errors
    /// [`OptionsError`] names the first option that makes no sense; nothing is changed then.
    pub fn merge(mut self, raw: RawOptions) -> Result<Self, OptionsError> {
        if let Some(timeout) = raw.timeout {
            self.stall_after_ms = milliseconds("timeout", timeout)?;
        }
        if let Some(limit) = raw.limit {
            let good = limit.is_finite() && (0.0..=10_000.0).contains(&limit);
            self.limit = if good {
                to_integer(limit) as u32
            } else {
                return Err(bad("limit", "a whole number from 0 (no limit) to 10000"));
            };
        }
        if let Some(delays) = raw.retry_delays {
            if delays.len() > MAX_RETRIES {
                return Err(bad("retryDelays", "at most 100 delays"));
            }
            let delays: Result<Vec<u64>, _> = delays.into_iter().map(|ms| milliseconds("retryDelays", ms)).collect();
            self.retry_delays_ms = delays?;
        }
        self.auto_proceed = raw.auto_proceed.unwrap_or(self.auto_proceed);
        self.allow_multiple_upload_batches =
            raw.allow_multiple_upload_batches.unwrap_or(self.allow_multiple_upload_batches);
        if let Some(name) = raw.checksum {
            self.checksum = match name.as_str() {
                "none" => None,
                name => Some(
                    Algorithm::from_name(name)
                        .ok_or_else(|| bad("checksum", "crc64nvme, crc32c, sha256, md5 or none"))?,
                ),
            };
        }
        self.multipart.above = match raw.should_use_multipart {
            Some(true) => 0,
            Some(false) => u64::MAX,
            None if raw.multipart_by_size => Multipart::default().above,
            None => self.multipart.above,
        };
        if let Some(restrictions) = raw.restrictions {
            self.restrictions = restrictions;
        }
        Ok(self)
    }
}

fn milliseconds(option: &'static str, value: f64) -> Result<u64, OptionsError> {
    if value.is_finite() && (0.0..=MAX_MS).contains(&value) {
        Ok(to_integer(value))
    } else {
        Err(bad(option, "milliseconds from 0 to 86400000"))
    }
}

/// Cuts off the fraction of a number already known to be finite and in range.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn to_integer(value: f64) -> u64 {
    value as u64
}

fn bad(option: &'static str, wanted: &str) -> OptionsError {
    OptionsError { option, message: [option, " must be ", wanted].concat() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_named() {
        for (raw, option) in [
            (RawOptions { timeout: Some(-1.0), ..RawOptions::default() }, "timeout"),
            (RawOptions { timeout: Some(f64::NAN), ..RawOptions::default() }, "timeout"),
            (RawOptions { limit: Some(f64::INFINITY), ..RawOptions::default() }, "limit"),
            (RawOptions { retry_delays: Some(vec![0.0, -5.0]), ..RawOptions::default() }, "retryDelays"),
            (RawOptions { retry_delays: Some(vec![0.0; 101]), ..RawOptions::default() }, "retryDelays"),
            (RawOptions { checksum: Some("sha1".into()), ..RawOptions::default() }, "checksum"),
        ] {
            assert_eq!(Options::default().merge(raw).unwrap_err().option, option);
        }
    }

    #[test]
    fn parts_by_size_come_back() {
        let merged = |options: Options, raw| options.merge(raw).unwrap();
        let never =
            merged(Options::default(), RawOptions { should_use_multipart: Some(false), ..RawOptions::default() });
        assert_eq!(never.multipart.above, u64::MAX);
        assert_eq!(merged(never.clone(), RawOptions::default()), never);
        let again = merged(never, RawOptions { multipart_by_size: true, ..RawOptions::default() });
        assert_eq!(again, Options::default());
    }

    #[test]
    fn what_is_not_set_stays() {
        let options = Options::default().merge(RawOptions { limit: Some(2.0), ..RawOptions::default() }).unwrap();
        assert_eq!(options, Options { limit: 2, ..Options::default() });
    }
}
