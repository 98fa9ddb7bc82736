//! What the driver tells the journal, and what it does with uploads that an earlier page left unfinished.

#[cfg(feature = "ui")]
use std::cell::Cell;
use std::{cell::RefCell, rc::Rc};

use filechute_engine::{Algorithm, Class, Failure, FileId, Kind, Meta, PartReceipt, Remote, Resume, Table, UploadFile};
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, Blob};

use super::{
    digest::Digester,
    journal::{Claim, Handle, Journal, Mismatch, Record, RecordedPart, samples, verify},
    source::AskRequest,
};

/// The journal of one uploader.
pub(crate) struct Keeper {
    journal: Journal,
    /// By file: the record of its upload.
    kept: RefCell<Table<Kept>>,
    /// Left behind by earlier pages, and not taken up here.
    unfinished: RefCell<Vec<Record>>,
    /// Settled once the records of earlier pages were read.
    loaded: RefCell<Promise>,
    /// Files that a person chose for a record: another file is refused.
    chosen: RefCell<Table<String>>,
    /// Files that turned out not to be that of a record, and are not tried again.
    wrong: RefCell<Vec<(FileId, String)>>,
    /// Whether a person was told that there is something unfinished.
    #[cfg(feature = "ui")]
    told: Cell<bool>,
}

struct Kept {
    record: String,
    /// The record itself, where an earlier page wrote it.
    earlier: Option<Record>,
    _claim: Option<Claim>,
}

/// A record whose file is being compared.
struct Looking<'a> {
    keeper: &'a Keeper,
    record: Option<Record>,
}

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        self.keeper.unfinished.borrow_mut().extend(self.record.take());
    }
}

impl std::fmt::Debug for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keeper { … }")
    }
}

impl Keeper {
    /// Opens the journal. `found` hears of what earlier pages left, once, and only if there is something; `pay` of the uploads
    /// that are still to be aborted.
    pub(crate) fn open(
        scope: &str,
        unavailable: impl FnOnce(&str) + 'static,
        found: impl FnOnce() + 'static,
        pay: impl FnOnce(Vec<Remote>) + 'static,
    ) -> Rc<Self> {
        let keeper = Rc::new(Self {
            journal: Journal::open(scope, unavailable),
            kept: RefCell::default(),
            unfinished: RefCell::default(),
            loaded: RefCell::new(Promise::resolve(&JsValue::UNDEFINED)),
            chosen: RefCell::default(),
            wrong: RefCell::default(),
            #[cfg(feature = "ui")]
            told: Cell::new(false),
        });
        let weak = Rc::downgrade(&keeper);
        let loaded = keeper.journal.load(move |records, owed| {
            let Some(keeper) = weak.upgrade() else { return };
            let any = !records.is_empty();
            keeper.unfinished.replace(records);
            if any {
                found();
            }
            pay(owed);
        });
        *keeper.loaded.borrow_mut() = loaded;
        keeper
    }

    /// What earlier pages left, once it is known.
    pub(crate) async fn unfinished(self: Rc<Self>) -> Vec<Record> {
        self.load().await;
        self.unfinished.borrow().clone()
    }

    async fn load(&self) {
        let loaded = self.loaded.borrow().clone();
        // It cannot fail; waiting for it is all.
        let _ = JsFuture::from(loaded).await;
    }

    /// Without a copy of them: each may have thousands of parts.
    #[cfg(feature = "ui")]
    pub(crate) fn with_unfinished<T>(&self, look: impl FnOnce(&[Record]) -> T) -> T {
        look(&self.unfinished.borrow())
    }

    /// Whether somebody is to be told now that there is something: once, whatever becomes of the interface, and when `can` says
    /// that it would be heard. That is not asked any more afterwards.
    #[cfg(feature = "ui")]
    pub(crate) fn tell_once(&self, can: impl FnOnce() -> bool) -> bool {
        let now = !self.told.get() && can();
        self.told.set(self.told.get() || now);
        now
    }

    /// The same as far as it is known now.
    pub(crate) fn unfinished_now(&self) -> Vec<Record> {
        self.unfinished.borrow().clone()
    }

