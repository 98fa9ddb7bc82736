//! A person, an application and a network that do anything at any time, also while they are being told something: by seed,
//! so that what broke once can be seen again. Whatever comes of it, nothing panics, and at the end nothing is held.
#![cfg(all(target_arch = "wasm32", feature = "ui"))]

mod stage;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use filechute::{
    Capture, Class, Failure, FileChute, Kind, MetaField, Mode, Options, Parameters, RawOptions, RawParameters, Stats,
    Theme, UiSettings, Uploader, UploaderOptions, UploaderRef, View, locales,
};
use gloo_timers::future::TimeoutFuture;
use leptos::{mount::mount_to, prelude::*};
use stage::{Stage, drop_files, file, panel_with, place, press};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlElement;

wasm_bindgen_test_configure!(run_in_browser);

const SEEDS: u32 = 4;
const STEPS: u32 = 150;

/// xorshift32.
#[derive(Clone)]
struct Chance(Arc<AtomicU32>);

impl Chance {
    fn new(seed: u32) -> Self {
        Self(Arc::new(AtomicU32::new(seed.wrapping_mul(2_654_435_761).wrapping_add(1_013_904_223).max(1))))
    }

    fn below(&self, limit: u32) -> u32 {
        let mut state = self.0.load(Relaxed);
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        self.0.store(state, Relaxed);
        state % limit.max(1)
    }

    fn one_in(&self, count: u32) -> bool {
        self.below(count) == 0
    }

    fn pick<T: Clone>(&self, of: &[T]) -> Option<T> {
        of.get(self.below(u32::try_from(of.len()).unwrap()) as usize).cloned()
    }
}

/// A source that never answers, fails for now or for good, or names a place where nobody listens.
fn source(chance: &Chance) -> Parameters {
    let chance = chance.clone();
    Parameters::callback(move |_| {
        let (what, after) = (chance.below(5), chance.below(40));
        async move {
            TimeoutFuture::new(after).await;
            match what {
                0 => std::future::pending().await,
                1 => Err(Failure::new(Kind::Sign, "unavailable", Class::Retry, "not now")),
                2 => Err(Failure::new(Kind::Sign, "rejected", Class::Final, "no")),
                _ => Ok(RawParameters { url: "http://127.0.0.1:9/k".into(), ..RawParameters::default() }),
            }
        }
    })
}

/// What an application does, now and also while it is being told something.
fn meddle(uploader: &Uploader, chance: &Chance) {
    let ids = uploader.file_ids();
    let id = chance.pick(&ids).unwrap_or(filechute::FileId(77));
    match chance.below(14) {
        0 => drop(uploader.upload()),
        1 => drop(uploader.pause(id)),
        2 => drop(uploader.resume(id)),
        3 => uploader.pause_all(),
        4 => uploader.resume_all(),
        5 => drop(uploader.retry(id)),
        6 => drop(uploader.retry_all()),
        7 | 8 => drop(uploader.remove(id)),
        9 if chance.one_in(4) => uploader.cancel_all(),
        10 => uploader.reorder(&ids.iter().rev().copied().collect::<Vec<_>>()),
        11 => drop(uploader.set_file_meta(id, [("name".to_owned(), "another".to_owned())].into())),
        12 => uploader.set_options(RawOptions { limit: Some(1.0), ..RawOptions::default() }).unwrap(),
        13 => uploader.set_parameters(source(chance)),
        _ => {}
    }
}

fn change(settings: &mut UiSettings, chance: &Chance) {
    match chance.below(13) {
        0 => {
            let modes = [Mode::Inline, Mode::Button, Mode::Modal, Mode::Page, Mode::Image];
            settings.mode = chance.pick(&modes).unwrap_or_default();
        }
        1 => settings.view = if settings.view == View::Grid { View::List } else { View::Grid },
        2 => settings.theme = chance.pick(&[Theme::Page, Theme::Auto, Theme::Dark]).unwrap_or_default(),
        3 => settings.sortable = !settings.sortable,
        4 => settings.selectable = !settings.selectable,
        5 => settings.disabled = chance.one_in(3),
        6 => settings.multiple = !settings.multiple,
        7 => settings.strings = if chance.one_in(2) { locales::AR } else { locales::DE },
        8 => {
            settings.meta_fields =
                chance.one_in(2).then(|| vec![MetaField { id: "caption".into(), ..MetaField::default() }])
        }
        9 => (settings.show_key, settings.show_link) = (chance.one_in(2), chance.one_in(2)),
        10 => settings.capture = Capture::User,
        11 => (settings.page_title, settings.keep_awake) = (chance.one_in(2), chance.one_in(2)),
        _ => settings.target = ["", "body", "::nonsense("][chance.below(3) as usize].into(),
    }
}

