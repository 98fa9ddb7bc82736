//! A Companion-compatible server, asked at `GET {root}/s3/params` and below `{root}/s3/multipart`.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU8, Ordering},
};

use filechute_engine::{
    Algorithm, Ask, Class, Digest, Failure, Kind, Part, PartReceipt, RawParameters, Remote, UploadFile, decimal,
    percent_encode, quote, refusal_of,
};
use futures::future::{FutureExt, LocalBoxFuture};
use wasm_bindgen::JsValue;
use web_sys::RequestCredentials;

use super::{
    AskRequest, Parameters, Reply,
    answer::{batch_from_js, completed_from_js, created_from_js, listed_from_js, parameters_from_js},
    fetch::{Call, Deaf, Heard, call as call_it},
};
use crate::web::page::{get, resolve};

/// Longest answer read, in bytes; four times that for a list of parts.
const MAX_ANSWER: usize = 1 << 20;
/// Parts whose addresses are asked for at once.
const SIGN_AHEAD: u32 = 4;

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
    learned: Arc<Learned>,
}

/// What the host was seen to do; nothing where it is not known yet.
#[derive(Debug, Default)]
struct Learned {
    /// Its root as it was resolved at first: a page may change its own address.
    root: OnceLock<Option<String>>,
    /// Signs several parts at once.
    batch: Seen,
    /// Signs checksums.
    digests: Seen,
}

/// Yes, no, or nobody knows.
#[derive(Debug, Default)]
struct Seen(AtomicU8);

