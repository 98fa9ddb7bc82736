//! A place in a page for the interface, and what a person does there.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::must_use_candidate,
    reason = "each test file uses some of it"
)]

use std::future::pending;

use filechute::{
    AskRequest, Failure, FileId, IntakeFile, Options, Panel, Parameters, RawParameters, Restrictions, UiSettings,
    Uploader, UploaderOptions,
};
use gloo_timers::future::TimeoutFuture;
use leptos::{
    mount::{UnmountHandle, mount_to},
    prelude::*,
    tachys::view::Mountable,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DataTransfer, DragEvent, DragEventInit, Element, Event, File, HtmlElement};

/// A place in the page with a panel in it, both gone when it is dropped.
pub struct Stage<M: Mountable> {
    pub place: HtmlElement,
    pub mounted: Option<UnmountHandle<M>>,
}

impl<M: Mountable> Drop for Stage<M> {
    fn drop(&mut self) {
        self.mounted.take();
        self.place.remove();
    }
}

impl<M: Mountable> Stage<M> {
    pub fn all(&self, selector: &str) -> Vec<HtmlElement> {
        let list = self.place.query_selector_all(selector).unwrap();
        (0..list.length()).map(|at| list.get(at).unwrap().unchecked_into()).collect()
    }

    /// What stands in the document and is not hidden.
    pub fn seen(&self, selector: &str) -> Option<HtmlElement> {
        self.all(selector).into_iter().find(|element| element.offset_width() > 0)
    }

    pub fn text(&self, selector: &str) -> String {
        self.seen(selector).and_then(|element| element.text_content()).unwrap_or_default()
    }

    pub fn click(&self, selector: &str) {
        self.seen(selector).unwrap_or_else(|| panic!("no {selector} to click")).click();
    }

    /// Waits for what coalesced updates and effects bring about.
    pub async fn until(&self, what: &str, mut true_: impl FnMut(&Self) -> bool) {
        for _ in 0..1200 {
            if true_(self) {
                return;
            }
            TimeoutFuture::new(25).await;
        }
        let shown: String = self.all(".fc, .fc-stand").iter().map(|node| node.outer_html()).collect();
        panic!("never came: {what}\n{shown}");
    }
}

pub fn place() -> HtmlElement {
    let document = web_sys::window().unwrap().document().unwrap();
    let place: HtmlElement = document.create_element("div").unwrap().unchecked_into();
    let style = document.create_element("style").unwrap();
    style.set_text_content(Some(filechute::STYLE));
    place.append_child(&style).unwrap();
    document.body().unwrap().append_child(&place).unwrap();
    place
}

pub fn panel(uploader: &Uploader) -> Stage<impl Mountable + use<>> {
    panel_with(uploader, RwSignal::new(UiSettings::default()))
}

pub fn panel_with(uploader: &Uploader, settings: RwSignal<UiSettings>) -> Stage<impl Mountable + use<>> {
    let (place, uploader) = (place(), uploader.clone());
    let mounted = mount_to(place.clone(), move || view! { <Panel uploader settings /> });
    Stage { place, mounted: Some(mounted) }
}

pub fn never() -> Parameters {
    Parameters::callback(|_| pending())
}

pub fn failing(failure: &Failure) -> Parameters {
    let failure = failure.clone();
    Parameters::callback(move |_| {
        let failure = failure.clone();
        async move { Err(failure) }
    })
}

pub fn file(name: &str, mime: &str, text: &str) -> File {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let options = web_sys::FilePropertyBag::new();
    options.set_type(mime);
    File::new_with_str_sequence_and_options(&parts, name, &options).unwrap()
}

pub fn add(uploader: &Uploader, name: &str) -> FileId {
    uploader.add(IntakeFile::from_file(&file(name, "", name))).unwrap()
}

pub fn drop_files(on: &Element, files: &[File]) {
    let transfer = DataTransfer::new().unwrap();
    for file in files {
        transfer.items().add_with_file(file).unwrap();
    }
    drag(on, "drop", &transfer);
}

/// Returns whether somebody kept it from the browser.
pub fn drag(on: &Element, kind: &str, transfer: &DataTransfer) -> bool {
    let init = DragEventInit::new();
    init.set_bubbles(true);
    init.set_cancelable(true);
    init.set_data_transfer(Some(transfer));
    !on.dispatch_event(&DragEvent::new_with_event_init_dict(kind, &init).unwrap()).unwrap()
}

pub fn uploader(parameters: Parameters, restrictions: Restrictions, retry: bool) -> Uploader {
    let mut engine = Options { restrictions, ..Options::default() };
    if !retry {
        engine.retry_delays_ms.clear();
    }
    Uploader::new(parameters, UploaderOptions { engine, ..UploaderOptions::default() })
}

/// A key, pressed on something. Returns whether somebody took it.
pub fn press(on: &Element, key: &str, shift: bool) -> bool {
    let init = web_sys::KeyboardEventInit::new();
    init.set_bubbles(true);
    init.set_cancelable(true);
    init.set_key(key);
    init.set_shift_key(shift);
    let event = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    !on.dispatch_event(&event).unwrap()
}

/// A store in the page itself: it has what is sent at once, but what is called slow not before `land`.
#[derive(Debug)]
pub struct Store(js_sys::Function);

impl Store {
    pub fn open() -> Self {
        let code = "
            const before = globalThis.XMLHttpRequest
            globalThis.XMLHttpRequest = class extends EventTarget {
                upload = new EventTarget()
                status = 0
                responseText = ''
                open(method, url) { this.responseURL = url }
                setRequestHeader() {}
                getAllResponseHeaders() { return 'etag: \"e\"\\r\\n' }
                abort() {}
                send() {
                    this.addEventListener('load', (event) => this.onload?.(event))
                    const land = () => {
                        this.status = 200
                        this.dispatchEvent(new Event('load'))
                    }
                    if (this.responseURL.includes('slow')) addEventListener('land', land, { once: true })
                    else setTimeout(land)
                }
            }
            return () => { globalThis.XMLHttpRequest = before }";
        let close = js_sys::Function::new_no_args(code).call0(&JsValue::NULL).unwrap();
        Self(close.unchecked_into())
    }

    pub fn land() {
        web_sys::window().unwrap().dispatch_event(&Event::new("land").unwrap()).unwrap();
    }

    pub fn parameters() -> Parameters {
        Parameters::callback(|request: AskRequest| async move {
            let name = request.file.name;
            let url = format!("http://127.0.0.1:9/bucket/{name}");
            Ok(RawParameters { url, key: Some(name), ..RawParameters::default() })
        })
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.0.call0(&JsValue::NULL).unwrap();
    }
}
