//! A tolerant reader of POST policies (AWS, "Creating a POST policy",
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html>), for the doctor alone.
//!
//! Not the judge of a policy: the store is. What cannot be read here is not there, and nothing is claimed about it. A
//! policy is a credential: nothing of its text leaves this file but names, sizes and whether a value fits.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// Longest policy read, in Base64; a whole form has at most 20 KB.
const MAX_LENGTH: usize = 20 * 1024;
/// Deepest nesting read; policies have three levels.
const MAX_DEPTH: usize = 8;

/// What a POST policy asks for.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct Policy {
    /// `expiration` in milliseconds since 1970.
    pub(crate) expires_unix_ms: Option<u64>,
    /// Least and most bytes of the file, by all its `content-length-range`s.
    pub(crate) size: Option<(u64, u64)>,
    /// Conditions on fields.
    pub(crate) conditions: Vec<Condition>,
    /// It holds a condition that was not understood.
    pub(crate) odd: bool,
}

/// One condition on a field.
#[derive(PartialEq, Eq)]
pub(crate) struct Condition {
    /// The field's name in lower case, without `$`.
    pub(crate) field: String,
    prefix: bool,
    value: String,
}

impl Condition {
    /// Whether the value of a field meets the condition. For one that the store still changes, nobody knows: yes.
    pub(crate) fn takes(&self, value: &str) -> bool {
        // The store fills in the name; half a surrogate pair was not read.
        if crate::holds(value, "${filename}") || self.value.contains('\u{FFFD}') {
            return true;
        }
        match (self.prefix, self.field.as_str()) {
            // A list of types is checked one by one.
            (true, "content-type") => value.split(',').all(|one| one.trim().starts_with(&self.value)),
            (true, _) => value.starts_with(&self.value),
            (false, _) => value == self.value,
        }
    }
}

impl Policy {
    /// Reads the `policy` field of a form; `None` for anything but Base64 of a JSON object.
    pub(crate) fn read(base64: &str) -> Option<Self> {
        if base64.len() > MAX_LENGTH {
            return None;
        }
        let text = String::from_utf8(decode(base64)?).ok()?;
        let mut reader = Reader { rest: text.trim_start_matches('\u{FEFF}') };
        let Json::Map(members) = reader.value(MAX_DEPTH)? else { return None };
        if !reader.rest.trim_start().is_empty() {
            return None;
        }
        let mut policy = Self::default();
        for (name, value) in members {
            match (name.as_str(), value) {
                ("expiration", Json::Text(date)) => policy.expires_unix_ms = unix_ms(&date),
                ("conditions", Json::List(conditions)) => {
                    conditions.into_iter().for_each(|condition| policy.take(condition));
                }
                _ => {}
            }
        }
        Some(policy)
    }

    fn take(&mut self, condition: Json) {
        let mut push = |field: &str, prefix, value| {
            let field = field.trim_start_matches('$').to_ascii_lowercase();
            self.conditions.push(Condition { field, prefix, value });
        };
        match condition {
            Json::Map(members) => {
                for (name, value) in members {
                    match value.text() {
                        Some(value) => push(&name, false, value),
                        None => self.odd = true,
                    }
                }
            }
            Json::List(parts) => {
                let mut words = parts.into_iter().map(Json::text);
                match (words.next().flatten(), words.next().flatten(), words.next().flatten()) {
                    (Some(rule), Some(least), Some(most)) if rule.eq_ignore_ascii_case("content-length-range") => {
                        match (least.parse::<u64>(), most.parse::<u64>()) {
                            (Ok(least), Ok(most)) => {
                                let (known_least, known_most) = self.size.unwrap_or((0, u64::MAX));
                                self.size = Some((known_least.max(least), known_most.min(most)));
                            }
                            _ => self.odd = true,
                        }
                    }
                    (Some(rule), Some(field), Some(value)) if rule.eq_ignore_ascii_case("eq") => {
                        push(&field, false, value);
                    }
                    (Some(rule), Some(field), Some(value)) if rule.eq_ignore_ascii_case("starts-with") => {
                        push(&field, true, value);
                    }
                    _ => self.odd = true,
                }
            }
            _ => self.odd = true,
        }
    }
}

