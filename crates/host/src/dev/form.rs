//! A form's file, behind which S3 looks at nothing more.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html>

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use futures::Stream;
use s3s::StdError;
use s3s::dto::StreamingBlob;

/// The file's bytes. s3s ends them with an error when more fields follow, after all of them were there.
pub(super) struct File(StreamingBlob);

impl File {
    pub(super) fn alone(body: StreamingBlob) -> StreamingBlob {
        StreamingBlob::wrap(Self(body))
    }
}

impl Stream for File {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.0).poll_next(cx).map(|item| match item {
            Some(Err(error)) if fields_follow(&error) => None,
            item => item.map(|item| item.map_err(std::io::Error::other)),
        })
    }
}

/// s3s's error is private; its text is all there is to know it by. A test notices when that changes.
fn fields_follow(error: &StdError) -> bool {
    let known = |text: String| text == "FileStreamError: InvalidTrailer";
    known(error.to_string()) || error.source().is_some_and(|cause| known(cause.to_string()))
}
