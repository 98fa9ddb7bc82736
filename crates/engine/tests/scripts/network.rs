//! Offline and online: no retry is spent, and the browser's word is not believed for long.

use filechute_engine::Options;

use crate::rig::play;

#[test]
fn offline_at_the_start_waits_and_goes_on_by_itself() {
    play(
        Options::default(),
        "
        offline => offline
        offline =>
        add a 10, add b 10, upload => added 1; added 2; upload u1 [1 2]
        ? 1 => queued 0/10 0%
        +1000 =>
        online => online; ask 1 j1; ask 2 j2
        online =>
        ",
    );
}

#[test]
fn nothing_is_spent_while_offline() {
    play(
        Options { retry_delays_ms: vec![0], ..Options::default() },
        "
        add a 10, upload, j1 put, j2 at 5 => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        # what is in the air is left alone
        offline => offline
        ? 1 => uploading 5/10 50%
        j2 error =>
        ? 1 => queued 0/10 0% network.offline
        # a look now and then, at growing distances: 2 s, then 4, 8, 16, 32, 60, 60
        ? deadline => 2000
        +2000, j3 error => ask 1 j3
        +3999 =>
        +1, j4 error => ask 1 j4
        +7999 =>
        +1, j5 put, j6 error => ask 1 j5; send 1 j6
        +15999 =>
        +1, j7 error => ask 1 j7
        +31999 =>
        +1, j8 error => ask 1 j8
        +59999 =>
        +1, j9 error => ask 1 j9
        +59999 =>
        +1, j10 error => ask 1 j10
        ? 1 => queued 0/10 0% network.offline
        online, j11 put, j12 200 => online; ask 1 j11; send 1 j12; success 1; complete u1 [1] []
        ",
    );
}

#[test]
fn one_file_tries_its_luck_for_all() {
    play(
        Options::default(),
        "
        offline, add a 10, add b 10, add c 10, upload => offline; added 1; added 2; added 3; upload u1 [1 2 3]
        +2000 => ask 1 j1
        # no second one while the first is in the air, however long it takes
        +20000 =>
        ? deadline => 32000
        # the browser was wrong: S3 answers, everything goes on
        j1 put, j2 200 => send 1 j2; online; ask 2 j3; ask 3 j4; success 1
        ",
    );
}

#[test]
fn a_refusal_is_an_answer_too() {
    play(
        Options { limit: 1, ..Options::default() },
        "
        offline, add a 10, add b 10, upload => offline; added 1; added 2; upload u1 [1 2]
        +2000, j1 put => ask 1 j1; send 1 j2
        j2 403 AccessDenied => online; failed 1 s3.AccessDenied; ask 2 j3
        ",
    );
}

#[test]
fn the_probe_s_silence_is_no_retry_either() {
    play(
        Options { retry_delays_ms: Vec::new(), ..Options::default() },
        "
        offline, add a 10, upload => offline; added 1; upload u1 [1]
        +2000 => ask 1 j1
        +30000 => abort j1; ask 1 j2
        j2 put, +30000 => send 1 j3; abort j3; stalled 1 network.stall; ask 1 j4
        ? 1 => preparing 0/10 0% network.offline
        online, j4 put, j5 200 => online; send 1 j5; success 1; complete u1 [1] []
        ",
    );
}

#[test]
fn coming_back_ends_the_delays_of_those_the_line_had_failed() {
    play(
        Options { retry_delays_ms: vec![5000], ..Options::default() },
        "
        add a 10, upload, j1 put, +500, j2 error => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        ? 1 => retrying 0/10 0% retries 1 network.error
        offline => offline
        online => online; ask 1 j3
        ",
    );
}

#[test]
fn errors_of_the_site_stay_errors_while_offline() {
    play(
        Options::default(),
        "
        add a 10, upload => added 1; upload u1 [1]; ask 1 j1
        offline, j1 fail config.url final => offline; failed 1 config.url; complete u1 [] [1]
        ? deadline => none
        ",
    );
}

#[test]
fn instant_failures_while_offline_are_not_blamed_on_cors() {
    play(
        Options { retry_delays_ms: vec![0, 0], ..Options::default() },
        "
        add a 10, upload, j1 put, offline, j2 error => added 1; upload u1 [1]; ask 1 j1; send 1 j2; offline
        +2000, j3 put, j4 error => ask 1 j3; send 1 j4
        +4000, j5 put, j6 error => ask 1 j5; send 1 j6
        online, j7 put, j8 error => online; ask 1 j7; send 1 j8
        ? 1 => retrying 0/10 0% retries 1 network.error
        ",
    );
}

#[test]
fn a_paused_file_does_not_probe() {
    play(
        Options::default(),
        "
        offline, add a 10, upload, pause 1 => offline; added 1; upload u1 [1]; paused 1
        ? deadline => none
        +100000 =>
        resume 1 => resumed 1; ask 1 j1
        ",
    );
}
