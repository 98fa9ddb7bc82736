//! What the interface says, worked out from the engine's state alone: no browser in here, so it is tested natively.
//!
//! [`Row`] is one line of the list, [`Summary`] the line about all files, [`hint`] the limits stated beforehand.

use filechute_engine::{Failure, Kind, Options, Phase, Totals, UploadFile, display_name, visible};

use super::{
    icons::{self, Family},
    settings::{MetaField, UiSettings},
};
use crate::{
    strings::{Words, fill},
    texts,
};

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
    /// Speed and time left, while they are known.
    pub(crate) pace: String,
    pub(crate) words: String,
    /// `data-state`.
    pub(crate) state: &'static str,
    pub(crate) percent: Option<u8>,
    /// What the bar tells assistive technology.
    pub(crate) value_text: String,
    /// The buttons before the last, at most two: verb, name and icon of each.
    pub(crate) actions: Vec<Action>,
    /// Whether it is chosen, and the name of the box that says so; `None` where files cannot be chosen.
    pub(crate) check: Option<(bool, String)>,
    /// Of the handle by which it is moved; `None` where there is no order to be changed.
    pub(crate) handle: Option<Handle>,
    /// The bytes are proved to be there.
    pub(crate) verified: bool,
    /// Name of the mark that says so.
    pub(crate) seal: &'static str,
    /// Name of the button that takes the file out.
    pub(crate) remove: String,
    /// Nothing of it is to be changed.
    pub(crate) off: bool,
}

/// What a button of a row does (`data-do`), is called and looks like.
pub(crate) type Action = (&'static str, String, &'static str);

/// A handle by which a file is moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Handle {
    pub(crate) label: String,
    pub(crate) help: &'static str,
    /// It was picked up by it.
    pub(crate) pressed: bool,
}

/// What a person may do with a file beyond the usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Offers<'a> {
    pub(crate) key: bool,
    pub(crate) link: bool,
    /// To fill in these, and its name.
    pub(crate) edit: Option<&'a [MetaField]>,
    /// Nothing: it is seen only.
    pub(crate) off: bool,
}

impl<'a> From<&'a UiSettings> for Offers<'a> {
    fn from(settings: &'a UiSettings) -> Self {
        Self {
            key: settings.show_key,
            link: settings.show_link,
            edit: settings.meta_fields.as_deref(),
            off: settings.disabled,
        }
    }
}

/// Names longer than this are cut in the middle when there is no room.
const LONG_NAME: usize = 12;
/// So many characters before the extension are spared.
const TAIL: usize = 4;
/// Names in a script from right to left are cut to this.
const LONG_RTL_NAME: usize = 40;

/// In what went wrong with a file they are cut to this: the name stands above, and there is room for few words.
const LONG_IN_ROW: usize = 36;
/// So many files a person oversees.
const FEW: u32 = 6;

/// The name of a file as it was changed to, if it was.
pub(crate) fn name_of(file: &UploadFile) -> &str {
    file.meta.get("name").filter(|name| !name.is_empty()).unwrap_or(&file.name)
}

/// The line for that file. `speed`: its bytes a second, 0 while that is not known.
pub(crate) fn row(file: &UploadFile, words: Words<'_>, offers: Offers<'_>, speed: u64) -> Row {
    let strings = words.strings;
    let whole = name_of(file);
    let name = display_name(whole);
    let (head, tail) = split(&name, file.extension());
    let percent = words.percent(file.percentage());
    let size = words.bytes(file.size);
    let of = fill(strings.of_bytes, &[&words.bytes(file.bytes_uploaded), &size]);
    let on_its_way = matches!(file.phase, Phase::Preparing | Phase::Sending | Phase::Finishing | Phase::BackingOff)
        || (file.phase == Phase::Paused && file.bytes_uploaded > 0);
    let remove = if file.phase.active() { strings.cancel_file } else { strings.remove_file };
    Row {
        words: state(file, &percent, words, offers),
        pace: if file.phase == Phase::Sending { pace_of(file, speed, words) } else { String::new() },
        state: file.phase.name(),
        percent: on_its_way.then(|| file.percentage()),
        value_text: [percent, of.clone()].join(", "),
        size: if file.phase == Phase::Sending { of } else { size },
        family: icons::family(&file.mime, file.extension()),
        actions: actions(file, &name, words, offers),
        check: None,
        handle: None,
        verified: file.response.as_ref().is_some_and(|response| response.verified.is_some()),
        seal: strings.verified,
        remove: fill(remove, &[&name]),
        off: offers.off,
        title: visible(whole),
        head,
        tail,
    }
}

