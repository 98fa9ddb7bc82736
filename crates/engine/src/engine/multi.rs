//! The books of one file's multipart upload: which parts are done, which are in the air, what comes next.

use alloc::{rc::Rc, string::String, vec::Vec};

use filechute_checksum::combine;

use crate::{Algorithm, Digest, JobId, Part, PartReceipt, Plan, Remote, Resume, Time, UploadParameters};

/// Parts of one file at once where `limit` sets no bound.
const MOST_AT_ONCE: usize = 16;

#[derive(Debug)]
pub(super) struct Multi {
    pub(super) plan: Plan,
    pub(super) remote: Option<Rc<Remote>>,
    /// By number - 1: `None` for parts that are not there.
    parts: Vec<Option<Kept>>,
    left: u32,
    pub(super) done_bytes: u64,
    /// Where to look for the next part that nobody has.
    next: u32,
    /// Parts in the air or waiting to be tried again.
    pub(super) flights: Vec<Flight>,
    /// Addresses signed ahead.
    signed: Vec<(u32, Option<Time>, Rc<UploadParameters>)>,
    /// Create, list or complete, with its deadline.
    pub(super) job: Option<(JobId, Step)>,
    pub(super) job_deadline: Option<Time>,
    pub(super) job_forgiven: bool,
    /// The store must be asked what it has before anything else.
    pub(super) recheck: bool,
    /// A `Complete` went out and its answer never came: the object may be there.
    pub(super) maybe_complete: bool,
    /// It already began anew once.
    pub(super) restarted: bool,
    /// Lists that lacked what had been sent.
    pub(super) unlisted: u32,
    /// Where the parts go, without the query: the object's address.
    pub(super) place: String,
}

/// What is known of a part that the store has.
#[derive(Debug)]
struct Kept {
    /// Empty where the browser may not read it.
    etag: String,
    /// Base64; empty where nobody computed it.
    checksum: String,
    /// Whether S3 had to refuse any other bytes, or told the same checksum.
    verified: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Create,
    List,
    Complete,
}

#[derive(Debug)]
pub(super) struct Flight {
    pub(super) number: u32,
    pub(super) state: Leg,
    pub(super) sent: u64,
    pub(super) retries: u32,
    pub(super) resigned: bool,
    pub(super) forgiven: bool,
    pub(super) body_sent: bool,
    pub(super) deadline: Option<Time>,
}

#[derive(Debug)]
pub(super) enum Leg {
    /// May start as soon as there is a slot.
    Waiting,
    Signing(JobId),
    Sending {
        job: JobId,
        started: Time,
        expires_at: Option<Time>,
        parameters: Rc<UploadParameters>,
    },
    BackingOff,
}

impl Flight {
    pub(super) fn job(&self) -> Option<JobId> {
        match self.state {
            Leg::Signing(job) | Leg::Sending { job, .. } => Some(job),
            Leg::Waiting | Leg::BackingOff => None,
        }
    }
}

impl Multi {
    pub(super) fn new(plan: Plan) -> Self {
        let mut parts = Vec::new();
        parts.resize_with(usize::try_from(plan.count).unwrap_or(0), || None);
        Self {
            plan,
            remote: None,
            parts,
            left: plan.count,
            done_bytes: 0,
            next: 1,
            flights: Vec::new(),
            signed: Vec::new(),
            job: None,
            job_deadline: None,
            job_forgiven: false,
            recheck: false,
            maybe_complete: false,
            restarted: false,
            unlisted: 0,
            place: String::new(),
        }
    }

    /// Goes on with an earlier upload. `None` when it does not fit the file.
    pub(super) fn resumed(size: u64, resume: Resume) -> Option<Self> {
        let plan = Plan::new(size, Some(resume.part_size)).filter(|plan| plan.part_size == resume.part_size)?;
        let mut multi = Self::new(plan);
        for part in resume.parts {
            if part.size == plan.length(part.number) {
                multi.done(part, false);
            }
        }
        multi.remote = Some(Rc::new(resume.remote));
        multi.recheck = true;
        Some(multi)
    }

    /// What would be needed to go on with it another time.
    pub(super) fn resume(&self) -> Option<Resume> {
        let remote = self.remote.as_deref()?.clone();
        Some(Resume { remote, part_size: self.plan.part_size, parts: self.receipts() })
    }

    /// Begins anew under another upload id; only once for each file.
    pub(super) fn restart(&mut self) {
        let plan = self.plan;
        *self = Self { restarted: true, ..Self::new(plan) };
    }

