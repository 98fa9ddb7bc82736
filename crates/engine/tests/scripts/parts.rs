//! Files in parts: the steps, the one limit, a part that fails alone, what is kept and what is cleared up.

use filechute_engine::{Engine, FileId, JobId, Multipart, NewFile, Options, PartReceipt, Remote, Report, Resume, Time};

use crate::rig::{Rig, play};

/// Three parts: 5 MiB, 5 MiB and one byte.
pub(crate) const SIZE: &str = "10485761";

pub(crate) fn options(limit: u32) -> Options {
    let multipart = Multipart { available: true, above: 5 << 20, sign_ahead: 1 };
    Options { limit, retry_delays_ms: vec![0, 1000], multipart, ..Options::default() }
}

pub(crate) fn parts(limit: u32, script: &str) -> Rig {
    let mut rig = Rig { engine: Engine::new(options(limit), 1), now: 0 };
    let file =
        NewFile { name: "a".to_owned(), size: SIZE.parse().unwrap(), part_size: Some(5 << 20), ..NewFile::default() };
    rig.engine.add(Time(0), file).unwrap();
    while rig.engine.poll().is_some() {}
    rig.play(script);
    rig
}

#[test]
fn one_upload_in_parts() {
    let rig = parts(
        6,
        "
        upload => upload u1 [1]; create 1 j1
        ? 1 => preparing 0/10485761 0%
        j1 created U => sign 1 U [1] j2; sign 1 U [2] j3; sign 1 U [3] j4
        ? meta 1 key => key-U
        j2 signed 1 => send 1 part 1 0-5242880 j5
        j3 signed 2 => send 1 part 2 5242880-10485760 j6
        j4 signed 3 => send 1 part 3 10485760-10485761 j7
        ? 1 => uploading 0/10485761 0%
        j5 at 1000, j6 at 500 =>
        ? 1 => uploading 1500/10485761 0%
        j7 sent, j7 etag e3 =>
        ? 1 => uploading 1501/10485761 0%
        j6 etag e2 =>
        j5 sent =>
        ? 1 => finishing 10485761/10485761 99%
        j5 etag e1 => complete 1 U [1:e1 2:e2 3:e3] j8
        ? 1 => finishing 10485761/10485761 99%
        j8 completed => success 1; complete u1 [1] []
        ? 1 => done 10485761/10485761 100%
        ? air => 0
        ? deadline => none
        j8 completed, j5 etag e1, j1 created V =>
        ",
    );
    assert_eq!(rig.engine.resume_of(FileId(1)), None);
}

#[test]
fn parts_share_the_limit_with_other_files_and_go_first() {
    parts(
        2,
        "
        add small 10 => added 2
        upload => upload u1 [1 2]; create 1 j1; ask 2 j2
        j1 created U => sign 1 U [1] j3
        j2 put => send 2 j4
        j4 200 => success 2; sign 1 U [2] j5
        add next 10 => added 3
        upload => upload u2 [3]
        j3 signed 1, j5 signed 2 => send 1 part 1 0-5242880 j6; send 1 part 2 5242880-10485760 j7
        j6 etag e1 => sign 1 U [3] j8
        j7 etag e2 => ask 3 j9
        ",
    );
}

/// A line that carries 100 kB a second takes most of a minute for one part: four at once would be through, or lost, together.
#[test]
fn a_slow_line_is_shared_among_few_and_a_fast_one_among_all() {
    let mut rig = Rig { engine: Engine::new(options(4), 1), now: 0 };
    let file = NewFile { name: "a".to_owned(), size: 8 * (5 << 20), part_size: Some(5 << 20), ..NewFile::default() };
    rig.engine.add(Time(0), file).unwrap();
    while rig.engine.poll().is_some() {}
    rig.play(
        "
        upload => upload u1 [1]; create 1 j1
        j1 created U => sign 1 U [1] j2; sign 1 U [2] j3; sign 1 U [3] j4; sign 1 U [4] j5
        j2 signed 1, j3 signed 2 => send 1 part 1 0-5242880 j6; send 1 part 2 5242880-10485760 j7
        j4 signed 3, j5 signed 4 => send 1 part 3 10485760-15728640 j8; send 1 part 4 15728640-20971520 j9
        ",
    );
    let goes_at = |rig: &mut Rig, each: u64, from: u64| {
        for second in 1..=20_u64 {
            rig.now += 1000;
            for job in [7, 8, 9] {
                let report = Report::Progress(from + second * each);
                rig.engine.on_report(Time(rig.now), JobId(job), report);
            }
            rig.engine.take_changes(Time(rig.now));
        }
    };
    goes_at(&mut rig, 30_000, 0);
    assert!((60_000..100_000).contains(&rig.engine.totals().speed), "{}", rig.engine.totals().speed);
    rig.play("j6 etag e1 =>");
    goes_at(&mut rig, 200_000, 600_000);
    rig.play("j7 etag e2 => sign 1 U [5] j10; sign 1 U [6] j11");
}

