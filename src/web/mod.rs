//! The browser driver: performs what the engine says, reports what came of it.

mod digest;
mod driver;
mod intake;
mod jobs;
pub mod journal;
mod keeper;
mod mime;
mod page;
mod source;
mod transfer;
mod uploader;

pub use digest::DigestWith;
pub use driver::{Notice, Stats};
pub use intake::IntakeFile;
#[cfg(feature = "ui")]
pub(crate) use jobs::Task;
pub use jobs::thrown;
pub use source::{
    AskRequest, Credentials, Host, Parameters, Reply, SignRequest, Signer, batch_from_js, completed_from_js,
    created_from_js, listed_from_js, parameters_from_js,
};
pub use uploader::{Subscription, Uploader, UploaderOptions, WeakUploader};
