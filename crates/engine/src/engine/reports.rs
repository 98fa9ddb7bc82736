//! What the driver reports: a job's progress and end. A report about a job that is not in the air is ignored.

use alloc::{
    boxed::Box,
    rc::Rc,
    string::{String, ToString},
};

use super::{Engine, State};
use crate::judge::{accept, object_address, refuse_unread};
use crate::{
    Answer, CheckedUrl, Class, Command, Failure, FileId, JobId, Kind, Meta, NewFile, Phase, Report, Time, UploadEvent,
    UploadParameters, UploadResponse,
};

/// A request that fails sooner than this never left the machine, or was refused by the browser.
const REFUSED_WITHIN_MS: u64 = 200;
/// Tries given to an origin that looks like it has no CORS rule.
const CORS_TRIES: u32 = 3;
/// S3's answer may take this long after the last byte, or as long as the stall deadline where that is longer.
pub(super) const ANSWER_WITHIN_MS: u64 = 60_000;
/// Origins remembered as having answered.
const ORIGINS_KEPT: usize = 64;

impl Engine {
    /// Takes a report. Late ones, repeated ones and those of aborted jobs do nothing.
    pub fn on_report(&mut self, now: Time, job: JobId, report: Report) {
        self.hear(now, job, report, None);
    }

    /// Takes a report, or has it wait for what is needed to make sense of it. `came`: it did, since then.
    pub(super) fn hear(&mut self, now: Time, job: JobId, report: Report, came: Option<Time>) {
        let now = self.observe(now);
        let Some(id) = self.jobs.get(job).copied() else { return };
        if self.rare().is_some_and(|rare| (rare.orphan_report)(self, now, job, &report)) {
            return;
        }
        if self.files.get(id).is_some_and(|entry| matches!(entry.state, State::Multi))
            && let Some(rare) = self.rare()
        {
            return (rare.parts_report)(self, now, id, job, report);
        }
        match report {
            Report::Busy => self.arm_stall(now, id),
            Report::Progress(bytes) => self.progressed(now, id, bytes),
            Report::BodySent => self.body_sent(now, id),
            Report::Parameters(parameters) if came.is_none() && self.is_worth_a_look(id, &parameters) => {
                self.wait_for_extras(now, id, job, Report::Parameters(parameters));
            }
            Report::Parameters(parameters) => self.prepared((now, came.unwrap_or(now)), id, job, parameters),
            Report::Answer(answer) => self.answered(now, id, job, answer, came),
            Report::Failed(failure) => {
                // To have an explanation when it comes to that.
                self.ask_for_extras();
                self.failed(now, id, job, failure);
            }
            _ => {}
        }
    }

    /// The browser's word on the network. Nothing in the air is touched: browsers are often wrong.
    pub fn on_network(&mut self, now: Time, online: bool) {
        let now = self.observe(now);
        if online == self.network.online {
            return;
        }
        self.network.online = online;
        self.totals.online = online;
        self.totals_dirty = true;
        self.network.probe_delay_ms = super::schedule::FIRST_PROBE_MS;
        self.network.probe_at = (!online).then(|| now.after(super::schedule::FIRST_PROBE_MS));
        self.tell(if online { UploadEvent::Online } else { UploadEvent::Offline });
        if online {
            for id in self.waiting_for_the_line() {
                self.requeue(id);
            }
            if let Some(rare) = self.rare() {
                (rare.parts_online)(self);
            }
        }
        self.turn();
    }

    fn progressed(&mut self, now: Time, id: FileId, bytes: u64) {
        let Some(entry) = self.files.get_mut(id) else { return };
        if !matches!(entry.state, State::Sending { .. }) {
            return;
        }
        let bytes = bytes.min(entry.new.size);
        let before = entry.bytes_uploaded;
        // Progress never falls within an attempt, and repeating the same number is no progress.
        if bytes <= before {
            return;
        }
        entry.forgiven = false;
        self.speed.add(bytes.saturating_sub(before));
        self.set_bytes(id, bytes);
        self.arm_stall(now, id);
    }

    pub(super) fn body_sent(&mut self, now: Time, id: FileId) {
        let Some(entry) = self.files.get_mut(id) else { return };
        let size = entry.new.size;
        let State::Sending { body_sent, .. } = &mut entry.state else { return };
        if core::mem::replace(body_sent, true) {
            return;
        }
        self.progressed(now, id, size);
        if let Some(entry) = self.files.get_mut(id) {
            self.totals.leaves(entry.phase, 0);
            self.totals.comes(Phase::Finishing, 0);
            entry.phase = Phase::Finishing;
        }
        self.touch(id);
        self.arm_stall(now, id);
    }

