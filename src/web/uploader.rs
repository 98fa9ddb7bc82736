//! The handle that applications, the interface and the JavaScript face hold.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use filechute_engine::{
    Engine, FileId, Meta, Options, OptionsError, ParameterPolicy, Phase, RawOptions, Rejection, Totals, UploadFile,
    UploadId,
};
use web_sys::{Blob, DataTransfer, FileList, FileSystemEntry};

use super::{
    digest::{DigestWith, Digester},
    driver::{Driver, Notice, Stats},
    intake::{self, IntakeFile},
    journal::Record,
    page,
    source::Parameters,
};

/// Options of an uploader: the engine's, and what only a browser knows.
///
/// ```
/// use filechute::{Accept, Options, Restrictions, UploaderOptions};
///
/// let restrictions =
///     Restrictions { allowed_file_types: Accept::parse_list("image/*, .pdf"), max_number_of_files: Some(5), ..Restrictions::default() };
/// let options = UploaderOptions {
///     engine: Options { auto_proceed: true, restrictions, ..Options::default() },
///     meta: [("album".to_owned(), "summer".to_owned())].into(),
///     ..UploaderOptions::default()
/// };
/// ```
#[derive(Clone, Debug)]
pub struct UploaderOptions {
    /// Limit, deadlines, retries, restrictions.
    pub engine: Options,
    /// Meta that every file starts with.
    pub meta: Meta,
    /// Names of meta that the parameters source gets to see; `None` for all.
    pub allowed_meta_fields: Option<Vec<String>>,
    /// Whether dropped folders are read.
    pub directories: bool,
    /// Origins uploads may go to, best the bucket's; empty allows all.
    pub allowed_origins: Vec<String>,
    /// Whether plain http to another machine is wanted (a test network).
    pub allow_insecure: bool,
    /// Whether an `Authorization` header may go to another origin than the page's.
    pub allow_authorization: bool,
    /// Whether unfinished uploads in parts are remembered across reloads.
    pub resume: bool,
}

impl Default for UploaderOptions {
    fn default() -> Self {
        Self {
            engine: Options::default(),
            meta: Meta::new(),
            allowed_meta_fields: None,
            directories: true,
            allowed_origins: Vec::new(),
            allow_insecure: false,
            allow_authorization: false,
            resume: true,
        }
    }
}

/// Uploads files. A cheap handle: clones share one uploader, which stops when the last one is dropped.
#[derive(Clone, Debug)]
pub struct Uploader {
    driver: Rc<Driver>,
    shared: Rc<RefCell<Shared>>,
}

impl Drop for Uploader {
    /// While the driver is still there: it outlives its last handle until all is aborted that nobody wants. Only handles hold
    /// what they share; a timer or a request that tells something just now holds the driver, too.
    fn drop(&mut self) {
        if Rc::strong_count(&self.shared) == 1 {
            self.driver.abandon();
        }
    }
}

#[derive(Debug)]
struct Shared {
    meta: Meta,
    directories: bool,
    resume: bool,
}

/// A handle that does not keep its uploader alive, for closures the uploader itself holds.
#[derive(Clone, Debug)]
pub struct WeakUploader {
    driver: Weak<Driver>,
    shared: Weak<RefCell<Shared>>,
}

impl WeakUploader {
    /// The uploader, if it still lives.
    #[must_use]
    pub fn upgrade(&self) -> Option<Uploader> {
        Some(Uploader { driver: self.driver.upgrade()?, shared: self.shared.upgrade()? })
    }
}

/// An observer's place. Dropping it unsubscribes.
#[derive(Debug)]
#[must_use = "dropping a subscription ends it at once"]
pub struct Subscription {
    driver: Weak<Driver>,
    id: u32,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.upgrade() {
            driver.unsubscribe(self.id);
        }
    }
}

