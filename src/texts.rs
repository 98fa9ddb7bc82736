//! What a person is told when something goes wrong: beside the file it is about, what happened, then what to do.
//!
//! Words come from a set of [`Strings`], so from one language; the functions without one speak English.

use filechute_engine::{Failure, Kind, Rejection, RejectionReason};

use crate::strings::{Strings, Words};

/// What a person is told about a failed file, in English.
#[must_use]
pub fn message(failure: &Failure, name: &str) -> String {
    message_in(failure, name, Words::new(&Strings::EN))
}

/// What a person is told about a failed file: what happened, then what to do.
#[must_use]
pub fn message_in(failure: &Failure, name: &str, words: Words<'_>) -> String {
    let strings = words.strings;
    let code = failure.code.as_str();
    let limited = |with: &str, without: &str| match failure.limit {
        Some(limit) => words.told(with, name, &[&words.bytes(limit)]),
        None => words.told(without, name, &[]),
    };
    let template = match (failure.kind, code) {
        (Kind::File, "changed") => strings.changed,
        (Kind::File, "removed") => strings.removed,
        (Kind::File, "elsewhere") => strings.duplicate,
        (Kind::File, "mismatch") => strings.mismatch,
        (Kind::File, _) => strings.unreadable,
        (Kind::Network, "offline") => strings.waiting_for_network,
        (Kind::Network, "stall") => strings.stalled,
        (Kind::Network, _) => strings.connection_lost,
        (Kind::Sign, "denied") if failure.status == 401 => strings.sign_in,
        (Kind::Sign, "denied") => strings.not_allowed,
        (Kind::Sign, "expired") => strings.expired,
        (Kind::Sign, "rejected") if !failure.message.is_empty() => return sentence(&failure.message),
        (Kind::Sign, _) if !failure.retryable() => strings.misconfigured,
        (Kind::Sign, _) => strings.not_started,
        (Kind::S3, "precondition") => strings.exists,
        (Kind::S3, "EntityTooLarge") => return limited(strings.too_large_limit, strings.too_large),
        (Kind::S3, "EntityTooSmall") => return limited(strings.too_small_limit, strings.too_small),
        (Kind::S3, "policy") => strings.refused_by_policy,
        (Kind::Integrity, _) => strings.damaged,
        (Kind::S3, "Unconfirmed") => strings.unconfirmed,
        // What was there of it was removed meanwhile; another try begins anew.
        (Kind::S3, "NoSuchUpload") => strings.failed,
        (Kind::S3, _) if failure.retryable() => strings.busy,
        (Kind::S3, _) => strings.refused_by_storage,
        (Kind::Config, _) => strings.misconfigured,
        (Kind::Restriction, _) => match code.strip_prefix("meta.") {
            Some(field) => return words.told(strings.required, field, &[]),
            None => return sentence(&failure.message),
        },
        _ => strings.failed,
    };
    words.told(template, name, &[])
}

/// What a person is told about a file that was not taken in, in English.
#[must_use]
pub fn rejection(rejection: &Rejection) -> String {
    rejection_in(rejection, Words::new(&Strings::EN))
}

/// What a person is told about a file that was not taken in, or about an upload that was not started.
#[must_use]
pub fn rejection_in(rejection: &Rejection, words: Words<'_>) -> String {
    let strings = words.strings;
    let told = |template: &str, more: &[&str]| words.told(template, &rejection.name, more);
    match &rejection.reason {
        RejectionReason::Type { allowed } => told(strings.not_accepted, &[&accepted_types_in(allowed, words)]),
        RejectionReason::TooBig { max } => told(strings.larger_than, &[&words.bytes(*max)]),
        RejectionReason::TooSmall { min } => told(strings.smaller_than, &[&words.bytes(*min)]),
        RejectionReason::Empty => told(strings.empty, &[]),
        RejectionReason::Count { max } => words.count(&strings.at_most_files, *max, &[]),
        RejectionReason::Total { max } => told(strings.at_most_total, &[&words.bytes(*max)]),
        RejectionReason::Duplicate => told(strings.duplicate, &[]),
        RejectionReason::NoMoreFiles => strings.no_more_files.into(),
        RejectionReason::Directory => strings.no_folders.into(),
        RejectionReason::Unreadable => told(strings.unreadable, &[]),
        RejectionReason::MinCount { min } => words.count(&strings.at_least_files, *min, &[]),
        _ if rejection.name.is_empty() => strings.upload_not_started.into(),
        _ => told(strings.cannot_be_added, &[]),
    }
}

