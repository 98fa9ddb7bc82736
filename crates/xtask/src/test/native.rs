//! The layer of native tests: engine, host, fault proxy, this program, and the server's half of the component.

use anyhow::Result;

use super::Bench;
use super::rust_checks::NATIVE;

/// `cargo test` of everything that runs without a browser.
pub(super) fn tests(bench: &mut Bench<'_>) -> Result<()> {
    let mut cargo = bench.cargo();
    cargo.args(["test", "--no-fail-fast"]);
    for package in NATIVE {
        cargo.args(["--package", package]);
    }
    bench.tally.runner("native", &mut cargo);
    for (name, features) in [("filechute", ["ui", "ssr"].as_slice()), ("leptos-ssr", &["ssr"])] {
        if let Some(package) = bench.workspace.package(name) {
            let mut cargo = bench.cargo();
            cargo.args(["test", "--no-fail-fast", "--no-default-features", "--package", name]);
            let features = package.features(features);
            if !features.is_empty() {
                cargo.args(["--features", &features]);
            }
            bench.tally.runner(name, &mut cargo);
        }
    }
    Ok(())
}
