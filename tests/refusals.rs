//! What an uploader says no to or cannot do, in a real browser: each ends in an answer and not in silence.
#![cfg(target_arch = "wasm32")]

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use filechute::{
    Accept, Failure, FileId, Host, IntakeFile, Notice, Options, Parameters, Phase, RawParameters, RejectionReason,
    Restrictions, Uploader, UploaderOptions,
};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Blob, DataTransfer, File};

wasm_bindgen_test_configure!(run_in_browser);

/// Nobody listens at that address; what is tested here never gets so far.
fn somewhere() -> Parameters {
    Parameters::callback(|_| async {
        Ok(RawParameters { url: "http://127.0.0.1:9/k".into(), ..RawParameters::default() })
    })
}

fn uploader(restrictions: Restrictions) -> Uploader {
    let engine = Options { restrictions, retry_delays_ms: Vec::new(), ..Options::default() };
    Uploader::new(somewhere(), UploaderOptions { engine, ..UploaderOptions::default() })
}

fn blob() -> Blob {
    Blob::new_with_str_sequence(&Array::of1(&"bytes".into())).unwrap()
}

async fn told(uploader: &Uploader, id: FileId) -> String {
    failure(uploader, id).await;
    uploader.file(id).and_then(|file| file.failure).map(|failure| failure.message).unwrap_or_default()
}

async fn failure(uploader: &Uploader, id: FileId) -> String {
    for _ in 0..200 {
        if let Some(failure) = uploader.file(id).filter(|file| file.phase == Phase::Failed).and_then(|f| f.failure) {
            return format!("{}.{}", failure.kind.name(), failure.code);
        }
        TimeoutFuture::new(25).await;
    }
    panic!("it never failed");
}

/// It was told as "changed while uploading", though nothing had been read of it yet.
#[wasm_bindgen_test]
async fn a_file_that_could_never_be_read_is_unreadable() {
    for (error, code) in [("NotReadableError", "file.unreadable"), ("NotFoundError", "file.removed")] {
        let blob = blob();
        // Whatever part of it is asked for.
        let script = format!(
            "const part = new Blob(); \
            part.arrayBuffer = () => Promise.reject(new DOMException('no', '{error}')); \
            return part"
        );
        let sample = Function::new_no_args(&script);
        Reflect::set(&blob, &"slice".into(), &sample).unwrap();
        let uploader = uploader(Restrictions::default());
        let id = uploader.add(IntakeFile::from_blob(blob, "a.bin")).unwrap();
        uploader.upload().unwrap();
        assert_eq!(failure(&uploader, id).await, code);
    }
}

/// The question was dropped without a word, and its place under the limit with it.
#[wasm_bindgen_test]
async fn a_browser_without_abort_controller_fails_the_file() {
    let global: JsValue = js_sys::global().into();
    let name = JsValue::from_str("AbortController");
    let known = Reflect::get(&global, &name).unwrap();
    Reflect::set(&global, &name, &JsValue::UNDEFINED).unwrap();
    let uploader = uploader(Restrictions::default());
    let id = uploader.add(IntakeFile::from_blob(blob(), "a.bin")).unwrap();
    uploader.upload().unwrap();
    Reflect::set(&global, &name, &known).unwrap();
    assert_eq!(failure(&uploader, id).await, "internal.lost");
    assert_eq!(uploader.stats().jobs, 0);
}

#[wasm_bindgen_test]
fn a_destroyed_uploader_takes_nothing() {
    let uploader = uploader(Restrictions::default());
    uploader.add(IntakeFile::from_blob(blob(), "a.bin")).unwrap();
    uploader.destroy();
    let rejection = uploader.add(IntakeFile::from_blob(blob(), "b.bin")).unwrap_err();
    assert_eq!(rejection.reason, RejectionReason::NoMoreFiles);
    uploader.upload().unwrap();
    assert!(uploader.files().is_empty());
    let stats = uploader.stats();
    assert_eq!((stats.jobs, stats.blobs), (0, 0));
}

/// It was asked only where a person had started one.
#[wasm_bindgen_test]
async fn an_upload_that_starts_by_itself_is_asked_about_too() {
    let engine = Options { auto_proceed: true, ..Options::default() };
    let uploader = Uploader::new(somewhere(), UploaderOptions { engine, ..UploaderOptions::default() });
    let (asked, may) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
    let (asking, allowed) = (Rc::clone(&asked), Rc::clone(&may));
    uploader.set_before_upload(move || {
        asking.set(asking.get() + 1);
        allowed.get()
    });
    let first = uploader.add(IntakeFile::from_blob(blob(), "a.bin")).unwrap();
    TimeoutFuture::new(300).await;
    assert_eq!((asked.get(), uploader.phase(first)), (1, Some(Phase::Idle)));
    may.set(true);
    uploader.add(IntakeFile::from_blob(blob(), "b.bin")).unwrap();
    TimeoutFuture::new(300).await;
    assert_eq!(asked.get(), 2);
    assert_ne!(uploader.phase(first), Some(Phase::Idle));
}

