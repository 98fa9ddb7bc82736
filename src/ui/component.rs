//! [`FileChute`]: the whole widget, with an uploader of its own.
// What `#[component]` makes of a public function is a public function nobody can reach.
#![allow(unreachable_pub)]

use filechute_engine::{Accept, FileId, Options, Phase, RawOptions, Restrictions, UploadEvent, UploadFile};
use leptos::prelude::*;
use send_wrapper::SendWrapper;

use super::{
    UploaderRef,
    form::{Control, ValueAs, fields},
    hook::{keep, use_uploader},
    panel::{Panel, first_hint},
    settings::{Capture, MetaField, Mode, Theme, UiSettings, View},
};
use crate::{Notice, Parameters, Strings, Subscription, Uploader, UploaderOptions};

/// The widget's style sheet, for an application that serves it itself.
pub const STYLE: &str = concat!(include_str!("style.css"), include_str!("more.css"), include_str!("parts.css"));

/// How a batch ended.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Completion {
    /// Files S3 confirmed.
    pub successful: Vec<UploadFile>,
    /// Files given up; each says why in `failure`.
    pub failed: Vec<UploadFile>,
}

/// A drop zone and a list of files that go straight to S3.
///
/// ```
/// use filechute::{FileChute, Parameters, UploadFile};
/// use leptos::prelude::*;
///
/// #[component]
/// fn Photos() -> impl IntoView {
///     let keys = RwSignal::new(Vec::new());
///     view! {
///         <FileChute
///             parameters=Parameters::host("/api")
///             accept="image/*"
///             on_success=move |file: UploadFile| keys.update(|keys| keys.push(file.key()))
///         />
///     }
/// }
/// ```
///
/// # On the server
/// Renders a plain `<input type=file>` with its label, which works without scripts; handlers are dropped unused, also one that was
/// made by hand (`UnsyncCallback`).
#[component]
pub fn FileChute(
    /// Where upload parameters come from. Needed unless `uploader` is given.
    #[prop(optional, into)]
    parameters: Option<Parameters>,
    /// Limit, deadlines, retries, restrictions.
    #[prop(optional)]
    options: UploaderOptions,
    /// An uploader that exists already, from `use_uploader`; `parameters` and `options` are not looked at then. Its own
    /// restrictions hold: `accept`, `multiple` and what `meta_fields` require are for the picker and the fields only.
    #[prop(optional, into)]
    uploader: Option<UploaderRef>,
    /// Called for each file that S3 confirmed; `file.key()` is where it is.
    #[prop(optional, into)]
    on_success: Option<UnsyncCallback<UploadFile>>,
    /// Called for each file that was given up; `file.failure` says why.
    #[prop(optional, into)]
    on_error: Option<UnsyncCallback<UploadFile>>,
    /// Called when every file of a batch is done or given up. A form around it knows that already, and may be sent.
    #[prop(optional, into)]
    on_complete: Option<UnsyncCallback<Completion>>,
    /// Called for everything that happens, progress included.
    #[prop(optional, into)]
    on_event: Option<UnsyncCallback<Notice>>,
    /// What the picker offers, as in `<input accept>`. Becomes the restriction on types unless `options` has one.
    #[prop(optional, into)]
    accept: Signal<String>,
    /// Whether a phone opens its camera instead of its picker, as in `<input capture>`.
    #[prop(optional, into)]
    capture: Signal<Capture>,
    /// Whether more than one file is taken.
    #[prop(default = true.into(), into)]
    multiple: Signal<bool>,
    /// Whether the picker asks for a folder.
    #[prop(optional, into)]
    directory: Signal<bool>,
    /// Whether it is off: a person adds and changes nothing, and a form submits nothing of it and does not ask it. A disabled
    /// `<fieldset>` around it does the same.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Name under which a form submits the key of each uploaded file; before scripts run, the files themselves.
    #[prop(optional, into)]
    name: Signal<String>,
    /// Label of the field, for assistive technology; the button's own name follows it.
    #[prop(optional, into)]
    label: Signal<String>,
    /// Light, dark, or as the system prefers; without it as the page says by its `color-scheme`.
    #[prop(optional, into)]
    theme: Theme,
    /// Where it stands: in the flow of the page, behind a button, in a dialog, over the whole page, or as one picture. May
    /// change.
    #[prop(optional, into)]
    mode: Signal<Mode>,
    /// Whether what [`Mode::Button`] and [`Mode::Modal`] keep closed is open: set it to open and close it, read it to know.
    #[prop(optional)]
    open: Option<RwSignal<bool>>,
    /// Selector of what [`Mode::Page`] lets files be dropped on; empty for the whole page.
    #[prop(optional, into)]
    target: Signal<String>,
    /// Address of the picture that [`Mode::Image`] shows until another is chosen; empty for none.
    #[prop(optional, into)]
    src: Signal<String>,
    /// The files below each other, or side by side.
    #[prop(optional, into)]
    view: Signal<View>,
    /// Whether a file that is there has a button that copies its key.
    #[prop(optional, into)]
    show_key: Signal<bool>,
    /// Whether a file that is there has a button that copies its address.
    #[prop(optional, into)]
    show_link: Signal<bool>,
    /// Whether a form needs a file. A form is never sent while uploads run or wait to be started.
    #[prop(optional, into)]
    required: Signal<bool>,
    /// What a form submits for each file under `name`.
    #[prop(optional, into)]
    value_as: Signal<ValueAs>,
    /// Whether the page may be left without a question while uploads run.
    #[prop(optional, into)]
    quiet_leave: Signal<bool>,
    /// Whether the screen is kept on while uploads run.
    #[prop(optional, into)]
    keep_awake: Signal<bool>,
    /// Whether the page's title says how far they are.
    #[prop(optional, into)]
    page_title: Signal<bool>,
    /// Whether the icon of an installed page says how many files are under way, where the browser can.
    #[prop(optional, into)]
    page_badge: Signal<bool>,
    /// Whether a person may put the files in an order, which is also that of the keys in a form.
    #[prop(optional, into)]
    sortable: Signal<bool>,
    /// The files as a person put them in order, as far as one did, where `sortable` is set.
    #[prop(optional)]
    order: Option<RwSignal<Vec<FileId>>>,
    /// Whether a person may choose several files and do something with all of them.
    #[prop(optional, into)]
    selectable: Signal<bool>,
    /// What a person may fill in about each file, its name included.
    #[prop(optional, into)]
    meta_fields: Option<Vec<MetaField>>,
    /// Words: those of a language, such as [`locales::DE`](crate::locales::DE), which its direction comes with.
    #[prop(optional, into)]
    strings: Signal<Strings>,
    /// More classes for the outermost element.
    #[prop(optional, into)]
    class: String,
    /// Leaves out the `<style>` element; the application serves [`STYLE`] then.
    #[prop(optional)]
    unstyled: bool,
    /// The `<style>` element's nonce, under a policy that asks for one.
    #[prop(optional, into)]
    nonce: Option<String>,
) -> impl IntoView {
    let settings = Signal::derive(move || UiSettings {
        accept: accept.get(),
        capture: capture.get(),
        multiple: multiple.get(),
        directory: directory.get(),
        disabled: disabled.get(),
        name: name.get(),
        label: label.get(),
        theme,
        mode: mode.get(),
        view: view.get(),
        target: target.get(),
        src: src.get(),
        show_key: show_key.get(),
        show_link: show_link.get(),
        quiet_leave: quiet_leave.get(),
        keep_awake: keep_awake.get(),
        page_title: page_title.get(),
        page_badge: page_badge.get(),
        required: required.get(),
        sortable: sortable.get(),
        selectable: selectable.get(),
        meta_fields: meta_fields.clone(),
        strings: strings.get(),
    });
    let given = options.engine.restrictions.clone();
    let rules = settings.with_untracked(|settings| restrict(&given, settings));
    let options = UploaderOptions { engine: Options { restrictions: rules.clone(), ..options.engine }, ..options };
    let hint = settings.with_untracked(|settings| first_hint(&options.engine, settings));
    let uploader = uploader.unwrap_or_else(|| match parameters {
        Some(parameters) => {
            let uploader = use_uploader(parameters, options).uploader;
            follow(uploader, given, rules, settings);
            uploader
        }
        None => {
            leptos::logging::error!("<FileChute> needs `parameters` or `uploader`");
            UploaderRef::empty()
        }
    });
    let heard = keep::<Subscription>();
    let control = Control::new();
    let order = order.unwrap_or_else(|| RwSignal::new(Vec::new()));
    let handlers = Handlers { on_success, on_error, on_complete, on_event, control };
    if cfg!(not(target_arch = "wasm32")) {
        handlers.dispose();
    }
    Effect::new(move |_| {
        let Some(uploader) = uploader.get() else { return };
        heard.set_value(Some(SendWrapper::new(handlers.clone().attach(&uploader))));
    });
    view! {
        {(!unstyled).then(|| view! { <style nonce=nonce>{STYLE}</style> })}
        <Panel uploader settings open=open.unwrap_or_else(|| RwSignal::new(false)) order hint class />
        {fields(control, settings, order, required, value_as, uploader)}
    }
}

