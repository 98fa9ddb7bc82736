//! The proxy as a process: `filechute-faults --listen 127.0.0.1:0 --to http://127.0.0.1:9000`.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use filechute_faults::{Proxy, ProxyOptions};

/// A reverse proxy that breaks HTTP on demand. Rules are set with POST /__faults.
#[derive(Debug, Parser)]
#[command(name = "filechute-faults", version)]
struct Arguments {
    /// Loopback address to listen on; port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The server behind, http://host:port.
    #[arg(long)]
    to: String,
    /// Lets clients reuse connections. Browsers then repeat some broken requests by themselves.
    #[arg(long)]
    keep_alive: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let options = ProxyOptions { keep_alive: arguments.keep_alive };
    let (address, proxy) = match Proxy::bind_with(arguments.listen, &arguments.to, options).await {
        Ok(bound) => bound,
        Err(error) => {
            eprintln!("filechute-faults: {error}");
            return ExitCode::FAILURE;
        }
    };
    // Whoever waits for this line may have closed its end: no reason to panic.
    let mut out = std::io::stdout();
    let _ = writeln!(out, "filechute-faults: http://{address}").and_then(|()| out.flush());
    tokio::select! {
        () = proxy => {}
        () = asked_to_stop() => {}
    }
    ExitCode::SUCCESS
}

/// Ctrl-C, or SIGTERM where there is one.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
