//! Several files chosen, and a bar of what can be done with them at once.

use std::{cell::RefCell, collections::BTreeSet, rc::Rc};

use filechute_engine::{FileId, Phase, Totals, UploadFile};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, KeyboardEvent, MouseEvent};

use super::{
    dom::{append, append_icon, find, is, put, set, write},
    icons,
    live::Work,
    reach::{id_at, step},
};
use crate::strings::{Strings, Words};

/// So many of the chosen files are asked what can be done with them; of more, the sums tell.
const ASKED: usize = 100;

/// What can be done with several files at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Resume,
    Pause,
    Retry,
    Remove,
}

const VERBS: [Verb; 4] = [Verb::Resume, Verb::Pause, Verb::Retry, Verb::Remove];

impl Verb {
    /// `data-do` of its button.
    const fn name(self) -> &'static str {
        match self {
            Self::Resume => "resume-selected",
            Self::Pause => "pause-selected",
            Self::Retry => "retry-selected",
            Self::Remove => "remove-selected",
        }
    }

    const fn icon(self) -> &'static str {
        match self {
            Self::Resume => icons::RESUME,
            Self::Pause => icons::PAUSE,
            Self::Retry => icons::RETRY,
            Self::Remove => icons::BIN,
        }
    }

    const fn words(self, strings: &Strings) -> &'static str {
        match self {
            Self::Resume => strings.resume,
            Self::Pause => strings.pause,
            Self::Retry => strings.retry,
            Self::Remove => strings.remove,
        }
    }

    /// Whether it is for that file.
    fn fits(self, file: &UploadFile) -> bool {
        match self {
            Self::Resume => file.phase == Phase::Paused,
            Self::Pause => file.phase.active() && file.phase != Phase::Finishing,
            Self::Retry => {
                file.phase == Phase::Failed && file.failure.as_ref().is_some_and(filechute_engine::Failure::retryable)
            }
            Self::Remove => true,
        }
    }

    /// Whether it may be for some of very many.
    fn may_fit(self, totals: &Totals) -> bool {
        match self {
            Self::Resume => totals.count(Phase::Paused) > 0,
            Self::Pause => totals.active() > 0,
            Self::Retry => totals.count(Phase::Failed) > 0,
            Self::Remove => true,
        }
    }
}

/// What is chosen.
#[derive(Debug, Default)]
struct Choice {
    chosen: BTreeSet<FileId>,
    /// A range goes from here …
    anchor: Option<FileId>,
    /// … to here, …
    end: Option<FileId>,
    /// … and is chosen beside these.
    base: BTreeSet<FileId>,
}

/// The bar, and what is chosen.
#[derive(Debug)]
pub(crate) struct Selector {
    choice: RefCell<Choice>,
    bar: Element,
    all: HtmlInputElement,
    all_words: Element,
    count: Element,
    buttons: [(Element, Element); 4],
}

impl Selector {
    /// With its bar before the list; `None` where there is no list.
    pub(crate) fn new(work: &Rc<Work>) -> Option<Self> {
        let view = find(&work.root, ".fc-view")?;
        let bar = append(&work.root, "div", "fc-chosen");
        for (name, value) in [("part", "selection"), ("role", "group"), ("hidden", "")] {
            set(&bar, name, value);
        }
        view.before_with_node_1(&bar).ok()?;
        let label = append(&bar, "label", "");
        let all: HtmlInputElement = append(&label, "input", "fc-check").unchecked_into();
        set(&all, "type", "checkbox");
        set(&all, "part", "check");
        let all_words = append(&label, "span", "").into();
        let count = append(&bar, "b", "").into();
        let buttons = VERBS.map(|verb| {
            let button = append(&bar, "button", "fc-btn");
            set(&button, "type", "button");
            set(&button, "part", &["button ", verb.name()].concat());
            set(&button, "data-do", verb.name());
            set(&append_icon(&button), "d", verb.icon());
            let words = append(&button, "span", "").into();
            (button.into(), words)
        });
        let choice = RefCell::default();
        Some(Self { choice, bar: bar.into(), all, all_words, count, buttons })
    }

    /// Whether a file is chosen.
    pub(crate) fn has(&self, id: FileId) -> bool {
        self.choice.borrow().chosen.contains(&id)
    }

    /// Shows what is chosen of these files, which are all that are shown.
    pub(crate) fn paint(&self, work: &Work, ids: &[FileId]) {
        // Those that are not shown any more are not chosen either: what cannot be seen must not be removed.
        let n = {
            let chosen = &mut self.choice.borrow_mut().chosen;
            if !chosen.is_empty() {
                let here: BTreeSet<FileId> = ids.iter().copied().collect();
                chosen.retain(|id| here.contains(id));
            }
            chosen.len()
        };
        work.look(|settings| {
            let words = Words::new(&settings.strings);
            let selected = selected(n, words);
            put(&self.bar, "hidden", ids.is_empty().then_some(""));
            put(&self.bar, "data-some", (n > 0).then_some(""));
            put(&self.bar, "aria-label", Some(&selected));
            self.all.set_disabled(settings.disabled);
            self.all.set_checked(n > 0 && n == ids.len());
            self.all.set_indeterminate(n > 0 && n < ids.len());
            write(&self.all_words, settings.strings.select_all);
            write(&self.count, if n > 0 { &selected } else { "" });
            for (verb, (button, text)) in VERBS.into_iter().zip(&self.buttons) {
                put(button, "hidden", (!self.can(work, verb)).then_some(""));
                put(button, "disabled", settings.disabled.then_some(""));
                let name = verb.words(&settings.strings);
                put(button, "title", Some(name));
                write(text, name);
            }
        });
    }

