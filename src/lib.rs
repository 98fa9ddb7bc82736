//! Upload files from the browser straight to S3.
//!
//! [`Uploader`] is the headless handle: give it a source of upload [`Parameters`], add files, call
//! [`Uploader::upload`]. With the feature `ui` (on by default) there is a Leptos component around it, `FileChute`. The
//! logic itself lives in `filechute-engine`, which knows no browser; this crate performs what it says.
//!
//! The crate never turns on `leptos/csr`, `leptos/hydrate` or `leptos/ssr` by itself: the application does, or through
//! the features of the same names here.
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
