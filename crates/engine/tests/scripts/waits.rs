//! What waits for the second module: no clock of its own runs out, nobody else pays for it, and nothing is judged by when it is
//! heard instead of when it came.

use filechute_engine::*;

use crate::rig::Rig;

fn bare_with(options: Options, script: &str) -> Rig {
    let multipart = Multipart { available: true, above: 5 << 20, sign_ahead: 1 };
    let mut rig = Rig { engine: Engine::bare(Options { multipart, ..options }, 1), now: 0 };
    rig.play(script);
    rig
}

fn bare(script: &str) -> Rig {
    bare_with(Options { limit: 2, retry_delays_ms: vec![0, 1000], ..Options::default() }, script)
}

const POLICY: &str = "policy=eyJjb25kaXRpb25zIjpbWyJjb250ZW50LWxlbmd0aC1yYW5nZSIsMCwxMDAwXV19";

/// One hiccup while the second module is fetched: 120 files in parts are queued.
#[test]
fn one_failed_load_does_not_fail_files_for_good() {
    let options = Options { limit: 6, ..Options::default() };
    let mut rig = bare_with(options, "");
    for n in 0..120_u64 {
        let new = NewFile { name: format!("f{n}"), size: (10 << 20) + n, ..NewFile::default() };
        rig.engine.add(Time(0), new).unwrap();
    }
    rig.engine.upload(Time(0)).unwrap();
    rig.engine.equip(Time(100), None);
    let failed = rig.engine.totals().count(Phase::Failed);
    assert_eq!(
        failed, 0,
        "{failed} of 120 files failed for good after the first failed load, though each has 4 retries"
    );
}

/// And a small file that shares the page has its own.
#[test]
fn small_files_keep_their_retries() {
    let mut rig = bare_with(Options { limit: 6, ..Options::default() }, "add small 10 => added 1");
    for n in 0..100_u64 {
        let new = NewFile { name: format!("f{n}"), size: (10 << 20) + n, ..NewFile::default() };
        rig.engine.add(Time(0), new).unwrap();
    }
    rig.engine.upload(Time(0)).unwrap();
    rig.engine.equip(Time(0), None);
    while rig.engine.poll().is_some() {}
    rig.play("j1 error => equip");
    rig.play("? 1 => retrying 0/10 0% retries 1 network.error");
}

/// The host answers in 200 ms. The second module hangs; the driver says so after 30 s (EQUIP_WITHIN_MS), as it does each time.
#[test]
fn parameters_that_wait_are_not_a_host_that_does_not_answer() {
    bare_with(
        Options::default(),
        &format!(
            "
        add many 2000000 => added 1
        upload => upload u1 [1]; ask 1 j1
        +200, j1 form key=k {POLICY} => equip
        +29900 =>
        ? 1 => preparing 0/2000000 0%
        +100, equip failed => send 1 j2
        "
        ),
    );
}

/// The same with a driver whose module never comes: nothing but the look at the parameters is missing.
#[test]
fn a_file_is_sent_where_the_extras_hang() {
    let mut rig = bare_with(Options::default(), "");
    let engine = &mut rig.engine;
    engine.add(Time(0), NewFile { name: "many".into(), size: 2_000_000, ..NewFile::default() }).unwrap();
    engine.upload(Time(0)).unwrap();
    let raw = || RawParameters {
        url: "https://b.s3.amazonaws.com/".into(),
        fields: Some(vec![("key".into(), "k".into()), ("policy".into(), "c2VjcmV0".into())]),
        ..RawParameters::default()
    };
    // A driver: the host answers after 200 ms, the module never does.
    let (mut now, mut answers, mut equip, mut log) = (0_u64, Vec::new(), None, Vec::new());
    let mut sent = false;
    while now < 600_000 && engine.phase(FileId(1)) != Some(Phase::Failed) && !sent {
        while let Some(output) = engine.poll() {
            match output {
                Output::Command(Command::Ask { job, .. }) => {
                    log.push(format!("{now} ask"));
                    answers.push((now + 200, job));
                }
                Output::Command(Command::Equip) => {
                    log.push(format!("{now} equip"));
                    equip = Some(now + 30_000);
                }
                Output::Command(Command::Send { .. }) => sent = true,
                Output::Event(UploadEvent::UploadError(id)) => {
                    log.push(format!("{now} failed {:?}", engine.file(id).unwrap().failure.unwrap().code));
                }
                _ => {}
            }
        }
        now += 10;
        if engine.next_deadline().is_some_and(|at| at.0 <= now) {
            engine.on_deadline(Time(now));
        }
        if equip.is_some_and(|at| at <= now) {
            equip = None;
            log.push(format!("{now} equip failed"));
            engine.equip(Time(now), None);
        }
        for (_, job) in answers.extract_if(.., |(at, _)| *at <= now) {
            let parameters = raw().check(&ParameterPolicy::default()).unwrap();
            engine.on_report(Time(now), job, Report::Parameters(Box::new(parameters)));
        }
    }
    assert!(sent, "never sent: {log:#?}");
}

