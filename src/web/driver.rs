//! The one door between the engine and the browser: `act` changes the engine, `drain` performs what it says.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use filechute_engine::{
    Changes, Engine, FileId, JobId, Kind, NewFile, Options, Output, ParameterPolicy, Phase, Rejection, RejectionReason,
    Report, Table, Time, UploadEvent, UploadFile, UploadId,
};
use gloo_events::EventListener;
use gloo_timers::{callback::Timeout, future::TimeoutFuture};
use web_sys::Blob;

use super::{
    digest::Digester,
    intake::{self, IntakeFile, List},
    jobs::{Job, Task},
    journal::Handle,
    keeper::Keeper,
    page,
    source::Parameters,
    transfer::{closures, to_u64},
};

mod intakes;
mod remembering;
mod tasks;

/// Progress is told at most this often.
const FLUSH_EVERY_MS: u32 = 100;
/// While nothing moves the speed is still looked at, so that it can fall.
const IDLE_FLUSH_MS: u32 = 1000;
/// A page that is still here so long after it was to be left stays.
const STAYS_AFTER_MS: u32 = 10_000;
/// How often it is looked whether all aborts are done that a page which is gone owed.
const LOOK_AGAIN_MS: u32 = 1_000;
/// Most causes that are explained on the console.
const MOST_EXPLAINED: usize = 50;

thread_local! {
    /// Origins that have answered one of the page's uploaders.
    static ANSWERED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// What an observer hears. More may come to it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Notice {
    /// Something happened. Ask the uploader for snapshots of the files named in it.
    Event(UploadEvent),
    /// A file was not taken in; the file itself where there is one.
    Rejected(Rejection, Option<Box<IntakeFile>>),
    /// Progress, phases, meta or totals moved; at most every 100 ms.
    Changed(Changes),
    /// There are uploads that an earlier page left unfinished, or there are others than before.
    Unfinished,
}

/// What an uploader holds: for tests of leaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Requests and questions in the air.
    pub jobs: usize,
    /// Files whose bytes are referred to.
    pub blobs: usize,
    /// Event handlers of requests, of all uploaders of the page.
    pub closures: usize,
}

type Observer = Rc<dyn Fn(&Notice)>;
type BeforeUpload = Rc<dyn Fn() -> bool>;
type PlanParts = Rc<dyn Fn(&mut IntakeFile)>;
type BeforeAdd = Rc<dyn Fn(IntakeFile) -> Option<IntakeFile>>;

pub(crate) struct Driver {
    engine: RefCell<Engine>,
    pub(crate) parameters: RefCell<Parameters>,
    /// Whom an upload in parts was created with, by its id: another source may be in force by now.
    creators: RefCell<Vec<(String, Parameters)>>,
    pub(crate) policy: RefCell<ParameterPolicy>,
    pub(crate) allowed_meta: RefCell<Option<Vec<String>>>,
    pub(crate) digester: RefCell<Digester>,
    /// None where nothing is to be remembered.
    pub(crate) keeper: RefCell<Option<Rc<Keeper>>>,
    blobs: RefCell<Table<Blob>>,
    /// How files that were dropped can be found again after a reload.
    handles: RefCell<Table<Handle>>,
    jobs: RefCell<Table<Job>>,
    observers: RefCell<Vec<(u32, Observer)>>,
    next_observer: Cell<u32>,
    /// Long lists being taken in, and dropped folders being read.
    intakes: RefCell<Table<Task>>,
    /// What is left of lists.
    lists: RefCell<Table<Rc<List>>>,
    /// What is still to come in is to start with it: somebody asked for the upload meanwhile.
    rest_wanted: Cell<bool>,
    /// But all was held meanwhile.
    rest_held: Cell<bool>,
    next_intake: Cell<u32>,
    pub(crate) before_add: RefCell<Option<BeforeAdd>>,
    pub(crate) before_upload: RefCell<Option<BeforeUpload>>,
    pub(crate) plan: RefCell<Option<PlanParts>>,
    performing: Cell<bool>,
    draining: Cell<bool>,
    /// It was destroyed: nothing gets in any more.
    dead: Cell<bool>,
    /// The page is going away, or lies in the back/forward cache.
    leaving: Cell<bool>,
    /// What broke meanwhile, for when the page stays.
    broken: RefCell<Vec<(JobId, Report)>>,
    /// When it turns out that the page stays after all.
    stays: RefCell<Option<Timeout>>,
    deadline: RefCell<Option<(Time, Timeout)>>,
    /// The planned flush, and whether it is one for news and not just for the speed.
    flush: RefCell<Option<(bool, Timeout)>>,
    network: RefCell<Vec<EventListener>>,
    /// Codes of failures that were explained on the console.
    explained: RefCell<Vec<String>>,
    born_ms: f64,
    weak: Weak<Self>,
}

