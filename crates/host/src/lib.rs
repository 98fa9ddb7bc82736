//! A signing server for browser uploads to S3, with an embedded store for development.
//!
//! The browser asks this host for parameters (`GET /s3/params`, as Uppy's Companion answers it) and then sends the
//! file straight to the bucket. The host never sees the bytes and the browser never sees the keys.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use filechute_host::{RawOptions, router};
//!
//! // AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, FILECHUTE_BUCKET, … from the environment
//! let config = RawOptions::from_env().validate()?;
//! let app = axum::Router::new().merge(router(config));
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:3020").await?;
//! axum::serve(listener, app).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Who may upload is the application's decision: put its authentication in a layer around [`router`], or set a token.
//! What the layer puts into the request's extensions (a user id, say) reaches the key function
//! ([`KeyMaker`]), so that every user gets a prefix of their own.

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;

mod access;
mod checksum;
mod client;
mod config;
mod cors;
mod error;
mod host;
mod key;
mod limit;
mod metadata;
mod outgoing;
mod rest;
mod routes;
mod s3;
mod sign;
mod ticket;

#[cfg(feature = "dev")]
pub mod dev;
#[cfg(feature = "server")]
pub mod server;

pub use access::{Access, AccessCheck, ForwardAuth};
pub use config::{AllowedOrigins, AllowedTypes, Config, ConfigError, RawOptions, SealKey, SizeRange, UploadMethod};
pub use error::ApiError;
pub use key::{KeyError, KeyMaker, KeyRequest, MAX_KEY_BYTES, MAX_SEGMENT_BYTES, check_key, clean_name};
pub use limit::RateLimit;
pub use routes::{not_found, router};
/// Its `Bucket` and `Credentials` are what [`Config::new`] takes.
pub use rusty_s3;
pub use ticket::Caller;
