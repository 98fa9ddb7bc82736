//! A reverse proxy that breaks HTTP on demand, for end-to-end tests of uploads.
//!
//! It stands between a client and any S3 server or signing host, forwards everything unchanged (so that signatures stay
//! valid), and applies faults by rules that a test sets over HTTP. Names of the faults and their canned answers are plain
//! data ([`Fault`], [`Answer`]) and need no socket: a simulation uses the same ones.

mod answer;
mod fault;
mod rule;

#[cfg(feature = "proxy")]
mod apply;
#[cfg(feature = "proxy")]
mod body;
#[cfg(feature = "proxy")]
mod connection;
#[cfg(feature = "proxy")]
mod control;
#[cfg(feature = "proxy")]
mod cors;
#[cfg(feature = "proxy")]
mod damage;
#[cfg(feature = "proxy")]
mod forward;
#[cfg(feature = "proxy")]
mod journal;
#[cfg(feature = "proxy")]
mod peer;
#[cfg(feature = "proxy")]
mod proxy;

pub use answer::Answer;
pub use fault::Fault;
pub use rule::{Match, Rule, Rules, Seen, Wanted};

#[cfg(feature = "proxy")]
pub use proxy::{BindError, Control, Proxy, ProxyOptions};
