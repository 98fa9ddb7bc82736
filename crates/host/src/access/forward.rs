//! Forward auth: another service decides about each request. Whatever it does not say is a refusal.

use std::time::Duration;

use axum::extract::OriginalUri;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request};
use url::Url;

use super::unauthorized;
use crate::host::Host;
use crate::{ApiError, Caller, client};

/// How long the service may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A service that decides, as reverse proxies ask one.
///
/// Each request becomes a `GET` to `url` with the caller's `Authorization`, `Cookie` and `Origin`, and with
/// `X-Forwarded-Method`, `-Proto`, `-Host`, `-Uri` and `-For`. 2xx lets it pass, 401 stays 401, 5xx and no answer are 503,
/// any other answer is 403. Only the answer's head counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardAuth {
    /// Where to ask.
    pub url: Url,
    /// The header of its answer that names the user; uploads are then bound to them, and an answer that names nobody
    /// lets nobody pass.
    pub user_header: Option<HeaderName>,
}

/// Asks about one request.
pub(super) async fn ask(
    host: &Host,
    forward: &ForwardAuth,
    parts: &request::Parts,
) -> Result<Option<Caller>, ApiError> {
    let unavailable = || {
        let text = "whoever decides about uploads does not answer; try again later";
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "AuthUnavailable", text).retry_after(2)
    };
    let headers = question(host, parts)?;
    let answer = host.http.head(forward.url.as_str(), headers, TIMEOUT).await.map_err(|_| unavailable())?;
    match answer.status {
        status if status.is_success() => match &forward.user_header {
            None => Ok(None),
            Some(name) => caller(&answer.headers, name).map(Some),
        },
        // How to log in is the service's to say; where it says nothing, nothing is made up.
        StatusCode::UNAUTHORIZED => {
            let challenges = answer.headers.get_all(header::WWW_AUTHENTICATE).iter().cloned();
            Err(challenges.fold(unauthorized("log in first"), ApiError::challenge))
        }
        status if status.is_server_error() => Err(unavailable()),
        _ => Err(ApiError::denied("you may not upload here")),
    }
}

/// What the service is told. The caller's headers go on byte for byte, since any script of a site may have put other
/// letters than ASCII's into its cookies.
fn question(host: &Host, parts: &request::Parts) -> Result<HeaderMap, ApiError> {
    let unreadable = |_| ApiError::bad_request("this address cannot be passed on in a header");
    // Nested under a path, the router sees only what is behind it.
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    let uri = uri.path_and_query().map_or("/", |uri| uri.as_str());
    let mut headers = HeaderMap::new();
    for (name, value) in [("x-forwarded-method", parts.method.as_str()), ("x-forwarded-uri", uri)] {
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(unreadable)?;
        headers.insert(HeaderName::from_static(name), value);
    }
    for (from, to) in [
        (header::AUTHORIZATION, header::AUTHORIZATION),
        (header::COOKIE, header::COOKIE),
        (header::ORIGIN, header::ORIGIN),
        (header::HOST, HeaderName::from_static("x-forwarded-host")),
    ] {
        for value in parts.headers.get_all(from) {
            headers.append(to.clone(), value.clone());
        }
    }
    headers.insert(HeaderName::from_static("x-forwarded-proto"), protocol(parts, host.config.trusted_proxies));
    if let Some(address) = client::address(&parts.headers, &parts.extensions, host.config.trusted_proxies) {
        let value = HeaderValue::try_from(address.to_string()).map_err(unreadable)?;
        headers.insert(HeaderName::from_static("x-forwarded-for"), value);
    }
    Ok(headers)
}

/// What the visitor's browser speaks, which a proxy in front knows; this host itself speaks HTTP.
fn protocol(parts: &request::Parts, proxies: u8) -> HeaderValue {
    let said = parts.headers.get_all("x-forwarded-proto").iter().next_back().filter(|_| proxies > 0);
    let https = said.is_some_and(|said| said.as_bytes().eq_ignore_ascii_case(b"https"));
    HeaderValue::from_static(if https { "https" } else { "http" })
}

/// The one user that the answer names. Nobody, or two, is a refusal: those without a name would share their uploads.
fn caller(headers: &HeaderMap, name: &HeaderName) -> Result<Caller, ApiError> {
    let mut named = headers.get_all(name).iter().filter(|value| !value.is_empty());
    match (named.next(), named.next()) {
        (Some(user), None) => Ok(Caller(text(user))),
        _ => Err(ApiError::denied("whoever decides about uploads does not say who you are")),
    }
}

/// Every value its own text: UTF-8 as it is, anything else as Latin-1 behind a character that no header can hold.
fn text(value: &HeaderValue) -> String {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => std::iter::once('\u{1}').chain(value.as_bytes().iter().copied().map(char::from)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(values: &[&[u8]]) -> Result<String, u16> {
        let name = HeaderName::from_static("remote-user");
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(&name, HeaderValue::from_bytes(value).unwrap());
        }
        caller(&headers, &name).map(|caller| caller.0).map_err(|error| error.status().as_u16())
    }

    #[test]
    fn the_protocol_is_that_of_a_trusted_proxy() {
        let said = |values: &[&str], proxies| {
            let mut request = axum::http::Request::new(());
            for value in values {
                request.headers_mut().append("x-forwarded-proto", value.parse().unwrap());
            }
            protocol(&request.into_parts().0, proxies)
        };
        assert_eq!((said(&["https"], 0), said(&["https"], 1)), ("http".parse().unwrap(), "https".parse().unwrap()));
        assert_eq!((said(&[], 1), said(&["https", "http"], 1)), ("http".parse().unwrap(), "http".parse().unwrap()));
    }

    #[test]
    fn one_user_is_named_in_any_script_and_nobody_is_refused() {
        assert_eq!(named(&[b"ann"]), Ok("ann".into()));
        assert_eq!(named(&["Jürgen".as_bytes()]), Ok("Jürgen".into()));
        let latin = named(&[b"J\xfcrgen"]).unwrap();
        assert!(latin.ends_with("Jürgen") && latin != "Jürgen" && latin != named(&[b"Jos\xe9"]).unwrap());
        for nobody in [&[][..], &[&b""[..]], &[b"ann", b"bob"]] {
            assert_eq!(named(nobody), Err(403));
        }
    }
}
