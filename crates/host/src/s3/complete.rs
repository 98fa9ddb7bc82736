//! CompleteMultipartUpload, and the truth about it when the answer is lost.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html>
//!
//! S3 may answer 200 and then say `<Error>` in the body, or nothing at all; both are failures. An answer that never
//! came may have been a success: the next attempt then says `NoSuchUpload`. Only the object itself can tell, and only
//! if it has the right size and the checksum, or the ETag that these parts make, is it called a success.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode};
use md5::{Digest as _, Md5};

use super::head::Head;
use super::{Call, Limits, RESULT_BYTES, Store, StoreError, xml};
use crate::checksum::Checksum;

/// S3 can take minutes, and sends white space meanwhile.
const TIMEOUT: Duration = Duration::from_secs(180);
/// No further attempt begins after this.
const GIVE_UP: Duration = Duration::from_secs(200);
const PAUSES: [Duration; 3] = [Duration::from_millis(250), Duration::from_millis(700), Duration::from_millis(1500)];

/// A part as the client names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PartRef {
    pub(crate) number: u32,
    /// Without quotes.
    pub(crate) e_tag: String,
    pub(crate) checksum: Option<Checksum>,
}

/// What is to be completed.
#[derive(Debug)]
pub(crate) struct Completion<'a> {
    pub(crate) key: &'a str,
    pub(crate) upload_id: &'a str,
    /// In order, without gaps in meaning: what is not named is thrown away by S3.
    pub(crate) parts: &'a [PartRef],
    /// Bytes of the whole, as far as they are known.
    pub(crate) size: Option<u64>,
    /// Whether S3 is asked to compare the size.
    pub(crate) send_size: bool,
    /// Of the whole object.
    pub(crate) checksum: Option<&'a Checksum>,
    pub(crate) if_none_match: bool,
}

/// What lies in the bucket now.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Completed {
    /// Without quotes; empty on stores that answer none.
    pub(crate) e_tag: String,
    pub(crate) size: Option<u64>,
    /// As the store has it, of the whole object.
    pub(crate) checksum: Option<Checksum>,
}

impl Store {
    /// Completes an upload, or says why not. Never a success for bytes that are not there.
    pub(crate) async fn complete(&self, completion: &Completion<'_>) -> Result<Completed, StoreError> {
        match self.attempts(completion).await {
            Ok(completed) => self.verify(completion, completed).await,
            Err(error) if may_have_happened(&error) => self.reconcile(completion, error).await,
            Err(error) => Err(error),
        }
    }

    async fn attempts(&self, completion: &Completion<'_>) -> Result<Completed, StoreError> {
        let start = Instant::now();
        for pause in PAUSES {
            match self.attempt(completion).await {
                Err(error) if error.is_passing() && start.elapsed() < GIVE_UP => tokio::time::sleep(pause).await,
                result => return result,
            }
        }
        self.attempt(completion).await
    }

    async fn attempt(&self, completion: &Completion<'_>) -> Result<Completed, StoreError> {
        let headers = completion.headers();
        let call = Call {
            method: Method::POST,
            headers: &headers,
            body: completion.body().into(),
            limits: Limits { timeout: TIMEOUT, body_bytes: RESULT_BYTES },
        };
        let (key, id) = (completion.key, completion.upload_id);
        let action = self.bucket.complete_multipart_upload(Some(&self.credentials), key, id, std::iter::empty());
        let answer = self.once(action, &call).await?;
        let document = xml::read(&answer.body).ok_or(StoreError::Unreadable)?;
        match document.root.as_str() {
            "Error" => Err(StoreError::refused(&answer)),
            "CompleteMultipartUploadResult" => Ok(Completed {
                e_tag: document.get("ETag").unwrap_or_default().trim_matches('"').to_owned(),
                size: completion.size,
                checksum: completion.checksum.and_then(|sent| {
                    let algorithm = sent.algorithm;
                    Checksum::parse(algorithm, document.get(algorithm.element())?).ok()
                }),
            }),
            _ => Err(StoreError::Unreadable),
        }
    }

