//! The database: four stores without keys of their own, written in batches, read a range at a time.

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use super::js::{call, global, set, settled};
use crate::web::page::get;

/// Its name at this origin.
const NAME: &str = "filechute";
const VERSION: u32 = 1;
/// An answer that takes longer never comes.
const OPEN_WITHIN_MS: u32 = 3_000;
/// As long, for reads, which wait for what is being written.
const READ_WITHIN_MS: u32 = 15_000;

/// Records by id.
pub(super) const RECORDS: &str = "records";
/// What the store has of them, by `[id, part number]`.
pub(super) const PARTS: &str = "parts";
/// Where their bytes are found again, by id.
pub(super) const HANDLES: &str = "handles";
/// Uploads to be aborted, by `[scope, upload id]`.
pub(super) const OWED: &str = "owed";

/// One change.
pub(super) enum Op {
    Put(&'static str, JsValue, JsValue),
    /// Of a key or a range of keys.
    Delete(&'static str, JsValue),
}

/// An open connection, closed when it is dropped.
pub(super) struct Db {
    connection: JsValue,
    /// Runs when another tab wants a newer version, or the browser took the database away.
    lost: Option<Closure<dyn FnMut()>>,
}

impl Db {
    /// Opens the database, making it when it is not there.
    ///
    /// # Errors
    /// Whatever keeps this page from it, a lack of any answer too.
    pub(super) async fn open() -> Result<Self, JsValue> {
        let request = call(&global("indexedDB"), "open", &[&NAME.into(), &VERSION.into()])?;
        let upgraded = request.clone();
        let upgrade = Closure::<dyn FnMut()>::new(move || {
            let connection = get(&upgraded, "result");
            for store in [RECORDS, PARTS, HANDLES, OWED] {
                // One that cannot be made fails the first transaction.
                let _ = call(&connection, "createObjectStore", &[&store.into()]);
            }
        });
        set(&request, "onupgradeneeded", upgrade.as_ref());
        // `blocked` needs no handler: it ends in one of these, or takes too long.
        match JsFuture::from(settled(&request, "onsuccess", "onerror", OPEN_WITHIN_MS)).await {
            Ok(_) => Ok(Self { connection: get(&request, "result"), lost: None }),
            Err(error) => {
                // It may still succeed one day; a connection that nobody uses would keep other tabs from upgrading.
                let late = request.clone();
                let close = Closure::once_into_js(move || {
                    let _ = call(&get(&late, "result"), "close", &[]);
                    drop(upgrade);
                });
                set(&request, "onsuccess", &close);
                Err(error)
            }
        }
    }

    /// Has `lost` run when the connection must not or cannot be used any more.
    pub(super) fn on_lost(&mut self, lost: impl FnMut() + 'static) {
        let lost = Closure::<dyn FnMut()>::new(lost);
        set(&self.connection, "onversionchange", lost.as_ref());
        set(&self.connection, "onclose", lost.as_ref());
        self.lost = Some(lost);
    }

    /// Makes all changes or none.
    ///
    /// # Errors
    /// What was thrown at once; what happens later rejects the promise.
    pub(super) fn write(&self, ops: &[Op]) -> Result<Promise, JsValue> {
        let transaction = self.transaction(&[RECORDS, PARTS, HANDLES, OWED], "readwrite")?;
        for op in ops {
            let (name, made) = match op {
                Op::Put(name, key, value) => {
                    let store = call(&transaction, "objectStore", &[&(*name).into()])?;
                    (*name, call(&store, "put", &[value, key]))
                }
                Op::Delete(name, key) => {
                    let store = call(&transaction, "objectStore", &[&(*name).into()])?;
                    (*name, call(&store, "delete", &[key]))
                }
            };
            // Handles that a browser cannot store are done without.
            if let (Err(error), true) = (made, name != HANDLES) {
                let _ = call(&transaction, "abort", &[]);
                return Err(error);
            }
        }
        // No event comes before this turn ends; and a promise that nobody hears must not be made.
        Ok(settled(&transaction, "oncomplete", "onabort", 0))
    }

    /// Keys and values of a range, at most `most` of them; `undefined` is the range of everything.
    ///
    /// # Errors
    /// What was thrown, or that nobody answered.
    pub(super) async fn read(
        &self,
        name: &str,
        range: &JsValue,
        most: u32,
    ) -> Result<Vec<(JsValue, JsValue)>, JsValue> {
        let transaction = self.transaction(&[name], "readonly")?;
        let store = call(&transaction, "objectStore", &[&name.into()])?;
        let ask = |verb| call(&store, verb, &[range, &most.into()]);
        let (keys, values) = (ask("getAllKeys")?, ask("getAll")?);
        let done = settled(&transaction, "oncomplete", "onabort", READ_WITHIN_MS);
        JsFuture::from(done).await?;
        let list = |request| get(request, "result").dyn_into::<Array>();
        Ok(list(&keys)?.iter().zip(list(&values)?.iter()).collect())
    }

    fn transaction(&self, stores: &[&str], mode: &str) -> Result<JsValue, JsValue> {
        let stores: Array = stores.iter().copied().map(JsValue::from_str).collect();
        call(&self.connection, "transaction", &[&stores, &mode.into()])
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        for event in ["onversionchange", "onclose"] {
            set(&self.connection, event, &JsValue::NULL);
        }
        // Waits for what is being written.
        let _ = call(&self.connection, "close", &[]);
    }
}

/// The keys from `[first]` on that begin like it. Arrays come after numbers and texts, so `[]` ends the range.
///
/// # Errors
/// There is no IndexedDB.
pub(super) fn beginning_with(first: &str) -> Result<JsValue, JsValue> {
    let first: JsValue = first.into();
    let (from, to) = (Array::of1(&first), Array::of2(&first, &Array::new()));
    call(&global("IDBKeyRange"), "bound", &[&from, &to])
}
