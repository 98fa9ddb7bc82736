//! Plays a script: one line is `input, input => output; output`, and what the engine puts out must be exactly that.
//!
//! | input | means |
//! |---|---|
//! | `add a.png 1000` | a file of that name and size; `add a.png 1000 image/png` with its type |
//! | `upload` `retry 1` `retry-all` `pause 1` `resume 1` `pause-all` `resume-all` `remove 1` `cancel-all` | the verbs; `no` when they say so |
//! | `taking-in`, `taken-in` | `set_taking_in`: more files are on their way in, or all are in |
//! | `order 3 1 2` | `reorder` |
//! | `meta 1 name=value`, `limit 3` | `set_meta`, `set_options` with another limit |
//! | `offline` `online` | the browser's word |
//! | `equip`, `equip failed` | what a bare engine asked for came, or could not be had |
//! | `j1 put`, `j1 put 800`, `j1 post` | job 1 got parameters (valid for 800 ms), the key is `k1` |
//! | `j1 sum rosUhgp5mIg=`, `j4 completed rosUhgp5mIg=` | parameters with a checksum, and a source that says it of what is there |
//! | `j1 url https://…`, `j1 form name=value …`, `j2 signed-url 1 https://…` | the same with an address or fields of one's own |
//! | `j1 created U`, `j2 signed 1 2`, `j3 etag e1`, `j4 listed 1:e1:5242880`, `j5 completed`, `j6 aborted` | the steps of a multipart upload; `etag hidden` where CORS hides it |
//! | `j1 resumed U 5242880 1:e1:5242880`, `j1 busy` | an earlier upload of the same bytes goes on; still at it |
//! | `j2 signed-for 800 1` | the address of part 1, valid for 800 ms |
//! | `j2 at 400`, `j2 sent` | job 2 has sent 400 bytes, all bytes |
//! | `j2 200`, `j2 503 SlowDown`, `j2 503 SlowDown 7000` | S3 answered, with an error code, with `Retry-After` in ms |
//! | `j2 passed-on 500` | a host says that the store failed |
//! | `j2 expired` | S3 answered 403, "Request has expired" |
//! | `j2 error`, `j1 fail sign.unavailable retry` | the request failed without an answer; any other failure and its class |
//! | `+1000` | a second passes and the driver's timer works |
//! | `sleep 1000` | a second passes while the machine sleeps: the timer fires once, late |
//! | `clock -500` | the driver's clock is set back |
//! | `? 1`, `? totals`, `? deadline`, `? meta 1 key`, `? changes`, `? air`, `? help 1` | looks, and puts out what it saw |

use filechute_engine::{
    Algorithm, Answer, Ask, Class, Command, Digest, Engine, Extras, Failure, FileId, JobId, Kind, NewFile, Options,
    Output, ParameterPolicy, PartReceipt, Phase, RawParameters, Remote, Report, Resume, Time, UploadEvent,
    UploadParameters, UploadResponse,
};

/// An engine and the time.
pub(crate) struct Rig {
    pub(crate) engine: Engine,
    pub(crate) now: u64,
}

/// Plays `script` on a new engine.
pub(crate) fn play(options: Options, script: &str) -> Rig {
    let mut rig = Rig { engine: Engine::new(options, 1), now: 0 };
    rig.play(script);
    rig
}

