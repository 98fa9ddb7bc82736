//! Short names for what a module and its glue call each other. wasm-bindgen's own carry hashes, which no compression
//! shortens and which are sent twice, once in each file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::place::Place;
use crate::run::output;
use crate::setup::node;

/// What binaryen prints: under `imports` the module, the old name and the new one; under `exports` the old and the new.
type Names = BTreeMap<String, Vec<Vec<String>>>;

/// What binaryen calls the one module that everything is imported from.
const MODULE: &str = "a";

/// Renames in `wasm`, and in the `glue` as wasm-bindgen wrote it.
pub(crate) fn shorten(place: &Place, features: &[&str], wasm: &Path, glue: &Path) -> Result<()> {
    let mut opt = node::tool(place, "wasm-opt")?;
    opt.args(features).arg("--minify-imports-and-exports-and-modules").arg(wasm).arg("-o").arg(wasm);
    let names: Names = serde_json::from_str(&output(&mut opt)?).context("wasm-opt's list of names")?;
    let text = fs::read_to_string(glue)?;
    fs::write(glue, rename(text, &names).with_context(|| glue.display().to_string())?)?;
    Ok(())
}

fn rename(mut glue: String, names: &Names) -> Result<String> {
    let mut modules = BTreeSet::new();
    for entry in names.get("imports").into_iter().flatten() {
        let [module, old, new] = entry.as_slice() else { bail!("an import of an unknown shape") };
        modules.insert(module);
        // A property of the object of imports: `old: function(…) {`.
        glue = replaced(&glue, &format!("\n        {old}: "), &format!("\n        {new}: "))
            .with_context(|| format!("the glue has no import {old}"))?;
    }
    for module in modules {
        glue = replaced(&glue, &format!("\"{module}\": "), &format!("\"{MODULE}\": "))
            .with_context(|| format!("the glue has no module {module}"))?;
    }
    let pairs = names.get("exports").into_iter().flatten();
    let exported = pairs.filter_map(|pair| Some((pair.first()?.as_str(), pair.get(1)?.as_str()))).collect();
    Ok(exports(&glue, &exported))
}

/// Every `wasm.old` becomes `wasm.new`, in one pass, since a new name may be another's old one.
fn exports(glue: &str, names: &BTreeMap<&str, &str>) -> String {
    let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$');
    let mut parts = glue.split("wasm.");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let whole = !out.ends_with(in_name) && !out.ends_with('.');
        let (name, rest) = part.split_at(part.find(|c| !in_name(c)).unwrap_or(part.len()));
        let new = names.get(name).filter(|_| whole).copied().unwrap_or(name);
        out.extend(["wasm.", new, rest]);
    }
    out
}

/// `None` when `old` is not there exactly once.
fn replaced(text: &str, old: &str, new: &str) -> Option<String> {
    (text.matches(old).count() == 1).then(|| text.replacen(old, new, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = r#"
    const import0 = {
        __wbg_get_12: function(a) { return wasm.memory.buffer; },
        __wbg_get_123: function() { f(wasm.core_new, "x_bg.wasm", mywasm.core_new, wasm.core_newer); },
    };
    return {
        "./x_bg.js": import0,
    };
"#;

    fn names(imports: &[&str]) -> Names {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let imports = imports.iter().map(|old| owned(&["./x_bg.js", old, &old[old.len() - 1..]])).collect();
        let exports = vec![owned(&["memory", "core_new"]), owned(&["core_new", "$"])];
        [("imports".to_owned(), imports), ("exports".to_owned(), exports)].into()
    }

    #[test]
    fn both_sides_keep_calling_the_same_thing() {
        let out = rename(GLUE.to_owned(), &names(&["__wbg_get_12", "__wbg_get_123"])).unwrap();
        assert!(out.contains("\n        2: function(a) { return wasm.core_new.buffer; }"), "{out}");
        assert!(
            out.contains("\n        3: function() { f(wasm.$, \"x_bg.wasm\", mywasm.core_new, wasm.core_newer); }")
        );
        assert!(out.contains("\"a\": import0"));
    }

    #[test]
    fn glue_of_another_shape_is_refused() {
        assert!(rename(GLUE.to_owned(), &names(&["__wbg_set_1"])).is_err());
    }
}