#[test]
fn a_part_that_fails_backs_off_alone() {
    parts(
        2,
        "
        upload, j1 created U => upload u1 [1]; create 1 j1; sign 1 U [1] j2; sign 1 U [2] j3
        j2 signed 1, j3 signed 2 => send 1 part 1 0-5242880 j4; send 1 part 2 5242880-10485760 j5
        j5 at 700 =>
        j4 error => sign 1 U [3] j6
        ? 1 => uploading 700/10485761 0% network.error
        +1 => 
        j6 signed 3, j6 etag e => send 1 part 3 10485760-10485761 j7
        j7 etag e3 => sign 1 U [1] j8
        j5 etag e2, j8 signed 1, j9 etag e1 => send 1 part 1 0-5242880 j9; complete 1 U [1:e1 2:e2 3:e3] j10
        j10 completed => success 1; complete u1 [1] []
        ",
    );
}

#[test]
fn a_part_s_expired_address_is_signed_again_for_free() {
    parts(
        1,
        "
        upload, j1 created U, j2 signed 1 => upload u1 [1]; create 1 j1; sign 1 U [1] j2; send 1 part 1 0-5242880 j3
        j3 expired => sign 1 U [1] j4
        j4 signed 1, j5 expired => send 1 part 1 0-5242880 j5; failed 1 sign.expired; complete u1 [] [1]
        ? 1 => failed 0/10485761 0% sign.expired
        # what is there is kept: a retry goes on where it was
        retry 1 => retry 1; upload u2 [1]; sign 1 U [1] j6
        ",
    );
}

#[test]
fn a_pause_keeps_what_is_there() {
    let rig = parts(
        1,
        "
        upload, j1 created U, j2 signed 1, j3 etag e1 => upload u1 [1]; create 1 j1; sign 1 U [1] j2; send 1 part 1 0-5242880 j3; sign 1 U [2] j4
        j4 signed 2, j5 at 1000 => send 1 part 2 5242880-10485760 j5
        pause 1 => abort j5; paused 1
        ? 1 => paused 5242880/10485761 49%
        ? air => 0
        ? deadline => none
        j5 etag e2 =>
        resume 1 => resumed 1; sign 1 U [2] j6
        ? 1 => uploading 5242880/10485761 49%
        ",
    );
    let resume = rig.engine.resume_of(FileId(1)).unwrap();
    assert_eq!((resume.part_size, resume.parts.len(), resume.remote.key.as_str()), (5 << 20, 1, "key-U"));
}

#[test]
fn removal_owes_an_abort_even_during_create() {
    parts(
        2,
        "
        upload, remove 1 => upload u1 [1]; create 1 j1; removed 1; complete u1 [] []
        ? air => 1
        j1 created U => abort-upload 1 U j2
        j2 fail network.error retry =>
        +5000 => abort-upload 1 U j3
        j3 aborted =>
        ? air => 0
        ? deadline => none
        ",
    );
    parts(
        2,
        "
        upload, j1 created U, j2 signed 1 => upload u1 [1]; create 1 j1; sign 1 U [1] j2; sign 1 U [2] j3; send 1 part 1 0-5242880 j4
        cancel-all => cancel-all; abort j4; abort j3; removed 1; complete u1 [] []; abort-upload 1 U j5
        j5 fail s3.NoSuchUpload final =>
        ? air => 0
        ",
    );
}

/// Each press of "Pause" and "Resume" while the upload was being created made one more at the store; and one of an earlier page
/// that was being looked at was begun anew, its record left behind.
#[test]
fn held_and_let_go_while_it_is_created_it_is_created_once() {
    parts(
        2,
        "
        upload => upload u1 [1]; create 1 j1
        pause 1 => paused 1
        resume 1 => resumed 1
        pause 1, resume 1 => paused 1; resumed 1
        ? 1 => preparing 0/10485761 0%
        j1 created U => sign 1 U [1] j2; sign 1 U [2] j3
        ",
    );
    // Taken out while it was held, the answer is still awaited, and what it names aborted.
    parts(
        2,
        "
        upload => upload u1 [1]; create 1 j1
        pause 1, resume 1, pause 1, remove 1 => paused 1; resumed 1; paused 1; removed 1; complete u1 [] []
        j1 created U => abort-upload 1 U j2
        j2 aborted =>
        ? air => 0
        ",
    );
    // Nobody answers: it is over as if it had never been held.
    parts(
        2,
        "
        upload => upload u1 [1]; create 1 j1
        pause 1, resume 1 => paused 1; resumed 1
        +30000 => abort j1; create 1 j2
        ",
    );
}

