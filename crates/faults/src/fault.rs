//! The names of everything that can go wrong on request. Data only: the proxy and a simulation both act on it.

use serde::{Deserialize, Serialize};

/// One way to break an exchange, as it is written in a rule: `{"kind": "stall", "afterBytes": 65536}`.
///
/// Byte counts on a live socket are rounded up to the next chunk read from it (at most 128 KiB).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Fault {
    /// Reads that much of the request body, then nothing more; never answers. Nothing is forwarded.
    Stall {
        /// Bytes of the body read first; a shorter body is read whole.
        #[serde(default)]
        after_bytes: u64,
    },
    /// Reads that much of the request body, then resets the connection. Nothing is forwarded.
    Reset {
        /// Bytes of the body read first; a shorter body is read whole.
        #[serde(default)]
        after_bytes: u64,
        /// Then waits that long: a line that is down is rarely told at once, a server that refuses is.
        #[serde(default)]
        after_ms: u64,
    },
    /// Waits before forwarding, then behaves.
    Delay {
        /// How long.
        ms: u64,
    },
    /// Forwards at a limited pace, by reading the request body slowly.
    ///
    /// Browsers count what lies in socket buffers as sent: some megabytes are credited at once.
    Slow {
        /// The pace, at least 1.
        bytes_per_second: u64,
    },
    /// Reads the whole request, then says nothing for ever.
    Silence {
        /// Whether the request reaches the server (then its answer is lost).
        #[serde(default = "yes")]
        forward: bool,
    },
    /// Forwards, waits for the server's whole answer, then resets the connection instead of passing it on.
    LostAnswer {},
    /// Passes the answer on up to that many bytes of its body, then resets the connection.
    ///
    /// An answer that is no longer than that loses its `Content-Length`, so that the client still misses the end.
    Truncate {
        /// Bytes of the answer's body that get through.
        #[serde(default)]
        bytes: u64,
        /// Leaves the connection open instead: an answer that never ends.
        #[serde(default)]
        hold: bool,
    },
    /// Forwards, and strips every `Access-Control-*` header from the answer.
    NoCors {},
    /// Forwards, and takes `ETag` off the answer's exposed headers.
    HideEtag {},
    /// Forwards, and alters the checksums and the ETag of the answer, in its headers and in a short XML body.
    WrongChecksum {},
    /// Answers by itself.
    Status {
        /// 200 to 599.
        status: u16,
        /// Added to the answer, after everything else.
        #[serde(default)]
        headers: std::collections::BTreeMap<String, String>,
        /// The body as text.
        #[serde(default)]
        body: String,
        /// `Content-Type` of the body, left away when missing.
        #[serde(default)]
        content_type: Option<String>,
    },
    /// 503 `SlowDown`.
    SlowDown {
        /// `Retry-After` in seconds.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// 403 `AccessDenied` with "Request has expired".
    Expired {},
    /// 403 `RequestTimeTooSkewed`, by a server whose clock (`Date` header and XML) is off.
    Skewed {
        /// The server's clock minus the true one.
        #[serde(default = "an_hour")]
        offset_seconds: i32,
    },
    /// 403 `AccessDenied`.
    Denied {},
    /// 500 `InternalError`.
    InternalError {},
    /// 200 whose body is an `<Error>`, as CompleteMultipartUpload may answer.
    OkWithError {
        /// The code inside.
        #[serde(default = "internal_error")]
        code: String,
    },
    /// 200 without a body.
    #[serde(rename = "empty-200")]
    Empty200 {},
    /// A redirect to somewhere else.
    Redirect {
        /// The `Location`.
        location: String,
        /// The status.
        #[serde(default = "temporary")]
        status: u16,
    },
    /// 200 with a body of white space, which is a valid beginning of JSON and of XML alike.
    HugeAnswer {
        /// Its size; `null` or missing: endless.
        #[serde(default)]
        bytes: Option<u64>,
    },
    /// 200 `application/json` whose bytes are noise.
    Garbage {
        /// The same seed gives the same bytes.
        #[serde(default)]
        seed: u64,
        /// How many, at most 1 MiB.
        #[serde(default = "kibibyte")]
        bytes: u32,
    },
    /// 200 with a web page, as a login wall or a development server's fallback gives.
    Html {},
}

impl Fault {
    /// Every name, in the order of the enum.
    pub const KINDS: [&'static str; 22] = [
        "stall",
        "reset",
        "delay",
        "slow",
        "silence",
        "lost-answer",
        "truncate",
        "no-cors",
        "hide-etag",
        "wrong-checksum",
        "status",
        "slow-down",
        "expired",
        "skewed",
        "denied",
        "internal-error",
        "ok-with-error",
        "empty-200",
        "redirect",
        "huge-answer",
        "garbage",
        "html",
    ];