impl Uploader {
    /// An uploader with nothing in it. Browser only: on a server make one in an effect.
    #[must_use]
    pub fn new(parameters: impl Into<Parameters>, options: UploaderOptions) -> Self {
        let policy = ParameterPolicy {
            page_is_secure: page::is_secure(),
            page_origin: page::origin(),
            allowed_origins: options.allowed_origins,
            allow_http: options.allow_insecure,
            allow_authorization: options.allow_authorization,
            clock: Some(page::unix_ms),
        };
        // Jitter only needs to differ between pages.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let seed = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
        let parameters = parameters.into();
        let mut engine = options.engine;
        (engine.multipart.available, engine.multipart.sign_ahead) = parameters.can();
        let available = engine.multipart.available;
        let scope = parameters.resume_scope().to_owned();
        let driver = Driver::new(engine, seed, parameters, policy);
        driver.remember((available && options.resume).then_some(scope.as_str()));
        driver.allowed_meta.replace(options.allowed_meta_fields);
        let shared = Shared { meta: options.meta, directories: options.directories, resume: options.resume };
        Self { driver, shared: Rc::new(RefCell::new(shared)) }
    }

    /// Adds one file.
    ///
    /// # Errors
    /// The rule it breaks. Observers are not told; they are for files that come from a list, a drop or a paste.
    pub fn add(&self, file: IntakeFile) -> Result<FileId, Rejection> {
        let base = self.shared.borrow().meta.clone();
        self.driver.take_in(file, &base)
    }

    /// Adds what a picker returned. Rejected files are told as [`Notice::Rejected`].
    pub fn add_file_list(&self, list: &FileList) {
        let base = self.shared.borrow().meta.clone();
        intake::file_list(&self.driver, list, &base);
    }

    /// Adds what was dropped or pasted, folders with all they hold. Rejected files are told as [`Notice::Rejected`].
    pub fn add_data_transfer(&self, transfer: &DataTransfer) {
        let (base, directories) = {
            let shared = self.shared.borrow();
            (shared.meta.clone(), shared.directories)
        };
        intake::data_transfer(&self.driver, transfer, &base, directories);
    }

    /// Adds all files of dropped folders, taken out of their drop earlier. Told as those of [`Self::add_data_transfer`].
    pub fn add_folders(&self, folders: Vec<FileSystemEntry>) {
        let (base, directories) = {
            let shared = self.shared.borrow();
            (shared.meta.clone(), shared.directories)
        };
        intake::folders(&self.driver, folders, base, directories);
    }

    /// Gives up reading folders, and taking in what is left of long lists. Files that are in already stay.
    pub fn stop_intakes(&self) {
        self.driver.stop_intakes();
    }

    /// Starts every file that waits for it, failed ones too, and those of a list or drop that is still being taken in. The
    /// batch ends in one `UploadEvent::Complete` of this id, which may have been told already when this returns. What
    /// folders hold that are still being read is a batch of its own, as soon as they are.
    ///
    /// # Errors
    /// Too few files, a second batch where only one is allowed, or the hook of [`Self::set_before_upload`] said no.
    pub fn upload(&self) -> Result<UploadId, Rejection> {
        self.driver.upload()
    }

    /// Holds a file; false when there is nothing to hold.
    pub fn pause(&self, id: FileId) -> bool {
        self.driver.act(|engine, now| engine.pause(now, id))
    }

    /// Lets a held file go on; false when it is not held.
    pub fn resume(&self, id: FileId) -> bool {
        self.driver.act(|engine, now| engine.resume(now, id))
    }

    /// Holds a file or lets it go on, and says whether it is held now; `None` for a file that cannot be held.
    pub fn pause_resume(&self, id: FileId) -> Option<bool> {
        if self.resume(id) {
            return Some(false);
        }
        self.pause(id).then_some(true)
    }

    /// Holds every file that is waiting or under way. Files that are being taken in meanwhile do not start by themselves.
    pub fn pause_all(&self) {
        self.driver.pause_all();
    }

