//! The interface in other places than in the flow of the page.
#![cfg(all(target_arch = "wasm32", feature = "ui"))]

mod stage;

use filechute::{Capture, Mode, Panel, Restrictions, UiSettings, UploaderRef, View};
use leptos::{mount::mount_to, prelude::*};
use stage::{Stage, Store, add, drag, drop_files, file, never, panel_with, place, uploader};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{DataTransfer, Element, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

fn settings(mode: Mode) -> RwSignal<UiSettings> {
    RwSignal::new(UiSettings { mode, ..UiSettings::default() })
}

fn transfer() -> DataTransfer {
    let transfer = DataTransfer::new().unwrap();
    transfer.items().add_with_file(&file("dropped.txt", "", "a")).unwrap();
    transfer
}

fn body() -> HtmlElement {
    web_sys::window().unwrap().document().unwrap().body().unwrap()
}

#[wasm_bindgen_test]
async fn behind_a_button() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let stage = panel_with(&uploader, settings(Mode::Button));
    stage.until("the button", |stage| stage.text(".fc-open") == "Upload files").await;
    let opener = stage.seen(".fc-open").unwrap();
    assert!(stage.seen(".fc-pick").is_none());
    assert_eq!(opener.get_attribute("aria-expanded").as_deref(), Some("false"));
    opener.click();
    stage.until("the panel", |stage| stage.seen(".fc-box[popover] > .fc-top + .fc .fc-pick:focus").is_some()).await;
    assert_eq!(opener.get_attribute("aria-expanded").as_deref(), Some("true"));
    // Below the button or above it, and not over it.
    let [button, boxed] = [&opener, &stage.seen(".fc-box").unwrap()].map(|node| node.get_bounding_client_rect());
    assert!(boxed.top() >= button.bottom() || boxed.bottom() <= button.top());
    stage.click("[part~=close]");
    stage.until("closed", |stage| stage.seen(".fc-box").is_none()).await;
    stage.until("the focus back", |stage| stage.seen(".fc-open:focus").is_some()).await;
    assert_eq!(opener.get_attribute("aria-expanded").as_deref(), Some("false"));
    // The button says how it goes.
    add(&uploader, "a");
    stage.until("the state", |stage| stage.text(".fc-open") == "1 file ready").await;
    // What is dragged above it is to be dropped into the panel.
    drag(&opener, "dragenter", &transfer());
    stage.until("open", |stage| stage.seen(".fc-box .fc-row").is_some()).await;
}

#[wasm_bindgen_test]
async fn in_a_dialog_that_the_application_opens() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let (place, open) = (place(), RwSignal::new(false));
    let (shown, settings) = (RwSignal::new(true), settings(Mode::Modal));
    let mounted = mount_to(place.clone(), move || {
        let uploader = UploaderRef::from(uploader);
        view! {
            <p class="before">"before"</p>
            <Show when=move || shown.get() fallback=|| view! { <p class="instead">"instead"</p> }>
                <Panel uploader settings open />
            </Show>
            <p class="after">"after"</p>
        }
    });
    let stage = Stage { place, mounted: Some(mounted) };
    stage.until("the button", |stage| stage.seen(".fc-open").is_some()).await;
    stage.seen(".fc-open").unwrap().focus().unwrap();
    open.set(true);
    stage.until("the dialog", |stage| stage.seen("dialog.fc-box:modal .fc-pick:focus").is_some()).await;
    assert_eq!(stage.seen("dialog").unwrap().get_attribute("aria-label").as_deref(), Some("Upload files"));
    stage.click("[part~=close]");
    stage.until("closed", |_| !open.get_untracked()).await;
    stage.until("the focus back", |stage| stage.seen(".fc-open:focus").is_some()).await;
    stage.click(".fc-open");
    stage.until("open again", |_| open.get_untracked()).await;

    // Whatever the application does with its own nodes, they stand where they belong.
    shown.set(false);
    stage.until("something else", |stage| stage.seen(".before + .instead + .after").is_some()).await;
    assert!(stage.all(".fc, .fc-box, .fc-stand").is_empty());
    shown.set(true);
    stage.until("back", |stage| stage.seen(".fc-open").is_some()).await;
    assert_eq!(stage.all(".fc-box, .fc-stand").len(), 2);
    // Into the flow of the page, and nothing is left of the dialog.
    settings.update(|settings| settings.mode = Mode::Inline);
    stage.until("inline", |stage| stage.seen(".before + .fc[part=panel] + .after").is_some()).await;
    assert!(stage.all(".fc-box, .fc-stand").is_empty());
}

