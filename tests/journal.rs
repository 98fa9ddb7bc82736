//! The journal in a real browser: what it keeps, what it refuses to believe, and how little it minds being without a
//! database.
#![cfg(target_arch = "wasm32")]

use std::{
    cell::{Cell, RefCell},
    future::pending,
    rc::Rc,
};

use filechute::{
    Class, Failure, IntakeFile, Kind, Meta, Parameters, Uploader, UploaderOptions,
    journal::{Fingerprint, Handle, Journal, Mismatch, PartReceipt, Record, RecordedPart, Remote, Resume, verify},
};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Date, Function, Promise, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Blob;

wasm_bindgen_test_configure!(run_in_browser);

const MIB: u64 = 1 << 20;
const DAY_MS: u64 = 24 * 3_600_000;

/// Runs a script of the test's own, `a` and `b` being its arguments, and waits for its promise.
async fn script(body: &str, a: impl Into<JsValue>, b: impl Into<JsValue>) -> JsValue {
    let returned = Function::new_with_args("a, b", body).call2(&JsValue::NULL, &a.into(), &b.into()).unwrap();
    JsFuture::from(Promise::resolve(&returned)).await.unwrap()
}

/// The same with a connection of its own, past the journal: `store(name)` gives an object store.
async fn raw(body: &str, a: impl Into<JsValue>, b: impl Into<JsValue>) -> JsValue {
    let around = format!(
        "return new Promise((done, failed) => {{
            const open = indexedDB.open('filechute', 1)
            open.onerror = failed
            open.onsuccess = () => {{
                const all = ['records', 'parts', 'handles', 'owed']
                const change = open.result.transaction(all, 'readwrite')
                const store = name => change.objectStore(name)
                let answer
                ;(() => {{ {body} }})()
                change.oncomplete = () => {{ open.result.close(); done(answer && answer.result) }}
                change.onabort = failed
            }}
        }})"
    );
    script(&around, a, b).await
}

/// Parts in the database, by whatever record.
async fn parts_stored(id: &str) -> u32 {
    let counted = raw("answer = store('parts').count(IDBKeyRange.bound([a], [a, []]))", id, JsValue::NULL).await;
    counted.as_f64().unwrap() as u32
}

async fn is_stored(id: &str) -> bool {
    raw("answer = store('records').count(a)", id, JsValue::NULL).await == 1
}

/// A journal whose complaints are counted.
fn journal(scope: &str) -> (Journal, Rc<RefCell<Vec<String>>>) {
    let complaints = Rc::new(RefCell::new(Vec::new()));
    let told = Rc::clone(&complaints);
    (Journal::open(scope, move |why| told.borrow_mut().push(why.to_owned())), complaints)
}

fn now() -> u64 {
    Date::now() as u64
}

/// A record as the driver makes them, of 12 MiB in parts of 5.
fn record(scope: &str) -> Record {
    let uploader = Uploader::new(Parameters::callback(|_| pending()), UploaderOptions::default());
    let blob = Blob::new_with_str_sequence(&Array::of1(&"x".into())).unwrap();
    let mut file = IntakeFile::from_blob(blob, "film – ١٠ 🤑.mp4");
    file.last_modified = 1_498_510_508_000;
    file.relative_path = Some("a/film.mp4".into());
    let id = uploader.add(file).unwrap();
    let mut file = uploader.file(id).unwrap();
    file.size = 12 * MIB;
    let remote =
        Remote {
            upload_id: format!("upload of {scope}"), key: "a/ключ".into(), bucket: "b".into(), checksum: None
        };
    let resume = Resume { remote, part_size: 5 * MIB, parts: Vec::new() };
    let meta = [("album", "α"), ("__proto__", "kept"), ("constructor", "kept")];
    let meta = meta.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Meta>();
    let mut record = Record::new(scope, &file, meta, resume);
    record.algorithm = "fnv".into();
    record.fingerprint = Fingerprint { head: "head==".into(), tail: "tail==".into() };
    record
}

fn part(number: u32, size: u64) -> RecordedPart {
    RecordedPart { number, size, etag: format!("etag{number}"), checksum: format!("sum{number}==") }
}

/// All that a journal writes of a record. When it got on last is its own business.
fn same(mut found: Record, wanted: &Record) {
    assert!(found.updated_ms >= wanted.updated_ms);
    found.updated_ms = wanted.updated_ms;
    assert_eq!(&found, wanted);
}

