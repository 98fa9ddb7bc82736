//! What the interface keeps in mind about the files of an uploader between two looks at it: what was refused, what failed.
//! Each notice costs the same, however many files there are.

use filechute_engine::{FileId, Phase, Rejection, RejectionReason, UploadFile, display_name};

use super::{
    model::{name_of, why},
    settings::MetaField,
};
use crate::{
    IntakeFile, Uploader,
    strings::{Words, fill},
    texts,
};

/// The note says so many reasons, then a number.
const MOST_REASONS: usize = 4;
/// So many files wait for a choice.
const MOST_DUPLICATES: usize = 1000;

#[derive(Debug, Default)]
pub(crate) struct Files {
    /// Failed files that it makes sense to try again.
    retryable: Vec<FileId>,
    /// Reasons not yet dismissed, told in the language of then, the same one only once, and how many files they are about.
    reasons: Vec<Rejection>,
    refused: u32,
    /// What the note says instead when an upload could not start.
    stopped: Option<Rejection>,
    /// Refused since they are in the list already; what the person makes of them is open.
    duplicates: Vec<IntakeFile>,
    /// Errors not yet announced: the text of the last one, and how many there are.
    errors: (String, u32),
}

impl Files {
    /// What is known at the begin.
    pub(crate) fn of(uploader: &Uploader) -> Self {
        let failed = uploader.files().into_iter().filter(is_retryable);
        Self { retryable: failed.map(|file| file.id).collect(), ..Self::default() }
    }

    /// The person has seen what was refused, or does something new. `all`: and not only why an upload did not start.
    pub(crate) fn forget(&mut self, all: bool) {
        self.stopped = None;
        if all {
            self.reasons.clear();
            self.refused = 0;
            self.duplicates.clear();
        }
    }

    /// Why an upload did not start.
    pub(crate) fn stop(&mut self, why: Rejection) {
        self.stopped = Some(why);
    }

    /// A file was not taken in.
    pub(crate) fn refuse(&mut self, why: &Rejection, file: Option<&IntakeFile>, words: Words<'_>) {
        self.refused = self.refused.saturating_add(1);
        if matches!(why.reason, RejectionReason::Duplicate) && self.duplicates.len() < MOST_DUPLICATES {
            self.duplicates.extend(file.cloned());
        }
        let text = |why: &Rejection| texts::rejection_in(why, words);
        if self.reasons.len() < MOST_REASONS && !self.reasons.iter().any(|known| text(known) == text(why)) {
            self.reasons.push(why.clone());
        }
    }

    /// A file was given up.
    pub(crate) fn fail(&mut self, file: &UploadFile, words: Words<'_>, fields: Option<&[MetaField]>) {
        let Some(failure) = &file.failure else { return };
        if failure.retryable() {
            self.retryable.push(file.id);
        }
        let message = why(failure, &file.name, words, fields);
        let name = display_name(&file.name);
        let (text, count) = &mut self.errors;
        *text = if filechute_engine::holds(&message, &name) { message } else { [&*name, ": ", &message].concat() };
        *count = count.saturating_add(1);
    }

    /// Whether a failed file may be tried again.
    pub(crate) fn retryable(&mut self, uploader: &Uploader) -> bool {
        // Only the last one matters, so only the last ones are looked at.
        while self.retryable.last().is_some_and(|id| !uploader.file(*id).is_some_and(|file| is_retryable(&file))) {
            self.retryable.pop();
        }
        !self.retryable.is_empty()
    }

    /// Title and lines about files that were not added.
    pub(crate) fn note(&self, words: Words<'_>) -> (String, String) {
        let strings = words.strings;
        if let Some(why) = &self.stopped {
            return (String::new(), texts::rejection_in(why, words));
        }
        if self.refused == 0 {
            return (String::new(), String::new());
        }
        let mut lines: Vec<String> = self.reasons.iter().map(|why| texts::rejection_in(why, words)).collect();
        let rest = self.refused.saturating_sub(u32::try_from(lines.len()).unwrap_or(u32::MAX));
        // One reason for all, for instance the number of files, stands for itself.
        if rest > 0 && lines.len() > 1 {
            lines.push(words.count(&strings.and_more, rest, &[]));
        }
        let all = u32::try_from(self.duplicates.len()) == Ok(self.refused);
        let title = if all { &strings.duplicates } else { &strings.not_added };
        (words.count(title, self.refused, &[]), lines.join("\n"))
    }

    /// Whether something can be done about what was refused.
    pub(crate) fn has_duplicates(&self) -> bool {
        self.stopped.is_none() && !self.duplicates.is_empty()
    }

    /// What to say at once about failed files: once.
    pub(crate) fn alert(&mut self, before: String, failed: bool, words: Words<'_>) -> String {
        match std::mem::take(&mut self.errors) {
            (_, 0) if failed => before,
            (_, 0) => String::new(),
            (text, 1) => text,
            (_, many) => words.count(&words.strings.files_failed, many, &[]),
        }
    }

    /// Files that are in the list already, to come in all the same.
    pub(crate) fn take_duplicates(&mut self) -> Vec<IntakeFile> {
        let taken = std::mem::take(&mut self.duplicates);
        self.forget(true);
        taken
    }
}

fn is_retryable(file: &UploadFile) -> bool {
    file.phase == Phase::Failed && file.failure.as_ref().is_some_and(filechute_engine::Failure::retryable)
}

/// Files that are in the list already come in all the same: in the place of the old ones, or under names of their own.
/// Returns those that are refused even so.
pub(crate) fn add_again(uploader: &Uploader, files: Vec<IntakeFile>, replace: bool) -> Vec<(Rejection, IntakeFile)> {
    let mut here = uploader.files();
    let mut names: Vec<String> = here.iter().map(|file| file.name.clone()).collect();
    let mut refused = Vec::new();
    for mut file in files {
        // Sizes are whole numbers far below what a float holds exactly.
        #[allow(clippy::float_cmp, clippy::cast_precision_loss)]
        let is_it = |old: &UploadFile| {
            old.name == file.name && old.size as f64 == file.blob.size() && old.relative_path == file.relative_path
        };
        if replace {
            if let Some(at) = here.iter().position(is_it) {
                uploader.remove(here.swap_remove(at).id);
            }
        } else {
            file.name = free_name(&file.name, &names);
            names.push(file.name.clone());
        }
        match uploader.add(file.clone()) {
            Ok(id) => here.extend(uploader.file(id)),
            Err(why) => refused.push((why, file)),
        }
    }
    refused
}

/// `a.txt` → `a (2).txt`, or the first number that is free.
fn free_name(name: &str, taken: &[String]) -> String {
    let dot = name.rfind('.').filter(|dot| *dot > 0).unwrap_or(name.len());
    let (stem, end) = name.split_at(dot);
    let mut n: u32 = 2;
    loop {
        let free = [stem, " (", &n.to_string(), ")", end].concat();
        if !taken.contains(&free) {
            return free;
        }
        n += 1;
    }
}

/// The name of a file, put into a text.
pub(crate) fn about(template: &str, file: &UploadFile) -> String {
    fill(template, &[&display_name(name_of(file))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_free_when_nobody_has_it() {
        let taken = ["a.txt", "a (2).txt", ".rc"].map(String::from);
        assert_eq!(free_name("a.txt", &taken), "a (3).txt");
        assert_eq!(free_name(".rc", &taken), ".rc (2)");
        assert_eq!(free_name("b", &taken), "b (2)");
    }
}
