//! The server: axum renders the page and serves what the browser needs to take it over.

use leptos::prelude::*;
use leptos_axum::file_and_error_handler;
use leptos_ssr::shell;

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
    let address = options.site_addr;
    let app = axum::Router::new()
        .route(
            "/",
            axum::routing::get(leptos_axum::render_app_to_stream({
                let options = options.clone();
                move || shell(options.clone())
            })),
        )
        .fallback(file_and_error_handler(shell))
        .with_state(options);
    println!("http://{address}");
    axum::serve(tokio::net::TcpListener::bind(address).await?, app.into_make_service()).await
}
