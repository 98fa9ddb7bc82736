//! The exported class: verbs in, batches of events out.

use std::{cell::RefCell, rc::Rc};

use filechute::{FileId, IntakeFile, Options, Subscription, Uploader, UploaderOptions};
use js_sys::{Array, Error, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{Blob, DataTransfer, File, FileList};

use crate::{
    events::Teller,
    objects::{self, id_text, object, parse_id},
    options::{self, get, options_error},
};

/// One uploader, as the JavaScript face holds it.
#[wasm_bindgen(skip_typescript)]
#[derive(Debug)]
pub struct Core {
    pub(crate) uploader: Uploader,
    teller: Rc<Teller>,
    /// All options ever given, later ones over earlier ones: `headers` alone does not make a source.
    given: RefCell<Object>,
    _subscription: Subscription,
}

impl std::fmt::Debug for Teller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Teller { … }")
    }
}

#[wasm_bindgen]
impl Core {
    /// An uploader with nothing in it. `notify` gets arrays of `[event name, ...payload]`.
    ///
    /// # Errors
    /// An `OptionsError` that names the option.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, notify: Function) -> Result<Self, JsValue> {
        let read = || {
            let mut raw = options::raw(options)?;
            // Started by the teller, which asks `onBeforeUpload` first.
            let auto_proceed = raw.auto_proceed.take().unwrap_or(false);
            let engine = Options::default().merge(raw)?;
            let surroundings = options::surroundings(options)?;
            let parameters = options::parameters(options)?.ok_or_else(|| filechute::OptionsError {
                option: "host",
                message: "give host or getUploadParameters: where upload parameters come from".into(),
            })?;
            Ok((engine, auto_proceed, surroundings, parameters))
        };
        let (engine, auto_proceed, around, parameters) = read().map_err(|error| options_error(&error))?;
        let defaults = UploaderOptions::default();
        let uploader = Uploader::new(
            parameters,
            UploaderOptions {
                engine,
                meta: around.meta,
                allowed_meta_fields: around.allowed_meta_fields.flatten(),
                directories: around.directories.unwrap_or(defaults.directories),
                allowed_origins: around.allowed_origins.unwrap_or_default(),
                allow_insecure: around.allow_insecure.unwrap_or(false),
                allow_authorization: around.allow_authorization.unwrap_or(false),
                resume: around.resume,
            },
        );
        install_hooks(&uploader, options);
        let teller = Teller::new(notify, auto_proceed);
        teller.set_uploader(Some(uploader.clone()));
        let hearing = Rc::clone(&teller);
        let subscription = uploader.observe(move |notice| hearing.hear(notice));
        let given = RefCell::new(merged(&Object::new(), options));
        Ok(Self { uploader, teller, given, _subscription: subscription })
    }

    /// Adds a file and returns its id.
    ///
    /// # Errors
    /// A `RestrictionError`.
    #[allow(clippy::too_many_arguments, reason = "plain values are cheaper to pass from JavaScript than an object")]
    pub fn add(
        &self,
        blob: Blob,
        name: &str,
        mime: &str,
        last_modified: f64,
        relative_path: Option<String>,
        meta: &JsValue,
        source: Option<String>,
    ) -> Result<String, JsValue> {
        let mut file = IntakeFile::from_blob(blob, name);
        if !mime.is_empty() {
            file.mime = mime.to_owned();
        }
        #[allow(clippy::cast_possible_truncation)]
        {
            file.last_modified = last_modified as i64;
        }
        file.relative_path = relative_path.filter(|path| !path.is_empty());
        file.meta = options::meta(meta);
        self.teller.come_from(source);
        let added = self.uploader.add(file);
        self.teller.come_from(None);
        added.map(id_text).map_err(|rejection| objects::rejection(&rejection))
    }

    /// Adds a `FileList` or an array of files; rejected ones are told as `restriction-failed`.
    #[wasm_bindgen(js_name = addFileList)]
    pub fn add_file_list(&self, list: &JsValue) {
        if let Some(list) = list.dyn_ref::<FileList>() {
            return self.uploader.add_file_list(list);
        }
        for item in Array::from(list).iter() {
            if let Ok(file) = item.dyn_into::<File>() {
                let file = IntakeFile::from_file(&file);
                if let Err(rejection) = self.uploader.add(file.clone()) {
                    self.teller.rejected(&rejection, Some(&file));
                }
            }
        }
    }

    /// Adds what was dropped or pasted.
    #[wasm_bindgen(js_name = addDataTransfer)]
    pub fn add_data_transfer(&self, transfer: &DataTransfer) {
        self.uploader.add_data_transfer(transfer);
    }

    /// Adds all files of dropped folders.
    #[wasm_bindgen(js_name = addFolders)]
    pub fn add_folders(&self, folders: &Array) {
        self.uploader.add_folders(folders.iter().map(JsCast::unchecked_into).collect());
    }

    /// Gives up reading folders.
    #[wasm_bindgen(js_name = stopIntakes)]
    pub fn stop_intakes(&self) {
        self.uploader.stop_intakes();
    }

    /// Starts an upload and returns its id, the `uploadID` of the `complete` event that ends it.
    ///
    /// # Errors
    /// A `RestrictionError` when it may not start.
    pub fn upload(&self) -> Result<u32, JsValue> {
        self.uploader.upload().map(|upload| upload.0).map_err(|rejection| objects::rejection(&rejection))
    }

    /// Holds a file; false when there is nothing to hold.
    ///
    /// # Errors
    /// An `Error` for an unknown id; so do all verbs that take one.
    pub fn pause(&self, id: &str) -> Result<bool, JsValue> {
        Ok(self.uploader.pause(self.known(id)?))
    }

    /// Lets a held file go on; false when it is not held.
    pub fn resume(&self, id: &str) -> Result<bool, JsValue> {
        Ok(self.uploader.resume(self.known(id)?))
    }

    /// Holds all files.
    #[wasm_bindgen(js_name = pauseAll)]
    pub fn pause_all(&self) {
        self.uploader.pause_all();
    }

    /// Lets all files go on.
    #[wasm_bindgen(js_name = resumeAll)]
    pub fn resume_all(&self) {
        self.uploader.resume_all();
    }

    /// Tries a failed file again; undefined when it has not failed.
    pub fn retry(&self, id: &str) -> Result<Option<u32>, JsValue> {
        Ok(self.uploader.retry(self.known(id)?).map(|upload| upload.0))
    }

    /// Tries all failed files again.
    #[wasm_bindgen(js_name = retryAll)]
    pub fn retry_all(&self) -> u32 {
        self.uploader.retry_all().0
    }

    /// Takes a file out.
    pub fn remove(&self, id: &str) -> Result<bool, JsValue> {
        Ok(self.uploader.remove(self.known(id)?))
    }

    /// Aborts and takes out everything.
    #[wasm_bindgen(js_name = cancelAll)]
    pub fn cancel_all(&self) {
        self.uploader.cancel_all();
    }

    /// Merges meta into all files, present and to come.
    #[wasm_bindgen(js_name = setMeta)]
    pub fn set_meta(&self, meta: &JsValue) {
        self.uploader.set_meta(&options::meta(meta));
    }

    /// Merges meta into one file.
    #[wasm_bindgen(js_name = setFileMeta)]
    pub fn set_file_meta(&self, id: &str, meta: &JsValue) -> Result<bool, JsValue> {
        Ok(self.uploader.set_file_meta(self.known(id)?, options::meta(meta)))
    }

    /// Changes options: those of the engine that are present, and the source when one is named.
    ///
    /// # Errors
    /// An `OptionsError` that names the option; nothing is changed then.
    #[wasm_bindgen(js_name = setOptions)]
    pub fn set_options(&self, options: &JsValue) -> Result<(), JsValue> {
        let all = merged(&self.given.borrow(), options);
        // A new source takes the old one's place, whichever kind it was.
        for new in SOURCES {
            if get(options, new).is_some() {
                for old in SOURCES.iter().filter(|old| **old != new) {
                    let _ = Reflect::delete_property(&all, &(*old).into());
                }
            }
        }
        let read = || Ok((options::raw(options)?, options::surroundings(options)?, options::parameters(&all)?));
        let (mut raw, around, parameters) = read().map_err(|error| options_error(&error))?;
        let auto_proceed = raw.auto_proceed.take();
        self.uploader.set_options(raw).map_err(|error| options_error(&error))?;
        self.given.replace(all);
        if let Some(auto_proceed) = auto_proceed {
            self.teller.set_auto_proceed(auto_proceed);
        }
        if !around.meta.is_empty() {
            self.uploader.set_meta(&around.meta);
        }
        self.uploader.set_policy(around.allowed_origins, around.allow_insecure, around.allow_authorization);
        install_hooks(&self.uploader, options);
        if let Some(names) = around.allowed_meta_fields {
            self.uploader.set_allowed_meta_fields(names);
        }
        if let Some(directories) = around.directories {
            self.uploader.set_directories(directories);
        }
        if let Some(parameters) = parameters {
            self.uploader.set_parameters(parameters);
        }
        Ok(())
    }

    /// Uploads that an earlier page left unfinished: a promise.
    pub fn unfinished(&self) -> Promise {
        let uploader = self.uploader.clone();
        future_to_promise(async move { Ok(objects::unfinished(&uploader.unfinished().await)) })
    }

    /// Goes on with one of them, with the file that the person chose, and returns the file's id.
    ///
    /// # Errors
    /// A `RestrictionError`.
    #[wasm_bindgen(js_name = goOnWith)]
    pub fn go_on_with(&self, record: &str, blob: Blob, name: &str, last_modified: f64) -> Result<String, JsValue> {
        let mut file = IntakeFile::from_blob(blob, name);
        #[allow(clippy::cast_possible_truncation)]
        {
            file.last_modified = last_modified as i64;
        }
        let added = self.uploader.go_on_with(record, file);
        added.map(id_text).map_err(|rejection| objects::rejection(&rejection))
    }

    /// The same where the browser can find the file by itself: a promise of the id, or of undefined where it cannot.
    pub fn reopen(&self, record: String) -> Promise {
        let uploader = self.uploader.clone();
        future_to_promise(async move {
            match uploader.reopen(&record).await {
                None => Ok(JsValue::UNDEFINED),
                Some(Ok(id)) => Ok(id_text(id).into()),
                Some(Err(rejection)) => Err(objects::rejection(&rejection)),
            }
        })
    }

    /// Forgets an unfinished upload.
    pub fn discard(&self, record: &str) {
        self.uploader.discard(record);
    }

    /// One file, or undefined.
    pub fn file(&self, id: &str) -> JsValue {
        let id = parse_id(id);
        id.and_then(|id| self.uploader.file(id))
            .map_or(JsValue::UNDEFINED, |file| self.teller.render(&self.uploader, &file))
    }

    /// All files.
    pub fn files(&self) -> Array {
        self.uploader.files().iter().map(|file| self.teller.render(&self.uploader, file)).collect()
    }

    /// Sums over all files.
    pub fn totals(&self) -> JsValue {
        objects::totals(&self.uploader.totals())
    }

    /// What is held at this moment: for tests of leaks.
    pub fn stats(&self) -> JsValue {
        let stats = self.uploader.stats();
        let count = |n: usize| JsValue::from(u32::try_from(n).unwrap_or(u32::MAX));
        object(&[("jobs", count(stats.jobs)), ("blobs", count(stats.blobs)), ("closures", count(stats.closures))])
    }

    /// Aborts everything and lets go of everything.
    pub fn destroy(&self) {
        self.uploader.destroy();
        self.teller.set_uploader(None);
    }

    fn known(&self, id: &str) -> Result<FileId, JsValue> {
        let known = parse_id(id).filter(|id| self.uploader.phase(*id).is_some());
        known.ok_or_else(|| Error::new(&format!("no file with the id \"{}\"", filechute::display_name(id))).into())
    }
}

