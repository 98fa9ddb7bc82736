//! What most uploads never need, behind one table of functions: files in parts, and the doctor. Code that is reached through
//! the table alone can be a module of its own, which a page loads when it first needs it. All else works without it.

use alloc::rc::Rc;
use core::fmt;

use super::{
    Engine, State,
    reports::ANSWER_WITHIN_MS,
    schedule::{LONGEST_PROBE_MS, waits_for_the_line},
};
use crate::{
    Advice, Answer, Class, Command, Failure, FileId, JobId, Kind, MAX_PART, Phase, Report, Resume, Time,
    UploadParameters,
    doctor::{self, Sent},
    judge::refuse,
};

/// Bytes that take longer to send than the extras to load.
const MANY_BYTES: u64 = 1 << 20;

/// The rest of the engine. [`Engine::new`] has it; [`Engine::bare`] asks for it by [`Command::Equip`].
#[derive(Clone, Copy)]
pub struct Extras(&'static Rare);

impl Extras {
    /// All of it.
    pub const ALL: Self = Self(&ALL);
}

impl fmt::Debug for Extras {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Extras")
    }
}

/// Functions of `parts`, `setbacks`, `owed`, `confirm` and the doctor, by their names there.
pub(super) struct Rare {
    begin_parts: fn(&mut Engine, Time, FileId),
    pub(super) start_part: fn(&mut Engine, Time, FileId) -> bool,
    pub(super) parts_report: fn(&mut Engine, Time, FileId, JobId, Report),
    pub(super) parts_due: fn(&mut Engine, Time, FileId),
    pub(super) parts_online: fn(&mut Engine),
    arm_all_parts: fn(&mut Engine, Time, FileId),
    pub(super) ground: fn(&mut Engine, FileId),
    owe_abort: fn(&mut Engine, FileId),
    pub(super) orphan_report: fn(&mut Engine, Time, JobId, &Report) -> bool,
    pub(super) owed_deadline: fn(&Engine) -> Option<Time>,
    pub(super) owed_due: fn(&mut Engine, Time),
    pub(super) pay: fn(&mut Engine),
    resume_in_parts: fn(&Engine, FileId) -> Option<Resume>,
    inspect: fn(&UploadParameters, Sent<'_>) -> Option<Advice>,
    pub(super) confirm: fn(&mut Engine, Time, FileId, JobId, &Failure) -> bool,
    pub(super) refuse: fn(&UploadParameters, &Answer, bool) -> Failure,
    pub(super) explain: fn(&UploadParameters, &Failure, Sent<'_>, u64, bool) -> Option<Advice>,
}

static ALL: Rare = Rare {
    begin_parts: Engine::begin_parts,
    start_part: Engine::start_part,
    parts_report: Engine::parts_report,
    parts_due: Engine::parts_due,
    parts_online: Engine::parts_online,
    arm_all_parts: Engine::arm_all_parts,
    ground: Engine::ground,
    owe_abort: Engine::owe_abort,
    orphan_report: Engine::orphan_report,
    owed_deadline: Engine::owed_deadline,
    owed_due: Engine::owed_due,
    pay: Engine::pay,
    resume_in_parts: Engine::resume_in_parts,
    inspect: doctor::inspect,
    confirm: Engine::confirm,
    refuse,
    explain: doctor::explain,
};

impl Engine {
    /// Hands over what [`Command::Equip`] asked for, or says that it could not be had: files that wait for it are tried again
    /// then as after any other failure. To be called within half a minute or so: reports that wait are heard unread after twice
    /// that.
    pub fn equip(&mut self, now: Time, extras: Option<Extras>) {
        let now = self.observe(now);
        self.extras = extras.or(self.extras);
        self.asked_for_extras = false;
        let held = self.those(&|entry| matches!(entry.state, State::Held));
        // It was one request, whoever waits for it.
        let may_try = self.extras.is_some() || held.is_empty() || self.budget.spend(false);
        for id in held {
            if self.extras.is_some() {
                self.requeue(id);
            } else {
                self.not_loaded(now, id, may_try);
            }
        }
        for (job, came, report) in core::mem::take(&mut self.waiting) {
            self.hear(now, job, report, Some(came));
        }
        self.turn();
    }

    /// What a file needs to go in parts could not be had.
    fn not_loaded(&mut self, now: Time, id: FileId, may_try: bool) {
        let message = "a part of the uploader could not be loaded";
        let failure = Failure::new(Kind::Network, "load", Class::Retry, message);
        let spent = self.files.get(id).map_or(0, |entry| usize::try_from(entry.retries).unwrap_or(usize::MAX));
        if !self.network.online {
            // Offline no try counts. It comes back with the line, or to see whether that is true.
            if let Some(entry) = self.files.get_mut(id) {
                entry.failure = Some(waits_for_the_line());
            }
            self.enter(id, State::BackingOff, Phase::BackingOff);
            self.arm(id, now.after(LONGEST_PROBE_MS));
        } else if may_try && spent < self.options.retry_delays_ms.len() {
            self.back_off(now, id, failure);
        } else {
            self.give_up(id, failure);
        }
    }

    /// Whether there is nothing to ask for by [`Command::Equip`].
    #[must_use]
    pub const fn is_equipped(&self) -> bool {
        self.extras.is_some()
    }

    /// Whether a report about this job waits for [`Engine::equip`], and will be heard then.
    #[must_use]
    pub fn waits(&self, job: JobId) -> bool {
        self.waiting.iter().any(|(known, ..)| *known == job)
    }

    /// What would be needed to go on with a file's multipart upload another time: after a reload, say. `None` while the
    /// store knows nothing of it, and when it is done.
    #[must_use]
    pub fn resume_of(&self, id: FileId) -> Option<Resume> {
        self.rare().and_then(|rare| (rare.resume_in_parts)(self, id))
    }

    /// What is wrong with upload parameters for a file, seen before anything is sent: see [`doctor::inspect`].
    #[must_use]
    pub fn inspect(&self, id: FileId, parameters: &UploadParameters) -> Option<Advice> {
        (self.rare()?.inspect)(parameters, self.files.get(id)?.sent(None))
    }

    pub(super) fn rare(&self) -> Option<&'static Rare> {
        self.extras.map(|Extras(rare)| rare)
    }

    pub(super) fn ask_for_extras(&mut self) {
        if !self.is_equipped() && !core::mem::replace(&mut self.asked_for_extras, true) {
            self.command(Command::Equip);
        }
    }

    /// A report that only the extras can read. Whoever made it has answered in time: what counts now is the time for those.
    pub(super) fn wait_for_extras(&mut self, now: Time, id: FileId, job: JobId, report: Report) {
        self.disarm(id);
        self.arm(id, now.after(ANSWER_WITHIN_MS));
        self.waiting.push((job, now, report));
        self.ask_for_extras();
    }

    /// Which report waits that is about what this file has in the air.
    pub(super) fn answer_of(&self, id: FileId) -> Option<usize> {
        self.waiting.iter().position(|(job, ..)| self.jobs.get(*job) == Some(&id))
    }

    /// Whether upload parameters should not be used before they were [inspected](doctor::inspect): they may say that no byte
    /// will be taken, and there are many. A few are sent sooner than looked at.
    pub(super) fn is_worth_a_look(&self, id: FileId, parameters: &UploadParameters) -> bool {
        let many = self.files.get(id).is_some_and(|entry| entry.new.size >= MANY_BYTES);
        let rules = parameters.field("policy").is_some() || crate::holds(parameters.url.query(), "-checksum-");
        !self.is_equipped() && many && rules
    }

    /// Has a file in parts wait for what that needs, where that is not there. It takes nobody's turn.
    pub(super) fn is_held(&mut self, id: FileId) -> bool {
        let held = !self.is_equipped() && self.files.get(id).is_some_and(|entry| self.is_cut(entry));
        if held {
            self.enter(id, State::Held, Phase::Queued);
            self.ask_for_extras();
        }
        held
    }

    /// Starts or goes on with a file in parts. False when the file goes whole.
    pub(super) fn goes_in_parts(&mut self, now: Time, id: FileId) -> bool {
        let Some(rare) = self.rare() else { return false };
        let cut = self.files.get(id).is_some_and(|entry| entry.multi.is_some() || self.is_cut(entry));
        if cut {
            (rare.begin_parts)(self, now, id);
        }
        cut
    }

    /// Whether a file goes in parts, or would have to.
    fn is_cut(&self, entry: &super::Entry) -> bool {
        let (file, options) = (&entry.new, &self.options.multipart);
        let wanted = file.resume.is_some() || file.multipart.unwrap_or(file.size > options.above);
        file.size > MAX_PART || wanted && options.available && file.size > 0
    }

    /// What the store has of a file in parts is not wanted any more.
    pub(super) fn forget_parts(&mut self, id: FileId) {
        if let Some(rare) = self.rare() {
            (rare.owe_abort)(self, id);
        } else if let Some((Some(resume), file)) = self.files.get_mut(id).map(|entry| (entry.new.resume.take(), entry))
        {
            // It is paid when there is somebody to do it.
            let file = file.snapshot(id);
            self.owe(Rc::new(resume.remote), Rc::new(file));
        }
    }

    /// The deadlines of a file in parts begin anew.
    pub(super) fn rearm_parts(&mut self, now: Time, id: FileId) {
        if let Some(rare) = self.rare() {
            (rare.arm_all_parts)(self, now, id);
        }
    }

    /// Why parameters are of no use for what is to be sent, whatever the store would say.
    pub(super) fn refused(&self, parameters: &UploadParameters, sent: Sent<'_>) -> Option<Failure> {
        (self.rare()?.inspect)(parameters, sent).and_then(refusal)
    }
}

/// The failure that a finding is, where no store could be happy.
pub(super) fn refusal(advice: Advice) -> Option<Failure> {
    advice.fatal.then(|| Failure::new(advice.kind, advice.code, Class::Final, "").with_advice(advice))
}
