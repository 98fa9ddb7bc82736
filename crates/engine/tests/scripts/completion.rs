//! How files in parts end: what is asked before and after the completion, what is believed of its answer, and what is proved.

use filechute_engine::{
    Algorithm, Answer, Digest, Engine, FileId, JobId, NewFile, Options, ParameterPolicy, PartReceipt, RawParameters,
    Remote, Report, Resume, Time, UploadParameters, UploadResponse,
};

use crate::parts::{SIZE, options, parts};

/// Garage names no place in its answer, and Spaces a relative one: `uploadURL` was empty then.
#[test]
fn where_no_place_is_said_the_object_lies_where_its_parts_went() {
    // The last that was sent.
    let place = "https://bucket.s3.eu-west-1.amazonaws.com/k4";
    let other = "https://cdn.example/other";
    for (said, wanted, bucket) in [("", place, "bucket"), (other, other, "")] {
        let mut rig = parts(
            3,
            "
            upload, j1 created U => upload u1 [1]; create 1 j1; sign 1 U [1] j2; sign 1 U [2] j3; sign 1 U [3] j4
            j2 signed 1, j3 signed 2, j4 signed 3 => send 1 part 1 0-5242880 j5; send 1 part 2 5242880-10485760 j6; send 1 part 3 10485760-10485761 j7
            j5 etag e1, j6 etag e2, j7 etag e3 => complete 1 U [1:e1 2:e2 3:e3] j8
            ",
        );
        let (location, upload_url) = (said.to_owned(), said.to_owned());
        let response = UploadResponse { status: 200, location, upload_url, ..UploadResponse::default() };
        rig.engine.on_report(Time(0), JobId(8), Report::Completed(Box::new(response)));
        let response = rig.engine.file(FileId(1)).unwrap().response.unwrap();
        assert_eq!([&*response.upload_url, &*response.location, &*response.bucket], [wanted, wanted, bucket]);
    }
}

#[test]
fn hidden_etags_are_asked_for() {
    parts(
        3,
        "
        upload, j1 created U => upload u1 [1]; create 1 j1; sign 1 U [1] j2; sign 1 U [2] j3; sign 1 U [3] j4
        j2 signed 1, j3 signed 2, j4 signed 3 => send 1 part 1 0-5242880 j5; send 1 part 2 5242880-10485760 j6; send 1 part 3 10485760-10485761 j7
        j5 etag hidden, j6 etag hidden, j7 etag hidden => list 1 U j8
        j8 listed 1:x1:5242880 2:x2:5242880 3:x3:1 => complete 1 U [1:x1 2:x2 3:x3] j9
        ",
    );
}

#[test]
fn parts_the_store_does_not_have_as_they_were_sent_are_sent_again() {
    parts(
        3,
        "
        upload, j1 created U => upload u1 [1]; create 1 j1; sign 1 U [1] j2; sign 1 U [2] j3; sign 1 U [3] j4
        j2 signed 1, j3 signed 2, j4 signed 3 => send 1 part 1 0-5242880 j5; send 1 part 2 5242880-10485760 j6; send 1 part 3 10485760-10485761 j7
        j5 etag e1, j6 etag e2, j7 etag e3 => complete 1 U [1:e1 2:e2 3:e3] j8
        j8 fail s3.InvalidPart final =>
        +0 => list 1 U j9
        # the first is of another size, the second has another ETag
        j9 listed 1:e1:7 2:other:5242880 3:e3:1 => sign 1 U [1] j10; sign 1 U [2] j11
        j10 signed 1, j11 signed 2 => send 1 part 1 0-5242880 j12; send 1 part 2 5242880-10485760 j13
        j12 etag e1, j13 etag e2 => complete 1 U [1:e1 2:e2 3:e3] j14
        j14 completed => success 1; complete u1 [1] []
        ",
    );
}

