//! Files in parts at a store that tells a checksum of another kind than was computed here: S3 makes a CRC64NVME of every
//! object by itself. It says nothing of ours, and proves nothing.
#![allow(clippy::unwrap_used, clippy::panic, clippy::arithmetic_side_effects, reason = "a test may fail")]

use filechute_engine::{
    Algorithm, Answer, Ask, Command, Digest, Engine, FileId, NewFile, Options, Output, ParameterPolicy, PartReceipt,
    Phase, RawParameters, Remote, Report, Time, UploadFile, UploadParameters, judge_complete,
};

const MD5_OF_NOTHING: &str = "1B2M2Y8AsgTpgAmY7PhCfg==";
const ETAG_OF_NOTHING: &str = "d41d8cd98f00b204e9800998ecf8427e";
const OF_ITS_OWN: &str = "AAAAAAAAAAA=";
const PART: u64 = 5 << 20;

/// What differs.
struct Store {
    algorithm: Algorithm,
    /// Of each part, as it was computed.
    ours: &'static str,
    parts: u32,
    /// Empty where CORS hides it.
    etag: &'static str,
    /// How large the store says a part is.
    listed: u64,
}

impl Store {
    fn report(&self, ask: &Ask) -> Report {
        match ask {
            Ask::Create => Report::Created(Remote { upload_id: "U".into(), key: "k".into(), ..Remote::default() }),
            Ask::Sign { parts, .. } => {
                Report::Signed(parts.iter().map(|part| (part.number, Box::new(self.parameters()))).collect())
            }
            Ask::List { .. } => Report::Listed((1..=self.parts).map(|number| self.part(number)).collect()),
            Ask::Complete { checksum, .. } => {
                assert_eq!(checksum.is_empty(), self.algorithm == Algorithm::Md5, "no store compares an MD5 there");
                let body = format!(
                    "<CompleteMultipartUploadResult><Key>k</Key><ETag>\"0-2\"</ETag>\
                     <ChecksumCRC64NVME>{OF_ITS_OWN}</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType>\
                     </CompleteMultipartUploadResult>"
                );
                Report::Completed(Box::new(judge_complete(&Answer { status: 200, body, ..Answer::default() }).unwrap()))
            }
            other => panic!("{other:?}"),
        }
    }

    fn parameters(&self) -> UploadParameters {
        let raw = RawParameters { url: "https://b.example/k".into(), ..RawParameters::default() };
        let checksum = Digest::from_base64(self.algorithm, self.ours);
        UploadParameters { checksum, ..raw.check(&ParameterPolicy::default()).unwrap() }
    }

    fn part(&self, number: u32) -> PartReceipt {
        PartReceipt { number, size: self.listed, etag: ETAG_OF_NOTHING.into(), checksum: OF_ITS_OWN.into() }
    }

    /// The file in the end, and how many parts were sent.
    fn upload(&self) -> (UploadFile, u32) {
        let mut options = Options { checksum: Some(self.algorithm), ..Options::default() };
        options.multipart.available = true;
        let mut engine = Engine::new(options, 1);
        let size = u64::from(self.parts) * PART;
        let file = NewFile { size, part_size: Some(PART), multipart: Some(true), ..NewFile::default() };
        engine.add(Time(0), NewFile { name: "a".into(), ..file }).unwrap();
        engine.upload(Time(0)).unwrap();
        let mut sent = 0;
        for _ in 0..1000 {
            match engine.poll() {
                Some(Output::Command(Command::Ask { job, ask, .. })) => {
                    engine.on_report(Time(0), job, self.report(&ask));
                }
                Some(Output::Command(Command::Send { job, .. })) => {
                    sent += 1;
                    let answer = Answer { status: 200, etag: self.etag.into(), ..Answer::default() };
                    engine.on_report(Time(0), job, Report::Answer(Box::new(answer)));
                }
                Some(_) => {}
                None => break,
            }
        }
        (engine.file(FileId(1)).unwrap(), sent)
    }
}

const MD5: Store =
    Store { algorithm: Algorithm::Md5, ours: MD5_OF_NOTHING, parts: 1, etag: ETAG_OF_NOTHING, listed: PART };

#[test]
fn is_not_compared_with_ours() {
    let (file, sent) = MD5.upload();
    assert_eq!((file.phase, sent), (Phase::Done, 1), "{:?}", file.failure);
    let (file, sent) = Store { algorithm: Algorithm::Crc32c, ours: "AAAAAA==", parts: 2, etag: "e", ..MD5 }.upload();
    assert_eq!((file.phase, sent), (Phase::Done, 2), "{:?}", file.failure);
    assert_eq!(file.response.unwrap().verified, None);
}

#[test]
fn is_not_told_as_what_was_verified() {
    let response = Store { parts: 2, ..MD5 }.upload().0.response.unwrap();
    assert_eq!((response.verified, response.checksum.as_str()), (Some(Algorithm::Md5), ""));
}

#[test]
fn is_no_reason_to_send_a_listed_part_again() {
    let (file, sent) = Store { parts: 2, etag: "", ..MD5 }.upload();
    assert_eq!((file.phase, sent), (Phase::Done, 2), "{:?}", file.failure);
}

#[test]
fn a_list_that_never_has_what_was_sent_is_the_end() {
    let (file, sent) = Store { parts: 2, etag: "", listed: 1, ..MD5 }.upload();
    assert_eq!((file.phase, sent), (Phase::Failed, 6));
    assert_eq!(file.failure.unwrap().code, "InvalidPart");
}
