//! One picture, shown where it was dropped.

use std::rc::Rc;

use filechute_engine::FileId;
use web_sys::{HtmlElement, Url};

use super::Owner;
use crate::{
    ui::{
        dom::{Listeners, append, find, put, set},
        live::Work,
        thumbs::fits,
    },
    web::Task,
};

#[derive(Debug)]
pub(super) struct Image {
    owner: Owner,
    picture: HtmlElement,
    /// Of which file, or which address.
    shown: (Option<FileId>, String),
    /// Looks whether it may be shown, and has its address, which is given back when another picture comes.
    showing: Option<Task>,
    _heard: Listeners,
}

/// The address of some bytes, as long as it is needed.
struct Address(String);

impl Drop for Address {
    fn drop(&mut self) {
        Url::revoke_object_url(&self.0).ok();
    }
}

impl Image {
    pub(super) fn new(work: &Rc<Work>) -> Option<Self> {
        let mark = find(&work.root, ".fc-mark")?;
        let picture = append(&mark, "img", "fc-picture");
        for (name, value) in [("part", "picture"), ("alt", ""), ("hidden", ""), ("draggable", "false")] {
            set(&picture, name, value);
        }
        mark.before_with_node_1(&picture).ok();
        let hidden = picture.clone();
        // One that the browser cannot show: the icon does.
        let heard = Listeners::late(&picture, &["error"], move |_| put(&hidden, "hidden", Some("")));
        Some(Self { owner: Rc::downgrade(work), picture, shown: (None, String::new()), showing: None, _heard: heard })
    }

    pub(super) fn paint(&mut self) {
        let Some(work) = self.owner.upgrade() else { return };
        let file = work.first();
        let src = work.look(|settings| settings.src.clone()).unwrap_or_default();
        let id = file.as_ref().map(|(file, _)| file.id);
        let shown = (id, if id.is_none() { src } else { String::new() });
        if shown == self.shown {
            return;
        }
        self.clear();
        self.shown = shown;
        if !self.shown.1.is_empty() {
            // The page's own picture, until there is another. In an image no address runs scripts.
            put(&self.picture, "src", Some(&self.shown.1));
            put(&self.picture, "hidden", None);
        }
        let Some((file, Some(blob))) = file else { return };
        let picture = self.picture.clone();
        self.showing = Some(Task::spawn(None, async move {
            if !fits(&blob, &file.mime).await {
                return;
            }
            // Only ever an address made here; SVG in an image runs no scripts.
            let Ok(address) = Url::create_object_url_with_blob(&blob).map(Address) else { return };
            put(&picture, "src", Some(&address.0));
            put(&picture, "hidden", None);
            // Until this task is dropped.
            std::future::pending::<()>().await;
        }));
    }

    fn clear(&mut self) {
        self.showing = None;
        put(&self.picture, "src", None);
        put(&self.picture, "hidden", Some(""));
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        self.clear();
        self.picture.remove();
    }
}
