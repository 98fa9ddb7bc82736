//! What gets in, and what may start: restrictions, duplicates, batches, required meta, `autoProceed`.

use filechute_engine::{Accept, FileId, NewFile, Options, RejectionReason, Restrictions};

use crate::rig::play;

fn restricted(restrictions: Restrictions) -> Options {
    Options { restrictions, ..Options::default() }
}

#[test]
fn each_restriction_has_its_code_and_the_others_get_in() {
    let types = Accept::parse_list("image/*,.pdf");
    play(
        restricted(Restrictions { allowed_file_types: types, ..Restrictions::default() }),
        "
        add a.png 10 image/png, add b.pdf 10, add c.txt 10 text/plain => added 1; added 2; rejected type
        ",
    );
    let sizes = Restrictions { min_file_size: Some(5), max_file_size: Some(10), ..Restrictions::default() };
    play(
        restricted(sizes),
        "add a 5, add b 10, add c 11, add d 4, add e 0 => added 1; added 2; rejected size; rejected size; rejected empty",
    );
    let count = Restrictions { max_number_of_files: Some(1), ..Restrictions::default() };
    play(restricted(count), "add a 1, add b 1, remove 1, add b 1 => added 1; rejected count; removed 1; added 2");
    let total = Restrictions { max_total_file_size: Some(10), ..Restrictions::default() };
    play(restricted(total), "add a 6, add b 5, add c 4 => added 1; rejected total; added 2");
}

#[test]
fn rejections_say_which_rule_and_change_nothing() {
    let rules = Restrictions { allowed_file_types: Accept::parse_list(".png, image/gif"), ..Restrictions::default() };
    let mut rig = play(restricted(rules), "? totals => 0 files 0/0 of 0 0%");
    let now = rig.time();
    let rejection = rig.engine.add(now, NewFile { name: "x.txt".into(), ..NewFile::default() }).unwrap_err();
    assert_eq!(rejection.name, "x.txt");
    assert_eq!(rejection.reason, RejectionReason::Type { allowed: ".png, image/gif".into() });
    assert!(rig.engine.poll().is_none() && rig.engine.file_ids().next().is_none() && !rig.engine.has_changes());
}

#[test]
fn the_same_file_twice_is_a_duplicate_until_it_is_removed() {
    let mut rig = play(
        Options::default(),
        "
        add a.png 10 image/png, add a.png 10 image/png => added 1; rejected duplicate
        add a.png 11 image/png, add a.png 10, add b.png 10 image/png => added 2; added 3; added 4
        remove 1, add a.png 10 image/png => removed 1; added 5
        ",
    );
    let now = rig.time();
    let file = |path: Option<&str>, last_modified: i64| NewFile {
        name: "a.png".into(),
        mime: "image/png".into(),
        size: 10,
        last_modified,
        relative_path: path.map(Into::into),
        ..NewFile::default()
    };
    assert_eq!(rig.engine.add(now, file(Some("holiday/a.png"), 0)), Ok(FileId(6)));
    assert_eq!(rig.engine.add(now, file(None, 1)), Ok(FileId(7)));
    assert_eq!(rig.engine.add(now, file(None, 1)).unwrap_err().reason, RejectionReason::Duplicate);
    assert_eq!(rig.engine.file(FileId(6)).unwrap().meta.get("relativePath").unwrap(), "holiday/a.png");
}

#[test]
fn name_and_type_in_meta_are_the_files_own() {
    let mut rig = play(Options::default(), "");
    let meta = [("name", "liar"), ("caption", "sea")].map(|(name, value)| (name.into(), value.into())).into();
    let now = rig.time();
    rig.engine.add(now, NewFile { name: "a".into(), meta, ..NewFile::default() }).unwrap();
    assert!(rig.engine.poll().is_some());
    rig.play("? meta 1 name => a\n ? meta 1 caption => sea");
}

#[test]
fn too_few_files_do_not_start() {
    let rules = Restrictions { min_number_of_files: Some(2), ..Restrictions::default() };
    play(
        restricted(rules),
        "
        add a 1, upload => added 1; rejected min_count
        ? 1 => idle 0/1 0%
        add b 1, upload => added 2; upload u1 [1 2]; ask 1 j1; ask 2 j2
        ",
    );
}

#[test]
fn a_file_without_its_required_meta_fails_and_can_be_retried_when_it_has_it() {
    let rules = Restrictions { required_meta_fields: vec!["caption".into()], ..Restrictions::default() };
    let rig = play(
        restricted(rules),
        "
        add a 1, add b 1, meta 2 caption=sea => added 1; added 2
        upload => upload u1 [1 2]; failed 1 restriction.meta.caption; ask 2 j1
        meta 1 caption= =>
        retry 1 => retry 1; upload u2 [1]; failed 1 restriction.meta.caption; complete u2 [] [1]
        meta 1 caption=lake, retry 1 => retry 1; upload u3 [1]; ask 1 j2
        j1 put, j3 200 => send 2 j3; success 2; complete u1 [2] [1]
        ",
    );
    assert_eq!(rig.engine.totals().bytes_total, 2);
}

