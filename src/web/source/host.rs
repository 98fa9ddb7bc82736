//! A Companion-compatible server, asked at `GET {root}/s3/params`.
//!
//! `fetch` through web-sys and not through gloo-net: that panics when a page's own wrapper around `fetch` rejects with
//! something that is no `Error`, and a panic here would end every uploader of the page.

use std::{future::Future, sync::Arc};

use filechute_engine::{Class, Failure, Kind, RawParameters, UploadFile, percent_encode, quote, visible};
use futures::future::{FutureExt, LocalBoxFuture};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Headers, ReadableStreamDefaultReader, ReferrerPolicy, RequestCredentials, RequestInit,
    RequestRedirect, Response,
};

use super::{AskRequest, Parameters, parameters_from_js};
use crate::web::page::get;

/// Longest answer read, in bytes.
const MAX_ANSWER: usize = 1 << 20;

type HeaderSource = Arc<dyn Fn() -> LocalBoxFuture<'static, Result<Vec<(String, String)>, Failure>> + Send + Sync>;

/// Which cookies go to the host (the Fetch standard's credentials mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Credentials {
    /// None.
    Omit,
    /// Only when the host has the page's own origin.
    #[default]
    SameOrigin,
    /// Always; the host must allow it by CORS.
    Include,
}

/// A Companion-compatible server. Turn it into [`Parameters`] with `.into()`.
#[derive(Clone)]
pub struct Host {
    root: String,
    headers: Option<HeaderSource>,
    credentials: Credentials,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("root", &self.root).field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

impl Host {
    /// The server whose routes begin at `root`, an absolute or relative URL, with or without its last slash.
    #[must_use]
    pub fn new(root: &str) -> Self {
        Self { root: root.trim().trim_end_matches('/').to_owned(), headers: None, credentials: Credentials::default() }
    }

