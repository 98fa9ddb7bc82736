//! Files on their way in: from a picker, a drop with folders, a paste, or any Blob.

use std::{cell::RefCell, rc::Rc, vec};

use filechute_engine::{FileId, Meta, NewFile, Rejection, RejectionReason};
use futures::future::{FutureExt, LocalBoxFuture};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry};

use super::{
    driver::{Driver, Notice},
    jobs::Task,
    journal::Handle,
    mime, page,
    transfer::to_u64,
};

/// Most entries read out of dropped folders: past this a link loop is more likely than a wish.
const MAX_ENTRIES: u32 = 100_000;

/// Files that are taken in before the page gets its turn.
const AT_ONCE: usize = 200;
/// S3 takes no smaller part, but for the last: what is smaller goes whole, and there is nothing to go on with.
const SMALLEST_PART: f64 = 5_242_880.0;

/// Bytes with a name, ready to be added.
#[derive(Clone, Debug)]
pub struct IntakeFile {
    /// The bytes. Only referred to; nothing is read.
    pub blob: Blob,
    /// File name without folders.
    pub name: String,
    /// MIME type; when empty it is guessed from the extension.
    pub mime: String,
    /// Last modification in milliseconds since 1970, or 0.
    pub last_modified: i64,
    /// `folder/name` when it came out of a folder.
    pub relative_path: Option<String>,
    /// Meta of its own.
    pub meta: Meta,
    /// Whether it goes in parts; `None` leaves that to its size. Uppy's `shouldUseMultipart`.
    pub multipart: Option<bool>,
    /// Wanted bytes of a part; `None` leaves that to the size and the line. Uppy's `getChunkSize`.
    pub part_size: Option<u64>,
}

impl IntakeFile {
    /// Any Blob under a name. A nameless one is called after its type, as Uppy does.
    #[must_use]
    pub fn from_blob(blob: Blob, name: &str) -> Self {
        let mime = blob.type_();
        let name = match (name.trim(), mime.split_once('/')) {
            ("", Some(("image", subtype))) => {
                let extension = subtype.split('+').next().filter(|extension| !extension.is_empty());
                format!("image.{}", extension.unwrap_or("png"))
            }
            ("", _) => "noname".to_owned(),
            _ => name.to_owned(),
        };
        Self {
            blob,
            name,
            mime,
            last_modified: 0,
            relative_path: None,
            meta: Meta::new(),
            multipart: None,
            part_size: None,
        }
    }

    /// A file as a browser hands it over.
    #[must_use]
    pub fn from_file(file: &File) -> Self {
        let mut intake = Self::from_blob(file.clone().into(), &file.name());
        #[allow(clippy::cast_possible_truncation)]
        {
            intake.last_modified = file.last_modified() as i64;
        }
        intake.relative_path =
            page::get(file.as_ref(), "webkitRelativePath").as_string().filter(|path| !path.is_empty());
        intake
    }
}

impl Driver {
    /// Adds one file. Errors as the engine's `add`.
    pub(crate) fn take_in(&self, file: IntakeFile, base: &Meta) -> Result<FileId, Rejection> {
        let mut file = file;
        file.mime = mime::or_guess(file.mime, &file.name);
        let mut meta = base.clone();
        meta.extend(std::mem::take(&mut file.meta));
        file.meta = meta;
        let hook = self.before_add.borrow().clone();
        if let Some(hook) = hook {
            let name = file.name.clone();
            file = hook(file).ok_or_else(|| Rejection::new(RejectionReason::Refused, &name))?;
        }
        let plan = self.plan.borrow().clone();
        if let Some(plan) = plan {
            plan(&mut file);
        }
        let IntakeFile { blob, name, mime, last_modified, relative_path, meta, multipart, part_size } = file;
        let size = to_u64(blob.size());
        let new = NewFile { name, mime, size, last_modified, relative_path, meta, multipart, part_size, resume: None };
        // The Blob is kept before anyone hears of the file, so that a handler can ask for it.
        self.act_added(new, blob)
    }

    pub(crate) fn take_or_tell(&self, file: &IntakeFile, base: &Meta) -> Option<FileId> {
        let tell = |rejection| self.tell(&Notice::Rejected(rejection, Some(Box::new(file.clone()))));
        self.take_in(file.clone(), base).map_err(tell).ok()
    }

