//! Starting work, deadlines and the one retry loop. Nothing else starts a request.

use alloc::vec::Vec;

use super::{Engine, State, reports::ANSWER_WITHIN_MS};
use crate::{Ask, Class, Command, Failure, FileId, JobId, Kind, Phase, Time, UploadEvent};

/// First try after the browser said it is offline; doubled up to the longest.
pub(super) const FIRST_PROBE_MS: u64 = 2_000;
pub(super) const LONGEST_PROBE_MS: u64 = 60_000;
/// A deadline looked at this late says that the machine slept or the tab was frozen, not that the line is dead.
pub(super) const LATE_MS: u64 = 10_000;
/// Longest `Retry-After` obeyed.
pub(super) const LONGEST_WAIT_MS: u64 = 60_000;
/// A store that asked to slow down is left alone at least this long.
pub(super) const SLOW_DOWN_MS: u64 = 500;

impl Engine {
    /// Whether files start by themselves with an [`Engine::on_deadline`] of this time: for a driver that asks somebody first.
    #[must_use]
    pub fn starts_by_itself(&self, now: Time) -> bool {
        let due = self.auto_upload_at.is_some_and(|at| at <= now.max(self.now));
        due && self.options.auto_proceed && self.totals.count(Phase::Idle) > 0
    }

    /// They do not, until more are added.
    pub fn forgo_start(&mut self) {
        self.auto_upload_at = None;
    }

    /// Does what is due. Call it when [`Engine::next_deadline`] has come.
    pub fn on_deadline(&mut self, now: Time) {
        let now = self.observe(now);
        if self.auto_upload_at.is_some_and(|at| at <= now) {
            self.auto_upload_at = None;
            if self.options.auto_proceed && self.totals.count(Phase::Idle) > 0 {
                // A rule that forbids the start is not an error here: nobody asked.
                let _ = self.upload(now);
            }
        }
        while let Some((armed, id)) = self.timers.last().copied() {
            if armed > now {
                break;
            }
            self.timers.pop();
            let Some(entry) = self.files.get_mut(id) else { continue };
            entry.armed = None;
            match entry.deadline {
                Some(deadline) if deadline > now => self.arm(id, deadline),
                Some(deadline) => {
                    entry.deadline = None;
                    self.due(now, id, deadline);
                }
                None => {}
            }
        }
        if let Some(rare) = self.rare() {
            (rare.owed_due)(self, now);
        }
        self.turn();
    }

    fn due(&mut self, now: Time, id: FileId, deadline: Time) {
        let rare = self.rare();
        let Some(entry) = self.files.get_mut(id) else { return };
        if matches!(entry.state, State::BackingOff) {
            return self.requeue(id);
        }
        if let Some(at) = self.answer_of(id) {
            let (job, came, report) = self.waiting.swap_remove(at);
            return self.hear(now, job, report, Some(came));
        }
        let Some(entry) = self.files.get_mut(id) else { return };
        if matches!(entry.state, State::Multi)
            && let Some(rare) = rare
        {
            return (rare.parts_due)(self, now, id);
        }
        if !entry.phase.in_air() {
            return;
        }
        if now.since(deadline) > LATE_MS && !entry.forgiven {
            entry.forgiven = true;
            return self.arm_stall(now, id);
        }
        let preparing = matches!(entry.state, State::Preparing { .. });
        let finishing = entry.phase == Phase::Finishing;
        if !preparing {
            // An origin without a CORS rule refuses at once; this one took the request.
            entry.cors_like = 0;
        }
        self.halt(id);
        if preparing {
            let failure = Failure::new(Kind::Sign, "timeout", Class::Retry, "no upload parameters within the timeout");
            return self.after_failure(now, id, failure);
        }
        let message = if finishing { "no answer after the last byte" } else { "no progress within the timeout" };
        let failure = Failure::new(Kind::Network, "stall", Class::Retry, message);
        self.tell(UploadEvent::UploadStalled { file: id, failure: failure.clone() });
        self.after_failure(now, id, failure);
    }

    /// Starts what may start. The one place that guards the limit.
    pub(super) fn turn(&mut self) {
        let now = self.now;
        let rare = self.rare();
        if let Some(rare) = rare {
            (rare.pay)(self);
        }
        loop {
            // Files under way go before new ones.
            let part = self.wanting.first().copied();
            let Some(id) = part.or_else(|| self.ready.first().copied()) else { return };
            if part.is_none() && self.is_held(id) {
                continue;
            }
            if !self.may_start() {
                return;
            }
            if let Some(rare) = rare.filter(|_| part.is_some()) {
                if !(rare.start_part)(self, now, id) {
                    return;
                }
                continue;
            }
            if self.goes_in_parts(now, id) || self.send_again(now, id) {
                continue;
            }
            let job = JobId::take(&mut self.next_job);
            self.jobs.insert(job, id);
            self.enter(id, State::Preparing { job }, Phase::Preparing);
            if let Some(entry) = self.files.get_mut(id) {
                entry.forgiven = false;
            }
            self.command(Command::Ask { job, file: id, ask: Ask::Whole });
            self.arm_stall(now, id);
        }
    }

