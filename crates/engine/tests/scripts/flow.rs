//! One upload as data, from the file that is added to the key it got; progress, totals, changes, meta.

use filechute_engine::{Answer, FileId, JobId, Options, ParameterPolicy, Phase, RawParameters, Report, Time};

use crate::rig::play;

#[test]
fn one_upload_as_data() {
    let rig = play(
        Options::default(),
        "
        add a.png 1000 image/png => added 1
        upload => upload u1 [1]; ask 1 j1
        ? 1 => preparing 0/1000 0%
        j1 put => send 1 j2
        ? 1 => uploading 0/1000 0%
        j2 at 400 =>
        ? 1 => uploading 400/1000 40%
        ? changes => [1] totals
        j2 sent =>
        ? 1 => finishing 1000/1000 99%
        j2 200 => success 1; complete u1 [1] []
        ? 1 => done 1000/1000 100%
        ? meta 1 key => k1
        # late: job 2 is unknown now
        j2 at 500, j2 200, j2 error, j1 put =>
        ? 1 => done 1000/1000 100%
        ? deadline => none
        ? air => 0
        ",
    );
    let file = rig.engine.file(FileId(1)).unwrap();
    let response = file.response.clone().unwrap();
    assert_eq!(response.upload_url, "https://bucket.s3.eu-west-1.amazonaws.com/k1");
    assert_eq!((response.status, response.key.as_str(), response.etag.as_str()), (200, "k1", "e"));
    assert_eq!((file.key().as_str(), file.extension()), ("k1", "png"));
    assert_eq!(response.bucket, "bucket");
}

/// The address says it where nobody else does, and where it is of a known service.
#[test]
fn a_bucket_is_named_by_the_form_the_answer_or_the_address() {
    let bucket = |url: &str, fields: &[(&str, &str)], body: &str| {
        let mut rig = play(Options::default(), "add a.png 10 image/png => added 1\nupload => upload u1 [1]; ask 1 j1");
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let raw = RawParameters { url: url.to_owned(), fields: Some(fields), ..RawParameters::default() };
        let parameters = raw.check(&ParameterPolicy::default()).unwrap();
        rig.engine.on_report(Time(0), JobId(1), Report::Parameters(Box::new(parameters)));
        let answer = Answer { status: 201, body: body.to_owned(), ..Answer::default() };
        rig.engine.on_report(Time(0), JobId(2), Report::Answer(Box::new(answer)));
        rig.engine.file(FileId(1)).unwrap().response.unwrap().bucket
    };
    let said = "<PostResponse><Bucket>said</Bucket><Key>k</Key></PostResponse>";
    assert_eq!(bucket("https://b.s3.amazonaws.com/", &[("key", "k"), ("bucket", "form")], said), "form");
    assert_eq!(bucket("https://b.s3.amazonaws.com/", &[("key", "k")], said), "said");
    assert_eq!(bucket("https://b.s3.amazonaws.com/", &[("key", "u/k")], ""), "b");
    assert_eq!(bucket("http://localhost:9000/path", &[("key", "k")], ""), "path");
    assert_eq!(bucket("https://storage.googleapis.com/path/k", &[], ""), "path");
    assert_eq!(bucket("https://files.shop.example/path/k", &[], ""), "");
}

#[test]
fn a_form_s_fields_go_into_meta_but_its_credentials_do_not() {
    play(
        Options::default(),
        "
        add a.png 10 image/png => added 1
        ? meta 1 name => a.png
        ? meta 1 type => image/png
        meta 1 caption=sunset =>
        meta 7 caption=sunset => no
        upload, j1 post => upload u1 [1]; ask 1 j1; send 1 j2
        ? meta 1 key => k1
        ? meta 1 acl => private
        ? meta 1 policy => none
        ? meta 1 caption => sunset
        j2 204 => success 1; complete u1 [1] []
        ? meta 1 key => k1
        ",
    );
}

/// It was a yes or no; Uppy's is a date, and none while nobody asked for an upload.
#[test]
fn when_it_started_is_a_date_and_each_start_counts() {
    let mut rig = play(Options::default(), "add a 10 => added 1");
    rig.engine.set_epoch(1_700_000_000_000);
    let started = |rig: &crate::rig::Rig| rig.engine.file(FileId(1)).unwrap().started_ms;
    assert_eq!(started(&rig), None);
    rig.play("+5, upload, j1 put => upload u1 [1]; ask 1 j1; send 1 j2");
    rig.play("+5, pause 1, resume 1 => abort j2; paused 1; resumed 1; ask 1 j3");
    assert_eq!(started(&rig), Some(1_700_000_000_005));
    rig.play("j3 fail sign.denied final, +5 => failed 1 sign.denied; complete u1 [] [1]");
    rig.play("retry 1 => retry 1; upload u2 [1]; ask 1 j4");
    assert_eq!(started(&rig), Some(1_700_000_000_015));
}