/// Nor with a short timeout.
#[test]
fn an_answer_that_waits_is_no_stall() {
    bare_with(
        Options { stall_after_ms: 5000, ..Options::default() },
        "
        add a 10 => added 1
        upload => upload u1 [1]; ask 1 j1
        j1 put, j2 at 5, j2 403 AccessDenied => send 1 j2; equip
        +6000 =>
        equip => failed 1 s3.AccessDenied; complete u1 [] [1]
        ",
    );
}

/// "There might be two objects": every byte left, the answer was lost, the second try to the same key says 412.
#[test]
fn a_file_that_may_be_there_is_not_sent_to_another_key() {
    bare(
        "
        add a 10 => added 1
        upload => upload u1 [1]; ask 1 j1
        j1 put, j2 sent, j2 error => send 1 j2; equip
        equip failed, +0 => send 1 j3
        j3 sent, j3 412 PreconditionFailed => equip
        equip failed => failed 1 s3.Unconfirmed; complete u1 [] [1]
        ",
    );
}

/// Nor is one that was refused for good, though nobody could read why.
#[test]
fn an_object_that_is_there_is_left_alone() {
    bare(
        "
        add a 10 => added 1
        upload => upload u1 [1]; ask 1 j1
        j1 put, j2 sent, j2 412 PreconditionFailed => send 1 j2; equip
        equip failed => failed 1 s3.precondition; complete u1 [] [1]
        ",
    );
}

/// The time that parameters wait counts against their end: here the address ended 4 s before the store said no.
#[test]
fn parameters_age_while_they_wait() {
    let mut rig = bare_with(Options::default(), "add a 2000000 => added 1\n upload => upload u1 [1]; ask 1 j1");
    let raw = RawParameters {
        url: "https://b.s3.amazonaws.com/k?x-amz-checksum-crc64nvme=AAAAAAAAAAA%3D&X-Amz-Signature=s".into(),
        ..RawParameters::default()
    };
    let checked = raw.check(&ParameterPolicy::default()).unwrap();
    let parameters = UploadParameters { expires_in_ms: Some(10_000), ..checked };
    rig.engine.on_report(Time(0), JobId(1), Report::Parameters(Box::new(parameters)));
    rig.play(
        "
        +9000 => equip
        equip => send 1 j2
        +5000 =>
        j2 sent, j2 403 => ask 1 j3
        ",
    );
}

/// The store said no: a pause while that is read does not make it an answer that was lost.
#[test]
fn a_pause_while_a_refusal_waits_loses_no_answer() {
    bare(
        "
        add a 10 => added 1
        upload => upload u1 [1]; ask 1 j1
        j1 put, j2 sent, j2 412 PreconditionFailed => send 1 j2; equip
        pause 1 => abort j2; paused 1
        equip =>
        resume 1 => resumed 1; ask 1 j3
        ",
    );
}

/// An upload of an earlier page whose file is taken out while the engine is bare.
#[test]
fn what_an_earlier_page_left_is_aborted_by_a_bare_engine() {
    let mut rig = bare("");
    let resume = Resume {
        remote: Remote { upload_id: "U".into(), key: "k".into(), ..Remote::default() },
        part_size: 5 << 20,
        parts: Vec::new(),
    };
    let new = NewFile { name: "a".into(), size: 10 << 20, resume: Some(resume), ..NewFile::default() };
    rig.engine.add(Time(0), new).unwrap();
    rig.play(
        "
        upload => added 1; upload u1 [1]; equip
        remove 1 => removed 1; complete u1 [] []
        equip => abort-upload 1 U j1
        ",
    );
}

