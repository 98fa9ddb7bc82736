//! The component as a control of the form around it: what is submitted under its name, and when the form may not be sent.

use std::{collections::HashMap, sync::Arc};

use filechute_engine::{FileId, Phase, Totals, UploadFile};
use js_sys::{JSON, Object, Reflect};
use leptos::{html::Input, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlInputElement;

use super::{UploaderRef, dom::Listeners, hook::keep, settings::UiSettings};
use crate::Strings;

choice! {
    /// What a form submits for each file.
    ValueAs {
        /// Its key in S3.
        #[default]
        Keys = "keys",
        /// All that a server may want to check, as JSON: key, name, type, size, bucket, ETag, checksum, and what was verified.
        Receipts = "receipts",
    }
}

/// So many files are told to the form one by one.
const FEW: usize = 100;

/// What the form has to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Control {
    /// What is in S3 and still in the list, in the order the uploads ended.
    done: RwSignal<Vec<Arc<UploadFile>>>,
    /// Of many files, those that came and those that went since the sums moved last: each would cost what all of them cost.
    fresh: StoredValue<(Vec<Arc<UploadFile>>, Vec<FileId>)>,
    /// Files that are under way, and files that nobody has started.
    pub(crate) counts: RwSignal<(u32, u32)>,
}

impl Control {
    pub(crate) fn new() -> Self {
        Self {
            done: RwSignal::new(Vec::new()),
            fresh: StoredValue::new((Vec::new(), Vec::new())),
            counts: RwSignal::new((0, 0)),
        }
    }

    /// What is there when it begins.
    pub(crate) fn start(self, files: Vec<UploadFile>, totals: &Totals) {
        let done = files.into_iter().filter(|file| file.phase == Phase::Done);
        self.done.set(done.map(Arc::new).collect());
        self.count(totals);
    }

    /// A file is in S3.
    pub(crate) fn came(self, file: &UploadFile) {
        let file = Arc::new(file.clone());
        let _ = self.fresh.try_update_value(|(came, _)| came.push(file));
        self.tell_few();
    }

    /// One that was is out of the list.
    pub(crate) fn went(self, id: FileId) {
        let _ = self.fresh.try_update_value(|(_, went)| went.push(id));
        self.tell_few();
    }

    fn tell_few(self) {
        if self.done.try_with_untracked(|done| done.len() < FEW) == Some(true) {
            self.tell();
        }
    }

    fn tell(self) {
        let Some((came, mut went)) = self.fresh.try_update_value(std::mem::take) else { return };
        if came.is_empty() && went.is_empty() {
            return;
        }
        went.sort_unstable();
        let _ = self.done.try_update(|done| {
            done.extend(came);
            done.retain(|file| went.binary_search(&file.id).is_err());
        });
    }

    /// The sums moved.
    pub(crate) fn count(self, totals: &Totals) {
        self.tell();
        let now = (totals.active() + totals.count(Phase::Paused), totals.count(Phase::Idle));
        if self.counts.try_with_untracked(|known| *known != now) == Some(true) {
            self.counts.set(now);
        }
    }

    /// Why the form may not be sent; empty when it may.
    fn problem(self, required: bool, strings: &Strings) -> &'static str {
        match self.counts.get() {
            (1.., _) => strings.form_running,
            (_, 1..) => strings.form_idle,
            _ if required && self.done.with(Vec::is_empty) => strings.form_missing,
            _ => "",
        }
    }
}

/// The values under the field's name, and a control of no size that tells the browser when the form may not be sent.
pub(crate) fn fields(
    control: Control,
    settings: Signal<UiSettings>,
    order: RwSignal<Vec<FileId>>,
    required: Signal<bool>,
    value_as: Signal<ValueAs>,
    uploader: UploaderRef,
) -> impl IntoView {
    let problem = Memo::new(move |_| settings.with(|settings| control.problem(required.get(), &settings.strings)));
    let node = NodeRef::<Input>::new();
    let heard = keep::<Listeners>();
    let in_form = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(input) = node.get() else { return };
        input.set_custom_validity(problem.get());
    });
    Effect::new(move |_| {
        let (Some(input), Some(uploader)) = (node.get(), uploader.get()) else { return };
        let Some(form) = input.unchecked_ref::<HtmlInputElement>().form() else { return };
        in_form.set(true);
        let weak = uploader.downgrade();
        let listeners = Listeners::late(&form, &["reset"], move |_| {
            if let Some(uploader) = weak.upgrade() {
                uploader.cancel_all();
            }
        });
        heard.set_value(Some(SendWrapper::new(listeners)));
    });
    let shown = move || {
        if settings.with(|settings| settings.name.is_empty()) {
            return Vec::new();
        }
        let mut files = control.done.get();
        // Those that nobody has moved follow, as in the list.
        order.with(|order| {
            let places: HashMap<FileId, usize> = order.iter().copied().zip(0..).collect();
            if !places.is_empty() {
                files.sort_by_key(|file| places.get(&file.id).copied().unwrap_or(usize::MAX));
            }
        });
        files
    };
    view! {
        <input
            type="text"
            class="fc-sr"
            tabindex="-1"
            autocomplete="off"
            aria-label=move || {
                settings.with(|settings| {
                    if settings.label.is_empty() { settings.strings.title.to_owned() } else { settings.label.clone() }
                })
            }
            // To be seen by the browser only, and only when it has something to say.
            hidden=move || !in_form.get() || problem.with(|problem| problem.is_empty())
            node_ref=node
        />
        <For each=shown key=|file| file.id let:file>
            <input
                type="hidden"
                name=move || settings.with(|settings| settings.name.clone())
                value=move || if value_as.get() == ValueAs::Receipts { receipt(&file) } else { file.key() }
            />
        </For>
    }
}

/// A file as a server may want to check it. In a browser only, where alone files are uploaded.
fn receipt(file: &UploadFile) -> String {
    let response = file.response.clone().unwrap_or_default();
    let object = Object::new();
    let verified = response.verified.map(filechute_engine::Algorithm::name).unwrap_or_default();
    let (key, size) = (file.key(), file.size);
    for (name, text) in [("key", &*key), ("name", &*file.name), ("type", &*file.mime)] {
        Reflect::set(&object, &name.into(), &text.into()).ok();
    }
    // Sizes are far below what a float holds exactly.
    #[allow(clippy::cast_precision_loss)]
    Reflect::set(&object, &"size".into(), &JsValue::from_f64(size as f64)).ok();
    let known = [
        ("bucket", &*response.bucket),
        ("etag", &*response.etag),
        ("checksum", &*response.checksum),
        ("verified", verified),
    ];
    for (name, text) in known.into_iter().filter(|(_, text)| !text.is_empty()) {
        Reflect::set(&object, &name.into(), &text.into()).ok();
    }
    JSON::stringify(&object).map(String::from).unwrap_or_default()
}