    /// Lets every held file go on.
    pub fn resume_all(&self) {
        self.driver.resume_all();
    }

    /// Tries a failed file again; `None` when it has not failed.
    pub fn retry(&self, id: FileId) -> Option<UploadId> {
        self.driver.act(|engine, now| engine.retry(now, id))
    }

    /// Tries all failed files again.
    pub fn retry_all(&self) -> UploadId {
        self.driver.act(Engine::retry_all)
    }

    /// Takes a file out, aborting what it has in the air; false for an unknown one.
    pub fn remove(&self, id: FileId) -> bool {
        self.driver.act(|engine, now| engine.remove(now, id))
    }

    /// Aborts and takes out everything, folders still being read too.
    pub fn cancel_all(&self) {
        self.driver.cancel_all();
    }

    /// The same without [`UploadEvent::CancelAll`](crate::UploadEvent::CancelAll): nothing that anybody was waiting for is cancelled.
    pub fn clear(&self) {
        self.driver.clear();
    }

    /// Files that wait start in this order from now on. Those that are not named keep their places.
    pub fn reorder(&self, order: &[FileId]) {
        self.driver.act(|engine, _| engine.reorder(order));
    }

    /// Merges meta into every file and into those to come.
    pub fn set_meta(&self, meta: &Meta) {
        self.shared.borrow_mut().meta.extend(meta.clone());
        let ids = self.file_ids();
        self.driver.act(|engine, _| {
            for id in ids {
                engine.set_meta(id, meta.clone());
            }
        });
    }

    /// Merges meta into one file; false for an unknown one.
    pub fn set_file_meta(&self, id: FileId, meta: Meta) -> bool {
        self.driver.act(|engine, _| engine.set_meta(id, meta))
    }

    /// Changes the options that `raw` sets: written as JavaScript has them, and checked.
    ///
    /// # Errors
    /// The first option that makes no sense; nothing is changed then.
    pub fn set_options(&self, raw: RawOptions) -> Result<(), OptionsError> {
        let options = self.options().merge(raw)?;
        self.driver.set_options(options);
        Ok(())
    }

    /// Asks another source from the next question on.
    pub fn set_parameters(&self, parameters: impl Into<Parameters>) {
        let parameters = parameters.into();
        let multipart = parameters.can();
        let (resume, scope) = (self.shared.borrow().resume, parameters.resume_scope().to_owned());
        let before = self.driver.parameters.replace(parameters);
        let another = before.resume_scope() != scope || self.driver.keeper.borrow().is_none();
        if another {
            self.driver.remember((multipart.0 && resume).then_some(scope.as_str()));
        }
        // Those of now: an observer was told of the other journal and may have set some.
        let mut options = self.options();
        (options.multipart.available, options.multipart.sign_ahead) = multipart;
        self.driver.set_options(options);
    }

    /// Uploads that an earlier page left unfinished, once it is known. Those that another tab is busy with are not among
    /// them.
    pub async fn unfinished(&self) -> Vec<Record> {
        let keeper = self.driver.keeper.borrow().clone();
        match keeper {
            Some(keeper) => keeper.unfinished().await,
            None => Vec::new(),
        }
    }

    /// Looks at those of now without copying them: each may have ten thousand parts. `look` must not run foreign code, for
    /// they are borrowed meanwhile.
    #[cfg(feature = "ui")]
    pub(crate) fn with_unfinished<T>(&self, look: impl FnOnce(&[Record]) -> T) -> T {
        let keeper = self.driver.keeper.borrow().clone();
        match keeper {
            Some(keeper) => keeper.with_unfinished(look),
            None => look(&[]),
        }
    }

    /// Whether a person is to be told now that there is something unfinished: once, and when `can` says that it would be heard.
    #[cfg(feature = "ui")]
    pub(crate) fn tell_unfinished_once(&self, can: impl FnOnce() -> bool) -> bool {
        let keeper = self.driver.keeper.borrow().clone();
        keeper.is_some_and(|keeper| keeper.tell_once(can))
    }