#[wasm_bindgen_test]
async fn a_record_comes_back_as_it_was_written() {
    let (before, complaints) = journal("round-trip");
    let mut record = record("round-trip");
    record.parts = vec![part(1, 5 * MIB), part(3, 2 * MIB)];
    // Asked before the database is open.
    before.remember(&record);
    drop(before);

    let (after, _) = journal("round-trip");
    let mut found = after.list().await;
    assert_eq!(found.len(), 1);
    same(found.pop().unwrap(), &record);
    assert_eq!(record.bytes(), 7 * MIB);

    // Written again it keeps its parts.
    record.name = "other".into();
    after.remember(&Record { parts: Vec::new(), ..record.clone() });
    let mut found = after.list().await;
    same(found.pop().unwrap(), &record);

    let (elsewhere, _) = journal("another scope");
    assert_eq!(elsewhere.list().await, []);
    after.forget(&record.id);
    assert_eq!(after.list().await, []);
    assert_eq!(parts_stored(&record.id).await, 0);
    assert!(complaints.borrow().is_empty());
}

#[wasm_bindgen_test]
async fn nothing_secret_is_written() {
    let (journal, _) = journal("secrets");
    let mut record = record("secrets");
    for (name, value) in [
        ("X-Amz-Credential", "1"),
        ("policy", "2"),
        ("Authorization", "3"),
        ("where", "https://b.s3/k?X-Amz-Signature=4"),
        ("kept", "5"),
    ] {
        record.meta.insert(name.into(), value.into());
    }
    journal.remember(&record);
    let found = journal.list().await.pop().unwrap();
    assert_eq!(found.meta.get("kept").unwrap(), "5");
    let stored = raw("answer = store('records').get(a)", record.id.as_str(), JsValue::NULL).await;
    let text = String::from(js_sys::JSON::stringify(&stored).unwrap());
    for secret in ["X-Amz", "policy", "Authorization", "://"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    journal.forget(&record.id);
    journal.flush().await;
}

#[wasm_bindgen_test]
async fn parts_are_written_in_batches_and_never_without_their_record() {
    let (journal, _) = journal("batches");
    let record = record("batches");
    journal.note_part(&record.id, &part(1, 5 * MIB));
    journal.remember(&record);
    journal.flush().await;
    journal.note_part(&record.id, &part(1, 5 * MIB));
    journal.note_part(&record.id, &part(2, 5 * MIB));
    journal.note_part(&record.id, &part(0, 5 * MIB));
    journal.note_part(&record.id, &part(10_001, 5 * MIB));
    TimeoutFuture::new(100).await;
    assert_eq!(parts_stored(&record.id).await, 0);
    TimeoutFuture::new(700).await;
    assert_eq!(parts_stored(&record.id).await, 2);

    // The page goes: what is pending is handed over at once.
    for (event, target) in [("pagehide", "window"), ("freeze", "document")] {
        journal.note_part(&record.id, &part(3, 2 * MIB));
        raw("store('parts').delete([a, 3])", record.id.as_str(), JsValue::NULL).await;
        script(&format!("{target}.dispatchEvent(new Event(a))"), event, JsValue::NULL).await;
        assert_eq!(parts_stored(&record.id).await, 3, "{event}");
    }

    // A part that comes late does not stay behind.
    journal.note_part(&record.id, &part(2, 5 * MIB));
    journal.forget(&record.id);
    journal.note_part(&record.id, &part(1, 5 * MIB));
    TimeoutFuture::new(700).await;
    assert_eq!(parts_stored(&record.id).await, 0);
    assert!(!is_stored(&record.id).await);
}

#[wasm_bindgen_test]
async fn damaged_records_are_dropped() {
    let (journal, complaints) = journal("hostile");
    let record = record("hostile");
    for spoil in [
        "null",
        "'text'",
        "[]",
        "{ ...a, version: 0 }",
        "{ ...a, version: '1' }",
        "{ ...a, id: 'another-id' }",
        "{ ...a, id: 7 }",
        "{ ...a, created: a.updated + 1 }",
        "{ ...a, updated: Date.now() + 9e8 }",
        "{ ...a, updated: NaN }",
        "{ ...a, scope: {} }",
        "{ ...a, name: 'n'.repeat(9000) }",
        "{ ...a, name: undefined }",
        "{ ...a, type: 1 }",
        "{ ...a, size: 0 }",
        "{ ...a, size: -1 }",
        "{ ...a, size: 1.5 }",
        "{ ...a, size: Infinity }",
        "{ ...a, size: 12345678901234567890 }",
        "{ ...a, size: 12582912n }",
        "{ ...a, lastModified: '0' }",
        "{ ...a, relativePath: 3 }",
        "{ ...a, meta: null }",
        "{ ...a, meta: ['x'] }",
        "{ ...a, meta: { x: 1 } }",
        "{ ...a, meta: Object.fromEntries(Array.from({ length: 101 }, (_, i) => ['m' + i, ''])) }",
        "{ ...a, uploadId: '' }",
        "{ ...a, uploadId: 'u'.repeat(5000) }",
        "{ ...a, key: '' }",
        "{ ...a, bucket: null }",
        "{ ...a, partSize: 0 }",
        "{ ...a, partSize: 5 * 1024 * 1024 - 1 }",
        "{ ...a, partSize: 6 * 1024 ** 3 }",
        "{ ...a, size: 1e14 }",
        "{ ...a, head: '<b>' + String.fromCharCode(0) }",
        "{ ...a, tail: 5 }",
    ] {
        journal.remember(&record);
        journal.note_part(&record.id, &part(1, 5 * MIB));
        let id = record.id.as_str();
        let good = {
            journal.flush().await;
            raw("answer = store('records').get(a)", id, JsValue::NULL).await
        };
        raw(&format!("store('records').put({spoil}, b)"), good, id).await;
        assert_eq!(journal.list().await, [], "{spoil}");
        assert!(!is_stored(id).await, "{spoil}");
        assert_eq!(parts_stored(id).await, 0, "{spoil}");
    }
    // Under keys that are no ids; what a newer release wrote is left alone.
    raw("store('records').put({}, 7); store('records').put({ version: 2 }, 'newer')", JsValue::NULL, JsValue::NULL)
        .await;
    assert_eq!(journal.list().await, []);
    journal.flush().await;
    assert_eq!(raw("answer = store('records').count(7)", JsValue::NULL, JsValue::NULL).await, 0);
    assert_eq!(raw("answer = store('records').count('newer')", JsValue::NULL, JsValue::NULL).await, 1);
    raw("store('records').delete('newer')", JsValue::NULL, JsValue::NULL).await;
    assert!(complaints.borrow().is_empty());
}

#[wasm_bindgen_test]
async fn damaged_parts_are_not_there() {
    let (journal, _) = journal("hostile parts");
    let mut record = record("hostile parts");
    record.parts = vec![part(2, 5 * MIB)];
    journal.remember(&record);
    journal.flush().await;
    for (number, value) in [
        ("0", "[5242880, 'e', 'c', 1]"),
        ("1", "[5242879, 'e', 'c', 1]"),
        ("1", "[0, 'e', 'c', 1]"),
        ("1", "['5242880', 'e', 'c', 1]"),
        ("1", "[5242880, null, 'c', 1]"),
        ("1", "[5242880, 'e\\n', 'c', 1]"),
        ("1", "[5242880, 'e', 'c'.repeat(300), 1]"),
        ("1", "[5242880, 'e', 'c']"),
        ("1", "{}"),
        ("1", "null"),
        ("1.5", "[5242880, 'e', 'c', 1]"),
        ("'1'", "[5242880, 'e', 'c', 1]"),
        ("3", "[5242880, 'e', 'c', 1]"),
        ("4", "[5242880, 'e', 'c', 1]"),
        ("1e9", "[5242880, 'e', 'c', 1]"),
    ] {
        raw(&format!("store('parts').put({value}, [a, {number}])"), record.id.as_str(), JsValue::NULL).await;
        let found = journal.list().await.pop().unwrap();
        assert_eq!(found.parts, record.parts, "{number}: {value}");
        raw(&format!("store('parts').delete([a, {number}])"), record.id.as_str(), JsValue::NULL).await;
    }
    journal.forget(&record.id);
    journal.flush().await;
}

#[wasm_bindgen_test]
async fn a_polluted_prototype_adds_nothing() {
    let (journal, _) = journal("polluted");
    let record = record("polluted");
    journal.remember(&record);
    journal.flush().await;
    let id = record.id.as_str();
    raw("store('records').get(a).onsuccess = e => { const r = e.target.result; delete r.key; store('records').put(r, a) }", id, JsValue::NULL).await;
    script("Object.prototype.key = 'planted'", JsValue::NULL, JsValue::NULL).await;
    let found = journal.list().await;
    script("delete Object.prototype.key", JsValue::NULL, JsValue::NULL).await;
    assert_eq!(found, []);
    journal.flush().await;
}

#[wasm_bindgen_test]
async fn what_is_seven_days_old_is_dropped_and_its_upload_is_owed_an_abort() {
    let (journal, _) = journal("old");
    let mut old = record("old");
    (old.created_ms, old.updated_ms) = (now() - 8 * DAY_MS, now() - 8 * DAY_MS);
    let fresh = Record { updated_ms: now() - 6 * DAY_MS, created_ms: now() - 20 * DAY_MS, ..record("old") };
    // Began long ago, and still gets on.
    let moving = Record { id: record("old").id, ..old.clone() };
    for record in [&old, &fresh, &moving] {
        journal.remember(record);
    }
    journal.note_part(&moving.id, &part(1, 5 * MIB));
    // Another tab holds on to it.
    let claim = journal.claim(&old.id).await.unwrap();
    let ids = |records: Vec<Record>| records.into_iter().map(|record| record.id).collect::<Vec<_>>();
    assert_eq!(ids(journal.list().await), [fresh.id.clone(), moving.id.clone()]);
    assert!(is_stored(&old.id).await);
    assert_eq!(journal.owed().await, []);
    drop(claim);
    TimeoutFuture::new(50).await;
    assert_eq!(journal.list().await.len(), 2);
    assert!(!is_stored(&old.id).await);
    assert_eq!(journal.owed().await, [old.remote.clone()]);
    journal.paid(&old.remote);
    assert_eq!(journal.owed().await, []);
    journal.forget(&fresh.id);
    journal.forget(&moving.id);
    journal.flush().await;
}

#[wasm_bindgen_test]
async fn aborts_owed_are_kept_by_scope() {
    let (here, _) = journal("owed");
    let (there, _) = journal("owed elsewhere");
    let remote = |name: &str| Remote { upload_id: name.into(), key: "k".into(), bucket: String::new(), checksum: None };
    here.owe(&remote("one"));
    here.owe(&remote("two"));
    here.owe(&remote("two"));
    there.owe(&remote("one"));
    drop(here);
    let (here, _) = journal("owed");
    assert_eq!(here.owed().await, [remote("one"), remote("two")]);
    here.paid(&remote("one"));
    assert_eq!(here.owed().await, [remote("two")]);
    assert_eq!(there.owed().await, [remote("one")]);
    raw("store('owed').put({ uploadId: 'three', key: '', bucket: '', created: 1 }, [a, 'three'])", "owed", "").await;
    raw("store('owed').put({ uploadId: 'four', key: 'k', bucket: '', created: 1 }, [a, 'four'])", "owed", "").await;
    assert_eq!(here.owed().await, [remote("two")]);
    here.paid(&remote("two"));
    there.paid(&remote("one"));
    there.flush().await;
    here.flush().await;
    assert_eq!(raw("answer = store('owed').count()", JsValue::NULL, JsValue::NULL).await, 0);
}

#[wasm_bindgen_test]
async fn a_record_belongs_to_one_tab_at_a_time() {
    let (one, _) = journal("claims");
    let (two, _) = journal("claims");
    let record = record("claims");
    let claim = one.claim(&record.id).await.expect("nobody has it");
    one.remember(&record);
    assert_eq!(two.list().await.len(), 1);
    assert!(two.claim(&record.id).await.is_none());
    assert!(one.claim(&record.id).await.is_none());
    assert_eq!(two.claimed().await, [&*record.id]);
    drop(claim);
    TimeoutFuture::new(50).await;
    assert!(two.claimed().await.is_empty());
    drop(two.claim(&record.id).await.expect("it was given up"));
    TimeoutFuture::new(50).await;

    // Another document of the origin.
    let frame = script(
        "const frame = document.createElement('iframe')
        frame.src = '/'
        document.body.append(frame)
        return new Promise(loaded => { frame.onload = loaded }).then(() => new Promise(held => {
            frame.contentWindow.navigator.locks.request('filechute:' + a, () => new Promise(() => held(frame)))
        }))",
        record.id.as_str(),
        JsValue::NULL,
    )
    .await;
    assert!(one.claim(&record.id).await.is_none());
    script("a.remove()", frame, JsValue::NULL).await;
    for _ in 0..100 {
        if one.claim(&record.id).await.is_some() {
            break;
        }
        TimeoutFuture::new(20).await;
    }
    TimeoutFuture::new(50).await;
    let (mut first, second) = (one.claim(&record.id).await, two.claim(&record.id).await);
    assert!(first.is_some() && second.is_none(), "the document that had it is gone");
    first.take();

    // A browser without locks, and one that refuses them: nobody is kept out.
    for locks in ["undefined", "{ request() { throw 1 } }", "{ request: () => Promise.reject(new Error('no')) }"] {
        script(
            &format!("Object.defineProperty(navigator, 'locks', {{ value: {locks}, configurable: true }})"),
            JsValue::NULL,
            JsValue::NULL,
        )
        .await;
        let claims = (one.claim(&record.id).await, two.claim(&record.id).await);
        assert!(claims.0.is_some() && claims.1.is_some(), "{locks}");
        assert!(one.claimed().await.is_empty());
    }
    script("delete navigator.locks", JsValue::NULL, JsValue::NULL).await;
    one.forget(&record.id);
    one.flush().await;
}

/// Every verb, on a journal that cannot work: nothing is returned, nothing is thrown, one complaint.
async fn all_verbs_are_harmless(journal: &Journal) {
    let record = record("unavailable");
    journal.remember(&record);
    journal.note_part(&record.id, &part(1, 5 * MIB));
    journal.owe(&record.remote);
    journal.flush().await;
    assert_eq!(journal.list().await, []);
    assert_eq!(journal.owed().await, []);
    assert!(journal.reopen(&record).await.is_none());
    journal.remember(&record);
    journal.paid(&record.remote);
    journal.forget(&record.id);
    journal.flush().await;
    assert!(journal.claim(&record.id).await.is_some());
}

#[wasm_bindgen_test]
async fn without_a_database_it_does_nothing_and_says_so_once() {
    for stub in [
        "undefined",
        "null",
        "{}",
        "{ open() { throw new DOMException('private', 'SecurityError') } }",
        "{ open() { throw null } }",
        "{ open: () => undefined }",
        "{ open: () => Object.freeze({}) }",
        "{ open() { const r = {}; setTimeout(() => r.onerror({ target: { error: { name: 'UnknownError' } } })); return r } }",
        "{ open() { const r = {}; setTimeout(() => r.onsuccess()); return r } }",
        "{ open() { const r = { result: {} }; setTimeout(() => r.onsuccess()); return r } }",
    ] {
        let set = "Object.defineProperty(window, 'indexedDB', { value: b, configurable: true, writable: true })";
        let kept = script("return Object.getOwnPropertyDescriptor(window, 'indexedDB')", 0, 0).await;
        let stub_value = script(&format!("return {stub}"), 0, 0).await;
        script(set, 0, stub_value).await;
        let (journal, complaints) = journal("unavailable");
        all_verbs_are_harmless(&journal).await;
        let put_back = "delete window.indexedDB; if (a) Object.defineProperty(window, 'indexedDB', a)";
        script(put_back, kept, 0).await;
        assert_eq!(complaints.borrow().len(), 1, "{stub}: {:?}", complaints.borrow());
    }
}

#[wasm_bindgen_test]
async fn an_open_that_hangs_is_given_up_and_closed_when_it_comes_late() {
    let kept = script("return Object.getOwnPropertyDescriptor(window, 'indexedDB')", 0, 0).await;
    script(
        "window.lateRequest = { result: { close() { window.lateClosed = true } } }
        Object.defineProperty(window, 'indexedDB', { value: { open: () => window.lateRequest }, configurable: true })",
        0,
        0,
    )
    .await;
    let begun = Date::now();
    let (journal, complaints) = journal("hanging");
    all_verbs_are_harmless(&journal).await;
    let took = Date::now() - begun;
    assert!((2_900.0..6_000.0).contains(&took), "{took}");
    script("window.lateRequest.onsuccess()", 0, 0).await;
    let closed = script("return window.lateClosed", 0, 0).await;
    script("delete window.indexedDB; if (a) Object.defineProperty(window, 'indexedDB', a)", kept, 0).await;
    assert!(closed.is_truthy());
    assert_eq!(*complaints.borrow(), ["no answer"]);
}

#[wasm_bindgen_test]
async fn a_full_disk_turns_it_off_once() {
    for put in [
        "throw new DOMException('full', 'QuotaExceededError')",
        "const request = old.apply(this, all); this.transaction.abort(); return request",
    ] {
        let (journal, complaints) = journal("full");
        assert_eq!(journal.list().await, []);
        let stub = format!(
            "window.oldPut = IDBObjectStore.prototype.put
            const old = window.oldPut
            IDBObjectStore.prototype.put = function (...all) {{ {put} }}"
        );
        script(&stub, 0, 0).await;
        let record = record("full");
        journal.remember(&record);
        journal.flush().await;
        TimeoutFuture::new(50).await;
        script("IDBObjectStore.prototype.put = window.oldPut", 0, 0).await;
        assert_eq!(complaints.borrow().len(), 1, "{put}");
        all_verbs_are_harmless(&journal).await;
        assert_eq!(complaints.borrow().len(), 1, "{put}");
        assert!(!is_stored(&record.id).await);
    }
}

#[wasm_bindgen_test]
async fn it_makes_way_for_another_tab_and_for_a_newer_release() {
    let (journal_, complaints) = journal("upgrade");
    let record = record("upgrade");
    journal_.remember(&record);
    journal_.flush().await;
    // A newer release opens the database: it must not be blocked by this one.
    script(
        "return new Promise((done, failed) => {
            const open = indexedDB.open('filechute', 2)
            open.onblocked = open.onerror = failed
            open.onsuccess = () => { open.result.close(); done() }
        })",
        0,
        0,
    )
    .await;
    assert_eq!(*complaints.borrow(), ["the database was closed"]);
    all_verbs_are_harmless(&journal_).await;
    assert_eq!(complaints.borrow().len(), 1);
    // This release comes to what the newer one left.
    let (late, complaints) = journal("upgrade");
    all_verbs_are_harmless(&late).await;
    assert_eq!(*complaints.borrow(), ["VersionError"]);
    script(
        "return new Promise((done, failed) => {
            const gone = indexedDB.deleteDatabase('filechute')
            gone.onblocked = gone.onerror = failed
            gone.onsuccess = done
        })",
        0,
        0,
    )
    .await;
    let (journal, complaints) = journal("upgrade");
    assert_eq!(journal.list().await, []);
    assert!(complaints.borrow().is_empty());
}

