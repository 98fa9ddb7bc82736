//! The server's routes: the page, what the browser needs to take it over, and where its form goes.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Multipart, multipart::MultipartError},
    response::Html,
    routing::get,
};
use leptos::prelude::*;
use leptos_axum::{file_and_error_handler, render_app_to_stream};

use crate::{App, shell};

/// Most that a form may hold. Files count only where scripts did not run: else it holds their keys.
const MOST: usize = 100 << 20;

/// The whole app.
pub fn router(options: LeptosOptions) -> Router {
    let page = {
        let options = options.clone();
        move || shell(Some(options.clone()), view! { <App /> })
    };
    Router::new()
        .route("/", get(render_app_to_stream(page)).post(receive))
        .layer(DefaultBodyLimit::max(MOST))
        .fallback(file_and_error_handler(|_: LeptosOptions| shell(None, "Not found")))
        .with_state(options)
}

/// Shows what the form submitted: keys of objects in the bucket; or, from a browser without scripts, files, which an
/// application would now put there itself.
async fn receive(mut form: Multipart) -> Result<Html<String>, MultipartError> {
    let mut items = Vec::new();
    while let Some(mut field) = form.next_field().await? {
        match field.file_name().map(str::to_owned) {
            None => items.push(view! { <li><code>{field.text().await?}</code></li> }.into_any()),
            // What a file input holds that nobody touched.
            Some(name) if name.is_empty() => {}
            Some(name) => {
                let mut size = 0;
                while let Some(chunk) = field.chunk().await? {
                    size += chunk.len();
                }
                items.push(view! { <li>{name}", "{size}" bytes"</li> }.into_any());
            }
        }
    }
    let nothing = items.is_empty().then_some("Nothing");
    let page = view! {
        <main>
            <h1>"Received"</h1>
            <ul class="received">{items}</ul>
            {nothing}
        </main>
    };
    Ok(Html(shell(None, page).into_view().to_html()))
}
