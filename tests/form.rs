//! The component in a form, and what the page does while uploads run.
#![cfg(all(target_arch = "wasm32", feature = "ui"))]

mod stage;

use std::{cell::RefCell, rc::Rc};

use filechute::{Completion, FileChute, Parameters, Restrictions, UiSettings, UploaderRef, ValueAs};
use gloo_timers::future::TimeoutFuture;
use leptos::{
    mount::{UnmountHandle, mount_to},
    prelude::*,
    tachys::view::Mountable,
};
use send_wrapper::SendWrapper;
use stage::{Stage, Store, add, drop_files, file, never, panel_with, place, uploader};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Event, EventInit, File, HtmlFormElement, HtmlTextAreaElement};

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

async fn staged<M: Mountable>(place: web_sys::HtmlElement, mounted: UnmountHandle<M>) -> (Stage<M>, HtmlFormElement) {
    let stage = Stage { place, mounted: Some(mounted) };
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    let form: HtmlFormElement = stage.seen("form").unwrap().unchecked_into();
    (stage, form)
}

fn values<M: Mountable>(stage: &Stage<M>) -> Vec<String> {
    let fields = stage.all("input[type=hidden][name=photos]");
    fields.iter().map(|field| field.get_attribute("value").unwrap()).collect()
}

async fn drop_and_upload<M: Mountable>(stage: &Stage<M>, files: &[File]) {
    drop_files(&stage.seen(".fc-drop").unwrap(), files);
    stage.until("the button", |stage| stage.seen("[data-do=upload]").is_some()).await;
    stage.click("[data-do=upload]");
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
    let control: HtmlTextAreaElement = stage.all("form > textarea")[0].clone().unchecked_into();
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
    stage.until("nothing", |stage| uploader.file_ids().is_empty() && stage.all(".fc-row").is_empty()).await;
    stage.until("missing again", says("Please add a file.")).await;
}

#[wasm_bindgen_test]
async fn a_form_that_asks_for_some_files_cannot_be_sent_with_fewer() {
    let _store = Store::open();
    let restrictions = Restrictions { min_number_of_files: Some(2), ..Restrictions::default() };
    let uploader = uploader(Store::parameters(), restrictions, true);
    let (place, reference) = (place(), UploaderRef::from(uploader.clone()));
    let mounted = mount_to(place.clone(), move || {
        view! {
            <form>
                <FileChute uploader=reference name="photos" multiple=true />
            </form>
        }
    });
    let (stage, form) = staged(place, mounted).await;
    assert!(form.check_validity());
    let first = add(&uploader, "a");
    add(&uploader, "b");
    uploader.upload().unwrap();
    stage.until("both", |stage| values(stage).len() == 2 && form.check_validity()).await;
    uploader.remove(first);
    stage.until("too few", |_| !form.check_validity()).await;
    let control: HtmlTextAreaElement = stage.all("form > textarea")[0].clone().unchecked_into();
    assert_eq!(control.validation_message().unwrap(), "Add at least 2 files");
}

