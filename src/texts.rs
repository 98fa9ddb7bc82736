//! What a person is told, in plain English, and how numbers are written. Used by the interface and by JavaScript's
//! `error.message` alike. No float formatting: it would cost more bytes than all of this.

use filechute_engine::{Failure, Kind, Rejection, RejectionReason, display_name};

/// What a person is told about a failed file: what happened, then what to do.
#[must_use]
pub fn message(failure: &Failure, name: &str) -> String {
    let name = display_name(name);
    let code = failure.code.as_str();
    match (failure.kind, code) {
        (Kind::File, "changed") => format!("{name} was changed while uploading. Choose it again."),
        (Kind::File, "removed") => format!("{name} was removed or moved. Choose it again."),
        (Kind::File, "mismatch") => "This is not the file that was being uploaded.".into(),
        (Kind::File, _) => format!("Could not read {name}. Make it available offline and add it again."),
        (Kind::Network, "offline") => "Waiting for the network.".into(),
        (Kind::Network, "stall") => "The connection is too slow or was lost. Try again.".into(),
        (Kind::Network, _) => "The connection was lost. Try again.".into(),
        (Kind::Sign, "denied") if failure.status == 401 => "Please sign in again.".into(),
        (Kind::Sign, "denied") => "You're not allowed to upload here.".into(),
        (Kind::Sign, "expired") => "Upload permission expired. Try again.".into(),
        (Kind::Sign, "rejected") if !failure.message.is_empty() => sentence(&failure.message),
        (Kind::Sign, _) => "Could not start the upload. Try again.".into(),
        (Kind::S3, "precondition") => "A file with this name already exists.".into(),
        (Kind::S3, "EntityTooLarge" | "EntityTooSmall") => {
            let than = if code == "EntityTooLarge" { "larger" } else { "smaller" };
            let limit = failure.limit.map(|limit| format!(" ({})", bytes(limit))).unwrap_or_default();
            format!("{name} is {than} than this site accepts{limit}.")
        }
        (Kind::S3, "policy") => format!("The storage refused {name}: it is not what this site accepts."),
        (Kind::Integrity, _) => format!("{name} was damaged on the way. Try again."),
        (Kind::S3, "Unconfirmed") => "We couldn't confirm the upload. Check before sending again.".into(),
        (Kind::S3, _) if failure.retryable() => "Storage is busy. Try again.".into(),
        (Kind::S3, _) => format!("The storage refused {name}."),
        (Kind::Config, _) => "Upload is misconfigured. Contact the site.".into(),
        (Kind::Restriction, _) => match code.strip_prefix("meta.") {
            Some(field) => format!("{field} is required."),
            None => sentence(&failure.message),
        },
        _ => "The upload failed. Try again.".into(),
    }
}

/// What a person is told about a file that was not taken in.
#[must_use]
pub fn rejection(rejection: &Rejection) -> String {
    let name = display_name(&rejection.name);
    match &rejection.reason {
        RejectionReason::Type { allowed } => format!("{name} is not an accepted type ({})", accepted_types(allowed)),
        RejectionReason::TooBig { max } => format!("{name} is larger than {}", bytes(*max)),
        RejectionReason::TooSmall { min } => format!("{name} is smaller than {}", bytes(*min)),
        RejectionReason::Empty => format!("{name} is empty"),
        RejectionReason::Count { max: 1 } => "You can add only 1 file".into(),
        RejectionReason::Count { max } => format!("You can add up to {max} files"),
        RejectionReason::Total { max } => format!("{name} does not fit: all files together may have {}", bytes(*max)),
        RejectionReason::Duplicate => format!("{name} is already added"),
        RejectionReason::NoMoreFiles => "No more files can be added".into(),
        RejectionReason::Directory => "Folders can't be uploaded here".into(),
        RejectionReason::Unreadable => format!("Could not read {name}. Make it available offline and add it again."),
        RejectionReason::MinCount { min: 1 } => "Add at least 1 file".into(),
        RejectionReason::MinCount { min } => format!("Add at least {min} files"),
        _ if name.is_empty() => "The upload was not started".into(),
        _ => format!("{name} can't be added"),
    }
}

/// A list of accepted types as people say it: `image/png, .pdf, video/*` → `PNG, PDF, videos`.
#[must_use]
pub fn accepted_types(list: &str) -> String {
    let mut out = String::new();
    for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        if !out.is_empty() {
            out.push_str(", ");
        }
        match (entry.strip_prefix('.'), entry.split_once('/')) {
            (Some(extension), _) => out.push_str(&extension.to_ascii_uppercase()),
            (None, Some(("image", "*"))) => out.push_str("images"),
            (None, Some(("video", "*"))) => out.push_str("videos"),
            (None, Some(("audio", "*"))) => out.push_str("audio"),
            (None, Some(("text", "*"))) => out.push_str("text files"),
            (None, Some((_, "jpeg"))) => out.push_str("JPG"),
            (None, Some((_, "svg+xml"))) => out.push_str("SVG"),
            (None, Some((_, subtype))) if subtype.len() <= 5 => out.push_str(&subtype.to_ascii_uppercase()),
            _ => out.push_str(entry),
        }
    }
    out
}

/// A size as people read it, in powers of 1000 as file managers and S3's price list have it: `999 B`, `1.2 MB`, `17 GB`.
#[must_use]
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];
    let (mut whole, mut rest, mut unit) = (size, 0, 0);
    while whole >= 1000 && unit + 1 < UNITS.len() {
        (rest, whole) = (whole % 1000, whole / 1000);
        unit += 1;
    }
    let unit = UNITS.get(unit).copied().unwrap_or_default();
    match rest / 100 {
        tenths if whole < 10 && tenths > 0 => format!("{whole}.{tenths} {unit}"),
        _ => format!("{whole} {unit}"),
    }
}

/// A duration as people read it: `5s`, `1m 05s`, `2h 03m`.
#[must_use]
pub fn duration(ms: u64) -> String {
    let seconds = ms.div_ceil(1000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let two = |n: u64| if n < 10 { format!("0{n}") } else { n.to_string() };
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m {}s", two(seconds)),
        _ => format!("{hours}h {}m", two(minutes)),
    }
}

/// A host's own words with a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut chars = text.trim().chars();
    let mut out: String = chars.next().map(capital).into_iter().collect();
    out.push_str(chars.as_str());
    if !out.is_empty() && !out.ends_with(['.', '!', '?', '…']) {
        out.push('.');
    }
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
    fn numbers_read_well() {
        for (size, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1 kB"),
            (1250, "1.2 kB"),
            (10_900, "10 kB"),
            (2_097_152, "2 MB"),
            (1_500_000_000, "1.5 GB"),
        ] {
            assert_eq!(bytes(size), text);
        }
        for (ms, text) in [(0, "0s"), (4_100, "5s"), (65_000, "1m 05s"), (3_900_000, "1h 05m")] {
            assert_eq!(duration(ms), text);
        }
        assert_eq!(accepted_types("image/*, .pdf,image/jpeg"), "images, PDF, JPG");
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
