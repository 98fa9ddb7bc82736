//! The driver in a real browser: sources of parameters, uploads to a real host and store, faults on the way, leaks.
//!
//! `cargo xtask test --only browser` starts the servers and says where they are. Without them, as in a bare `wasm-pack
//! test --headless --chrome`, the tests that need them tell so and pass.
#![cfg(target_arch = "wasm32")]

mod rig;

use std::{cell::RefCell, future::pending};

use filechute::{
    Algorithm, AskRequest, Class, Failure, FileId, Host, Kind, Multipart, Options, Parameters, Phase, RawParameters,
    Stats, UploadFile, parameters_from_js, thrown,
};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Uint8Array};
use rig::{NOTHING, Rig, blob, figure, js, requests, rules, servers};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Blob, Event};

wasm_bindgen_test_configure!(run_in_browser);

const SIZE: usize = 300_000;
/// The MD5 of [`contents`], as any other program computes it: S3's ETag of an object put in one piece.
const ETAG: &str = "71bd95e7653f7876349ded6aca9c1772";

/// Bytes of which none may be lost, repeated or moved without a change of the checksum.
#[allow(clippy::cast_possible_truncation)]
fn contents() -> Blob {
    let bytes: Vec<u8> = (0..SIZE).map(|at| (at * 31 + at / 251) as u8).collect();
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes.as_slice()))).unwrap()
}

/// What S3 confirmed is what was sent.
fn assert_arrived(file: &UploadFile) {
    let failure = file.failure.as_ref().map(|failure| (failure.kind, &failure.code, &failure.message));
    assert_eq!(file.phase, Phase::Done, "{failure:?}");
    let response = file.response.as_ref().unwrap();
    assert_eq!(response.etag, ETAG);
    assert_eq!(response.key, file.key());
    assert!(file.key().ends_with(&file.name), "{}", file.key());
    assert!(response.upload_url.ends_with(&file.key()), "{}", response.upload_url);
    assert_eq!(file.bytes_uploaded, file.size);
}

#[wasm_bindgen_test]
async fn a_host_is_asked_and_its_form_posted() {
    let Some((host, faults)) = servers() else { return };
    rules(faults, "[]").await;
    // With and without the last slash.
    for root in [host.to_owned(), format!("{host}/")] {
        let rig = Rig::new(Host::new(&root), &[], 30_000);
        assert_arrived(&rig.upload(contents(), "host.bin").await);
        assert_eq!(*rig.heard.borrow(), ["added", "upload", "success", "complete"]);
    }
}

#[wasm_bindgen_test]
async fn a_rust_closure_signs_and_the_file_is_put() {
    let Some((host, faults)) = servers() else { return };
    rules(faults, "[]").await;
    let parameters = Parameters::callback(move |request: AskRequest| async move {
        let address = format!("{host}/s3/params?method=PUT&filename={}&type=", request.file.name);
        assert_eq!((request.blob.size(), request.signal.aborted()), (SIZE as f64, false));
        let code = "async (address) => (await fetch(address)).json()";
        parameters_from_js(&js(code, &address).await.map_err(|error| Failure::from(thrown(&error)))?)
    });
    let rig = Rig::new(parameters, &[], 30_000);
    let file = rig.upload(contents(), "closure.bin").await;
    assert_arrived(&file);
    assert_eq!(file.response.unwrap().status, 200);
}

#[wasm_bindgen_test]
async fn an_etag_proves_what_nobody_signed() {
    let Some((host, faults)) = servers() else { return };
    let closure = Parameters::callback(move |request: AskRequest| async move {
        let address = format!("{host}/s3/params?method=PUT&filename={}&type=", request.file.name);
        let code = "async (address) => (await fetch(address)).json()";
        parameters_from_js(&js(code, &address).await.map_err(|error| Failure::from(thrown(&error)))?)
    });
    for parameters in [closure, Host::new(host).into()] {
        for wrong in [false, true] {
            let rule = r#"[{"times": 1, "fault": {"kind": "wrong-checksum"}}]"#;
            rules(faults, if wrong { rule } else { "[]" }).await;
            let engine = Options { checksum: Some(Algorithm::Md5), retry_delays_ms: vec![10], ..Options::default() };
            let rig = Rig::with(parameters.clone(), engine);
            let file = rig.upload(contents(), "md5.bin").await;
            assert_arrived(&file);
            assert_eq!(file.response.as_ref().unwrap().verified, Some(Algorithm::Md5));
            let method = if file.response.is_some_and(|it| it.status == 200) { "PUT" } else { "POST" };
            assert_eq!(requests(faults, method, "").await, if wrong { 2 } else { 1 });
        }
    }
}