impl std::fmt::Debug for Driver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Driver { … }")
    }
}

impl Driver {
    pub(crate) fn new(options: Options, seed: u32, parameters: Parameters, policy: ParameterPolicy) -> Rc<Self> {
        let mut engine = Engine::new(options, seed);
        engine.set_epoch(to_u64(js_sys::Date::now()));
        let driver = Rc::new_cyclic(|weak| Self {
            engine: RefCell::new(engine),
            parameters: RefCell::new(parameters),
            creators: RefCell::default(),
            policy: RefCell::new(policy),
            allowed_meta: RefCell::new(None),
            digester: RefCell::default(),
            keeper: RefCell::default(),
            blobs: RefCell::default(),
            handles: RefCell::default(),
            jobs: RefCell::default(),
            observers: RefCell::default(),
            next_observer: Cell::new(0),
            intakes: RefCell::default(),
            lists: RefCell::default(),
            rest_wanted: Cell::new(false),
            rest_held: Cell::new(false),
            next_intake: Cell::new(0),
            before_add: RefCell::default(),
            before_upload: RefCell::default(),
            plan: RefCell::default(),
            performing: Cell::new(false),
            draining: Cell::new(false),
            dead: Cell::new(false),
            leaving: Cell::new(false),
            broken: RefCell::default(),
            stays: RefCell::default(),
            deadline: RefCell::default(),
            flush: RefCell::default(),
            network: RefCell::default(),
            explained: RefCell::default(),
            born_ms: page::now_ms(),
            weak: weak.clone(),
        });
        driver.listen();
        driver
    }

    /// The one way to change the engine. `f` must not run foreign code.
    pub(crate) fn act<R>(&self, f: impl FnOnce(&mut Engine, Time) -> R) -> R {
        let now = self.now();
        let result = f(&mut self.engine.borrow_mut(), now);
        self.drain();
        result
    }

    /// Reads the engine without changing it.
    pub(crate) fn look<R>(&self, f: impl FnOnce(&Engine) -> R) -> R {
        f(&self.engine.borrow())
    }

    pub(crate) fn report(&self, job: JobId, report: Report) {
        // A page that goes away breaks its own requests and may not read its files any more: no news about either. Taken
        // for some, it would abort at the store what the next page is to go on with (seen in WebKit).
        if self.leaving.get() && matches!(report, Report::Failed(_)) {
            return self.broken.borrow_mut().push((job, report));
        }
        if !matches!(report, Report::Progress(_) | Report::BodySent | Report::Busy) {
            // Whatever it was, it is over; a transfer that ended frees its request before anyone is told.
            let over = self.jobs.borrow_mut().remove(job);
            if let Some(Job::Task(task)) = over {
                task.finish();
            }
        }
        self.act(|engine, now| {
            ANSWERED.with_borrow_mut(|origins| {
                engine.swap_answered(origins);
                engine.on_report(now, job, report);
                engine.swap_answered(origins);
            });
        });
    }

