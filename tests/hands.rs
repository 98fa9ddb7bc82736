//! What hands do that nobody means: double clicks, drops beside the zone, a press here and a release there, a paste of text that
//! has a picture with it, Escape in one thing inside another.
#![cfg(all(target_arch = "wasm32", feature = "ui"))]

mod stage;

use filechute::{
    Accept, Class, Failure, Kind, MetaField, Mode, Parameters, Phase, Restrictions, Theme, UiSettings, Uploader,
};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, tachys::view::Mountable};
use stage::{Stage, Store, add, drag, drop_files, failing, file, never, panel_with, press, uploader};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{DataTransfer, Element, Event, EventInit, HtmlElement, HtmlInputElement, MouseEvent, MouseEventInit};

wasm_bindgen_test_configure!(run_in_browser);

fn at_rest() -> Uploader {
    uploader(never(), Restrictions::default(), true)
}

fn settings(mode: Mode) -> RwSignal<UiSettings> {
    RwSignal::new(UiSettings { mode, ..UiSettings::default() })
}

/// A caption is asked for.
fn captions() -> (Uploader, UiSettings) {
    let restrictions = Restrictions { required_meta_fields: vec!["caption".into()], ..Restrictions::default() };
    let field = MetaField { id: "caption".into(), name: "Caption".into(), ..MetaField::default() };
    (uploader(never(), restrictions, true), UiSettings { meta_fields: Some(vec![field]), ..UiSettings::default() })
}

fn transfer(name: &str) -> DataTransfer {
    let transfer = DataTransfer::new().unwrap();
    transfer.items().add_with_file(&file(name, "", name)).unwrap();
    transfer
}

/// All that a drop is, and whether the browser was kept from opening the file.
fn let_go(on: &Element, name: &str) -> bool {
    let transfer = transfer(name);
    ["dragenter", "dragover", "drop"].map(|kind| drag(on, kind, &transfer)) == [true; 3]
}

fn click(on: &Element, nth: i32) {
    let init = MouseEventInit::new();
    init.set_bubbles(true);
    init.set_cancelable(true);
    init.set_detail(nth);
    on.dispatch_event(&MouseEvent::new_with_mouse_event_init_dict("click", &init).unwrap()).unwrap();
}

fn pointer_down(on: &Element) {
    let init = EventInit::new();
    init.set_bubbles(true);
    on.dispatch_event(&Event::new_with_event_init_dict("pointerdown", &init).unwrap()).unwrap();
}

/// A picture and words. Returns whether somebody took it.
fn paste(on: &Element) -> bool {
    let transfer = transfer("image.png");
    transfer.set_data("text/plain", "words").unwrap();
    let dispatch = js_sys::Function::new_with_args(
        "on, clipboardData",
        "const event = new Event('paste', { bubbles: true, cancelable: true })
         Object.defineProperty(event, 'clipboardData', { value: clipboardData })
         return !on.dispatchEvent(event)",
    );
    dispatch.call2(&JsValue::NULL, on, &transfer).unwrap().is_truthy()
}

fn document() -> web_sys::Document {
    web_sys::window().unwrap().document().unwrap()
}

fn body() -> HtmlElement {
    document().body().unwrap()
}

fn style_of(element: &Element, name: &str) -> String {
    web_sys::window().unwrap().get_computed_style(element).unwrap().unwrap().get_property_value(name).unwrap()
}

async fn ready<M: Mountable>(stage: &Stage<M>) {
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
}

async fn behind(uploader: &Uploader, mode: Mode) -> (Stage<impl Mountable + use<>>, RwSignal<UiSettings>) {
    let settings = settings(mode);
    let stage = panel_with(uploader, settings);
    stage.until("the button", |stage| stage.text(".fc-open") == "Upload files").await;
    (stage, settings)
}

