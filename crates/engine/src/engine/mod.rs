//! The state machine. This file holds its state and the few functions through which every change goes; the verbs of the
//! application are in `verbs`, those of the driver in `reports`, starting work and deadlines in `schedule`.

mod confirm;
mod multi;
mod owed;
mod parts;
mod rare;
mod reports;
mod schedule;
mod setbacks;
mod verbs;

use alloc::{borrow::ToOwned, boxed::Box, collections::VecDeque, rc::Rc, string::String, vec::Vec};

pub use rare::Extras;

use crate::{
    Changes, Command, Failure, FileId, JobId, Kind, Meta, NewFile, Options, Output, Phase, Report, Table, Time, Totals,
    UploadEvent, UploadFile, UploadId, UploadParameters, UploadResponse,
    doctor::Sent,
    retry::{Budget, Jitter},
    totals::Speed,
};

/// The upload logic. See the crate's page for how to drive it.
#[derive(Debug)]
pub struct Engine {
    options: Options,
    /// What files in parts and explanations need; asked for when it is first missed.
    extras: Option<Extras>,
    asked_for_extras: bool,
    /// Reports that wait for them, of jobs that are in the air.
    waiting: Vec<(JobId, Time, Report)>,
    files: Table<Box<Entry>>,
    jobs: Table<FileId>,
    /// Those that are not over; a page has few.
    uploads: Vec<(UploadId, Upload)>,
    /// Files that may start, in order: those under way before go first. Keys by [`in_line`].
    ready: Table<FileId>,
    /// Files in parts that have a part to start, by place.
    wanting: Table<FileId>,
    /// Uploads at the store to be forgotten, and questions whose file is gone.
    owed: Vec<owed::Owed>,
    orphans: Vec<owed::Orphan>,
    /// By hashes over names, sizes and dates what is here, to refuse the same file twice.
    known: Table<FileId>,
    /// When to look at a file again, the next one last. Lazy: an entry may be earlier than the file's own deadline, never later.
    timers: Vec<(Time, FileId)>,
    /// Each with its place among both.
    events: VecDeque<(u64, Output)>,
    commands: VecDeque<(u64, Output)>,
    next_output: u64,
    dirty: Vec<FileId>,
    totals_dirty: bool,
    totals: Totals,
    speed: Speed,
    jitter: Jitter,
    budget: Budget,
    network: Network,
    /// Requests allowed at once now: at most `options.limit`, fewer after the store asked to slow down.
    allowed: usize,
    /// Origins that have answered, so that a later status 0 is not blamed on CORS.
    answered: Vec<String>,
    auto_upload_at: Option<Time>,
    taking_in: bool,
    /// All was paused meanwhile: what was taken in does not start by itself.
    taken_in_held: bool,
    closed_to_new: bool,
    now: Time,
    /// What the driver's time 0 is in milliseconds since 1970.
    epoch_ms: u64,
    next_file: FileId,
    next_job: JobId,
    next_upload: UploadId,
    next_place: u64,
}

#[derive(Debug)]
struct Entry {
    new: NewFile,
    state: State,
    phase: Phase,
    upload: Option<UploadId>,
    /// Fields of the present parameters and the key: shown with the meta, never sent back to the host.
    answered_meta: Meta,
    /// What is known of its multipart upload, kept through pauses and failures.
    multi: Option<Box<multi::Multi>>,
    /// Place in line, kept for life: a file that comes back goes where it was.
    place: u64,
    bytes_uploaded: u64,
    /// When an upload with it began, in milliseconds since 1970.
    started_ms: Option<u64>,
    retries: u32,
    /// Fresh parameters were already asked for once for free in this attempt.
    resigned: bool,
    /// Parameters of an attempt whose every byte had left when the answer was lost, and their end: the next attempt goes to
    /// the same key, or there might be two objects.
    again: Option<(Rc<UploadParameters>, Option<Time>)>,
    /// The present attempt is such a one.
    sent_again: bool,
    /// The question whether the object that is in the way is this file's.
    confirms: Option<JobId>,
    /// Failures in a row that look like a missing CORS rule.
    cors_like: u32,
    /// When the last of them was counted.
    cors_at: Time,
    failure: Option<Failure>,
    response: Option<UploadResponse>,
    deadline: Option<Time>,
    armed: Option<Time>,
    /// A late deadline was already forgiven once without progress since.
    forgiven: bool,
    dirty: bool,
}

