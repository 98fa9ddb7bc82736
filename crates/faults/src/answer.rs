//! The answers that a fault gives by itself, as plain data: the proxy sends them, a simulation can hand them to an engine.

use jiff::{SignedDuration, Timestamp};

use crate::Fault;

/// One answer, complete.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Header names in lower case, and values. Without CORS headers and `content-length`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The answer of this fault at this time of the true clock; none if it breaks the exchange in another way.
    ///
    /// Also none for [`Fault::HugeAnswer`], which is a stream.
    pub fn of(fault: &Fault, now: Timestamp) -> Option<Self> {
        Some(match fault {
            Fault::Status { status, headers, body, content_type } => {
                let typed = content_type.iter().map(|value| ("content-type".to_owned(), value.clone()));
                let more = headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
                Self { status: *status, headers: typed.chain(more).collect(), body: body.clone().into_bytes() }
            }
            Fault::SlowDown { retry_after } => {
                let wait = retry_after.map(|seconds| ("retry-after", seconds.to_string()));
                Self::error(503, "SlowDown", "Please reduce your request rate.", "").with(wait)
            }
            Fault::Expired {} => {
                let expires = iso(now.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(now));
                let detail = format!("<Expires>{expires}</Expires><ServerTime>{}</ServerTime>", iso(now));
                Self::error(403, "AccessDenied", "Request has expired", &detail)
            }
            Fault::Skewed { offset_seconds } => {
                let there = now.saturating_add(SignedDuration::from_secs((*offset_seconds).into())).unwrap_or(now);
                let detail = format!(
                    "<RequestTime>{}</RequestTime><ServerTime>{}</ServerTime>\
                     <MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>",
                    now.strftime("%Y%m%dT%H%M%SZ"),
                    iso(there)
                );
                let text = "The difference between the request time and the current time is too large.";
                let date = there.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
                Self::error(403, "RequestTimeTooSkewed", text, &detail).with(Some(("date", date)))
            }
            Fault::Denied {} => Self::error(403, "AccessDenied", "Access Denied", ""),
            Fault::InternalError {} => Self::error(500, "InternalError", INTERNAL, ""),
            Fault::OkWithError { code } => Self::error(200, code, INTERNAL, ""),
            Fault::Empty200 {} => Self { status: 200, ..Self::default() },
            Fault::Redirect { location, status } => {
                Self { status: *status, ..Self::default() }.with(Some(("location", location.clone())))
            }
            Fault::Garbage { seed, bytes } => Self { status: 200, headers: Vec::new(), body: noise(*seed, *bytes) }
                .with(Some(("content-type", "application/json".to_owned()))),
            Fault::Html {} => Self { status: 200, headers: Vec::new(), body: PAGE.as_bytes().to_vec() }
                .with(Some(("content-type", "text/html; charset=utf-8".to_owned()))),
            Fault::Stall { .. }
            | Fault::Reset { .. }
            | Fault::Delay { .. }
            | Fault::Slow { .. }
            | Fault::Silence { .. }
            | Fault::LostAnswer {}
            | Fault::Truncate { .. }
            | Fault::NoCors {}
            | Fault::HideEtag {}
            | Fault::WrongChecksum {}
            | Fault::HugeAnswer { .. } => return None,
        })
    }

    /// S3's error document, <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
    fn error(status: u16, code: &str, message: &str, detail: &str) -> Self {
        let code = code.replace('&', "&amp;").replace('<', "&lt;");
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
             {detail}<RequestId>FAULT00000000000</RequestId><HostId>faults</HostId></Error>"
        );
        Self { status, headers: Vec::new(), body: body.into_bytes() }
            .with(Some(("content-type", "application/xml".to_owned())))
            .with(Some(("x-amz-request-id", "FAULT00000000000".to_owned())))
    }

    fn with(mut self, header: Option<(&str, String)>) -> Self {
        self.headers.extend(header.map(|(name, value)| (name.to_owned(), value)));
        self
    }
}

const INTERNAL: &str = "We encountered an internal error. Please try again.";

const PAGE: &str = "<!doctype html>\n<html lang=\"en\"><head><title>Sign in</title></head>\
                    <body><h1>Sign in</h1><form><input name=\"user\"></form></body></html>\n";

fn iso(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// SplitMix64: small, and the same everywhere and for ever, which a crate's generator does not promise.
fn noise(seed: u64, bytes: u32) -> Vec<u8> {
    let mut state = seed;
    let mut words = std::iter::from_fn(move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Some(word ^ (word >> 31))
    });
    let bytes = bytes as usize;
    words.by_ref().take(bytes.div_ceil(8)).flat_map(u64::to_le_bytes).take(bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(fault: &Fault) -> String {
        let now = Timestamp::from_second(1_700_000_000).expect("in range");
        String::from_utf8(Answer::of(fault, now).expect("answers itself").body).expect("text")
    }

    #[test]
    fn expired_and_skewed_tell_the_times() {
        let expired = text(&Fault::Expired {});
        assert!(expired.contains("<Message>Request has expired</Message>"), "{expired}");
        assert!(
            expired.contains("<Expires>2023-11-14T22:13:19Z</Expires><ServerTime>2023-11-14T22:13:20Z<"),
            "{expired}"
        );
        let skewed = Fault::Skewed { offset_seconds: -3600 };
        assert!(text(&skewed).contains("<RequestTime>20231114T221320Z<"), "{}", text(&skewed));
        let answer = Answer::of(&skewed, Timestamp::from_second(1_700_000_000).expect("in range")).expect("answers");
        assert!(answer.headers.contains(&("date".into(), "Tue, 14 Nov 2023 21:13:20 GMT".into())), "{answer:?}");
    }

    #[test]
    fn noise_follows_its_seed() {
        assert_eq!(noise(7, 100), noise(7, 100));
        assert_ne!(noise(7, 100), noise(8, 100));
        // The published first output of SplitMix64 for seed 0.
        assert_eq!(noise(0, 8), 0xe220_a839_7b1d_cdaf_u64.to_le_bytes());
        assert_eq!(noise(1, 13).len(), 13);
        assert!(std::str::from_utf8(&noise(0, 64)).is_err());
    }

    #[test]
    fn a_code_cannot_break_the_document() {
        assert!(text(&Fault::OkWithError { code: "<&".into() }).contains("<Code>&lt;&amp;</Code>"));
    }
}
