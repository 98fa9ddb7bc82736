//! One signer for every S3 operation (Uppy 6's `signRequest`): the page creates, lists, completes and aborts multipart
//! uploads at the store itself, by `fetch`.

use std::{future::Future, sync::Arc};

use filechute_engine::{
    Algorithm, Answer, Ask, Class, Digest, Failure, Kind, Meta, PartReceipt, RawParameters, Remote, UploadResponse,
    complete_body, judge_complete, judge_step,
};
use futures::future::{FutureExt, LocalBoxFuture};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortSignal, RequestCredentials};

use super::{
    AskRequest, Parameters, Reply,
    fetch::{Call, Deaf, call},
};
use crate::web::page::get;

/// Longest error or result read, in bytes.
const MAX_RESULT: usize = 1 << 16;
/// Longest page of a list read, in bytes.
const MAX_LIST: usize = 10 << 20;
/// Most pages of a list asked for; S3 has 1,000 parts on a page and 10,000 parts at most.
const MAX_PAGES: usize = 100;

/// One request to S3 that is to be signed. The names are those of Uppy's `signRequest`; what follows `part_number` is an
/// addition that a signer may ignore.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SignRequest {
    /// `PUT` (an object or a part), `POST` (create or complete), `GET` (list), `DELETE` (abort).
    pub method: &'static str,
    /// The object's key. The signer may choose another one for an object or a creation, and says so in its answer.
    pub key: String,
    /// For all that concerns a multipart upload.
    pub upload_id: Option<String>,
    /// For a part.
    pub part_number: Option<u32>,
    /// Content type of an object; for an object and a creation.
    pub content_type: Option<String>,
    /// Bytes: of the object for an object, a creation and a completion, of the part for a part.
    pub size: Option<u64>,
    /// For an object and a creation.
    pub metadata: Option<Meta>,
    /// Checksum of what is sent, or at a completion of the whole object: worth signing as a header.
    pub checksum: Option<Digest>,
    /// For a list: the number after which it goes on.
    pub part_number_marker: Option<u32>,
    /// Fires when the answer is no longer wanted.
    pub signal: AbortSignal,
}

/// Signs requests to S3. Closures that return a future are signers.
pub trait Signer: Send + Sync {
    /// Signs one request: `url`, and `headers`, `fields` (for an object only) and `key` where they are needed.
    fn sign(&self, request: SignRequest) -> LocalBoxFuture<'static, Result<RawParameters, Failure>>;

    /// Names the object of a file, unless the signer does so itself. A random UUID and the file's name by default.
    fn key(&self, request: &AskRequest) -> String {
        [&random_uuid(), "-", super::host::name_of(&request.file)].concat()
    }
}

impl<F, Fut> Signer for F
where
    F: Fn(SignRequest) -> Fut + Send + Sync,
    Fut: Future<Output = Result<RawParameters, Failure>> + 'static,
{
    fn sign(&self, request: SignRequest) -> LocalBoxFuture<'static, Result<RawParameters, Failure>> {
        self(request).boxed_local()
    }
}

pub(super) fn source(signer: Arc<dyn Signer>) -> Parameters {
    Parameters::multipart(move |request| ask(Arc::clone(&signer), request))
}

async fn ask(signer: Arc<dyn Signer>, request: AskRequest) -> Result<Reply, Failure> {
    let signer = &*signer;
    match request.ask.clone() {
        Ask::Create => create(signer, &request).await.map(Reply::Created),
        Ask::Sign { remote, parts } => {
            let Some(part) = parts.first() else { return Ok(Reply::Signed(Vec::new())) };
            let checksum = request.checksum(Some(*part)).await?;
            let question = SignRequest {
                part_number: Some(part.number),
                size: Some(part.end - part.start),
                checksum,
                ..about("PUT", &remote, &request)
            };
            Ok(Reply::Signed(vec![(part.number, signer.sign(question).await?)]))
        }
        Ask::List { remote } => list(signer, &remote, &request).await.map(Reply::Listed),
        Ask::Complete { remote, .. } if remote.upload_id.is_empty() => {
            Err(Failure::new(Kind::Sign, "refused", Class::Final, "a signer cannot be asked that"))
        }
        Ask::Complete { remote, parts, size, checksum } => {
            let checksum = request.algorithm().and_then(|algorithm| Digest::from_base64(algorithm, &checksum));
            let question = SignRequest { size: Some(size), checksum, ..about("POST", &remote, &request) };
            complete(signer, question, &remote, &parts, &request).await.map(Reply::Completed)
        }
        Ask::Abort { remote } => {
            let signed = signer.sign(about("DELETE", &remote, &request)).await?;
            let answer = send("DELETE", signed, None, &request).await?;
            judge_step(&answer)?;
            Ok(Reply::Aborted)
        }
        _ => {
            let file = &request.file;
            let question = SignRequest {
                content_type: Some(type_of(&file.mime)),
                size: Some(file.size),
                metadata: Some(file.meta.clone()),
                checksum: request.checksum(None).await?,
                key: signer.key(&request),
                ..about("PUT", &Remote::default(), &request)
            };
            let key = question.key.clone();
            let mut signed = signer.sign(question).await?;
            let chosen = signed.key.as_ref().is_some_and(|key| !key.trim().is_empty());
            if !chosen && signed.fields.is_none() {
                signed.key = Some(key);
            }
            Ok(Reply::Parameters(signed))
        }
    }
}