/// Blocked by a connection that does not make way: given up after three seconds, and no harm done to it.
#[wasm_bindgen_test]
async fn a_tab_that_does_not_make_way_is_not_waited_for() {
    let gone = "return new Promise((done, failed) => {
        const gone = indexedDB.deleteDatabase('filechute')
        gone.onerror = failed
        gone.onsuccess = done
    })";
    script(gone, 0, 0).await;
    let stubborn = script(
        "return new Promise((done, failed) => {
            const open = indexedDB.open('filechute', 1)
            open.onupgradeneeded = () => {
                for (const name of ['records', 'parts', 'handles', 'owed']) open.result.createObjectStore(name)
            }
            open.onsuccess = () => {
                const lock = open.result.transaction('records', 'readwrite').objectStore('records')
                // Never lets go of its transaction.
                const spin = () => { if (!window.letGo) lock.get('x').onsuccess = spin }
                spin()
                indexedDB.deleteDatabase('filechute')
                done(open.result)
            }
        })",
        0,
        0,
    )
    .await;
    let (journal, complaints) = journal("blocked");
    all_verbs_are_harmless(&journal).await;
    script("window.letGo = true; a.close()", stubborn, 0).await;
    assert_eq!(*complaints.borrow(), ["no answer"]);
    TimeoutFuture::new(100).await;
}

