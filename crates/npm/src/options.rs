//! Reads the options object. A wrong type is a programmer's mistake, told by an exception that names the option.

use filechute::{
    Accept, AskRequest, Class, Credentials, Failure, Host, Kind, Meta, OptionsError, Parameters, RawOptions,
    RawParameters, Restrictions, parameters_from_js, thrown,
};
use js_sys::{Array, Error, Function, Object, Promise, Reflect};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::{
    multipart,
    objects::{file, object},
};

type Read<T> = Result<T, OptionsError>;

/// A property, `None` when it is absent or null.
pub(crate) fn get(value: &JsValue, name: &str) -> Option<JsValue> {
    let found = Reflect::get(value, &JsValue::from_str(name)).ok()?;
    (!found.is_undefined() && !found.is_null()).then_some(found)
}

fn wrong(option: &'static str, wanted: &str) -> OptionsError {
    OptionsError { option, message: format!("{option} must be {wanted}") }
}

fn flag(options: &JsValue, name: &'static str) -> Read<Option<bool>> {
    get(options, name).map(|value| value.as_bool().ok_or_else(|| wrong(name, "true or false"))).transpose()
}

fn float(options: &JsValue, name: &'static str) -> Read<Option<f64>> {
    get(options, name).map(|value| value.as_f64().ok_or_else(|| wrong(name, "a number"))).transpose()
}