    fn can(&self, work: &Work, verb: Verb) -> bool {
        let chosen = &self.choice.borrow().chosen;
        if chosen.is_empty() || chosen.len() > ASKED {
            return !chosen.is_empty() && verb.may_fit(&work.uploader.totals());
        }
        chosen.iter().filter_map(|id| work.uploader.file(*id)).any(|file| verb.fits(&file))
    }

    /// Something was pressed; false for what is not its business.
    pub(crate) fn click(&self, work: &Rc<Work>, target: &Element, event: &MouseEvent) -> bool {
        let button = target.closest("[data-do]").ok().flatten();
        let name = button.as_ref().and_then(|button| button.get_attribute("data-do")).unwrap_or_default();
        if let Some(verb) = VERBS.into_iter().find(|verb| verb.name() == name) {
            self.act(work, verb);
            return true;
        }
        let is_check = is(target, ".fc-row > .fc-check");
        let Some(id) = id_at(target).filter(|_| is_check || button.is_none()) else { return false };
        if event.shift_key() {
            self.range(work, id);
        } else if is_check || event.ctrl_key() || event.meta_key() {
            self.toggle(work, id);
        } else {
            return false;
        }
        true
    }

    /// All or nothing, by the box in the bar.
    pub(crate) fn change(&self, work: &Rc<Work>, target: &Element) {
        if *target == **self.all {
            self.take(work, if self.all.checked() { work.shown() } else { Vec::new() });
        }
    }

    /// A key; false for those that mean something else.
    pub(crate) fn key(&self, work: &Rc<Work>, target: &Element, event: &KeyboardEvent) -> bool {
        let command = event.ctrl_key() || event.meta_key();
        let (key, shift) = (event.key(), event.shift_key());
        let in_list = target.closest(".fc-view, .fc-chosen").ok().flatten().is_some();
        if !in_list || event.alt_key() {
            return false;
        }
        if command && !shift && key.eq_ignore_ascii_case("a") {
            self.take(work, work.shown());
            return true;
        }
        if key == "Escape" && !self.choice.borrow().chosen.is_empty() {
            self.take(work, []);
            return true;
        }
        let Some(id) = id_at(target).filter(|_| !command && is(target, ".fc-row > .fc-check")) else { return false };
        let ids = work.shown();
        let at = ids.iter().position(|known| *known == id);
        let Some((to, next)) = at.and_then(|at| step(&key, at, work)).and_then(|to| Some((to, *ids.get(to)?))) else {
            return false;
        };
        if shift {
            let mut choice = self.choice.borrow_mut();
            if choice.end != Some(id) {
                choice.anchor = Some(id);
                choice.base = choice.chosen.clone();
            }
            drop(choice);
            self.range(work, next);
        }
        work.focus_in_row(to, ".fc-check");
        true
    }

    fn act(&self, work: &Rc<Work>, verb: Verb) {
        let uploader = &work.uploader;
        let ids: Vec<FileId> = self.choice.borrow().chosen.iter().copied().collect();
        let first = work.shown().iter().position(|id| ids.contains(id)).unwrap_or_default();
        for id in ids {
            // It may be gone meanwhile.
            if !uploader.file(id).is_some_and(|file| verb.fits(&file)) {
                continue;
            }
            match verb {
                Verb::Resume => drop(uploader.resume(id)),
                Verb::Pause => drop(uploader.pause(id)),
                Verb::Retry => drop(uploader.retry(id)),
                Verb::Remove => drop(uploader.remove(id)),
            }
        }
        work.refresh(|_| true);
        // What was pressed may be gone: back to the list, where the first of them was.
        if !self.can(work, verb) {
            let last = work.shown().len().saturating_sub(1);
            work.focus_in_row(first.min(last), ".fc-check");
        }
    }

    /// Chooses these, and says how many.
    fn take(&self, work: &Rc<Work>, ids: impl IntoIterator<Item = FileId>) {
        let chosen: BTreeSet<FileId> = ids.into_iter().collect();
        let text = work.look(|settings| selected(chosen.len(), Words::new(&settings.strings)));
        self.choice.borrow_mut().chosen = chosen;
        work.say(text.unwrap_or_default());
        work.refresh(|_| true);
    }

    fn toggle(&self, work: &Rc<Work>, id: FileId) {
        let base = {
            let mut choice = self.choice.borrow_mut();
            (choice.anchor, choice.end, choice.base) = (Some(id), Some(id), choice.chosen.clone());
            if !choice.base.remove(&id) {
                choice.base.insert(id);
            }
            choice.base.clone()
        };
        self.take(work, base);
    }

    /// From where it began up to here, beside what was chosen before.
    fn range(&self, work: &Rc<Work>, id: FileId) {
        let ids = work.shown();
        let place = |wanted: FileId| ids.iter().position(|known| *known == wanted);
        let Some(at) = place(id) else { return };
        let chosen = {
            let mut choice = self.choice.borrow_mut();
            choice.end = Some(id);
            let from = choice.anchor.and_then(place).unwrap_or(at);
            let mut chosen = choice.base.clone();
            chosen.extend(ids.get(from.min(at)..=from.max(at)).unwrap_or_default());
            chosen
        };
        self.take(work, chosen);
    }
}

impl Drop for Selector {
    fn drop(&mut self) {
        self.bar.remove();
    }
}

fn selected(n: usize, words: Words<'_>) -> String {
    words.count(&words.strings.selected, u32::try_from(n).unwrap_or(u32::MAX), &[])
}

/// A range is no stretch of text.
pub(crate) fn no_text(event: &Event) {
    if event.unchecked_ref::<MouseEvent>().shift_key() {
        event.prevent_default();
    }
}