#[derive(Debug)]
enum State {
    /// Nothing in the air and nothing waiting: idle, done, failed.
    Resting,
    Queued {
        fresh: bool,
    },
    Preparing {
        job: JobId,
    },
    Sending {
        job: JobId,
        started: Time,
        body_sent: bool,
        expires_at: Option<Time>,
        parameters: Rc<UploadParameters>,
    },
    /// In parts: see the entry's `multi`.
    Multi,
    /// To go in parts once [`Engine::equip`] was called.
    Held,
    BackingOff,
    Paused,
}

#[derive(Debug, Default)]
struct Upload {
    open: usize,
    successful: Vec<FileId>,
    failed: Vec<FileId>,
}

#[derive(Debug)]
struct Network {
    online: bool,
    /// While offline one file at a time tries its luck, since browsers are often wrong about being offline.
    probe_at: Option<Time>,
    probe_delay_ms: u64,
}

impl Engine {
    /// An engine with nothing in it. `seed` feeds the jitter: the same seed and inputs give the same outputs.
    #[must_use]
    pub fn new(options: Options, seed: u32) -> Self {
        Self { extras: Some(Extras::ALL), ..Self::bare(options, seed) }
    }

    /// The same without what most uploads never need: it is asked for by [`Command::Equip`] when a file is to go in parts, and
    /// until then failures go without an explanation.
    #[must_use]
    pub fn bare(options: Options, seed: u32) -> Self {
        let allowed = limit_of(&options);
        Self {
            options,
            extras: None,
            asked_for_extras: false,
            waiting: Vec::new(),
            files: Table::new(),
            jobs: Table::new(),
            uploads: Vec::new(),
            ready: Table::new(),
            wanting: Table::new(),
            owed: Vec::new(),
            orphans: Vec::new(),
            known: Table::new(),
            timers: Vec::new(),
            events: VecDeque::new(),
            commands: VecDeque::new(),
            next_output: 0,
            dirty: Vec::new(),
            totals_dirty: false,
            totals: Totals { online: true, ..Totals::default() },
            speed: Speed::default(),
            jitter: Jitter::new(seed),
            budget: Budget::new(),
            network: Network { online: true, probe_at: None, probe_delay_ms: 0 },
            allowed,
            answered: Vec::new(),
            auto_upload_at: None,
            taking_in: false,
            taken_in_held: false,
            closed_to_new: false,
            now: Time(0),
            epoch_ms: 0,
            next_file: FileId(1),
            next_job: JobId(1),
            next_upload: UploadId(1),
            next_place: 0,
        }
    }

    /// Says what the driver's time 0 is in milliseconds since 1970, for what is shown with a date.
    pub fn set_epoch(&mut self, epoch_ms: u64) {
        self.epoch_ms = epoch_ms;
    }

    /// Exchanges the list of origins that have answered for one that the uploaders of a page share: lent around each report, it spares
    /// the second uploader from blaming CORS where the first one was answered.
    pub fn swap_answered(&mut self, origins: &mut Vec<String>) {
        core::mem::swap(&mut self.answered, origins);
    }

    /// The next thing to do or to tell, in the order they came up, until there is none.
    pub fn poll(&mut self) -> Option<Output> {
        let event = self.events.front().map_or(u64::MAX, |(at, _)| *at);
        match self.commands.front() {
            Some((at, _)) if *at < event => self.poll_command(),
            _ => self.poll_event(),
        }
    }