    /// S3 said yes. Stores that do not know `x-amz-mp-object-size` or the checksum said it without looking, so the
    /// object is looked at; where the host may not, S3's word counts.
    async fn verify(&self, completion: &Completion<'_>, completed: Completed) -> Result<Completed, StoreError> {
        let head = match self.head(completion.key).await {
            Ok(head) => head,
            Err(error) if error.has_status(StatusCode::NOT_FOUND) => return Err(StoreError::Different),
            Err(_) => return Ok(completed),
        };
        if completion.size.is_some_and(|size| size != head.size) || completion.contradicts(&head) {
            return Err(StoreError::Different);
        }
        let e_tag = if completed.e_tag.is_empty() { head.e_tag.clone() } else { completed.e_tag };
        Ok(Completed { e_tag, size: Some(head.size), checksum: completed.checksum.or_else(|| completion.same(&head)) })
    }

    /// Nobody knows whether it happened; the object does.
    async fn reconcile(&self, completion: &Completion<'_>, error: StoreError) -> Result<Completed, StoreError> {
        let Ok(head) = self.head(completion.key).await else { return Err(error) };
        if !completion.is_proved_by(&head) {
            return Err(error);
        }
        let checksum = completion.same(&head);
        Ok(Completed { e_tag: head.e_tag, size: Some(head.size), checksum })
    }
}

impl Completion<'_> {
    fn headers(&self) -> Vec<(String, String)> {
        let mut headers = vec![("content-type".to_owned(), "application/xml".to_owned())];
        if let Some(size) = self.size.filter(|_| self.send_size) {
            headers.push(("x-amz-mp-object-size".into(), size.to_string()));
        }
        // A composite upload has no checksum of the whole that S3 could compare.
        if let Some(checksum) = self.checksum.filter(|checksum| checksum.algorithm.is_full_object()) {
            let (name, value) = checksum.pair();
            headers.push((name.into(), value.into()));
            headers.push(("x-amz-checksum-type".into(), "FULL_OBJECT".into()));
        }
        if self.if_none_match {
            headers.push(("if-none-match".into(), "*".into()));
        }
        headers
    }

    /// The document. Its values are checked: ETags hold no markup, checksums are Base64.
    fn body(&self) -> String {
        let mut xml = String::from("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
        for part in self.parts {
            let _ =
                write!(xml, "<Part><PartNumber>{}</PartNumber><ETag>&quot;{}&quot;</ETag>", part.number, part.e_tag);
            if let Some(Checksum { algorithm, value }) = &part.checksum {
                let element = algorithm.element();
                let _ = write!(xml, "<{element}>{value}</{element}>");
            }
            xml.push_str("</Part>");
        }
        xml.push_str("</CompleteMultipartUpload>");
        xml
    }

    /// The object's checksum in the algorithm that was sent, if it is the same.
    fn same(&self, head: &Head) -> Option<Checksum> {
        let sent = self.checksum?;
        head.checksums.iter().find(|checksum| *checksum == sent).cloned()
    }

    /// Whether the object has another checksum than was sent.
    fn contradicts(&self, head: &Head) -> bool {
        self.checksum.is_some_and(|sent| {
            head.checksums.iter().any(|checksum| checksum.algorithm == sent.algorithm && checksum != sent)
        })
    }

    /// Whether the object can only be the one that these parts make.
    fn is_proved_by(&self, head: &Head) -> bool {
        if self.size.is_some_and(|size| size != head.size) || self.contradicts(head) {
            return false;
        }
        // A checksum proves only beside the size; the ETag's MD5 covers every byte of every part.
        (self.size.is_some() && self.same(head).is_some())
            || multipart_e_tag(self.parts).is_some_and(|e_tag| e_tag == head.e_tag)
    }
}

