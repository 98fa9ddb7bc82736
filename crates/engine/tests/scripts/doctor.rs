//! What the doctor finds: fatal findings fail a file before a byte is sent and spend nothing; the rest is told with a
//! failure that they may explain.

use filechute_engine::{Engine, FileId, Multipart, NewFile, Options, Time};

use crate::rig::{Rig, play};

const ASK: &str = "add a 1000, upload => added 1; upload u1 [1]; ask 1 j1";

/// `{"expiration":"2026-12-01T12:15:00Z","conditions":[{"key":"k"},["content-length-range",1001,2000]]}`
const POLICY: &str = "eyJleHBpcmF0aW9uIjoiMjAyNi0xMi0wMVQxMjoxNTowMFoiLCJjb25kaXRpb25zIjpbeyJrZXkiOiJrIn0sWyJjb250ZW50LWxlbmd0aC1yYW5nZSIsMTAwMSwyMDAwXV19";

#[test]
fn what_no_store_can_take_is_not_sent() {
    for (answer, code, help) in [
        ("url https://r2.example/b/k?x-amz-checksum-crc32=AAAAAA%3D%3D", "config.empty_checksum", "WHEN_REQUIRED"),
        ("url http://store.example/b/k", "config.insecure_url", "sign https: addresses"),
        (&*format!("form key=k policy={POLICY}"), "s3.EntityTooSmall", "takes files of 1001 to 2000 bytes"),
    ] {
        let mut rig = play(Options::default(), ASK);
        rig.play(&format!(
            "
            j1 {answer} => failed 1 {code}; complete u1 [] [1]
            ? deadline => none
            ? air => 0
            ? 1 => failed 0/1000 0% {code}
            "
        ));
        let failure = rig.engine.file(FileId(1)).unwrap().failure.unwrap();
        assert!(failure.help.contains(help) && failure.help.starts_with(&failure.message), "{}", failure.help);
        assert!(!failure.retryable());
    }
}

#[test]
fn a_limit_that_is_known_is_told() {
    let mut rig = play(Options::default(), ASK);
    rig.play(&format!("j1 form key=k policy={POLICY} => failed 1 s3.EntityTooSmall; complete u1 [] [1]"));
    assert_eq!(rig.engine.file(FileId(1)).unwrap().failure.unwrap().limit, Some(1001));
}

#[test]
fn an_empty_file_has_the_checksum_of_an_empty_body() {
    play(
        Options::default(),
        "
        add a 0, upload => added 1; upload u1 [1]; ask 1 j1
        j1 url https://r2.example/b/k?x-amz-checksum-crc32=AAAAAA%3D%3D => send 1 j2
        ",
    );
}

/// AWS takes no notice of it, so it is sent; a store that compared it is not asked again.
#[test]
fn a_refuted_checksum_spends_no_signature_and_no_retry() {
    let mut rig = play(Options::default(), ASK);
    rig.play(
        "
        j1 url https://b.s3.eu-west-1.amazonaws.com/k?x-amz-checksum-crc32=AAAAAA%3D%3D => send 1 j2
        j2 400 BadDigest => failed 1 config.empty_checksum; complete u1 [] [1]
        ? deadline => none
        ",
    );
    assert_eq!(rig.engine.file(FileId(1)).unwrap().failure.unwrap().status, 400);
}

#[test]
fn the_free_signature_and_the_ladder_stay_as_they_were() {
    play(
        Options { retry_delays_ms: vec![0], ..Options::default() },
        "
        add a 1000, upload => added 1; upload u1 [1]; ask 1 j1
        j1 url https://b.s3.eu-west-1.amazonaws.com/k?X-Amz-SignedHeaders=host;x-amz-acl => send 1 j2
        j2 403 SignatureDoesNotMatch => ask 1 j3
        ? help 1 => signed headers are not sent: x-amz-acl: return them in headers as they were signed, or sign without them (browsers forbid some)
        j3 put, j4 403 SignatureDoesNotMatch => send 1 j4; failed 1 config.signature; complete u1 [] [1]
        ? help 1 => what was sent is not what was signed: sign method, path and headers as they are sent, Content-Type first, a content-length exactly; check the secret key; a proxy has to pass Host on
        ",
    );
}