impl Rig {
    /// Plays every line and stops at the first that puts out something else.
    pub(crate) fn play(&mut self, script: &str) {
        for (number, line) in script.lines().map(str::trim).enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (inputs, wanted) = line.split_once("=>").expect("a line is `input => output`");
            let mut got = Vec::new();
            for input in inputs.split(',') {
                got.extend(self.act(input.trim()));
                got.extend(self.drain());
            }
            assert_eq!(got.join("; "), wanted.trim(), "\nline {number} at {} ms: {line}\n", self.now);
        }
    }

    /// The present time as the engine takes it.
    pub(crate) fn time(&self) -> Time {
        Time(self.now)
    }

    fn act(&mut self, input: &str) -> Option<String> {
        let words: Vec<&str> = input.split(' ').collect();
        let now = self.time();
        let engine = &mut self.engine;
        match words.as_slice() {
            ["add", name, size, rest @ ..] => {
                let mime = rest.first().copied().unwrap_or_default().to_owned();
                let size = size.parse().unwrap();
                let new = NewFile { name: (*name).to_owned(), mime, size, ..NewFile::default() };
                engine.add(now, new).err().map(|rejection| format!("rejected {}", rejection.reason.code()))
            }
            ["upload"] => engine.upload(now).err().map(|rejection| format!("rejected {}", rejection.reason.code())),
            ["taking-in"] | ["taken-in"] => {
                engine.set_taking_in(now, words == ["taking-in"]);
                None
            }
            ["retry", id] => no(engine.retry(now, file(id)).is_some()),
            ["retry-all"] => no(engine.retry_all(now).0 > 0),
            ["pause", id] => no(engine.pause(now, file(id))),
            ["resume", id] => no(engine.resume(now, file(id))),
            ["pause-all"] => {
                engine.pause_all(now);
                None
            }
            ["order", ids @ ..] => {
                engine.reorder(&ids.iter().map(|id| file(id)).collect::<Vec<_>>());
                None
            }
            ["resume-all"] => {
                engine.resume_all(now);
                None
            }
            ["remove", id] => no(engine.remove(now, file(id))),
            ["cancel-all"] => {
                engine.cancel_all(now);
                None
            }
            ["meta", id, pair] => {
                let (name, value) = pair.split_once('=').unwrap();
                no(engine.set_meta(file(id), [(name.to_owned(), value.to_owned())].into()))
            }
            ["limit", limit] => {
                let options = Options { limit: limit.parse().unwrap(), ..engine.options().clone() };
                engine.set_options(now, options);
                None
            }
            ["offline"] => {
                engine.on_network(now, false);
                None
            }
            ["online"] => {
                engine.on_network(now, true);
                None
            }
            ["equip", failed @ ..] => {
                engine.equip(now, failed.is_empty().then_some(Extras::ALL));
                None
            }
            ["sleep", ms] => {
                self.now += ms.parse::<u64>().unwrap();
                self.engine.on_deadline(Time(self.now));
                None
            }
            ["clock", ms] => {
                self.now = self.now.checked_add_signed(ms.parse().unwrap()).unwrap();
                None
            }
            ["?", what @ ..] => Some(self.look(what)),
            [job, what @ ..] if job.starts_with('j') => {
                let job = JobId(job[1..].parse().unwrap());
                engine.on_report(now, job, report(job, what));
                None
            }
            [wait] if wait.starts_with('+') => {
                Some(self.wait(wait[1..].parse().unwrap())).filter(|out| !out.is_empty())
            }
            _ => panic!("unknown input `{input}`"),
        }
    }

    /// Lets time pass as a driver with one timer does.
    fn wait(&mut self, ms: u64) -> String {
        let end = self.now + ms;
        let mut got = Vec::new();
        while let Some(at) = self.engine.next_deadline().filter(|at| at.0 <= end) {
            self.now = self.now.max(at.0);
            self.engine.on_deadline(self.time());
            got.extend(self.drain());
        }
        self.now = end;
        got.join("; ")
    }

    fn drain(&mut self) -> Vec<String> {
        let mut got = Vec::new();
        while let Some(output) = self.engine.poll() {
            got.push(match &output {
                Output::Command(command) => command_text(command),
                Output::Event(event) => self.event_text(event),
            });
        }
        got.retain(|text| !text.is_empty());
        got
    }

    fn look(&mut self, what: &[&str]) -> String {
        match what {
            ["totals"] => {
                let t = self.engine.totals();
                let (bytes, all) = (t.bytes_uploaded, t.bytes_total);
                format!("{} files {bytes}/{all} of {} {}%", t.files, t.bytes_added, t.percentage())
            }
            ["deadline"] => self.engine.next_deadline().map_or("none".to_owned(), |at| at.0.to_string()),
            ["air"] => self.engine.in_air().to_string(),
            ["changes"] => {
                let changes = self.engine.take_changes(self.time());
                format!("{}{}", ids(&changes.files), if changes.totals { " totals" } else { "" })
            }
            ["help", id] => self.engine.file(file(id)).and_then(|f| f.failure).map_or("none".to_owned(), |f| f.help),
            ["meta", id, name] => {
                let meta = self.engine.file(file(id)).expect("a file").meta;
                meta.get(name).cloned().unwrap_or("none".to_owned())
            }
            [id] => {
                let Some(f) = self.engine.file(file(id)) else { return "gone".to_owned() };
                let failure = f.failure.as_ref().map(|f| format!(" {}.{}", f.kind.name(), f.code)).unwrap_or_default();
                let retries = if f.retries > 0 { format!(" retries {}", f.retries) } else { String::new() };
                let phase = f.phase.name();
                format!("{phase} {}/{} {}%{retries}{failure}", f.bytes_uploaded, f.size, f.percentage())
            }
            _ => panic!("cannot look at {what:?}"),
        }
    }

    fn event_text(&self, event: &UploadEvent) -> String {
        match event {
            // What the journal and nobody else wants to know; each stands beside a command or report that shows it.
            UploadEvent::MultipartCreated(_) | UploadEvent::PartUploaded { .. } => String::new(),
            UploadEvent::FileAdded(id) => format!("added {id}"),
            UploadEvent::FileRemoved(last) => format!("removed {}", last.id),
            UploadEvent::Upload { upload, files } => format!("upload u{upload} {}", ids(files)),
            UploadEvent::UploadPause { file, paused: true } => format!("paused {file}"),
            UploadEvent::UploadPause { file, paused: false } => format!("resumed {file}"),
            UploadEvent::UploadRetry(id) => format!("retry {id}"),
            UploadEvent::UploadStalled { file, failure } => {
                format!("stalled {file} {}.{}", failure.kind.name(), failure.code)
            }
            UploadEvent::UploadSuccess(id) => {
                assert_eq!(self.engine.phase(*id), Some(Phase::Done));
                format!("success {id}")
            }
            UploadEvent::UploadError(id) => match self.engine.file(*id).and_then(|f| f.failure) {
                Some(failure) => format!("failed {id} {}.{}", failure.kind.name(), failure.code),
                None => format!("failed {id} for no reason"),
            },
            UploadEvent::Complete { upload, successful, failed } => {
                format!("complete u{upload} {} {}", ids(successful), ids(failed))
            }
            UploadEvent::CancelAll => "cancel-all".to_owned(),
            UploadEvent::PauseAll => "pause-all".to_owned(),
            UploadEvent::ResumeAll => "resume-all".to_owned(),
            UploadEvent::RetryAll(files) => format!("retry-all {}", ids(files)),
            UploadEvent::Online => "online".to_owned(),
            UploadEvent::Offline => "offline".to_owned(),
        }
    }
}

