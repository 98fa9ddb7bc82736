//! The query of a request, read once and bounded.

use crate::ApiError;
use crate::checksum::Checksum;

/// Name-value pairs, decoded.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Longest query of most routes, in bytes: a name, a type and 2 KB of metadata, each percent-encoded three times
    /// over.
    pub(super) const MAX_BYTES: usize = 8 * 1024;

    /// Reads a query of at most [`Self::MAX_BYTES`].
    pub(super) fn read(raw: Option<&str>) -> Result<Self, ApiError> {
        Self::read_up_to(raw, Self::MAX_BYTES)
    }

    pub(super) fn read_up_to(raw: Option<&str>, limit: usize) -> Result<Self, ApiError> {
        let raw = raw.unwrap_or_default();
        if raw.len() > limit {
            return Err(ApiError::bad_request(format!("s3: the query is longer than {limit} bytes")));
        }
        Ok(Self(form_urlencoded::parse(raw.as_bytes()).into_owned().collect()))
    }

    /// The first value of a name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The key of an upload that was begun.
    pub(super) fn key(&self) -> Result<&str, ApiError> {
        self.get("key").filter(|key| !key.is_empty()).ok_or_else(|| {
            ApiError::bad_request(
                "s3: the object key must be passed as a query parameter. For example: \"?key=abc.jpg\"",
            )
        })
    }

    /// The checksum that is announced, if one is.
    pub(super) fn checksum(&self) -> Result<Option<Checksum>, ApiError> {
        Checksum::find(self.iter())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}