/// FNV-1a, as good as any to tell bytes from others.
async fn fnv(blob: &Blob, start: u64, end: u64) -> Result<String, Failure> {
    let slice = blob.slice_with_f64_and_f64(start as f64, end as f64).unwrap();
    let unreadable = |_| Failure::new(Kind::File, "changed", Class::Final, "no");
    let bytes = Uint8Array::new(&JsFuture::from(slice.array_buffer()).await.map_err(unreadable)?).to_vec();
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    Ok(format!("{hash:x}"))
}

fn blob(bytes: &[u8]) -> Blob {
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).unwrap()
}

/// 11 MiB that differ everywhere, and a record of their upload with the first two of three parts done.
async fn uploaded() -> (Vec<u8>, Record) {
    let bytes: Vec<u8> = (0..11 * MIB).map(|at| (at ^ (at >> 8) ^ (at >> 16)) as u8).collect();
    let file = blob(&bytes);
    let mut record = record("verify");
    record.size = 11 * MIB;
    record.fingerprint = Fingerprint::take(&file, &fnv).await.unwrap();
    for number in [1, 2] {
        let start = u64::from(number - 1) * 5 * MIB;
        let checksum = fnv(&file, start, start + 5 * MIB).await.unwrap();
        record.parts.push(RecordedPart { checksum, ..part(number, 5 * MIB) });
    }
    (bytes, record)
}