    fn may_start(&mut self) -> bool {
        if self.network.online {
            return self.jobs.len() < self.allowed;
        }
        let due = self.network.probe_at.is_some_and(|at| at <= self.now) && self.jobs.is_empty();
        if due {
            let delay = self.network.probe_delay_ms.saturating_mul(2).clamp(FIRST_PROBE_MS, LONGEST_PROBE_MS);
            self.network.probe_delay_ms = delay;
            self.network.probe_at = Some(self.now.after(delay));
        }
        due
    }

    /// Gives a request in the air its full allowance again.
    pub(super) fn arm_stall(&mut self, now: Time, id: FileId) {
        let stall = self.options.stall_after_ms;
        if self.answer_of(id).is_some() {
            return;
        }
        if stall == 0 {
            return self.disarm(id);
        }
        let Some(entry) = self.files.get(id) else { return };
        let allowance = if entry.phase == Phase::Finishing { stall.max(ANSWER_WITHIN_MS) } else { stall };
        let at = now.after(allowance);
        // Progress only moves the file's own deadline; the timer table is looked at when its entry comes due. Moving it
        // to an earlier time cannot happen, so this costs O(1) for each progress event.
        self.arm(id, at);
    }

    /// The retry loop: what follows a failure of whatever is in the air. The job is already gone.
    pub(super) fn after_failure(&mut self, now: Time, id: FileId, failure: Failure) {
        self.disarm(id);
        let confirmed = self.files.get(id).and_then(|entry| entry.multi.as_ref()).map_or(0, |multi| multi.done_bytes);
        self.set_bytes(id, confirmed);
        if failure.class == Class::Slow {
            self.slow_down();
        }
        let offline = !self.network.online && failure.status == 0 && failure.class == Class::Retry;
        let ladder = self.options.retry_delays_ms.len();
        let Some(entry) = self.files.get_mut(id) else { return };
        if offline {
            entry.resigned = false;
            entry.failure = Some(waits_for_the_line());
            self.requeue(id);
            return self.turn();
        }
        match failure.class {
            Class::Resign if !entry.resigned => {
                entry.resigned = true;
                entry.failure = Some(failure);
                self.requeue(id);
            }
            Class::Retry | Class::Slow if usize::try_from(entry.retries).is_ok_and(|spent| spent < ladder) => {
                let after_timeout = failure.code == "stall" || failure.code == "timeout";
                if self.budget.spend(after_timeout) {
                    self.back_off(now, id, failure);
                } else {
                    self.give_up(id, failure);
                }
            }
            _ => self.give_up(id, failure),
        }
        self.turn();
    }

    /// A store that asked to slow down gets half the requests at once, all files together.
    pub(super) fn slow_down(&mut self) {
        let used = self.jobs.len().saturating_add(1).min(self.allowed);
        self.allowed = (used / 2).max(1);
    }

    /// A success allows one more at once, up to the limit.
    pub(super) fn one_more_at_once(&mut self) {
        self.budget.refund();
        self.allowed = self.allowed.saturating_add(1).min(super::limit_of(&self.options));
    }

    pub(super) fn back_off(&mut self, now: Time, id: FileId, failure: Failure) {
        let Some(entry) = self.files.get_mut(id) else { return };
        let step = usize::try_from(entry.retries).unwrap_or(usize::MAX);
        entry.retries = entry.retries.saturating_add(1);
        entry.resigned = false;
        let delay = self.options.retry_delays_ms.get(step).copied().unwrap_or(0);
        let mut wait = self.jitter.spread(delay).max(failure.retry_after_ms.min(LONGEST_WAIT_MS));
        if failure.class == Class::Slow {
            wait = wait.max(SLOW_DOWN_MS);
        }
        entry.failure = Some(failure);
        self.enter(id, State::BackingOff, Phase::BackingOff);
        self.arm(id, now.after(wait));
    }

    /// Back into the line, ahead of files that never started.
    pub(super) fn requeue(&mut self, id: FileId) {
        self.disarm(id);
        self.enter(id, State::Queued { fresh: false }, Phase::Queued);
    }

    /// Files that wait out a delay because nobody answered. Where somebody did, the delay may be what was asked for.
    pub(super) fn waiting_for_the_line(&self) -> Vec<FileId> {
        if self.totals.count(Phase::BackingOff) == 0 {
            return Vec::new();
        }
        let unanswered = |failure: &Failure| failure.status == 0;
        self.those(&|entry| matches!(entry.state, State::BackingOff) && entry.failure.as_ref().is_some_and(unanswered))
    }
}

/// Why a file is not tried.
pub(super) fn waits_for_the_line() -> Failure {
    Failure::new(Kind::Network, "offline", Class::Retry, "waiting for the network")
}
