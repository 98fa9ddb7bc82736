//! Behind a button: in a popover, or in a dialog that everything else waits for.

use std::{cell::Cell, rc::Rc};

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Comment, DragEvent, Element, Event, EventTarget, HtmlButtonElement, HtmlElement};

use super::Owner;
use crate::ui::{
    dom::{self, Listeners, append, append_icon, call, is, put, set, style, write},
    frame::Frame,
    icons,
    live::{Work, has_files, with},
};

/// Narrower than this, with its edges, a panel is of no use, in pixels.
const WIDTH: f64 = 422.0;
const MARGIN: f64 = 8.0;

/// The nodes, which the listeners share.
#[derive(Clone, Debug)]
struct Nodes {
    modal: bool,
    root: HtmlElement,
    stand: HtmlElement,
    opener: HtmlElement,
    boxed: HtmlElement,
    /// What is read out, which stands where it is heard: beside the button while the panel is closed.
    said: Rc<[Element]>,
    owner: Owner,
}

#[derive(Debug)]
pub(super) struct Behind {
    nodes: Nodes,
    /// Stands where the panel stood.
    home: Comment,
    words: HtmlElement,
    title: HtmlElement,
    shut: HtmlElement,
    done: HtmlElement,
    _listeners: [Listeners; 8],
}

impl Behind {
    pub(super) fn new(modal: bool, work: &Rc<Work>) -> Self {
        let root = work.root.clone();
        let home = Comment::new().unwrap_or_else(|_| root.clone().unchecked_into());
        root.before_with_node_1(&home).ok();
        let parent: Element = root.parent_element().unwrap_or_else(|| root.clone().into());
        let stand = append(&parent, "div", "fc fc-stand");
        set(&stand, "part", "opener");
        let opener = append(&stand, "button", "fc-btn fc-main fc-open");
        for (name, value) in
            [("type", "button"), ("part", "button open"), ("aria-haspopup", "dialog"), ("aria-expanded", "false")]
        {
            set(&opener, name, value);
        }
        set(&append_icon(&opener), "d", icons::UPLOAD);
        let words = bare(&opener, "span");
        let boxed = append(&parent, if modal { "dialog" } else { "div" }, "fc fc-box");
        set(&boxed, "data-ready", "");
        set(&boxed, "part", if modal { "dialog" } else { "popover" });
        if !modal {
            set(&boxed, "popover", "auto");
            set(&boxed, "role", "dialog");
        }
        let top = append(&boxed, "div", "fc-top");
        let title = append(&top, "b", "fc-title");
        set(&title, "part", "title");
        let shut = append(&top, "button", "fc-btn fc-bare");
        set(&shut, "type", "button");
        set(&shut, "part", "button close");
        set(&append_icon(&shut), "d", icons::REMOVE);
        let done = dom::create(&root, "button").unchecked_into::<HtmlElement>();
        for (name, value) in [
            ("type", "button"),
            ("class", "fc-btn fc-main"),
            ("part", "button done"),
            ("data-do", "done"),
            ("hidden", ""),
        ] {
            set(&done, name, value);
        }
        if let Some(acts) = dom::find(&root, ".fc-foot .fc-acts") {
            acts.prepend_with_node_1(&done).ok();
        }
        root.before_with_node_2(&stand, &boxed).ok();
        boxed.append_child(&root).ok();

        let said = ["status", "alert"].into_iter();
        let said = said.filter_map(|role| dom::find(&root, &[":scope > .fc-sr[role=", role, "]"].concat()));
        let said = said.map(Element::from).collect();
        let nodes = Nodes { modal, root, stand, opener, boxed, said, owner: Rc::downgrade(work) };
        nodes.say(false);
        let listeners = nodes.listen([&shut, &done]);
        let this = Self { nodes, home, words, title, shut, done, _listeners: listeners };
        if work.sight.open.try_get_untracked() == Some(true) {
            this.open(true);
        }
        this
    }

    pub(super) fn open(&self, open: bool) {
        if open { self.nodes.show() } else { self.nodes.close() }
    }

