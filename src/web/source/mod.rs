//! Where upload parameters come from: a host, a signer, or closures. The engine cannot tell which.

mod answer;
mod fetch;
mod host;
mod signer;

use std::{cell::RefCell, rc::Rc, sync::Arc};

pub use answer::{batch_from_js, completed_from_js, created_from_js, listed_from_js, parameters_from_js};
use filechute_engine::{
    Algorithm, Ask, Digest, Failure, ParameterPolicy, Part, PartReceipt, RawParameters, Remote, UploadFile,
    UploadResponse,
};
use futures::future::{FutureExt, LocalBoxFuture};
pub(super) use host::name_of;
pub use host::{Credentials, Host};
pub use signer::{SignRequest, Signer};
use web_sys::{AbortSignal, Blob};

use super::digest::Digester;

/// What a parameters source gets to see.
#[derive(Clone, Debug)]
pub struct AskRequest {
    /// The file, its meta already cut down to `allowedMetaFields`.
    pub file: UploadFile,
    /// Its bytes; empty when an upload is to be aborted whose file is gone.
    pub blob: Blob,
    /// Fires when the answer is no longer wanted.
    pub signal: AbortSignal,
    /// The question.
    pub ask: Ask,
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) digester: Digester,
    /// By part number, 0 for the whole file: what was digested for this question.
    pub(crate) digests: Rc<RefCell<Vec<(u32, Digest)>>>,
    pub(crate) policy: ParameterPolicy,
}

