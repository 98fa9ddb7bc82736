//! The parts of the interface as components of their own, for those who want to put them together differently.
// What `#[component]` makes of a public function is a public function nobody can reach.
#![allow(unreachable_pub)]

use std::{cell::RefCell, rc::Rc};

use filechute_engine::FileId;
use leptos::{html::Li, prelude::*};
use send_wrapper::SendWrapper;

use super::{
    UploaderRef,
    frame::{Frame, Sight},
    hook::keep,
    model, panel,
    row::Row,
    settings::UiSettings,
};
use crate::{Notice, Subscription, Uploader, strings::Words};

/// What the parts find above them.
#[derive(Clone, Copy, Debug)]
struct Around {
    sight: Sight,
    uploader: UploaderRef,
}

/// Stands around [`DropZone`], [`Notes`], [`FileList`] or [`FileRow`]s, and [`StatusBar`], in whatever order and with
/// whatever between them: hears what happens in it, drives the uploader, and keeps its parts true. [`Panel`](super::Panel)
/// is this with all of them.
///
/// Files may be dropped and pasted anywhere in it. Any button of the application's own in it does what its `data-do` says:
/// `pick`, `upload`, `pause-all`, `resume-all`, `retry-all`, `clear`.
///
/// ```
/// use filechute::{Chute, DropZone, FileRow, Parameters, StatusBar, UploaderOptions, use_uploader};
/// use leptos::prelude::*;
///
/// #[component]
/// fn Attachments() -> impl IntoView {
///     let chute = use_uploader(Parameters::host("/api"), UploaderOptions::default());
///     view! {
///         <style>{filechute::STYLE}</style>
///         <Chute uploader=chute.uploader>
///             <StatusBar />
///             <ul class="fc-rows">
///                 <For each=move || chute.files.get() key=|id| *id let:id>
///                     <FileRow id />
///                 </For>
///             </ul>
///             <DropZone />
///         </Chute>
///     }
/// }
/// ```
///
/// # On the server
/// Renders its parts; a [`DropZone`] is a plain file input there.
#[allow(clippy::needless_pass_by_value, reason = "the props of a component are values")]
#[component]
pub fn Chute(
    /// The uploader it shows and drives; an `Uploader` or what `use_uploader` returns.
    #[prop(into)]
    uploader: UploaderRef,
    /// Settings of the interface.
    #[prop(optional, into)]
    settings: Signal<UiSettings>,
    /// Whether what [`Mode::Button`](super::Mode::Button) and [`Mode::Modal`](super::Mode::Modal) keep closed is open.
    #[prop(optional)]
    open: Option<RwSignal<bool>>,
    /// The files as a person put them in order, as far as one did, where `sortable` is set.
    #[prop(optional)]
    order: Option<RwSignal<Vec<FileId>>>,
    /// The limits as told before the uploader runs, for what a server renders.
    #[prop(optional, into)]
    hint: String,
    /// More classes for the outermost element.
    #[prop(optional, into)]
    class: String,
    /// The parts.
    children: Children,
) -> impl IntoView {
    let open = open.unwrap_or_else(|| RwSignal::new(false));
    let order = order.unwrap_or_else(|| RwSignal::new(Vec::new()));
    let sight = Sight::new(Frame { hint, ..Frame::default() }, settings, open, order);
    provide_context(Around { sight, uploader });
    panel::root(uploader, sight, panel::classes(&class), children())
}

/// Where files come in: a button, words about dropping, and the limits. Once in a [`Chute`].
#[component]
pub fn DropZone() -> impl IntoView {
    around("DropZone").map(|Around { sight, .. }| panel::drop_zone(sight))
}

/// Things to know: what an earlier page left unfinished, no network, files that were not taken. In a [`Chute`].
#[component]
pub fn Notes() -> impl IntoView {
    around("Notes").map(|Around { sight, .. }| panel::notes(sight))
}

/// The files, however many: only those in view stand in the document. Once in a [`Chute`].
#[component]
pub fn FileList() -> impl IntoView {
    around("FileList").map(|Around { sight, .. }| panel::list(sight))
}

/// All files together: how far they are, and buttons for them. In a [`Chute`].
#[component]
pub fn StatusBar() -> impl IntoView {
    around("StatusBar").map(|Around { sight, .. }| panel::status_bar(sight))
}

/// One file, as an `<li>` with its name, state, progress and buttons. In a [`Chute`], in a list of the application's own,
/// which looks well as `<ul class="fc-rows">`; for thousands of files take [`FileList`].
#[component]
pub fn FileRow(
    /// Which one.
    #[prop(into)]
    id: FileId,
) -> impl IntoView {
    let node = NodeRef::<Li>::new();
    let row = keep::<(Subscription, Rc<RefCell<Row>>)>();
    let around = around("FileRow");
    Effect::new(move |_| {
        let (Some(Around { sight, uploader }), Some(node)) = (around, node.get()) else { return };
        let Some(uploader) = uploader.get() else { return };
        // Anew when the settings change, as everything does.
        sight.settings.track();
        let known = row.try_with_value(|kept| kept.as_ref().map(|kept| Rc::clone(&kept.1))).flatten();
        let shown = known.unwrap_or_else(|| Rc::new(RefCell::new(Row::fill(node.into(), sight.thumbs()))));
        paint(&mut shown.borrow_mut(), &uploader, id, sight);
        let weak = uploader.downgrade();
        let mine = Rc::clone(&shown);
        let heard = uploader.observe(move |notice| {
            let (Notice::Changed(changes), Some(uploader)) = (notice, weak.upgrade()) else { return };
            if changes.files.contains(&id)
                && let Ok(mut row) = mine.try_borrow_mut()
            {
                paint(&mut row, &uploader, id, sight);
            }
        });
        row.set_value(Some(SendWrapper::new((heard, shown))));
    });
    around.map(|_| view! { <li class="fc-row" part="item" node_ref=node></li> })
}

fn paint(row: &mut Row, uploader: &Uploader, id: FileId, sight: Sight) {
    let Some(file) = uploader.file(id) else { return };
    sight.settings.try_with_untracked(|settings| {
        let model = model::row(&file, Words::new(&settings.strings), settings.into(), row.pace(&file));
        row.paint(&file, model, settings.direction(), || uploader.blob(id));
    });
}

fn around(part: &str) -> Option<Around> {
    let found = use_context::<Around>();
    if found.is_none() {
        leptos::logging::error!("<{part}> needs a <Chute> around it");
    }
    found
}
