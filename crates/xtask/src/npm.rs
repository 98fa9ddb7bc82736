//! `cargo xtask npm`: makes `pkg/` ready for `npm pack`.
//!
//! `package.json` and `README.md` there are written by hand. The rest comes from here: the crate as the
//! module `headless`, the small `digest`, and what `package.rs` adds.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::place::Place;
use crate::setup::rust::{self, Toolchain};
use crate::stamp::{Fingerprint, is_fresh, write};
use crate::wasm::{self, Effort, Module};
use crate::{lockfile, package, say, setup};

const PACKAGE: &str = "filechute-npm";
/// Behind `createUploader` and the element alike.
const HEADLESS: Module<'_> = Module { package: PACKAGE, arguments: &[], name: "headless" };
/// The checksums, which pages load only when they need one.
const DIGEST: Module<'_> = Module { package: "filechute-checksum-wasm", arguments: &[], name: "digest" };
/// What the modules are made of.
const SOURCES: &[&str] =
    &["Cargo.toml", "Cargo.lock", "src", "crates/checksum", "crates/checksum-wasm", "crates/engine", "crates/npm"];

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
    let folder = place.scratch().join(HEADLESS.name);
    wasm::build(place, rust, effort, &HEADLESS, &folder)?;
    if effort != Effort::Quick {
        package::minify(place, &folder.join(format!("{}.js", HEADLESS.name)))?;
    }
    made.push(folder);
    let folder = place.scratch().join(DIGEST.name);
    wasm::build_bare(place, rust, effort, &DIGEST, &folder)?;
    made.push(folder);
    made.push(package::hand_written(place)?);
    package::publish(&made, &place.pkg(), &place.scratch().join("npm.files"))?;
    write(&stamp, &wanted)?;
    say::step("pkg/ is ready for `npm pack`");
    Ok(())
}

/// The module of checksums as the quick effort makes it, for tests that need it and no more.
pub(crate) fn digest_module(place: &Place, rust: &Toolchain) -> Result<PathBuf> {
    wasm::build_bare(place, rust, Effort::Quick, &DIGEST, &place.scratch().join("digest-quick"))
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
        .text(include_str!("names.rs"))
        .text(include_str!("npm.rs"))
        .text(include_str!("package.rs"));
    for source in SOURCES {
        fingerprint = fingerprint.path(&place.root.join(source))?;
    }
    Ok(fingerprint.finish())
}

/// The files that compilers make, which the stamp alone does not vouch for.
fn outputs(pkg: &Path) -> Vec<PathBuf> {
    [format!("{}.js", HEADLESS.name), format!("{}_bg.wasm", HEADLESS.name), format!("{}.wasm", DIGEST.name)]
        .map(|name| pkg.join(name))
        .into()
}
