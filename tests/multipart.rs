//! Files in parts by the driver in a real browser, to a real host and store, through faults, pauses and reloads.
#![cfg(target_arch = "wasm32")]

mod rig;

use std::{
    cell::Cell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use filechute::{
    Algorithm, AskRequest, FileId, Host, IntakeFile, Kind, Notice, Options, Parameters, Phase, RawOptions, Reply,
    Stats, UploadFile, Uploader, UploaderOptions, journal::Record,
};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Uint8Array};
use rig::{NOTHING, Rig, js, proxies, requests, rules, unused};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Blob;

wasm_bindgen_test_configure!(run_in_browser);

const PART: usize = 5 << 20;
/// Three parts, the last a small one.
const SIZE: usize = 2 * PART + 12_345;

/// Bytes of which none may be lost, repeated or moved without a change of the checksum.
#[allow(clippy::cast_possible_truncation)]
fn contents(seed: usize) -> Blob {
    let bytes: Vec<u8> = (0..SIZE).map(|at| (at ^ (at >> 8) ^ (at >> 16) ^ seed) as u8).collect();
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes.as_slice()))).unwrap()
}

fn large(name: &str, seed: usize) -> IntakeFile {
    let mut file = IntakeFile::from_blob(contents(seed), name);
    file.multipart = Some(true);
    file.part_size = Some(PART as u64);
    file.last_modified = 1_700_000_000_000;
    file
}

/// One thing after the other, so that what is sent can be counted.
fn rig(host: &str) -> Rig {
    Rig::with(Host::new(host), Options { limit: 1, retry_delays_ms: vec![10, 20, 40], ..Options::default() })
}

async fn ended(rig: &Rig, id: FileId) -> UploadFile {
    rig.until("the end", |rig| matches!(rig.file(id).phase, Phase::Done | Phase::Failed)).await;
    rig.file(id)
}

/// The host was asked to abort, once.
async fn aborted(host: &str) {
    for _ in 0..500 {
        if requests(host, "DELETE", "").await > 0 {
            break;
        }
        TimeoutFuture::new(20).await;
    }
    TimeoutFuture::new(200).await;
    assert_eq!(requests(host, "DELETE", "").await, 1);
}

/// The store has all of it: its own checksum over the whole object is that of the file.
fn assert_whole(file: &UploadFile, what: &str) {
    let failure = file.failure.as_ref().map(|failure| (failure.kind, &failure.code, &failure.message));
    assert_eq!((file.phase, failure), (Phase::Done, None), "{what}");
    let response = file.response.as_ref().unwrap();
    assert_eq!(response.verified, Some(Algorithm::Crc64Nvme), "{what}");
    assert!(response.etag.trim_matches('"').ends_with("-3"), "{what}: {}", response.etag);
    assert_eq!((&*response.key, file.bytes_uploaded), (&*file.key(), file.size), "{what}");
}

/// A page whose journal is its own, or what other tests leave would be found there.
fn page(host: &str, scope: &str, checksum: Algorithm) -> Rig {
    let engine = Options { limit: 1, retry_delays_ms: vec![10], checksum: Some(checksum), ..Options::default() };
    Rig::with(Parameters::from(Host::new(host)).scope(scope), engine)
}

/// A name that no other test has.
fn scope() -> String {
    js_sys::Math::random().to_string()
}

/// The second part hangs.
const STALL: &str = r#"[{"match": {"method": "PUT", "query": "partNumber=2"}, "times": 1, "fault": {"kind": "stall", "afterBytes": 1000}}]"#;

/// Until the store has the first part, and the second hangs.
async fn begun(page: &Rig, store: &str, name: &str, seed: usize) -> FileId {
    rules(store, STALL).await;
    let id = page.uploader.add(large(name, seed)).unwrap();
    page.uploader.upload().unwrap();
    page.until("a part", |rig| rig.file(id).bytes_uploaded > PART as u64).await;
    id
}

/// The one upload that an earlier page left.
async fn left(page: &Rig) -> Record {
    for _ in 0..500 {
        if let [record] = page.uploader.unfinished().await.as_slice() {
            return record.clone();
        }
        TimeoutFuture::new(20).await;
    }
    panic!("nothing was left");
}