#[wasm_bindgen_test]
async fn only_the_same_bytes_are_the_same_file() {
    let (bytes, record) = uploaded().await;
    let receipt = |part: &RecordedPart| PartReceipt {
        number: part.number,
        size: part.size,
        etag: part.etag.clone(),
        checksum: part.checksum.clone(),
    };
    let recorded: Vec<_> = record.parts.iter().map(receipt).collect();
    let trusted = verify(&blob(&bytes), &record, fnv).await.unwrap();
    assert_eq!(trusted, recorded);
    assert_eq!(record.resume(trusted).parts.len(), 2);

    let changed = |at: usize| {
        let mut other = bytes.clone();
        other[at] ^= 1;
        blob(&other)
    };
    let part_1 = 3 * MIB as usize;
    let part_2 = 7 * MIB as usize;
    for (other, mismatch) in [
        (blob(&bytes[1..]), Mismatch::Size),
        (blob(&[&bytes[..], &[0]].concat()), Mismatch::Size),
        (blob(&[]), Mismatch::Size),
        // Same name, size and date; other bytes.
        (changed(0), Mismatch::Fingerprint),
        (changed(bytes.len() - 1), Mismatch::Fingerprint),
        (changed(part_1), Mismatch::Part(1)),
        (changed(part_2), Mismatch::Part(2)),
    ] {
        let found = verify(&other, &record, fnv).await.unwrap_err();
        assert_eq!(found, mismatch);
        let failure = Failure::from(found);
        assert_eq!((failure.kind, failure.code.as_str(), failure.class), (Kind::File, "mismatch", Class::Final));
        assert_eq!(filechute::texts::message(&failure, "a"), "This is not the file that was being uploaded.");
    }
    // Not yet uploaded there, so it may well be the file: these bytes will be sent.
    assert!(verify(&changed(bytes.len() - 70_000), &record, fnv).await.is_ok());
}

