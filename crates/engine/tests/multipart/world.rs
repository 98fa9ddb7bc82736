//! A driver, a signer, a store and a clock around the engine, for files in parts.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use filechute_engine::{
    Algorithm, Ask, Command, Engine, Extras, FileId, JobId, Multipart, NewFile, Options, Output, Part, Phase, Report,
    Time, UploadEvent, UploadId,
};

use self::store::{Stored, Upload};
use crate::rng::Rng;

mod person;
mod store;

const CRC: Algorithm = Algorithm::Crc64Nvme;

thread_local! {
    /// The present run, line by line, when somebody wants to read it.
    pub(crate) static TRACE: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

const MIB: u64 = 1 << 20;

/// What a job in the air is.
enum Air {
    Ask(FileId, Ask),
    /// With whether the request carries a checksum that the store compares, and whether the line damages it.
    Send(FileId, Part, u64, bool, bool),
    AbortUpload(String),
    /// Over, but a bare engine could not read what came of it.
    Unread,
}

enum Next {
    Report(JobId, Report),
    /// Something changes at the store, then the answer comes, or never.
    Effect(JobId, bool),
    Act,
    Equip,
}

pub(crate) struct World {
    engine: Engine,
    rng: Rng,
    now: u64,
    agenda: BTreeMap<(u64, u64), Next>,
    scheduled: u64,
    jobs: BTreeMap<JobId, Air>,
    uploads: BTreeMap<String, Upload>,
    objects: BTreeMap<String, Vec<Stored>>,
    next_upload: u32,
    next_sign: u64,
    next_etag: u64,
    open: BTreeMap<UploadId, BTreeSet<FileId>>,
    unconfirmed: BTreeMap<FileId, usize>,
    /// Files whose parts were once asked to be put together.
    completing: BTreeSet<FileId>,
    line: bool,
    honest: bool,
    trouble: u64,
    hides_etags: bool,
    /// Uploads are created with a checksum, which parts and completion carry.
    checks: bool,
    /// The store tells the checksum of what it has.
    tells: bool,
    /// The host recognises an upload that it completed before.
    remembers: bool,
    limit_fell: bool,
    /// What a bare engine lacks is on its way.
    equips: bool,
    bare: bool,
    slept_at: u64,
    seen: BTreeMap<&'static str, u64>,
}

impl World {
    pub(crate) fn run(seed: u64) -> BTreeMap<&'static str, u64> {
        let mut rng = Rng::new(seed);
        let options = Options {
            limit: rng.pick(&[1, 2, 3, 6, 0]).unwrap(),
            stall_after_ms: rng.pick(&[30_000, 5_000]).unwrap(),
            retry_delays_ms: rng.pick(&[vec![0, 1000, 3000, 5000], vec![100], vec![]]).unwrap(),
            multipart: Multipart { available: true, above: 4 * MIB, sign_ahead: rng.pick(&[1, 1, 4, 20]).unwrap() },
            ..Options::default()
        };
        let mut world = Self {
            bare: rng.percent(50),
            equips: false,
            engine: Engine::new(options, rng.next() as u32),
            now: 0,
            agenda: BTreeMap::new(),
            scheduled: 0,
            jobs: BTreeMap::new(),
            uploads: BTreeMap::new(),
            objects: BTreeMap::new(),
            next_upload: 0,
            next_sign: 0,
            next_etag: 0,
            open: BTreeMap::new(),
            unconfirmed: BTreeMap::new(),
            completing: BTreeSet::new(),
            line: true,
            honest: false,
            trouble: rng.pick(&[0, 5, 15, 40]).unwrap(),
            hides_etags: rng.percent(15),
            checks: rng.percent(40),
            tells: rng.percent(50),
            remembers: rng.percent(50),
            limit_fell: false,
            slept_at: 0,
            seen: BTreeMap::new(),
            rng,
        };
        if world.bare {
            world.engine = Engine::bare(world.engine.options().clone(), world.rng.next() as u32);
        }
        for n in 0..world.rng.range(1, 3) {
            let size = world.rng.pick(&[5 * MIB, 12 * MIB, 31 * MIB, MIB, 5 * MIB + 1]).unwrap();
            let part_size = world.rng.pick(&[None, Some(5 * MIB), Some(7 * MIB)]).unwrap();
            let new = NewFile { name: format!("{n}"), size, part_size, ..NewFile::default() };
            world.engine.add(Time(0), new).unwrap();
        }
        world.engine.upload(Time(0)).unwrap();
        world.drain();
        world.at(50, Next::Act);
        let steps = world.rng.range(10, 150);
        for _ in 0..steps {
            world.step();
        }
        world.calm();
        world.seen
    }

    fn say(&self, line: impl FnOnce() -> String) {
        TRACE.with_borrow_mut(|trace| {
            if let Some(lines) = trace {
                lines.push(format!("{:>9} {}", self.now, line()));
            }
        });
    }

    fn count(&mut self, what: &'static str) {
        *self.seen.entry(what).or_default() += 1;
    }

    fn at(&mut self, after: u64, next: Next) {
        self.scheduled += 1;
        self.agenda.insert((self.now + after, self.scheduled), next);
    }

    fn step(&mut self) -> bool {
        let due = self.engine.next_deadline().map(|at| at.0.max(self.now));
        let planned = self.agenda.first_key_value().map(|((at, _), _)| *at);
        if due.is_some_and(|due| planned.is_none_or(|planned| due < planned)) {
            self.now = due.unwrap();
            self.say(|| "timer".to_owned());
            self.engine.on_deadline(Time(self.now));
            self.drain();
            return true;
        }
        let Some(((at, _), next)) = self.agenda.pop_first() else { return false };
        self.now = self.now.max(at);
        match next {
            Next::Report(job, report) => {
                let over = !matches!(report, Report::Progress(_) | Report::BodySent);
                self.say(|| format!("j{job} {report:?}"));
                if over
                    && self.jobs.remove(&job).is_some()
                    && let Report::Created(remote) = &report
                {
                    self.uploads.entry(remote.upload_id.clone()).and_modify(|upload| upload.known = true);
                }
                self.engine.on_report(Time(self.now), job, report);
                if over && self.engine.waits(job) {
                    self.count("unread");
                    self.jobs.insert(job, Air::Unread);
                }
                self.drain();
            }
            Next::Effect(job, answer) => self.effect(job, answer),
            Next::Equip => {
                self.equips = false;
                let extras = (self.honest || self.rng.percent(70)).then_some(Extras::ALL);
                self.count(if extras.is_some() { "equipped" } else { "not equipped" });
                self.jobs.retain(|_, air| !matches!(air, Air::Unread));
                self.engine.equip(Time(self.now), extras);
                self.drain();
            }
            Next::Act => {
                if !self.honest {
                    self.act();
                    self.drain();
                    let pause = self.rng.range(1, 9_000);
                    self.at(pause, Next::Act);
                }
            }
        }
        true
    }

    fn drain(&mut self) {
        while let Some(output) = self.engine.poll() {
            match output {
                Output::Command(command) => self.perform(command),
                Output::Event(event) => self.hear(event),
            }
        }
        self.check();
    }

    fn perform(&mut self, command: Command) {
        self.say(|| format!("    {command:?}"));
        let (job, air) = match command {
            Command::Equip => {
                assert!(!core::mem::replace(&mut self.equips, true), "asks for extras that are on their way");
                let takes = self.rng.range(0, 20_000);
                return self.at(takes, Next::Equip);
            }
            Command::Abort { job } => {
                let air = self.jobs.remove(&job);
                assert!(air.is_some(), "job {job} is aborted, but it is over");
                // What is on its way may arrive all the same.
                if let Some(Air::Send(file, part, stamp, ..)) = air
                    && self.rng.percent(20)
                {
                    self.store_part(stamp, file, part, false);
                }
                return;
            }
            Command::Ask { job, file, ask } => {
                if let Ask::Complete { .. } = ask {
                    self.completing.insert(file);
                }
                assert!(self.engine.phase(file).is_some(), "I3: asks for a file that is gone");
                (job, Air::Ask(file, ask))
            }
            Command::Send { job, file, parameters, part } => {
                assert!(self.engine.phase(file).is_some(), "I3: sends a file that is gone");
                let number = |name| parameters.url.query_value(name).unwrap().parse::<u64>().unwrap();
                // One that was on its way while the machine slept may be over before anyone could know.
                let slept = number("signed") <= self.slept_at;
                assert!(slept || number("end") > self.now, "I7: an address that is over");
                let part = part.unwrap_or(Part { number: 0, start: 0, end: 0 });
                let carries = parameters.checksum.as_ref().is_some_and(|ours| parameters.carries(ours));
                let detectable = parameters.checksum.is_some() && (carries || self.tells);
                let damaged = !self.honest && detectable && self.rng.percent(self.trouble / 2);
                if damaged {
                    self.count("damaged");
                }
                (job, Air::Send(file, part, number("stamp"), carries, damaged))
            }
            Command::AbortUpload { job, remote, .. } => (job, Air::AbortUpload(remote.upload_id.clone())),
        };
        assert!(self.jobs.insert(job, air).is_none(), "job {job} is used twice");
        let limit = match self.engine.options().limit {
            0 => usize::MAX,
            limit => limit as usize,
        };
        assert!(self.limit_fell || self.jobs.len() <= limit, "I4: {} jobs, limit {limit}", self.jobs.len());
        self.begin(job);
    }

    fn hear(&mut self, event: UploadEvent) {
        self.say(|| format!("    {event:?}"));
        match event {
            UploadEvent::Upload { upload, files } => {
                self.open.insert(upload, files.into_iter().collect());
            }
            UploadEvent::UploadSuccess(id) => {
                self.count("succeeded");
                let file = self.engine.file(id).unwrap();
                if file.response.as_ref().is_some_and(|response| response.verified.is_some()) {
                    self.count("verified");
                }
                let mine: Vec<&Vec<Stored>> =
                    self.objects.values().filter(|parts| parts.first().is_some_and(|part| part.file == id)).collect();
                let allowed = 1 + self.unconfirmed.get(&id).copied().unwrap_or(0);
                assert!((1..=allowed).contains(&mine.len()), "{} objects for file {id}", mine.len());
                let mut next = 0;
                for part in mine.last().unwrap().iter() {
                    assert_eq!((part.file, part.start), (id, next), "I1: file {id}");
                    assert!(!part.damaged, "I1: file {id} has other bytes");
                    next = part.end;
                }
                assert_eq!(next, file.size, "I1: file {id} is not whole");
                self.close(id);
            }
            UploadEvent::UploadError(id) => {
                self.count("given up");
                let failure = self.engine.file(id).unwrap().failure.unwrap();
                if failure.code == "Unconfirmed" {
                    self.count("unconfirmed");
                    *self.unconfirmed.entry(id).or_default() += 1;
                }
                self.close(id);
            }
            UploadEvent::FileRemoved(file) => {
                self.count("removed");
                for open in self.open.values_mut() {
                    open.remove(&file.id);
                }
            }
            UploadEvent::Complete { upload, .. } => {
                let open = self.open.remove(&upload).expect("I2: an upload completes once");
                assert!(open.is_empty(), "I2: {upload} completes while {open:?} are open");
            }
            _ => {}
        }
    }

    fn close(&mut self, id: FileId) {
        let closed = self.open.values_mut().filter_map(|open| open.take(&id)).count();
        assert_eq!(closed, 1, "I2: file {id} ended without being open");
    }

    fn check(&mut self) {
        assert_eq!(self.engine.in_air(), self.jobs.len(), "jobs in the air");
        let mut uploaded = 0;
        for id in self.engine.file_ids().collect::<Vec<_>>() {
            let file = self.engine.file(id).unwrap();
            assert!(file.bytes_uploaded <= file.size, "I5: file {id}");
            assert_eq!(file.percentage() == 100, file.phase == Phase::Done, "I5: file {id}");
            if file.phase != Phase::Idle {
                uploaded += file.bytes_uploaded;
            }
        }
        assert_eq!(self.engine.totals().bytes_uploaded, uploaded, "totals");
        let waiting = self.engine.totals().count(Phase::Queued);
        let idle = self.jobs.is_empty() && self.engine.totals().online;
        assert!(!idle || waiting == 0 || self.equips, "a file waits though nothing is in the air");
    }
}
