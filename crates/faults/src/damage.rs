//! Checksums and ETags made wrong, in the shape of right ones.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use http::{HeaderName, HeaderValue, Response};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame};

use crate::body::{BoxError, Boxed, full};

/// A longer body passes as it is.
const MAX_BODY: u64 = 1 << 20;
const PREFIX: &str = "x-amz-checksum-";

/// Alters every checksum and ETag of an answer, in its headers and in a short XML body.
pub(crate) async fn checksums(answer: Response<Boxed>) -> Response<Boxed> {
    let (mut parts, body) = answer.into_parts();
    for (name, value) in &mut parts.headers {
        if (*name == ETAG || is_checksum(name))
            && let Ok(wrong) = HeaderValue::from_bytes(&altered(value.as_bytes()))
        {
            *value = wrong;
        }
    }
    let xml =
        parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|it| it.contains("xml"));
    if !xml || body.size_hint().upper().is_some_and(|size| size > MAX_BODY) {
        return Response::from_parts(parts, body);
    }
    match short(body).await {
        Ok(whole) => {
            parts.headers.remove(CONTENT_LENGTH);
            Response::from_parts(parts, full(Bytes::from(altered_xml(&whole))))
        }
        // Its headers are altered all the same.
        Err(long) => Response::from_parts(parts, long.boxed_unsync()),
    }
}

/// The whole body; or, where it turns out too long or breaks off, what was read and what is still to come.
async fn short(mut body: Boxed) -> Result<Vec<u8>, Begun> {
    let mut whole = Vec::new();
    loop {
        match body.frame().await {
            None => return Ok(whole),
            Some(Ok(frame)) => whole.extend_from_slice(frame.data_ref().map_or(&[], |data| data)),
            Some(Err(error)) => return Err(Begun { first: Some(whole.into()), then: Err(Some(error)) }),
        }
        if whole.len() as u64 > MAX_BODY {
            return Err(Begun { first: Some(whole.into()), then: Ok(body) });
        }
    }
}

/// A body of which the beginning was read already; then the rest of it, or the error that ended it.
struct Begun {
    first: Option<Bytes>,
    then: Result<Boxed, Option<BoxError>>,
}

impl Body for Begun {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        match &mut self.then {
            Ok(body) => Pin::new(body).poll_frame(cx),
            Err(error) => Poll::Ready(error.take().map(Err)),
        }
    }
}

/// Checksums proper; `-type` and `-algorithm` say only which.
fn is_checksum(name: &HeaderName) -> bool {
    name.as_str().strip_prefix(PREFIX).is_some_and(|which| !matches!(which, "type" | "algorithm" | "mode"))
}

/// Changes the first letter or digit into another that hexadecimal and base64 both know.
fn altered(value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    if let Some(byte) = value.iter_mut().find(|byte| byte.is_ascii_alphanumeric()) {
        *byte = if *byte == b'0' { b'1' } else { b'0' };
    }
    value
}

/// Does so for the content of `<ETag>` and `<Checksum…>` elements.
fn altered_xml(xml: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(xml.len());
    let mut rest = xml;
    while let Some(open) = rest.iter().position(|byte| *byte == b'<') {
        let Some(close) = rest[open..].iter().position(|byte| *byte == b'>').map(|at| open + at + 1) else { break };
        let name = &rest[open + 1..close - 1];
        out.extend_from_slice(&rest[..close]);
        rest = &rest[close..];
        let checksum = name.starts_with(b"Checksum") && !matches!(name, b"ChecksumType" | b"ChecksumAlgorithm");
        if name == b"ETag" || checksum {
            for quote in [&b"&quot;"[..], b"&#34;", b"\""] {
                if let Some(inner) = rest.strip_prefix(quote) {
                    out.extend_from_slice(quote);
                    rest = inner;
                }
            }
            let end = rest.iter().position(|byte| *byte == b'<').unwrap_or(rest.len());
            out.extend_from_slice(&altered(&rest[..end]));
            rest = &rest[end..];
        }
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sums_change() {
        let xml = "<R><Key>a</Key><ETag>&quot;0ab&quot;</ETag><ChecksumType>FULL</ChecksumType><ChecksumCRC32>Ab==</ChecksumCRC32></R>";
        let wrong = "<R><Key>a</Key><ETag>&quot;1ab&quot;</ETag><ChecksumType>FULL</ChecksumType><ChecksumCRC32>0b==</ChecksumCRC32></R>";
        assert_eq!(String::from_utf8(altered_xml(xml.as_bytes())).expect("text"), wrong);
        for odd in ["", "<", "<ETag>", "<ETag", "<ETag>\"", "a>b<"] {
            assert_eq!(altered_xml(odd.as_bytes()), odd.as_bytes());
        }
        assert_eq!(altered(b"\"9f\""), b"\"0f\"");
        assert!(is_checksum(&HeaderName::from_static("x-amz-checksum-crc32")));
        assert!(!is_checksum(&HeaderName::from_static("x-amz-checksum-type")));
    }
}
