//! The server as a program: `PORT` (3000; 0 for any) and `SITE_ROOT` (`target/site`) say where and with which files.

use leptos::prelude::*;
use leptos_ssr::server::router;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    // Leptos runs its futures on tokio.
    any_spawner::Executor::init_tokio().ok();
    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3000);
    let options = LeptosOptions::builder()
        .output_name("leptos_ssr")
        .site_root(std::env::var("SITE_ROOT").unwrap_or_else(|_| "target/site".into()))
        .site_addr(([127, 0, 0, 1], port))
        .build();
    let listener = tokio::net::TcpListener::bind(options.site_addr).await?;
    println!("leptos-ssr: http://{}", listener.local_addr()?);
    axum::serve(listener, router(options).into_make_service()).await
}
