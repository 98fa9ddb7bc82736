//! One client's connection, which a fault can end in ways that HTTP has no words for.

use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

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
pub(crate) struct Endings(mpsc::UnboundedSender<Ending>);

impl Endings {
    pub(crate) fn end(&self, ending: Ending) {
        // The receiver lives as long as the connection, which lives as long as whoever calls this.
        let _ = self.0.send(ending);
    }
}

pub(crate) async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    let Ok(peer) = Peer::of(&stream) else { return };
    let _ = stream.set_nodelay(true);
    let (endings, mut ended) = mpsc::unbounded_channel();
    let keep_alive = shared.options.keep_alive;
    let service = service_fn(move |request| apply::answer(shared.clone(), peer, Endings(endings.clone()), request));
    let mut connection = http1::Builder::new()
        .keep_alive(keep_alive)
        .preserve_header_case(true)
        .max_buf_size(CHUNK)
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), service);
    let ending = tokio::select! {
        biased;
        Some(ending) = ended.recv() => ending,
        _ = &mut connection => return,
    };
    if ending.flush {
        let _ = tokio::time::timeout(GRACE, &mut connection).await;
    }
    let stream = connection.into_parts().io.into_inner();
    if ending.how == How::Hold {
        peer::until_left(&stream, peer).await;
    }
    let _ = stream.set_zero_linger();
    // First the books, then the socket: the client may come back the moment it notices.
    drop(ending.in_flight);
}
