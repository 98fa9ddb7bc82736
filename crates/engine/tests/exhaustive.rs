//! All small cases: two files, a limit of 1 and of 2, and every sequence of a few inputs. States that were seen before are
//! not gone through again, so that more inputs in a row are possible than the number of sequences would allow; a state is everything
//! the engine holds. `FILECHUTE_DEPTH=5` goes deeper.
//!
//! The books of the simulation check each step. Here nothing is left to chance, but there are only two files and one
//! kind of each thing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

#[path = "simulation/books.rs"]
mod books;

use std::{
    collections::{BTreeMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    panic::{AssertUnwindSafe, catch_unwind},
};

use filechute_engine::{
    Answer, Class, Command, Engine, Failure, FileId, JobId, Kind, NewFile, Options, Output, ParameterPolicy, Phase,
    RawParameters, Report, Time,
};

use crate::books::{Books, Setback};

/// Inputs in a row.
const DEPTH: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    Upload,
    PauseAll,
    ResumeAll,
    RetryAll,
    CancelAll,
    Timer,
    Sleep,
    Offline,
    Online,
    Pause(u32),
    Resume(u32),
    Remove(u32),
    Retry(u32),
    /// The job in the air ends well: parameters, or the store's confirmation.
    Well(u32),
    Half(u32),
    BodySent(u32),
    Broken(u32),
    Expired(u32),
    SlowDown(u32),
    Denied(u32),
    /// The last job, which is over, says that it ended well.
    Late(u32),
}

/// Inputs that make sense only while a job is in the air.
const REPORTS: [fn(u32) -> Input; 7] =
    [Input::Well, Input::Half, Input::BodySent, Input::Broken, Input::Expired, Input::SlowDown, Input::Denied];

const VERBS: [fn(u32) -> Input; 4] = [Input::Pause, Input::Resume, Input::Remove, Input::Retry];

const ALL: [Input; 9] = [
    Input::Upload,
    Input::PauseAll,
    Input::ResumeAll,
    Input::RetryAll,
    Input::CancelAll,
    Input::Timer,
    Input::Sleep,
    Input::Offline,
    Input::Online,
];

/// An engine, what is in the air, and the books.
struct Small {
    engine: Engine,
    books: Books,
    now: u64,
    /// File, whether it sends, when it began.
    jobs: BTreeMap<JobId, (FileId, bool, u64)>,
    /// The last job of each file that is over.
    over: BTreeMap<u32, (JobId, bool)>,
    known: bool,
    in_deadline: bool,
}

fn parameters() -> Report {
    let raw = RawParameters { url: "https://b.example/k?sig=1".to_owned(), ..RawParameters::default() };
    Report::Parameters(Box::new(raw.check(&ParameterPolicy::default()).unwrap()))
}

fn answer(status: u16, code: &str, message: &str) -> Report {
    let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    let body = if status == 200 { String::new() } else { body };
    Report::Answer(Box::new(Answer { status, body, ..Answer::default() }))
}

impl Small {
    fn new(limit: u32) -> Self {
        let options = Options { limit, retry_delays_ms: vec![0], ..Options::default() };
        let mut small = Self {
            engine: Engine::new(options, 1),
            books: Books::new(),
            now: 0,
            jobs: BTreeMap::new(),
            over: BTreeMap::new(),
            known: false,
            in_deadline: false,
        };
        for (name, size) in [("a", 10), ("empty", 0)] {
            small.engine.add(Time(0), NewFile { name: name.to_owned(), size, ..NewFile::default() }).unwrap();
        }
        small.drain();
        small
    }

    fn inputs(&self) -> Vec<Input> {
        let mut inputs = ALL.to_vec();
        for file in [1, 2] {
            inputs.extend(VERBS.map(|verb| verb(file)));
            if self.jobs.values().any(|(id, ..)| id.0 == file) {
                inputs.extend(REPORTS.map(|report| report(file)));
            }
            if self.over.contains_key(&file) {
                inputs.push(Input::Late(file));
            }
        }
        inputs
    }

