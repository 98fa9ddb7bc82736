//! The journal in a real browser: what it keeps, what it refuses to believe, and how little it minds being without a
//! database.
#![cfg(target_arch = "wasm32")]

use std::{cell::RefCell, future::pending, rc::Rc};

use filechute::{
    IntakeFile, Meta, Parameters, Uploader, UploaderOptions,
    journal::{Fingerprint, Journal, Record, RecordedPart, Remote, Resume},
};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Date, Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Blob;

mod bytes;
mod database;

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