fn strings(options: &JsValue, name: &'static str) -> Read<Option<Vec<String>>> {
    let Some(value) = get(options, name) else { return Ok(None) };
    let texts: Option<Vec<String>> =
        value.dyn_ref::<Array>().and_then(|list| list.iter().map(|item| item.as_string()).collect());
    texts.map(Some).ok_or_else(|| wrong(name, "an array of strings"))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(options: &JsValue, name: &'static str) -> Read<Option<u64>> {
    match float(options, name)? {
        None => Ok(None),
        Some(value) if value.is_finite() && value >= 0.0 => Ok(Some(value as u64)),
        Some(_) => Err(wrong(name, "a number that is not negative")),
    }
}

fn small(options: &JsValue, name: &'static str) -> Read<Option<u32>> {
    Ok(whole(options, name)?.map(|value| u32::try_from(value).unwrap_or(u32::MAX)))
}

fn restrictions(options: &JsValue) -> Read<Option<Restrictions>> {
    let Some(value) = get(options, "restrictions") else { return Ok(None) };
    if !value.is_object() {
        return Err(wrong("restrictions", "an object"));
    }
    let types = strings(&value, "allowedFileTypes")?.unwrap_or_default();
    Ok(Some(Restrictions {
        max_file_size: whole(&value, "maxFileSize")?,
        min_file_size: whole(&value, "minFileSize")?,
        max_total_file_size: whole(&value, "maxTotalFileSize")?,
        max_number_of_files: small(&value, "maxNumberOfFiles")?,
        min_number_of_files: small(&value, "minNumberOfFiles")?,
        // An entry that is neither a type nor an extension matches nothing; if that is all, nothing may be added.
        allowed_file_types: types
            .iter()
            .map(|entry| Accept::parse(entry).unwrap_or(Accept::Mime(entry.clone())))
            .collect(),
        required_meta_fields: strings(&value, "requiredMetaFields")?.unwrap_or_default(),
    }))
}

/// The options that the engine checks.
pub(crate) fn raw(options: &JsValue) -> Read<RawOptions> {
    let delays = match get(options, "retryDelays") {
        None => None,
        Some(list) => {
            let list: Option<Vec<f64>> =
                list.dyn_ref::<Array>().and_then(|list| list.iter().map(|ms| ms.as_f64()).collect());
            Some(list.ok_or_else(|| wrong("retryDelays", "an array of milliseconds"))?)
        }
    };
    Ok(RawOptions {
        timeout: float(options, "timeout")?,
        limit: float(options, "limit")?,
        retry_delays: delays,
        auto_proceed: flag(options, "autoProceed")?,
        allow_multiple_upload_batches: flag(options, "allowMultipleUploadBatches")?,
        restrictions: restrictions(options)?,
        should_use_multipart: flag(options, "shouldUseMultipart")?,
        checksum: get(options, "checksum")
            .map(|name| name.as_string().ok_or_else(|| wrong("checksum", "the name of an algorithm, or none")))
            .transpose()?,
    })
}

/// What only the browser driver knows.
pub(crate) struct Surroundings {
    pub(crate) meta: Meta,
    /// `Some(None)` means all.
    pub(crate) allowed_meta_fields: Option<Option<Vec<String>>>,
    pub(crate) directories: Option<bool>,
    pub(crate) allowed_origins: Option<Vec<String>>,
    pub(crate) allow_insecure: Option<bool>,
    pub(crate) allow_authorization: Option<bool>,
    pub(crate) resume: bool,
}

pub(crate) fn surroundings(options: &JsValue) -> Read<Surroundings> {
    let allowed_meta_fields = match get(options, "allowedMetaFields") {
        None => None,
        Some(value) => Some(match value.as_bool() {
            Some(true) => None,
            Some(false) => Some(Vec::new()),
            None => strings(options, "allowedMetaFields")?,
        }),
    };
    Ok(Surroundings {
        meta: get(options, "meta").map(|value| meta(&value)).unwrap_or_default(),
        allowed_meta_fields,
        directories: flag(options, "directories")?,
        allowed_origins: strings(options, "allowedOrigins")?,
        allow_insecure: flag(options, "allowInsecure")?,
        allow_authorization: flag(options, "allowAuthorization")?,
        resume: get(options, "resume").and_then(|value| value.as_bool()) != Some(false),
    })
}

/// Meta out of a plain object: own properties as text, null and undefined skipped (as Uppy 5 does).
pub(crate) fn meta(value: &JsValue) -> Meta {
    let mut out = Meta::new();
    // Not by `instanceof`, here and below: an object of another frame is as good.
    let Some(object) = plain(value) else { return out };
    for entry in Object::entries(object).iter() {
        let pair = Array::from(&entry);
        let (name, value) = (pair.get(0), pair.get(1));
        if value.is_undefined() || value.is_null() {
            continue;
        }
        let text = value.as_string().or_else(|| js_text(&value));
        if let (Some(name), Some(text)) = (name.as_string(), text) {
            out.insert(name, text);
        }
    }
    out
}

/// `String(value)`, for numbers and booleans; other things say nothing useful as text.
fn js_text(value: &JsValue) -> Option<String> {
    if let Some(flag) = value.as_bool() {
        return Some(if flag { "true" } else { "false" }.to_owned());
    }
    value.as_f64().and_then(|_| js_sys::Number::from(value.clone()).to_string_with_radix(10).ok()).map(String::from)
}

/// The source of parameters that the options name, `None` when they name none.
pub(crate) fn parameters(options: &JsValue) -> Read<Option<Parameters>> {
    let named = get(options, "resume").and_then(|scope| scope.as_string());
    Ok(source(options)?.map(|source| match named {
        Some(scope) => source.scope(&scope),
        None => source,
    }))
}

fn source(options: &JsValue) -> Read<Option<Parameters>> {
    let function = |name: &'static str| {
        get(options, name).map(|value| value.dyn_into::<Function>().map_err(|_| wrong(name, "a function"))).transpose()
    };
    if let Some(sign) = function("signRequest")? {
        return Ok(Some(multipart::signer(sign)));
    }
    let Some(base) = single(options)? else { return Ok(None) };
    Ok(Some(match function("multipart")? {
        Some(hook) => multipart::with_hooks(base, hook),
        None => base,
    }))
}

