//! A real host and store with a fault proxy in front, and an uploader whose events are heard.

#![allow(
    dead_code,
    missing_debug_implementations,
    missing_docs,
    unreachable_pub,
    clippy::must_use_candidate,
    clippy::missing_panics_doc,
    clippy::missing_errors_doc,
    reason = "each test file uses some of it"
)]

use std::{cell::RefCell, rc::Rc};

use filechute::{
    FileId, IntakeFile, Notice, Options, Parameters, Phase, Stats, Subscription, UploadEvent, UploadFile, Uploader,
    UploaderOptions,
};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::console_log;
use web_sys::Blob;

/// A host with an embedded store.
const HOST: Option<&str> = option_env!("FILECHUTE_TEST_HOST");
/// The proxy in front of that store.
const FAULTS: Option<&str> = option_env!("FILECHUTE_TEST_FAULTS");
/// The proxy in front of that host.
const SIGNER: Option<&str> = option_env!("FILECHUTE_TEST_SIGNER");

/// The host, and the proxy in front of the store; or a line that says why nothing is tested.
pub fn servers() -> Option<(&'static str, &'static str)> {
    match (HOST, FAULTS, SIGNER) {
        (Some(host), Some(faults), Some(_)) => Some((host, faults)),
        (None, None, None) => {
            console_log!("not tested: FILECHUTE_TEST_HOST, _FAULTS and _SIGNER were not set when this was compiled");
            None
        }
        _ => panic!("FILECHUTE_TEST_HOST, _FAULTS and _SIGNER go together: set all or none"),
    }
}

/// As [`servers`], with the host behind its proxy.
pub fn proxies() -> Option<(&'static str, &'static str)> {
    let (_, faults) = servers()?;
    SIGNER.map(|signer| (signer, faults))
}

/// What an uploader holds that holds nothing.
pub const NOTHING: Stats = Stats { jobs: 0, blobs: 0, closures: 0 };

pub fn blob(text: &str) -> Blob {
    Blob::new_with_str_sequence(&Array::of1(&text.into())).unwrap()
}

/// Calls a JavaScript function, written out, and waits for the promise it returns.
pub async fn js(code: &str, argument: &str) -> Result<JsValue, JsValue> {
    let function = Function::new_with_args("argument", &format!("return ({code})(argument)"));
    let answer = function.call1(&JsValue::NULL, &argument.into())?;
    JsFuture::from(Promise::resolve(&answer)).await
}

/// Replaces what the proxy does to uploads.
pub async fn rules(faults: &str, rules: &str) {
    let code = format!(
        "async (rules) => {{
            for (const path of ['/log', '/stats']) await fetch('{faults}/__faults' + path, {{ method: 'DELETE' }})
            const answer = await fetch('{faults}/__faults', {{ method: 'POST', body: rules }})
            if (!answer.ok) throw new Error(await answer.text())
        }}"
    );
    js(&code, rules).await.unwrap();
}

/// A figure of the proxy's.
pub async fn figure(faults: &str, name: &str) -> f64 {
    let code = format!("async (name) => (await (await fetch('{faults}/__faults/stats')).json())[name]");
    js(&code, name).await.unwrap().as_f64().unwrap()
}

/// How many of the rules no request met.
pub async fn unused(faults: &str) -> usize {
    let code =
        "async (faults) => (await (await fetch(faults + '/__faults')).json()).filter(({ used }) => !used).length";
    js(code, faults).await.unwrap().as_f64().unwrap() as usize
}

/// How many requests of a method came, with that in their query, since the last rules.
pub async fn requests(faults: &str, method: &str, query: &str) -> usize {
    let code = format!(
        "async (query) => (await (await fetch('{faults}/__faults/log')).json())
            .filter((it) => it.method === '{method}' && (it.query ?? '').includes(query)).length"
    );
    js(&code, query).await.unwrap().as_f64().unwrap() as usize
}

/// An uploader, and the names of all it told.
pub struct Rig {
    pub uploader: Uploader,
    pub heard: Rc<RefCell<Vec<String>>>,
    _subscription: Subscription,
}

impl Rig {
    pub fn new(parameters: impl Into<Parameters>, delays: &[u64], stall_after_ms: u64) -> Self {
        Self::with(parameters, Options { retry_delays_ms: delays.to_vec(), stall_after_ms, ..Options::default() })
    }

    pub fn with(parameters: impl Into<Parameters>, engine: Options) -> Self {
        let uploader = Uploader::new(parameters, UploaderOptions { engine, ..UploaderOptions::default() });
        let heard = Rc::new(RefCell::new(Vec::new()));
        let log = Rc::clone(&heard);
        let subscription = uploader.observe(move |notice| {
            if let Some(name) = name(notice) {
                log.borrow_mut().push(name);
            }
        });
        Self { uploader, heard, _subscription: subscription }
    }

    pub fn add(&self, blob: Blob, name: &str) -> FileId {
        self.uploader.add(IntakeFile::from_blob(blob, name)).unwrap()
    }

    pub fn file(&self, id: FileId) -> UploadFile {
        self.uploader.file(id).unwrap()
    }

    /// Uploads that one file, and gives it as it is at the end.
    pub async fn upload(&self, blob: Blob, name: &str) -> UploadFile {
        let id = self.add(blob, name);
        self.uploader.upload().unwrap();
        self.until("the end", |rig| matches!(rig.file(id).phase, Phase::Done | Phase::Failed)).await;
        self.file(id)
    }

    pub async fn until(&self, what: &str, mut test: impl FnMut(&Self) -> bool) {
        for _ in 0..1500 {
            if test(self) {
                return;
            }
            TimeoutFuture::new(20).await;
        }
        panic!("never came: {what}; heard {:?}", self.heard.borrow());
    }

    pub fn count(&self, name: &str) -> usize {
        self.heard.borrow().iter().filter(|heard| *heard == name).count()
    }
}

/// What is told, in a word; nothing for progress.
fn name(notice: &Notice) -> Option<String> {
    let name = match notice {
        Notice::Rejected(..) => "rejected",
        Notice::Event(event) => match event {
            UploadEvent::FileAdded(_) => "added",
            UploadEvent::FileRemoved(_) => "removed",
            UploadEvent::Upload { .. } => "upload",
            UploadEvent::UploadStalled { .. } => "stalled",
            UploadEvent::UploadSuccess(_) => "success",
            UploadEvent::UploadError(_) => "error",
            UploadEvent::Complete { .. } => "complete",
            UploadEvent::CancelAll => "cancel-all",
            _ => "other",
        },
        // Progress, and what is unfinished.
        _ => return None,
    };
    Some(name.to_owned())
}
