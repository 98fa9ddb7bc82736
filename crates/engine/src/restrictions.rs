//! What may be added: Uppy's `restrictions`, by its names and rules.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    NewFile, extension_of,
    text::{before, cut_at, split},
};

/// One entry of `allowedFileTypes` or of an `accept` attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accept {
    /// `.png`: the extension in lower case, without the dot.
    Extension(String),
    /// `image/png`, in lower case.
    Mime(String),
    /// `image/*`: the part before the slash, in lower case.
    Family(String),
}

impl Accept {
    /// Reads one entry. As in Uppy, an entry that is neither a MIME type nor starts with a dot matches nothing: `None`.
    #[must_use]
    pub fn parse(entry: &str) -> Option<Self> {
        let entry = entry.trim_ascii().to_ascii_lowercase();
        if let Some(extension) = entry.strip_prefix('.') {
            return (!extension.is_empty()).then(|| Self::Extension(extension.to_owned()));
        }
        let mime = before(&entry, b';').trim_ascii();
        // An empty type would match every file whose type is unknown.
        let (family, subtype) =
            cut_at(mime, b'/').filter(|(family, subtype)| !family.is_empty() && !subtype.is_empty())?;
        if subtype == "*" {
            return Some(Self::Family(family.to_owned()));
        }
        Some(Self::Mime(mime.to_owned()))
    }

    /// Reads a comma-separated list, as the `accept` attribute has it. An entry that matches nothing stays one: if that is all
    /// there is, nothing may be added.
    #[must_use]
    pub fn parse_list(list: &str) -> Vec<Self> {
        let entries = split(list, b',').map(str::trim_ascii).filter(|entry| !entry.is_empty());
        entries.map(|entry| Self::parse(entry).unwrap_or_else(|| Self::Mime(entry.to_owned()))).collect()
    }

    /// Whether a file of this name and type is meant.
    #[must_use]
    pub fn matches(&self, name: &str, mime: &str) -> bool {
        let mime = before(mime, b';').trim_ascii();
        match self {
            Self::Extension(extension) => {
                // `.tar.gz` is an extension to the person who wrote it.
                let dot_at = name.len().checked_sub(extension.len().saturating_add(1));
                let tail = dot_at.and_then(|at| name.get(at..));
                extension_of(name).eq_ignore_ascii_case(extension)
                    || tail.and_then(|t| t.strip_prefix('.')).is_some_and(|t| t.eq_ignore_ascii_case(extension))
            }
            Self::Mime(wanted) => mime.eq_ignore_ascii_case(wanted),
            Self::Family(family) => family == "*" || before(mime, b'/').eq_ignore_ascii_case(family),
        }
    }

    /// How it was written.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Extension(extension) => [".", extension].concat(),
            Self::Mime(mime) => mime.clone(),
            Self::Family(family) => [family, "/*"].concat(),
        }
    }
}

/// Rules for what may be added and when an upload may start. `None` or empty means no rule. Sizes in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restrictions {
    /// Largest single file.
    pub max_file_size: Option<u64>,
    /// Smallest single file.
    pub min_file_size: Option<u64>,
    /// Most bytes of all files together.
    pub max_total_file_size: Option<u64>,
    /// Most files.
    pub max_number_of_files: Option<u32>,
    /// Fewest files for an upload to start.
    pub min_number_of_files: Option<u32>,
    /// Types taken; empty takes all.
    pub allowed_file_types: Vec<Accept>,
    /// Meta that each file needs before it is sent.
    pub required_meta_fields: Vec<String>,
}

/// Which rule a file breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RejectionReason {
    /// Not one of the allowed types.
    Type {
        /// The allowed types, as they were written, with commas.
        allowed: String,
    },
    /// Larger than `max` bytes.
    TooBig {
        /// `maxFileSize` in bytes.
        max: u64,
    },
    /// Smaller than `min` bytes.
    TooSmall {
        /// `minFileSize` in bytes.
        min: u64,
    },
    /// No bytes at all where a minimum size is set.
    Empty,
    /// There are `max` files already.
    Count {
        /// `maxNumberOfFiles`.
        max: u32,
    },
    /// All files together would be over `max` bytes.
    Total {
        /// `maxTotalFileSize` in bytes.
        max: u64,
    },
    /// The same file again: same name, folder, type, size and modification time.
    Duplicate,
    /// `allowMultipleUploadBatches` is off and an upload has been started.
    NoMoreFiles,
    /// A folder where folders are not taken, or an empty one.
    Directory,
    /// The application's own hook said no.
    Refused,
    /// The browser could not read it.
    Unreadable,
    /// Fewer than `min` files at the start of an upload.
    MinCount {
        /// `minNumberOfFiles`.
        min: u32,
    },
}

