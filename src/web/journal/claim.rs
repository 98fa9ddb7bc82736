//! A claim on a record, so that two tabs do not go on with the same upload: a Web Lock.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use super::js::{call, global, option};
use crate::web::page::get;

/// Before the id of a record in the name of its lock.
const PREFIX: &str = "filechute:";

/// Keeps other tabs away from a record until it is dropped, or the page is gone.
#[derive(Debug)]
#[must_use = "dropping a claim gives the record up"]
pub struct Claim {
    release: Function,
}

impl Drop for Claim {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::UNDEFINED);
    }
}

/// `None` when another tab has it. Where there are no locks (an old browser, a page without https) nobody has.
pub(super) async fn claim(id: &str) -> Option<Claim> {
    let mut release = None;
    let held = Promise::new(&mut |resolve, _| release = Some(resolve));
    // Made before anything is awaited: if nobody waits for the answer any more, the lock is released all the same.
    let claim = Claim { release: release? };
    let mut tell = None;
    let told = Promise::new(&mut |resolve, _| tell = Some(resolve));
    let tell = tell?;
    let granted = Closure::once(move |lock: JsValue| {
        let _ = tell.call1(&JsValue::UNDEFINED, &lock.is_truthy().into());
        if lock.is_truthy() { JsValue::from(held) } else { JsValue::NULL }
    });
    let options = option("ifAvailable", true);
    let name = [PREFIX, id].concat().into();
    let Ok(request) = call(&locks(), "request", &[&name, &options, granted.as_ref()]) else { return Some(claim) };
    // The request itself ends when the lock is given back, or at once with an error.
    match JsFuture::from(Promise::race(&Array::of2(&told, &request))).await {
        Ok(granted) => granted.is_truthy().then_some(claim),
        Err(_) => Some(claim),
    }
}

/// Ids of the records that are claimed in some tab, this one too.
pub(super) async fn claimed() -> Vec<String> {
    let Some(query) = call(&locks(), "query", &[]).ok().and_then(|query| query.dyn_into::<Promise>().ok()) else {
        return Vec::new();
    };
    let Ok(found) = JsFuture::from(query).await else { return Vec::new() };
    let held = get(&found, "held").dyn_into::<Array>().unwrap_or_default();
    let id = |lock: JsValue| Some(get(&lock, "name").as_string()?.strip_prefix(PREFIX)?.to_owned());
    held.iter().filter_map(id).collect()
}

fn locks() -> JsValue {
    get(&global("navigator"), "locks")
}