/// Of these there is one.
const SOURCES: [&str; 3] = ["host", "getUploadParameters", "signRequest"];

/// Puts the hooks that the options name in force.
fn install_hooks(uploader: &Uploader, options: &JsValue) {
    let hook = |name| get(options, name).and_then(|hook| hook.dyn_into::<Function>().ok());
    if let Some(hook) = hook("onBeforeFileAdded") {
        let weak = uploader.downgrade();
        uploader.set_before_add(move |file| {
            let files = weak.upgrade().filter(|_| hook.length() > 1).map_or(JsValue::UNDEFINED, |u| files_by_id(&u));
            before_add(&hook, file, &files)
        });
    }
    if let Some(hook) = hook("planParts") {
        uploader.set_plan(move |file| {
            let subject = objects::candidate(file);
            let Ok(plan) = hook.call1(&JsValue::UNDEFINED, &subject) else { return };
            file.multipart = get(&plan, "multipart").and_then(|value| value.as_bool()).or(file.multipart);
            let size = get(&plan, "partSize").and_then(|value| value.as_f64()).filter(|size| *size >= 1.0);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            {
                // `as` saturates; the plan holds it to S3's limits.
                file.part_size = size.map(|size| size as u64).or(file.part_size);
            }
        });
    }
    if let Some(digest) = hook("digest") {
        uploader.set_digest(Rc::new(move |blob, start, end, algorithm, signal| {
            let arguments = Array::of5(
                &blob,
                &start.into(),
                &end.into(),
                &algorithm.name().into(),
                &object(&[("signal", signal.into())]),
            );
            let promise = digest.apply(&JsValue::UNDEFINED, &arguments);
            Box::pin(async move {
                let value = JsFuture::from(Promise::resolve(&promise?)).await?;
                value.as_string().ok_or(JsValue::UNDEFINED)
            })
        }));
    }
    if let Some(hook) = hook("onBeforeUpload") {
        // A hook that throws has not agreed.
        uploader.set_before_upload(move || {
            hook.call0(&JsValue::UNDEFINED).is_ok_and(|verdict| verdict.as_bool() != Some(false))
        });
    }
}

