//! The layers that Node runs: lint and type check of all JavaScript, the end-to-end tests, and the tests against the
//! real programs of others.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Bench, build_servers};
use crate::run::{command, run};
use crate::setup::{node, python};
use crate::wasm::Effort;
use crate::{leptos, npm, say, size};

const E2E: &str = "tests/e2e";
const INTEROP: &str = "tests/interop";
/// An example with packages of its own, and a file of end-to-end tests.
const NEXT: (&str, &str) = ("examples/next", "next.test.js");

/// What the JavaScript of the package can be tried for without a browser and with the smallest of its WebAssembly.
pub(super) fn units(bench: &mut Bench<'_>) -> Result<()> {
    let folder = bench.place.root.join("crates/npm/js");
    if folder.join("test").exists() {
        node::check_node()?;
        let mut node = command("node");
        let [engine, digest] = npm::quick_modules(bench.place, bench.rust)?;
        node.env("FILECHUTE_ENGINE_WASM", engine).env("FILECHUTE_DIGEST_WASM", digest);
        bench.tally.runner("js", node.current_dir(folder).args(["--test", "--test-reporter=spec", "test/"]));
    }
    Ok(())
}

/// The scripts `lint` and `typecheck` of the JavaScript workspace.
pub(super) fn lint(bench: &mut Bench<'_>) -> Result<()> {
    let folder = bench.place.root.join(E2E);
    let Some(package) = package(&folder)? else { return Ok(()) };
    node::npm_ci(&folder)?;
    for script in ["lint", "typecheck"] {
        if package["scripts"][script].is_string() {
            let result = run(node::npm().current_dir(&folder).args(["run", "--silent", script]));
            bench.tally.check(&format!("npm run {script}"), result);
        }
    }
    Ok(())
}

/// The npm package and its size.
pub(super) fn package_and_size(bench: &mut Bench<'_>) -> Result<()> {
    npm::build(bench.place, bench.rust, Effort::best(bench.rust))?;
    bench.tally.check("npm", Ok(()));
    for (bundle, verdict) in size::check(bench.place)? {
        bench.tally.check(&format!("size of {bundle}"), verdict);
    }
    Ok(())
}

/// Pages in real browsers, against the host and real S3 servers.
pub(super) fn e2e(bench: &mut Bench<'_>) -> Result<()> {
    let (example, tests) = NEXT;
    if bench.arguments.is_empty() || bench.arguments.iter().any(|argument| argument.ends_with(tests)) {
        node::npm_ci(&bench.place.root.join(example))?;
    }
    run_tests(bench, "e2e", E2E)
}

/// The real Companion as our host, and the real Uppy client against ours.
pub(super) fn interop(bench: &mut Bench<'_>) -> Result<()> {
    // It drives browsers and servers with the modules of the end-to-end tests.
    node::npm_ci(&bench.place.root.join(E2E))?;
    run_tests(bench, "interop", INTEROP)
}

fn run_tests(bench: &mut Bench<'_>, name: &str, folder: &str) -> Result<()> {
    let folder = bench.place.root.join(folder);
    let Some(package) = package(&folder)? else {
        say::detail(format!("no {}", folder.join("package.json").display()));
        return Ok(());
    };
    node::npm_ci(&folder)?;
    npm::build(bench.place, bench.rust, Effort::best(bench.rust))?;
    build_servers(bench)?;
    let mut ran = 0;
    let mut runner = node::npm();
    runner.current_dir(&folder).args(["run", "--silent"]);
    environment(bench, &mut runner)?;
    for (script, arguments) in passes(&folder, &package, &bench.arguments)? {
        let mut tests = same(&runner);
        tests.arg(script);
        if !arguments.is_empty() {
            tests.arg("--").args(arguments);
        }
        ran += if bench.arguments.is_empty() {
            bench.tally.pages(name, &mut tests, |files| {
                let mut again = same(&runner);
                again.args(["test", "--", "--test-concurrency=1"]).args(files);
                Ok(again)
            })
        } else {
            bench.tally.runner(name, &mut tests)
        };
    }
    if ran == 0 {
        bench.tally.check(name, Err(anyhow::anyhow!("not one test ran")));
    }
    Ok(())
}

