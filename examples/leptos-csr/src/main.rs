//! filechute in a client-rendered Leptos app: a widget, the keys of what landed, and the same put together differently.
//!
//! The address says how the widget looks: `?mode=modal`, `?mode=button`, `?mode=page`, `?mode=image`, `?view=grid`,
//! `?lang=ar`.

use filechute::{
    Chute, DropZone, FileChute, FileRow, MetaField, Mode, Parameters, StatusBar, UploadFile, UploaderOptions, View,
    locales, use_uploader,
};
use leptos::prelude::*;

fn main() {
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let landed = RwSignal::new(Vec::<UploadFile>::new());
    let caption = MetaField { id: "caption".into(), name: "Caption".into(), ..MetaField::default() };
    view! {
        <main>
            <h1>"filechute in Leptos"</h1>
            <FileChute
                // The root of the server that signs; here the one this page comes from.
                parameters=Parameters::host("/")
                mode=Mode::parse(&asked("mode"))
                view=View::parse(&asked("view"))
                // All languages, since the address chooses; a page of one language names its constant.
                strings=locales::find(&asked("lang")).unwrap_or_default()
                meta_fields=vec![caption]
                show_key=true
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
            <h2>"Put together differently"</h2>
            <Attachments />
        </main>
    }
}

/// The parts in an order of our own, with rows that stand in the flow of the page.
#[component]
fn Attachments() -> impl IntoView {
    let chute = use_uploader(Parameters::host("/"), UploaderOptions::default());
    let many = move || chute.files.with(Vec::len);
    view! {
        <Chute uploader=chute.uploader class="attachments">
            <p class="count">{move || many()} " attached"</p>
            <ul class="fc-rows">
                <For each=move || chute.files.get() key=|id| *id let:id>
                    <FileRow id />
                </For>
            </ul>
            <DropZone />
            <StatusBar />
        </Chute>
    }
}

/// What the address says under that name.
fn asked(name: &str) -> String {
    let query = window().location().search().unwrap_or_default();
    let pairs = query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned()).unwrap_or_default()
}
