//! The browser driver: performs what the engine says, reports what came of it.

mod driver;
mod intake;
mod jobs;
pub mod journal;
mod mime;
mod page;
mod source;
mod transfer;
mod uploader;

pub use driver::{Notice, Stats};
pub use intake::IntakeFile;
pub use jobs::thrown;
pub use source::{AskRequest, Credentials, Host, Parameters, parameters_from_js};
pub use uploader::{Subscription, Uploader, UploaderOptions, WeakUploader};