/// Milliseconds since 1970 of `2026-12-01T12:00:00.000Z` or `20261201T120000Z`; `None` for another zone or no date.
pub(crate) fn unix_ms(date: &str) -> Option<u64> {
    let date = date.trim().strip_suffix('Z')?;
    if date.len() > 32 {
        return None;
    }
    let date = date.split_once('.').map_or(date, |(whole, _)| whole);
    if !date.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | ':' | 'T')) {
        return None;
    }
    let digits: String = date.chars().filter(char::is_ascii_digit).collect();
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<u64>().ok();
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let (hour, minute, second) = (number(8, 10)?, number(10, 12)?, number(12, 14)?);
    if digits.len() != 14 || !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days from a civil date: the year begins in March, so that the leap day is its last.
    let (year, month) =
        if month > 2 { (year, month.saturating_sub(3)) } else { (year.saturating_sub(1), month.saturating_add(9)) };
    let leaps = (year / 4).saturating_sub(year / 100).saturating_add(year / 400);
    let in_year = (month.saturating_mul(153).saturating_add(2) / 5).saturating_add(day).saturating_sub(1);
    let days = year.saturating_mul(365).saturating_add(leaps).saturating_add(in_year).checked_sub(719_468)?;
    let hours = days.saturating_mul(24).saturating_add(hour);
    let seconds = hours.saturating_mul(60).saturating_add(minute).saturating_mul(60).saturating_add(second);
    Some(seconds.saturating_mul(1000))
}

/// Base64 in either alphabet, padded or not; white space is skipped.
fn decode(base64: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(base64.len());
    let (mut bits, mut have) = (0_u32, 0_u32);
    for byte in base64.trim().trim_end_matches('=').bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let six = match byte {
            b'A'..=b'Z' => byte.wrapping_sub(b'A'),
            b'a'..=b'z' => byte.wrapping_sub(b'a').wrapping_add(26),
            b'0'..=b'9' => byte.wrapping_sub(b'0').wrapping_add(52),
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(six);
        have = have.wrapping_add(6);
        if have >= 8 {
            have = have.wrapping_sub(8);
            // The eight bits at hand; what is above them was taken before.
            out.push((bits >> have).to_le_bytes().first().copied()?);
        }
    }
    Some(out)
}

/// As much of JSON as policies use.
enum Json {
    Text(String),
    /// Digits as they were written.
    Number(String),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
    /// `true`, `false`, `null`.
    Word,
}

