//! The component as a control of the form around it: what is submitted under its name, and when the form may not be sent.

use std::{
    borrow::Cow,
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
    sync::Arc,
};

use filechute_engine::{FileId, Phase, Totals, UploadFile};
use gloo_timers::callback::Timeout;
use js_sys::{JSON, Object, Reflect};
use leptos::{
    html::{Span, Textarea},
    prelude::*,
};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlTextAreaElement};

use super::{
    UploaderRef,
    dom::{self, Listeners},
    hook::keep,
    settings::UiSettings,
};
use crate::strings::Words;

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

type Write = Rc<dyn Fn()>;

/// What the form has to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Control {
    /// What is in S3 and still in the list, in the order the uploads ended.
    done: RwSignal<Vec<Arc<UploadFile>>>,
    /// Of many files, those that came and those that went since the sums moved last: each would cost what all of them cost.
    fresh: StoredValue<(Vec<Arc<UploadFile>>, Vec<FileId>)>,
    /// Files that are under way, and files that nobody has started.
    counts: RwSignal<(u32, u32)>,
    /// Has the form know all that now: effects run later.
    write: StoredValue<Option<SendWrapper<Write>>>,
}

impl Control {
    pub(crate) fn new() -> Self {
        Self {
            done: RwSignal::new(Vec::new()),
            fresh: StoredValue::new((Vec::new(), Vec::new())),
            counts: RwSignal::new((0, 0)),
            write: keep(),
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
    pub(crate) fn moved(self, totals: &Totals) {
        self.tell();
        self.count(totals);
    }

    /// Something happened. Costs the same, however many files there are.
    pub(crate) fn count(self, totals: &Totals) {
        let now = (totals.active() + totals.count(Phase::Paused), totals.count(Phase::Idle));
        if self.counts.try_with_untracked(|known| *known != now) == Some(true) {
            self.counts.set(now);
        }
    }

    /// A batch is over: whoever hears of it may send the form.
    pub(crate) fn complete(self, totals: &Totals) {
        self.moved(totals);
        // Not borrowed meanwhile.
        let write = self.write.try_with_value(|write| write.as_deref().cloned()).flatten();
        if let Some(write) = write {
            write();
        }
    }

    /// Why the form may not be sent; empty when it may. `least`: so many files are asked for, if any.
    fn problem(self, required: bool, least: u32, settings: &UiSettings) -> Cow<'static, str> {
        let strings = &settings.strings;
        let done = self.done.with(Vec::len);
        match self.counts.get() {
            // As any control of a form that is off, it is not asked.
            _ if settings.disabled => "".into(),
            (1.., _) => strings.form_running.into(),
            (_, 1..) => strings.form_idle.into(),
            _ if required && done == 0 => strings.form_missing.into(),
            // Some of what was uploaded may have been taken out again.
            _ if done > 0 && done < least as usize => {
                Words::new(strings).count(&strings.at_least_files, least, &[]).into()
            }
            _ => "".into(),
        }
    }
}

/// The fields that stand in a form.
#[derive(Debug, Default)]
struct Values {
    name: String,
    value_as: ValueAs,
    shown: Vec<(FileId, Element)>,
}

impl Values {
    /// One field for each file, in this order. Those that stay where they are are not touched.
    fn write(&mut self, place: &Element, files: &[Arc<UploadFile>], name: &str, value_as: ValueAs) {
        if self.name != name || self.value_as != value_as {
            place.set_text_content(None);
            *self = Self { name: name.to_owned(), value_as, shown: Vec::new() };
        }
        let files = if name.is_empty() { &[] } else { files };
        if self.same(files) < self.shown.len() {
            let ids: HashSet<FileId> = files.iter().map(|file| file.id).collect();
            for (_, gone) in self.shown.extract_if(.., |(id, _)| !ids.contains(id)) {
                gone.remove();
            }
        }
        let same = self.same(files);
        let mut others: HashMap<FileId, Element> = self.shown.drain(same..).collect();
        for file in files.iter().skip(same) {
            let field = others.remove(&file.id).unwrap_or_else(|| self.field(place, file));
            place.append_child(&field).ok();
            self.shown.push((file.id, field));
        }
    }

    /// How many fields at the begin are those of these files.
    fn same(&self, files: &[Arc<UploadFile>]) -> usize {
        self.shown.iter().zip(files).take_while(|((id, _), file)| *id == file.id).count()
    }

    fn field(&self, place: &Element, file: &UploadFile) -> Element {
        let field = dom::create(place, "input");
        let value = if self.value_as == ValueAs::Receipts { receipt(file) } else { file.key() };
        for (name, value) in [("type", "hidden"), ("name", &self.name), ("value", &value)] {
            dom::set(&field, name, value);
        }
        field
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
    let least = move || uploader.get()?.options().restrictions.min_number_of_files;
    let problem = Memo::new(move |_| {
        settings.with(|settings| control.problem(required.get(), least().unwrap_or_default(), settings))
    });
    // Not an input, beside which Enter in the only other field of a form would no longer send it.
    let node = NodeRef::<Textarea>::new();
    let place = NodeRef::<Span>::new();
    let heard = keep::<Listeners>();
    let in_form = RwSignal::new(false);
    let report = move || {
        if let Some(node) = node.get() {
            node.set_custom_validity(&problem.get());
        }
    };
    let values = RefCell::<Values>::default();
    let write = move || {
        let Some(place) = place.get() else { return };
        let mut files = control.done.get();
        let (name, sortable) = settings.with(|settings| {
            // As any control of a form that is off, it submits nothing.
            (if settings.disabled { String::new() } else { settings.name.clone() }, settings.sortable)
        });
        order.with(|order| {
            // As in the list, where those that nobody has moved follow.
            if sortable || !order.is_empty() {
                let places: HashMap<FileId, usize> = order.iter().copied().zip(0..).collect();
                files.sort_by_key(|file| (places.get(&file.id).copied().unwrap_or(usize::MAX), file.id));
            }
        });
        if let Ok(mut values) = values.try_borrow_mut() {
            values.write(&place, &files, &name, value_as.get());
        }
    };
    let write = Rc::new(write);
    Effect::new({
        let write = Rc::clone(&write);
        move |_| {
            let write = Rc::clone(&write);
            let all = move || {
                // The page may have taken the component out while it was told.
                if !place.is_disposed() {
                    untrack(|| {
                        report();
                        write();
                    });
                }
            };
            control.write.set_value(Some(SendWrapper::new(Rc::new(all))));
        }
    });
    Effect::new(move |_| report());
    Effect::new(move |_| write());
    Effect::new(move |_| {
        let (Some(node), Some(uploader)) = (node.get(), uploader.get()) else { return };
        let Some(form) = node.unchecked_ref::<HtmlTextAreaElement>().form() else { return };
        in_form.set(true);
        let weak = uploader.downgrade();
        let listeners = Listeners::late(&form, &["reset"], move |event| {
            let weak = weak.clone();
            // In a task of its own, for whoever stands further out may say no to it.
            Timeout::new(0, move || {
                if let Some(uploader) = weak.upgrade().filter(|_| !event.default_prevented()) {
                    uploader.clear();
                }
            })
            .forget();
        });
        heard.set_value(Some(SendWrapper::new(listeners)));
    });
    view! {
        <textarea
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
        ></textarea>
        <span hidden node_ref=place></span>
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
        ("url", &*response.public_url),
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
