//! Long lists on their way in, and what starts or ends an upload meanwhile.
#![cfg(all(target_arch = "wasm32", feature = "ui"))]

mod stage;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use filechute::{Notice, Phase, RejectionReason, Restrictions, UploadEvent, Uploader, UploaderOptions};
use gloo_timers::future::TimeoutFuture;
use stage::{Stage, add, drop_files, file, never, panel, uploader};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{DataTransfer, Event, EventInit, File, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

/// More than are taken in at once.
const MANY: usize = 900;

/// So many that the browser lets the tasks of the intake wait for each other.
const LONG: usize = 3000;

fn several(count: usize) -> Vec<File> {
    (0..count).map(|n| file(&format!("{n}.txt"), "text/plain", "x")).collect()
}

fn files() -> Vec<File> {
    several(MANY)
}

fn transfer(files: &[File]) -> DataTransfer {
    let transfer = DataTransfer::new().unwrap();
    for file in files {
        transfer.items().add_with_file(file).unwrap();
    }
    transfer
}

/// One batch only, which starts by itself or not.
fn one_batch(auto_proceed: bool) -> Uploader {
    let mut options = UploaderOptions::default();
    options.engine.allow_multiple_upload_batches = false;
    options.engine.auto_proceed = auto_proceed;
    Uploader::new(never(), options)
}

fn idle(uploader: &Uploader) -> u32 {
    uploader.totals().count(Phase::Idle)
}

/// How many files each upload was about.
fn batches(uploader: &Uploader) -> (Rc<RefCell<Vec<usize>>>, filechute::Subscription) {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let told = Rc::clone(&heard);
    let subscription = uploader.observe(move |notice| {
        if let Notice::Event(UploadEvent::Upload { files, .. }) = notice {
            told.borrow_mut().push(files.len());
        }
    });
    (heard, subscription)
}

async fn until(what: &str, true_: impl Fn() -> bool) {
    for _ in 0..1200 {
        if true_() {
            return;
        }
        TimeoutFuture::new(25).await;
    }
    panic!("never came: {what}");
}

/// The input is emptied at once, so that the same file can be picked again, and its list with it.
#[wasm_bindgen_test]
async fn all_of_many_that_are_picked() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let stage = panel(&uploader);
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    let input: HtmlInputElement = stage.all(".fc-input")[0].clone().unchecked_into();
    input.set_files(transfer(&files()).files().as_ref());
    let init = EventInit::new();
    init.set_bubbles(true);
    input.dispatch_event(&Event::new_with_event_init_dict("change", &init).unwrap()).unwrap();
    assert_eq!(input.files().unwrap().length(), 0);
    until("all of them", || uploader.file_ids().len() == MANY).await;
}

#[wasm_bindgen_test]
async fn an_upload_takes_in_what_is_left_of_lists() {
    let uploader = one_batch(false);
    uploader.set_before_upload({
        let weak = uploader.downgrade();
        move || weak.upgrade().is_some_and(|uploader| uploader.file_ids().len() == MANY)
    });
    let (heard, _subscription) = batches(&uploader);
    uploader.add_data_transfer(&transfer(&files()));
    assert!(uploader.file_ids().len() < MANY);
    uploader.upload().unwrap();
    assert_eq!((uploader.file_ids().len(), idle(&uploader)), (MANY, 0));
    let names: Vec<String> = uploader.files().into_iter().map(|file| file.name).collect();
    assert_eq!(names, files().iter().map(File::name).collect::<Vec<_>>());
    TimeoutFuture::new(100).await;
    assert_eq!(*heard.borrow(), [MANY]);
    assert_eq!(uploader.file_ids().len(), MANY);
}