    /// Adds a file to the engine and keeps its Blob before anyone is told.
    pub(crate) fn act_added(&self, new: NewFile, blob: Blob) -> Result<FileId, Rejection> {
        if self.dead.get() {
            return Err(Rejection::new(RejectionReason::NoMoreFiles, &new.name));
        }
        let now = self.now();
        let added = self.engine.borrow_mut().add(now, new);
        if let Ok(id) = added {
            self.blobs.borrow_mut().insert(id, blob);
        }
        self.drain();
        added
    }

    /// The options in force.
    pub(crate) fn options(&self) -> Options {
        self.look(|engine| engine.options().clone())
    }

    pub(crate) fn set_options(&self, options: Options) {
        self.act(|engine, now| engine.set_options(now, options));
    }

    /// Starts every file that waits for it, those of lists that are still being taken in among them.
    pub(crate) fn upload(self: &Rc<Self>) -> Result<UploadId, Rejection> {
        intake::hurry(self);
        if !self.may_start() {
            return Err(Rejection::new(RejectionReason::Refused, ""));
        }
        self.rest_wanted.set(self.is_taking_in());
        self.rest_held.set(false);
        self.act(Engine::upload)
    }

    /// The application's hook says so, if there is one.
    pub(super) fn may_start(&self) -> bool {
        let hook = self.before_upload.borrow().clone();
        hook.is_none_or(|hook| hook())
    }

    fn on_deadline(&self) {
        let now = self.now();
        if self.look(|engine| engine.starts_by_itself(now)) && !self.may_start() {
            self.act(|engine, _| engine.forgo_start());
        }
        self.act(|engine, _| engine.on_deadline(now));
    }

    pub(crate) fn pause_all(&self) {
        self.rest_held.set(true);
        self.act(Engine::pause_all);
    }

    pub(crate) fn resume_all(&self) {
        self.rest_held.set(false);
        self.act(Engine::resume_all);
        self.start_rest();
    }

    pub(crate) fn cancel_all(&self) {
        self.empty(Engine::cancel_all);
    }

    pub(crate) fn clear(&self) {
        self.empty(Engine::clear);
    }

    fn empty(&self, verb: fn(&mut Engine, Time)) {
        self.rest_wanted.set(false);
        self.stop_intakes();
        self.act(verb);
    }

    pub(crate) fn blob(&self, id: FileId) -> Option<Blob> {
        self.blobs.borrow().get(id).cloned()
    }

    pub(crate) fn tell(&self, notice: &Notice) {
        // Looked for each time: an observer may subscribe or leave while it is told, and have another one leave.
        let ids: Vec<u32> = self.observers.borrow().iter().map(|(id, _)| *id).collect();
        for id in ids {
            let observer = self.observers.borrow().iter().find(|(known, _)| *known == id).map(|(_, it)| Rc::clone(it));
            if let Some(observer) = observer {
                observer(notice);
            }
        }
    }

    pub(crate) fn subscribe(&self, observer: Observer) -> u32 {
        let id = self.next_observer.get();
        self.next_observer.set(id.wrapping_add(1));
        self.observers.borrow_mut().push((id, observer));
        id
    }