#[test]
fn addresses_are_signed_ahead_and_not_used_late() {
    let mut options = options(2);
    options.multipart.sign_ahead = 4;
    let mut rig = Rig { engine: Engine::new(options, 1), now: 0 };
    let file = NewFile { name: "a".to_owned(), size: 30 << 20, part_size: Some(5 << 20), ..NewFile::default() };
    rig.engine.add(Time(0), file).unwrap();
    rig.play(
        "
        upload => added 1; upload u1 [1]; create 1 j1
        j1 created U => sign 1 U [1 2 3 4] j2
        j2 signed 1 2 3 4 => send 1 part 1 0-5242880 j3; send 1 part 2 5242880-10485760 j4
        j3 etag e1 => send 1 part 3 10485760-15728640 j5
        # a failure says that the rest may be worthless too
        j4 expired => sign 1 U [2 4 5 6] j6
        ",
    );
}

#[test]
fn a_resumed_upload_trusts_only_what_it_knows() {
    let mut rig = Rig { engine: Engine::new(options(2), 1), now: 0 };
    let part =
        |number, etag: &str| PartReceipt { number, size: 5 << 20, etag: etag.to_owned(), checksum: String::new() };
    let resume = Resume {
        remote: Remote { upload_id: "U".to_owned(), key: "k".to_owned(), bucket: String::new(), checksum: None },
        part_size: 5 << 20,
        parts: vec![
            part(1, "e1"),
            part(2, "e2"),
            PartReceipt { number: 9, size: 1, etag: "e9".to_owned(), checksum: String::new() },
        ],
    };
    let file = NewFile { name: "a".to_owned(), size: 20 << 20, resume: Some(resume), ..NewFile::default() };
    rig.engine.add(Time(0), file).unwrap();
    rig.play(
        "
        upload => added 1; upload u1 [1]; list 1 U j1
        # the third is there, but nobody checked whose bytes it has
        j1 listed 1:e1:5242880 2:changed:5242880 3:e3:5242880 => sign 1 U [2] j2; sign 1 U [3] j3
        ? 1 => uploading 5242880/20971520 25%
        ",
    );
}

/// The answer to Create is awaited although the file is held. What an earlier page created is not aborted: it is found again.
#[test]
fn an_earlier_upload_that_is_found_too_late_is_left_alone() {
    let mut rig = parts(1, "upload, pause 1 => upload u1 [1]; create 1 j1; paused 1\n ? air => 1");
    let remote = Remote { upload_id: "U".to_owned(), key: "k".to_owned(), bucket: String::new(), checksum: None };
    let resume = Resume { remote, part_size: 5 << 20, parts: Vec::new() };
    rig.engine.on_report(Time(0), JobId(1), Report::Resumed(Box::new(resume)));
    rig.play("? air => 0\n +100000 =>\n resume 1 => resumed 1; create 1 j2");
    assert_eq!(rig.engine.resume_of(FileId(1)), None);
}

/// Pulled out within the first 200 ms, a line breaks all parts at once: that is no row of refusals.
#[test]
fn parts_that_break_together_are_one_refusal() {
    parts(
        3,
        "
        upload, j1 created U => upload u1 [1]; create 1 j1; sign 1 U [1] j2; sign 1 U [2] j3; sign 1 U [3] j4
        j2 signed 1, j3 signed 2, j4 signed 3 => send 1 part 1 0-5242880 j5; send 1 part 2 5242880-10485760 j6; send 1 part 3 10485760-10485761 j7
        +100, j5 error, j6 error =>
        ? 1 => uploading 0/10485761 0% network.error
        j7 error =>
        ? 1 => retrying 0/10485761 0% network.error
        +0 => sign 1 U [1] j8; sign 1 U [2] j9; sign 1 U [3] j10
        j8 signed 1, j9 signed 2, j10 signed 3 => send 1 part 1 0-5242880 j11; send 1 part 2 5242880-10485760 j12; send 1 part 3 10485760-10485761 j13
        j11 etag e1, j12 etag e2, j13 etag e3 => complete 1 U [1:e1 2:e2 3:e3] j14
        ",
    );
}

#[test]
fn a_changed_file_is_aborted_at_the_store() {
    parts(
        1,
        "
        upload, j1 created U, j2 signed 1 => upload u1 [1]; create 1 j1; sign 1 U [1] j2; send 1 part 1 0-5242880 j3
        j3 fail file.changed final => failed 1 file.changed; complete u1 [] [1]; abort-upload 1 U j4
        ",
    );
}