    /// The next thing to do, before anything is told: for drivers that take their time with a long list of events. Clocks run
    /// from when a command comes up.
    pub fn poll_command(&mut self) -> Option<Output> {
        self.commands.pop_front().map(|(_, command)| command)
    }

    /// The next thing to tell.
    pub fn poll_event(&mut self) -> Option<Output> {
        self.events.pop_front().map(|(_, event)| event)
    }

    /// When [`Engine::on_deadline`] wants to be called; calling it early or late is harmless.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Time> {
        let timer = self.timers.last().map(|(at, _)| *at);
        // A probe matters only while something waits for it.
        let waits = !self.ready.is_empty() || !self.wanting.is_empty();
        let probe = self.network.probe_at.filter(|_| waits && self.jobs.is_empty());
        [timer, probe, self.auto_upload_at, self.rare().and_then(|rare| (rare.owed_deadline)(self))]
            .into_iter()
            .flatten()
            .min()
    }

    /// What moved since the last call. Samples the speed, so call it at a steady pace while files are active.
    pub fn take_changes(&mut self, now: Time) -> Changes {
        let before = (self.totals.speed, self.totals.eta_ms);
        self.speed.sample(now.max(self.now), &mut self.totals);
        let totals = self.totals_dirty || before != (self.totals.speed, self.totals.eta_ms);
        self.totals_dirty = false;
        let files = core::mem::take(&mut self.dirty);
        for id in &files {
            if let Some(entry) = self.files.get_mut(*id) {
                entry.dirty = false;
            }
        }
        Changes { files, totals }
    }

    /// Whether [`Engine::take_changes`] has something to say.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.totals_dirty || !self.dirty.is_empty()
    }

    /// A snapshot of one file.
    #[must_use]
    pub fn file(&self, id: FileId) -> Option<UploadFile> {
        self.files.get(id).map(|entry| entry.snapshot(id))
    }

    /// Ids of all files in the order they were added.
    pub fn file_ids(&self) -> impl DoubleEndedIterator<Item = FileId> + '_ {
        self.files.keys().filter_map(|id| u32::try_from(id).ok()).map(FileId)
    }

    /// The meta that the application gave a file, without what hosts answered: what a host may be told.
    #[must_use]
    pub fn own_meta(&self, id: FileId) -> Option<&Meta> {
        self.files.get(id).map(|entry| &entry.new.meta)
    }

    /// Where a file stands, without the cost of a snapshot.
    #[must_use]
    pub fn phase(&self, id: FileId) -> Option<Phase> {
        self.files.get(id).map(|entry| entry.phase)
    }

    /// Sums over all files.
    #[must_use]
    pub const fn totals(&self) -> &Totals {
        &self.totals
    }

    /// The options in force.
    #[must_use]
    pub const fn options(&self) -> &Options {
        &self.options
    }

    /// Jobs in the air.
    #[must_use]
    pub fn in_air(&self) -> usize {
        self.jobs.len()
    }

    // ── the few functions through which every change goes ──────────────────────────────────────────────────────────

    fn tell(&mut self, event: UploadEvent) {
        self.next_output = self.next_output.saturating_add(1);
        // Of one type with the commands: each kind of queue is code of its own.
        self.events.push_back((self.next_output, Output::Event(event)));
    }

    fn command(&mut self, command: Command) {
        self.next_output = self.next_output.saturating_add(1);
        self.commands.push_back((self.next_output, Output::Command(command)));
    }

    /// Time never runs backwards in here, whatever the driver's clock does.
    fn observe(&mut self, now: Time) -> Time {
        self.now = self.now.max(now);
        self.now
    }

    fn touch(&mut self, id: FileId) {
        self.totals_dirty = true;
        if let Some(entry) = self.files.get_mut(id)
            && !entry.dirty
        {
            entry.dirty = true;
            self.dirty.push(id);
        }
    }

    /// The one way into a state: keeps the line, the totals and the dirty list true. The caller has halted the file.
    fn enter(&mut self, id: FileId, state: State, phase: Phase) {
        let Some(entry) = self.files.get_mut(id) else { return };
        if let State::Queued { fresh } = entry.state {
            self.ready.remove(in_line(fresh, entry.place));
        }
        if let State::Queued { fresh } = state {
            self.ready.insert(in_line(fresh, entry.place), id);
        }
        let left = entry.new.size.wrapping_sub(entry.bytes_uploaded);
        self.totals.leaves(entry.phase, left);
        self.totals.comes(phase, left);
        entry.state = state;
        entry.phase = phase;
        self.touch(id);
    }

    fn set_bytes(&mut self, id: FileId, bytes: u64) {
        let Some(entry) = self.files.get_mut(id) else { return };
        let counted = entry.upload.is_some();
        let before = core::mem::replace(&mut entry.bytes_uploaded, bytes);
        if counted {
            self.totals.bytes_uploaded = self.totals.bytes_uploaded.saturating_sub(before).saturating_add(bytes);
        }
        self.touch(id);
    }

    /// Takes down what a file has in the air and its deadline. Pause, retry, removal, stall and offline all use it.
    fn halt(&mut self, id: FileId) {
        self.disarm(id);
        if self.files.get(id).is_some_and(|entry| entry.multi.is_some() && entry.phase.active())
            && let Some(rare) = self.rare()
        {
            return (rare.ground)(self, id);
        }
        let Some(entry) = self.files.get(id) else { return };
        // Somebody answered, if only to say no: nothing was lost.
        if !matches!(entry.state, State::Sending { job, .. } if self.waits(job)) {
            self.keep_for_again(id);
        }
        let Some(entry) = self.files.get(id) else { return };
        let unconfirmed = entry.bytes_uploaded > 0 && entry.phase.active();
        if let State::Preparing { job } | State::Sending { job, .. } = entry.state {
            self.jobs.remove(job);
            self.command(Command::Abort { job });
        }
        if unconfirmed {
            self.set_bytes(id, 0);
        }
    }

    fn arm(&mut self, id: FileId, at: Time) {
        let Some(entry) = self.files.get_mut(id) else { return };
        entry.deadline = Some(at);
        if entry.armed.is_none_or(|armed| armed > at) {
            let before = entry.armed.replace(at);
            if let Some(before) = before {
                self.unset((before, id));
            }
            if let Err(place) = self.timer((at, id)) {
                self.timers.insert(place, (at, id));
            }
        }
    }

    fn disarm(&mut self, id: FileId) {
        let Some(entry) = self.files.get_mut(id) else { return };
        entry.deadline = None;
        if let Some(armed) = entry.armed.take() {
            self.unset((armed, id));
        }
    }

    fn unset(&mut self, timer: (Time, FileId)) {
        if let Ok(place) = self.timer(timer) {
            self.timers.remove(place);
        }
    }

    fn timer(&self, timer: (Time, FileId)) -> Result<usize, usize> {
        self.timers.binary_search_by(|known| timer.cmp(known))
    }

    /// A file of an upload came to its end: done, failed or removed (`None`).
    fn settle(&mut self, id: FileId, upload: UploadId, success: Option<bool>) {
        let Some(at) = self.uploads.iter().position(|(known, _)| *known == upload) else { return };
        let Some((_, batch)) = self.uploads.get_mut(at) else { return };
        batch.open = batch.open.saturating_sub(1);
        match success {
            Some(true) => batch.successful.push(id),
            Some(false) => batch.failed.push(id),
            None => {}
        }
        if batch.open == 0 {
            let (_, Upload { successful, failed, .. }) = self.uploads.swap_remove(at);
            self.tell(UploadEvent::Complete { upload, successful, failed });
        }
    }

    fn give_up(&mut self, id: FileId, failure: Failure) {
        let Some(entry) = self.files.get_mut(id) else { return };
        entry.failure = Some(failure.lasting());
        let upload = entry.upload;
        // A file that is not what it was must not be mixed with what is there of it.
        if entry.failure.as_ref().is_some_and(|failure| failure.kind == Kind::File) {
            self.forget_parts(id);
        }
        self.set_bytes(id, 0);
        self.enter(id, State::Resting, Phase::Failed);
        self.tell(UploadEvent::UploadError(id));
        if let Some(upload) = upload {
            self.settle(id, upload, Some(false));
        }
    }
}