fn no(done: bool) -> Option<String> {
    (!done).then(|| "no".to_owned())
}

fn file(id: &str) -> FileId {
    FileId(id.parse().unwrap())
}

fn ids(files: &[FileId]) -> String {
    let names: Vec<String> = files.iter().map(ToString::to_string).collect();
    format!("[{}]", names.join(" "))
}

fn command_text(command: &Command) -> String {
    match command {
        Command::Ask { job, file, ask } => match ask {
            Ask::Create => format!("create {file} j{job}"),
            Ask::Sign { remote, parts } => {
                let numbers: Vec<String> = parts.iter().map(|part| part.number.to_string()).collect();
                format!("sign {file} {} [{}] j{job}", remote.upload_id, numbers.join(" "))
            }
            Ask::List { remote } => format!("list {file} {} j{job}", remote.upload_id),
            Ask::Complete { remote, size, checksum, .. } if remote.upload_id.is_empty() => {
                format!("confirm {file} {} {size} {checksum} j{job}", remote.key)
            }
            Ask::Complete { remote, parts, .. } => {
                let parts: Vec<String> = parts.iter().map(|part| format!("{}:{}", part.number, part.etag)).collect();
                format!("complete {file} {} [{}] j{job}", remote.upload_id, parts.join(" "))
            }
            _ => format!("ask {file} j{job}"),
        },
        Command::Send { job, file, part: None, .. } => format!("send {file} j{job}"),
        Command::Send { job, file, part: Some(part), .. } => {
            format!("send {file} part {} {}-{} j{job}", part.number, part.start, part.end)
        }
        Command::AbortUpload { job, file, remote } => format!("abort-upload {} {} j{job}", file.id, remote.upload_id),
        Command::Abort { job } => format!("abort j{job}"),
        Command::Equip => "equip".into(),
    }
}

