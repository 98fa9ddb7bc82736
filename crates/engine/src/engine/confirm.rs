//! Whether an object that is in the way is the file's own: its answer was lost, it was sent again to the same key, and a store
//! that was told to keep what is there (`If-None-Match: *`) said 412.

use alloc::{rc::Rc, vec::Vec};

use super::{Engine, State};
use crate::{
    Algorithm, Answer, Ask, Class, Command, Failure, FileId, JobId, Remote, Report, Time, XmlAnswer, judge::success,
};

impl Engine {
    /// Has the source look at what is there. Without the failure where it cannot, or where nothing could prove whose it is.
    pub(super) fn confirm(&mut self, now: Time, id: FileId, before: JobId, failure: &Failure) -> bool {
        let Some(entry) = self.files.get_mut(id).filter(|_| self.options.multipart.available) else { return false };
        let State::Sending { job, parameters, .. } = &mut entry.state else { return false };
        // An MD5 is nothing that a store can be asked for.
        let ours = parameters.checksum.filter(|ours| ours.algorithm() != Algorithm::Md5);
        let (Some(ours), Some(key)) = (ours, parameters.key.clone()) else { return false };
        *job = JobId::take(&mut self.next_job);
        let (job, size) = (*job, entry.new.size);
        entry.confirms = Some(job);
        // For when nobody knows.
        entry.failure = Some(failure.clone());
        self.jobs.remove(before);
        self.jobs.insert(job, id);
        let remote = Rc::new(Remote { key, checksum: Some(ours.algorithm()), ..Remote::default() });
        let ask = Ask::Complete { remote, parts: Vec::new(), size, checksum: ours.base64() };
        self.command(Command::Ask { job, file: id, ask });
        // The store may have answered before it had read all of it, but all of it had left the first time.
        self.body_sent(now, id);
        self.arm_stall(now, id);
        true
    }

    /// Whether a report answers that question; if so it was dealt with.
    pub(super) fn confirmation(&mut self, now: Time, job: JobId, report: &Report) -> bool {
        let Some(id) = self.jobs.get(job).copied() else { return false };
        let Some(entry) = self.files.get(id) else { return false };
        let (Some(unconfirmed), State::Sending { parameters, .. }) = (&entry.failure, &entry.state) else {
            return false;
        };
        if entry.confirms != Some(job) {
            return false;
        }
        let failure = match report {
            // Only a checksum proves it: anyone can say yes.
            Report::Completed(said) if parameters.checksum.is_some_and(|ours| said.checksum == ours.base64()) => {
                let answer = Answer { status: 200, etag: said.etag.clone(), ..Answer::default() };
                let response = success(parameters, &answer, XmlAnswer::default(), parameters.checksum.as_ref());
                self.jobs.remove(job);
                self.disarm(id);
                self.succeed(id, response);
                return true;
            }
            Report::Failed(failure)
                if matches!(failure.class, Class::Retry | Class::Slow) && !self.is_spent(id)
                    || failure.class == Class::Resign && !entry.resigned =>
            {
                let failure = failure.clone();
                // It is sent again, to the same 412, and asked for again.
                self.keep_for_again(id);
                failure
            }
            Report::Completed(_) | Report::Failed(_) => unconfirmed.clone(),
            _ => {
                self.arm_stall(now, id);
                return true;
            }
        };
        self.jobs.remove(job);
        self.after_failure(now, id, failure);
        true
    }
}
