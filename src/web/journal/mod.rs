//! The journal: what is needed to go on with an upload after the page was reloaded or the browser died, in IndexedDB.
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
mod db;
mod fingerprint;
mod handle;
mod js;
mod record;

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

pub use claim::Claim;
use db::{Db, HANDLES, OWED, Op, PARTS, RECORDS, beginning_with};
use filechute_engine::MAX_PARTS;
pub use filechute_engine::{PartReceipt, Remote, Resume};
pub use fingerprint::{Fingerprint, Mismatch, verify};
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
pub use handle::Handle;
use js_sys::{Array, Promise};
pub use record::{Record, RecordedPart};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Blob;

use super::page;

/// Code of the one complaint, for whoever passes it on.
pub const UNAVAILABLE: &str = "persist.unavailable";

/// Parts are written together, at most this often.
const BATCH_MS: u32 = 500;
/// What has not got on for so long is dropped, and its upload aborted. Seven days.
const KEPT_MS: u64 = 7 * 24 * 3_600_000;
/// What the store was not told to abort in so long, its own rules have removed.
const OWED_MS: u64 = 30 * 24 * 3_600_000;
/// Most records, and most aborts, that are read.
const MOST: u32 = 1_000;

/// Remembers unfinished uploads. A cheap handle: clones share one connection, closed when the last one is dropped.
#[derive(Clone)]
pub struct Journal {
    inner: Rc<Inner>,
}

struct Inner {
    scope: String,
    state: RefCell<State>,
    /// Resolved when `state` is no longer `Opening`.
    opened: Promise,
    queue: RefCell<Vec<Op>>,
    timer: RefCell<Option<Timeout>>,
    /// What was written last, after all before it.
    last: RefCell<Option<Promise>>,
    /// Ids that parts may be noted under: a part that comes after its record was forgotten must not stay behind.
    known: RefCell<Vec<String>>,
    complain: RefCell<Option<Complaint>>,
    listeners: RefCell<Vec<EventListener>>,
}

type Complaint = Box<dyn FnOnce(&str)>;

