//! The one retry loop: the ladder, what is asked for again and what is final, `Retry-After`, the shared budget, CORS.

use filechute_engine::{
    Algorithm, Class, Engine, Failure, FileId, Kind, Multipart, NewFile, Options, Output, Report, Time, UploadEvent,
};

use crate::rig::{Rig, play};

const START: &str = "add a 10, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2";

fn delays(ms: &[u64]) -> Options {
    Options { retry_delays_ms: ms.to_vec(), ..Options::default() }
}

#[test]
fn the_ladder_is_climbed_and_then_it_is_over() {
    let mut rig = play(Options::default(), START);
    rig.play(
        "
        # delays 0, 1000, 3000, 5000, each give or take a half
        j2 500 InternalError =>
        ? 1 => retrying 0/10 0% retries 1 s3.InternalError
        +0, j3 put, j4 500 InternalError => ask 1 j3; send 1 j4
        +499 =>
        +1001, j5 put, j6 error => ask 1 j5; send 1 j6
        +1499 =>
        +3001, j7 put, j8 500 => ask 1 j7; send 1 j8
        +2499 =>
        +5001, j9 put => ask 1 j9; send 1 j10
        ? 1 => uploading 0/10 0% retries 4 s3.500
        j10 500 InternalError => failed 1 s3.InternalError; complete u1 [] [1]
        ? deadline => none
        ",
    );
    assert!(rig.engine.file(FileId(1)).unwrap().failure.unwrap().retryable());
}

#[test]
fn delays_are_jittered_within_a_half() {
    let mut seen = Vec::new();
    for seed in 0..200 {
        let mut rig = Rig { engine: Engine::new(delays(&[1000]), seed), now: 0 };
        rig.play(START);
        rig.play("j2 error =>");
        seen.push(rig.engine.next_deadline().unwrap().0);
    }
    assert!(seen.iter().all(|wait| (500..1500).contains(wait)), "{seen:?}");
    assert!(seen.iter().any(|wait| *wait < 700) && seen.iter().any(|wait| *wait > 1300), "{seen:?}");
}

#[test]
fn no_delays_are_no_retries() {
    let mut rig = play(delays(&[]), START);
    rig.play("j2 error => failed 1 network.error; complete u1 [] [1]");
}

#[test]
fn what_may_pass_is_tried_again() {
    for failure in [
        "error",
        "408",
        "429",
        "500 InternalError",
        "502",
        "503 ServiceUnavailable",
        "503 SlowDown",
        "504",
        "400 RequestTimeout",
        "409 OperationAborted",
        "200 InternalError",
        "fail sign.unavailable retry",
        "fail sign.callback retry",
    ] {
        let mut rig = play(delays(&[0]), START);
        rig.play(&format!("j2 {failure} =>\n +500 => ask 1 j3"));
    }
}

#[test]
fn what_cannot_pass_is_final() {
    for (failure, code) in [
        ("400 InvalidArgument", "s3.InvalidArgument"),
        ("401", "s3.401"),
        ("403 AccessDenied", "s3.AccessDenied"),
        ("404 NoSuchBucket", "s3.NoSuchBucket"),
        ("412 PreconditionFailed", "s3.precondition"),
        ("413 EntityTooLarge", "s3.EntityTooLarge"),
        ("301 PermanentRedirect", "config.region_redirect"),
        ("fail file.changed final", "file.changed"),
        ("fail config.url final", "config.url"),
    ] {
        let mut rig = play(Options::default(), START);
        rig.play(&format!("j2 {failure} => failed 1 {code}; complete u1 [] [1]\n ? deadline => none"));
    }
}

#[test]
fn retry_after_is_a_floor_with_a_cap() {
    let mut rig = play(delays(&[0, 5000, 0]), START);
    rig.play(
        "
        j2 503 SlowDown 7000, +6999 =>
        +1, j3 put => ask 1 j3; send 1 j4
        # a longer delay of ours stands
        j4 503 SlowDown 1, +2499 =>
        +5001, j5 put => ask 1 j5; send 1 j6
        j6 429 Busy 9999999, +59999 =>
        +1 => ask 1 j7
        ",
    );
}