fn merged(old: &Object, new: &JsValue) -> Object {
    let all = Object::assign(&Object::new(), old);
    options::plain(new).map_or(all.clone(), |new| Object::assign(&all, new))
}

fn files_by_id(uploader: &Uploader) -> JsValue {
    let entries: Array = uploader
        .files()
        .iter()
        .map(|file| Array::of2(&id_text(file.id).into(), &objects::file(file, uploader.blob(file.id), None)))
        .collect();
    Object::from_entries(&entries).map_or(JsValue::UNDEFINED, Into::into)
}

/// Uppy's `onBeforeFileAdded`: `false` refuses, an object replaces name, type, meta or data, anything else accepts. A hook
/// that throws refuses its file and nothing else.
fn before_add(hook: &Function, mut file: IntakeFile, files: &JsValue) -> Option<IntakeFile> {
    let subject = objects::candidate(&file);
    let verdict = hook.call2(&JsValue::UNDEFINED, &subject, files).ok()?;
    if verdict.as_bool() == Some(false) {
        return None;
    }
    if verdict.is_object() {
        let text = |name| get(&verdict, name).and_then(|value| value.as_string());
        file.name = text("name").unwrap_or(file.name);
        file.mime = text("type").unwrap_or(file.mime);
        if let Some(meta) = get(&verdict, "meta") {
            file.meta = options::meta(&meta);
        }
        if let Some(data) = get(&verdict, "data").and_then(|data| data.dyn_into().ok()) {
            file.blob = data;
        }
    }
    Some(file)
}