/// A handler that starts an upload on the first file starts all of them, and is told what is refused when all are in.
#[wasm_bindgen_test]
async fn an_upload_that_a_handler_starts() {
    let restrictions = Restrictions {
        min_number_of_files: Some(MANY as u32 - 10),
        max_file_size: Some(10),
        ..Restrictions::default()
    };
    let uploader = uploader(never(), restrictions, true);
    let refused = Rc::new(RefCell::new(Vec::new()));
    let (weak, told) = (uploader.downgrade(), Rc::clone(&refused));
    let _heard = uploader.observe(move |notice| {
        let Some(uploader) = weak.upgrade() else { return };
        match notice {
            Notice::Event(UploadEvent::FileAdded(id)) if uploader.file_ids().first() == Some(id) => {
                uploader.upload().unwrap();
            }
            Notice::Rejected(rejection, _) => {
                told.borrow_mut().push(rejection.clone());
                uploader.upload().unwrap();
            }
            _ => {}
        }
    });
    let mut files = files();
    files[10] = file("10.txt", "text/plain", "much too long");
    uploader.add_data_transfer(&transfer(&files));
    assert_eq!((uploader.file_ids().len(), idle(&uploader)), (MANY - 1, 0));
    assert!(matches!(refused.borrow()[..], [ref one] if matches!(one.reason, RejectionReason::TooBig { .. })));
}

#[wasm_bindgen_test]
async fn what_starts_by_itself_waits_for_all_files() {
    let uploader = one_batch(true);
    let (heard, _subscription) = batches(&uploader);
    add(&uploader, "before");
    uploader.add_data_transfer(&transfer(&several(LONG)));
    assert!(uploader.options().auto_proceed);
    until("one upload", || !heard.borrow().is_empty()).await;
    TimeoutFuture::new(100).await;
    assert_eq!(*heard.borrow(), [LONG + 1]);
    assert_eq!(uploader.file_ids().len(), LONG + 1);
}

#[wasm_bindgen_test]
async fn files_by_files_start_by_themselves() {
    let mut options = UploaderOptions::default();
    options.engine.auto_proceed = true;
    let uploader = Uploader::new(never(), options);
    let (heard, _subscription) = batches(&uploader);
    for (at, name) in ["a", "b"].into_iter().enumerate() {
        add(&uploader, name);
        until("an upload", || heard.borrow().len() == at + 1).await;
    }
    // Everything is held before the next one begins.
    add(&uploader, "c");
    uploader.pause_all();
    TimeoutFuture::new(100).await;
    assert_eq!((heard.borrow().len(), idle(&uploader)), (2, 1));
    uploader.resume_all();
    until("the third", || *heard.borrow() == [1, 1, 1]).await;
    add(&uploader, "d");
    uploader.cancel_all();
    TimeoutFuture::new(100).await;
    assert_eq!(heard.borrow().len(), 3);
}

#[wasm_bindgen_test]
async fn nothing_starts_by_itself_when_everything_was_held_meanwhile() {
    let uploader = one_batch(true);
    let (heard, _subscription) = batches(&uploader);
    uploader.add_data_transfer(&transfer(&files()));
    uploader.pause_all();
    until("all of them", || uploader.file_ids().len() == MANY).await;
    TimeoutFuture::new(100).await;
    assert!(heard.borrow().is_empty());
    assert_eq!(uploader.stats().jobs, 0);
    uploader.resume_all();
    until("one upload", || *heard.borrow() == [MANY]).await;
}

/// An application that wants all or nothing.
#[wasm_bindgen_test]
async fn a_handler_cancels_a_list_that_is_being_taken_in() {
    for wrong in [5, 250] {
        let uploader = uploader(never(), Restrictions { max_file_size: Some(10), ..Restrictions::default() }, true);
        let weak = uploader.downgrade();
        let _heard = uploader.observe(move |notice| {
            if let (Notice::Rejected(..), Some(uploader)) = (notice, weak.upgrade()) {
                uploader.cancel_all();
            }
        });
        let mut files = files();
        files[wrong] = file("wrong.txt", "text/plain", "much too long");
        uploader.add_data_transfer(&transfer(&files));
        TimeoutFuture::new(500).await;
        assert_eq!((uploader.file_ids().len(), uploader.stats().jobs), (0, 0), "{wrong}");
    }
}