    fn act(&mut self, input: Input) {
        let now = Time(self.now);
        let engine = &mut self.engine;
        match input {
            Input::Upload => {
                engine.upload(now).unwrap();
            }
            Input::PauseAll => engine.pause_all(now),
            Input::ResumeAll => {
                for id in self.books.pages.keys().copied().collect::<Vec<_>>() {
                    if engine.phase(id) == Some(Phase::Paused) {
                        self.books.let_go(id);
                    }
                }
                engine.resume_all(now);
            }
            Input::RetryAll => {
                engine.retry_all(now);
            }
            Input::CancelAll => engine.cancel_all(now),
            Input::Timer => self.timer(self.engine.next_deadline().map_or(1, |at| at.since(now))),
            Input::Sleep => self.timer(3_600_000),
            Input::Offline => engine.on_network(now, false),
            Input::Online => engine.on_network(now, true),
            Input::Pause(file) => {
                engine.pause(now, FileId(file));
            }
            Input::Resume(file) => {
                engine.resume(now, FileId(file));
            }
            Input::Remove(file) => {
                engine.remove(now, FileId(file));
            }
            Input::Retry(file) => {
                engine.retry(now, FileId(file));
            }
            Input::Well(file) => self.report(file, None),
            Input::Half(file) => self.news(file, Report::Progress(5)),
            Input::BodySent(file) => self.news(file, Report::BodySent),
            Input::Broken(file) => self.report(file, Some(("error", Class::Retry))),
            Input::Expired(file) => self.report(file, Some(("expired", Class::Resign))),
            Input::SlowDown(file) => self.report(file, Some(("SlowDown", Class::Slow))),
            Input::Denied(file) => self.report(file, Some(("denied", Class::Final))),
            Input::Late(file) => {
                let (job, send) = self.over[&file];
                engine.on_report(now, job, if send { answer(200, "", "") } else { parameters() });
                assert!(engine.poll().is_none(), "a late report did something");
            }
        }
        self.drain();
    }

    fn timer(&mut self, after: u64) {
        self.now += after;
        self.in_deadline = true;
        self.engine.on_deadline(Time(self.now));
        self.drain();
        self.in_deadline = false;
    }

    fn job(&self, file: u32) -> (JobId, bool, u64) {
        let (job, (_, send, started)) = self.jobs.iter().find(|(_, (id, ..))| id.0 == file).expect("a job in the air");
        (*job, *send, *started)
    }

    fn news(&mut self, file: u32, report: Report) {
        let (job, ..) = self.job(file);
        self.engine.on_report(Time(self.now), job, report);
    }

    /// The job in the air ends, well or with a failure.
    fn report(&mut self, file: u32, failure: Option<(&str, Class)>) {
        let (job, send, started) = self.job(file);
        self.jobs.remove(&job);
        self.over.insert(file, (job, send));
        let id = FileId(file);
        let report = match failure {
            None if send => {
                self.books.confirmed(id);
                answer(200, "", "")
            }
            None => parameters(),
            Some((code, class)) => {
                let online = self.engine.totals().online;
                let silent = code == "error" || !send;
                let refused = code == "error" && online && !self.known && self.now - started < 200;
                let refused = send.then_some(refused);
                let setback = Setback { class, offline: silent && !online, timeout: false, refused };
                self.books.failed(id, &setback, 1);
                match (send, class) {
                    (true, Class::Resign) => answer(403, "AccessDenied", "Request has expired"),
                    (true, Class::Slow) => answer(503, "SlowDown", ""),
                    (true, Class::Final) => answer(403, "AccessDenied", ""),
                    (true, Class::Retry) => Report::Failed(Failure::new(Kind::Network, code, class, "")),
                    (false, _) => Report::Failed(Failure::new(Kind::Sign, code, class, "")),
                }
            }
        };
        self.known |= matches!(report, Report::Answer(_));
        self.engine.on_report(Time(self.now), job, report);
    }

