//! One row of the list: a handful of nodes that show whichever file they are given.
//!
//! Rows are painted by hand and not by signals. They are never rendered on a server, they are the one hot path, and a
//! plain setter weighs a tenth of a reactive attribute.

use std::rc::Rc;

use filechute_engine::{FileId, Phase, UploadFile};
use js_sys::Date;
use wasm_bindgen::JsCast;
use web_sys::{Blob, Element, HtmlElement, HtmlInputElement};

use super::{
    dom::{append, append_icon, append_svg, put, set, style},
    icons, model,
    thumbs::{Preview, Thumbs},
};

/// When it was looked at last how fast a file goes, what was there then, and what came of it.
#[derive(Clone, Copy, Debug, Default)]
struct Pace {
    since: f64,
    bytes: u64,
    speed: f64,
}

/// The speed is looked at so often.
const MEASURED_MS: f64 = 500.0;
/// A file of which nothing was sent for so long stands still.
const STILL_MS: f64 = 3_000.0;

/// The nodes of one row, and what they show.
#[derive(Debug)]
pub(crate) struct Row {
    /// The `<li>`.
    pub(crate) node: HtmlElement,
    /// The place in the list it stands at.
    pub(crate) index: usize,
    /// The file it shows.
    pub(crate) id: Option<FileId>,
    shown: model::Row,
    count: usize,
    thumb: HtmlElement,
    icon: Element,
    thumbs: Rc<Thumbs>,
    preview: Option<Preview>,
    name: HtmlElement,
    head: HtmlElement,
    tail: HtmlElement,
    size: HtmlElement,
    words: HtmlElement,
    rate: HtmlElement,
    seal: Element,
    bar: HtmlElement,
    /// The last but one button, and the one before it, each with its icon.
    buttons: [(HtmlElement, Element); 2],
    remove: HtmlElement,
    /// Made when files can first be chosen.
    check: Option<HtmlInputElement>,
    /// Made when there is first an order to be changed.
    handle: Option<HtmlElement>,
    pace: Pace,
}

impl Row {
    /// A row that shows nothing yet, as the last child of the list.
    pub(crate) fn new(list: &Element, thumbs: Rc<Thumbs>) -> Self {
        let node = append(list, "li", "fc-row");
        set(&node, "part", "item");
        Self::fill(node, thumbs)
    }

    /// The same in an `<li>` that is there already.
    pub(crate) fn fill(node: HtmlElement, thumbs: Rc<Thumbs>) -> Self {
        let thumb = part(&node, "span", "thumb");
        set(&thumb, "aria-hidden", "true");
        let icon = append_icon(&thumb);
        let body = part(&node, "div", "body");
        let name = part(&body, "div", "name");
        set(&name, "dir", "auto");
        let [head, tail] = [(); 2].map(|()| append(&name, "bdi", ""));
        let meta = part(&body, "div", "meta");
        let size = part(&meta, "bdi", "size");
        meta.append_with_str_1(" · ").ok();
        // Never a seal in a line of its own.
        let end = append(&meta, "span", "fc-end");
        let words = part(&end, "bdi", "state");
        // Not where rows are narrow.
        let rate = part(&end, "bdi", "pace");
        let (seal, seal_icon) = append_svg(&end);
        for (name, value) in [("class", "fc-seal"), ("part", "verified"), ("role", "img"), ("hidden", "")] {
            set(&seal, name, value);
        }
        seal.remove_attribute("aria-hidden").ok();
        set(&seal_icon, "d", icons::SEAL);
        let bar = part(&body, "progress", "bar");
        set(&bar, "max", "100");
        let more = button(&node, "more");
        let action = button(&node, "action");
        let (remove, remove_icon) = button(&node, "remove");
        set(&remove_icon, "d", icons::REMOVE);
        set(&remove, "data-do", "remove");
        let shown = model::Row::default();
        let mut row = Self {
            node,
            index: 0,
            id: None,
            shown,
            count: 0,
            thumb,
            icon,
            thumbs,
            preview: None,
            name,
            head,
            tail,
            size,
            words,
            rate,
            seal,
            bar,
            buttons: [action, more],
            remove,
            check: None,
            handle: None,
            pace: Pace::default(),
        };
        row.blank();
        row
    }

    /// What a row without a file looks like, so that `paint` needs to set differences only.
    fn blank(&mut self) {
        self.bar.set_hidden(true);
        for (button, _) in &self.buttons {
            button.set_hidden(true);
        }
    }

    /// Whether Tab leads to its buttons.
    pub(crate) fn set_stop(&self, stop: bool) {
        let buttons = self.buttons.iter().map(|(button, _)| button);
        let extras = self.check.as_deref().into_iter().chain(self.handle.as_ref());
        for button in extras.chain(buttons).chain([&self.remove]) {
            put(button, "tabindex", (!stop).then_some("-1"));
        }
    }

    /// Moves it to a place in the list.
    pub(crate) fn place(&mut self, index: usize, row_height: f64, columns: usize) {
        self.index = index;
        let columns = columns.max(1);
        // Whole pixels, so that text stays sharp. No float formatting.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let top = (index / columns) as u64 * row_height as u64;
        style(&self.node, "--column", &(index % columns).to_string());
        style(&self.node, "transform", &["translateY(", &top.to_string(), "px)"].concat());
        set(&self.node, "aria-posinset", &(index + 1).to_string());
    }

    /// Says how many files there are, rows that do not stand in the document included.
    pub(crate) fn of(&mut self, count: usize) {
        if self.count != count {
            self.count = count;
            set(&self.node, "aria-setsize", &count.to_string());
        }
    }

