//! Turns notices into `[event name, ...payload]`, the payload in the shapes of Uppy's events.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use filechute::{FileId, IntakeFile, Notice, Phase, Rejection, Table, UploadEvent, UploadFile, Uploader};
use js_sys::{Array, Function};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::objects::{candidate, failure, file, file_response, number, object, rejection, started, unfinished};

/// Translates for one uploader.
pub(crate) struct Teller {
    uploader: RefCell<Option<Uploader>>,
    notify: Function,
    /// Files added in this task, told together as `files-added` when it ends.
    added: RefCell<Vec<FileId>>,
    percentage: RefCell<u8>,
    /// Where files came from, for those whose adder said so (Uppy's `source`).
    sources: RefCell<Table<String>>,
    coming_from: RefCell<Option<String>>,
    auto_proceed: Cell<bool>,
}

impl Teller {
    pub(crate) fn new(notify: Function, auto_proceed: bool) -> Rc<Self> {
        Rc::new(Self {
            uploader: RefCell::default(),
            notify,
            added: RefCell::default(),
            percentage: RefCell::default(),
            sources: RefCell::default(),
            coming_from: RefCell::default(),
            auto_proceed: Cell::new(auto_proceed),
        })
    }

    pub(crate) fn set_auto_proceed(&self, auto_proceed: bool) {
        self.auto_proceed.set(auto_proceed);
    }

    /// Names the source of what is added from now on.
    pub(crate) fn come_from(&self, source: Option<String>) {
        self.coming_from.replace(source);
    }

    /// The file object of one file.
    pub(crate) fn render(&self, uploader: &Uploader, snapshot: &UploadFile) -> JsValue {
        let sources = self.sources.borrow();
        file(snapshot, uploader.blob(snapshot.id), sources.get(snapshot.id).map(String::as_str))
    }

    /// Breaks the circle uploader → observer → teller → uploader.
    pub(crate) fn set_uploader(&self, uploader: Option<Uploader>) {
        drop(self.uploader.replace(uploader));
    }

    pub(crate) fn hear(self: &Rc<Self>, notice: &Notice) {
        let Some(uploader) = self.uploader.borrow().clone() else { return };
        match notice {
            Notice::Event(event) => self.event(&uploader, event),
            Notice::Rejected(rejected, file) => self.rejected(rejected, file.as_deref()),
            Notice::Unfinished => self.send("restored", &[unfinished(&uploader.unfinished_now())]),
            Notice::Changed(changes) => {
                for id in &changes.files {
                    self.progress(&uploader, *id);
                }
                let percentage = uploader.totals().percentage();
                if self.percentage.replace(percentage) != percentage {
                    self.send("progress", &[percentage.into()]);
                }
                // For the interface, which looks after each go: files and sums change without an event of their own, too.
                self.send("\0changed", &[]);
            }
        }
    }

    /// Tells of a file that was not taken in, or, when the name is empty, of an upload that did not start.
    pub(crate) fn rejected(&self, rejected: &Rejection, file: Option<&IntakeFile>) {
        let subject = match file {
            Some(file) => candidate(file),
            None if rejected.name.is_empty() => JsValue::UNDEFINED,
            None => object(&[("name", JsValue::from_str(&rejected.name))]),
        };
        self.send("restriction-failed", &[subject, rejection(rejected)]);
    }

    fn progress(&self, uploader: &Uploader, id: FileId) {
        let Some(snapshot) = uploader.file(id) else { return };
        if !matches!(snapshot.phase, Phase::Sending | Phase::Finishing) {
            return;
        }
        let progress = object(&[
            ("uploadStarted", started(&snapshot)),
            ("bytesUploaded", number(snapshot.bytes_uploaded)),
            ("bytesTotal", number(snapshot.size)),
        ]);
        self.send("upload-progress", &[self.render(uploader, &snapshot), progress]);
    }

