//! What the panel around the list shows: plain data in one signal, so it may be made on a server.

use std::rc::Rc;

use filechute_engine::FileId;
use leptos::prelude::*;
use send_wrapper::SendWrapper;

use super::{hook::keep, model::Summary, settings::UiSettings, thumbs::Thumbs, unfinished::Leftovers};

/// Everything around the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Frame {
    /// The uploader runs: the real button takes over from the plain input.
    pub(crate) ready: bool,
    /// There are files.
    pub(crate) full: bool,
    /// There are as many as there may be.
    pub(crate) closed: bool,
    /// Files are being held above the widget.
    pub(crate) dragging: bool,
    pub(crate) offline: bool,
    /// The limits.
    pub(crate) hint: String,
    pub(crate) summary: Summary,
    /// Only failed files are shown.
    pub(crate) filtered: bool,
    /// What was not added, and why, a line each; empty hides it.
    pub(crate) note_title: String,
    pub(crate) note: String,
    /// Some of these are in the list already, and something can be done about it.
    pub(crate) duplicates: bool,
    /// What an earlier page left unfinished.
    pub(crate) unfinished: Leftovers,
    /// What a screen reader says when it has time, and at once.
    pub(crate) status: String,
    pub(crate) alert: String,
}

/// The two signals that the panel reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    pub(crate) frame: RwSignal<Frame>,
    pub(crate) settings: Signal<UiSettings>,
    /// Whether what [`Mode::Button`](super::Mode) and [`Mode::Modal`](super::Mode) keep closed is open.
    pub(crate) open: RwSignal<bool>,
    /// The files as a person put them in order, as far as one did.
    pub(crate) order: RwSignal<Vec<FileId>>,
    thumbs: StoredValue<Option<SendWrapper<Rc<Thumbs>>>>,
}

/// What a text or an attribute of the panel is taken from.
pub(crate) type Pick<T> = fn(&Frame, &UiSettings) -> T;

impl Sight {
    pub(crate) fn new(
        frame: Frame,
        settings: Signal<UiSettings>,
        open: RwSignal<bool>,
        order: RwSignal<Vec<FileId>>,
    ) -> Self {
        Self { frame: RwSignal::new(frame), settings, open, order, thumbs: keep() }
    }

    /// Where all rows of the panel have their pictures from.
    pub(crate) fn thumbs(self) -> Rc<Thumbs> {
        let known = self.thumbs.try_with_value(|kept| kept.as_deref().cloned()).flatten();
        known.unwrap_or_else(|| {
            let made = Rc::new(Thumbs::new());
            // Not kept for the next one where the panel is being taken out.
            let _ = self.thumbs.try_set_value(Some(SendWrapper::new(Rc::clone(&made))));
            made
        })
    }

    /// A reactive text. One type for all of them: each closure of its own would be compiled, and shipped, anew.
    pub(crate) fn text(self, pick: Pick<String>) -> impl Fn() -> String + Copy + Send + Sync + 'static {
        move || self.frame.with(|frame| self.settings.with(|settings| pick(frame, settings)))
    }

    /// A reactive attribute that may be left out.
    pub(crate) fn maybe(
        self,
        pick: Pick<Option<&'static str>>,
    ) -> impl Fn() -> Option<&'static str> + Copy + Send + Sync + 'static {
        move || self.frame.with(|frame| self.settings.with(|settings| pick(frame, settings)))
    }

    /// A reactive boolean attribute.
    pub(crate) fn flag(self, pick: Pick<bool>) -> impl Fn() -> bool + Copy + Send + Sync + 'static {
        move || self.frame.with(|frame| self.settings.with(|settings| pick(frame, settings)))
    }
}
