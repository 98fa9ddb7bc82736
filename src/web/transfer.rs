//! One XHR: the raw file by PUT or a form by POST, straight to S3. XHR and not fetch, which reports no upload progress.
//! The bytes never pass through wasm memory: the browser reads the Blob itself.

use std::cell::Cell;

use filechute_engine::{Answer, Class, Failure, Kind, Method, Report, UploadParameters};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Blob, Event, FormData, ProgressEvent, XmlHttpRequest};

/// Longest answer taken; S3's are under 2 KiB.
const MAX_ANSWER: f64 = 65_536.0;

thread_local! {
    /// Closures that requests hold at this moment: for tests of leaks.
    static CLOSURES: Cell<usize> = const { Cell::new(0) };
}

/// Closures that requests of this page hold at this moment.
pub(crate) fn closures() -> usize {
    CLOSURES.get()
}

/// What a request tells while it runs.
#[derive(Debug)]
pub(crate) enum Told {
    /// For the engine as it is.
    Report(Report),
    /// Status 0: the cause has to be found before the engine hears of it.
    Broken,
}

/// A request in the air. Dropping it stops it; nothing is told afterwards.
#[derive(Debug)]
pub(crate) struct Transfer {
    xhr: XmlHttpRequest,
    _on_event: Closure<dyn FnMut(Event)>,
}

impl Transfer {
    /// Opens and sends. `tell` may be called while this runs, and until the transfer is dropped.
    ///
    /// # Errors
    /// A failure when the browser refuses the method, address or a header at once.
    pub(crate) fn start(
        parameters: &UploadParameters,
        blob: &Blob,
        name: &str,
        mime: &str,
        mut tell: impl FnMut(Told) + 'static,
    ) -> Result<Self, Failure> {
        let xhr = XmlHttpRequest::new().map_err(|_| refused("url", "this browser has no XMLHttpRequest"))?;
        let (method, url) = (parameters.method, parameters.url.href());
        xhr.open_with_async(method.name(), url, true).map_err(|_| refused("url", "the browser refuses this url"))?;
        for (header, value) in &parameters.headers {
            let failed = |_| refused(&format!("header.{header}"), "the browser refuses this header");
            xhr.set_request_header(header, value).map_err(failed)?;
        }
        let typed = parameters.headers.iter().any(|(header, _)| header.eq_ignore_ascii_case("content-type"));
        if method == Method::Put && !typed && !mime.is_empty() {
            // Not fatal: a type no header can hold is left to the browser.
            let _ = xhr.set_request_header("content-type", mime);
        }
        let size = blob.size();
        let request = xhr.clone();
        let on_event = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            let upload = event.target().is_some_and(|target| target.dyn_ref::<XmlHttpRequest>().is_none());
            match (upload, event.type_().as_str()) {
                (true, "progress") => {
                    if let Some(progress) = event.dyn_ref::<ProgressEvent>() {
                        // Firefox tells that all has left by `load` only where there is an answer.
                        if progress.length_computable() && to_u64(progress.loaded()) >= to_u64(progress.total()) {
                            return tell(Told::Report(Report::BodySent));
                        }
                        tell(Told::Report(Report::Progress(file_bytes(progress, size))));
                    }
                }
                (true, _) => tell(Told::Report(Report::BodySent)),
                (false, "progress") => {
                    let loaded = event.dyn_ref::<ProgressEvent>().map_or(0.0, ProgressEvent::loaded);
                    if loaded > MAX_ANSWER {
                        let failure = Failure::new(
                            Kind::S3,
                            "AnswerTooLarge",
                            Class::Final,
                            "the storage's answer is over 64 KiB",
                        );
                        tell(Told::Report(Report::Failed(failure)));
                    }
                }
                (false, "load") => match answer(&request) {
                    Some(answer) => tell(Told::Report(Report::Answer(Box::new(answer)))),
                    None => tell(Told::Broken),
                },
                // error, timeout, and Safari's abort that nobody asked for.
                _ => tell(Told::Broken),
            }
        });
        let handler = Some(on_event.as_ref().unchecked_ref());
        xhr.set_onload(handler);
        xhr.set_onerror(handler);
        xhr.set_onabort(handler);
        xhr.set_ontimeout(handler);
        xhr.set_onprogress(handler);
        if let Ok(upload) = xhr.upload() {
            upload.set_onprogress(handler);
            upload.set_onload(handler);
        }
        // From here on dropping undoes everything.
        CLOSURES.set(CLOSURES.get() + 1);
        let transfer = Self { xhr, _on_event: on_event };
        transfer
            .send(parameters, blob, name)
            .map_err(|_| refused("url", "the browser refuses to send this request"))?;
        Ok(transfer)
    }

    fn send(&self, parameters: &UploadParameters, blob: &Blob, name: &str) -> Result<(), JsValue> {
        match parameters.method {
            Method::Put => self.xhr.send_with_opt_blob(Some(blob)),
            Method::Post => {
                let form = FormData::new()?;
                for (field, value) in &parameters.fields {
                    form.append_with_str(field, value)?;
                }
                // S3 ignores every field after the file.
                form.append_with_blob_and_filename("file", blob, name)?;
                self.xhr.send_with_opt_form_data(Some(&form))
            }
        }
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        CLOSURES.set(CLOSURES.get().saturating_sub(1));
        // First the handlers: abort() fires events at once.
        self.xhr.set_onload(None);
        self.xhr.set_onerror(None);
        self.xhr.set_onabort(None);
        self.xhr.set_ontimeout(None);
        self.xhr.set_onprogress(None);
        if let Ok(upload) = self.xhr.upload() {
            upload.set_onprogress(None);
            upload.set_onload(None);
        }
        // Aborting a request that has ended does nothing.
        let _ = self.xhr.abort();
    }
}