#[test]
fn refusals_come_with_what_is_known_of_them() {
    for (answer, code, help) in [
        ("400 AccessControlListNotSupported", "s3.AccessControlListNotSupported", "ACLs turned off"),
        ("301 PermanentRedirect", "config.region_redirect", "another region"),
        ("403 AccessDenied", "s3.AccessDenied", "s3:PutObject"),
        ("400 Strange", "s3.Strange", ""),
    ] {
        let mut rig = play(Options::default(), ASK);
        rig.play(&format!("j1 put, j2 {answer} => send 1 j2; failed 1 {code}; complete u1 [] [1]"));
        let failure = rig.engine.file(FileId(1)).unwrap().failure.unwrap();
        assert!(
            failure.help.contains(help) && failure.help.is_empty() == help.is_empty(),
            "{answer}: {}",
            failure.help
        );
    }
}

#[test]
fn an_address_that_ended_says_by_whose_clock() {
    play(
        Options { stall_after_ms: 0, ..Options::default() },
        "
        add a 1000, upload => added 1; upload u1 [1]; ask 1 j1
        j1 url https://b.s3.eu-west-1.amazonaws.com/k?X-Amz-Date=20261201T120000Z&X-Amz-Expires=900 => send 1 j2
        +960000, j2 expired => ask 1 j3
        ? help 1 => the upload permission ended 1 min ago by this device's clock: sign just before the upload, do not cache; check both clocks
        ",
    );
}

#[test]
fn silence_from_a_store_prints_the_rule() {
    let mut rig = play(Options { retry_delays_ms: vec![0, 0, 0], ..Options::default() }, ASK);
    rig.play(
        "
        j1 put, j2 error, +0, j3 put => send 1 j2; ask 1 j3; send 1 j4
        j4 error, +0, j5 put => ask 1 j5; send 1 j6
        j6 error => failed 1 config.cors; complete u1 [] [1]
        ",
    );
    let failure = rig.engine.file(FileId(1)).unwrap().failure.unwrap();
    assert!(
        failure.message.starts_with("https://bucket.s3.eu-west-1.amazonaws.com never answered"),
        "{}",
        failure.message
    );
    assert!(failure.help.contains("\"AllowedOrigins\":[\"https://shop.example\"]"), "{}", failure.help);
    // Once somebody answered there, a lost connection is just that.
    rig.play(
        "
        retry 1, j7 put, j8 403 AccessDenied => retry 1; upload u2 [1]; ask 1 j7; send 1 j8; failed 1 s3.AccessDenied; complete u2 [] [1]
        retry 1, j9 put, j10 error => retry 1; upload u3 [1]; ask 1 j9; send 1 j10
        ? help 1 =>
        ",
    );
}

fn parts(script: &str) -> Rig {
    let multipart = Multipart { available: true, above: 5 << 20, sign_ahead: 1 };
    let mut rig = Rig { engine: Engine::new(Options { limit: 1, multipart, ..Options::default() }, 1), now: 0 };
    let file = NewFile { name: "a".to_owned(), size: 6 << 20, part_size: Some(5 << 20), ..NewFile::default() };
    rig.engine.add(Time(0), file).unwrap();
    while rig.engine.poll().is_some() {}
    rig.play("upload, j1 created U => upload u1 [1]; create 1 j1; sign 1 U [1] j2");
    rig.play(script);
    rig
}

#[test]
fn a_part_is_looked_at_as_well() {
    let rig = parts(
        "
        j2 signed-url 1 https://r2.example/b/k?x-amz-checksum-crc32=AAAAAA%3D%3D => failed 1 config.empty_checksum; complete u1 [] [1]
        ? air => 0
        ",
    );
    assert!(rig.engine.file(FileId(1)).unwrap().failure.unwrap().help.contains("WHEN_REQUIRED"));
    parts(
        "
        j2 signed-url 1 https://b.example/k?X-Amz-SignedHeaders=host;x-amz-meta-a => send 1 part 1 0-5242880 j3
        j3 403 SignatureDoesNotMatch => sign 1 U [1] j4
        j4 signed-url 1 https://b.example/k?X-Amz-SignedHeaders=host;x-amz-meta-a => send 1 part 1 0-5242880 j5
        j5 403 SignatureDoesNotMatch => failed 1 config.signature; complete u1 [] [1]
        ? help 1 => signed headers are not sent: x-amz-meta-a: return them in headers as they were signed, or sign without them (browsers forbid some)
        ",
    );
}

#[test]
fn hidden_etags_are_named_when_they_cannot_be_had() {
    parts(
        "
        j2 signed 1, j3 etag hidden => send 1 part 1 0-5242880 j3; sign 1 U [2] j4
        j4 signed 2, j5 etag hidden => send 1 part 2 5242880-6291456 j5; list 1 U j6
        j6 fail sign.denied final => failed 1 sign.denied; complete u1 [] [1]
        ? help 1 => the browser may not read the ETag of the parts: add \"ExposeHeaders\": [\"ETag\"] to the bucket's CORS rule
        ",
    );
}