/// Its exception went through the driver, which told nothing any more.
#[wasm_bindgen_test]
async fn a_console_that_throws_stops_nothing() {
    let swap = Function::new_with_args("warn", "const before = console.warn; console.warn = warn; return before");
    let throws = Function::new_no_args("throw new Error('no')");
    let before = swap.call1(&JsValue::NULL, &throws).unwrap();
    let engine = Options { retry_delays_ms: Vec::new(), ..Options::default() };
    let uploader =
        Uploader::new(Host::new("ftp://a.example"), UploaderOptions { engine, ..UploaderOptions::default() });
    for name in ["a.bin", "b.bin"] {
        let id = uploader.add(IntakeFile::from_blob(blob(), name)).unwrap();
        uploader.upload().unwrap();
        assert_eq!(failure(&uploader, id).await, "config.host");
    }
    swap.call1(&JsValue::NULL, &before).unwrap();
}

/// A query took the routes with it, and what `fetch` said of credentials was taken for a dead line.
#[wasm_bindgen_test]
async fn a_host_that_has_no_such_address_is_the_sites_mistake() {
    for root in ["https://a.example/?key=1", "https://me:you@a.example", "javascript:alert(1)", "https://", "/x#y"] {
        let uploader = Uploader::new(Host::new(root), UploaderOptions::default());
        let id = uploader.add(IntakeFile::from_blob(blob(), "a.bin")).unwrap();
        uploader.upload().unwrap();
        assert_eq!(failure(&uploader, id).await, "config.host", "{root}");
    }
}

/// It was on the console, too.
#[wasm_bindgen_test]
async fn what_a_source_was_thrown_is_told_without_its_secrets() {
    let thrown = "error sending request for url (https://b.example/k?X-Amz-Signature=SECRET)";
    let own = |message: &str| Failure { message: message.into(), ..Failure::from("") };
    for failure in [Failure::from(thrown), own(thrown)] {
        let parameters = Parameters::callback(move |_| {
            let failure = failure.clone();
            async { Err(failure) }
        });
        let engine = Options { retry_delays_ms: Vec::new(), ..Options::default() };
        let uploader = Uploader::new(parameters, UploaderOptions { engine, ..UploaderOptions::default() });
        let id = uploader.add(IntakeFile::from_blob(blob(), "a.bin")).unwrap();
        uploader.upload().unwrap();
        assert_eq!(told(&uploader, id).await, "error sending request for url (https://b.example/k");
    }
}

/// A page under `/a/` and one under `/b/` shared what they had left, and one that changed its address asked elsewhere.
#[wasm_bindgen_test]
fn a_relative_host_is_one_place() {
    let origin = web_sys::window().unwrap().location().origin().unwrap();
    for (root, place) in [("api/", "/api"), ("/api", "/api"), ("/", ""), ("", ""), ("https://a.example/", "")] {
        let scope = Parameters::host(root).resume_scope().to_owned();
        let at = if root.starts_with("https") { "https://a.example" } else { &origin };
        assert_eq!(scope, [at, place].concat(), "{root}");
    }
}

/// Only the name was told of what was picked, dropped or pasted.
#[wasm_bindgen_test]
fn a_refused_file_comes_with_its_refusal() {
    let restrictions = Restrictions { allowed_file_types: Accept::parse_list(".png"), ..Restrictions::default() };
    let uploader = uploader(restrictions);
    let refused = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&refused);
    let _subscription = uploader.observe(move |notice| {
        if let Notice::Rejected(rejection, Some(file)) = notice {
            seen.borrow_mut().push((rejection.reason.code(), file.name.clone(), file.blob.size()));
        }
    });
    let transfer = DataTransfer::new().unwrap();
    let file = File::new_with_str_sequence(&Array::of1(&"four".into()), "a.txt").unwrap();
    transfer.items().add_with_file(&file).unwrap();
    uploader.add_data_transfer(&transfer);
    assert_eq!(*refused.borrow(), [("type", "a.txt".to_owned(), 4.0)]);
}