/// What the picker is told also holds for what is dropped.
fn restrict(given: &Restrictions, settings: &UiSettings) -> Restrictions {
    let mut rules = given.clone();
    if rules.allowed_file_types.is_empty() {
        rules.allowed_file_types = Accept::parse_list(settings.accepted());
    }
    let wanted = settings.meta_fields.iter().flatten().filter(|field| field.required);
    rules.required_meta_fields.extend(wanted.map(|field| field.id.clone()));
    if settings.mode == Mode::Image {
        // The new picture has to be in before the old one goes.
        rules.max_number_of_files = Some(2);
    } else if !settings.multiple && rules.max_number_of_files.is_none() {
        rules.max_number_of_files = Some(1);
    }
    rules
}

/// Also when it is told something else later.
fn follow(uploader: UploaderRef, given: Restrictions, mut rules: Restrictions, settings: Signal<UiSettings>) {
    Effect::new(move |_| {
        let wanted = settings.with(|settings| restrict(&given, settings));
        let Some(uploader) = uploader.get().filter(|_| wanted != rules) else { return };
        // Rules cannot be wrong.
        let _ = uploader.set_options(RawOptions { restrictions: Some(wanted.clone()), ..RawOptions::default() });
        rules = wanted;
    });
}

#[derive(Clone)]
struct Handlers {
    on_success: Option<UnsyncCallback<UploadFile>>,
    on_error: Option<UnsyncCallback<UploadFile>>,
    on_complete: Option<UnsyncCallback<Completion>>,
    on_event: Option<UnsyncCallback<Notice>>,
    control: Control,
}

