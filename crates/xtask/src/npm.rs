//! `cargo xtask npm`: makes `pkg/` ready for `npm pack`.
//!
//! `package.json` and `README.md` there are written by hand. The rest comes from here: the hand-written JavaScript and
//! types of `crates/npm/js`, and two modules of the crate, `headless` without an interface and `element_core` with it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::place::Place;
use crate::setup::rust::{self, Toolchain};
use crate::stamp::{Fingerprint, is_fresh, write};
use crate::wasm::{self, Effort, Module};
use crate::{lockfile, say, setup};

const PACKAGE: &str = "filechute-npm";
const MODULES: &[Module<'_>] = &[
    Module { package: PACKAGE, arguments: &["--no-default-features"], name: "headless" },
    Module { package: PACKAGE, arguments: &["--no-default-features", "--features", "element"], name: "element_core" },
];
/// What the modules are made of.
const SOURCES: &[&str] = &["Cargo.toml", "Cargo.lock", "src", "crates/engine", "crates/npm"];

/// Builds the package, unless nothing has changed since the last time.
pub(crate) fn build(place: &Place, rust: &Toolchain, effort: Effort) -> Result<()> {
    let _lock = setup::lock(&place.scratch().join("npm.lock"))?;
    let stamp = place.scratch().join("npm.stamp");
    let wanted = fingerprint(place, rust, effort)?;
    if is_fresh(&stamp, &wanted) && outputs(&place.pkg()).iter().all(|file| file.exists()) {
        say::step("The npm package is up to date");
        return Ok(());
    }
    say::step(format!("The npm package: {}", effort.describe()));
    let mut made = Vec::new();
    for module in MODULES {
        let folder = place.scratch().join(module.name);
        wasm::build(place, rust, effort, module, &folder)?;
        made.push(folder);
    }
    made.push(place.root.join("crates/npm/js"));
    publish(&made, &place.pkg(), &place.scratch().join("npm.files"))?;
    write(&stamp, &wanted)?;
    say::step("pkg/ is ready for `npm pack`");
    Ok(())
}

/// `cargo xtask npm [--dev] [--no-build-std]`.
pub(crate) fn command(place: &Place, quick: bool, plain: bool) -> Result<()> {
    let rust = rust::toolchain(place)?;
    build(place, &rust, effort(&rust, quick, plain))
}

/// The effort asked for on the command line.
fn effort(rust: &Toolchain, quick: bool, plain: bool) -> Effort {
    match (quick, plain) {
        (true, _) => Effort::Quick,
        (false, true) => Effort::Plain,
        (false, false) => Effort::best(rust),
    }
}

fn fingerprint(place: &Place, rust: &Toolchain, effort: Effort) -> Result<String> {
    let mut fingerprint = Fingerprint::default()
        .text(rust.version())
        .text(&lockfile::wasm_bindgen(&place.root)?)
        .text(effort.describe())
        // This program's own flags are an input as well.
        .text(include_str!("wasm.rs"))
        .text(include_str!("npm.rs"));
    for source in SOURCES {
        fingerprint = fingerprint.path(&place.root.join(source))?;
    }
    Ok(fingerprint.finish())
}

/// The files wasm-bindgen makes, which the stamp alone does not vouch for.
fn outputs(pkg: &Path) -> Vec<PathBuf> {
    MODULES
        .iter()
        .flat_map(|module| [format!("{}.js", module.name), format!("{}_bg.wasm", module.name)])
        .map(|name| pkg.join(name))
        .collect()
}

/// Copies everything under `sources` to `pkg`, and takes away what an earlier build put there and this one did not.
/// `list` remembers the names, so that hand-written files are never touched.
fn publish(sources: &[PathBuf], pkg: &Path, list: &Path) -> Result<()> {
    let before: BTreeSet<String> = fs::read_to_string(list).unwrap_or_default().lines().map(str::to_owned).collect();
    let mut now = BTreeSet::new();
    for source in sources {
        copy(source, pkg, "", &mut now)?;
    }
    for gone in before.difference(&now) {
        fs::remove_file(pkg.join(gone)).ok();
    }
    write(list, &now.into_iter().collect::<Vec<_>>().join("\n"))
}

fn copy(from: &Path, to: &Path, prefix: &str, names: &mut BTreeSet<String>) -> Result<()> {
    if !from.exists() {
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = format!("{prefix}{file_name}");
        if path.is_dir() {
            if file_name != "node_modules" {
                copy(&path, &to.join(&file_name), &format!("{name}/"), names)?;
            }
        } else {
            fs::copy(&path, to.join(&file_name)).with_context(|| format!("cannot copy {}", path.display()))?;
            names.insert(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishing_replaces_its_own_files_only() {
        let folder = std::env::temp_dir().join(format!("filechute-publish-{}", std::process::id()));
        let (source, pkg, list) = (folder.join("js"), folder.join("pkg"), folder.join("list"));
        fs::create_dir_all(source.join("locales")).unwrap();
        fs::create_dir_all(&pkg).unwrap();
        fs::write(pkg.join("package.json"), "{}").unwrap();
        fs::write(source.join("index.js"), "1").unwrap();
        fs::write(source.join("locales/de.js"), "1").unwrap();
        publish(std::slice::from_ref(&source), &pkg, &list).unwrap();
        assert!(pkg.join("locales/de.js").exists());

        fs::remove_file(source.join("locales/de.js")).unwrap();
        fs::write(source.join("index.js"), "2").unwrap();
        publish(&[source], &pkg, &list).unwrap();
        assert!(!pkg.join("locales/de.js").exists());
        assert_eq!(fs::read_to_string(pkg.join("index.js")).unwrap(), "2");
        assert!(pkg.join("package.json").exists());
        fs::remove_dir_all(folder).unwrap();
    }
}
