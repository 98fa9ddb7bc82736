//! A claim on a record, so that two tabs do not go on with the same upload: a Web Lock.

use wasm_bindgen::JsValue;

use super::inside::Lock;

/// Keeps other tabs away from a record until it is dropped, or the page is gone.
#[derive(Debug)]
#[must_use = "dropping a claim gives the record up"]
pub struct Claim(pub(super) Lock);

impl Drop for Claim {
    fn drop(&mut self) {
        let _ = self.0.release().call0(&JsValue::UNDEFINED);
    }
}
