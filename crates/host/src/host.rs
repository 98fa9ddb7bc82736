//! What every route reads: the configuration, the store, and the seal on uploads.

use crate::access::Access;
use crate::config::Config;
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
    pub(crate) fn new(config: Config) -> Self {
        let secret = config.seal.as_ref().map_or(config.credentials.secret(), |secret| &secret.0);
        let tls = matches!(&config.access, Access::Forward(forward) if forward.url.scheme() == "https");
        Self { http: Http::new(tls), store: Store::new(&config), tickets: Tickets::new(secret), config }
    }
}
