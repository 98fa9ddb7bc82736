//! The listener and what all connections share.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Rules;
use crate::connection;
use crate::forward::Upstream;
use crate::journal::Journal;

/// How the proxy behaves, apart from its rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProxyOptions {
    /// Lets clients send several requests over one connection.
    ///
    /// Off, because browsers silently repeat a request whose reused connection breaks before the answer: a single reset
    /// would be healed before the page sees it, depending on what went over that connection earlier.
    pub keep_alive: bool,
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: ProxyOptions,
    pub(crate) upstream: Upstream,
    pub(crate) journal: Arc<Journal>,
    /// A new value cuts all connections.
    pub(crate) cuts: watch::Sender<()>,
    /// Whether the control API is served.
    pub(crate) open: bool,
    rules: Mutex<Rules>,
}

impl Shared {
    pub(crate) fn rules(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The reverse proxy.
#[derive(Debug)]
pub struct Proxy {
    listener: TcpListener,
    shared: Arc<Shared>,
}

/// The rules and connections of a proxy in this process.
#[derive(Debug, Clone)]
pub struct Control(Arc<Shared>);

impl Control {
    /// The rules in force, each with `used`, as JSON.
    pub fn rules(&self) -> serde_json::Value {
        self.0.rules().to_json()
    }

    /// Replaces all rules by those of a JSON text, and gives them as [`Control::rules`] does.
    ///
    /// # Errors
    /// What is wrong with the text; the rules before stay in force.
    pub fn set_rules(&self, json: &[u8]) -> Result<serde_json::Value, String> {
        let rules = Rules::from_json(json)?;
        let written = rules.to_json();
        *self.0.rules() = rules;
        Ok(written)
    }

    /// Removes all rules.
    pub fn clear(&self) {
        *self.0.rules() = Rules::default();
    }

    /// Resets every connection there is, whatever its request was promised.
    pub fn cut(&self) {
        self.0.cuts.send_replace(());
    }
}

/// Why a proxy did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// It breaks things on anybody's word, so it serves this machine only.
    #[error("{0} is not a loopback address")]
    NotLoopback(SocketAddr),
    /// The server to forward to must be a bare origin.
    #[error("{0:?} is not of the form http://host:port")]
    Target(String),
    /// The address is taken, or not ours.
    #[error("cannot listen: {0}")]
    Io(#[from] std::io::Error),
}

impl Proxy {
    /// Listens with the default options; see [`Proxy::bind_with`].
    ///
    /// # Errors
    /// See [`BindError`].
    pub async fn bind(
        listen: SocketAddr,
        to: &str,
    ) -> Result<(SocketAddr, impl Future<Output = ()> + Send + use<>), BindError> {
        Self::bind_with(listen, to, ProxyOptions::default()).await
    }

    /// Listens on a loopback address (port 0: any free one) in front of `to` (`http://host:port`).
    ///
    /// Gives the real address, and the proxy as a future: it works while polled and never ends; dropping it closes all
    /// connections. Rules are set over HTTP, see the README.
    ///
    /// # Errors
    /// See [`BindError`].
    pub async fn bind_with(
        listen: SocketAddr,
        to: &str,
        options: ProxyOptions,
    ) -> Result<(SocketAddr, impl Future<Output = ()> + Send + use<>), BindError> {
        let proxy = Self::listen(listen, to, options, true).await?;
        Ok((proxy.listener.local_addr()?, proxy.run()))
    }

    /// As [`Proxy::bind_with`], without the control API: what it does over HTTP, for any page in the browser, is done by the
    /// [`Control`] alone. Requests for `/__faults` are the server's like all others.
    ///
    /// # Errors
    /// See [`BindError`].
    pub async fn bind_closed(
        listen: SocketAddr,
        to: &str,
        options: ProxyOptions,
    ) -> Result<(SocketAddr, Control, impl Future<Output = ()> + Send + use<>), BindError> {
        let proxy = Self::listen(listen, to, options, false).await?;
        Ok((proxy.listener.local_addr()?, Control(Arc::clone(&proxy.shared)), proxy.run()))
    }

    async fn listen(listen: SocketAddr, to: &str, options: ProxyOptions, open: bool) -> Result<Self, BindError> {
        if !listen.ip().is_loopback() {
            return Err(BindError::NotLoopback(listen));
        }
        let upstream = Upstream::new(to).ok_or_else(|| BindError::Target(to.to_owned()))?;
        let listener = TcpListener::bind(listen).await?;
        let shared = Shared {
            options,
            upstream,
            journal: Arc::new(Journal::new()),
            cuts: watch::Sender::default(),
            open,
            rules: Mutex::default(),
        };
        Ok(Self { listener, shared: Arc::new(shared) })
    }

    async fn run(self) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(connection::serve(self.shared.clone(), stream));
                    }
                    // Out of file descriptors, or a client gone again: neither is worth stopping for.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }
}
