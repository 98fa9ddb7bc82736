//! Verbs of the application. Every one is idempotent; an unknown id does nothing and says so by its return value.

use alloc::{borrow::ToOwned, boxed::Box, string::String, vec::Vec};

use super::{Engine, Entry, State, Upload, base_meta, in_line, limit_of};
use crate::{
    Class, Failure, FileId, Kind, Meta, NewFile, Options, Phase, Rejection, RejectionReason, Table, Time, UploadEvent,
    UploadId,
};

/// Files added together start together (Uppy's own value for `autoProceed`).
const AUTO_PROCEED_AFTER_MS: u64 = 4;

impl Engine {
    /// Takes a file in.
    ///
    /// # Errors
    /// The rule it breaks; nothing has changed then.
    pub fn add(&mut self, now: Time, mut file: NewFile) -> Result<FileId, Rejection> {
        let now = self.observe(now);
        let check = self.check(&file);
        if let Err(reason) = check {
            return Err(Rejection::new(reason, &file.name));
        }
        base_meta(&mut file);
        let id = FileId::take(&mut self.next_file);
        self.known.insert(Entry::fingerprint(&file), id);
        self.next_place = self.next_place.saturating_add(1);
        self.totals.files = self.totals.files.saturating_add(1);
        self.totals.bytes_added = self.totals.bytes_added.saturating_add(file.size);
        self.totals.comes(Phase::Idle, 0);
        self.files.insert(id, Box::new(Entry::new(file, self.next_place)));
        self.touch(id);
        self.tell(UploadEvent::FileAdded(id));
        self.proceed_soon(now);
        Ok(id)
    }

    /// Whether more files are on their way in: a long list, a folder that is being read. With `auto_proceed`, nothing starts
    /// by itself before the last of them is in, and then all in one batch; nor then, where all was paused meanwhile.
    pub fn set_taking_in(&mut self, now: Time, taking_in: bool) {
        let now = self.observe(now);
        if self.taking_in == taking_in {
            return;
        }
        self.taking_in = taking_in;
        self.auto_upload_at = None;
        if !core::mem::take(&mut self.taken_in_held) {
            self.proceed_soon(now);
        }
    }

    fn proceed_soon(&mut self, now: Time) {
        if self.options.auto_proceed && !self.taking_in && self.totals.count(Phase::Idle) > 0 {
            self.auto_upload_at = Some(now.after(AUTO_PROCEED_AFTER_MS));
        }
    }

    /// Whether a file would be taken in. Errors as [`Engine::add`].
    fn check(&self, file: &NewFile) -> Result<(), RejectionReason> {
        if self.closed_to_new && !self.options.allow_multiple_upload_batches {
            return Err(RejectionReason::NoMoreFiles);
        }
        let restrictions = &self.options.restrictions;
        restrictions.check_file(file)?;
        if self.known.get(Entry::fingerprint(file)).is_some() {
            return Err(RejectionReason::Duplicate);
        }
        restrictions.check_room(self.files.len(), self.totals.bytes_added, file.size)
    }

    /// Starts every file that waits for it, failed ones first, and names the batch. It ends in one
    /// [`UploadEvent::Complete`], at once when there was nothing to do.
    ///
    /// # Errors
    /// Too few files, or `allowMultipleUploadBatches` is off and this would be a second batch.
    pub fn upload(&mut self, now: Time) -> Result<UploadId, Rejection> {
        self.observe(now);
        self.auto_upload_at = None;
        self.taken_in_held = false;
        let failed = self.in_phase(Phase::Failed);
        let idle = self.in_phase(Phase::Idle);
        if self.closed_to_new && !self.options.allow_multiple_upload_batches && !idle.is_empty() {
            return Err(Rejection::new(RejectionReason::NoMoreFiles, ""));
        }
        if let Some(min) = self.options.restrictions.min_number_of_files
            && self.totals.files < min
        {
            return Err(Rejection::new(RejectionReason::MinCount { min }, ""));
        }
        self.closed_to_new = self.closed_to_new || !idle.is_empty();
        let files = [failed, idle].concat();
        Ok(self.begin(now, files))
    }

    /// Tries one failed file again, from the foot of the ladder.
    pub fn retry(&mut self, now: Time, id: FileId) -> Option<UploadId> {
        self.observe(now);
        if self.phase(id) != Some(Phase::Failed) {
            return None;
        }
        self.tell(UploadEvent::UploadRetry(id));
        Some(self.begin(now, [id].to_vec()))
    }