fn refused(code: &str, message: &str) -> Failure {
    Failure::new(Kind::Config, code, Class::Final, message)
}

/// Bytes of the file itself: a form's own fields go out first and are not counted.
fn file_bytes(progress: &ProgressEvent, size: f64) -> u64 {
    let form = if progress.length_computable() { (progress.total() - size).max(0.0) } else { 0.0 };
    to_u64((progress.loaded() - form).clamp(0.0, size))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(crate) fn to_u64(value: f64) -> u64 {
    // `as` saturates, and NaN becomes 0.
    value as u64
}

fn answer(xhr: &XmlHttpRequest) -> Option<Answer> {
    let status = xhr.status().ok().filter(|status| *status != 0)?;
    // All at once: asking for a header that CORS hides writes an error to the console.
    let all = xhr.get_all_response_headers().unwrap_or_default();
    let header = |wanted: &str| {
        let mut lines = all.split('\n').filter_map(|line| line.split_once(':'));
        lines
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let retry_after = [header("retry-after"), header("x-amz-retry-after")].into_iter().find(|h| !h.is_empty());
    Some(Answer {
        status,
        url: xhr.response_url(),
        content_type: header("content-type"),
        etag: header("etag"),
        location: header("location"),
        retry_after_ms: retry_after_ms(&retry_after.unwrap_or_default(), &header("date")),
        checksums: all
            .split('\n')
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .filter(|(name, _)| {
                ["x-amz-checksum-", "x-amz-server-side-enc"].iter().any(|start| name.starts_with(start))
            })
            .collect(),
        body: xhr.response_text().ok().flatten().unwrap_or_default(),
    })
}

/// `Retry-After` in milliseconds: seconds, or a date measured against the answer's own (RFC 9110, section 10.2.3).
pub(crate) fn retry_after_ms(value: &str, date: &str) -> u64 {
    let value = value.trim();
    // A fraction, and more than anyone would wait, are seconds too.
    if let Ok(seconds) = value.parse::<f64>() {
        return to_u64(seconds * 1000.0);
    }
    if value.is_empty() {
        return 0;
    }
    let from = js_sys::Date::parse(date);
    let from = if from.is_nan() { js_sys::Date::now() } else { from };
    to_u64((js_sys::Date::parse(value) - from).max(0.0))
}
