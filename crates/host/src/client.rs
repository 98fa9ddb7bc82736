//! Who is at the other end of the connection.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};

/// The caller's address: the peer's, or what the outermost trusted proxy says.
///
/// `X-Forwarded-For` grows to the right, so with `proxies` trusted ones the entry that far from the end is the last that
/// nobody could make up. `None` under a server that tells no peer (`axum::serve` without connect info).
pub(crate) fn address(headers: &HeaderMap, extensions: &Extensions, proxies: u8) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let entries = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let entries: Vec<_> = entries.flat_map(|value| value.split(',')).map(str::trim).collect();
    let forwarded = (proxies > 0).then(|| entries.iter().rev().nth(usize::from(proxies) - 1)).flatten();
    forwarded.and_then(|entry| read(entry)).or(peer).map(|address: IpAddr| address.to_canonical())
}

/// An address, with a port (Azure, IIS) or in brackets, too: read as nobody's it would count as the proxy, and one visitor
/// would use up what all have.
fn read(entry: &str) -> Option<IpAddr> {
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    bare.parse().ok().or_else(|| entry.parse().ok().map(|address: SocketAddr| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_may_have_a_port_or_brackets() {
        for (entry, address) in [
            ("10.0.0.1", "10.0.0.1"),
            ("10.0.0.1:4711", "10.0.0.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[::ffff:10.0.0.1]:1", "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            headers.append("x-forwarded-for", entry.parse().unwrap());
            assert_eq!(super::address(&headers, &Extensions::new(), 1).unwrap().to_string(), address, "{entry}");
        }
        for bad in ["", "unknown", "10.0.0.1:", "10.0.0.1:99999", "[10.0.0.1", "[2001:db8::1]x"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_what_trusted_proxies_wrote_counts() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "6.6.6.6, 1.1.1.1".parse().unwrap());
        headers.append("x-forwarded-for", "2.2.2.2".parse().unwrap());
        let mut extensions = Extensions::new();
        assert_eq!(address(&headers, &extensions, 0), None);
        extensions.insert(ConnectInfo(SocketAddr::from(([9, 9, 9, 9], 1))));
        let at = |proxies| address(&headers, &extensions, proxies).unwrap().to_string();
        assert_eq!(
            (at(0), at(1), at(2), at(9)),
            ("9.9.9.9".into(), "2.2.2.2".into(), "1.1.1.1".into(), "9.9.9.9".into())
        );
    }
}
