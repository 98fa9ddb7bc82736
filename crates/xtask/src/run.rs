//! Starting other programs: with a clean environment, with a time limit, or watched line by line.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// What `cargo run` and rustup put into the environment of this program. Passed on, it would pin the toolchain or the
/// package of the cargo calls made from here.
const INHERITED: &[&str] = &[
    "CARGO",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_MANIFEST_LINKS",
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_PRIMARY_PACKAGE",
    "OUT_DIR",
    "RUSTC",
    "RUSTDOC",
    "RUSTUP_TOOLCHAIN",
    "RUSTUP_TOOLCHAIN_SOURCE",
    "RUST_RECURSION_COUNT",
    // `cargo run` prepends the library folders of its own toolchain.
    "LD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
];

/// A command without what `cargo run` left in the environment. Its stdin is empty: nothing here may wait for a person.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for name in INHERITED {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_")) {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// The command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut line = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

/// Runs it with its output shown; a failure is an error. What it prints on stdout goes to our stderr.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    command.stdout(std::io::stderr());
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Runs it without showing anything; its stdout, or an error that ends with its stderr.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = shown(command);
    let output = command.output().with_context(|| format!("cannot start `{line}`"))?;
    if !output.status.success() {
        bail!("`{line}` failed ({})\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether it starts and succeeds, silently.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Runs it with its output shown, and ends it when the time is over.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let line = shown(command);
    command.stdout(std::io::stderr());
    let mut child = command.spawn().with_context(|| format!("cannot start `{line}`"))?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return if status.success() { Ok(()) } else { bail!("`{line}` failed ({status})") };
        }
        if start.elapsed() > limit {
            child.kill().ok();
            child.wait().ok();
            bail!("`{line}` was not done after {} s", limit.as_secs());
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Runs it, shows its output on stderr while it comes, and gives each line to `watch`.
pub(crate) fn watched(command: &mut Command, mut watch: impl FnMut(&str)) -> Result<ExitStatus> {
    let line = shown(command);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{line}`"))?;
    let (lines, arrived) = mpsc::channel();
    for pipe in pipes(&mut child) {
        let lines = lines.clone();
        thread::spawn(move || each_line(pipe, |line| lines.send(line).is_ok()));
    }
    drop(lines);
    for line in arrived {
        eprintln!("{line}");
        watch(&line);
    }
    Ok(child.wait()?)
}

/// The child's stdout and stderr, when they are pipes.
fn pipes(child: &mut Child) -> Vec<Box<dyn Read + Send>> {
    let stdout = child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>);
    let stderr = child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>);
    stdout.into_iter().chain(stderr).collect()
}

/// Reads to the end, line by line, as long as `take` wants more. Bytes that are not UTF-8 are replaced.
pub(crate) fn each_line(pipe: impl Read, mut take: impl FnMut(String) -> bool) {
    let mut reader = BufReader::new(pipe);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
        let line = String::from_utf8_lossy(&bytes);
        if !take(line.trim_end_matches(['\r', '\n']).to_owned()) {
            return;
        }
        bytes.clear();
    }
}

/// Asks the kernel to end the child even when this program is killed without a chance to say goodbye.
#[cfg(target_os = "linux")]
pub(crate) fn end_with_parent(command: &mut Command) {
    use std::os::unix::process::CommandExt;

    // SAFETY: prctl is async-signal-safe and touches no memory of ours.
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
            Ok(())
        });
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn end_with_parent(_: &mut Command) {}
