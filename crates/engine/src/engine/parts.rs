//! Multipart uploads: create, parts in parallel under the one limit, complete, and what to do when the store and this
//! side disagree. A part that fails backs off alone; its file goes on.

use alloc::{boxed::Box, rc::Rc, string::ToString, vec::Vec};

use super::{
    Engine, State,
    multi::{Leg, Multi, Step},
    rare::refusal,
    reports::ANSWER_WITHIN_MS,
};
use crate::{
    Algorithm, Answer, Ask, Class, Command, Digest, Failure, FileId, JobId, Kind, Method, NewFile, PartReceipt, Phase,
    Plan, Remote, Report, Resume, Time, UploadEvent, UploadParameters, UploadResponse,
    doctor::{self, Sent},
    judge,
    text::has,
};

/// S3 may take minutes to put the parts together, and keeps the connection open with white space meanwhile.
const COMPLETE_WITHIN_MS: u64 = 300_000;
/// Lists that lack what had been sent, before it is over.
const MOST_UNLISTED: u32 = 2;

impl Engine {
    pub(super) fn resume_in_parts(&self, id: FileId) -> Option<Resume> {
        let entry = self.files.get(id).filter(|entry| entry.phase != Phase::Done)?;
        entry.multi.as_ref()?.resume()
    }

    /// How many requests the line as it was measured last is worth sharing among, for the parts of this file.
    fn worth_at_once(&self, id: FileId) -> usize {
        let plan = self.files.get(id).and_then(|entry| entry.multi.as_ref()).map(|multi| multi.plan);
        plan.map_or(usize::MAX, |plan| Plan::at_once(self.totals.speed, plan.part_size))
    }

    /// How a file is cut that goes in parts. Errors when that cannot be.
    fn cut(&self, new: &NewFile) -> Result<Plan, Failure> {
        if !self.options.multipart.available {
            let message = "files over 5 GiB need multipart uploads, which this source of parameters does not offer";
            return Err(Failure::new(Kind::Config, "multipart", Class::Final, message));
        }
        let at_once = u64::try_from(self.allowed).unwrap_or(u64::MAX).clamp(1, 16);
        let wish = new.part_size.or_else(|| Plan::wish(self.totals.speed, at_once));
        Plan::new(new.size, wish).ok_or_else(|| {
            Failure::new(Kind::S3, "EntityTooLarge", Class::Final, "the file is larger than S3 can store")
        })
    }

    /// Starts or goes on with a file that goes in parts.
    pub(super) fn begin_parts(&mut self, now: Time, id: FileId) {
        let Some(entry) = self.files.get(id) else { return };
        if entry.multi.is_none() {
            match self.cut(&entry.new) {
                Ok(plan) => {
                    let Some(entry) = self.files.get_mut(id) else { return };
                    let resume = entry.new.resume.take();
                    let remote = resume.as_ref().map(|resume| Rc::new(resume.remote.clone()));
                    let earlier = resume.and_then(|resume| Multi::resumed(plan.size, resume));
                    // One that does not fit the file is forgotten, by the store too.
                    let unfit = remote.filter(|_| earlier.is_none());
                    entry.multi = Some(Box::new(earlier.unwrap_or_else(|| Multi::new(plan))));
                    if let (Some(remote), Some(file)) = (unfit, self.file(id)) {
                        self.owe(remote, Rc::new(file));
                    }
                }
                Err(failure) => return self.give_up(id, failure),
            }
        }
        let Some(multi) = self.multi(id) else { return };
        let step = match &multi.remote {
            None => Some(Step::Create),
            Some(_) if multi.recheck => Some(Step::List),
            Some(_) if multi.is_whole() => Some(Step::Complete),
            Some(_) => None,
        };
        match step {
            Some(step) => self.ask_step(now, id, step),
            None => {
                self.enter(id, State::Multi, Phase::Sending);
                self.show_bytes(id);
                self.mark(id);
            }
        }
    }

    pub(super) fn multi(&mut self, id: FileId) -> Option<&mut Multi> {
        self.files.get_mut(id)?.multi.as_deref_mut()
    }