    /// Tries all failed files again. Files that are well or under way are left alone.
    pub fn retry_all(&mut self, now: Time) -> UploadId {
        self.observe(now);
        let files = self.in_phase(Phase::Failed);
        self.tell(UploadEvent::RetryAll(files.clone()));
        self.begin(now, files)
    }

    /// Holds a file. What was sent of it in a single request is void.
    pub fn pause(&mut self, now: Time, id: FileId) -> bool {
        self.observe(now);
        let held = self.hold(id);
        if held {
            self.tell(UploadEvent::UploadPause { file: id, paused: true });
            self.turn();
        }
        held
    }

    /// Lets a held file go on, ahead of files that never started.
    pub fn resume(&mut self, now: Time, id: FileId) -> bool {
        self.observe(now);
        let released = self.release(id);
        if released {
            self.tell(UploadEvent::UploadPause { file: id, paused: false });
            self.turn();
        }
        released
    }

    /// Holds every file that is under way or waiting.
    pub fn pause_all(&mut self, now: Time) {
        self.observe(now);
        self.auto_upload_at = None;
        self.taken_in_held = self.taking_in;
        for id in self.those(&|entry| entry.phase.active()) {
            self.hold(id);
        }
        self.tell(UploadEvent::PauseAll);
    }

    /// Lets every held file go on.
    pub fn resume_all(&mut self, now: Time) {
        let now = self.observe(now);
        for id in self.in_phase(Phase::Paused) {
            self.release(id);
        }
        self.taken_in_held = false;
        self.proceed_soon(now);
        self.tell(UploadEvent::ResumeAll);
        self.turn();
    }

    /// Takes a file out, aborting what it has in the air. Objects already stored stay stored.
    pub fn remove(&mut self, now: Time, id: FileId) -> bool {
        self.observe(now);
        let removed = self.take_out(id);
        if removed {
            self.turn();
        }
        removed
    }

    /// Aborts and takes out everything.
    pub fn cancel_all(&mut self, now: Time) {
        self.tell(UploadEvent::CancelAll);
        self.clear(now);
    }

    /// The same without the word that anything was cancelled.
    pub fn clear(&mut self, now: Time) {
        self.observe(now);
        self.auto_upload_at = None;
        let all = self.those(&|_| true);
        // At once: one by one, out of the middle, a hundred thousand took seconds.
        self.known = Table::new();
        for id in all {
            self.take_out(id);
        }
        self.turn();
    }

    /// Merges `meta` into a file's meta. Requests already on their way keep the old one.
    pub fn set_meta(&mut self, id: FileId, meta: Meta) -> bool {
        let Some(entry) = self.files.get_mut(id) else { return false };
        entry.merge_meta(meta);
        self.touch(id);
        true
    }

    /// Files that wait start in this order from now on. Those that are not named keep their places.
    pub fn reorder(&mut self, order: &[FileId]) {
        let mut files: Vec<FileId> = Vec::new();
        let mut places = Table::new();
        for id in order {
            let Some(entry) = self.files.get(*id) else { continue };
            // No two have the same place: this one was named before.
            if places.insert(entry.place, *id).is_none() {
                files.push(*id);
            }
        }
        // All leave the line before any comes back: they take each other's places.
        let mut wants: Vec<bool> = Vec::new();
        for id in &files {
            let place = self.files.get(*id).map_or(0, |entry| entry.place);
            self.ready.remove(in_line(true, place));
            self.ready.remove(in_line(false, place));
            wants.push(self.wanting.remove(place).is_some());
        }
        for ((id, place), wants) in files.into_iter().zip(places.keys()).zip(wants) {
            let Some(entry) = self.files.get_mut(id) else { continue };
            entry.place = place;
            if let State::Queued { fresh } = entry.state {
                self.ready.insert(in_line(fresh, place), id);
            }
            if wants {
                self.wanting.insert(place, id);
            }
        }
    }

    /// Puts other options in force. Requests in the air go on; a lower limit takes effect as they end.
    pub fn set_options(&mut self, now: Time, options: Options) {
        let now = self.observe(now);
        let before = core::mem::replace(&mut self.options, options);
        if before.limit != self.options.limit {
            self.allowed = limit_of(&self.options);
        }
        if before.stall_after_ms == self.options.stall_after_ms {
            return self.turn();
        }
        for id in self.those(&|entry| entry.phase.in_air()) {
            if self.files.get(id).is_some_and(|entry| matches!(entry.state, State::Multi)) {
                self.rearm_parts(now, id);
            } else {
                self.arm_stall(now, id);
            }
        }
        self.turn();
    }

