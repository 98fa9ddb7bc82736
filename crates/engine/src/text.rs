//! Names as a person sees them: hostile characters made visible, long names shortened in the middle.

use alloc::{borrow::ToOwned, string::String};

use crate::{extension_of, without_query};

/// The text with control characters and bidirectional overrides replaced by visible placeholders.
///
/// A name such as `a\u{202E}gpj.exe` would otherwise read as a picture. Only what is shown changes; what is sent never does.
#[must_use]
pub fn visible(text: &str) -> String {
    if !text.contains(is_deceiving) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let code = u32::from(c);
        match c {
            // The Unicode block "Control Pictures" has one sign for each C0 control.
            '\0'..='\x1f' => out.push(char::from_u32(code.saturating_add(0x2400)).unwrap_or('\u{FFFD}')),
            '\x7f' => out.push('\u{2421}'),
            _ if is_deceiving(c) => out.extend(["[U+", &hex(code), "]"]),
            _ => out.push(c),
        }
    }
    out
}

fn is_deceiving(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// At most `max` characters, with an ellipsis in the middle that spares the extension.
#[must_use]
pub fn shorten(name: &str, max: usize) -> String {
    let length = name.chars().count();
    if length <= max {
        return name.to_owned();
    }
    // Without the ellipsis; nothing fits into nothing.
    let Some(room) = max.checked_sub(1) else { return String::new() };
    let extension = extension_of(name).chars().count().saturating_add(1);
    let tail = extension.saturating_add(4).clamp(4, (max / 2).max(4)).min(room);
    let head = room.saturating_sub(tail);
    let mut out: String = name.chars().take(head).collect();
    out.push('\u{2026}');
    out.extend(name.chars().skip(length.saturating_sub(tail)));
    out
}

/// A file name fit to be shown in a message: visible and not endless.
#[must_use]
pub fn display_name(name: &str) -> String {
    shorten(&visible(name), 120)
}

/// A number in decimal digits.
#[must_use]
pub fn decimal(number: u64) -> String {
    let mut out = if number < 10 { String::new() } else { decimal(number / 10) };
    // A digit: the cast cuts nothing off.
    #[allow(clippy::cast_possible_truncation)]
    out.push(char::from(b'0'.saturating_add((number % 10) as u8)));
    out
}

/// At least four hexadecimal digits, as code points are written.
fn hex(code: u32) -> String {
    let mut out = String::new();
    for shift in [20, 16, 12, 8, 4, 0] {
        let rest = code.checked_shr(shift).unwrap_or(0);
        if rest > 0 || shift < 16 {
            out.extend(char::from_digit(rest % 16, 16).map(|digit| digit.to_ascii_uppercase()));
        }
    }
    out
}

// What `str` offers for this is general, and each use of it weighs some hundred bytes of WebAssembly.

/// Text before and after the first of a character of ASCII: `split_once`.
pub(crate) fn cut_at(text: &str, mark: u8) -> Option<(&str, &str)> {
    around(text, text.bytes().position(|byte| byte == mark)?)
}

/// Text before and after the last of a character of ASCII: `rsplit_once`.
pub(crate) fn cut_last(text: &str, mark: u8) -> Option<(&str, &str)> {
    around(text, text.bytes().rposition(|byte| byte == mark)?)
}

/// Text before the first of a character of ASCII, or all of it.
pub(crate) fn before(text: &str, mark: u8) -> &str {
    cut_at(text, mark).map_or(text, |(before, _)| before)
}

/// What stands between the characters of ASCII of a kind: `split`.
pub(crate) fn split(text: &str, mark: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let text = rest?;
        let cut = cut_at(text, mark);
        rest = cut.map(|(_, after)| after);
        Some(cut.map_or(text, |(before, _)| before))
    })
}

/// Whether a character of ASCII is in a text.
pub(crate) fn has(text: &str, mark: u8) -> bool {
    text.bytes().any(|byte| byte == mark)
}

fn around(text: &str, at: usize) -> Option<(&str, &str)> {
    Some((text.get(..at)?, text.get(at.saturating_add(1)..)?))
}

/// Text without a character at its begin: `trim_start_matches`.
pub(crate) fn without_start(mut text: &str, mark: char) -> &str {
    while let Some(rest) = text.strip_prefix(mark) {
        text = rest;
    }
    text
}

/// Text without a character at its end: `trim_end_matches`.
pub(crate) fn without_end(mut text: &str, mark: char) -> &str {
    while let Some(rest) = text.strip_suffix(mark) {
        text = rest;
    }
    text
}

