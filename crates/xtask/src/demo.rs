//! `cargo xtask demo`: sets up, builds, and serves the demo page with a host and an S3 store of its own.
//!
//! stdout gets exactly one line, `filechute demo: URL`, when a browser may come.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::place::{Place, in_ci};
use crate::run::{command, each_line, end_with_parent, run, shown};
use crate::setup::rust::{self, Toolchain};
use crate::wasm::Effort;
use crate::{leptos, npm, say};

/// What the host prints when it answers.
const READY: &str = "filechute-host: ";

/// What was asked for on the command line.
#[derive(Debug)]
pub(crate) struct Options {
    /// The page's port; 0 for any that is free.
    pub(crate) port: u16,
    /// Where the objects go; `target/demo-bucket` unless given.
    pub(crate) data: Option<PathBuf>,
    /// Whether to open a browser.
    pub(crate) open: bool,
    /// Whether to save the time that small output takes.
    pub(crate) quick: bool,
}

/// Runs until interrupted.
pub(crate) fn demo(place: &Place, options: &Options) -> Result<()> {
    // Before the long build: nobody wants to hear of it afterwards.
    check_port(options.port)?;
    let rust = rust::toolchain(place)?;
    let effort = if options.quick { Effort::Quick } else { Effort::best(&rust) };
    npm::build(place, &rust, effort)?;
    let leptos = leptos::build(place, &rust, effort)?;
    let program = host(place, &rust)?;
    let data = options.data.clone().unwrap_or_else(|| place.root.join("target/demo-bucket"));
    let mut host = command(program);
    host.current_dir(&place.root).arg("--dev").args(["--listen", &format!("127.0.0.1:{}", options.port)]);
    host.arg("--data").arg(&data).args(["--serve", "/=www", "--serve", "/pkg=pkg"]);
    host.args(["--serve", &format!("/leptos={}", leptos.display())]);
    serve(&mut host, |url| {
        println!("filechute demo: {url}");
        say::detail(format!("objects land in {}; Ctrl-C ends it", data.display()));
        if options.open && !in_ci() && has_display() {
            open(url);
        }
    })
}

/// The host's program. `FILECHUTE_HOST_BIN` names one that is there: the tests have built it, with features that differ.
fn host(place: &Place, rust: &Toolchain) -> Result<PathBuf> {
    if let Some(program) = std::env::var_os("FILECHUTE_HOST_BIN").filter(|value| !value.is_empty()) {
        return Ok(program.into());
    }
    say::step("Building the host");
    run(rust.cargo(place).args(["build", "--package", "filechute-host", "--bin", "filechute-host"]))?;
    Ok(place.debug_binary("filechute-host"))
}

/// Starts the host, calls `ready` with its address, and waits for its end. It does not outlive this program.
fn serve(host: &mut Command, ready: impl FnOnce(&str)) -> Result<()> {
    let line = shown(host);
    end_with_parent(host);
    let mut child = host.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start `{line}`"))?;
    let output = child.stdout.take().context("the host has no stdout")?;
    let child = Arc::new(Mutex::new(child));
    let held = Arc::clone(&child);
    ctrlc::set_handler(move || {
        // Held to the end: what waits below must not take the host's end for one of its own.
        let mut child = held.lock().unwrap_or_else(PoisonError::into_inner);
        child.kill().ok();
        child.wait().ok();
        // As a shell reports a program that Ctrl-C ended.
        std::process::exit(130);
    })?;
    let mut ready = Some(ready);
    each_line(output, |line| {
        match line.strip_prefix(READY) {
            Some(url) => {
                if let Some(ready) = ready.take() {
                    ready(url.trim());
                }
            }
            None => eprintln!("{line}"),
        }
        true
    });
    // A terminal sends Ctrl-C to the host as well, which may end before this program has heard of it.
    thread::sleep(Duration::from_millis(300));
    let status = child.lock().unwrap_or_else(PoisonError::into_inner).wait()?;
    // Nobody asked it to end, so whatever it said, this is a failure.
    bail!("`{line}` ended by itself ({status})")
}

fn check_port(port: u16) -> Result<()> {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(error) => bail!(
            "port {port} is not to be had ({error}). Another one: cargo xtask demo --port {}",
            port.wrapping_add(1)
        ),
    }
}

fn has_display() -> bool {
    cfg!(any(target_os = "macos", windows))
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Opens the person's browser; when that fails the printed line has to do.
fn open(url: &str) {
    let mut opener = if cfg!(target_os = "macos") {
        command("open")
    } else if cfg!(windows) {
        command("explorer")
    } else {
        command("xdg-open")
    };
    if let Ok(mut child) = opener.arg(url).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
        thread::spawn(move || child.wait());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_a_way_out() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let message = check_port(port).unwrap_err().to_string();
        assert!(message.contains(&port.to_string()) && message.contains("--port"), "{message}");
        drop(taken);
        check_port(port).unwrap();
    }
}