impl RejectionReason {
    /// The part of the error's code after `restriction.`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Type { .. } => "type",
            Self::TooBig { .. } | Self::TooSmall { .. } => "size",
            Self::Empty => "empty",
            Self::Count { .. } => "count",
            Self::Total { .. } => "total",
            Self::Duplicate => "duplicate",
            Self::NoMoreFiles => "batch",
            Self::Directory => "directory",
            Self::Refused => "refused",
            Self::Unreadable => "unreadable",
            Self::MinCount { .. } => "min_count",
        }
    }
}

/// A file that never got in, or an upload that did not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Which rule.
    pub reason: RejectionReason,
    /// The file's name, empty when the rule is about all files.
    pub name: String,
}

impl Rejection {
    /// A rejection of the file called `name`.
    #[must_use]
    pub fn new(reason: RejectionReason, name: &str) -> Self {
        Self { reason, name: name.to_owned() }
    }
}

/// For developers: `restriction.size: a.png`. What a person is told is another text.
impl core::fmt::Display for Rejection {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "restriction.{}: {}", self.reason.code(), self.name)
    }
}

impl core::error::Error for Rejection {}

impl Restrictions {
    /// The rules about one file alone.
    pub(crate) fn check_file(&self, file: &NewFile) -> Result<(), RejectionReason> {
        let types = &self.allowed_file_types;
        if !types.is_empty() && !types.iter().any(|accept| accept.matches(&file.name, &file.mime)) {
            let allowed: Vec<String> = types.iter().map(Accept::text).collect();
            return Err(RejectionReason::Type { allowed: allowed.join(", ") });
        }
        if let Some(max) = self.max_file_size.filter(|max| file.size > *max) {
            return Err(RejectionReason::TooBig { max });
        }
        if let Some(min) = self.min_file_size.filter(|min| file.size < *min) {
            return Err(if file.size == 0 { RejectionReason::Empty } else { RejectionReason::TooSmall { min } });
        }
        Ok(())
    }

    /// The rules about all files together, given what is there already.
    pub(crate) fn check_room(&self, count: usize, bytes: u64, adding: u64) -> Result<(), RejectionReason> {
        if let Some(max) = self.max_number_of_files
            && count >= usize::try_from(max).unwrap_or(usize::MAX)
        {
            return Err(RejectionReason::Count { max });
        }
        if let Some(max) = self.max_total_file_size.filter(|max| bytes.saturating_add(adding) > *max) {
            return Err(RejectionReason::Total { max });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_match_as_in_uppy() {
        let accepts =
            |list: &str, name: &str, mime: &str| Accept::parse_list(list).iter().any(|a| a.matches(name, mime));
        assert!(accepts("image/*", "a.png", "image/png"));
        assert!(!accepts("image/*", "a.png", ""));
        assert!(accepts(".PNG", "a.png", ""));
        assert!(accepts(".tar.gz", "a.tar.gz", ""));
        assert!(!accepts(".gz", "agz", ""));
        assert!(accepts("text/plain", "a", "text/plain;charset=utf-8"));
        assert!(!accepts("png", "a.png", "image/png"));
        // It matches nothing, and yet is an entry: a list of such used to be none, which takes everything.
        assert_eq!(Accept::parse_list(" png,, ").len(), 1);
        assert!(accepts("image/*,.pdf", "A.PDF", "application/octet-stream"));
    }

    #[test]
    fn names_shorter_than_the_extension_do_not_trip() {
        assert!(!Accept::parse(".jpeg").unwrap().matches("é", ""));
        assert!(!Accept::parse(".jpeg").unwrap().matches("", ""));
    }

    #[test]
    fn half_an_entry_is_none() {
        for entry in ["", ".", "png", "image/", "/png", "/", ";"] {
            assert_eq!(Accept::parse(entry), None, "{entry}");
        }
        assert_eq!(Accept::parse(" Image/PNG;q=1 "), Some(Accept::Mime("image/png".to_owned())));
    }
}