#[test]
fn nothing_but_the_answer_is_success() {
    play(
        Options::default(),
        "
        add a 10, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        j2 at 10, j2 sent, j2 sent, j2 at 10 =>
        ? 1 => finishing 10/10 99%
        j2 202 => failed 1 s3.202; complete u1 [] [1]
        ",
    );
}

#[test]
fn an_empty_file_is_one_request_and_its_progress_is_the_answer() {
    play(
        Options::default(),
        "
        add empty 0, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        ? 1 => uploading 0/0 0%
        ? totals => 1 files 0/0 of 0 0%
        j2 at 0, j2 sent =>
        ? 1 => finishing 0/0 0%
        j2 200 => success 1; complete u1 [1] []
        ? 1 => done 0/0 100%
        ? totals => 1 files 0/0 of 0 100%
        ",
    );
}

#[test]
fn progress_never_falls_within_an_attempt_nor_passes_the_size() {
    play(
        Options::default(),
        "
        add a 1000, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        j2 at 600, j2 at 200 =>
        ? 1 => uploading 600/1000 60%
        # a form's own bytes are in the browser's number too
        j2 at 5000 =>
        ? 1 => uploading 1000/1000 99%
        j2 error => 
        ? 1 => retrying 0/1000 0% retries 1 network.error
        ",
    );
}

#[test]
fn totals_are_sums_and_reach_100_only_with_every_confirmation() {
    play(
        Options::default(),
        "
        ? totals => 0 files 0/0 of 0 0%
        add a 100, add b 300, add c 600 => added 1; added 2; added 3
        ? totals => 3 files 0/0 of 1000 0%
        remove 3 => removed 3
        upload => upload u1 [1 2]; ask 1 j1; ask 2 j2
        add later 50 => added 4
        ? totals => 3 files 0/400 of 450 0%
        j1 put, j2 put, j3 at 50, j4 at 150 => send 1 j3; send 2 j4
        ? totals => 3 files 200/400 of 450 50%
        j3 200, j4 sent => success 1
        ? totals => 3 files 400/400 of 450 99%
        j4 403 AccessDenied => failed 2 s3.AccessDenied; complete u1 [1] [2]
        ? totals => 3 files 100/400 of 450 25%
        remove 2 => removed 2
        ? totals => 2 files 100/100 of 150 100%
        ",
    );
}

/// A file that was never started has no part in the sum, and there is nothing to hold.
#[test]
fn a_file_that_never_started_does_not_keep_the_total_below_100() {
    play(
        Options::default(),
        "
        add a 100, upload, j1 put, j2 200 => added 1; upload u1 [1]; ask 1 j1; send 1 j2; success 1; complete u1 [1] []
        add b 100, pause 2, resume 2 => added 2; no; no
        ? totals => 2 files 100/100 of 200 100%
        ",
    );
}

#[test]
fn changes_name_each_file_once_and_then_nothing() {
    play(
        Options::default(),
        "
        add a 100, add b 100 => added 1; added 2
        ? changes => [1 2] totals
        ? changes => []
        upload, j1 put => upload u1 [1 2]; ask 1 j1; ask 2 j2; send 1 j3
        j3 at 10, j3 at 20, j3 at 30 =>
        ? changes => [1 2] totals
        j3 at 30 =>
        ? changes => []
        remove 1 => abort j3; removed 1
        ? changes => [1] totals
        ",
    );
}

#[test]
fn the_speed_is_sampled_with_the_changes() {
    let mut rig = play(
        Options::default(),
        "
        add a 100000, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        ? changes => [1] totals
        +1000, j2 at 10000 =>
        ? changes => [1] totals
        ",
    );
    assert_eq!((rig.engine.totals().speed, rig.engine.totals().eta_ms), (10_000, Some(9_000)));
    rig.play("j2 sent, j2 200 => success 1; complete u1 [1] []");
    rig.play("? changes => [1] totals");
    assert_eq!((rig.engine.totals().speed, rig.engine.totals().eta_ms), (0, None));
    assert_eq!(rig.engine.phase(FileId(1)), Some(Phase::Done));
    assert!(!rig.engine.has_changes());
}