impl Handlers {
    /// On a server nobody calls them, and what one thread made may be cleaned up by another, where they must not be dropped.
    fn dispose(&self) {
        [self.on_success, self.on_error].into_iter().flatten().for_each(Dispose::dispose);
        self.on_complete.into_iter().for_each(Dispose::dispose);
        self.on_event.into_iter().for_each(Dispose::dispose);
    }

    fn attach(self, uploader: &Uploader) -> Subscription {
        self.control.start(uploader.files(), &uploader.totals());
        let weak = uploader.downgrade();
        uploader.observe(move |notice| {
            if let Some(uploader) = weak.upgrade() {
                self.tell(&uploader, notice);
            }
        })
    }

    fn tell(&self, uploader: &Uploader, notice: &Notice) {
        // The form knows before anyone else does.
        match notice {
            Notice::Event(UploadEvent::UploadSuccess(id)) => {
                if let Some(file) = uploader.file(*id) {
                    self.control.came(&file);
                }
            }
            Notice::Event(UploadEvent::FileRemoved(file)) => {
                if file.phase == Phase::Done {
                    self.control.went(file.id);
                }
                self.control.count(&uploader.totals());
            }
            Notice::Event(UploadEvent::Complete { .. }) => self.control.complete(&uploader.totals()),
            Notice::Event(_) => self.control.count(&uploader.totals()),
            Notice::Changed(_) => self.control.moved(&uploader.totals()),
            _ => {}
        }
        run(self.on_event.as_ref(), Some(notice.clone()));
        match notice {
            Notice::Event(UploadEvent::UploadSuccess(id)) => {
                run(self.on_success.as_ref(), uploader.file(*id));
            }
            Notice::Event(UploadEvent::UploadError(id)) => run(self.on_error.as_ref(), uploader.file(*id)),
            Notice::Event(UploadEvent::Complete { successful, failed, .. }) => {
                let files = |ids: &[FileId]| ids.iter().filter_map(|id| uploader.file(*id)).collect();
                let completion = || Completion { successful: files(successful), failed: files(failed) };
                run(self.on_complete.as_ref(), self.on_complete.as_ref().map(|_| completion()));
            }
            _ => {}
        }
    }
}

fn run<T: 'static>(handler: Option<&UnsyncCallback<T>>, value: Option<T>) {
    if let (Some(handler), Some(value)) = (handler, value) {
        // The page may have taken the component out while it was told, and what it had is gone.
        handler.try_run(value);
    }
}