#[wasm_bindgen_test]
async fn files_that_are_let_go_beside_the_zone() {
    for mode in [Mode::Button, Mode::Modal] {
        let uploader = at_rest();
        let (stage, settings) = behind(&uploader, mode).await;
        for (n, selector) in [".fc-open", ".fc-top", ".fc-box", ".fc-drop"].into_iter().enumerate() {
            let on = stage.seen(selector).unwrap_or_else(|| panic!("no {selector}"));
            assert!(let_go(&on, &n.to_string()), "{mode:?} {selector}");
        }
        assert_eq!(uploader.file_ids().len(), 4, "{mode:?}");
        // Not taken, and not the browser's either.
        settings.update(|settings| settings.disabled = true);
        stage.until("disabled", |stage| stage.seen(".fc-pick:disabled").is_some()).await;
        assert!(let_go(&stage.seen(".fc-top").unwrap(), "off"));
        assert_eq!(uploader.file_ids().len(), 4);
    }
}

#[wasm_bindgen_test]
async fn over_the_whole_page_the_one_that_can_take_them_does() {
    let uploaders = [(); 3].map(|()| at_rest());
    let page = || settings(Mode::Page);
    let off = page();
    off.update(|settings| settings.disabled = true);
    let disabled = panel_with(&uploaders[0], off);
    let hidden = panel_with(&uploaders[1], page());
    ready(&disabled).await;
    hidden.until("ready", |stage| !stage.all(".fc[data-ready]").is_empty()).await;
    hidden.place.set_hidden(true);
    assert!(let_go(&body(), "nobody"));
    let on = panel_with(&uploaders[2], page());
    ready(&on).await;
    assert!(let_go(&body(), "a"));
    assert_eq!(uploaders.each_ref().map(|uploader| uploader.file_ids().len()), [0, 0, 1]);
    // Something of the page keeps the drop to itself.
    let own = document().create_element("div").unwrap();
    on.place.append_child(&own).unwrap();
    let _stops = gloo_events::EventListener::new_with_options(
        &own,
        "drop",
        gloo_events::EventListenerOptions::enable_prevent_default(),
        |event| {
            event.prevent_default();
            event.stop_propagation();
        },
    );
    drag(&own, "dragenter", &transfer("b"));
    assert!(on.seen(".fc-overlay").is_some());
    drag(&own, "drop", &transfer("b"));
    on.until("no overlay", |stage| stage.seen(".fc-overlay").is_none()).await;
    assert_eq!(uploaders[2].file_ids().len(), 1);
}

#[wasm_bindgen_test]
async fn a_double_click_is_one() {
    let uploader = at_rest();
    let stage = panel_with(&uploader, RwSignal::new(UiSettings { selectable: true, ..UiSettings::default() }));
    for name in ["a", "b", "c"] {
        add(&uploader, name);
    }
    stage.until("rows", |stage| stage.all(".fc-row > .fc-check").len() == 3).await;
    let remove = stage.seen("[data-do=remove]").unwrap();
    click(&remove, 1);
    click(&stage.seen("[data-do=remove]").unwrap(), 2);
    assert_eq!(uploader.file_ids().len(), 2);
    // What comes in the place of "Upload" is "Pause".
    click(&stage.seen("[data-do=upload]").unwrap(), 1);
    stage.until("under way", |stage| stage.seen("[data-do=pause-all]").is_some()).await;
    click(&stage.seen("[data-do=pause-all]").unwrap(), 2);
    assert!(uploader.files().iter().all(|file| file.phase != Phase::Paused));
    // And in that of "Pause" of several, "Resume".
    stage.seen(".fc-chosen .fc-check").unwrap().click();
    stage.until("can be paused", |stage| stage.seen("[data-do=pause-selected]").is_some()).await;
    click(&stage.seen("[data-do=pause-selected]").unwrap(), 1);
    click(&stage.seen("[data-do=resume-selected]").unwrap(), 2);
    assert!(uploader.files().iter().all(|file| file.phase == Phase::Paused));
}

