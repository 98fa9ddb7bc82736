//! Node packages: the build's own (`wasm-opt`), and `npm ci` for any folder with a lock file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::place::Place;
use crate::run::{command, output, run};
use crate::say;
use crate::stamp::{Fingerprint, is_fresh, write};

/// The oldest Node the tools and the published package support.
const OLDEST: u32 = 20;

/// A command of the build's own npm packages: `wasm-opt` (what Debian ships is too old for what rustc emits), `esbuild`.
pub(crate) fn tool(place: &Place, name: &str) -> Result<Command> {
    let bin = build_tools(place)?.join("node_modules/.bin");
    Ok(command(bin.join(if cfg!(windows) { format!("{name}.cmd") } else { name.to_owned() })))
}

/// The folder where those packages are, one for each state of the lock file.
pub(crate) fn build_tools(place: &Place) -> Result<PathBuf> {
    let source = place.root.join("crates/xtask/tools");
    let files = ["package.json", "package-lock.json", ".npmrc", "bundle.mjs"].map(|name| source.join(name));
    let mut fingerprint = Fingerprint::default();
    for file in &files {
        fingerprint = fingerprint.text(&fs::read_to_string(file)?);
    }
    let folder = place.cache.join(format!("npm-{}", fingerprint.finish()));
    let _lock = super::lock(&place.cache.join("npm.lock"))?;
    fs::create_dir_all(&folder)?;
    for file in files {
        fs::copy(&file, folder.join(file.file_name().unwrap_or_default()))
            .with_context(|| format!("cannot copy {}", file.display()))?;
    }
    npm_ci(&folder)?;
    Ok(folder)
}

/// Installs what the folder's `package-lock.json` says into its `node_modules`, unless that is there already.
pub(crate) fn npm_ci(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let stamp = folder.join("node_modules/.filechute-stamp");
    let wanted = Fingerprint::default().path(&lock)?.path(&folder.join("package.json"))?.finish();
    if is_fresh(&stamp, &wanted) {
        return Ok(());
    }
    check_node()?;
    say::step(format!("Node packages for {}", folder.display()));
    // A browser that a package would download is not needed: the system's are used.
    let mut npm = npm();
    npm.current_dir(folder).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    run(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").env("PUPPETEER_SKIP_DOWNLOAD", "1"))?;
    write(&stamp, &wanted)
}

/// `npm`, which is a script with another ending on Windows.
pub(crate) fn npm() -> Command {
    command(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Fails with advice when Node is missing or too old.
pub(crate) fn check_node() -> Result<()> {
    let version = output(command("node").arg("--version")).with_context(|| {
        format!("Node {OLDEST} or newer with npm is needed: https://nodejs.org or your system's package")
    })?;
    match major(&version) {
        Some(major) if major >= OLDEST => Ok(()),
        _ => bail!("Node {OLDEST} or newer is needed; here is {}", version.trim()),
    }
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_major_version() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("node"), None);
    }
}