    fn drain(&mut self) {
        while let Some(output) = self.engine.poll() {
            match output {
                Output::Event(event) => self.books.event(&self.engine, &event),
                Output::Command(Command::Ask { job, file, .. }) => {
                    assert!(self.books.pages.contains_key(&file), "I3");
                    assert!(self.jobs.insert(job, (file, false, self.now)).is_none());
                    assert!(self.jobs.len() <= self.engine.options().limit as usize, "I4");
                }
                Output::Command(Command::Send { job, file, .. }) => {
                    assert!(self.jobs.insert(job, (file, true, self.now)).is_none());
                }
                Output::Command(Command::AbortUpload { .. } | Command::Equip) => panic!("no file goes in parts here"),
                Output::Command(Command::Abort { job }) => {
                    let (file, send, _) = self.jobs.remove(&job).expect("an aborted job is in the air");
                    self.over.insert(file.0, (job, send));
                    if self.in_deadline {
                        let offline = !self.engine.totals().online;
                        let refused = send.then_some(false);
                        self.books.failed(file, &Setback { class: Class::Retry, offline, timeout: true, refused }, 1);
                    }
                }
            }
        }
    }

    fn check(&self) {
        self.books.check(&self.engine);
        assert_eq!(self.engine.in_air(), self.jobs.len());
        for (file, send, _) in self.jobs.values() {
            let phase = self.engine.phase(*file).expect("I3: a job in the air has its file");
            assert!(phase.in_air());
            assert_eq!(phase == Phase::Preparing, !send);
        }
        let totals = self.engine.totals();
        // Whoever waits is waiting for something.
        assert!(totals.active() == 0 || self.engine.next_deadline().is_some(), "nothing will ever happen again");
        let held = !totals.online || self.jobs.len() >= self.engine.options().limit as usize;
        let slowed = self.engine.in_air() > 0;
        assert!(totals.count(Phase::Queued) == 0 || held || slowed, "a file waits though there is room");
        if totals.active() == 0 {
            assert_eq!(self.engine.next_deadline(), None, "a timer without a cause");
        }
    }

    /// Forgets what changed: it is not part of the state that matters.
    fn look(&mut self) {
        self.engine.take_changes(Time(self.now));
    }

    fn state(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        format!("{:?}{:?}{}", self.engine, self.books.pages, self.known).hash(&mut hasher);
        hasher.finish()
    }
}

fn replay(limit: u32, path: &[Input]) -> Small {
    let mut small = Small::new(limit);
    for (n, input) in path.iter().enumerate() {
        small.act(*input);
        small.look();
        // What comes before the last input was checked when it was the last.
        if n + 1 == path.len() {
            small.check();
        }
    }
    small
}

/// Where sequences begin: at rest, and in the middle of things.
const STARTS: [&[Input]; 6] = [
    &[],
    &[Input::Upload],
    &[Input::Upload, Input::Well(1), Input::BodySent(1)],
    &[Input::Upload, Input::Well(1), Input::Expired(1), Input::Well(1)],
    &[Input::Upload, Input::Well(1), Input::Broken(1), Input::Timer, Input::Pause(2)],
    &[Input::Upload, Input::Well(1), Input::Offline, Input::Broken(1), Input::Timer],
];

/// Goes through every state that `depth` inputs can reach, and says how many there are.
fn explore(limit: u32, depth: usize) -> usize {
    let mut seen = HashSet::new();
    let mut frontier: Vec<(Vec<Input>, Vec<Input>)> = Vec::new();
    for start in STARTS {
        let small = replay(limit, start);
        seen.insert(small.state());
        frontier.push((start.to_vec(), small.inputs()));
    }
    for _ in 0..depth {
        let mut next = Vec::new();
        for (path, inputs) in frontier {
            for input in inputs {
                let path: Vec<Input> = path.iter().copied().chain([input]).collect();
                let Ok(small) = catch_unwind(AssertUnwindSafe(|| replay(limit, &path))) else {
                    panic!("limit {limit}: {path:?}");
                };
                if seen.insert(small.state()) {
                    next.push((path, small.inputs()));
                }
            }
        }
        frontier = next;
    }
    seen.len()
}

fn depth() -> usize {
    std::env::var("FILECHUTE_DEPTH").map_or(DEPTH, |text| text.parse().unwrap())
}

#[test]
fn every_short_sequence_with_a_limit_of_one() {
    let states = explore(1, depth());
    println!("{states} states");
    assert!(states > 1_000, "only {states} states");
}

#[test]
fn every_short_sequence_with_a_limit_of_two() {
    let states = explore(2, depth());
    println!("{states} states");
    assert!(states > 1_000, "only {states} states");
}