/// `online` used to end every delay, also one that the store had asked for.
#[test]
fn retry_after_holds_when_the_network_comes_back() {
    let mut rig = play(delays(&[0, 5000]), START);
    rig.play(
        "
        j2 503 SlowDown 7000 =>
        offline, online => offline; online
        ? 1 => retrying 0/10 0% retries 1 s3.SlowDown
        +7000 => ask 1 j3
        ",
    );
}

#[test]
fn expired_parameters_are_asked_for_again_at_once_and_once() {
    let mut rig = play(Options::default(), START);
    rig.play(
        "
        j2 expired => ask 1 j3
        ? 1 => preparing 0/10 0% sign.expired
        j3 put, j4 expired => send 1 j4; failed 1 sign.expired; complete u1 [] [1]
        ",
    );
    assert!(rig.engine.file(FileId(1)).unwrap().failure.unwrap().retryable());
}

/// A signature that never holds used to end as "Storage is busy. Try again.", which no waiting mends.
#[test]
fn a_signature_that_never_holds_is_the_sites_to_mend() {
    for (answer, code) in [
        ("403 SignatureDoesNotMatch", "config.signature"),
        ("403 RequestTimeTooSkewed", "config.clock"),
        ("403 RequestInTheFuture", "config.clock"),
    ] {
        let mut rig = play(Options::default(), START);
        rig.play(&format!("j2 {answer}, j3 put => ask 1 j3; send 1 j4"));
        rig.play(&format!("j4 {answer} => failed 1 {code}; complete u1 [] [1]\n ? deadline => none"));
        let failure = rig.engine.file(FileId(1)).unwrap().failure.unwrap();
        assert!(!failure.retryable() && failure.status == 403 && failure.class == Class::Final, "{failure:?}");
    }
}

#[test]
fn a_bare_403_past_the_end_of_the_address_is_an_expiry() {
    play(
        Options::default(),
        "
        add a 10, upload, j1 put 800 => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        +799, j2 at 5, +1, j2 403 => ask 1 j3
        j3 put 800, j4 403 => send 1 j4; failed 1 s3.403; complete u1 [] [1]
        ",
    );
}

/// The free signature was given once per start of the file, so that a second sleep of the machine failed it.
#[test]
fn each_attempt_has_a_free_signature() {
    let mut rig = play(delays(&[0, 0]), START);
    rig.play(
        "
        j2 expired, j3 put => ask 1 j3; send 1 j4
        j4 500, +0, j5 put => ask 1 j5; send 1 j6
        j6 expired, j7 put => ask 1 j7; send 1 j8
        pause 1, resume 1, j9 put => abort j8; paused 1; resumed 1; ask 1 j9; send 1 j10
        j10 expired => ask 1 j11
        ? 1 => preparing 0/10 0% retries 1 sign.expired
        j11 put, j12 expired => send 1 j12; failed 1 sign.expired; complete u1 [] [1]
        ",
    );
}

#[test]
fn a_retry_by_hand_starts_at_the_foot_of_the_ladder() {
    let mut rig = play(delays(&[0]), START);
    rig.play(
        "
        j2 error, +0, j3 error => ask 1 j3; failed 1 network.error; complete u1 [] [1]
        retry 1 => retry 1; upload u2 [1]; ask 1 j4
        ? 1 => preparing 0/10 0%
        j4 error, +0 => ask 1 j5
        j5 put, j6 200 => send 1 j6; success 1; complete u2 [1] []
        ? 1 => done 10/10 100% retries 1
        ",
    );
}

#[test]
fn one_that_fails_does_not_touch_the_others() {
    play(
        Options { limit: 2, ..Options::default() },
        "
        add a 10, add b 10, add c 10, upload => added 1; added 2; added 3; upload u1 [1 2 3]; ask 1 j1; ask 2 j2
        j1 put, j2 put, j4 at 5 => send 1 j3; send 2 j4
        j3 error => ask 3 j5
        ? 2 => uploading 5/10 50%
        j4 200 => success 2
        +0 => ask 1 j6
        ",
    );
}