#[test]
fn every_upload_completes_once_also_with_removals_in_the_middle() {
    play(
        Options::default(),
        "
        add a 1, add b 1, add c 1, upload => added 1; added 2; added 3; upload u1 [1 2 3]; ask 1 j1; ask 2 j2; ask 3 j3
        add d 1, upload => added 4; upload u2 [4]; ask 4 j4
        j1 put, j5 200 => send 1 j5; success 1
        remove 2 => abort j2; removed 2
        j4 put, j6 403 AccessDenied => send 4 j6; failed 4 s3.AccessDenied; complete u2 [] [4]
        remove 3 => abort j3; removed 3; complete u1 [1] []
        remove 1, remove 4 => removed 1; removed 4
        # and with nothing to do, at once
        upload => upload u3 []; complete u3 [] []
        ",
    );
}

#[test]
fn uploading_again_while_files_are_under_way_changes_nothing_for_them() {
    play(
        Options::default(),
        "
        add a 100, upload, j1 put, j2 at 40 => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        upload => upload u2 []; complete u2 [] []
        ? 1 => uploading 40/100 40%
        j2 200 => success 1; complete u1 [1] []
        upload => upload u3 []; complete u3 [] []
        ",
    );
}

#[test]
fn unknown_and_repeated_reports_do_nothing() {
    play(
        Options::default(),
        "
        j1 put, j9 200, j0 error =>
        add a 10, upload => added 1; upload u1 [1]; ask 1 j1
        # reports that a question cannot have
        j1 at 5, j1 sent, j1 200 =>
        ? 1 => preparing 0/10 0%
        j1 put => send 1 j2
        j1 put, j1 error, j2 put =>
        ? 1 => uploading 0/10 0%
        j2 200, j2 200, j2 403 AccessDenied => success 1; complete u1 [1] []
        ",
    );
}

#[test]
fn a_clock_set_back_stops_time_and_nothing_else() {
    play(
        Options::default(),
        "
        +10000 =>
        add a 10, upload, j1 put => added 1; upload u1 [1]; ask 1 j1; send 1 j2
        ? deadline => 40000
        clock -9000 =>
        j2 at 5 =>
        ? deadline => 40000
        +9000 =>
        +30000 => abort j2; stalled 1 network.stall; ask 1 j3
        ",
    );
}

/// A gigabyte that was paused, or had failed, counted in the time left of the ten megabytes beside it: hours in place of a minute.
#[test]
fn the_time_left_is_that_of_what_goes_on() {
    let eta = |script: &str| {
        let options = Options { limit: 2, retry_delays_ms: Vec::new(), ..Options::default() };
        let mut rig = play(
            options,
            "
            add a 10000000 => added 1
            add b 1000000000 => added 2
            upload => upload u1 [1 2]; ask 1 j1; ask 2 j2
            j1 put, j2 put => send 1 j3; send 2 j4
            ",
        );
        rig.play(script);
        for second in 1..=30_u64 {
            rig.now += 1000;
            rig.engine.on_report(rig.time(), JobId(3), Report::Progress(second * 100_000));
            rig.engine.take_changes(rig.time());
        }
        rig.engine.totals().eta_ms.unwrap() / 60_000
    };
    assert_eq!(eta(""), 167);
    for script in [
        "pause 2 => abort j4; paused 2",
        "j4 at 5000, j4 403 AccessDenied => failed 2 s3.AccessDenied",
        "pause 2, remove 2 => abort j4; paused 2; removed 2",
        "j4 403 AccessDenied, remove 2 => failed 2 s3.AccessDenied; removed 2",
        "j4 403 AccessDenied, retry 2, pause 2 => failed 2 s3.AccessDenied; retry 2; upload u2 [2]; ask 2 j5; abort j5; paused 2",
    ] {
        assert_eq!(eta(script), 1, "{script}");
    }
    let again = "j4 403 AccessDenied, retry 2 => failed 2 s3.AccessDenied; retry 2; upload u2 [2]; ask 2 j5";
    assert_eq!(eta(again), 167);
    assert_eq!(eta("pause 2, resume 2 => abort j4; paused 2; resumed 2; ask 2 j5"), 167);
}
