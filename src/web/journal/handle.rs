//! Handles by which a browser finds a file again after a reload (Chromium: files that were dropped, or picked with
//! `showOpenFilePicker`).

use std::future::Future;

use wasm_bindgen::JsValue;
use web_sys::DataTransferItem;

use super::{inside::dropped, wait};
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
        let asked = dropped(item).map(wait);
        async move { Some(asked.ok()?.await).filter(|handle| !handle.is_undefined()).map(Self) }
    }

    pub(super) fn to_js(&self) -> &JsValue {
        &self.0
    }
}
