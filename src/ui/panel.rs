//! The panel: drop zone, notes, list, status bar. Renders on a server as a working file input.
//!
//! Nothing in here is static HTML to Leptos, which would set it by `innerHTML` and be refused where Trusted Types are
//! required. There is one listener for all of it (see `live`): buttons say what they do in `data-do`.
// What `#[component]` makes of a public function is a public function nobody can reach.
#![allow(unreachable_pub)]

use filechute_engine::FileId;
use leptos::{attr::custom::custom_attribute, html::Div, prelude::*};
use send_wrapper::SendWrapper;

use super::{
    UploaderRef,
    frame::{Frame, Pick, Sight},
    icons,
    live::Live,
    model,
    settings::{Capture, Mode, UiSettings},
    unfinished,
};
use crate::strings::Words;

/// The interface of an uploader that exists already. [`FileChute`](super::FileChute) is this with an uploader of its own.
///
/// # On the server
/// Renders the plain file input; give it the reference that [`use_uploader`](super::use_uploader) returns there.
#[allow(clippy::needless_pass_by_value, reason = "the props of a component are values")]
#[component]
pub fn Panel(
    /// The uploader it shows and drives; an `Uploader` or what `use_uploader` returns.
    #[prop(into)]
    uploader: UploaderRef,
    /// Settings of the interface.
    #[prop(optional, into)]
    settings: Signal<UiSettings>,
    /// Whether what [`Mode::Button`] and [`Mode::Modal`] keep closed is open: set it to open and close it, read it to know.
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
) -> impl IntoView {
    let open = open.unwrap_or_else(|| RwSignal::new(false));
    let order = order.unwrap_or_else(|| RwSignal::new(Vec::new()));
    let sight = Sight::new(Frame { hint, ..Frame::default() }, settings, open, order);
    let inside = move || {
        view! {
            {drop_zone(sight)}
            {notes(sight)}
            {list(sight)}
            {status_bar(sight)}
        }
    };
    root(uploader, sight, classes(&class), inside())
}

/// What all parts stand in: hears what happens in it and keeps them true.
pub(crate) fn root(uploader: UploaderRef, sight: Sight, class: String, inside: impl IntoView) -> impl IntoView {
    let settings = sight.settings;
    let root = NodeRef::<Div>::new();
    let live = StoredValue::new(None::<SendWrapper<Live>>);
    // Effects run in the browser only, and after the nodes are there.
    Effect::new(move |_| {
        let (Some(root), Some(uploader)) = (root.get(), uploader.get()) else { return };
        live.set_value(Some(SendWrapper::new(Live::start(&root, uploader, sight))));
    });
    Effect::new(move |_| {
        settings.track();
        sight.order.track();
        with_live(live, Live::repaint);
    });
    Effect::new(move |_| {
        let open = sight.open.get();
        with_live(live, |live| live.open(open));
    });
    view! {
        // Keeps the place while the panel stands somewhere else.
        {None::<()>}
        <div
            class=class
            part="panel"
            node_ref=root
            role=sight.maybe(|_, settings| (!settings.label.is_empty()).then_some("group"))
            aria-label=move || Some(settings.with(|settings| settings.label.clone())).filter(|label| !label.is_empty())
            lang=sight.maybe(|_, settings| Some(settings.strings.locale))
            dir=sight.maybe(|_, settings| settings.direction())
            data-theme=sight.maybe(|_, settings| settings.colours())
            data-mode=sight.maybe(|_, settings| (settings.mode != Mode::Inline).then_some(settings.mode.name()))
            data-ready=sight.flag(|frame, _| frame.ready)
            data-full=sight.flag(is_full)
            data-drag=sight.flag(|frame, _| frame.dragging)
            data-off=sight.flag(|_, settings| settings.disabled)
        >
            {inside}
            <p class="fc-sr" role="status">{sight.text(|frame, _| frame.status.clone())}</p>
            <p class="fc-sr" role="alert">{sight.text(|frame, _| frame.alert.clone())}</p>
        </div>
    }
}

/// Of the outermost element, with those of the application.
pub(crate) fn classes(more: &str) -> String {
    ["fc ", more].concat().trim_end().to_owned()
}

fn with_live(live: StoredValue<Option<SendWrapper<Live>>>, act: impl FnOnce(&Live)) {
    live.with_value(|live| {
        if let Some(live) = live {
            act(live);
        }
    });
}