#[wasm_bindgen_test]
async fn what_lies_around_the_panel_is_no_button_of_it() {
    let uploader = at_rest();
    let stage = panel_with(&uploader, settings(Mode::Inline));
    stage.place.set_attribute("data-do", "upload").unwrap();
    add(&uploader, "a");
    stage.until("a row", |stage| stage.seen(".fc-row").is_some()).await;
    stage.click(".fc-name");
    assert_eq!(uploader.files()[0].phase, Phase::Idle);
}

#[wasm_bindgen_test]
async fn a_dialog_is_closed_by_a_click_beside_it_only() {
    let (stage, _) = behind(&at_rest(), Mode::Modal).await;
    stage.click(".fc-open");
    let boxed = stage.seen("dialog.fc-box:modal").unwrap();
    // A text is selected out of it: the click is that of what both have around them.
    pointer_down(&stage.seen(".fc-title").unwrap());
    boxed.click();
    assert!(stage.seen("dialog.fc-box:modal").is_some());
    pointer_down(&boxed);
    boxed.click();
    assert!(stage.seen("dialog.fc-box").is_none());
}

#[wasm_bindgen_test]
async fn moved_while_it_is_open() {
    for mode in [Mode::Modal, Mode::Button] {
        let (stage, settings) = behind(&at_rest(), mode).await;
        let expanded = |stage: &Stage<_>| stage.seen(".fc-open").unwrap().get_attribute("aria-expanded").unwrap();
        stage.click(".fc-open");
        stage.until("open", |stage| stage.seen(".fc-pick:focus").is_some()).await;
        TimeoutFuture::new(50).await;
        body().append_child(&stage.place).unwrap();
        // The next look at it mends it.
        settings.update(|settings| settings.label = "Moved".into());
        stage.until("a look", |stage| !stage.all(".fc-open[aria-label^=Moved]").is_empty()).await;
        if mode == Mode::Modal {
            stage.until("a dialog again", |stage| stage.seen("dialog.fc-box:modal").is_some()).await;
            assert_eq!(expanded(&stage), "true");
            stage.click("[part~=close]");
        }
        stage.until("closed", |stage| expanded(stage) == "false" && stage.seen(".fc-box").is_none()).await;
        stage.click(".fc-open");
        stage.until("open", |stage| stage.seen(".fc-box .fc-pick").is_some()).await;
        TimeoutFuture::new(50).await;
        assert_eq!(expanded(&stage), "true");
    }
}

#[wasm_bindgen_test]
async fn what_is_read_out_stands_where_it_is_heard() {
    for mode in [Mode::Button, Mode::Modal] {
        let uploader = at_rest();
        let (stage, settings) = behind(&uploader, mode).await;
        assert_eq!(stage.all(".fc-stand > .fc-sr").len(), 2, "{mode:?}");
        add(&uploader, "a");
        stage.until("said", |stage| stage.text(".fc-stand > [role=status]") == "1 file ready").await;
        stage.click(".fc-open");
        stage.until("inside", |stage| stage.all(".fc-box .fc-sr").len() == 2).await;
        stage.click("[part~=close]");
        stage.until("outside", |stage| stage.all(".fc-stand > .fc-sr").len() == 2).await;
        settings.update(|settings| settings.mode = Mode::Inline);
        stage.until("back", |stage| stage.all("[part=panel] > .fc-sr").len() == 2).await;
    }
}

