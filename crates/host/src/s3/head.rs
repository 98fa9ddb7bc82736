//! HeadObject, to see what a completed upload really left, and whether one without an answer has happened.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>

use axum::http::{Method, StatusCode};

use super::{Call, Completed, Store, StoreError};
use crate::checksum::{Algorithm, Checksum};

/// What the store says about an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) size: u64,
    /// Without quotes.
    pub(super) e_tag: String,
    /// Checksums of the whole object; composite ones (`…-3`) are left out.
    pub(super) checksums: Vec<Checksum>,
}

impl Store {
    /// Size, ETag and checksums of the object.
    pub(super) async fn head(&self, key: &str) -> Result<Head, StoreError> {
        let headers = [("x-amz-checksum-mode".to_owned(), "ENABLED".to_owned())];
        let call = Call { method: Method::HEAD, headers: &headers, ..Call::default() };
        let answer = self.call(|| self.bucket.head_object(Some(&self.credentials), key), &call).await?;
        let size = answer.header("content-length").and_then(|text| text.parse().ok()).ok_or(StoreError::Unreadable)?;
        let e_tag = answer.header("etag").unwrap_or_default().trim_matches('"').to_owned();
        let checksums = Algorithm::ALL
            .into_iter()
            .filter_map(|algorithm| Checksum::parse(algorithm, answer.header(algorithm.header())?).ok());
        Ok(Head { size, e_tag, checksums: checksums.collect() })
    }
    /// The object, if it has this size and this checksum.
    pub(crate) async fn find(
        &self,
        key: &str,
        size: u64,
        checksum: &Checksum,
    ) -> Result<Option<Completed>, StoreError> {
        match self.head(key).await {
            Ok(head) if head.size == size && head.checksums.contains(checksum) => {
                Ok(Some(Completed { e_tag: head.e_tag, size: Some(size), checksum: Some(checksum.clone()) }))
            }
            Ok(_) => Ok(None),
            // Which of the two AWS says of what is not there depends on whether the key pair may list.
            Err(error) if error.has_status(StatusCode::NOT_FOUND) || error.has_status(StatusCode::FORBIDDEN) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
