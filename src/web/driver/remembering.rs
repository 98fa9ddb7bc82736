//! What the driver has the journal know, and what it has of it.

use std::rc::Rc;

use filechute_engine::{FileId, Kind, UploadEvent};

use super::{
    super::{
        journal::{Handle, UNAVAILABLE},
        keeper::Keeper,
    },
    Driver, Notice,
};

impl Driver {
    /// Opens the journal, or another one after the source changed.
    pub(crate) fn remember(&self, scope: Option<&str>) {
        if self.dead.get() {
            return;
        }
        let before = self.keeper.take();
        let ids: Vec<FileId> = self.look(|engine| engine.file_ids().collect());
        if let Some(keeper) = &before {
            // Nobody would end these records with their uploads any more; the other journal gets them.
            for id in &ids {
                keeper.end(*id);
            }
            keeper.leave();
        }
        if let Some(scope) = scope {
            self.open_journal(scope);
            for id in ids {
                self.note(&UploadEvent::MultipartCreated(id));
            }
        }
        // Those of the earlier one are none of this page's any more.
        if before.is_some_and(|keeper| !keeper.unfinished_now().is_empty()) {
            self.tell(&Notice::Unfinished);
        }
    }

    fn open_journal(&self, scope: &str) {
        let (complaining, finding, paying) = (self.weak.clone(), self.weak.clone(), self.weak.clone());
        let own = scope.to_owned();
        let keeper = Keeper::open(
            scope,
            move |why| {
                if let Some(driver) = complaining.upgrade() {
                    driver.warn_once(UNAVAILABLE.into(), &["uploads will not survive a reload: ", why].concat());
                }
            },
            move || {
                if let Some(driver) = finding.upgrade() {
                    driver.tell(&Notice::Unfinished);
                }
            },
            move |owed| {
                // One after the other: there may be a thousand, and the page has files of its own.
                wasm_bindgen_futures::spawn_local(async move {
                    for remote in owed {
                        let Some(driver) = paying.upgrade() else { return };
                        // What another source was asked meanwhile is left to the next page.
                        if driver.keeper().is_none_or(|keeper| keeper.scope() != own) {
                            return;
                        }
                        let aborting = driver.abort_unknown(remote);
                        drop(driver);
                        if let Some(aborting) = aborting {
                            aborting.await;
                        }
                    }
                });
            },
        );
        self.keeper.replace(Some(keeper));
    }

    pub(crate) fn keeper(&self) -> Option<Rc<Keeper>> {
        self.keeper.borrow().clone()
    }

    /// With it a browser that can finds the file again after a reload, without asking for it.
    pub(crate) fn keep_handle(&self, id: FileId, handle: Handle) {
        // It may have been taken out meanwhile.
        if self.blob(id).is_none() {
            return;
        }
        if let Some(keeper) = self.keeper() {
            keeper.keep_handle(id, &handle);
        }
        self.handles.borrow_mut().insert(id, handle);
    }

    pub(super) fn handle(&self, id: FileId) -> Option<Handle> {
        self.handles.borrow().get(id).cloned()
    }

    /// What the journal has to know of an event, before anyone else does.
    pub(super) fn note(&self, event: &UploadEvent) {
        let Some(keeper) = self.keeper() else { return };
        match event {
            UploadEvent::MultipartCreated(id) => {
                let resume = self.look(|engine| engine.resume_of(*id));
                let (Some(file), Some(resume), Some(blob)) = (self.file(*id), resume, self.blob(*id)) else { return };
                let (meta, algorithm) =
                    self.look(|engine| (engine.own_meta(*id).cloned().unwrap_or_default(), engine.options().checksum));
                keeper.created(&file, meta, resume, algorithm, blob, self.digester.borrow().clone());
                if let Some(handle) = self.handle(*id) {
                    keeper.keep_handle(*id, &handle);
                }
            }
            UploadEvent::PartUploaded { file, part } => keeper.part(*file, part),
            UploadEvent::UploadSuccess(id) => keeper.end(*id),
            UploadEvent::FileRemoved(file) => keeper.end(file.id),
            UploadEvent::UploadError(id) => {
                let failure = self.file(*id).and_then(|file| file.failure);
                if failure.is_some_and(|failure| {
                    failure.kind == Kind::File && !["mismatch", "elsewhere"].contains(&failure.code.as_str())
                }) {
                    keeper.end(*id);
                }
            }
            _ => {}
        }
    }
}
