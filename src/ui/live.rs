//! The panel in a browser: hears what the person does and what the uploader tells, and keeps list and frame true.
//!
//! Everything here is let go of when [`Live`] is dropped, which happens when the component's owner is cleaned up.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use filechute_engine::{Changes, FileId, Rejection, UploadEvent};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DataTransfer, DragEvent, Element, Event, HtmlElement, HtmlInputElement, Node};

use super::{
    dom::{self, Listeners, Resize},
    frame::Sight,
    panel::MOST_REASONS,
    pool::Pool,
};
use crate::{IntakeFile, Notice, Subscription, Uploader, texts};

mod refresh;

const HEARD: &[&str] =
    &["click", "change", "dragenter", "dragover", "dragleave", "drop", "paste", "scroll", "load", "error"];

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
    /// The unfinished upload that the next choice is for.
    going_on: RefCell<Option<String>>,
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
            going_on: RefCell::default(),
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
            state @ ("load" | "error") => {
                if let Some(image) = target.filter(|target| target.local_name() == "img") {
                    dom::set(&image, "data-state", state);
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
            "pick" => {
                self.going_on.take();
                self.input.click();
            }
            "continue" => self.go_on(),
            "discard" => {
                if let Some(record) = uploader.unfinished_now().first() {
                    uploader.discard(&record.id);
                }
            }
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
            let record = self.going_on.take();
            match (record, files.get(0).filter(|_| files.length() == 1)) {
                (Some(record), Some(file)) => {
                    self.take(|uploader| self.resumed(uploader.go_on_with(&record, IntakeFile::from_file(&file))));
                }
                _ => self.take(|uploader| uploader.add_file_list(&files)),
            }
            // So that the same file can be picked again.
            self.input.set_value("");
        }
    }

    /// Goes on with the first unfinished upload: at once where the browser finds its file, else the person is asked for it.
    fn go_on(self: &Rc<Self>) {
        let Some(record) = self.uploader.unfinished_now().into_iter().next() else { return };
        if !record.has_handle {
            self.going_on.replace(Some(record.id));
            return self.input.click();
        }
        let weak = Rc::downgrade(self);
        let uploader = self.uploader.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let found = uploader.reopen(&record.id).await;
            with(&weak, |work| match found {
                Some(added) => work.take(|_| work.resumed(added)),
                None => {
                    work.going_on.replace(Some(record.id));
                    work.input.click();
                }
            });
        });
    }

    /// It is to be sent at once: the person has asked for it.
    fn resumed(&self, added: Result<FileId, Rejection>) {
        let started = added.and_then(|_| self.uploader.upload());
        if let Err(rejection) = started {
            self.refused.replace(texts::rejection(&rejection));
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
            Notice::Rejected(rejection, _) => self.reject(rejection),
            Notice::Event(UploadEvent::UploadError(id)) => self.failed(*id),
            Notice::Unfinished => self.plan(),
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
        *text =
            if filechute_engine::holds(&message, &name) { message } else { [name.as_str(), ": ", &message].concat() };
        *count = count.saturating_add(1);
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