enum State {
    Opening,
    Open(Rc<Db>),
    Off,
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
        let mut ready = None;
        let opened = Promise::new(&mut |resolve, _| ready = Some(resolve));
        let inner = Rc::new(Inner {
            scope: scope.into(),
            state: RefCell::new(State::Opening),
            opened,
            queue: RefCell::default(),
            timer: RefCell::default(),
            last: RefCell::default(),
            known: RefCell::default(),
            complain: RefCell::new(Some(Box::new(on_unavailable))),
            listeners: RefCell::default(),
        });
        inner.listen();
        // Held by this until it is open: what was asked of it meanwhile is written even if nobody waits for that.
        let opening = Rc::clone(&inner);
        spawn_local(async move {
            opening.opened(Db::open().await);
            if let Some(ready) = ready {
                let _ = ready.call0(&JsValue::UNDEFINED);
            }
        });
        Self { inner }
    }

    /// The scope it was opened with.
    #[must_use]
    pub fn scope(&self) -> &str {
        &self.inner.scope
    }

    /// Writes a record, and the parts it holds beside those that were noted. Claim its id before, so that no other tab
    /// takes it for one that was left behind. An upload that starts anew gets a new record, under a new id.
    pub fn remember(&self, record: &Record) {
        if record.plan().is_none() {
            return;
        }
        self.inner.know(&record.id);
        self.inner.push(Op::Put(RECORDS, (&record.id).into(), record.to_js()));
        for part in &record.parts {
            self.inner.push_part(&record.id, part);
        }
        self.inner.flush();
    }

    /// Keeps the handle of a record's file, where the browser can store it.
    pub fn keep_handle(&self, id: &str, handle: &Handle) {
        self.inner.push(Op::Put(HANDLES, id.into(), handle.to_js()));
        self.inner.flush();
    }

    /// Notes that the store has a part: cheap, written within half a second. Does nothing for a record that was neither
    /// remembered nor claimed here.
    pub fn note_part(&self, id: &str, part: &RecordedPart) {
        if self.inner.known.borrow().iter().any(|known| known == id) {
            self.inner.push_part(id, part);
            self.inner.flush_soon();
        }
    }

    /// Removes a record and all that belongs to it: the upload has ended, one way or the other.
    pub fn forget(&self, id: &str) {
        self.inner.known.borrow_mut().retain(|known| known != id);
        self.inner.push_forget(id);
        self.inner.flush();
    }

    /// Puts down an upload to be aborted at the store, now or at the next visit. Before [`Self::forget`], so that one of
    /// the two is always there.
    pub fn owe(&self, remote: &Remote) {
        self.inner.push_owed(&self.inner.scope, remote);
        self.inner.flush();
    }

    /// An abort was done, or is of no use any more.
    pub fn paid(&self, remote: &Remote) {
        self.inner.push(Op::Delete(OWED, owed_key(&self.inner.scope, remote)));
        self.inner.flush();
    }

    /// Writes what is pending, at once; when the future ends it is written. Need not be awaited. The journal does so by
    /// itself when the page is hidden, frozen or left.
    pub fn flush(&self) -> impl Future<Output = ()> + 'static {
        self.inner.flush();
        let inner = Rc::clone(&self.inner);
        async move {
            // If it is not open yet, what is pending is written as soon as it is.
            inner.db().await;
            let last = inner.last.borrow().clone();
            if let Some(last) = last {
                let _ = JsFuture::from(last).await;
            }
        }
    }

    /// The records of this scope, oldest first, those of other tabs too: see [`Self::claimed`]. What is damaged is left
    /// out and removed; so is what has not got on for seven days, and its upload goes to those to be aborted.
    pub async fn list(&self) -> Vec<Record> {
        let records = self.inner.read_records().await.unwrap_or_default();
        let now = record::now_ms();
        let mut out = Vec::new();
        for record in records {
            let expired = now.saturating_sub(record.updated_ms) > KEPT_MS;
            if !expired && record.scope == self.inner.scope {
                // In their place one by one: a sort would weigh more than all of this.
                let at = out.iter().position(|later: &Record| later.created_ms > record.created_ms);
                out.insert(at.unwrap_or(out.len()), record);
            } else if expired && claim::claim(&record.id).await.is_some() {
                self.inner.push_owed(&record.scope, &record.remote);
                self.inner.push_forget(&record.id);
            }
        }
        self.inner.flush();
        out
    }

    /// Uploads of this scope that are still to be aborted.
    pub async fn owed(&self) -> Vec<Remote> {
        let owed = self.inner.read_owed().await.unwrap_or_default();
        self.inner.flush();
        owed
    }

    /// Claims a record for this tab. `None` when another has it, or this one already.
    pub async fn claim(&self, id: &str) -> Option<Claim> {
        let claim = claim::claim(id).await?;
        self.inner.know(id);
        Some(claim)
    }

    /// Ids of the records, of any scope, that are claimed in some tab, this one too. Empty without Web Locks.
    pub async fn claimed(&self) -> Vec<String> {
        claim::claimed().await
    }

    /// The file of a record, where a handle was kept and the person lets it be read. They are asked only while the page
    /// answers something they did: call it from a click. Not checked yet: [`verify`] does that.
    pub async fn reopen(&self, record: &Record) -> Option<Blob> {
        let (_, handle) = self.inner.read(HANDLES, (&record.id).into(), 1).await?.pop()?;
        Handle::from_js(handle)?.file().await
    }
}

impl Inner {
    fn opened(self: &Rc<Self>, db: Result<Db, JsValue>) {
        match db {
            Ok(mut db) => {
                let weak = Rc::downgrade(self);
                db.on_lost(move || {
                    if let Some(inner) = weak.upgrade() {
                        inner.off("the database was closed");
                    }
                });
                self.state.replace(State::Open(Rc::new(db)));
                self.flush();
            }
            Err(error) => self.off(&js::reason(&error)),
        }
    }

    /// From now on nothing is remembered.
    fn off(&self, why: &str) {
        let before = self.state.replace(State::Off);
        drop(before);
        self.queue.take();
        self.timer.take();
        let complain = self.complain.take();
        if let Some(complain) = complain {
            complain(why);
        }
    }

    fn or_off<T>(&self, result: Result<T, JsValue>) -> Option<T> {
        result.map_err(|error| self.off(&js::reason(&error))).ok()
    }

    /// The connection, once it is known whether there is one.
    async fn db(&self) -> Option<Rc<Db>> {
        let _ = JsFuture::from(self.opened.clone()).await;
        self.open_db()
    }

    fn open_db(&self) -> Option<Rc<Db>> {
        match &*self.state.borrow() {
            State::Open(db) => Some(Rc::clone(db)),
            State::Opening | State::Off => None,
        }
    }

    fn know(&self, id: &str) {
        let mut known = self.known.borrow_mut();
        if !known.iter().any(|known| known == id) {
            known.push(id.into());
        }
    }

