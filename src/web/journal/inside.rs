//! What is written in JavaScript: see `journal.js`. None of it throws, and no promise rejects.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsValue, closure::Closure, prelude::wasm_bindgen};

#[wasm_bindgen(module = "/src/web/journal/journal.js")]
extern "C" {
    #[wasm_bindgen(js_name = Journal)]
    pub(super) type Inside;

    #[wasm_bindgen(constructor, js_class = "Journal")]
    pub(super) fn new(scope: &str, complain: &Closure<dyn FnMut(String)>) -> Inside;
    #[wasm_bindgen(method)]
    pub(super) fn close(this: &Inside);
    #[wasm_bindgen(method)]
    pub(super) fn remember(this: &Inside, row: &Array);
    #[wasm_bindgen(method)]
    pub(super) fn note(this: &Inside, id: &str, number: u32, size: f64, etag: &str, checksum: &str);
    #[wasm_bindgen(method, js_name = keepHandle)]
    pub(super) fn keep_handle(this: &Inside, id: &str, handle: &JsValue);
    #[wasm_bindgen(method)]
    pub(super) fn forget(this: &Inside, id: &str);
    #[wasm_bindgen(method)]
    pub(super) fn owe(this: &Inside, upload_id: &str, key: &str, bucket: &str);
    #[wasm_bindgen(method)]
    pub(super) fn paid(this: &Inside, upload_id: &str);
    #[wasm_bindgen(method)]
    pub(super) fn flush(this: &Inside) -> Promise;
    #[wasm_bindgen(method)]
    pub(super) fn list(this: &Inside) -> Promise;
    #[wasm_bindgen(method)]
    pub(super) fn owed(this: &Inside) -> Promise;
    #[wasm_bindgen(method)]
    pub(super) fn load(this: &Inside, done: &JsValue) -> Promise;
    #[wasm_bindgen(method)]
    pub(super) fn claim(this: &Inside, id: &str) -> Lock;
    #[wasm_bindgen(method)]
    pub(super) fn claimed(this: &Inside) -> Promise;
    #[wasm_bindgen(method)]
    pub(super) fn reopen(this: &Inside, id: &str) -> Promise;
    #[wasm_bindgen(method, getter)]
    pub(super) fn works(this: &Inside) -> bool;
    /// Never throws. `catch` is for a shim like that of all others, on which the shortening of names counts.
    #[wasm_bindgen(catch)]
    pub(super) fn dropped(item: &JsValue) -> Result<Promise, JsValue>;

    #[derive(Debug)]
    pub(super) type Lock;
    #[wasm_bindgen(method, getter)]
    pub(super) fn granted(this: &Lock) -> Promise;
    #[wasm_bindgen(method, getter)]
    pub(super) fn release(this: &Lock) -> Function;
}