/// A list of accepted types as people say it, in English: `image/png, .pdf, video/*` → `PNG, PDF, videos`.
#[must_use]
pub fn accepted_types(list: &str) -> String {
    accepted_types_in(list, Words::new(&Strings::EN))
}

/// A list of accepted types as people say it.
#[must_use]
pub fn accepted_types_in(list: &str, words: Words<'_>) -> String {
    let strings = words.strings;
    let entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty() && *entry != "*/*");
    let said = entries.map(|entry| match (entry.strip_prefix('.'), entry.split_once('/')) {
        (Some(extension), _) => extension.to_ascii_uppercase(),
        (None, Some(("image", "*"))) => strings.images.into(),
        (None, Some(("video", "*"))) => strings.videos.into(),
        (None, Some(("audio", "*"))) => strings.audio.into(),
        (None, Some(("text", "*"))) => strings.text_files.into(),
        (None, Some((_, "jpeg"))) => "JPG".into(),
        (None, Some((_, "svg+xml"))) => "SVG".into(),
        (None, Some((_, subtype))) if subtype.len() <= 5 && subtype != "*" => subtype.to_ascii_uppercase(),
        _ => entry.into(),
    });
    words.list(&said.collect::<Vec<String>>())
}

/// A size as people read it, in English.
#[must_use]
pub fn bytes(size: u64) -> String {
    Words::new(&Strings::EN).bytes(size)
}

/// A duration as people read it, in English: `5s`, `1m 05s`, `2h 03m`.
#[must_use]
pub fn duration(ms: u64) -> String {
    Words::new(&Strings::EN).duration(ms)
}

/// A host's own words with a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut out = capitalized(text.trim());
    if !out.is_empty() && !out.ends_with(['.', '!', '?', '…', '。', '！', '？', '؟', '।']) {
        out.push('.');
    }
    out
}

/// The text with a capital at its begin.
pub(crate) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let mut out: String = chars.next().map(capital).into_iter().collect();
    out.push_str(chars.as_str());
    out
}

/// The capital of a letter of the Latin, Greek and Cyrillic alphabets; the tables for all of Unicode would weigh more than
/// this whole file.
fn capital(c: char) -> char {
    let less = match c {
        'à'..='ö' | 'ø'..='þ' | 'α'..='ρ' | 'σ'..='ω' | 'а'..='я' => 32,
        'ѐ'..='џ' => 80,
        _ => return c.to_ascii_uppercase(),
    };
    char::from_u32(u32::from(c) - less).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use filechute_engine::Class;

    use super::*;

    #[test]
    fn types_read_well() {
        assert_eq!(accepted_types("image/*, .pdf,image/jpeg"), "images, PDF, JPG");
        assert_eq!(accepted_types("*/*"), "");
    }

    #[test]
    fn capitals_are_those_of_unicode() {
        for c in ('a'..='z').chain('à'..='þ').chain('α'..='ω').chain('а'..='џ').filter(|c| !"÷ς".contains(*c)) {
            assert_eq!(capital(c).to_string(), c.to_uppercase().to_string());
        }
        assert_eq!(sentence("квота исчерпана"), "Квота исчерпана.");
        assert_eq!(sentence("ß"), "ß.");
    }

    #[test]
    fn a_host_speaks_in_its_own_words_and_config_does_not() {
        let rejected = Failure::new(Kind::Sign, "rejected", Class::Final, "quota of your plan is used up");
        assert_eq!(message(&rejected, "a.png"), "Quota of your plan is used up.");
        let config = Failure::new(Kind::Config, "header.x-a", Class::Final, "the value of header x-a holds …");
        assert_eq!(message(&config, "a.png"), "Upload is misconfigured. Contact the site.");
    }

    #[test]
    fn an_upload_that_was_removed_meanwhile_is_not_a_busy_storage() {
        let gone = Failure::new(Kind::S3, "NoSuchUpload", Class::Final, "m");
        assert_eq!(message(&gone, "a.png"), "The upload failed. Try again.");
    }

    #[test]
    fn the_site_s_limit_is_told_where_it_is_known() {
        let mut failure = Failure::new(Kind::S3, "EntityTooLarge", Class::Final, "m");
        assert_eq!(message(&failure, "a.png"), "a.png is larger than this site accepts.");
        failure.limit = Some(10_000_000);
        assert_eq!(message(&failure, "a.png"), "a.png is larger than this site accepts (10 MB).");
    }

    #[test]
    fn hostile_names_are_visible_in_messages() {
        let rejection_text = rejection(&Rejection::new(RejectionReason::Duplicate, "a\u{202E}gpj.exe"));
        assert_eq!(rejection_text, "a[U+202E]gpj.exe is already added");
    }
}