impl AskRequest {
    /// The checksum that the application wants, `None` when it wants none.
    #[must_use]
    pub const fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm
    }

    /// Digests the whole file, or a part of it, off the critical path. `None` when the application wants no checksums, or they
    /// cannot be had.
    /// What comes of it is compared with what S3 answers, whether it is signed or not.
    ///
    /// # Errors
    /// The file cannot be read any more.
    pub async fn checksum(&self, part: Option<Part>) -> Result<Option<Digest>, Failure> {
        let Some(algorithm) = self.algorithm else { return Ok(None) };
        let number = part.map_or(0, |part| part.number);
        let known = self.digests.borrow().iter().find(|(known, _)| *known == number).map(|(_, digest)| *digest);
        if known.is_some() {
            return Ok(known);
        }
        let (start, end) = part.map_or((0, self.file.size), |part| (part.start, part.end));
        // A file that never left may never have been readable.
        let untouched = self.file.failure.is_none() && self.file.bytes_uploaded == 0;
        let digest = self.digester.digest(&self.blob, start, end, algorithm, &self.signal, untouched).await?;
        self.digests.borrow_mut().extend(digest.map(|digest| (number, digest)));
        Ok(digest)
    }

    /// An MD5 is compared with the `ETag`, whether the source asks for one or not.
    pub(crate) async fn digest_unasked(&self) -> Result<(), Failure> {
        if self.algorithm == Some(Algorithm::Md5) {
            match &self.ask {
                Ask::Whole => drop(self.checksum(None).await?),
                Ask::Sign { parts, .. } => {
                    for part in parts {
                        self.checksum(Some(*part)).await?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// What a source answers, by question.
#[derive(Clone, Debug)]
pub enum Reply {
    /// To [`Ask::Whole`].
    Parameters(RawParameters),
    /// To [`Ask::Create`].
    Created(Remote),
    /// To [`Ask::Sign`]: by number, with the first one that was asked for at least.
    Signed(Vec<(u32, RawParameters)>),
    /// To [`Ask::List`]: the parts of all pages.
    Listed(Vec<PartReceipt>),
    /// To [`Ask::Complete`].
    Completed(UploadResponse),
    /// To [`Ask::Abort`].
    Aborted,
}

type Answer = Result<Reply, Failure>;
type Asker = Arc<dyn Fn(AskRequest) -> LocalBoxFuture<'static, Answer> + Send + Sync>;

/// A source of upload parameters. Cheap to clone; may be made, and dropped, on a server.
#[derive(Clone)]
pub struct Parameters {
    asker: Asker,
    multipart: bool,
    sign_ahead: u32,
    scope: Arc<str>,
}

impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Parameters { … }")
    }
}

impl Parameters {
    /// A Companion-compatible server, asked at `GET {root}/s3/params` and below `{root}/s3/multipart`. For headers or
    /// cookies build a [`Host`].
    #[must_use]
    pub fn host(root: &str) -> Self {
        Host::new(root).into()
    }

    /// An async closure, asked anew for each attempt, just before the file is sent. An error made from text
    /// (`"…".into()`) is tried again like a network error; build a [`Failure`] to say otherwise. Files go whole, so none
    /// may have more than 5 GiB.
    ///
    /// It is `Send` and `Sync`, since a server makes and drops it, too; its futures need not be. What belongs to the browser's one
    /// thread is captured in a `SendWrapper` of the crate `send_wrapper`.
    ///
    /// ```
    /// use filechute::{AskRequest, Parameters, RawParameters};
    ///
    /// # async fn sign(_: &str, _: &str) -> Result<String, String> { Ok(String::new()) }
    /// let folder = String::from("photos");
    /// let parameters = Parameters::callback(async move |request: AskRequest| {
    ///     let url = sign(&folder, &request.file.name).await?;
    ///     Ok(RawParameters { url, ..RawParameters::default() })
    /// });
    /// ```
    pub fn callback<F>(ask: F) -> Self
    where
        F: AsyncFn(AskRequest) -> Result<RawParameters, Failure> + Send + Sync + 'static,
    {
        let ask = Arc::new(ask);
        let asker = move |request| {
            let ask = Arc::clone(&ask);
            async move { ask(request).await.map(Reply::Parameters) }.boxed_local()
        };
        Self { asker: Arc::new(asker), multipart: false, sign_ahead: 1, scope: "".into() }
    }

    /// An async closure that answers every question of [`Ask`], so that large files go in parts (Uppy's five multipart
    /// hooks in one).
    ///
    /// ```
    /// use filechute::{Ask, AskRequest, Failure, Parameters, Reply};
    ///
    /// # async fn create(_: &str) -> Result<filechute::Remote, Failure> { Ok(Default::default()) }
    /// # async fn abort(_: &str, _: &str) -> Result<(), Failure> { Ok(()) }
    /// let parameters = Parameters::multipart(async |request: AskRequest| match request.ask {
    ///     Ask::Create => Ok(Reply::Created(create(&request.file.name).await?)),
    ///     Ask::Abort { remote } => {
    ///         abort(&remote.key, &remote.upload_id).await?;
    ///         Ok(Reply::Aborted)
    ///     }
    ///     // … and the others.
    ///     other => Err(format!("cannot answer {other:?}").into()),
    /// });
    /// ```
    pub fn multipart<F>(ask: F) -> Self
    where
        F: AsyncFn(AskRequest) -> Result<Reply, Failure> + Send + Sync + 'static,
    {
        let ask = Arc::new(ask);
        let asker = move |request| {
            let ask = Arc::clone(&ask);
            async move { ask(request).await }.boxed_local()
        };
        Self { asker: Arc::new(asker), multipart: true, sign_ahead: 1, scope: "".into() }
    }

    /// One signer for every S3 operation; the page talks to S3 itself (Uppy's `signRequest`).
    ///
    /// ```
    /// use filechute::{Parameters, RawParameters, SignRequest};
    ///
    /// # async fn sign(_: &str, _: SignRequest) -> Result<RawParameters, String> { Ok(RawParameters::default()) }
    /// let folder = String::from("photos");
    /// let parameters = Parameters::signer(move |request: SignRequest| {
    ///     let folder = folder.clone();
    ///     async move { Ok(sign(&folder, request).await?) }
    /// });
    /// ```
    pub fn signer(signer: impl Signer + 'static) -> Self {
        signer::source(Arc::new(signer))
    }

    /// The same with one that was chosen elsewhere.
    #[must_use]
    pub fn shared_signer(signer: Arc<dyn Signer>) -> Self {
        signer::source(signer)
    }

    /// Asks for the addresses of up to so many parts at once.
    #[must_use]
    pub const fn sign_ahead(mut self, parts: u32) -> Self {
        self.sign_ahead = if parts == 0 { 1 } else { parts };
        self
    }

    /// Which unfinished uploads are its own after a reload: a host's root, or a name that the application chooses, with
    /// the person's id in it where several share a browser.
    #[must_use]
    pub fn scope(mut self, scope: &str) -> Self {
        self.scope = scope.into();
        self
    }

    /// What [`Self::scope`] said.
    #[must_use]
    pub fn resume_scope(&self) -> &str {
        &self.scope
    }

    /// Asks it, for sources that stand in front of another one.
    ///
    /// # Errors
    /// What the source says.
    pub fn ask(&self, request: AskRequest) -> LocalBoxFuture<'static, Result<Reply, Failure>> {
        (self.asker)(request)
    }

    pub(crate) const fn can(&self) -> (bool, u32) {
        (self.multipart, self.sign_ahead)
    }
}