    /// A question about the whole upload goes out.
    pub(super) fn ask_step(&mut self, now: Time, id: FileId, step: Step) {
        // Whoever is held and let go meanwhile asks once.
        let asked = if step == Step::Create { self.take_back(id) } else { None };
        let job = asked.unwrap_or_else(|| JobId::take(&mut self.next_job));
        let checksum = self.options.checksum;
        let Some(multi) = self.multi(id) else { return };
        multi.job = Some((job, step));
        multi.job_forgiven = false;
        let remote = multi.remote.clone();
        let ask = match (step, remote) {
            (Step::List, Some(remote)) => Ask::List { remote },
            (Step::Complete, Some(remote)) => {
                // An MD5 is nothing that a store compares there.
                let wanted = remote.checksum.or(checksum).filter(|algorithm| *algorithm != Algorithm::Md5);
                let whole = wanted.and_then(|algorithm| multi.whole(algorithm));
                let checksum = whole.map(|whole| whole.base64()).unwrap_or_default();
                Ask::Complete { remote, parts: multi.receipts(), size: multi.plan.size, checksum }
            }
            _ => Ask::Create,
        };
        self.jobs.insert(job, id);
        let phase = if step == Step::Complete { Phase::Finishing } else { Phase::Preparing };
        self.enter(id, State::Multi, phase);
        self.show_bytes(id);
        if asked.is_none() {
            self.command(Command::Ask { job, file: id, ask });
        }
        self.arm_step(now, id);
        self.mark(id);
    }

    pub(super) fn arm_step(&mut self, now: Time, id: FileId) {
        let stall = self.options.stall_after_ms;
        if let Some(multi) = self.multi(id) {
            let long = matches!(multi.job, Some((_, Step::Complete)));
            let allowance = if long { stall.max(COMPLETE_WITHIN_MS) } else { stall };
            multi.job_deadline = (stall > 0).then(|| now.after(allowance));
        }
        self.arm_parts(id);
    }

    /// The file's one deadline is the earliest of its parts'.
    pub(super) fn arm_parts(&mut self, id: FileId) {
        match self.multi(id).and_then(|multi| multi.deadline()) {
            Some(at) => self.arm(id, at),
            None => self.disarm(id),
        }
    }

    /// Keeps the list of files that have a part to start.
    pub(super) fn mark(&mut self, id: FileId) {
        let ahead = self.options.multipart.sign_ahead;
        let Some(entry) = self.files.get_mut(id) else { return };
        let place = entry.place;
        let moving = matches!(entry.state, State::Multi);
        let wants = moving && entry.multi.as_deref_mut().is_some_and(|multi| multi.wants(ahead));
        if wants {
            self.wanting.insert(place, id);
        } else {
            self.wanting.remove(place);
        }
    }

    /// Shows what is there and on its way; within one attempt it never falls.
    pub(super) fn show_bytes(&mut self, id: FileId) {
        let Some(entry) = self.files.get(id) else { return };
        let Some(multi) = &entry.multi else { return };
        let bytes = multi.bytes().max(entry.bytes_uploaded);
        if bytes != entry.bytes_uploaded {
            self.set_bytes(id, bytes);
        }
    }

    /// One part of a file starts: there is a slot. False when what runs is enough for a line this slow; when something ends,
    /// this is asked again.
    pub(super) fn start_part(&mut self, now: Time, id: FileId) -> bool {
        let enough = self.jobs.len() >= self.worth_at_once(id);
        if !enough {
            self.start_next(now, id);
        }
        !enough
    }

    fn start_next(&mut self, now: Time, id: FileId) {
        let ahead = self.options.multipart.sign_ahead;
        let job = JobId::take(&mut self.next_job);
        let Some(multi) = self.multi(id) else { return };
        let Some(remote) = multi.remote.clone() else { return };
        let Some(number) = multi.take() else { return self.mark(id) };
        let part = multi.part(number);
        let signed = multi.signed_for(number, now);
        let parts = multi.to_sign(number, ahead);
        let Some(flight) = multi.flight(number) else { return };
        flight.sent = 0;
        flight.body_sent = false;
        flight.forgiven = false;
        let command = match signed {
            Some((expires_at, parameters)) => {
                flight.state = Leg::Sending { job, started: now, expires_at, parameters: Rc::clone(&parameters) };
                Command::Send { job, file: id, parameters, part: Some(part) }
            }
            None => {
                flight.state = Leg::Signing(job);
                Command::Ask { job, file: id, ask: Ask::Sign { remote, parts } }
            }
        };
        self.jobs.insert(job, id);
        self.command(command);
        self.arm_flight(now, id, number);
        self.show_phase(id);
        self.mark(id);
        self.touch(id);
    }

