//! Where upload parameters come from: a host, or a closure. The engine cannot tell which.

mod answer;
mod host;

use std::{future::Future, sync::Arc};

pub use answer::parameters_from_js;
use filechute_engine::{Failure, RawParameters, UploadFile};
use futures::future::{FutureExt, LocalBoxFuture};
pub use host::{Credentials, Host};
use web_sys::{AbortSignal, Blob};

/// What a parameters source gets to see.
#[derive(Clone, Debug)]
pub struct AskRequest {
    /// The file, its meta already cut down to `allowedMetaFields`.
    pub file: UploadFile,
    /// Its bytes, for sources that sign a checksum.
    pub blob: Blob,
    /// Fires when the answer is no longer wanted.
    pub signal: AbortSignal,
}

type Asker = Arc<dyn Fn(AskRequest) -> LocalBoxFuture<'static, Result<RawParameters, Failure>> + Send + Sync>;

/// A source of upload parameters. Cheap to clone; may be made, and dropped, on a server.
#[derive(Clone)]
pub struct Parameters {
    asker: Asker,
}

impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Parameters { … }")
    }
}

impl Parameters {
    /// A Companion-compatible server, asked at `GET {root}/s3/params`. For headers or cookies build a [`Host`].
    #[must_use]
    pub fn host(root: &str) -> Self {
        Host::new(root).into()
    }

    /// An async closure, asked anew for each attempt, just before the file is sent. An error made from text
    /// (`"…".into()`) is tried again like a network error; build a [`Failure`] to say otherwise.
    pub fn callback<F, Fut>(ask: F) -> Self
    where
        F: Fn(AskRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<RawParameters, Failure>> + 'static,
    {
        Self { asker: Arc::new(move |request| ask(request).boxed_local()) }
    }

    pub(crate) fn ask(&self, request: AskRequest) -> LocalBoxFuture<'static, Result<RawParameters, Failure>> {
        (self.asker)(request)
    }
}
