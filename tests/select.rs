//! Several files chosen, and what can be done with them.
#![cfg(all(target_arch = "wasm32", feature = "ui"))]

mod stage;

use filechute::{Phase, Restrictions, UiSettings};
use leptos::{prelude::*, tachys::view::Mountable};
use stage::{Stage, add, never, panel_with, press, uploader};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{HtmlInputElement, MouseEvent, MouseEventInit};

wasm_bindgen_test_configure!(run_in_browser);

fn selectable() -> RwSignal<UiSettings> {
    RwSignal::new(UiSettings { selectable: true, ..UiSettings::default() })
}

/// Which of the rows are chosen, as the boxes say.
fn chosen<M: Mountable>(stage: &Stage<M>) -> Vec<bool> {
    let boxes = stage.all(".fc-row > .fc-check");
    boxes.iter().map(|it| it.unchecked_ref::<HtmlInputElement>().checked()).collect()
}

fn shift_click<M: Mountable>(stage: &Stage<M>, at: usize) {
    let init = MouseEventInit::new();
    init.set_bubbles(true);
    init.set_cancelable(true);
    init.set_shift_key(true);
    let event = MouseEvent::new_with_mouse_event_init_dict("click", &init).unwrap();
    stage.all(".fc-row > .fc-check")[at].dispatch_event(&event).unwrap();
}

#[wasm_bindgen_test]
async fn by_pointer() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let settings = selectable();
    let stage = panel_with(&uploader, settings);
    for name in ["a", "b", "c", "d", "e"] {
        add(&uploader, name);
    }
    stage.until("boxes", |stage| stage.all(".fc-row > .fc-check").len() == 5).await;
    assert_eq!(stage.all(".fc-check")[1].get_attribute("aria-label").as_deref(), Some("Select a"));
    stage.all(".fc-row > .fc-check")[1].click();
    stage.until("one", |stage| stage.text(".fc-chosen b") == "1 file selected").await;
    shift_click(&stage, 3);
    assert_eq!(chosen(&stage), [false, true, true, true, false]);
    // Shorter again, though the browser itself would tick it off.
    shift_click(&stage, 2);
    assert_eq!(chosen(&stage), [false, true, true, false, false]);
    assert!(stage.all(".fc-row")[1].has_attribute("data-chosen"));
    let all: HtmlInputElement = stage.seen(".fc-chosen .fc-check").unwrap().unchecked_into();
    assert!(all.indeterminate() && stage.seen("[data-do=pause-selected]").is_none());
    stage.click("[data-do=remove-selected]");
    stage.until("three left", |stage| stage.all(".fc-row").len() == 3).await;
    assert_eq!(stage.text(".fc-chosen b"), "");
    // The focus is where the first of them was.
    stage.until("the focus", |stage| stage.seen(".fc-check:focus").is_some()).await;
    assert_eq!(stage.seen(".fc-check:focus").unwrap().get_attribute("aria-label").as_deref(), Some("Select d"));

    all.click();
    stage.until("all", |stage| chosen(stage) == [true; 3]).await;
    uploader.upload().unwrap();
    stage.until("can be paused", |stage| stage.seen("[data-do=pause-selected]").is_some()).await;
    stage.click("[data-do=pause-selected]");
    assert!(uploader.files().iter().all(|file| file.phase == Phase::Paused));
    stage.click("[data-do=resume-selected]");
    assert!(uploader.files().iter().all(|file| file.phase != Phase::Paused));
    settings.update(|settings| settings.selectable = false);
    stage.until("no boxes", |stage| stage.seen(".fc-check").is_none()).await;
    assert!(stage.all("[data-chosen]").is_empty());
}

#[wasm_bindgen_test]
async fn by_keys() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let stage = panel_with(&uploader, selectable());
    for n in 0..40 {
        add(&uploader, &n.to_string());
    }
    stage.until("boxes", |stage| stage.seen(".fc-row > .fc-check").is_some()).await;
    let first = stage.seen(".fc-row > .fc-check").unwrap();
    first.focus().unwrap();
    press(&first, "ArrowDown", true);
    let focused = |stage: &Stage<_>| stage.seen(".fc-check:focus").unwrap();
    assert_eq!(focused(&stage).get_attribute("aria-label").as_deref(), Some("Select 1"));
    assert_eq!(chosen(&stage)[..3], [true, true, false]);
    press(&focused(&stage), "End", false);
    assert_eq!(focused(&stage).get_attribute("aria-label").as_deref(), Some("Select 39"));
    stage.until("scrolled", |stage| stage.text(".fc-row:last-child .fc-name") == "39").await;
    assert_eq!(stage.text(".fc-chosen b"), "2 files selected");
    press(&focused(&stage), "Escape", false);
    stage.until("nothing", |stage| stage.text(".fc-chosen b").is_empty()).await;
}

#[wasm_bindgen_test]
async fn a_long_list_is_one_stop_for_tab() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let stage = panel_with(&uploader, selectable());
    let ids: Vec<_> = (0..21).map(|n| add(&uploader, &n.to_string())).collect();
    stage.until("boxes", |stage| stage.seen(".fc-row > .fc-check").is_some()).await;
    let stops = |stage: &Stage<_>| {
        let rows: Vec<_> = stage
            .all(".fc-row")
            .into_iter()
            .filter(|row| row.query_selector("[tabindex]").unwrap().is_none())
            .collect();
        assert_eq!(rows.len(), 1);
        rows[0].query_selector(".fc-name").unwrap().unwrap().text_content().unwrap()
    };
    assert_eq!(stops(&stage), "0");
    let help = |stage: &Stage<_>| stage.seen(".fc-list").unwrap().get_attribute("aria-description");
    assert_eq!(help(&stage).as_deref(), Some("Arrow keys go from file to file."));
    let focused = |stage: &Stage<_>| stage.seen(".fc-row :focus").unwrap();
    let label = |stage: &Stage<_>| focused(stage).get_attribute("aria-label").unwrap();
    stage.seen("[data-do=remove]").unwrap().focus().unwrap();
    for (key, name) in [("ArrowDown", "1"), ("ArrowDown", "2"), ("ArrowUp", "1"), ("End", "20"), ("ArrowDown", "20")] {
        assert!(press(&focused(&stage), key, false));
        assert_eq!(label(&stage), ["Remove ", name].concat());
        assert_eq!(stops(&stage), name);
    }
    assert!(!press(&focused(&stage), "ArrowLeft", false), "left to the page");
    // Scrolled away, Tab leads to what is seen.
    stage.seen(".fc-pick").unwrap().focus().unwrap();
    stage.seen(".fc-view").unwrap().set_scroll_top(0);
    stage.until("scrolled", |stage| stops(stage) == "0").await;
    // Where there is no room for a whole file, to what is seen of one.
    let view = stage.seen(".fc-view").unwrap();
    view.style().set_property("height", "40px").unwrap();
    view.set_scroll_top(10_000);
    stage.until("at the end", |stage| stops(stage) == "20").await;
    view.style().remove_property("height").unwrap();
    view.set_scroll_top(0);
    stage.until("back", |stage| stops(stage) == "0").await;
    // As short as a few files: each is a stop.
    uploader.remove(ids[20]);
    stage.until("one less", |stage| stage.all(".fc-row [tabindex]").is_empty()).await;
    assert!(!press(&stage.seen("[data-do=remove]").unwrap(), "ArrowDown", false));
    assert_eq!(help(&stage), None);
}
