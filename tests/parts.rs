//! The parts of the interface, put together differently.
#![cfg(all(target_arch = "wasm32", feature = "ui"))]

mod stage;

use filechute::{Chute, DropZone, FileList, FileRow, Notes, Restrictions, StatusBar, UiSettings, UploaderRef, locales};
use leptos::{mount::mount_to, prelude::*};
use stage::{Stage, add, drop_files, file, never, place, uploader};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn rows_in_a_list_of_the_application_s_own() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let (place, ids) = (place(), RwSignal::new(Vec::new()));
    let settings = RwSignal::new(UiSettings::default());
    let reference = UploaderRef::from(uploader.clone());
    let mounted = mount_to(place.clone(), move || {
        view! {
            <Chute uploader=reference settings class="mine">
                <StatusBar />
                <ul class="fc-rows">
                    <For each=move || ids.get() key=|id| *id let:id>
                        <FileRow id />
                    </For>
                </ul>
                <button type="button" data-do="upload" class="own">"Go"</button>
                <DropZone />
                <Notes />
            </Chute>
        }
    });
    let mut stage = Stage { place, mounted: Some(mounted) };
    stage.until("ready", |stage| stage.seen(".fc.mine[data-ready] > .own + .fc-drop").is_some()).await;
    drop_files(&stage.seen(".fc-drop").unwrap(), &[file("a.txt", "", "a"), file("b.txt", "", "b")]);
    ids.set(uploader.file_ids());
    stage.until("rows", |stage| stage.text(".fc-rows > .fc-row + .fc-row .fc-name") == "b.txt").await;
    let [first, second] = [0, 1].map(|at| stage.all(".fc-row")[at].get_bounding_client_rect());
    assert!(second.top() >= first.bottom() && first.height() > 30.0);
    stage.click(".own");
    stage.until("under way", |stage| stage.text(".fc-state") == "Preparing").await;
    stage.click("[data-do=pause]");
    stage.until("paused", |stage| stage.text(".fc-state") == "Paused").await;
    settings.update(|settings| settings.strings = locales::FR);
    stage.until("French", |stage| stage.text(".fc-state") == locales::FR.paused).await;
    stage.click("[data-do=remove]");
    ids.set(uploader.file_ids());
    stage.until("one row", |stage| stage.all(".fc-row").len() == 1).await;
    assert_eq!(stage.text(".fc-name"), "b.txt");
    stage.mounted.take();
    drop(stage);
    assert_eq!(uploader.file_ids().len(), 1);
}

#[wasm_bindgen_test]
async fn some_parts_only() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let (place, reference) = (place(), UploaderRef::from(uploader.clone()));
    let mounted = mount_to(place.clone(), move || {
        view! {
            // Alone it is nothing, and no harm.
            <StatusBar />
            <Chute uploader=reference>
                <FileList />
            </Chute>
        }
    });
    let stage = Stage { place, mounted: Some(mounted) };
    add(&uploader, "a");
    stage.until("a row", |stage| stage.seen(".fc-list > .fc-row").is_some()).await;
    assert!(stage.all(".fc-foot, .fc-drop, input").is_empty());
    stage.click("[data-do=remove]");
    stage.until("none", |stage| stage.all(".fc-row").is_empty()).await;
}