/// Where files come in.
pub(crate) fn drop_zone(sight: Sight) -> impl IntoView {
    let Sight { settings, .. } = sight;
    let pick_class = sight
        .text(|frame, settings| ["fc-btn fc-pick", if is_full(frame, settings) { "" } else { " fc-main" }].concat());
    view! {
        <div
            class="fc-drop"
            part="dropzone"
            // Of pictures there is always a next one.
            hidden=sight.flag(|frame, settings| frame.closed && settings.mode != Mode::Image)
        >
            <span class="fc-mark" part="mark">{icon(icons::UPLOAD)}</span>
            <button
                type="button"
                class=pick_class
                part="button pick"
                data-do="pick"
                disabled=sight.flag(|_, settings| settings.disabled)
                aria-label=sight.text(name)
                aria-description=sight.text(|frame, _| frame.hint.clone())
            >
                {sight.text(|frame, settings| pick_label(frame, settings).into())}
            </button>
            <span class="fc-or" part="or">
                {sight.text(|frame, settings| {
                    let strings = &settings.strings;
                    let many = settings.takes_many() || settings.takes_folders();
                    if frame.dragging { strings.drop_now } else if many { strings.or_drop_them } else { strings.or_drop_it }.into()
                })}
            </span>
            <p class="fc-hint" part="hint" hidden=sight.flag(|frame, _| frame.hint.is_empty())>
                {sight.text(|frame, _| frame.hint.clone())}
            </p>
        </div>
        // Beside the drop zone and not in it: the zone's own clicks must not come from here.
        <label class="fc-native">
            <input
                type="file"
                class="fc-input"
                part="input"
                // Where scripts run, its files are handed over and the form's value comes from elsewhere.
                name=move || {
                    let ready = sight.frame.with(|frame| frame.ready);
                    settings.with(|settings| (!ready && !settings.name.is_empty()).then(|| settings.name.clone()))
                }
                accept=sight.text(|_, settings| settings.accepted().into())
                // A file that is to be chosen again is not to be taken with the camera.
                capture=move || {
                    let chosen = sight.frame.with(|frame| frame.unfinished.rows.is_empty());
                    settings.with(|settings| (chosen && settings.capture != Capture::Off).then(|| settings.capture.name()))
                }
                // After that the form is told by a control beside the panel.
                required=sight.flag(|frame, settings| settings.required && !frame.ready)
                multiple=sight.flag(|_, settings| settings.takes_many())
                disabled=sight.flag(|_, settings| settings.disabled)
                aria-label=sight.text(name)
                {..custom_attribute("webkitdirectory", sight.flag(|_, settings| settings.takes_folders()))}
            />
        </label>
    }
}

/// Things to know: what an earlier page left, no network, files that were not taken.
pub(crate) fn notes(sight: Sight) -> impl IntoView {
    view! {
        {unfinished::rows(sight)}
        <div class="fc-note fc-offline" part="offline" hidden=sight.flag(|frame, _| !frame.offline)>
            {icon(icons::OFFLINE)}
            <div>{sight.text(|_, settings| settings.strings.offline.into())}</div>
        </div>
        // Always there, so that what appears in it is announced.
        <div role="alert">
            <div class="fc-note" part="note" hidden=sight.flag(|frame, _| frame.note.is_empty())>
                {icon(icons::WARNING)}
                <div>
                    <b>{line(sight, |frame, _| frame.note_title.clone())}</b>
                    <p class="fc-lines">{line(sight, |frame, _| frame.note.clone())}</p>
                    <div class="fc-acts" part="choice" hidden=sight.flag(|frame, _| !frame.duplicates)>
                        {button(sight, "replace", false, |_, settings| settings.strings.replace.into())}
                        {button(sight, "keep-both", false, |_, settings| settings.strings.keep_both.into())}
                        {button(sight, "skip", false, |_, settings| settings.strings.skip.into())}
                    </div>
                </div>
                <button
                    type="button"
                    class="fc-btn fc-bare"
                    part="button dismiss"
                    data-do="dismiss"
                    aria-label=sight.text(|_, settings| settings.strings.dismiss.into())
                >
                    {icon(icons::REMOVE)}
                </button>
            </div>
        </div>
    }
}