    /// `came`: when the parameters did, for their time runs.
    fn prepared(&mut self, (now, came): (Time, Time), id: FileId, job: JobId, parameters: Box<UploadParameters>) {
        let preparing = self.files.get(id).is_some_and(|entry| matches!(entry.state, State::Preparing { .. }));
        if !preparing {
            return;
        }
        self.jobs.remove(job);
        let parameters: Rc<UploadParameters> = Rc::from(parameters);
        if let Some(refusal) = self.files.get(id).and_then(|entry| self.refused(&parameters, entry.sent(None))) {
            return self.after_failure(now, id, refusal);
        }
        let expires_at = parameters.expires_in_ms.map(|ms| came.after(ms));
        if came < now && expires_at.is_some_and(|end| end <= now) {
            let failure =
                Failure::new(Kind::Sign, "expired", Class::Resign, "the upload parameters ended while they waited");
            return self.after_failure(now, id, failure);
        }
        let meta: Meta = parameters.fields.iter().filter(|(name, _)| !is_credential(name)).cloned().collect();
        if let Some(entry) = self.files.get_mut(id) {
            entry.answered_meta = meta;
            entry.again = None;
            entry.sent_again = false;
        }
        self.launch(now, id, parameters, expires_at);
    }

    fn launch(&mut self, now: Time, id: FileId, parameters: Rc<UploadParameters>, expires_at: Option<Time>) {
        let job = JobId::take(&mut self.next_job);
        self.jobs.insert(job, id);
        if let Some(entry) = self.files.get_mut(id) {
            entry.forgiven = false;
        }
        let state =
            State::Sending { job, started: now, body_sent: false, expires_at, parameters: Rc::clone(&parameters) };
        self.enter(id, state, Phase::Sending);
        self.command(Command::Send { job, file: id, parameters, part: None });
        self.arm_stall(now, id);
    }

    /// Sends a file whose answer was lost to the same place as before; false when there is no such place.
    pub(super) fn send_again(&mut self, now: Time, id: FileId) -> bool {
        let Some(entry) = self.files.get_mut(id) else { return false };
        let Some((parameters, expires_at)) = entry.again.take() else { return false };
        if expires_at.is_some_and(|end| end <= now) {
            return false;
        }
        entry.sent_again = true;
        self.launch(now, id, parameters, expires_at);
        true
    }

    /// Remembers where an attempt went whose every byte has left.
    pub(super) fn keep_for_again(&mut self, id: FileId) {
        let Some(entry) = self.files.get_mut(id) else { return };
        if let State::Sending { body_sent: true, parameters, expires_at, .. } = &entry.state {
            entry.again = Some((Rc::clone(parameters), *expires_at));
        }
    }

    fn answered(&mut self, now: Time, id: FileId, job: JobId, answer: Box<Answer>, came: Option<Time>) {
        let Some(State::Sending { parameters, expires_at, .. }) = self.files.get(id).map(|entry| &entry.state) else {
            return;
        };
        let expired = expires_at.is_some_and(|end| end <= came.unwrap_or(now));
        let parameters = Rc::clone(parameters);
        self.heard_from(parameters.url.origin().to_string());
        if !self.network.online {
            self.on_network(now, true);
        }
        if let Some(mut response) = accept(&parameters, &answer) {
            name_the_object(&mut response, &parameters, self.files.get(id).map(|entry| &entry.new));
            self.jobs.remove(job);
            self.disarm(id);
            return self.succeed(id, response);
        }
        let mut failure = match self.rare() {
            Some(rare) => (rare.refuse)(&parameters, &answer, expired),
            None if came.is_none() => return self.wait_for_extras(now, id, job, Report::Answer(answer)),
            None => refuse_unread(&answer),
        };
        if failure.is(Kind::S3, "precondition") && self.was_sent_again(id) {
            let message = "a file with this key exists: most likely this one, whose answer was lost";
            failure = Failure::new(Kind::S3, "Unconfirmed", Class::Final, message).with_status(failure.status);
            if self.rare().is_some_and(|rare| (rare.confirm)(self, now, id, job, &failure)) {
                return;
            }
        }
        self.failed(now, id, job, failure);
    }

    /// The store confirmed a file's object; nothing of it is in the air any more.
    pub(super) fn succeed(&mut self, id: FileId, mut response: UploadResponse) {
        if response.bucket.is_empty() {
            let place = CheckedUrl::parse(&response.upload_url).ok();
            response.bucket = place.and_then(|url| url.bucket()).unwrap_or_default();
        }
        let size = self.files.get(id).map_or(0, |entry| entry.new.size);
        self.set_bytes(id, size);
        self.one_more_at_once();
        let mut upload = None;
        if let Some(entry) = self.files.get_mut(id) {
            if !response.key.is_empty() {
                entry.answered_meta.insert("key".into(), response.key.clone());
            }
            entry.failure = None;
            entry.response = Some(response);
            upload = entry.upload;
        }
        self.enter(id, State::Resting, Phase::Done);
        self.tell(UploadEvent::UploadSuccess(id));
        if let Some(upload) = upload {
            self.settle(id, upload, Some(true));
        }
        self.turn();
    }