    pub(super) fn paint(&self, frame: &Frame) {
        let Some(work) = self.nodes.owner.upgrade() else { return };
        self.nodes.heal();
        work.look(|settings| {
            let strings = &settings.strings;
            let text = if frame.full { &*frame.summary.headline } else { strings.title };
            write(&self.words, text);
            let label = settings.label.as_str();
            let name = (!label.is_empty()).then(|| [label, ": ", text].concat());
            let Nodes { stand, opener, boxed, .. } = &self.nodes;
            put(opener, "aria-label", name.as_deref());
            opener.unchecked_ref::<HtmlButtonElement>().set_disabled(settings.disabled);
            let title = if label.is_empty() { strings.title } else { label };
            write(&self.title, title);
            put(boxed, "aria-label", Some(title));
            put(&self.shut, "aria-label", Some(strings.close));
            self.done.set_hidden(!frame.full || frame.summary.state != "done");
            write(&self.done, strings.done);
            for node in [stand, boxed] {
                put(node, "data-theme", settings.colours());
                put(node, "lang", Some(strings.locale));
                put(node, "dir", settings.direction());
            }
        });
    }
}

impl Drop for Behind {
    fn drop(&mut self) {
        self.nodes.close();
        self.nodes.say(true);
        // Unless the application has taken it out already.
        if self.nodes.root.parent_element().is_some_and(|parent| parent.is_same_node(Some(&self.nodes.boxed))) {
            self.home.after_with_node_1(&self.nodes.root).ok();
        }
        self.home.remove();
        self.done.remove();
        self.nodes.stand.remove();
        self.nodes.boxed.remove();
    }
}

impl Nodes {
    fn listen(&self, closers: [&HtmlElement; 2]) -> [Listeners; 8] {
        let nodes = self.clone();
        let opener =
            Listeners::new(
                &self.opener,
                &["click"],
                move |_| {
                    if nodes.is_open() { nodes.close() } else { nodes.show() }
                },
            );
        // Files that are held above the button are to be dropped into what it opens, wherever in there.
        let drags = [&self.stand, &self.boxed].map(|target| {
            let nodes = self.clone();
            Listeners::late(target, &["dragenter", "dragover", "drop"], move |event| nodes.take(&event))
        });
        let [shut, done] = closers.map(|closer| {
            let nodes = self.clone();
            Listeners::new(closer, &["click"], move |_| nodes.close())
        });
        let nodes = self.clone();
        let escape = dom::escapes(&self.boxed, move || nodes.close());
        let nodes = self.clone();
        let (inside, pressed) = (Cell::new(false), Cell::new(false));
        let names = &["close", "beforetoggle", "toggle", "pointerdown", "click"];
        let boxed = Listeners::new(&self.boxed, names, move |event| {
            // The backdrop is the dialog itself to the event, and all else is in it. A text may be selected from there to
            // here.
            let own = event.target().is_some_and(|target| target == *nodes.boxed.unchecked_ref::<EventTarget>());
            if event.type_() == "pointerdown" {
                pressed.set(own);
            }
            if !own {
                return;
            }
            match event.type_().as_str() {
                "beforetoggle" => inside.set(is(&nodes.boxed, ":focus-within")),
                "close" => nodes.told(),
                "toggle" => {
                    nodes.told();
                    // A dialog gives the focus back by itself; a popover that was opened by a script need not. What is
                    // hidden now may still count as what has it.
                    let document = nodes.root.owner_document();
                    let focused = document.as_ref().and_then(web_sys::Document::active_element);
                    let body = document.as_ref().and_then(web_sys::Document::body);
                    let lost = focused.is_none_or(|now| {
                        nodes.boxed.contains(Some(&now)) || body.is_some_and(|body| body.is_same_node(Some(&now)))
                    });
                    if !nodes.is_open() && inside.get() && lost {
                        nodes.opener.focus().ok();
                    }
                }
                "click" if nodes.modal && pressed.get() => nodes.close(),
                _ => {}
            }
        });
        let nodes = self.clone();
        let window: EventTarget = js_sys::global().unchecked_into();
        let moved = Listeners::new(&window, &["resize", "scroll"], move |_| {
            if !nodes.modal && nodes.is_open() {
                nodes.arrange();
            }
        });
        let [on_stand, on_box] = drags;
        [opener, on_stand, on_box, shut, done, escape, boxed, moved]
    }