impl Seen {
    fn get(&self) -> Option<bool> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            seen => Some(seen == 1),
        }
    }

    fn set(&self, yes: bool) {
        self.0.store(if yes { 1 } else { 2 }, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("root", &self.root).field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

impl Host {
    /// The server whose routes begin at `root`, an http(s) URL, absolute or relative to the page, with or without its last
    /// slash. With one that has a query, a fragment or credentials every upload fails as `config.host`.
    #[must_use]
    pub fn new(root: &str) -> Self {
        Self {
            root: root.trim().trim_end_matches('/').to_owned(),
            headers: None,
            credentials: Credentials::default(),
            learned: Arc::default(),
        }
    }

    /// Request headers, asked for before each call: a bearer token can be renewed here.
    ///
    /// ```
    /// use filechute::{Credentials, Host};
    ///
    /// # async fn token() -> Result<String, String> { Ok(String::new()) }
    /// let host = Host::new("https://uploads.example.com").credentials(Credentials::Include).headers(async || {
    ///     Ok(vec![("authorization".to_owned(), format!("Bearer {}", token().await?))])
    /// });
    /// ```
    #[must_use]
    pub fn headers<F>(mut self, headers: F) -> Self
    where
        F: AsyncFn() -> Result<Vec<(String, String)>, Failure> + Send + Sync + 'static,
    {
        let headers = Arc::new(headers);
        self.headers = Some(Arc::new(move || {
            let headers = Arc::clone(&headers);
            async move { headers().await }.boxed_local()
        }));
        self
    }

    /// Which cookies are sent.
    #[must_use]
    pub const fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    async fn ask(self, request: AskRequest) -> Result<Reply, Failure> {
        let file = &request.file;
        match &request.ask {
            Ask::Create => {
                let body = self.create_body(&request);
                let answer = self.call("POST", "/s3/multipart", Some(body), &request).await?;
                created_from_js(&answer).map(Reply::Created)
            }
            Ask::Sign { remote, parts } => self.sign(remote, parts, &request).await.map(Reply::Signed),
            Ask::List { remote } => {
                let answer = self.call("GET", &upload_path(remote, "", ""), None, &request).await?;
                listed_from_js(&answer).map(Reply::Listed)
            }
            Ask::Complete { remote, parts, size, checksum } => {
                let body = complete_body(remote, parts, *size, checksum);
                let path = if remote.upload_id.is_empty() {
                    // Whether the object is there whose answer was lost.
                    ["/s3/confirm?key=", &percent_encode(&remote.key)].concat()
                } else {
                    upload_path(remote, "/complete", "")
                };
                let answer = self.call("POST", &path, Some(body), &request).await?;
                Ok(Reply::Completed(completed_from_js(&answer, remote.checksum)))
            }
            Ask::Abort { remote } => {
                self.call("DELETE", &upload_path(remote, "", ""), None, &request).await?;
                Ok(Reply::Aborted)
            }
            _ => {
                let mut path = params_path(file);
                let digest =
                    if self.learned.digests.get() == Some(false) { None } else { request.checksum(None).await? };
                let announced = digest.filter(|digest| digest.algorithm() != Algorithm::Md5);
                if let Some(digest) = &announced {
                    path.push_str(&["&", digest.algorithm().header(), "=", &percent_encode(&digest.base64())].concat());
                }
                let answer = self.call("GET", &path, None, &request).await?;
                let parameters = parameters_from_js(&answer)?;
                self.learn(&parameters, announced.as_ref());
                Ok(Reply::Parameters(parameters))
            }
        }
    }

    /// A host that signs no checksum is not worth reading the next file twice for.
    fn learn(&self, parameters: &RawParameters, digest: Option<&Digest>) {
        let Some(digest) = digest else { return };
        let pairs = parameters.headers.iter().chain(parameters.fields.iter().flatten());
        let signs = pairs.map(|(name, _)| name).any(|name| name.eq_ignore_ascii_case(digest.algorithm().header()));
        self.learned.digests.set(signs);
    }

    /// Companion's own members, and what only our host reads.
    fn create_body(&self, request: &AskRequest) -> String {
        let file = &request.file;
        let meta = object(file.meta.iter().map(|(name, value)| (name, value.into())));
        let mut members = vec![
            ("filename", name_of(file).into()),
            // Companion insists on a type.
            ("type", if file.mime.is_empty() { "application/octet-stream".into() } else { file.mime.as_str().into() }),
            ("metadata", meta),
            ("size", number(file.size)),
        ];
        if let Some(algorithm) = request.algorithm().filter(|algorithm| *algorithm != Algorithm::Md5) {
            members.push(("checksum", algorithm.name().into()));
        }
        json(&object(members))
    }

    /// Addresses of parts: several at once where the host can.
    async fn sign(
        &self,
        remote: &Remote,
        parts: &[Part],
        request: &AskRequest,
    ) -> Result<Vec<(u32, RawParameters)>, Failure> {
        // Of what is signed one by one the others would be read for nothing.
        let one_by_one = self.learned.batch.get() == Some(false);
        let parts = parts.get(..1).filter(|_| one_by_one).unwrap_or(parts);
        let mut digests = Vec::new();
        if remote.checksum.is_some() {
            for part in parts {
                if let Some(digest) = request.checksum(Some(*part)).await? {
                    digests.push(digest);
                }
            }
        } else {
            // Nobody signs it, but it is what the store's answer and a resumed upload are checked against.
            for part in parts {
                request.checksum(Some(*part)).await?;
            }
        }
        let checksums = |digests: &[Digest]| match digests.first() {
            Some(first) => {
                let values: Vec<String> = digests.iter().map(Digest::base64).collect();
                ["&", first.algorithm().header(), "=", &percent_encode(&values.join(","))].concat()
            }
            None => String::new(),
        };
        if parts.len() > 1 && self.learned.batch.get() != Some(false) {
            let numbers: Vec<String> = parts.iter().map(|part| decimal(u64::from(part.number))).collect();
            let query = ["&partNumbers=", &numbers.join(","), &checksums(&digests)].concat();
            match self.call("GET", &upload_path(remote, "/batch", &query), None, request).await {
                Ok(answer) if get(&answer, "presignedUrls").is_object() => {
                    self.learned.batch.set(true);
                    return batch_from_js(&answer);
                }
                // A route that is not there, or that reads "batch" as a part's number.
                Ok(_) => self.learned.batch.set(false),
                Err(failure)
                    if matches!(failure.status, 400 | 404 | 405 | 501)
                        && failure.code != "NoSuchUpload"
                        && self.learned.batch.get().is_none() =>
                {
                    self.learned.batch.set(false);
                }
                Err(failure) => return Err(failure),
            }
        }
        let Some(first) = parts.first() else { return Ok(Vec::new()) };
        let own = digests.get(..1).unwrap_or_default();
        let path = upload_path(remote, &["/", &decimal(u64::from(first.number))].concat(), &checksums(own));
        let answer = self.call("GET", &path, None, request).await?;
        Ok(vec![(first.number, parameters_from_js(&answer)?)])
    }

    async fn call(
        &self,
        method: &'static str,
        path: &str,
        body: Option<String>,
        request: &AskRequest,
    ) -> Result<JsValue, Failure> {
        let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
        if body.is_some() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        if let Some(own) = &self.headers {
            headers.extend(own().await?);
        }
        let root = self.learned.root.get_or_init(|| resolved(&self.root)).as_ref().ok_or_else(|| {
            let message =
                "`host` must be the http(s) address of a Companion-compatible server, without query or credentials";
            Failure::new(Kind::Config, "host", Class::Final, message)
        })?;
        let url = [root, path].concat();
        let call = Call {
            method,
            url: &url,
            headers,
            body,
            credentials: match self.credentials {
                Credentials::Omit => RequestCredentials::Omit,
                Credentials::SameOrigin => RequestCredentials::SameOrigin,
                Credentials::Include => RequestCredentials::Include,
            },
            signal: &request.signal,
            // 10,000 parts are 1.3 MB in Companion's words.
            at_most: if matches!(request.ask, Ask::List { .. }) { 4 * MAX_ANSWER } else { MAX_ANSWER },
            keepalive: matches!(request.ask, Ask::Abort { .. }),
        };
        let heard = call_it(call).await.map_err(Deaf::of_the_host)?;
        let json = js_sys::JSON::parse(&heard.text).ok().filter(JsValue::is_object);
        if !heard.ok {
            return Err(refused(&heard, json.as_ref(), &request.ask));
        }
        let Some(json) = json else {
            let message = if heard.text.trim_start().starts_with('<') {
                "the host answered with a web page, not JSON: a login redirect, or a development server's fallback"
            } else {
                "the host's answer is no JSON object"
            };
            return Err(invalid(message).with_status(heard.status));
        };
        // Some hosts say no with status 200 and an error inside.
        if get(&json, "error").is_truthy() {
            let text = said(&json).unwrap_or_else(|| "the host refused the upload".into());
            return Err(Failure::new(Kind::Sign, "rejected", Class::Final, &text).with_status(heard.status));
        }
        Ok(json)
    }
}

impl From<Host> for Parameters {
    fn from(host: Host) -> Self {
        // As soon as there is a page. On a server there is none, and nobody asks.
        let resolved = if cfg!(target_arch = "wasm32") { resolved(&host.root) } else { None };
        let root = resolved.clone().unwrap_or_else(|| host.root.clone());
        if resolved.is_some() {
            let _ = host.learned.root.set(resolved);
        }
        Self::multipart(move |request| host.clone().ask(request)).sign_ahead(SIGN_AHEAD).scope(&root)
    }
}

fn resolved(root: &str) -> Option<String> {
    // The root of the page's own server, without its slash: to a URL that would be the page itself.
    let url = resolve(if root.is_empty() { "/" } else { root })?;
    let is_bare = [url.username(), url.password(), url.search(), url.hash()].iter().all(String::is_empty);
    let good = is_bare && matches!(&*url.protocol(), "http:" | "https:");
    good.then(|| url.href().trim_end_matches('/').to_owned())
}

/// The name a file is to be uploaded under: that of its meta, where someone gave it another one.
pub(in crate::web) fn name_of(file: &UploadFile) -> &str {
    file.meta.get("name").map(String::as_str).filter(|name| !name.is_empty()).unwrap_or(&file.name)
}

fn params_path(file: &UploadFile) -> String {
    let (name, mime) = (percent_encode(name_of(file)), percent_encode(&file.mime));
    // The size is our addition: Companion ignores it, filechute-host signs it.
    let mut path = ["/s3/params?filename=", &name, "&type=", &mime, "&size=", &decimal(file.size)].concat();
    for (name, value) in file.meta.iter() {
        path.push_str(&["&metadata[", &percent_encode(name), "]=", &percent_encode(value)].concat());
    }
    path
}

fn upload_path(remote: &Remote, step: &str, query: &str) -> String {
    let (id, key) = (percent_encode(&remote.upload_id), percent_encode(&remote.key));
    ["/s3/multipart/", &id, step, "?key=", &key, query].concat()
}

fn complete_body(remote: &Remote, parts: &[PartReceipt], size: u64, checksum: &str) -> String {
    let list = js_sys::Array::new();
    for part in parts {
        let quoted = ["\"", &part.etag, "\""].concat();
        let mut members = vec![("PartNumber", part.number.into()), ("ETag", quoted.as_str().into())];
        if let Some(algorithm) = remote.checksum.filter(|_| !part.checksum.is_empty()) {
            members.push((algorithm.member(), part.checksum.as_str().into()));
        }
        list.push(&object(members));
    }
    let mut members = vec![("parts", list.into()), ("size", number(size))];
    if let Some(algorithm) = remote.checksum.filter(|_| !checksum.is_empty()) {
        members.push((algorithm.header(), checksum.into()));
    }
    json(&object(members))
}

/// A plain object, written through its entries: a member called `__proto__` is one like any other.
fn object<'a>(members: impl IntoIterator<Item = (&'a str, JsValue)>) -> JsValue {
    let entries: js_sys::Array =
        members.into_iter().map(|(name, value)| js_sys::Array::of2(&name.into(), &value)).collect();
    js_sys::Object::from_entries(&entries).map_or(JsValue::UNDEFINED, JsValue::from)
}

