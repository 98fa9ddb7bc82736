//! The upload logic of filechute: a state machine without I/O.
//!
//! The engine knows files by name, size and meta, never by their bytes. A driver calls verbs ([`Engine::add`],
//! [`Engine::upload`], …) and reports what its requests did ([`Engine::on_report`]), each with the time; then it drains
//! [`Engine::poll`] for commands to perform and events to tell. There is no clock, no callback, no future and no browser
//! in here, so the whole of it runs, and is tested, natively in microseconds.
//!
//! Two rules carry the design. Every side effect is a *job* with an id that is never used again, and a report about an
//! unknown job is ignored, so late callbacks are harmless by construction. And only one function starts work
//! (`turn`), so one place guards the limit.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;

mod checks;
pub mod doctor;
mod engine;
mod failure;
mod file;
mod id;
mod judge;
mod meta;
mod multipart;
mod options;
mod output;
mod parameters;
mod plan;
mod policy;
mod restrictions;
mod retry;
mod table;
mod text;
mod time;
mod totals;
mod url;
mod xml;

pub use doctor::Advice;
pub use engine::{Engine, Extras};
pub use failure::{Class, Failure, Kind};
pub use file::{NewFile, Phase, UploadFile, UploadResponse, extension_of};
pub use filechute_checksum::{Algorithm, Digest};
pub use id::{FileId, JobId, UploadId};
pub use judge::{Answer, judge, refusal_of};
pub use meta::Meta;
pub use multipart::{Part, PartReceipt, Remote, Resume, complete_body, judge_complete, judge_step};
pub use options::{Multipart, Options, OptionsError, RawOptions};
pub use output::{Ask, Changes, Command, Output, Report, UploadEvent};
pub use parameters::{Method, ParameterPolicy, RawParameters, UploadParameters};
pub use plan::{MAX_PART, MAX_PARTS, MIN_PART, Plan};
pub use restrictions::{Accept, Rejection, RejectionReason, Restrictions};
pub use table::Table;
pub use text::{cut, decimal, display_name, holds, quote, shorten, visible};
pub use time::Time;
pub use totals::Totals;
pub use url::{CheckedUrl, UrlError, percent_decode, percent_encode, without_query};
pub use xml::{XmlAnswer, parse_answer};