    pub(super) fn arm_flight(&mut self, now: Time, id: FileId, number: u32) {
        let stall = self.options.stall_after_ms;
        if let Some(flight) = self.multi(id).and_then(|multi| multi.flight(number)) {
            let allowance = if flight.body_sent { stall.max(ANSWER_WITHIN_MS) } else { stall };
            flight.deadline = (stall > 0).then(|| now.after(allowance));
        }
        self.arm_parts(id);
    }

    /// Every deadline of a file in parts begins anew: the options changed.
    pub(super) fn arm_all_parts(&mut self, now: Time, id: FileId) {
        self.arm_step_if_asked(now, id);
        let numbers: Vec<u32> = self
            .multi(id)
            .map(|multi| multi.flights.iter().filter(|flight| flight.job().is_some()).map(|f| f.number).collect())
            .unwrap_or_default();
        for number in numbers {
            self.arm_flight(now, id, number);
        }
        self.mark(id);
    }

    fn arm_step_if_asked(&mut self, now: Time, id: FileId) {
        if self.multi(id).is_some_and(|multi| multi.job.is_some()) {
            self.arm_step(now, id);
        }
    }

    /// A report about a job of a file in parts.
    pub(super) fn parts_report(&mut self, now: Time, id: FileId, job: JobId, report: Report) {
        let answered = !matches!(report, Report::Failed(_) | Report::Progress(_) | Report::BodySent | Report::Busy);
        if answered && !self.network.online {
            // While the job still has its slot, so that nothing takes it meanwhile.
            self.on_network(now, true);
        }
        let Some(multi) = self.multi(id) else { return };
        if let Some((_, step)) = multi.job.filter(|(known, _)| *known == job) {
            return match (step, report) {
                (Step::Create, Report::Created(remote)) => self.created(now, id, job, remote),
                (Step::Create, Report::Resumed(resume)) => self.resumed(now, id, job, *resume),
                (Step::List, Report::Listed(parts)) => self.was_listed(now, id, job, &parts),
                (Step::Complete, Report::Completed(response)) => self.completed(now, id, job, *response),
                (_, Report::Busy) => self.arm_step(now, id),
                (step, Report::Failed(failure)) => self.step_failed(now, id, job, step, failure),
                _ => {}
            };
        }
        let Some(flight) = multi.flight_of(job) else { return };
        let number = flight.number;
        match (&flight.state, report) {
            (Leg::Signing(_), Report::Signed(signed)) => self.signed(now, id, job, number, signed),
            (_, Report::Busy) => self.arm_flight(now, id, number),
            (Leg::Sending { .. }, Report::Progress(bytes)) => self.part_moved(now, id, number, bytes),
            (Leg::Sending { .. }, Report::BodySent) => self.part_sent(now, id, number),
            (Leg::Sending { .. }, Report::Answer(answer)) => self.part_answered(now, id, job, number, &answer),
            (_, Report::Failed(failure)) => {
                self.jobs.remove(job);
                self.part_failed(now, id, number, failure);
            }
            _ => {}
        }
    }

    fn created(&mut self, now: Time, id: FileId, job: JobId, remote: Remote) {
        self.jobs.remove(job);
        let key = remote.key.clone();
        if let Some(entry) = self.files.get_mut(id) {
            if let Some(multi) = entry.multi.as_deref_mut() {
                multi.job = None;
                multi.job_deadline = None;
                multi.remote = Some(Rc::new(remote));
            }
            if !key.is_empty() {
                entry.answered_meta.insert("key".into(), key);
            }
        }
        self.tell(UploadEvent::MultipartCreated(id));
        self.step_done(now, id);
    }

    /// An earlier page began: the store is asked what it has before anything is sent. One that does not fit is forgotten.
    fn resumed(&mut self, now: Time, id: FileId, job: JobId, resume: Resume) {
        self.jobs.remove(job);
        let remote = Rc::new(resume.remote.clone());
        let key = resume.remote.key.clone();
        let Some(entry) = self.files.get_mut(id) else { return };
        entry.answered_meta.insert("key".into(), key);
        let Some(multi) = Multi::resumed(entry.new.size, resume) else {
            if let Some(file) = self.file(id) {
                self.owe(remote, Rc::new(file));
            }
            return self.ask_step(now, id, Step::Create);
        };
        entry.multi = Some(Box::new(multi));
        self.show_bytes(id);
        self.ask_step(now, id, Step::List);
    }

