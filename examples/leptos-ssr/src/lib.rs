//! filechute in a server-rendered, hydrated Leptos app: the page, for server and browser alike.

#[cfg(feature = "ssr")]
pub mod server;

use filechute::{FileChute, Parameters, UploadFile};
use leptos::prelude::*;

/// The root of the server that signs, unless `FILECHUTE_HOST` names another.
const HOST: &str = "http://127.0.0.1:8080";

/// The document around what a page shows. Pages that are taken over by the browser bring `scripts`.
#[must_use]
pub fn shell(scripts: Option<LeptosOptions>, body: impl IntoView) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <title>"filechute in Leptos"</title>
                {scripts.map(|options| view! { <HydrationScripts options /> })}
            </head>
            <body>{body.into_view()}</body>
        </html>
    }
}

/// A form with a widget in it, and the keys of what landed. Without scripts it is a form with a file input.
#[component]
pub fn App() -> impl IntoView {
    // The environment is the server's: the browser is told with the page.
    let host = SharedValue::new(|| std::env::var("FILECHUTE_HOST").unwrap_or_else(|_| HOST.to_owned())).into_inner();
    let keys = RwSignal::new(Vec::<String>::new());
    view! {
        <main style:max-width="40rem" style:margin="2rem auto" style:font-family="system-ui, sans-serif">
            <h1>"filechute in Leptos"</h1>
            <form method="post" enctype="multipart/form-data">
                <FileChute
                    name="photos"
                    parameters=Parameters::host(&host)
                    on_success=move |file: UploadFile| keys.update(|keys| keys.push(file.key()))
                />
                <p>
                    <button>"Send the form"</button>
                </p>
            </form>
            <ul>
                {move || keys.get().into_iter().map(|key| view! { <li><code>{key}</code></li> }).collect_view()}
            </ul>
        </main>
    }
}

/// Where the browser takes over what the server rendered. Called by Leptos' script.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    hydrate_body(App);
}
