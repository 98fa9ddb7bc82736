//! The layer of wasm-bindgen tests: the driver against a real host and store, the journal and the component, in real browsers.

use std::fs;

use anyhow::Result;

use super::servers::Servers;
use super::{Bench, build_servers};
use crate::setup::rust::WASM;
use crate::setup::tools;

/// Packages with such tests, and the features they are tested with.
const TESTED: &[(&str, &[&str])] = &[("filechute", &["ui", "digest"])];

/// Runs them in Chromium, then in Firefox. (WebKitGTK's driver is unknown to the runner; the e2e layer covers it.)
pub(super) fn tests(bench: &mut Bench<'_>) -> Result<()> {
    let place = bench.place;
    tools::wasm_bindgen(place, bench.rust)?;
    let browsers = bench.browsers()?;
    let capabilities = place.scratch().join("webdriver.json");
    fs::create_dir_all(place.scratch())?;
    fs::write(&capabilities, browsers.capabilities().to_string())?;
    let drivers = [("chromium", "CHROMEDRIVER", &browsers.chromium), ("firefox", "GECKODRIVER", &browsers.firefox)];
    let drivers: Vec<_> = drivers
        .into_iter()
        .filter_map(|(name, variable, found)| found.as_ref().map(|found| (name, variable, found.driver.clone())))
        .collect();
    build_servers(bench)?;
    let servers = Servers::start(place)?;
    let Bench { workspace, rust, tally, .. } = bench;
    for (package, features) in TESTED {
        let Some(features) = workspace.package(package).map(|package| package.features(features)) else {
            continue;
        };
        for (browser, variable, driver) in &drivers {
            let make = |targets: &[String]| {
                let mut cargo = rust.cargo(place);
                cargo.args(["test", "--no-fail-fast", "--target", WASM, "--no-default-features"]);
                cargo.args(["--package", package]);
                if !features.is_empty() {
                    cargo.args(["--features", &features]);
                }
                if targets.is_empty() {
                    // Not the examples in documentation: those are tried natively.
                    cargo.arg("--tests");
                }
                for target in targets {
                    cargo.args(["--test", target]);
                }
                cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", place.tool("wasm-bindgen-test-runner"));
                cargo.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities);
                cargo.env("WASM_BINDGEN_TEST_TIMEOUT", "120").env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "30");
                for other in ["CHROMEDRIVER", "GECKODRIVER", "SAFARIDRIVER", "MSEDGEDRIVER"] {
                    cargo.env_remove(other).env_remove(format!("{other}_REMOTE"));
                }
                cargo.env(variable, driver).envs(servers.environment());
                cargo
            };
            tally.browser(&format!("{package} in {browser}"), make);
        }
    }
    Ok(())
}