    pub(crate) fn unsubscribe(&self, id: u32) {
        let gone = {
            let mut observers = self.observers.borrow_mut();
            observers.iter().position(|(known, _)| *known == id).map(|at| observers.remove(at))
        };
        // Dropped outside the borrow: what an observer owns may have a Drop of its own.
        drop(gone);
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            jobs: self.jobs.borrow().len() + self.intakes.borrow().len(),
            blobs: self.blobs.borrow().len(),
            closures: closures(),
        }
    }

    /// Nobody is there any more who could use what observers hear.
    pub(crate) fn abandon(&self) {
        self.observers.take();
        self.destroy();
    }

    /// Stops everything and lets go of everything. What a journal remembers is left at the store for the next page.
    pub(crate) fn destroy(&self) {
        if self.dead.replace(true) {
            return;
        }
        self.rest_wanted.set(false);
        self.stop_intakes();
        self.network.take();
        self.catch_up();
        // Where nothing can be remembered, nobody would come back for it, and what was remembered before is forgotten with it.
        let remembered = self.keeper().is_some_and(|keeper| keeper.works());
        let left = if remembered { self.keeper.take() } else { None };
        self.act(if remembered { Engine::leave } else { Engine::cancel_all });
        if let Some(keeper) = left.or_else(|| self.keeper.take()) {
            keeper.leave();
        }
        if remembered {
            // What was left there for the next page is not to be aborted by whatever is still called on this one.
            let options = self.options();
            self.engine.replace(Engine::new(options, 0));
            self.deadline.take();
        } else {
            self.outlive();
        }
        self.blobs.take();
        self.handles.take();
        self.observers.take();
        self.before_add.take();
        self.before_upload.take();
        self.plan.take();
        self.broken.take();
        self.stays.take();
        self.flush.take();
    }

    /// Whoever ends it while something is performed or told is ahead of what was to come behind that: it is done now, and the
    /// journal told of it, which would offer what was cancelled to the next page.
    fn catch_up(&self) {
        self.performing.set(false);
        self.perform_all();
        loop {
            let output = self.engine.borrow_mut().poll_event();
            let Some(Output::Event(event)) = output else { return };
            self.note(&event);
        }
    }

    /// What the store has of files that nobody wants any more is aborted first: those beyond the limit too, and the one whose id
    /// is not known yet.
    fn outlive(&self) {
        let Some(driver) = self.weak.upgrade() else { return };
        wasm_bindgen_futures::spawn_local(async move {
            while driver.look(Engine::next_deadline).is_some() {
                TimeoutFuture::new(LOOK_AGAIN_MS).await;
            }
        });
    }

    fn now(&self) -> Time {
        Time(to_u64(page::now_ms() - self.born_ms))
    }

    /// Does what the engine says, at once, since its clocks run; then tells of what happened, however long listeners take.
    fn drain(&self) {
        self.perform_all();
        if self.draining.replace(true) {
            return;
        }
        loop {
            let output = self.engine.borrow_mut().poll_event();
            let Some(Output::Event(event)) = output else { break };
            self.note(&event);
            if let UploadEvent::FileRemoved(file) = &event {
                self.blobs.borrow_mut().remove(file.id);
                self.handles.borrow_mut().remove(file.id);
            }
            if let UploadEvent::UploadError(id) = &event {
                self.explain(*id);
            }
            self.tell(&Notice::Event(event));
        }
        self.draining.set(false);
        self.set_alarm();
        self.plan_flush();
    }

    fn perform_all(&self) {
        // In order: whatever a callback in there makes of it comes behind.
        if self.performing.replace(true) {
            return;
        }
        loop {
            let output = self.engine.borrow_mut().poll_command();
            let Some(Output::Command(command)) = output else { break };
            self.perform(command);
        }
        self.performing.set(false);
    }

    /// What a person cannot mend is put on the console, where the site's developer finds the cure: once per cause.
    fn explain(&self, id: FileId) {
        let Some(failure) = self.file(id).and_then(|file| file.failure) else { return };
        let developers = match failure.kind {
            Kind::Config => true,
            Kind::S3 => failure.code == "Unconfirmed",
            Kind::Sign => !["rejected", "expired"].contains(&failure.code.as_str()),
            _ => false,
        };
        let (message, help) = (failure.message, failure.help);
        if developers || !help.is_empty() {
            // A finding of our own begins with its cause, which is the message.
            let repeated = help.starts_with(&message);
            let between = if repeated || help.is_empty() { "" } else { "; " };
            let message = if repeated { "" } else { &*message };
            self.warn_once([failure.kind.name(), ".", &failure.code].concat(), &[message, between, &help].concat());
        }
    }

    fn warn_once(&self, code: String, text: &str) {
        let line = ["filechute: ", &code, ": ", text].concat();
        {
            let mut told = self.explained.borrow_mut();
            // A hostile host could think of new causes for ever.
            if told.len() >= MOST_EXPLAINED || told.contains(&code) {
                return;
            }
            told.push(code);
        }
        // Not borrowed meanwhile: a page may have a console of its own.
        page::warn(&line);
    }

    fn listen(&self) {
        let Some(target) = page::events() else { return };
        let hear = |name: &'static str, online: bool| {
            let weak = self.weak.clone();
            EventListener::new(&target, name, move |_| {
                if let Some(driver) = weak.upgrade() {
                    driver.act(|engine, now| engine.on_network(now, online));
                }
            })
        };
        let go = |name: &'static str, leaving: bool| {
            let weak = self.weak.clone();
            EventListener::new(&target, name, move |_| {
                if let Some(driver) = weak.upgrade() {
                    driver.leave(leaving);
                }
            })
        };
        // WebKit ends requests and reads as soon as it begins to leave. The person may still choose to stay.
        let weak = self.weak.clone();
        let begin = EventListener::new(&target, "beforeunload", move |_| {
            let Some(driver) = weak.upgrade() else { return };
            driver.leave(true);
            let weak = weak.clone();
            let stays = Timeout::new(STAYS_AFTER_MS, move || {
                if let Some(driver) = weak.upgrade() {
                    driver.leave(false);
                }
            });
            driver.stays.replace(Some(stays));
        });
        *self.network.borrow_mut() =
            vec![hear("online", true), hear("offline", false), begin, go("pagehide", true), go("pageshow", false)];
        if !page::is_online() {
            self.act(|engine, now| engine.on_network(now, false));
        }
    }

    /// The page goes away, or it is here to stay.
    fn leave(&self, leaving: bool) {
        drop(self.stays.take());
        self.leaving.set(leaving);
        if leaving {
            return;
        }
        let broken = self.broken.take();
        for (job, report) in broken {
            self.report(job, report);
        }
    }

    /// One timer, set again only when the deadline moved.
    fn set_alarm(&self) {
        let next = self.look(Engine::next_deadline);
        let set = self.deadline.borrow().as_ref().map(|(at, _)| *at);
        if next == set {
            return;
        }
        let alarm = next.map(|at| {
            let weak = self.weak.clone();
            // Longer waits than setTimeout knows wake up early, which is harmless.
            let wait = u32::try_from(at.since(self.now())).unwrap_or(u32::MAX).min(i32::MAX as u32);
            let timeout = Timeout::new(wait, move || {
                if let Some(driver) = weak.upgrade() {
                    drop(driver.deadline.take());
                    driver.on_deadline();
                }
            });
            (at, timeout)
        });
        self.deadline.replace(alarm);
    }

    fn plan_flush(&self) {
        let (changed, moving) = self.look(|engine| (engine.has_changes(), engine.totals().count(Phase::Sending) > 0));
        let wait = match (changed, moving) {
            (true, _) => FLUSH_EVERY_MS,
            (false, true) => IDLE_FLUSH_MS,
            (false, false) => return,
        };
        let planned = self.flush.borrow().as_ref().map(|(for_news, _)| *for_news);
        if planned == Some(true) || planned == Some(changed) {
            return;
        }
        let weak = self.weak.clone();
        let timeout = Timeout::new(wait, move || {
            if let Some(driver) = weak.upgrade() {
                drop(driver.flush.take());
                driver.flush_now();
            }
        });
        self.flush.replace(Some((changed, timeout)));
    }

    fn flush_now(&self) {
        let now = self.now();
        let changes = self.engine.borrow_mut().take_changes(now);
        if !changes.is_empty() {
            self.tell(&Notice::Changed(changes));
        }
        self.plan_flush();
    }

    /// A snapshot of one file.
    pub(crate) fn file(&self, id: FileId) -> Option<UploadFile> {
        self.look(|engine| engine.file(id))
    }
}