/// The list; its rows are painted by hand (see `pool`).
pub(crate) fn list(sight: Sight) -> impl IntoView {
    view! {
        <div class="fc-view" part="view" tabindex="-1" hidden=sight.flag(|frame, _| !frame.full)>
            <ul
                class="fc-list"
                part="list"
                role="list"
                aria-label=sight.text(|_, settings| settings.strings.files.into())
                data-view=sight.text(|_, settings| settings.view.name().into())
            ></ul>
        </div>
    }
}

/// All files together.
pub(crate) fn status_bar(sight: Sight) -> impl IntoView {
    view! {
        <div class="fc-foot" part="status" hidden=sight.flag(|frame, _| !frame.full)>
            <progress
                class="fc-bar"
                part="bar total"
                max="100"
                value=sight.text(|frame, _| frame.summary.percent.unwrap_or(0).to_string())
                hidden=sight.flag(|frame, _| frame.summary.percent.is_none())
                data-state=sight.text(|frame, _| frame.summary.state.into())
                aria-label=sight.text(|_, settings| settings.strings.all_files.into())
                aria-valuetext=sight.text(|frame, _| frame.summary.headline.clone())
            ></progress>
            <div class="fc-sum">
                <div>
                    <b part="headline">{line(sight, |frame, _| frame.summary.headline.clone())}</b>
                    <small part="detail">{line(sight, |frame, _| frame.summary.detail.clone())}</small>
                </div>
                <div class="fc-acts">
                    {button(sight, "upload", true, |frame, _| frame.summary.upload.clone())}
                    {button(sight, "retry-all", true, |frame, _| frame.summary.retry.into())}
                    {button(sight, "resume-all", true, |frame, _| frame.summary.resume.into())}
                    {button(sight, "pause-all", false, |frame, _| frame.summary.pause.into())}
                    {button(sight, "filter", false, |frame, settings| {
                        let strings = &settings.strings;
                        if frame.filtered { strings.show_all } else if frame.summary.filter { strings.show_failed } else { "" }.into()
                    })}
                    {button(sight, "clear", false, |frame, _| frame.summary.clear.into())}
                </div>
            </div>
        </div>
    }
}

/// What changes nothing but what is seen, and so is not off with the rest.
const SEES: [&str; 2] = ["filter", "skip"];

/// A button that says what it does in `data-do`, gone while its label is empty.
fn button(sight: Sight, verb: &'static str, main: bool, label: Pick<String>) -> impl IntoView {
    let text = sight.text(label);
    view! {
        <button
            type="button"
            class=if main { "fc-btn fc-main" } else { "fc-btn" }
            part=["button ", verb].concat()
            data-do=verb
            disabled=sight.flag(if SEES.contains(&verb) { |_, _| false } else { |_, settings| settings.disabled })
            hidden=move || text().is_empty()
        >
            {text}
        </button>
    }
}

/// A text that keeps the direction of its language, whatever the page's is: a sentence may begin with a name that runs
/// the other way.
fn line(sight: Sight, text: Pick<String>) -> impl IntoView {
    view! { <bdi dir=sight.maybe(|_, settings| settings.direction())>{sight.text(text)}</bdi> }
}

/// An icon that says nothing to assistive technology.
pub(crate) fn icon(path: &'static str) -> impl IntoView {
    view! {
        <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d=path />
        </svg>
    }
}

/// Whether there is something already: files, or a picture.
fn is_full(frame: &Frame, settings: &UiSettings) -> bool {
    frame.full || frame.ready && settings.has_picture()
}

fn pick_label(frame: &Frame, settings: &UiSettings) -> &'static str {
    let strings = &settings.strings;
    match (settings.mode, is_full(frame, settings)) {
        (Mode::Image, true) => strings.replace_image,
        (Mode::Image, false) => strings.choose_image,
        (_, true) => strings.add_more,
        _ if settings.directory => strings.choose_folder,
        _ if settings.multiple => strings.choose_files,
        _ => strings.choose_file,
    }
}

/// The name that assistive technology hears: the field's, then what the button does.
fn name(frame: &Frame, settings: &UiSettings) -> String {
    let own = pick_label(frame, settings);
    if settings.label.is_empty() { own.into() } else { [&settings.label, ": ", own].concat() }
}

/// The limits, for a first rendering before there is an uploader: the same on a server and in the browser that takes over.
pub(crate) fn first_hint(options: &crate::Options, settings: &UiSettings) -> String {
    let words = Words::plain(&settings.strings);
    model::hint(options, settings.accepted(), settings.mode == Mode::Image, words)
}