    fn event(self: &Rc<Self>, uploader: &Uploader, event: &UploadEvent) {
        let one = |id: FileId| uploader.file(id).map(|snapshot| self.render(uploader, &snapshot));
        let many = |ids: &[FileId]| -> JsValue { ids.iter().filter_map(|id| one(*id)).collect::<Array>().into() };
        match event {
            UploadEvent::FileAdded(id) => {
                if let Some(source) = self.coming_from.borrow().clone() {
                    self.sources.borrow_mut().insert(*id, source);
                }
                let Some(subject) = one(*id) else { return };
                self.send("file-added", &[subject]);
                self.gather(*id);
            }
            UploadEvent::FileRemoved(last) => {
                let source = self.sources.borrow_mut().remove(last.id);
                self.send("file-removed", &[file(last, None, source.as_deref())]);
            }
            UploadEvent::Upload { upload, files } => {
                let list = many(files);
                self.send("upload", &[upload.0.into(), list.clone()]);
                if !files.is_empty() {
                    self.send("upload-start", &[list]);
                }
            }
            UploadEvent::UploadPause { file, paused } => self.about(one(*file), "upload-pause", &[(*paused).into()]),
            UploadEvent::UploadRetry(id) => self.about(one(*id), "upload-retry", &[]),
            UploadEvent::UploadStalled { file, failure: stall } => {
                let name = uploader.file(*file).map(|snapshot| snapshot.name).unwrap_or_default();
                self.send("upload-stalled", &[failure(stall, &name), many(&[*file])]);
            }
            // The file, and what a store may be asked about.
            UploadEvent::MultipartCreated(_) => {}
            UploadEvent::PartUploaded { file, part } => {
                let receipt = object(&[("PartNumber", part.number.into()), ("ETag", part.etag.as_str().into())]);
                self.about(one(*file), "s3-multipart:part-uploaded", &[receipt]);
            }
            UploadEvent::UploadSuccess(id) => {
                let response = uploader.file(*id).map(|snapshot| file_response(&snapshot));
                self.about(one(*id), "upload-success", &[response.unwrap_or(JsValue::UNDEFINED)]);
            }
            UploadEvent::UploadError(id) => {
                let Some(snapshot) = uploader.file(*id) else { return };
                let Some(cause) = &snapshot.failure else { return };
                let response = match cause.status {
                    0 => JsValue::UNDEFINED,
                    status => object(&[("status", status.into())]),
                };
                self.about(one(*id), "upload-error", &[failure(cause, &snapshot.name), response]);
            }
            UploadEvent::Complete { upload, successful, failed } => {
                let result = object(&[
                    ("successful", many(successful)),
                    ("failed", many(failed)),
                    ("uploadID", upload.0.into()),
                ]);
                self.send("complete", &[result]);
            }
            UploadEvent::CancelAll => self.send("cancel-all", &[]),
            UploadEvent::PauseAll => self.send("pause-all", &[]),
            UploadEvent::ResumeAll => self.send("resume-all", &[]),
            UploadEvent::RetryAll(files) => self.send("retry-all", &[many(files)]),
            UploadEvent::Online => self.send("is-online", &[]),
            UploadEvent::Offline => self.send("is-offline", &[]),
        }
    }

    fn about(&self, subject: Option<JsValue>, name: &str, rest: &[JsValue]) {
        if let Some(subject) = subject {
            let mut payload = vec![subject];
            payload.extend_from_slice(rest);
            self.send(name, &payload);
        }
    }

    fn gather(self: &Rc<Self>, id: FileId) {
        let first = {
            let mut added = self.added.borrow_mut();
            added.push(id);
            added.len() == 1
        };
        if !first {
            return;
        }
        let teller = Rc::downgrade(self);
        spawn_local(async move {
            let Some(teller) = teller.upgrade() else { return };
            let ids = teller.added.take();
            let Some(uploader) = teller.uploader.borrow().clone() else { return };
            let files: Array = ids
                .iter()
                .filter_map(|id| uploader.file(*id).map(|snapshot| teller.render(&uploader, &snapshot)))
                .collect();
            teller.send("files-added", &[files.into()]);
            if teller.auto_proceed.get() {
                // A rule that forbids the start is not an error here: nobody asked.
                let _ = uploader.upload();
            }
        });
    }

    fn send(&self, name: &str, payload: &[JsValue]) {
        let event: Array = std::iter::once(JsValue::from_str(name)).chain(payload.iter().cloned()).collect();
        // The JavaScript face contains what listeners throw; if it fails itself, uploads go on.
        let _ = self.notify.call1(&JsValue::UNDEFINED, &Array::of1(&event));
    }
}
