//! The world around the engine: a driver, a signer, a store with the true content of every object, a line that breaks and a
//! clock. Virtual time, one agenda. Faults are in `faults`, the person in `person`, the invariants in `books`.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use filechute_engine::{
    Class, Command, Engine, Extras, Failure, FileId, JobId, Kind, Meta, Output, Phase, Report, Time, UploadEvent,
    UploadParameters,
};

use crate::{
    books::{Books, Setback, Tally},
    rng::Rng,
    swarm::{Act, Swarm},
};

thread_local! {
    /// The present run, line by line, when somebody wants to read it.
    pub(crate) static TRACE: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// An object in the store: which file's content it has, and how much of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) content: FileId,
    pub(crate) length: u64,
}

/// A job that is truly in the air.
struct Air {
    file: FileId,
    send: bool,
    started: u64,
    /// Reports of an earlier epoch died with the line.
    epoch: u32,
    /// Highest progress the engine has shown for it.
    shown: u64,
    /// Where it goes, and whether every byte has left.
    stamp: u64,
    all_left: bool,
}

/// What a report means to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The job goes on.
    News,
    /// The question is answered.
    Parameters,
    /// The store confirmed the object.
    Success,
    /// It is over.
    Failure(Class),
}

/// Something that is going to happen.
pub(crate) enum Next {
    Report {
        job: JobId,
        epoch: u32,
        report: Report,
        meaning: Meaning,
    },
    /// The store has the whole body of a job, unless it was aborted or cut off before that moment.
    Stored {
        job: JobId,
        epoch: u32,
        key: String,
        object: Object,
    },
    Act,
}