/// A key of the line: place in the order of adding, files that never started behind those that did.
const fn in_line(fresh: bool, place: u64) -> u64 {
    place | if fresh { 1 << 63 } else { 0 }
}

fn limit_of(options: &Options) -> usize {
    match options.limit {
        0 => usize::MAX,
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    }
}

impl Entry {
    fn new(new: NewFile, place: u64) -> Self {
        Self {
            new,
            state: State::Resting,
            phase: Phase::Idle,
            upload: None,
            answered_meta: Meta::new(),
            multi: None,
            place,
            bytes_uploaded: 0,
            started_ms: None,
            retries: 0,
            resigned: false,
            again: None,
            sent_again: false,
            confirms: None,
            cors_like: 0,
            cors_at: Time(0),
            failure: None,
            response: None,
            deadline: None,
            armed: None,
            forgiven: false,
            dirty: false,
        }
    }

    /// A hash over what makes two files "the same", as in Uppy's file ids (FNV-1a, 64 bits). A collision, by chance one
    /// in 10¹¹ for 10,000 files, would refuse a file as a duplicate.
    fn fingerprint(new: &NewFile) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut feed = |bytes: &[u8]| {
            // 0xFF is in no UTF-8 text: it keeps the parts apart.
            for byte in bytes.iter().chain(&[0xFF]) {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        };
        // ASCII only: the tables for all of Unicode weigh more than all file names that differ in nothing else.
        feed(new.name.to_ascii_lowercase().as_bytes());
        feed(new.mime.as_bytes());
        feed(new.relative_path.as_deref().unwrap_or_default().as_bytes());
        feed(&new.size.to_le_bytes());
        feed(&new.last_modified.to_le_bytes());
        hash
    }

