//! What JavaScript can ask of the engine: one number for each verb, as `engine.js` names them.

use filechute_engine::{
    Accept, Algorithm, Answer, Class, Digest, Engine, Failure, FileId, JobId, Kind, Meta, Multipart, NewFile, Options,
    ParameterPolicy, Phase, RawParameters, Rejection, Report, Restrictions, Time, UploadParameters,
};

use crate::{
    rare,
    wire::{Reader, Writer},
};

/// Events, or commands, handed over at once: what takes longer is for the driver to slice.
const AT_ONCE: usize = 256;

/// One uploader's engine, and what its page allows.
pub(crate) struct Instance {
    engine: Engine,
    policy: ParameterPolicy,
}

impl Instance {
    pub(crate) fn new(read: &mut Reader<'_>) -> Self {
        let mut engine = Engine::bare(Options::default(), read.small().unwrap_or_default());
        engine.equip(Time(0), rare::loaded().map(|rare| rare.extras));
        engine.set_epoch(read.size());
        let policy = ParameterPolicy {
            page_is_secure: read.flag() == Some(true),
            page_origin: read.said(),
            clock: Some(crate::unix_ms),
            ..ParameterPolicy::default()
        };
        Self { engine, policy }
    }

    pub(crate) fn swap_answered(&mut self, origins: &mut Vec<String>) {
        self.engine.swap_answered(origins);
    }

    pub(crate) fn call(&mut self, verb: u32, now: Time, read: &mut Reader<'_>, out: &mut Writer) {
        let Self { engine, policy } = self;
        match verb {
            2 => set_options(engine, now, read),
            3 => {
                policy.allowed_origins = read.list(Reader::said).unwrap_or_default();
                policy.allow_http = read.flag() == Some(true);
                policy.allow_authorization = read.flag() == Some(true);
            }
            4 => {
                let file = new_file(read);
                outcome(out, engine.add(now, file).map(|id| id.0));
            }
            5 => outcome(out, engine.upload(now).map(|upload| upload.0)),
            6 => out.flag(engine.pause(now, id(read))),
            7 => out.flag(engine.resume(now, id(read))),
            8 => engine.pause_all(now),
            9 => engine.resume_all(now),
            10 => out.maybe(engine.retry(now, id(read)).map(|upload| upload.0), Writer::small),
            11 => out.small(engine.retry_all(now).0),
            12 => out.flag(engine.remove(now, id(read))),
            13 if read.flag() == Some(true) => engine.clear(now),
            13 => engine.cancel_all(now),
            14 => engine.leave(now),
            15 => {
                let id = id(read);
                out.flag(engine.set_meta(id, meta(read)));
            }
            16 => engine.on_network(now, read.flag() == Some(true)),
            17 => engine.on_deadline(now),
            18 => {
                let job = JobId(read.small().unwrap_or_default());
                let report = report(engine, policy, read, out);
                engine.on_report(now, job, report);
            }
            // Events, and commands.
            19 | 35 => {
                let next = if verb == 19 { Engine::poll_event } else { Engine::poll_command };
                let mut outputs = Vec::new();
                while outputs.len() < AT_ONCE
                    && let Some(output) = next(engine)
                {
                    outputs.push(output);
                }
                out.list(outputs.len());
                for output in &outputs {
                    out.output(output);
                }
            }
            34 => engine.reorder(&read.list(id).unwrap_or_default()),
            20 => out.maybe(engine.file(id(read)).as_ref(), Writer::file),
            21 => out.ids(&engine.file_ids().collect::<Vec<_>>()),
            22 => out.totals(engine.totals()),
            23 => {
                // Of the files only those whose bytes may have moved: a long list that was just added is none of them.
                let mut files = engine.take_changes(now).files;
                files.retain(|id| matches!(engine.phase(*id), Some(Phase::Sending | Phase::Finishing)));
                out.ids(&files);
            }
            24 => out.maybe(engine.own_meta(id(read)), Writer::meta),
            26 => out.maybe(engine.phase(id(read)), |out, phase| out.text(phase.name())),
            // When to wake up, whether there is news, and whether bytes move.
            27 => {
                out.list(3);
                out.maybe(engine.next_deadline(), |out, at| out.size(at.0));
                out.flag(engine.has_changes());
                out.flag(engine.totals().count(Phase::Sending) > 0);
            }
            28 => {
                let raw = raw_parameters(read);
                said(out, raw.check(policy).as_ref(), Writer::parameters);
            }
            33 => {
                let ids = read.list(id).unwrap_or_default();
                let files: Vec<_> = ids.into_iter().filter_map(|id| engine.file(id)).collect();
                out.list(files.len());
                for file in &files {
                    out.file(file);
                }
            }
            32 => engine.equip(now, rare::load(read.flag() == Some(true)).map(|rare| rare.extras)),
            _ => match rare::loaded() {
                Some(rare) => (rare.call)(verb, engine, read, out),
                None => out.nothing(),
            },
        }
    }
}

pub(crate) fn id(read: &mut Reader<'_>) -> FileId {
    FileId(read.small().unwrap_or_default())
}

fn meta(read: &mut Reader<'_>) -> Meta {
    read.pairs().unwrap_or_default().into_iter().collect()
}

fn outcome(out: &mut Writer, result: Result<u32, Rejection>) {
    match result {
        Ok(id) => out.small(id),
        Err(rejection) => out.rejection(&rejection),
    }
}

/// `[0, value]`, or `[1, failure]`.
pub(crate) fn said<T>(out: &mut Writer, result: Result<&T, &Failure>, write: impl FnOnce(&mut Writer, &T)) {
    out.list(2);
    out.flag(result.is_err());
    match result {
        Ok(value) => write(out, value),
        Err(failure) => out.failure_in_full(failure),
    }
}

