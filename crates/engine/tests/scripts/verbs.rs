//! The application's verbs: pause, resume, retry, remove, cancel, in every phase, once and twice.

use filechute_engine::Options;

use crate::rig::play;

/// Brings file 1 of two into each phase; with the jobs it then has in the air.
const PHASES: [(&str, &str, &str); 8] = [
    ("idle", "add a 10 => added 1", ""),
    ("queued", "add x 1, upload, add a 10, upload => added 1; upload u1 [1]; ask 1 j1; added 2; upload u2 [2]", ""),
    ("preparing", "add a 10, upload => added 1; upload u1 [1]; ask 1 j1", "j1"),
    ("uploading", "add a 10, upload, j1 put, j2 at 5 => added 1; upload u1 [1]; ask 1 j1; send 1 j2", "j2"),
    ("finishing", "add a 10, upload, j1 put, j2 sent => added 1; upload u1 [1]; ask 1 j1; send 1 j2", "j2"),
    ("retrying", "add a 10, upload, j1 error => added 1; upload u1 [1]; ask 1 j1", ""),
    (
        "done",
        "add a 10, upload, j1 put, j2 200 => added 1; upload u1 [1]; ask 1 j1; send 1 j2; success 1; complete u1 [1] []",
        "",
    ),
    (
        "failed",
        "add a 10, upload, j1 fail sign.denied final => added 1; upload u1 [1]; ask 1 j1; failed 1 sign.denied; complete u1 [] [1]",
        "",
    ),
];

fn one() -> Options {
    Options { limit: 1, ..Options::default() }
}

#[test]
fn removal_in_every_phase_stops_what_is_in_the_air_and_closes_the_upload() {
    for (phase, bring, job) in PHASES {
        let file = if phase == "queued" { 2 } else { 1 };
        let abort = if job.is_empty() { String::new() } else { format!("abort {job}; ") };
        let complete = match phase {
            "idle" | "done" | "failed" => "",
            "queued" => "; complete u2 [] []",
            _ => "; complete u1 [] []",
        };
        let mut rig = play(one(), bring);
        rig.play(&format!(
            "
            remove {file} => {abort}removed {file}{complete}
            ? {file} => gone
            # again, and everything else on what is no longer there
            remove {file}, pause {file}, resume {file}, retry {file} => no; no; no; no
            "
        ));
        if file == 1 {
            rig.play(
                "
                j1 put, j1 error, j2 200, j2 at 9, j2 error =>
                ? totals => 0 files 0/0 of 0 0%
                ? deadline => none
                ? air => 0
                ",
            );
        }
    }
}

#[test]
fn pause_in_every_phase_and_twice() {
    for (phase, bring, job) in PHASES {
        let file = if phase == "queued" { 2 } else { 1 };
        let abort = if job.is_empty() { String::new() } else { format!("abort {job}; ") };
        let mut rig = play(one(), bring);
        if matches!(phase, "idle" | "done" | "failed") {
            rig.play("pause 1, resume 1 => no; no");
            continue;
        }
        rig.play(&format!("pause {file}, pause {file} => {abort}paused {file}; no"));
        if file == 1 {
            // What was in the air is void and its late reports are nothing.
            rig.play("j1 put, j2 200, j2 error, +100000 =>");
            rig.play("? deadline => none");
        }
        let again = match phase {
            "queued" => String::new(),
            "preparing" | "retrying" => "; ask 1 j2".to_owned(),
            // Every byte had left: the object may be there, and there must not be two.
            "finishing" => "; send 1 j3".to_owned(),
            _ => "; ask 1 j3".to_owned(),
        };
        rig.play(&format!("resume {file}, resume {file} => resumed {file}{again}; no"));
    }
}

#[test]
fn pause_all_holds_what_is_under_way_and_resume_all_lets_go() {
    play(
        Options { limit: 2, ..Options::default() },
        "
        add a 10, add b 10, add c 10, upload => added 1; added 2; added 3; upload u1 [1 2 3]; ask 1 j1; ask 2 j2
        add later 10 => added 4
        j1 put, j3 200 => send 1 j3; success 1; ask 3 j4
        pause-all => abort j2; abort j4; pause-all
        ? 1 => done 10/10 100%
        ? 2 => paused 0/10 0%
        ? 4 => idle 0/10 0%
        ? deadline => none
        pause-all, retry-all => pause-all; retry-all []; upload u2 []; complete u2 [] []
        resume-all => resume-all; ask 2 j5; ask 3 j6
        resume-all => resume-all
        ",
    );
}

#[test]
fn retry_is_for_failed_files_only() {
    play(
        one(),
        "
        add a 10, upload => added 1; upload u1 [1]; ask 1 j1
        retry 1, retry 9 => no; no
        j1 fail sign.denied final => failed 1 sign.denied; complete u1 [] [1]
        retry 1 => retry 1; upload u2 [1]; ask 1 j2
        retry 1 => no
        j2 put, j3 200 => send 1 j3; success 1; complete u2 [1] []
        retry 1 => no
        ",
    );
}

#[test]
fn retry_all_does_not_touch_healthy_files() {
    play(
        Options::default(),
        "
        add a 10, add b 10, add c 10, add d 10, upload => added 1; added 2; added 3; added 4; upload u1 [1 2 3 4]; ask 1 j1; ask 2 j2; ask 3 j3; ask 4 j4
        j1 put, j2 put, j5 at 5, j6 200 => send 1 j5; send 2 j6; success 2
        j3 fail sign.denied final, j4 fail sign.denied final => failed 3 sign.denied; failed 4 sign.denied
        retry-all => retry-all [3 4]; upload u2 [3 4]; ask 3 j7; ask 4 j8
        ? 1 => uploading 5/10 50%
        ? 2 => done 10/10 100%
        j5 200 => success 1; complete u1 [2 1] [3 4]
        j7 put, j9 200, j8 put, j10 200 => send 3 j9; success 3; send 4 j10; success 4; complete u2 [3 4] []
        ",
    );
}

#[test]
fn upload_takes_failed_files_along_first() {
    play(
        Options::default(),
        "
        add a 10, upload, j1 fail sign.denied final => added 1; upload u1 [1]; ask 1 j1; failed 1 sign.denied; complete u1 [] [1]
        add b 10, upload => added 2; upload u2 [1 2]; ask 1 j2; ask 2 j3
        ",
    );
}

#[test]
fn cancel_all_empties_everything() {
    play(
        Options { limit: 2, ..Options::default() },
        "
        add a 10, add b 10, add c 10, upload => added 1; added 2; added 3; upload u1 [1 2 3]; ask 1 j1; ask 2 j2
        j1 put, j3 200, add d 10 => send 1 j3; success 1; ask 3 j4; added 4
        cancel-all => cancel-all; removed 1; abort j2; removed 2; abort j4; removed 3; complete u1 [1] []; removed 4
        ? totals => 0 files 0/0 of 0 0%
        ? deadline => none
        cancel-all => cancel-all
        j2 put, j4 put =>
        # the same files may come again
        add a 10, upload => added 5; upload u2 [5]; ask 5 j5
        ",
    );
}

#[test]
fn a_removed_file_frees_its_slot() {
    play(
        one(),
        "
        add a 10, add b 10, upload => added 1; added 2; upload u1 [1 2]; ask 1 j1
        j1 put => send 1 j2
        remove 1 => abort j2; removed 1; ask 2 j3
        ",
    );
}