/// A drop of as many files as `count` says, and of a folder before them: what no script can make is imitated.
fn drop_with_folder(count: usize) -> DataTransfer {
    let made = js_sys::eval(&format!(
        "(() => {{
            const entry = {{
                isDirectory: false, name: 'in.txt', fullPath: '/folder/in.txt',
                file: (done) => done(new File(['x'], 'in.txt')),
            }}
            const folder = {{
                isDirectory: true, name: 'folder', fullPath: '/folder',
                createReader: () => {{
                    const pages = [[entry], []]
                    return {{ readEntries: (done) => done(pages.shift()) }}
                }},
            }}
            const items = [{{ kind: 'file', webkitGetAsEntry: () => folder, getAsFile: () => null }}]
            for (let n = 0; n < {count}; n += 1) {{
                items.push({{ kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => new File(['x'], n + '.txt') }})
            }}
            return {{ items, files: [] }}
        }})()"
    ));
    made.unwrap().unchecked_into()
}

#[wasm_bindgen_test]
async fn folders_come_behind_the_files_of_their_drop() {
    for count in [3, MANY] {
        let mut options = UploaderOptions::default();
        options.engine.auto_proceed = true;
        options.engine.allow_multiple_upload_batches = false;
        let uploader = Uploader::new(never(), options);
        let (heard, _subscription) = batches(&uploader);
        uploader.add_data_transfer(&drop_with_folder(count));
        until("all of them", || uploader.file_ids().len() == count + 1).await;
        let last = uploader.files().pop().unwrap();
        assert_eq!(last.relative_path.as_deref(), Some("folder/in.txt"), "{count}");
        until("one upload", || *heard.borrow() == [count + 1]).await;
    }
}

/// Somebody presses the button while a folder is still being read: it is for all there is.
#[wasm_bindgen_test]
async fn what_a_folder_holds_starts_with_an_upload_that_came_before_it() {
    for count in [3, MANY] {
        let uploader = uploader(never(), Restrictions::default(), true);
        let (heard, _subscription) = batches(&uploader);
        uploader.add_data_transfer(&drop_with_folder(count));
        uploader.upload().unwrap();
        until("all of them", || uploader.file_ids().len() == count + 1 && idle(&uploader) == 0).await;
        assert_eq!(*heard.borrow(), [count, 1]);
        uploader.cancel_all();
    }
}

/// What was still to come was forgotten when all was held.
#[wasm_bindgen_test]
async fn what_a_folder_holds_waits_while_all_is_held_and_is_asked_about() {
    let uploader = uploader(never(), Restrictions::default(), true);
    let (heard, _subscription) = batches(&uploader);
    let asked = Rc::new(Cell::new(0));
    let asking = Rc::clone(&asked);
    uploader.set_before_upload(move || {
        asking.set(asking.get() + 1);
        true
    });
    uploader.add_data_transfer(&drop_with_folder(3));
    uploader.upload().unwrap();
    uploader.pause_all();
    until("all of them", || uploader.file_ids().len() == 4).await;
    TimeoutFuture::new(100).await;
    assert_eq!((heard.borrow().as_slice(), asked.get()), ([3].as_slice(), 1));
    uploader.resume_all();
    assert_eq!((heard.borrow().as_slice(), idle(&uploader), asked.get()), ([3, 1].as_slice(), 0, 2));
}

#[wasm_bindgen_test]
async fn folders_are_not_read_when_their_drop_was_cancelled() {
    for count in [3, MANY] {
        let uploader = uploader(never(), Restrictions::default(), true);
        uploader.add_data_transfer(&drop_with_folder(count));
        uploader.cancel_all();
        TimeoutFuture::new(300).await;
        assert_eq!((uploader.file_ids().len(), uploader.stats().jobs), (0, 0));
    }
}

/// The button, too, while the rest is still to come.
#[wasm_bindgen_test]
async fn a_person_starts_one_batch() {
    let uploader = one_batch(false);
    let stage: Stage<_> = panel(&uploader);
    stage.until("ready", |stage| stage.seen(".fc[data-ready]").is_some()).await;
    drop_files(&stage.seen(".fc-drop").unwrap(), &files());
    uploader.upload().unwrap();
    until("all of them", || uploader.file_ids().len() == MANY).await;
    TimeoutFuture::new(100).await;
    assert_eq!((idle(&uploader), stage.text(".fc-note")), (0, String::new()));
}
