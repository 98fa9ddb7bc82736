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
/// run to run spare compiling them again. Host, store, their proxies and the page of the tests take five in a row; another run
/// at the same time takes the next five. (Below the range that systems give to outgoing connections: such a port could be
/// taken between two tests, while nobody listens for the page.)
const FIRST_PORT: u16 = 19480;
const RUNS: usize = 50;

/// The servers. Dropping it ends them.
#[derive(Debug)]
pub(crate) struct Servers {
    host: Server,
    /// In front of the store.
    faults: Server,
    /// In front of the host.
    signer: Server,
    page: String,
}

#[derive(Debug)]
struct Server {
    child: Child,
    url: String,
}

impl Servers {
    /// Starts a host with an empty store, and a proxy in front of each.
    pub(crate) fn start(place: &Place) -> Result<Self> {
        let data = place.scratch().join("browser-tests");
        if data.exists() {
            std::fs::remove_dir_all(&data)?;
        }
        let [host, s3, faults, signer, page] = addresses()?;
        let mut program = command(place.debug_binary("filechute-host"));
        program.args(["--dev", "--listen", &host, "--s3-listen", &s3, "--data"]).arg(data);
        // Signed for the proxy, which leaves the Host header alone.
        program.args(["--s3-endpoint", &format!("http://{faults}"), "--allow-origin", &format!("http://{page}")]);
        let host = Server::start(&mut program, "filechute-host: ", place)?;
        let proxy = |here: &str, to: &str| {
            let mut program = command(place.debug_binary("filechute-faults"));
            program.args(["--listen", here, "--to", to]);
            Server::start(&mut program, "filechute-faults: ", place)
        };
        let faults = proxy(&faults, &format!("http://{s3}"))?;
        let signer = proxy(&signer, &host.url)?;
        Ok(Self { host, faults, signer, page })
    }

    /// What the tests read with `option_env!`, and what their runner reads.
    pub(crate) fn environment(&self) -> [(&'static str, &str); 4] {
        [
            ("FILECHUTE_TEST_HOST", &self.host.url),
            ("FILECHUTE_TEST_FAULTS", &self.faults.url),
            ("FILECHUTE_TEST_SIGNER", &self.signer.url),
            ("WASM_BINDGEN_TEST_ADDRESS", &self.page),
        ]
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

/// Of host, store, both proxies and page: the first five ports in a row that nobody uses.
fn addresses() -> Result<[String; 5]> {
    (FIRST_PORT..)
        .step_by(5)
        .take(RUNS)
        .map(|first| [first, first + 1, first + 2, first + 3, first + 4])
        .find(|ports| ports.iter().all(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()))
        .map(|ports| ports.map(|port| format!("127.0.0.1:{port}")))
        .with_context(|| format!("no five free ports in a row from {FIRST_PORT} on"))
}

/// Whether the programs that tests talk to have been built.
pub(crate) fn are_built(place: &Place) -> bool {
    ["filechute-host", "filechute-faults", "filechute-demo"]
        .iter()
        .all(|name| Path::new(&place.debug_binary(name)).exists())
}
