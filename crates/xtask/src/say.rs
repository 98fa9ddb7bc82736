//! What the commands tell a person. All of it goes to stderr: stdout carries only what scripts read.

use std::time::Duration;

/// Announces a step that takes a while, with its reason: "what (why)".
pub(crate) fn step(text: impl AsRef<str>) {
    eprintln!("\x1b[1m==>\x1b[0m {}", text.as_ref());
}

/// A detail under the current step.
pub(crate) fn detail(text: impl AsRef<str>) {
    eprintln!("    {}", text.as_ref());
}

/// Something that is not as it should be, though the work goes on.
pub(crate) fn warn(text: impl AsRef<str>) {
    eprintln!("\x1b[33m!!!\x1b[0m {}", text.as_ref());
}

/// `75.3 s` or `4 min 12 s`.
pub(crate) fn time(took: Duration) -> String {
    let seconds = took.as_secs();
    if seconds < 100 {
        format!("{}.{} s", seconds, took.subsec_millis() / 100)
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}