/// Drops files, presses a button or a key, whatever is there.
fn act<M: Mountable>(stage: &Stage<M>, chance: &Chance) {
    if chance.one_in(3) {
        let count = [1, 2, 3, 250][chance.below(if chance.one_in(8) { 4 } else { 3 }) as usize];
        let files: Vec<_> =
            (0..count).map(|n| file(&format!("{}-{n}.png", chance.below(900)), "image/png", "x")).collect();
        if let Some(zone) = stage.seen(".fc-drop") {
            drop_files(&zone, &files);
        }
        return;
    }
    // Not the picker of the browser, which nobody would close.
    let nodes: Vec<HtmlElement> =
        stage.all("button:not([data-do=pick], [data-do=continue]), .fc-view, .fc-row, .fc-check, dialog input");
    let Some(node) = chance.pick(&nodes) else { return };
    let keys = ["Enter", " ", "Escape", "ArrowDown", "ArrowUp", "Home", "End", "a", "Delete", "Tab"];
    match chance.below(3) {
        0 => drop(press(&node, chance.pick(&keys).unwrap_or_default(), chance.one_in(4))),
        1 => {
            node.focus().ok();
            node.click();
        }
        _ => node.click(),
    }
}

const NOTHING: Stats = Stats { jobs: 0, blobs: 0, closures: 0 };

fn options() -> UploaderOptions {
    UploaderOptions {
        engine: Options { limit: 2, retry_delays_ms: vec![5, 20], auto_proceed: true, ..Options::default() },
        ..UploaderOptions::default()
    }
}

/// Meddles once in a while, while it is told something.
fn meddling(uploader: &Uploader, chance: &Chance) -> filechute::Subscription {
    let (weak, chance, depth) = (uploader.downgrade(), chance.clone(), Cell::new(0));
    uploader.observe(move |_| {
        let Some(uploader) = weak.upgrade().filter(|_| depth.get() < 3 && chance.one_in(12)) else { return };
        depth.set(depth.get() + 1);
        meddle(&uploader, &chance);
        depth.set(depth.get() - 1);
    })
}

#[wasm_bindgen_test]
async fn a_panel_and_its_uploader_survive_anything() {
    for seed in 0..SEEDS {
        let chance = Chance::new(seed);
        let uploader = Uploader::new(source(&chance), options());
        let settings = RwSignal::new(UiSettings::default());
        let mut stage = panel_with(&uploader, settings);
        let meddling = meddling(&uploader, &chance);
        for _ in 0..STEPS {
            match chance.below(4) {
                0 => meddle(&uploader, &chance),
                1 => settings.update(|settings| change(settings, &chance)),
                _ => act(&stage, &chance),
            }
            if chance.one_in(2) {
                TimeoutFuture::new(chance.below(25)).await;
            }
        }
        match seed % 3 {
            0 => stage.mounted = None,
            1 => uploader.destroy(),
            _ => {}
        }
        act(&stage, &chance);
        meddle(&uploader, &chance);
        TimeoutFuture::new(50).await;
        drop(meddling);
        stage.mounted = None;
        uploader.cancel_all();
        TimeoutFuture::new(50).await;
        assert_eq!(uploader.stats(), NOTHING, "seed {seed}");
        let weak = uploader.downgrade();
        drop(uploader);
        TimeoutFuture::new(50).await;
        assert!(weak.upgrade().is_none(), "seed {seed}: something holds the uploader");
    }
}

#[wasm_bindgen_test]
async fn a_component_in_a_form_survives_anything() {
    for seed in 100..100 + SEEDS {
        let chance = Chance::new(seed);
        let uploader = Uploader::new(source(&chance), options());
        let (place, inside) = (place(), uploader.clone());
        let (name, required, mode) = (RwSignal::new("a".to_owned()), RwSignal::new(false), RwSignal::new(Mode::Inline));
        let (open, order) = (RwSignal::new(false), RwSignal::new(Vec::new()));
        let told = Rc::new(RefCell::new(0));
        let telling = Rc::clone(&told);
        let mounted = mount_to(place.clone(), move || {
            // In there, since it lives as long as whoever makes it.
            let reference = UploaderRef::from(inside.clone());
            let telling = Rc::clone(&telling);
            let on_event = move |_: filechute::Notice| *telling.borrow_mut() += 1;
            view! { <form><FileChute uploader=reference name required mode open order sortable=true on_event /></form> }
        });
        let stage = Stage { place, mounted: Some(mounted) };
        let meddling = meddling(&uploader, &chance);
        for _ in 0..STEPS {
            match chance.below(9) {
                0 => meddle(&uploader, &chance),
                1 => name.set(if chance.one_in(2) { String::new() } else { "b".into() }),
                2 => required.set(chance.one_in(2)),
                3 => mode.set(chance.pick(&[Mode::Inline, Mode::Modal, Mode::Button]).unwrap_or_default()),
                4 => open.set(chance.one_in(2)),
                5 => order.set(uploader.file_ids().into_iter().rev().collect()),
                6 => stage.all("form")[0]
                    .clone()
                    .dispatch_event(&web_sys::Event::new("reset").unwrap())
                    .map(drop)
                    .unwrap(),
                _ => act(&stage, &chance),
            }
            if chance.one_in(2) {
                TimeoutFuture::new(chance.below(25)).await;
            }
        }
        drop(meddling);
        drop(stage);
        uploader.cancel_all();
        TimeoutFuture::new(50).await;
        assert_eq!(uploader.stats(), NOTHING, "seed {seed}");
        assert!(*told.borrow() > 0);
        let weak = uploader.downgrade();
        drop(uploader);
        TimeoutFuture::new(50).await;
        assert!(weak.upgrade().is_none(), "seed {seed}: something holds the uploader");
    }
}
