//! `cargo xtask test`: every layer of tests, one after the other, and a count at the end.

mod browser;
mod licences;
mod native;
mod node;
mod rust_checks;
mod servers;
mod summary;
mod tally;

use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Result, bail};

use crate::place::Place;
use crate::run::run;
use crate::say;
use crate::setup::browsers::{self, Browsers};
use crate::setup::rust::{self, Toolchain};
use crate::workspace::Workspace;
use tally::Tally;

/// A part of the run, by the name that `--only` takes.
struct Layer {
    name: &'static str,
    about: &'static str,
    run: fn(&mut Bench<'_>) -> Result<()>,
}

/// In this order: what is quick and tells most comes first.
const LAYERS: &[Layer] = &[
    Layer { name: "fmt", about: "Rust is formatted", run: rust_checks::format },
    Layer { name: "licences", about: "every crate may be used", run: licences },
    Layer { name: "lint", about: "JavaScript: lint and types", run: node::lint },
    Layer { name: "js", about: "the JavaScript face by itself", run: node::units },
    Layer { name: "clippy", about: "no warning, in any combination of features", run: rust_checks::clippy },
    Layer { name: "native", about: "engine, host, fault proxy, server rendering", run: native::tests },
    Layer { name: "doc", about: "documentation without a warning", run: rust_checks::documentation },
    Layer { name: "browser", about: "driver and component in Chromium and Firefox", run: browser::tests },
    Layer { name: "npm", about: "the package builds and keeps to its size", run: node::package_and_size },
    Layer { name: "e2e", about: "pages, in three browsers, against real S3 servers", run: node::e2e },
    Layer { name: "interop", about: "the real Companion, and the real Uppy client", run: node::interop },
];

/// What the layers share.
struct Bench<'a> {
    place: &'a Place,
    rust: &'a Toolchain,
    workspace: Workspace,
    /// Found by the first layer that needs them.
    browsers: Option<Browsers>,
    /// For the runner of the e2e tests.
    arguments: Vec<String>,
    tally: Tally,
}

impl Bench<'_> {
    fn cargo(&self) -> Command {
        self.rust.cargo(self.place)
    }

    fn browsers(&mut self) -> Result<&Browsers> {
        if self.browsers.is_none() {
            self.browsers = Some(browsers::find_or_install(self.place, self.rust)?);
        }
        self.browsers.as_ref().ok_or_else(|| anyhow::anyhow!("no browsers"))
    }
}

/// Runs all layers, or `only` those named. `arguments` go to the runner of the e2e tests.
pub(crate) fn test(place: &Place, only: &[String], arguments: Vec<String>) -> Result<ExitCode> {
    if let Some(unknown) = only.iter().find(|name| LAYERS.iter().all(|layer| layer.name != **name)) {
        let names: Vec<_> = LAYERS.iter().map(|layer| layer.name).collect();
        bail!("no layer `{unknown}`; there are {}", names.join(", "));
    }
    let start = Instant::now();
    let rust = rust::toolchain(place)?;
    rust::components(&rust)?;
    let workspace = Workspace::read(place, &rust)?;
    let mut bench = Bench { place, rust: &rust, workspace, browsers: None, arguments, tally: Tally::default() };
    let mut times = Vec::new();
    for layer in LAYERS.iter().filter(|layer| only.is_empty() || only.iter().any(|name| name == layer.name)) {
        say::step(format!("{}: {}", layer.name, layer.about));
        let (began, before) = (Instant::now(), (bench.tally.passed, bench.tally.failed));
        if let Err(error) = (layer.run)(&mut bench) {
            bench.tally.fail(layer.name, &error);
        }
        let (passed, failed) = (bench.tally.passed - before.0, bench.tally.failed - before.1);
        let line = format!("{:<10}{passed:>6} passed{failed:>6} failed   {}", layer.name, say::time(began.elapsed()));
        say::detail(&line);
        times.push(line);
    }
    Ok(end(&bench.tally, &times, start))
}

/// Tells how it went. The very last line is the count, on stdout.
fn end(tally: &Tally, times: &[String], start: Instant) -> ExitCode {
    say::step(format!("All layers, {}", say::time(start.elapsed())));
    times.iter().for_each(say::detail);
    if !tally.unsteady.is_empty() {
        say::warn("These passed only when their file was run once more:");
        tally.unsteady.iter().for_each(say::detail);
    }
    if !tally.failures.is_empty() {
        say::warn("These failed:");
        tally.failures.iter().for_each(say::detail);
    }
    println!("{}", tally.summary());
    if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn licences(bench: &mut Bench<'_>) -> Result<()> {
    let result = licences::check(&mut bench.cargo());
    bench.tally.check("licences", result);
    Ok(())
}

/// Builds the programs that browser tests talk to, by the same call as the native tests: with other packages or without
/// the tests, cargo would choose other features of their dependencies and compile those again.
fn build_servers(bench: &Bench<'_>) -> Result<()> {
    let mut cargo = bench.cargo();
    cargo.args(["test", "--no-run", "--quiet"]);
    for package in rust_checks::NATIVE {
        cargo.args(["--package", package]);
    }
    run(&mut cargo)?;
    if !servers::are_built(bench.place) {
        bail!("filechute-host, filechute-faults or filechute-demo has no program yet");
    }
    Ok(())
}