#[test]
fn three_refusals_at_once_from_an_origin_that_never_answered_are_cors() {
    let mut rig = play(delays(&[0, 0, 0, 0]), START);
    rig.play(
        "
        +199, j2 error, +0, j3 put => ask 1 j3; send 1 j4
        j4 error, +0, j5 put => ask 1 j5; send 1 j6
        j6 error => failed 1 config.cors; complete u1 [] [1]
        ",
    );
    let failure = rig.engine.file(FileId(1)).unwrap().failure.unwrap();
    assert!(failure.message.starts_with("https://bucket.s3.eu-west-1.amazonaws.com never answered"));
    // The store may just have been down, and then a person gets on with it.
    assert!(failure.retryable());
    rig.play(
        "retry 1, +0, j7 put, j8 200 => retry 1; upload u2 [1]; ask 1 j7; send 1 j8; success 1; complete u2 [1] []",
    );
}

#[test]
fn a_failure_after_a_while_is_the_line() {
    let mut rig = play(delays(&[0, 0]), START);
    rig.play(
        "
        j2 error, +0, j3 put => ask 1 j3; send 1 j4
        +200, j4 error, +0, j5 put => ask 1 j5; send 1 j6
        j6 error => failed 1 network.error; complete u1 [] [1]
        ",
    );
}

/// A stall between two refusals did not break their row.
#[test]
fn a_stall_in_between_is_the_line() {
    let mut rig = play(delays(&[0, 0, 0]), START);
    rig.play(
        "
        j2 error, +0, j3 put => ask 1 j3; send 1 j4
        +30000, j5 put => abort j4; stalled 1 network.stall; ask 1 j5; send 1 j6
        j6 error, +0, j7 put => ask 1 j7; send 1 j8
        j8 error => failed 1 network.error; complete u1 [] [1]
        ",
    );
}

#[test]
fn an_origin_that_answered_has_its_cors_rules() {
    let mut rig = play(delays(&[0, 0]), START);
    rig.play(
        "
        # even a refusal that the page can read is an answer
        j2 403 AccessDenied => failed 1 s3.AccessDenied; complete u1 [] [1]
        retry 1, j3 put => retry 1; upload u2 [1]; ask 1 j3; send 1 j4
        j4 error, +0, j5 put => ask 1 j5; send 1 j6
        j6 error, +0, j7 put => ask 1 j7; send 1 j8
        j8 error => failed 1 network.error; complete u2 [] [1]
        ",
    );
}

/// A second uploader blamed CORS where the page's first had been answered.
#[test]
fn what_one_uploader_of_a_page_heard_another_knows() {
    let mut heard = Vec::new();
    let mut first = play(delays(&[]), START);
    first.engine.swap_answered(&mut heard);
    first.play("j2 200 => success 1; complete u1 [1] []");
    first.engine.swap_answered(&mut heard);
    assert_eq!(heard, ["https://bucket.s3.eu-west-1.amazonaws.com"]);
    let mut second = play(delays(&[0, 0]), START);
    second.engine.swap_answered(&mut heard);
    second.play(
        "
        j2 error, +0, j3 put => ask 1 j3; send 1 j4
        j4 error, +0, j5 put => ask 1 j5; send 1 j6
        j6 error => failed 1 network.error; complete u1 [] [1]
        ",
    );
}

/// Fails everything at once until nothing moves, and counts the questions asked.
fn questions(files: u32, answer: &dyn Fn(u32) -> bool) -> (u32, u32) {
    let mut engine = Engine::new(Options { limit: 0, ..delays(&[0, 0, 0, 0]) }, 1);
    for n in 0..files {
        engine.add(Time(0), NewFile { name: format!("{n}"), size: 1, ..NewFile::default() }).unwrap();
    }
    engine.upload(Time(0)).unwrap();
    let (mut asked, mut failed) = (0, 0);
    loop {
        while let Some(output) = engine.poll() {
            match output {
                Output::Command(filechute_engine::Command::Ask { job, file, .. }) => {
                    asked += 1;
                    let class = if answer(file.0) { Class::Retry } else { Class::Final };
                    engine.on_report(Time(0), job, Report::Failed(Failure::new(Kind::Sign, "unavailable", class, "")));
                }
                Output::Event(UploadEvent::UploadError(_)) => failed += 1,
                _ => {}
            }
        }
        if engine.next_deadline().is_none() {
            return (asked, failed);
        }
        engine.on_deadline(Time(0));
    }
}