#[wasm_bindgen_test]
async fn a_host_is_asked_whose_object_is_in_the_way_of_a_file_whose_answer_was_lost() {
    let Some((_, faults)) = servers() else { return };
    // The proxy plays the host, and a store that keeps what is there.
    let list = "async (faults) => {
        const [sum, key] = [{ 'x-amz-checksum-crc64nvme': 'rosUhgp5mIg=' }, 'k']
        const status = (status, contentType, body) => ({ kind: 'status', status, contentType, body })
        const json = (body) => status(200, 'application/json', JSON.stringify(body))
        return JSON.stringify([
            { match: { path: '/s3/params' }, fault: json({ method: 'PUT', url: faults + '/uploads/k', key, headers: sum }) },
            { match: { path: '/s3/confirm', method: 'POST' }, fault: json({ key, etag: '\"e\"', ...sum }) },
            // Firefox tells of a body that has left only when an answer begins.
            { match: { method: 'PUT' }, times: 1, fault: { kind: 'truncate' } },
            { match: { method: 'PUT' }, fault: status(412, 'application/xml', '<Error><Code>PreconditionFailed</Code></Error>') },
        ])
    }";
    rules(faults, &js(list, faults).await.unwrap().as_string().unwrap()).await;
    let rig = Rig::new(Host::new(faults), &[0], 30_000);
    let file = rig.upload(blob("123456789"), "a.bin").await;
    let response = file.response.unwrap_or_default();
    assert_eq!((file.phase, file.failure.map(|failure| failure.code)), (Phase::Done, None));
    assert_eq!((response.key.as_str(), response.verified), ("k", Some(Algorithm::Crc64Nvme)));
    assert_eq!(response.upload_url, format!("{faults}/uploads/k"));
}

#[wasm_bindgen_test]
async fn what_a_javascript_callback_returns_is_read_whatever_it_is() {
    /// What it does, and the failure's code; all of them are final or out of tries.
    const CALLBACKS: &[(&str, Kind, &str)] = &[
        ("() => { throw new Error('boom') }", Kind::Sign, "callback"),
        ("() => Promise.reject('https://u:p@x.example/y?secret')", Kind::Sign, "callback"),
        ("() => undefined", Kind::Sign, "invalid_response"),
        ("() => [1]", Kind::Sign, "invalid_response"),
        ("() => ({ url: 5 })", Kind::Sign, "invalid_response"),
        ("() => ({ url: 'data:text/plain,x' })", Kind::Config, "url_scheme"),
        ("() => ({ url: 'https://b.example/k', method: 'DELETE' })", Kind::Config, "method"),
        ("() => ({ url: 'https://b.example/k', fields: { file: 'x' } })", Kind::Config, "field.file"),
        ("() => ({ url: 'https://b.example/k', headers: { 'bad name': 'x' } })", Kind::Config, "header.bad name"),
    ];
    for (code, kind, wanted) in CALLBACKS {
        let rig = Rig::new(
            Parameters::callback(move |_| async move {
                parameters_from_js(&js(code, "").await.map_err(|error| Failure::from(thrown(&error)))?)
            }),
            &[0],
            30_000,
        );
        let failure = rig.upload(blob("x"), "a.bin").await.failure.unwrap();
        assert_eq!((failure.kind, failure.code.as_str()), (*kind, *wanted), "{code}");
        assert!(!failure.message.contains("secret"), "{}", failure.message);
        assert_eq!(*rig.heard.borrow(), ["added", "upload", "error", "complete"], "{code}");
        assert_eq!(rig.uploader.stats(), Stats { blobs: 1, ..NOTHING });
    }
}

#[wasm_bindgen_test]
async fn a_question_that_is_no_longer_wanted_is_called_off() {
    thread_local!(static SIGNALS: RefCell<Vec<web_sys::AbortSignal>> = RefCell::default());
    let parameters = Parameters::callback(|request: AskRequest| {
        SIGNALS.with_borrow_mut(|signals| signals.push(request.signal));
        pending::<Result<RawParameters, Failure>>()
    });
    let fired = || SIGNALS.with_borrow(|signals| signals.iter().map(web_sys::AbortSignal::aborted).collect::<Vec<_>>());
    let rig = Rig::new(parameters, &[], 30_000);
    let [held, removed, left] = ["a", "b", "c"].map(|name| rig.add(blob(name), name));
    rig.uploader.upload().unwrap();
    rig.until("three questions", |_| fired().len() == 3).await;
    rig.uploader.pause(held);
    assert_eq!(fired(), [true, false, false]);
    rig.uploader.remove(removed);
    assert_eq!(fired(), [true, true, false]);
    assert_eq!(rig.file(left).phase, Phase::Preparing);
    rig.uploader.cancel_all();
    assert_eq!(fired(), [true, true, true]);
    assert_eq!(rig.uploader.stats(), NOTHING);
    SIGNALS.take();
}