#[wasm_bindgen_test]
async fn over_the_whole_page() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let settings = settings(Mode::Page);
    let mut stage = panel_with(&uploader, settings);
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    let transfer = transfer();
    drag(&body(), "dragenter", &transfer);
    assert_eq!(stage.text(".fc-overlay"), "Drop files to add them");
    drag(&body(), "drop", &transfer);
    assert!(stage.seen(".fc-overlay").is_none());
    assert_eq!(uploader.file_ids().len(), 1);
    // The panel itself takes what is dropped on it, once.
    drop_files(&stage.seen(".fc-drop").unwrap(), &[file("b", "", "b")]);
    assert_eq!(uploader.file_ids().len(), 2);
    // Only above the target, or the whole page where there is no such thing.
    settings.update(|settings| settings.target = ".fc-hint + nothing[".into());
    stage.until("a look", |stage| stage.seen(".fc-row").is_some()).await;
    let target: Element = stage.place.clone().into();
    target.set_id("target");
    settings.update(|settings| settings.target = "#target".into());
    gloo_timers::future::TimeoutFuture::new(50).await;
    drag(&body(), "dragenter", &transfer);
    assert!(stage.seen(".fc-overlay").is_none());
    // As browsers tell it: what is entered, and then what was left.
    drag(&target, "dragenter", &transfer);
    drag(&body(), "dragleave", &transfer);
    assert!(stage.seen(".fc-overlay").is_some());
    drag(&target, "dragleave", &transfer);
    // One that comes later than the wish for it.
    target.set_id("");
    drag(&target, "dragenter", &transfer);
    assert!(stage.seen(".fc-overlay").is_some());
    drag(&target, "dragleave", &transfer);
    let later = place();
    later.set_id("target");
    drag(&target, "dragenter", &transfer);
    assert!(stage.seen(".fc-overlay").is_none());
    drag(&later, "dragenter", &transfer);
    assert!(stage.seen(".fc-overlay").is_some());
    drag(&later, "dragleave", &transfer);
    later.remove();
    target.set_id("target");
    drag(&target, "dragenter", &transfer);
    settings.update(|settings| settings.disabled = true);
    drag(&target, "dragleave", &transfer);
    drag(&target, "drop", &transfer);
    assert_eq!(uploader.file_ids().len(), 2);
    stage.mounted.take();
    settings.update(|settings| settings.disabled = false);
    drag(&target, "dragenter", &transfer);
    assert!(stage.all(".fc-overlay").is_empty());
}

#[wasm_bindgen_test]
async fn one_picture() {
    let restrictions = Restrictions { max_number_of_files: Some(2), ..Restrictions::default() };
    let uploader = uploader(never(), restrictions, true);
    let settings = settings(Mode::Image);
    settings.update(|settings| settings.capture = Capture::User);
    let stage = panel_with(&uploader, settings);
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    assert_eq!(stage.text(".fc-pick"), "Choose an image");
    let input = stage.all(".fc-input")[0].clone();
    assert_eq!(input.get_attribute("accept").as_deref(), Some("image/*"));
    assert!(!input.has_attribute("multiple"));
    assert_eq!(input.get_attribute("capture").as_deref(), Some("user"));
    settings.update(|settings| settings.capture = Capture::Off);
    stage.until("no camera", |_| !input.has_attribute("capture")).await;
    let zone = stage.seen(".fc-drop").unwrap();
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>";
    drop_files(&zone, &[file("a.svg", "image/svg+xml", svg)]);
    stage.until("the picture", |stage| stage.seen(".fc-drop > .fc-picture[src]").is_some()).await;
    let first = stage.seen(".fc-picture").unwrap().get_attribute("src").unwrap();
    assert!(first.starts_with("blob:"));
    stage.until("words", |stage| stage.text(".fc-pick") == "Replace").await;
    drop_files(&zone, &[file("b.svg", "image/svg+xml", svg)]);
    stage
        .until("the next", |stage| {
            stage.seen(".fc-picture").is_some_and(|it| it.get_attribute("src").unwrap() != first)
        })
        .await;
    let names: Vec<String> = uploader.files().into_iter().map(|file| file.name).collect();
    assert_eq!(names, ["b.svg"]);
    // The one that is there already, until another is chosen.
    let src = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
    settings.update(|settings| settings.src = src.into());
    assert_ne!(stage.seen(".fc-picture").unwrap().get_attribute("src").as_deref(), Some(src));
    uploader.cancel_all();
    stage.until("the one of before", |stage| stage.seen(&format!(".fc-picture[src='{src}']")).is_some()).await;
    assert_eq!(stage.text(".fc-pick"), "Replace");
    settings.update(|settings| settings.src.clear());
    stage.until("none", |stage| stage.text(".fc-pick") == "Choose an image").await;
    assert!(stage.seen(".fc-picture").is_none());
    settings.update(|settings| settings.mode = Mode::Inline);
    stage.until("no picture", |stage| stage.all(".fc-picture").is_empty()).await;
}

