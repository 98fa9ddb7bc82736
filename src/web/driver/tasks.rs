//! What the engine wants done, as jobs: questions to the source of parameters, transfers to the store, aborts. Every job ends in
//! a report, unless it was stopped.

use std::rc::Rc;

use filechute_engine::{
    Ask, Class, Command, Digest, Extras, Failure, FileId, JobId, Kind, Meta, Part, Phase, RawParameters, Remote,
    Report, UploadFile, UploadParameters,
    doctor::{Sent, inspect},
    quote, without_query,
};
use web_sys::{AbortController, AbortSignal, Blob};

use super::{
    super::{
        digest::to_f64,
        jobs::{Job, Task, look_into, probe, unreadable},
        source::{AskRequest, Parameters, Reply, name_of},
        transfer::{Told, Transfer},
    },
    Driver, Notice,
};

/// An address fit to be shown and linked to.
fn shown(address: &str) -> String {
    let absolute = ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme));
    if absolute { without_query(address).to_owned() } else { String::new() }
}

impl Driver {
    pub(super) fn perform(&self, command: Command) {
        match command {
            Command::Ask { job, file, ask } => self.ask(job, file, ask),
            Command::Send { job, file, parameters, part } => self.send(job, file, parameters, part),
            Command::AbortUpload { job, file, remote } => {
                if let Some(aborting) = self.abort_upload(job, &file, remote) {
                    wasm_bindgen_futures::spawn_local(aborting);
                }
            }
            Command::Abort { job } => {
                let stopped = self.jobs.borrow_mut().remove(job);
                drop(stopped);
            }
            // A Rust application is one module: there is nothing to fetch.
            Command::Equip => self.act(|engine, now| engine.equip(now, Some(Extras::ALL))),
        }
    }

    fn ask(&self, job: JobId, id: FileId, ask: Ask) {
        let (Some(file), Some(blob)) = (self.look(|engine| engine.file(id)), self.blob(id)) else {
            return self.lost(job, "the file is not there");
        };
        let Ok(controller) = AbortController::new() else {
            return self.lost(job, "this browser has no AbortController");
        };
        let mut request = self.question(file, blob, controller.signal(), ask);
        let weak = self.weak.clone();
        request.digester.busy = Some(Rc::new(move || {
            if let Some(driver) = weak.upgrade() {
                driver.act(|engine, now| engine.on_report(now, job, Report::Busy));
            }
        }));
        let source = self.source_of(&request.ask);
        let keeper = self.keeper();
        let weak = self.weak.clone();
        let task = Task::spawn(Some(controller), async move {
            let digests = Rc::clone(&request.digests);
            if let Some(keeper) = keeper.filter(|_| request.ask == Ask::Create) {
                let report = match keeper.earlier(&request).await {
                    Ok(None) => None,
                    Ok(Some(resume)) => Some(Report::Resumed(Box::new(resume))),
                    Err(failure) => Some(Report::Failed(failure)),
                };
                if let Some(report) = report {
                    let Some(driver) = weak.upgrade() else { return };
                    let found = if let Report::Resumed(resume) = &report { Some(resume.remote.clone()) } else { None };
                    if let Some(remote) = &found {
                        driver.creators.borrow_mut().push((remote.upload_id.clone(), source));
                    }
                    driver.report(job, report);
                    let taken = driver.look(|engine| engine.resume_of(id)).map(|resume| resume.remote);
                    if found.is_some() && found != taken {
                        keeper.give_back(id);
                    } else if let Some(handle) = driver.handle(id) {
                        keeper.keep_handle(id, &handle);
                    }
                    return driver.tell(&Notice::Unfinished);
                }
            }
            let ended = if let Ask::Complete { remote, .. } = &request.ask { Some(Rc::clone(remote)) } else { None };
            let answer = match request.digest_unasked().await {
                Ok(()) => source.ask(request).await,
                Err(failure) => Err(failure),
            };
            let Some(driver) = weak.upgrade() else { return };
            match (&answer, ended) {
                (Ok(Reply::Created(remote)), _) => {
                    driver.creators.borrow_mut().push((remote.upload_id.clone(), source))
                }
                (Ok(_), Some(ended)) => driver.forget_creator(&ended),
                _ => {}
            }
            let report = driver.answered(id, answer, &digests.borrow());
            driver.report(job, report.unwrap_or_else(Report::Failed));
        });
        self.jobs.borrow_mut().insert(job, Job::Task(task));
    }

