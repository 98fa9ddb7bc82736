//! Whoever is told something may end everything just then: in an observer, or in a listener of a question's signal.
#![cfg(target_arch = "wasm32")]

mod rig;

use std::{
    cell::RefCell,
    future::pending,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use filechute::{
    Ask, AskRequest, FileId, IntakeFile, Notice, Parameters, Remote, Reply, UploadEvent, Uploader, UploaderOptions,
};
use gloo_timers::future::TimeoutFuture;
use rig::{NOTHING, blob};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A slot that anyone may empty.
type Slot = Rc<RefCell<Option<Uploader>>>;

thread_local! {
    /// What a question's signal does when it fires.
    static ON_ABORT: RefCell<Option<Rc<dyn Fn()>>> = const { RefCell::new(None) };
}

/// Creates uploads after a while, whose parts never leave, and counts those and the aborts.
fn source(create_ms: u32) -> (Parameters, Arc<[AtomicU32; 2]>) {
    let counts = Arc::<[AtomicU32; 2]>::default();
    let counted = Arc::clone(&counts);
    let parameters = Parameters::multipart(move |request: AskRequest| {
        let counted = Arc::clone(&counted);
        async move {
            let on_abort = ON_ABORT.with_borrow(Clone::clone);
            if let Some(on_abort) = on_abort {
                let listener = Closure::once_into_js(move || on_abort());
                let listener = listener.unchecked_ref();
                request.signal.add_event_listener_with_callback("abort", listener).unwrap();
            }
            match request.ask {
                Ask::Create => {
                    TimeoutFuture::new(create_ms).await;
                    counted[0].fetch_add(1, Relaxed);
                    let upload_id = request.file.name;
                    Ok(Reply::Created(Remote { upload_id, key: "k".into(), ..Remote::default() }))
                }
                Ask::Abort { .. } => {
                    counted[1].fetch_add(1, Relaxed);
                    Ok(Reply::Aborted)
                }
                _ => pending().await,
            }
        }
    });
    (parameters, counts)
}

fn counted(counts: &[AtomicU32; 2]) -> [u32; 2] {
    counts.each_ref().map(|count| count.load(Relaxed))
}

/// Two files in parts, under way.
fn start(parameters: Parameters, resume: bool) -> (Uploader, [FileId; 2]) {
    let uploader = Uploader::new(parameters, UploaderOptions { resume, ..UploaderOptions::default() });
    let ids = ["a", "b"].map(|name| {
        let file = IntakeFile { multipart: Some(true), ..IntakeFile::from_blob(blob(name), name) };
        uploader.add(file).unwrap()
    });
    uploader.upload().unwrap();
    (uploader, ids)
}

fn scope() -> String {
    format!("callers {}", js_sys::Math::random())
}

async fn left_in(scope: &str) -> Vec<String> {
    let (parameters, _) = source(0);
    let next = Uploader::new(parameters.scope(scope), UploaderOptions::default());
    next.unfinished().await.into_iter().map(|record| record.name).collect()
}

#[wasm_bindgen_test]
async fn the_last_handle_goes_while_a_timer_tells_something() {
    let (parameters, counts) = source(300);
    let (uploader, _) = start(parameters, false);
    let slot = Slot::default();
    let emptied = Rc::clone(&slot);
    let _told = uploader.observe(move |notice| {
        if matches!(notice, Notice::Changed(_)) {
            drop(emptied.take());
        }
    });
    slot.replace(Some(uploader));
    TimeoutFuture::new(200).await;
    assert!(slot.borrow().is_none());
    // What is created only afterwards is aborted all the same: nobody remembers it.
    TimeoutFuture::new(2000).await;
    assert_eq!(counted(&counts), [2, 2]);
}

#[wasm_bindgen_test]
async fn what_was_cancelled_is_not_offered_to_the_next_page() {
    let (scope, (parameters, counts)) = (scope(), source(0));
    let (uploader, _) = start(parameters.scope(&scope), true);
    TimeoutFuture::new(500).await;
    assert_eq!(counted(&counts), [2, 0]);
    let weak = uploader.downgrade();
    let _told = uploader.observe(move |notice| {
        if matches!(notice, Notice::Event(UploadEvent::CancelAll)) {
            weak.upgrade().unwrap().destroy();
        }
    });
    uploader.cancel_all();
    TimeoutFuture::new(500).await;
    assert_eq!(left_in(&scope).await, [""; 0]);
    assert_eq!(counted(&counts), [2, 2]);
}

#[wasm_bindgen_test]
async fn a_listener_of_a_signal_destroys_it() {
    for resume in [true, false] {
        let (scope, (parameters, counts)) = (scope(), source(0));
        let slot = Slot::default();
        let destroyed = Rc::clone(&slot);
        ON_ABORT.set(Some(Rc::new(move || {
            let uploader = destroyed.borrow().clone();
            if let Some(uploader) = uploader {
                uploader.destroy();
            }
        })));
        let (uploader, [first, _]) = start(parameters.scope(&scope), resume);
        slot.replace(Some(uploader.clone()));
        TimeoutFuture::new(500).await;
        uploader.remove(first);
        TimeoutFuture::new(500).await;
        ON_ABORT.take();
        slot.take();
        assert_eq!(uploader.stats(), NOTHING, "{resume}");
        // The other one is left to the next page, where that can know.
        assert_eq!(left_in(&scope).await, ["b"][usize::from(!resume)..]);
        assert_eq!(counted(&counts), if resume { [2, 1] } else { [2, 2] });
    }
}