    /// Request headers, asked for before each call: a bearer token can be renewed here.
    #[must_use]
    pub fn headers<F, Fut>(mut self, headers: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Vec<(String, String)>, Failure>> + 'static,
    {
        self.headers = Some(Arc::new(move || headers().boxed_local()));
        self
    }

    /// Which cookies are sent.
    #[must_use]
    pub const fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    async fn parameters(self, request: AskRequest) -> Result<RawParameters, Failure> {
        let url = params_url(&self.root, &request.file);
        let headers = match &self.headers {
            Some(headers) => headers().await?,
            None => Vec::new(),
        };
        let response = self.fetch(&url, headers, &request.signal).await?;
        let status = response.status();
        let text = read_text(&response).await?;
        let json = js_sys::JSON::parse(&text).ok().filter(JsValue::is_object);
        if !response.ok() {
            return Err(refused(status, json.as_ref(), &response));
        }
        let Some(json) = json else {
            let message = if text.trim_start().starts_with('<') {
                "the host answered with a web page, not JSON: a login redirect, or a development server's fallback"
            } else {
                "the host's answer is no JSON object"
            };
            return Err(invalid(message).with_status(status));
        };
        // Some hosts say no with status 200 and an error inside.
        if get(&json, "error").is_truthy() {
            let text = said(&json).unwrap_or_else(|| "the host refused the upload".into());
            return Err(Failure::new(Kind::Sign, "rejected", Class::Final, &text).with_status(status));
        }
        parameters_from_js(&json)
    }

    async fn fetch(
        &self,
        url: &str,
        headers: Vec<(String, String)>,
        signal: &AbortSignal,
    ) -> Result<Response, Failure> {
        let init = RequestInit::new();
        init.set_method("GET");
        init.set_signal(Some(signal));
        init.set_redirect(RequestRedirect::Error);
        init.set_referrer_policy(ReferrerPolicy::NoReferrer);
        init.set_credentials(match self.credentials {
            Credentials::Omit => RequestCredentials::Omit,
            Credentials::SameOrigin => RequestCredentials::SameOrigin,
            Credentials::Include => RequestCredentials::Include,
        });
        let bag = Headers::new().map_err(|_| invalid("this browser has no Headers"))?;
        let accept = [("accept".to_owned(), "application/json".to_owned())];
        for (name, value) in accept.into_iter().chain(headers) {
            if bag.set(&name, &value).is_err() {
                let message = "headers holds a name or value that HTTP does not allow";
                return Err(Failure::bad_parameters(&format!("header.{}", visible(&name)), message));
            }
        }
        init.set_headers(bag.as_ref());
        let unreachable = || {
            let message = "the host could not be reached: is it up, and does its CORS rule allow this page?";
            Failure::new(Kind::Sign, "unavailable", Class::Retry, message)
        };
        let global = JsValue::from(js_sys::global());
        let fetch = get(&global, "fetch").dyn_into::<js_sys::Function>().map_err(|_| unreachable())?;
        let promise = fetch.call2(&global, &JsValue::from_str(url), init.as_ref()).map_err(|_| unreachable())?;
        let response = JsFuture::from(js_sys::Promise::resolve(&promise)).await.map_err(|_| unreachable())?;
        response.dyn_into().map_err(|_| unreachable())
    }
}

impl From<Host> for Parameters {
    fn from(host: Host) -> Self {
        Self::callback(move |request| host.clone().parameters(request))
    }
}

fn params_url(root: &str, file: &UploadFile) -> String {
    let (name, mime) = (percent_encode(&file.name), percent_encode(&file.mime));
    // The size is our addition: Companion ignores it, filechute-host signs it.
    let mut url = format!("{root}/s3/params?filename={name}&type={mime}&size={}", file.size);
    for (name, value) in file.meta.iter() {
        url.push_str(&format!("&metadata[{}]={}", percent_encode(name), percent_encode(value)));
    }
    url
}

/// Reads at most 1 MiB; an endless answer is cut off by dropping its stream.
async fn read_text(response: &Response) -> Result<String, Failure> {
    let broken = || Failure::new(Kind::Sign, "unavailable", Class::Retry, "the host's answer broke off");
    let Some(stream) = response.body() else { return Ok(String::new()) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into().map_err(|_| broken())?;
    let mut bytes = Vec::new();
    loop {
        let chunk = JsFuture::from(reader.read()).await.map_err(|_| broken())?;
        if get(&chunk, "done").is_truthy() {
            break;
        }
        let Ok(part) = get(&chunk, "value").dyn_into::<js_sys::Uint8Array>() else { return Err(broken()) };
        if bytes.len() + part.length() as usize > MAX_ANSWER {
            // The promise of a cancel is of no interest; a rejection of it must not surface either.
            let _ = JsFuture::from(reader.cancel()).await;
            return Err(invalid("the host's answer is over 1 MiB"));
        }
        bytes.extend(part.to_vec());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn invalid(message: &str) -> Failure {
    Failure::new(Kind::Sign, "invalid_response", Class::Retry, message)
}

/// The host's own words: `{error: string}`, or `{message, error?: object}` as Companion's outer app answers.
fn said(json: &JsValue) -> Option<String> {
    let text = get(json, "error").as_string().or_else(|| get(json, "message").as_string())?;
    let said = quote(&text);
    (!said.is_empty()).then_some(said)
}

fn refused(status: u16, json: Option<&JsValue>, response: &Response) -> Failure {
    let (code, class) = match status {
        // Once more with fresh headers, then final.
        401 => ("denied", Class::Resign),
        403 => ("denied", Class::Final),
        429 => ("unavailable", Class::Slow),
        408 | 425 => ("unavailable", Class::Retry),
        500.. => ("unavailable", Class::Retry),
        _ => ("rejected", Class::Final),
    };
    let said = json.and_then(said);
    // The person reads a host's own words; ours about its status are for the developer.
    let code = if code == "rejected" && said.is_none() { "refused" } else { code };
    let text = said.unwrap_or_else(|| match status {
        404 => "the host has no route /s3/params at this root".into(),
        _ => format!("the host answered with status {status}"),
    });
    let mut failure = Failure::new(Kind::Sign, code, class, &text).with_status(status);
    let header = |name| response.headers().get(name).ok().flatten().unwrap_or_default();
    failure.retry_after_ms = super::super::transfer::retry_after_ms(&header("retry-after"), &header("date"));
    failure
}
