//! The Rust toolchain everything but this program is built with: rustc 1.96 or newer that can build for the browser.
//!
//! The one in use is taken if it will do. Else rustup is asked, without touching the user's default; where rustup's
//! server is out of reach, Debian's own newer Rust serves, with the browser's standard library built from its sources.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use super::{apt, sysroot};
use crate::place::{Place, has_apt, is_root};
use crate::run::{command, output, run, run_within, succeeds};
use crate::say;

/// The oldest minor version of Rust 1 that builds the workspace: `rust-version` in the root manifest.
const FLOOR: u32 = 96;
/// The target of everything that runs in a browser.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
/// The name under which Debian's Rust is linked into rustup.
const DEBIAN: &str = "debian";
/// rustup's server may hang rather than fail when it cannot be reached.
const PATIENCE: Duration = Duration::from_secs(300);

/// A toolchain that was found fit, or a candidate for it.
#[derive(Debug, Clone)]
pub(crate) struct Toolchain {
    /// rustup's name of it; none without rustup, where `PATH` decides.
    name: Option<String>,
    /// The minor version of its rustc; 0 when there is none.
    minor: u32,
    version: String,
    sysroot: PathBuf,
}

impl Toolchain {
    /// Looks at a toolchain by its name in rustup, or at the one in `PATH`.
    fn look(name: Option<&str>) -> Self {
        let mut found =
            Self { name: name.map(str::to_owned), minor: 0, version: "no rustc".to_owned(), sysroot: PathBuf::new() };
        if let Ok(version) = output(found.program("rustc").arg("--version")) {
            found.minor = minor(&version).unwrap_or(0);
            found.version = version.trim().to_owned();
        }
        if let Ok(sysroot) = output(found.program("rustc").args(["--print", "sysroot"])) {
            found.sysroot = PathBuf::from(sysroot.trim());
        }
        found
    }

    fn is_new_enough(&self) -> bool {
        self.minor >= FLOOR
    }

    /// Whether it builds and links for the browser, tried with an empty test program: the files may be there and yet
    /// belong to another version.
    fn builds_wasm(&self, place: &Place) -> bool {
        let folder = place.scratch().join("probe");
        let source = folder.join("probe.rs");
        if std::fs::create_dir_all(&folder).is_err() || std::fs::write(&source, "").is_err() {
            return false;
        }
        let mut rustc = self.program("rustc");
        rustc.args(["--edition", "2024", "--test", "--target", WASM, "-o"]);
        succeeds(rustc.arg(folder.join("probe.wasm")).arg(source))
    }

    fn is_ready(&self, place: &Place) -> bool {
        self.is_new_enough() && self.builds_wasm(place)
    }

    /// `cargo`, `rustc` … of this toolchain.
    pub(crate) fn program(&self, program: &str) -> Command {
        let mut command = command(program);
        if let Some(name) = &self.name {
            command.env("RUSTUP_TOOLCHAIN", name);
        }
        command
    }

    /// `cargo` of this toolchain, building where the workspace builds.
    pub(crate) fn cargo(&self, place: &Place) -> Command {
        let mut cargo = self.program("cargo");
        cargo.current_dir(&place.root).env("CARGO_TARGET_DIR", &place.cargo_target);
        cargo
    }

    /// Whether the sources of std are there, so that it can be built for size.
    pub(crate) fn has_std_source(&self) -> bool {
        self.sysroot.join("lib/rustlib/src/rust/library/std/src/lib.rs").exists()
    }

    /// Version and name, for people.
    pub(crate) fn describe(&self) -> String {
        match &self.name {
            Some(name) => format!("{} (toolchain {name})", self.version),
            None => self.version.clone(),
        }
    }

    /// What decides whether something built is still up to date.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }
}

/// A toolchain that builds the workspace, installed first if need be.
pub(crate) fn toolchain(place: &Place) -> Result<Toolchain> {
    let active = Toolchain::look(active_name().as_deref());
    if active.is_ready(place) {
        return Ok(active);
    }
    let _lock = super::lock(&place.cache.join("rust.lock"))?;
    let rustup = which::which("rustup").is_ok();
    if rustup && let Some(ready) = prepared(place) {
        return Ok(ready);
    }
    say::step(format!(
        "Rust: rustc 1.{FLOOR} or newer with the target {WASM} is needed; here is {}",
        active.describe()
    ));
    if rustup && let Some(ready) = from_rustup(place, &active) {
        return Ok(ready);
    }
    if has_apt() && is_root() {
        return from_debian(place, rustup);
    }
    bail!(
        "no Rust that can build this. Run one of\n  {}\n  {} && cargo xtask setup    (as root, Debian 12)",
        shell_line(&installation(rustup)),
        apt::shell_line(sysroot::PACKAGES),
    )
}

