//! The part of the npm package that is not WebAssembly, and how all of it gets into `pkg/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::place::Place;
use crate::run::{command, output, run};
use crate::setup::node;
use crate::stamp::write;

/// In the folder of the JavaScript, but not for the package.
const NOT_PUBLISHED: &[&str] = &["node_modules", "test", "tsconfig.json", "core.d.ts", "style.css.d.ts"];
/// The style sheet of the component, which the element uses as well.
const STYLE: &str = "src/ui/style.css";

/// Gathers it in a folder: the JavaScript of `crates/npm/js` in one piece for each entry, its types, the style sheet, and
/// the licences. `made` are the folders with the WebAssembly, which some entries carry in themselves.
pub(crate) fn hand_written(place: &Place, made: &[PathBuf]) -> Result<PathBuf> {
    let (modules, folder) = (place.scratch().join("modules"), place.scratch().join("hand-written"));
    for folder in [&modules, &folder] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    copy(&place.root.join("crates/npm/js"), &modules, "", &mut BTreeSet::new())?;
    fs::create_dir_all(&folder)?;
    let style = place.root.join(STYLE);
    if style.exists() {
        fs::copy(&style, folder.join("style.css"))?;
        fs::write(modules.join("style.css.js"), style_module(place, &style)?)?;
    }
    bundle(place, &modules, &folder, &files_in(made, "wasm")?)?;
    let mut node = command("node");
    node.arg(place.root.join("crates/xtask/tools/manifest.mjs")).args([place.root.join("crates/npm/js"), style]);
    run(node.args([place.pkg().join("README.md"), folder.join("custom-elements.json")]))?;
    for entry in fs::read_dir(&place.root)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if name.to_string_lossy().starts_with("LICENSE-") {
            fs::copy(&path, folder.join(name))?;
        }
    }
    Ok(folder)
}

/// Joins the modules, without comments and spaces: a page that takes them as they are makes three requests, not twenty. The
/// checksums, which most pages never load, stay outside.
fn bundle(place: &Place, modules: &Path, folder: &Path, wasm: &[PathBuf]) -> Result<()> {
    let mut node = command("node");
    run(node.arg(node::build_tools(place)?.join("bundle.mjs")).args([modules, folder]).args(wasm))?;
    for entry in fs::read_dir(modules)? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".d.ts") {
            fs::copy(&path, folder.join(path.file_name().unwrap_or_default()))?;
        }
    }
    Ok(())
}

/// The files in these folders that end so.
fn files_in(folders: &[PathBuf], extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|end| end == extension) {
                found.push(fs::canonicalize(path)?);
            }
        }
    }
    Ok(found)
}

/// A module whose default export is the style sheet, without comments and spaces: the element has it without a request.
fn style_module(place: &Place, style: &Path) -> Result<String> {
    let mut esbuild = node::tool(place, "esbuild")?;
    let css = output(esbuild.args(["--minify", "--legal-comments=none"]).arg(style))?;
    Ok(format!("export default {}\n", serde_json::Value::from(css.trim())))
}

/// Copies everything under `sources` to `pkg`, and takes away what an earlier build put there and this one did not.
/// `list` remembers the names, so that files written by hand in `pkg` are never touched.
pub(crate) fn publish(sources: &[PathBuf], pkg: &Path, list: &Path) -> Result<()> {
    let before: BTreeSet<String> = fs::read_to_string(list).unwrap_or_default().lines().map(str::to_owned).collect();
    let mut now = BTreeSet::new();
    for source in sources {
        copy(source, pkg, "", &mut now)?;
    }
    for gone in before.difference(&now) {
        fs::remove_file(pkg.join(gone)).ok();
    }
    write(list, &now.into_iter().collect::<Vec<_>>().join("\n"))
}

fn copy(from: &Path, to: &Path, prefix: &str, names: &mut BTreeSet<String>) -> Result<()> {
    fs::create_dir_all(to)?;
    if !from.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = format!("{prefix}{file_name}");
        if NOT_PUBLISHED.contains(&file_name.as_str()) {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(&file_name), &format!("{name}/"), names)?;
        } else {
            fs::copy(&path, to.join(&file_name)).with_context(|| format!("cannot copy {}", path.display()))?;
            names.insert(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishing_replaces_its_own_files_only() {
        let folder = std::env::temp_dir().join(format!("filechute-publish-{}", std::process::id()));
        let (source, pkg, list) = (folder.join("js"), folder.join("pkg"), folder.join("list"));
        fs::create_dir_all(source.join("locales")).unwrap();
        fs::create_dir_all(source.join("test")).unwrap();
        fs::create_dir_all(&pkg).unwrap();
        fs::write(pkg.join("package.json"), "{}").unwrap();
        fs::write(source.join("index.js"), "1").unwrap();
        fs::write(source.join("locales/de.js"), "1").unwrap();
        fs::write(source.join("test/index.test.mjs"), "1").unwrap();
        publish(std::slice::from_ref(&source), &pkg, &list).unwrap();
        assert!(pkg.join("locales/de.js").exists());
        assert!(!pkg.join("test").exists());

        fs::remove_file(source.join("locales/de.js")).unwrap();
        fs::write(source.join("index.js"), "2").unwrap();
        publish(&[source], &pkg, &list).unwrap();
        assert!(!pkg.join("locales/de.js").exists());
        assert_eq!(fs::read_to_string(pkg.join("index.js")).unwrap(), "2");
        assert!(pkg.join("package.json").exists());
        fs::remove_dir_all(folder).unwrap();
    }
}
