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
    /// The names of those that failed and then passed, for the end.
    pub(crate) unsteady: Vec<String>,
}

/// More files than this do not fail by chance.
const MOST_AGAIN: usize = 5;

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
        self.run(name, command, |_| ()).0
    }

    /// As [`Self::runner`], for pages in browsers on machines that others use as well: the few files in which something
    /// failed are run once more by what `again` makes of them, by themselves. What passes then counts as passed, and is told
    /// at the end, for it may be a fault of ours that shows but now and then.
    pub(crate) fn pages(
        &mut self,
        name: &str,
        command: &mut Command,
        again: impl FnOnce(Vec<String>) -> Result<Command>,
    ) -> u64 {
        let mut first = Self::default();
        let (counted, files) = first.run(name, command, |_| ());
        // What failed outside of any test, in a helper say, is nothing that a file could pass.
        let files = if files.iter().all(|file| file.ends_with(".test.js")) { files } else { Vec::new() };
        self.once_more(name, first, files, again);
        counted
    }

    /// Adds a run, after those of its files in which something failed had another try, if they are few.
    fn once_more(
        &mut self,
        name: &str,
        mut first: Self,
        files: Vec<String>,
        again: impl FnOnce(Vec<String>) -> Result<Command>,
    ) {
        if files.is_empty() || files.len() > MOST_AGAIN {
            return self.add(first);
        }
        say::warn(format!("{name}: {} failed; once more, by themselves: {}", first.failed, files.join(", ")));
        let mut second = Self::default();
        let result = again(files).map(|mut command| second.run(name, &mut command, |_| ()).0);
        // Only where all of it passes, and something ran at all.
        if result.is_ok_and(|counted| counted > 0) && second.failed == 0 {
            first.passed += first.failed;
            first.failed = 0;
            first.unsteady = std::mem::take(&mut first.failures);
        }
        self.add(first);
    }

    fn add(&mut self, mut other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.failures.append(&mut other.failures);
        self.unsteady.append(&mut other.unsteady);
    }

    /// As [`Self::pages`], for test targets of cargo in a browser; `make` gives the command for some of them, or for all
    /// where it is given none. One that dies in the middle (Firefox was seen to run out of memory mappings) says nothing
    /// about any test, and little about those just before, so all of them are run once more, and that is told: the second run
    /// counts.
    pub(crate) fn browser(&mut self, name: &str, make: impl Fn(&[String]) -> Command) -> u64 {
        let mut trial = Self::default();
        let mut died = false;
        let (counted, targets) = trial.run(name, &mut make(&[]), |line| died |= line.contains("Error: webdriver "));
        if died && trial.failed > 0 {
            say::warn(format!("{name}: the browser died, which is no test's verdict; once more"));
            return self.runner(name, &mut make(&[]));
        }
        self.once_more(name, trial, targets, |targets| Ok(make(&targets)));
        counted
    }

    /// How many tests were counted, and the files or targets in which some failed, where those are all.
    fn run(&mut self, name: &str, command: &mut Command, mut hear: impl FnMut(&str)) -> (u64, Vec<String>) {
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
                return (0, Vec::new());
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
        // Of no use where there are others that it does not name.
        let all = reader.placed == reader.failures.len();
        let failed = if all { reader.files } else { reader.targets };
        (reader.passed + reader.failed, failed.into_iter().collect())
    }

    /// The last line of a run.
    pub(crate) fn summary(&self) -> String {
        format!("{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::command;

    /// A runner that prints what Node would.
    fn node(passed: u64, failed: &[&str]) -> Command {
        let mut text = format!("ℹ tests 9\nℹ pass {passed}\nℹ fail {}\n✖ failing tests:\n", failed.len());
        for name in failed {
            text += &format!("test at {name}.test.js:1:1\n✖ {name} (1ms)\n");
        }
        let mut printf = command("printf");
        printf.args(["%s", &text]);
        printf
    }

    fn pages(first: &[&str], second: &[&str]) -> Tally {
        let mut tally = Tally::default();
        tally.pages("e2e", &mut node(9, first), |_| Ok(node(3, second)));
        tally
    }

    #[test]
    fn what_passes_at_the_second_try_has_passed_and_is_named() {
        let tally = pages(&["a", "b"], &[]);
        assert_eq!(tally.summary(), "11 passed, 0 failed");
        assert_eq!(tally.unsteady, ["e2e: a (1ms)", "e2e: b (1ms)"]);
    }

    #[test]
    fn one_failure_at_the_second_try_takes_nothing_back() {
        for second in [["a"].as_slice(), &["b"], &["a", "b"]] {
            let tally = pages(&["a"], second);
            assert_eq!((tally.summary().as_str(), tally.unsteady.len()), ("9 passed, 1 failed", 0), "{second:?}");
        }
    }

    #[test]
    fn what_ran_nothing_takes_nothing_back() {
        let mut tally = Tally::default();
        tally.pages("e2e", &mut node(9, &["a"]), |_| Ok(command("true")));
        assert_eq!(tally.summary(), "9 passed, 1 failed");
        let mut tally = Tally::default();
        tally.pages("e2e", &mut node(9, &["a"]), |_| anyhow::bail!("no"));
        assert_eq!(tally.summary(), "9 passed, 1 failed");
    }

    #[test]
    fn what_failed_outside_of_a_test_is_not_tried_again() {
        let mut place = command("printf");
        place.args(["%s", "ℹ tests 9\nℹ pass 9\nℹ fail 1\n✖ failing tests:\ntest at lib/browsers.js:1:1\n✖ a (1ms)\n"]);
        let mut nowhere = command("printf");
        nowhere.args([
            "%s",
            "ℹ tests 9\nℹ pass 9\nℹ fail 2\n✖ failing tests:\ntest at a.test.js:1:1\n✖ a (1ms)\n✖ b (1ms)\n",
        ]);
        for (mut runner, failed) in [(place, 1), (nowhere, 2)] {
            let mut tally = Tally::default();
            tally.pages("e2e", &mut runner, |_| panic!("tried again"));
            assert_eq!((tally.passed, tally.failed), (9, failed));
        }
    }

    #[test]
    fn targets_in_a_browser_have_a_second_try_by_themselves() {
        for (second, passed, unsteady) in [("ok. 2 passed; 0 failed", 5, 1), ("FAILED. 1 passed; 1 failed", 4, 0)] {
            let mut tally = Tally::default();
            tally.browser("filechute in firefox", |targets| {
                let text = match targets {
                    [] => {
                        "test a ... FAIL\ntest result: FAILED. 4 passed; 1 failed;\n`-p filechute --test form`\n".into()
                    }
                    [form] if form == "form" => format!("test result: {second};\n"),
                    others => panic!("{others:?}"),
                };
                let mut printf = command("printf");
                printf.args(["%s", &text]);
                printf
            });
            assert_eq!((tally.passed, tally.failed), (passed, 5 - passed));
            assert_eq!(tally.unsteady.len(), unsteady);
        }
    }

    #[test]
    fn many_files_are_not_tried_again() {
        let mut tally = Tally::default();
        tally.pages("e2e", &mut node(1, &["a", "b", "c", "d", "e", "f"]), |_| panic!("tried again"));
        assert_eq!(tally.summary(), "1 passed, 6 failed");
    }
}
