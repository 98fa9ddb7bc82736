//! The presign doctor: names the cause and the cure of a wrong set-up, for the developer of the site.
//!
//! [`inspect`] reads an address, its headers and its policy before a byte is sent; [`explain`] looks at the same things
//! again when an upload failed. Both are pure, and neither judges: only the few findings that no store can be happy with
//! are `fatal`. What they say may stand on a console, so it never holds a query, a signature, a policy's text or the value
//! of a field or header: names, numbers and origins only.

use alloc::{string::String, vec::Vec};

use crate::{
    Class, Failure, Kind, Method, UploadParameters,
    checks::{CHECKS, Case, cors},
};

/// The page that uploads, and the time it had when the parameters came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// `location.origin`; empty where there is none.
    pub origin: String,
    /// Whether it came over https.
    pub secure: bool,
    /// Milliseconds since 1970 by the clock of the device, which may be wrong. `None` when unknown.
    pub unix_ms: Option<u64>,
}

/// What is sent, or is about to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent<'a> {
    /// Bytes of the file, or of the part.
    pub size: u64,
    /// Its type: the browser sends it as `Content-Type` where no header says another. Empty for parts.
    pub mime: &'a str,
}

/// A finding: what is wrong and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// `s3` where the store would say the same, else `config`.
    pub kind: Kind,
    /// What it is, within its kind: the code of the failure when it is fatal.
    pub code: &'static str,
    /// What is wrong: short, lower case, no full stop.
    pub cause: String,
    /// What to do about it.
    pub fix: String,
    /// No retry can help, and nothing should be sent.
    pub fatal: bool,
    /// The size that would have been taken, in bytes, where that is the point.
    pub limit: Option<u64>,
}

impl Advice {
    pub(crate) fn new(code: &'static str, cause: &[&str], fix: &[&str]) -> Option<Self> {
        let (cause, fix) = (cause.concat(), fix.concat());
        Some(Self { kind: Kind::Config, code, cause, fix, fatal: false, limit: None })
    }

    pub(crate) fn fatal(self, fatal: bool) -> Self {
        Self { fatal, ..self }
    }

    /// Cause and fix in one line.
    #[must_use]
    pub fn text(&self) -> String {
        [&*self.cause, ": ", &*self.fix].concat()
    }

    /// The advice as the reason not to send.
    pub(crate) fn refusal(&self) -> Failure {
        let failure = Failure::new(self.kind, self.code, Class::Final, &self.cause);
        Failure { help: self.text(), limit: self.limit, ..failure }
    }
}

/// Looks at upload parameters before anything is sent. The worst finding, or `None`.
#[must_use]
pub fn inspect(parameters: &UploadParameters, sent: Sent<'_>) -> Option<Advice> {
    let case = Case::new(parameters, sent, None);
    let mut found: Vec<Advice> = CHECKS.iter().filter_map(|(check, _)| check(&case)).collect();
    let worst = found.iter().position(|advice| advice.fatal).unwrap_or(0);
    (worst < found.len()).then(|| found.swap_remove(worst))
}

/// Looks for the cause of a failure, `waited_ms` after the parameters came. `silent` says that the address' origin never
/// answered this page, which is how a missing CORS rule looks.
#[must_use]
pub fn explain(
    parameters: &UploadParameters,
    failure: &Failure,
    sent: Sent<'_>,
    waited_ms: u64,
    silent: bool,
) -> Option<Advice> {
    let code = failure.code.as_str();
    let refused = silent && failure.status == 0 && matches!(failure.kind, Kind::Network | Kind::Config);
    if !refused && failure.status == 0 {
        return None;
    }
    let case = Case::new(parameters, sent, Some(waited_ms));
    let mut hit = CHECKS.iter().filter(|(_, codes)| listed(codes, if refused { "0" } else { code }));
    let found = hit.find_map(|(check, _)| check(&case));
    match found {
        Some(found) if !refused => {
            // Now it is sure: the store compared it.
            let refuted = found.code == "empty_checksum" && listed("BadDigest XAmzContentChecksumMismatch", code);
            Some(found.fatal(refuted))
        }
        found => {
            let mut advice = if refused { cors(&case) } else { known(code, parameters.method) }?;
            if let Some(found) = found {
                advice.fix = [&*found.text(), "; or ", &*advice.fix].concat();
            }
            Some(advice)
        }
    }
}

