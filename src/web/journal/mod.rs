//! The journal: what is needed to go on with an upload after the page was reloaded or the browser died, in IndexedDB.
//!
//! All of it happens in `journal.js`, since it is far smaller there; this is its face.
//!
//! Nothing here ever holds up an upload. Verbs that write return at once and are told to the database in batches; where
//! there is no database, or it is full, or does not answer, they do nothing, and the journal says so once.
//!
//! ```no_run
//! # use filechute::{Failure, journal::{Journal, Record, verify}};
//! # use web_sys::Blob;
//! # async fn at_start(file: Blob, digest: impl AsyncFn(&Blob, u64, u64) -> Result<String, Failure>) -> Result<(), Failure> {
//! let journal = Journal::open("https://uploads.example.com", |why| log_once(why));
//! for record in journal.list().await {
//!     // In another tab?
//!     let Some(claim) = journal.claim(&record.id).await else { continue };
//!     // The person chose a file again, or `journal.reopen(&record)` found it.
//!     let parts = verify(&file, &record, &digest).await?;
//!     let resume = record.resume(parts);
//!     // … into `NewFile::resume`; the claim is kept as long as the upload.
//! #   drop((claim, resume));
//! }
//! # Ok(()) }
//! # fn log_once(_: &str) {}
//! ```

mod claim;
mod fingerprint;
mod handle;
mod inside;
mod record;

use std::rc::Rc;

pub use claim::Claim;
pub use filechute_engine::{PartReceipt, Remote, Resume};
pub(crate) use fingerprint::samples;
pub use fingerprint::{Fingerprint, Mismatch, verify};
pub use handle::Handle;
use inside::Inside;
use js_sys::{Array, Promise};
pub use record::{Record, RecordedPart};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::digest::to_f64;

/// Code of the one complaint, for whoever passes it on.
pub const UNAVAILABLE: &str = "persist.unavailable";

/// Remembers unfinished uploads. A cheap handle: clones share one connection, closed when the last one is dropped.
#[derive(Clone)]
pub struct Journal {
    inner: Rc<Inner>,
}

struct Inner {
    scope: String,
    inside: Inside,
    /// What `inside` complains to until it is closed.
    _complain: Closure<dyn FnMut(String)>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.inside.close();
    }
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Journal { … }")
    }
}

impl Journal {
    /// Opens the journal of a scope: the root of the host, or a name of the application's choice (with the person's id in
    /// it, say). Returns at once; what is asked of it meanwhile waits.
    ///
    /// `on_unavailable` is called at most once, with the browser's word for it, when nothing can be remembered.
    #[must_use]
    pub fn open(scope: &str, on_unavailable: impl FnOnce(&str) + 'static) -> Self {
        let complain = Closure::once(move |why: String| on_unavailable(&why));
        let inside = Inside::new(scope, &complain);
        Self { inner: Rc::new(Inner { scope: scope.into(), inside, _complain: complain }) }
    }

    /// The scope it was opened with.
    #[must_use]
    pub fn scope(&self) -> &str {
        &self.inner.scope
    }

    /// Whether anything can be remembered, as far as that is known: there is a database, or may be.
    #[must_use]
    pub fn works(&self) -> bool {
        self.inner.inside.works()
    }

    /// Writes a record, and the parts it holds beside those that were noted. Claim its id before, so that no other tab
    /// takes it for one that was left behind. An upload that starts anew gets a new record, under a new id.
    pub fn remember(&self, record: &Record) {
        self.inner.inside.remember(&record.to_js());
    }

    /// Keeps the handle of a record's file, where the browser can store it.
    pub fn keep_handle(&self, id: &str, handle: &Handle) {
        self.inner.inside.keep_handle(id, handle.to_js());
    }

    /// Notes that the store has a part: cheap, written within half a second. Does nothing for a record that was neither
    /// remembered nor claimed here.
    pub fn note_part(&self, id: &str, part: &RecordedPart) {
        self.inner.inside.note(id, part.number, to_f64(part.size), &part.etag, &part.checksum);
    }

    /// Removes a record and all that belongs to it: the upload has ended, one way or the other.
    pub fn forget(&self, id: &str) {
        self.inner.inside.forget(id);
    }

    /// Puts down an upload to be aborted at the store, now or at the next visit. Before [`Self::forget`], so that one of
    /// the two is always there.
    pub fn owe(&self, remote: &Remote) {
        self.inner.inside.owe(&remote.upload_id, &remote.key, &remote.bucket);
    }

    /// An abort was done, or is of no use any more.
    pub fn paid(&self, remote: &Remote) {
        self.inner.inside.paid(&remote.upload_id);
    }

    /// Writes what is pending, at once; when the future ends it is written. Need not be awaited. The journal does so by
    /// itself when the page is hidden, frozen or left.
    pub fn flush(&self) -> impl Future<Output = ()> + 'static {
        let flushed = wait(self.inner.inside.flush());
        // Until then it is not closed.
        let inner = Rc::clone(&self.inner);
        async move {
            flushed.await;
            drop(inner);
        }
    }

    /// The records of this scope, oldest first, those of other tabs too: see [`Self::claimed`]. What is damaged is left
    /// out and removed; so is what has not got on for seven days, and its upload goes to those to be aborted.
    pub async fn list(&self) -> Vec<Record> {
        record::records(&wait(self.inner.inside.list()).await)
    }

    /// Uploads of this scope that are still to be aborted.
    pub async fn owed(&self) -> Vec<Remote> {
        record::remotes(&wait(self.inner.inside.owed()).await)
    }

    /// [`Self::list`] without what is claimed, and [`Self::owed`], for `done`. The promise is fulfilled after that.
    pub(crate) fn load(&self, done: impl FnOnce(Vec<Record>, Vec<Remote>) + 'static) -> Promise {
        let done = move |found: JsValue, owed: JsValue| done(record::records(&found), record::remotes(&owed));
        self.inner.inside.load(&Closure::once_into_js(done))
    }

    /// Claims a record for this tab. `None` when another has it, or this one already.
    pub async fn claim(&self, id: &str) -> Option<Claim> {
        // Made before anything is awaited: if nobody waits for the answer any more, the lock is released all the same.
        let claim = Claim(self.inner.inside.claim(id));
        wait(claim.0.granted()).await.is_truthy().then_some(claim)
    }

    /// Claims a record that nobody else can know of yet.
    pub(crate) fn claim_new(&self, id: &str) -> Claim {
        Claim(self.inner.inside.claim(id))
    }

    /// Ids of the records, of any scope, that are claimed in some tab, this one too. Empty without Web Locks.
    pub async fn claimed(&self) -> Vec<String> {
        let ids = wait(self.inner.inside.claimed()).await;
        ids.unchecked_ref::<Array>().iter().filter_map(|id| id.as_string()).collect()
    }

    /// The file of a record, where a handle was kept and the person lets it be read. They are asked only while the page
    /// answers something they did: call it from a click. Not checked yet: [`verify`] does that.
    pub async fn reopen(&self, record: &Record) -> Option<Blob> {
        wait(self.inner.inside.reopen(&record.id)).await.dyn_into().ok()
    }
}

/// For a promise that never rejects.
async fn wait(promise: Promise) -> JsValue {
    JsFuture::from(promise).await.unwrap_or_default()
}
