//! Who may start when: the limit, the line, and parameters just in time.

use filechute_engine::Options;

use crate::rig::play;

fn limit(limit: u32) -> Options {
    Options { limit, ..Options::default() }
}

#[test]
fn no_more_than_the_limit_are_in_the_air() {
    play(
        limit(2),
        "
        add a 1, add b 1, add c 1, add d 1 => added 1; added 2; added 3; added 4
        upload => upload u1 [1 2 3 4]; ask 1 j1; ask 2 j2
        ? air => 2
        # the question and the sending are one slot
        j1 put => send 1 j3
        ? air => 2
        j3 200 => success 1; ask 3 j4
        j2 fail sign.denied final => failed 2 sign.denied; ask 4 j5
        remove 3 => abort j4; removed 3
        ? air => 1
        ",
    );
}

#[test]
fn a_limit_of_zero_is_none() {
    play(
        limit(0),
        "
        add a 1, add b 1, add c 1, add d 1, add e 1, add f 1, add g 1, add h 1 => added 1; added 2; added 3; added 4; added 5; added 6; added 7; added 8
        upload => upload u1 [1 2 3 4 5 6 7 8]; ask 1 j1; ask 2 j2; ask 3 j3; ask 4 j4; ask 5 j5; ask 6 j6; ask 7 j7; ask 8 j8
        ",
    );
}

#[test]
fn another_limit_counts_from_now_on() {
    play(
        limit(1),
        "
        add a 1, add b 1, add c 1, upload => added 1; added 2; added 3; upload u1 [1 2 3]; ask 1 j1
        limit 3 => ask 2 j2; ask 3 j3
        # nothing in the air is torn down
        limit 1 =>
        ? air => 3
        add d 1, upload => added 4; upload u2 [4]
        remove 1 => abort j1; removed 1
        remove 2 => abort j2; removed 2
        remove 3 => abort j3; removed 3; complete u1 [] []; ask 4 j4
        ",
    );
}

#[test]
fn files_under_way_go_before_new_ones() {
    play(
        limit(1),
        "
        add a 1, add b 1, add c 1, upload => added 1; added 2; added 3; upload u1 [1 2 3]; ask 1 j1
        # a paused file gives up its slot, and comes back ahead of those that never started
        pause 1 => abort j1; paused 1; ask 2 j2
        resume 1 => resumed 1
        j2 put, j3 200 => send 2 j3; success 2; ask 1 j4
        # so does one that failed on the way
        j4 put, j5 500 InternalError => send 1 j5; ask 3 j6
        +0 =>
        remove 3 => abort j6; removed 3; ask 1 j7
        ",
    );
}

#[test]
fn also_before_those_with_an_earlier_place() {
    play(
        limit(1),
        "
        add a 1, add b 1, add c 1, upload => added 1; added 2; added 3; upload u1 [1 2 3]; ask 1 j1
        j1 fail sign.denied final => failed 1 sign.denied; ask 2 j2
        j2 error => ask 3 j3
        # file 1 begins again; file 2 is under way
        retry 1, +0 => retry 1; upload u2 [1]
        remove 3 => abort j3; removed 3; ask 2 j4
        ",
    );
}

#[test]
fn a_file_keeps_its_place_in_line() {
    play(
        limit(1),
        "
        add a 1, add b 1, add c 1, add d 1 => added 1; added 2; added 3; added 4
        upload => upload u1 [1 2 3 4]; ask 1 j1
        # both were held before they started: they come back in the old order
        pause 4, pause 2, resume 4, resume 2 => paused 4; paused 2; resumed 4; resumed 2
        j1 fail sign.denied final => failed 1 sign.denied; ask 2 j2
        j2 fail sign.denied final => failed 2 sign.denied; ask 4 j3
        # a retry is a new start, but its place is the old one
        retry 1 => retry 1; upload u2 [1]
        j3 fail sign.denied final => failed 4 sign.denied; ask 1 j4
        ",
    );
}

#[test]
fn every_attempt_asks_anew_and_just_in_time() {
    play(
        limit(1),
        "
        add a 1, add b 1, upload => added 1; added 2; upload u1 [1 2]; ask 1 j1
        # file 2 is not asked for before it can start
        j1 put, j2 error, +0 => send 1 j2; ask 2 j3
        pause 2 => abort j3; paused 2; ask 1 j4
        j4 put, pause 1, resume 1 => send 1 j5; abort j5; paused 1; resumed 1; ask 1 j6
        j6 put, j7 200 => send 1 j7; success 1
        ? meta 1 key => k6
        ",
    );
}

#[test]
fn a_slow_down_halves_and_each_success_climbs() {
    let mut rig = play(
        limit(4),
        "
        add a 1, add b 1, add c 1, add d 1, add e 1, add f 1, add g 1, add h 1, add i 1, add j 1 => added 1; added 2; added 3; added 4; added 5; added 6; added 7; added 8; added 9; added 10
        upload => upload u1 [1 2 3 4 5 6 7 8 9 10]; ask 1 j1; ask 2 j2; ask 3 j3; ask 4 j4
        j1 put, j2 put, j3 put, j4 put => send 1 j5; send 2 j6; send 3 j7; send 4 j8
        j5 503 SlowDown =>
        # two at once now: no new one until two have ended; then one more for each success
        ? air => 3
        j6 403 AccessDenied => failed 2 s3.AccessDenied
        j7 403 AccessDenied => failed 3 s3.AccessDenied; ask 5 j9
        ? air => 2
        j9 put, j10 200 => send 5 j10; success 5; ask 6 j11; ask 7 j12
        ? air => 3
        j11 put, j13 200 => send 6 j13; success 6; ask 8 j14; ask 9 j15
        ? air => 4
        j14 put, j16 200 => send 8 j16; success 8; ask 10 j17
        # never above the limit
        ? air => 4
        ",
    );
    assert_eq!(rig.engine.options().limit, 4);
    rig.play("+1500 => ");
}

#[test]
fn slowed_down_to_one_it_still_goes_on() {
    play(
        limit(2),
        "
        add a 1, add b 1, upload => added 1; added 2; upload u1 [1 2]; ask 1 j1; ask 2 j2
        j1 put, j2 put => send 1 j3; send 2 j4
        j3 503 SlowDown, j4 503 SlowDown =>
        # the store is left alone for half a second, though the first delay is none
        +499 =>
        +1 => ask 1 j5
        j5 put, j6 200 => send 1 j6; success 1; ask 2 j7
        ",
    );
}

#[test]
fn files_that_wait_start_in_the_order_that_is_given() {
    play(
        limit(1),
        "
        add a 1, add b 1, add c 1, add d 1 => added 1; added 2; added 3; added 4
        # also before anyone asked to upload; who is not named stays where it is, and nobody counts twice
        order 3 1 3 9 =>
        upload => upload u1 [1 2 3 4]; ask 3 j1
        order 4 2 1 3 =>
        j1 put, j2 200 => send 3 j2; success 3; ask 4 j3
        # what went before goes first all the same
        pause 4 => abort j3; paused 4; ask 2 j4
        order 1 2 4 =>
        resume 4 => resumed 4
        j4 fail sign.denied final => failed 2 sign.denied; ask 4 j5
        j5 fail sign.denied final => failed 4 sign.denied; ask 1 j6
        ? air => 1
        ",
    );
}
