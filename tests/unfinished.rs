//! What an earlier page left unfinished, as the component offers it: a row each.
#![cfg(all(target_arch = "wasm32", feature = "ui"))]

mod rig;
mod stage;

use filechute::{Host, IntakeFile, Options, Parameters, Phase, UiSettings};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use rig::{Rig, proxies, rules};
use stage::{Stage, panel_with};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Blob, DataTransfer, Event, File, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

const PART: u32 = 5 << 20;

fn blob() -> Blob {
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::new_with_length(2 * PART))).unwrap()
}

#[wasm_bindgen_test]
async fn each_has_a_row_and_any_of_them_goes_on() {
    let Some((host, store)) = proxies() else { return };
    // The second part of each hangs.
    let stall =
        r#"[{"match": {"method": "PUT", "query": "partNumber=2"}, "fault": {"kind": "stall", "afterBytes": 1000}}]"#;
    rules(store, stall).await;
    rules(host, "[]").await;
    let scope = js_sys::Math::random().to_string();
    let open = || {
        let engine = Options { limit: 1, ..Options::default() };
        Rig::with(Parameters::from(Host::new(host)).scope(scope.as_str()), engine)
    };
    let first = open();
    let names = ["One.bin", "Two.bin", "Three.bin", "Four.bin", "Five.bin", "Six.bin"];
    for name in names {
        let mut file = IntakeFile::from_blob(blob(), name);
        file.multipart = Some(true);
        file.part_size = Some(PART.into());
        first.uploader.add(file).unwrap();
    }
    first.uploader.upload().unwrap();
    for _ in names {
        let begun = |rig: &Rig| {
            rig.uploader.file_ids().into_iter().find(|id| {
                let file = rig.file(*id);
                file.phase != Phase::Paused && file.bytes_uploaded > PART.into()
            })
        };
        first.until("a part", |rig| begun(rig).is_some()).await;
        first.uploader.pause(begun(&first).unwrap());
    }
    // Parts are written down together, twice a second.
    TimeoutFuture::new(900).await;
    drop(first);
    rules(store, "[]").await;

    let mut next = open();
    for _ in 0..100 {
        if next.uploader.unfinished().await.len() == names.len() {
            break;
        }
        TimeoutFuture::new(50).await;
        next = open();
    }
    let settings = RwSignal::new(UiSettings::default());
    let stage = panel_with(&next.uploader, settings);
    stage.until("the rows", |stage| stage.all(".fc-unfinished [data-do=discard]").len() == 4).await;
    assert_eq!(stage.text(".fc-unfinished > li:last-child"), "and 2 more");
    let label = |at: usize| stage.all(".fc-unfinished [data-do=discard]")[at].get_attribute("aria-label").unwrap();
    let [first, second, third, fourth] = [0, 1, 2, 3].map(label);
    let said = |stage: &Stage<_>| {
        let status = stage.all("[role=status]").into_iter().filter_map(|node| node.text_content());
        status.filter(|text| text.contains("was not finished")).count()
    };
    stage.until("it is said", |stage| said(stage) == 1).await;
    assert_eq!(stage.all(".fc-unfinished progress")[0].get_attribute("value").unwrap(), PART.to_string());

    // The next one slides in, and the focus stays where it was.
    let button = stage.all(".fc-unfinished [data-do=discard]").remove(1);
    button.focus().unwrap();
    button.click();
    stage.until("one fewer", |stage| stage.text(".fc-unfinished > li:last-child") == "and 1 more").await;
    stage.until("the focus", |stage| stage.seen(&format!("[aria-label='{third}']:focus")).is_some()).await;
    assert!(stage.seen(&format!("[aria-label='{second}']")).is_none());

    // When another one goes, the focus stays with the one it is at.
    let first = next.uploader.unfinished_now().into_iter().find(|record| first.ends_with(&record.name)).unwrap();
    next.uploader.discard(&first.id);
    stage.until("four left", |stage| stage.all(".fc-unfinished > [data-record]").len() == 4).await;
    stage.until("the next place", |stage| stage.text(".fc-unfinished > li:last-child").is_empty()).await;
    stage.until("the focus", |stage| stage.seen(&format!("[aria-label='{third}']:focus")).is_some()).await;

    // Turned off, nothing of it acts.
    settings.update(|settings| settings.disabled = true);
    let off = |stage: &Stage<_>| stage.all(".fc-unfinished button:disabled").len();
    stage.until("off", |stage| off(stage) == 8).await;
    settings.update(|settings| settings.disabled = false);
    stage.until("on", |stage| off(stage) == 0).await;

    // Any of them can go on, not only the first.
    let name = fourth.strip_prefix("Discard: ").unwrap();
    stage.click(&format!("[aria-label='Choose it again: {name}']"));
    let input: HtmlInputElement = stage.all(".fc-input").remove(0).unchecked_into();
    let given = DataTransfer::new().unwrap();
    let parts: JsValue = Array::of1(&blob()).into();
    given.items().add_with_file(&File::new_with_blob_sequence(&parts, name).unwrap()).unwrap();
    input.set_files(given.files().as_ref());
    let changed = Event::new_with_event_init_dict("change", &{
        let init = web_sys::EventInit::new();
        init.set_bubbles(true);
        init
    });
    input.dispatch_event(&changed.unwrap()).unwrap();
    next.until("the end", |rig| rig.uploader.file_ids().iter().any(|id| rig.file(*id).phase == Phase::Done)).await;
    assert_eq!(next.uploader.file_ids().iter().map(|id| next.file(*id).name).collect::<Vec<_>>(), [name]);
    stage.until("three left", |stage| stage.all(".fc-unfinished [data-do=discard]").len() == 3).await;

    // What was said is not said again, whatever becomes of the interface.
    let other = panel_with(&next.uploader, settings);
    other.until("the rows", |stage| stage.seen(".fc-unfinished").is_some()).await;
    for _ in 0..10 {
        assert_eq!(said(&other), 0);
        TimeoutFuture::new(20).await;
    }
    drop(other);

    // At last the focus goes to what is left.
    for many in [2, 1, 0] {
        let button = stage.all(".fc-unfinished [data-do=discard]").remove(0);
        button.focus().unwrap();
        button.click();
        stage.until("one fewer", |stage| stage.all(".fc-unfinished [data-do=discard]").len() == many).await;
    }
    stage.until("the focus", |stage| stage.seen(":focus").is_some()).await;
    assert!(stage.seen(".fc-unfinished").is_none());
}
