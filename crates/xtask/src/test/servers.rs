//! The host and the fault proxy that browser tests talk to, started for a layer and ended with it.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::place::Place;
use crate::run::{command, each_line, end_with_parent, shown};

/// Tests in wasm have no environment: they read these addresses when they are compiled. Ports that stay the same from
/// run to run spare compiling them again.
const HOST_PORT: u16 = 19480;
const S3_PORT: u16 = 19481;
const FAULTS_PORT: u16 = 19482;

/// Both servers. Dropping it ends them.
#[derive(Debug)]
pub(crate) struct Servers {
    host: Server,
    faults: Server,
}

#[derive(Debug)]
struct Server {
    child: Child,
    url: String,
}

impl Servers {
    /// Starts a host with an empty store, and the proxy in front of it.
    pub(crate) fn start(place: &Place) -> Result<Self> {
        let data = place.scratch().join("browser-tests");
        if data.exists() {
            std::fs::remove_dir_all(&data)?;
        }
        let mut host = command(place.debug_binary("filechute-host"));
        host.args(["--dev", "--listen", &address(HOST_PORT), "--s3-listen", &address(S3_PORT), "--data"]).arg(data);
        let host = Server::start(&mut host, "filechute-host: ", place)?;
        let mut faults = command(place.debug_binary("filechute-faults"));
        faults.args(["--listen", &address(FAULTS_PORT), "--to", &host.url]);
        let faults = Server::start(&mut faults, "filechute-faults: ", place)?;
        Ok(Self { host, faults })
    }

    /// What the tests read with `option_env!`.
    pub(crate) fn environment(&self) -> [(&'static str, &str); 2] {
        [("FILECHUTE_TEST_HOST", &self.host.url), ("FILECHUTE_TEST_FAULTS", &self.faults.url)]
    }
}

impl Server {
    /// Starts it and waits for the line that tells its address.
    fn start(command: &mut Command, ready: &str, place: &Place) -> Result<Self> {
        let line = shown(command);
        end_with_parent(command);
        let mut child = command
            .current_dir(&place.root)
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start `{line}`"))?;
        let mut output = BufReader::new(child.stdout.take().context("no stdout")?);
        let mut printed = String::new();
        while output.read_line(&mut printed)? > 0 {
            if let Some(url) = printed.trim().strip_prefix(ready) {
                let url = url.to_owned();
                // The rest is read as well, else the pipe fills up and the server stops.
                thread::spawn(move || each_line(output, |_| true));
                return Ok(Self { child, url });
            }
            printed.clear();
        }
        let status = child.wait()?;
        bail!("`{line}` ended before it was ready ({status})")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The preferred port, or any other when that is taken.
fn address(port: u16) -> String {
    let free = TcpListener::bind(("127.0.0.1", port)).is_ok();
    format!("127.0.0.1:{}", if free { port } else { 0 })
}

/// Whether both programs have been built.
pub(crate) fn are_built(place: &Place) -> bool {
    ["filechute-host", "filechute-faults"].iter().all(|name| Path::new(&place.debug_binary(name)).exists())
}