#[test]
fn an_outage_spends_the_budget_of_all_files_and_no_more() {
    // 500 tokens, 5 each: 100 retries for 1000 files that could have had 4 each.
    assert_eq!(questions(1000, &|_| true), (1100, 1000));
    // Few files are bounded by their ladders.
    assert_eq!(questions(3, &|_| true), (15, 3));
    assert_eq!(questions(1000, &|_| false), (1000, 1000));
}

/// Every byte has left when the answer is lost: the object may be there under its key. Fresh parameters would name another one,
/// and leave two objects.
#[test]
fn a_lost_answer_is_asked_for_again_at_the_same_place() {
    play(
        delays(&[0]),
        "
        add a 1000, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        j2 sent, j2 error =>
        +0 => send 1 j3
        j3 200 => success 1; complete u1 [1] []
        ",
    );
    // Not when some of it was missing, when somebody answered, or when the address is worthless by then.
    play(
        delays(&[0, 0, 0]),
        "
        add a 1000, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        j2 at 900, j2 error =>
        +0, j3 put => ask 1 j3; send 1 j4
        j4 sent, j4 500 =>
        +0, j5 put 5000 => ask 1 j5; send 1 j6
        +6000, j6 sent, j6 error =>
        +0 => ask 1 j7
        ",
    );
}

#[test]
fn an_object_that_exists_after_a_lost_answer_is_no_success_and_no_other_file() {
    play(
        delays(&[0]),
        "
        add a 1000, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        j2 sent, j2 error =>
        +0 => send 1 j3
        j3 412 PreconditionFailed => failed 1 s3.Unconfirmed; complete u1 [] [1]
        retry 1, j4 put => retry 1; upload u2 [1]; ask 1 j4; send 1 j5
        j5 412 PreconditionFailed => failed 1 s3.precondition; complete u2 [] [1]
        ",
    );
}

/// Parameters of a source that can look at what the store has.
fn can_look(retries: &[u64]) -> Options {
    let multipart = Multipart { available: true, above: u64::MAX, sign_ahead: 1 };
    Options { multipart, ..delays(retries) }
}

/// An answer that is lost, and then a store that keeps what is there.
const LOST: &str = "
    add a 1000, upload, j1 sum rosUhgp5mIg= => added 1; upload u1 [1]; ask 1 j1; send 1 j2
    j2 sent, j2 error =>
    +0 => send 1 j3
    j3 412 PreconditionFailed => confirm 1 k1 1000 rosUhgp5mIg= j4
";

#[test]
fn an_object_that_exists_after_a_lost_answer_is_the_files_own_where_its_checksum_says_so() {
    let mut rig = play(can_look(&[0]), LOST);
    rig.play("? 1 => finishing 1000/1000 99% retries 1 s3.Unconfirmed");
    rig.play("j4 completed rosUhgp5mIg= => success 1; complete u1 [1] []");
    let response = rig.engine.file(FileId(1)).and_then(|file| file.response).unwrap();
    assert_eq!((response.key.as_str(), response.verified), ("k1", Some(Algorithm::Crc64Nvme)));
    assert_eq!(response.upload_url, "https://bucket.s3.eu-west-1.amazonaws.com/k1");
}

#[test]
fn an_object_that_is_not_proved_to_be_the_files_own_is_not() {
    for end in ["j4 completed", "j4 completed AAAAAAAAAAA=", "j4 fail s3.precondition final"] {
        let mut rig = play(can_look(&[0]), LOST);
        rig.play(&format!("{end} => failed 1 s3.Unconfirmed; complete u1 [] [1]"));
    }
}