/// Exact up to 2^53, which no file reaches.
#[allow(clippy::cast_precision_loss)]
fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

fn json(value: &JsValue) -> String {
    js_sys::JSON::stringify(value).map(String::from).unwrap_or_default()
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

/// What S3 said, passed on by the host: only these change what happens next.
const OF_THE_STORE: [&str; 6] =
    ["NoSuchUpload", "InvalidPart", "InvalidPartOrder", "BadDigest", "InvalidDigest", "ConditionalRequestConflict"];

/// S3's own code and status, from `{code}` as our host writes it, or out of the error that Companion's outer app passes on.
fn code_of(json: &JsValue, status: u16) -> Option<(u16, String)> {
    let error = get(json, "error");
    let its = get(&get(&error, "$metadata"), "httpStatusCode").as_f64().filter(|its| (400.0..600.0).contains(its));
    let names = [get(json, "code"), get(&error, "Code"), get(&error, "name")];
    let mut names = names.iter().filter_map(JsValue::as_string);
    let code = names.find(|code| its.is_some() || OF_THE_STORE.contains(&code.as_str()))?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Some((its.map_or(status, |its| its as u16), code))
}

fn refused(heard: &Heard, json: Option<&JsValue>, ask: &Ask) -> Failure {
    let status = heard.status;
    let said = json.and_then(said);
    // About the file, whoever looked: there are words for it in every language.
    let ours = json.and_then(|json| get(json, "code").as_string()).unwrap_or_default();
    if matches!(ours.as_str(), "EntityTooLarge" | "EntityTooSmall") {
        return Failure::new(Kind::S3, &ours, Class::Final, &said.unwrap_or_default()).with_status(status);
    }
    if let Some((status, code)) = json.and_then(|json| code_of(json, status)).filter(|_| *ask != Ask::Whole) {
        return refusal_of(status, &code, said.as_deref().unwrap_or_default());
    }
    let (code, class) = match status {
        // Once more with fresh headers, then final.
        401 => ("denied", Class::Resign),
        403 => ("denied", Class::Final),
        429 => ("unavailable", Class::Slow),
        408 | 425 => ("unavailable", Class::Retry),
        500.. => ("unavailable", Class::Retry),
        _ => ("rejected", Class::Final),
    };
    // The person reads a host's own words; ours about its status are for the developer.
    let code = if code == "rejected" && said.is_none() { "refused" } else { code };
    let text = said.unwrap_or_else(|| match (status, ask) {
        (404, Ask::Whole) => "the host has no route /s3/params at this root".into(),
        (404, _) => "the host has no route /s3/multipart at this root".into(),
        _ => ["the host answered with status ", &decimal(u64::from(status))].concat(),
    });
    let mut failure = Failure::new(Kind::Sign, code, class, &text).with_status(status);
    failure.retry_after_ms = heard.retry_after_ms;
    failure
}
