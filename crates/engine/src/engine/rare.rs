//! What most uploads never need, behind one table of functions: files in parts, and the doctor. Code that is reached through
//! the table alone can be a module of its own, which a page loads when it first needs it. All else works without it.

use core::fmt;

use super::{Engine, State};
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

/// Functions of `parts`, `setbacks`, `owed` and the doctor, by their names there.
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
    refuse,
    explain: doctor::explain,
};

impl Engine {
    /// Hands over what [`Command::Equip`] asked for, or says that it could not be had: files that wait for it are tried again
    /// then as after any other failure.
    pub fn equip(&mut self, now: Time, extras: Option<Extras>) {
        let now = self.observe(now);
        self.extras = extras.or(self.extras);
        self.asked_for_extras = false;
        let waits = |id: &FileId| self.files.get(*id).is_some_and(|entry| matches!(entry.state, State::Held));
        let held: alloc::vec::Vec<FileId> = self.file_ids().filter(waits).collect();
        for id in held {
            if self.extras.is_some() {
                self.requeue(id);
            } else {
                let message = "a part of the uploader could not be loaded";
                self.after_failure(now, id, Failure::new(Kind::Network, "load", Class::Retry, message));
            }
        }
        for (job, report) in core::mem::take(&mut self.waiting) {
            self.hear(now, job, report, false);
        }
        self.turn();
    }

    /// Whether there is nothing to ask for by [`Command::Equip`].
    #[must_use]
    pub const fn is_equipped(&self) -> bool {
        self.extras.is_some()
    }

    /// Whether a report about this job waits for [`Engine::equip`], and will be heard then.
    #[must_use]
    pub fn waits(&self, job: JobId) -> bool {
        self.waiting.iter().any(|(known, _)| *known == job)
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

    /// A report that only the extras can read.
    pub(super) fn wait_for_extras(&mut self, job: JobId, report: Report) {
        self.waiting.push((job, report));
        self.ask_for_extras();
    }

    /// Whether upload parameters should not be used before they were [inspected](doctor::inspect): they may say that no byte
    /// will be taken, and there are many. A few are sent sooner than looked at.
    pub(super) fn is_worth_a_look(&self, id: FileId, parameters: &UploadParameters) -> bool {
        let many = self.files.get(id).is_some_and(|entry| entry.new.size >= MANY_BYTES);
        let rules = parameters.field("policy").is_some() || crate::holds(parameters.url.query(), "-checksum-");
        !self.is_equipped() && many && rules
    }

    /// Starts or goes on with a file in parts, or has it wait for what that needs. False when the file goes whole.
    pub(super) fn goes_in_parts(&mut self, now: Time, id: FileId) -> bool {
        let Some(entry) = self.files.get(id) else { return false };
        if entry.multi.is_none() && !self.is_cut(entry) {
            return false;
        }
        if let Some(rare) = self.rare() {
            (rare.begin_parts)(self, now, id);
        } else {
            self.enter(id, State::Held, Phase::Queued);
            self.ask_for_extras();
        }
        true
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
