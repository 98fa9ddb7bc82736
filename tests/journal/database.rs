//! Databases that are not there, hang, are full, or are wanted by others.

use filechute::journal::Journal;
use gloo_timers::future::TimeoutFuture;
use js_sys::Date;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{MIB, is_stored, journal, part, record, script};

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
