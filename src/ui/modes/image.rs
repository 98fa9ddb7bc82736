//! One picture, shown where it was dropped.

use std::rc::Rc;

use filechute_engine::FileId;
use web_sys::{HtmlElement, Url};

use super::Owner;
use crate::ui::{
    dom::{append, find, put, set},
    live::Work,
};

#[derive(Debug)]
pub(super) struct Image {
    owner: Owner,
    picture: HtmlElement,
    shown: Option<FileId>,
    /// Of the bytes, given back when another picture comes.
    address: Option<String>,
}

impl Image {
    pub(super) fn new(work: &Rc<Work>) -> Option<Self> {
        let mark = find(&work.root, ".fc-mark")?;
        let picture = append(&mark, "img", "fc-picture");
        for (name, value) in [("part", "picture"), ("alt", ""), ("hidden", ""), ("draggable", "false")] {
            set(&picture, name, value);
        }
        mark.before_with_node_1(&picture).ok();
        Some(Self { owner: Rc::downgrade(work), picture, shown: None, address: None })
    }

    pub(super) fn paint(&mut self) {
        let file = self.owner.upgrade().and_then(|work| work.first());
        let id = file.as_ref().map(|(file, _)| file.id);
        if id == self.shown {
            return;
        }
        self.shown = id;
        self.clear();
        // Only ever an address made here; SVG in an image runs no scripts.
        let blob = file.filter(|(file, _)| file.mime.starts_with("image/")).and_then(|(_, blob)| blob);
        self.address = blob.and_then(|blob| Url::create_object_url_with_blob(&blob).ok());
        if let Some(address) = &self.address {
            put(&self.picture, "src", Some(address));
            put(&self.picture, "hidden", None);
        }
    }

    fn clear(&mut self) {
        if let Some(address) = self.address.take() {
            Url::revoke_object_url(&address).ok();
        }
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