    pub(super) fn receipts(&self) -> Vec<PartReceipt> {
        let numbered = (1_u32..).zip(&self.parts);
        let receipt = |(number, kept): (u32, &Option<Kept>)| {
            let Kept { etag, checksum, .. } = kept.as_ref()?;
            let size = self.plan.length(number);
            Some(PartReceipt { number, size, etag: etag.clone(), checksum: checksum.clone() })
        };
        numbered.filter_map(receipt).collect()
    }

    pub(super) fn is_whole(&self) -> bool {
        self.left == 0
    }

    /// Whether a part is there whose ETag nobody could read.
    pub(super) fn lacks_an_etag(&self) -> bool {
        self.parts.iter().flatten().any(|kept| kept.etag.is_empty())
    }

    /// The checksum of the whole object, combined from those of its parts without reading a byte again. `None` where one
    /// is missing, and for algorithms that cannot be combined.
    pub(super) fn whole(&self, algorithm: Algorithm) -> Option<Digest> {
        let mut whole: Option<Digest> = None;
        for (number, kept) in (1_u32..).zip(&self.parts) {
            let part = Digest::from_base64(algorithm, &kept.as_ref()?.checksum)?;
            whole = Some(match whole {
                None => part,
                Some(before) => combine(&before, &part, self.plan.length(number))?,
            });
        }
        whole
    }

    /// Whether each part's bytes were proved.
    pub(super) fn is_verified(&self) -> bool {
        self.parts.iter().all(|kept| kept.as_ref().is_some_and(|kept| kept.verified))
    }

