//! Upload files from the browser straight to S3.
//!
//! [`Uploader`] is the headless handle: give it a source of upload [`Parameters`], add files, call
//! [`Uploader::upload`]. With the feature `ui` (on by default) there is a Leptos component around it, `FileChute`. The
//! logic itself lives in `filechute-engine`, which knows no browser; this crate performs what it says.
//!
//! ```no_run
//! use filechute::{Notice, Parameters, UploadEvent, Uploader, UploaderOptions};
//!
//! # fn send(chosen: &web_sys::FileList) -> Result<filechute::Subscription, filechute::Rejection> {
//! let uploader = Uploader::new(Parameters::host("/api"), UploaderOptions::default());
//! let weak = uploader.downgrade();
//! let subscription = uploader.observe(move |notice| {
//!     let (Notice::Event(UploadEvent::UploadSuccess(id)), Some(uploader)) = (notice, weak.upgrade()) else { return };
//!     let key = uploader.file(*id).map(|file| file.key());
//! });
//! uploader.add_file_list(chosen);
//! // What a rejection says to a person is in `texts`.
//! uploader.upload()?;
//! # Ok(subscription) }
//! ```
//!
//! | feature | |
//! |---|---|
//! | `ui` (default) | the Leptos components |
//! | `digest` (default) | checksums on the page itself; without it [`Uploader::set_digest`] says who computes them |
//! | `csr`, `hydrate`, `ssr` | `ui`, with Leptos as the application has it. Never on by default: features unify, so the application chooses |
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod strings;
pub mod texts;
#[cfg(feature = "ui")]
pub mod ui;
mod web;

pub use filechute_engine::{
    Accept, Algorithm, Ask, Changes, Class, Digest, Failure, FileId, Kind, Meta, Method, Multipart, Options,
    OptionsError, Part, PartReceipt, Phase, RawOptions, RawParameters, Rejection, RejectionReason, Remote,
    Restrictions, Table, Totals, UploadEvent, UploadFile, UploadId, UploadResponse, display_name, extension_of,
    shorten, visible, without_query,
};
pub use strings::{Direction, Forms, Strings, Words, locales};
#[cfg(feature = "ui")]
pub use ui::*;
pub use web::{
    AskRequest, Credentials, DigestWith, Host, IntakeFile, Notice, Parameters, Reply, SignRequest, Signer, Stats,
    Subscription, Uploader, UploaderOptions, WeakUploader, batch_from_js, completed_from_js, created_from_js, journal,
    listed_from_js, parameters_from_js, thrown,
};