    /// Another one that goes by the same name is the same with other options.
    fn source_of(&self, ask: &Ask) -> Parameters {
        let source = self.parameters.borrow().clone();
        let (Ask::Sign { remote, .. } | Ask::List { remote } | Ask::Complete { remote, .. } | Ask::Abort { remote }) =
            ask
        else {
            return source;
        };
        let creators = self.creators.borrow();
        let creator = creators.iter().find(|(id, _)| *id == remote.upload_id).map(|(_, creator)| creator);
        let other = |creator: &&Parameters| creator.resume_scope() != source.resume_scope() || !source.can().0;
        creator.filter(other).cloned().unwrap_or(source)
    }

    fn forget_creator(&self, remote: &Remote) {
        self.creators.borrow_mut().retain(|(id, _)| *id != remote.upload_id);
    }

    fn question(&self, mut file: UploadFile, blob: Blob, signal: AbortSignal, ask: Ask) -> AskRequest {
        // Not what an earlier answer added: the host would sign its own fields as metadata.
        // Of one that is gone there is only what it was.
        if let Some(own) = self.look(|engine| engine.own_meta(file.id).cloned()) {
            file.meta = own;
        }
        if let Some(allowed) = &*self.allowed_meta.borrow() {
            file.meta.retain(|name, _| allowed.iter().any(|allowed| allowed == name));
        }
        // S3 takes no other ones, of the parts and of the whole, than those that the upload was created with.
        let created_with =
            if let Ask::Sign { remote, .. } | Ask::Complete { remote, .. } = &ask { remote.checksum } else { None };
        AskRequest {
            file,
            blob,
            signal,
            algorithm: created_with.or_else(|| self.look(|engine| engine.options().checksum)),
            ask,
            digester: self.digester.borrow().clone(),
            digests: Rc::default(),
            policy: self.policy.borrow().clone(),
        }
    }

    /// Checks what a source answered, and adds to it what was digested meanwhile.
    fn answered(
        &self,
        id: FileId,
        answer: Result<Reply, Failure>,
        digests: &[(u32, Digest)],
    ) -> Result<Report, Failure> {
        let policy = self.policy.borrow().clone();
        let check = |number: u32, raw: RawParameters| -> Result<Box<UploadParameters>, Failure> {
            let mut parameters = raw.with_life().check(&policy)?;
            self.forewarn(id, &parameters);
            parameters.checksum = digests.iter().find(|(known, _)| *known == number).map(|(_, digest)| *digest);
            Ok(Box::new(parameters))
        };
        let answer = answer.map_err(|mut failure| {
            // Whatever a source was thrown: an address in it may be a credential.
            failure.message = quote(&failure.message);
            failure
        });
        Ok(match answer? {
            Reply::Parameters(raw) => Report::Parameters(check(0, raw)?),
            Reply::Created(remote) => Report::Created(remote),
            Reply::Signed(parts) => {
                let parts: Result<Vec<_>, Failure> =
                    parts.into_iter().map(|(number, raw)| Ok((number, check(number, raw)?))).collect();
                Report::Signed(parts?)
            }
            Reply::Listed(parts) => Report::Listed(parts),
            Reply::Completed(mut response) => {
                for address in [&mut response.upload_url, &mut response.location] {
                    *address = shown(address);
                }
                if shown(&response.public_url).is_empty() {
                    response.public_url.clear();
                }
                Report::Completed(Box::new(response))
            }
            Reply::Aborted => Report::Aborted,
        })
    }

    /// Not a job that can be stopped: it is to arrive even when the uploader, or the page, goes away.
    fn abort_upload(
        &self,
        job: JobId,
        file: &UploadFile,
        remote: Rc<Remote>,
    ) -> Option<impl Future<Output = ()> + use<>> {
        let (Ok(controller), Ok(nothing)) = (AbortController::new(), Blob::new()) else { return None };
        let id = file.id;
        let request =
            self.question(file.clone(), nothing, controller.signal(), Ask::Abort { remote: Rc::clone(&remote) });
        let source = self.source_of(&request.ask);
        let keeper = self.keeper();
        if let Some(keeper) = &keeper {
            keeper.owe(&remote);
        }
        let weak = self.weak.clone();
        Some(async move {
            let answer = source.ask(request).await;
            drop(controller);
            if let Some(keeper) = keeper {
                keeper.paid(&remote, answer.as_ref().err());
            }
            let Some(driver) = weak.upgrade() else { return };
            if answer.is_ok() {
                driver.forget_creator(&remote);
            }
            driver.report(job, driver.answered(id, answer, &[]).unwrap_or_else(Report::Failed));
        })
    }