#[wasm_bindgen_test]
async fn parts_that_cannot_be_checked_are_sent_again() {
    let (bytes, good) = uploaded().await;
    let file = blob(&bytes);
    let numbers = |parts: Vec<PartReceipt>| parts.iter().map(|part| part.number).collect::<Vec<_>>();

    let mut record = good.clone();
    record.parts[0].checksum.clear();
    assert_eq!(numbers(verify(&file, &record, fnv).await.unwrap()), [2]);

    // Another part size than the parts were cut by: none of them is where the plan would put it.
    for part_size in [7 * MIB, MIB, 0] {
        let record = Record { part_size, ..good.clone() };
        assert!(numbers(verify(&file, &record, fnv).await.unwrap()).is_empty(), "{part_size}");
    }
    // By this one the last part happens to have the right size; its bytes are others.
    let record = Record { part_size: 6 * MIB, ..good.clone() };
    assert_eq!(verify(&file, &record, fnv).await.unwrap_err(), Mismatch::Part(2));

    let mut record = good.clone();
    record.parts.push(part(3, 5 * MIB));
    record.parts.push(part(4, 5 * MIB));
    record.parts.push(part(0, 5 * MIB));
    assert_eq!(numbers(verify(&file, &record, fnv).await.unwrap()), [1, 2]);

    // No checksums at all: nothing is digested, nothing is trusted.
    let mut record = Record { fingerprint: Fingerprint::default(), ..good.clone() };
    record.parts.iter_mut().for_each(|part| part.checksum.clear());
    let asked = Cell::new(0);
    let count = async |_: &Blob, _: u64, _: u64| {
        asked.set(asked.get() + 1);
        Ok(String::new())
    };
    assert!(numbers(verify(&file, &record, count).await.unwrap()).is_empty());
    assert_eq!(asked.get(), 0);

    let failure = Failure::new(Kind::File, "removed", Class::Final, "gone");
    let gone = async |_: &Blob, _: u64, _: u64| Err(failure.clone());
    let found = verify(&file, &good, gone).await.unwrap_err();
    assert_eq!(Failure::from(found), failure);
}

