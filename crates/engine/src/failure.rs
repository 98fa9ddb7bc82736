//! Why an attempt failed and what follows from it.

use alloc::{borrow::ToOwned, string::String};

use crate::Advice;

/// Whose fault it is, roughly: the part before the dot of an error's full code (`network.stall`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The line: offline, reset, stall, no answer.
    Network,
    /// S3 answered and said no; the code is S3's own.
    S3,
    /// The host or callback that hands out upload parameters.
    Sign,
    /// The site is set up wrongly: nothing the person can do.
    Config,
    /// The file on the person's disk.
    File,
    /// The bytes at the store are not the file's, or were not on their way.
    Integrity,
    /// The file breaks a rule of this uploader.
    Restriction,
    /// A bug of ours.
    Internal,
}

impl Kind {
    /// The name JavaScript sees as `error.kind`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::S3 => "s3",
            Self::Sign => "sign",
            Self::Config => "config",
            Self::File => "file",
            Self::Integrity => "integrity",
            Self::Restriction => "restriction",
            Self::Internal => "internal",
        }
    }
}

/// What the retry loop does about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Same step again after the next delay.
    Retry,
    /// As [`Class::Retry`], and fewer requests at once for all files.
    Slow,
    /// Fresh parameters at once; the first such failure of an attempt costs no retry.
    Resign,
    /// Stop and tell.
    Final,
}

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Whose fault it is.
    pub kind: Kind,
    /// What happened, within its kind: `stall`, `AccessDenied`, `header.x-amz-acl`.
    pub code: String,
    /// HTTP status, or 0 when there was no readable answer.
    pub status: u16,
    /// For developers: short, lower case, no full stop, never a presigned URL. May quote the host or S3, so it is text,
    /// never markup.
    pub message: String,
    /// What the retry loop does about it.
    pub class: Class,
    /// What the answer asked to wait, in milliseconds (RFC 9110 `Retry-After`).
    pub retry_after_ms: u64,
    /// For developers: the likely cause and its cure, where one is known, else empty. Never a credential.
    pub help: String,
    /// The size in bytes that would have been taken, where a file was refused for its size and that is known.
    pub limit: Option<u64>,
}

impl Failure {
    /// A failure without an HTTP status.
    #[must_use]
    pub fn new(kind: Kind, code: &str, class: Class, message: &str) -> Self {
        let (code, message, help) = (code.to_owned(), message.to_owned(), String::new());
        Self { kind, code, status: 0, message, class, retry_after_ms: 0, help, limit: None }
    }

    /// The same failure with the HTTP status it came with.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same failure with what is known about its cause. A sure finding takes its place, and no retry follows.
    #[must_use]
    pub fn with_advice(mut self, advice: Advice) -> Self {
        self.help = advice.text();
        if self.message.is_empty() {
            self.message = advice.cause;
        }
        if advice.fatal {
            (self.kind, self.class, self.limit) = (advice.kind, Class::Final, advice.limit);
            advice.code.clone_into(&mut self.code);
        }
        self
    }

    /// The same failure once fresh parameters did not help: a signature that never holds is how the site is set up, and
    /// no person can wait it out.
    pub(crate) fn lasting(mut self) -> Self {
        let code = match self.code.as_str() {
            "SignatureDoesNotMatch" => "signature",
            "RequestTimeTooSkewed" | "RequestInTheFuture" => "clock",
            _ => return self,
        };
        if self.kind == Kind::S3 {
            (self.kind, self.class) = (Kind::Config, Class::Final);
            code.clone_into(&mut self.code);
        }
        self
    }

    /// Whether it makes sense to offer a person the button "Retry".
    #[must_use]
    pub fn retryable(&self) -> bool {
        match self.kind {
            // A diagnosis: a store that is only down looks the same, and comes back.
            Kind::Config => self.code == "cors",
            Kind::File => false,
            // What was missing may be filled in by now.
            Kind::Restriction => self.code.starts_with("meta."),
            Kind::Network | Kind::Internal | Kind::Integrity => true,
            // What has ended for good may be begun anew: by a person who has looked what is there, not by itself.
            Kind::S3 | Kind::Sign => {
                self.class != Class::Final || matches!(self.code.as_str(), "Unconfirmed" | "NoSuchUpload")
            }
        }
    }

    /// Whether `kind.code` is this failure.
    #[must_use]
    pub fn is(&self, kind: Kind, code: &str) -> bool {
        self.kind == kind && self.code == code
    }
}

/// For developers: `network.stall: no progress`. What a person is told is another text.
impl core::fmt::Display for Failure {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}.{}: {}", self.kind.name(), self.code, self.message)
    }
}

impl core::error::Error for Failure {}

/// A source of upload parameters that failed in its own words, addresses in them without their query: tried again like a
/// network error.
impl From<&str> for Failure {
    fn from(message: &str) -> Self {
        Self::new(Kind::Sign, "callback", Class::Retry, &crate::quote(message))
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::from(message.as_str())
    }
}
