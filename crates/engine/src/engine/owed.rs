//! What a file in parts leaves behind: taking down what it has in the air, and the aborts that are owed to the store.

use alloc::rc::Rc;

use super::{Engine, parts::is_gone, reports::ANSWER_WITHIN_MS};
use crate::{Class, Command, FileId, JobId, Remote, Report, Time, UploadFile};

/// An abort that is owed is tried this often; what is left after that goes when the bucket's lifecycle rule says so.
const ABORT_TRIES: u32 = 3;
/// Aborts remembered at once.
const MOST_OWED: usize = 1_000;

/// An upload at the store that nobody wants any more.
#[derive(Debug)]
pub(super) struct Owed {
    remote: Rc<Remote>,
    file: Rc<UploadFile>,
    tries: u32,
    /// When to try, or how long to wait for the answer.
    at: Time,
    job: Option<JobId>,
}

/// A question about an upload whose file is gone: the answer decides what is owed.
#[derive(Debug)]
pub(super) struct Orphan {
    job: JobId,
    file: Rc<UploadFile>,
    until: Time,
}

impl Engine {
    /// Takes down all that a file in parts has in the air. What the store has stays there.
    pub(super) fn ground(&mut self, id: FileId) {
        let snapshot = self.file(id);
        let Some(entry) = self.files.get_mut(id) else { return };
        let place = entry.place;
        let Some(multi) = entry.multi.as_deref_mut() else { return };
        let (jobs, creating) = multi.ground();
        let done = multi.done_bytes;
        self.wanting.remove(place);
        for job in jobs {
            self.jobs.remove(job);
            self.command(Command::Abort { job });
        }
        if let (Some(job), Some(file)) = (creating, snapshot) {
            // Aborting the request could leave an upload that nobody knows of: its answer is awaited, then aborted.
            let until = self.now.after(self.options.stall_after_ms.max(ANSWER_WITHIN_MS));
            self.orphans.push(Orphan { job, file: Rc::new(file), until });
        }
        self.set_bytes(id, done);
    }

    /// The store is asked to forget what it has of a file.
    pub(super) fn owe_abort(&mut self, id: FileId) {
        let snapshot = self.file(id);
        let Some(entry) = self.files.get_mut(id) else { return };
        // Or one to go on with that nobody came to.
        let earlier = entry.new.resume.take().map(|resume| Rc::new(resume.remote));
        let remote = entry.multi.take().and_then(|multi| multi.remote).or(earlier);
        if let (Some(remote), Some(file)) = (remote, snapshot) {
            self.owe(remote, Rc::new(file));
        }
    }

    /// The question about a file that was held while its upload was being created is its own again when it is let go.
    pub(super) fn take_back(&mut self, id: FileId) -> Option<JobId> {
        let at = self.orphans.iter().position(|orphan| orphan.file.id == id)?;
        Some(self.orphans.swap_remove(at).job)
    }

    pub(super) fn owe(&mut self, remote: Rc<Remote>, file: Rc<UploadFile>) {
        if self.owed.len() < MOST_OWED {
            self.owed.push(Owed { remote, file, tries: 0, at: self.now, job: None });
        }
    }

    /// Whether a job belongs to no file any more; if so its report was dealt with.
    pub(super) fn orphan_report(&mut self, now: Time, job: JobId, report: &Report) -> bool {
        if let Some(at) = self.orphans.iter().position(|orphan| orphan.job == job) {
            // One that an earlier page created stays where it was: the driver keeps it for another time.
            if let Report::Created(_) | Report::Resumed(_) | Report::Failed(_) = report {
                let orphan = self.orphans.swap_remove(at);
                self.jobs.remove(job);
                if let Report::Created(remote) = report {
                    self.owe(Rc::new(remote.clone()), orphan.file);
                }
                self.turn();
            }
            return true;
        }
        if self.confirmation(now, job, report) {
            return true;
        }
        let Some(at) = self.owed.iter().position(|owed| owed.job == Some(job)) else { return false };
        match report {
            Report::Aborted => {
                self.owed.swap_remove(at);
            }
            Report::Failed(failure) if is_gone(failure) || failure.class == Class::Final => {
                self.owed.swap_remove(at);
            }
            Report::Failed(_) => self.abort_failed(now, at),
            _ => return true,
        }
        self.jobs.remove(job);
        self.turn();
        true
    }

    fn abort_failed(&mut self, now: Time, at: usize) {
        let Some(owed) = self.owed.get_mut(at) else { return };
        owed.job = None;
        owed.tries = owed.tries.saturating_add(1);
        if owed.tries >= ABORT_TRIES {
            self.owed.swap_remove(at);
            return;
        }
        let wait = self.jitter.spread(u64::from(owed.tries).saturating_mul(2_000));
        owed.at = now.after(wait);
    }

    /// When an abort that is owed, or an orphan, wants attention.
    pub(super) fn owed_deadline(&self) -> Option<Time> {
        let may = self.network.online && self.jobs.len() < self.allowed;
        let aborts = self.owed.iter().filter(|owed| owed.job.is_some() || may).map(|owed| owed.at);
        aborts.chain(self.orphans.iter().map(|orphan| orphan.until)).min()
    }

    /// Gives up waiting where nobody answers.
    pub(super) fn owed_due(&mut self, now: Time) {
        while let Some(at) = self.orphans.iter().position(|orphan| orphan.until <= now) {
            let orphan = self.orphans.swap_remove(at);
            self.jobs.remove(orphan.job);
            self.command(Command::Abort { job: orphan.job });
        }
        while let Some(at) = self.owed.iter().position(|owed| owed.job.is_some() && owed.at <= now) {
            if let Some(job) = self.owed.get(at).and_then(|owed| owed.job) {
                self.jobs.remove(job);
                self.command(Command::Abort { job });
            }
            self.abort_failed(now, at);
        }
    }

    /// Starts aborts that are owed. Part of `turn`.
    pub(super) fn pay(&mut self) {
        let now = self.now;
        while self.network.online && self.jobs.len() < self.allowed {
            let Some(at) = self.owed.iter().position(|owed| owed.job.is_none() && owed.at <= now) else { return };
            let job = JobId::take(&mut self.next_job);
            let until = now.after(self.options.stall_after_ms.max(ANSWER_WITHIN_MS));
            let Some(owed) = self.owed.get_mut(at) else { return };
            owed.job = Some(job);
            owed.at = until;
            let (file, remote) = (Rc::clone(&owed.file), Rc::clone(&owed.remote));
            self.jobs.insert(job, file.id);
            self.command(Command::AbortUpload { job, file, remote });
        }
    }
}
