//! Files put in order by hand: by a handle in each row, which is dragged, moved by keys, or pressed and then another one in
//! whose place the file is to go.
//!
//! While something is dragged the list stays as it is, and rows only look moved: what is to be held must not be put
//! elsewhere in the document. What follows the pointer is a row of its own.

mod drag;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
};

use filechute_engine::{FileId, display_name};
use web_sys::{Element, KeyboardEvent, PointerEvent};

use super::{
    dom::is,
    live::Work,
    model::name_of,
    reach::{id_at, is_plain, step},
};
use crate::strings::{Words, fill};
use drag::Drag;

/// A pointer that moved less than this, in pixels, pressed a button.
const STILL: i32 = 4;

/// Where a pointer went down on a handle, and where it is now.
#[derive(Clone, Copy, Debug)]
struct Press {
    pointer: i32,
    id: FileId,
    from: (i32, i32),
    now: (i32, i32),
}

/// What is being put in order.
#[derive(Debug, Default)]
pub(crate) struct Sorter {
    /// Picked up by a key, and the order before.
    picked: RefCell<Option<(FileId, Vec<FileId>)>>,
    press: Cell<Option<Press>>,
    drag: RefCell<Option<Drag>>,
    /// The click that ends a drag is none.
    deaf: Cell<bool>,
}

impl Sorter {
    /// Whether this file was picked up by its handle.
    pub(crate) fn has(&self, id: FileId) -> bool {
        self.picked.borrow().as_ref().is_some_and(|(picked, _)| *picked == id)
    }

    /// Lets go of what is not there any more. `on`: whether there is an order to be changed.
    pub(crate) fn paint(&self, work: &Work, on: bool) {
        let ids = work.shown();
        let gone = |id: FileId| !on || !ids.contains(&id);
        if self.press.get().is_some_and(|press| gone(press.id)) {
            self.stop(work);
        }
        if self.picked.borrow().as_ref().is_some_and(|(id, _)| gone(*id)) {
            self.picked.take();
        }
    }

    /// A handle was pressed, by whatever means; false for anything else.
    pub(crate) fn click(&self, work: &Rc<Work>, target: &Element) -> bool {
        let deaf = self.deaf.take();
        let Some(id) = handle(target) else { return false };
        if deaf {
            return true;
        }
        let picked = self.picked.take();
        match picked {
            Some((picked, _)) => {
                if let Some(to) = work.shown().iter().position(|known| *known == id) {
                    put(work, picked, to);
                }
            }
            None => drop(self.picked.replace(Some((id, work.shown())))),
        }
        work.refresh(|_| true);
        true
    }

    /// What is dragged goes back where it was.
    fn give_up(&self, work: &Work) {
        self.deaf.set(true);
        self.stop(work);
    }

    /// A key; false for those that mean something else.
    pub(crate) fn key(&self, work: &Rc<Work>, target: &Element, event: &KeyboardEvent) -> bool {
        // In a dialog the key is for that.
        if is(target, ".fc-editor *") || !is_plain(event) {
            return false;
        }
        let key = event.key();
        if key == "Escape"
            && let Some((id, before)) = self.picked.take()
        {
            // Files that came since stay, and those that went are gone.
            let mut rest: BTreeSet<FileId> = work.shown().into_iter().collect();
            let mut ids: Vec<FileId> = before.into_iter().filter(|id| rest.remove(id)).collect();
            ids.extend(work.shown().into_iter().filter(|id| rest.contains(id)));
            work.sort(ids);
            show(work, id);
            return true;
        }
        let Some(id) = handle(target) else { return false };
        let at = work.shown().iter().position(|known| *known == id);
        let Some(to) = at.and_then(|at| step(&key, at, work)) else { return false };
        put(work, id, to);
        true
    }

    /// What a pointer does.
    pub(crate) fn pointer(&self, work: &Rc<Work>, target: Option<&Element>, event: &PointerEvent) {
        let at = (event.client_x(), event.client_y());
        let press = self.press.get().filter(|press| press.pointer == event.pointer_id());
        match (event.type_().as_str(), press) {
            ("pointerdown", _) => {
                self.deaf.set(false);
                if let Some(id) = target.and_then(handle)
                    && event.is_primary()
                    && event.button() == 0
                {
                    self.press.set(Some(Press { pointer: event.pointer_id(), id, from: at, now: at }));
                }
            }
            ("pointermove", Some(press)) => {
                let press = Press { now: at, ..press };
                self.press.set(Some(press));
                let far = (at.0 - press.from.0).abs().max((at.1 - press.from.1).abs()) >= STILL;
                if far && self.drag.borrow().is_none() {
                    self.picked.take();
                    let drag = Drag::lift(work, press);
                    self.drag.replace(drag);
                }
                self.follow(work);
            }
            ("pointerup", Some(press)) => {
                let to = self.drag.borrow().as_ref().map(Drag::to);
                self.stop(work);
                if let Some(to) = to {
                    self.deaf.set(true);
                    put(work, press.id, to);
                }
            }
            ("pointercancel", Some(_)) => self.stop(work),
            _ => {}
        }
    }

    /// Where the list goes on while something is held near an end of it, what is held goes along.
    pub(crate) fn follow(&self, work: &Rc<Work>) {
        if let (Some(press), Ok(mut drag)) = (self.press.get(), self.drag.try_borrow_mut())
            && let Some(drag) = &mut *drag
        {
            drag.follow(work, press.id, press.now);
        }
    }

    /// All is where it was.
    fn stop(&self, work: &Work) {
        self.press.set(None);
        let drag = self.drag.take();
        if let Some(drag) = drag {
            drag.put_back(work);
        }
    }
}

/// The file whose handle this is, or is in.
fn handle(target: &Element) -> Option<FileId> {
    id_at(&target.closest(".fc-handle").ok().flatten()?)
}

/// Puts a file at a place.
fn put(work: &Rc<Work>, id: FileId, to: usize) {
    let before = work.shown();
    let mut ids: Vec<FileId> = before.iter().copied().filter(|known| *known != id).collect();
    ids.insert(to.min(ids.len()), id);
    if ids != before {
        work.sort(ids);
    }
    show(work, id);
}

/// The handle of a file gets the focus, and it is said where that is.
fn show(work: &Rc<Work>, id: FileId) {
    let ids = work.shown();
    let Some(at) = ids.iter().position(|known| *known == id) else { return };
    work.focus_in_row(at, ".fc-handle");
    let Some(file) = work.uploader.file(id) else { return };
    let text = work.look(|settings| {
        let words = Words::new(&settings.strings);
        let [place, all] = [at + 1, ids.len()].map(|n| words.number(n as u64));
        fill(settings.strings.moved, &[&display_name(name_of(&file)), &place, &all])
    });
    work.say(text.unwrap_or_default());
}