#[wasm_bindgen_test]
async fn the_focus_is_not_on_what_empties_the_list() {
    for most in [None, Some(1)] {
        let broken = Failure::new(Kind::Config, "url", Class::Final, "");
        let restrictions = Restrictions { max_number_of_files: most, ..Restrictions::default() };
        let uploader = uploader(failing(&broken), restrictions, false);
        let stage = panel_with(&uploader, settings(Mode::Inline));
        ready(&stage).await;
        add(&uploader, "a");
        stage.until("a button", |stage| stage.seen("[data-do=upload]").is_some()).await;
        let button = stage.seen("[data-do=upload]").unwrap();
        button.focus().unwrap();
        button.click();
        stage.until("failed", |stage| stage.text(".fc-foot b") == "1 file failed").await;
        TimeoutFuture::new(100).await;
        let home = if most.is_some() { ".fc-view:focus" } else { ".fc-pick:focus" };
        assert!(stage.seen(home).is_some(), "{:?}", document().active_element().map(|it| it.outer_html()));
    }
}

#[wasm_bindgen_test]
async fn where_there_are_as_many_files_as_there_may_be_no_more_are_asked_for() {
    let restrictions = Restrictions { max_number_of_files: Some(1), ..Restrictions::default() };
    let uploader = uploader(never(), restrictions, true);
    let settings = settings(Mode::Inline);
    let stage = panel_with(&uploader, settings);
    ready(&stage).await;
    stage.seen(".fc-pick").unwrap().focus().unwrap();
    drop_files(&stage.seen(".fc-drop").unwrap(), &[file("a", "", "a")]);
    stage.until("no zone", |stage| stage.seen(".fc-drop").is_none()).await;
    stage.until("the focus", |stage| stage.seen(":focus").is_some()).await;
    settings.update(|settings| settings.mode = Mode::Image);
    stage.until("the next picture", |stage| stage.seen(".fc-drop").is_some()).await;
    settings.update(|settings| settings.mode = Mode::Inline);
    stage.until("no zone", |stage| stage.seen(".fc-drop").is_none()).await;
    stage.click("[data-do=remove]");
    stage.until("the zone", |stage| stage.seen(".fc-drop").is_some()).await;
}

#[wasm_bindgen_test]
async fn a_paste_where_people_write_is_theirs() {
    let (uploader, settings) = captions();
    let stage = panel_with(&uploader, RwSignal::new(settings));
    add(&uploader, "a.txt");
    stage.until("the button", |stage| stage.seen("[data-do=edit]").is_some()).await;
    stage.click("[data-do=edit]");
    assert!(!paste(&stage.seen(".fc-editor [name=caption]").unwrap()));
    assert_eq!(uploader.file_ids().len(), 1);
    stage.click("[part~=cancel]");
    stage.until("closed", |stage| stage.all(".fc-editor").is_empty()).await;
    assert!(paste(&stage.seen(".fc-pick").unwrap()));
    assert_eq!(uploader.file_ids().len(), 2);
}

#[wasm_bindgen_test]
async fn disabled_nothing_is_to_be_changed() {
    let (uploader, settings) = captions();
    let settings = RwSignal::new(UiSettings { selectable: true, sortable: true, ..settings });
    let stage = panel_with(&uploader, settings);
    add(&uploader, "a");
    add(&uploader, "b");
    stage.until("boxes", |stage| stage.all(".fc-row > .fc-check").len() == 2).await;
    stage.seen(".fc-chosen .fc-check").unwrap().click();
    let usable = |stage: &Stage<_>| {
        let seen = stage.all(":is(button, input):not(:disabled)").into_iter();
        seen.filter(|it| it.offset_width() > 1).map(|it| it.outer_html()).collect::<Vec<_>>()
    };
    stage.until("what can be done", |stage| usable(stage).len() > 8).await;
    settings.update(|settings| settings.disabled = true);
    stage.until("off", |stage| stage.seen(".fc-pick:disabled").is_some()).await;
    TimeoutFuture::new(50).await;
    assert_eq!(usable(&stage), Vec::<String>::new());
    settings.update(|settings| settings.disabled = false);
    stage.until("on", |stage| usable(stage).len() > 8).await;
}