    fn push(&self, op: Op) {
        if !matches!(&*self.state.borrow(), State::Off) {
            self.queue.borrow_mut().push(op);
        }
    }

    fn push_part(&self, id: &str, part: &RecordedPart) {
        if let Some((key, value)) = part.to_js(id) {
            self.push(Op::Put(PARTS, key, value));
        }
    }

    fn push_owed(&self, scope: &str, remote: &Remote) {
        self.push(Op::Put(OWED, owed_key(scope, remote), record::owed_to_js(remote)));
    }

    fn push_forget(&self, id: &str) {
        self.push(Op::Delete(RECORDS, id.into()));
        self.push(Op::Delete(HANDLES, id.into()));
        if let Ok(range) = beginning_with(id) {
            self.push(Op::Delete(PARTS, range));
        }
    }

    fn flush_soon(self: &Rc<Self>) {
        let mut timer = self.timer.borrow_mut();
        if timer.is_none() && !self.queue.borrow().is_empty() {
            let weak = Rc::downgrade(self);
            *timer = Some(Timeout::new(BATCH_MS, move || {
                if let Some(inner) = weak.upgrade() {
                    inner.flush();
                }
            }));
        }
    }

    /// Hands everything to the database, if it is open; otherwise it waits for that.
    fn flush(self: &Rc<Self>) {
        self.timer.take();
        let Some(db) = self.open_db() else { return };
        let ops = self.queue.take();
        if ops.is_empty() {
            return;
        }
        let Some(written) = self.or_off(db.write(&ops)) else { return };
        self.last.replace(Some(written.clone()));
        let weak = Rc::downgrade(self);
        spawn_local(async move {
            if let (Err(error), Some(inner)) = (JsFuture::from(written).await, weak.upgrade()) {
                inner.off(&js::reason(&error));
            }
        });
    }

    fn listen(self: &Rc<Self>) {
        let Some(target) = page::events() else { return };
        // `freeze` is the document's and does not bubble.
        let listener = |name: &'static str| {
            let weak: Weak<Self> = Rc::downgrade(self);
            EventListener::new_with_options(&target, name, EventListenerOptions::run_in_capture_phase(), move |_| {
                if let Some(inner) = weak.upgrade() {
                    inner.flush();
                }
            })
        };
        self.listeners.replace(["pagehide", "freeze", "visibilitychange"].map(listener).into());
    }

    /// Keys and values of a range, after what is pending was written; `None` without a database.
    async fn read(self: &Rc<Self>, store: &str, range: JsValue, most: u32) -> Option<Vec<(JsValue, JsValue)>> {
        self.flush();
        let found = self.db().await?.read(store, &range, most).await;
        self.or_off(found)
    }

    async fn read_records(self: &Rc<Self>) -> Option<Vec<Record>> {
        let now = record::now_ms();
        let handles = self.read(HANDLES, JsValue::UNDEFINED, MOST).await?;
        let mut out = Vec::new();
        for (key, value) in self.read(RECORDS, JsValue::UNDEFINED, MOST).await? {
            let Some(mut record) = Record::from_js(&value, now).filter(|record| key == record.id.as_str()) else {
                match key.as_string() {
                    _ if record::is_newer(&value) => {}
                    Some(id) => self.push_forget(&id),
                    None => self.push(Op::Delete(RECORDS, key)),
                }
                continue;
            };
            let range = beginning_with(&record.id).ok()?;
            for (key, value) in self.read(PARTS, range, MAX_PARTS as u32).await? {
                // One that does not fit is not there; it is written over when it is sent again.
                let _ = record.take_part(&key, &value, now);
            }
            record.has_handle = handles.iter().any(|(key, _)| *key == record.id.as_str());
            out.push(record);
        }
        Some(out)
    }

    async fn read_owed(self: &Rc<Self>) -> Option<Vec<Remote>> {
        let now = record::now_ms();
        let mut out = Vec::new();
        for (key, value) in self.read(OWED, beginning_with(&self.scope).ok()?, MOST).await? {
            match record::owed_from_js(&value) {
                Some((created, remote)) if now.saturating_sub(created) <= OWED_MS => out.push(remote),
                _ => self.push(Op::Delete(OWED, key)),
            }
        }
        Some(out)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let State::Open(db) = &*self.state.borrow() {
            let ops = self.queue.take();
            if !ops.is_empty() {
                let _ = db.write(&ops);
            }
        }
    }
}

fn owed_key(scope: &str, remote: &Remote) -> JsValue {
    let key = Array::of2(&scope.into(), &(&remote.upload_id).into());
    key.unchecked_into()
}
