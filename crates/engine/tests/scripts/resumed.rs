//! An upload in parts that an earlier page began, what keeps one of this page alive, and what is said of the whole in the end.

use filechute_checksum::combine;
use filechute_engine::{
    Algorithm, Digest, Engine, FileId, JobId, Multipart, NewFile, Options, PartReceipt, Remote, Report, Resume, Time,
    UploadResponse,
};

use crate::rig::Rig;

const PART: u64 = 5 << 20;

fn options() -> Options {
    let multipart = Multipart { available: true, above: PART, sign_ahead: 1 };
    Options { limit: 1, retry_delays_ms: vec![0, 1000], multipart, ..Options::default() }
}

/// Two parts, the second of one byte.
fn two_parts(options: Options, script: &str) -> Rig {
    let mut rig = Rig { engine: Engine::new(options, 1), now: 0 };
    let file = NewFile { name: "a".to_owned(), size: PART + 1, part_size: Some(PART), ..NewFile::default() };
    rig.engine.add(Time(0), file).unwrap();
    while rig.engine.poll().is_some() {}
    rig.play(script);
    rig
}

#[test]
fn it_goes_on_with_what_the_store_still_has() {
    two_parts(
        options(),
        "
        upload => upload u1 [1]; create 1 j1
        j1 resumed U 5242880 1:e1:5242880 2:e2:1 => list 1 U j2
        ? meta 1 key => key-U
        ? 1 => preparing 5242881/5242881 99%
        # the second is another one there
        j2 listed 1:e1:5242880 2:other:1 => sign 1 U [2] j3
        ? 1 => uploading 5242880/5242881 99%
        j3 signed 2, j4 etag e9 => send 1 part 2 5242880-5242881 j4; complete 1 U [1:e1 2:e9] j5
        ",
    );
}

#[test]
fn one_that_does_not_fit_is_forgotten_and_another_begun() {
    two_parts(
        Options { limit: 6, ..options() },
        "
        upload => upload u1 [1]; create 1 j1
        # no file has parts of that size
        j1 resumed U 7 1:e1:7 => create 1 j2
        j2 created V => abort-upload 1 U j3; sign 1 V [1] j4; sign 1 V [2] j5
        ? meta 1 key => key-V
        ",
    );
}

#[test]
fn who_is_still_at_it_is_not_late() {
    two_parts(
        options(),
        "
        upload => upload u1 [1]; create 1 j1
        +29000, j1 busy =>
        +29000 =>
        j1 created U => sign 1 U [1] j2
        +29000, j2 busy =>
        +29000 =>
        j2 signed 1 => send 1 part 1 0-5242880 j3
        +29999 =>
        # the other one has its turn while this one waits
        +1 => abort j3; stalled 1 network.stall; sign 1 U [2] j4
        ",
    );
}

#[test]
fn another_timeout_reaches_the_questions_and_parts_in_the_air() {
    let set = |rig: &mut Rig, stall_after_ms| {
        let options = Options { stall_after_ms, ..rig.engine.options().clone() };
        rig.engine.set_options(Time(rig.now), options);
    };
    let mut rig = two_parts(options(), "upload => upload u1 [1]; create 1 j1");
    set(&mut rig, 90_000);
    rig.play("+89999 =>");
    rig.play("? deadline => 90000");
    rig.play("j1 created U, j2 signed 1 => sign 1 U [1] j2; send 1 part 1 0-5242880 j3");
    set(&mut rig, 40_000);
    rig.play("? deadline => 129999");
    set(&mut rig, 0);
    rig.play("? deadline => none");
    rig.play("j3 etag e1, j4 signed 2 => sign 1 U [2] j4; send 1 part 2 5242880-5242881 j5");
    rig.play("? deadline => none");
    rig.play("j5 etag e2 => complete 1 U [1:e1 2:e2] j6");
    rig.play("? deadline => none");
}

#[test]
fn a_bare_refusal_is_an_expiry_from_the_moment_on_at_which_the_address_ends() {
    two_parts(
        options(),
        "
        upload, j1 created U => upload u1 [1]; create 1 j1; sign 1 U [1] j2
        j2 signed-for 800 1 => send 1 part 1 0-5242880 j3
        +800, j3 403 => sign 1 U [1] j4
        j4 signed-for 800 1 => send 1 part 1 0-5242880 j5
        +799, j5 403 => failed 1 s3.403; complete u1 [] [1]
        ",
    );
}

#[test]
fn numbers_that_nobody_has_are_no_addresses() {
    let mut options = options();
    options.multipart.sign_ahead = 4;
    two_parts(
        options,
        "
        upload, j1 created U => upload u1 [1]; create 1 j1; sign 1 U [1 2] j2
        j2 signed 1 3 9 => send 1 part 1 0-5242880 j3
        j3 etag e1 => sign 1 U [2] j4
        j4 signed 1 2 => send 1 part 2 5242880-5242881 j5
        ",
    );
}

/// Companion turns S3's "no such upload" into a bare 500: what cannot be listed, however often it is tried, is as good as gone.
#[test]
fn an_upload_that_cannot_be_listed_is_begun_anew() {
    two_parts(
        Options { limit: 6, ..options() },
        "
        upload => upload u1 [1]; create 1 j1
        j1 resumed U 5242880 1:e1:5242880 => list 1 U j2
        j2 passed-on 500, +0 => list 1 U j3
        j3 passed-on 500, +1500 => list 1 U j4
        # in case it is there all the same
        j4 passed-on 500 => abort-upload 1 U j5; create 1 j6
        j6 created V => sign 1 V [1] j7; sign 1 V [2] j8
        ",
    );
    // A host that cannot be reached says nothing about the upload.
    two_parts(
        options(),
        "
        upload => upload u1 [1]; create 1 j1
        j1 resumed U 5242880 1:e1:5242880 => list 1 U j2
        j2 error, +0 => list 1 U j3
        j3 error, +1500 => list 1 U j4
        j4 error => failed 1 network.error; complete u1 [] [1]
        retry 1 => retry 1; upload u2 [1]; list 1 U j5
        ",
    );
}

