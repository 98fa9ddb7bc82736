//! What the interface says, checked without a browser: the engine itself makes the states.

use filechute_engine::{Class, Failure, FileId, Meta, Restrictions};

use super::*;
use crate::strings::Strings;

const EN: Words<'static> = Words::new(&Strings::EN);
const USUAL: Offers<'static> = Offers { key: false, link: false, edit: None, off: false };

fn file(name: &str, phase: Phase) -> UploadFile {
    UploadFile {
        id: FileId(1),
        name: name.into(),
        mime: String::new(),
        size: 1_000_000,
        last_modified: 0,
        relative_path: None,
        meta: Meta::new(),
        phase,
        bytes_uploaded: 0,
        started_ms: None,
        retries: 0,
        failure: None,
        response: None,
    }
}

fn failed(name: &str, failure: Failure) -> UploadFile {
    UploadFile { failure: Some(failure), ..file(name, Phase::Failed) }
}

#[test]
fn each_phase_has_words_and_only_moving_files_a_bar() {
    for (phase, words, bar) in [
        (Phase::Idle, "Ready", false),
        (Phase::Queued, "Waiting", false),
        (Phase::Preparing, "Preparing", true),
        (Phase::Sending, "Uploading 42%", true),
        (Phase::Finishing, "Finishing…", true),
        (Phase::BackingOff, "Retrying in a moment", true),
        (Phase::Paused, "Paused", true),
        (Phase::Done, "Uploaded", false),
    ] {
        let row = row(&UploadFile { bytes_uploaded: 420_000, ..file("a.pdf", phase) }, EN, USUAL, 0);
        assert_eq!((row.words.as_str(), row.percent.is_some()), (words, bar), "{phase:?}");
    }
}

#[test]
fn actions_are_named_by_file_and_offered_only_where_they_help() {
    let lost = Failure::new(Kind::Network, "error", Class::Retry, "");
    let gone = Failure::new(Kind::File, "removed", Class::Final, "");
    let action = |file: &UploadFile| {
        row(file, EN, USUAL, 0).actions.into_iter().map(|(verb, label, _)| (verb, label)).next_back()
    };
    assert_eq!(action(&failed("a.pdf", lost)), Some(("retry", "Retry a.pdf".to_owned())));
    assert_eq!(action(&failed("a.pdf", gone.clone())), None);
    assert_eq!(action(&file("a.pdf", Phase::Paused)), Some(("resume", "Resume a.pdf".to_owned())));
    assert_eq!(row(&file("a.pdf", Phase::Sending), EN, USUAL, 0).remove, "Cancel a.pdf");
    assert_eq!(row(&file("a.pdf", Phase::Done), EN, USUAL, 0).remove, "Remove a.pdf");
    assert_eq!(row(&failed("a.pdf", gone), EN, USUAL, 0).words, "a.pdf was removed or moved. Choose it again.");
}

#[test]
fn what_is_there_can_be_copied_where_that_is_offered() {
    let response = filechute_engine::UploadResponse {
        upload_url: "https://s3.example/b/k".into(),
        verified: Some(filechute_engine::Algorithm::Crc64Nvme),
        ..Default::default()
    };
    let mut done = UploadFile { response: Some(response), ..file("a.pdf", Phase::Done) };
    let verbs = |file: &UploadFile, offers| {
        row(file, EN, offers, 0).actions.into_iter().map(|(verb, ..)| verb).collect::<Vec<_>>()
    };
    let all = Offers { key: true, link: true, edit: Some(&[]), off: false };
    assert!(row(&done, EN, USUAL, 0).verified && row(&done, EN, USUAL, 0).actions.is_empty());
    assert_eq!(verbs(&done, all), ["copy-link"]);
    done.meta.insert("key".into(), "k".into());
    assert_eq!(verbs(&done, all), ["copy-key", "copy-link"]);
    assert_eq!(verbs(&file("a", Phase::Idle), all), ["edit"]);
    assert_eq!(verbs(&file("a", Phase::Sending), all), ["pause"]);
    assert!(verbs(&file("a", Phase::Finishing), all).is_empty());
    // Where it can be read, if the host said so.
    assert_eq!(link(&done), Some("https://s3.example/b/k"));
    done.response.as_mut().unwrap().public_url = "https://cdn.example/k".into();
    assert_eq!(link(&done), Some("https://cdn.example/k"));
    // The name as it was changed to.
    done.meta.insert("name".into(), "b.pdf".into());
    assert_eq!((row(&done, EN, all, 0).title.as_str(), row(&done, EN, all, 0).verified), ("b.pdf", true));
}