/// What the proxy does, how it ends where nothing is tried again, and whether another try could have helped.
const ENDS: &[(&str, Kind, &str, bool)] = &[
    (r#"{"kind": "reset"}"#, Kind::Network, "error", true),
    (r#"{"kind": "reset", "afterBytes": 100000}"#, Kind::Network, "error", true),
    (r#"{"kind": "lost-answer"}"#, Kind::Network, "error", true),
    (r#"{"kind": "truncate"}"#, Kind::Network, "error", true),
    (r#"{"kind": "no-cors"}"#, Kind::Network, "error", true),
    (r#"{"kind": "slow-down"}"#, Kind::S3, "SlowDown", true),
    (r#"{"kind": "internal-error"}"#, Kind::S3, "InternalError", true),
    (r#"{"kind": "ok-with-error"}"#, Kind::S3, "InternalError", true),
    (r#"{"kind": "denied"}"#, Kind::S3, "AccessDenied", false),
    (r#"{"kind": "html"}"#, Kind::S3, "NotS3", false),
    (r#"{"kind": "huge-answer"}"#, Kind::S3, "AnswerTooLarge", false),
];

#[wasm_bindgen_test]
async fn each_fault_is_told_as_what_it_is_and_leaves_nothing() {
    let Some((host, faults)) = servers() else { return };
    for (fault, kind, code, _) in ENDS {
        rules(faults, &format!(r#"[{{"fault": {fault}}}]"#)).await;
        let rig = Rig::new(Host::new(host), &[], 30_000);
        let file = rig.upload(contents(), "faulty.bin").await;
        let failure = file.failure.unwrap_or_else(|| panic!("{fault} was taken for a success"));
        assert_eq!((failure.kind, failure.code.as_str()), (*kind, *code), "{fault}: {}", failure.message);
        assert_eq!(*rig.heard.borrow(), ["added", "upload", "error", "complete"], "{fault}");
        assert_eq!(rig.uploader.stats(), Stats { blobs: 1, ..NOTHING }, "{fault}");
        rig.uploader.cancel_all();
        assert_eq!(rig.uploader.stats(), NOTHING, "{fault}");
    }
}

#[wasm_bindgen_test]
async fn faults_that_pass_cost_a_retry_each_and_nothing_else() {
    let Some((host, faults)) = servers() else { return };
    for (fault, ..) in ENDS.iter().filter(|(.., helps)| *helps) {
        rules(faults, &format!(r#"[{{"times": 1, "fault": {fault}}}]"#)).await;
        let rig = Rig::new(Host::new(host), &[10], 30_000);
        assert_arrived(&rig.upload(contents(), "mended.bin").await);
        assert_eq!(*rig.heard.borrow(), ["added", "upload", "success", "complete"], "{fault}");
        assert_eq!(rig.uploader.stats(), Stats { blobs: 1, ..NOTHING }, "{fault}");
    }
    // Parameters that have expired are asked for anew, at no cost.
    rules(faults, r#"[{"times": 1, "fault": {"kind": "expired"}}]"#).await;
    let rig = Rig::new(Host::new(host), &[], 30_000);
    assert_arrived(&rig.upload(contents(), "expired.bin").await);
}

#[wasm_bindgen_test]
async fn a_stall_is_told_and_its_request_closed() {
    let Some((host, faults)) = servers() else { return };
    rules(faults, r#"[{"times": 1, "fault": {"kind": "stall"}}]"#).await;
    // More than the sockets' buffers hold: a small body counts as sent, and then the answer has longer.
    let parts: Array = (0..100).map(|_| JsValue::from(contents())).collect();
    let large = Blob::new_with_blob_sequence(&parts).unwrap();
    let rig = Rig::new(Host::new(host), &[10], 1_000);
    let id = rig.add(large, "stalled.bin");
    rig.uploader.upload().unwrap();
    rig.until("the stall", |rig| rig.count("stalled") == 1).await;
    rig.uploader.pause(id);
    assert_eq!(rig.uploader.stats(), Stats { blobs: 1, ..NOTHING });
    let mut open = figure(faults, "inFlight").await;
    for _ in 0..100 {
        if open == 0.0 {
            break;
        }
        TimeoutFuture::new(50).await;
        open = figure(faults, "inFlight").await;
    }
    assert_eq!(open, 0.0, "the stalled request is still open");
}

#[wasm_bindgen_test]
async fn cancelled_in_mid_body_nothing_is_told_and_nothing_held() {
    let Some((host, faults)) = servers() else { return };
    rules(faults, r#"[{"fault": {"kind": "stall", "afterBytes": 1000}}]"#).await;
    let rig = Rig::new(Host::new(host), &[], 30_000);
    let id = rig.add(contents(), "cancelled.bin");
    rig.uploader.upload().unwrap();
    rig.until("a request", |rig| rig.uploader.stats().closures == 1).await;
    rig.uploader.remove(id);
    assert_eq!(rig.uploader.stats(), NOTHING);
    TimeoutFuture::new(100).await;
    assert_eq!((rig.count("error"), rig.count("success")), (0, 0));
    // Dropping the last handle stops it too.
    rig.add(contents(), "dropped.bin");
    rig.uploader.upload().unwrap();
    rig.until("a request", |rig| rig.uploader.stats().closures == 1).await;
    drop(rig);
    let watch = Rig::new(Host::new(host), &[], 30_000);
    assert_eq!(watch.uploader.stats(), NOTHING);
    rules(faults, "[]").await;
}

#[wasm_bindgen_test]
async fn after_many_uploads_nothing_is_held() {
    let Some((host, faults)) = servers() else { return };
    rules(faults, r#"[{"times": 10, "fault": {"kind": "reset"}}]"#).await;
    let rig = Rig::new(Host::new(host), &[0, 10, 10], 30_000);
    let ids: Vec<FileId> = (0..100).map(|n| rig.add(blob(&format!("{n}")), &format!("{n}.txt"))).collect();
    assert_eq!(rig.uploader.stats(), Stats { blobs: ids.len(), ..NOTHING });
    rig.uploader.upload().unwrap();
    rig.until("the end", |rig| rig.count("complete") == 1).await;
    let failed: Vec<_> = ids.iter().filter_map(|id| rig.file(*id).failure).map(|failure| failure.message).collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(rig.count("success"), ids.len());
    assert_eq!(rig.uploader.stats(), Stats { blobs: ids.len(), ..NOTHING });
    rig.uploader.cancel_all();
    assert_eq!(rig.uploader.stats(), NOTHING);
    // No closure of a request or a timer holds the uploader.
    let weak = rig.uploader.downgrade();
    drop(rig);
    assert!(weak.upgrade().is_none());
}

/// A page that is to be left breaks its own requests. What breaks while a person is asked, and then stays, counts after all.
#[wasm_bindgen_test]
async fn what_breaks_while_the_page_is_to_be_left_counts_when_it_stays() {
    let failing = Parameters::callback(|_| async { Err(Failure::new(Kind::Sign, "rejected", Class::Final, "no")) });
    let rig = Rig::new(failing, &[], 0);
    let window = web_sys::window().unwrap();
    let happens = |name: &str| window.dispatch_event(&Event::new(name).unwrap()).unwrap();
    happens("beforeunload");
    let id = rig.add(blob("a"), "a.txt");
    rig.uploader.upload().unwrap();
    TimeoutFuture::new(200).await;
    assert_eq!((rig.count("error"), rig.uploader.stats().jobs), (0, 1));
    happens("pageshow");
    assert_eq!((rig.file(id).phase, rig.count("error"), rig.uploader.stats().jobs), (Phase::Failed, 1, 0));
}

/// A host's refusals by code: those that concern the file are told as the store would tell them, and the status that the store
/// had is what counts, whatever status a host made of it.
#[wasm_bindgen_test]
async fn what_a_host_says_of_the_file_or_of_the_store_keeps_its_kind() {
    let replace = "async (answer) => {
        window.fetchBefore ??= window.fetch
        const [status, body] = answer ? JSON.parse(answer) : []
        window.fetch = answer ? async () => new Response(JSON.stringify(body), { status }) : window.fetchBefore
    }";
    let whole = Options { retry_delays_ms: vec![0, 0], ..Options::default() };
    let parts = Options { multipart: Multipart { above: 0, ..Multipart::default() }, ..whole.clone() };
    for (options, answer, wanted) in [
        (&whole, r#"[413, {"code": "EntityTooLarge", "error": "at most 2"}]"#, (Kind::S3, "EntityTooLarge", 413)),
        (&parts, r#"[413, {"code": "EntityTooLarge", "error": "at most 2"}]"#, (Kind::S3, "EntityTooLarge", 413)),
        (&whole, r#"[413, {"error": "at most 2"}]"#, (Kind::Sign, "rejected", 413)),
        (
            &parts,
            r#"[500, {"error": {"name": "AccessDenied", "$metadata": {"httpStatusCode": 403}}}]"#,
            (Kind::S3, "AccessDenied", 403),
        ),
        (
            &parts,
            r#"[500, {"error": {"name": "Weird", "$metadata": {"httpStatusCode": 1e9}}}]"#,
            (Kind::Sign, "unavailable", 500),
        ),
    ] {
        js(replace, answer).await.unwrap();
        let rig = Rig::with(Parameters::host("https://host.example"), options.clone());
        let failure = rig.upload(blob("abc"), "a.bin").await.failure.unwrap();
        js(replace, "").await.unwrap();
        assert_eq!((failure.kind, failure.code.as_str(), failure.status), wanted, "{answer}");
    }
}
