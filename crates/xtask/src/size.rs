//! `cargo xtask size`: what the bundles weigh, against their limits.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::place::Place;
use crate::run::{command, output};
use crate::setup::rust;
use crate::wasm::Effort;
use crate::{npm, say};

/// Limits of a bundle, in bytes after brotli. 1 kB is 1,000 bytes.
#[derive(Debug)]
struct Budget {
    name: &'static str,
    /// Where the import graph starts: a file, or the name of a chunk.
    entry: &'static str,
    /// Whether it is what the entry loads when it is first needed: resuming, signing in the page, rare panels.
    later: bool,
    /// What it may weigh today. The first does not keep to its budget yet; until it does, this only ever goes down.
    at_most: u64,
    /// What it should weigh.
    budget: u64,
    aim: u64,
}

const BUDGETS: &[Budget] = &[
    Budget { name: "headless", entry: "index.js", later: false, at_most: 52_200, budget: 30_000, aim: 20_000 },
    Budget { name: "element", entry: "element.js", later: false, at_most: 70_000, budget: 70_000, aim: 60_000 },
    // The last 500 are what the page does while bytes are on their way, taken out of the first load.
    Budget { name: "later", entry: "element.js", later: true, at_most: 20_500, budget: 20_500, aim: 10_000 },
    Budget { name: "parts", entry: PARTS, later: false, at_most: 22_000, budget: 22_000, aim: 18_000 },
    Budget { name: "integrity", entry: INTEGRITY, later: false, at_most: 5_500, budget: 5_500, aim: 4_500 },
    // All of the above in one script, its WebAssembly as letters: what a page pays that can have no module and no second file.
    Budget { name: "classic", entry: CLASSIC, later: false, at_most: 120_000, budget: 120_000, aim: 100_000 },
];

/// What the others load only when a checksum is wanted: a bundle of its own, and not part of theirs.
const INTEGRITY: &str = "digest.js";
/// What is loaded when a file first goes in parts or an upload is first refused.
const PARTS: &str = "chunk-parts-";
const CLASSIC: &str = "filechute.min.js";
const SECOND: &str = "filechute-more.wasm";

/// Bytes of one bundle, each of its files compressed by itself, as a server sends them. What is in it says `size.mjs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Weight {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// `cargo xtask size`: builds if needed, prints the table, fails over budget.
pub(crate) fn size(place: &Place) -> Result<ExitCode> {
    let rust = rust::toolchain(place)?;
    npm::build(place, &rust, Effort::best(&rust))?;
    let verdicts = check(place)?;
    Ok(if verdicts.iter().all(|(_, verdict)| verdict.is_ok()) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints the table of what is in `pkg/` now; for each bundle its name and whether it keeps to its budget.
pub(crate) fn check(place: &Place) -> Result<Vec<(&'static str, Result<()>)>> {
    let heading = ["bundle", "raw", "gzip", "brotli", "at most", "budget", "aim"];
    println!("{}", heading.map(|word| format!("{word:<10}")).concat());
    let mut verdicts = Vec::new();
    for budget in BUDGETS {
        let weight = weigh(place, budget)?;
        let numbers = [weight.raw, weight.gzip, weight.brotli, budget.at_most, budget.budget, budget.aim];
        println!("{:<10}{}", budget.name, numbers.map(|number| format!("{number:<10}")).concat());
        verdicts.push((budget.name, budget.judge(weight)));
    }
    Ok(verdicts)
}

impl Budget {
    fn judge(&self, weight: Weight) -> Result<()> {
        if weight.brotli > self.at_most {
            let message = format!("{} is {} bytes heavier than it may be", self.name, weight.brotli - self.at_most);
            say::warn(&message);
            bail!(message);
        }
        if weight.brotli > self.budget {
            say::warn(format!(
                "{} is {} bytes over its budget, as it has been",
                self.name,
                weight.brotli - self.budget
            ));
        }
        Ok(())
    }
}

/// Asks Node, whose zlib and brotli are the ones servers use.
fn weigh(place: &Place, budget: &Budget) -> Result<Weight> {
    let path = find(place, budget.entry)?;
    let mut node = command("node");
    node.arg(place.root.join("crates/xtask/tools/size.mjs")).arg(&path);
    if budget.later {
        node.arg("--later");
    }
    if budget.entry == PARTS {
        node.arg(format!("--with={}", place.pkg().join(SECOND).display()));
    }
    // Rows of their own.
    for other in [INTEGRITY, PARTS, "chunk-core-"] {
        let other = find(place, other)?;
        if other != path && (budget.entry == PARTS || !other.to_string_lossy().contains("chunk-core-")) {
            node.arg(other);
        }
    }
    parse(&output(&mut node)?)
}

/// The published file that begins so.
fn find(place: &Place, name: &str) -> Result<PathBuf> {
    let files = fs::read_dir(place.pkg())?.filter_map(|entry| Some(entry.ok()?.path()));
    let begins = |path: &PathBuf| path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(name));
    let mut found: Vec<PathBuf> = files.filter(begins).collect();
    found.sort();
    found.into_iter().next().with_context(|| format!("no {name} in pkg/: `cargo xtask npm` makes it"))
}

fn parse(text: &str) -> Result<Weight> {
    let json: Value = serde_json::from_str(text)?;
    let number = |name: &str| json[name].as_u64().with_context(|| format!("no number `{name}` in {text}"));
    Ok(Weight { raw: number("raw")?, gzip: number("gzip")?, brotli: number("brotli")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds() {
        let budget = &BUDGETS[0];
        let weight = |brotli| Weight { raw: 1, gzip: 1, brotli };
        assert!(budget.judge(weight(budget.at_most)).is_ok());
        assert!(budget.judge(weight(budget.at_most + 1)).is_err());
    }

    #[test]
    fn reads_what_node_says() {
        let weight = parse(r#"{"raw":3,"gzip":2,"brotli":1,"files":[]}"#).unwrap();
        assert_eq!(weight, Weight { raw: 3, gzip: 2, brotli: 1 });
        assert!(parse("{}").is_err());
    }
}