#[wasm_bindgen_test]
async fn ten_thousand_parts() {
    let (before, complaints) = journal("many");
    let mut record = record("many");
    (record.size, record.part_size) = (10_000 * 5 * MIB, 5 * MIB);
    before.remember(&record);
    before.flush().await;
    let begun = Date::now();
    for number in 1..=10_000 {
        let checksum = "q83vEjRWeJA=".into();
        let etag = format!("d41d8cd98f00b204e9800998ecf8{number:04}");
        before.note_part(&record.id, &RecordedPart { number, size: 5 * MIB, etag, checksum });
    }
    let noted = Date::now() - begun;
    before.flush().await;
    let written = Date::now() - begun;
    drop(before);
    let (after, _) = journal("many");
    let begun = Date::now();
    let found = after.list().await.pop().unwrap();
    let listed = Date::now() - begun;
    console_log!("10,000 parts: noted in {noted} ms, written after {written} ms, listed in {listed} ms");
    assert_eq!(found.parts.len(), 10_000);
    assert!(found.parts.iter().zip(1..).all(|(part, number)| part.number == number));
    assert_eq!(found.bytes(), record.size);
    assert!(noted < 5_000.0, "noting is what happens between two parts");
    after.forget(&record.id);
    after.flush().await;
    assert_eq!(parts_stored(&record.id).await, 0);
    assert!(complaints.borrow().is_empty());
}