#[wasm_bindgen_test]
async fn escape_closes_what_it_is_pressed_in() {
    let (uploader, settings) = captions();
    let settings = RwSignal::new(UiSettings { sortable: true, mode: Mode::Button, ..settings });
    let stage = panel_with(&uploader, settings);
    add(&uploader, "a");
    add(&uploader, "b");
    stage.until("the button", |stage| stage.seen(".fc-open").is_some()).await;
    stage.click(".fc-open");
    stage.until("a handle", |stage| stage.seen(".fc-handle").is_some()).await;
    stage.click(".fc-handle");
    stage.click("[data-do=edit]");
    assert!(press(&stage.seen(".fc-editor [name=caption]").unwrap(), "Escape", false));
    stage.until("closed", |stage| stage.all(".fc-editor").is_empty()).await;
    // What was picked up is held still, and around it nothing was closed.
    assert!(stage.seen(".fc-handle[aria-pressed=true]").is_some());
    assert!(press(&stage.seen(".fc-handle").unwrap(), "Escape", false));
    stage.until("let go", |stage| stage.seen(".fc-handle[aria-pressed=true]").is_none()).await;
    assert!(stage.seen(".fc-box").is_some());
    assert!(press(&stage.seen(".fc-handle").unwrap(), "Escape", false));
    assert!(stage.seen(".fc-box").is_none());
}

#[wasm_bindgen_test]
async fn what_was_asked_for_and_is_filled_in_is_sent() {
    let (uploader, settings) = captions();
    let stage = panel_with(&uploader, RwSignal::new(settings));
    let id = add(&uploader, "a.txt");
    uploader.upload().unwrap();
    stage.until("the field's name", |stage| stage.text(".fc-state") == "Caption is required.").await;
    stage.click("[data-do=edit]");
    let field = |stage: &Stage<_>, name: &str| -> HtmlInputElement {
        stage.seen(&format!(".fc-editor [name={name}]")).unwrap().unchecked_into()
    };
    assert_eq!(stage.text(".fc-label:last-of-type"), "Caption *");
    assert_eq!(field(&stage, "name").max_length(), 255);
    field(&stage, "caption").set_value("sunset");
    stage.click("[part~=save]");
    stage.until("sent", |stage| stage.text(".fc-state") == "Preparing").await;
    assert_eq!(uploader.file(id).unwrap().meta.get("caption").map(String::as_str), Some("sunset"));
    // The button for it is gone.
    stage.until("the focus", |stage| stage.seen(".fc-row :focus").is_some()).await;
    // One that is sent meanwhile keeps the name that it is sent by.
    let id = add(&uploader, "b.txt");
    uploader.set_file_meta(id, [("caption".to_owned(), "b".to_owned())].into_iter().collect());
    stage.until("the button", |stage| stage.seen("[data-do=edit]").is_some()).await;
    stage.click("[data-do=edit]");
    uploader.upload().unwrap();
    field(&stage, "name").set_value("other.txt");
    stage.click("[part~=save]");
    stage.until("closed", |stage| stage.all(".fc-editor").is_empty()).await;
    stage.until("the focus", |stage| stage.seen(".fc-row :focus").is_some()).await;
    assert_ne!(uploader.file(id).unwrap().meta.get("name").map(String::as_str), Some("other.txt"));
}

#[wasm_bindgen_test]
async fn new_files_are_seen_though_only_failed_ones_were_shown() {
    let broken = Failure::new(Kind::Config, "url", Class::Final, "");
    let source = Parameters::callback(async move |asked| {
        if asked.file.name.starts_with('x') { Err(broken.clone()) } else { std::future::pending().await }
    });
    let uploader = uploader(source, Restrictions::default(), false);
    let stage = panel_with(&uploader, settings(Mode::Inline));
    for name in ["a", "b", "x", "c", "d", "e", "x2"] {
        add(&uploader, name);
    }
    uploader.upload().unwrap();
    stage.until("the button", |stage| stage.text("[data-do=filter]") == "Show failed").await;
    stage.click("[data-do=filter]");
    stage.until("two rows", |stage| stage.all(".fc-row").len() == 2).await;
    drop_files(&stage.seen(".fc-drop").unwrap(), &[file("new", "", "new")]);
    stage.until("all rows", |stage| stage.all(".fc-row").len() == 8).await;
}

