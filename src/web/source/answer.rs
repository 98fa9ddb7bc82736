//! Reads `{method, url, fields, headers, key?, expires?}` out of a JS value. Only types are checked here; what the values
//! may be is the engine's business.

use filechute_engine::{Class, Failure, Kind, RawParameters};
use js_sys::{Array, Object};
use wasm_bindgen::{JsCast, JsValue};

use crate::web::page::get;

/// Reads upload parameters as a host or a callback of Uppy's `getUploadParameters` answers them.
///
/// # Errors
/// A failure that names the part of the wrong type; values are never quoted, they may be credentials.
pub fn parameters_from_js(answer: &JsValue) -> Result<RawParameters, Failure> {
    if !answer.is_object() || Array::is_array(answer) {
        let message = "upload parameters must be an object {method, url, fields, headers}";
        return Err(Failure::new(Kind::Sign, "invalid_response", Class::Retry, message));
    }
    let Some(url) = get(answer, "url").as_string() else {
        let message = "upload parameters must hold url, a string";
        return Err(Failure::new(Kind::Sign, "invalid_response", Class::Retry, message));
    };
    let fields = get(answer, "fields");
    let fields = if is_absent(&fields) { None } else { Some(strings("field", &fields)?) };
    let headers = get(answer, "headers");
    let headers = if is_absent(&headers) { Vec::new() } else { strings("header", &headers)? };
    let expires = get(answer, "expires");
    let expires = if is_absent(&expires) {
        None
    } else {
        Some(
            expires
                .as_f64()
                .ok_or_else(|| Failure::bad_parameters("expires", "expires must be a number of seconds"))?,
        )
    };
    Ok(RawParameters { method: text(answer, "method")?, url, fields, headers, key: text(answer, "key")?, expires })
}

fn is_absent(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

fn text(answer: &JsValue, name: &str) -> Result<Option<String>, Failure> {
    let value = get(answer, name);
    match value.as_string() {
        Some(text) => Ok(Some(text)),
        None if is_absent(&value) => Ok(None),
        None => Err(Failure::bad_parameters(name, &format!("{name} must be a string"))),
    }
}

fn strings(what: &str, value: &JsValue) -> Result<Vec<(String, String)>, Failure> {
    if !value.is_object() || Array::is_array(value) {
        return Err(Failure::bad_parameters(what, &format!("{what}s must be an object of strings")));
    }
    // Not by `instanceof`: an object of another frame is as good.
    let object: &Object = value.unchecked_ref();
    let mut out = Vec::new();
    // Own properties only, so a polluted prototype adds nothing.
    for entry in Object::entries(object).iter() {
        let pair = Array::from(&entry);
        let name = pair.get(0).as_string().unwrap_or_default();
        match pair.get(1).as_string() {
            Some(value) => out.push((name, value)),
            None => {
                let message = format!("{what} {name} must be a string");
                return Err(Failure::bad_parameters(&format!("{what}.{name}"), &message));
            }
        }
    }
    Ok(out)
}
