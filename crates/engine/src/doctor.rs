//! The presign doctor: names the cause and the cure of a wrong set-up, for the developer of the site.
//!
//! [`inspect`] reads an address, its headers and its policy before a byte is sent; [`explain`] looks at the same things
//! again when an upload failed. Both are pure, and neither judges: only the few findings that no store can be happy with
//! are `fatal`. What they say may stand on a console, so it never holds a query, a signature, a policy's text or the value
//! of a field or header: names, numbers and origins only.

use alloc::string::String;

use crate::{
    Failure, Kind, Method, UploadParameters,
    checks::{CHECKS, Case, REGION_OF_THE_BUCKET, cors, policy_text, wanted_region},
    text::{cut_at, split},
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
    /// What it is, within its kind: the code of the failure when it is fatal. `known` where the failure's own says it.
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
    /// From a text `cause|fix`, in both of which `value` stands for each `%`.
    pub(crate) fn new(code: &'static str, text: &str, value: &str) -> Self {
        let (cause, fix) = cut_at(text, b'|').unwrap_or((text, ""));
        Self { kind: Kind::Config, code, cause: fill(cause, value), fix: fill(fix, value), fatal: false, limit: None }
    }

    /// Cause and fix in one line.
    #[must_use]
    pub fn text(&self) -> String {
        [&*self.cause, ": ", &*self.fix].concat()
    }
}

/// Looks at upload parameters before anything is sent. The worst finding, or `None`.
#[must_use]
pub fn inspect(parameters: &UploadParameters, sent: Sent<'_>) -> Option<Advice> {
    let policy = policy_text(parameters);
    let case = Case::new(parameters, sent, policy.as_deref(), ("", 0));
    CHECKS.iter().find_map(|check| check(&case))
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
    let code = &*failure.code;
    let policy = policy_text(parameters);
    let case = Case::new(parameters, sent, policy.as_deref(), (code, waited_ms));
    if failure.status == 0 {
        return (silent && listed("error;cors", code)).then(|| cors(&case));
    }
    // What the store says is surer than what can be guessed.
    if let Some(region) = wanted_region(&failure.message) {
        return row("region_redirect", parameters.method, region);
    }
    let asks = matches!(failure.status, 301 | 307 | 400 | 403 | 413);
    let found = if asks { CHECKS.iter().find_map(|check| check(&case)) } else { None };
    found.or_else(|| known(code, parameters.method))
}

/// What is known of a failure by its code alone.
#[must_use]
pub fn known(code: &str, method: Method) -> Option<Advice> {
    row(code, method, REGION_OF_THE_BUCKET)
}

fn row(code: &str, method: Method, region: &str) -> Option<Advice> {
    if method == Method::Post && listed("MethodNotAllowed;NotImplemented;405;501", code) {
        return Some(Advice::new("known", "the store takes no POST forms (R2 never does)|sign a PUT", ""));
    }
    split(KNOWN, b'\n').find_map(|row| {
        let (codes, text) = cut_at(row, b'|')?;
        listed(codes, code).then(|| Advice::new("known", text, region))
    })
}

/// Whether `word` stands in a list by semicolons.
pub(crate) fn listed(list: &str, word: &str) -> bool {
    split(list, b';').any(|one| one == word)
}

/// The text with `value` for each `%`.
fn fill(mut text: &str, value: &str) -> String {
    let mut out = String::new();
    while let Some((before, after)) = cut_at(text, b'%') {
        out.extend([before, value]);
        text = after;
    }
    out.push_str(text);
    out
}

/// Codes; cause; fix. The first row that fits counts. Codes whose own message says it all are not
/// here: what S3 wrote stands in the failure's message. One text and not a table: that has an address for each of its words.
const KNOWN: &str = "\
AccessControlListNotSupported|the bucket has ACLs turned off|sign without acl and x-amz-acl, or turn ACLs on (Object Ownership)
region_redirect;AuthorizationHeaderMalformed;IllegalLocationConstraintException|\
the bucket is in another region than was signed for|sign for region %, on AWS at https://BUCKET.s3.%.amazonaws.com
SignatureDoesNotMatch|what was sent is not what was signed|\
sign method, path and headers as they are sent, Content-Type first, a content-length exactly; check the secret key; \
a proxy has to pass Host on
RequestTimeTooSkewed;RequestInTheFuture|the clocks of signer and store differ|set the signer's clock by NTP
expired|the upload permission ended too early|sign for longer, with credentials that live longer; check the signer's clock
AccessDenied;403|the signer's credentials may not write this object|\
allow s3:PutObject, for an ACL s3:PutObjectAcl (a public one meets Block Public Access), for KMS kms:GenerateDataKey
InvalidAccessKeyId;InvalidToken|the store does not know the signer's access key or session token|\
check both, and the endpoint
NoSuchBucket;InvalidBucketName|the store has no bucket of this name|\
check name, region and endpoint; MinIO wants the bucket in the path (forcePathStyle)
InvalidArgument;InvalidRequest;NotImplemented;501|the store does not take a header, field or value that was signed|\
sign without what its message names (checksum, ACL, tags); object lock wants a checksum, KMS Signature Version 4
OperationAborted;ConditionalRequestConflict|another upload writes to this key|give each file a key of its own
MetadataTooLarge|the x-amz-meta- headers are over 2 KB|sign fewer, or set allowedMetaFields
KeyTooLongError|the key is over 1024 bytes|shorten file names where keys are made
EntityTooLarge|the store, or a proxy before it, takes no files of this size|\
raise the proxy's limit (nginx: client_max_body_size), or upload in parts
etag_mismatch|the ETag is not the MD5 of the bytes|\
if the bucket encrypts by KMS or customer keys, whose ETags are no MD5, set another checksum
etag_hidden|the browser may not read the ETag of the parts|add \"ExposeHeaders\": [\"ETag\"] to the bucket's CORS rule";