/// What is known of a failure by its code alone.
#[must_use]
pub fn known(code: &str, method: Method) -> Option<Advice> {
    let (_, name, cause, fix) = KNOWN
        .iter()
        .filter(|(only, ..)| only.is_none_or(|only| only == method))
        .find(|(_, codes, ..)| listed(codes, code))?;
    let name = name.split(' ').next().unwrap_or_default();
    Advice::new(name, &[cause], &[fix])
}

/// Whether `word` stands in a list by spaces.
pub(crate) fn listed(list: &str, word: &str) -> bool {
    list.split(' ').any(|one| one == word)
}

type Known = (Option<Method>, &'static str, &'static str, &'static str);

/// Codes, cause and fix; the first row that fits counts.
const KNOWN: [Known; 14] = [
    (
        None,
        "AccessControlListNotSupported",
        "the bucket has ACLs turned off, but the upload asks for one",
        "sign without acl and x-amz-acl, or turn ACLs on (Object Ownership)",
    ),
    (
        None,
        "region_redirect AuthorizationHeaderMalformed IllegalLocationConstraintException",
        "the bucket is in another region, or at another endpoint, than was signed for",
        "sign for https://BUCKET.s3.REGION.amazonaws.com with the bucket's own region",
    ),
    (
        None,
        "AuthorizationQueryParametersError",
        "the store cannot read the signature's parameters",
        "sign with AWS Signature 4, the store's region and at most 604800 seconds",
    ),
    (
        None,
        "SignatureDoesNotMatch",
        "what was sent is not what was signed",
        "sign method, path and every header as they are sent, Content-Type first; check the signer's secret key",
    ),
    (
        None,
        "RequestTimeTooSkewed RequestInTheFuture",
        "the clocks of signer and store differ",
        "set the signer's clock by NTP",
    ),
    (
        None,
        "expired",
        "the address or policy ended before the upload began",
        "sign for longer and just before the upload, do not cache; check the signer's clock and the life of its credentials",
    ),
    (
        None,
        "policy InvalidPolicyDocument PolicyViolation",
        "the form does not meet its policy",
        "give every field a condition that its value meets",
    ),
    (
        None,
        "EntityTooLarge EntityTooSmall",
        "the store does not take files of this size",
        "raise content-length-range in the policy, or restrict sizes in the uploader",
    ),
    (
        Some(Method::Post),
        "MethodNotAllowed NotImplemented 405 501",
        "the store takes no POST forms here (R2 never does)",
        "sign a PUT, or post to the bucket's own address",
    ),
    (
        None,
        "NotImplemented InvalidArgument InvalidRequest 501",
        "the store does not take a header or field of this upload",
        "read error.detail; leave out acl, tagging and x-amz-checksum-* where the store does not know them",
    ),
    (
        None,
        "AccessDenied 403 AllAccessDisabled",
        "the signer's credentials may not write this object",
        "allow s3:PutObject on the bucket's objects (s3:PutObjectAcl where an ACL is sent); look for a Deny",
    ),
    (
        None,
        "InvalidAccessKeyId InvalidToken InvalidSecurity",
        "the store does not know the credentials that signed",
        "check the signer's access key, session token and endpoint",
    ),
    (None, "NoSuchBucket 404", "there is no such bucket at this address", "check the signer's bucket and endpoint"),
    (
        None,
        "etag_hidden",
        "the browser may not read the ETag of the parts",
        "add \"ExposeHeaders\": [\"ETag\"] to the bucket's CORS rule",
    ),
];
