//! A form about one file: its name and what the application wants to know.

use std::{cell::RefCell, rc::Rc};

use filechute_engine::{Meta, Restrictions, UploadFile, extension_of};
use futures::channel::oneshot;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use super::{
    dom::{Listeners, append, call, escapes, is, set},
    files::about,
    settings::{MetaField, UiSettings},
};

/// Asks, and resolves to what was written, or to nothing when it was cancelled or the panel went away.
pub(crate) fn ask(
    panel: &Element,
    file: &UploadFile,
    settings: &UiSettings,
    rules: &Restrictions,
) -> impl Future<Output = Option<Meta>> + use<> {
    let strings = &settings.strings;
    let dialog = append(panel, "dialog", "fc-editor");
    set(&dialog, "part", "editor");
    set(&dialog, "aria-label", &about(strings.edit_file, file));
    let form = append(&dialog, "form", "fc-form");
    set(&form, "method", "dialog");

    let name = MetaField { id: "name".into(), name: strings.file_name.into(), required: true, ..MetaField::default() };
    let others = settings.meta_fields.iter().flatten().filter(|field| field.id != "name");
    let field = |field: &MetaField| {
        let label = append(&form, "label", "fc-label");
        let words = if field.name.is_empty() { &field.id } else { &field.name };
        let required = field.required || rules.required_meta_fields.contains(&field.id);
        label.set_text_content(Some(&[words.as_str(), if required { " *" } else { "" }].concat()));
        let input: HtmlInputElement = append(&label, "input", "fc-field").unchecked_into();
        input.set_name(&field.id);
        input.set_placeholder(&field.placeholder);
        set(&input, "autocomplete", "off");
        input.set_required(required);
        if field.id == "name" {
            // As long as file systems have them.
            input.set_max_length(255);
        }
        input.set_value(file.meta.get(&field.id).map_or("", |value| value));
        input
    };
    let inputs: Vec<HtmlInputElement> = std::iter::once(&name).chain(others).map(field).collect();

    let buttons = append(&form, "div", "fc-acts");
    for (kind, class, part, words) in [
        ("submit", "fc-btn fc-main", "button save", strings.save),
        ("button", "fc-btn", "button cancel", strings.cancel),
    ] {
        let button = append(&buttons, "button", class);
        set(&button, "type", kind);
        set(&button, "part", part);
        button.set_text_content(Some(words));
    }

    let (answer, answered) = oneshot::channel();
    let (answer, written) = (RefCell::new(Some(answer)), Rc::new(RefCell::new(None)));
    let extension = (!rules.allowed_file_types.is_empty()).then(|| file.extension().to_owned());
    let before = file.name.clone();
    let own = dialog.clone();
    let listeners = Listeners::new(&dialog, &["submit", "click", "close"], move |event| match event.type_().as_str() {
        "submit" => {
            // Not the business of a form around the panel.
            event.stop_propagation();
            let mut meta: Meta = inputs.iter().map(|input| (input.name(), input.value())).collect();
            let name = meta.get("name").map(|name| name.trim()).filter(|name| !name.is_empty()).unwrap_or(&before);
            meta.insert("name".into(), rename(name, extension.as_deref()));
            written.replace(Some(meta));
        }
        "close" => {
            if let Some(answer) = answer.take() {
                // Whoever asked may be gone.
                let _ = answer.send(written.take());
            }
        }
        _ => {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if target.is_some_and(|target| is(&target, "[part~=cancel]")) {
                call(&own, "close");
            }
        }
    });
    let own = dialog.clone();
    let escapes = escapes(&dialog, move || call(&own, "close"));
    call(&dialog, "showModal");
    async move {
        let written = answered.await.ok().flatten();
        drop((listeners, escapes));
        dialog.remove();
        written
    }
}

/// Where only some types are taken, another name does not make it one of another. `extension`: the one to be kept, empty where
/// the file has none.
fn rename(name: &str, extension: Option<&str>) -> String {
    match extension {
        None => name.to_owned(),
        Some("") => match name.rfind('.') {
            Some(at) => [&name[..at], "_", &name[at + 1..]].concat(),
            None => name.to_owned(),
        },
        Some(extension) => {
            let kept = extension_of(name).eq_ignore_ascii_case(extension);
            if kept { name.to_owned() } else { [name.trim_end_matches('.'), ".", extension].concat() }
        }
    }
}
