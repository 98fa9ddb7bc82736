//! One client's connection, which a fault can end in ways that HTTP has no words for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};

use crate::apply;
use crate::journal::InFlight;
use crate::peer::{self, Peer};
use crate::proxy::Shared;

/// Time for the client to read what came before a reset, which may otherwise overtake it.
const GRACE: Duration = Duration::from_millis(50);
/// Bounds what "after that many bytes" can be wrong by: hyper reads up to twice this at once.
const CHUNK: usize = 65_536;

/// How a connection ends.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) how: How,
    /// Whether something was written that has to arrive first.
    pub(crate) flush: bool,
    pub(crate) in_flight: InFlight,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// A TCP reset.
    Reset,
    /// Not read from, not written to, not closed, until the client leaves.
    Hold,
}

/// Where a request orders the end of its connection.
#[derive(Debug, Clone)]
pub(crate) struct Endings {
    ordered: mpsc::UnboundedSender<Ending>,
    spared: Arc<AtomicBool>,
}

impl Endings {
    pub(crate) fn end(&self, ending: Ending) {
        // The receiver lives as long as the connection, which lives as long as whoever calls this.
        let _ = self.ordered.send(ending);
    }

    /// Keeps this connection when all are cut: it carries the very request for that.
    pub(crate) fn spare(&self) {
        self.spared.store(true, Ordering::Relaxed);
    }
}

/// Resolves when all connections are cut, unless this one is spared.
async fn cut(mut cuts: watch::Receiver<()>, spared: &AtomicBool) {
    while cuts.changed().await.is_ok() {
        if !spared.load(Ordering::Relaxed) {
            return;
        }
    }
    std::future::pending().await
}

pub(crate) async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    let Ok(peer) = Peer::of(&stream) else { return };
    let _ = stream.set_nodelay(true);
    let (ordered, mut ended) = mpsc::unbounded_channel();
    let endings = Endings { ordered, spared: Arc::default() };
    let spared = endings.spared.clone();
    let mut cut = std::pin::pin!(cut(shared.cuts.subscribe(), &spared));
    let keep_alive = shared.options.keep_alive;
    let service = service_fn(move |request| apply::answer(shared.clone(), peer, endings.clone(), request));
    let mut connection = http1::Builder::new()
        .keep_alive(keep_alive)
        .preserve_header_case(true)
        .max_buf_size(CHUNK)
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), service);
    let ending = tokio::select! {
        biased;
        Some(ending) = ended.recv() => Some(ending),
        () = &mut cut => None,
        _ = &mut connection => return,
    };
    if ending.as_ref().is_some_and(|ending| ending.flush) {
        let _ = tokio::time::timeout(GRACE, &mut connection).await;
    }
    // Whatever was being answered ends here, with its entry in the books.
    let stream = connection.into_parts().io.into_inner();
    if ending.as_ref().is_some_and(|ending| ending.how == How::Hold) {
        tokio::select! {
            () = peer::until_left(&stream, peer) => {}
            () = &mut cut => {}
        }
    }
    let _ = stream.set_zero_linger();
    // First the books, then the socket: the client may come back the moment it notices.
    drop(ending.map(|ending| ending.in_flight));
}