    fn snapshot(&self, id: FileId) -> UploadFile {
        let mut meta = self.new.meta.clone();
        meta.extend(self.answered_meta.clone());
        UploadFile {
            id,
            name: self.new.name.clone(),
            mime: self.new.mime.clone(),
            size: self.new.size,
            last_modified: self.new.last_modified,
            relative_path: self.new.relative_path.clone(),
            meta,
            phase: self.phase,
            bytes_uploaded: self.bytes_uploaded,
            started_ms: self.started_ms,
            retries: self.retries,
            failure: self.failure.clone(),
            response: self.response.clone(),
        }
    }

    /// What a request carries: the file, or a part of so many bytes.
    fn sent(&self, part: Option<u64>) -> Sent<'_> {
        match part {
            Some(size) => Sent { size, mime: "" },
            None => Sent { size: self.new.size, mime: &self.new.mime },
        }
    }

    fn merge_meta(&mut self, more: Meta) {
        self.new.meta.extend(more);
        // What was signed before has the old ones.
        self.again = None;
    }

    /// The retry ladder starts at its foot.
    fn refresh(&mut self) {
        self.retries = 0;
        self.resigned = false;
        self.cors_like = 0;
        self.failure = None;
    }
}

/// Meta of a new file: the caller's own, then name and type, which it cannot override (as in Uppy).
fn base_meta(new: &mut NewFile) {
    new.meta.insert("name".to_owned(), new.name.clone());
    new.meta.insert("type".to_owned(), new.mime.clone());
    if let Some(path) = &new.relative_path {
        new.meta.insert("relativePath".to_owned(), path.clone());
    }
}