#[wasm_bindgen_test]
async fn a_handle_finds_the_file_again() {
    let (journal, complaints) = journal("handles");
    let record = record("handles");
    journal.remember(&record);
    assert!(!journal.list().await.pop().unwrap().has_handle);
    assert!(journal.reopen(&record).await.is_none());
    assert!(Handle::from_js(JsValue::NULL).is_none());

    // A file of the origin's own: it needs no picker and no leave.
    let handle = script(
        "return navigator.storage.getDirectory().then(async folder => {
            const file = await folder.getFileHandle('journal-test', { create: true })
            const out = await file.createWritable()
            await out.write('bytes')
            await out.close()
            return [file, folder]
        }).catch(() => [])",
        0,
        0,
    )
    .await;
    let handles = Array::from(&handle);
    assert!(Handle::from_js(handles.get(1)).is_none(), "a folder is no file");
    if let Some(handle) = Handle::from_js(handles.get(0)) {
        journal.keep_handle(&record.id, &handle);
        let found = journal.list().await.pop().unwrap();
        let reopened = journal.reopen(&record).await;
        console_log!("handles are kept: {}", found.has_handle);
        assert_eq!(found.has_handle, reopened.is_some());
        if let Some(blob) = reopened {
            assert_eq!(JsFuture::from(blob.text()).await.unwrap(), "bytes");
        }
        script("return navigator.storage.getDirectory().then(folder => folder.removeEntry('journal-test'))", 0, 0)
            .await;
        assert!(journal.reopen(&record).await.is_none(), "it was removed");
    }

    // One that no browser can store spoils nothing.
    let odd = script("return { kind: 'file', getFile() {} }", 0, 0).await;
    journal.keep_handle(&record.id, &Handle::from_js(odd).unwrap());
    journal.note_part(&record.id, &part(1, 5 * MIB));
    assert_eq!(journal.list().await.pop().unwrap().parts.len(), 1);
    journal.forget(&record.id);
    assert_eq!(journal.list().await, []);
    assert_eq!(raw("answer = store('handles').count()", 0, 0).await, 0);
    assert!(complaints.borrow().is_empty());
}