fn report(job: JobId, what: &[&str]) -> Report {
    match what {
        ["put"] => Report::Parameters(Box::new(put(job, None))),
        ["put", ms] => Report::Parameters(Box::new(put(job, Some(ms.parse().unwrap())))),
        // With a checksum that the address was signed for, and a key.
        ["sum", value] => {
            let mut parameters = put(job, None);
            parameters.key = Some(format!("k{job}"));
            parameters.checksum = Digest::from_base64(Algorithm::Crc64Nvme, value);
            parameters.headers.push(("x-amz-checksum-crc64nvme".into(), (*value).to_owned()));
            Report::Parameters(Box::new(parameters))
        }
        ["post"] => Report::Parameters(Box::new(post(job))),
        ["url", url] => Report::Parameters(Box::new(checked(RawParameters { url: (*url).to_owned(), ..raw() }))),
        ["form", fields @ ..] => {
            let pair = |field: &&str| field.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
            let fields = fields.iter().map(|field| pair(field).unwrap()).collect();
            let url = "https://bucket.s3.eu-west-1.amazonaws.com/".to_owned();
            Report::Parameters(Box::new(checked(RawParameters { url, fields: Some(fields), ..raw() })))
        }
        ["signed-url", number, url] => {
            let parameters = checked(RawParameters { url: (*url).to_owned(), ..raw() });
            Report::Signed(vec![(number.parse().unwrap(), Box::new(parameters))])
        }
        ["created", id] => Report::Created(Remote {
            upload_id: (*id).to_owned(),
            key: format!("key-{id}"),
            bucket: String::new(),
            checksum: None,
        }),
        ["signed-for", ms, number] => {
            Report::Signed(vec![(number.parse().unwrap(), Box::new(put(job, Some(ms.parse().unwrap()))))])
        }
        ["signed", numbers @ ..] => {
            let number = |n: &&str| (n.parse().unwrap(), Box::new(put(job, None)));
            Report::Signed(numbers.iter().map(number).collect())
        }
        ["resumed", id, part_size, parts @ ..] => Report::Resumed(Box::new(Resume {
            remote: Remote { upload_id: (*id).to_owned(), key: format!("key-{id}"), ..Remote::default() },
            part_size: part_size.parse().unwrap(),
            parts: parts.iter().map(|part| receipt(part)).collect(),
        })),
        ["listed", parts @ ..] => Report::Listed(parts.iter().map(|part| receipt(part)).collect()),
        ["completed"] => Report::Completed(Box::new(UploadResponse { status: 200, ..UploadResponse::default() })),
        ["aborted"] => Report::Aborted,
        ["completed", checksum] => {
            let checksum = (*checksum).to_owned();
            Report::Completed(Box::new(UploadResponse { status: 200, checksum, ..UploadResponse::default() }))
        }
        ["etag", etag] => {
            let etag = if *etag == "hidden" { String::new() } else { format!("\"{etag}\"") };
            Report::Answer(Box::new(Answer { status: 200, etag, ..Answer::default() }))
        }
        ["at", bytes] => Report::Progress(bytes.parse().unwrap()),
        ["sent"] => Report::BodySent,
        ["busy"] => Report::Busy,
        ["error"] => Report::Failed(Failure::new(Kind::Network, "error", Class::Retry, "the connection was lost")),
        ["passed-on", status] => {
            let failure = Failure::new(Kind::S3, "InternalError", Class::Retry, "what a host said of the store");
            Report::Failed(failure.with_status(status.parse().unwrap()))
        }
        ["expired"] => answer(403, "AccessDenied", "Request has expired", 0),
        ["fail", code, class, status @ ..] => {
            let (kind, code) = code.split_once('.').unwrap();
            let kind = [Kind::Network, Kind::S3, Kind::Sign, Kind::Config, Kind::File, Kind::Integrity, Kind::Internal]
                .into_iter()
                .find(|k| k.name() == kind)
                .unwrap();
            let class = match *class {
                "retry" => Class::Retry,
                "slow" => Class::Slow,
                "resign" => Class::Resign,
                _ => Class::Final,
            };
            let status = status.first().map_or(0, |status| status.parse().unwrap());
            Report::Failed(Failure::new(kind, code, class, "made up").with_status(status))
        }
        [status] => answer(status.parse().unwrap(), "", "", 0),
        [status, code] => answer(status.parse().unwrap(), code, "", 0),
        [status, code, after] => answer(status.parse().unwrap(), code, "", after.parse().unwrap()),
        _ => panic!("unknown report {what:?}"),
    }
}

/// `1:e1:5242880`
fn receipt(text: &str) -> PartReceipt {
    let mut words = text.split(':');
    let mut word = || words.next().unwrap();
    PartReceipt {
        number: word().parse().unwrap(),
        etag: word().to_owned(),
        size: word().parse().unwrap(),
        checksum: String::new(),
    }
}

fn answer(status: u16, code: &str, message: &str, retry_after_ms: u64) -> Report {
    let body = if code.is_empty() {
        String::new()
    } else {
        format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>")
    };
    Report::Answer(Box::new(Answer { status, body, retry_after_ms, etag: "\"e\"".to_owned(), ..Answer::default() }))
}

fn raw() -> RawParameters {
    RawParameters::default()
}

/// For a page of a shop that came over https.
fn checked(raw: RawParameters) -> UploadParameters {
    let policy = ParameterPolicy {
        page_is_secure: true,
        page_origin: "https://shop.example".to_owned(),
        allow_http: true,
        // Noon of the first of December 2026.
        clock: Some(|| 1_796_126_400_000),
        ..ParameterPolicy::default()
    };
    raw.check(&policy).unwrap()
}

fn put(job: JobId, expires_in_ms: Option<u64>) -> UploadParameters {
    let url = format!("https://bucket.s3.eu-west-1.amazonaws.com/k{job}?X-Amz-Signature=s");
    UploadParameters { expires_in_ms, ..checked(RawParameters { url, ..raw() }) }
}

fn post(job: JobId) -> UploadParameters {
    let fields = [("key", format!("k{job}")), ("acl", "private".to_owned()), ("policy", "c2VjcmV0".to_owned())];
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let url = "https://bucket.s3.eu-west-1.amazonaws.com/".to_owned();
    checked(RawParameters { url, fields: Some(fields), ..raw() })
}