#[test]
fn an_upload_that_is_gone_begins_anew_once() {
    parts(
        1,
        "
        upload, j1 created U, j2 signed 1, j3 etag e1 => upload u1 [1]; create 1 j1; sign 1 U [1] j2; send 1 part 1 0-5242880 j3; sign 1 U [2] j4
        j4 signed 2, j5 404 NoSuchUpload => send 1 part 2 5242880-10485760 j5; create 1 j6
        ? 1 => preparing 0/10485761 0% s3.NoSuchUpload
        j6 created V, j7 signed 1, j8 404 NoSuchUpload => sign 1 V [1] j7; send 1 part 1 0-5242880 j8; failed 1 s3.NoSuchUpload; complete u1 [] [1]
        ",
    );
}

#[test]
fn a_lost_completion_is_never_a_success_and_never_a_second_object() {
    parts(
        3,
        "
        upload, j1 created U => upload u1 [1]; create 1 j1; sign 1 U [1] j2; sign 1 U [2] j3; sign 1 U [3] j4
        j2 signed 1, j3 signed 2, j4 signed 3 => send 1 part 1 0-5242880 j5; send 1 part 2 5242880-10485760 j6; send 1 part 3 10485760-10485761 j7
        j5 etag e1, j6 etag e2, j7 etag e3 => complete 1 U [1:e1 2:e2 3:e3] j8
        j8 error =>
        +0 => complete 1 U [1:e1 2:e2 3:e3] j9
        j9 fail s3.NoSuchUpload final => failed 1 s3.Unconfirmed; complete u1 [] [1]
        ",
    );
}

/// Companion answers 500 whatever S3 said: a completion that it never confirmed was asked for again at every "Retry", though
/// there was no such upload any more, and was called an upload that could not be started.
#[test]
fn a_completion_that_the_host_only_fails_is_unconfirmed_and_then_looked_for() {
    let mut rig = parts(
        3,
        "
        upload, j1 created U => upload u1 [1]; create 1 j1; sign 1 U [1] j2; sign 1 U [2] j3; sign 1 U [3] j4
        j2 signed 1, j3 signed 2, j4 signed 3 => send 1 part 1 0-5242880 j5; send 1 part 2 5242880-10485760 j6; send 1 part 3 10485760-10485761 j7
        j5 etag e1, j6 etag e2, j7 etag e3 => complete 1 U [1:e1 2:e2 3:e3] j8
        j8 error =>
        +0 => complete 1 U [1:e1 2:e2 3:e3] j9
        j9 fail sign.unavailable retry 500 =>
        +1500 => complete 1 U [1:e1 2:e2 3:e3] j10
        j10 fail sign.unavailable retry 500 => failed 1 s3.Unconfirmed; complete u1 [] [1]
        ",
    );
    assert!(rig.engine.file(FileId(1)).unwrap().failure.unwrap().retryable());
    rig.play(
        "
        retry 1 => retry 1; upload u2 [1]; list 1 U j11
        j11 listed 1:e1:5242880 2:e2:5242880 3:e3:1 => complete 1 U [1:e1 2:e2 3:e3] j12
        j12 fail sign.unavailable retry 500, +0 => complete 1 U [1:e1 2:e2 3:e3] j13
        j13 fail sign.unavailable retry 500, +1500 => complete 1 U [1:e1 2:e2 3:e3] j14
        j14 fail sign.unavailable retry 500 => failed 1 s3.Unconfirmed; complete u2 [] [1]
        retry 1 => retry 1; upload u3 [1]; list 1 U j15
        j15 fail s3.NoSuchUpload final 404 => failed 1 s3.Unconfirmed; complete u3 [] [1]
        # Who has looked whether it is there, and has it sent again, gets a new one.
        retry 1 => retry 1; upload u4 [1]; create 1 j16
        ",
    );
}

