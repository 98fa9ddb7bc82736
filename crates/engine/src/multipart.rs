//! What a multipart upload is, seen from outside: its name at the store, and what is there of it; and what a page that
//! talks to the store itself says and hears (AWS, "Uploading and copying objects using multipart upload").

use alloc::{string::String, vec::Vec};

use crate::{Algorithm, Answer, Class, Failure, Kind, UploadResponse, XmlAnswer, judge::refusal, parse_answer};

/// A multipart upload at the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remote {
    /// S3's `UploadId`.
    pub upload_id: String,
    /// The object's key, decided when the upload was created.
    pub key: String,
    /// The bucket, when the other side named it.
    pub bucket: String,
    /// The checksum that the upload was created with, so that parts and completion may carry it; `None` where the other
    /// side said nothing of it.
    pub checksum: Option<Algorithm>,
}

/// A part that the store has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartReceipt {
    /// 1 to 10,000.
    pub number: u32,
    /// Bytes.
    pub size: u64,
    /// The part's ETag without quotes; empty when the browser may not read it.
    pub etag: String,
    /// The part's checksum in Base64, of the algorithm in force; empty when nobody computed or told it.
    pub checksum: String,
}

/// A piece of a file for one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// 1 to 10,000.
    pub number: u32,
    /// Its first byte in the file.
    pub start: u64,
    /// The byte after its last.
    pub end: u64,
}

/// What is left of an upload that began earlier: enough to go on with it, and nothing secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume {
    /// Its name at the store.
    pub remote: Remote,
    /// The plan's part size: another one would put bytes where they do not belong.
    pub part_size: u64,
    /// Parts whose bytes are known to be those of the file at hand. Whatever else the store lists is sent again.
    pub parts: Vec<PartReceipt>,
}

/// The body of `CompleteMultipartUpload`. Numbers rising, as S3 wants them. `checksum` is the one the upload was created
/// with: each part's own is named then, where it is known.
#[must_use]
pub fn complete_body(parts: &[PartReceipt], checksum: Option<Algorithm>) -> String {
    let mut out = String::from("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    for part in parts {
        let number = crate::text::decimal(u64::from(part.number));
        // Quotes are part of an ETag.
        let etag = escaped(&part.etag);
        for piece in ["<Part><PartNumber>", &number, "</PartNumber><ETag>&quot;", &etag, "&quot;</ETag>"] {
            out.push_str(piece);
        }
        if let Some(element) = checksum.map(Algorithm::member).filter(|_| !part.checksum.is_empty()) {
            for piece in ["<", element, ">", &escaped(&part.checksum), "</", element, ">"] {
                out.push_str(piece);
            }
        }
        out.push_str("</Part>");
    }
    out.push_str("</CompleteMultipartUpload>");
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// The store's answer to create, list or abort.
///
/// # Errors
/// Its refusal, with its class for the retry loop.
pub fn judge_step(answer: &Answer) -> Result<XmlAnswer, Failure> {
    let xml = parse_answer(&answer.body).unwrap_or_default();
    if matches!(answer.status, 200..=204) && !xml.is_error { Ok(xml) } else { Err(refusal(answer, xml, false)) }
}

/// The store's answer to `CompleteMultipartUpload`: status 200 comes at once, the result or an error minutes later in the
/// body, so only the body counts.
///
/// # Errors
/// Its refusal; an empty or garbled body is tried again.
pub fn judge_complete(answer: &Answer) -> Result<UploadResponse, Failure> {
    let xml = judge_step(answer)?;
    if xml.etag.is_empty() && xml.key.is_empty() && xml.location.is_empty() {
        let message = "the storage did not say whether the parts were put together";
        return Err(Failure::new(Kind::S3, "EmptyAnswer", Class::Retry, message).with_status(answer.status));
    }
    let location = if crate::parameters::is_web(&xml.location) {
        crate::without_query(&xml.location).into()
    } else {
        String::new()
    };
    Ok(UploadResponse {
        status: answer.status,
        upload_url: location.clone(),
        location,
        public_url: String::new(),
        key: xml.key,
        bucket: xml.bucket,
        etag: xml.etag,
        checksum: xml.checksum,
        verified: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.into(), ..Answer::default() }
    }

    #[test]
    fn the_body_names_every_part() {
        let part = |number, etag: &str| PartReceipt { number, size: 1, etag: etag.into(), checksum: "c+/=".into() };
        let body = complete_body(&[part(1, "a<&"), part(10_000, "b")], None);
        let xml = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
            <Part><PartNumber>1</PartNumber><ETag>&quot;a&lt;&amp;&quot;</ETag></Part>\
            <Part><PartNumber>10000</PartNumber><ETag>&quot;b&quot;</ETag></Part></CompleteMultipartUpload>";
        assert_eq!(body, xml);
        assert_eq!(parse_answer(&body).unwrap().parts.len(), 2);
        let body = complete_body(&[part(1, "a")], Some(Algorithm::Crc64Nvme));
        assert!(body.contains("</ETag><ChecksumCRC64NVME>c+/=</ChecksumCRC64NVME></Part>"), "{body}");
    }

    #[test]
    fn only_a_result_is_a_completion() {
        let good = "<CompleteMultipartUploadResult><Location>http://s/b/k?x=1</Location><Bucket>b</Bucket><Key>k</Key>\
            <ETag>&quot;e-2&quot;</ETag></CompleteMultipartUploadResult>";
        let done = judge_complete(&answer(200, good)).unwrap();
        assert_eq!((done.key.as_str(), done.etag.as_str(), done.location.as_str()), ("k", "e-2", "http://s/b/k"));
        let error = |code: &str| alloc::format!("<Error><Code>{code}</Code><Message>m</Message></Error>");
        for (status, body, code, class) in [
            (200, String::new(), "EmptyAnswer", Class::Retry),
            (200, "   ".into(), "EmptyAnswer", Class::Retry),
            (200, "<CompleteMultipartUploadResult>".into(), "EmptyAnswer", Class::Retry),
            (200, error("InternalError"), "InternalError", Class::Retry),
            (200, error("NobodyKnows"), "NobodyKnows", Class::Retry),
            (200, error("SlowDown"), "SlowDown", Class::Slow),
            (400, error("InvalidPart"), "InvalidPart", Class::Final),
            (404, error("NoSuchUpload"), "NoSuchUpload", Class::Final),
            (500, String::new(), "500", Class::Retry),
        ] {
            let failure = judge_complete(&answer(status, &body)).unwrap_err();
            assert_eq!((failure.code.as_str(), failure.class), (code, class), "{status} {body}");
        }
    }
}