    fn was_listed(&mut self, now: Time, id: FileId, job: JobId, parts: &[PartReceipt]) {
        self.jobs.remove(job);
        if let Some(multi) = self.multi(id) {
            multi.job = None;
            multi.job_deadline = None;
            let before = multi.is_whole();
            multi.listed(parts);
            // All of it was sent, and the store does not have it: that is believed, but not for ever.
            if before && !multi.is_whole() {
                multi.unlisted = multi.unlisted.saturating_add(1);
            }
            if multi.unlisted > MOST_UNLISTED {
                multi.unlisted = 0;
                let message = "the storage lists other parts than were sent";
                return self.give_up_and_turn(id, Failure::new(Kind::S3, "InvalidPart", Class::Final, message));
            }
        }
        let confirmed = self.multi(id).map_or(0, |multi| multi.done_bytes);
        self.set_bytes(id, confirmed);
        self.step_done(now, id);
    }

    /// A question was answered well: on to what comes next.
    fn step_done(&mut self, now: Time, id: FileId) {
        self.arm_parts(id);
        if self.multi(id).is_some_and(|multi| multi.is_whole()) {
            self.ask_step(now, id, Step::Complete);
        } else {
            self.enter(id, State::Multi, Phase::Sending);
            self.show_bytes(id);
            self.mark(id);
        }
        self.turn();
    }

    fn signed(&mut self, now: Time, id: FileId, job: JobId, number: u32, signed: Vec<(u32, Box<UploadParameters>)>) {
        self.jobs.remove(job);
        let mut send = None;
        let Some(multi) = self.multi(id) else { return };
        for (signed_number, parameters) in signed {
            if parameters.method != Method::Put {
                let failure = Failure::new(Kind::Config, "method", Class::Final, "a part must be sent with PUT");
                return self.part_failed(now, id, number, failure);
            }
            let length = multi.plan.length(signed_number);
            if let Some(refusal) = doctor::inspect(&parameters, Sent { size: length, mime: "" }).and_then(refusal) {
                return self.part_failed(now, id, number, refusal);
            }
            let expires_at = parameters.expires_in_ms.map(|ms| now.after(ms));
            let parameters: Rc<UploadParameters> = Rc::from(parameters);
            if signed_number == number {
                send = Some((expires_at, parameters));
            } else if signed_number > number && signed_number <= multi.plan.count {
                multi.keep_signed(signed_number, expires_at, parameters);
            }
        }
        let Some((expires_at, parameters)) = send else {
            let failure =
                Failure::new(Kind::Sign, "answer", Class::Retry, "no address for the part that was asked for");
            return self.part_failed(now, id, number, failure);
        };
        let part = multi.part(number);
        multi.place = parameters.url.location();
        let job = JobId::take(&mut self.next_job);
        self.jobs.insert(job, id);
        if let Some(flight) = self.multi(id).and_then(|multi| multi.flight(number)) {
            flight.state = Leg::Sending { job, started: now, expires_at, parameters: Rc::clone(&parameters) };
            flight.forgiven = false;
        }
        self.command(Command::Send { job, file: id, parameters, part: Some(part) });
        self.arm_flight(now, id, number);
        self.mark(id);
        self.turn();
    }

    fn part_moved(&mut self, now: Time, id: FileId, number: u32, bytes: u64) {
        let Some(multi) = self.multi(id) else { return };
        let length = multi.plan.length(number);
        let Some(flight) = multi.flight(number) else { return };
        let bytes = bytes.min(length);
        let moved = bytes.saturating_sub(flight.sent);
        if moved == 0 {
            return;
        }
        flight.sent = bytes;
        flight.forgiven = false;
        self.speed.add(moved);
        self.show_bytes(id);
        self.arm_flight(now, id, number);
    }

    fn part_sent(&mut self, now: Time, id: FileId, number: u32) {
        let Some(multi) = self.multi(id) else { return };
        let length = multi.plan.length(number);
        let Some(flight) = multi.flight(number) else { return };
        if core::mem::replace(&mut flight.body_sent, true) {
            return;
        }
        self.part_moved(now, id, number, length);
        self.arm_flight(now, id, number);
        self.show_phase(id);
    }

    /// "Finishing" once the last byte of every part has left, and "retrying" while all there is to do waits out a delay, so
    /// that nobody looks at a bar that stands still.
    pub(super) fn show_phase(&mut self, id: FileId) {
        let Some(multi) = self.multi(id).filter(|multi| multi.job.is_none()) else { return };
        let phase = if multi.has_left() {
            Phase::Finishing
        } else if multi.waits() {
            Phase::BackingOff
        } else {
            Phase::Sending
        };
        if self.phase(id).is_some_and(|now| now != phase) {
            self.enter(id, State::Multi, phase);
        }
    }

