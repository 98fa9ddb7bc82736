//! What the page does while bytes are on their way: the browser asks before it is left, the screen stays on, the title says
//! how far it is, and the icon of an installed page how many files are left. All of it ends with the last upload, whichever panel it was of.

use std::cell::RefCell;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, EventTarget};

use super::dom::{Listeners, call};

/// What a panel wants meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wants {
    /// Whether the browser asks the person before the page is left.
    pub(crate) asks: bool,
    /// Whether the screen is kept on, where the browser can.
    pub(crate) awake: bool,
    /// What stands before the page's title, such as `42%`.
    pub(crate) title: Option<String>,
    /// What the icon of an installed page says, where the browser can.
    pub(crate) badge: u32,
}

#[derive(Debug, Default)]
struct Page {
    /// Who is under way.
    busy: Vec<(usize, Wants)>,
    /// None while nobody wants to ask, since a listener keeps pages out of the back/forward cache.
    asking: Option<Listeners>,
    awake: Option<Awake>,
    /// What we put before the title.
    prefix: String,
    /// What the icon says.
    badge: u32,
}

thread_local! {
    static PAGE: RefCell<Page> = RefCell::default();
}

/// Says that somebody is under way and wants that, or is not any more.
pub(crate) fn present(who: usize, wants: Option<Wants>) {
    // Not after the page's own end, when what is kept by it is let go of.
    let _ = PAGE.try_with(|page| {
        if let Ok(mut page) = page.try_borrow_mut() {
            page.present(who, wants);
        }
    });
}

impl Page {
    fn present(&mut self, who: usize, wants: Option<Wants>) {
        let known = self.busy.iter().position(|(known, _)| *known == who);
        match (known, wants) {
            (Some(at), Some(wants)) => self.busy[at].1 = wants,
            (Some(at), None) => drop(self.busy.remove(at)),
            (None, Some(wants)) => self.busy.push((who, wants)),
            (None, None) => return,
        }
        let any = |wants: fn(&Wants) -> bool| self.busy.iter().any(|(_, one)| wants(one));
        let (asks, awake) = (any(|wants| wants.asks), any(|wants| wants.awake));
        if asks != self.asking.is_some() {
            let window: EventTarget = js_sys::global().unchecked_into();
            self.asking = asks.then(|| Listeners::new(&window, &["beforeunload"], ask));
        }
        if awake != self.awake.is_some() {
            self.awake = if awake { Awake::new() } else { None };
        }
        let title = self.busy.iter().find_map(|(_, wants)| wants.title.clone());
        self.show(title.as_deref());
        let badge = self.busy.iter().fold(0_u32, |sum, (_, wants)| sum.saturating_add(wants.badge));
        if std::mem::replace(&mut self.badge, badge) != badge {
            // 0 takes it away.
            let navigator = get(&js_sys::global(), "navigator");
            let set = get(&navigator, "setAppBadge").dyn_into::<Function>();
            let asked = set.and_then(|set| set.call1(&navigator, &badge.into()));
            // It may be refused; nobody has to hear of that.
            if let Ok(asked) = asked.and_then(JsCast::dyn_into::<Promise>) {
                wasm_bindgen_futures::spawn_local(async move { drop(JsFuture::from(asked).await) });
            }
        }
    }

    fn show(&mut self, text: Option<&str>) {
        let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
        if text.is_none() && self.prefix.is_empty() {
            return;
        }
        // The page may have set another title meanwhile.
        let title = document.title();
        // Where there is no other, the browser has cut the blank at the end of ours.
        let known = title.strip_prefix(&*self.prefix).or_else(|| title.strip_prefix(self.prefix.trim_end()));
        let own = known.unwrap_or(&title);
        self.prefix = text.map(|text| [text, " · "].concat()).unwrap_or_default();
        document.set_title(&[&*self.prefix, own].concat());
    }
}

#[allow(clippy::needless_pass_by_value, reason = "as a listener has it")]
fn ask(event: Event) {
    event.prevent_default();
    // Older browsers ask only then.
    Reflect::set(&event, &"returnValue".into(), &JsValue::TRUE).ok();
}

/// The screen is on while this lives.
#[derive(Debug)]
struct Awake {
    _seen: Listeners,
}

thread_local! {
    /// The screen's lock, or that it was asked for.
    static LOCK: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

impl Awake {
    fn new() -> Option<Self> {
        let document = web_sys::window()?.document()?;
        keep_on();
        // The browser takes the lock away when the page is hidden.
        let seen = Listeners::new(&document, &["visibilitychange"], |_| {
            let state = Reflect::get(&js_sys::global(), &"document".into())
                .and_then(|document| Reflect::get(&document, &"visibilityState".into()));
            if state.ok().and_then(|state| state.as_string()).as_deref() == Some("visible") {
                keep_on();
            }
        });
        Some(Self { _seen: seen })
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        let Some(lock) = LOCK.try_with(|lock| lock.borrow_mut().take()).ok().flatten() else { return };
        wasm_bindgen_futures::spawn_local(async move {
            if let Ok(held) = JsFuture::from(lock).await {
                call(&held, "release");
            }
        });
    }
}

fn get(target: &JsValue, name: &str) -> JsValue {
    Reflect::get(target, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn keep_on() {
    let keeper = get(&get(&js_sys::global(), "navigator"), "wakeLock");
    let Ok(request) = Reflect::get(&keeper, &"request".into()).and_then(JsCast::dyn_into::<Function>) else { return };
    let Ok(Ok(lock)) = request.call1(&keeper, &"screen".into()).map(JsCast::dyn_into::<Promise>) else { return };
    // It may be refused, for instance on low battery; nobody has to hear of that.
    let asked = lock.clone();
    wasm_bindgen_futures::spawn_local(async move { drop(JsFuture::from(asked).await) });
    LOCK.with(|kept| kept.replace(Some(lock)));
}