    /// What nobody takes, the browser opens in place of the page.
    fn take(&self, event: &Event) {
        let transfer = event.unchecked_ref::<DragEvent>().data_transfer();
        let Some(transfer) = transfer.filter(|transfer| has_files(transfer) && !event.default_prevented()) else {
            return;
        };
        event.prevent_default();
        match event.type_().as_str() {
            "dragenter" if !is(&self.opener, ":disabled") => self.show(),
            "drop" => with(&self.owner, |work| work.receive(&transfer)),
            _ => {}
        }
    }

    /// Moved in the document while it was open, a dialog is none any more, and a popover is closed.
    fn heal(&self) {
        let known = self.opener.get_attribute("aria-expanded").as_deref() == Some("true");
        if self.is_broken() {
            self.show();
        } else if known && !self.is_open() {
            self.told();
        }
    }

    fn is_open(&self) -> bool {
        is(&self.boxed, ":is(:modal, :popover-open)")
    }

    /// Meant to be a dialog, and only stands there.
    fn is_broken(&self) -> bool {
        self.modal && self.boxed.has_attribute("open") && !self.is_open()
    }

    /// Has what is read out stand in the panel, or beside the button.
    fn say(&self, open: bool) {
        let place = if open { &self.root } else { &self.stand };
        for said in self.said.iter().filter(|said| said.parent_element().as_ref() != Some(place)) {
            place.append_child(said).ok();
        }
    }

    fn show(&self) {
        if self.is_open() || !self.boxed.is_connected() {
            return;
        }
        if self.is_broken() {
            call(&self.boxed, "close");
        }
        call(&self.boxed, if self.modal { "showModal" } else { "showPopover" });
        self.told();
        if let Some(first) = dom::find(&self.root, ".fc-pick").filter(dom::is_shown) {
            first.focus().ok();
        }
    }

    fn close(&self) {
        if self.is_open() || self.is_broken() {
            call(&self.boxed, if self.modal { "close" } else { "hidePopover" });
            // At once: the event comes later, and the application may have said something else by then.
            self.told();
        }
    }

    fn told(&self) {
        let open = self.is_open() || self.is_broken();
        put(&self.opener, "aria-expanded", Some(if open { "true" } else { "false" }));
        if !self.modal && open {
            self.arrange();
        }
        self.say(open);
        with(&self.owner, |work| {
            if work.sight.open.try_get_untracked().is_some_and(|known| known != open) {
                let _ = work.sight.open.try_set(open);
            }
            work.plan();
        });
    }

    /// Puts the box beside the button, below or above it, wherever there is more room.
    fn arrange(&self) {
        let place = self.opener.get_bounding_client_rect();
        let (Some(page), Some(window)) =
            (self.root.owner_document().and_then(|document| document.document_element()), web_sys::window())
        else {
            return;
        };
        let (across, down) = (f64::from(page.client_width()), f64::from(page.client_height()));
        let width = WIDTH.min(across - 2.0 * MARGIN);
        let styles = window.get_computed_style(&self.opener).ok().flatten();
        let rtl = styles.and_then(|styles| styles.get_property_value("direction").ok()).is_some_and(|way| way == "rtl");
        let at = if rtl { place.right() - width } else { place.left() };
        let at = at.min(across - width - MARGIN).max(MARGIN);
        let (above, below) = (place.top() - 2.0 * MARGIN, down - place.bottom() - 2.0 * MARGIN);
        let under = below >= 300.0 || below >= above;
        let most = if under { below } else { above }.max(160.0);
        // Over the button where there is too little room beside it.
        let off = MARGIN + if under { place.bottom() } else { down - place.top() };
        let off = pixels(off.min(down - most - MARGIN));
        let auto = || "auto".to_owned();
        for (name, value) in [
            ("left", pixels(at)),
            ("inline-size", pixels(width)),
            ("max-block-size", pixels(most)),
            ("top", if under { off.clone() } else { auto() }),
            ("bottom", if under { auto() } else { off }),
        ] {
            style(&self.boxed, name, &value);
        }
    }
}

/// Whole pixels: no float formatting.
#[allow(clippy::cast_possible_truncation)]
fn pixels(value: f64) -> String {
    [&(value.round() as i32).to_string(), "px"].concat()
}

fn bare(parent: &Element, tag: &str) -> HtmlElement {
    let made = append(parent, tag, "");
    made.remove_attribute("class").ok();
    made
}