    /// The name, as in the `kind` of a rule.
    pub const fn kind(&self) -> &'static str {
        let index = match self {
            Self::Stall { .. } => 0,
            Self::Reset { .. } => 1,
            Self::Delay { .. } => 2,
            Self::Slow { .. } => 3,
            Self::Silence { .. } => 4,
            Self::LostAnswer {} => 5,
            Self::Truncate { .. } => 6,
            Self::NoCors {} => 7,
            Self::HideEtag {} => 8,
            Self::WrongChecksum {} => 9,
            Self::Status { .. } => 10,
            Self::SlowDown { .. } => 11,
            Self::Expired {} => 12,
            Self::Skewed { .. } => 13,
            Self::Denied {} => 14,
            Self::InternalError {} => 15,
            Self::OkWithError { .. } => 16,
            Self::Empty200 {} => 17,
            Self::Redirect { .. } => 18,
            Self::HugeAnswer { .. } => 19,
            Self::Garbage { .. } => 20,
            Self::Html {} => 21,
        };
        Self::KINDS[index]
    }

    /// What serde's types cannot say: ranges.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self {
            Self::Status { status, .. } if !(200..600).contains(status) => {
                Err(format!("status {status} is not 200 to 599"))
            }
            Self::Status { headers, content_type, .. } => {
                let typed = content_type.iter().map(|value| ("contentType", value));
                let more = headers.iter().map(|(name, value)| (name.as_str(), value));
                typed.chain(more).try_for_each(|(name, value)| check_header(name, value))
            }
            Self::Redirect { location, .. } if location.bytes().any(|byte| byte.is_ascii_control()) => {
                Err("location has control characters".to_owned())
            }
            Self::Redirect { status, .. } if !(300..400).contains(status) => {
                Err(format!("status {status} is not a redirect"))
            }
            Self::Slow { bytes_per_second: 0 } => Err("bytesPerSecond is 0".to_owned()),
            Self::Garbage { bytes, .. } if *bytes > 1 << 20 => Err(format!("{bytes} bytes of garbage are over 1 MiB")),
            _ => Ok(()),
        }
    }
}

fn check_header(name: &str, value: &str) -> Result<(), String> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(format!("{name:?} is not a header name"));
    }
    // The framing belongs to the proxy; `truncate` is the way to break it.
    if ["content-length", "transfer-encoding", "connection"].iter().any(|framing| name.eq_ignore_ascii_case(framing)) {
        return Err(format!("{name} cannot be set"));
    }
    if value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
        return Err(format!("the value of {name} has control characters"));
    }
    Ok(())
}

const fn yes() -> bool {
    true
}

const fn an_hour() -> i32 {
    3600
}

const fn temporary() -> u16 {
    307
}

const fn kibibyte() -> u32 {
    1024
}

fn internal_error() -> String {
    "InternalError".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_kind_parses_and_names_itself() {
        for kind in Fault::KINDS {
            let mut written = json!({ "kind": kind });
            match kind {
                "delay" => written["ms"] = json!(1),
                "slow" => written["bytesPerSecond"] = json!(1),
                "status" => written["status"] = json!(418),
                "redirect" => written["location"] = json!("http://127.0.0.1:1/"),
                _ => {}
            }
            let fault: Fault = serde_json::from_value(written).expect(kind);
            assert_eq!(fault.kind(), kind);
            assert_eq!(fault.check(), Ok(()));
            assert_eq!(serde_json::to_value(&fault).expect(kind)["kind"], kind);
        }
    }

    #[test]
    fn the_readme_lists_every_kind() {
        let readme = include_str!("../README.md");
        for kind in Fault::KINDS {
            assert_eq!(readme.matches(&format!("\n| `{kind}` |")).count(), 1, "{kind}");
        }
    }

    #[test]
    fn a_misspelt_field_is_refused() {
        for wrong in [
            json!({ "kind": "stall", "after_bytes": 1 }),
            json!({ "kind": "html", "body": "" }),
            json!({ "kind": "sta11" }),
        ] {
            assert!(serde_json::from_value::<Fault>(wrong.clone()).is_err(), "{wrong}");
        }
        let answer = |status, content_type: Option<&str>| {
            let content_type = content_type.map(str::to_owned);
            Fault::Status { status, headers: [].into(), body: String::new(), content_type }.check()
        };
        assert!(answer(99, None).is_err());
        assert!(answer(200, Some("a\nb")).unwrap_err().contains("contentType"));
        assert_eq!(answer(200, Some("text/plain; charset=utf-8")), Ok(()));
    }
}
