//! `cargo xtask bench`: the element beside Uppy's Dashboard, in one run; writes `docs/benchmark.md`.

use anyhow::Result;

use crate::npm;
use crate::place::Place;
use crate::run::{command, run};
use crate::say;
use crate::setup::rust::{self, Toolchain};
use crate::setup::{browsers, node};
use crate::wasm::Effort;

/// Sets up, builds, measures. With `quick` one round of few files, and nothing is written.
pub(crate) fn bench(place: &Place, quick: bool) -> Result<()> {
    let rust = rust::toolchain(place)?;
    let folder = place.root.join("tests/bench");
    // It drives the browser with the modules of the end-to-end tests.
    for packages in [&place.root.join("tests/e2e"), &folder] {
        node::npm_ci(packages)?;
    }
    npm::build(place, &rust, Effort::best(&rust))?;
    let chromium = browsers::chromium()?;
    build_host(place, &rust)?;
    say::step(if quick {
        "Measuring, once"
    } else {
        "Measuring: keep the machine quiet, it takes a quarter of an hour"
    });
    let mut node = command("node");
    node.current_dir(&folder).arg("bench.js").args(quick.then_some("--quick"));
    node.env("FILECHUTE_ROOT", &place.root)
        .env("FILECHUTE_PKG", place.pkg())
        .env("FILECHUTE_HOST_BIN", place.cargo_target.join("release/filechute-host"))
        .env("FILECHUTE_BROWSERS", "chromium")
        .env("CHROMIUM_BIN", chromium.browser)
        .env("CHROMEDRIVER", chromium.driver);
    run(&mut node)
}

/// Optimised: an upload is not to wait for the host.
fn build_host(place: &Place, rust: &Toolchain) -> Result<()> {
    say::step("Building the host, optimised");
    run(rust.cargo(place).args(["build", "--release", "--package", "filechute-host", "--bin", "filechute-host"]))
}
