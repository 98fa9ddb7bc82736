//! Cuts a module in two: what a page loads first, and what it loads when it first needs it.
//!
//! What can be reached only through the pair of functions that `crates/npm/src/rare.rs` names is the second module. It imports
//! the first one's memory, function table and stack pointer, and when it is instantiated puts its functions into free places of
//! the table, through which the first one calls them. `wasm_split_cli_support` is what cargo-leptos splits with.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use wasm_split_cli_support::{Options, transform};

/// The second module's name in the source.
const SPLIT: &str = "more";

/// Cuts `whole`, which was linked with relocations, into `first` and `second`.
pub(crate) fn split(whole: &Path, first: &Path, second: &Path) -> Result<()> {
    let bytes = fs::read(whole).with_context(|| format!("cannot read {}", whole.display()))?;
    let folder = first.with_extension("split");
    let main = folder.join("first.wasm");
    let mut options = Options::new(&bytes);
    options.output_dir = &folder;
    options.main_out_path = &main;
    let made = transform(options).map_err(|error| anyhow!("{} cannot be cut in two: {error:#}", whole.display()))?;
    let more = folder.join(format!("split_{SPLIT}.wasm"));
    // The script that it also writes has a loader; ours is `js/load.js`.
    ensure!(made.split_modules == [more.clone()], "cut into {:?}, not in two", made.split_modules);
    fs::rename(main, first)?;
    fs::rename(more, second)?;
    fs::remove_dir_all(folder)?;
    Ok(())
}