/// Each "Retry" asked for the same completion, which the store could only refuse again.
#[test]
fn a_completion_that_no_other_try_mends_is_begun_anew_once() {
    for refusal in ["integrity.BadDigest resign 400", "s3.ConditionalRequestConflict retry 409"] {
        let code = refusal.split(' ').next().unwrap();
        let script = format!(
            "
            j8 fail {refusal} => abort-upload 1 U j9; create 1 j10
            j9 aborted =>
            ? 1 => preparing 0/10485761 0% {code}
            j10 created V => sign 1 V [1] j11; sign 1 V [2] j12; sign 1 V [3] j13
            j11 signed 1, j12 signed 2, j13 signed 3 => send 1 part 1 0-5242880 j14; send 1 part 2 5242880-10485760 j15; send 1 part 3 10485760-10485761 j16
            j14 etag e1, j15 etag e2, j16 etag e3 => complete 1 V [1:e1 2:e2 3:e3] j17
            j17 fail {refusal} => failed 1 {code}; complete u1 [] [1]; abort-upload 1 V j18
            "
        );
        let mut rig = parts(3, COMPLETING);
        rig.play(&script);
        assert!(rig.engine.file(FileId(1)).unwrap().failure.unwrap().retryable(), "{code}");
        rig.play("retry 1 => retry 1; upload u2 [1]; create 1 j19");
    }
}

/// The store was told to keep what is there, and what is there may be this file.
#[test]
fn an_object_that_is_in_the_way_after_a_lost_completion_may_be_its_own() {
    let mut rig = parts(3, COMPLETING);
    rig.play(
        "
        j8 error, +0 => complete 1 U [1:e1 2:e2 3:e3] j9
        j9 fail s3.precondition final 412 => failed 1 s3.Unconfirmed; complete u1 [] [1]; abort-upload 1 U j10
        ",
    );
    // Nothing was lost: it is another one.
    parts(3, COMPLETING).play("j8 fail s3.precondition final 412 => failed 1 s3.precondition; complete u1 [] [1]");
}

/// All parts are there, and the store was asked to put them together.
const COMPLETING: &str = "
    upload, j1 created U => upload u1 [1]; create 1 j1; sign 1 U [1] j2; sign 1 U [2] j3; sign 1 U [3] j4
    j2 signed 1, j3 signed 2, j4 signed 3 => send 1 part 1 0-5242880 j5; send 1 part 2 5242880-10485760 j6; send 1 part 3 10485760-10485761 j7
    j5 etag e1, j6 etag e2, j7 etag e3 => complete 1 U [1:e1 2:e2 3:e3] j8
";

/// A bar that stands at 99 % for minutes looks broken; the interface needs to know that only the store is waited for.
#[test]
fn finishing_once_every_byte_has_left() {
    parts(
        6,
        "
        upload, j1 created U, j2 signed 1, j3 signed 2, j4 signed 3 => upload u1 [1]; create 1 j1; sign 1 U [1] j2; sign 1 U [2] j3; sign 1 U [3] j4; send 1 part 1 0-5242880 j5; send 1 part 2 5242880-10485760 j6; send 1 part 3 10485760-10485761 j7
        j5 sent, j6 sent =>
        ? 1 => uploading 10485760/10485761 99%
        j7 sent =>
        ? 1 => finishing 10485761/10485761 99%
        j5 503 SlowDown =>
        ? 1 => uploading 10485761/10485761 99% s3.SlowDown
        ",
    );
}

/// SHA-256 of nothing; values of parts cannot be combined to one of the whole.
const SUM: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
/// MD5 of nothing, and the `ETag` that says so.
const MD5: &str = "1B2M2Y8AsgTpgAmY7PhCfg==";
const ETAG: &str = "d41d8cd98f00b204e9800998ecf8427e";

fn sum_of_a_part(algorithm: Algorithm, sum: &str) -> UploadParameters {
    let url = "https://b.example/k".to_owned();
    let parameters = RawParameters { url, ..RawParameters::default() }.check(&ParameterPolicy::default()).unwrap();
    UploadParameters { checksum: Digest::from_base64(algorithm, sum), ..parameters }
}