    /// The file of a record, where it can be had without asking for it again. To be called from a click.
    pub(crate) async fn reopen(&self, record: &str) -> Option<(Record, Blob)> {
        let record = self.unfinished.borrow().iter().find(|known| known.id == record).cloned()?;
        let blob = self.journal.reopen(&record).await?;
        Some((record, blob))
    }

    pub(crate) fn record(&self, record: &str) -> Option<Record> {
        self.unfinished.borrow().iter().find(|known| known.id == record).cloned()
    }

    /// A file that was taken for that of a record and is not.
    pub(crate) fn wrong(&self, record: &str) -> Option<FileId> {
        let wrong = self.wrong.borrow();
        wrong.iter().find(|(_, taken_for)| taken_for == record).map(|(file, _)| *file)
    }

    /// A person says that this file is the one of that record.
    pub(crate) fn choose(&self, file: FileId, record: &str) {
        self.chosen.borrow_mut().insert(file, record.to_owned());
    }

    /// Forgets a record; what the store has of it is to be aborted. What another page or another uploader is at by now is
    /// only no longer offered here.
    pub(crate) fn discard(self: &Rc<Self>, record: &str) -> Option<impl Future<Output = Option<Remote>> + use<>> {
        let record = {
            let mut unfinished = self.unfinished.borrow_mut();
            let at = unfinished.iter().position(|known| known.id == record)?;
            unfinished.remove(at)
        };
        let keeper = Rc::clone(self);
        Some(async move {
            let _claim = keeper.journal.claim(&record.id).await?;
            keeper.journal.owe(&record.remote);
            keeper.journal.forget(&record.id);
            Some(record.remote)
        })
    }

    /// What an earlier page left of this very file, its content compared.
    ///
    /// # Errors
    /// It was to go on, but it is another file.
    pub(crate) async fn earlier(&self, request: &AskRequest) -> Result<Option<Resume>, Failure> {
        self.load().await;
        let file = &request.file;
        // It stays so until the file is taken out: one that was held meanwhile, or is tried again, is asked about again.
        let chosen = self.chosen.borrow().get(file.id).cloned();
        self.wrong.borrow_mut().retain(|(known, _)| *known != file.id);
        let same = |record: &Record| match &chosen {
            Some(chosen) => record.id == *chosen,
            None => {
                record.name == file.name
                    && record.size == file.size
                    && record.mime == file.mime
                    && record.relative_path == file.relative_path
            }
        };
        let Some(record) = self.unfinished.borrow().iter().find(|record| same(record)).cloned() else {
            return Ok(None);
        };
        let Some(claim) = self.journal.claim(&record.id).await else {
            let message = "it is being uploaded elsewhere";
            // A person who goes on with it here would make a second object.
            if chosen.is_none() {
                return Ok(None);
            }
            self.wrong.borrow_mut().push((file.id, record.id));
            return Err(Failure::new(Kind::File, "elsewhere", Class::Final, message));
        };
        // Nobody is to be offered what is being looked at. Back it goes, also when the look is given up in the middle.
        self.unfinished.borrow_mut().retain(|known| known.id != record.id);
        let mut looking = Looking { keeper: self, record: Some(record.clone()) };
        let algorithm = Algorithm::from_name(&record.algorithm);
        let digest = async |blob: &Blob, start: u64, end: u64| {
            let Some(algorithm) = algorithm else { return Ok(String::new()) };
            let digest = request.digester.digest(blob, start, end, algorithm, &request.signal, false).await?;
            let cannot = || Failure::new(Kind::Internal, "digest", Class::Final, "there are no checksums to be had");
            digest.map(|digest| digest.base64()).ok_or_else(cannot)
        };
        match verify(&request.blob, &record, digest).await {
            Ok(parts) => {
                let kept = Kept { record: record.id.clone(), earlier: Some(record.clone()), _claim: Some(claim) };
                self.kept.borrow_mut().insert(file.id, kept);
                looking.record = None;
                Ok(Some(record.resume(parts)))
            }
            Err(mismatch) => {
                // Of the same day and second, or said to be the same: to send it as a new file would surprise.
                let meant = chosen.is_some() || record.last_modified == file.last_modified;
                match mismatch {
                    Mismatch::Unreadable(failure) if failure.kind == Kind::Internal => Ok(None),
                    mismatch if meant => {
                        self.wrong.borrow_mut().push((file.id, record.id));
                        Err(mismatch.into())
                    }
                    _ => Ok(None),
                }
            }
        }
    }

