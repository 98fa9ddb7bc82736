//! The books: what must be true of the engine, kept apart from it. Fed with everything that goes in and comes out; every
//! wrong entry is a panic. The numbers I1 … I9 are those of the project's list of invariants, below.
//!
//! | | invariant | where |
//! |---|---|---|
//! | I1 | success means that the object has the file's bytes | `World::confirmed` |
//! | I2 | one end for each file of each upload, one `Complete` for each upload | [`Books::event`] |
//! | I3 | nothing is sent for a file that is removed, and what was in the air is aborted | `World::perform`, `World::check` |
//! | I4 | jobs in the air ≤ limit | `World::perform` |
//! | I5 | progress never falls within an attempt, and is 100 % only when done | `World::check` |
//! | I6 | retries ≤ ladder for each file and ≤ the shared budget | [`Books::failed`] |
//! | I7 | an address is used once, by its own file, as soon as it is there | `World::send` |
//! | I9 | when the faults stop everything finishes in bounded time | `World::calm` |

use std::collections::BTreeMap;

use filechute_engine::{Class, Engine, FileId, Phase, UploadEvent, UploadId};

/// What is known of one file.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) size: u64,
    /// Takes part in an upload that has not ended for it.
    open: Option<UploadId>,
    /// Whether an upload was ever started for it.
    pub(crate) started: bool,
    retries: u32,
    resigned: bool,
    /// Failures in a row at once after the start, from a store that never answered.
    refusals: u32,
    /// It must be given up in this step.
    doomed: bool,
    /// It must succeed in this step.
    confirmed: bool,
}

#[derive(Debug, Default)]
struct Batch {
    open: usize,
    successful: Vec<FileId>,
    failed: Vec<FileId>,
}

/// How a job failed.
pub(crate) struct Setback {
    pub(crate) class: Class,
    /// There was no answer, and the engine believed to be offline.
    pub(crate) offline: bool,
    /// It was a deadline's end.
    pub(crate) timeout: bool,
    /// For a request to the store: whether it was refused at once by a store that never answered.
    pub(crate) refused: Option<bool>,
}

