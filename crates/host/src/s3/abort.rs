//! AbortMultipartUpload. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html>

use axum::http::Method;

use super::{Call, Store, StoreError};

impl Store {
    /// Ends an upload and frees its parts. One that is gone already is done.
    pub(crate) async fn abort(&self, key: &str, upload_id: &str) -> Result<(), StoreError> {
        let call = Call { method: Method::DELETE, ..Call::default() };
        let action = || self.bucket.abort_multipart_upload(Some(&self.credentials), key, upload_id);
        match self.call(action, &call).await {
            Err(error) if !error.is("NoSuchUpload") => Err(error),
            _ => Ok(()),
        }
    }
}
