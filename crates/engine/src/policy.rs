//! A tolerant reader of POST policies (AWS, "Creating a POST policy",
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html>), for the doctor alone.
//!
//! Not the judge of a policy: the store is. One pass over the text without a tree, since this ships to the browser: a
//! policy is a flat list of small groups of words. What cannot be read is not there, and nothing is claimed about it. A
//! policy is a credential: nothing of its text leaves this file but names, sizes and whether a value fits.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::text::{has, without_start};

/// Longest policy read, in Base64; a whole form has at most 20 KB.
const MAX_LENGTH: usize = 20 * 1024;
/// Deepest nesting read: the policy, its conditions, one of them.
const MAX_DEPTH: usize = 3;

/// What a POST policy asks for.
#[derive(Default)]
pub(crate) struct Policy<'a> {
    /// `expiration` in milliseconds since 1970.
    pub(crate) expires_unix_ms: Option<u64>,
    /// Least and most bytes of the file, by all its `content-length-range`s.
    pub(crate) size: Option<(u64, u64)>,
    /// Conditions on fields.
    pub(crate) conditions: Vec<Condition<'a>>,
    /// It holds a condition that was not understood.
    pub(crate) odd: bool,
}

/// One condition on a field.
pub(crate) struct Condition<'a> {
    /// The field's name, in any case, without `$`.
    pub(crate) field: &'a str,
    prefix: bool,
    value: &'a str,
}

impl Condition<'_> {
    /// Whether the value of a field meets the condition; yes where nobody here knows.
    pub(crate) fn takes(&self, value: &str) -> bool {
        // The store fills in the name, and checks a list of types one by one. Escapes are not resolved here.
        crate::holds(value, "${filename}")
            || has(self.value, b'\\')
            || if self.prefix { has(value, b',') || value.starts_with(self.value) } else { value == self.value }
    }
}

impl<'a> Policy<'a> {
    /// Reads what [`decode`] made of a `policy` field; `None` where it is nothing like a policy.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let mut policy = Self::default();
        let mut words: Vec<&str> = Vec::new();
        let (mut depth, mut start, mut quoted) = (0_usize, 0, false);
        for (end, byte) in text.bytes().enumerate() {
            let in_word = byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
            if if quoted { byte != b'"' } else { in_word } {
                continue;
            }
            let word = text.get(start..end)?;
            start = end.saturating_add(1);
            // An escaped quote: what is a word and what is not can no longer be told.
            if word.ends_with('\\') {
                return None;
            }
            // Bare ones are numbers, or `null` and its like.
            if quoted || !word.is_empty() {
                if depth == 1 && words.last() == Some(&"expiration") {
                    policy.expires_unix_ms = unix_ms(word);
                }
                words.push(word);
            }
            match byte {
                b'"' => quoted = !quoted,
                b'[' | b'{' => {
                    depth = depth.saturating_add(1);
                    if depth > MAX_DEPTH {
                        return None;
                    }
                    words.clear();
                }
                b']' | b'}' => {
                    if depth == MAX_DEPTH {
                        policy.take(byte == b'}', &words);
                    }
                    depth = depth.checked_sub(1)?;
                    words.clear();
                }
                b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => {}
                _ => return None,
            }
        }
        (depth == 0 && !quoted && text.trim_ascii_start().starts_with('{')).then_some(policy)
    }

    /// Takes what stands in one pair of brackets: names and values, or a rule.
    fn take(&mut self, is_map: bool, words: &[&'a str]) {
        match words {
            ["content-length-range", least, most] if !is_map => match (number(least), number(most)) {
                (Some(least), Some(most)) => {
                    let (known_least, known_most) = self.size.unwrap_or((0, u64::MAX));
                    self.size = Some((known_least.max(least), known_most.min(most)));
                }
                _ => self.odd = true,
            },
            [rule @ ("eq" | "starts-with"), field, value] if !is_map => {
                let field = without_start(field, '$');
                self.conditions.push(Condition { field, prefix: *rule != "eq", value });
            }
            _ if is_map => {
                for pair in words.chunks(2) {
                    match pair {
                        [field, value] => self.conditions.push(Condition { field, prefix: false, value }),
                        _ => self.odd = true,
                    }
                }
            }
            _ => self.odd = true,
        }
    }
}

/// A number in digits alone.
pub(crate) fn number(text: &str) -> Option<u64> {
    crate::text::digits(text, 10)
}

/// Milliseconds since 1970 of `2026-12-01T12:00:00.000Z` or `20261201T120000Z`; `None` for another zone or no date.
pub(crate) fn unix_ms(date: &str) -> Option<u64> {
    let (mut all, mut digits) = (0_u64, 0_u32);
    for byte in date.strip_suffix('Z')?.bytes() {
        // Fractions of a second are cut off.
        if byte.is_ascii_digit() && digits < 14 {
            all = all.wrapping_mul(10).wrapping_add(u64::from(byte.wrapping_sub(b'0')));
            digits = digits.wrapping_add(1);
        }
    }
    if digits < 14 {
        return None;
    }
    let (date, time) = (all / 1_000_000, all % 1_000_000);
    let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
    // The year begins in March, so that the leap day is its last.
    let early = u64::from(month < 3);
    let (year, month) = (year.saturating_sub(early), month.wrapping_add(early.wrapping_mul(12)).saturating_sub(3));
    let days = year
        .wrapping_mul(365)
        .wrapping_add(year / 4)
        .wrapping_sub(year / 100)
        .wrapping_add(year / 400)
        .wrapping_add(month.wrapping_mul(153).wrapping_add(2) / 5)
        .wrapping_add(day)
        .checked_sub(719_469)?;
    let minutes = days.wrapping_mul(24).wrapping_add(time / 10_000).wrapping_mul(60).wrapping_add(time / 100 % 100);
    Some(minutes.wrapping_mul(60).wrapping_add(time % 100).wrapping_mul(1000))
}

