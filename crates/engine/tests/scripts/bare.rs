//! An engine without its extras: what it does alone, what it asks for, and what waits for it.

use filechute_engine::{Ask, Command, Engine, FileId, Multipart, Options, Output, ParameterPolicy, RawParameters};

use crate::rig::Rig;

/// Three parts.
const LARGE: &str = "10485761";

fn bare(script: &str) -> Rig {
    let multipart = Multipart { available: true, above: 5 << 20, sign_ahead: 1 };
    let options = Options { limit: 2, retry_delays_ms: vec![0, 1000], multipart, ..Options::default() };
    let mut rig = Rig { engine: Engine::bare(options, 1), now: 0 };
    rig.play(script);
    rig
}

#[test]
fn a_small_file_needs_nothing_more() {
    let rig = bare(
        "
        add a 10 => added 1
        upload => upload u1 [1]; ask 1 j1
        j1 put => send 1 j2
        j2 200 => success 1; complete u1 [1] []
        ",
    );
    assert!(!rig.engine.is_equipped());
}

#[test]
fn a_file_in_parts_waits_and_others_do_not() {
    let script = format!(
        "
        add big {LARGE} => added 1
        add small 10 => added 2
        add bigger {LARGE}0 => added 3
        upload => upload u1 [1 2 3]; equip; ask 2 j1
        ? 1 => queued 0/10485761 0%
        j1 put, j2 200 => send 2 j2; success 2
        equip => create 1 j3; create 3 j4
        j3 created U => sign 1 U [1] j5
        remove 1 => abort j5; removed 1; abort-upload 1 U j6
        "
    );
    assert!(bare(&script).engine.is_equipped());
}

#[test]
fn what_cannot_be_had_is_asked_for_again_like_any_failure() {
    bare(&format!(
        "
        add big {LARGE} => added 1
        upload => upload u1 [1]; equip
        equip failed, +0 => equip
        equip failed =>
        ? 1 => retrying 0/10485761 0% retries 2 network.load
        +1500 => equip
        equip failed => failed 1 network.load; complete u1 [] [1]
        retry 1 => retry 1; upload u2 [1]; equip
        equip => create 1 j1
        "
    ));
}

#[test]
fn a_file_that_waits_can_be_held_and_taken_out() {
    bare(&format!(
        "
        add a {LARGE} => added 1
        add b {LARGE}1 => added 2
        upload => upload u1 [1 2]; equip
        pause 1 => paused 1
        remove 2 => removed 2
        equip =>
        ? air => 0
        resume 1 => resumed 1; create 1 j1
        "
    ));
}

#[test]
fn offline_it_waits_for_the_line() {
    bare(&format!(
        "
        add a {LARGE} => added 1
        offline => offline
        upload => upload u1 [1]; equip
        online => online
        offline => offline
        equip failed =>
        ? 1 => retrying 0/10485761 0% network.offline
        online => online; equip
        equip => create 1 j1
        "
    ));
}

#[test]
fn a_refusal_is_read_before_it_counts() {
    let rig = bare(
        "
        add a 10 => added 1
        upload => upload u1 [1]; ask 1 j1
        j1 put => send 1 j2
        j2 403 AccessDenied => equip
        ? 1 => uploading 0/10 0%
        ? air => 1
        equip => failed 1 s3.AccessDenied; complete u1 [] [1]
        ",
    );
    let failure = rig.engine.file(FileId(1)).unwrap().failure.unwrap();
    assert!(failure.help.contains("credentials may not write"), "{}", failure.help);
}

#[test]
fn a_refusal_that_nobody_can_read_is_tried_again() {
    let rig = bare(
        "
        add a 10 => added 1
        upload => upload u1 [1]; ask 1 j1
        j1 put, j2 403 AccessDenied => send 1 j2; equip
        equip failed => ask 1 j3
        j3 put, j4 503 SlowDown => send 1 j4; equip
        equip failed, +600 => ask 1 j5
        j5 put, j6 403 AccessDenied => send 1 j6; equip
        ? air => 1
        pause 1 => abort j6; paused 1
        equip =>
        ? air => 0
        ",
    );
    assert!(rig.engine.is_equipped());
}

#[test]
fn nothing_hangs_when_the_answer_never_comes() {
    bare(
        "
        add a 10 => added 1
        upload => upload u1 [1]; ask 1 j1
        j1 put, j2 sent, j2 503 => send 1 j2; equip
        +60000 =>
        ? 1 => retrying 0/10 0% retries 1 s3.503
        equip, j2 200, +1000 => ask 1 j3
        j3 put, j4 200 => send 1 j4; success 1; complete u1 [1] []
        ",
    );
}

#[test]
fn many_bytes_are_not_sent_where_a_policy_may_refuse_them() {
    let policy = "policy=eyJjb25kaXRpb25zIjpbWyJjb250ZW50LWxlbmd0aC1yYW5nZSIsMCwxMDAwXV19";
    bare(&format!(
        "
        add few 999 => added 1
        add many 2000000 => added 2
        upload => upload u1 [1 2]; ask 1 j1; ask 2 j2
        j1 form key=k {policy} => send 1 j3
        j2 form key=k {policy} => equip
        ? 2 => preparing 0/2000000 0%
        equip => failed 2 s3.EntityTooLarge
        "
    ));
}

#[test]
fn what_is_seen_beforehand_is_seen_by_a_whole_engine_alone() {
    let look = |mut rig: Rig| {
        rig.play("add a 2000 => added 1");
        let raw = RawParameters {
            url: "https://b.example/".to_owned(),
            fields: Some(vec![("acl".to_owned(), "private".to_owned())]),
            ..RawParameters::default()
        };
        let parameters = raw.check(&ParameterPolicy::default()).unwrap();
        rig.engine.inspect(FileId(1), &parameters).map(|advice| advice.code)
    };
    let whole = Rig { engine: Engine::new(Options::default(), 1), now: 0 };
    assert_eq!(look(whole), Some("field.key"));
    assert_eq!(look(bare("")), None);
}

/// 5 GiB is what one request may carry, and what is as large as the threshold goes whole.
#[test]
fn only_what_is_larger_goes_in_parts() {
    let first = |size: u64, multipart: Multipart| {
        let mut rig = Rig { engine: Engine::new(Options { multipart, ..Options::default() }, 1), now: 0 };
        rig.play(&format!("add a {size} => added 1"));
        rig.engine.upload(rig.time()).unwrap();
        std::iter::from_fn(|| rig.engine.poll())
            .any(|output| matches!(output, Output::Command(Command::Ask { ask: Ask::Whole, .. })))
    };
    let can = |above| Multipart { available: true, above, sign_ahead: 1 };
    assert!(first(100, can(100)) && !first(101, can(100)));
    assert!(first(0, can(0)), "nothing has no parts");
    let cannot = Multipart { available: false, ..can(100) };
    assert!(first(5 << 30, cannot.clone()) && !first((5 << 30) + 1, cannot));
}
