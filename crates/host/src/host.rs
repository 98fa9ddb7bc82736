//! What every route reads: the configuration, the store, and the seal on uploads.

use std::time::Duration;

use crate::access::Access;
use crate::config::{Config, MAX_EXPIRES};
use crate::outgoing::Http;
use crate::s3::Store;
use crate::ticket::Tickets;

/// Shared by all routes; holds no upload, so that any number of instances can serve one.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) tickets: Tickets,
    /// For the forward-auth service.
    pub(crate) http: Http,
}

impl Host {
    pub(crate) fn new(mut config: Config) -> Self {
        // An application may have changed it since it was checked, and S3 refuses what is signed for longer.
        config.expires = config.expires.clamp(Duration::from_secs(1), MAX_EXPIRES);
        let secret = config.seal.as_ref().map_or(config.credentials.secret(), |secret| &secret.0);
        let tls = matches!(&config.access, Access::Forward(forward) if forward.url.scheme() == "https");
        Self { http: Http::new(tls), store: Store::new(&config), tickets: Tickets::new(secret), config }
    }
}
