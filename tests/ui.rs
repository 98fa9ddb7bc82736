//! The interface in a real browser: mounted, used as a person would, and looked at through the document.
#![cfg(all(target_arch = "wasm32", feature = "ui"))]

mod stage;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use filechute::{
    Accept, Class, Failure, FileChute, IntakeFile, Kind, Notice, Options, Restrictions, Strings, UiSettings,
    UploadEvent, UploadFile, UploaderOptions, locales,
};
use gloo_timers::future::TimeoutFuture;
use leptos::{mount::mount_to, prelude::*};
use send_wrapper::SendWrapper;
use stage::{Stage, add, drag, drop_files, failing, file, never, panel, panel_with, place, uploader};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{DataTransfer, File, HtmlImageElement};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn rows_appear_with_literal_names() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let stage = panel(&uploader);
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    assert!(stage.seen(".fc-input").is_none() && stage.seen(".fc-row").is_none());
    let names = ["<img src=x onerror=alert(1)>.svg", "a\u{202E}gpj.exe", "\u{661}\u{660} كم мест.pdf"];
    for name in names {
        add(&uploader, name);
    }
    stage.until("three rows", |stage| stage.all(".fc-row").len() == 3).await;
    let shown: Vec<String> = stage.all(".fc-name").iter().map(|name| name.text_content().unwrap()).collect();
    assert_eq!(shown, [names[0], "a[U+202E]gpj.exe", names[2]]);
    assert!(stage.all("img").is_empty());
    assert_eq!(stage.text(".fc-foot b"), "3 files ready");
    assert_eq!(stage.all("[role=status]").len(), 1);
}

#[wasm_bindgen_test]
async fn nothing_is_set_through_inner_html() {
    // What a policy with `require-trusted-types-for 'script'` would refuse, in every browser.
    let guard = js_sys::Function::new_no_args(
        "const p = Element.prototype, own = Object.getOwnPropertyDescriptor(p, 'innerHTML');
         Object.defineProperty(p, 'innerHTML', { ...own, set() { globalThis.__inner = true; throw new Error('innerHTML') } });
         return () => Object.defineProperty(p, 'innerHTML', own)",
    );
    let restore: js_sys::Function = guard.call0(&JsValue::NULL).unwrap().unchecked_into();
    let uploader = uploader(never(), Restrictions::default(), true);
    add(&uploader, "a");
    let stage = panel(&uploader);
    stage.until("a row", |stage| stage.seen(".fc-row").is_some()).await;
    restore.call0(&JsValue::NULL).unwrap();
    assert!(js_sys::Reflect::get(&js_sys::global(), &"__inner".into()).unwrap().is_undefined());
}

#[wasm_bindgen_test]
async fn buttons_drive_the_uploader_and_the_focus_stays() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let stage = panel(&uploader);
    for name in ["a", "b", "c"] {
        add(&uploader, name);
    }
    stage.until("upload", |stage| stage.text("[data-do=upload]") == "Upload 3 files").await;
    stage.click("[data-do=upload]");
    stage.until("preparing", |stage| stage.text(".fc-state") == "Preparing").await;
    assert_eq!(stage.seen("[data-do=remove]").unwrap().get_attribute("aria-label").unwrap(), "Cancel a");

    stage.click("[data-do=pause-all]");
    stage.until("paused", |stage| stage.text(".fc-state") == "Paused").await;
    stage.click("[data-do=resume-all]");
    stage.until("resumed", |stage| stage.text(".fc-state") == "Preparing").await;

    // Out of the middle: the next file's button has the focus; at the end: the one before; then "choose".
    let focused = |stage: &Stage<_>| stage.seen(":focus").and_then(|element| element.get_attribute("aria-label"));
    for (at, left, next) in [(1, 2, Some("Cancel c")), (1, 1, Some("Cancel a")), (0, 0, None)] {
        let button = stage.all("[data-do=remove]").swap_remove(at);
        button.focus().unwrap();
        button.click();
        stage.until("one less", |stage| stage.all(".fc-row").len() == left).await;
        stage.until("focus", |stage| stage.seen(":focus").is_some()).await;
        if let Some(next) = next {
            assert_eq!(focused(&stage).as_deref(), Some(next));
        }
    }
    assert!(stage.seen(".fc-pick:focus").is_some());
    assert_eq!(uploader.stats().blobs, 0);
}