    /// The page goes away: stops all that is in the air and says nothing of it. What the store has of files in parts stays
    /// there, so that another page can go on with it ([`Engine::resume_of`]).
    pub fn leave(&mut self, now: Time) {
        self.observe(now);
        self.auto_upload_at = None;
        for id in self.those(&|entry| entry.phase.active()) {
            self.hold(id);
        }
    }

    fn in_phase(&self, phase: Phase) -> Vec<FileId> {
        if self.totals.count(phase) == 0 {
            return Vec::new();
        }
        self.those(&|entry| entry.phase == phase)
    }

    /// Files for which that is true, in the order they were added.
    pub(super) fn those(&self, is: &dyn Fn(&Entry) -> bool) -> Vec<FileId> {
        let those = self.files.iter().filter(|(_, entry)| is(entry));
        those.filter_map(|(id, _)| u32::try_from(id).ok()).map(FileId).collect()
    }

    fn begin(&mut self, now: Time, files: Vec<FileId>) -> UploadId {
        let upload = UploadId::take(&mut self.next_upload);
        let started_ms = self.epoch_ms.saturating_add(self.observe(now).0);
        for id in &files {
            if let Some(entry) = self.files.get_mut(*id) {
                entry.started_ms = Some(started_ms);
            }
        }
        self.tell(UploadEvent::Upload { upload, files: files.clone() });
        if files.is_empty() {
            self.tell(UploadEvent::Complete { upload, successful: Vec::new(), failed: Vec::new() });
            return upload;
        }
        self.uploads.push((upload, Upload { open: files.len(), ..Upload::default() }));
        for id in files {
            let missing = self.missing_meta(id);
            let Some(entry) = self.files.get_mut(id) else { continue };
            if entry.upload.is_none() {
                self.totals.started = self.totals.started.saturating_add(1);
                self.totals.bytes_total = self.totals.bytes_total.saturating_add(entry.new.size);
            }
            entry.upload = Some(upload);
            entry.refresh();
            match missing {
                Some(field) => {
                    let message = ["the meta field ", &field, " is required"].concat();
                    let code = ["meta.", &field].concat();
                    self.give_up(id, Failure::new(Kind::Restriction, &code, Class::Final, &message));
                }
                None => self.enter(id, State::Queued { fresh: true }, Phase::Queued),
            }
        }
        self.observe(now);
        self.turn();
        upload
    }

    fn missing_meta(&self, id: FileId) -> Option<String> {
        let entry = self.files.get(id)?;
        let required = &self.options.restrictions.required_meta_fields;
        required
            .iter()
            .find(|field| entry.new.meta.get(field).is_none_or(|value| value.trim_ascii().is_empty()))
            .map(ToOwned::to_owned)
    }

    fn hold(&mut self, id: FileId) -> bool {
        // Nothing to hold: a file that nobody started stays ready to be started.
        if !self.phase(id).is_some_and(Phase::active) {
            return false;
        }
        self.halt(id);
        self.enter(id, State::Paused, Phase::Paused);
        true
    }

    fn release(&mut self, id: FileId) -> bool {
        let Some(entry) = self.files.get_mut(id).filter(|entry| matches!(entry.state, State::Paused)) else {
            return false;
        };
        entry.resigned = false;
        self.enter(id, State::Queued { fresh: false }, Phase::Queued);
        true
    }

    fn take_out(&mut self, id: FileId) -> bool {
        let Some(last) = self.file(id) else { return false };
        self.halt(id);
        self.forget_parts(id);
        // Leaves the line and the counts the same way as any other change.
        self.enter(id, State::Resting, Phase::Idle);
        let Some(entry) = self.files.remove(id) else { return false };
        self.known.remove(Entry::fingerprint(&entry.new));
        let totals = &mut self.totals;
        totals.leaves(Phase::Idle, 0);
        totals.files = totals.files.saturating_sub(1);
        totals.bytes_added = totals.bytes_added.saturating_sub(entry.new.size);
        if entry.upload.is_some() {
            totals.started = totals.started.saturating_sub(1);
            totals.bytes_total = totals.bytes_total.saturating_sub(entry.new.size);
            totals.bytes_uploaded = totals.bytes_uploaded.saturating_sub(entry.bytes_uploaded);
        }
        if self.files.is_empty() {
            self.closed_to_new = false;
        }
        let open = !matches!(last.phase, Phase::Done | Phase::Failed);
        self.tell(UploadEvent::FileRemoved(Box::new(last)));
        if let Some(upload) = entry.upload.filter(|_| open) {
            self.settle(id, upload, None);
        }
        true
    }
}
