//! The interface in other languages, as a browser writes them.
#![cfg(all(target_arch = "wasm32", feature = "ui"))]

mod stage;

use filechute::{Accept, Class, Failure, Forms, Kind, Restrictions, Strings, UiSettings, Words, locales};
use leptos::prelude::*;
use stage::{add, drop_files, failing, file, panel_with, uploader};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const NAMES: Forms = Forms {
    zero: Some("zero"),
    one: Some("one"),
    two: Some("two"),
    few: Some("few"),
    many: Some("many"),
    other: "other",
};

#[wasm_bindgen_test]
fn a_server_counts_as_a_browser_does() {
    for code in locales::CODES {
        let strings = locales::find(code).unwrap();
        for n in (0..=210).chain([1000, 1_000_000, 1_000_001, 2_000_000]) {
            let [browser, server] =
                [Words::new(&strings), Words::plain(&strings)].map(|words| words.count(&NAMES, n, &[]));
            assert_eq!(browser, server, "{n} in {code}");
        }
    }
}

#[wasm_bindgen_test]
fn numbers_are_written_in_the_language() {
    let spaced = |text: String| text.replace(['\u{a0}', '\u{202f}'], " ");
    let german = Words::new(&locales::DE);
    assert_eq!(spaced(german.bytes(1_250_000)), "1,2 MB");
    assert_eq!(spaced(german.percent(42)), "42 %");
    assert_eq!(german.number(12_345), "12.345");
    let english = Words::new(&Strings::EN);
    assert_eq!(english.percent(7), "7%");
    assert_eq!([999, 1250, 10_900, 2_097_152].map(|size| english.bytes(size)), ["999 B", "1.2 kB", "10 kB", "2 MB"]);
    assert_eq!([4_100, 65_000, 3_900_000].map(|ms| english.duration(ms)), ["5s", "1m 05s", "1h 05m"]);
    assert!(spaced(Words::new(&locales::FR).bytes(2_000_000)).starts_with("2 M"));
    // What is no language is written as English, and nothing throws.
    let odd = Strings { locale: "no such language", ..Strings::EN };
    assert_eq!(Words::new(&odd).bytes(1250), "1.2 kB");
}

#[wasm_bindgen_test]
async fn the_panel_speaks_a_language_and_can_change_it() {
    let denied = Failure::new(Kind::Sign, "denied", Class::Final, "").with_status(403);
    let restrictions = Restrictions { allowed_file_types: Accept::parse_list(".png"), ..Restrictions::default() };
    let uploader = uploader(failing(&denied), restrictions, false);
    let settings = RwSignal::new(UiSettings { strings: locales::DE, ..UiSettings::default() });
    let stage = panel_with(&uploader, settings);
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    assert_eq!(stage.text(".fc-pick"), locales::DE.choose_files);
    let root = stage.seen(".fc").unwrap();
    assert_eq!(
        (root.get_attribute("lang").as_deref(), root.get_attribute("dir").as_deref()),
        (Some("de"), Some("ltr"))
    );
    drop_files(&stage.seen(".fc-drop").unwrap(), &[file("a.exe", "", "a")]);
    stage.until("the note", |stage| stage.text("[role=alert] b") == "1 Datei wurde nicht hinzugefügt").await;

    // Errors, too, and what is there already.
    uploader.upload().ok();
    add(&uploader, "a.png");
    uploader.upload().unwrap();
    stage.until("the error", |stage| stage.text(".fc-state") == locales::DE.not_allowed).await;
    settings.update(|settings| settings.strings = locales::HE);
    stage.until("Hebrew", |stage| stage.text(".fc-state") == locales::HE.not_allowed).await;
    assert_eq!(root.get_attribute("dir").as_deref(), Some("rtl"));
    assert_eq!(stage.seen(".fc-state").unwrap().get_attribute("dir").as_deref(), Some("rtl"));
    assert_eq!(stage.seen("[part=headline] bdi").unwrap().get_attribute("dir").as_deref(), Some("rtl"));

    // Own words above English; the direction is the page's again.
    settings.update(|settings| settings.strings = Strings { add_more: "Another", ..Strings::EN });
    stage.until("own words", |stage| stage.text(".fc-pick") == "Another").await;
    assert_eq!(root.get_attribute("dir"), None);
}
