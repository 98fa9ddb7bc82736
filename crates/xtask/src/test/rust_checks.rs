//! The layers that read Rust: format, clippy and documentation. Between them they check every combination of features
//! that is built anywhere, so no other layer does.

use std::process::Command;

use anyhow::Result;

use super::Bench;
use crate::run::{run, shown};
use crate::say;
use crate::setup::rust::WASM;

/// One call of clippy.
struct Variant {
    packages: &'static [&'static str],
    /// For the browser or for this machine.
    wasm: bool,
    /// Those that the package does not have are left out.
    features: &'static [&'static str],
    /// Tests and examples too.
    all_targets: bool,
}

/// Native packages without features that exclude each other.
pub(super) const NATIVE: &[&str] =
    &["filechute-engine", "filechute-checksum", "filechute-npm", "filechute-host", "filechute-faults", "xtask"];

/// What is built anywhere. `csr`, `hydrate` and `ssr` exclude each other, hence a call for each.
const VARIANTS: &[Variant] = &[
    Variant { packages: NATIVE, wasm: false, features: &[], all_targets: true },
    Variant { packages: &["filechute"], wasm: false, features: &["ui", "ssr"], all_targets: true },
    Variant { packages: &["filechute"], wasm: true, features: &[], all_targets: false },
    Variant { packages: &["filechute"], wasm: true, features: &["ui", "csr"], all_targets: true },
    Variant { packages: &["filechute"], wasm: true, features: &["ui", "hydrate"], all_targets: false },
    Variant { packages: &["filechute-checksum-wasm"], wasm: true, features: &[], all_targets: true },
    Variant { packages: &["filechute-npm"], wasm: true, features: &[], all_targets: false },
    Variant { packages: &["leptos-csr"], wasm: true, features: &["csr"], all_targets: false },
    Variant { packages: &["leptos-ssr"], wasm: false, features: &["ssr"], all_targets: true },
    Variant { packages: &["leptos-ssr"], wasm: true, features: &["hydrate"], all_targets: false },
];

/// `cargo fmt --check`.
pub(super) fn format(bench: &mut Bench<'_>) -> Result<()> {
    let result = run(bench.cargo().args(["fmt", "--all", "--check"]));
    bench.tally.check("fmt", result);
    Ok(())
}

/// clippy without a warning, in each variant.
pub(super) fn clippy(bench: &mut Bench<'_>) -> Result<()> {
    let mut done = Vec::new();
    for variant in VARIANTS {
        let Some(mut cargo) = variant.command(bench, "clippy") else { continue };
        cargo.arg("--quiet");
        if variant.all_targets {
            cargo.arg("--all-targets");
        }
        cargo.args(["--", "-D", "warnings"]);
        // A package that has not got the features yet would be checked twice.
        let line = shown(&cargo);
        if !done.contains(&line) {
            say::detail(&line);
            let result = run(&mut cargo);
            bench.tally.check(&line, result);
            done.push(line);
        }
    }
    Ok(())
}

/// Documentation without a warning, broken links above all.
pub(super) fn documentation(bench: &mut Bench<'_>) -> Result<()> {
    for variant in VARIANTS.iter().filter(|variant| variant.all_targets && variant.packages != ["leptos-ssr"]) {
        let Some(mut cargo) = variant.command(bench, "doc") else { continue };
        cargo.args(["--quiet", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
        let line = shown(&cargo);
        say::detail(&line);
        let result = run(&mut cargo);
        bench.tally.check(&line, result);
    }
    Ok(())
}

impl Variant {
    /// The call, or none when a package is not there.
    fn command(&self, bench: &Bench<'_>, verb: &str) -> Option<Command> {
        let mut cargo = bench.cargo();
        cargo.arg(verb);
        let mut features = String::new();
        for name in self.packages {
            let package = bench.workspace.package(name)?;
            cargo.args(["--package", name]);
            features = package.features(self.features);
        }
        if self.packages.len() == 1 {
            cargo.arg("--no-default-features");
        }
        if !features.is_empty() {
            cargo.args(["--features", &features]);
        }
        if self.wasm {
            cargo.args(["--target", WASM]);
        }
        Some(cargo)
    }
}
