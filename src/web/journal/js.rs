//! Calls on JS values by name. IndexedDB, locks and file handles are reached this way and not by typed bindings: each of
//! those costs its own glue, some are unstable, and where a browser or a page has put something else in an object's
//! place, a call by name is an error to be handled and never a panic. The crates `idb` and `rexie` weigh 4 and 20 kB more
//! (brotli, the same three operations), without the deadlines and the late answers that matter here.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::web::page::get;

/// `target[name](...arguments)`.
pub(super) fn call(target: &JsValue, name: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(target, &name.into())?.dyn_into()?;
    Reflect::apply(&function, target, &arguments.iter().copied().collect::<Array>())
}

pub(super) fn set(target: &JsValue, name: &str, value: &JsValue) {
    // What cannot be set is as good as an event that never comes.
    let _ = Reflect::set(target, &name.into(), value);
}

/// A property of the page or worker. What may not even be looked at is not there.
pub(super) fn global(name: &str) -> JsValue {
    get(&js_sys::global(), name)
}

/// A plain object in the making. Own properties whatever their names, so `__proto__` is a name as any other.
#[derive(Default)]
pub(super) struct Fields(Array);

impl Fields {
    pub(super) fn add(&mut self, name: &str, value: impl Into<JsValue>) {
        self.0.push(&Array::of2(&name.into(), &value.into()));
    }

    pub(super) fn object(&self) -> JsValue {
        Object::from_entries(&self.0).map_or(JsValue::UNDEFINED, Into::into)
    }
}

/// A plain object of one property.
pub(super) fn option(name: &str, value: impl Into<JsValue>) -> JsValue {
    let mut fields = Fields::default();
    fields.add(name, value);
    fields.object()
}

/// A promise of the first of two events, rejected when neither came within `patience_ms`; 0 waits for ever. Call it in
/// the turn that made `target`, before anything can have happened.
pub(super) fn settled(target: &JsValue, good: &str, bad: &str, patience_ms: u32) -> Promise {
    Promise::new(&mut |resolve, reject| {
        set(target, good, &resolve);
        set(target, bad, &reject);
        if patience_ms > 0 {
            let _ = call(&js_sys::global(), "setTimeout", &[&reject, &patience_ms.into()]);
        }
    })
}

/// Name of whatever was thrown or came as an event of failure: never a text that could quote what was stored.
pub(super) fn reason(error: &JsValue) -> String {
    let name = |value: &JsValue| get(value, "name").as_string();
    name(error).or_else(|| name(&get(&get(error, "target"), "error"))).unwrap_or_else(|| "no answer".into())
}
