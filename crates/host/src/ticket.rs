//! Proof that this host began an upload, without a table of uploads.
//!
//! S3's upload id goes out with a MAC over key, id and caller behind it. Whoever comes back with a pair that this host
//! did not issue to them is told that there is no such upload. Every instance with the same secret reads the others'
//! tickets, so any number of them can stand behind a balancer.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::ApiError;
use crate::key::check_key;

/// Bytes of the MAC that are sent: 128 bits.
const MAC_BYTES: usize = 16;
/// Those bytes in Base64.
const TAG_CHARS: usize = 22;
/// What a tag takes in front of a key's last segment, with its hyphen.
pub(crate) const KEY_TAG_BYTES: usize = TAG_CHARS + 1;

/// Who asks, where layers around the router know it: uploads are then bound to them.
///
/// Put it into the request's extensions, beside whatever the key function reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub String);

/// Issues and opens tickets.
#[derive(Clone)]
pub(crate) struct Tickets(Hmac<Sha256>);

impl std::fmt::Debug for Tickets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tickets(…)")
    }
}

impl Tickets {
    /// For a secret shared by all instances.
    pub(crate) fn new(secret: &str) -> Self {
        // HMAC takes keys of every length; an empty one stands for the case that cannot be.
        let keyed = |key: &[u8]| Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()));
        // A key of its own, so that no MAC made here could pass for a signature or the other way round.
        let mut derive = keyed(secret.as_bytes());
        derive.update(b"filechute upload ticket 1");
        Self(keyed(&derive.finalize().into_bytes()))
    }

    /// The upload id as callers see it.
    pub(crate) fn issue(&self, key: &str, upload_id: &str, caller: Option<&Caller>) -> String {
        format!("{upload_id}.{}", self.tag(&["upload", key, upload_id, name(caller)]))
    }

    /// S3's upload id out of a ticket. A foreign pair is answered like an upload that is over: nothing can be learned
    /// from it, and a client whose ticket is from before a change of secrets begins anew.
    pub(crate) fn open<'t>(&self, key: &str, ticket: &'t str, caller: Option<&Caller>) -> Result<&'t str, ApiError> {
        let (upload_id, tag) = ticket.rsplit_once('.').ok_or_else(ApiError::no_such_upload)?;
        if check_key(key, crate::MAX_KEY_BYTES).is_err() || !self.is_tag(&["upload", key, upload_id, name(caller)], tag)
        {
            return Err(ApiError::no_such_upload());
        }
        Ok(upload_id)
    }

    /// A key that proves itself, for uploads that the browser begins: there S3 hands out the id, so no tag can
    /// go with it. The tag stands in front of the last segment.
    pub(crate) fn tag_key(&self, key: &str, caller: Option<&Caller>) -> String {
        let (folder, last) = split(key);
        format!("{folder}{}-{last}", self.tag(&["key", key, name(caller)]))
    }

    /// Whether [`Self::tag_key`] made this key for this caller.
    pub(crate) fn is_own_key(&self, tagged: &str, caller: Option<&Caller>) -> bool {
        let (folder, last) = split(tagged);
        let parts = last.split_at_checked(TAG_CHARS).and_then(|(tag, rest)| Some((tag, rest.strip_prefix('-')?)));
        parts.is_some_and(|(tag, rest)| self.is_tag(&["key", &format!("{folder}{rest}"), name(caller)], tag))
    }

    fn mac(&self, fields: &[&str]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for field in fields {
            // Lengths first, so that no two lists of fields read the same.
            mac.update(&(field.len() as u64).to_be_bytes());
            mac.update(field.as_bytes());
        }
        mac
    }

    fn tag(&self, fields: &[&str]) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(&self.mac(fields).finalize().into_bytes()[..MAC_BYTES])
    }

    fn is_tag(&self, fields: &[&str], tag: &str) -> bool {
        let sent = BASE64_URL_SAFE_NO_PAD.decode(tag).ok().filter(|sent| sent.len() == MAC_BYTES);
        sent.is_some_and(|sent| self.mac(fields).verify_truncated_left(&sent).is_ok())
    }
}

fn name(caller: Option<&Caller>) -> &str {
    caller.map_or("", |caller| &caller.0)
}

/// Folder with its slash, and last segment.
fn split(key: &str) -> (&str, &str) {
    key.split_at(key.rfind('/').map_or(0, |slash| slash + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_issued_pair_opens() {
        let (tickets, other) = (Tickets::new("secret"), Tickets::new("other"));
        let ann = Caller("ann".into());
        let ticket = tickets.issue("u/k", "id.with~odd_/+=", Some(&ann));
        assert_eq!(Tickets::new("secret").open("u/k", &ticket, Some(&ann)).unwrap(), "id.with~odd_/+=");
        assert!(other.open("u/k", &ticket, Some(&ann)).is_err());
        assert!(tickets.open("u/l", &ticket, Some(&ann)).is_err());
        assert!(tickets.open("u/k", &ticket, None).is_err());
        assert!(tickets.open("u/k", &ticket, Some(&Caller("bob".into()))).is_err());
        for cut in ["", ".", "id", "id.", "id.AAAA", &ticket[..ticket.len() - 1], &format!("x{ticket}")] {
            assert_eq!(tickets.open("u/k", cut, Some(&ann)).unwrap_err().status().as_u16(), 404, "{cut}");
        }
    }

    #[test]
    fn keys_prove_themselves() {
        let tickets = Tickets::new("secret");
        for key in ["a/b/ü.png", "x", "a/"] {
            let tagged = tickets.tag_key(key, None);
            assert_eq!(tagged.len(), key.len() + KEY_TAG_BYTES);
            assert!(tickets.is_own_key(&tagged, None) && !tickets.is_own_key(key, None));
            assert!(!tickets.is_own_key(&tagged, Some(&Caller("bob".into()))));
            assert!(!tickets.is_own_key(&format!("z{tagged}"), None));
        }
        assert!(!tickets.is_own_key("ü".repeat(30).as_str(), None));
    }
}
