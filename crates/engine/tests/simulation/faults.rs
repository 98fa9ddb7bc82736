//! What becomes of a question and of a request to the store, honest or hostile.

use filechute_engine::{
    Answer, Class, Failure, FileId, JobId, Kind, Method, ParameterPolicy, RawParameters, Report, UploadParameters,
};

use crate::{
    swarm::Fault,
    world::{Meaning, Next, Object, World},
};

/// The browser's status 0.
pub(crate) fn broken() -> Failure {
    Failure::new(Kind::Network, "error", Class::Retry, "the connection was lost")
}

/// The signer did not deliver.
pub(crate) fn unsigned(status: u16, class: Class) -> Failure {
    Failure::new(Kind::Sign, "unavailable", class, "no parameters").with_status(status)
}

impl World {
    fn fault(&mut self) -> Option<Fault> {
        if self.honest || !self.rng.percent(self.swarm.trouble) {
            return None;
        }
        let fault = self.rng.weighted(&self.swarm.faults).map(|n| Fault::ALL[n]);
        if let Some(fault) = fault {
            self.books.tally.count(fault.name());
            self.say(|_| format!("    fault: {}", fault.name()));
        }
        fault
    }

    /// A report in some time; perhaps twice, perhaps after those that follow it.
    fn later(&mut self, job: JobId, after: u64, report: Report, meaning: Meaning) {
        if !self.honest && self.rng.percent(self.swarm.repeats) {
            let again = after + self.rng.range(0, 5_000);
            self.at(again, Next::Report { job, epoch: 0, report: report.clone(), meaning });
        }
        let late = !self.honest && meaning == Meaning::News && self.rng.percent(self.swarm.disorder);
        let after = if late { after + self.rng.range(0, 5_000) } else { after };
        self.at(after, Next::Report { job, epoch: 0, report, meaning });
    }

    fn fail(&mut self, job: JobId, after: u64, failure: Failure) {
        let meaning = Meaning::Failure(failure.class);
        self.later(job, after, Report::Failed(failure), meaning);
    }

    /// The signer is asked.
    pub(crate) fn ask(&mut self, job: JobId, file: FileId) {
        let after = self.rng.range(1, 80);
        if !self.line && !self.swarm.local_signer {
            if self.rng.percent(70) {
                self.fail(job, after, unsigned(0, Class::Retry));
            }
            return;
        }
        let mut life = if self.honest { 800_000 } else { self.swarm.address_life };
        let mut wait = after;
        let fault = if self.swarm.good_signer { None } else { self.fault() };
        match fault {
            None | Some(Fault::Skewed) => {}
            Some(Fault::Stall | Fault::Silence) => return,
            Some(Fault::Delay | Fault::Slow) => wait += self.rng.range(1_000, 60_000),
            Some(Fault::Expired) => life = 1,
            Some(Fault::Reset | Fault::LostAnswer | Fault::Truncate | Fault::NoCors) => {
                return self.fail(job, wait, unsigned(0, Class::Retry));
            }
            Some(Fault::InternalError | Fault::Status) => return self.fail(job, wait, unsigned(500, Class::Retry)),
            Some(Fault::SlowDown) => {
                let mut failure = unsigned(429, Class::Slow);
                failure.retry_after_ms = self.rng.range(0, 100_000);
                return self.fail(job, wait, failure);
            }
            Some(Fault::Denied) => return self.fail(job, wait, unsigned(403, Class::Final)),
            Some(Fault::Html | Fault::OkWithError) => return self.fail(job, wait, unsigned(200, Class::Retry)),
            Some(Fault::Redirect | Fault::Garbage) => {
                let urls = ["data:text/plain,hi", "/upload", "", "https://a b/", "javascript:0", "http://x.example/"];
                let url = self.rng.pick(&urls).unwrap_or_default().to_owned();
                let garbage = RawParameters { url, ..RawParameters::default() };
                let failure = garbage.check(&ParameterPolicy::default()).expect_err("garbage is refused");
                return self.fail(job, wait, failure);
            }
        }
        let parameters = self.parameters(file, after, life);
        self.later(job, wait, Report::Parameters(Box::new(parameters)), Meaning::Parameters);
    }

    fn parameters(&mut self, file: FileId, signed_in: u64, life: u64) -> UploadParameters {
        let stamp = self.sign(file, signed_in, life);
        let key = if self.swarm.stable_keys { format!("file-{file}") } else { format!("stamp-{stamp}") };
        // Whole seconds, as S3 has them.
        let expires = Some((life / 1000).max(1) as f64);
        let raw = if self.rng.percent(self.swarm.forms) {
            let fields = [("key", key), ("x-amz-meta-stamp", stamp.to_string()), ("policy", "e30=".to_owned())];
            let fields = fields.map(|(name, value)| (name.to_owned(), value)).to_vec();
            RawParameters {
                url: "https://b.example".to_owned(),
                fields: Some(fields),
                expires,
                ..RawParameters::default()
            }
        } else {
            let url = format!("https://b.example/{key}?stamp={stamp}&X-Amz-Signature=s");
            RawParameters { url, expires, ..RawParameters::default() }
        };
        raw.check(&ParameterPolicy::default()).expect("an honest answer is taken")
    }

