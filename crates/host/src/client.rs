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
    forwarded.and_then(|entry| entry.parse().ok()).or(peer).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

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
