//! The panel in a browser: hears what the person does and what the uploader tells, and keeps list and frame true.
//!
//! Everything here is let go of when [`Live`] is dropped, which happens when the component's owner is cleaned up.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use filechute_engine::{Changes, FileId, Phase, Rejection, UploadEvent, UploadFile};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, DataTransfer, DragEvent, Element, Event, HtmlElement, HtmlInputElement, MouseEvent, Node,
};

use super::{
    arrows,
    dom::{self, Listeners, Resize},
    files::{self, Files},
    frame::Sight,
    modes::Place,
    pool::Pool,
    presence,
    reach::id_at,
    select::{self, Selector},
    settings::{Mode, UiSettings},
    sort::Sorter,
};
use crate::{IntakeFile, Notice, Subscription, Uploader, strings::Words};

mod one;
mod refresh;

const HEARD: &[&str] = &[
    "click",
    "change",
    "mousedown",
    "keydown",
    "focusin",
    "pointerdown",
    "pointermove",
    "pointerup",
    "pointercancel",
    "dragenter",
    "dragover",
    "dragleave",
    "drop",
    "paste",
    "scroll",
    "load",
    "error",
];

/// How long it is said that something was copied, in milliseconds.
const FLASH_MS: u32 = 2000;

/// A panel at work. Dropping it ends that and leaves the uploader alone.
#[derive(Debug)]
pub(crate) struct Live {
    work: Rc<Work>,
    _listeners: Listeners,
    _subscription: Subscription,
    _resize: Option<Resize>,
}

#[derive(Debug)]
pub(crate) struct Work {
    pub(super) uploader: Uploader,
    pub(super) sight: Sight,
    pub(super) root: HtmlElement,
    input: Option<HtmlInputElement>,
    /// Where the rows stand, if the interface has a list.
    pub(super) pool: Option<RefCell<Pool>>,
    files: RefCell<Files>,
    /// Where the interface stands, if not in the flow of the page.
    place: RefCell<Option<Place>>,
    /// Where files can be put in order, or could be.
    sorter: RefCell<Option<Rc<Sorter>>>,
    /// Where several files can be chosen.
    selector: RefCell<Option<Rc<Selector>>>,
    /// Entered minus left elements; above 0 something is being dragged over us.
    drag_depth: Cell<i32>,
    /// Only failed files are shown.
    filtered: Cell<bool>,
    /// Said for a moment.
    flash: RefCell<(String, Option<Timeout>)>,
    /// The unfinished upload that the next choice is for.
    going_on: RefCell<Option<String>>,
    /// Quarter of the upload that was announced last; `None` while nothing is under way.
    quarter: Cell<Option<u8>>,
    soon: RefCell<Option<Timeout>>,
    guard: RefCell<Option<Timeout>>,
}