#[test]
fn offline_the_probe_is_not_spent_on_what_cannot_be_sent() {
    bare(&format!(
        "
        offline => offline
        add big {big} => added 1
        add small 10 => added 2
        upload => upload u1 [1 2]; equip
        +2000 => ask 2 j1
        ",
        big = 10 << 20
    ));
}

/// The browser is wrong about being offline (as browsers often are), and the second module is not there (404).
#[test]
fn a_small_file_behind_one_in_parts_is_tried_some_time() {
    let mut rig = bare(&format!(
        "
        offline => offline
        add big {} => added 1
        add small 10 => added 2
        upload => upload u1 [1 2]; equip
        equip failed =>
        ",
        10 << 20
    ));
    let engine = &mut rig.engine;
    let (mut asked, mut equips) = (0, 0);
    for now in (0..3_600_000).step_by(100) {
        engine.on_deadline(Time(now));
        while let Some(output) = engine.poll() {
            match output {
                Output::Command(Command::Equip) => {
                    equips += 1;
                    engine.equip(Time(now), None);
                }
                Output::Command(Command::Ask { .. }) => asked += 1,
                _ => {}
            }
        }
    }
    assert!(asked > 0, "an hour, {equips} tries of the second module, and not one question about the small file");
    // And the module is not asked for without a pause.
    assert!((10..=120).contains(&equips), "{equips} tries in an hour");
}

/// The store refuses in the middle of the body (default timeout); the module hangs for the driver's 30 s.
#[test]
fn an_early_refusal_is_no_stall() {
    bare_with(
        Options::default(),
        "
        add a 1000 => added 1
        upload => upload u1 [1]; ask 1 j1
        j1 put, +100, j2 at 500 => send 1 j2
        +50, j2 403 AccessDenied => equip
        +29999 =>
        +1, equip => failed 1 s3.AccessDenied; complete u1 [] [1]
        ",
    );
}

/// The answer came while the address was good; it is read 6 s later.
#[test]
fn an_answer_is_judged_by_when_it_came() {
    bare_with(
        Options::default(),
        "
        add a 10 => added 1
        upload => upload u1 [1]; ask 1 j1
        j1 put 10000, +5000, j2 sent, j2 403 => send 1 j2; equip
        +6000 =>
        equip => failed 1 s3.403; complete u1 [] [1]
        ",
    );
}

/// They came in time, and had ended when there was somebody to look at them.
#[test]
fn parameters_that_ended_while_they_waited_are_not_used() {
    let mut rig = bare_with(Options::default(), "add a 2000000 => added 1\n upload => upload u1 [1]; ask 1 j1");
    let raw = RawParameters {
        url: "https://b.s3.amazonaws.com/k?x-amz-checksum-crc64nvme=AAAAAAAAAAA%3D&X-Amz-Signature=s".into(),
        ..RawParameters::default()
    };
    let checked = raw.check(&ParameterPolicy::default()).unwrap();
    let parameters = UploadParameters { expires_in_ms: Some(10_000), ..checked };
    rig.engine.on_report(Time(0), JobId(1), Report::Parameters(Box::new(parameters)));
    rig.play("+10001, equip => equip; ask 1 j2");
}

/// Options that are changed meanwhile start no clock either.
#[test]
fn other_options_do_not_hurry_what_waits() {
    let mut rig = bare_with(
        Options::default(),
        "
        add a 10 => added 1
        upload => upload u1 [1]; ask 1 j1
        j1 put, j2 403 AccessDenied => send 1 j2; equip
        ",
    );
    let options = Options { stall_after_ms: 1000, ..rig.engine.options().clone() };
    rig.engine.set_options(Time(0), options);
    rig.play(
        "
        +5000 =>
        equip => failed 1 s3.AccessDenied; complete u1 [] [1]
        ",
    );
}
