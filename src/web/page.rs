//! Facts about the page or worker this runs in. All of them work without a window.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

/// A property of a JS value, or `undefined`.
pub(crate) fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

fn get_string(value: &JsValue, name: &str) -> String {
    get(value, name).as_string().unwrap_or_default()
}

fn global() -> JsValue {
    js_sys::global().into()
}

/// `location.origin`, empty where there is none.
pub(crate) fn origin() -> String {
    get_string(&get(&global(), "location"), "origin")
}

/// Whether the page came over https.
pub(crate) fn is_secure() -> bool {
    get_string(&get(&global(), "location"), "protocol") == "https:"
}

/// The browser's opinion on the network: a hint, often wrong.
pub(crate) fn is_online() -> bool {
    get(&get(&global(), "navigator"), "onLine").as_bool().unwrap_or(true)
}

/// Milliseconds of a monotonic clock.
pub(crate) fn now_ms() -> f64 {
    let performance = get(&global(), "performance");
    let now = get(&performance, "now").dyn_into::<js_sys::Function>();
    now.ok().and_then(|now| now.call0(&performance).ok()).and_then(|ms| ms.as_f64()).unwrap_or_else(js_sys::Date::now)
}

/// Milliseconds since 1970 by the device's clock, which may be wrong.
pub(crate) fn unix_ms() -> u64 {
    super::transfer::to_u64(js_sys::Date::now())
}

/// Window or worker scope, for its events.
pub(crate) fn events() -> Option<EventTarget> {
    global().dyn_into().ok()
}

/// One line on the console for the developer.
pub(crate) fn warn(text: &str) {
    let console = get(&global(), "console");
    // A page may have one of its own, and that may throw: through our frames, which would never be gone on with.
    if let Ok(warn) = get(&console, "warn").dyn_into::<js_sys::Function>() {
        let _ = warn.call1(&console, &JsValue::from_str(text));
    }
}

/// An address that is relative to the page.
pub(crate) fn resolve(address: &str) -> Option<web_sys::Url> {
    let base = get_string(&get(&global(), "document"), "baseURI");
    match base.is_empty() {
        true => web_sys::Url::new(address).ok(),
        false => web_sys::Url::new_with_base(address, &base).ok(),
    }
}