    /// The same as far as it is known now; [`Notice::Unfinished`] says when to look again.
    #[must_use]
    pub fn unfinished_now(&self) -> Vec<Record> {
        self.driver.keeper.borrow().as_ref().map(|keeper| keeper.unfinished_now()).unwrap_or_default()
    }

    /// Goes on with an unfinished upload, with the file that the person chose for it: [`Self::upload`] starts it. Its
    /// content is compared before anything is sent; another file fails as `file.mismatch`.
    ///
    /// # Errors
    /// The file cannot be added.
    pub fn go_on_with(&self, record: &str, mut file: IntakeFile) -> Result<FileId, Rejection> {
        let keeper = self.driver.keeper.borrow().clone();
        let known = keeper.as_ref().and_then(|keeper| keeper.record(record));
        if let Some(known) = known {
            file.meta.extend(known.meta);
            file.multipart = Some(true);
        }
        // Whoever chose the wrong file chooses again: it is in the way of one with the same name, or takes the only place.
        if let Some(wrong) = keeper.as_ref().and_then(|keeper| keeper.wrong(record)) {
            self.remove(wrong);
        }
        let id = self.add(file)?;
        if let Some(keeper) = keeper {
            keeper.choose(id, record);
        }
        Ok(id)
    }

    /// The same where the browser can find the file by itself. `None` where it cannot; ask the person for it then. To be
    /// called from a click, since the browser may ask for permission.
    pub async fn reopen(&self, record: &str) -> Option<Result<FileId, Rejection>> {
        let keeper = self.driver.keeper.borrow().clone()?;
        let (known, blob) = keeper.reopen(record).await?;
        let mut file = IntakeFile::from_blob(blob, &known.name);
        file.mime.clone_from(&known.mime);
        file.last_modified = known.last_modified;
        file.relative_path.clone_from(&known.relative_path);
        Some(self.go_on_with(record, file))
    }

    /// Forgets an unfinished upload, and has the store forget it.
    pub fn discard(&self, record: &str) {
        let Some(keeper) = self.driver.keeper() else { return };
        let Some(discarding) = keeper.discard(record) else { return };
        self.driver.tell(&Notice::Unfinished);
        let weak = Rc::downgrade(&self.driver);
        wasm_bindgen_futures::spawn_local(async move {
            let Some(remote) = discarding.await else { return };
            let Some(driver) = weak.upgrade() else { return };
            // What another source was asked meanwhile is left to the next page: the debt is in the journal.
            if driver.keeper().is_none_or(|now| !Rc::ptr_eq(&now, &keeper)) {
                return;
            }
            let aborting = driver.abort_unknown(remote);
            drop(driver);
            if let Some(aborting) = aborting {
                aborting.await;
            }
        });
    }

    /// Has checksums computed elsewhere from now on: in a worker, say.
    pub fn set_digest(&self, digest: DigestWith) {
        self.driver.digester.replace(Digester::with(digest));
    }

    /// Asks `hook` about each file before any rule does: what it returns is added, `None` refuses the file. Uppy's
    /// `onBeforeFileAdded`.
    pub fn set_before_add(&self, hook: impl Fn(IntakeFile) -> Option<IntakeFile> + 'static) {
        self.driver.before_add.replace(Some(Rc::new(hook)));
    }

    /// Asks `hook` how each file should be cut before it is added: it may set `multipart` and `part_size`. Uppy's
    /// `shouldUseMultipart` and `getChunkSize`.
    pub fn set_plan(&self, hook: impl Fn(&mut IntakeFile) + 'static) {
        self.driver.plan.replace(Some(Rc::new(hook)));
    }

