//! The component in a form, and what the page does while uploads run.
#![cfg(all(target_arch = "wasm32", feature = "ui"))]

mod stage;

use filechute::{FileChute, Parameters, Restrictions, UiSettings, UploaderRef, ValueAs};
use leptos::{mount::mount_to, prelude::*};
use stage::{Stage, add, drop_files, file, never, panel_with, place, uploader};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Event, EventInit, HtmlFormElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

/// A host with an embedded store.
const HOST: Option<&str> = option_env!("FILECHUTE_TEST_HOST");

/// Whether the browser would ask before the page is left.
fn asks() -> bool {
    let init = EventInit::new();
    init.set_cancelable(true);
    let event = Event::new_with_event_init_dict("beforeunload", &init).unwrap();
    !web_sys::window().unwrap().dispatch_event(&event).unwrap()
}

fn title() -> String {
    web_sys::window().unwrap().document().unwrap().title()
}

#[wasm_bindgen_test]
async fn a_form_waits_for_its_uploads() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let (place, reference) = (place(), UploaderRef::from(uploader.clone()));
    let mounted = mount_to(place.clone(), move || {
        view! {
            <form>
                <FileChute uploader=reference name="photos" label="Photos" required=true />
            </form>
        }
    });
    let stage = Stage { place, mounted: Some(mounted) };
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    let form: HtmlFormElement = stage.seen("form").unwrap().unchecked_into();
    let control: HtmlInputElement = stage.all("form > input[type=text]")[0].clone().unchecked_into();
    let says = |text: &'static str| {
        let (form, control) = (form.clone(), control.clone());
        move |_: &Stage<_>| !form.check_validity() && control.validation_message().unwrap() == text
    };
    stage.until("a file is missing", says("Please add a file.")).await;
    // The browser can show that somewhere, and a screen reader knows of what it is.
    assert!(control.offset_width() > 0 && control.get_attribute("aria-label").as_deref() == Some("Photos"));
    add(&uploader, "a");
    stage.until("it waits", says("Some files are not uploaded yet. Upload or remove them first.")).await;
    uploader.upload().unwrap();
    stage.until("it runs", says("Uploads are still running")).await;
    form.reset();
    stage.until("nothing", |stage| stage.all(".fc-row").is_empty()).await;
    assert!(uploader.file_ids().is_empty());
    stage.until("missing again", says("Please add a file.")).await;
}

#[wasm_bindgen_test]
async fn what_a_form_submits() {
    let Some(host) = HOST else {
        return console_log!("not tested: FILECHUTE_TEST_HOST was not set when this was compiled");
    };
    let (place, order) = (place(), RwSignal::new(Vec::new()));
    let value_as = RwSignal::new(ValueAs::Keys);
    let mounted = mount_to(place.clone(), move || {
        view! {
            <form>
                <FileChute parameters=Parameters::host(host) name="photos" required=true value_as sortable=true order />
            </form>
        }
    });
    let stage = Stage { place, mounted: Some(mounted) };
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    drop_files(&stage.seen(".fc-drop").unwrap(), &[file("a.txt", "text/plain", "a"), file("b.txt", "", "bb")]);
    stage.until("the button", |stage| stage.seen("[data-do=upload]").is_some()).await;
    stage.click("[data-do=upload]");
    let values = |stage: &Stage<_>| -> Vec<String> {
        let fields = stage.all("input[type=hidden][name=photos]");
        fields.iter().map(|field| field.get_attribute("value").unwrap()).collect()
    };
    stage.until("two keys", |stage| values(stage).len() == 2).await;
    let form: HtmlFormElement = stage.seen("form").unwrap().unchecked_into();
    stage.until("it may be sent", |_| form.check_validity()).await;
    // In the order of the list, which a person has changed.
    stage.seen(".fc-handle").unwrap().focus().unwrap();
    stage::press(&stage.seen(".fc-handle").unwrap(), "ArrowDown", false);
    stage
        .until("their order", |stage| values(stage)[0].ends_with("b.txt") && values(stage)[1].ends_with("a.txt"))
        .await;
    let key = values(&stage)[1].clone();
    value_as.set(ValueAs::Receipts);
    stage.until("receipts", |stage| values(stage)[1].starts_with('{')).await;
    let receipt = js_sys::JSON::parse(&values(&stage)[1]).unwrap();
    let field = |name: &str| js_sys::Reflect::get(&receipt, &name.into()).unwrap();
    assert_eq!(field("key").as_string(), Some(key));
    assert_eq!((field("name").as_string().as_deref(), field("size").as_f64()), (Some("a.txt"), Some(1.0)));
    assert_eq!(field("type").as_string().as_deref(), Some("text/plain"));
    stage.click("[data-do=remove]");
    stage.until("one", |stage| values(stage).len() == 1).await;
}

/// Beyond some, the form hears of many at once.
#[wasm_bindgen_test]
async fn a_form_of_many_files() {
    let Some(host) = HOST else {
        return console_log!("not tested: FILECHUTE_TEST_HOST was not set when this was compiled");
    };
    let place = place();
    let mounted = mount_to(place.clone(), move || {
        view! {
            <form>
                <FileChute parameters=Parameters::host(host) name="photos" />
            </form>
        }
    });
    let stage = Stage { place, mounted: Some(mounted) };
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    let files: Vec<_> = (0..130).map(|n| file(&format!("{n}.txt"), "text/plain", "x")).collect();
    drop_files(&stage.seen(".fc-drop").unwrap(), &files);
    let count = |stage: &Stage<_>| stage.all("input[type=hidden][name=photos]").len();
    stage.until("the button", |stage| stage.seen("[data-do=upload]").is_some()).await;
    stage.click("[data-do=upload]");
    stage.until("all keys", |stage| count(stage) == 130).await;
    let form: HtmlFormElement = stage.seen("form").unwrap().unchecked_into();
    stage.until("it may be sent", |_| form.check_validity()).await;
    stage.click("[data-do=remove]");
    stage.until("one less", |stage| count(stage) == 129).await;
    stage.click("[data-do=clear]");
    stage.until("none", |stage| count(stage) == 0).await;
}

#[wasm_bindgen_test]
async fn the_page_is_not_left_by_accident() {
    let before = title();
    let uploader = uploader(never(), Restrictions::default(), true);
    let settings = RwSignal::new(UiSettings { page_title: true, keep_awake: true, ..UiSettings::default() });
    let mut stage = panel_with(&uploader, settings);
    add(&uploader, "a");
    stage.until("a row", |stage| stage.seen(".fc-row").is_some()).await;
    assert!(!asks());
    uploader.upload().unwrap();
    stage.until("it runs", |_| asks()).await;
    assert_eq!(title(), ["0% · ", &before].concat().trim_end());
    settings.update(|settings| settings.quiet_leave = true);
    stage.until("quietly", |_| !asks()).await;
    settings.update(|settings| settings.quiet_leave = false);
    stage.until("asks again", |_| asks()).await;
    uploader.pause_all();
    stage.until("held", |_| !asks() && title() == before).await;
    uploader.resume_all();
    stage.until("it runs", |_| asks()).await;
    stage.mounted.take();
    assert!(!asks());
    assert_eq!(title(), before);
}
