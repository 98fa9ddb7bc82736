//! Files put in order by hand.
#![cfg(all(target_arch = "wasm32", feature = "ui"))]

mod stage;

use std::{cell::RefCell, rc::Rc};

use filechute::{
    AskRequest, FileId, Options, Panel, Parameters, Restrictions, UiSettings, Uploader, UploaderOptions, UploaderRef,
};
use leptos::{mount::mount_to, prelude::*, tachys::view::Mountable};
use send_wrapper::SendWrapper;
use stage::{Stage, add, never, place, press, uploader};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, PointerEvent, PointerEventInit};

wasm_bindgen_test_configure!(run_in_browser);

/// They began as they had been added.
#[wasm_bindgen_test]
async fn uploads_begin_in_that_order() {
    let asked = Rc::new(RefCell::new(Vec::new()));
    let log = SendWrapper::new(Rc::clone(&asked));
    let parameters = Parameters::callback(move |request: AskRequest| {
        log.borrow_mut().push(request.file.name.clone());
        std::future::pending()
    });
    let engine = Options { limit: 1, ..Options::default() };
    let uploader = Uploader::new(parameters, UploaderOptions { engine, ..UploaderOptions::default() });
    let stage = sortable(&uploader, RwSignal::new(Vec::new()));
    for name in ["a", "b", "c"] {
        add(&uploader, name);
    }
    stage.until("handles", |stage| stage.all(".fc-handle").len() == 3).await;
    let last = handle(&stage, 2);
    last.focus().unwrap();
    press(&last, "Home", false);
    assert_eq!(names(&stage), "cab");
    uploader.upload().unwrap();
    stage.until("a question", |_| !asked.borrow().is_empty()).await;
    assert_eq!(*asked.borrow(), ["c"]);
}

fn sortable(uploader: &Uploader, order: RwSignal<Vec<FileId>>) -> Stage<impl Mountable + use<>> {
    let (place, uploader) = (place(), UploaderRef::from(uploader.clone()));
    let settings = RwSignal::new(UiSettings { sortable: true, selectable: true, ..UiSettings::default() });
    let mounted = mount_to(place.clone(), move || view! { <Panel uploader settings order /> });
    Stage { place, mounted: Some(mounted) }
}

fn names<M: Mountable>(stage: &Stage<M>) -> String {
    stage.all(".fc-list:not(.fc-lifted) .fc-name").iter().filter_map(|name| name.text_content()).collect()
}

fn handle<M: Mountable>(stage: &Stage<M>, at: usize) -> HtmlElement {
    stage.all(".fc-list:not(.fc-lifted) .fc-handle").swap_remove(at)
}

fn pointer(on: &Element, kind: &str, (x, y): (f64, f64)) {
    let init = PointerEventInit::new();
    init.set_bubbles(true);
    init.set_is_primary(true);
    init.set_pointer_id(7);
    init.set_client_x(x as i32);
    init.set_client_y(y as i32);
    on.dispatch_event(&PointerEvent::new_with_event_init_dict(kind, &init).unwrap()).unwrap();
}

fn middle(node: &Element) -> (f64, f64) {
    let place = node.get_bounding_client_rect();
    (place.left() + place.width() / 2.0, place.top() + place.height() / 2.0)
}

#[wasm_bindgen_test]
async fn by_keys() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let order = RwSignal::new(Vec::new());
    let stage = sortable(&uploader, order);
    let a = add(&uploader, "a");
    stage.until("a row", |stage| names(stage) == "a").await;
    assert!(stage.seen(".fc-handle").is_none(), "one file has no order");
    let [b, c] = ["b", "c"].map(|name| add(&uploader, name));
    stage.until("handles", |stage| stage.all(".fc-handle").len() == 3).await;
    let first = handle(&stage, 0);
    assert_eq!(first.get_attribute("aria-label").as_deref(), Some("Move a"));
    first.focus().unwrap();
    assert!(press(&first, "ArrowDown", false));
    assert_eq!((names(&stage).as_str(), order.get_untracked()), ("bac", vec![b, a, c]));
    assert_eq!(stage.seen(".fc-handle:focus").unwrap().get_attribute("aria-label").as_deref(), Some("Move a"));
    stage
        .until("it is said", |stage| {
            stage.all("[role=status]").iter().any(|it| it.text_content().unwrap() == "a is now 2 of 3")
        })
        .await;
    press(&stage.seen(".fc-handle:focus").unwrap(), "End", false);
    assert_eq!(names(&stage), "bca");

    // Pressed, and then another one in whose place it is to go; Escape puts it back.
    handle(&stage, 2).click();
    stage.until("picked", |stage| stage.seen(".fc-handle[aria-pressed=true]").is_some()).await;
    handle(&stage, 0).click();
    stage.until("put", |stage| names(stage) == "abc").await;
    handle(&stage, 0).click();
    press(&handle(&stage, 0), "ArrowDown", false);
    assert_eq!(names(&stage), "bac");
    press(&handle(&stage, 1), "Escape", false);
    stage.until("put back", |stage| names(stage) == "abc").await;
    assert!(stage.seen("[aria-pressed=true]").is_none());

    // New ones follow, and the application may have a say.
    add(&uploader, "d");
    stage.until("d", |stage| names(stage) == "abcd").await;
    order.set(vec![c]);
    stage.until("c first", |stage| names(stage) == "cabd").await;
    uploader.remove(c);
    stage.until("without c", |stage| names(stage) == "abd").await;
}

