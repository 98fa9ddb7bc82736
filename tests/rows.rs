//! What a person can do with single files, and with those that were not taken.
#![cfg(all(target_arch = "wasm32", feature = "ui"))]

mod stage;

use filechute::{Accept, Class, Failure, Kind, MetaField, Parameters, Phase, Restrictions, UiSettings};
use leptos::prelude::*;
use stage::{add, drop_files, file, never, panel, panel_with, uploader};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlInputElement;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn one_file_is_paused_and_goes_on() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let stage = panel(&uploader);
    let id = add(&uploader, "a");
    add(&uploader, "b");
    uploader.upload().unwrap();
    stage.until("under way", |stage| stage.text(".fc-state") == "Preparing").await;
    let button = stage.seen("[data-do=pause]").unwrap();
    assert_eq!(button.get_attribute("aria-label").as_deref(), Some("Pause a"));
    button.focus().unwrap();
    button.click();
    stage.until("paused", |stage| stage.text(".fc-state") == "Paused").await;
    assert_eq!(uploader.phase(id), Some(Phase::Paused));
    // The same button, so the same key goes on.
    let focused = stage.seen("[data-do=resume]:focus").unwrap();
    assert_eq!(focused.get_attribute("aria-label").as_deref(), Some("Resume a"));
    focused.click();
    stage.until("on", |stage| stage.text(".fc-state") == "Preparing").await;
}

#[wasm_bindgen_test]
async fn failed_files_are_seen_alone() {
    let broken = Failure::new(Kind::Config, "url", Class::Final, "");
    let source = Parameters::callback(async move |asked| {
        if asked.file.name.starts_with('x') { Err(broken.clone()) } else { std::future::pending().await }
    });
    let uploader = uploader(source, Restrictions::default(), false);
    let stage = panel(&uploader);
    for name in ["a", "b", "x", "c", "d", "e", "x2"] {
        add(&uploader, name);
    }
    uploader.upload().unwrap();
    stage.until("the button", |stage| stage.text("[data-do=filter]") == "Show failed").await;
    stage.click("[data-do=filter]");
    stage.until("two rows", |stage| stage.all(".fc-row").len() == 2).await;
    let names: Vec<_> = stage.all(".fc-name").iter().map(|name| name.text_content().unwrap()).collect();
    assert_eq!(names, ["x", "x2"]);
    stage.until("words", |stage| stage.text("[data-do=filter]") == "Show all").await;
    // Nothing is hidden once none has failed.
    stage.click("[data-do=remove]");
    stage.until("one row", |stage| stage.all(".fc-row").len() == 1).await;
    stage.click("[data-do=remove]");
    stage.until("all rows", |stage| stage.all(".fc-row").len() == 5).await;
    stage.until("no button", |stage| stage.seen("[data-do=filter]").is_none()).await;
}

#[wasm_bindgen_test]
async fn files_that_are_in_the_list_already() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let stage = panel(&uploader);
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    let zone = stage.seen(".fc-drop").unwrap();
    let again = [file("a.txt", "text/plain", "a")];
    let names = || uploader.files().into_iter().map(|file| file.name).collect::<Vec<_>>();
    drop_files(&zone, &again);
    let first = uploader.file_ids();
    let title = "1 file is in the list already";

    drop_files(&zone, &again);
    stage.until("the choice", |stage| stage.text("[part=note] b") == title).await;
    stage.click("[data-do=skip]");
    stage.until("skipped", |stage| stage.seen("[part=note]").is_none()).await;
    assert_eq!(uploader.file_ids(), first);

    drop_files(&zone, &again);
    stage.until("the choice", |stage| stage.text("[part=note] b") == title).await;
    stage.click("[data-do=keep-both]");
    assert_eq!(names(), ["a.txt", "a (2).txt"]);
    stage.until("done", |stage| stage.seen("[part=note]").is_none()).await;

    drop_files(&zone, &again);
    stage.until("the choice", |stage| stage.text("[part=note] b") == title).await;
    stage.click("[data-do=replace]");
    assert_eq!(names(), ["a (2).txt", "a.txt"]);
    assert!(!uploader.file_ids().contains(&first[0]));
    assert_eq!(uploader.stats().blobs, 2);
}

#[wasm_bindgen_test]
async fn what_may_be_filled_in() {
    let restrictions = Restrictions {
        required_meta_fields: vec!["caption".into()],
        allowed_file_types: Accept::parse_list(".txt"),
        ..Restrictions::default()
    };
    let uploader = uploader(never(), restrictions, true);
    let field = MetaField { id: "caption".into(), name: "Caption".into(), ..MetaField::default() };
    let settings = RwSignal::new(UiSettings { meta_fields: Some(vec![field]), ..UiSettings::default() });
    let stage = panel_with(&uploader, settings);
    let id = add(&uploader, "a.txt");
    // Without what is asked for nothing is sent, and it is called what people know it as.
    uploader.upload().unwrap();
    stage.until("the field's name", |stage| stage.text(".fc-state") == "Caption is required.").await;
    // A form around the panel, as it were, hears nothing of the one in it.
    let outside = std::rc::Rc::new(std::cell::Cell::new(0));
    let heard = std::rc::Rc::clone(&outside);
    let _heard = gloo_events::EventListener::new(&stage.place, "submit", move |_| heard.set(heard.get() + 1));
    stage.until("the button", |stage| stage.seen("[data-do=edit]").is_some()).await;
    stage.click("[data-do=edit]");
    let inputs = stage.all(".fc-editor input");
    let [name, caption]: [HtmlInputElement; 2] = [0, 1].map(|at: usize| inputs[at].clone().unchecked_into());
    assert_eq!(
        (name.value().as_str(), caption.required(), stage.text(".fc-label:last-of-type").as_str()),
        ("a.txt", true, "Caption *")
    );
    // What must be there is asked for by the browser.
    stage.click("[part~=save]");
    assert!(stage.seen(".fc-editor").is_some());
    // Which no other name makes a file of a type that is not taken.
    name.set_value("b.exe");
    caption.set_value("sunset");
    stage.click("[part~=save]");
    stage.until("written", |stage| stage.text(".fc-name") == "b.exe.txt").await;
    stage.until("closed", |stage| stage.all(".fc-editor").is_empty()).await;
    assert_eq!(uploader.file(id).unwrap().meta.get("caption").map(String::as_str), Some("sunset"));
    // And it is sent.
    assert_eq!(uploader.phase(id), Some(Phase::Preparing));
    assert_eq!(outside.get(), 0);
    uploader.remove(id);
    add(&uploader, "d.txt");
    stage.until("another one", |stage| stage.text(".fc-name") == "d.txt").await;
    stage.click("[data-do=edit]");
    stage.click("[part~=cancel]");
    stage.until("the focus", |stage| stage.seen("[data-do=edit]:focus").is_some()).await;

    stage.click("[data-do=edit]");
    let name: HtmlInputElement = stage.all(".fc-editor input").swap_remove(0).unchecked_into();
    name.set_value("c.txt");
    stage.click("[part~=cancel]");
    stage.until("closed", |stage| stage.all(".fc-editor").is_empty()).await;
    assert_eq!(stage.text(".fc-name"), "d.txt");
    // Taken out while it is open.
    stage.click("[data-do=edit]");
    drop(stage);
}