/// Checked by the driver: `options.js` has the ranges.
fn set_options(engine: &mut Engine, now: Time, read: &mut Reader<'_>) {
    let mut options = engine.options().clone();
    options.stall_after_ms = read.whole().unwrap_or(options.stall_after_ms);
    options.limit = read.small().unwrap_or(options.limit);
    options.retry_delays_ms = read.list(Reader::size).unwrap_or(options.retry_delays_ms);
    options.allow_multiple_upload_batches = read.flag().unwrap_or(options.allow_multiple_upload_batches);
    if read.flag() == Some(true) {
        options.restrictions = restrictions(read);
    }
    options.multipart.above = match read.small() {
        Some(0) => u64::MAX,
        Some(1) => 0,
        // That takes back what was said.
        Some(_) => Multipart::default().above,
        None => options.multipart.above,
    };
    if let Some(name) = read.text() {
        options.checksum = Algorithm::from_name(&name);
    }
    if let Some(available) = read.flag() {
        options.multipart.available = available;
    }
    if let Some(parts) = read.small() {
        options.multipart.sign_ahead = parts.max(1);
    }
    engine.set_options(now, options);
}

fn restrictions(read: &mut Reader<'_>) -> Restrictions {
    Restrictions {
        max_file_size: read.whole(),
        min_file_size: read.whole(),
        max_total_file_size: read.whole(),
        max_number_of_files: read.small(),
        min_number_of_files: read.small(),
        // An entry that is neither a type nor an extension matches nothing; if that is all, nothing may be added.
        allowed_file_types: read
            .list(|read| {
                let entry = read.said();
                Accept::parse(&entry).unwrap_or(Accept::Mime(entry))
            })
            .unwrap_or_default(),
        required_meta_fields: read.list(Reader::said).unwrap_or_default(),
    }
}

#[allow(clippy::cast_possible_truncation)]
fn new_file(read: &mut Reader<'_>) -> NewFile {
    NewFile {
        name: read.said(),
        mime: read.said(),
        size: read.size(),
        last_modified: read.number().unwrap_or_default() as i64,
        relative_path: read.text(),
        meta: meta(read),
        multipart: read.flag(),
        part_size: read.whole(),
        resume: None,
    }
}

pub(crate) fn algorithm(read: &mut Reader<'_>) -> Option<Algorithm> {
    Algorithm::from_name(&read.said())
}

fn raw_parameters(read: &mut Reader<'_>) -> RawParameters {
    RawParameters {
        method: read.text(),
        url: read.said(),
        fields: read.pairs(),
        headers: read.pairs().unwrap_or_default(),
        key: read.text(),
        expires: read.number(),
        public_url: read.text(),
    }
}

/// Parameters, then the algorithm and value of the checksum of what is to be sent, where it was computed.
pub(crate) fn checked(read: &mut Reader<'_>, policy: &ParameterPolicy) -> Result<UploadParameters, Failure> {
    let mut parameters = raw_parameters(read).check(policy);
    let (algorithm, value) = (algorithm(read), read.said());
    if let Ok(parameters) = &mut parameters {
        parameters.checksum = algorithm.and_then(|algorithm| Digest::from_base64(algorithm, &value));
    }
    parameters
}

fn failure(read: &mut Reader<'_>) -> Failure {
    let kind = match read.said().as_str() {
        "network" => Kind::Network,
        "s3" => Kind::S3,
        "sign" => Kind::Sign,
        "config" => Kind::Config,
        "file" => Kind::File,
        "integrity" => Kind::Integrity,
        _ => Kind::Internal,
    };
    let (code, class, message) = (read.said(), read.said(), read.said());
    let class = match class.as_str() {
        "retry" => Class::Retry,
        "slow" => Class::Slow,
        "resign" => Class::Resign,
        _ => Class::Final,
    };
    let status = u16::try_from(read.size()).unwrap_or_default();
    let mut failure = Failure::new(kind, &code, class, &message).with_status(status);
    failure.retry_after_ms = read.size();
    failure
}

/// Reads a report. What is wrong with parameters and may still work, or fail much later, goes to `out`: code and text.
fn report(engine: &Engine, policy: &ParameterPolicy, read: &mut Reader<'_>, out: &mut Writer) -> Report {
    let kind = read.said();
    let rare = rare::loaded();
    match kind.as_str() {
        "parameters" => {
            let id = id(read);
            let parameters = checked(read, policy);
            forewarn(engine, id, parameters.as_ref().ok(), out);
            parameters.map_or_else(Report::Failed, |parameters| Report::Parameters(Box::new(parameters)))
        }
        "busy" => Report::Busy,
        "progress" => Report::Progress(read.size()),
        "sent" => Report::BodySent,
        "answer" => {
            let status = u16::try_from(read.size()).unwrap_or_default();
            Report::Answer(Box::new(Answer {
                status,
                url: read.said(),
                content_type: read.said(),
                etag: read.said(),
                location: read.said(),
                retry_after_ms: read.size(),
                checksums: read.pairs().unwrap_or_default(),
                body: read.said(),
            }))
        }
        "failed" => {
            read.enter();
            Report::Failed(failure(read))
        }
        kind => match rare {
            Some(rare) => (rare.report)(kind, engine, policy, read, out),
            // Nobody asked for anything that ends so.
            None => Report::Busy,
        },
    }
}

pub(crate) fn forewarn(engine: &Engine, id: FileId, parameters: Option<&UploadParameters>, out: &mut Writer) {
    let advice = parameters.and_then(|parameters| engine.inspect(id, parameters)).filter(|advice| !advice.fatal);
    out.maybe(advice, |out, advice| {
        out.list(2);
        out.text(&[advice.kind.name(), ".", advice.code].concat());
        out.text(&advice.text());
    });
}