#[wasm_bindgen_test]
async fn by_pointer() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let order = RwSignal::new(Vec::new());
    let stage = sortable(&uploader, order);
    for name in ["a", "b", "c"] {
        add(&uploader, name);
    }
    stage.until("handles", |stage| stage.all(".fc-handle").len() == 3).await;
    let (from, to) = (middle(&handle(&stage, 0)), middle(&handle(&stage, 2)));
    let first = handle(&stage, 0);
    pointer(&first, "pointerdown", from);
    pointer(&first, "pointermove", (from.0 + 1.0, from.1));
    assert!(stage.seen(".fc-lifted").is_none(), "that is no drag");
    pointer(&first, "pointermove", to);
    assert_eq!(stage.text(".fc-lifted .fc-name"), "a");
    assert!(stage.seen(".fc-sorting .fc-row[data-lifted]").is_some());
    // The others have made room.
    assert!(!stage.all(".fc-row")[1].style().get_property_value("translate").unwrap().is_empty());
    pointer(&first, "pointerup", to);
    first.click();
    assert_eq!(names(&stage), "bca");
    assert!(stage.all(".fc-lifted, [data-lifted], .fc-sorting, [aria-pressed=true]").is_empty());
    assert!(stage.all(".fc-row").iter().all(|row| row.style().get_property_value("translate").unwrap().is_empty()));

    // Given up by the key.
    let first = handle(&stage, 0);
    pointer(&first, "pointerdown", from);
    pointer(&first, "pointermove", to);
    assert!(stage.seen(".fc-lifted").is_some());
    // Wherever the focus is: a button that was pressed need not have it.
    press(&first.owner_document().unwrap().body().unwrap(), "Escape", false);
    assert!(stage.seen(".fc-lifted").is_none());
    pointer(&first, "pointerup", to);
    assert_eq!(names(&stage), "bca");
}

/// The list goes on where something is held near its end, and so does the page where the list is longer than the window.
#[wasm_bindgen_test]
async fn what_is_dragged_scrolls_the_list_or_the_page() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let order = RwSignal::new(Vec::new());
    let stage = sortable(&uploader, order);
    let window = web_sys::window().unwrap();
    let scrolled = || window.scroll_y().unwrap();
    let tall = |height: &str| stage.place.style().set_property("--fc-list-height", height).unwrap();
    tall("300px");
    let first = add(&uploader, "a");
    for name in 0..60 {
        add(&uploader, &name.to_string());
    }
    stage.until("handles", |stage| stage.all(".fc-handle").len() > 3).await;
    let view = stage.seen(".fc-view").unwrap();
    let held = handle(&stage, 0);
    let from = middle(&held);
    pointer(&held, "pointerdown", from);
    let below = view.get_bounding_client_rect().bottom() - 2.0;
    pointer(&held, "pointermove", (from.0, below));
    stage.until("further down", |_| view.scroll_top() > 600).await;
    pointer(&held, "pointerup", (from.0, below));
    let at = order.get_untracked().iter().position(|id| *id == first);
    assert!(at.is_some_and(|at| at > 8), "{at:?}");

    tall("9000px");
    view.set_scroll_top(0);
    stage.until("all of it", |_| view.client_height() > 3000).await;
    window.scroll_to_with_x_and_y(0.0, 0.0);
    let held = handle(&stage, 0);
    let from = middle(&held);
    pointer(&held, "pointerdown", from);
    let height = window.inner_height().unwrap().as_f64().unwrap();
    pointer(&held, "pointermove", (from.0, height - 2.0));
    stage.until("the page further down", |_| scrolled() > 400.0).await;
    pointer(&held, "pointermove", (from.0, 2.0));
    stage.until("and up again", |_| scrolled() < 200.0).await;
    pointer(&held, "pointerup", (from.0, 2.0));
    assert!(stage.seen(".fc-lifted").is_none());
    window.scroll_to_with_x_and_y(0.0, 0.0);
}
