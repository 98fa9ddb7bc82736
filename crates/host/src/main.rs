//! `filechute-host`: the signing server as a program, settings from the environment; `--dev` brings its own store.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use filechute_host::server::{LogFormat, Mount, announce, logged, mount, serve};
use filechute_host::{RawOptions, not_found, router};
#[cfg(feature = "dev")]
use rusty_s3::Credentials;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Signs browser uploads to S3. Settings come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
/// AWS_REGION, FILECHUTE_BUCKET, FILECHUTE_TOKEN, …; see the README).
#[derive(Debug, Parser)]
#[command(name = "filechute-host", version)]
struct Cli {
    /// Address to listen on; port 0 takes any free one [default: $FILECHUTE_LISTEN or 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Serve the files of DIR under MOUNT, for example /=www (repeatable)
    #[arg(long, value_name = "MOUNT=DIR")]
    serve: Vec<Mount>,
    /// A further origin whose pages may call this host (and, with --dev, upload to its store) (repeatable)
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
    /// For development: an S3 store of its own on another port, loopback only
    #[arg(long)]
    dev: bool,
    /// With --dev: address of the store
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", requires = "dev")]
    s3_listen: SocketAddr,
    /// With --dev: address signed into URLs instead of the store's, for a proxy that stands in front of it
    #[arg(long, value_name = "URL", requires = "dev")]
    s3_endpoint: Option<String>,
    /// With --dev: the store's key pair, for another program that signs for it [default: a new one at each start]
    // Read here as any text, and any number of texts: clap repeats what it refuses.
    #[arg(long, value_name = "ID:SECRET", requires = "dev", num_args = 1..)]
    s3_key_pair: Vec<String>,
    /// With --dev: folder of the objects, as plain files DIR/uploads/KEY [default: a new one in the temporary folder, which stays]
    #[arg(long, value_name = "DIR", requires = "dev")]
    data: Option<PathBuf>,
    /// With --dev: parts on a page of ListParts
    #[arg(long, value_name = "N", default_value_t = 1000, requires = "dev")]
    list_page: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            let _ = writeln!(std::io::stderr(), "filechute-host: {text}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), String> {
    let mut raw = RawOptions::from_env();
    if !cli.allow_origin.is_empty() {
        let all = raw.allowed_origins.take().into_iter().chain(cli.allow_origin.iter().cloned());
        raw.allowed_origins = Some(all.collect::<Vec<_>>().join(","));
    }
    let address = address(&cli)?;
    if cli.dev && !address.ip().is_loopback() {
        return Err("--dev listens on loopback only: write --listen 127.0.0.1:8080".into());
    }
    let listener = TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    let here = listener.local_addr().map_err(|error| error.to_string())?;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        terminated().await;
        let _ = stop.send(true);
    });
    if cli.dev {
        development(cli, &raw, listener, here, stopped).await
    } else {
        production(cli, &raw, listener, here, stopped).await
    }
}

fn address(cli: &Cli) -> Result<SocketAddr, String> {
    if let Some(address) = cli.listen {
        return Ok(address);
    }
    match variable("FILECHUTE_LISTEN") {
        text if text.is_empty() => Ok((IpAddr::V4(Ipv4Addr::LOCALHOST), 8080).into()),
        text => {
            text.parse().map_err(|_| "FILECHUTE_LISTEN cannot be used: write an address such as 127.0.0.1:8080".into())
        }
    }
}

/// A variable of the environment. What is no UTF-8 counts as wrong, not as unset.
fn variable(name: &str) -> String {
    std::env::var_os(name).map(|value| value.to_string_lossy().trim().to_owned()).unwrap_or_default()
}

/// The key pair, or what is wrong with it, without repeating a secret.
#[cfg(feature = "dev")]
fn key_pair(texts: &[String]) -> Result<Option<Credentials>, String> {
    match texts {
        [] => return Ok(None),
        [text] => match text.split_once(':') {
            Some((id, secret)) if !id.is_empty() && !secret.is_empty() => {
                return Ok(Some(Credentials::new(id, secret)));
            }
            _ => {}
        },
        _ => {}
    }
    Err("--s3-key-pair cannot be used: write both, with a colon between them".into())
}

fn log_format() -> Result<LogFormat, String> {
    LogFormat::parse(&variable("FILECHUTE_LOG"))
        .ok_or_else(|| "FILECHUTE_LOG cannot be used: write `text` or `json`".into())
}

async fn production(
    cli: Cli,
    raw: &RawOptions,
    listener: TcpListener,
    here: SocketAddr,
    stopped: watch::Receiver<bool>,
) -> Result<(), String> {
    let log = log_format()?;
    let config = raw.validate().map_err(|error| error.to_string())?;
    let app = mount(router(config).fallback(not_found), &cli.serve).map_err(|error| error.to_string())?;
    announce(&format!("filechute-host: http://{here}"));
    serve(listener, logged(app, "host", 2, log), until(stopped)).await;
    Ok(())
}

#[cfg(feature = "dev")]
async fn development(
    cli: Cli,
    raw: &RawOptions,
    listener: TcpListener,
    here: SocketAddr,
    stopped: watch::Receiver<bool>,
) -> Result<(), String> {
    use filechute_host::dev::DevOptions;

    let log = log_format()?;
    let pair = key_pair(&cli.s3_key_pair)?;
    if !cli.s3_listen.ip().is_loopback() {
        return Err("--dev listens on loopback only: write --s3-listen 127.0.0.1:0".into());
    }
    let store_listener = TcpListener::bind(cli.s3_listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", cli.s3_listen))?;
    let store_here = store_listener.local_addr().map_err(|error| error.to_string())?;
    let data = match cli.data {
        Some(data) => data,
        None => new_folder()
            .map_err(|error| format!("cannot make a folder for the objects: {error}; name one by --data"))?,
    };
    let options = DevOptions {
        data: data.clone(),
        host: here,
        store: store_here,
        endpoint: cli.s3_endpoint,
        list_page: cli.list_page,
    };
    let dev = match &pair {
        Some(pair) => filechute_host::dev::start_with(raw, options, pair),
        None => filechute_host::dev::start(raw, options),
    };
    let dev = dev.map_err(|error| error.to_string())?;
    let app = mount(dev.host.fallback(not_found), &cli.serve).map_err(|error| error.to_string())?;

    let _ =
        writeln!(std::io::stderr(), "filechute-host: for development only; objects are files under {}", data.display());
    announce(&format!("filechute-host: http://{here}"));
    announce(&format!("filechute-host s3: http://{store_here}"));
    tokio::join!(
        serve(listener, logged(app, "host", 2, log), until(stopped.clone())),
        serve(store_listener, logged(dev.store, "s3", 1, log), until(stopped)),
    );
    Ok(())
}

/// A folder in the temporary one that is this process's and this user's alone. It stays, with what was uploaded.
#[cfg(feature = "dev")]
fn new_folder() -> std::io::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("filechute-dev-{}", uuid::Uuid::new_v4().simple()));
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder)?;
    Ok(folder)
}

#[cfg(not(feature = "dev"))]
async fn development(
    _: Cli,
    _: &RawOptions,
    _: TcpListener,
    _: SocketAddr,
    _: watch::Receiver<bool>,
) -> Result<(), String> {
    Err("this build has no --dev (feature `dev`)".into())
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means the sender is gone, which ends the process as well.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Resolves on Ctrl-C or SIGTERM.
async fn terminated() {
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