#[test]
fn one_batch_only() {
    play(
        Options { allow_multiple_upload_batches: false, ..Options::default() },
        "
        add a 1, add b 1, upload => added 1; added 2; upload u1 [1 2]; ask 1 j1; ask 2 j2
        add c 1 => rejected batch
        # failed files of the batch may still be tried again
        j1 fail sign.denied final, retry 1 => failed 1 sign.denied; retry 1; upload u2 [1]; ask 1 j3
        j3 fail sign.denied final, upload => failed 1 sign.denied; complete u2 [] [1]; upload u3 [1]; ask 1 j4
        cancel-all => cancel-all; abort j4; removed 1; complete u3 [] []; abort j2; removed 2; complete u1 [] [1]
        # when everything is gone a new batch may begin
        add c 1 => added 3
        ",
    );
}

#[test]
fn one_batch_is_one_batch() {
    play(
        Options { allow_multiple_upload_batches: false, ..Options::default() },
        "
        add a 1, upload => added 1; upload u1 [1]; ask 1 j1
        add b 1 => rejected batch
        ",
    );
}

#[test]
fn auto_proceed_starts_what_was_added_together() {
    play(
        Options { auto_proceed: true, ..Options::default() },
        "
        add a 1, add b 1 => added 1; added 2
        ? deadline => 4
        +3 =>
        +1 => upload u1 [1 2]; ask 1 j1; ask 2 j2
        add c 1, +4 => added 3; upload u2 [3]; ask 3 j3
        # not on its own against a rule or a person
        add d 1, pause-all, +100 => added 4; abort j1; abort j2; abort j3; pause-all
        resume-all, pause 1, pause 2, pause 3, +4 => resume-all; ask 1 j4; ask 2 j5; ask 3 j6; abort j4; paused 1; abort j5; paused 2; abort j6; paused 3; upload u3 [4]; ask 4 j7
        ",
    );
}

/// A file added and taken out again within the 4 ms made an upload of nothing begin and complete.
#[test]
fn auto_proceed_with_nothing_left_is_silent() {
    play(
        Options { auto_proceed: true, ..Options::default() },
        "
        add a 1, remove 1, +100 => added 1; removed 1
        add c 1, cancel-all, +100 => added 2; cancel-all; removed 2
        ? deadline => none
        ",
    );
}

/// A long list comes in slices, a folder file by file, with many 4 ms in between.
#[test]
fn auto_proceed_waits_for_the_last_of_a_list() {
    play(
        Options { auto_proceed: true, ..Options::default() },
        "
        add a 1, taking-in, add b 1, +100 => added 1; added 2
        ? deadline => none
        taken-in, taken-in, +4 => upload u1 [1 2]; ask 1 j1; ask 2 j2
        # a person does not wait
        taking-in, add c 1, upload => added 3; upload u2 [3]; ask 3 j3
        add d 1, +100 => added 4
        taken-in, +4 => upload u3 [4]; ask 4 j4
        # who holds everything holds what comes in, until they say so
        taking-in, add e 1, pause-all => added 5; abort j1; abort j2; abort j3; abort j4; pause-all
        add f 1, taken-in, +100 => added 6
        resume-all, +4 => resume-all; ask 1 j5; ask 2 j6; ask 3 j7; ask 4 j8; upload u4 [5 6]; ask 5 j9; ask 6 j10
        ",
    );
}

#[test]
fn going_on_does_not_begin_what_is_not_all_in() {
    play(
        Options { auto_proceed: true, ..Options::default() },
        "
        taking-in, add a 1, pause-all, resume-all, +100 => added 1; pause-all; resume-all
        add b 1, taken-in, +4 => added 2; upload u1 [1 2]; ask 1 j1; ask 2 j2
        taking-in, add c 1, cancel-all, taken-in => added 3; cancel-all; abort j1; removed 1; abort j2; removed 2; complete u1 [] []; removed 3
        ? deadline => none
        ",
    );
}

#[test]
fn auto_proceed_that_was_switched_off_starts_nothing() {
    let mut rig = play(Options { auto_proceed: true, ..Options::default() }, "add a 1 => added 1");
    rig.engine.set_options(rig.time(), Options::default());
    rig.play("+100 =>");
}

#[test]
fn auto_proceed_waits_for_enough_files() {
    let rules = Restrictions { min_number_of_files: Some(2), ..Restrictions::default() };
    play(
        Options { auto_proceed: true, ..restricted(rules) },
        "
        add a 1, +100 => added 1
        add b 1, +100 => added 2; upload u1 [1 2]; ask 1 j1; ask 2 j2
        ",
    );
}
