//! Cuts a module in two: what a page loads first, and what it loads when it first needs it.
//!
//! What can be reached only through the pair of functions that `crates/npm/src/rare.rs` names is the second module. It imports
//! the first one's memory, function table and stack pointer, and when it is instantiated puts its functions into free places of
//! the table, through which the first one calls them. `wasm_split_cli_support` is what cargo-leptos splits with.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
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
    let name = pair_name(&bytes);
    for (from, to) in [(main, first), (more, second)] {
        fs::write(to, renamed(&fs::read(&from)?, &name).with_context(|| format!("in {}", from.display()))?)?;
    }
    fs::remove_dir_all(folder)?;
    Ok(())
}

/// What one module of the pair exports and the other imports, by the name that the splitter gives it.
const SHARED: &[u8] = b"__wasm_split_shared0";

/// That name made one of this build: calls between the two go by their places in a table, so that modules of different builds
/// must not be joined. A page that was opened before a release, or a cache, would else do that.
fn pair_name(whole: &[u8]) -> Vec<u8> {
    let mut hasher = DefaultHasher::new();
    whole.hash(&mut hasher);
    let (prefix, place) = SHARED.split_at(SHARED.len() - 7);
    [prefix, &format!("{:016x}", hasher.finish()).as_bytes()[..place.len()]].concat()
}

/// The module with that name in it. It is as long as the other, so nothing else moves.
fn renamed(module: &[u8], name: &[u8]) -> Result<Vec<u8>> {
    let mut places = module.windows(SHARED.len()).enumerate().filter(|(_, bytes)| *bytes == SHARED);
    let (Some((at, _)), None) = (places.next(), places.next()) else {
        return Err(anyhow!("the two modules have no one name in common that could tell builds apart"));
    };
    let mut module = module.to_vec();
    module[at..at + name.len()].copy_from_slice(name);
    Ok(module)
}