#[test]
fn a_stalled_part_is_aborted_alone_and_sleep_is_forgiven() {
    parts(
        1,
        "
        upload, j1 created U, j2 signed 1 => upload u1 [1]; create 1 j1; sign 1 U [1] j2; send 1 part 1 0-5242880 j3
        +30000 => abort j3; stalled 1 network.stall; sign 1 U [2] j4
        j4 signed 2 => send 1 part 2 5242880-10485760 j5
        sleep 3600000 =>
        j5 at 100 =>
        sleep 3600000 =>
        +30000 => abort j5; stalled 1 network.stall; sign 1 U [1] j6
        ",
    );
}

#[test]
fn reading_the_file_says_nothing_of_the_line() {
    parts(
        1,
        "
        upload => upload u1 [1]; create 1 j1
        j1 created U => sign 1 U [1] j2
        offline => offline
        j2 busy =>
        j2 signed 1 => online; send 1 part 1 0-5242880 j3
        ",
    );
}

#[test]
fn offline_costs_no_retry() {
    parts(
        1,
        "
        upload, j1 created U, j2 signed 1 => upload u1 [1]; create 1 j1; sign 1 U [1] j2; send 1 part 1 0-5242880 j3
        offline => offline
        j3 error =>
        ? deadline => 2000
        +2000 => sign 1 U [1] j4
        j4 signed 1, j5 etag e1 => online; send 1 part 1 0-5242880 j5; sign 1 U [2] j6
        ",
    );
}

#[test]
fn files_over_five_gibibytes_need_parts() {
    play(
        Options::default(),
        "
        add big 5368709121 => added 1
        upload => upload u1 [1]; failed 1 config.multipart; complete u1 [] [1]
        add fits 5368709120 => added 2
        upload => upload u2 [1 2]; failed 1 config.multipart; ask 2 j1
        ",
    );
}

/// The page goes away: nothing is asked to be forgotten, since another page may go on with it.
#[test]
fn leaving_stops_everything_and_keeps_what_the_store_has() {
    let mut rig = parts(
        1,
        "
        upload, j1 created U, j2 signed 1, j3 etag e1, j4 signed 2 => upload u1 [1]; create 1 j1; sign 1 U [1] j2; send 1 part 1 0-5242880 j3; sign 1 U [2] j4; send 1 part 2 5242880-10485760 j5
        ",
    );
    rig.engine.leave(Time(0));
    rig.play("j5 etag e2 => abort j5");
    rig.play("? air => 0");
    rig.play("? deadline => none");
    let resume = rig.engine.resume_of(FileId(1)).unwrap();
    assert_eq!((resume.remote.upload_id.as_str(), resume.part_size, resume.parts.len()), ("U", 5 << 20, 1));
}

/// Each part has the ladder for itself; one that has climbed it ends the file.
#[test]
fn a_part_that_never_heals_ends_the_file() {
    let mut rig = Rig { engine: Engine::new(options(6), 1), now: 0 };
    let file = NewFile { name: "a".to_owned(), size: 100, multipart: Some(true), ..NewFile::default() };
    rig.engine.add(Time(0), file).unwrap();
    while rig.engine.poll().is_some() {}
    rig.play(
        "
        upload, j1 created U, j2 signed 1 => upload u1 [1]; create 1 j1; sign 1 U [1] j2; send 1 part 1 0-100 j3
        j3 500 InternalError, +0 => sign 1 U [1] j4
        j4 signed 1, j5 500 InternalError => send 1 part 1 0-100 j5
        +1500 => sign 1 U [1] j6
        j6 signed 1, j7 500 InternalError => send 1 part 1 0-100 j7; failed 1 s3.InternalError; complete u1 [] [1]
        ? air => 0
        retry 1, j8 listed => retry 1; upload u2 [1]; sign 1 U [1] j8
        ",
    );
}

/// What the store had of a held file stayed in the time left of all others for ever, and stopped a build for debugging.
#[test]
fn a_held_file_that_is_removed_leaves_nothing_in_the_time_left() {
    let mut rig = parts(
        1,
        "
        upload, j1 created U => upload u1 [1]; create 1 j1; sign 1 U [1] j2
        j2 signed 1, j3 etag e1 => send 1 part 1 0-5242880 j3; sign 1 U [2] j4
        pause 1 => abort j4; paused 1
        ? 1 => paused 5242880/10485761 49%
        remove 1 => removed 1; complete u1 [] []; abort-upload 1 U j5
        j5 aborted =>
        ",
    );
    rig.play(
        "
        add b 5000000 => added 2
        upload, j6 put => upload u2 [2]; ask 2 j6; send 2 j7
        ",
    );
    for second in 1..=30_u64 {
        rig.now += 1000;
        rig.engine.on_report(rig.time(), JobId(7), Report::Progress(second * 100_000));
        rig.engine.take_changes(rig.time());
    }
    assert_eq!(rig.engine.totals().eta_ms.unwrap() / 1000, 19);
}