#[test]
fn whether_an_object_is_the_files_own_is_asked_again_when_nobody_answers() {
    let mut rig = play(can_look(&[0, 0]), LOST);
    rig.play(
        "
        j4 fail network.error retry =>
        +0 => send 1 j5
        j5 412 PreconditionFailed => confirm 1 k1 1000 rosUhgp5mIg= j6
        j6 fail network.error retry => failed 1 s3.Unconfirmed; complete u1 [] [1]
        ",
    );
    // With fresh headers, once.
    let mut rig = play(can_look(&[0]), LOST);
    rig.play("j4 fail sign.denied resign => send 1 j5");
    rig.play("j5 412 PreconditionFailed => confirm 1 k1 1000 rosUhgp5mIg= j6");
    rig.play("j6 fail sign.denied resign => failed 1 s3.Unconfirmed; complete u1 [] [1]");
    // Paused and let go on meanwhile; given up; and a source that says nothing until the deadline.
    let mut rig = play(can_look(&[0]), LOST);
    rig.play("pause 1 => abort j4; paused 1");
    rig.play("resume 1 => resumed 1; send 1 j5");
    rig.play("j4 completed rosUhgp5mIg= =>");
    rig.play("j5 412 PreconditionFailed => confirm 1 k1 1000 rosUhgp5mIg= j6");
    rig.play("remove 1 => abort j6; removed 1; complete u1 [] []");
    rig.play("j6 completed rosUhgp5mIg= =>");
    let mut rig = play(can_look(&[0, 0]), LOST);
    rig.play("+60000 => abort j4; stalled 1 network.stall; send 1 j5");
    rig.play("j5 200 => success 1; complete u1 [1] []");
}

#[test]
fn nobody_is_asked_whose_an_object_is_where_nothing_could_prove_it() {
    // No checksum, and a source that cannot look.
    for (options, parameters) in [(can_look(&[0]), "put"), (delays(&[0]), "sum rosUhgp5mIg=")] {
        play(
            options,
            &format!(
                "
                add a 1000, upload, j1 {parameters} => added 1; upload u1 [1]; ask 1 j1; send 1 j2
                j2 sent, j2 error =>
                +0 => send 1 j3
                j3 412 PreconditionFailed => failed 1 s3.Unconfirmed; complete u1 [] [1]
                "
            ),
        );
    }
}

/// A page that renders often sends its options as often: a request that stands still used to get a new deadline each time, and a
/// store that had asked to slow down was hurried again.
#[test]
fn options_that_say_the_same_hurry_and_delay_nothing() {
    let mut rig = play(
        Options { stall_after_ms: 1000, retry_delays_ms: Vec::new(), ..Options::default() },
        "add a 10, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2",
    );
    let options = |rig: &Rig| Options { allow_multiple_upload_batches: false, ..rig.engine.options().clone() };
    rig.play("+900 =>");
    rig.engine.set_options(rig.time(), options(&rig));
    rig.play("+100 => abort j2; stalled 1 network.stall; failed 1 network.stall; complete u1 [] [1]");

    let mut rig = play(
        Options { limit: 4, retry_delays_ms: vec![60_000], ..Options::default() },
        "
        add a 10, add b 10, add c 10, add d 10, add e 10, add f 10 => added 1; added 2; added 3; added 4; added 5; added 6
        upload => upload u1 [1 2 3 4 5 6]; ask 1 j1; ask 2 j2; ask 3 j3; ask 4 j4
        j1 put, j2 put, j3 put, j4 put => send 1 j5; send 2 j6; send 3 j7; send 4 j8
        j5 503 SlowDown, j6 503 SlowDown, j7 503 SlowDown =>
        ",
    );
    rig.engine.set_options(rig.time(), options(&rig));
    rig.play("? air => 1");
    // Another limit is a new beginning.
    let more = Options { limit: 3, ..options(&rig) };
    rig.engine.set_options(rig.time(), more);
    rig.play("+0 => ask 5 j9; ask 6 j10");
}