/// How often each part goes out depends on the fault, what arrives does not.
#[wasm_bindgen_test]
async fn parts_arrive_through_each_fault() {
    let Some((host, store)) = proxies() else { return };
    let part = |times: u32, fault: &str| {
        format!(r#"[{{"match": {{"method": "PUT", "query": "partNumber=2"}}, "times": {times}, "fault": {fault}}}]"#)
    };
    let ask = |method: &str, path: &str, fault: &str| {
        format!(r#"[{{"match": {{"method": "{method}", "path": "{path}"}}, "times": 1, "fault": {fault}}}]"#)
    };
    let none = || "[]".to_owned();
    for (at_store, at_host, sent) in [
        (none(), none(), 3),
        (part(2, r#"{"kind": "slow-down"}"#), none(), 5),
        (part(1, r#"{"kind": "expired"}"#), none(), 4),
        (part(1, r#"{"kind": "internal-error"}"#), none(), 4),
        (part(1, r#"{"kind": "wrong-checksum"}"#), none(), 4),
        (part(1, r#"{"kind": "reset", "afterBytes": 100000}"#), none(), 4),
        (part(1, r#"{"kind": "hide-etag"}"#), none(), 3),
        (none(), ask("GET", "/s3/multipart/", r#"{"kind": "reset"}"#), 3),
        (none(), ask("GET", "/s3/multipart/", r#"{"kind": "status", "status": 503}"#), 3),
        (none(), ask("POST", "/complete", r#"{"kind": "lost-answer"}"#), 3),
        (none(), ask("POST", "/complete", r#"{"kind": "status", "status": 500}"#), 3),
        (none(), ask("POST", "/complete", r#"{"kind": "garbage"}"#), 3),
    ] {
        rules(store, &at_store).await;
        rules(host, &at_host).await;
        let (rig, what) = (rig(host), format!("{at_store} {at_host}"));
        let id = rig.uploader.add(large("parts.bin", 1)).unwrap();
        rig.uploader.upload().unwrap();
        assert_whole(&ended(&rig, id).await, &what);
        assert_eq!((requests(store, "PUT", "partNumber=").await, rig.count("success")), (sent, 1), "{what}");
        assert_eq!(rig.uploader.stats(), Stats { blobs: 1, ..NOTHING }, "{what}");
        assert_eq!((unused(store).await, unused(host).await), (0, 0), "{what}");
    }
    rules(store, "[]").await;
    rules(host, "[]").await;
}

#[wasm_bindgen_test]
async fn what_is_taken_out_is_aborted_at_the_store_and_what_is_held_is_not() {
    let Some((host, store)) = proxies() else { return };
    let stalled = r#"[{"match": {"method": "PUT", "query": "partNumber=2"}, "times": 1, "fault": {"kind": "stall", "afterBytes": 1000}}]"#;
    let begun = async || {
        rules(host, "[]").await;
        rules(store, stalled).await;
        let rig = rig(host);
        let id = rig.uploader.add(large("held.bin", 2)).unwrap();
        rig.uploader.upload().unwrap();
        rig.until("a part", |rig| rig.file(id).bytes_uploaded > PART as u64).await;
        (rig, id)
    };
    let (rig, id) = begun().await;
    assert!(rig.uploader.pause(id));
    assert_eq!(rig.uploader.stats(), Stats { blobs: 1, ..NOTHING });
    assert!(rig.uploader.resume(id));
    assert_whole(&ended(&rig, id).await, "held");
    // The first one once, the second one twice.
    assert_eq!(requests(store, "PUT", "partNumber=").await, 4);
    assert_eq!(requests(host, "DELETE", "").await, 0);

    let (rig, id) = begun().await;
    assert!(rig.uploader.remove(id));
    aborted(host).await;
    assert_eq!(rig.uploader.stats(), NOTHING);
    assert_eq!((rig.count("success"), rig.count("error")), (0, 0));
}

/// Pages of one application, the earlier ones gone.
#[wasm_bindgen_test]
async fn the_next_page_goes_on_with_the_same_bytes_and_no_others() {
    let Some((host, store)) = proxies() else { return };
    let scope = scope();
    let page = || page(host, &scope, Algorithm::Crc64Nvme);
    let left = async || {
        let page = page();
        let record = left(&page).await;
        (page, record.id)
    };
    let first = page();
    begun(&first, store, "film.bin", 3).await;
    drop(first);
    rules(store, "[]").await;

    let (next, record) = left().await;
    // The same name, size and date.
    let wrong = next.uploader.go_on_with(&record, large("film.bin", 4)).unwrap();
    next.uploader.upload().unwrap();
    let failure = ended(&next, wrong).await.failure.unwrap();
    assert_eq!((failure.kind, failure.code.as_str()), (Kind::File, "mismatch"));
    assert_eq!(requests(store, "PUT", "").await, 0);
    // The right one takes its place, and is not sent again as far as it is there.
    let right = next.uploader.go_on_with(&record, large("film.bin", 3)).unwrap();
    assert_eq!(next.uploader.file_ids(), [right]);
    next.uploader.upload().unwrap();
    assert_whole(&ended(&next, right).await, "the next page");
    assert_eq!(requests(store, "PUT", "partNumber=").await, 2);
    assert!(next.uploader.unfinished().await.is_empty());

    // Given up: the store is told, and no later page hears of it.
    rules(host, "[]").await;
    begun(&next, store, "other.bin", 5).await;
    drop(next);
    let (last, record) = left().await;
    // With another source it is none of this page's, and nobody is to be offered it.
    let told = Rc::new(Cell::new(0));
    let telling = Rc::clone(&told);
    let _heard = last.uploader.observe(move |notice| {
        if matches!(notice, Notice::Unfinished) {
            telling.set(telling.get() + 1);
        }
    });
    let source = |scope: &str| Parameters::from(Host::new(host)).scope(scope);
    last.uploader.set_parameters(source(&format!("{scope}, another")));
    assert_eq!(told.get(), 1);
    assert!(last.uploader.unfinished().await.is_empty());
    last.uploader.set_parameters(source(&scope));
    assert_eq!(last.uploader.unfinished().await.iter().map(|it| &*it.id).collect::<Vec<_>>(), [&*record]);
    assert_eq!(told.get(), 2);
    last.uploader.discard(&record);
    aborted(host).await;
    drop(last);
    assert!(page().uploader.unfinished().await.is_empty());
}

/// Whatever is called on it afterwards: it aborted what the next page was to go on with.
#[wasm_bindgen_test]
async fn a_destroyed_uploader_leaves_at_the_store_what_the_journal_keeps() {
    let Some((host, store)) = proxies() else { return };
    let scope = scope();
    rules(host, "[]").await;
    let first = page(host, &scope, Algorithm::Crc64Nvme);
    let id = begun(&first, store, "film.bin", 6).await;
    first.uploader.destroy();
    first.uploader.destroy();
    first.uploader.remove(id);
    first.uploader.cancel_all();
    first.uploader.set_parameters(Parameters::from(Host::new(host)).scope(&scope));
    assert!(first.uploader.unfinished().await.is_empty(), "it has no journal any more");
    assert_eq!(first.uploader.stats(), NOTHING);
    rules(store, "[]").await;

    let next = page(host, &scope, Algorithm::Crc64Nvme);
    let record = left(&next).await;
    assert_eq!(requests(host, "DELETE", "").await, 0);
    let id = next.uploader.go_on_with(&record.id, large("film.bin", 6)).unwrap();
    next.uploader.upload().unwrap();
    assert_whole(&ended(&next, id).await, "the next page");
    assert_eq!(requests(store, "PUT", "partNumber=").await, 2);
}

/// S3 takes no other checksums for the parts than those that the upload was created with.
#[wasm_bindgen_test]
async fn an_upload_keeps_its_algorithm_though_the_next_page_has_another() {
    let Some((host, store)) = proxies() else { return };
    for (seed, algorithm) in [(7, Algorithm::Sha256), (8, Algorithm::Md5)] {
        let scope = scope();
        let first = page(host, &scope, Algorithm::Crc64Nvme);
        begun(&first, store, "film.bin", seed).await;
        drop(first);
        rules(store, "[]").await;
        let next = page(host, &scope, algorithm);
        let record = left(&next).await;
        let id = next.uploader.go_on_with(&record.id, large("film.bin", seed)).unwrap();
        next.uploader.upload().unwrap();
        assert_whole(&ended(&next, id).await, algorithm.name());
        assert_eq!(requests(store, "PUT", "partNumber=").await, 2, "{}", algorithm.name());
    }
}

/// Its handle was thrown away when the upload was written down.
#[wasm_bindgen_test]
async fn a_dropped_file_is_found_again_by_the_next_page() {
    let Some((host, store)) = proxies() else { return };
    let scope = scope();
    let first = page(host, &scope, Algorithm::Crc64Nvme);
    let code = "async (name) => {
        const folder = await navigator.storage?.getDirectory?.().catch(() => undefined)
        const handle = await folder?.getFileHandle(name, { create: true })
        const out = await handle?.createWritable?.()
        await out?.write(new Uint8Array(20e6))
        await out?.close()
        const file = await handle?.getFile()
        if (!file?.size) return undefined
        const item = { kind: 'file', getAsFile: () => file, getAsFileSystemHandle: async () => handle }
        return { items: [item], files: [file] }
    }";
    let transfer = js(code, "dropped.bin").await.unwrap();
    if transfer.is_undefined() {
        return wasm_bindgen_test::console_log!("not tested: this browser has no files of an origin's own to write");
    }
    rules(store, STALL).await;
    first.uploader.set_options(RawOptions { should_use_multipart: Some(true), ..RawOptions::default() }).unwrap();
    first.uploader.add_data_transfer(transfer.unchecked_ref());
    let [id] = first.uploader.file_ids()[..] else { panic!("it was not added") };
    first.uploader.upload().unwrap();
    first.until("a part", |rig| rig.file(id).bytes_uploaded > PART as u64).await;
    drop(first);
    rules(store, "[]").await;

    let next = page(host, &scope, Algorithm::Crc64Nvme);
    let record = left(&next).await;
    assert!(record.has_handle);
    let id = next.uploader.reopen(&record.id).await.unwrap().unwrap();
    next.uploader.upload().unwrap();
    assert_whole(&ended(&next, id).await, "found again");
    js("async (name) => (await navigator.storage.getDirectory()).removeEntry(name)", "dropped.bin").await.unwrap();
}

/// It was offered as unfinished by the page after that, though it had arrived.
#[wasm_bindgen_test]
async fn an_upload_ends_in_the_journal_whatever_it_is_called_by_then() {
    let Some((host, store)) = proxies() else { return };
    let (before, then) = (scope(), scope());
    rules(host, "[]").await;
    let first = page(host, &before, Algorithm::Crc64Nvme);
    let id = begun(&first, store, "film.bin", 9).await;
    let seen_by = async |scope: &str| {
        // Until what is written has been written.
        TimeoutFuture::new(1000).await;
        page(host, scope, Algorithm::Crc64Nvme).uploader.unfinished().await.len()
    };
    first.uploader.set_parameters(Parameters::from(Host::new(host)).scope(&then));
    assert_eq!(seen_by(&before).await, 0);
    rules(store, "[]").await;
    first.uploader.pause(id);
    first.uploader.resume(id);
    assert_whole(&ended(&first, id).await, "another scope");
    drop(first);
    assert_eq!((seen_by(&before).await, seen_by(&then).await), (0, 0));

    // Left in the middle, it is the new one's.
    let first = page(host, &before, Algorithm::Crc64Nvme);
    begun(&first, store, "film.bin", 10).await;
    first.uploader.set_parameters(Parameters::from(Host::new(host)).scope(&then));
    TimeoutFuture::new(1000).await;
    drop(first);
    rules(store, "[]").await;
    let next = page(host, &then, Algorithm::Crc64Nvme);
    let record = left(&next).await;
    let id = next.uploader.go_on_with(&record.id, large("film.bin", 10)).unwrap();
    next.uploader.upload().unwrap();
    assert_whole(&ended(&next, id).await, "the next page");
    assert_eq!(requests(store, "PUT", "partNumber=").await, 2);
}

/// Its parts stayed at the store, and nobody knew of them any more.
#[wasm_bindgen_test]
async fn who_is_dropped_without_a_journal_aborts() {
    let Some((host, store)) = proxies() else { return };
    rules(host, "[]").await;
    let engine = Options { limit: 1, ..Options::default() };
    let uploader =
        Uploader::new(Host::new(host), UploaderOptions { engine, resume: false, ..UploaderOptions::default() });
    rules(store, STALL).await;
    let id = uploader.add(large("film.bin", 11)).unwrap();
    uploader.upload().unwrap();
    for _ in 0..1000 {
        if uploader.file(id).unwrap().bytes_uploaded > PART as u64 {
            break;
        }
        TimeoutFuture::new(20).await;
    }
    drop(uploader);
    aborted(host).await;
    rules(store, "[]").await;
}

/// The choice was forgotten with the look that a pause gave up, and the file sent as a new one.
#[wasm_bindgen_test]
async fn a_choice_survives_a_pause() {
    let Some((host, store)) = proxies() else { return };
    let scope = scope();
    let first = page(host, &scope, Algorithm::Crc64Nvme);
    begun(&first, store, "film.bin", 12).await;
    drop(first);
    rules(store, "[]").await;
    let next = page(host, &scope, Algorithm::Crc64Nvme);
    let record = left(&next).await;
    let id = next.uploader.go_on_with(&record.id, large("renamed.bin", 99)).unwrap();
    next.uploader.upload().unwrap();
    TimeoutFuture::new(0).await;
    assert!(next.uploader.pause(id));
    TimeoutFuture::new(300).await;
    next.uploader.resume(id);
    let failure = ended(&next, id).await.failure.unwrap();
    assert_eq!((failure.kind, failure.code.as_str()), (Kind::File, "mismatch"));
}

#[wasm_bindgen_test]
async fn what_a_source_says_of_the_object_is_told_without_its_query() {
    let Some((host, store)) = proxies() else { return };
    rules(store, "[]").await;
    // Where the parts went counts, where what is said is no address.
    for (said, told) in
        [("https://b.example/k?X-Amz-Signature=SECRET", Some("https://b.example/k")), ("javascript:1", None)]
    {
        let behind = Parameters::from(Host::new(host));
        let parameters = Parameters::multipart(move |request: AskRequest| {
            let behind = behind.clone();
            async move {
                Ok(match behind.ask(request).await? {
                    Reply::Completed(mut response) => {
                        (response.upload_url, response.location) = (said.into(), said.into());
                        response.public_url = said.into();
                        Reply::Completed(response)
                    }
                    other => other,
                })
            }
        });
        let rig = Rig::with(parameters, Options::default());
        let id = rig.uploader.add(large("film.bin", 13)).unwrap();
        rig.uploader.upload().unwrap();
        let response = ended(&rig, id).await.response.unwrap();
        let parts = ["/uploads/", &*response.key].concat();
        for address in [&*response.upload_url, &*response.location] {
            let right = told
                .map_or(address.starts_with("http://127.0.0.1") && address.ends_with(&parts), |told| address == told);
            assert!(right, "{address}");
        }
        // That one is for reading, as it is.
        assert_eq!(response.public_url, if told.is_some() { said } else { "" });
    }
}

/// The next question used to go to the new source, which knew nothing of the upload: the file hung, or an orphan stayed.
#[wasm_bindgen_test]
async fn an_upload_goes_on_with_the_source_that_created_it() {
    let Some((host, store)) = proxies() else { return };
    rules(store, "[]").await;
    rules(host, "[]").await;
    for removed in [false, true] {
        let rig = rig(host);
        let id = rig.uploader.add(large("film.bin", 14)).unwrap();
        rig.uploader.upload().unwrap();
        rig.until("a part on its way", |rig| rig.file(id).phase == Phase::Sending).await;
        let called = Arc::new(AtomicU32::new(0));
        let counts = Arc::clone(&called);
        rig.uploader.set_parameters(Parameters::callback(move |_| {
            counts.fetch_add(1, Ordering::Relaxed);
            async { Err("not mine".into()) }
        }));
        if removed {
            rig.uploader.remove(id);
            aborted(host).await;
        } else {
            assert_eq!(ended(&rig, id).await.phase, Phase::Done);
        }
        assert_eq!(called.load(Ordering::Relaxed), 0);
    }
}