#[wasm_bindgen_test]
async fn rejected_files_are_listed_with_the_reason() {
    let restrictions = Restrictions {
        allowed_file_types: Accept::parse_list(".png"),
        max_number_of_files: Some(1),
        ..Restrictions::default()
    };
    let uploader = uploader(never(), restrictions, true);
    let settings = RwSignal::new(UiSettings::default());
    let stage = panel_with(&uploader, settings);
    stage.until("limits", |stage| stage.text(".fc-hint") == "PNG · 1 file").await;
    let zone = stage.seen(".fc-drop").unwrap();
    drop_files(&zone, &[file("a.png", "image/png", "a"), file("b.exe", "", "b"), file("c.exe", "", "c")]);
    stage.until("the note", |stage| stage.text("[role=alert] b") == "2 files were not added").await;
    assert_eq!(stage.text(".fc-lines"), "b.exe is not an accepted type (PNG)\nc.exe is not an accepted type (PNG)");
    // What was said already is said in another language when that is wanted.
    settings.update(|settings| settings.strings = locales::DE);
    stage.until("German", |stage| stage.text(".fc-lines").starts_with("„b.exe“")).await;
    settings.update(|settings| settings.strings = Strings::EN);
    stage.click("[data-do=dismiss]");
    stage.until("no note", |stage| stage.seen(".fc-lines").is_none()).await;

    let many: Vec<File> = (0..9).map(|n| file(&format!("{n}.exe"), "", "x")).collect();
    drop_files(&zone, &many);
    stage.until("and more", |stage| stage.text(".fc-lines").ends_with("and 5 more")).await;
    assert_eq!(uploader.file_ids().len(), 1);
}

#[wasm_bindgen_test]
async fn errors_stand_beside_the_file_in_plain_language() {
    let lost = Failure::new(Kind::Network, "error", Class::Retry, "status 0");
    let uploader = uploader(failing(&lost), Restrictions::default(), false);
    let stage = panel(&uploader);
    add(&uploader, "a.pdf");
    uploader.upload().unwrap();
    stage.until("the error", |stage| stage.text(".fc-state") == "The connection was lost. Try again.").await;
    stage
        .until("the alert", |stage| {
            stage.all(".fc-sr[role=alert]")[0].text_content().unwrap() == "a.pdf: The connection was lost. Try again."
        })
        .await;
    assert_eq!(stage.text(".fc-foot b"), "1 file failed");
    assert_eq!(stage.seen("[data-do=retry]").unwrap().get_attribute("aria-label").unwrap(), "Retry a.pdf");
    uploader.set_parameters(never());
    stage.click("[data-do=retry-all]");
    stage.until("again", |stage| stage.text(".fc-state") == "Preparing").await;
}

#[wasm_bindgen_test]
async fn scrolling_makes_no_node() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let stage = panel(&uploader);
    for n in 0..500 {
        add(&uploader, &format!("{n}.txt"));
    }
    stage.until("rows", |stage| stage.text(".fc-name") == "0.txt").await;
    let view = stage.seen(".fc-view").unwrap();
    let height = stage.seen(".fc-row").unwrap().offset_height();
    assert_eq!(stage.seen(".fc-list").unwrap().offset_height(), 500 * height);
    let most = stage.all(".fc-row").len() + 8;
    assert!(most < 50, "{most}");
    for top in [10, height, height * 3 + 5, height * 250, height * 251, height * 100, height * 500] {
        view.set_scroll_top(top);
        let wanted = format!("{}.txt", view.scroll_top() / height);
        stage.until(&wanted, |stage| stage.all(".fc-name").iter().any(|n| n.text_content().unwrap() == wanted)).await;
        let rows = stage.all(".fc-row");
        assert!(rows.len() <= most, "{} rows", rows.len());
        // The order in the document is that on the screen.
        let places: Vec<u32> =
            rows.iter().map(|r| r.get_attribute("aria-posinset").unwrap().parse().unwrap()).collect();
        assert!(places.is_sorted(), "{places:?}");
        assert!(rows.iter().all(|row| row.get_attribute("aria-setsize").unwrap() == "500"));
    }
    stage.until("the last", |stage| stage.all(".fc-name").last().unwrap().text_content().unwrap() == "499.txt").await;
    // Everything goes while the list is scrolled to its end.
    uploader.cancel_all();
    stage.until("nothing", |stage| stage.all(".fc-row").is_empty()).await;
}