/// Base64, padded or not, as text; what is no letter of it is skipped.
pub(crate) fn decode(base64: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    let (mut bits, mut have) = (0_usize, 0_u32);
    for byte in base64.bytes().take(MAX_LENGTH) {
        let Some(six) = LETTERS.iter().position(|letter| *letter == byte) else { continue };
        bits = (bits << 6) | six;
        have = have.wrapping_add(6);
        if have >= 8 {
            have = have.wrapping_sub(8);
            // The eight bits at hand; what is above them was taken before.
            out.extend((bits >> have).to_le_bytes().first());
        }
    }
    // One that is no UTF-8 is no JSON either.
    String::from_utf8(out).unwrap_or_else(|_| "\u{FFFD}".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

    use alloc::format;

    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use proptest::prelude::*;

    use super::*;

    fn odd(json: &str) -> Option<bool> {
        Policy::read(json).map(|policy| policy.odd)
    }

    #[test]
    fn a_policy_of_the_sdk_is_read_whole() {
        let policy = Policy::read(
            r#"{"conditions":[{"acl":"private"},["eq","$key","a/é"],["starts-with","$Content-Type","image/"],
            ["content-length-range",1,"10485760"],["content-length-range",0,99],{}, ["eq","$x-amz-meta-a","\u00e9"],
            {"x-amz-algorithm": "AWS4-HMAC-SHA256", "bucket": "é"}], "expiration" : "2026-12-01T12:00:00.000Z"}"#,
        )
        .unwrap();
        assert_eq!(policy.expires_unix_ms, Some(1_796_126_400_000));
        assert_eq!(policy.size, Some((1, 99)));
        assert!(!policy.odd);
        let names: Vec<&str> = policy.conditions.iter().map(|condition| condition.field).collect();
        assert_eq!(names, ["acl", "key", "Content-Type", "x-amz-meta-a", "x-amz-algorithm", "bucket"]);
        let takes = |at: usize, value| policy.conditions[at].takes(value);
        assert!(takes(0, "private") && !takes(0, "public-read"));
        assert!(takes(1, "a/é") && !takes(1, "a") && takes(1, "u/${filename}"));
        assert!(takes(2, "image/png") && takes(2, "image/png,text/html") && !takes(2, "text/html"));
        // Nobody here knows what the store makes of these.
        assert!(takes(3, "é") && takes(3, "e"));
        assert!(takes(5, "é") && !takes(5, "e"));
    }

    #[test]
    fn what_is_no_policy_is_none() {
        let deep = format!("{{\"conditions\":{}1{}}}", "[".repeat(20), "]".repeat(20));
        for json in ["", "[]", "null", "\"a\"", "{", "{}}", "{\"a\":\"\\\"\"}", "{'a':1}", "<html>", &deep] {
            assert!(odd(json).is_none(), "{json}");
        }
        assert_eq!(decode("/w=="), "\u{FFFD}");
        assert!(decode(&"A".repeat(30_000)).len() < MAX_LENGTH);
    }

    #[test]
    fn what_is_not_understood_is_odd() {
        for condition in [
            "[\"in\",\"$key\",\"x\"]",
            "[]",
            "{\"a\":}",
            "{\"eq\":\"$key\",\"x\"}",
            "{\"content-length-range\":1,2}",
            "[\"content-length-range\",-1,2.5]",
            "[\"content-length-range\",0,99999999999999999999999]",
        ] {
            assert_eq!(odd(&format!("{{\"conditions\":[{condition}]}}")), Some(true), "{condition}");
        }
    }

    #[test]
    fn dates_in_both_spellings() {
        for (date, ms) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("20000229T235959Z", Some(951_868_799_000)),
            ("20260315T000000Z", Some(1_773_532_800_000)),
            ("20260228T230000Z", Some(1_772_319_600_000)),
            ("20270101T000001Z", Some(1_798_761_601_000)),
            ("2026-12-01T12:00:00.123Z", Some(1_796_126_400_000)),
            ("2026-12-01T12:00:00+02:00", None),
            ("2026-12-01", None),
            ("", None),
        ] {
            assert_eq!(unix_ms(date), ms, "{date}");
        }
    }

    proptest! {
        #[test]
        fn base64_comes_back(text in ".{0,80}") {
            prop_assert_eq!(decode(&STANDARD.encode(&text)), text.clone());
            prop_assert_eq!(decode(STANDARD.encode(&text).trim_end_matches('=')), text);
        }

        #[test]
        fn anything_is_read_or_not(json in "[\\[\\]{},:\"\\\\a-z0-9$. -]{0,60}|.{0,60}", date in "[0-9TZ:.-]{0,24}|.{0,20}") {
            let _ = (odd(&json), decode(&json), unix_ms(&date));
        }
    }
}
