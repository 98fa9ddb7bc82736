//! The panel stays; files may be dropped anywhere, or on what `target` finds.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_timers::callback::Timeout;
use js_sys::Reflect;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Element, Event, EventTarget, HtmlElement};

use super::{Owner, beside_panel};
use crate::ui::{
    dom::{Listeners, append, append_icon, call, is, is_shown, put, set, style, write},
    icons,
    live::{Work, has_files, with},
};

/// Something that is held above a page says so at least this often, in milliseconds.
const GONE_MS: u32 = 500;

#[derive(Debug)]
pub(super) struct Page {
    zone: Rc<Zone>,
    text: Option<HtmlElement>,
    seeking: Option<Listeners>,
    /// Hears of drops also where something of the page keeps them to itself.
    ending: Option<Listeners>,
}

#[derive(Debug)]
struct Zone {
    owner: Owner,
    overlay: Option<HtmlElement>,
    /// What the overlay covers, if not the whole page.
    target: RefCell<Option<Element>>,
    /// Of that, or of the whole page.
    listeners: RefCell<Option<(EventTarget, Listeners)>>,
    /// The selector that was complained about.
    wrong: RefCell<String>,
    /// Entered minus left elements.
    depth: Cell<u32>,
    left: RefCell<Option<Timeout>>,
}

impl Page {
    pub(super) fn new(work: &Rc<Work>) -> Self {
        let overlay = beside_panel(&work.root, "div", "fc fc-overlay", "overlay");
        let text = overlay.as_ref().map(|overlay| {
            set(overlay, "popover", "manual");
            let mark = append(overlay, "span", "fc-mark");
            set(&append_icon(&mark), "d", icons::UPLOAD);
            append(overlay, "span", "")
        });
        let zone = Rc::new(Zone {
            owner: Rc::downgrade(work),
            overlay,
            target: RefCell::default(),
            listeners: RefCell::default(),
            wrong: RefCell::default(),
            depth: Cell::new(0),
            left: RefCell::default(),
        });
        // What files may be dropped on may come later than this, or be another by now: it is looked for again before anything
        // that is entered hears of it.
        let seeking = work.root.owner_document().map(|document| {
            let zone = Rc::clone(&zone);
            Listeners::new(&document, &["dragenter"], move |_| zone.seek())
        });
        let ending = {
            let zone = Rc::clone(&zone);
            let window: EventTarget = js_sys::global().unchecked_into();
            Some(Listeners::new(&window, &["drop"], move |_| zone.end(0)))
        };
        Self { zone, text, seeking, ending }
    }

    pub(super) fn paint(&mut self) {
        let Some(work) = self.zone.owner.upgrade() else { return };
        let (Some(text), Some(overlay)) = (&self.text, &self.zone.overlay) else { return };
        work.look(|settings| {
            write(text, settings.strings.drop_anywhere);
            put(overlay, "data-theme", settings.colours());
            put(overlay, "dir", settings.direction());
        });
        self.zone.seek();
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.seeking.take();
        self.ending.take();
        self.zone.listeners.take();
        self.zone.left.take();
        if let Some(overlay) = &self.zone.overlay {
            overlay.remove();
        }
    }
}

impl Zone {
    /// Finds what files may be dropped on.
    fn seek(self: &Rc<Self>) {
        let Some(work) = self.owner.upgrade() else { return };
        let Some(document) = work.root.owner_document() else { return };
        let selector = work.look(|settings| settings.target.clone()).unwrap_or_default();
        let found = if selector.is_empty() { Ok(None) } else { document.query_selector(&selector) };
        if found.is_err() && *self.wrong.borrow() != selector {
            leptos::logging::warn!("`target` is no selector, so the whole page is used: {selector}");
            self.wrong.replace(selector);
        }
        let target = found.ok().flatten();
        let heard: EventTarget = target.clone().map_or_else(|| document.into(), Into::into);
        if self.listeners.borrow().as_ref().is_some_and(|(known, _)| *known == heard) {
            return;
        }
        self.target.replace(target);
        self.depth.set(0);
        let weak = Rc::downgrade(self);
        let names = &["dragenter", "dragover", "dragleave", "drop"];
        let listeners = Listeners::late(&heard, names, move |event| {
            if let Some(zone) = weak.upgrade() {
                zone.hear(&event);
            }
        });
        let before = self.listeners.replace(Some((heard, listeners)));
        drop(before);
        self.turn();
    }

    fn hear(self: &Rc<Self>, event: &Event) {
        let drag = event.unchecked_ref::<DragEvent>();
        let Some(transfer) = drag.data_transfer().filter(has_files) else { return };
        // The panel, or something of the page's own, takes them; not another one that only kept them from the browser.
        let taken = event.default_prevented() && !is_refused(event);
        event.prevent_default();
        let off = self.is_off();
        refuse(event, !taken && off);
        self.left.take();
        match event.type_().as_str() {
            "dragenter" => self.depth.set(self.depth.get().saturating_add(1)),
            "dragleave" => {
                self.depth.set(self.depth.get().saturating_sub(1));
                // What leaves the window tells nothing any more, not even that it left each element it was above.
                if drag.related_target().is_none() {
                    self.end(GONE_MS);
                }
            }
            "drop" => {
                self.depth.set(0);
                if !taken && !off {
                    with(&self.owner, |work| work.receive(&transfer));
                }
            }
            _ => {}
        }
        self.turn();
    }

    /// Nothing is held above it any more, after so many milliseconds in which nobody says that something is.
    fn end(self: &Rc<Self>, after: u32) {
        let weak = Rc::downgrade(self);
        self.left.replace(Some(Timeout::new(after, move || {
            if let Some(zone) = weak.upgrade() {
                zone.depth.set(0);
                zone.turn();
            }
        })));
    }

    /// Nothing is taken, also where nobody sees it.
    fn is_off(&self) -> bool {
        self.owner.upgrade().is_none_or(|work| work.is_off() || !is_shown(&work.root))
    }

    fn turn(&self) {
        let on = self.depth.get() > 0 && !self.is_off();
        let Some(overlay) = &self.overlay else { return };
        if on == is(overlay, ":popover-open") {
            return;
        }
        if !on {
            return call(overlay, "hidePopover");
        }
        let sides =
            self.target.borrow().as_ref().and_then(seen).unwrap_or(["0", "0", "100%", "100%"].map(String::from));
        for (name, value) in ["top", "left", "width", "height"].into_iter().zip(sides) {
            style(overlay, name, &value);
        }
        call(overlay, "showPopover");
    }
}

/// What says that an event was kept from the browser by one that takes nothing. The element knows it as well.
const REFUSED: &str = "fcRefused";

fn is_refused(event: &Event) -> bool {
    Reflect::get(event, &REFUSED.into()).is_ok_and(|refused| refused.is_truthy())
}

fn refuse(event: &Event, refused: bool) {
    Reflect::set(event, &REFUSED.into(), &refused.into()).ok();
}

/// Where that is in the window, as far as it is in there: top, left, width and height.
fn seen(target: &Element) -> Option<[String; 4]> {
    let view = target.owner_document()?.document_element()?;
    let (width, height) = (f64::from(view.client_width()), f64::from(view.client_height()));
    let place = target.get_bounding_client_rect();
    let (top, left) = (place.top().max(0.0), place.left().max(0.0));
    Some([top, left, place.right().min(width) - left, place.bottom().min(height) - top].map(pixels))
}

/// Whole pixels: no float formatting.
#[allow(clippy::cast_possible_truncation)]
fn pixels(value: f64) -> String {
    [&(value.round() as i32).to_string(), "px"].concat()
}