    /// Aborts what an earlier page owed, or what a person discards.
    pub(crate) fn abort_unknown(&self, remote: Remote) -> Option<impl Future<Output = ()> + use<>> {
        let nobody = UploadFile {
            id: FileId(0),
            name: String::new(),
            mime: String::new(),
            size: 0,
            last_modified: 0,
            relative_path: None,
            meta: Meta::new(),
            phase: Phase::Idle,
            bytes_uploaded: 0,
            retries: 0,
            failure: None,
            response: None,
            started_ms: None,
        };
        // Job 0 is nobody's.
        self.abort_upload(JobId(0), &nobody, Rc::new(remote))
    }

    /// Looks at the file first: in place of one that is gone, WebKit sends a form without it and Firefox nothing at all,
    /// and neither says so.
    fn send(&self, job: JobId, id: FileId, parameters: Rc<UploadParameters>, part: Option<Part>) {
        let Some(blob) = self.blob(id) else { return self.lost(job, "the file is not there") };
        // An attempt that failed may have been a part of it that left.
        let untouched = self.file(id).is_some_and(|file| file.failure.is_none() && file.bytes_uploaded == 0);
        let blob = match part {
            // As f64: the form with i32 breaks at 2 GiB. A slice has no type, and a part is sent without one.
            Some(part) => match blob.slice_with_f64_and_f64(to_f64(part.start), to_f64(part.end)) {
                Ok(slice) => slice,
                Err(error) => return self.report(job, Report::Failed(unreadable(&error, false))),
            },
            None => blob,
        };
        let weak = self.weak.clone();
        let task = Task::spawn(None, async move {
            let readable = probe(&blob, untouched).await;
            let Some(driver) = weak.upgrade() else { return };
            match readable {
                Ok(()) => driver.transfer(job, id, &parameters, &blob, part.is_some()),
                Err(failure) => driver.report(job, Report::Failed(failure)),
            }
        });
        self.jobs.borrow_mut().insert(job, Job::Task(task));
    }

    /// Ends a job that cannot even begin. Said nothing, it would hold its place under the limit until a deadline.
    fn lost(&self, job: JobId, why: &str) {
        self.report(job, Report::Failed(Failure::new(Kind::Internal, "lost", Class::Final, why)));
    }

    fn transfer(&self, job: JobId, id: FileId, parameters: &UploadParameters, blob: &Blob, part: bool) {
        let Some(file) = self.file(id) else { return self.lost(job, "the file is not there") };
        let weak = self.weak.clone();
        let sample = blob.clone();
        let mime = if part { "" } else { &file.mime };
        let started = Transfer::start(parameters, blob, name_of(&file), mime, move |told| {
            let Some(driver) = weak.upgrade() else { return };
            match told {
                Told::Report(report) => driver.report(job, report),
                Told::Broken => {
                    let task = look_into(&driver, job, &sample);
                    // Takes the place of the broken transfer, which is dropped here.
                    let broken = driver.jobs.borrow_mut().insert(job, Job::Task(task));
                    drop(broken);
                }
            }
        });
        match started {
            Ok(transfer) => {
                let looked = self.jobs.borrow_mut().insert(job, Job::Transfer(transfer));
                drop(looked);
            }
            Err(failure) => self.report(job, Report::Failed(failure)),
        }
    }

    /// What is wrong with parameters and may still work, or fail much later.
    fn forewarn(&self, id: FileId, parameters: &UploadParameters) {
        let Some(file) = self.file(id) else { return };
        let advice = inspect(parameters, Sent { size: file.size, mime: &file.mime });
        if let Some(advice) = advice.filter(|advice| !advice.fatal) {
            self.warn_once([advice.kind.name(), ".", advice.code].concat(), &advice.text());
        }
    }
}