/// Too small, in the wrong order: the store did not put anything together, so there is nothing to be unsure of.
#[test]
fn a_completion_that_was_refused_left_nothing() {
    let script = |refusal: &str, end: &str| {
        let start = "
        upload => upload u1 [1]; create 1 j1
        j1 resumed U 5242880 1:e1:5242880 2:e2:1 => list 1 U j2
        j2 listed 1:e1:5242880 2:e2:1 => complete 1 U [1:e1 2:e2] j3";
        format!("{start}\n j3 {refusal}\n retry 1 => retry 1; upload u2 [1]; complete 1 U [1:e1 2:e2] j4\n {end}")
    };
    two_parts(
        options(),
        &script(
            "fail s3.EntityTooSmall final => failed 1 s3.EntityTooSmall; complete u1 [] [1]",
            "j4 fail s3.NoSuchUpload final => create 1 j5",
        ),
    );
    // One that nobody answered may have gone through.
    two_parts(
        Options { retry_delays_ms: Vec::new(), ..options() },
        &script(
            "error => failed 1 network.error; complete u1 [] [1]",
            "j4 fail s3.NoSuchUpload final => failed 1 s3.Unconfirmed; complete u2 [] [1]",
        ),
    );
}

const SUMS: [&str; 2] = ["AAAAAAAAAAE=", "AAAAAAAAAAI="];

/// An upload with all its parts, as the journal has it, is found and completed with that answer.
fn complete(rig: &mut Rig, first: u32, created_with: Option<Algorithm>, told: &str) {
    let part = |number: u32, size, checksum: &str| PartReceipt {
        number,
        size,
        etag: "e".to_owned(),
        checksum: checksum.to_owned(),
    };
    let remote = Remote { upload_id: "U".to_owned(), key: "k".to_owned(), checksum: created_with, ..Remote::default() };
    let parts = vec![part(1, PART, SUMS[0]), part(2, 1, SUMS[1])];
    let resume = Resume { remote, part_size: PART, parts };
    rig.engine.on_report(rig.time(), JobId(first), Report::Resumed(Box::new(resume)));
    // The store tells no checksums of parts.
    let listed = vec![part(1, PART, ""), part(2, 1, "")];
    rig.engine.on_report(rig.time(), JobId(first + 1), Report::Listed(listed));
    let response = UploadResponse { status: 200, checksum: told.to_owned(), ..UploadResponse::default() };
    rig.engine.on_report(rig.time(), JobId(first + 2), Report::Completed(Box::new(response)));
    while rig.engine.poll().is_some() {}
}

/// The failure's code or the proof, and the checksum that is shown.
fn completed(told: &str, created_with: Option<Algorithm>) -> (String, Option<Algorithm>, String) {
    let mut rig = two_parts(options(), "upload => upload u1 [1]; create 1 j1");
    complete(&mut rig, 1, created_with, told);
    let file = rig.engine.file(FileId(1)).unwrap();
    let response = file.response.unwrap_or_default();
    (file.failure.map(|failure| failure.code).unwrap_or_default(), response.verified, response.checksum)
}

#[test]
fn what_is_said_of_the_whole_is_what_was_proved() {
    let part = |text| Digest::from_base64(Algorithm::Crc64Nvme, text).unwrap();
    let whole = combine(&part(SUMS[0]), &part(SUMS[1]), 1).unwrap().base64();
    let crc = Some(Algorithm::Crc64Nvme);
    // It was sent with the completion, where the store compares it.
    assert_eq!(completed("", crc), (String::new(), crc, whole.clone()));
    // The store told the same.
    assert_eq!(completed(&whole, None), (String::new(), crc, whole.clone()));
    assert_eq!(completed(&whole, crc), (String::new(), crc, whole.clone()));
    // Nobody compared anything.
    assert_eq!(completed("", None), (String::new(), None, String::new()));
    // One over the parts' own is another thing than one of the whole, and proves nothing here.
    let composite = "AAAAAAAAAAM=-2";
    assert_eq!(completed(composite, crc), (String::new(), None, composite.to_owned()));
    // The object is there, but it is another one.
    for created_with in [crc, None] {
        assert_eq!(completed("AAAAAAAAAAM=", created_with), ("mismatch".to_owned(), None, String::new()));
    }
}

/// Begun anew, once: the second time it is an error, and never a success.
#[test]
fn other_bytes_than_were_sent_are_sent_again_once() {
    let mut rig = two_parts(options(), "upload => upload u1 [1]; create 1 j1");
    complete(&mut rig, 1, None, "AAAAAAAAAAM=");
    rig.play("? 1 => preparing 0/5242881 0% integrity.mismatch");
    rig.play("j4 created V, j5 signed 1 => sign 1 V [1] j5; send 1 part 1 0-5242880 j6");
    rig.play("j6 etag e1, j7 signed 2 => sign 1 V [2] j7; send 1 part 2 5242880-5242881 j8");
    rig.play("j8 etag e2 => complete 1 V [1:e1 2:e2] j9");
}