/// The toolchain rustup chose for `cargo xtask`, which it tells by an environment variable.
fn active_name() -> Option<String> {
    std::env::var("RUSTUP_TOOLCHAIN").ok().filter(|name| !name.is_empty())
}

/// One that an earlier set-up made.
fn prepared(place: &Place) -> Option<Toolchain> {
    let list = output(command("rustup").args(["toolchain", "list"])).ok()?;
    let own = format!("1.{FLOOR}");
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name == DEBIAN || name.strip_prefix(&own).is_some_and(|rest| rest.starts_with(['-', '.'])))
        .map(|name| Toolchain::look(Some(name)))
        .find(|candidate| candidate.is_ready(place))
}

/// The target for a toolchain that is new enough; else a second toolchain beside it.
fn from_rustup(place: &Place, active: &Toolchain) -> Option<Toolchain> {
    let (name, arguments) = match &active.name {
        Some(name) if active.is_new_enough() => {
            (name.clone(), ["target", "add", "--toolchain", name, WASM].map(str::to_owned).to_vec())
        }
        _ => (format!("1.{FLOOR}"), installation(true)),
    };
    say::detail(format!("trying `{}`, which leaves your default toolchain as it is", shell_line(&arguments)));
    let mut rustup = command("rustup");
    rustup.args(&arguments).env("RUSTUP_MAX_RETRIES", "1").env("RUST_BACKTRACE", "0");
    if let Err(error) = run_within(&mut rustup, PATIENCE) {
        say::detail(format!("{error:#}"));
        return None;
    }
    let found = Toolchain::look(Some(&name));
    found.is_ready(place).then_some(found)
}

/// Arguments of rustup that bring the oldest toolchain this project supports, with all it uses.
fn installation(rustup: bool) -> Vec<String> {
    let line = format!(
        "toolchain install 1.{FLOOR} --no-self-update --profile minimal --component clippy,rustfmt,rust-src --target {WASM}"
    );
    let prefix = if rustup { "" } else { "(https://rustup.rs first) " };
    format!("{prefix}{line}").split(' ').map(str::to_owned).collect()
}

fn shell_line(arguments: &[String]) -> String {
    format!("rustup {}", arguments.join(" "))
}

/// Debian's Rust, linked into rustup when that is the one that decides which cargo runs.
fn from_debian(place: &Place, rustup: bool) -> Result<Toolchain> {
    say::step("Rust: installing Debian's newer Rust, and building the browser's standard library from its sources");
    apt::install(sysroot::PACKAGES)?;
    let name = if rustup {
        run(command("rustup").args(["toolchain", "link", DEBIAN, "/usr"]))?;
        Some(DEBIAN)
    } else {
        None
    };
    let found = Toolchain::look(name);
    if !found.is_new_enough() {
        bail!("Debian's Rust is too old: {}; it comes from the security updates of Debian 12", found.version);
    }
    if !found.builds_wasm(place) {
        sysroot::build(place, &found)?;
    }
    if !found.builds_wasm(place) {
        bail!("the standard library was built, and yet rustc does not link for {WASM}");
    }
    Ok(found)
}

/// clippy and rustfmt, which only the tests need.
pub(crate) fn components(rust: &Toolchain) -> Result<()> {
    let has = |part: &str| succeeds(rust.program("cargo").args([part, "--version"]));
    if has("clippy") && has("fmt") {
        return Ok(());
    }
    say::step("Rust: clippy and rustfmt are missing (the tests use them)");
    match rust.name.as_deref() {
        Some(DEBIAN) | None if has_apt() && is_root() => apt::install(sysroot::PACKAGES),
        Some(DEBIAN) | None => bail!("run {}", apt::shell_line(sysroot::PACKAGES)),
        Some(name) => {
            run_within(command("rustup").args(["component", "add", "--toolchain", name, "clippy", "rustfmt"]), PATIENCE)
        }
    }
}

/// The minor version in `rustc 1.96.0 (…)`, also of a nightly.
fn minor(version: &str) -> Option<u32> {
    version.strip_prefix("rustc 1.")?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions() {
        assert_eq!(minor("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)"), Some(96));
        assert_eq!(minor("rustc 1.101.0-nightly (92b5b8c87 2026-10-29)"), Some(101));
        assert_eq!(minor("error: no such command"), None);
    }

    #[test]
    fn the_floor_is_the_one_in_the_manifest() {
        let manifest = include_str!("../../../../Cargo.toml");
        assert!(manifest.contains(&format!("rust-version = \"1.{FLOOR}\"")));
    }
}