fn single(options: &JsValue) -> Read<Option<Parameters>> {
    let host = get(options, "host");
    let callback = get(options, "getUploadParameters");
    match (host, callback) {
        (Some(_), Some(_)) => {
            Err(wrong("host", "left out when getUploadParameters is given: exactly one source is needed"))
        }
        (None, None) => Ok(None),
        (Some(root), None) => {
            let root = root.as_string().ok_or_else(|| wrong("host", "a string, the root URL of the server"))?;
            let mut host = Host::new(&root).credentials(credentials(options)?);
            if let Some(headers) = get(options, "headers") {
                if !headers.is_object() && !headers.is_function() {
                    return Err(wrong("headers", "an object or a function that returns one"));
                }
                let headers = SendWrapper::new(headers);
                host = host.headers(move || read_headers(JsValue::clone(&headers)));
            }
            Ok(Some(host.into()))
        }
        (None, Some(callback)) => {
            let callback: Function = callback.dyn_into().map_err(|_| wrong("getUploadParameters", "a function"))?;
            let callback = SendWrapper::new(callback);
            Ok(Some(Parameters::callback(move |request| ask(Function::clone(&callback), request))))
        }
    }
}

fn credentials(options: &JsValue) -> Read<Credentials> {
    match get(options, "credentials").map(|value| value.as_string().unwrap_or_default()).as_deref() {
        None | Some("same-origin") => Ok(Credentials::SameOrigin),
        Some("omit") => Ok(Credentials::Omit),
        Some("include") => Ok(Credentials::Include),
        Some(_) => Err(wrong("credentials", "omit, same-origin or include")),
    }
}

/// Waits for whatever a user's function returned; a promise of a foreign library is as good as a real one.
pub(crate) async fn settle(result: Result<JsValue, JsValue>) -> Result<JsValue, Failure> {
    let value = result.map_err(|error| failure_of(&error))?;
    JsFuture::from(Promise::resolve(&value)).await.map_err(|error| failure_of(&error))
}

/// Whatever a user's function threw. `retryable: false` on it ends the file at once.
fn failure_of(error: &JsValue) -> Failure {
    let mut failure = Failure::from(thrown(error));
    if error.is_object() && get(error, "retryable").and_then(|flag| flag.as_bool()) == Some(false) {
        failure.class = Class::Final;
        if get(error, "kind").and_then(|kind| kind.as_string()).as_deref() == Some("config") {
            failure.kind = Kind::Config;
            failure.code = get(error, "code").and_then(|code| code.as_string()).unwrap_or_default();
        }
    }
    failure
}

async fn ask(callback: Function, request: AskRequest) -> Result<RawParameters, Failure> {
    let subject = file(&request.file, Some(request.blob.clone()), None);
    let checksum = multipart::checksum(request.checksum(None).await?.as_ref());
    let options = object(&[("signal", request.signal.into()), ("checksum", checksum)]);
    let answer = settle(callback.call2(&JsValue::UNDEFINED, &subject, &options)).await?;
    // A callback that passes on a host's `{error: text}` with status 200 has failed all the same.
    if let Some(text) =
        get(&answer, "error").and_then(|error| error.as_string()).filter(|_| get(&answer, "url").is_none())
    {
        return Err(Failure::from(thrown(&JsValue::from_str(&text))));
    }
    parameters_from_js(&answer)
}

async fn read_headers(source: JsValue) -> Result<Vec<(String, String)>, Failure> {
    let value = match source.dyn_ref::<Function>() {
        Some(function) => settle(function.call0(&JsValue::UNDEFINED)).await?,
        None => source,
    };
    let Some(bag) = plain(&value) else { return Ok(Vec::new()) };
    // A Headers object iterates over pairs; a plain object has entries.
    let pairs = if Reflect::has(bag, &js_sys::Symbol::iterator().into()).unwrap_or(false) {
        Array::from(bag)
    } else {
        Object::entries(bag)
    };
    let pair = |entry: JsValue| {
        let pair = Array::from(&entry);
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    };
    Ok(pairs.iter().filter_map(pair).collect())
}

/// Any object that is no function.
pub(crate) fn plain(value: &JsValue) -> Option<&Object> {
    value.is_object().then(|| value.unchecked_ref())
}

/// What an exception for a bad option looks like.
pub(crate) fn options_error(error: &OptionsError) -> JsValue {
    let out = Error::new(&error.message);
    out.set_name("OptionsError");
    let _ = Reflect::set(&out, &"option".into(), &error.option.into());
    out.into()
}
