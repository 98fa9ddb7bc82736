//! CreateMultipartUpload. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html>

use axum::http::{Method, StatusCode};

use super::{Call, Store, StoreError, xml};
use crate::checksum::Algorithm;

impl Store {
    /// Begins an upload with the object's headers and answers S3's id. Not repeated when the answer was lost: a second
    /// one would leave the first behind, so that is the caller's decision.
    ///
    /// A store that knows no such checksum is asked again without one; the algorithm answered is the one in force.
    pub(crate) async fn create(
        &self,
        key: &str,
        headers: &[(String, String)],
        checksum: Option<Algorithm>,
    ) -> Result<(String, Option<Algorithm>), StoreError> {
        let Some(algorithm) = checksum else { return Ok((self.begin(key, headers).await?, None)) };
        let mut with = headers.to_vec();
        with.push(("x-amz-checksum-algorithm".into(), algorithm.upper().into()));
        if algorithm.is_full_object() {
            with.push(("x-amz-checksum-type".into(), "FULL_OBJECT".into()));
        }
        match self.begin(key, &with).await {
            Ok(id) => Ok((id, checksum)),
            Err(error) if knows_no_checksum(&error) => Ok((self.begin(key, headers).await?, None)),
            Err(error) => Err(error),
        }
    }

    async fn begin(&self, key: &str, headers: &[(String, String)]) -> Result<String, StoreError> {
        let call = Call { method: Method::POST, headers, ..Call::default() };
        let action = || self.bucket.create_multipart_upload(Some(&self.credentials), key);
        let answer = match self.once(action(), &call).await {
            // Said before anything was begun.
            Err(error @ StoreError::Refused { .. }) if error.is_passing() => self.call(action, &call).await?,
            result => result?,
        };
        let document = xml::read(&answer.body).ok_or(StoreError::Unreadable)?;
        if document.root == "Error" {
            return Err(StoreError::refused(&answer));
        }
        document.get("UploadId").map(str::to_owned).ok_or(StoreError::Unreadable)
    }
}

/// B2 says `InvalidArgument`, others 501.
fn knows_no_checksum(error: &StoreError) -> bool {
    error.has_status(StatusCode::NOT_IMPLEMENTED)
        || (error.has_status(StatusCode::BAD_REQUEST) && (error.is("InvalidArgument") || error.is("InvalidRequest")))
}