/// An ETag without its quotes.
pub(crate) fn unquoted(etag: &str) -> &str {
    without_end(without_start(etag, '"'), '"')
}

/// A number in digits alone, of base 10 or 16. None that is larger than 64 bits hold.
pub(crate) fn digits(text: &str, base: u32) -> Option<u64> {
    let add = |sum: u64, byte: u8| {
        let digit = char::from(byte).to_digit(base)?;
        sum.checked_mul(u64::from(base))?.checked_add(u64::from(digit))
    };
    text.bytes().try_fold(0, add).filter(|_| !text.is_empty())
}

/// Text before and after the first `mark`: `split_once`, whose search for long texts weighs 2 kB of WebAssembly.
#[must_use]
pub fn cut<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let at = text.as_bytes().windows(mark.len().max(1)).position(|window| window == mark.as_bytes())?;
    Some((text.get(..at)?, text.get(at.saturating_add(mark.len())..)?))
}

/// Whether `mark` is in the text.
#[must_use]
pub fn holds(text: &str, mark: &str) -> bool {
    cut(text, mark).is_some()
}

/// At most 300 characters of text from outside, made visible, for a message.
pub(crate) fn clip(text: &str) -> String {
    let short: String = text.trim_ascii().chars().take(300).collect();
    visible(&short)
}

/// What a host, a store or a callback said, fit to be shown and logged: at most 300 characters, and addresses without
/// their query, which is a credential in a presigned one.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_whitespace() {
        out.push_str(if out.is_empty() { "" } else { " " });
        out.push_str(if holds(word, "://") { without_query(word) } else { word });
        if out.len() > 1200 {
            break;
        }
    }
    clip(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_and_controls_become_visible() {
        assert_eq!(visible("a\u{202E}gpj.exe"), "a[U+202E]gpj.exe");
        assert_eq!(visible("b\r\nc"), "b\u{240D}\u{240A}c");
        assert_eq!(visible("DALL·E IMG_9078 - 学中文 🤑.png"), "DALL·E IMG_9078 - 学中文 🤑.png");
    }

    #[test]
    fn cutting_is_split_once() {
        for (text, mark) in
            [("a-->b-->c", "-->"), ("-->", "-->"), ("--", "-->"), ("", "-->"), ("äöü", "ö"), ("äöü", "o")]
        {
            assert_eq!(cut(text, mark), text.split_once(mark), "{text}");
        }
        assert!(!holds("", "") && !holds("a", ""));
    }

    #[test]
    fn the_small_ones_are_those_of_the_standard_library() {
        for text in ["", "a", ":", "::", "a:b", "a:b:c", ":a", "a:", "ü:ö:ä", "\"\"e\"\"", "é\""] {
            assert_eq!(cut_at(text, b':'), text.split_once(':'), "{text}");
            assert_eq!(cut_last(text, b':'), text.rsplit_once(':'), "{text}");
            assert_eq!(before(text, b':'), text.split(':').next().unwrap(), "{text}");
            assert_eq!(without_start(text, ':'), text.trim_start_matches(':'), "{text}");
            assert_eq!(without_end(text, ':'), text.trim_end_matches(':'), "{text}");
            assert_eq!(unquoted(text), text.trim_matches('"'), "{text}");
            assert!(split(text, b':').eq(text.split(':')), "{text}");
            assert_eq!(has(text, b':'), text.contains(':'), "{text}");
        }
        for text in ["", "0", "007", "42", "18446744073709551615", "18446744073709551616", "a", "1a", "-1", " 1"] {
            assert_eq!(digits(text, 10), text.parse().ok(), "{text}");
            assert_eq!(digits(text, 16), u64::from_str_radix(text, 16).ok(), "{text}");
        }
        // Which the standard library takes.
        assert_eq!(digits("+1", 10), None);
    }

    #[test]
    fn the_middle_is_cut_and_the_extension_stays() {
        let short = shorten("a-very-long-name-of-a-holiday-picture.jpeg", 20);
        assert_eq!(short.chars().count(), 20);
        assert!(short.ends_with(".jpeg"), "{short}");
        assert_eq!(shorten("short.png", 20), "short.png");
        assert_eq!(shorten(&"x".repeat(4000), 120).chars().count(), 120);
    }

    #[test]
    fn what_others_say_is_quoted_without_their_credentials() {
        let said = "no access\n to <https://b.s3.amazonaws.com/k?X-Amz-Signature=5ec2e7> now";
        assert_eq!(quote(said), "no access to <https://b.s3.amazonaws.com/k now");
        assert_eq!(quote(&"é ".repeat(5000)).chars().count(), 300);
    }
}
