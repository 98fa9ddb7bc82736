//! What every route reads: the configuration, the store, and the seal on uploads.

use crate::config::Config;
use crate::s3::Store;
use crate::ticket::Tickets;

/// Shared by all routes; holds no upload, so that any number of instances can serve one.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) tickets: Tickets,
}

impl Host {
    pub(crate) fn new(config: Config) -> Self {
        let secret = config.seal.as_ref().map_or(config.credentials.secret(), |secret| &secret.0);
        Self { store: Store::new(&config), tickets: Tickets::new(secret), config }
    }
}
