//! What the interface says, worked out from the engine's state alone: no browser in here, so it is tested natively.
//!
//! [`Row`] is one line of the list, [`Summary`] the line about all files, [`hint`] the limits stated beforehand.

use filechute_engine::{Kind, Options, Phase, Totals, UploadFile, display_name, visible};

use super::{
    icons::{self, Family},
    strings::{Strings, count, fill},
};
use crate::texts;

/// One line of the list, as it is painted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// Everything of the name but `tail`; cut by an ellipsis when there is no room.
    pub(crate) head: String,
    /// The end of a long name, never cut, so the extension stays visible.
    pub(crate) tail: String,
    /// The whole name, for the pointer's tooltip.
    pub(crate) title: String,
    pub(crate) family: Family,
    pub(crate) size: String,
    pub(crate) words: String,
    /// `data-state`.
    pub(crate) state: &'static str,
    pub(crate) percent: Option<u8>,
    /// What the bar tells assistive technology.
    pub(crate) value_text: String,
    /// Verb, name and icon of the first button, if there is one.
    pub(crate) action: Option<(&'static str, String, &'static str)>,
    /// Name of the button that takes the file out.
    pub(crate) remove: String,
}

/// Names longer than this are cut in the middle when there is no room.
const LONG_NAME: usize = 12;
/// So many characters before the extension are spared.
const TAIL: usize = 4;
/// Names in a script from right to left are cut to this.
const LONG_RTL_NAME: usize = 40;

/// The line for that file.
pub(crate) fn row(file: &UploadFile, strings: &Strings) -> Row {
    let name = display_name(&file.name);
    let (head, tail) = split(&name, file.extension());

    let percent = fill(strings.percent, &[&file.percentage().to_string()]);
    let size = texts::bytes(file.size);
    let of = fill(strings.of_bytes, &[&texts::bytes(file.bytes_uploaded), &size]);
    let on_its_way = matches!(file.phase, Phase::Preparing | Phase::Sending | Phase::Finishing | Phase::BackingOff)
        || (file.phase == Phase::Paused && file.bytes_uploaded > 0);
    let retryable = file.failure.as_ref().is_some_and(filechute_engine::Failure::retryable);
    let action = match file.phase {
        Phase::Paused => Some(("resume", strings.resume_file, icons::RESUME)),
        Phase::Failed if retryable => Some(("retry", strings.retry_file, icons::RETRY)),
        _ => None,
    };
    let remove = if file.phase.active() { strings.cancel_file } else { strings.remove_file };
    Row {
        words: words(file, &percent, strings),
        state: file.phase.name(),
        percent: on_its_way.then(|| file.percentage()),
        value_text: [percent, of.clone()].join(", "),
        size: if file.phase == Phase::Sending { of } else { size },
        family: icons::family(&file.mime, file.extension()),
        action: action.map(|(verb, label, icon)| (verb, fill(label, &[&name]), icon)),
        remove: fill(remove, &[&name]),
        title: visible(&file.name),
        head,
        tail,
    }
}

/// A name in two: the first part may lose its end when there is no room, the second never.
fn split(name: &str, extension: &str) -> (String, String) {
    let length = name.chars().count();
    // Text that runs both ways must not be laid out in two pieces; there the cut is made in the text itself.
    if name.contains(runs_leftward) {
        return (filechute_engine::shorten(name, LONG_RTL_NAME), String::new());
    }
    let tail_at = length.saturating_sub(extension.chars().count().min(12) + 1 + TAIL);
    let cut = if length > LONG_NAME { name.char_indices().nth(tail_at).map(|(at, _)| at) } else { None };
    let (head, tail) = name.split_at(cut.unwrap_or(name.len()));
    (head.into(), tail.into())
}

/// Whether this is a letter of a script written from right to left: the blocks Unicode keeps for them.
fn runs_leftward(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// A file's state in words.
fn words(file: &UploadFile, percent: &str, strings: &Strings) -> String {
    let failure = file.failure.as_ref();
    match file.phase {
        Phase::Idle => strings.ready.into(),
        Phase::Queued => strings.waiting.into(),
        Phase::Preparing => strings.preparing.into(),
        Phase::Sending => fill(strings.uploading, &[percent]),
        Phase::Finishing => strings.finishing.into(),
        Phase::BackingOff if failure.is_some_and(|failure| failure.kind == Kind::Network) => {
            fill(strings.retrying_slow, &[&file.retries.to_string()])
        }
        Phase::BackingOff => strings.retrying.into(),
        Phase::Paused => strings.paused.into(),
        Phase::Done => strings.uploaded.into(),
        Phase::Failed => failure.map(|failure| texts::message(failure, &file.name)).unwrap_or_default(),
    }
}

/// The line about all files, and which buttons make sense.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) headline: String,
    pub(crate) detail: String,
    pub(crate) state: &'static str,
    /// Of the bar; `None` hides it.
    pub(crate) percent: Option<u8>,
    /// Label of the button that starts, or empty.
    pub(crate) upload: String,
    pub(crate) pause: bool,
    pub(crate) resume: bool,
    pub(crate) retry: bool,
    /// Label of the button that empties the list.
    pub(crate) clear: &'static str,
}