#[wasm_bindgen_test]
async fn where_a_page_has_no_clipboard_the_text_is_shown() {
    let _store = Store::open();
    let uploader = uploader(Store::parameters(), Restrictions::default(), true);
    let settings = UiSettings { show_key: true, ..UiSettings::default() };
    let stage = panel_with(&uploader, RwSignal::new(settings));
    add(&uploader, "a.txt");
    uploader.upload().unwrap();
    stage.until("the button", |stage| stage.seen("[data-do=copy-key]").is_some()).await;
    let instead = "const before = window.prompt
        Object.defineProperty(navigator, 'clipboard', { configurable: true, value: undefined })
        window.prompt = (...texts) => { window.shown = texts.join(' = ') }
        return () => {
            delete navigator.clipboard
            window.prompt = before
            return window.shown
        }";
    let back = js_sys::Function::new_no_args(instead).call0(&JsValue::NULL).unwrap();
    stage.click("[data-do=copy-key]");
    TimeoutFuture::new(50).await;
    let shown = back.unchecked_into::<js_sys::Function>().call0(&JsValue::NULL).unwrap();
    assert_eq!(shown.as_string().as_deref(), Some("Copy the key of a.txt = a.txt"));
}

#[wasm_bindgen_test]
async fn its_colours_are_the_pages() {
    let settings = settings(Mode::Modal);
    let stage = panel_with(&at_rest(), settings);
    stage.until("the button", |stage| stage.seen(".fc-open").is_some()).await;
    stage.click(".fc-open");
    let place = &stage.place;
    for (scheme, theme, seen) in [
        ("light", None, "light"),
        ("dark", None, "dark"),
        ("dark", Some(Theme::Light), "light"),
        ("light", Some(Theme::Dark), "dark"),
        ("light", Some(Theme::Auto), "light dark"),
    ] {
        place.style().set_property("color-scheme", scheme).unwrap();
        settings.update(|settings| settings.theme = theme.unwrap_or_default());
        for selector in ["[part=panel]", ".fc-box", ".fc-stand"] {
            let found = |stage: &Stage<_>| style_of(&stage.all(selector)[0], "color-scheme");
            stage.until(&format!("{selector} {scheme} {theme:?}"), |stage| found(stage) == seen).await;
        }
    }
}

#[wasm_bindgen_test]
async fn the_same_refusal_a_second_time_is_seen_and_heard_again() {
    let restrictions = Restrictions { allowed_file_types: Accept::parse_list(".png"), ..Restrictions::default() };
    let uploader = uploader(never(), restrictions, true);
    let stage = panel_with(&uploader, settings(Mode::Inline));
    ready(&stage).await;
    drop_files(&stage.seen(".fc-drop").unwrap(), &[file("a.txt", "text/plain", "a")]);
    stage.until("the note", |stage| stage.seen(".fc-note:not(.fc-offline)").is_some()).await;
    let seen = js_sys::Function::new_with_args(
        "note",
        "const seen = []
         new MutationObserver(() => seen.push(note.hidden)).observe(note, { attributeFilter: ['hidden'] })
         return seen",
    );
    let note = stage.seen(".fc-note:not(.fc-offline)").unwrap();
    let seen: js_sys::Array = seen.call1(&JsValue::NULL, &note).unwrap().unchecked_into();
    drop_files(&stage.seen(".fc-drop").unwrap(), &[file("a.txt", "text/plain", "a")]);
    stage.until("gone and back", |_| seen.length() == 2).await;
    assert_eq!(seen.iter().map(|hidden| hidden.is_truthy()).collect::<Vec<_>>(), [true, false]);
}
