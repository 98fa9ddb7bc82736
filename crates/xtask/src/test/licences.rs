//! Whether every crate that is linked or run may be used: their licences against a list.

use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use spdx::{Expression, ParseMode};

use crate::run::output;

/// Licences that ask for no more than being named, and MPL-2.0, which asks for the changes to its own files.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Reads the licences of all packages in the lock file and fails with those that are not allowed.
pub(crate) fn check(cargo: &mut Command) -> Result<()> {
    let json = output(cargo.args(["metadata", "--format-version", "1", "--locked"]))?;
    let refused = refused(&serde_json::from_str(&json)?)?;
    if !refused.is_empty() {
        bail!("licences that are not on the list:\n  {}", refused.join("\n  "));
    }
    Ok(())
}

/// `name version: licence` of each package that is not allowed.
fn refused(metadata: &Value) -> Result<Vec<String>> {
    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    Ok(packages
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(is_allowed))
        .map(|package| {
            let text = |name: &str| package[name].as_str().unwrap_or("none").to_owned();
            format!("{} {}: {}", text("name"), text("version"), text("license"))
        })
        .collect())
}

/// Whether an SPDX expression, or the older form with slashes, can be satisfied by [`ALLOWED`]. An exception such as
/// LLVM's only ever grants more.
fn is_allowed(expression: &str) -> bool {
    Expression::parse_mode(expression, ParseMode::LAX).is_ok_and(|expression| {
        expression.evaluate(|required| required.license.id().is_some_and(|id| ALLOWED.contains(&id.name)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_side_of_an_or_is_enough() {
        assert!(is_allowed("MIT OR GPL-3.0-only"));
        assert!(is_allowed("MIT/Apache-2.0"));
        assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(is_allowed("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT"));
        assert!(!is_allowed("MIT AND GPL-3.0-only"));
        assert!(!is_allowed("AGPL-3.0"));
        assert!(!is_allowed("whatever"));
    }

    #[test]
    fn a_package_without_a_licence_is_refused() {
        let metadata = serde_json::json!({ "packages": [
            { "name": "a", "version": "1.0.0", "license": "MIT" },
            { "name": "b", "version": "2.0.0", "license": null },
        ] });
        assert_eq!(refused(&metadata).unwrap(), ["b 2.0.0: none"]);
    }
}
