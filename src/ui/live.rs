//! The panel in a browser: hears what the person does and what the uploader tells, and keeps list and frame true.
//!
//! Everything here is let go of when [`Live`] is dropped, which happens when the component's owner is cleaned up.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use filechute_engine::{Changes, FileId, Phase, Rejection, UploadEvent};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{
    ClipboardEvent, DataTransfer, DragEvent, Element, Event, HtmlElement, HtmlInputElement, Node, ResizeObserver,
};

use super::{
    dom::{self, Listeners},
    frame::{Frame, Sight},
    model,
    panel::{MOST_REASONS, note},
    pool::Pool,
    strings::{Strings, count, fill},
};
use crate::{Notice, Subscription, Uploader, texts};

const HEARD: &[&str] = &["click", "change", "dragenter", "dragover", "dragleave", "drop", "paste", "scroll", "error"];

/// A panel at work. Dropping it ends that and leaves the uploader alone.
#[derive(Debug)]
pub(crate) struct Live {
    work: Rc<Work>,
    _listeners: Listeners,
    _subscription: Subscription,
    _resize: Option<Resize>,
}

#[derive(Debug)]
struct Work {
    uploader: Uploader,
    sight: Sight,
    root: HtmlElement,
    input: HtmlInputElement,
    pool: RefCell<Pool>,
    /// Entered minus left elements; above 0 something is being dragged over us.
    drag_depth: Cell<i32>,
    /// Reasons not yet dismissed, the same one only once, and how many files they are about.
    rejected: RefCell<(Vec<String>, u32)>,
    /// What the note says instead when an upload could not start.
    refused: RefCell<String>,
    /// Failed files that it makes sense to try again.
    retryable: RefCell<Vec<FileId>>,
    /// Errors not yet announced.
    errors: RefCell<(String, u32)>,
    /// Quarter of the upload that was announced last; `None` while nothing is under way.
    quarter: Cell<Option<u8>>,
    soon: RefCell<Option<Timeout>>,
    guard: RefCell<Option<Timeout>>,
}

impl Live {
    /// Takes over the panel that was rendered under `root`. `None` if it is not the panel.
    pub(crate) fn start(root: &HtmlElement, uploader: Uploader, sight: Sight) -> Option<Self> {
        let input: HtmlInputElement = dom::find(root, ".fc-input")?.unchecked_into();
        let view = dom::find(root, ".fc-view")?;
        let list = dom::find(root, ".fc-list")?;
        let work = Rc::new(Work {
            uploader,
            sight,
            root: root.clone(),
            input,
            pool: RefCell::new(Pool::new(view.clone(), list)),
            drag_depth: Cell::new(0),
            rejected: RefCell::default(),
            refused: RefCell::default(),
            retryable: RefCell::default(),
            errors: RefCell::default(),
            quarter: Cell::new(None),
            soon: RefCell::default(),
            guard: RefCell::default(),
        });
        let weak = Rc::downgrade(&work);
        let listeners = Listeners::new(root, HEARD, move |event| with(&weak, |work| work.hear(&event)));
        let weak = Rc::downgrade(&work);
        let subscription = work.uploader.observe(move |notice| with(&weak, |work| work.notice(notice)));
        let weak = Rc::downgrade(&work);
        // Later, since what it does may resize the view again.
        let resize = Resize::new(&view, move || with(&weak, Work::plan));
        work.take_input();
        work.refresh(|_| true);
        Some(Self { work, _listeners: listeners, _subscription: subscription, _resize: resize })
    }

    /// Paints everything anew, after the settings changed.
    pub(crate) fn repaint(&self) {
        self.work.refresh(|_| true);
    }
}

fn with(work: &Weak<Work>, f: impl FnOnce(&Rc<Work>)) {
    if let Some(work) = work.upgrade() {
        f(&work);
    }
}