    /// Asks `hook` before each upload, also one that `auto_proceed` starts; false stops it. Uppy's `onBeforeUpload`.
    pub fn set_before_upload(&self, hook: impl Fn() -> bool + 'static) {
        self.driver.before_upload.replace(Some(Rc::new(hook)));
    }

    /// Where uploads may go from now on; what is `None` stays as it is.
    pub fn set_policy(&self, origins: Option<Vec<String>>, insecure: Option<bool>, authorization: Option<bool>) {
        let mut policy = self.driver.policy.borrow_mut();
        policy.allowed_origins = origins.unwrap_or_else(|| std::mem::take(&mut policy.allowed_origins));
        policy.allow_http = insecure.unwrap_or(policy.allow_http);
        policy.allow_authorization = authorization.unwrap_or(policy.allow_authorization);
    }

    /// Whether dropped folders are read from now on.
    pub fn set_directories(&self, directories: bool) {
        self.shared.borrow_mut().directories = directories;
    }

    /// Which meta the parameters source gets to see from now on; `None` for all.
    pub fn set_allowed_meta_fields(&self, names: Option<Vec<String>>) {
        self.driver.allowed_meta.replace(names);
    }

    /// A snapshot of one file.
    #[must_use]
    pub fn file(&self, id: FileId) -> Option<UploadFile> {
        self.driver.file(id)
    }

    /// Snapshots of all files, in the order they were added.
    #[must_use]
    pub fn files(&self) -> Vec<UploadFile> {
        self.driver.look(|engine| engine.file_ids().filter_map(|id| engine.file(id)).collect())
    }

    /// Ids of all files, in the order they were added.
    #[must_use]
    pub fn file_ids(&self) -> Vec<FileId> {
        self.driver.look(|engine| engine.file_ids().collect())
    }

    /// Where a file stands, without the cost of a snapshot; `None` for an unknown one.
    #[must_use]
    pub fn phase(&self, id: FileId) -> Option<Phase> {
        self.driver.look(|engine| engine.phase(id))
    }

    /// A handle that does not keep the uploader alive.
    #[must_use]
    pub fn downgrade(&self) -> WeakUploader {
        WeakUploader { driver: Rc::downgrade(&self.driver), shared: Rc::downgrade(&self.shared) }
    }

    /// Sums over all files.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.driver.look(|engine| engine.totals().clone())
    }

    /// The options in force.
    #[must_use]
    pub fn options(&self) -> Options {
        self.driver.options()
    }

    /// A file's bytes, for a preview.
    #[must_use]
    pub fn blob(&self, id: FileId) -> Option<Blob> {
        self.driver.blob(id)
    }

    /// Hears everything from now on, until the subscription is dropped. The observer may call any verb, on what
    /// [`Self::downgrade`] gives it: one that owns the uploader keeps it alive.
    ///
    /// As a stream, which a task waits for:
    ///
    /// ```no_run
    /// # async fn send(uploader: filechute::Uploader) -> Result<(), filechute::Rejection> {
    /// use filechute::{Notice, UploadEvent};
    /// use futures::{StreamExt, channel::mpsc::unbounded};
    ///
    /// let (told, mut notices) = unbounded();
    /// let subscription = uploader.observe(move |notice| _ = told.unbounded_send(notice.clone()));
    /// let batch = uploader.upload()?;
    /// while let Some(notice) = notices.next().await {
    ///     let Notice::Event(UploadEvent::Complete { upload, failed, .. }) = notice else { continue };
    ///     if upload == batch {
    ///         return Ok(());
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    pub fn observe(&self, observer: impl Fn(&Notice) + 'static) -> Subscription {
        let id = self.driver.subscribe(Rc::new(observer));
        Subscription { driver: Rc::downgrade(&self.driver), id }
    }

    /// What is held at this moment: for tests of leaks.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.driver.stats()
    }

    /// Aborts everything and lets go of everything, for good: the handle stays harmless, and takes no more files.
    pub fn destroy(&self) {
        self.driver.destroy();
    }
}
