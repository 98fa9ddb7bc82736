//! Command-line tools that come from crates.io.

use anyhow::Result;

use super::rust::Toolchain;
use crate::place::Place;
use crate::run::{command, output, run};
use crate::{lockfile, say};

/// The version of geckodriver the tests were written with.
const GECKODRIVER: &str = "0.37.0";

/// `wasm-bindgen` and its test runner, of the version the workspace is locked to.
pub(crate) fn wasm_bindgen(place: &Place, rust: &Toolchain) -> Result<()> {
    let version = lockfile::wasm_bindgen(&place.root)?;
    // Not `--locked`: the lock file this tool ships with names versions that are not everywhere to be had.
    install(place, rust, "wasm-bindgen-cli", "wasm-bindgen", &version, &[])
}

/// `geckodriver`, by which tests drive Firefox. One that is on `PATH` will do.
pub(crate) fn geckodriver(place: &Place, rust: &Toolchain) -> Result<std::path::PathBuf> {
    if let Ok(found) = which::which("geckodriver") {
        return Ok(found);
    }
    install(place, rust, "geckodriver", "geckodriver", GECKODRIVER, &["--locked"])?;
    Ok(place.tool("geckodriver"))
}

/// Installs `binary` from `krate` into the cache, unless that version is there.
fn install(place: &Place, rust: &Toolchain, krate: &str, binary: &str, version: &str, options: &[&str]) -> Result<()> {
    let is_there = || {
        output(command(place.tool(binary)).arg("--version"))
            .is_ok_and(|text| text.lines().next().is_some_and(|line| line.split(' ').any(|word| word == version)))
    };
    if is_there() {
        return Ok(());
    }
    let _lock = super::lock(&place.cache.join("tools.lock"))?;
    if is_there() {
        return Ok(());
    }
    say::step(format!("Tools: {krate} {version} (compiled once, about three minutes)"));
    let mut cargo = rust.program("cargo");
    // A folder of its own for the build: what it leaves behind serves nobody else.
    cargo.env_remove("CARGO_TARGET_DIR").args(["install", "--quiet", "--force", krate, "--version", version, "--root"]);
    run(cargo.arg(place.tools()).args(options))
}