#[test]
fn failed_files_can_be_seen_alone_where_there_are_many() {
    use filechute_engine::{Engine, NewFile, Time};
    let mut engine = Engine::new(Options::default(), 1);
    let add = |engine: &mut Engine, n: u64| {
        engine.add(Time(n), NewFile { name: n.to_string(), size: 9, ..NewFile::default() }).unwrap();
    };
    add(&mut engine, 0);
    engine.upload(Time(1)).unwrap();
    while let Some(output) = engine.poll() {
        if let filechute_engine::Output::Command(filechute_engine::Command::Ask { job, .. }) = output {
            engine.on_report(
                Time(5),
                job,
                filechute_engine::Report::Failed(Failure::new(Kind::Config, "", Class::Final, "")),
            );
        }
    }
    (1..=5).for_each(|n| add(&mut engine, n));
    assert!(!summary(engine.totals(), false, false, EN).filter);
    add(&mut engine, 6);
    assert!(summary(engine.totals(), false, false, EN).filter);
}

#[test]
fn names_keep_their_ends_and_show_what_they_hide() {
    let long = row(&file("a-very-long-name-of-a-holiday-picture.final.jpeg", Phase::Idle), EN, USUAL, 0);
    assert_eq!(long.tail, "inal.jpeg");
    assert!(long.head.starts_with("a-very-long"));
    for hostile in ["a\u{202E}gpj.exe", "b\r\nc;é😀.txt", "<img src=x onerror=alert(1)>.svg", ".", "", "x.\u{1F600}"]
    {
        let row = row(&file(hostile, Phase::Idle), EN, USUAL, 0);
        assert!(!row.head.contains(['\u{202E}', '\n']) && !row.title.contains(['\u{202E}', '\n']), "{hostile:?}");
        assert_eq!(row.head + &row.tail, display_name(hostile));
    }
    let arabic = row(&file(&format!("{}.pdf", "كم ".repeat(40)), Phase::Idle), EN, USUAL, 0);
    assert!(arabic.tail.is_empty() && arabic.head.ends_with(".pdf") && arabic.head.chars().count() <= 40);
    assert!(row(&file(&"x".repeat(4000), Phase::Idle), EN, USUAL, 0).head.chars().count() < 130);
}

#[test]
fn a_slow_line_says_so_with_the_attempt() {
    let stall = Failure::new(Kind::Network, "stall", Class::Retry, "");
    let waiting = UploadFile { failure: Some(stall), retries: 2, ..file("a", Phase::BackingOff) };
    assert_eq!(row(&waiting, EN, USUAL, 0).words, "Connection is slow – retrying (2)");
}

#[test]
fn a_file_under_way_tells_how_fast_it_goes() {
    let sending = UploadFile { bytes_uploaded: 420, size: 1000, ..file("a", Phase::Sending) };
    assert_eq!(row(&sending, EN, USUAL, 0).pace, "");
    assert_eq!(row(&sending, EN, USUAL, 58).pace, " · 58 B/s · 10s left");
    assert_eq!(row(&file("a", Phase::Paused), EN, USUAL, 58).pace, "");
}

