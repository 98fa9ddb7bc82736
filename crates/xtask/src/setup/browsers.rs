//! Browsers to test in, and the drivers they are controlled by.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::rust::Toolchain;
use super::{apt, tools};
use crate::place::{Place, has_apt, in_ci, is_root};
use crate::say;

/// Browsers and drivers on Debian; fonts because tests look at file names in many scripts.
const PACKAGES: &[&str] = &[
    "chromium",
    "chromium-driver",
    "firefox-esr",
    "webkit2gtk-driver",
    "xvfb",
    "xauth",
    "fonts-noto-core",
    "fonts-noto-cjk",
    "fonts-noto-color-emoji",
];
/// The first of them by itself.
const CHROMIUM_PACKAGES: &[&str] = &["chromium", "chromium-driver"];
/// Where WebKitGTK's own small browser may be; it is not on `PATH`.
const MINI_BROWSERS: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/webkit2gtk-4.1/MiniBrowser",
];
/// What makes Chromium quiet and quick in tests.
const CHROMIUM_ARGUMENTS: &[&str] = &[
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];

/// A browser and the program that drives it by WebDriver.
#[derive(Debug, Clone)]
pub(crate) struct Driven {
    /// The browser.
    pub(crate) browser: PathBuf,
    /// Its driver.
    pub(crate) driver: PathBuf,
}

/// The browsers that are there.
#[derive(Debug, Default)]
pub(crate) struct Browsers {
    /// Chromium or Chrome with chromedriver.
    pub(crate) chromium: Option<Driven>,
    /// Firefox with geckodriver.
    pub(crate) firefox: Option<Driven>,
    /// WebKitGTK, Safari's engine; needs an X server, so `xvfb-run` as well.
    pub(crate) webkit: Option<Driven>,
}

impl Browsers {
    /// Their names, as the tests call them.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        let found = [("chromium", &self.chromium), ("firefox", &self.firefox), ("webkit", &self.webkit)];
        found.into_iter().filter(|(_, browser)| browser.is_some()).map(|(name, _)| name).collect()
    }

    /// The capabilities that `wasm-bindgen-test-runner` asks a driver for.
    pub(crate) fn capabilities(&self) -> Value {
        let mut arguments = CHROMIUM_ARGUMENTS.to_vec();
        if is_root() {
            // Chromium's sandbox refuses to work for root.
            arguments.push("--no-sandbox");
        }
        let mut chrome = json!({ "args": arguments });
        if let Some(chromium) = &self.chromium {
            chrome["binary"] = json!(chromium.browser);
        }
        let mut firefox = json!({ "args": ["-headless"] });
        if let Some(found) = &self.firefox {
            firefox["binary"] = json!(found.browser);
        }
        json!({ "goog:chromeOptions": chrome, "moz:firefoxOptions": firefox })
    }
}

/// Looks for browsers; on Debian as root, installs those that are missing. In CI all must be there, on a developer's
/// machine the tests do without, loudly.
pub(crate) fn find_or_install(place: &Place, rust: &Toolchain) -> Result<Browsers> {
    let mut found = find(place);
    if found.names().len() < 3 && has_apt() && is_root() {
        say::step("Browsers: Chromium, Firefox and WebKitGTK (the tests run in all three)");
        apt::install(PACKAGES)?;
        found = find(place);
    }
    if let Some(firefox) = &mut found.firefox {
        firefox.driver = tools::geckodriver(place, rust)?;
    }
    for name in ["chromium", "firefox", "webkit"].into_iter().filter(|name| !found.names().contains(name)) {
        if in_ci() {
            bail!("no {name} with its driver, and in CI none may be left out: {}", apt::shell_line(PACKAGES));
        }
        say::warn(format!(
            "no {name} with its driver here: ITS TESTS ARE SKIPPED. On Debian: {}",
            apt::shell_line(PACKAGES)
        ));
    }
    Ok(found)
}

/// Chromium alone, installed where that is possible.
pub(crate) fn chromium() -> Result<Driven> {
    if find_chromium().is_none() && has_apt() && is_root() {
        say::step("Chromium and its driver");
        apt::install(CHROMIUM_PACKAGES)?;
    }
    find_chromium()
        .with_context(|| format!("no Chromium with its driver. On Debian: {}", apt::shell_line(CHROMIUM_PACKAGES)))
}

fn find_chromium() -> Option<Driven> {
    first(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])
        .zip(first(&["chromedriver"]))
        .map(|(browser, driver)| Driven { browser, driver })
}

fn find(place: &Place) -> Browsers {
    let webkit = first(&["WebKitWebDriver"]).filter(|_| which::which("xvfb-run").is_ok()).and_then(|driver| {
        let browser = MINI_BROWSERS.iter().map(Path::new).find(|path| path.exists())?;
        Some(Driven { browser: browser.to_owned(), driver })
    });
    Browsers {
        chromium: find_chromium(),
        // The driver is installed later, since that takes a while.
        firefox: first(&["firefox-esr", "firefox"])
            .map(|browser| Driven { browser, driver: place.tool("geckodriver") }),
        webkit,
    }
}

fn first(names: &[&str]) -> Option<PathBuf> {
    names.iter().find_map(|name| which::which(name).ok())
}
