//! The few things the list and the events need of the document, in plain web-sys. None of it runs on a server.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt, closure::Closure};
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, KeyboardEvent, Node, ResizeObserver};

/// One closure that hears many events of one target. Dropping it ends that.
///
/// The closure is an `Fn`: a click on our button clicks the file input, whose own click comes back here before the
/// first has ended. An `FnMut`, as Leptos and gloo have, would throw.
#[derive(Debug)]
pub(crate) struct Listeners {
    target: EventTarget,
    names: &'static [&'static str],
    closure: Closure<dyn Fn(Event)>,
    early: bool,
}

impl Listeners {
    /// Hears these events while they come down to what they are about, since `scroll` and `error` do not bubble.
    pub(crate) fn new(target: &EventTarget, names: &'static [&'static str], hear: impl Fn(Event) + 'static) -> Self {
        Self::make(target, names, true, hear)
    }

    /// Hears them when everything inside has heard them.
    pub(crate) fn late(target: &EventTarget, names: &'static [&'static str], hear: impl Fn(Event) + 'static) -> Self {
        Self::make(target, names, false, hear)
    }

    fn make(target: &EventTarget, names: &'static [&'static str], early: bool, hear: impl Fn(Event) + 'static) -> Self {
        let closure: Closure<dyn Fn(Event)> = Closure::new(hear);
        for name in names {
            target.add_event_listener_with_callback_and_bool(name, closure.as_ref().unchecked_ref(), early).ok();
        }
        Self { target: target.clone(), names, closure, early }
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        for name in self.names {
            let callback = self.closure.as_ref().unchecked_ref();
            self.target.remove_event_listener_with_callback_and_bool(name, callback, self.early).ok();
        }
    }
}

/// Tells when an element's size changed, also from and to nothing when a dialog opens.
#[derive(Debug)]
pub(crate) struct Resize {
    observer: ResizeObserver,
    _closure: Closure<dyn FnMut()>,
}

impl Resize {
    /// Until it is dropped. `None` where the browser has no such observer.
    pub(crate) fn new(element: &Element, changed: impl FnMut() + 'static) -> Option<Self> {
        let closure: Closure<dyn FnMut()> = Closure::new(changed);
        let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _closure: closure })
    }
}

impl Drop for Resize {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// A new element with that class, which is also its part's name without the prefix, as the last child of `parent`.
pub(crate) fn append(parent: &Element, tag: &str, class: &str) -> HtmlElement {
    let element = create(parent, tag);
    set(&element, "class", class);
    parent.append_child(&element).ok();
    element.unchecked_into()
}

/// A new element in the document of another one.
pub(crate) fn create(near: &Element, tag: &str) -> Element {
    // It fails for a name that is none; ours are constants.
    document(near).create_element(tag).unwrap_throw()
}

/// An icon, without its path, as the last child of `parent`. Returns the path.
pub(crate) fn append_icon(parent: &Element) -> Element {
    append_svg(parent).1
}

/// The same with the picture itself: first that, then its path.
pub(crate) fn append_svg(parent: &Element) -> (Element, Element) {
    const SVG: Option<&str> = Some("http://www.w3.org/2000/svg");
    let document = document(parent);
    let [svg, path] = ["svg", "path"].map(|tag| document.create_element_ns(SVG, tag).unwrap_throw());
    set(&svg, "viewBox", "0 0 24 24");
    set(&svg, "aria-hidden", "true");
    svg.append_child(&path).ok();
    parent.append_child(&svg).ok();
    (svg, path)
}

fn document(node: &Element) -> Document {
    node.owner_document().unwrap_throw()
}

/// Sets an attribute; ours are always valid names.
pub(crate) fn set(element: &Element, name: &str, value: &str) {
    element.set_attribute(name, value).ok();
}

/// Sets an attribute, or takes it away. What is there already is not touched: a live region is not read out again.
pub(crate) fn put(element: &Element, name: &str, value: Option<&str>) {
    if element.get_attribute(name).as_deref() == value {
        return;
    }
    match value {
        Some(value) => set(element, name, value),
        None => drop(element.remove_attribute(name)),
    }
}

/// Sets the text, unless it says that already.
pub(crate) fn write(node: &Node, text: &str) {
    if node.text_content().as_deref() != Some(text) {
        node.set_text_content(Some(text));
    }
}

/// Calls a method that not every browser has, or that may refuse; nothing happens then.
pub(crate) fn call(target: &JsValue, method: &str) {
    let found = Reflect::get(target, &method.into()).ok().and_then(|found| found.dyn_into::<Function>().ok());
    if let Some(found) = found {
        found.call0(target).ok();
    }
}

/// Puts a text on the clipboard, and says whether that went well: not on a page without TLS, nor without permission.
pub(crate) async fn copy(text: &str) -> bool {
    let get = |target: &JsValue, name: &str| Reflect::get(target, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let clipboard = get(&get(&js_sys::global(), "navigator"), "clipboard");
    let Ok(write) = Reflect::get(&clipboard, &"writeText".into()).and_then(JsCast::dyn_into::<Function>) else {
        return false;
    };
    match write.call1(&clipboard, &text.into()).map(JsCast::dyn_into::<js_sys::Promise>) {
        Ok(Ok(written)) => wasm_bindgen_futures::JsFuture::from(written).await.is_ok(),
        _ => false,
    }
}

/// Escape is for this and not for what is around it, too, as WebKit has it.
pub(crate) fn escapes(boxed: &Element, close: impl Fn() + 'static) -> Listeners {
    Listeners::late(boxed, &["keydown"], move |event| {
        if event.unchecked_ref::<KeyboardEvent>().key() == "Escape" && !event.default_prevented() {
            event.prevent_default();
            event.stop_propagation();
            close();
        }
    })
}

/// Whether it matches; not where the browser does not know the selector.
pub(crate) fn is(element: &Element, selector: &str) -> bool {
    element.matches(selector).unwrap_or(false)
}

/// Whether a person sees it.
pub(crate) fn is_shown(element: &HtmlElement) -> bool {
    element.is_connected() && element.get_client_rects().length() > 0
}

/// Sets a style property through the CSSOM, which a policy without `unsafe-inline` allows.
pub(crate) fn style(element: &HtmlElement, name: &str, value: &str) {
    element.style().set_property(name, value).ok();
}

/// The first element inside that matches.
pub(crate) fn find(root: &Element, selector: &str) -> Option<HtmlElement> {
    root.query_selector(selector).ok().flatten().map(JsCast::unchecked_into)
}