/// Sums up all files. `retryable`: whether a failed file may be tried again.
pub(crate) fn summary(totals: &Totals, auto_proceed: bool, retryable: bool, strings: &Strings) -> Summary {
    let [idle, paused, done, failed] =
        [Phase::Idle, Phase::Paused, Phase::Done, Phase::Failed].map(|phase| totals.count(phase));
    let active = totals.active();
    let started = active + paused + done + failed;
    let percent = totals.percentage();
    let percent_text = fill(strings.percent, &[&percent.to_string()]);
    let of_bytes = fill(strings.of_bytes, &[&texts::bytes(totals.bytes_uploaded), &texts::bytes(totals.bytes_total)]);
    let of_files = fill(strings.of_files, &[&done.to_string(), &started.to_string()]);

    let (state, headline, detail) = if active > 0 {
        let mut parts = if started > 1 { vec![of_files, of_bytes] } else { vec![of_bytes] };
        if totals.speed > 0 && totals.count(Phase::Sending) > 0 {
            parts.push(fill(strings.per_second, &[&texts::bytes(totals.speed)]));
            parts.extend(totals.eta_ms.map(|ms| fill(strings.time_left, &[&texts::duration(ms)])));
        }
        let headline = if !totals.online && totals.count(Phase::Sending) + totals.count(Phase::Finishing) == 0 {
            strings.waiting.into()
        } else if totals.count(Phase::Finishing) == active {
            strings.finishing.into()
        } else if totals.count(Phase::Preparing) + totals.count(Phase::Queued) == active && percent == 0 {
            strings.preparing.into()
        } else {
            fill(strings.uploading, &[&percent_text])
        };
        (Phase::Sending.name(), headline, parts.join(" · "))
    } else if paused > 0 {
        (Phase::Paused.name(), fill(strings.all_paused, &[&percent_text]), [of_files, of_bytes].join(" · "))
    } else if failed > 0 && done > 0 {
        let headline = fill(strings.some_failed, &[&done.to_string(), &failed.to_string()]);
        (Phase::Failed.name(), headline, texts::bytes(totals.bytes_total))
    } else if failed > 0 {
        (Phase::Failed.name(), count(&strings.all_failed, failed), texts::bytes(totals.bytes_total))
    } else if idle > 0 {
        (Phase::Idle.name(), count(&strings.all_ready, idle), texts::bytes(totals.bytes_added))
    } else {
        (Phase::Done.name(), count(&strings.all_uploaded, done), texts::bytes(totals.bytes_total))
    };
    Summary {
        headline,
        detail,
        state,
        percent: (active + paused > 0).then_some(percent),
        upload: if idle > 0 && !auto_proceed { count(&strings.upload, idle) } else { String::new() },
        pause: active > 0,
        resume: active == 0 && paused > 0,
        retry: active == 0 && failed > 0 && retryable,
        clear: if active + paused > 0 {
            strings.cancel_all
        } else if idle > 0 {
            strings.remove_all
        } else {
            strings.clear
        },
    }
}

/// The limits, stated before the person picks: `images, PDF · up to 10 MB each · up to 5 files`.
pub(crate) fn hint(options: &Options, accept: &str, strings: &Strings) -> String {
    let rules = &options.restrictions;
    let types: Vec<String> = rules.allowed_file_types.iter().map(filechute_engine::Accept::text).collect();
    let types = if types.is_empty() { accept.to_owned() } else { types.join(",") };
    let mut parts = Vec::new();
    if !types.is_empty() {
        let mut text = texts::accepted_types(&types);
        if let Some(first) = text.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        parts.push(text);
    }
    parts.extend(rules.max_file_size.map(|max| fill(strings.up_to_size, &[&texts::bytes(max)])));
    parts.extend(rules.max_total_file_size.map(|max| fill(strings.up_to_total, &[&texts::bytes(max)])));
    parts.extend(rules.max_number_of_files.map(|max| count(&strings.up_to_files, max)));
    parts.join(" · ")
}

/// Which rows stand in the document: those in view and a few above and below.
pub(crate) fn window(count: usize, scrolled: f64, height: f64, row: f64) -> std::ops::Range<usize> {
    const OVERSCAN: usize = 4;
    /// While the list has no height of its own, for instance in a closed dialog.
    const UNSEEN: usize = 8;
    /// No screen shows more; a guard against a page that gives the list no limit.
    const MOST: usize = 200;
    if row < 1.0 {
        return 0..count.min(UNSEEN);
    }
    // Saturating casts: a negative overscroll is 0.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let [first, in_view] = [scrolled / row, height / row].map(|rows| rows as usize);
    let in_view = if height < 1.0 { UNSEEN } else { (in_view + 2).min(MOST) };
    // Past the end when files went while the list was scrolled down.
    let first = first.min(count.saturating_sub(in_view));
    let end = first.saturating_add(in_view + OVERSCAN).min(count);
    first.saturating_sub(OVERSCAN).min(end)..end
}

#[cfg(test)]
mod tests;