impl Json {
    /// Text, or a number as text: signers write sizes either way.
    fn text(self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            _ => None,
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn eat(&mut self, mark: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(mark)?;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        let depth = depth.checked_sub(1)?;
        self.rest = self.rest.trim_start();
        match self.rest.chars().next()? {
            '"' => self.string().map(Json::Text),
            '[' => {
                let mut list = Vec::new();
                self.items('[', ']', |reader| {
                    list.push(reader.value(depth)?);
                    Some(())
                })?;
                Some(Json::List(list))
            }
            '{' => {
                let mut members = Vec::new();
                self.items('{', '}', |reader| {
                    reader.rest = reader.rest.trim_start();
                    let name = reader.string()?;
                    reader.eat(':')?;
                    members.push((name, reader.value(depth)?));
                    Some(())
                })?;
                Some(Json::Map(members))
            }
            _ => {
                let end = self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.')));
                let (word, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
                self.rest = rest;
                match word {
                    "true" | "false" | "null" => Some(Json::Word),
                    _ if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                        Some(Json::Number(word.to_owned()))
                    }
                    _ => None,
                }
            }
        }
    }

    /// What stands between two brackets, by commas.
    fn items(&mut self, open: char, close: char, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.eat(open)?;
        if self.eat(close).is_some() {
            return Some(());
        }
        loop {
            item(self)?;
            if self.eat(',').is_none() {
                return self.eat(close);
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        let mut chars = self.rest.strip_prefix('"')?.chars();
        let mut out = String::new();
        loop {
            match chars.next()? {
                '"' => break,
                '\\' => out.push(match chars.next()? {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'u' => {
                        let mut code = 0;
                        for _ in 0..4 {
                            code = (code << 4) | chars.next()?.to_digit(16)?;
                        }
                        // Half a pair: see `Condition::takes`.
                        char::from_u32(code).unwrap_or('\u{FFFD}')
                    }
                    c @ ('"' | '\\' | '/' | '$') => c,
                    _ => return None,
                }),
                c => out.push(c),
            }
        }
        self.rest = chars.as_str();
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

    use alloc::format;

    use proptest::prelude::*;

    use super::*;

    /// Base64 as signers write it.
    fn encode(bytes: &[u8]) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        for chunk in bytes.chunks(3) {
            let mut three = [0_u8; 3];
            three[..chunk.len()].copy_from_slice(chunk);
            let bits = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
            for place in 0..4 {
                let six = (bits >> (18 - 6 * place)) & 63;
                out.push(if place <= chunk.len() { char::from(LETTERS[six as usize]) } else { '=' });
            }
        }
        out
    }

    fn read(json: &str) -> Option<Policy> {
        Policy::read(&encode(json.as_bytes()))
    }

    #[test]
    fn a_policy_of_the_sdk_is_read_whole() {
        let policy = read(
            r#" {"expiration":"2026-12-01T12:00:00.000Z","conditions":[{"acl":"private"},["eq","$key","a\"b\u00e9"],
            ["starts-with","$Content-Type","image/"],["content-length-range",1,"10485760"],["content-length-range",0,99],{}]} "#,
        )
        .unwrap();
        assert_eq!(policy.expires_unix_ms, Some(1_796_126_400_000));
        assert_eq!(policy.size, Some((1, 99)));
        assert!(!policy.odd);
        let names: Vec<&str> = policy.conditions.iter().map(|condition| &*condition.field).collect();
        assert_eq!(names, ["acl", "key", "content-type"]);
        let takes = |at: usize, value| policy.conditions[at].takes(value);
        assert!(takes(0, "private") && !takes(0, "public-read"));
        assert!(takes(1, "a\"bé") && !takes(1, "a") && takes(1, "u/${filename}"));
        assert!(takes(2, "image/png, image/gif") && !takes(2, "image/png,text/html"));
    }

    #[test]
    fn what_is_no_policy_is_none() {
        let deep = format!("{{\"conditions\":{}1{}}}", "[".repeat(20), "]".repeat(20));
        for json in
            ["", "{", "[]", "{} x", "{\"a\":}", "{\"a\" 1}", "{\"a\":1,}", "{\"a\":\"\\x\"}", "{'a':1}", "nul", &deep]
        {
            assert!(read(json).is_none(), "{json}");
        }
        for base64 in ["!", "é", "c2VjcmV0", "/w=="] {
            assert!(Policy::read(base64).is_none(), "{base64}");
        }
        assert!(Policy::read(&"A".repeat(30_000)).is_none());
    }

    #[test]
    fn what_is_not_understood_is_odd() {
        for condition in ["[\"in\",\"$key\",\"x\"]", "[]", "\"x\"", "{\"a\":[1]}", "[\"content-length-range\",-1,2.5]"]
        {
            assert!(read(&format!("{{\"conditions\":[{condition}]}}")).unwrap().odd, "{condition}");
        }
    }

    #[test]
    fn dates_in_both_spellings() {
        for (date, ms) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("20000229T235959Z", Some(951_868_799_000)),
            ("2026-12-01T12:00:00.123Z", Some(1_796_126_400_000)),
            ("2026-12-01T12:00:00+02:00", None),
            ("2026-12-01", None),
            ("20261301T000000Z", None),
            ("", None),
        ] {
            assert_eq!(unix_ms(date), ms, "{date}");
        }
    }

    proptest! {
        #[test]
        fn base64_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes.clone()));
            let url_safe = encode(&bytes).replace('+', "-").replace('/', "_");
            prop_assert_eq!(decode(url_safe.trim_end_matches('=')), Some(bytes));
        }

        #[test]
        fn anything_is_read_or_not(json in "[\\[\\]{},:\"\\\\a-z0-9$. -]{0,60}|.{0,60}", date in "[0-9TZ:.-]{0,24}|.{0,20}") {
            let _ = (read(&json), Policy::read(&json), unix_ms(&date));
        }
    }
}
