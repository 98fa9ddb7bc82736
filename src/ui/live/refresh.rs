//! Bringing list and frame up to date with the uploader, and keeping the keyboard's focus while they change.

use std::rc::Rc;

use filechute_engine::{FileId, Phase};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use web_sys::HtmlElement;

use super::{Work, with};
use crate::{
    journal::Record,
    texts,
    ui::{
        dom,
        frame::Frame,
        model,
        panel::note,
        strings::{Strings, count, fill},
    },
};

impl Work {
    /// A look at everything in a moment, however often it is asked for until then.
    pub(super) fn plan(self: &Rc<Self>) {
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
    pub(super) fn refresh(self: &Rc<Self>, moved: impl Fn(FileId) -> bool) {
        let focused = dom::find(&self.root, ":focus");
        if let Ok(mut pool) = self.pool.try_borrow_mut() {
            pool.set_files(self.uploader.file_ids());
        }
        self.layout(moved);
        // Not there any more when a handler of the page, called on the way here, took the panel out.
        let Some(frame) = self.frame() else { return };
        if self.sight.frame.try_with_untracked(|old| *old != frame) == Some(true) {
            let _ = self.sight.frame.try_set(frame);
        }
        if let Some(focused) = focused {
            // After Leptos has shown and hidden what is to be.
            let weak = Rc::downgrade(self);
            let timer = Timeout::new(0, move || with(&weak, |work| work.keep_focus(&focused)));
            self.guard.replace(Some(timer));
        }
    }

    pub(super) fn layout(self: &Rc<Self>, moved: impl Fn(FileId) -> bool) {
        // Busy when a handler of the page, called by a change of focus, calls the uploader: look again later.
        let Ok(mut pool) = self.pool.try_borrow_mut() else { return self.plan() };
        let Some(strings) = self.strings() else { return };
        pool.layout(&self.uploader, &strings, moved);
    }

    fn strings(&self) -> Option<Strings> {
        self.sight.settings.try_with_untracked(|settings| settings.strings.clone())
    }

    fn frame(&self) -> Option<Frame> {
        let totals = self.uploader.totals();
        let options = self.uploader.options();
        let strings = &self.strings()?;
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
        let old = self.sight.frame.try_get_untracked()?;
        let summary = model::summary(&totals, options.auto_proceed, retryable, strings);
        let (note_title, note) = self.sight.settings.try_with_untracked(|settings| {
            let refused = self.refused.borrow();
            let (reasons, total) = &*self.rejected.borrow();
            if refused.is_empty() { note(reasons, *total, settings) } else { (String::new(), refused.clone()) }
        })?;
        let records = self.uploader.unfinished_now();
        let first = records.first();
        let accept = self.sight.settings.try_with_untracked(|settings| settings.accept.clone())?;
        let active = totals.active();
        let status = self.announce(active, totals.percentage(), &summary, old.status, strings);
        let alert = match self.errors.take() {
            (_, 0) if totals.count(Phase::Failed) == 0 => String::new(),
            (_, 0) => old.alert,
            (text, 1) => text,
            (_, n) => fill(strings.files_failed, &[&n.to_string()]),
        };
        Some(Frame {
            ready: true,
            full: totals.files > 0,
            dragging: old.dragging,
            offline: !totals.online && active > 0,
            hint: model::hint(&options, &accept, strings),
            summary,
            note_title,
            note,
            can_reopen: first.is_some_and(|record| record.has_handle),
            unfinished: first.map_or_else(String::new, |record| unfinished(record, records.len(), strings)),
            status: if totals.files > 0 { status } else { String::new() },
            alert,
        })
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

/// What an earlier page left, the oldest one by name.
fn unfinished(record: &Record, all: usize, strings: &Strings) -> String {
    let name = filechute_engine::display_name(&record.name);
    let text = fill(strings.unfinished, &[&name, &texts::bytes(record.bytes()), &texts::bytes(record.size)]);
    if all > 1 { fill(strings.unfinished_more, &[&text, &(all - 1).to_string()]) } else { text }
}