    /// An origin that answered once is not blamed on CORS later.
    pub(super) fn heard_from(&mut self, origin: String) {
        if self.answered.len() < ORIGINS_KEPT && !self.answered.contains(&origin) {
            self.answered.push(origin);
        }
    }

    fn was_sent_again(&self, id: FileId) -> bool {
        self.files.get(id).is_some_and(|entry| entry.sent_again)
    }

    fn failed(&mut self, now: Time, id: FileId, job: JobId, failure: Failure) {
        self.jobs.remove(job);
        // No answer at all. One that says no, says that there is nothing.
        if failure.status == 0 && failure.kind == Kind::Network {
            self.keep_for_again(id);
        }
        let failure = self.diagnose(now, id, failure);
        self.after_failure(now, id, failure);
    }

    /// A status 0 that comes at once, from an origin that never answered, is a missing CORS rule until proved otherwise.
    fn diagnose(&mut self, now: Time, id: FileId, failure: Failure) -> Failure {
        let Some(entry) = self.files.get(id) else { return failure };
        let State::Sending { started, parameters, .. } = &entry.state else { return failure };
        let (started, parameters) = (*started, Rc::clone(parameters));
        self.diagnose_at(now, id, (started, None), &parameters, failure)
    }

    /// `sent` is when the request began, and of how many bytes where it was of a part.
    pub(super) fn diagnose_at(
        &mut self,
        now: Time,
        id: FileId,
        (started, part): (Time, Option<u64>),
        parameters: &UploadParameters,
        failure: Failure,
    ) -> Failure {
        let silent = !self.answered.iter().any(|known| known == parameters.url.origin());
        let failure = self.suspect_cors(now, id, started, silent, failure);
        let Some(entry) = self.files.get(id) else { return failure };
        let explain = self.rare().map(|rare| rare.explain);
        match explain.and_then(|explain| explain(parameters, &failure, entry.sent(part), now.since(started), silent)) {
            Some(advice) => failure.with_advice(advice),
            None => failure,
        }
    }

    fn suspect_cors(&mut self, now: Time, id: FileId, started: Time, silent: bool, failure: Failure) -> Failure {
        let refused = failure.is(Kind::Network, "error")
            && self.network.online
            && now.since(started) < REFUSED_WITHIN_MS
            && silent;
        let Some(entry) = self.files.get_mut(id) else { return failure };
        if !refused {
            entry.cors_like = 0;
            return failure;
        }
        // Parts that were in the air together are one refusal, or one broken line.
        if entry.cors_like > 0 && started < entry.cors_at {
            return failure;
        }
        entry.cors_at = now;
        entry.cors_like = entry.cors_like.saturating_add(1);
        if entry.cors_like < CORS_TRIES {
            return failure;
        }
        // The doctor finds the words.
        let words = if self.is_equipped() { "" } else { "the storage never answered this page" };
        Failure::new(Kind::Config, "cors", Class::Final, words)
    }
}

/// S3 puts the file's name into a key that holds `${filename}`; where its answer does not say so, this does.
fn name_the_object(response: &mut UploadResponse, parameters: &UploadParameters, file: Option<&NewFile>) {
    let template = parameters.field("key").filter(|key| response.key.is_empty() && crate::holds(key, "${filename}"));
    if let (Some(template), Some(file)) = (template, file) {
        // As it was sent: under the name that somebody gave it, where somebody did.
        let name = file.meta.get("name").filter(|name| !name.is_empty()).unwrap_or(&file.name);
        let mut rest = template;
        while let Some((before, after)) = crate::cut(rest, "${filename}") {
            response.key.extend([before, name]);
            rest = after;
        }
        response.key.push_str(rest);
        let location = object_address(&parameters.url, &response.key);
        response.location.clone_from(&location);
        response.upload_url = location;
    }
}

/// Form fields that are credentials and of no use in meta.
fn is_credential(name: &str) -> bool {
    const SIGNING: [&str; 8] = [
        "policy",
        "signature",
        "awsaccesskeyid",
        "x-amz-signature",
        "x-amz-security-token",
        "x-amz-credential",
        "x-amz-algorithm",
        "x-amz-date",
    ];
    SIGNING.iter().any(|secret| name.eq_ignore_ascii_case(secret))
}
