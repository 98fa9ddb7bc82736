//! The Leptos examples: the same pipeline as the package, without its packaging.
//!
//! The client-rendered one becomes a static page. Its `index.html` is one that trunk understands; the `data-trunk` links
//! are replaced here by what trunk would make of them, so that nobody needs trunk to see the page. The server-rendered
//! one becomes a program and what browsers load from it, without cargo-leptos.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::place::Place;
use crate::run::run;
use crate::setup::rust::Toolchain;
use crate::stamp::{Fingerprint, is_fresh, write};
use crate::wasm::{self, Effort, Module};
use crate::{lockfile, say, setup};

const NAME: &str = "leptos_csr";
const EXAMPLE: &str = "examples/leptos-csr";
const SERVED: &str = "leptos-ssr";
const SOURCES: &[&str] = &["Cargo.toml", "Cargo.lock", "src", "crates/engine"];

/// Builds the page unless it is up to date, and returns its folder.
pub(crate) fn build(place: &Place, rust: &Toolchain, effort: Effort) -> Result<PathBuf> {
    let folder = place.root.join("target/leptos-demo");
    let _lock = setup::lock(&place.scratch().join("leptos.lock"))?;
    let stamp = place.scratch().join("leptos.stamp");
    let wanted = fingerprint(place, rust, effort, EXAMPLE)?;
    if is_fresh(&stamp, &wanted) && folder.join("index.html").exists() {
        say::step("The Leptos example is up to date");
        return Ok(folder);
    }
    wasm::build(
        place,
        rust,
        effort,
        &Module { package: "leptos-csr", arguments: &[], name: NAME, cut: false },
        &folder,
    )?;
    let page = place.root.join(EXAMPLE).join("index.html");
    let html = fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    fs::write(folder.join("index.html"), without_trunk(&html))?;
    // In a file of its own, so that the page may forbid inline scripts.
    fs::write(folder.join("start.js"), format!("import init from './{NAME}.js'\ninit()\n"))?;
    write(&stamp, &wanted)?;
    Ok(folder)
}

/// Builds the server-rendered example for tests, unless it is up to date. Returns its program, and the folder that the
/// program serves to browsers.
pub(crate) fn build_served(place: &Place, rust: &Toolchain) -> Result<(PathBuf, PathBuf)> {
    let site = place.root.join("target/leptos-served");
    let _lock = setup::lock(&place.scratch().join("leptos-served.lock"))?;
    // Cargo knows by itself whether this is up to date, and the native tests have compiled most of it.
    let mut cargo = rust.cargo(place);
    cargo.args(["build", "--quiet", "--package", SERVED, "--bin", SERVED]);
    run(cargo.args(["--no-default-features", "--features", "ssr"]))?;
    let program = place.debug_binary(SERVED);
    let stamp = place.scratch().join("leptos-served.stamp");
    let wanted = fingerprint(place, rust, Effort::Checked, "examples/leptos-ssr")?;
    if !is_fresh(&stamp, &wanted) || !site.exists() {
        let arguments = &["--lib", "--no-default-features", "--features", "hydrate"];
        let module = Module { package: SERVED, arguments, name: "leptos_ssr", cut: false };
        wasm::build(place, rust, Effort::Checked, &module, &site.join("pkg"))?;
        write(&stamp, &wanted)?;
    }
    Ok((program, site))
}

fn fingerprint(place: &Place, rust: &Toolchain, effort: Effort, example: &str) -> Result<String> {
    let mut fingerprint = Fingerprint::default()
        .text(rust.version())
        .text(&lockfile::wasm_bindgen(&place.root)?)
        .text(effort.describe())
        .text(include_str!("wasm.rs"))
        .text(include_str!("leptos.rs"));
    for source in SOURCES.iter().chain([&example]) {
        fingerprint = fingerprint.path(&place.root.join(source))?;
    }
    Ok(fingerprint.finish())
}

/// The page with a script that starts the module in place of `<link data-trunk …>`.
fn without_trunk(html: &str) -> String {
    let script = "<script type=\"module\" src=\"start.js\"></script>\n";
    let mut page: String =
        html.lines().filter(|line| !line.contains("data-trunk")).map(|line| format!("{line}\n")).collect();
    let at = page.find("</head>").or_else(|| page.find("<body")).unwrap_or(page.len());
    page.insert_str(at, script);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trunks_links_become_a_script() {
        let html =
            "<html>\n<head>\n<title>x</title>\n<link data-trunk rel=\"rust\">\n</head>\n<body></body>\n</html>\n";
        let page = without_trunk(html);
        assert!(!page.contains("trunk"));
        assert!(page.contains("src=\"start.js\"></script>\n</head>"), "{page}");
        assert!(without_trunk("").contains("start.js"));
    }
}
