//! Stories of bugs that were found by reading.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test may fail")]

use filechute_engine::{
    Answer, Command, Engine, Failure, FileId, JobId, NewFile, Options, Output, ParameterPolicy, Phase, RawOptions,
    RawParameters, Report, Restrictions, Time,
};

fn engine(options: Options) -> (Engine, FileId) {
    let mut engine = Engine::new(options, 1);
    let file = NewFile { name: "a b.png".into(), mime: "image/png".into(), size: 1000, ..NewFile::default() };
    let id = engine.add(Time(0), file).unwrap();
    engine.upload(Time(0)).unwrap();
    (engine, id)
}

/// The job of the last question or request that the engine asked for.
fn job(engine: &mut Engine) -> JobId {
    let mut last = None;
    while let Some(output) = engine.poll() {
        if let Output::Command(Command::Ask { job, .. } | Command::Send { job, .. }) = output {
            last = Some(job);
        }
    }
    last.unwrap()
}

fn form(key: &str) -> Report {
    let fields = [("key", key), ("x-amz-meta-name", "a b.png"), ("policy", "secret")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let raw =
        RawParameters { url: "https://b.s3.amazonaws.com/".into(), fields: Some(fields), ..RawParameters::default() };
    Report::Parameters(Box::new(raw.check(&ParameterPolicy::default()).unwrap()))
}

fn answer(status: u16) -> Report {
    Report::Answer(Box::new(Answer { status, ..Answer::default() }))
}

/// Fields were merged into the file's own meta, so each retry told the host its earlier answer as metadata, which it signed
/// into more fields, until the metadata was too large and the upload failed for good.
#[test]
fn what_the_host_answered_is_not_told_to_it_again() {
    let (mut engine, id) = engine(Options { retry_delays_ms: vec![0], ..Options::default() });
    let asked = job(&mut engine);
    engine.on_report(Time(1), asked, form("u/1.png"));
    let sent = job(&mut engine);
    assert_eq!(engine.file(id).unwrap().meta.get("x-amz-meta-name").map(String::as_str), Some("a b.png"));
    engine.on_report(Time(2), sent, answer(503));
    engine.on_deadline(Time(5000));
    let names: Vec<&str> = engine.own_meta(id).unwrap().iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["name", "type"]);
    let asked = job(&mut engine);
    engine.on_report(Time(5001), asked, form("u/2.png"));
    let sent = job(&mut engine);
    engine.on_report(Time(5002), sent, answer(204));
    let file = engine.file(id).unwrap();
    assert_eq!((file.phase, file.key().as_str()), (Phase::Done, "u/2.png"));
    assert_eq!(file.meta.get("policy"), None);
}

/// A key with `${filename}` and an answer without a body left the template in `meta.key`.
#[test]
fn the_file_name_stands_in_a_key_that_asks_for_it() {
    let (mut engine, id) = engine(Options::default());
    let asked = job(&mut engine);
    engine.on_report(Time(1), asked, form("u/${filename}"));
    let sent = job(&mut engine);
    engine.on_report(Time(2), sent, answer(204));
    let file = engine.file(id).unwrap();
    assert_eq!(file.key(), "u/a b.png");
    assert_eq!(file.response.unwrap().upload_url, "https://b.s3.amazonaws.com/u/a%20b.png");
}

/// The host was asked about the new name, and the form was sent with the old one, which S3 then put into the key.
#[test]
fn a_file_that_was_given_another_name_is_stored_under_that() {
    let (mut engine, id) = engine(Options::default());
    engine.set_meta(id, [("name".to_owned(), "c.png".to_owned())].into());
    let asked = job(&mut engine);
    engine.on_report(Time(1), asked, form("u/${filename}"));
    let sent = job(&mut engine);
    engine.on_report(Time(2), sent, answer(204));
    assert_eq!(engine.file(id).unwrap().key(), "u/c.png");
}

/// In a function that returns any error they did not pass a `?`.
#[test]
fn errors_are_errors() {
    fn start(engine: &mut Engine) -> Result<(), Box<dyn std::error::Error>> {
        engine.add(Time(0), NewFile { name: "a.txt".into(), size: 2, ..NewFile::default() })?;
        Ok(())
    }
    let raw = RawOptions { limit: Some(-1.0), ..RawOptions::default() };
    let wrong: Box<dyn std::error::Error> = Options::default().merge(raw).unwrap_err().into();
    assert!(wrong.to_string().contains("limit"), "{wrong}");
    let restrictions = Restrictions { max_file_size: Some(1), ..Restrictions::default() };
    let mut engine = Engine::new(Options { restrictions, ..Options::default() }, 1);
    assert_eq!(start(&mut engine).unwrap_err().to_string(), "restriction.size: a.txt");
    let failure: Box<dyn std::error::Error> = Failure::from("no").into();
    assert!(failure.to_string().ends_with(": no"), "{failure}");
}

/// A deadline that was armed before `timeout: 0` fired all the same, on a transfer that was well.
#[test]
fn turning_the_timeout_off_reaches_what_is_in_the_air() {
    let (mut engine, id) = engine(Options::default());
    let asked = job(&mut engine);
    engine.on_report(Time(1), asked, form("k"));
    let off = engine.options().clone().merge(RawOptions { timeout: Some(0.0), ..RawOptions::default() }).unwrap();
    engine.set_options(Time(2), off);
    assert_eq!(engine.next_deadline(), None);
    engine.on_deadline(Time(40_000));
    assert_eq!(engine.phase(id), Some(Phase::Sending));
    let on = engine.options().clone().merge(RawOptions { timeout: Some(10.0), ..RawOptions::default() }).unwrap();
    engine.set_options(Time(40_001), on);
    engine.on_deadline(Time(40_011));
    assert_eq!(engine.phase(id), Some(Phase::Preparing), "tried again, the first delay being 0");
}
