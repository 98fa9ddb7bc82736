//! Which version of a crate the workspace is locked to. The wasm-bindgen tool must match the crate to the digit.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// The version of wasm-bindgen in `Cargo.lock`, or, before anything depends on it, the one the workspace pins.
pub(crate) fn wasm_bindgen(root: &Path) -> Result<String> {
    let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap_or_default();
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    locked(&lock, "wasm-bindgen")
        .or_else(|| pinned(&manifest, "wasm-bindgen"))
        .map(str::to_owned)
        .context("wasm-bindgen is neither in Cargo.lock nor pinned in Cargo.toml")
}

/// The first version of `name` in a lock file. The format is cargo's own and stable: `name` and `version` on lines of
/// their own, in this order.
fn locked<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = lock.lines();
    while let Some(line) = lines.next() {
        if quoted(line, "name") == Some(name) {
            return lines.next().and_then(|line| quoted(line, "version"));
        }
    }
    None
}

/// The version of a line `name = "=1.2.3"` in a manifest.
fn pinned<'a>(manifest: &'a str, name: &str) -> Option<&'a str> {
    manifest.lines().find_map(|line| quoted(line, name)).and_then(|version| version.strip_prefix('='))
}

/// The value of a line `key = "value"`.
fn quoted<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let value = line.trim().strip_prefix(key)?.trim_start().strip_prefix('=')?.trim();
    value.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
version = 4

[[package]]
name = "wasm-bindgen-futures"
version = "0.4.80"

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
source = "registry+https://github.com/rust-lang/crates.io-index"
dependencies = [
 "wasm-bindgen-macro",
]
"#;

    #[test]
    fn finds_the_package_of_exactly_that_name() {
        assert_eq!(locked(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked(LOCK, "wasm-bindgen-futures"), Some("0.4.80"));
        assert_eq!(locked(LOCK, "wasm"), None);
        assert_eq!(locked("", "wasm-bindgen"), None);
    }

    #[test]
    fn falls_back_to_the_pin() {
        let manifest = "[workspace.dependencies]\nwasm-bindgen-futures = \"0.4\"\nwasm-bindgen = \"=0.2.130\"\n";
        assert_eq!(pinned(manifest, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(pinned(manifest, "wasm-bindgen-futures"), None);
    }
}
