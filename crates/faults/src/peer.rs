//! Whether the client is still there, asked without reading from its socket.
//!
//! A client that gives up while the proxy refuses to read cannot say so: its FIN waits behind bytes that nobody takes. But it
//! runs on the same machine, so the kernel's table knows. Elsewhere than on Linux only what the socket itself shows counts.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::Interest;
use tokio::net::TcpStream;

const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The two ends of a client's connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
}

impl Peer {
    pub(crate) fn of(stream: &TcpStream) -> std::io::Result<Self> {
        Ok(Self { local: stream.local_addr()?, remote: stream.peer_addr()? })
    }

    /// Whether the client closed its end for certain.
    pub(crate) fn has_left(self) -> bool {
        // Twice, because the table can skip a line while others come and go.
        table::open(self) == Some(false) && table::open(self) == Some(false)
    }

    /// Waits until the client closed its end.
    pub(crate) async fn left(self) {
        while !self.has_left() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// Waits until the client closed this connection, and leaves unread what it sent.
pub(crate) async fn until_left(stream: &TcpStream, peer: Peer) {
    while !peer.has_left() {
        let ready = stream.ready(Interest::READABLE | Interest::WRITABLE);
        if let Ok(Ok(ready)) = tokio::time::timeout(LOOK_EVERY, ready).await {
            if ready.is_read_closed() {
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

#[cfg(target_os = "linux")]
mod table {
    use super::*;

    const ESTABLISHED: &str = "01";
    /// We closed our end, the client has not yet.
    const CLOSE_WAIT: &str = "08";

    /// Whether the client's socket is open; none if that cannot be known.
    pub(super) fn open(peer: Peer) -> Option<bool> {
        let file = if peer.local.is_ipv4() { "/proc/net/tcp" } else { "/proc/net/tcp6" };
        let table = std::fs::read_to_string(file).ok()?;
        let (from, to) = (written(peer.remote), written(peer.local));
        let mut lines = table.lines().map(str::split_ascii_whitespace);
        Some(lines.any(|mut columns| {
            columns.nth(1) == Some(&from)
                && columns.next() == Some(&to)
                && matches!(columns.next(), Some(ESTABLISHED | CLOSE_WAIT))
        }))
    }

    /// As the kernel prints it: 32-bit words in the machine's own byte order.
    fn written(address: SocketAddr) -> String {
        let octets = match address {
            SocketAddr::V4(v4) => v4.ip().octets().to_vec(),
            SocketAddr::V6(v6) => v6.ip().octets().to_vec(),
        };
        let words = octets.as_chunks::<4>().0.iter().map(|word| format!("{:08X}", u32::from_ne_bytes(*word)));
        format!("{}:{:04X}", words.collect::<String>(), address.port())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_client_that_closes_is_seen_although_nobody_reads() {
            for any in ["127.0.0.1:0", "[::1]:0"] {
                let Ok(listener) = std::net::TcpListener::bind(any) else { continue };
                let client = std::net::TcpStream::connect(listener.local_addr().expect("bound")).expect("listening");
                let (server, remote) = listener.accept().expect("connected");
                let peer = Peer { local: server.local_addr().expect("connected"), remote };
                assert_eq!(open(peer), Some(true));
                // More than the receiver takes: the FIN stays behind.
                client.set_nonblocking(true).expect("a socket");
                while std::io::Write::write(&mut &client, &[0; 65_536]).is_ok() {}
                assert!(!peer.has_left());
                drop(client);
                assert!(peer.has_left());
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod table {
    pub(super) const fn open(_: super::Peer) -> Option<bool> {
        None
    }
}