impl Live {
    /// Takes over the parts that were rendered under `root`.
    pub(crate) fn start(root: &HtmlElement, uploader: Uploader, sight: Sight) -> Self {
        let view = dom::find(root, ".fc-view");
        let list = dom::find(root, ".fc-list");
        let files = RefCell::new(Files::of(&uploader));
        let work = Rc::new(Work {
            uploader,
            sight,
            root: root.clone(),
            input: dom::find(root, ".fc-input").map(JsCast::unchecked_into),
            pool: view.clone().zip(list).map(|(view, list)| RefCell::new(Pool::new(view, list, sight.thumbs()))),
            files,
            place: RefCell::default(),
            sorter: RefCell::default(),
            selector: RefCell::default(),
            drag_depth: Cell::new(0),
            filtered: Cell::new(false),
            flash: RefCell::default(),
            going_on: RefCell::default(),
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
        let resize = view.and_then(|view| Resize::new(&view, move || with(&weak, Work::plan)));
        work.take_input();
        work.settle();
        work.refresh(|_| true);
        Self { work, _listeners: listeners, _subscription: subscription, _resize: resize }
    }

    /// Paints everything anew, after the settings changed.
    pub(crate) fn repaint(&self) {
        self.work.settle();
        self.work.refresh(|_| true);
    }

    /// Opens or closes what some modes keep closed.
    pub(crate) fn open(&self, open: bool) {
        if let Ok(place) = self.work.place.try_borrow()
            && let Some(place) = &*place
        {
            place.open(open);
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        presence::present(self.work.who(), None);
        // Its listeners hold it weakly, and it puts the panel back.
        if let Ok(mut place) = self.work.place.try_borrow_mut() {
            place.take();
        }
    }
}

pub(super) fn with(work: &Weak<Work>, f: impl FnOnce(&Rc<Work>)) {
    if let Some(work) = work.upgrade() {
        f(&work);
    }
}

impl Work {
    /// Puts the panel where its settings say.
    fn settle(self: &Rc<Self>) {
        let Some(mode) = self.look(|settings| settings.mode) else { return };
        let Ok(mut place) = self.place.try_borrow_mut() else { return };
        if place.as_ref().map_or(Mode::Inline, Place::mode) != mode {
            // The old one puts the panel back first.
            place.take();
            *place = Place::new(mode, self);
        }
    }

    /// The settings, unless the panel is gone.
    pub(super) fn look<T>(&self, look: impl FnOnce(&UiSettings) -> T) -> Option<T> {
        self.sight.settings.try_with_untracked(look)
    }

    /// Does something with the files that are kept in mind, in the language of the interface.
    fn mind<T>(&self, act: impl FnOnce(&mut Files, Words<'_>) -> T) -> Option<T> {
        self.look(|settings| act(&mut self.files.borrow_mut(), Words::new(&settings.strings)))
    }

    /// Files that were dropped somewhere else.
    pub(super) fn receive(self: &Rc<Self>, transfer: &DataTransfer) {
        if !self.is_off() {
            self.take(|uploader| uploader.add_data_transfer(transfer));
        }
    }

    /// Nothing is added: it is off itself, or a `<fieldset>` around it is.
    pub(super) fn is_off(&self) -> bool {
        let off = self.look(|settings| settings.disabled).unwrap_or(true);
        off || dom::find(&self.root, ".fc-input").is_some_and(|input| dom::is(&input, ":disabled"))
    }

    /// The first file of the list, and its bytes.
    pub(super) fn first(&self) -> Option<(UploadFile, Option<web_sys::Blob>)> {
        let id = self.uploader.file_ids().first().copied()?;
        Some((self.uploader.file(id)?, self.uploader.blob(id)))
    }

    /// What the person did.
    fn hear(self: &Rc<Self>, event: &Event) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if self.look(|_| ()).is_none() {
            return;
        }
        let button = || {
            let found = target.as_ref()?.closest("[data-do]").ok().flatten()?;
            self.root.contains(Some(&found)).then_some(found)
        };
        let button = if event.type_() == "click" { button() } else { None };
        match event.type_().as_str() {
            "click"
                if self.sorter().zip(target.as_ref()).is_some_and(|(sorter, target)| sorter.click(self, target)) => {}
            // The second one of a double click meets what came in its place.
            "click" if button.is_some() && event.unchecked_ref::<MouseEvent>().detail() == 2 => {}
            "click"
                if self.chosen(target.as_ref(), |selector, target| {
                    selector.click(self, target, event.unchecked_ref())
                }) => {}
            "click" => {
                if let Some(button) = button {
                    self.click(&button);
                }
            }
            // A field of the editor changes, too.
            "change" if target.as_ref().is_some_and(|target| dom::is(target, ".fc-input")) => self.take_input(),
            "change" => {
                self.chosen(target.as_ref(), |selector, target| {
                    selector.change(self, target);
                    true
                });
            }
            "pointerdown" | "pointermove" | "pointerup" | "pointercancel" => {
                if let Some(sorter) = self.sorter() {
                    sorter.pointer(self, target.as_ref(), event.unchecked_ref());
                }
            }
            "mousedown" => {
                self.chosen(target.as_ref().filter(|target| dom::is(target, ".fc-list *")), |_, _| {
                    select::no_text(event);
                    true
                });
            }
            "keydown" => {
                let key = event.unchecked_ref();
                let sorter = self.sorter().zip(target.as_ref());
                if sorter.is_some_and(|(sorter, target)| sorter.key(self, target, key))
                    || self.chosen(target.as_ref(), |selector, target| selector.key(self, target, key))
                    || target.as_ref().is_some_and(|target| arrows::key(self, target, key))
                {
                    event.prevent_default();
                    event.stop_propagation();
                }
            }
            "focusin" => {
                // Busy while rows are moved, which takes the focus to none of them.
                let pool = self.pool.as_ref().and_then(|pool| pool.try_borrow_mut().ok());
                if let Some((mut pool, id)) = pool.zip(target.as_ref().and_then(id_at)) {
                    pool.set_stop(id);
                }
            }
            "scroll" => self.layout(|_| false),
            // A picture that is broken, huge or refused: the icon under it does.
            state @ ("load" | "error") => {
                if let Some(image) = target.filter(|target| target.class_name() == "fc-image") {
                    dom::set(&image, "data-state", state);
                }
            }
            "paste" => {
                let pasted = event.unchecked_ref::<ClipboardEvent>().clipboard_data();
                // A table or a text comes with its picture: where people write, it is the text that they want.
                let written = target.is_some_and(|target| dom::is(&target, ":read-write"));
                if let Some(transfer) = pasted.filter(|transfer| has_files(transfer) && !written && !self.is_off()) {
                    event.prevent_default();
                    self.take(|uploader| uploader.add_data_transfer(&transfer));
                }
            }
            drag => {
                let transfer = event.unchecked_ref::<DragEvent>().data_transfer();
                if let Some(transfer) = transfer.filter(has_files) {
                    self.drag(drag, event, &transfer);
                }
            }
        }
    }

    /// Asks whoever keeps what is chosen, where files can be chosen.
    fn chosen(&self, target: Option<&Element>, ask: impl FnOnce(&Selector, &Element) -> bool) -> bool {
        // Not borrowed meanwhile: what it does has everything painted anew.
        let selector = self.selector.borrow().clone();
        selector.zip(target).is_some_and(|(selector, target)| ask(&selector, target))
    }

    fn drag(self: &Rc<Self>, kind: &str, event: &Event, transfer: &DataTransfer) {
        let disabled = self.is_off();
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
        let verb = button.get_attribute("data-do").unwrap_or_default();
        let verb = verb.as_str();
        let row = button.closest("[data-id]").ok().flatten();
        let id = row.and_then(|row| row.get_attribute("data-id")?.parse().ok()).map_or(FileId(0), FileId);
        if verb == "replace" || verb == "keep-both" {
            let files = self.files.borrow_mut().take_duplicates();
            for (why, file) in files::add_again(uploader, files, verb == "replace") {
                self.mind(|files, words| files.refuse(&why, Some(&file), words));
            }
        }
        self.files.borrow_mut().forget(verb == "dismiss" || verb == "skip");
        match verb {
            "pick" => self.ask(None),
            // Where the page did not turn it off.
            "continue" | "discard" if !self.is_off() => {
                let row = button.closest("[data-record]").ok().flatten();
                let record = row.and_then(|row| row.get_attribute("data-record")).unwrap_or_default();
                if verb == "continue" {
                    self.go_on(&record);
                } else {
                    uploader.discard(&record);
                }
            }
            "upload" => {
                if let Err(rejection) = uploader.upload() {
                    self.files.borrow_mut().stop(rejection);
                }
            }
            "pause-all" => uploader.pause_all(),
            "resume-all" => uploader.resume_all(),
            "retry-all" => drop(uploader.retry_all()),
            "filter" => self.filtered.set(!self.filtered.get()),
            "clear" => {
                let totals = uploader.totals();
                let under_way = totals.active().saturating_add(totals.count(Phase::Paused)) > 0;
                if under_way { uploader.cancel_all() } else { uploader.clear() }
            }
            "remove" => drop(uploader.remove(id)),
            "retry" => drop(uploader.retry(id)),
            "pause" => drop(uploader.pause(id)),
            "resume" => drop(uploader.resume(id)),
            "edit" => self.edit(id, button),
            "copy-key" | "copy-link" => self.copy(id, verb == "copy-key", button),
            _ => {}
        }
        self.refresh(|file| file == id);
    }

    /// Opens the browser's own choice of files; or of one, for an unfinished upload.
    fn ask(&self, record: Option<String>) {
        let Some(input) = &self.input else { return };
        let one = record.is_some();
        self.going_on.replace(record);
        if !one {
            return input.click();
        }
        let (many, folder) = (input.multiple(), input.webkitdirectory());
        input.set_multiple(false);
        input.set_webkitdirectory(false);
        input.click();
        input.set_multiple(many);
        input.set_webkitdirectory(folder);
    }

    /// Has it read out.
    pub(super) fn say(self: &Rc<Self>, text: String) {
        let weak = Rc::downgrade(self);
        let timer = Timeout::new(FLASH_MS, move || with(&weak, |work| work.flash.borrow_mut().0.clear()));
        self.flash.replace((text, Some(timer)));
        self.refresh(|_| false);
    }

    /// Hands over what the input holds, also what was picked before this ran.
    fn take_input(self: &Rc<Self>) {
        let Some(input) = &self.input else { return };
        if let Some(files) = input.files().filter(|files| files.length() > 0) {
            let record = self.going_on.take();
            match (record, files.get(0).filter(|_| files.length() == 1)) {
                (Some(record), Some(file)) => {
                    self.take(|uploader| self.resumed(uploader.go_on_with(&record, IntakeFile::from_file(&file))));
                }
                _ => self.take(|uploader| uploader.add_file_list(&files)),
            }
            // So that the same file can be picked again.
            input.set_value("");
        }
    }

    /// Goes on with an unfinished upload: at once where the browser finds its file, else the person is asked for it.
    fn go_on(self: &Rc<Self>, record: &str) {
        let Some(record) = self.uploader.unfinished_now().into_iter().find(|known| known.id == record) else { return };
        if !record.has_handle {
            return self.ask(Some(record.id));
        }
        let weak = Rc::downgrade(self);
        let uploader = self.uploader.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let found = uploader.reopen(&record.id).await;
            with(&weak, |work| match found {
                Some(added) => work.take(|_| work.resumed(added)),
                None => work.ask(Some(record.id)),
            });
        });
    }

    /// It is to be sent at once: the person has asked for it.
    fn resumed(&self, added: Result<FileId, Rejection>) {
        let started = added.and_then(|_| self.uploader.upload());
        if let Err(rejection) = started {
            self.files.borrow_mut().stop(rejection);
        }
    }

    /// Lets files in. Complaints about earlier ones are over.
    fn take(self: &Rc<Self>, add: impl FnOnce(&Uploader)) {
        self.files.borrow_mut().forget(true);
        // Or what is new would not be seen.
        self.filtered.set(false);
        // Gone before the same comes anew, so that it is noticed.
        self.refresh(|_| false);
        add(&self.uploader);
        self.plan();
    }

    /// What the uploader tells.
    fn notice(self: &Rc<Self>, notice: &Notice) {
        match notice {
            Notice::Changed(changes) => {
                let files = sorted(changes);
                self.refresh(|id| files.binary_search(&id).is_ok());
            }
            Notice::Rejected(rejection, file) => {
                self.mind(|files, words| files.refuse(rejection, file.as_deref(), words));
                self.plan();
            }
            Notice::Event(UploadEvent::UploadError(id)) => {
                if let Some(file) = self.uploader.file(*id) {
                    self.look(|settings| {
                        let words = Words::new(&settings.strings);
                        self.files.borrow_mut().fail(&file, words, settings.meta_fields.as_deref());
                    });
                }
            }
            Notice::Event(UploadEvent::FileAdded(id)) => self.replace(*id),
            Notice::Unfinished => self.plan(),
            Notice::Event(_) => {}
        }
    }

    /// One picture at a time: the last choice counts, as with a plain file input.
    fn replace(&self, id: FileId) {
        if self.look(|settings| settings.mode) == Some(Mode::Image) {
            for other in self.uploader.file_ids().into_iter().filter(|other| *other != id) {
                self.uploader.remove(other);
            }
        }
    }
}

fn sorted(changes: &Changes) -> Vec<FileId> {
    let mut files = changes.files.clone();
    files.sort_unstable();
    files
}

/// Whether files are being dragged or pasted; text and links are left to the page.
pub(super) fn has_files(transfer: &DataTransfer) -> bool {
    transfer.types().includes(&"Files".into(), 0)
}
