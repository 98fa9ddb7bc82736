//! The demo's server, which `cargo xtask demo` builds and starts: the host, its embedded store and, between page and
//! store, the fault proxy, in one process on three loopback ports.
//!
//! What breaks requests is here and in the proxy, never in the host: that one only signs for the proxy's address.

mod faults;
mod form;
mod guard;
mod policy;

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use axum::{Router, middleware};
use clap::Parser;
use filechute_faults::{Proxy, ProxyOptions};
use filechute_host::dev::{self, DevOptions};
use filechute_host::server::{LogFormat, Mount, announce, logged, mount, serve};
use filechute_host::{RawOptions, not_found};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A host with a store and a proxy that breaks requests on demand, for the demo page. Settings of the host come from the
/// environment, as for filechute-host --dev.
#[derive(Debug, Parser)]
#[command(name = "filechute-demo", version)]
struct Cli {
    /// Loopback address of the page and the host; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Serve the files of DIR under MOUNT, for example /=www (repeatable)
    #[arg(long, value_name = "MOUNT=DIR")]
    serve: Vec<Mount>,
    /// Folder of the objects, as plain files DIR/uploads/KEY
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            let _ = writeln!(std::io::stderr(), "filechute-demo: {text}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), String> {
    if !cli.listen.ip().is_loopback() {
        return Err("the demo listens on loopback only: write --listen 127.0.0.1:8080".into());
    }
    if cli.serve.iter().any(|mount| mount.is_within("/demo")) {
        return Err("/demo belongs to the demo; choose another path for --serve".into());
    }
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = bind(cli.listen).await?;
    let store_listener = bind(any).await?;
    let (here, store) = (address(&listener)?, address(&store_listener)?);
    let closed = Proxy::bind_closed(any, &format!("http://{store}"), ProxyOptions::default()).await;
    let (proxy, control, breaking) = closed.map_err(|error| format!("the fault proxy: {error}"))?;
    tokio::spawn(breaking);

    let endpoint = Some(format!("http://{proxy}"));
    let options = DevOptions { data: cli.data.clone(), host: here, store, endpoint, list_page: 1000 };
    let dev = dev::start(&RawOptions::from_env(), options).map_err(|error| error.to_string())?;
    let own = Router::new()
        .merge(faults::routes(control))
        .merge(form::routes())
        .layer(middleware::from_fn(guard::same_site_only))
        .layer(middleware::from_fn(dev::local_names_only));
    let site = mount(Router::new().merge(own).fallback(not_found), &cli.serve).map_err(|error| error.to_string())?;
    let site = policy::apply(site, proxy);
    // The host's own routes go first; everything else is the site.
    let app = dev.host.fallback_service(site);

    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        asked_to_stop().await;
        let _ = stop.send(true);
    });
    announce(&format!("filechute-demo: http://{here}"));
    tokio::join!(
        serve(listener, logged(app, "host", 2, LogFormat::Text), until(stopped.clone())),
        serve(store_listener, logged(dev.store, "s3", 1, LogFormat::Text), until(stopped)),
    );
    Ok(())
}

async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))
}

fn address(listener: &TcpListener) -> Result<SocketAddr, String> {
    listener.local_addr().map_err(|error| error.to_string())
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means the sender is gone, which ends the process as well.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Ctrl-C, or SIGTERM where there is one.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! { _ = tokio::signal::ctrl_c() => {}, _ = term.recv() => {} }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