#[wasm_bindgen_test]
async fn side_by_side() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let settings = RwSignal::new(UiSettings { view: View::Grid, ..UiSettings::default() });
    let stage = panel_with(&uploader, settings);
    stage.place.style().set_property("width", "600px").unwrap();
    for n in 0..9 {
        add(&uploader, &n.to_string());
    }
    let tops = |stage: &Stage<_>| {
        let rows = stage.all(".fc-row");
        let mut tops: Vec<i64> = rows.iter().map(|row| row.get_bounding_client_rect().top() as i64).collect();
        tops.dedup();
        (rows.len(), tops.len())
    };
    stage.until("three lines", |stage| tops(stage) == (9, 3)).await;
    let [first, second] = [0, 1].map(|at| stage.all(".fc-row")[at].get_bounding_client_rect());
    assert!((second.left() - first.right()).abs() < 2.0);
    let list = stage.seen(".fc-list").unwrap();
    assert_eq!(
        f64::from(list.unchecked_ref::<HtmlElement>().offset_height()),
        f64::from(stage.seen(".fc-row").unwrap().offset_height() * 3)
    );
    settings.update(|settings| settings.view = View::List);
    stage.until("a list", |stage| tops(stage) == (9, 9)).await;
}

#[wasm_bindgen_test]
async fn side_by_side_every_button_can_be_pressed() {
    let _store = Store::open();
    let uploader = uploader(Store::parameters(), Restrictions::default(), true);
    let looks = UiSettings { view: View::Grid, show_key: true, show_link: true, ..UiSettings::default() };
    let stage = panel_with(&uploader, RwSignal::new(UiSettings { selectable: true, sortable: true, ..looks }));
    add(&uploader, "a");
    add(&uploader, "b");
    uploader.upload().unwrap();
    stage.until("both are there", |stage| stage.all(".fc-row[data-state=done] > .fc-handle").len() == 2).await;
    let first = stage.seen(".fc-row").unwrap();
    first.scroll_into_view();
    let all = stage.all(".fc-row:first-child > :is(button, input):not([hidden])");
    assert_eq!(all.len(), 5);
    let document = web_sys::window().unwrap().document().unwrap();
    for button in all {
        let place = button.get_bounding_client_rect();
        let (x, y) = (place.x() + place.width() / 2.0, place.y() + place.height() / 2.0);
        let hit = document.element_from_point(x as f32, y as f32);
        assert!(hit.as_ref().is_some_and(|hit| button.contains(Some(hit))), "{} {hit:?}", button.outer_html());
    }
}

#[wasm_bindgen_test]
async fn it_has_a_width_where_its_parent_asks_for_one() {
    let styles = ["display: flex", "display: inline-block", "display: grid; justify-items: center", "float: left"];
    for style in styles {
        let stage = panel_with(&uploader(never(), Restrictions::default(), true), settings(Mode::Inline));
        stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
        stage.place.set_attribute("style", style).unwrap();
        let width = stage.seen(".fc").unwrap().offset_width();
        assert!((240..=body().client_width()).contains(&width), "{style}: {width}");
    }
}

#[wasm_bindgen_test]
async fn done_closes_what_has_a_button() {
    let _store = Store::open();
    let uploader = uploader(Store::parameters(), Restrictions::default(), true);
    let settings = RwSignal::new(UiSettings { mode: Mode::Modal, ..UiSettings::default() });
    let stage = panel_with(&uploader, settings);
    stage.until("the button", |stage| stage.text(".fc-open") == "Upload files").await;
    stage.click(".fc-open");
    add(&uploader, "a");
    stage.until("a row", |stage| stage.seen(".fc-row").is_some()).await;
    assert!(stage.seen("[data-do=done]").is_none());
    uploader.upload().unwrap();
    stage.until("all is uploaded", |stage| stage.text("[data-do=done]") == "Done").await;
    stage.click("[data-do=done]");
    assert!(stage.seen(".fc-row").is_none() && uploader.file_ids().len() == 1);
    // It is nothing for a panel that is always open.
    settings.update(|settings| settings.mode = Mode::Inline);
    stage.until("in its place", |stage| stage.seen(".fc-row").is_some()).await;
    assert!(stage.all("[data-do=done]").is_empty());
}
