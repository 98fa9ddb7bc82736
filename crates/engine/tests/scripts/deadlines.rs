//! Stall and answer deadlines, and clocks that jump.

use filechute_engine::Options;

use crate::rig::play;

/// Never retries, so that a deadline's end is the file's end.
fn once() -> Options {
    Options { retry_delays_ms: Vec::new(), ..Options::default() }
}

#[test]
fn a_question_without_an_answer_ends_at_the_deadline() {
    play(
        once(),
        "
        add a 10, upload => added 1; upload u1 [1]; ask 1 j1
        ? deadline => 30000
        +29999 =>
        +1 => abort j1; failed 1 sign.timeout; complete u1 [] [1]
        ? deadline => none
        ",
    );
}

#[test]
fn the_stall_deadline_is_armed_at_the_start_and_moved_by_real_progress_alone() {
    play(
        once(),
        "
        add a 1000, upload, +20000, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        +29999 =>
        j2 at 1, +29999 =>
        # the same number again, a smaller one or none is no progress
        j2 at 1, j2 at 0, +1 => abort j2; stalled 1 network.stall; failed 1 network.stall; complete u1 [] [1]
        ",
    );
}

#[test]
fn nothing_moved_at_all_is_a_stall_too() {
    play(
        once(),
        "
        add a 1000, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        +30000 => abort j2; stalled 1 network.stall; failed 1 network.stall; complete u1 [] [1]
        ",
    );
}

#[test]
fn after_the_last_byte_the_answer_has_a_minute() {
    play(
        once(),
        "
        add a 1000, upload, j1 put, +10000, j2 sent => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        +59999 =>
        ? 1 => finishing 1000/1000 99%
        +1 => abort j2; stalled 1 network.stall; failed 1 network.stall; complete u1 [] [1]
        ",
    );
}

#[test]
fn or_as_long_as_the_timeout_where_that_is_longer() {
    play(
        Options { stall_after_ms: 90_000, ..once() },
        "
        add a 1000, upload, j1 put, j2 sent => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        +89999 =>
        +1 => abort j2; stalled 1 network.stall; failed 1 network.stall; complete u1 [] [1]
        ",
    );
}

#[test]
fn a_timeout_of_zero_waits_for_ever() {
    play(
        Options { stall_after_ms: 0, ..once() },
        "
        add a 1000, upload => added 1; upload u1 [1]; ask 1 j1
        ? deadline => none
        +86400000, j1 put, +86400000, j2 sent, +86400000 => send 1 j2
        ? deadline => none
        j2 200 => success 1; complete u1 [1] []
        ",
    );
}

#[test]
fn each_file_has_its_own_deadline() {
    play(
        once(),
        "
        add a 10, add b 10, upload => added 1; added 2; upload u1 [1 2]; ask 1 j1; ask 2 j2
        j1 put, j2 put, +20000, j4 at 5 => send 1 j3; send 2 j4
        +10000 => abort j3; stalled 1 network.stall; failed 1 network.stall
        ? 2 => uploading 5/10 50%
        +20000 => abort j4; stalled 2 network.stall; failed 2 network.stall; complete u1 [] [1 2]
        ",
    );
}

#[test]
fn a_jump_of_the_clock_is_forgiven_once() {
    play(
        once(),
        "
        add a 10, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        sleep 3600000 =>
        ? 1 => uploading 0/10 0%
        +29999 =>
        +1 => abort j2; stalled 1 network.stall; failed 1 network.stall; complete u1 [] [1]
        ",
    );
    play(
        once(),
        "
        add a 10, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        sleep 3600000 =>
        sleep 3600000 => abort j2; stalled 1 network.stall; failed 1 network.stall; complete u1 [] [1]
        ",
    );
}

#[test]
fn a_jump_is_forgiven_again_after_progress() {
    play(
        once(),
        "
        add a 10, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        sleep 3600000, j2 at 1, sleep 3600000, j2 at 2, sleep 3600000 =>
        j2 200 => success 1; complete u1 [1] []
        ",
    );
}

/// A file whose last attempt had slept was not forgiven in its next one, until the host had answered.
#[test]
fn a_new_attempt_is_forgiven_anew() {
    play(
        Options { retry_delays_ms: vec![0], ..Options::default() },
        "
        add a 10, upload => added 1; upload u1 [1]; ask 1 j1
        sleep 3600000 =>
        +30000 => abort j1; ask 1 j2
        sleep 3600000 =>
        ? 1 => preparing 0/10 0% retries 1 sign.timeout
        +30000 => abort j2; failed 1 sign.timeout; complete u1 [] [1]
        ",
    );
}

#[test]
fn a_little_late_is_not_a_jump() {
    play(
        once(),
        "
        add a 10, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        sleep 40000 => abort j2; stalled 1 network.stall; failed 1 network.stall; complete u1 [] [1]
        ",
    );
}

#[test]
fn the_first_word_after_a_jump_may_be_progress() {
    play(
        once(),
        "
        add a 10, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        clock 3600000, j2 at 5, +0 =>
        +30000 => abort j2; stalled 1 network.stall; failed 1 network.stall; complete u1 [] [1]
        ",
    );
}

#[test]
fn a_pause_or_removal_takes_the_deadline_with_it() {
    play(
        once(),
        "
        add a 10, add b 10, upload => added 1; added 2; upload u1 [1 2]; ask 1 j1; ask 2 j2
        pause 1, remove 2 => abort j1; paused 1; abort j2; removed 2
        ? deadline => none
        ",
    );
}

#[test]
fn who_is_still_at_it_is_not_late() {
    play(
        once(),
        "
        add a 10, upload => added 1; upload u1 [1]; ask 1 j1
        +29000, j1 busy =>
        +29999 =>
        +1 => abort j1; failed 1 sign.timeout; complete u1 [] [1]
        ",
    );
}
