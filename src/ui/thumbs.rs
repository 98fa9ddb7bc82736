//! Small pictures for the rows, made in JavaScript: see `thumbs.js`, which the element's interface has as well.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlElement};

use super::dom::{append, set};

#[wasm_bindgen(module = "/src/ui/thumbs.js")]
extern "C" {
    #[wasm_bindgen(js_name = Thumbs)]
    type Inside;

    #[wasm_bindgen(constructor, js_class = "Thumbs")]
    fn new() -> Inside;
    /// Calls `done` with the picture's address, perhaps at once, perhaps never; returns what takes the wish back.
    #[wasm_bindgen(method)]
    fn want(this: &Inside, id: &str, blob: &Blob, mime: &str, done: &Function) -> Function;
    #[wasm_bindgen(method)]
    fn stop(this: &Inside);

    #[wasm_bindgen(js_name = fits)]
    fn look(blob: &Blob, mime: &str) -> Promise;
}

/// Whether a file may be shown as it is: a picture whose first bytes say so, of no more pixels than a page can take.
pub(crate) async fn fits(blob: &Blob, mime: &str) -> bool {
    JsFuture::from(look(blob, mime)).await.is_ok_and(|fits| fits.is_truthy())
}

/// Those of one list.
pub(crate) struct Thumbs(Inside);

impl std::fmt::Debug for Thumbs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Thumbs { … }")
    }
}

impl Thumbs {
    pub(crate) fn new() -> Self {
        Self(Inside::new())
    }

    /// A picture in a row's place for one, which comes when it is made.
    pub(crate) fn preview(&self, place: &HtmlElement, id: &str, blob: &Blob, mime: &str) -> Preview {
        let image = append(place, "img", "fc-image");
        set(&image, "alt", "");
        set(&image, "decoding", "async");
        set(&image, "draggable", "false");
        let shown = image.clone();
        // Through the attribute, and only ever an address made there. A picture that does not load is hidden by whoever
        // hears its `error`.
        let done = Closure::<dyn Fn(String)>::new(move |url: String| set(&shown, "src", &url));
        let cancel = self.0.want(id, blob, mime, done.as_ref().unchecked_ref());
        Preview { image, cancel, _done: done }
    }
}

impl Drop for Thumbs {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// What a row shows of a file, or will.
#[derive(Debug)]
pub(crate) struct Preview {
    image: HtmlElement,
    cancel: Function,
    _done: Closure<dyn Fn(String)>,
}

impl Drop for Preview {
    fn drop(&mut self) {
        self.image.remove();
        self.cancel.call0(&wasm_bindgen::JsValue::UNDEFINED).ok();
    }
}