/// How often things happened, so that a run that tests nothing is noticed.
#[derive(Debug, Default)]
pub(crate) struct Tally(pub(crate) BTreeMap<&'static str, u64>);

impl Tally {
    pub(crate) fn count(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Books {
    pub(crate) pages: BTreeMap<FileId, Page>,
    batches: BTreeMap<UploadId, Batch>,
    budget: u32,
    pub(crate) tally: Tally,
}

impl Books {
    pub(crate) fn new() -> Self {
        Self { pages: BTreeMap::new(), batches: BTreeMap::new(), budget: 500, tally: Tally::default() }
    }

    /// A job that was in the air failed: what must follow?
    pub(crate) fn failed(&mut self, id: FileId, setback: &Setback, ladder: usize) {
        let page = self.pages.get_mut(&id).expect("a failure of a file that is there");
        if let Some(refused) = setback.refused {
            page.refusals = if refused { page.refusals + 1 } else { 0 };
        }
        let retry = matches!(setback.class, Class::Retry | Class::Slow);
        if page.refusals >= 3 {
            self.tally.count("diagnosed as CORS");
            page.doomed = true;
        } else if setback.offline && setback.class == Class::Retry {
            self.tally.count("waited for the network");
            page.resigned = false;
        } else if setback.class == Class::Resign && !page.resigned {
            self.tally.count("signed again");
            page.resigned = true;
        } else if retry && (page.retries as usize) < ladder {
            let cost = if setback.timeout { 10 } else { 5 };
            match self.budget.checked_sub(cost) {
                Some(rest) => {
                    self.tally.count("retried");
                    self.budget = rest;
                    page.retries += 1;
                    page.resigned = false;
                }
                None => {
                    self.tally.count("budget spent");
                    page.doomed = true;
                }
            }
        } else {
            page.doomed = true;
        }
    }

    /// The store confirmed it, and the driver said so while the job was in the air.
    pub(crate) fn confirmed(&mut self, id: FileId) {
        self.budget = (self.budget + 5).min(500);
        self.pages.get_mut(&id).expect("a success of a file that is there").confirmed = true;
    }

    pub(crate) fn event(&mut self, engine: &Engine, event: &UploadEvent) {
        match event {
            UploadEvent::FileAdded(id) => {
                let size = engine.file(*id).expect("an added file").size;
                let before = self.pages.insert(*id, Page { size, ..Page::default() });
                assert!(before.is_none(), "id {id} was used twice");
            }
            UploadEvent::FileRemoved(last) => {
                let page = self.pages.remove(&last.id).expect("a removed file was there");
                self.close(page.open, |_| {});
                self.tally.count("removed");
            }
            UploadEvent::Upload { upload, files } => {
                for id in files {
                    let page = self.pages.get_mut(id).expect("files of an upload are there");
                    assert_eq!(page.open, None, "file {id} begins while it is under way");
                    *page = Page { size: page.size, open: Some(*upload), started: true, ..Page::default() };
                }
                let before = self.batches.insert(*upload, Batch { open: files.len(), ..Batch::default() });
                assert!(before.is_none(), "upload {upload} began twice");
            }
            UploadEvent::UploadSuccess(id) => {
                let page = self.pages.get_mut(id).expect("a success of a file that is there");
                assert!(page.confirmed, "I1: success of file {id} that the store did not confirm");
                page.confirmed = false;
                let open = page.open.take();
                assert!(open.is_some(), "I2: file {id} ended twice");
                self.close(open, |batch| batch.successful.push(*id));
                self.tally.count("succeeded");
            }
            UploadEvent::UploadError(id) => {
                let page = self.pages.get_mut(id).expect("a failure of a file that is there");
                assert!(page.doomed, "file {id} was given up too early");
                page.doomed = false;
                let open = page.open.take();
                assert!(open.is_some(), "I2: file {id} ended twice");
                self.close(open, |batch| batch.failed.push(*id));
                self.tally.count("given up");
            }
            UploadEvent::Complete { upload, successful, failed } => {
                let batch = self.batches.remove(upload).expect("I2: an upload completes once");
                assert_eq!(batch.open, 0, "I2: upload {upload} completed early");
                assert_eq!((successful, failed), (&batch.successful, &batch.failed), "upload {upload}");
                self.tally.count("completed");
            }
            UploadEvent::UploadPause { file, paused } => {
                assert_eq!(engine.phase(*file) == Some(Phase::Paused), *paused);
                self.let_go(*file);
            }
            UploadEvent::UploadStalled { .. } => self.tally.count("stalled"),
            UploadEvent::Online => self.tally.count("online"),
            UploadEvent::Offline => self.tally.count("offline"),
            _ => {}
        }
    }

    /// A pause ends the attempt: the next one has its own free signature.
    pub(crate) fn let_go(&mut self, id: FileId) {
        self.pages.get_mut(&id).expect("a file that is there").resigned = false;
    }

    fn close(&mut self, upload: Option<UploadId>, note: impl FnOnce(&mut Batch)) {
        let Some(upload) = upload else { return };
        let batch = self.batches.get_mut(&upload).expect("I2: the upload of an open file is open");
        batch.open -= 1;
        note(batch);
    }

    /// After everything was drained: nothing is owed, and the sums are right.
    pub(crate) fn check(&self, engine: &Engine) {
        for (upload, batch) in &self.batches {
            assert!(batch.open > 0, "I2: upload {upload} did not complete");
        }
        let totals = engine.totals();
        let mut counts = [0_u32; Phase::COUNT];
        let (mut added, mut started, mut uploaded) = (0, 0, 0);
        assert!(engine.file_ids().eq(self.pages.keys().copied()), "files differ");
        for (id, page) in &self.pages {
            let file = engine.file(*id).expect("a file that is there");
            assert!(!page.doomed, "I6: file {id} goes on after its last chance, as {}", file.phase.name());
            assert!(!page.confirmed, "file {id} is {} though the store confirmed it", file.phase.name());
            let ended = matches!(file.phase, Phase::Done | Phase::Failed);
            assert_eq!(page.open.is_some(), page.started && !ended, "I2: file {id} is {}", file.phase.name());
            assert!(ended || file.retries == page.retries, "I6: file {id}: {} retries", file.retries);
            assert!(file.bytes_uploaded <= file.size, "I5: file {id} sent too much");
            assert_eq!(file.percentage() == 100, file.phase == Phase::Done, "I5: file {id}");
            let moving = matches!(file.phase, Phase::Sending | Phase::Finishing | Phase::Done);
            assert!(moving || file.bytes_uploaded == 0, "I5: file {id} shows bytes of an attempt that is over");
            counts[file.phase as usize] += 1;
            added += file.size;
            if page.started {
                started += file.size;
                uploaded += file.bytes_uploaded;
            } else {
                assert_eq!(file.bytes_uploaded, 0);
            }
        }
        let phases = [
            Phase::Idle,
            Phase::Queued,
            Phase::Preparing,
            Phase::Sending,
            Phase::Finishing,
            Phase::BackingOff,
            Phase::Paused,
            Phase::Done,
            Phase::Failed,
        ];
        for phase in phases {
            assert_eq!(totals.count(phase), counts[phase as usize], "files that are {}", phase.name());
        }
        let sums = (totals.files as usize, totals.bytes_added, totals.bytes_total, totals.bytes_uploaded);
        assert_eq!(sums, (self.pages.len(), added, started, uploaded), "totals");
        let all = self.pages.values().filter(|page| page.started).count();
        let done = totals.count(Phase::Done) as usize;
        assert_eq!(totals.percentage() == 100, all > 0 && all == done, "{totals:?}");
    }
}
