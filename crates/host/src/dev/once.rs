//! `If-None-Match: *`: of two writes at once, one finds the other's object. s3s-fs looks before the bytes come, S3 when they
//! are there.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::Bytes;
use futures::Stream;
use s3s::dto::StreamingBlob;
use s3s::{S3Error, s3_error};

/// Keys that are being written at this moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Writing(Arc<Mutex<Vec<String>>>);

impl Writing {
    /// Claims a key until the claim is dropped, unless another has it.
    pub(super) fn claim(&self, key: &str) -> Option<Claim> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.iter().any(|known| known == key) {
            return None;
        }
        keys.push(key.to_owned());
        Some(Claim { writing: self.clone(), key: key.to_owned() })
    }
}

/// A claimed key.
#[derive(Debug)]
pub(super) struct Claim {
    writing: Writing,
    key: String,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.writing.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|key| *key != self.key);
    }
}

/// What became of the claim at the end of a body.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    claim: Mutex<Option<Claim>>,
    exists: AtomicBool,
    busy: AtomicBool,
}

impl Outcome {
    /// The refusal, if the condition was what ended the body.
    pub(super) fn refusal(&self) -> Option<S3Error> {
        if self.exists.load(Ordering::SeqCst) {
            return Some(s3_error!(
                PreconditionFailed,
                "At least one of the pre-conditions you specified did not hold"
            ));
        }
        self.busy.load(Ordering::SeqCst).then(|| {
            s3_error!(
                ConditionalRequestConflict,
                "The conditional request cannot succeed due to a conflicting operation against this resource."
            )
        })
    }
}

/// A body that ends in an error when the object is there by then, or is just being written; else the key is claimed.
pub(super) struct Guarded {
    body: StreamingBlob,
    writing: Writing,
    key: String,
    path: PathBuf,
    outcome: Arc<Outcome>,
}

impl Guarded {
    pub(super) fn new(body: StreamingBlob, writing: Writing, key: String, path: PathBuf) -> (Self, Arc<Outcome>) {
        let outcome = Arc::<Outcome>::default();
        (Self { body, writing, key, path, outcome: Arc::clone(&outcome) }, outcome)
    }

    /// At the end of the bytes.
    fn decide(&self) -> io::Result<()> {
        let mut held = self.outcome.claim.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_some() {
            return Ok(());
        }
        let claim = self.writing.claim(&self.key);
        if claim.is_none() {
            self.outcome.busy.store(true, Ordering::SeqCst);
        } else if self.path.exists() {
            self.outcome.exists.store(true, Ordering::SeqCst);
        } else {
            *held = claim;
            return Ok(());
        }
        Err(io::Error::other("the condition does not hold"))
    }
}

impl Stream for Guarded {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        match Pin::new(&mut self.body).poll_next(cx) {
            Poll::Ready(None) => Poll::Ready(self.decide().err().map(Err)),
            polled => polled.map_err(io::Error::other),
        }
    }
}
