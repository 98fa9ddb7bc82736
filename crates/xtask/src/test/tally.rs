//! Counting: tests as their runners report them, and checks that pass or fail as a whole.

use std::process::Command;

use anyhow::{Error, Result};

use super::summary::Reader;
use crate::run::{shown, watched};
use crate::say;

/// What has passed and failed so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// How many passed.
    pub(crate) passed: u64,
    /// How many failed.
    pub(crate) failed: u64,
    /// The names of those that failed, for the end.
    pub(crate) failures: Vec<String>,
}

impl Tally {
    /// Counts a check that passes or fails as a whole.
    pub(crate) fn check(&mut self, name: &str, result: Result<()>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(error) => self.fail(name, &error),
        }
    }

    /// Counts something that failed.
    pub(crate) fn fail(&mut self, name: &str, error: &Error) {
        say::warn(format!("{name}: {error:#}"));
        self.failed += 1;
        self.failures.push(name.to_owned());
    }

    /// Runs a test runner and counts what its summaries say. A runner that fails without naming a failed test, such as
    /// one that does not compile, counts as one failure.
    pub(crate) fn runner(&mut self, name: &str, command: &mut Command) -> u64 {
        self.run(name, command, |_| ())
    }

    /// As [`Self::runner`], for tests in a browser. One that dies in the middle (Firefox was seen to run out of memory
    /// mappings) says nothing about any test, so all of them are run once more, and that is told.
    pub(crate) fn browser(&mut self, name: &str, command: &mut Command) -> u64 {
        let mut trial = Self::default();
        let mut died = false;
        let counted = trial.run(name, command, |line| died |= line.contains("Error: webdriver "));
        // Failed tests have names of their own after this one.
        if died && trial.failures == [name.to_owned()] {
            say::warn(format!("{name}: the browser died, which is no test's verdict; once more"));
            return self.runner(name, command);
        }
        self.passed += trial.passed;
        self.failed += trial.failed;
        self.failures.append(&mut trial.failures);
        counted
    }

    fn run(&mut self, name: &str, command: &mut Command, mut hear: impl FnMut(&str)) -> u64 {
        say::detail(shown(command));
        let mut reader = Reader::default();
        let hearing = |line: &str| {
            hear(line);
            reader.line(line);
        };
        let status = match watched(command, hearing) {
            Ok(status) => status,
            Err(error) => {
                self.fail(name, &error);
                return 0;
            }
        };
        self.passed += reader.passed;
        self.failed += reader.failed;
        self.failures.extend(reader.failures.iter().map(|failure| format!("{name}: {failure}")));
        if reader.failed > 0 && reader.failures.is_empty() {
            self.failures.push(format!("{name}: {} failed", reader.failed));
        }
        if !status.success() && reader.failed == 0 {
            self.fail(name, &Error::msg(format!("`{}` failed ({status})", shown(command))));
        }
        reader.passed + reader.failed
    }

    /// The last line of a run.
    pub(crate) fn summary(&self) -> String {
        format!("{} passed, {} failed", self.passed, self.failed)
    }
}