    /// A request to the store leaves.
    pub(crate) fn send(&mut self, job: JobId, file: FileId, parameters: &UploadParameters, worthless_at: u64) {
        if !self.line {
            if self.rng.percent(70) {
                let after = self.rng.range(0, 300);
                self.fail(job, after, broken());
            }
            return;
        }
        let mut fault = self.fault();
        let mut after = self.rng.range(1, 100);
        if self.now + after > worthless_at {
            fault = Some(Fault::Expired);
        }
        let size = self.books.pages[&file].size;
        let chunks = self.rng.range(1, 4);
        let pace = if fault == Some(Fault::Slow) { self.rng.range(3_000, 40_000) } else { self.rng.range(1, 1_000) };
        let read = match fault {
            Some(Fault::Stall | Fault::Reset) => self.rng.below(chunks + 1),
            Some(Fault::NoCors) => 0,
            _ => chunks,
        };
        for n in 1..=read {
            after += pace;
            self.later(job, after, Report::Progress(size * n / chunks), Meaning::News);
        }
        match fault {
            Some(Fault::Stall) => return,
            Some(Fault::Reset) => return self.fail(job, after, broken()),
            Some(Fault::NoCors) => return self.fail(job, after, broken()),
            _ => {}
        }
        let answer = self.answer(fault, parameters);
        // A refusal may come before the last byte has left.
        if answer.as_ref().is_ok_and(|(_, meaning)| *meaning == Meaning::Success) || self.rng.percent(50) {
            self.later(job, after, Report::BodySent, Meaning::News);
        }
        after += self.rng.range(1, 50);
        let kept = matches!(
            fault,
            None | Some(Fault::Delay | Fault::Slow | Fault::LostAnswer | Fault::Truncate | Fault::Garbage)
        );
        if kept || (fault == Some(Fault::Silence) && self.rng.percent(50)) {
            let key = match parameters.method {
                Method::Put => parameters.url.object_key(None),
                Method::Post => parameters.field("key").unwrap_or_default().to_owned(),
            };
            self.at(after, Next::Stored { job, epoch: 0, key, object: Object { content: file, length: size } });
        }
        after += if fault == Some(Fault::Delay) { self.rng.range(1_000, 90_000) } else { self.rng.range(1, 100) };
        match answer {
            Ok((answer, meaning)) => self.later(job, after, Report::Answer(Box::new(answer)), meaning),
            Err(Some(failure)) => self.fail(job, after, failure),
            Err(None) => {}
        }
    }

    /// What comes back, or which failure, or nothing.
    fn answer(&mut self, fault: Option<Fault>, sent: &UploadParameters) -> Result<(Answer, Meaning), Option<Failure>> {
        let error = |status, code: &str, message: &str, class| {
            let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
            (Answer { status, body, ..Answer::default() }, Meaning::Failure(class))
        };
        Ok(match fault {
            None | Some(Fault::Delay | Fault::Slow | Fault::Stall | Fault::Reset | Fault::NoCors) => {
                let status = if sent.method == Method::Put { 200 } else { 204 };
                (Answer { status, url: sent.url.location(), ..Answer::default() }, Meaning::Success)
            }
            // It went through, and something on the way garbled the answer's body.
            Some(Fault::Garbage) => {
                let body = "\u{1}{<\u{FFFD}".to_owned();
                (Answer { status: 200, body, ..Answer::default() }, Meaning::Success)
            }
            Some(Fault::LostAnswer | Fault::Truncate) => return Err(Some(broken())),
            Some(Fault::Silence) => return Err(None),
            Some(Fault::Status) => {
                let (status, class) = self.rng.pick(&STATUSES).unwrap_or((500, Class::Retry));
                (Answer { status, ..Answer::default() }, Meaning::Failure(class))
            }
            Some(Fault::SlowDown) => {
                let (mut answer, meaning) = error(503, "SlowDown", "Reduce your request rate", Class::Slow);
                answer.retry_after_ms = self.rng.range(0, 100_000);
                (answer, meaning)
            }
            Some(Fault::Expired) => error(403, "AccessDenied", "Request has expired", Class::Resign),
            Some(Fault::Skewed) => error(403, "RequestTimeTooSkewed", "The difference is too large", Class::Resign),
            Some(Fault::Denied) => error(403, "SignatureDoesNotExist", "Access Denied", Class::Final),
            Some(Fault::InternalError) => error(500, "InternalError", "We encountered an error", Class::Retry),
            Some(Fault::OkWithError) => error(200, "InternalError", "We encountered an error", Class::Retry),
            Some(Fault::Redirect) => {
                let url = "https://elsewhere.example/".to_owned();
                (Answer { status: 200, url, ..Answer::default() }, Meaning::Failure(Class::Final))
            }
            Some(Fault::Html) => {
                let (content_type, body) = ("text/html".to_owned(), "<!doctype html><p>Sign in".to_owned());
                (Answer { status: 200, content_type, body, ..Answer::default() }, Meaning::Failure(Class::Final))
            }
        })
    }
}

const STATUSES: [(u16, Class); 8] = [
    (408, Class::Retry),
    (409, Class::Retry),
    (429, Class::Slow),
    (502, Class::Retry),
    (504, Class::Retry),
    (404, Class::Final),
    (413, Class::Final),
    (501, Class::Final),
];
