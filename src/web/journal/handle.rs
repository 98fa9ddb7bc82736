//! Handles by which a browser finds a file again after a reload (Chromium: files that were dropped, or picked with
//! `showOpenFilePicker`).

use std::future::Future;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DataTransferItem};

use super::js::{call, global, option};
use crate::web::page::get;

/// A `FileSystemFileHandle`.
#[derive(Clone, Debug)]
pub struct Handle(JsValue);

impl Handle {
    /// `None` for anything that is not the handle of a file.
    #[must_use]
    pub fn from_js(value: JsValue) -> Option<Self> {
        (get(&value, "kind").as_string()? == "file").then_some(Self(value))
    }

    /// The handle of something dropped, where the browser has such. Call it while the `drop` event is being handled; the
    /// future may be awaited later.
    pub fn dropped(item: &DataTransferItem) -> impl Future<Output = Option<Self>> + 'static {
        let asked = call(item, "getAsFileSystemHandle", &[]);
        async move { Self::from_js(promised(asked).await?) }
    }

    pub(super) fn to_js(&self) -> JsValue {
        self.0.clone()
    }

    /// The file as it is now. Asks the person for leave only in answer to something they did.
    pub(super) async fn file(&self) -> Option<Blob> {
        let mode = option("mode", "read");
        let mut state = self.ask("queryPermission", &mode).await?;
        if state == "prompt" && is_gesture() {
            state = self.ask("requestPermission", &mode).await?;
        }
        if state != "granted" {
            return None;
        }
        promised(call(&self.0, "getFile", &[])).await?.dyn_into().ok()
    }

    async fn ask(&self, verb: &str, mode: &JsValue) -> Option<String> {
        if !get(&self.0, verb).is_function() {
            // Files of the origin's own need no leave, and not every browser has the question.
            return Some("granted".into());
        }
        promised(call(&self.0, verb, &[mode])).await?.as_string()
    }
}

/// Whether the person has just done something in this page. Without the API the browser itself refuses what it must.
fn is_gesture() -> bool {
    get(&get(&global("navigator"), "userActivation"), "isActive").as_bool().unwrap_or(true)
}

async fn promised(value: Result<JsValue, JsValue>) -> Option<JsValue> {
    JsFuture::from(js_sys::Promise::resolve(&value.ok()?)).await.ok()
}