impl Work {
    /// What the person did.
    fn hear(self: &Rc<Self>, event: &Event) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let disabled = self.sight.settings.with_untracked(|settings| settings.disabled);
        match event.type_().as_str() {
            "click" => {
                let button = target.and_then(|target| target.closest("[data-do]").ok().flatten());
                if let Some(button) = button {
                    self.click(&button);
                }
            }
            "change" => self.take_input(),
            "scroll" => self.layout(|_| false),
            // A picture that is broken, huge or refused: the icon under it does.
            "error" => {
                if let Some(image) = target.filter(|target| target.local_name() == "img") {
                    image.unchecked_into::<HtmlElement>().set_hidden(true);
                }
            }
            "paste" => {
                let pasted = event.unchecked_ref::<ClipboardEvent>().clipboard_data();
                if let Some(transfer) = pasted.filter(|transfer| !disabled && has_files(transfer)) {
                    event.prevent_default();
                    self.take(|uploader| uploader.add_data_transfer(&transfer));
                }
            }
            drag => {
                let transfer = event.unchecked_ref::<DragEvent>().data_transfer();
                if let Some(transfer) = transfer.filter(has_files) {
                    self.drag(drag, event, &transfer, disabled);
                }
            }
        }
    }

    fn drag(self: &Rc<Self>, kind: &str, event: &Event, transfer: &DataTransfer, disabled: bool) {
        // Without this the browser would leave the page and open the file.
        event.prevent_default();
        transfer.set_drop_effect(if disabled { "none" } else { "copy" });
        let root = self.root.get_root_node();
        let to = event.unchecked_ref::<DragEvent>().related_target().and_then(|to| to.dyn_into::<Node>().ok());
        // A node that is taken away under the pointer never says that it was left, so where the pointer went counts too.
        let left = to.is_some_and(|to| root.contains(Some(&to)) && !self.root.contains(Some(&to)));
        let depth = self.drag_depth.get();
        self.drag_depth.set(match kind {
            "dragenter" => depth.saturating_add(1),
            "drop" => 0,
            "dragleave" if left => 0,
            "dragleave" => depth.saturating_sub(1).max(0),
            _ => depth,
        });
        let dragging = self.drag_depth.get() > 0 && !disabled;
        if self.sight.frame.with_untracked(|frame| frame.dragging != dragging) {
            self.sight.frame.update(|frame| frame.dragging = dragging);
        }
        if kind == "drop" && !disabled {
            self.take(|uploader| uploader.add_data_transfer(transfer));
        }
    }

    fn click(self: &Rc<Self>, button: &Element) {
        let uploader = &self.uploader;
        let row = button.closest("[data-id]").ok().flatten();
        let id = row.and_then(|row| row.get_attribute("data-id")?.parse().ok()).map_or(FileId(0), FileId);
        self.refused.take();
        match button.get_attribute("data-do").unwrap_or_default().as_str() {
            "pick" => self.input.click(),
            "upload" => {
                if let Err(rejection) = uploader.upload() {
                    self.refused.replace(texts::rejection(&rejection));
                }
            }
            "pause-all" => uploader.pause_all(),
            "resume-all" => uploader.resume_all(),
            "retry-all" => drop(uploader.retry_all()),
            "clear" => uploader.cancel_all(),
            "dismiss" => drop(self.rejected.take()),
            "remove" => drop(uploader.remove(id)),
            "retry" => drop(uploader.retry(id)),
            "resume" => drop(uploader.resume(id)),
            _ => {}
        }
        self.refresh(|file| file == id);
    }

    /// Hands over what the input holds, also what was picked before this ran.
    fn take_input(self: &Rc<Self>) {
        if let Some(files) = self.input.files().filter(|files| files.length() > 0) {
            self.take(|uploader| uploader.add_file_list(&files));
            // So that the same file can be picked again.
            self.input.set_value("");
        }
    }

    /// Lets files in. Complaints about earlier ones are over.
    fn take(self: &Rc<Self>, add: impl FnOnce(&Uploader)) {
        self.rejected.take();
        self.refused.take();
        add(&self.uploader);
        self.refresh(|_| false);
    }

    /// What the uploader tells.
    fn notice(self: &Rc<Self>, notice: &Notice) {
        match notice {
            Notice::Changed(changes) => {
                let files = sorted(changes);
                self.refresh(|id| files.binary_search(&id).is_ok());
            }
            Notice::Rejected(rejection) => self.reject(rejection),
            Notice::Event(UploadEvent::UploadError(id)) => self.failed(*id),
            Notice::Event(_) => {}
        }
    }

    fn reject(self: &Rc<Self>, rejection: &Rejection) {
        let text = texts::rejection(rejection);
        let (reasons, total) = &mut *self.rejected.borrow_mut();
        *total = total.saturating_add(1);
        if reasons.len() < MOST_REASONS && !reasons.contains(&text) {
            reasons.push(text);
        }
        self.plan();
    }

    fn failed(&self, id: FileId) {
        let Some(file) = self.uploader.file(id) else { return };
        let Some(failure) = &file.failure else { return };
        if failure.retryable() {
            self.retryable.borrow_mut().push(id);
        }
        let message = texts::message(failure, &file.name);
        let name = filechute_engine::display_name(&file.name);
        let (text, count) = &mut *self.errors.borrow_mut();
        *text = if message.contains(&name) { message } else { [name.as_str(), ": ", &message].concat() };
        *count = count.saturating_add(1);
    }

    /// A look at everything in a moment, however often it is asked for until then.
    fn plan(self: &Rc<Self>) {
        let mut soon = self.soon.borrow_mut();
        if soon.is_none() {
            let weak = Rc::downgrade(self);
            *soon = Some(Timeout::new(0, move || {
                with(&weak, |work| {
                    let timer = work.soon.take();
                    work.refresh(|_| false);
                    drop(timer);
                });
            }));
        }
    }

    /// Brings list and frame up to date. `moved` says which files need a new look.
    fn refresh(self: &Rc<Self>, moved: impl Fn(FileId) -> bool) {
        let focused = dom::find(&self.root, ":focus");
        if let Ok(mut pool) = self.pool.try_borrow_mut() {
            pool.set_files(self.uploader.file_ids());
        }
        self.layout(moved);
        let frame = self.frame();
        if self.sight.frame.with_untracked(|old| *old != frame) {
            self.sight.frame.set(frame);
        }
        if let Some(focused) = focused {
            // After Leptos has shown and hidden what is to be.
            let weak = Rc::downgrade(self);
            let timer = Timeout::new(0, move || with(&weak, |work| work.keep_focus(&focused)));
            self.guard.replace(Some(timer));
        }
    }

    fn layout(self: &Rc<Self>, moved: impl Fn(FileId) -> bool) {
        // Busy when a handler of the page, called by a change of focus, calls the uploader: look again later.
        let Ok(mut pool) = self.pool.try_borrow_mut() else { return self.plan() };
        let strings = self.strings();
        pool.layout(&self.uploader, &strings, moved);
    }

    fn strings(&self) -> Strings {
        self.sight.settings.with_untracked(|settings| settings.strings.clone())
    }

    fn frame(&self) -> Frame {
        let totals = self.uploader.totals();
        let options = self.uploader.options();
        let strings = &self.strings();
        let failed = |id: &FileId| {
            let file = self.uploader.file(*id).filter(|file| file.phase == Phase::Failed);
            file.and_then(|file| file.failure).is_some_and(|failure| failure.retryable())
        };
        let retryable = {
            let mut known = self.retryable.borrow_mut();
            // Only the last one matters, so only the last ones are looked at.
            while known.last().is_some_and(|id| !failed(id)) {
                known.pop();
            }
            !known.is_empty()
        };
        let old = self.sight.frame.get_untracked();
        let summary = model::summary(&totals, options.auto_proceed, retryable, strings);
        let (note_title, note) = self.sight.settings.with_untracked(|settings| {
            let refused = self.refused.borrow();
            let (reasons, total) = &*self.rejected.borrow();
            if refused.is_empty() { note(reasons, *total, settings) } else { (String::new(), refused.clone()) }
        });
        let accept = self.sight.settings.with_untracked(|settings| settings.accept.clone());
        let active = totals.active();
        let status = self.announce(active, totals.percentage(), &summary, old.status, strings);
        let alert = match self.errors.take() {
            (_, 0) if totals.count(Phase::Failed) == 0 => String::new(),
            (_, 0) => old.alert,
            (text, 1) => text,
            (_, n) => fill(strings.files_failed, &[&n.to_string()]),
        };
        Frame {
            ready: true,
            full: totals.files > 0,
            dragging: old.dragging,
            offline: !totals.online && active > 0,
            hint: model::hint(&options, &accept, strings),
            summary,
            note_title,
            note,
            status: if totals.files > 0 { status } else { String::new() },
            alert,
        }
    }

    /// What a screen reader is told: the start, each quarter, and whatever is true while nothing moves.
    fn announce(&self, active: u32, percent: u8, now: &model::Summary, old: String, strings: &Strings) -> String {
        let quarter = (active > 0).then_some(percent / 25);
        let before = self.quarter.replace(quarter);
        match (before, quarter) {
            (_, None) => now.headline.clone(),
            (None, Some(_)) => count(&strings.start_uploading, active),
            (Some(before), Some(quarter)) if quarter > before => now.headline.clone(),
            _ => old,
        }
    }

    /// Gives the focus a new home when the button that had it is gone: a neighbour, the last file, or "add".
    fn keep_focus(&self, focused: &HtmlElement) {
        let visible = |element: &HtmlElement| element.is_connected() && element.offset_width() > 0;
        if visible(focused) || dom::find(&self.root, ":focus").is_some() {
            return;
        }
        let neighbour = focused.parent_element().and_then(|parent| dom::find(&parent, "button:not([hidden])"));
        let last = || {
            let pool = self.pool.try_borrow().ok()?;
            dom::find(pool.last()?, "[data-do=remove]")
        };
        let home = neighbour.filter(visible).or_else(|| focused.closest(".fc-view").ok().flatten().and(last()));
        let home = home.or_else(|| if focused.is_connected() { None } else { last() });
        if let Some(home) = home.or_else(|| dom::find(&self.root, ".fc-pick")) {
            home.focus().ok();
        }
    }
}

fn sorted(changes: &Changes) -> Vec<FileId> {
    let mut files = changes.files.clone();
    files.sort_unstable();
    files
}

/// Whether files are being dragged or pasted; text and links are left to the page.
fn has_files(transfer: &DataTransfer) -> bool {
    transfer.types().includes(&"Files".into(), 0)
}

/// Tells when an element's size changed, also from and to nothing when a dialog opens.
#[derive(Debug)]
struct Resize {
    observer: ResizeObserver,
    _closure: Closure<dyn FnMut()>,
}

impl Resize {
    fn new(element: &Element, changed: impl FnMut() + 'static) -> Option<Self> {
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
