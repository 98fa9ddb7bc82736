//! What a person does with one file and the browser takes its time for.

use std::rc::Rc;

use filechute_engine::{FileId, Phase};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{FLASH_MS, Work, with};
use crate::ui::{dom, editor, model};

impl Work {
    /// Has the key or the address of a file on the clipboard.
    pub(super) fn copy(self: &Rc<Self>, id: FileId, key: bool, button: &Element) {
        let Some(file) = self.uploader.file(id) else { return };
        let text = if key { file.key() } else { model::link(&file).unwrap_or_default().to_owned() };
        let (weak, button) = (Rc::downgrade(self), button.clone().unchecked_into::<HtmlElement>());
        wasm_bindgen_futures::spawn_local(async move {
            if !dom::copy(&text).await {
                // Where a page has no clipboard, people copy it themselves.
                if let Some(window) = web_sys::window() {
                    window.prompt_with_message_and_default(&button.title(), &text).ok();
                }
                return;
            }
            dom::put(&button, "data-copied", Some(""));
            with(&weak, |work| {
                if let Some(text) = work.look(|settings| settings.strings.copied) {
                    work.say(text.to_owned());
                }
            });
            gloo_timers::future::TimeoutFuture::new(FLASH_MS).await;
            dom::put(&button, "data-copied", None);
        });
    }

    /// Asks for what may be filled in about a file.
    pub(super) fn edit(self: &Rc<Self>, id: FileId, button: &Element) {
        let (Some(file), rules) = (self.uploader.file(id), self.uploader.options().restrictions) else { return };
        let (weak, button) = (Rc::downgrade(self), button.clone().unchecked_into::<HtmlElement>());
        let Some(answer) = self.look(|settings| editor::ask(&self.root, &file, settings, &rules)) else { return };
        wasm_bindgen_futures::spawn_local(async move {
            let answer = answer.await;
            with(&weak, |work| {
                // Not what was sent meanwhile.
                let now = work.uploader.file(id).filter(|now| matches!(now.phase, Phase::Idle | Phase::Failed));
                if let Some((meta, now)) = answer.zip(now) {
                    work.uploader.set_file_meta(id, meta);
                    // What was asked for is there.
                    if now.failure.is_some_and(|failure| failure.code.starts_with("meta.")) {
                        work.uploader.retry(id);
                    }
                }
                work.refresh(|file| file == id);
                button.focus().ok();
                // It may be gone by now.
                work.keep_focus(&button, None);
            });
        });
    }
}