    fn slot(&mut self, number: u32) -> Option<&mut Option<Kept>> {
        self.parts.get_mut(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    fn has(&self, number: u32) -> bool {
        let at = number.checked_sub(1).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.parts.get(at)).is_some_and(Option::is_some)
    }

    /// The store has a part.
    pub(super) fn done(&mut self, part: PartReceipt, verified: bool) {
        let PartReceipt { number, etag, checksum, .. } = part;
        let length = self.plan.length(number);
        let Some(slot) = self.slot(number) else { return };
        if slot.replace(Kept { etag, checksum, verified }).is_none() {
            self.left = self.left.saturating_sub(1);
            self.done_bytes = self.done_bytes.saturating_add(length);
        }
    }

    /// What the store lists. A part counts only when we know that its bytes are this file's, and its size, its ETag and
    /// its checksum, if it is of the same kind, agree.
    pub(super) fn listed(&mut self, parts: &[PartReceipt]) {
        let before = core::mem::take(&mut self.parts);
        let fresh = Self::new(self.plan);
        (self.parts, self.left, self.done_bytes, self.next) = (fresh.parts, fresh.left, 0, 1);
        let agree = |ours: &str, theirs: &str| ours.is_empty() || theirs.is_empty() || ours == theirs;
        for part in parts {
            let ours = part.number.checked_sub(1).and_then(|at| before.get(usize::try_from(at).ok()?)?.as_ref());
            let Some(ours) = ours else { continue };
            let same = agree(&ours.etag, &part.etag)
                && (ours.checksum.len() != part.checksum.len() || ours.checksum == part.checksum);
            if same && part.size == self.plan.length(part.number) && !part.etag.is_empty() {
                let md5 = Digest::from_base64(Algorithm::Md5, &ours.checksum);
                let told = !ours.checksum.is_empty() && ours.checksum == part.checksum
                    || md5.is_some_and(|md5| md5.is_etag(&part.etag) == Some(true));
                let (checksum, verified) = (ours.checksum.clone(), ours.verified || told);
                self.done(PartReceipt { checksum, ..part.clone() }, verified);
            }
        }
        self.recheck = false;
    }

    pub(super) fn part(&self, number: u32) -> Part {
        let (start, end) = self.plan.range(number);
        Part { number, start, end }
    }

    /// Whether nothing is in the air and a part waits out a delay.
    pub(super) fn waits(&self) -> bool {
        let delayed = |flight: &Flight| matches!(flight.state, Leg::BackingOff);
        self.flights.iter().any(delayed) && self.flights.iter().all(|flight| flight.job().is_none())
    }

    /// Whether every byte of the file has left.
    pub(super) fn has_left(&self) -> bool {
        let flying = u32::try_from(self.flights.len()).unwrap_or(u32::MAX);
        self.left == flying && self.flights.iter().all(|flight| flight.body_sent)
    }

    /// Bytes that are there or on their way.
    pub(super) fn bytes(&self) -> u64 {
        self.flights.iter().fold(self.done_bytes, |sum, flight| sum.saturating_add(flight.sent)).min(self.plan.size)
    }

    pub(super) fn flight_of(&mut self, job: JobId) -> Option<&mut Flight> {
        self.flights.iter_mut().find(|flight| flight.job() == Some(job))
    }

    pub(super) fn flight(&mut self, number: u32) -> Option<&mut Flight> {
        self.flights.iter_mut().find(|flight| flight.number == number)
    }

    pub(super) fn land(&mut self, number: u32) {
        self.flights.retain(|flight| flight.number != number);
    }

    /// Whether a part could start now, given a slot.
    pub(super) fn wants(&mut self, sign_ahead: u32) -> bool {
        if self.job.is_some() || self.recheck || self.remote.is_none() || self.is_whole() {
            return false;
        }
        let waiting = self.flights.iter().any(|flight| matches!(flight.state, Leg::Waiting));
        // A batch that is being signed will cover the parts that come next.
        let signing = self.flights.iter().any(|flight| matches!(flight.state, Leg::Signing(_)));
        if sign_ahead > 1 && signing && self.signed.is_empty() {
            return false;
        }
        waiting || (self.flights.len() < MOST_AT_ONCE && self.fresh().is_some())
    }

    /// The lowest part that is neither there nor in the air.
    fn fresh(&mut self) -> Option<u32> {
        while self.next <= self.plan.count {
            let number = self.next;
            if !self.has(number) && !self.flights.iter().any(|flight| flight.number == number) {
                return Some(number);
            }
            self.next = self.next.saturating_add(1);
        }
        None
    }

    /// Takes the part to start next: one that waits for another try, else a fresh one.
    pub(super) fn take(&mut self) -> Option<u32> {
        if let Some(flight) = self.flights.iter().find(|flight| matches!(flight.state, Leg::Waiting)) {
            return Some(flight.number);
        }
        let number = self.fresh()?;
        self.next = self.next.saturating_add(1);
        self.flights.push(Flight {
            number,
            state: Leg::Waiting,
            sent: 0,
            retries: 0,
            resigned: false,
            forgiven: false,
            body_sent: false,
            deadline: None,
        });
        Some(number)
    }

    /// Parts to have signed with `number`: itself first, then those that come next.
    pub(super) fn to_sign(&self, number: u32, ahead: u32) -> Vec<Part> {
        let busy = |n: &u32| {
            self.has(*n)
                || self.signed.iter().any(|(signed, ..)| signed == n)
                || self.flights.iter().any(|flight| flight.number == *n)
        };
        let most = usize::try_from(ahead).unwrap_or(1);
        let mut parts = Vec::new();
        parts.push(self.part(number));
        // A loop: chained iterators were half a kilobyte of it.
        for n in self.next..=self.plan.count {
            if parts.len() >= most {
                break;
            }
            if n != number && !busy(&n) {
                parts.push(self.part(n));
            }
        }
        parts
    }

    pub(super) fn keep_signed(&mut self, number: u32, expires_at: Option<Time>, parameters: Rc<UploadParameters>) {
        self.signed.retain(|(known, ..)| *known != number);
        self.signed.push((number, expires_at, parameters));
    }

    /// An address that was signed ahead and is still good.
    pub(super) fn signed_for(&mut self, number: u32, now: Time) -> Option<(Option<Time>, Rc<UploadParameters>)> {
        let at = self.signed.iter().position(|(known, ..)| *known == number)?;
        let (_, expires_at, parameters) = self.signed.swap_remove(at);
        // One about to end is left alone: the request may start late.
        expires_at.is_none_or(|end| now.after(5_000) < end).then_some((expires_at, parameters))
    }

    /// Addresses signed before now are of no use any more.
    pub(super) fn forget_signed(&mut self) {
        self.signed.clear();
    }

    /// Nothing is in the air any more; what is there stays. Returns the jobs to stop, and the one that creates.
    pub(super) fn ground(&mut self) -> (Vec<JobId>, Option<JobId>) {
        let mut jobs: Vec<JobId> = self.flights.iter().filter_map(Flight::job).collect();
        let mut creating = None;
        match self.job.take() {
            Some((job, Step::Create)) => creating = Some(job),
            Some((job, step)) => {
                self.maybe_complete |= step == Step::Complete;
                jobs.push(job);
            }
            None => {}
        }
        self.flights.clear();
        self.forget_signed();
        self.job_deadline = None;
        self.job_forgiven = false;
        self.next = 1;
        (jobs, creating)
    }

    /// When to look at it next.
    pub(super) fn deadline(&self) -> Option<Time> {
        self.flights.iter().filter_map(|flight| flight.deadline).chain(self.job_deadline).min()
    }
}