#[wasm_bindgen_test]
async fn what_a_form_submits() {
    let Some(host) = HOST else {
        return console_log!("not tested: FILECHUTE_TEST_HOST was not set when this was compiled");
    };
    let (place, order) = (place(), RwSignal::new(Vec::new()));
    let (value_as, disabled) = (RwSignal::new(ValueAs::Keys), RwSignal::new(false));
    let mounted = mount_to(place.clone(), move || {
        view! {
            <form>
                <FileChute parameters=Parameters::host(host) name="photos" required=true value_as sortable=true order disabled />
            </form>
        }
    });
    let stage = Stage { place, mounted: Some(mounted) };
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    drop_files(&stage.seen(".fc-drop").unwrap(), &[file("a.txt", "text/plain", "a"), file("b.txt", "", "bb")]);
    stage.until("the button", |stage| stage.seen("[data-do=upload]").is_some()).await;
    stage.click("[data-do=upload]");
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
    disabled.set(true);
    stage.until("none, as of any disabled field", |stage| values(stage).is_empty()).await;
    disabled.set(false);
    stage.until("one again", |stage| values(stage).len() == 1).await;
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

/// Whoever hears that a batch is over may send the form: it is valid then, and has all keys.
#[wasm_bindgen_test]
async fn a_form_that_is_sent_when_everything_is_there() {
    let _store = Store::open();
    for count in [2, 150] {
        let (place, found) = (place(), Rc::new(RefCell::new(Vec::new())));
        let told = SendWrapper::new((Rc::clone(&found), place.clone()));
        let mounted = mount_to(place.clone(), move || {
            let look = move || {
                let (found, place) = &*told;
                let form: HtmlFormElement = place.query_selector("form").unwrap().unwrap().unchecked_into();
                let fields = place.query_selector_all("input[type=hidden][name=photos]").unwrap();
                found.borrow_mut().push((form.check_validity(), fields.length()));
            };
            let look_again = look.clone();
            let on_event = move |notice: filechute::Notice| {
                if let filechute::Notice::Event(filechute::UploadEvent::Complete { .. }) = notice {
                    look();
                }
            };
            let on_complete = move |_: Completion| look_again();
            view! {
                <form>
                    <FileChute parameters=Store::parameters() name="photos" required=true on_complete on_event />
                </form>
            }
        });
        let (stage, _) = staged(place, mounted).await;
        let files: Vec<_> = (0..count).map(|n| file(&format!("{n}.txt"), "text/plain", "x")).collect();
        drop_and_upload(&stage, &files).await;
        stage.until("the end", |_| found.borrow().len() == 2).await;
        assert_eq!(*found.borrow(), [(true, count), (true, count)]);
    }
}

/// As the list, though the first file was there last.
#[wasm_bindgen_test]
async fn what_a_person_may_sort_is_submitted_as_it_stands() {
    let _store = Store::open();
    let place = place();
    let sortable = RwSignal::new(true);
    let mounted = mount_to(place.clone(), move || {
        view! {
            <form>
                <FileChute parameters=Store::parameters() name="photos" sortable />
            </form>
        }
    });
    let (stage, _) = staged(place, mounted).await;
    // One lands after the other, for of two that are sent at once either may be the first.
    let files = |names: &[&str]| names.iter().map(|name| file(name, "text/plain", name)).collect::<Vec<_>>();
    drop_and_upload(&stage, &files(&["slow", "b"])).await;
    stage.until("the first key", |stage| values(stage) == ["b"]).await;
    Store::land();
    stage.until("in the order of the list", |stage| values(stage) == ["slow", "b"]).await;
    drop_and_upload(&stage, &files(&["c"])).await;
    stage.until("the last key", |stage| values(stage) == ["slow", "b", "c"]).await;
    sortable.set(false);
    stage.until("as they came", |stage| values(stage) == ["b", "slow", "c"]).await;
    sortable.set(true);
    stage.until("as the list again", |stage| values(stage) == ["slow", "b", "c"]).await;
    stage.click("[data-do=remove]");
    stage.until("without the first", |stage| values(stage) == ["b", "c"]).await;
}

/// The application says no to the reset, further out than the form.
#[wasm_bindgen_test]
async fn a_reset_that_does_not_happen_leaves_the_files() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let (place, reference) = (place(), UploaderRef::from(uploader.clone()));
    let mounted =
        mount_to(place.clone(), move || view! { <form><FileChute uploader=reference name="photos" /></form> });
    let (stage, form) = staged(place, mounted).await;
    add(&uploader, "a");
    let no = gloo_events::EventListener::new_with_options(
        &stage.place,
        "reset",
        gloo_events::EventListenerOptions::enable_prevent_default(),
        |event| event.prevent_default(),
    );
    form.reset();
    TimeoutFuture::new(50).await;
    assert_eq!(uploader.file_ids().len(), 1);
    drop(no);
    form.reset();
    stage.until("nothing", |_| uploader.file_ids().is_empty()).await;
}

/// Nobody can give what is missing.
#[wasm_bindgen_test]
async fn nothing_is_required_while_it_is_disabled() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let (place, reference) = (place(), UploaderRef::from(uploader.clone()));
    let disabled = RwSignal::new(true);
    let mounted = mount_to(place.clone(), move || {
        view! {
            <form>
                <FileChute uploader=reference name="photos" required=true disabled />
            </form>
        }
    });
    let (stage, form) = staged(place, mounted).await;
    TimeoutFuture::new(50).await;
    assert!(form.check_validity());
    disabled.set(false);
    stage.until("missing", |_| !form.check_validity()).await;
}

/// Before the list is painted.
#[wasm_bindgen_test]
async fn a_form_waits_at_once() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let (place, reference) = (place(), UploaderRef::from(uploader.clone()));
    let mounted =
        mount_to(place.clone(), move || view! { <form><FileChute uploader=reference name="photos" /></form> });
    let (_stage, form) = staged(place, mounted).await;
    TimeoutFuture::new(200).await;
    assert!(form.check_validity());
    let id = add(&uploader, "a");
    TimeoutFuture::new(0).await;
    assert!(!form.check_validity());
    uploader.remove(id);
    TimeoutFuture::new(0).await;
    assert!(form.check_validity());
}

/// Enter in the one field of a form sends it, where no other input could be meant.
#[wasm_bindgen_test]
async fn a_form_has_no_second_field_to_type_in() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let (place, reference) = (place(), UploaderRef::from(uploader.clone()));
    let mounted = mount_to(place.clone(), move || {
        view! {
            <form>
                <input name="title" />
                <FileChute uploader=reference name="photos" sortable=true selectable=true />
            </form>
        }
    });
    let (stage, _) = staged(place, mounted).await;
    add(&uploader, "a");
    stage.until("a row", |stage| stage.seen(".fc-row").is_some()).await;
    let fields = stage.all("form input:not([type=hidden], [type=file], [type=checkbox])");
    assert_eq!(fields.len(), 1);
}

#[wasm_bindgen_test]
async fn the_page_is_not_left_by_accident() {
    let before = title();
    let uploader = uploader(never(), Restrictions::default(), true);
    let settings =
        RwSignal::new(UiSettings { page_title: true, page_badge: true, keep_awake: true, ..UiSettings::default() });
    // Not all browsers have one, and none shows it outside of an installed page.
    let badges = js_sys::eval(
        "(() => { const told = []; navigator.setAppBadge = async (n) => void told.push(n); return told })()",
    );
    let badges: js_sys::Array = badges.unwrap().unchecked_into();
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
    assert_eq!(badges.iter().map(|badge| badge.as_f64().unwrap()).collect::<Vec<_>>(), [1.0, 0.0, 1.0, 0.0]);
}