/// Another command with the same program, arguments, folder and environment.
fn same(command: &Command) -> Command {
    let mut other = Command::new(command.get_program());
    other.args(command.get_args()).stdin(std::process::Stdio::null());
    if let Some(folder) = command.get_current_dir() {
        other.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => other.env(name, value),
            None => other.env_remove(name),
        };
    }
    other
}

/// Scripts of the package, one after the other, and their arguments. What the script `test:alone` names is sensitive to
/// what else the machine does, so it is left out of `test`, which runs files beside each other.
fn passes(folder: &Path, package: &Value, asked: &[String]) -> Result<Vec<(&'static str, Vec<String>)>> {
    let Some(alone) = package["scripts"]["test:alone"].as_str().filter(|_| asked.is_empty()) else {
        return Ok(vec![("test", asked.to_vec())]);
    };
    let mut together = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.js") && !alone.split(' ').any(|word| word == name) {
            together.push(name);
        }
    }
    together.sort();
    Ok(vec![("test", together), ("test:alone", Vec::new())])
}

/// Tells the tests where everything is.
fn environment(bench: &mut Bench<'_>, tests: &mut Command) -> Result<()> {
    let place = bench.place;
    let servers = python::s3_servers(place)?;
    tests
        .env("FILECHUTE_ROOT", &place.root)
        .env("FILECHUTE_PKG", place.pkg())
        .env("FILECHUTE_HOST_BIN", place.debug_binary("filechute-host"))
        .env("FILECHUTE_FAULTS_BIN", place.debug_binary("filechute-faults"))
        .env("FILECHUTE_DEMO_BIN", place.debug_binary("filechute-demo"))
        .env("FILECHUTE_ARTEFACTS", place.root.join("target/e2e"))
        .env("FILECHUTE_XTASK_BIN", std::env::current_exe()?)
        .env("WEED_BIN", servers.weed)
        .env("MINISTACK_BIN", servers.ministack);
    if bench.workspace.package("leptos-csr").is_some_and(|package| package.folder.join("index.html").exists()) {
        tests.env("FILECHUTE_LEPTOS_DEMO", leptos::build(place, bench.rust, Effort::best(bench.rust))?);
    }
    if bench.workspace.package("leptos-ssr").is_some() {
        let (program, site) = leptos::build_served(place, bench.rust)?;
        tests.env("FILECHUTE_LEPTOS_SSR_BIN", program).env("FILECHUTE_LEPTOS_SSR_SITE", site);
    }
    let browsers = bench.browsers()?;
    tests.env("FILECHUTE_BROWSERS", browsers.names().join(","));
    for (found, browser, driver) in [
        (&browsers.chromium, "CHROMIUM_BIN", "CHROMEDRIVER"),
        (&browsers.firefox, "FIREFOX_BIN", "GECKODRIVER"),
        (&browsers.webkit, "WEBKIT_BIN", "WEBKITDRIVER"),
    ] {
        if let Some(found) = found {
            tests.env(browser, &found.browser).env(driver, &found.driver);
        }
    }
    Ok(())
}

/// The folder's `package.json`, if there is one. A package without a lock file is not ready to be tested.
fn package(folder: &Path) -> Result<Option<Value>> {
    let manifest = folder.join("package.json");
    if !manifest.exists() {
        return Ok(None);
    }
    if !folder.join("package-lock.json").exists() {
        bail!("{} has no package-lock.json", folder.display());
    }
    let text = std::fs::read_to_string(&manifest)?;
    serde_json::from_str(&text).with_context(|| format!("cannot read {}", manifest.display())).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sensitive_runs_alone() {
        let folder = crate::place::Place::find().unwrap().root.join(E2E);
        let package = package(&folder).unwrap().unwrap();
        let [(first, together), (second, rest)] = passes(&folder, &package, &[]).unwrap().try_into().unwrap();
        assert_eq!((first, second, rest.len()), ("test", "test:alone", 0));
        assert!(together.contains(&"element.test.js".to_owned()));
        for name in package["scripts"][second].as_str().unwrap().split(' ').filter(|word| word.ends_with(".test.js")) {
            assert!(folder.join(name).exists(), "{name}");
            assert!(!together.contains(&name.to_owned()), "{name}");
        }
        let asked = ["limit.test.js".to_owned()];
        assert_eq!(passes(&folder, &package, &asked).unwrap(), [("test", asked.to_vec())]);
    }
}