    /// How a file of an upload that is kept is found again.
    pub(crate) fn keep_handle(&self, file: FileId, handle: &Handle) {
        if let Some(kept) = self.kept.borrow().get(file) {
            self.journal.keep_handle(&kept.record, handle);
        }
    }

    /// The store knows an upload of this file.
    pub(crate) fn created(
        self: &Rc<Self>,
        file: &UploadFile,
        meta: Meta,
        resume: Resume,
        algorithm: Option<Algorithm>,
        blob: Blob,
        digester: Digester,
    ) {
        self.end(file.id);
        let mut record = Record::new(self.journal.scope(), file, meta, resume);
        record.algorithm = algorithm.map(Algorithm::name).unwrap_or_default().to_owned();
        let (id, record_id) = (file.id, record.id.clone());
        // First the claim, which the browser hears of before it hears of the record: another tab must not take it for one that
        // was left behind. Nothing is waited for: a page that goes away in the next moment has it written all the same.
        let claim = self.journal.claim_new(&record_id);
        self.kept.borrow_mut().insert(id, Kept { record: record_id.clone(), earlier: None, _claim: Some(claim) });
        // At once, and again with its fingerprint: reading may take as long as the requests in the air (seen in WebKit).
        self.journal.remember(&record);
        let keeper = Rc::clone(self);
        spawn_local(async move {
            // It may be over by now.
            let is_kept = || keeper.kept.borrow().get(id).is_some_and(|kept| kept.record == record_id);
            if let (Some(algorithm), Ok(controller)) = (algorithm, AbortController::new()) {
                let (signal, fingerprint) = (controller.signal(), &mut record.fingerprint);
                // Not `Fingerprint::take`: two futures more, one in the other, weigh more than this.
                for (end, (from, to)) in
                    [&mut fingerprint.head, &mut fingerprint.tail].into_iter().zip(samples(record.size))
                {
                    let digest = digester.digest(&blob, from, to, algorithm, &signal, false).await;
                    *end = digest.ok().flatten().map(|digest| digest.base64()).unwrap_or_default();
                }
                if is_kept() {
                    keeper.journal.remember(&record);
                }
            }
        });
    }

    /// An earlier upload that was found is not gone on with after all: the file was held or taken out meanwhile.
    pub(crate) fn give_back(&self, file: FileId) {
        let kept = self.kept.borrow_mut().remove(file);
        self.unfinished.borrow_mut().extend(kept.and_then(|kept| kept.earlier));
    }

    /// The store has a part.
    pub(crate) fn part(&self, file: FileId, part: &PartReceipt) {
        if let Some(kept) = self.kept.borrow().get(file) {
            let PartReceipt { number, size, etag, checksum } = part.clone();
            self.journal.note_part(&kept.record, &RecordedPart { number, size, etag, checksum });
        }
    }

    /// The upload is over, one way or the other.
    pub(crate) fn end(&self, file: FileId) {
        self.chosen.borrow_mut().remove(file);
        self.wrong.borrow_mut().retain(|(known, _)| *known != file);
        let kept = self.kept.borrow_mut().remove(file);
        if let Some(kept) = kept {
            self.journal.forget(&kept.record);
        }
    }

    /// Of the journal.
    pub(crate) fn scope(&self) -> &str {
        self.journal.scope()
    }

    /// Whether what is left at the store will be found again.
    pub(crate) fn works(&self) -> bool {
        self.journal.works()
    }

    /// The page goes away; what is kept stays.
    pub(crate) fn leave(&self) {
        drop(self.journal.flush());
        let kept = self.kept.take();
        drop(kept);
    }

    pub(crate) fn owe(&self, remote: &Remote) {
        self.journal.owe(remote);
    }

    /// An abort was answered: done, or of no use any more.
    pub(crate) fn paid(&self, remote: &Remote, failure: Option<&Failure>) {
        let over = failure.is_none_or(|failure| failure.class == Class::Final && failure.kind == Kind::S3);
        if over {
            self.journal.paid(remote);
        }
    }
}
