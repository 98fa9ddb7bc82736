//! The embedded store for development: S3's manners on loopback, objects as plain files.
//!
//! It checks signatures, policies, expiry and CORS as S3 does, on a port (so an origin) of its own; a page that works
//! here fails on the real bucket only for reasons of that bucket. It is not made to be reached from a network.

mod completion;
mod cors;
mod form;
mod objects;
mod once;
mod place;
mod reading;
mod refusals;
mod service;
mod store;
mod uploads;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use rusty_s3::{Bucket, Credentials, UrlStyle};
use url::Url;
use uuid::Uuid;

use crate::{AllowedOrigins, ApiError, ConfigError, RawOptions, router};
use cors::BucketCors;
use store::DevStore;

/// The one bucket.
pub const BUCKET: &str = "uploads";
/// The one region.
pub const REGION: &str = "us-east-1";

/// Longest key here, in bytes: s3s-fs keeps metadata in a file whose name holds the key in Base64, and file systems
/// end at 255 bytes. The host's keys are cut to it; a longer key is answered `KeyTooLongError`.
const MAX_KEY_BYTES: usize = 128;

/// Where everything is.
#[derive(Debug, Clone)]
pub struct DevOptions {
    /// Folder of the objects (`data/uploads/KEY`); made when missing.
    pub data: PathBuf,
    /// Address the host listens on.
    pub host: SocketAddr,
    /// Address the store listens on.
    pub store: SocketAddr,
    /// Base URL signed into uploads instead of the store's own, for a proxy in front of it.
    pub endpoint: Option<String>,
    /// Most parts on a page of ListParts; S3 has 1000. A small number shows whether a client reads all pages.
    pub list_page: u16,
}

/// Two routers to serve on two ports.
#[derive(Debug)]
pub struct Dev {
    /// The signing routes and `/dev/objects`.
    pub host: Router,
    /// The S3 store.
    pub store: Router,
}

/// Why the development set-up cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DevError {
    /// The folder cannot be used.
    #[error("the data folder cannot be used: {0}")]
    Data(#[from] io::Error),
    /// The store refuses the folder.
    #[error("the data folder cannot be used: {0}")]
    Store(String),
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The endpoint is not a URL.
    #[error("the store's endpoint must be an http URL, for example http://127.0.0.1:9001")]
    Endpoint,
}

/// Makes the routers. Credentials are new each time; bucket, region and endpoint of `raw` are not looked at, its
/// other options (method, sizes, types, prefix, token, …) are. Without a token or a service that decides, anyone may sign.
///
/// # Errors
/// See [`DevError`].
pub fn start(raw: &RawOptions, options: DevOptions) -> Result<Dev, DevError> {
    let credentials = Credentials::new(format!("DEV{}", Uuid::new_v4().simple()), Uuid::new_v4().simple().to_string());
    start_with(raw, options, &credentials)
}

/// As [`start`], with credentials the caller knows, so that a test or another program can sign for itself.
///
/// # Errors
/// See [`DevError`].
pub fn start_with(raw: &RawOptions, options: DevOptions, credentials: &Credentials) -> Result<Dev, DevError> {
    std::fs::create_dir_all(options.data.join(BUCKET))?;
    let store = Arc::new(DevStore::open(&options.data, BUCKET, options.list_page.max(1)).map_err(DevError::Store)?);

    let endpoint = options.endpoint.unwrap_or_else(|| format!("http://{}", options.store));
    let endpoint = Url::parse(&endpoint).map_err(|_| DevError::Endpoint)?;
    let bucket = Bucket::new(endpoint, UrlStyle::Path, BUCKET, REGION).map_err(|_| DevError::Endpoint)?;

    let mut config = raw.validate_for(bucket, credentials.clone())?;
    config.max_key_bytes = MAX_KEY_BYTES;
    if config.prefix.len() > MAX_KEY_BYTES / 2 {
        let write = "the development store keeps keys short: at most 64 bytes";
        return Err(ConfigError::Invalid { name: "FILECHUTE_PREFIX", write }.into());
    }
    let origins = origins(&config.origins, options.host);
    if config.origins != AllowedOrigins::Any {
        config.origins = AllowedOrigins::Listed(origins.iter().filter_map(|o| o.parse().ok()).collect());
    }
    if config.public_url.is_none() {
        config.public_url = Url::parse(&format!("http://{}/dev/objects", options.host)).ok();
    }

    let cors = BucketCors::recommended(origins);
    let host = router(config).merge(objects::routes(Arc::clone(&store))).layer(middleware::from_fn(local_names_only));
    Ok(Dev { host, store: service::router(store, credentials, cors) })
}

/// The host's own origin under each of its names, and those that were allowed besides: perhaps every one, `*`.
fn origins(configured: &AllowedOrigins, host: SocketAddr) -> Vec<String> {
    let mut origins = vec![format!("http://{host}"), format!("http://localhost:{}", host.port())];
    match configured {
        AllowedOrigins::Listed(listed) => {
            origins.extend(listed.iter().filter_map(|origin| origin.to_str().ok()).map(str::to_owned));
        }
        AllowedOrigins::Any => origins.push("*".to_owned()),
    }
    origins
}

/// A middleware: a page elsewhere can make its own name resolve to 127.0.0.1 (DNS rebinding); it cannot change the Host
/// header.
pub async fn local_names_only(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |h| h.0);
    let local = name == "localhost"
        || name.ends_with(".localhost")
        || name.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if local {
        return next.run(request).await;
    }
    ApiError::denied("the development host answers to loopback names only").into_response()
}