#[test]
fn limits_are_stated() {
    let restrictions = Restrictions {
        max_file_size: Some(10_000_000),
        max_number_of_files: Some(5),
        allowed_file_types: filechute_engine::Accept::parse_list("image/*,.pdf"),
        ..Restrictions::default()
    };
    let options = Options { restrictions, ..Options::default() };
    assert_eq!(hint(&options, "", false, EN), "Images, PDF · up to 10 MB each · up to 5 files");
    assert_eq!(hint(&Options::default(), ".png", false, EN), "PNG");
    let restrictions =
        Restrictions { min_number_of_files: Some(2), min_file_size: Some(2_000), ..Restrictions::default() };
    let options = Options { restrictions, ..Options::default() };
    assert_eq!(hint(&options, "", false, EN), "at least 2 kB each · Add at least 2 files");
    assert_eq!(hint(&Options::default(), "", false, EN), "");
}

#[test]
fn the_summary_follows_the_files() {
    use filechute_engine::{Class, Engine, NewFile, Time};
    let mut engine = Engine::new(Options::default(), 1);
    let add = |engine: &mut Engine, name: &str| {
        engine.add(Time(0), NewFile { name: name.into(), size: 1000, ..NewFile::default() }).unwrap()
    };
    let a = add(&mut engine, "a");
    add(&mut engine, "b");
    let idle = summary(engine.totals(), false, false, EN);
    assert_eq!((idle.headline.as_str(), idle.detail.as_str()), ("2 files ready", "2 kB"));
    assert_eq!(
        (idle.upload.as_str(), idle.clear, idle.pause, idle.percent),
        ("Upload 2 files", "Remove all", "", None)
    );
    assert_eq!(summary(engine.totals(), true, false, EN).upload, "");

    engine.upload(Time(1)).unwrap();
    let active = summary(engine.totals(), false, false, EN);
    assert_eq!((active.headline.as_str(), active.detail.as_str()), ("Preparing", "0 of 2 files · 0 B of 2 kB"));
    assert_eq!(
        (active.upload.as_str(), active.clear, active.pause, active.percent),
        ("", "Cancel all", "Pause all", Some(0))
    );

    engine.pause_all(Time(2));
    let paused = summary(engine.totals(), false, false, EN);
    assert_eq!((paused.headline.as_str(), paused.resume, paused.pause), ("Paused at 0%", "Resume all", ""));

    engine.resume_all(Time(3));
    engine.remove(Time(4), a);
    while let Some(output) = engine.poll() {
        if let filechute_engine::Output::Command(filechute_engine::Command::Ask { job, .. }) = output {
            let failure = Failure::new(Kind::Config, "url", Class::Final, "");
            engine.on_report(Time(5), job, filechute_engine::Report::Failed(failure));
        }
    }
    let failed = summary(engine.totals(), false, false, EN);
    assert_eq!((failed.headline.as_str(), failed.retry, failed.clear), ("1 file failed", "", "Clear"));
    assert_eq!(summary(engine.totals(), false, true, EN).retry, "Retry failed");
}

#[test]
fn the_window_covers_the_view_and_nothing_absurd() {
    assert_eq!(window(0, 0.0, 512.0, 64.0), 0..0);
    assert_eq!(window(3, 0.0, 192.0, 64.0), 0..3);
    assert_eq!(window(10_000, 0.0, 512.0, 64.0), 0..14);
    assert_eq!(window(10_000, 6400.0, 512.0, 64.0), 96..114);
    assert_eq!(window(10_000, 1e9, 512.0, 64.0).end, 10_000);
    assert_eq!(window(10_000, -50.0, 512.0, 64.0).start, 0);
    assert!(window(10_000, f64::NAN, f64::NAN, f64::NAN).len() < 20);
    assert_eq!(window(10_000, 0.0, 0.0, 64.0), 0..12);
    assert!(window(10_000, 0.0, 640_000.0, 64.0).len() <= 204);
    // Files went while the list was scrolled down.
    assert_eq!(window(5, 6400.0, 512.0, 64.0), 0..5);
}
