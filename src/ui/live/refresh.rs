//! Bringing list and frame up to date with the uploader, and keeping the keyboard's focus while they change.

use std::{collections::BTreeSet, rc::Rc};

use filechute_engine::{FileId, Phase, UploadFile};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use web_sys::{Element, HtmlElement};

use super::{Work, with};
use crate::{
    strings::Words,
    ui::{
        dom,
        files::about,
        frame::Frame,
        model,
        presence::{Wants, present},
        select::Selector,
        settings::{Mode, UiSettings},
        sort::Sorter,
        unfinished::Leftovers,
    },
};

/// What takes the place of a button that was pressed, so that the same key takes it back.
const TURNS_INTO: [(&str, &str); 4] = [
    ("pause-all", "[data-do=resume-all]"),
    ("resume-all", "[data-do=pause-all]"),
    ("upload", "[data-do=pause-all]"),
    ("retry-all", "[data-do=pause-all]"),
];

impl Work {
    /// A look at everything in a moment, however often it is asked for until then.
    pub(in crate::ui) fn plan(self: &Rc<Self>) {
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
    pub(in crate::ui) fn refresh(self: &Rc<Self>, moved: impl Fn(FileId) -> bool) {
        // Whoever opened the editor gives the focus back when that goes.
        let focused = dom::find(&self.root, ":focus").filter(|focused| !dom::is(focused, ".fc-editor *"));
        let rows = focused.as_ref().and_then(in_rows);
        if self.uploader.totals().count(Phase::Failed) == 0 {
            self.filtered.set(false);
        }
        if let Some(mut pool) = self.pool.as_ref().and_then(|pool| pool.try_borrow_mut().ok()) {
            pool.set_files(self.shown());
        }
        self.equip();
        self.layout(moved);
        // Not there any more when a handler of the page, called on the way here, took the panel out.
        let Some(frame) = self.frame() else { return };
        self.paint_place(&frame);
        self.be_present();
        if self.sight.frame.try_with_untracked(|old| *old != frame) == Some(true) {
            let _ = self.sight.frame.try_set(frame);
        }
        self.tell_unfinished();
        if let Some(focused) = focused {
            // After Leptos has shown and hidden what is to be.
            let weak = Rc::downgrade(self);
            let timer = Timeout::new(0, move || with(&weak, |work| work.keep_focus(&focused, rows.as_ref())));
            self.guard.replace(Some(timer));
        }
    }

    /// What is there from the start is not announced by itself, and what is in a closed box to nobody.
    fn tell_unfinished(self: &Rc<Self>) {
        let first =
            || self.sight.frame.try_with_untracked(|frame| Some(frame.unfinished.rows.first()?.text.clone()))?;
        if self.uploader.tell_unfinished_once(|| dom::is_shown(&self.root) && first().is_some())
            && let Some(text) = first()
        {
            self.say(text);
        }
    }

    /// Lets files be chosen and put in order, or not any more.
    fn equip(self: &Rc<Self>) {
        let Some(wanted) = self.look(|settings| settings.selectable && settings.mode != Mode::Image) else { return };
        let sortable = self.look(|settings| settings.sortable) == Some(true);
        if sortable && self.sorter().is_none() {
            self.sorter.replace(Some(Rc::default()));
        }
        if let Some(sorter) = self.sorter() {
            sorter.paint(self, self.is_sortable());
        }
        if self.selector.borrow().is_some() != wanted {
            let selector = if wanted { Selector::new(self).map(Rc::new) } else { None };
            self.selector.replace(selector);
        }
        let selector = self.selector.borrow().clone();
        if let Some(selector) = selector {
            selector.paint(self, &self.shown());
        }
    }

    /// What is shown of the files, in their order.
    pub(in crate::ui) fn shown(&self) -> Vec<FileId> {
        let mut ids = self.uploader.file_ids();
        let order = self.sight.order.try_get_untracked().unwrap_or_default();
        if !order.is_empty() {
            // Those that came since follow, and those that went are gone.
            let mut rest: BTreeSet<FileId> = ids.iter().copied().collect();
            let known: Vec<FileId> = order.into_iter().filter(|id| rest.remove(id)).collect();
            ids.retain(|id| rest.contains(id));
            ids.splice(0..0, known);
        }
        if self.filtered.get() {
            ids.retain(|id| self.uploader.phase(*id) == Some(Phase::Failed));
        }
        ids
    }

    pub(super) fn layout(self: &Rc<Self>, moved: impl Fn(FileId) -> bool) {
        let Some(pool) = &self.pool else { return };
        // Busy when a handler of the page, called by a change of focus, calls the uploader: look again later.
        let Ok(mut pool) = pool.try_borrow_mut() else { return self.plan() };
        let Some(settings) = self.look(Clone::clone) else { return };
        let equip = |file: &UploadFile, row: &mut model::Row| self.equip_row(&settings, file, row);
        pool.layout(&self.uploader, &settings, equip, moved);
    }

    /// What a row has beyond the usual.
    pub(in crate::ui) fn equip_row(&self, settings: &UiSettings, file: &UploadFile, row: &mut model::Row) {
        let strings = &settings.strings;
        let selector = self.selector.borrow().clone();
        row.check = selector.map(|selector| (selector.has(file.id), about(strings.select_file, file)));
        row.handle = self.sorter().filter(|_| self.is_sortable()).map(|sorter| model::Handle {
            label: about(strings.move_file, file),
            help: strings.move_help,
            pressed: sorter.has(file.id),
        });
    }

    /// Whether there is an order to be changed.
    fn is_sortable(&self) -> bool {
        let wanted = self.look(|settings| settings.sortable && !settings.disabled && settings.mode != Mode::Image);
        wanted == Some(true) && !self.filtered.get() && self.uploader.totals().files > 1
    }

    pub(in crate::ui) fn sorter(&self) -> Option<Rc<Sorter>> {
        self.sorter.borrow().clone()
    }

    /// The person put all files in this order.
    pub(in crate::ui) fn sort(self: &Rc<Self>, ids: Vec<FileId>) {
        // Those that wait start in that order, too.
        self.uploader.reorder(&ids);
        let _ = self.sight.order.try_set(ids);
        self.refresh(|_| false);
    }

    /// How many files stand side by side.
    pub(in crate::ui) fn columns(&self) -> usize {
        let pool = self.pool.as_ref().and_then(|pool| pool.try_borrow().ok());
        pool.map_or(1, |pool| pool.columns())
    }

    /// Whether the list runs from left to right.
    pub(in crate::ui) fn runs_forward(&self) -> bool {
        let pool = self.pool.as_ref().and_then(|pool| pool.try_borrow().ok());
        pool.is_none_or(|pool| pool.runs_forward())
    }

    /// Has the focus on something in the row at that place, which is scrolled into view.
    pub(in crate::ui) fn focus_in_row(self: &Rc<Self>, at: usize, selector: &str) {
        let Some(pool) = &self.pool else { return };
        // What the list cannot hold yet it cannot be scrolled to.
        self.refresh(|_| false);
        if let Ok(pool) = pool.try_borrow() {
            pool.scroll_to(at);
        }
        self.refresh(|_| false);
        let found = pool.try_borrow().ok().and_then(|pool| dom::find(&pool.row(at)?.node, selector));
        // Whoever hears of the focus may do anything to the list.
        if let Some(found) = found {
            found.focus().ok();
        }
    }

    /// What the page does while bytes are on their way.
    fn be_present(&self) {
        let totals = self.uploader.totals();
        let wants = self.look(|settings| Wants {
            asks: !settings.quiet_leave,
            awake: settings.keep_awake,
            badge: if settings.page_badge { totals.active() } else { 0 },
            title: settings.page_title.then(|| Words::new(&settings.strings).percent(totals.percentage())),
        });
        present(self.who(), wants.filter(|_| totals.active() > 0));
    }

    /// A number that no other panel of the page has.
    pub(super) fn who(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// What stands around the panel, where something does.
    fn paint_place(&self, frame: &Frame) {
        if let Ok(mut place) = self.place.try_borrow_mut()
            && let Some(place) = &mut *place
        {
            place.paint(frame);
        }
    }

    fn frame(&self) -> Option<Frame> {
        let totals = self.uploader.totals();
        let options = self.uploader.options();
        let old = self.sight.frame.try_get_untracked()?;
        self.look(|settings| {
            let words = Words::new(&settings.strings);
            let mut files = self.files.borrow_mut();
            let summary = model::summary(&totals, options.auto_proceed, files.retryable(&self.uploader), words);
            let (note_title, note) = files.note(words);
            let active = totals.active();
            let said = self.announce(active, totals.percentage(), totals.online, &summary, old.status, words);
            let flash = self.flash.borrow().0.clone();
            let full = totals.files > 0;
            Frame {
                ready: true,
                full,
                closed: options.restrictions.max_number_of_files.is_some_and(|most| totals.files >= most),
                dragging: old.dragging,
                offline: !totals.online && active > 0,
                hint: model::hint(&options, settings.accepted(), settings.mode == Mode::Image, words),
                summary,
                filtered: self.filtered.get(),
                duplicates: !note_title.is_empty() && files.has_duplicates(),
                note_title,
                note,
                unfinished: self.uploader.with_unfinished(|all| Leftovers::of(all, words)),
                status: if !flash.is_empty() {
                    flash
                } else if full {
                    said
                } else {
                    String::new()
                },
                alert: files.alert(old.alert, totals.count(Phase::Failed) > 0, words),
            }
        })
    }

    /// What a screen reader is told: the start, each quarter, and whatever is true while nothing moves.
    fn announce(
        &self,
        active: u32,
        percent: u8,
        online: bool,
        now: &model::Summary,
        old: String,
        words: Words<'_>,
    ) -> String {
        // 0 while there is no network.
        let quarter = (active > 0).then_some(if online { 1 + percent / 25 } else { 0 });
        let before = self.quarter.replace(quarter);
        match (before, quarter) {
            (Some(_), Some(0)) => now.headline.clone(),
            (_, None) => now.headline.clone(),
            (None, Some(_)) => words.count(&words.strings.start_uploading, active, &[]),
            (Some(before), Some(quarter)) if quarter > before => now.headline.clone(),
            _ => old,
        }
    }

    /// Gives the focus a new home when the button that had it is gone: the same in the next row of what was left unfinished,
    /// its counterpart, a neighbour, the last file, "add", or the list where there is no adding.
    pub(super) fn keep_focus(&self, focused: &HtmlElement, rows: Option<&InRows>) {
        let now = dom::find(&self.root, ":focus");
        if let Some(rows) = rows
            && now.as_ref() == Some(focused)
            && in_rows(focused).is_some_and(|now| now.own != rows.own)
            && let Some(own) = dom::find(&self.root, &rows.own)
        {
            // What has it shows another record by now.
            own.focus().ok();
            return;
        }
        if dom::is_shown(focused) || now.is_some_and(|now| now != *focused) {
            return;
        }
        let shown = |element: Option<HtmlElement>| element.filter(dom::is_shown);
        let next = rows.and_then(|rows| shown(dom::find(&self.root, rows.next.as_deref()?)));
        let parent = focused.parent_element();
        let beside = |selector: &str| shown(dom::find(parent.as_ref()?, selector));
        let verb = focused.get_attribute("data-do").unwrap_or_default();
        let turned = TURNS_INTO.iter().find(|(from, _)| *from == verb).and_then(|(_, into)| beside(into));
        // Not what takes all out: the next key may be on its way.
        let neighbour = || if focused.is_connected() { beside("button:not([hidden], [data-do=clear])") } else { None };
        let in_list = !focused.is_connected() || focused.closest(".fc-view").ok().flatten().is_some();
        let last = || {
            let pool = self.pool.as_ref().filter(|_| in_list)?.try_borrow().ok()?;
            shown(dom::find(pool.last()?, "[data-do=remove]"))
        };
        let add = || shown(dom::find(&self.root, ".fc-pick"));
        let home = next.or(turned).or_else(neighbour).or_else(last).or_else(add);
        if let Some(home) = home.or_else(|| dom::find(&self.root, ".fc-view")) {
            home.focus().ok();
        }
    }
}

/// A button in the rows of what an earlier page left unfinished: its selector, and that of the same one in the next row, or in
/// the one before.
pub(super) struct InRows {
    own: String,
    next: Option<String>,
}

fn in_rows(focused: &HtmlElement) -> Option<InRows> {
    let row = focused.closest(".fc-unfinished > [data-record]").ok().flatten()?;
    let verb = focused.get_attribute("data-do")?;
    let button = |row: &Element| {
        let id = row.get_attribute("data-record")?;
        Some(["[data-record=\"", &id, "\"] [data-do=\"", &verb, "\"]"].concat())
    };
    let beside = row.next_element_sibling().filter(|next| next.has_attribute("data-record"));
    let beside = beside.or_else(|| row.previous_element_sibling());
    Some(InRows { own: button(&row)?, next: beside.as_ref().and_then(button) })
}
