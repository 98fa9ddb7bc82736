//! Every string of the interface that is not about an error (those are in [`crate::texts`]).
//!
//! `{0}`, `{1}` … stand for values. A string that counts has two forms, for one and for more.

/// The words of the interface, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each name and its English text say what it is")]
pub struct Strings {
    pub choose: [&'static str; 2],
    pub choose_folder: &'static str,
    pub add_more: &'static str,
    pub or_drop: [&'static str; 2],
    pub drop_now: &'static str,
    pub up_to_size: &'static str,
    pub up_to_total: &'static str,
    pub up_to_files: [&'static str; 2],

    pub ready: &'static str,
    pub waiting: &'static str,
    pub preparing: &'static str,
    pub uploading: &'static str,
    pub finishing: &'static str,
    pub retrying: &'static str,
    pub retrying_slow: &'static str,
    pub paused: &'static str,
    pub uploaded: &'static str,

    pub cancel_file: &'static str,
    pub remove_file: &'static str,
    pub retry_file: &'static str,
    pub resume_file: &'static str,

    pub upload: [&'static str; 2],
    pub pause_all: &'static str,
    pub resume_all: &'static str,
    pub cancel_all: &'static str,
    pub remove_all: &'static str,
    pub clear: &'static str,
    pub retry_failed: &'static str,
    pub dismiss: &'static str,

    pub all_ready: [&'static str; 2],
    pub all_paused: &'static str,
    pub all_uploaded: [&'static str; 2],
    pub some_failed: &'static str,
    pub all_failed: [&'static str; 2],
    pub of_files: &'static str,
    pub of_bytes: &'static str,
    pub per_second: &'static str,
    pub time_left: &'static str,
    pub percent: &'static str,

    pub unfinished: &'static str,
    pub unfinished_more: &'static str,
    pub go_on: &'static str,
    pub choose_again: &'static str,
    pub discard: &'static str,

    pub offline: &'static str,
    pub not_added: [&'static str; 2],
    pub and_more: &'static str,
    pub files_failed: &'static str,
    pub files: &'static str,
    pub all_files: &'static str,
    pub start_uploading: [&'static str; 2],
}

impl Strings {
    /// English.
    pub const EN: Self = Self {
        choose: ["Choose a file", "Choose files"],
        choose_folder: "Choose a folder",
        add_more: "Add more",
        or_drop: ["or drop it here", "or drop them here"],
        drop_now: "Drop to add",
        up_to_size: "up to {0} each",
        up_to_total: "{0} in all",
        up_to_files: ["1 file", "up to {0} files"],

        ready: "Ready",
        waiting: "Waiting",
        preparing: "Preparing",
        uploading: "Uploading {0}",
        finishing: "Finishing…",
        retrying: "Retrying in a moment",
        retrying_slow: "Connection is slow – retrying ({0})",
        paused: "Paused",
        uploaded: "Uploaded",

        cancel_file: "Cancel {0}",
        remove_file: "Remove {0}",
        retry_file: "Retry {0}",
        resume_file: "Resume {0}",

        upload: ["Upload 1 file", "Upload {0} files"],
        pause_all: "Pause all",
        resume_all: "Resume all",
        cancel_all: "Cancel all",
        remove_all: "Remove all",
        clear: "Clear",
        retry_failed: "Retry failed",
        dismiss: "Dismiss",

        all_ready: ["1 file ready", "{0} files ready"],
        all_paused: "Paused at {0}",
        all_uploaded: ["1 file uploaded", "{0} files uploaded"],
        some_failed: "{0} uploaded, {1} failed",
        all_failed: ["1 file failed", "{0} files failed"],
        of_files: "{0} of {1} files",
        of_bytes: "{0} of {1}",
        per_second: "{0}/s",
        time_left: "{0} left",
        // A no-break space, so that the sign never stands alone on a line.
        percent: "{0}\u{a0}%",

        unfinished: "{0} was not finished: {1} of {2} uploaded",
        unfinished_more: "{0}, and {1} more",
        go_on: "Continue",
        choose_again: "Choose it again",
        discard: "Discard",

        offline: "You’re offline – uploads continue when you’re back",
        not_added: ["1 file was not added", "{0} files were not added"],
        and_more: "and {0} more",
        files_failed: "{0} files could not be uploaded",
        files: "Files",
        all_files: "All files",
        start_uploading: ["Uploading 1 file", "Uploading {0} files"],
    };
}

impl Default for Strings {
    fn default() -> Self {
        Self::EN
    }
}

/// The template with `{0}`, `{1}` … replaced.
pub(crate) fn fill(template: &str, values: &[&str]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let place = after.as_bytes().first().map(|digit| usize::from(digit.wrapping_sub(b'0')));
        let value = place.and_then(|at| values.get(at));
        match (value, after.split_once('}')) {
            (Some(value), Some((_, tail))) => {
                out.push_str(value);
                rest = tail;
            }
            _ => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The form for that many, filled with the number.
pub(crate) fn count(forms: &[&str; 2], n: u32) -> String {
    fill(forms[usize::from(n != 1)], &[&n.to_string()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_braces_in_values_are_left_alone() {
        assert_eq!(fill("{0} of {1}", &["{1}", "b"]), "{1} of b");
        assert_eq!(fill("a {x} {7} {", &["v"]), "a {x} {7} {");
        assert_eq!(count(&Strings::EN.upload, 1), "Upload 1 file");
        assert_eq!(count(&Strings::EN.upload, 3), "Upload 3 files");
    }
}
