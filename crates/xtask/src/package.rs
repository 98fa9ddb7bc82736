//! The part of the npm package that is not WebAssembly, and how all of it gets into `pkg/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::place::Place;
use crate::run::{output, run};
use crate::setup::node;
use crate::stamp::write;

/// In the folder of the JavaScript, but not for the package.
const NOT_PUBLISHED: &[&str] = &["node_modules", "test", "tsconfig.json", "core.d.ts", "style.css.d.ts"];
/// What people import; everything else ends up in chunks that these share.
const ENTRIES: &[&str] = &["index.js", "element.js", "react.js"];
/// What is loaded when a checksum is first wanted, each in one piece and without anything of the others: a worker's script
/// that needs no second request, and chunks of the entries above that are as few as without it.
const DIGEST: &[&str] = &["digest.js", "digest-worker.js"];
/// The style sheet of the component, which the element uses as well.
const STYLE: &str = "src/ui/style.css";

/// Gathers it in a folder: the JavaScript of `crates/npm/js` in one piece for each entry, its types, the style sheet, and
/// the licences.
pub(crate) fn hand_written(place: &Place) -> Result<PathBuf> {
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
    bundle(place, &modules, &folder)?;
    for entry in fs::read_dir(&place.root)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if name.to_string_lossy().starts_with("LICENSE-") {
            fs::copy(&path, folder.join(name))?;
        }
    }
    Ok(folder)
}

/// Joins the modules, without comments and spaces: a page that takes them as they are makes three requests, not twenty.
/// The glue of the WebAssembly stays outside, since it finds its module by its own address, and so do the checksums, which
/// most pages never load.
fn bundle(place: &Place, modules: &Path, folder: &Path) -> Result<()> {
    let run_esbuild = |entries: &[&str], more: &[&str]| {
        let mut esbuild = node::tool(place, "esbuild")?;
        esbuild.args(entries.iter().map(|entry| modules.join(entry)));
        // Modules are UTF-8 whatever a server says, and words in other scripts a third of their escapes.
        esbuild.args([
            "--bundle",
            "--format=esm",
            "--target=es2022",
            "--minify",
            "--charset=utf8",
            "--legal-comments=none",
        ]);
        // Words of other languages as they are, not as numbers.
        esbuild.arg("--charset=utf8");
        run(esbuild.args(more).arg("--log-level=warning").arg(format!("--outdir={}", folder.display())))
    };
    let outside = ["react", "./digest.js"].map(|name| format!("--external:{name}"));
    let mut more = vec!["--splitting", "--chunk-names=chunk-[hash]"];
    more.extend(outside.iter().map(String::as_str));
    // Each language keeps its name: people import one, too.
    let languages = languages(&modules.join("locales"))?;
    let entries: Vec<&str> = ENTRIES.iter().copied().chain(languages.iter().map(String::as_str)).collect();
    run_esbuild(&entries, &more)?;
    run_esbuild(DIGEST, &[])?;
    for entry in fs::read_dir(modules)? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".d.ts") {
            fs::copy(&path, folder.join(path.file_name().unwrap_or_default()))?;
        }
    }
    Ok(())
}

/// `locales/de.js` and its like, sorted.
fn languages(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".js") && name != "index.js" {
            found.push(format!("locales/{name}"));
        }
    }
    found.sort();
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