fn about(method: &'static str, remote: &Remote, request: &AskRequest) -> SignRequest {
    SignRequest {
        method,
        key: remote.key.clone(),
        upload_id: (!remote.upload_id.is_empty()).then(|| remote.upload_id.clone()),
        part_number: None,
        content_type: None,
        size: None,
        metadata: None,
        checksum: None,
        part_number_marker: None,
        signal: request.signal.clone(),
    }
}

fn type_of(mime: &str) -> String {
    if mime.is_empty() { "application/octet-stream".to_owned() } else { mime.to_owned() }
}

async fn create(signer: &dyn Signer, request: &AskRequest) -> Result<Remote, Failure> {
    let file = &request.file;
    let question = SignRequest {
        content_type: Some(type_of(&file.mime)),
        size: Some(file.size),
        metadata: Some(file.meta.clone()),
        key: signer.key(request),
        ..about("POST", &Remote::default(), request)
    };
    let asked = question.key.clone();
    let mut signed = signer.sign(question).await?;
    let chosen = signed.key.take().filter(|key| !key.trim().is_empty()).unwrap_or(asked);
    // What the upload is created with shows in the headers that the signer wants sent.
    let wants = |name: &str| signed.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    let algorithm = wants("x-amz-checksum-algorithm").map(|(_, value)| value.to_ascii_lowercase());
    let checksum =
        request.algorithm().filter(|wanted| *wanted != Algorithm::Md5 && algorithm.as_deref() == Some(wanted.name()));
    if wants("content-type").is_none() {
        signed.headers.push(("content-type".to_owned(), type_of(&file.mime)));
    }
    let answer = send("POST", signed, None, request).await?;
    let xml = judge_step(&answer)?;
    if xml.upload_id.is_empty() {
        let message = "the storage named no upload id";
        let class = Class::Retry;
        return Err(Failure::new(Kind::S3, "EmptyAnswer", class, message).with_status(answer.status));
    }
    let key = if xml.key.is_empty() { chosen } else { xml.key };
    Ok(Remote { upload_id: xml.upload_id, key, bucket: xml.bucket, checksum })
}

/// All pages. A signer that ignores where to go on gets the first page again; what is missing then is sent again.
async fn list(signer: &dyn Signer, remote: &Remote, request: &AskRequest) -> Result<Vec<PartReceipt>, Failure> {
    let mut parts: Vec<PartReceipt> = Vec::new();
    let mut marker = None;
    for _ in 0..MAX_PAGES {
        let question = SignRequest { part_number_marker: marker, ..about("GET", remote, request) };
        let answer = send("GET", signer.sign(question).await?, None, request).await?;
        let page = judge_step(&answer)?;
        // Cut off, or no list at all. Taken for one of nothing, all that is there would be sent again.
        if page.upload_id.is_empty() && page.parts.is_empty() {
            let message = "the storage did not say which parts it has";
            return Err(Failure::new(Kind::S3, "EmptyAnswer", Class::Retry, message).with_status(answer.status));
        }
        let known = parts.len();
        for part in page.parts {
            if !parts.iter().rev().any(|have| have.number == part.number) {
                parts.push(part);
            }
        }
        marker = page.next_part.filter(|_| parts.len() > known);
        if marker.is_none() {
            break;
        }
    }
    Ok(parts)
}

async fn complete(
    signer: &dyn Signer,
    question: SignRequest,
    remote: &Remote,
    parts: &[PartReceipt],
    request: &AskRequest,
) -> Result<UploadResponse, Failure> {
    let mut signed = signer.sign(question).await?;
    // Anything but a form's type, which S3 refuses here.
    if !signed.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        signed.headers.push(("content-type".to_owned(), "application/xml".to_owned()));
    }
    let body = complete_body(parts, remote.checksum);
    let answer = send("POST", signed, Some(body), request).await?;
    judge_complete(&answer)
}

/// Sends what was signed, after the same checks as an upload's address and headers.
async fn send(
    method: &'static str,
    mut signed: RawParameters,
    body: Option<String>,
    request: &AskRequest,
) -> Result<Answer, Failure> {
    signed.method = None;
    signed.fields = None;
    let checked = signed.check(&request.policy)?;
    let listing = method == "GET";
    let call_of = Call {
        method,
        url: checked.url.href(),
        headers: checked.headers.clone(),
        body,
        credentials: RequestCredentials::Omit,
        signal: &request.signal,
        at_most: if listing { MAX_LIST } else { MAX_RESULT },
        keepalive: method == "DELETE",
    };
    let heard = call(call_of).await.map_err(Deaf::of_the_store)?;
    Ok(Answer { status: heard.status, body: heard.text, retry_after_ms: heard.retry_after_ms, ..Answer::default() })
}

/// `crypto.randomUUID()`, or where the page is not secure enough for it, as random as the page can be.
fn random_uuid() -> String {
    let crypto = get(&js_sys::global().into(), "crypto");
    let own = get(&crypto, "randomUUID").dyn_into::<js_sys::Function>().ok();
    let uuid = own.and_then(|random| random.call0(&crypto).ok()).and_then(|uuid| uuid.as_string());
    uuid.unwrap_or_else(|| {
        let digits = || js_sys::Number::from(JsValue::from(js_sys::Math::random())).to_string_with_radix(36);
        let digits = || digits().map(String::from).unwrap_or_default().chars().skip(2).collect::<String>();
        [digits(), digits()].concat()
    })
}
