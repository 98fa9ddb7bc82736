//! Mounts the Leptos interface into a shadow root. The custom element around it is JavaScript.

use std::any::Any;

use filechute::{Panel, PanelProps, Strings, Theme, UiSettings, UploaderRef};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::Node;

use crate::{core::Core, options::get};

/// A mounted interface. Unmounting it leaves no node behind; the uploader lives on.
#[wasm_bindgen(skip_typescript)]
pub struct Mounted {
    settings: RwSignal<UiSettings>,
    handle: std::cell::RefCell<Option<Box<dyn Any>>>,
}

impl std::fmt::Debug for Mounted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mounted { … }")
    }
}

#[wasm_bindgen]
impl Mounted {
    /// Shows other settings.
    pub fn update(&self, settings: &JsValue) {
        // After unmounting the signal is gone, and so is whoever would care.
        let _ = self.settings.try_set(read(settings));
    }

    /// Takes the interface down.
    pub fn unmount(&self) {
        drop(self.handle.take());
    }
}

/// Shows `core` below `root`, an element or a shadow root.
#[wasm_bindgen(skip_typescript)]
pub fn mount(root: &Node, core: &Core, settings: &JsValue) -> Mounted {
    let uploader = core.uploader.clone();
    let first = read(settings);
    // The cast that Leptos' own Portal makes: mounting only appends children.
    let parent = root.clone().unchecked_into();
    let owner = Owner::new();
    let settings = owner.with(|| RwSignal::new(first));
    let handle = mount_to(parent, move || {
        let props = PanelProps::builder().uploader(UploaderRef::from(uploader)).settings(settings).build();
        Panel(props)
    });
    let handle: Box<dyn Any> = Box::new((handle, owner));
    Mounted { settings, handle: std::cell::RefCell::new(Some(handle)) }
}

fn read(settings: &JsValue) -> UiSettings {
    let text = |name| get(settings, name).and_then(|value| value.as_string()).unwrap_or_default();
    let flag = |name| get(settings, name).and_then(|value| value.as_bool()).unwrap_or(false);
    UiSettings {
        accept: text("accept"),
        multiple: flag("multiple"),
        directory: flag("directory"),
        disabled: flag("disabled"),
        name: String::new(),
        label: text("label"),
        theme: Theme::parse(&text("theme")),
        strings: Strings::EN,
    }
}