/// A signed address.
struct Signed {
    file: FileId,
    /// When it was handed to the page, and not yet used.
    fresh_at: Option<u64>,
    /// Every byte went there, and no answer came back: it may be used once more, until the page knows it to be worthless.
    unanswered: bool,
    known_end: u64,
    pub(crate) worthless_at: u64,
}

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) rng: Rng,
    pub(crate) swarm: Swarm,
    pub(crate) books: Books,
    pub(crate) now: u64,
    pub(crate) agenda: BTreeMap<(u64, u64), Next>,
    scheduled: u64,
    jobs: BTreeMap<JobId, Air>,
    signed: BTreeMap<u64, Signed>,
    store: BTreeMap<String, Object>,
    /// The line is up.
    pub(crate) line: bool,
    pub(crate) honest: bool,
    /// The store answered once.
    known: bool,
    pub(crate) added: u64,
    mirror: BTreeMap<FileId, (Phase, u64, u32, Option<Failure>, Meta)>,
    /// The timer of the driver goes off this late.
    lag: u64,
    /// The engine's own timer is being served.
    in_deadline: bool,
    /// Files are on their way in.
    pub(super) taking_in: bool,
    /// Whether the engine is told an earlier time than it is.
    pub(super) behind: bool,
    /// A stall was announced for this file and its job was taken down in this step.
    taken_down: BTreeSet<FileId>,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let swarm = Swarm::new(&mut rng);
        let seed = rng.next() as u32;
        let bare = rng.percent(50);
        let engine =
            if bare { Engine::bare(swarm.options.clone(), seed) } else { Engine::new(swarm.options.clone(), seed) };
        let world = Self {
            engine,
            rng,
            swarm,
            books: Books::new(),
            now: 0,
            agenda: BTreeMap::new(),
            scheduled: 0,
            jobs: BTreeMap::new(),
            signed: BTreeMap::new(),
            store: BTreeMap::new(),
            line: true,
            honest: false,
            known: false,
            added: 0,
            mirror: BTreeMap::new(),
            lag: 0,
            in_deadline: false,
            taking_in: false,
            behind: false,
            taken_down: BTreeSet::new(),
        };
        world.say(|world| format!("seed {seed}, {:?}", world.swarm.options));
        world
    }

    /// Runs it to its end and hands out what happened.
    pub(crate) fn run(seed: u64) -> Tally {
        let mut world = Self::new(seed);
        for _ in 0..world.swarm.first_files {
            world.person(Act::Add);
        }
        world.person(Act::Upload);
        world.drain();
        world.at(0, Next::Act);
        let mut left = world.swarm.steps;
        while left > 0 {
            if world.step() {
                left -= 1;
                let pause = world.rng.range(0, world.swarm.pace);
                world.at(pause, Next::Act);
            }
        }
        world.calm();
        world.books.tally
    }

    pub(crate) fn say(&self, line: impl FnOnce(&Self) -> String) {
        TRACE.with_borrow_mut(|trace| {
            if let Some(lines) = trace {
                lines.push(format!("{:>9} {}", self.now, line(self)));
            }
        });
    }

    pub(crate) fn time(&self) -> Time {
        Time(self.now)
    }

    /// Puts something on the agenda, `after` milliseconds from now.
    pub(crate) fn at(&mut self, after: u64, next: Next) {
        self.scheduled += 1;
        self.agenda.insert((self.now + after, self.scheduled), next);
    }

    /// One thing happens: the next on the agenda or the engine's own deadline. Says whether it was an act.
    pub(crate) fn step(&mut self) -> bool {
        let due = self.engine.next_deadline().map(|at| at.0.max(self.now) + self.lag);
        let planned = self.agenda.first_key_value().map(|((at, _), _)| *at);
        if due.is_some_and(|due| planned.is_none_or(|planned| due < planned)) {
            self.now = self.now.max(due.unwrap_or(0));
            self.lag = if self.honest { 0 } else { self.rng.range(0, self.swarm.timer_lag) };
            self.say(|_| "timer".to_owned());
            self.serve_deadline(self.now);
            return false;
        }
        let Some(((at, _), next)) = self.agenda.pop_first() else { return false };
        self.now = self.now.max(at);
        match next {
            Next::Report { job, epoch, report, meaning } => self.deliver(job, epoch, report, meaning),
            Next::Stored { job, epoch, key, object } => {
                if self.jobs.get(&job).is_some_and(|air| air.epoch == epoch) {
                    self.say(|_| format!("the store has {key}"));
                    self.store.insert(key, object);
                }
            }
            Next::Act => {
                if !self.honest {
                    self.act();
                    self.drain();
                }
                return true;
            }
        }
        false
    }

    /// The driver's timer, at `now` by the driver's clock.
    pub(crate) fn serve_deadline(&mut self, now: u64) {
        self.in_deadline = true;
        self.engine.on_deadline(Time(now));
        self.drain();
        self.in_deadline = false;
    }

    fn deliver(&mut self, job: JobId, epoch: u32, report: Report, meaning: Meaning) {
        let Some(air) = self.jobs.get(&job) else {
            if self.honest || self.rng.percent(self.swarm.zombies) {
                self.say(|_| format!("late: job {job} {}", text(&report)));
                self.engine.on_report(self.time(), job, report);
                let answer = self.engine.poll();
                assert!(answer.is_none(), "a report of job {job}, which is over, led to {answer:?}");
            }
            return;
        };
        if air.epoch != epoch {
            return;
        }
        self.say(|_| format!("job {job} {}", text(&report)));
        let (file, send, age) = (air.file, air.send, self.now - air.started);
        if matches!(report, Report::BodySent)
            && let Some(air) = self.jobs.get_mut(&job)
        {
            air.all_left = true;
        }
        if meaning != Meaning::News {
            let silent = matches!(&report, Report::Failed(failure) if failure.status == 0);
            self.land(job, silent);
        }
        let answered = matches!(report, Report::Answer(_));
        let online = self.engine.totals().online;
        match (&report, meaning) {
            (Report::Parameters(parameters), _) => {
                let signed = self.signed.get_mut(&stamp(parameters)).expect("a stamp");
                signed.fresh_at = Some(self.now);
                signed.known_end = self.now + parameters.expires_in_ms.expect("an end");
            }
            (_, Meaning::Success) => self.books.confirmed(file),
            (_, Meaning::Failure(class)) => {
                let error = matches!(&report, Report::Failed(failure) if failure.is(Kind::Network, "error"));
                let silent = matches!(&report, Report::Failed(failure) if failure.status == 0);
                let refused = send.then_some(error && online && age < 200 && !self.known);
                let setback = Setback { class, offline: silent && !online, timeout: false, refused };
                self.books.failed(file, &setback, self.swarm.options.retry_delays_ms.len());
            }
            _ => {}
        }
        self.known |= answered;
        self.engine.on_report(self.time(), job, report);
        self.drain();
    }

    /// Performs what the engine commands and hears what it tells, then looks at everything.
    pub(crate) fn drain(&mut self) {
        let before = self.jobs.len();
        while let Some(output) = self.engine.poll() {
            match output {
                Output::Command(command) => self.perform(command, before),
                Output::Event(event) => {
                    self.say(|_| format!("    {event:?}"));
                    self.hear(&event);
                }
            }
        }
        self.check();
    }

    fn perform(&mut self, command: Command, before: usize) {
        self.say(|_| format!("    {command:?}"));
        let limit = match self.engine.options().limit {
            0 => usize::MAX,
            limit => limit as usize,
        };
        match command {
            Command::Ask { job, file, .. } => {
                assert!(self.books.pages.contains_key(&file), "I3: asks for file {file}, which is gone");
                self.fly(job, file, false);
                assert!(self.jobs.len() <= limit, "I4: {} jobs, limit {limit}", self.jobs.len());
                self.ask(job, file);
            }
            Command::AbortUpload { .. } => panic!("no file goes in parts here"),
            Command::Equip => self.engine.equip(Time(self.now), Some(Extras::ALL)),
            Command::Send { job, file, parameters, .. } => {
                assert!(self.books.pages.contains_key(&file), "I3: sends file {file}, which is gone");
                self.fly(job, file, true);
                assert!(self.jobs.len() <= limit.max(before + 1), "I4: {} jobs, limit {limit}", self.jobs.len());
                let signed = self.signed.get_mut(&stamp(&parameters)).expect("a stamp");
                assert_eq!(signed.file, file, "I7: the address of another file");
                if signed.fresh_at.take() != Some(self.now) {
                    assert!(core::mem::take(&mut signed.unanswered), "I7: an address that was used or lay about");
                    // By a clock that was set back nobody can know.
                    assert!(self.behind || self.now < signed.known_end, "I7: an address that is known to be worthless");
                    self.books.tally.count("sent again to the same place");
                }
                let worthless = signed.worthless_at;
                if let Some(air) = self.jobs.get_mut(&job) {
                    air.stamp = stamp(&parameters);
                }
                self.send(job, file, &parameters, worthless);
            }
            Command::Abort { job } => {
                let air = self.land(job, true).expect("an aborted job is in the air");
                if self.in_deadline {
                    if air.send {
                        self.taken_down.insert(air.file);
                    }
                    let offline = !self.engine.totals().online;
                    // A stall says that the origin is there: it ends a row of refusals.
                    let refused = air.send.then_some(false);
                    let setback = Setback { class: Class::Retry, offline, timeout: true, refused };
                    self.books.failed(air.file, &setback, self.swarm.options.retry_delays_ms.len());
                }
            }
        }
    }

    fn fly(&mut self, job: JobId, file: FileId, send: bool) {
        let air = Air { file, send, started: self.now, epoch: 0, shown: 0, stamp: 0, all_left: false };
        let twice = self.jobs.insert(job, air);
        assert!(twice.is_none(), "job {job} was used twice");
    }

    /// A job is over, `silent` when nobody answered.
    fn land(&mut self, job: JobId, silent: bool) -> Option<Air> {
        let air = self.jobs.remove(&job)?;
        if let Some(signed) = self.signed.get_mut(&air.stamp).filter(|_| silent && air.all_left) {
            signed.unanswered = true;
        }
        Some(air)
    }

    fn hear(&mut self, event: &UploadEvent) {
        match event {
            UploadEvent::UploadSuccess(id) => {
                let file = self.engine.file(*id).expect("a success of a file that is there");
                let object = self.store.get(&file.key());
                let whole = Object { content: *id, length: file.size };
                assert_eq!(object, Some(&whole), "I1: what is stored as {:?} for file {id}", file.key());
                let response = file.response.expect("a success has a response");
                assert_eq!(Some(&response.key), file.meta.get("key"));
            }
            UploadEvent::Upload { .. } => {
                assert!(
                    !(self.in_deadline && self.taking_in),
                    "something began by itself though more is on its way in"
                );
            }
            UploadEvent::UploadStalled { file, .. } => {
                assert!(self.taken_down.remove(file), "file {file} stalled and was not aborted");
            }
            _ => {}
        }
        self.books.event(&self.engine, event);
    }

    fn check(&mut self) {
        assert!(self.taken_down.is_empty(), "a stall was not told: {:?}", self.taken_down);
        assert_eq!(self.engine.in_air(), self.jobs.len(), "jobs in the air");
        let mut flying = 0;
        for phase in [Phase::Preparing, Phase::Sending, Phase::Finishing] {
            flying += self.engine.totals().count(phase) as usize;
        }
        assert_eq!(flying, self.jobs.len(), "I3: files in the air");
        for (job, air) in &mut self.jobs {
            let phase = self.engine.phase(air.file).expect("I3: a job in the air has its file");
            match (phase, air.send) {
                (Phase::Preparing, false) => {}
                (Phase::Sending | Phase::Finishing, true) => {
                    let sent = self.engine.file(air.file).map_or(0, |file| file.bytes_uploaded);
                    assert!(sent >= air.shown, "I5: progress of job {job} fell from {} to {sent}", air.shown);
                    air.shown = sent;
                }
                _ => panic!("I3: job {job} is in the air though file {} is {}", air.file, phase.name()),
            }
        }
        // A store that asked to slow down still gets one request.
        let idle = self.jobs.is_empty() && self.engine.totals().online;
        assert!(!idle || self.engine.totals().count(Phase::Queued) == 0, "a file waits though nothing is in the air");
        self.books.check(&self.engine);
    }

    /// A look of the interface: whatever changed must have been named.
    pub(crate) fn flush(&mut self) {
        let before = self.engine.totals().clone();
        let changes = self.engine.take_changes(self.time());
        for id in &changes.files {
            match self.engine.file(*id) {
                Some(f) => self.mirror.insert(*id, (f.phase, f.bytes_uploaded, f.retries, f.failure, f.meta)),
                None => self.mirror.remove(id),
            };
        }
        assert!(changes.totals || before == *self.engine.totals(), "totals changed in silence");
        assert!(self.mirror.keys().copied().eq(self.engine.file_ids()), "a file came or went in silence");
        for (id, mirrored) in &self.mirror {
            let f = self.engine.file(*id).expect("a mirrored file");
            assert_eq!(*mirrored, (f.phase, f.bytes_uploaded, f.retries, f.failure, f.meta), "file {id}");
        }
        assert!(!self.engine.has_changes());
    }

    /// A fresh address for a file, signed `signed_in` milliseconds from now.
    pub(crate) fn sign(&mut self, file: FileId, signed_in: u64, life: u64) -> u64 {
        let stamp = self.signed.len() as u64 + 1;
        let worthless_at = self.now + signed_in + life;
        self.signed.insert(stamp, Signed { file, fresh_at: None, unanswered: false, known_end: 0, worthless_at });
        stamp
    }

    /// The line goes: what is in the air hears nothing more, or an error.
    pub(crate) fn cut(&mut self, loud: u64) {
        let jobs: Vec<(JobId, bool)> = self.jobs.iter().map(|(job, air)| (*job, air.send)).collect();
        for (job, send) in jobs {
            let spared = !send && self.swarm.local_signer && !self.honest;
            if spared {
                continue;
            }
            let epoch = self.jobs.get_mut(&job).map_or(0, |air| {
                air.epoch += 1;
                air.epoch
            });
            if self.rng.percent(loud) {
                let failure = if send { crate::faults::broken() } else { crate::faults::unsigned(0, Class::Retry) };
                let after = self.rng.range(0, 5_000);
                let (report, meaning) = (Report::Failed(failure), Meaning::Failure(Class::Retry));
                self.at(after, Next::Report { job, epoch, report, meaning });
            }
        }
    }

    /// The faults stop. Whatever the person still wants must come to its end in bounded time, and leave nothing behind.
    fn calm(&mut self) {
        self.say(|_| "all faults stop".to_owned());
        self.honest = true;
        self.line = true;
        self.lag = 0;
        if self.swarm.options.stall_after_ms == 0 {
            // Nobody watches over dead connections but the operating system.
            self.cut(100);
        }
        if self.rng.percent(50) {
            self.engine.on_network(self.time(), true);
            self.drain();
        }
        self.person(Act::ResumeAll);
        self.drain();
        self.person(Act::Upload);
        self.drain();
        let files = self.books.pages.len() as u64;
        // A stall that is forgiven once and one that is not, the longest `Retry-After`, the longest probe, all transfers.
        let allowance = 2 * self.swarm.options.stall_after_ms.max(60_000) + 60_000 + 60_000 + files * 30_000;
        let end = self.now + allowance;
        while self.engine.totals().active() > 0 {
            let stuck = self.agenda.is_empty() && self.engine.next_deadline().is_none();
            assert!(!stuck, "I9: nothing will ever happen again");
            self.step();
            assert!(self.now <= end, "I9: not finished {allowance} ms after the last fault");
        }
        self.flush();
        assert_eq!(self.engine.next_deadline(), None, "a timer without a cause");
        self.nothing_left(&["jobs", "ready", "timers", "uploads"]);
        self.person(Act::CancelAll);
        self.drain();
        self.flush();
        self.nothing_left(&["jobs", "ready", "timers", "uploads", "files", "known", "events", "commands", "dirty"]);
    }

    /// Looks inside: those collections of the engine are empty.
    fn nothing_left(&self, names: &[&str]) {
        let inside = format!("{:?}", self.engine);
        for name in names {
            let empty = [format!(" {name}: {{}}"), format!(" {name}: []")].iter().any(|text| inside.contains(text));
            assert!(empty, "{name} is not empty: {inside}");
        }
    }
}

/// Which signed address this is.
fn stamp(parameters: &UploadParameters) -> u64 {
    let text = parameters.url.query_value("stamp").or_else(|| parameters.field("x-amz-meta-stamp").map(str::to_owned));
    text.and_then(|text| text.parse().ok()).expect("every address has a stamp")
}

fn text(report: &Report) -> String {
    match report {
        Report::Parameters(_) => "got parameters".to_owned(),
        Report::Progress(bytes) => format!("sent {bytes} bytes"),
        Report::BodySent => "sent everything".to_owned(),
        Report::Answer(answer) => format!("answered {} {}", answer.status, answer.body),
        Report::Failed(failure) => format!("failed: {}.{}", failure.kind.name(), failure.code),
        other => format!("{other:?}"),
    }
}
