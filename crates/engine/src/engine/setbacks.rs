//! What follows when a step or a part of a multipart upload fails, or its deadline comes.

use alloc::{borrow::ToOwned, rc::Rc, vec::Vec};

use super::{
    Engine, State,
    multi::{Leg, Step},
    parts::is_gone,
    schedule::{LATE_MS, LONGEST_WAIT_MS, SLOW_DOWN_MS},
};
use crate::{Class, Command, Failure, FileId, JobId, Kind, Method, Time, UploadEvent, doctor};

impl Engine {
    pub(super) fn step_failed(&mut self, now: Time, id: FileId, job: JobId, step: Step, mut failure: Failure) {
        self.jobs.remove(job);
        let spent = self.is_spent(id);
        let Some(multi) = self.multi(id) else { return };
        multi.job = None;
        multi.job_deadline = None;
        // Companion turns S3's "no such upload" into a bare 500; an upload that can't be listed is as good as gone.
        let mut useless = step == Step::List && failure.status >= 500 && spent;
        if step == Step::Complete {
            match failure.code.as_str() {
                // Its parts make other bytes, or somebody wrote to its key meanwhile: it would be refused for ever (AWS,
                // "How to prevent object overwrites with conditional writes").
                "BadDigest" | "ConditionalRequestConflict" => useless = true,
                // What is in the way may be this one.
                "precondition" if multi.maybe_complete => useless = true,
                // The store and this side do not agree on what is there: look, send again what differs, complete again.
                "InvalidPart" => {
                    multi.recheck = true;
                    failure.class = Class::Retry;
                }
                // Too small, in the wrong order: nothing that another try mends.
                _ if failure.class == Class::Final => {}
                // Whatever else: it may have gone through.
                _ => {
                    multi.maybe_complete = true;
                    // Nobody is to read that the upload could not be started: its bytes are there.
                    if failure.kind == Kind::Sign && failure.class != Class::Resign {
                        failure.kind = Kind::S3;
                        "Unconfirmed".clone_into(&mut failure.code);
                    }
                }
            }
        }
        if useless && let (Some(remote), Some(file)) = (self.multi(id).and_then(|m| m.remote.clone()), self.file(id)) {
            // In case it is there all the same.
            self.owe(remote, Rc::new(file));
        }
        if (is_gone(&failure) || useless) && step != Step::Create {
            return self.upload_is_gone(now, id, failure);
        }
        let hidden = self.multi(id).is_some_and(|multi| multi.lacks_an_etag());
        let code = if hidden { "etag_hidden" } else { failure.code.as_str() };
        if let Some(advice) = doctor::known(code, Method::Put).filter(|_| failure.help.is_empty()) {
            failure = failure.with_advice(advice);
        }
        // One that can't be completed is listed first when a person has it tried again.
        if let Some(multi) = self.multi(id).filter(|_| step == Step::Complete && failure.status >= 500 && spent) {
            multi.recheck = true;
        }
        self.mark(id);
        self.after_failure(now, id, failure);
    }

    /// Whether a file has used up its retries.
    pub(super) fn is_spent(&self, id: FileId) -> bool {
        let spent = self.files.get(id).and_then(|entry| usize::try_from(entry.retries).ok());
        spent.is_none_or(|spent| spent >= self.options.retry_delays_ms.len())
    }

    /// The store does not know the upload any more.
    fn upload_is_gone(&mut self, now: Time, id: FileId, failure: Failure) {
        self.ground(id);
        let Some(multi) = self.multi(id) else { return };
        if multi.maybe_complete {
            // An object may be there, but nothing here proves that it is this one: saying so is all that is honest.
            let message = "nobody could confirm the upload";
            let unconfirmed = Failure::new(Kind::S3, "Unconfirmed", Class::Final, message).with_status(failure.status);
            if let Some(entry) = self.files.get_mut(id) {
                entry.multi = None;
            }
            return self.give_up_and_turn(id, unconfirmed);
        }
        self.begin_anew(now, id, failure);
    }

    /// Begins under another upload id, once; the second time it is over.
    pub(super) fn begin_anew(&mut self, now: Time, id: FileId, failure: Failure) {
        let Some(multi) = self.multi(id) else { return };
        if multi.restarted {
            // A person who presses "Retry" gets a new one.
            if let Some(entry) = self.files.get_mut(id) {
                entry.multi = None;
            }
            return self.give_up_and_turn(id, failure);
        }
        multi.restart();
        self.set_bytes(id, 0);
        if let Some(entry) = self.files.get_mut(id) {
            entry.failure = Some(failure);
        }
        self.observe(now);
        self.requeue(id);
        self.turn();
    }

    pub(super) fn give_up_and_turn(&mut self, id: FileId, failure: Failure) {
        self.give_up(id, failure);
        self.turn();
    }

