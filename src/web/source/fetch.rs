//! One `fetch` with everything that a hostile or broken server can do to it bounded: size, redirects, headers that HTTP
//! does not allow.
//!
//! Through web-sys and not through gloo-net: that panics when a page's own wrapper around `fetch` rejects with something
//! that is no `Error`, and a panic here would end every uploader of the page.

use filechute_engine::{Class, Failure, Kind, visible};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Headers, ReadableStreamDefaultReader, ReferrerPolicy, RequestCredentials, RequestInit,
    RequestRedirect, Response,
};

use crate::web::{page::get, transfer::retry_after_ms};

/// A request.
pub(super) struct Call<'a> {
    pub(super) method: &'static str,
    pub(super) url: &'a str,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<String>,
    pub(super) credentials: RequestCredentials,
    pub(super) signal: &'a AbortSignal,
    /// Longest answer taken, in bytes.
    pub(super) at_most: usize,
    /// Whether it should live on when the page goes away.
    pub(super) keepalive: bool,
}

/// An answer, with whatever status.
pub(super) struct Heard {
    pub(super) status: u16,
    pub(super) ok: bool,
    pub(super) text: String,
    pub(super) retry_after_ms: u64,
}

/// What went wrong before there was an answer.
pub(super) enum Deaf {
    /// A header that HTTP does not allow.
    Header(Failure),
    Unreachable,
    BrokeOff,
    TooLong,
}

pub(super) async fn call(call: Call<'_>) -> Result<Heard, Deaf> {
    let init = RequestInit::new();
    init.set_method(call.method);
    init.set_signal(Some(call.signal));
    init.set_redirect(RequestRedirect::Error);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_credentials(call.credentials);
    if let Some(body) = &call.body {
        init.set_body(&JsValue::from_str(body));
    }
    if call.keepalive {
        let _ = js_sys::Reflect::set(&init, &"keepalive".into(), &JsValue::TRUE);
    }
    let bag = Headers::new().map_err(|_| Deaf::Unreachable)?;
    for (name, value) in &call.headers {
        if bag.set(name, value).is_err() {
            let message = "headers holds a name or value that HTTP does not allow";
            return Err(Deaf::Header(Failure::bad_parameters(&["header.", &visible(name)].concat(), message)));
        }
    }
    init.set_headers(bag.as_ref());
    let global = JsValue::from(js_sys::global());
    let fetch = get(&global, "fetch").dyn_into::<js_sys::Function>().map_err(|_| Deaf::Unreachable)?;
    let url = JsValue::from_str(call.url);
    let promise = fetch.call2(&global, &url, init.as_ref()).map_err(|_| Deaf::Unreachable)?;
    let response = JsFuture::from(js_sys::Promise::resolve(&promise)).await.map_err(|_| Deaf::Unreachable)?;
    let response: Response = response.dyn_into().map_err(|_| Deaf::Unreachable)?;
    let header = |name| response.headers().get(name).ok().flatten().unwrap_or_default();
    let retry_after_ms = retry_after_ms(&header("retry-after"), &header("date"));
    let text = read_text(&response, call.at_most).await?;
    Ok(Heard { status: response.status(), ok: response.ok(), text, retry_after_ms })
}

/// An endless answer is cut off by dropping its stream.
async fn read_text(response: &Response, at_most: usize) -> Result<String, Deaf> {
    let Some(stream) = response.body() else { return Ok(String::new()) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into().map_err(|_| Deaf::BrokeOff)?;
    let mut bytes = Vec::new();
    loop {
        let chunk = JsFuture::from(reader.read()).await.map_err(|_| Deaf::BrokeOff)?;
        if get(&chunk, "done").is_truthy() {
            break;
        }
        let Ok(part) = get(&chunk, "value").dyn_into::<js_sys::Uint8Array>() else { return Err(Deaf::BrokeOff) };
        if bytes.len() + part.length() as usize > at_most {
            // The promise of a cancel is of no interest; a rejection of it must not surface either.
            let _ = JsFuture::from(reader.cancel()).await;
            return Err(Deaf::TooLong);
        }
        bytes.extend(part.to_vec());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

impl Deaf {
    /// For a server that hands out parameters.
    pub(super) fn of_the_host(self) -> Failure {
        let unavailable = |message| Failure::new(Kind::Sign, "unavailable", Class::Retry, message);
        match self {
            Self::Header(failure) => failure,
            Self::Unreachable => {
                unavailable("the host could not be reached: is it up, and does its CORS rule allow this page?")
            }
            Self::BrokeOff => unavailable("the host's answer broke off"),
            Self::TooLong => Failure::new(
                Kind::Sign,
                "invalid_response",
                Class::Retry,
                "the host's answer is longer than any of its kind",
            ),
        }
    }

    /// For the store itself.
    pub(super) fn of_the_store(self) -> Failure {
        match self {
            Self::Header(failure) => failure,
            Self::TooLong => Failure::new(
                Kind::S3,
                "AnswerTooLarge",
                Class::Final,
                "the storage's answer is longer than any of its kind",
            ),
            Self::Unreachable | Self::BrokeOff => {
                let message = "the connection was lost, or the browser blocked the request";
                Failure::new(Kind::Network, "error", Class::Retry, message)
            }
        }
    }
}
