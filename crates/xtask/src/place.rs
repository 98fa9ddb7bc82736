//! Where things are: the workspace, what it builds, and the cache of installed tools.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

/// The folders every command works with, and what kind of machine this is.
#[derive(Debug)]
pub(crate) struct Place {
    /// The workspace's root.
    pub(crate) root: PathBuf,
    /// Tools that outlive a clone: `$FILECHUTE_CACHE`, or `filechute` in the user's cache folder.
    pub(crate) cache: PathBuf,
    /// Where cargo builds: `$CARGO_TARGET_DIR` or `target`.
    pub(crate) cargo_target: PathBuf,
}

impl Place {
    /// Finds them. Folders are not made here.
    pub(crate) fn find() -> Result<Self> {
        // `cargo run` says where the package is; the compiled-in path serves a binary started by hand.
        let package = var("CARGO_MANIFEST_DIR").unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        let root = package
            .ancestors()
            .nth(2)
            .filter(|root| root.join("Cargo.lock").exists() || root.join("crates").exists())
            .ok_or_else(|| anyhow!("no workspace around {}", package.display()))?
            .to_owned();
        let cache = var("FILECHUTE_CACHE")
            .or_else(|| var("XDG_CACHE_HOME").map(|dir| dir.join("filechute")))
            .or_else(|| var("HOME").map(|home| home.join(".cache/filechute")))
            .context("no cache folder: set FILECHUTE_CACHE")?;
        let cargo_target = var("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        Ok(Self { cache: root.join(cache), cargo_target, root })
    }

    /// Installed command-line tools, one folder for all.
    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// A tool in [`Self::tools`].
    pub(crate) fn tool(&self, name: &str) -> PathBuf {
        self.tools().join("bin").join(name)
    }

    /// The package `name` is published from, and where `npm` builds into.
    pub(crate) fn pkg(&self) -> PathBuf {
        self.root.join("pkg")
    }

    /// Files this program keeps for itself: stamps, locks, intermediate output.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.root.join("target/xtask")
    }

    /// A native debug binary, where cargo leaves it.
    pub(crate) fn debug_binary(&self, name: &str) -> PathBuf {
        self.cargo_target.join("debug").join(name)
    }
}

/// An environment variable that holds a path; an empty one counts as absent.
fn var(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Whether this runs in CI, where nothing may be skipped and nobody looks at a browser window.
pub(crate) fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "0" && value != "false")
}

/// Whether packages can be installed: asked of `id`, so that no unsafe call is needed.
pub(crate) fn is_root() -> bool {
    crate::run::output(crate::run::command("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Whether this is Debian or one of its descendants that has `apt-get`.
pub(crate) fn has_apt() -> bool {
    Path::new("/etc/debian_version").exists() && which::which("apt-get").is_ok()
}