/// A wide picture, text that claims to be one, the header of one of 60,000 by 60,000 pixels, and a film where the browser can
/// make one.
const PICTURES: &str = "
    const canvas = Object.assign(document.createElement('canvas'), { width: 3000, height: 1500 })
    const paint = canvas.getContext('2d')
    paint.fillRect(0, 0, 300, 300)
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
    const header = [137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 234, 96, 0, 0, 234, 96, 8, 6, 0, 0, 0]
    const files = [
        new File([blob], 'wide.png', { type: 'image/png' }),
        new File(['<svg/>'], 'claims.png', { type: 'image/png' }),
        new File([new Uint8Array(header)], 'bomb.png', { type: 'image/png' }),
        new File(['<svg/>'], 'drawing.svg', { type: 'image/svg+xml' }),
    ]
    if (typeof MediaRecorder !== 'function' || !MediaRecorder.isTypeSupported('video/webm')) return files
    Object.assign(canvas, { width: 320, height: 160 })
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm' })
    const chunks = []
    recorder.ondataavailable = ({ data }) => chunks.push(data)
    const stopped = new Promise((resolve) => (recorder.onstop = resolve))
    recorder.start()
    for (let i = 0; i < 10; i += 1) {
        paint.fillRect(i * 32, 0, 32, 160)
        await new Promise((resolve) => setTimeout(resolve, 40))
    }
    recorder.stop()
    await stopped
    return [...files, new File(chunks, 'film.webm', { type: 'video/webm' })]";

#[wasm_bindgen_test]
async fn pictures_and_films_are_shown_small_and_let_go() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let mut stage = panel(&uploader);
    let made = js_sys::eval(&format!("(async () => {{ {PICTURES} }})()")).unwrap();
    let files: js_sys::Array = wasm_bindgen_futures::JsFuture::from(js_sys::Promise::from(made)).await.unwrap().into();
    let count = files.length();
    for file in files {
        let file: File = file.into();
        uploader.add(IntakeFile::from_blob(file.clone().into(), &file.name())).unwrap();
    }
    // The drawing runs nothing: it gets its icon.
    stage.until("places for pictures", |stage| stage.all("img").len() + 1 == count as usize).await;
    let picture = |stage: &Stage<_>, name: &str| {
        let row = stage.all(".fc-row").into_iter().find(|row| row.text_content().unwrap().contains(name)).unwrap();
        let image: HtmlImageElement = row.query_selector("img").unwrap().unwrap().unchecked_into();
        image
    };
    stage.until("the picture", |stage| picture(stage, "wide").natural_width() > 0).await;
    assert_eq!((picture(&stage, "wide").natural_width(), picture(&stage, "wide").natural_height()), (256, 128));
    if count == 5 {
        stage.until("the film", |stage| picture(stage, "film").natural_width() == 256).await;
    }
    for name in ["claims", "bomb"] {
        assert_eq!(picture(&stage, name).get_attribute("src"), None, "{name}");
    }
    let url = picture(&stage, "wide").src();
    assert!(url.starts_with("blob:"), "{url}");
    uploader.cancel_all();
    stage.until("no picture", |stage| stage.all("img").is_empty()).await;
    stage.mounted.take();
    let fetched = wasm_bindgen_futures::JsFuture::from(web_sys::window().unwrap().fetch_with_str(&url)).await;
    assert!(fetched.is_err(), "the address still leads somewhere");
}

