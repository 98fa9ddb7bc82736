//! From a crate to a module for the browser: cargo, then wasm-bindgen, then wasm-opt.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::names;
use crate::place::Place;
use crate::run::{command, run, shown};
use crate::say;
use crate::setup::rust::{Toolchain, WASM};
use crate::setup::{node, tools};
use crate::split::split;

/// What rustc emits for this target today, and no more: with `--all-features` binaryen writes modules that browsers
/// refuse.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];
/// Until nothing gets smaller. What the sections say that go was for tools only. The lowest kilobyte is the end of the stack.
const WASM_OPT: &[&str] = &[
    "--quiet",
    "-Oz",
    "--converge",
    "--strip-producers",
    "--strip-target-features",
    "--low-memory-unused",
    "--reorder-functions",
];
/// For modules that ship in the npm package: as flat code the optimiser finds more. 1.3 % of the compressed size, found by trying.
const WASM_OPT_MORE: &[&str] = &[
    "--flatten",
    "--rereloop",
    "--remove-unused-names",
    "--merge-blocks",
    "--precompute-propagate",
    "-O4",
    "--local-cse",
    "--simplify-locals",
    "-Oz",
];
/// Builds std for size together with the crate, with panics that only abort. Measured at 17 % of the compressed size.
/// These flags are unstable, so the compiler has to be told to take them.
const BUILD_STD: &[&str] = &["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];
const BUILD_STD_FLAGS: &str = "-Zunstable-options -Cpanic=immediate-abort";

/// How much work to put into small output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// For tests: the profile `dev`, in which Leptos says what does not match.
    Checked,
    /// For a look at a change: no wasm-opt, std as it comes.
    Quick,
    /// wasm-opt, std as it comes.
    Plain,
    /// wasm-opt, and std built for size.
    Full,
}

impl Effort {
    /// The most this toolchain can do.
    pub(crate) fn best(rust: &Toolchain) -> Self {
        if rust.has_std_source() { Self::Full } else { Self::Plain }
    }

    /// For the reader of the build's output.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Checked => "with debug assertions",
            Self::Quick => "quick: no wasm-opt, std as it comes",
            Self::Plain => "std as it comes (with the component rust-src it would be smaller)",
            Self::Full => "std built for size, panics abort at once",
        }
    }
}

/// One module to build.
#[derive(Debug)]
pub(crate) struct Module<'a> {
    /// The package in the workspace.
    pub(crate) package: &'a str,
    /// cargo's arguments that choose features or a target of it.
    pub(crate) arguments: &'a [&'a str],
    /// The name of the output: `NAME.js` and `NAME_bg.wasm`, or `NAME.wasm` without glue.
    pub(crate) name: &'a str,
    /// Whether it is cut in two: `NAME.wasm` and `NAME-more.wasm`.
    pub(crate) cut: bool,
}

/// Builds it into `folder`, which is emptied first.
pub(crate) fn build(place: &Place, rust: &Toolchain, effort: Effort, module: &Module<'_>, folder: &Path) -> Result<()> {
    tools::wasm_bindgen(place, rust)?;
    say::step(format!("Building {} ({})", module.name, module.package));
    let wasm = compile(place, rust, effort, module)?;
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let mut bindgen = command(place.tool("wasm-bindgen"));
    // Types are written by hand: the generated ones do not compile in every consumer's settings.
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", module.name, "--out-dir"]);
    run(bindgen.arg(folder).arg(&wasm))?;
    if matches!(effort, Effort::Plain | Effort::Full) {
        let wasm = folder.join(format!("{}_bg.wasm", module.name));
        let large = folder.join("large.wasm");
        fs::rename(&wasm, &large)?;
        optimise(place, &large, &wasm, &[])?;
        fs::remove_file(large)?;
        names::shorten(place, FEATURES, &wasm, &folder.join(format!("{}.js", module.name)))?;
    }
    Ok(())
}

/// Builds one that has no glue, `NAME.wasm`, into `folder`, which is emptied first. Returns the module's path.
pub(crate) fn build_bare(
    place: &Place,
    rust: &Toolchain,
    effort: Effort,
    module: &Module<'_>,
    folder: &Path,
) -> Result<PathBuf> {
    say::step(format!("Building {} ({})", module.name, module.package));
    let compiled = compile(place, rust, effort, module)?;
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let wasm = folder.join(format!("{}.wasm", module.name));
    let mut made = vec![wasm.clone()];
    if module.cut {
        made.push(folder.join(format!("{}-more.wasm", module.name)));
        split(&compiled, &wasm, &made[1])?;
    } else {
        fs::copy(&compiled, &wasm).with_context(|| format!("cannot copy {}", compiled.display()))?;
    }
    for wasm in made.iter().filter(|_| effort != Effort::Quick) {
        let large = wasm.with_extension("large");
        fs::rename(wasm, &large)?;
        optimise(place, &large, wasm, WASM_OPT_MORE)?;
        fs::remove_file(large)?;
    }
    Ok(wasm)
}

fn optimise(place: &Place, from: &Path, to: &Path, more: &[&str]) -> Result<()> {
    run(node::tool(place, "wasm-opt")?.args(WASM_OPT).args(more).arg(from).arg("-o").arg(to))
}

/// Compiles it and returns the module cargo made.
fn compile(place: &Place, rust: &Toolchain, effort: Effort, module: &Module<'_>) -> Result<PathBuf> {
    let mut cargo = rust.cargo(place);
    let profile = if effort == Effort::Checked { "dev" } else { "web" };
    cargo.args(["build", "--profile", profile, "--target", WASM, "--package", module.package]);
    cargo.args(module.arguments).arg("--message-format=json-render-diagnostics");
    // The flags below are the whole truth: a user's own would change what is published.
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    if effort == Effort::Full {
        cargo.args(BUILD_STD).env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", BUILD_STD_FLAGS);
    }
    let line = shown(&cargo);
    let output = cargo.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start `{line}`"))?;
    if !output.status.success() {
        bail!("`{line}` failed ({})", output.status);
    }
    last_module(&String::from_utf8_lossy(&output.stdout))
        .with_context(|| format!("{} makes no .wasm: it needs a cdylib or a binary", module.package))
}

/// The last `.wasm` among cargo's messages, one JSON object a line.
fn last_module(messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact")
        .filter_map(|message| {
            let files = message["filenames"].as_array()?;
            files.iter().filter_map(Value::as_str).find(|file| file.ends_with(".wasm")).map(PathBuf::from)
        })
        .next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_read_from_cargos_messages() {
        let messages = r#"
{"reason":"compiler-artifact","target":{"name":"dep"},"filenames":["/t/libdep.rlib"]}
{"reason":"compiler-artifact","target":{"name":"a"},"filenames":["/t/a.d","/t/a.wasm"]}
not json
{"reason":"build-finished","success":true}
"#;
        assert_eq!(last_module(messages), Some(PathBuf::from("/t/a.wasm")));
        assert_eq!(last_module("{}"), None);
    }
}
