//! `cargo xtask npm`: makes `pkg/` ready for `npm pack`.
//!
//! `package.json` and `README.md` there are written by hand. The rest comes from here: the engine and the checksums, each a
//! bare module, and what `package.rs` adds.

use std::iter;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::place::Place;
use crate::setup::rust::{self, Toolchain};
use crate::stamp::{Fingerprint, is_fresh, write};
use crate::wasm::{self, Effort, Module};
use crate::{package, say, setup};

/// The engine.
const ENGINE: Module<'_> = Module { package: "filechute-npm", arguments: &[], name: "filechute", cut: true };
/// The checksums, which pages load only when they need one.
const DIGEST: Module<'_> = Module { package: "filechute-checksum-wasm", arguments: &[], name: "digest", cut: false };
const MODULES: [Module<'_>; 2] = [ENGINE, DIGEST];
/// What the modules are made of.
const SOURCES: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "src/ui/style.css",
    "src/ui/thumbs.js",
    "src/web/journal/journal.js",
    "crates/checksum",
    "crates/checksum-wasm",
    "crates/engine",
    "crates/npm",
    "crates/xtask/tools",
    "pkg/README.md",
];

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
    for module in &MODULES {
        let folder = place.scratch().join(module.name);
        wasm::build_bare(place, rust, effort, module, &folder)?;
        made.push(folder);
    }
    made.push(package::hand_written(place, &made)?);
    package::publish(&made, &place.pkg(), &place.scratch().join("npm.files"))?;
    write(&stamp, &wanted)?;
    say::step("pkg/ is ready for `npm pack`");
    Ok(())
}

/// The modules as the quick effort makes them, for tests that need them and no more: the engine, the checksums.
pub(crate) fn quick_modules(place: &Place, rust: &Toolchain) -> Result<[PathBuf; 2]> {
    let build = |module: &Module<'_>| {
        wasm::build_bare(place, rust, Effort::Quick, module, &place.scratch().join(format!("{}-quick", module.name)))
    };
    Ok([build(&ENGINE)?, build(&DIGEST)?])
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
        .text(effort.describe())
        // This program's own flags are an input as well.
        .text(include_str!("wasm.rs"))
        .text(include_str!("split.rs"))
        .text(include_str!("npm.rs"))
        .text(include_str!("package.rs"));
    for source in SOURCES {
        fingerprint = fingerprint.path(&place.root.join(source))?;
    }
    Ok(fingerprint.finish())
}

/// The files that compilers make, which the stamp alone does not vouch for.
fn outputs(pkg: &Path) -> Vec<PathBuf> {
    let names = MODULES.iter().flat_map(|module| {
        let more = module.cut.then(|| format!("{}-more.wasm", module.name));
        iter::once(format!("{}.wasm", module.name)).chain(more)
    });
    names.map(|name| pkg.join(name)).collect()
}