    /// How fast it goes, in bytes a second: measured twice a second, calmed down, and nothing once it stands still.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(crate) fn pace(&mut self, file: &UploadFile) -> u64 {
        let (now, Pace { since, bytes, speed: before }) = (Date::now(), self.pace);
        let (past, moved) = (now - since, file.bytes_uploaded.saturating_sub(bytes));
        let speed = if self.id != Some(file.id) || file.phase != Phase::Sending {
            0.0
        } else if past < if moved > 0 { MEASURED_MS } else { STILL_MS } {
            return before as u64;
        } else {
            let measured = moved as f64 / past * 1000.0;
            if before * measured > 0.0 { 0.7 * before + 0.3 * measured } else { measured }
        };
        self.pace = Pace { since: now, bytes: file.bytes_uploaded, speed };
        speed as u64
    }

    /// Shows that file, touching only what differs.
    pub(crate) fn paint(
        &mut self,
        file: &UploadFile,
        new: model::Row,
        direction: Option<&str>,
        blob: impl FnOnce() -> Option<Blob>,
    ) {
        put(&self.words, "dir", direction);
        let old = std::mem::replace(&mut self.shown, new);
        let new = &self.shown;
        if self.id != Some(file.id) {
            self.id = Some(file.id);
            set(&self.node, "data-id", &file.id.to_string());
            // The old picture goes before the new one comes.
            self.preview = None;
            if icons::has_thumb(&file.mime) {
                let preview = |blob| self.thumbs.preview(&self.thumb, &file.id.to_string(), &blob, &file.mime);
                self.preview = blob().map(preview);
            }
        }
        if old.family != new.family {
            set(&self.thumb, "data-kind", new.family.0);
            set(&self.icon, "d", new.family.1);
        }
        if old.title != new.title {
            set(&self.name, "title", &new.title);
            set(&self.bar, "aria-label", &new.title);
        }
        if old.state != new.state {
            set(&self.node, "data-state", new.state);
            set(&self.bar, "data-state", new.state);
        }
        let texts = [
            (&self.head, &old.head, &new.head),
            (&self.tail, &old.tail, &new.tail),
            (&self.size, &old.size, &new.size),
            (&self.words, &old.words, &new.words),
            (&self.rate, &old.pace, &new.pace),
        ];
        for (node, old, new) in texts {
            if old != new {
                node.set_text_content(Some(new));
            }
        }
        if old.words != new.words {
            set(&self.words, "title", &new.words);
        }
        if old.percent != new.percent || old.value_text != new.value_text {
            self.bar.set_hidden(new.percent.is_none());
            if let Some(percent) = new.percent {
                set(&self.bar, "value", &percent.to_string());
                set(&self.bar, "aria-valuetext", &new.value_text);
            }
        }
        if (old.verified, old.seal) != (new.verified, new.seal) {
            put(&self.seal, "hidden", (!new.verified).then_some(""));
            set(&self.seal, "aria-label", new.seal);
        }
        if let Some((chosen, label)) = &new.check {
            let check = self.check.get_or_insert_with(|| {
                let check = append(&self.node, "input", "fc-check");
                set(&check, "type", "checkbox");
                set(&check, "part", "check");
                self.node.prepend_with_node_1(&check).ok();
                check.unchecked_into()
            });
            check.set_hidden(false);
            check.set_disabled(new.off);
            // The browser changes it by itself, too.
            check.set_checked(*chosen);
            put(check, "aria-label", Some(label));
            put(&self.node, "data-chosen", chosen.then_some(""));
        } else if let Some(check) = &self.check {
            check.set_hidden(true);
            put(&self.node, "data-chosen", None);
        }
        if let Some(model::Handle { label, help, pressed }) = &new.handle {
            let handle = self.handle.get_or_insert_with(|| {
                let (handle, icon) = button(&self.node, "handle");
                set(&handle, "class", "fc-btn fc-bare fc-handle");
                set(&handle, "data-do", "move");
                set(&icon, "d", icons::GRIP);
                self.thumb.before_with_node_1(&handle).ok();
                handle
            });
            handle.set_hidden(false);
            put(handle, "aria-label", Some(label));
            put(handle, "title", Some(label));
            put(handle, "aria-description", Some(help));
            put(handle, "aria-pressed", Some(if *pressed { "true" } else { "false" }));
        } else if let Some(handle) = &self.handle {
            handle.set_hidden(true);
        }
        if old.actions != new.actions {
            for (at, (button, icon)) in self.buttons.iter().enumerate() {
                let action = new.actions.iter().rev().nth(at);
                button.set_hidden(action.is_none());
                let Some((verb, label, path)) = action else { continue };
                set(button, "data-do", verb);
                set(button, "aria-label", label);
                set(button, "title", label);
                set(icon, "d", path);
            }
        }
        if old.off != new.off {
            for button in self.buttons.iter().map(|(button, _)| button).chain([&self.remove]) {
                put(button, "disabled", new.off.then_some(""));
            }
        }
        if old.remove != new.remove {
            set(&self.remove, "aria-label", &new.remove);
            set(&self.remove, "title", &new.remove);
        }
    }
}

impl Drop for Row {
    fn drop(&mut self) {
        self.node.remove();
    }
}

/// An element whose class is its part's name with a prefix.
fn part(parent: &Element, tag: &str, name: &str) -> HtmlElement {
    let element = append(parent, tag, &["fc-", name].concat());
    set(&element, "part", name);
    element
}

fn button(parent: &Element, name: &str) -> (HtmlElement, Element) {
    let button = part(parent, "button", name);
    set(&button, "class", "fc-btn fc-bare");
    set(&button, "type", "button");
    let icon = append_icon(&button);
    (button.unchecked_into(), icon)
}
