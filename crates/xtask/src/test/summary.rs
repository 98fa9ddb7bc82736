//! Reads the output of test runners: cargo's, wasm-bindgen's and Node's.

use std::collections::BTreeSet;

/// Adds up the summaries in a stream of lines.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed or were cancelled.
    pub(crate) failed: u64,
    /// Names of those that failed, as far as the runner says.
    pub(crate) failures: Vec<String>,
    /// The files those are in, as far as the runner says: Node does.
    pub(crate) files: BTreeSet<String>,
    /// How many failures came with a file.
    pub(crate) placed: usize,
    /// Test targets in which something failed, as cargo lists them at its end.
    pub(crate) targets: BTreeSet<String>,
    /// Node lists its failures a second time, under a heading, with their causes.
    in_node_failures: bool,
}

impl Reader {
    /// Takes the next line, colours and all.
    pub(crate) fn line(&mut self, line: &str) {
        let line = without_colour(line);
        let line = line.trim();
        if let Some(result) = line.strip_prefix("test result: ") {
            self.passed += counted(result, " passed");
            self.failed += counted(result, " failed");
        } else if let Some(target) = failed_target(line) {
            self.targets.insert(target.to_owned());
        } else if let Some(name) = rust_failure(line) {
            self.failures.push(name.to_owned());
        } else if let Some(summary) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) {
            self.node(summary);
        } else if line == "✖ failing tests:" {
            self.in_node_failures = true;
        } else if let Some(name) = line.strip_prefix("✖ ").filter(|_| self.in_node_failures) {
            self.failures.push(name.to_owned());
        } else if let Some(file) = line.strip_prefix("test at ").filter(|_| self.in_node_failures).and_then(file_of) {
            self.files.insert(file.to_owned());
            self.placed += 1;
        }
    }

    /// A line of Node's summary, such as `pass 12`.
    fn node(&mut self, summary: &str) {
        let Some((what, Ok(count))) = summary.split_once(' ').map(|(what, count)| (what, count.parse::<u64>())) else {
            return;
        };
        match what {
            "pass" => self.passed += count,
            "fail" | "cancelled" => self.failed += count,
            // The first line of the next summary.
            "tests" => self.in_node_failures = false,
            _ => {}
        }
    }
}

/// The name in `test name ... FAILED` (cargo) or `test name ... FAIL` (wasm-bindgen).
fn rust_failure(line: &str) -> Option<&str> {
    let line = line.strip_prefix("test ")?;
    line.strip_suffix(" ... FAILED").or_else(|| line.strip_suffix(" ... FAIL"))
}

/// The name in a line of cargo's list of failed targets: "`-p package --test name`".
fn failed_target(line: &str) -> Option<&str> {
    let (_, name) = line.strip_prefix("`-p ")?.strip_suffix('`')?.split_once(" --test ")?;
    Some(name)
}

/// The file in `file:line:column`.
fn file_of(place: &str) -> Option<&str> {
    place.rsplitn(3, ':').nth(2)
}

/// The number before ` passed` in `ok. 12 passed; 0 failed; …`.
fn counted(result: &str, word: &str) -> u64 {
    let part = result.split([';', '.']).map(str::trim).find_map(|part| part.strip_suffix(word));
    part.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// The line without ANSI escape sequences (`ESC [ … letter`).
fn without_colour(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(letter) = rest.next() {
        if letter == '\u{1b}' {
            rest.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(letter);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reader {
        let mut reader = Reader::default();
        text.lines().for_each(|line| reader.line(line));
        reader
    }

    #[test]
    fn adds_up_cargos_binaries() {
        let reader = read(
            "running 2 tests\ntest a::b ... ok\ntest a::c ... FAILED\n\n\
             test result: FAILED. 1 passed; 1 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: \u{1b}[32mok\u{1b}[0m. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n",
        );
        assert_eq!((reader.passed, reader.failed), (13, 1));
        assert_eq!(reader.failures, ["a::c"]);
    }

    #[test]
    fn reads_wasm_bindgens_runner() {
        let reader = read(
            "Running headless tests in Chrome on `http://127.0.0.1:40123/`\ntest wasm::adds ... ok\n\
             test wasm::fails ... FAIL\ntest result: FAILED. 1 passed; 1 failed; 0 ignored; 0 filtered out; finished in 0.01s",
        );
        assert_eq!((reader.passed, reader.failed), (1, 1));
        assert_eq!(reader.failures, ["wasm::fails"]);
        let reader = read(
            "error: test failed, to rerun pass `-p filechute --test form`\nerror: 2 targets failed:\n    `-p filechute --lib`\n\
             \u{20}   `-p filechute --test form`\n",
        );
        assert_eq!(reader.targets, BTreeSet::from(["form".to_owned()]));
    }

    #[test]
    fn reads_both_reporters_of_node() {
        let spec = "✔ uploads (12ms)\n✖ pastes (3ms)\nℹ tests 4\nℹ pass 2\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0\n\
                    \n✖ failing tests:\n\ntest at a.test.js:3:1\n✖ pastes (3ms)\n  AssertionError\n";
        let reader = read(spec);
        assert_eq!((reader.passed, reader.failed), (2, 2));
        assert_eq!(reader.failures, ["pastes (3ms)"]);
        assert_eq!(reader.files, BTreeSet::from(["a.test.js".to_owned()]));
        assert_eq!(read("# tests 3\n# pass 3\n# fail 0\n").passed, 3);
    }

    #[test]
    fn other_lines_count_nothing() {
        let reader = read("12 passed\n# pass gate\n# a comment\ntest result\nℹ pass\n✖ not in a summary");
        assert_eq!((reader.passed, reader.failed, reader.failures.len()), (0, 0, 0));
    }
}
