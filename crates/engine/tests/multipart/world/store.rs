//! What requests come to, and the store they reach: it keeps which bytes each part truly has.

use std::collections::BTreeMap;

use filechute_engine::{
    Answer, Ask, Class, Digest, Failure, FileId, JobId, Kind, ParameterPolicy, Part, PartReceipt, RawParameters,
    Remote, Report, UploadParameters, UploadResponse,
};

use super::{Air, CRC, MIB, Next, World};

/// A part as the store has it: whose bytes, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) file: FileId,
    pub(super) start: u64,
    pub(super) end: u64,
    etag: String,
    /// Other bytes arrived than were sent.
    pub(super) damaged: bool,
}

impl Stored {
    /// The checksum of the bytes that are there.
    fn digest(&self) -> Digest {
        digest(self.file, self.start, self.end, self.damaged)
    }
}

#[derive(Debug, Default)]
pub(super) struct Upload {
    key: String,
    pub(super) owner: Option<FileId>,
    parts: BTreeMap<u32, Stored>,
    /// Whether its id ever reached the page.
    pub(super) known: bool,
    pub(super) failed_aborts: u32,
}

impl World {
    /// A request sets out; what becomes of it is decided here.
    pub(super) fn begin(&mut self, job: JobId) {
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

    pub(super) fn store_part(&mut self, stamp: u64, file: FileId, part: Part, damaged: bool) -> Option<String> {
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
    pub(super) fn effect(&mut self, job: JobId, answer: bool) {
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
}

/// Made up, but the same for the same bytes, and such that those of parts can be combined.
pub(super) fn digest(file: FileId, start: u64, end: u64, damaged: bool) -> Digest {
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