    fn reject(&self, reason: RejectionReason, name: &str) {
        self.tell(&Notice::Rejected(Rejection::new(reason, name), None));
    }
}

fn keep_handle(driver: &Rc<Driver>, id: FileId, handle: impl Future<Output = Option<Handle>> + 'static) {
    let weak = Rc::downgrade(driver);
    wasm_bindgen_futures::spawn_local(async move {
        if let (Some(handle), Some(driver)) = (handle.await, weak.upgrade()) {
            driver.keep_handle(id, handle);
        }
    });
}

/// A file, and how it is found again.
type Found = (File, Option<LocalBoxFuture<'static, Option<Handle>>>);

/// Files on their way in.
#[derive(Default)]
pub(crate) struct List {
    found: RefCell<vec::IntoIter<Found>>,
    base: Meta,
}

impl List {
    fn is_empty(&self) -> bool {
        self.found.borrow().len() == 0
    }

    /// Takes in no more of it.
    pub(crate) fn clear(&self) {
        drop(self.found.take());
    }

    /// Takes in the next one, if there is one; why not, if it was refused.
    fn take_next(&self, driver: &Rc<Driver>) -> Option<Result<(), Notice>> {
        // Not borrowed meanwhile: a handler may end all this.
        let (file, handle) = self.found.borrow_mut().next()?;
        let file = IntakeFile::from_file(&file);
        let added = driver.take_in(file.clone(), &self.base);
        if let (Ok(id), Some(handle)) = (&added, handle) {
            keep_handle(driver, *id, handle);
        }
        Some(added.map(drop).map_err(|rejection| Notice::Rejected(rejection, Some(Box::new(file)))))
    }

    fn take_some(&self, driver: &Rc<Driver>) {
        for _ in 0..AT_ONCE {
            match self.take_next(driver) {
                Some(Ok(())) => {}
                Some(Err(refused)) => driver.tell(&refused),
                None => break,
            }
        }
    }
}

/// Takes in at once what is left of all lists, since an upload is to start with it. What folders still hold comes later.
pub(crate) fn hurry(driver: &Rc<Driver>) {
    let mut refused = Vec::new();
    for list in driver.lists() {
        while let Some(taken) = list.take_next(driver) {
            refused.extend(taken.err());
        }
    }
    // When all are in: who hears of it may start an upload, too.
    for notice in refused {
        driver.tell(&notice);
    }
}

pub(crate) fn file_list(driver: &Rc<Driver>, list: &FileList, base: &Meta) {
    // At once: it is the input's own list, which is empty as soon as the input is.
    let files = (0..list.length()).filter_map(|i| list.get(i)).map(|file| (file, None)).collect();
    take_all(driver, files, base.clone(), |_| {});
}

/// The first ones at once, the others in tasks of their own: each is told, and shown. `then` what comes behind them.
fn take_all(driver: &Rc<Driver>, found: Vec<Found>, base: Meta, then: impl FnOnce(&Rc<Driver>) + 'static) {
    let list = Rc::new(List { found: RefCell::new(found.into_iter()), base });
    let slot = driver.begin_list(&list);
    list.take_some(driver);
    if list.is_empty() {
        return end_list(driver, slot, then);
    }
    let weak = Rc::downgrade(driver);
    let task = Task::spawn(None, async move {
        loop {
            TimeoutFuture::new(0).await;
            let Some(driver) = weak.upgrade() else { return };
            list.take_some(&driver);
            if list.is_empty() {
                return end_list(&driver, slot, then);
            }
        }
    });
    driver.keep_intake(slot, task);
}

fn end_list(driver: &Rc<Driver>, slot: u32, then: impl FnOnce(&Rc<Driver>)) {
    // Not what was ended by a handler of its last file.
    if driver.has_list(slot) {
        then(driver);
        driver.end_intake(slot);
    }
}

/// A drop or a paste. Entries must be fetched before this returns: the transfer is emptied afterwards.
pub(crate) fn data_transfer(driver: &Rc<Driver>, transfer: &DataTransfer, base: &Meta, directories: bool) {
    let (mut found, mut files) = (Vec::new(), Vec::new());
    let items = transfer.items();
    for i in 0..items.length() {
        let Some(item) = items.get(i).filter(|item| item.kind() == "file") else { continue };
        let entry = item.webkit_get_as_entry().ok().flatten();
        match (entry.filter(FileSystemEntry::is_directory), item.get_as_file().ok().flatten()) {
            (Some(folder), _) => found.push(folder),
            (None, Some(file)) => {
                // Asked for while the drop is handled, or never. A small file is sent whole.
                let handle = (file.size() >= SMALLEST_PART).then(|| Handle::dropped(&item).boxed_local());
                files.push((file, handle));
            }
            (None, None) => {}
        }
    }
    match transfer.files() {
        Some(list) if found.is_empty() && files.is_empty() => file_list(driver, &list, base),
        _ => {
            let later = base.clone();
            take_all(driver, files, base.clone(), move |driver| folders(driver, found, later, directories));
        }
    }
}

/// Folders out of a drop: read where they are wanted.
pub(crate) fn folders(driver: &Rc<Driver>, folders: Vec<FileSystemEntry>, base: Meta, wanted: bool) {
    if !wanted {
        for folder in folders {
            driver.reject(RejectionReason::Directory, &folder.name());
        }
    } else if !folders.is_empty() {
        read_folders(driver, folders, base);
    }
}

fn read_folders(driver: &Rc<Driver>, mut stack: Vec<FileSystemEntry>, base: Meta) {
    let weak = Rc::downgrade(driver);
    stack.reverse();
    let tops: Vec<String> = stack.iter().map(FileSystemEntry::name).collect();
    let slot = driver.next_intake();
    let task = Task::spawn(None, async move {
        let (mut entries, mut files) = (0_u32, 0);
        while let Some(entry) = stack.pop() {
            entries += 1;
            if entries > MAX_ENTRIES {
                let Some(driver) = weak.upgrade() else { return };
                driver.reject(RejectionReason::Count { max: MAX_ENTRIES }, "");
                break;
            }
            // The entries' interfaces have no names in Chromium, so nothing is an `instanceof` of them there.
            if entry.is_directory() {
                let mut children = read_folder(entry.unchecked_ref()).await;
                children.reverse();
                stack.extend(children);
                continue;
            }
            let read = JsFuture::from(promise(|done, failed| {
                entry.unchecked_ref::<FileSystemFileEntry>().file_with_callback_and_callback(done, failed);
            }))
            .await;
            let Some(driver) = weak.upgrade() else { return };
            match read.ok().and_then(|file| file.dyn_into::<File>().ok()) {
                Some(file) => {
                    files += 1;
                    let mut intake = IntakeFile::from_file(&file);
                    intake.relative_path = Some(entry.full_path().trim_start_matches('/').to_owned());
                    driver.take_or_tell(&intake, &base);
                }
                None => driver.reject(RejectionReason::Unreadable, &entry.name()),
            }
        }
        let Some(driver) = weak.upgrade() else { return };
        if files == 0 {
            let name = tops.first().map(String::as_str).unwrap_or_default();
            driver.reject(RejectionReason::Directory, name);
        }
        driver.end_intake(slot);
    });
    driver.keep_intake(slot, task);
}

/// All children of a folder: browsers hand them out a hundred at a time, until an empty page.
async fn read_folder(folder: &FileSystemDirectoryEntry) -> Vec<FileSystemEntry> {
    let reader = folder.create_reader();
    let mut out = Vec::new();
    loop {
        let page = JsFuture::from(promise(|done, failed| {
            // A throw leaves the promise pending; the error callback answers every failure the standard knows.
            let _ = reader.read_entries_with_callback_and_callback(done, failed);
        }))
        .await;
        let Some(page) = page.ok().and_then(|page| page.dyn_into::<Array>().ok()).filter(|page| page.length() > 0)
        else {
            return out;
        };
        out.extend(page.iter().map(JsCast::unchecked_into));
        if out.len() > MAX_ENTRIES as usize {
            return out;
        }
    }
}

fn promise(mut start: impl FnMut(&Function, &Function)) -> Promise {
    Promise::new(&mut |done, failed| start(&done, &failed))
}
