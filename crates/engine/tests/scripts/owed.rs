//! What a file in parts leaves behind: aborts that are owed to the store, and questions whose file is gone.

use filechute_engine::{Engine, Multipart, NewFile, Options, Time};

use crate::rig::Rig;

fn start(limit: u32, script: &str) -> Rig {
    let multipart = Multipart { available: true, above: 5 << 20, sign_ahead: 1 };
    let options = Options { limit, retry_delays_ms: vec![0, 1000], multipart, ..Options::default() };
    let mut rig = Rig { engine: Engine::new(options, 1), now: 0 };
    let file = NewFile { name: "a".to_owned(), size: 100, multipart: Some(true), ..NewFile::default() };
    rig.engine.add(Time(0), file).unwrap();
    while rig.engine.poll().is_some() {}
    rig.play(script);
    rig
}

/// A file of one part whose upload is known to the store.
fn known(limit: u32, script: &str) {
    start(limit, "upload, j1 created U => upload u1 [1]; create 1 j1; sign 1 U [1] j2").play(script);
}

#[test]
fn a_refusal_for_good_is_not_asked_again() {
    known(
        6,
        "
        remove 1 => abort j2; removed 1; complete u1 [] []; abort-upload 1 U j3
        j3 fail s3.AccessDenied final =>
        ? air => 0
        ? deadline => none
        ",
    );
}

#[test]
fn an_upload_that_is_gone_is_what_was_wanted() {
    known(
        6,
        "
        remove 1 => abort j2; removed 1; complete u1 [] []; abort-upload 1 U j3
        j3 fail s3.NoSuchUpload retry =>
        ? deadline => none
        ",
    );
}

#[test]
fn no_answer_to_an_abort_is_a_failure_and_three_of_them_are_enough() {
    known(
        6,
        "
        remove 1 => abort j2; removed 1; complete u1 [] []; abort-upload 1 U j3
        +59999 =>
        +1 => abort j3
        +5000 => abort-upload 1 U j4
        j4 fail network.error retry, +9000 => abort-upload 1 U j5
        +60000 => abort j5
        ? air => 0
        +600000 =>
        ",
    );
}

#[test]
fn aborts_share_the_limit_and_wait_for_the_network() {
    known(
        1,
        "
        add b 10, upload => added 2; upload u2 [2]
        offline => offline
        remove 1 => abort j2; removed 1; complete u1 [] []
        ? air => 0
        ? deadline => 2000
        online => online; abort-upload 1 U j3
        ? air => 1
        j3 aborted => ask 2 j4
        ",
    );
}

#[test]
fn an_abort_waits_for_a_slot() {
    known(
        1,
        "
        add b 10, upload => added 2; upload u2 [2]
        pause 1 => abort j2; paused 1; ask 2 j3
        remove 1 => removed 1; complete u1 [] []
        ? air => 1
        ? deadline => 30000
        j3 put, j4 200 => send 2 j4; success 2; complete u2 [2] []; abort-upload 1 U j5
        ",
    );
}

/// The answer to a creation whose file was taken out is awaited, but not for ever.
#[test]
fn an_orphan_that_never_answers_is_given_up() {
    start(
        6,
        "
        upload, remove 1 => upload u1 [1]; create 1 j1; removed 1; complete u1 [] []
        ? air => 1
        j1 busy, j1 at 5 =>
        +59999 =>
        ? air => 1
        +1 => abort j1
        ? air => 0
        j1 created U =>
        ",
    );
}
