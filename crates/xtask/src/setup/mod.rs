//! Set-up: everything a command needs that is not in the repository. Each step looks first, so a second run is quick,
//! and each command asks only for the steps it needs.

pub(crate) mod apt;
pub(crate) mod browsers;
pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod rust;
mod sysroot;
pub(crate) mod tools;

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result};

use crate::place::Place;
use crate::say;

/// `cargo xtask setup`: what building needs; with `all`, what the tests need as well.
pub(crate) fn setup(place: &Place, all: bool) -> Result<()> {
    let rust = rust::toolchain(place)?;
    say::step(format!("Rust: {}", rust.describe()));
    tools::wasm_bindgen(place, &rust)?;
    node::build_tools(place)?;
    if all {
        rust::components(&rust)?;
        let found = browsers::find_or_install(place, &rust)?;
        say::step(format!("Browsers: {}", found.names().join(", ")));
        python::s3_servers(place)?;
    }
    say::step("Set-up is complete");
    Ok(())
}

/// Holds a lock file until dropped, so that two commands do not install or write the same thing at once.
pub(crate) fn lock(file: &Path) -> Result<File> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let lock = File::create(file).with_context(|| format!("cannot write {}", file.display()))?;
    if lock.try_lock().is_err() {
        say::detail("waiting for another `cargo xtask` to finish the same step");
        lock.lock()?;
    }
    Ok(lock)
}
