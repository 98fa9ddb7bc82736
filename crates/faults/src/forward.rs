//! The honest part: a request goes on to the server as it came, and its answer back.

use http::header::{CONNECTION, HOST, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderName, Request, Response, Uri};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::body::{BoxError, Boxed, Upload};
use crate::journal::Record;

/// The server behind the proxy.
#[derive(Debug)]
pub(crate) struct Upstream {
    client: Client<HttpConnector, Upload>,
    /// `http` and an authority, nothing else.
    to: Uri,
}

impl Upstream {
    /// None unless `to` is `http://host:port`, with at most a slash behind it.
    pub(crate) fn new(to: &str) -> Option<Self> {
        let to: Uri = to.parse().ok()?;
        let bare = matches!(to.path(), "" | "/") && to.query().is_none();
        if to.scheme_str() != Some("http") || to.authority()?.as_str().contains('@') || !bare {
            return None;
        }
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            // Shorter than any server's own idle timeout: a connection closed at the wrong moment would be a fault of ours.
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(std::time::Duration::from_secs(2))
            .http1_preserve_header_case(true)
            .build(connector);
        Some(Self { client, to })
    }

    /// Sends the request on and waits for the head of the answer.
    pub(crate) async fn send(
        &self,
        request: Request<Incoming>,
        record: &std::sync::Arc<Record>,
        bytes_per_second: Option<u64>,
    ) -> Result<Response<Boxed>, BoxError> {
        let (mut parts, body) = request.into_parts();
        let mut uri = self.to.clone().into_parts();
        uri.path_and_query = parts.uri.path_and_query().cloned();
        parts.uri = Uri::from_parts(uri)?;
        parts.version = http::Version::HTTP_11;
        hop_by_hop(&mut parts.headers);
        if !parts.headers.contains_key(HOST) {
            return Err("the request has no host header".into());
        }
        let body = Upload::new(body, record.clone(), bytes_per_second);
        let (mut parts, body) = self.client.request(Request::from_parts(parts, body)).await?.into_parts();
        hop_by_hop(&mut parts.headers);
        parts.headers.remove(TRANSFER_ENCODING);
        record.upstream(parts.status.as_u16());
        Ok(Response::from_parts(parts, body.map_err(Into::into).boxed_unsync()))
    }
}

/// Takes away what concerns one connection only.
fn hop_by_hop(headers: &mut HeaderMap) {
    for name in
        [CONNECTION, UPGRADE, HeaderName::from_static("keep-alive"), HeaderName::from_static("proxy-connection")]
    {
        headers.remove(name);
    }
}
