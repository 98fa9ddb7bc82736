//! Packages of Debian, installed when this runs as root there.

use anyhow::{Result, bail};

use crate::place::{has_apt, is_root};
use crate::run::{command, output, run};
use crate::say;

/// Installs those that are missing. Says what to type when it may not.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let missing: Vec<&str> = packages.iter().copied().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !has_apt() {
        bail!("not a Debian system: install what these Debian packages hold: {}", missing.join(" "));
    }
    if !is_root() {
        bail!("not root: run {}", shell_line(&missing));
    }
    say::detail(format!("apt-get install {}", missing.join(" ")));
    run(apt_get().args(["update", "-qq"]))?;
    run(apt_get().args(["install", "-y", "-qq", "--no-install-recommends"]).args(&missing))
}

/// The line a person would type.
pub(crate) fn shell_line(packages: &[&str]) -> String {
    format!("sudo apt-get update && sudo apt-get install -y --no-install-recommends {}", packages.join(" "))
}

fn is_installed(package: &str) -> bool {
    output(command("dpkg-query").args(["-W", "-f", "${db:Status-Status}", package])).is_ok_and(|s| s == "installed")
}

fn apt_get() -> std::process::Command {
    let mut apt = command("apt-get");
    // Another apt, such as the daily update, may hold the lock for a while.
    apt.env("DEBIAN_FRONTEND", "noninteractive").args(["-o", "DPkg::Lock::Timeout=600", "-o", "Dpkg::Use-Pty=0"]);
    apt
}