/// Hundreds are taken in at once, what is beyond in tasks of its own; that ends when everything is cancelled.
#[wasm_bindgen_test]
async fn a_long_drop_leaves_the_page_its_turn() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let stage = panel(&uploader);
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    let files: Vec<File> = (0..900).map(|n| file(&format!("{n}.txt"), "text/plain", "x")).collect();
    drop_files(&stage.seen(".fc-drop").unwrap(), &files);
    let first = uploader.file_ids().len();
    assert!((100..900).contains(&first), "{first}");
    stage.until("all of them", |_| uploader.file_ids().len() == 900).await;
    let names: Vec<String> = uploader.files().into_iter().map(|file| file.name).collect();
    assert_eq!(names, files.iter().map(File::name).collect::<Vec<_>>());
    uploader.cancel_all();
    drop_files(&stage.seen(".fc-drop").unwrap(), &files);
    uploader.cancel_all();
    TimeoutFuture::new(200).await;
    assert!(uploader.file_ids().is_empty());
    assert_eq!(uploader.stats().jobs, 0);
}

#[wasm_bindgen_test]
async fn dragging_shows_only_for_files() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let settings = RwSignal::new(UiSettings::default());
    let stage = panel_with(&uploader, settings);
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    let zone = stage.seen(".fc-drop").unwrap();
    let text = DataTransfer::new().unwrap();
    text.set_data("text/plain", "a word").unwrap();
    drag(&zone, "dragenter", &text);
    let files = DataTransfer::new().unwrap();
    files.items().add_with_file(&file("a", "", "a")).unwrap();
    TimeoutFuture::new(30).await;
    assert!(stage.seen(".fc[data-drag]").is_none());
    drag(&zone, "dragenter", &files);
    drag(&stage.seen(".fc-pick").unwrap(), "dragenter", &files);
    drag(&zone, "dragleave", &files);
    stage.until("drag state", |stage| stage.text(".fc-or") == "Drop to add").await;
    drag(&zone, "dragleave", &files);
    stage.until("left", |stage| stage.seen(".fc[data-drag]").is_none()).await;

    settings.update(|settings| settings.disabled = true);
    stage.until("disabled", |stage| stage.seen(".fc-pick:disabled").is_some()).await;
    drag(&zone, "drop", &files);
    assert!(uploader.file_ids().is_empty());
}

#[wasm_bindgen_test]
async fn unmounting_leaves_nothing() {
    let uploader = uploader(never(), Restrictions::default(), true);
    add(&uploader, "a");
    let mut stage = panel(&uploader);
    stage.until("a row", |stage| stage.seen(".fc-row").is_some()).await;
    stage.mounted.take();
    assert_eq!(stage.place.child_element_count(), 1, "only the test's own style: {}", stage.place.inner_html());
    // The uploader itself goes on, and can be shown again.
    add(&uploader, "b");
    let again = panel(&uploader);
    again.until("both rows", |stage| stage.all(".fc-row").len() == 2).await;
    // No closure of either panel holds it any more.
    drop((stage, again));
    let weak = uploader.downgrade();
    drop(uploader);
    assert!(weak.upgrade().is_none());
}

/// What the panel did after its page had taken it out looked at signals that were gone, which ends all WebAssembly.
#[wasm_bindgen_test]
async fn taken_out_by_a_handler_of_the_page_while_it_takes_files() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let stage = panel(&uploader);
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    let zone = stage.seen(".fc-drop").unwrap();
    let stage = Rc::new(RefCell::new(Some(stage)));
    let mine = Rc::clone(&stage);
    let subscription = uploader.observe(move |_| drop(mine.borrow_mut().take()));
    // What a listener throws goes to the window and not to who sent the event.
    let thrown = Rc::new(Cell::new(0));
    let heard = Rc::clone(&thrown);
    let window = web_sys::window().unwrap();
    let _errors = gloo_events::EventListener::new(&window, "error", move |_| heard.set(heard.get() + 1));
    drop_files(&zone, &[file("a.txt", "", "a"), file("b.txt", "", "b")]);
    drop(subscription);
    assert!(stage.borrow().is_none());
    // Timers that were still to come find nothing to do.
    TimeoutFuture::new(50).await;
    assert_eq!((uploader.files().len(), thrown.get()), (2, 0));
}

