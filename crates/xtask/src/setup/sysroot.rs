//! The standard library for the browser, built from Debian's sources of it: Debian ships none for this target.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::rust::{Toolchain, WASM};
use crate::place::Place;
use crate::run::run;
use crate::say;

/// Debian's newer Rust, whole: compiler, cargo, sources of std, linker, clippy and rustfmt.
pub(crate) const PACKAGES: &[&str] = &[
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-llvm",
    // What `rust-lld` of rust-web-llvm points to.
    "lld-22",
    "rust-web-clippy",
    "rustfmt-web",
];
/// Where rustc of a toolchain at `/usr` looks for it.
const LIBRARIES: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";

/// Builds it once and puts it where rustc looks. Needs root.
pub(crate) fn build(place: &Place, rust: &Toolchain) -> Result<()> {
    say::detail(format!("building std for {WASM} (about a minute, once)"));
    let folder = place.cache.join("sysroot");
    remove(&folder)?;
    fs::create_dir_all(folder.join("src"))?;
    fs::write(
        folder.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n",
    )?;
    fs::write(folder.join("src/lib.rs"), "")?;
    let mut cargo = rust.program("cargo");
    cargo
        .current_dir(&folder)
        .args(["build", "--release", "--target", WASM, "-Zbuild-std=std,panic_abort,panic_unwind,test"])
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", folder.join("target"))
        // Link-time optimisation of a plain build reads the bitcode.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    run(&mut cargo)?;
    // Two versions of one library side by side would be an error, so the old ones go first.
    remove(Path::new(LIBRARIES))?;
    fs::create_dir_all(LIBRARIES).with_context(|| format!("cannot write {LIBRARIES}"))?;
    for entry in fs::read_dir(folder.join("target").join(WASM).join("release/deps"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".rlib") && !name.starts_with("libempty-") {
            fs::copy(&path, Path::new(LIBRARIES).join(&*name))?;
        }
    }
    remove(&folder)
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    Ok(())
}
