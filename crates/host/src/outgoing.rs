//! One HTTP request of the host's own, to the store or to the forward-auth service: hyper's client over rustls, with a deadline, a cap on the answer, and no redirects.

use std::error::Error;
use std::time::Duration;

use axum::body::HttpBody;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::ring;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What came back, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// What came back first.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
}

/// Why nothing whole came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// No connection, or it ended too early.
    Connection,
    /// Nothing within the deadline.
    Timeout,
    /// More bytes than the operation's answers can have.
    TooLarge,
    /// The request cannot be written, which is a wrong setting.
    Request,
}

/// Limits of one request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) timeout: Duration,
    pub(crate) body_bytes: usize,
}

/// A pool of connections.
#[derive(Debug, Clone)]
pub(crate) struct Http(Option<Client<HttpsConnector<HttpConnector>, Full<Bytes>>>);

impl Http {
    /// Trusts the system's certificates, or Mozilla's where the system has none (bare containers).
    pub(crate) fn new(tls: bool) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        tcp.set_nodelay(true);
        let system = tls
            .then(|| HttpsConnectorBuilder::new().with_provider_and_native_roots(ring::default_provider()).ok())
            .flatten();
        let builder = match system {
            Some(builder) => Some(builder),
            None => HttpsConnectorBuilder::new().with_provider_and_webpki_roots(ring::default_provider()).ok(),
        };
        Self(builder.map(|builder| {
            let connector = builder.https_or_http().enable_http1().wrap_connector(tcp);
            Client::builder(TokioExecutor::new())
                .pool_idle_timeout(Duration::from_secs(20))
                .pool_timer(TokioTimer::new())
                .build(connector)
        }))
    }

    /// Sends one request and reads its answer to the end.
    pub(crate) async fn send(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
        limits: Limits,
    ) -> Result<Answer, Broken> {
        let exchange = async {
            let (parts, body) = self.begin(method, url, headers, body).await?.into_parts();
            let body = Limited::new(body, limits.body_bytes).collect().await.map_err(|error| {
                if error.is::<http_body_util::LengthLimitError>() { Broken::TooLarge } else { Broken::Connection }
            })?;
            Ok(Answer { status: parts.status, headers: parts.headers, body: body.to_bytes() })
        };
        tokio::time::timeout(limits.timeout, exchange).await.unwrap_or(Err(Broken::Timeout))
    }

    /// GETs an answer's head; its body is not waited for, whatever is in it.
    pub(crate) async fn head(&self, url: &str, headers: HeaderMap, timeout: Duration) -> Result<Head, Broken> {
        let answer = tokio::time::timeout(timeout, self.begin(Method::GET, url, headers, Bytes::new()));
        let (parts, _) = answer.await.unwrap_or(Err(Broken::Timeout))?.into_parts();
        Ok(Head { status: parts.status, headers: parts.headers })
    }

    async fn begin(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response<impl HttpBody<Data = Bytes, Error: Error + Send + Sync + 'static> + use<>>, Broken> {
        let client = self.0.as_ref().ok_or(Broken::Request)?;
        let mut request =
            Request::builder().method(method).uri(url).body(Full::new(body)).map_err(|_| Broken::Request)?;
        *request.headers_mut() = headers;
        client.request(request).await.map_err(|_| Broken::Connection)
    }
}

/// Headers out of texts.
pub(crate) fn headers(pairs: &[(String, String)]) -> Result<HeaderMap, Broken> {
    let mut headers = HeaderMap::with_capacity(pairs.len());
    for (name, value) in pairs {
        let name = HeaderName::try_from(name).map_err(|_| Broken::Request)?;
        headers.append(name, HeaderValue::try_from(value).map_err(|_| Broken::Request)?);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tls_is_there_and_the_unreachable_is_a_broken_connection() {
        let limits = Limits { timeout: Duration::from_secs(5), body_bytes: 10 };
        for (tls, url) in
            [(true, "https://127.0.0.1:1/"), (false, "http://127.0.0.1:1/"), (false, "https://127.0.0.1:1/")]
        {
            let http = Http::new(tls);
            assert!(http.0.is_some());
            let broken = http.send(Method::GET, url, HeaderMap::new(), Bytes::new(), limits).await.unwrap_err();
            assert_eq!(broken, Broken::Connection, "{url}");
        }
        let broken = Http::new(false).send(Method::GET, "not a url", HeaderMap::new(), Bytes::new(), limits).await;
        assert_eq!(broken.unwrap_err(), Broken::Request);
    }
}
