//! The panel: drop zone, notes, list, status bar. Renders on a server as a working file input.
//!
//! Nothing in here is static HTML to Leptos, which would set it by `innerHTML` and be refused where Trusted Types are
//! required. There is one listener for all of it (see `live`): buttons say what they do in `data-do`.
// What `#[component]` makes of a public function is a public function nobody can reach.
#![allow(unreachable_pub)]

use leptos::{attr::custom::custom_attribute, html::Div, prelude::*};
use send_wrapper::SendWrapper;

use super::{
    UploaderRef,
    frame::{Frame, Pick, Sight},
    icons,
    live::Live,
    model,
    settings::UiSettings,
    strings::count,
};

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
    /// The limits as told before the uploader runs, for what a server renders.
    #[prop(optional, into)]
    hint: String,
    /// More classes for the outermost element.
    #[prop(optional, into)]
    class: String,
) -> impl IntoView {
    let sight = Sight { frame: RwSignal::new(Frame { hint, ..Frame::default() }), settings };
    let root = NodeRef::<Div>::new();
    let live = StoredValue::new(None::<SendWrapper<Live>>);
    // Effects run in the browser only, and after the nodes are there.
    Effect::new(move |_| {
        let (Some(root), Some(uploader)) = (root.get(), uploader.get()) else { return };
        let new = Live::start(&root, uploader, sight);
        live.set_value(new.map(SendWrapper::new));
    });
    Effect::new(move |_| {
        settings.track();
        live.with_value(|live| {
            if let Some(live) = live {
                live.repaint();
            }
        });
    });
    panel(sight, root, ["fc ", &class].concat().trim_end().to_owned())
}

fn panel(sight: Sight, root: NodeRef<Div>, class: String) -> impl IntoView {
    let Sight { settings, .. } = sight;
    let pick_class = sight.text(|frame, _| ["fc-btn fc-pick", if frame.full { "" } else { " fc-main" }].concat());
    view! {
        <div
            class=class
            part="panel"
            node_ref=root
            data-theme=sight.text(|_, settings| settings.theme.name().into())
            data-ready=sight.flag(|frame, _| frame.ready)
            data-full=sight.flag(|frame, _| frame.full)
            data-drag=sight.flag(|frame, _| frame.dragging)
            data-off=sight.flag(|_, settings| settings.disabled)
        >
            <div class="fc-drop" part="dropzone">
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
                        if frame.dragging { strings.drop_now } else { strings.or_drop[usize::from(settings.multiple)] }.into()
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
                    accept=sight.text(|_, settings| settings.accept.clone())
                    multiple=sight.flag(|_, settings| settings.multiple)
                    disabled=sight.flag(|_, settings| settings.disabled)
                    aria-label=sight.text(name)
                    {..custom_attribute("webkitdirectory", sight.flag(|_, settings| settings.directory))}
                />
            </label>
            <div class="fc-note fc-unfinished" part="unfinished" hidden=sight.flag(|frame, _| frame.unfinished.is_empty())>
                {icon(icons::RETRY)}
                <div>{line(sight, |frame, _| frame.unfinished.clone())}</div>
                {button(sight, "continue", true, |frame, settings| {
                    let strings = &settings.strings;
                    if frame.can_reopen { strings.go_on } else { strings.choose_again }.into()
                })}
                {button(sight, "discard", false, |_, settings| settings.strings.discard.into())}
            </div>
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
            <div class="fc-view" part="view" tabindex="-1" hidden=sight.flag(|frame, _| !frame.full)>
                <ul class="fc-list" part="list" role="list" aria-label=sight.text(|_, settings| settings.strings.files.into())></ul>
            </div>
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
                        {button(sight, "retry-all", true, |frame, settings| {
                            shown(frame.summary.retry, settings.strings.retry_failed)
                        })}
                        {button(sight, "resume-all", true, |frame, settings| {
                            shown(frame.summary.resume, settings.strings.resume_all)
                        })}
                        {button(sight, "pause-all", false, |frame, settings| {
                            shown(frame.summary.pause, settings.strings.pause_all)
                        })}
                        {button(sight, "clear", false, |frame, _| frame.summary.clear.into())}
                    </div>
                </div>
            </div>
            <p class="fc-sr" role="status">{sight.text(|frame, _| frame.status.clone())}</p>
            <p class="fc-sr" role="alert">{sight.text(|frame, _| frame.alert.clone())}</p>
        </div>
    }
}

/// A button of the status bar, gone while its label is empty.
fn button(sight: Sight, verb: &'static str, main: bool, label: Pick<String>) -> impl IntoView {
    let text = sight.text(label);
    view! {
        <button
            type="button"
            class=if main { "fc-btn fc-main" } else { "fc-btn" }
            part=["button ", verb].concat()
            data-do=verb
            hidden=move || text().is_empty()
        >
            {text}
        </button>
    }
}

/// A text that keeps its own direction, whatever the page's is.
fn line(sight: Sight, text: Pick<String>) -> impl IntoView {
    view! { <bdi>{sight.text(text)}</bdi> }
}

/// An icon that says nothing to assistive technology.
fn icon(path: &'static str) -> impl IntoView {
    view! {
        <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d=path />
        </svg>
    }
}

fn pick_label(frame: &Frame, settings: &UiSettings) -> &'static str {
    let strings = &settings.strings;
    match (frame.full, settings.directory) {
        (true, _) => strings.add_more,
        (false, true) => strings.choose_folder,
        (false, false) => strings.choose[usize::from(settings.multiple)],
    }
}

/// The name that assistive technology hears: the field's, then what the button does.
fn name(frame: &Frame, settings: &UiSettings) -> String {
    let own = pick_label(frame, settings);
    if settings.label.is_empty() { own.into() } else { [&settings.label, ": ", own].concat() }
}

fn shown(yes: bool, label: &'static str) -> String {
    if yes { label.into() } else { String::new() }
}

/// The line that says what of a drop or a choice was left out: at most this many reasons, then a number.
pub(crate) const MOST_REASONS: usize = 4;

/// Title and lines about files that were not added.
pub(crate) fn note(reasons: &[String], total: u32, settings: &UiSettings) -> (String, String) {
    let strings = &settings.strings;
    if reasons.is_empty() {
        return (String::new(), String::new());
    }
    let mut lines = reasons.to_vec();
    let rest = total.saturating_sub(u32::try_from(reasons.len()).unwrap_or(u32::MAX));
    // One reason for all, for instance the number of files, stands for itself.
    if rest > 0 && reasons.len() > 1 {
        lines.push(super::strings::fill(strings.and_more, &[&rest.to_string()]));
    }
    (count(&strings.not_added, total), lines.join("\n"))
}

/// The limits, for a first rendering before there is an uploader.
pub(crate) fn first_hint(options: &crate::Options, settings: &UiSettings) -> String {
    model::hint(options, &settings.accept, &settings.strings)
}
