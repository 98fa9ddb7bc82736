//! The few things the list and the events need of the document, in plain web-sys. None of it runs on a server.

use wasm_bindgen::{JsCast, UnwrapThrowExt, closure::Closure};
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, ResizeObserver};

/// One closure that hears many events of one target. Dropping it ends that.
///
/// The closure is an `Fn`: a click on our button clicks the file input, whose own click comes back here before the
/// first has ended. An `FnMut`, as Leptos and gloo have, would throw.
#[derive(Debug)]
pub(crate) struct Listeners {
    target: EventTarget,
    names: &'static [&'static str],
    closure: Closure<dyn Fn(Event)>,
}

impl Listeners {
    /// Hears these events while they come down to what they are about, since `scroll` and `error` do not bubble.
    pub(crate) fn new(target: &EventTarget, names: &'static [&'static str], hear: impl Fn(Event) + 'static) -> Self {
        let closure: Closure<dyn Fn(Event)> = Closure::new(hear);
        for name in names {
            target.add_event_listener_with_callback_and_bool(name, closure.as_ref().unchecked_ref(), true).ok();
        }
        Self { target: target.clone(), names, closure }
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        for name in self.names {
            let callback = self.closure.as_ref().unchecked_ref();
            self.target.remove_event_listener_with_callback_and_bool(name, callback, true).ok();
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
    // It fails for a name that is none; ours are constants.
    let element = document(parent).create_element(tag).unwrap_throw();
    set(&element, "class", class);
    parent.append_child(&element).ok();
    element.unchecked_into()
}

/// An icon, without its path, as the last child of `parent`. Returns the path.
pub(crate) fn append_icon(parent: &Element) -> Element {
    const SVG: Option<&str> = Some("http://www.w3.org/2000/svg");
    let document = document(parent);
    let [svg, path] = ["svg", "path"].map(|tag| document.create_element_ns(SVG, tag).unwrap_throw());
    set(&svg, "viewBox", "0 0 24 24");
    set(&svg, "aria-hidden", "true");
    svg.append_child(&path).ok();
    parent.append_child(&svg).ok();
    path
}

fn document(node: &Element) -> Document {
    node.owner_document().unwrap_throw()
}

/// Sets an attribute; ours are always valid names.
pub(crate) fn set(element: &Element, name: &str, value: &str) {
    element.set_attribute(name, value).ok();
}

/// Sets a style property through the CSSOM, which a policy without `unsafe-inline` allows.
pub(crate) fn style(element: &HtmlElement, name: &str, value: &str) {
    element.style().set_property(name, value).ok();
}

/// The first element inside that matches.
pub(crate) fn find(root: &Element, selector: &str) -> Option<HtmlElement> {
    root.query_selector(selector).ok().flatten().map(JsCast::unchecked_into)
}