#[wasm_bindgen_test]
async fn the_component_makes_its_own_uploader_and_tells_its_page() {
    let failed = RwSignal::new(Vec::<String>::new());
    let complete = RwSignal::new(0);
    let denied = Failure::new(Kind::Sign, "denied", Class::Final, "").with_status(403);
    let place = place();
    let mounted = mount_to(place.clone(), move || {
        let options = UploaderOptions {
            engine: Options { auto_proceed: true, ..Options::default() },
            ..UploaderOptions::default()
        };
        view! {
            <FileChute
                parameters=failing(&denied)
                options
                accept=".txt"
                on_error=move |file: UploadFile| failed.update(|failed| failed.push(file.name))
                on_complete=move |done: filechute::Completion| complete.update(|n| *n += done.failed.len())
            />
        }
    });
    let stage = Stage { place, mounted: Some(mounted) };
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    drop_files(&stage.seen(".fc-drop").unwrap(), &[file("a.txt", "", "a"), file("b.png", "", "b")]);
    stage.until("the error", |stage| stage.text(".fc-state") == "You're not allowed to upload here.").await;
    assert_eq!((failed.get_untracked(), complete.get_untracked()), (vec!["a.txt".to_owned()], 1));
    assert!(stage.seen("[data-do=retry]").is_none() && stage.seen("[data-do=retry-all]").is_none());
    stage.until("the note", |stage| stage.text(".fc-lines") == "b.png is not an accepted type (TXT)").await;
}

/// The picker offered what the rules of before refused.
#[wasm_bindgen_test]
async fn what_is_accepted_follows_the_signals() {
    let (accept, multiple) = (RwSignal::new("image/*".to_owned()), RwSignal::new(true));
    let place = place();
    let mounted = mount_to(place.clone(), move || view! { <FileChute parameters=never() accept multiple /> });
    let stage = Stage { place, mounted: Some(mounted) };
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    accept.set(".pdf".to_owned());
    multiple.set(false);
    stage.until("the hint", |stage| stage.text(".fc-hint").contains("PDF")).await;
    let zone = stage.seen(".fc-drop").unwrap();
    drop_files(&zone, &[file("a.pdf", "application/pdf", "a"), file("b.pdf", "application/pdf", "b")]);
    stage.until("a row", |stage| stage.seen(".fc-row").is_some()).await;
    assert_eq!((stage.all(".fc-row").len(), stage.seen(".fc-note").is_some()), (1, true));
}

/// What was dropped on it was added.
#[wasm_bindgen_test]
async fn a_disabled_fieldset_disables_it() {
    let (place, off) = (place(), RwSignal::new(true));
    let mounted = mount_to(place.clone(), move || {
        view! { <form><fieldset disabled=off><FileChute parameters=never() name="photos" /></fieldset></form> }
    });
    let stage = Stage { place, mounted: Some(mounted) };
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    let zone = stage.seen(".fc-drop").unwrap();
    drop_files(&zone, &[file("a.txt", "text/plain", "a")]);
    TimeoutFuture::new(300).await;
    assert!(stage.seen(".fc-row").is_none());
    off.set(false);
    TimeoutFuture::new(50).await;
    drop_files(&zone, &[file("a.txt", "text/plain", "a")]);
    stage.until("a row", |stage| stage.seen(".fc-row").is_some()).await;
}

/// The next handler was called all the same, which was gone with the component: a panic.
#[wasm_bindgen_test]
async fn a_handler_takes_the_component_out() {
    let place = place();
    let mounted = Rc::new(RefCell::new(None));
    let inner = SendWrapper::new(Rc::clone(&mounted));
    let failure = Failure::new(Kind::Config, "x", Class::Final, "no");
    let handle = mount_to(place.clone(), move || {
        let inner = inner.clone();
        let on_event = move |notice: Notice| {
            if matches!(notice, Notice::Event(UploadEvent::UploadError(_))) {
                let gone = inner.borrow_mut().take();
                drop(gone);
            }
        };
        view! { <FileChute parameters=failing(&failure) on_event on_error=|_: UploadFile| {} /> }
    });
    mounted.replace(Some(handle));
    let stage = Stage::<()> { place, mounted: None };
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    drop_files(&stage.seen(".fc-drop").unwrap(), &[file("a.txt", "text/plain", "a")]);
    stage.until("a row", |stage| stage.seen(".fc-row").is_some()).await;
    stage.click("[data-do=upload]");
    stage.until("nothing", |_| mounted.borrow().is_none()).await;
    TimeoutFuture::new(200).await;
    assert!(stage.seen(".fc").is_none());
}
