//! A driver, a signer, a store and a clock around the engine, for files in parts.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use filechute_engine::{
    Algorithm, Answer, Ask, Class, Command, Digest, Engine, Extras, Failure, FileId, JobId, Kind, Multipart, NewFile,
    Options, Output, ParameterPolicy, Part, PartReceipt, Phase, Plan, RawParameters, Remote, Report, Time, UploadEvent,
    UploadId, UploadParameters, UploadResponse,
};

const CRC: Algorithm = Algorithm::Crc64Nvme;

use crate::rng::Rng;

thread_local! {
    /// The present run, line by line, when somebody wants to read it.
    pub(crate) static TRACE: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

const MIB: u64 = 1 << 20;

/// A part as the store has it: whose bytes, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stored {
    file: FileId,
    start: u64,
    end: u64,
    etag: String,
    /// Other bytes arrived than were sent.
    damaged: bool,
}

impl Stored {
    /// The checksum of the bytes that are there.
    fn digest(&self) -> Digest {
        digest(self.file, self.start, self.end, self.damaged)
    }
}

#[derive(Debug, Default)]
struct Upload {
    key: String,
    owner: Option<FileId>,
    parts: BTreeMap<u32, Stored>,
    /// Whether its id ever reached the page.
    known: bool,
    failed_aborts: u32,
}

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

    /// A request sets out; what becomes of it is decided here.
    fn begin(&mut self, job: JobId) {
        let sends = matches!(self.jobs[&job], Air::Send(..));
        let after = self.rng.range(1, if sends { 4_000 } else { 300 });
        if !self.line {
            return self.fail(job, 20, 0, "error", Class::Retry);
        }
        if sends {
            let bytes = self.rng.range(0, 8 * MIB);
            self.at(after / 2, Next::Report(job, Report::Progress(bytes)));
        }
        let trouble = !self.honest && self.rng.percent(self.trouble);
        if !trouble {
            return self.at(after, Next::Effect(job, true));
        }
        match self.rng.range(0, 8) {
            0 | 1 => {
                self.count("error");
                self.fail(job, after, 0, "error", Class::Retry);
            }
            2 => {
                self.count("lost answer");
                self.at(after, Next::Effect(job, false));
                self.fail(job, after + 1, 0, "error", Class::Retry);
            }
            3 => self.count("silence"),
            4 => {
                self.count("slow");
                self.fail(job, after, 503, "SlowDown", Class::Slow);
            }
            5 if sends => {
                self.count("expired");
                self.fail(job, after, 403, "expired", Class::Resign);
            }
            6 => {
                if let Some(id) = self.upload_of(job) {
                    self.count("no such upload");
                    self.uploads.remove(&id);
                }
                self.at(after, Next::Effect(job, true));
            }
            7 if matches!(self.jobs[&job], Air::Ask(_, Ask::Complete { .. })) => {
                self.count("invalid part");
                self.fail(job, after, 400, "InvalidPart", Class::Final);
            }
            _ => self.fail(job, after, 500, "InternalError", Class::Retry),
        }
    }

    fn upload_of(&self, job: JobId) -> Option<String> {
        match &self.jobs[&job] {
            Air::Ask(_, Ask::Sign { remote, .. } | Ask::List { remote } | Ask::Complete { remote, .. }) => {
                Some(remote.upload_id.clone())
            }
            _ => None,
        }
    }

    fn fail(&mut self, job: JobId, after: u64, status: u16, code: &str, class: Class) {
        let kind = if status == 0 { Kind::Network } else { Kind::S3 };
        let failure = Failure::new(kind, code, class, "made up").with_status(status);
        if let Some(Air::AbortUpload(id)) = self.jobs.get(&job)
            && let Some(upload) = self.uploads.get_mut(&id.clone())
        {
            upload.failed_aborts += 1;
        }
        self.at(after, Next::Report(job, Report::Failed(failure)));
    }

    fn store_part(&mut self, stamp: u64, file: FileId, part: Part, damaged: bool) -> Option<String> {
        // The stamp names the upload the address was signed for.
        let upload = self.uploads.get_mut(&format!("U{}", stamp / 100_000))?;
        self.next_etag += 1;
        let etag = format!("e{}", self.next_etag);
        upload
            .parts
            .insert(part.number, Stored { file, start: part.start, end: part.end, etag: etag.clone(), damaged });
        Some(etag)
    }

    /// A request reaches the store.
    fn effect(&mut self, job: JobId, answer: bool) {
        let Some(air) = self.jobs.get(&job) else { return };
        let gone = || Report::Failed(Failure::new(Kind::S3, "NoSuchUpload", Class::Final, "gone").with_status(404));
        let report = match air {
            Air::Ask(_, Ask::Whole) => Report::Parameters(Box::new(address(0, self.now, self.now + 900_000))),
            Air::Ask(file, Ask::Create) => {
                let file = *file;
                self.next_upload += 1;
                let (id, key) = (format!("U{}", self.next_upload), format!("k{}", self.next_upload));
                let upload = Upload { key: key.clone(), owner: Some(file), ..Upload::default() };
                self.uploads.insert(id.clone(), upload);
                Report::Created(Remote {
                    upload_id: id,
                    key,
                    bucket: String::new(),
                    checksum: self.checks.then_some(CRC),
                })
            }
            Air::Ask(file, Ask::Sign { remote, parts }) => {
                let file = *file;
                let upload: u64 = remote.upload_id[1..].parse().unwrap();
                let end = self.now + self.rng.pick(&[900_000, 900_000, 15_000]).unwrap();
                let mut parts = parts.clone();
                if parts.len() > 1 {
                    self.count("resigned ahead");
                    if self.rng.percent(20) {
                        parts.truncate(1);
                    }
                }
                self.next_sign += 1;
                let stamp = upload * 100_000 + self.next_sign;
                let (checks, tells) = (self.checks, self.tells);
                let sign = |part: &Part| {
                    let mut signed = address(stamp, self.now, end);
                    let ours = digest(file, part.start, part.end, false);
                    if checks {
                        signed.headers.push((CRC.header().to_owned(), ours.base64()));
                    }
                    signed.checksum = (checks || tells).then_some(ours);
                    (part.number, Box::new(signed))
                };
                Report::Signed(parts.iter().map(sign).collect())
            }
            Air::Ask(_, Ask::List { remote }) => match self.uploads.get(&remote.upload_id) {
                None => gone(),
                Some(upload) => {
                    let part = |(number, part): (&u32, &Stored)| PartReceipt {
                        number: *number,
                        size: part.end - part.start,
                        etag: part.etag.clone(),
                        checksum: if self.tells { part.digest().base64() } else { String::new() },
                    };
                    let parts = upload.parts.iter().map(part).collect();
                    self.count("listed");
                    Report::Listed(parts)
                }
            },
            Air::Ask(_, Ask::Complete { remote, parts, checksum, .. }) => {
                let (id, parts, whole) = (remote.upload_id.clone(), parts.clone(), checksum.clone());
                match self.uploads.get(&id) {
                    None if self.remembers && self.objects.contains_key(&remote.key) => {
                        Report::Completed(Box::new(UploadResponse { status: 200, ..UploadResponse::default() }))
                    }
                    None => gone(),
                    Some(upload) => {
                        let agree = parts.iter().all(|p| upload.parts.get(&p.number).is_some_and(|s| s.etag == p.etag));
                        let there = whole_of(parts.iter().filter_map(|part| upload.parts.get(&part.number)));
                        if agree && self.checks && there != whole {
                            let failure = Failure::new(Kind::Integrity, "BadDigest", Class::Resign, "differs");
                            Report::Failed(failure.with_status(400))
                        } else if agree {
                            let upload = self.uploads.remove(&id).unwrap();
                            let pieces = parts.iter().map(|p| upload.parts[&p.number].clone()).collect();
                            self.objects.insert(upload.key, pieces);
                            let checksum = if self.tells { there } else { String::new() };
                            Report::Completed(Box::new(UploadResponse {
                                status: 200,
                                checksum,
                                ..UploadResponse::default()
                            }))
                        } else {
                            let failure = Failure::new(Kind::S3, "InvalidPart", Class::Final, "differs");
                            Report::Failed(failure.with_status(400))
                        }
                    }
                }
            }
            Air::Ask(..) | Air::Unread => panic!("an unknown question"),
            Air::AbortUpload(id) => {
                let id = id.clone();
                self.count("aborted at the store");
                match self.uploads.remove(&id) {
                    Some(_) => Report::Aborted,
                    None => gone(),
                }
            }
            Air::Send(file, part, stamp, carries, damaged) => {
                let (file, part, stamp, carries, damaged) = (*file, *part, *stamp, *carries, *damaged);
                if part.number == 0 {
                    self.objects.insert(
                        format!("whole-{file}"),
                        vec![Stored {
                            file,
                            start: 0,
                            end: self.engine.file(file).unwrap().size,
                            etag: String::new(),
                            damaged: false,
                        }],
                    );
                    Report::Answer(Box::new(Answer { status: 200, ..Answer::default() }))
                } else if carries && damaged {
                    Report::Answer(Box::new(Answer {
                        status: 400,
                        body: "<Error><Code>BadDigest</Code><Message>differs</Message></Error>".to_owned(),
                        ..Answer::default()
                    }))
                } else {
                    match self.store_part(stamp, file, part, damaged) {
                        Some(etag) => {
                            let etag = if self.hides_etags { String::new() } else { format!("\"{etag}\"") };
                            let there = digest(file, part.start, part.end, damaged).base64();
                            let checksums =
                                if self.tells { vec![(CRC.header().to_owned(), there)] } else { Vec::new() };
                            Report::Answer(Box::new(Answer { status: 200, etag, checksums, ..Answer::default() }))
                        }
                        None => Report::Answer(Box::new(Answer {
                            status: 404,
                            body: "<Error><Code>NoSuchUpload</Code><Message>gone</Message></Error>".to_owned(),
                            ..Answer::default()
                        })),
                    }
                }
            }
        };
        if !answer {
            return;
        }
        if !self.honest && self.rng.percent(5) {
            self.at(self.scheduled % 3_000, Next::Report(job, report.clone()));
        }
        self.at(1, Next::Report(job, report));
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

    fn act(&mut self) {
        let ids: Vec<FileId> = self.engine.file_ids().collect();
        let id = self.rng.pick(&ids).unwrap_or(FileId(1));
        let now = Time(self.now);
        let act = self.rng.range(0, 18);
        self.say(|| format!("act {act} on {id}"));
        match act {
            0 => drop(self.engine.pause(now, id)),
            1 | 2 => drop(self.engine.resume(now, id)),
            3 => self.engine.pause_all(now),
            4 => self.engine.resume_all(now),
            5 => drop(self.engine.retry(now, id)),
            6 => drop(self.engine.retry_all(now)),
            7 if self.rng.percent(30) => drop(self.engine.remove(now, id)),
            8 if self.rng.percent(10) => self.engine.cancel_all(now),
            9 => {
                self.line = false;
                self.engine.on_network(now, false);
            }
            10 | 11 => {
                self.line = true;
                self.engine.on_network(now, true);
            }
            12 => {
                self.slept_at = self.now;
                self.now += self.rng.range(1_000, 3_600_000);
                self.engine.on_deadline(Time(self.now));
            }
            13 => {
                let limit = self.rng.pick(&[1, 2, 6]).unwrap();
                self.limit_fell = true;
                self.engine.set_options(now, Options { limit, ..self.engine.options().clone() });
            }
            15 if self.rng.percent(40) => self.reload(),
            16 => {
                let mut order = ids.clone();
                order.reverse();
                order.push(id);
                self.engine.reorder(&order);
            }
            14 => {
                // A store's clean-up.
                let open: Vec<String> = self.uploads.keys().cloned().collect();
                if let Some(id) = self.rng.pick(&open)
                    && self.rng.percent(20)
                {
                    self.count("restarted");
                    self.uploads.remove(&id);
                }
            }
            _ => {
                let _ = self.engine.upload(now);
            }
        }
    }

    /// The page goes away and comes back: another engine, and of each file what a journal would know. What was in the air
    /// may still arrive, but nobody hears of it.
    fn reload(&mut self) {
        let options = self.engine.options().clone();
        let last = self.engine.file_ids().last().map_or(0, |id| id.0);
        let files: Vec<(NewFile, bool)> = (1..=last)
            .map(FileId)
            .map(|id| {
                let file = self.engine.file(id).filter(|file| file.phase != Phase::Done);
                let Some(file) = file else {
                    return (NewFile { name: format!("gone {id}"), ..NewFile::default() }, false);
                };
                let mut resume = self.engine.resume_of(id);
                if let Some(resume) = &mut resume {
                    match self.rng.range(0, 10) {
                        // Written before the last parts were.
                        0 => drop(resume.parts.pop()),
                        // Damaged: another cut than the one the parts have.
                        1 => {
                            resume.part_size = self.rng.pick(&[MIB, 6 * MIB, 8 * MIB]).unwrap();
                            // Whoever reads a journal looks whether the file has the bytes that it speaks of.
                            let plan = Plan::new(file.size, Some(resume.part_size)).unwrap();
                            resume.parts.retain(|part| {
                                let (start, end) = plan.range(part.number);
                                digest(id, start, end, false).base64() == part.checksum
                            });
                        }
                        _ => {}
                    }
                }
                let kept = resume.is_some();
                self.seen.entry(if kept { "resumed" } else { "reloaded" }).and_modify(|n| *n += 1).or_insert(1);
                (NewFile { name: file.name, size: file.size, resume, ..NewFile::default() }, true)
            })
            .collect();
        let flying: Vec<(JobId, bool)> =
            self.jobs.iter().map(|(job, air)| (*job, matches!(air, Air::Send(..)))).collect();
        for (job, _) in flying.iter().filter(|(_, sends)| *sends) {
            if let (Some(Air::Send(file, part, stamp, ..)), true) = (self.jobs.remove(job), self.rng.percent(20)) {
                self.store_part(stamp, file, part, false);
            }
        }
        self.jobs.clear();
        self.agenda.retain(|_, next| matches!(next, Next::Act));
        self.open.clear();
        let resumed: Vec<&str> =
            files.iter().filter_map(|(file, _)| Some(file.resume.as_ref()?.remote.upload_id.as_str())).collect();
        for (id, upload) in &mut self.uploads {
            // What was owed, and what nobody had heard of yet, is the journal's affair, or the bucket's rule.
            if !resumed.contains(&id.as_str()) {
                upload.failed_aborts += 1;
            }
        }
        // The object may be there already, and a page that comes back cannot know.
        for id in &self.completing {
            *self.unconfirmed.entry(*id).or_default() += 1;
        }
        let seed = self.rng.next() as u32;
        // One that knows of earlier uploads has what they need.
        let bare = self.bare && files.iter().all(|(file, _)| file.resume.is_none());
        self.engine = if bare { Engine::bare(options, seed) } else { Engine::new(options, seed) };
        self.equips = false;
        for (file, kept) in files {
            let id = self.engine.add(Time(self.now), file).unwrap();
            if !kept {
                self.engine.remove(Time(self.now), id);
            }
        }
        while self.engine.poll().is_some() {}
        self.engine.on_network(Time(self.now), self.line);
        let _ = self.engine.upload(Time(self.now));
    }

    /// The faults stop: everything finishes, and after removal nothing is left at the store.
    fn calm(&mut self) {
        self.honest = true;
        self.line = true;
        self.engine.on_network(Time(self.now), true);
        self.engine.resume_all(Time(self.now));
        self.drain();
        let end = self.now + 3 * 3_600_000;
        for _ in 0..4 {
            while self.engine.totals().active() > 0 {
                assert!(self.step(), "I9: nothing happens any more: {:?}", self.engine.totals());
                assert!(self.now < end, "I9: no end: {:?}", self.engine.totals());
            }
            self.engine.retry_all(Time(self.now));
            self.drain();
        }
        let done = self.engine.totals().count(Phase::Done) + self.engine.totals().count(Phase::Idle);
        assert_eq!(done, self.engine.totals().files, "I9: {:?}", self.engine.totals());
        self.engine.cancel_all(Time(self.now));
        self.drain();
        while !self.jobs.is_empty() || self.engine.next_deadline().is_some() {
            assert!(self.step(), "I9: the clean-up does not end");
            assert!(self.now < end + 3_600_000, "I9: the clean-up has no end");
        }
        for (id, upload) in &self.uploads {
            let excused = !upload.known || upload.failed_aborts > 0;
            assert!(excused, "I8: upload {id} of file {:?} is left at the store", upload.owner);
        }
    }
}

/// Made up, but the same for the same bytes, and such that those of parts can be combined.
fn digest(file: FileId, start: u64, end: u64, damaged: bool) -> Digest {
    let value = (u64::from(file.0) << 48) ^ (start << 16) ^ end.wrapping_mul(0x9e37_79b9) ^ u64::from(damaged);
    Digest::from_bytes(CRC, &value.to_be_bytes()).unwrap()
}

fn whole_of<'a>(parts: impl Iterator<Item = &'a Stored>) -> String {
    let pairs = parts.map(|part| (part.digest(), part.end - part.start));
    let whole = pairs.reduce(|(before, all), (part, length)| {
        (filechute_checksum::combine(&before, &part, length).unwrap(), all + length)
    });
    whole.map(|(whole, _)| whole.base64()).unwrap_or_default()
}

fn address(stamp: u64, now: u64, end: u64) -> UploadParameters {
    let url = format!("https://b.example/k?stamp={stamp}&signed={now}&end={end}");
    let raw = RawParameters { url, ..RawParameters::default() };
    let mut parameters = raw.check(&ParameterPolicy::default()).unwrap();
    parameters.expires_in_ms = Some(end - now);
    parameters
}