/// What is said to be proved of a file in three parts, of which the store told the checksums of some.
fn proved(algorithm: Algorithm, told: [bool; 3]) -> Option<Algorithm> {
    let is_md5 = algorithm == Algorithm::Md5;
    let sum = if is_md5 { MD5 } else { SUM };
    let mut engine = Engine::new(Options { checksum: Some(algorithm), ..options(6) }, 1);
    let file =
        NewFile { name: "a".to_owned(), size: SIZE.parse().unwrap(), part_size: Some(5 << 20), ..NewFile::default() };
    engine.add(Time(0), file).unwrap();
    engine.upload(Time(0)).unwrap();
    let remote = Remote {
        upload_id: "U".to_owned(),
        key: "k".to_owned(),
        bucket: String::new(),
        checksum: Some(algorithm).filter(|_| !is_md5),
    };
    engine.on_report(Time(0), JobId(1), Report::Created(remote));
    for number in 1..=3 {
        engine.on_report(
            Time(0),
            JobId(1 + number),
            Report::Signed(vec![(number, Box::new(sum_of_a_part(algorithm, sum)))]),
        );
    }
    for (job, told) in (5..).zip(told) {
        let sums = (told && !is_md5).then(|| ("x-amz-checksum-sha256".to_owned(), SUM.to_owned()));
        let answer = Answer {
            status: 200,
            etag: if told && is_md5 { ["\"", ETAG, "\""].concat() } else { "\"e\"".to_owned() },
            checksums: sums.into_iter().collect(),
            ..Answer::default()
        };
        engine.on_report(Time(0), JobId(job), Report::Answer(Box::new(answer)));
    }
    engine.on_report(
        Time(0),
        JobId(8),
        Report::Completed(Box::new(UploadResponse { status: 200, ..UploadResponse::default() })),
    );
    engine.file(FileId(1)).unwrap().response.expect("a success").verified
}

#[test]
fn only_what_every_part_proved_is_said_to_be_proved() {
    for algorithm in [Algorithm::Sha256, Algorithm::Md5] {
        assert_eq!(proved(algorithm, [true, true, true]), Some(algorithm));
        assert_eq!(proved(algorithm, [true, false, true]), None);
        assert_eq!(proved(algorithm, [false, false, false]), None);
    }
}

/// The same of an upload that an earlier page began: what it proved, this one did not see. A list that tells the checksums does.
#[test]
fn what_an_earlier_page_proved_counts_when_the_list_says_so() {
    for (algorithm, ours, listed, etag, wanted) in [
        (Algorithm::Sha256, SUM, SUM, "e", true),
        (Algorithm::Sha256, SUM, "", "e", false),
        (Algorithm::Md5, MD5, "", ETAG, true),
        (Algorithm::Md5, MD5, "", "e", false),
    ] {
        let mut engine = Engine::new(Options { checksum: Some(algorithm), ..options(6) }, 1);
        let part = |number, size, checksum: &str| PartReceipt {
            number,
            size,
            etag: etag.to_owned(),
            checksum: checksum.to_owned(),
        };
        let parts = |checksum| vec![part(1, 5 << 20, checksum), part(2, 5 << 20, checksum)];
        let remote = Remote {
            upload_id: "U".to_owned(),
            key: "k".to_owned(),
            bucket: String::new(),
            checksum: Some(algorithm).filter(|it| *it != Algorithm::Md5),
        };
        let resume = Resume { remote, part_size: 5 << 20, parts: parts(ours) };
        let file = NewFile { name: "a".to_owned(), size: 10 << 20, resume: Some(resume), ..NewFile::default() };
        engine.add(Time(0), file).unwrap();
        engine.upload(Time(0)).unwrap();
        engine.on_report(Time(0), JobId(1), Report::Listed(parts(listed)));
        engine.on_report(
            Time(0),
            JobId(2),
            Report::Completed(Box::new(UploadResponse { status: 200, ..UploadResponse::default() })),
        );
        assert_eq!(engine.file(FileId(1)).unwrap().response.expect("a success").verified, wanted.then_some(algorithm));
    }
}
