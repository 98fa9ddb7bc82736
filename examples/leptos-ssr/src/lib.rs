//! filechute in a server-rendered, hydrated Leptos app: the page, for server and browser alike.

use filechute::{FileChute, Parameters, UploadFile};
use leptos::prelude::*;

/// The root of the server that signs, as the browser sees it.
const HOST: &str = match option_env!("FILECHUTE_HOST") {
    Some(host) => host,
    None => "http://127.0.0.1:8080",
};

/// The document around the app.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <title>"filechute in Leptos"</title>
                <HydrationScripts options />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// A widget, and the keys of what landed. Without scripts it is a form with a file input.
#[component]
pub fn App() -> impl IntoView {
    let keys = RwSignal::new(Vec::<String>::new());
    view! {
        <main style:max-width="40rem" style:margin="2rem auto" style:font-family="system-ui, sans-serif">
            <h1>"filechute in Leptos"</h1>
            <form method="post" enctype="multipart/form-data">
                <FileChute
                    name="photos"
                    parameters=Parameters::host(HOST)
                    on_success=move |file: UploadFile| keys.update(|keys| keys.push(file.key()))
                />
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