    fn part_answered(&mut self, now: Time, id: FileId, job: JobId, number: u32, answer: &Answer) {
        let Some(flight) = self.multi(id).and_then(|multi| multi.flight(number)) else { return };
        let Leg::Sending { expires_at, parameters, .. } = &flight.state else { return };
        let expired = expires_at.is_some_and(|end| end <= now);
        let parameters = Rc::clone(parameters);
        self.jobs.remove(job);
        self.heard_from(parameters.url.origin().to_string());
        match judge(&parameters, answer, expired) {
            Err(failure) => self.part_failed(now, id, number, failure),
            Ok(response) => {
                let checksum = parameters.checksum.as_ref().map(|checksum| checksum.base64()).unwrap_or_default();
                let verified = response.verified.is_some();
                let mut part = PartReceipt { number, size: 0, etag: response.etag, checksum };
                if let Some(multi) = self.multi(id) {
                    part.size = multi.plan.length(number);
                    multi.land(number);
                    multi.done(part.clone(), verified);
                }
                self.tell(UploadEvent::PartUploaded { file: id, part });
                if let Some(entry) = self.files.get_mut(id) {
                    // Something arrived: the file's own ladder starts at its foot.
                    entry.retries = 0;
                    entry.resigned = false;
                    entry.failure = None;
                }
                self.one_more_at_once();
                self.show_bytes(id);
                self.touch(id);
                if self.multi(id).is_some_and(|multi| multi.is_whole()) {
                    // ETags that CORS hides are asked for; Complete needs them.
                    let lacks = self.multi(id).is_some_and(|multi| multi.lacks_an_etag());
                    self.ask_step(now, id, if lacks { Step::List } else { Step::Complete });
                } else {
                    self.arm_parts(id);
                    self.mark(id);
                }
                self.turn();
            }
        }
    }

    fn completed(&mut self, now: Time, id: FileId, job: JobId, mut response: UploadResponse) {
        self.jobs.remove(job);
        self.disarm(id);
        let wanted = self.options.checksum;
        let Some(multi) = self.multi(id) else { return };
        let Some(remote) = multi.remote.clone() else { return };
        let whole = remote.checksum.or(wanted).and_then(|algorithm| multi.whole(algorithm));
        let ours = whole.as_ref().map(Digest::base64).unwrap_or_default();
        // Composite values end in their number of parts. Another algorithm's says nothing of ours.
        let composite = has(&response.checksum, b'-');
        if !composite && response.checksum.len() != ours.len() {
            response.checksum.clear();
        }
        response.verified = match &whole {
            Some(_) if !response.checksum.is_empty() && response.checksum != ours => {
                if composite {
                    None
                } else {
                    return self.damaged(now, id, response.status);
                }
            }
            // It was sent with the completion, where S3 compares it; or S3 told it.
            Some(whole) if remote.checksum.is_some() || !response.checksum.is_empty() => Some(whole.algorithm()),
            // An MD5 is never announced: the parts' ETags tell.
            _ => remote.checksum.or(wanted.filter(|it| *it == Algorithm::Md5)).filter(|_| multi.is_verified()),
        };
        if whole.is_some() && response.verified.is_some() {
            response.checksum = ours;
        }
        // Some stores name no place, or a relative one.
        for (said, known) in [
            (&mut response.key, &remote.key),
            (&mut response.bucket, &remote.bucket),
            (&mut response.upload_url, &multi.place),
            (&mut response.location, &multi.place),
        ] {
            if said.is_empty() {
                said.clone_from(known);
            }
        }
        if let Some(entry) = self.files.get_mut(id) {
            entry.multi = None;
        }
        self.succeed(id, response);
    }

    /// The object is there, but it has other bytes: all of it is sent again, once.
    fn damaged(&mut self, now: Time, id: FileId, status: u16) {
        let message = "the storage put other bytes together than were sent";
        let failure = Failure::new(Kind::Integrity, "mismatch", Class::Final, message).with_status(status);
        self.ground(id);
        self.begin_anew(now, id, failure);
    }
}

/// The store does not know this upload id.
pub(super) fn is_gone(failure: &Failure) -> bool {
    failure.code == "NoSuchUpload"
}