fn actions(file: &UploadFile, name: &str, words: Words<'_>, offers: Offers<'_>) -> Vec<Action> {
    let strings = words.strings;
    let phase = file.phase;
    let retryable = file.failure.as_ref().is_some_and(Failure::retryable);
    let done = phase == Phase::Done;
    let all = [
        (offers.edit.is_some() && matches!(phase, Phase::Idle | Phase::Failed), "edit", strings.edit_file, icons::EDIT),
        (phase == Phase::Paused, "resume", strings.resume_file, icons::RESUME),
        (phase.active() && phase != Phase::Finishing, "pause", strings.pause_file, icons::PAUSE),
        (phase == Phase::Failed && retryable, "retry", strings.retry_file, icons::RETRY),
        (done && offers.key && !file.key().is_empty(), "copy-key", strings.copy_key, icons::COPY),
        (done && offers.link && link(file).is_some(), "copy-link", strings.copy_link, icons::LINK),
    ];
    let wanted = all.into_iter().filter(|(wanted, ..)| *wanted);
    wanted.map(|(_, verb, label, icon)| (verb, fill(label, &[name]), icon)).collect()
}

/// The address of a file that is there.
pub(crate) fn link(file: &UploadFile) -> Option<&str> {
    let response = file.response.as_ref()?;
    [&response.public_url, &response.upload_url].into_iter().map(String::as_str).find(|url| !url.is_empty())
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
fn state(file: &UploadFile, percent: &str, words: Words<'_>, offers: Offers<'_>) -> String {
    let strings = words.strings;
    let failure = file.failure.as_ref();
    match file.phase {
        Phase::Idle => strings.ready.into(),
        Phase::Queued => strings.waiting.into(),
        Phase::Preparing => strings.preparing.into(),
        Phase::Sending => fill(strings.uploading, &[percent]),
        Phase::Finishing => strings.finishing.into(),
        Phase::BackingOff if failure.is_some_and(|failure| failure.kind == Kind::Network) => {
            fill(strings.retrying_slow, &[&words.number(file.retries.into())])
        }
        Phase::BackingOff => strings.retrying.into(),
        Phase::Paused => strings.paused.into(),
        Phase::Done => strings.uploaded.into(),
        Phase::Failed => {
            let name = filechute_engine::shorten(&file.name, LONG_IN_ROW);
            failure.map(|failure| why(failure, &name, words, offers.edit)).unwrap_or_default()
        }
    }
}

/// Why a file failed.
pub(crate) fn why(failure: &Failure, name: &str, words: Words<'_>, fields: Option<&[MetaField]>) -> String {
    // A field as people know it.
    let missing = failure.code.strip_prefix("meta.");
    let field = fields.into_iter().flatten().find(|field| missing == Some(&*field.id) && !field.name.is_empty());
    match field {
        Some(field) => fill(words.strings.required, &[&field.name]),
        None => texts::message_in(failure, name, words),
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
    /// Labels of the other buttons, empty where one makes no sense.
    pub(crate) pause: &'static str,
    pub(crate) resume: &'static str,
    pub(crate) retry: &'static str,
    /// Whether it helps to see the failed files alone.
    pub(crate) filter: bool,
    /// Label of the button that empties the list.
    pub(crate) clear: &'static str,
}

/// Sums up all files. `retryable`: whether a failed file may be tried again.
pub(crate) fn summary(totals: &Totals, auto_proceed: bool, retryable: bool, words: Words<'_>) -> Summary {
    let strings = words.strings;
    let [idle, paused, failed] = [Phase::Idle, Phase::Paused, Phase::Failed].map(|phase| totals.count(phase));
    let active = totals.active();
    let (state, headline, detail) = lines(totals, words);
    Summary {
        headline,
        detail,
        state: state.name(),
        percent: (active + paused > 0).then(|| totals.percentage()),
        upload: if idle > 0 && !auto_proceed { words.count(&strings.upload, idle, &[]) } else { String::new() },
        pause: if active > 0 { strings.pause_all } else { "" },
        resume: if active == 0 && paused > 0 { strings.resume_all } else { "" },
        retry: if active == 0 && failed > 0 && retryable { strings.retry_failed } else { "" },
        // Where they are not all to be seen at a glance anyway.
        filter: failed > 0 && totals.files > failed.max(FEW),
        clear: if active + paused > 0 {
            strings.cancel_all
        } else if idle > 0 {
            strings.remove_all
        } else {
            strings.clear
        },
    }
}

/// The state of all files together, and two lines about them.
fn lines(totals: &Totals, words: Words<'_>) -> (Phase, String, String) {
    let strings = words.strings;
    let [idle, paused, done, failed] =
        [Phase::Idle, Phase::Paused, Phase::Done, Phase::Failed].map(|phase| totals.count(phase));
    let active = totals.active();
    let started = active + paused + done + failed;
    let all = words.bytes(totals.bytes_total);
    let of_bytes = fill(strings.of_bytes, &[&words.bytes(totals.bytes_uploaded), &all]);
    let of_files = words.count(&strings.of_files, started, &[&words.number(done.into())]);
    if active > 0 {
        let mut parts = if started > 1 { vec![of_files, of_bytes] } else { vec![of_bytes] };
        if totals.online && totals.count(Phase::Sending) > 0 {
            parts.extend(pace(totals.speed, totals.eta_ms, words));
        }
        return (Phase::Sending, headline(totals, words), parts.join(" · "));
    }
    if paused > 0 {
        let headline = fill(strings.all_paused, &[&words.percent(totals.percentage())]);
        return (Phase::Paused, headline, [of_files, of_bytes].join(" · "));
    }
    if failed > 0 && done > 0 {
        let both = [words.count(&strings.count_uploaded, done, &[]), words.count(&strings.count_failed, failed, &[])];
        return (Phase::Failed, words.list(&both), all);
    }
    if failed > 0 {
        return (Phase::Failed, words.count(&strings.all_failed, failed, &[]), all);
    }
    if idle > 0 {
        return (Phase::Idle, words.count(&strings.all_ready, idle, &[]), words.bytes(totals.bytes_added));
    }
    (Phase::Done, words.count(&strings.all_uploaded, done, &[]), all)
}

/// Those of one file, each with what parts it from the text before it.
fn pace_of(file: &UploadFile, speed: u64, words: Words<'_>) -> String {
    let left = file.size.saturating_sub(file.bytes_uploaded).saturating_mul(1000).checked_div(speed);
    pace(speed, left, words).into_iter().flat_map(|text| [" · ".to_owned(), text]).collect()
}

/// Speed and time left, once they are known.
fn pace(speed: u64, eta_ms: Option<u64>, words: Words<'_>) -> Vec<String> {
    if speed == 0 {
        return Vec::new();
    }
    let left = eta_ms.map(|ms| fill(words.strings.time_left, &[&words.duration(ms)]));
    [fill(words.strings.per_second, &[&words.bytes(speed)])].into_iter().chain(left).collect()
}

/// While files are under way.
fn headline(totals: &Totals, words: Words<'_>) -> String {
    let strings = words.strings;
    let active = totals.active();
    let [preparing, queued, finishing] =
        [Phase::Preparing, Phase::Queued, Phase::Finishing].map(|phase| totals.count(phase));
    if !totals.online {
        strings.waiting_for_network.into()
    } else if finishing == active {
        strings.finishing.into()
    } else if preparing + queued == active && totals.percentage() == 0 {
        strings.preparing.into()
    } else {
        fill(strings.uploading, &[&words.percent(totals.percentage())])
    }
}

/// The limits, stated before the person picks: `Images, PDF · up to 10 MB each · up to 5 files`. `single`: of one picture
/// there can be one, and that is not said.
pub(crate) fn hint(options: &Options, accept: &str, single: bool, words: Words<'_>) -> String {
    let strings = words.strings;
    let rules = &options.restrictions;
    let types: Vec<String> = rules.allowed_file_types.iter().map(filechute_engine::Accept::text).collect();
    let types = if types.is_empty() { accept.to_owned() } else { types.join(",") };
    let mut parts = Vec::new();
    if !types.is_empty() {
        parts.push(texts::capitalized(&texts::accepted_types_in(&types, words)));
    }
    // A file that must not be empty is told when it is.
    let small = rules.min_file_size.filter(|min| *min > 1);
    parts.extend(small.map(|min| fill(strings.at_least_size, &[&words.bytes(min)])));
    parts.extend(rules.max_file_size.map(|max| fill(strings.up_to_size, &[&words.bytes(max)])));
    parts.extend(rules.max_total_file_size.map(|max| fill(strings.up_to_total, &[&words.bytes(max)])));
    let most = rules.max_number_of_files.filter(|_| !single);
    parts.extend(most.map(|max| words.count(&strings.up_to_files, max, &[])));
    let least = rules.min_number_of_files.filter(|min| *min > 1);
    parts.extend(least.map(|min| words.count(&strings.at_least_files, min, &[])));
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
