//! filechute in a client-rendered Leptos app: a widget, and the keys of what landed.

use filechute::{FileChute, Parameters, UploadFile};
use leptos::prelude::*;

fn main() {
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let landed = RwSignal::new(Vec::<UploadFile>::new());
    view! {
        <main>
            <h1>"filechute in Leptos"</h1>
            <FileChute
                // The root of the server that signs; here the one this page comes from.
                parameters=Parameters::host("/")
                on_success=move |file: UploadFile| landed.update(|landed| landed.push(file))
            />
            <h2>"Landed"</h2>
            <ul class="landed">
                <For each=move || landed.get() key=|file| file.id let:file>
                    <li>
                        <bdi>{file.name.clone()}</bdi>
                        " "
                        <code>{file.key()}</code>
                    </li>
                </For>
            </ul>
        </main>
    }
}