    /// What follows the failure of one part. Its job is already gone.
    pub(super) fn part_failed(&mut self, now: Time, id: FileId, number: u32, failure: Failure) {
        let ladder = self.options.retry_delays_ms.clone();
        if failure.class == Class::Slow {
            self.slow_down();
        }
        let failure = self.diagnose_part(now, id, number, failure);
        if let Some(flight) = self.multi(id).and_then(|multi| multi.flight(number)) {
            // Its job is over, whatever follows.
            flight.state = Leg::Waiting;
        }
        if is_gone(&failure) {
            return self.upload_is_gone(now, id, failure);
        }
        let offline = !self.network.online && failure.status == 0 && failure.class == Class::Retry;
        let Some(multi) = self.multi(id) else { return };
        multi.forget_signed();
        let Some(flight) = multi.flight(number) else { return };
        flight.sent = 0;
        flight.body_sent = false;
        flight.deadline = None;
        let step = usize::try_from(flight.retries).unwrap_or(usize::MAX);
        let delay = ladder.get(step).copied();
        match failure.class {
            _ if offline => {
                flight.resigned = false;
                flight.state = Leg::Waiting;
            }
            Class::Resign if !flight.resigned => {
                flight.resigned = true;
                flight.state = Leg::Waiting;
            }
            Class::Retry | Class::Slow if delay.is_some() && self.budget.spend(failure.code == "stall") => {
                let mut wait = self.jitter.spread(delay.unwrap_or(0)).max(failure.retry_after_ms.min(LONGEST_WAIT_MS));
                if failure.class == Class::Slow {
                    wait = wait.max(SLOW_DOWN_MS);
                }
                let Some(flight) = self.multi(id).and_then(|multi| multi.flight(number)) else { return };
                flight.retries = flight.retries.saturating_add(1);
                flight.resigned = false;
                flight.state = Leg::BackingOff;
                flight.deadline = Some(now.after(wait));
                if let Some(entry) = self.files.get_mut(id) {
                    entry.failure = Some(failure);
                }
            }
            _ => {
                self.halt(id);
                return self.give_up_and_turn(id, failure);
            }
        }
        self.arm_parts(id);
        self.show_phase(id);
        self.mark(id);
        self.touch(id);
        self.turn();
    }

    fn diagnose_part(&mut self, now: Time, id: FileId, number: u32, failure: Failure) -> Failure {
        let Some(flight) = self.multi(id).and_then(|multi| multi.flight(number)) else { return failure };
        let Leg::Sending { started, parameters, .. } = &flight.state else { return failure };
        let (started, parameters) = (*started, Rc::clone(parameters));
        let length = self.multi(id).map(|multi| multi.plan.length(number));
        self.diagnose_at(now, id, (started, length), &parameters, failure)
    }

    /// A deadline of a file in parts came.
    pub(super) fn parts_due(&mut self, now: Time, id: FileId) {
        if let Some(multi) = self.multi(id)
            && let Some((job, step)) = multi.job
            && let Some(at) = multi.job_deadline.filter(|at| *at <= now)
        {
            if now.since(at) > LATE_MS && !multi.job_forgiven {
                multi.job_forgiven = true;
                return self.arm_step(now, id);
            }
            self.command(Command::Abort { job });
            let (kind, message) = match step {
                Step::Complete => (Kind::Network, "no answer to the completion"),
                _ => (Kind::Sign, "no answer within the timeout"),
            };
            let code = if step == Step::Complete { "stall" } else { "timeout" };
            return self.step_failed(now, id, job, step, Failure::new(kind, code, Class::Retry, message));
        }
        let due: Vec<(u32, Time)> = self
            .multi(id)
            .map(|multi| {
                let late =
                    |flight: &super::multi::Flight| Some((flight.number, flight.deadline.filter(|at| *at <= now)?));
                multi.flights.iter().filter_map(late).collect()
            })
            .unwrap_or_default();
        for (number, at) in due {
            self.part_due(now, id, number, at);
        }
        let parts = self.files.get(id).is_some_and(|entry| matches!(entry.state, State::Multi));
        if parts {
            self.arm_parts(id);
            self.mark(id);
        }
    }

    fn part_due(&mut self, now: Time, id: FileId, number: u32, at: Time) {
        let Some(flight) = self.multi(id).and_then(|multi| multi.flight(number)) else { return };
        let Some(job) = flight.job() else {
            flight.state = Leg::Waiting;
            flight.deadline = None;
            return;
        };
        if now.since(at) > LATE_MS && !flight.forgiven {
            flight.forgiven = true;
            return self.arm_flight(now, id, number);
        }
        let sending = matches!(flight.state, Leg::Sending { .. });
        let finishing = flight.body_sent;
        self.jobs.remove(job);
        self.command(Command::Abort { job });
        if !sending {
            let failure = Failure::new(Kind::Sign, "timeout", Class::Retry, "no upload parameters within the timeout");
            return self.part_failed(now, id, number, failure);
        }
        if let Some(entry) = self.files.get_mut(id) {
            entry.cors_like = 0;
        }
        let message = if finishing { "no answer after the last byte" } else { "no progress within the timeout" };
        let failure = Failure::new(Kind::Network, "stall", Class::Retry, message);
        self.tell(UploadEvent::UploadStalled { file: id, failure: failure.clone() });
        // A line that stands still under several requests is given fewer, until some succeed.
        self.slow_down();
        self.part_failed(now, id, number, failure);
    }

    /// Parts that wait out a delay because nobody answered need not, now that the line is back.
    pub(super) fn parts_online(&mut self) {
        for id in self.those(&|entry| matches!(entry.state, State::Multi)) {
            let silent = self.files.get(id).and_then(|e| e.failure.as_ref()).is_some_and(|f| f.status == 0);
            if let Some(multi) = self.multi(id).filter(|_| silent) {
                for flight in multi.flights.iter_mut().filter(|flight| matches!(flight.state, Leg::BackingOff)) {
                    flight.state = Leg::Waiting;
                    flight.deadline = None;
                }
                self.arm_parts(id);
            }
            self.mark(id);
        }
    }
}