/// Failures after which the object may be there: no answer, or the upload is gone, or the key is taken.
fn may_have_happened(error: &StoreError) -> bool {
    error.is_passing() || error.is("NoSuchUpload") || error.has_status(StatusCode::PRECONDITION_FAILED)
}

/// `md5(md5(part 1) ‖ md5(part 2) …)-N`, where the parts' ETags are MD5s (not under SSE-KMS or SSE-C).
fn multipart_e_tag(parts: &[PartRef]) -> Option<String> {
    let mut whole = Md5::new();
    for part in parts {
        if part.e_tag.len() != 32 {
            return None;
        }
        for pair in part.e_tag.as_bytes().chunks(2) {
            whole.update([u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?]);
        }
    }
    let mut text = String::with_capacity(40);
    for byte in whole.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    (!parts.is_empty()).then(|| format!("{text}-{}", parts.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checksum::Algorithm;

    fn part(number: u32, e_tag: &str) -> PartRef {
        PartRef { number, e_tag: e_tag.into(), checksum: None }
    }

    fn completion<'a>(parts: &'a [PartRef], checksum: Option<&'a Checksum>) -> Completion<'a> {
        Completion { key: "k", upload_id: "u", parts, size: Some(3), send_size: true, checksum, if_none_match: true }
    }

    #[test]
    fn the_e_tag_of_parts_is_the_md5_of_their_md5s() {
        // md5("a"), md5("b"); their concatenation's MD5 from another implementation.
        let parts = [part(1, "0cc175b9c0f1b6a831c399e269772661"), part(2, "92eb5ffee6ae2fec3ad71c777531578f")];
        assert_eq!(multipart_e_tag(&parts).unwrap(), "96e024ba2074fe77e8e965ba43a704be-2");
        assert_eq!(multipart_e_tag(&[part(1, "x")]), None);
        assert_eq!(multipart_e_tag(&[]), None);
    }

    #[test]
    fn proof_needs_the_size_and_nothing_against_it() {
        let parts = [part(1, "0cc175b9c0f1b6a831c399e269772661")];
        let e_tag = multipart_e_tag(&parts).unwrap();
        let checksum = Checksum { algorithm: Algorithm::Crc64Nvme, value: "rosUhgp5mIg=".into() };
        let other = Checksum { algorithm: Algorithm::Crc64Nvme, value: "AAAAAAAAAAA=".into() };
        let head = |size, e_tag: &str, checksums: &[&Checksum]| Head {
            size,
            e_tag: e_tag.into(),
            checksums: checksums.iter().map(|checksum| (*checksum).clone()).collect(),
        };
        let plain = completion(&parts, None);
        assert!(plain.is_proved_by(&head(3, &e_tag, &[&other])));
        assert!(!plain.is_proved_by(&head(4, &e_tag, &[])) && !plain.is_proved_by(&head(3, "x-1", &[])));
        let summed = completion(&parts, Some(&checksum));
        assert!(summed.is_proved_by(&head(3, "", &[&checksum])));
        assert!(!summed.is_proved_by(&head(3, &e_tag, &[&other])) && !summed.is_proved_by(&head(3, "", &[])));
        assert!(!summed.is_proved_by(&head(2, "", &[&checksum])));
    }

    #[test]
    fn the_document_and_headers_say_what_s3_shall_check() {
        let checksum = Checksum { algorithm: Algorithm::Crc64Nvme, value: "rosUhgp5mIg=".into() };
        let mut parts = [part(7, "e")];
        parts[0].checksum = Some(checksum.clone());
        let completion = completion(&parts, Some(&checksum));
        let part = "<Part><PartNumber>7</PartNumber><ETag>&quot;e&quot;</ETag><ChecksumCRC64NVME>rosUhgp5mIg=</ChecksumCRC64NVME></Part>";
        assert!(completion.body().contains(part));
        let names: Vec<_> = completion.headers().into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names.join(" "),
            "content-type x-amz-mp-object-size x-amz-checksum-crc64nvme x-amz-checksum-type if-none-match"
        );
    }
}
