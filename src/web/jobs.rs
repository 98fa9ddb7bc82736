//! What is in the air, by job. Dropping an entry stops it.

use std::{future::Future, rc::Rc};

use filechute_engine::{Class, Failure, JobId, Kind, Report};
use futures::future::{AbortHandle, LocalBoxFuture, abortable};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, Blob, DomException};

use super::{driver::Driver, page, page::get, transfer::Transfer};

/// Something in the air.
#[derive(Debug)]
pub(crate) enum Job {
    /// A question to the parameters source, or the look at a file after a broken request.
    Task(Task),
    /// A request to S3.
    Transfer(#[expect(dead_code, reason = "held for its Drop")] Transfer),
}

/// A future that stops when this is dropped, and tells whoever listens to its signal.
#[derive(Debug)]
pub(crate) struct Task {
    handle: AbortHandle,
    controller: Option<AbortController>,
}

impl Task {
    pub(crate) fn spawn(controller: Option<AbortController>, work: impl Future<Output = ()> + 'static) -> Self {
        // Boxed, so that what aborts and polls it is compiled once and not for each kind of work.
        let work: LocalBoxFuture<'static, ()> = Box::pin(work);
        let (work, handle) = abortable(work);
        spawn_local(async move {
            // Aborted is as good an end as any.
            let _ = work.await;
        });
        Self { handle, controller }
    }
}

impl Task {
    /// It came to its end by itself: its signal stays silent.
    pub(crate) fn finish(mut self) {
        self.controller = None;
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.handle.abort();
        if let Some(controller) = &self.controller {
            controller.abort();
        }
    }
}

/// Status 0 says nothing: reads one byte of the file to tell "changed or gone" from "the network", then reports.
pub(crate) fn look_into(driver: &Rc<Driver>, job: JobId, blob: &Blob) -> Task {
    let weak = Rc::downgrade(driver);
    let blob = blob.clone();
    Task::spawn(None, async move {
        let read = probe(&blob, false).await;
        let Some(driver) = weak.upgrade() else { return };
        if !page::is_online() {
            driver.act(|engine, now| engine.on_network(now, false));
        }
        let lost = || {
            let message = "the connection was lost, or the browser blocked the request";
            Failure::new(Kind::Network, "error", Class::Retry, message)
        };
        driver.report(job, Report::Failed(read.err().unwrap_or_else(lost)));
    })
}

/// Whether the file can still be read as it was when it was added, by reading one byte of it. `untouched`: nothing of it
/// was ever read, so it may never have been readable (permissions, a placeholder of a cloud).
///
/// # Errors
/// A final failure `file.unreadable`, `file.changed` or `file.removed`.
pub(crate) async fn probe(blob: &Blob, untouched: bool) -> Result<(), Failure> {
    // An empty file has no first byte; reading all of it asks the disk as well.
    let sample = blob.slice_with_f64_and_f64(0.0, 1.0).unwrap_or_else(|_| blob.clone());
    JsFuture::from(sample.array_buffer()).await.map(drop).map_err(|error| unreadable(&error, untouched))
}

/// Why a file cannot be read.
pub(crate) fn unreadable(error: &JsValue, untouched: bool) -> Failure {
    match get(error, "name").as_string().unwrap_or_default().as_str() {
        // The second is Firefox's name for it.
        "NotFoundError" | "AbortError" => {
            Failure::new(Kind::File, "removed", Class::Final, "the file was removed or moved")
        }
        _ if untouched => Failure::new(Kind::File, "unreadable", Class::Final, "the file cannot be read"),
        _ => Failure::new(Kind::File, "changed", Class::Final, "the file was changed, or can no longer be read"),
    }
}

/// Text of whatever was thrown: never more than a person would read, never an address with its query.
#[must_use]
pub fn thrown(error: &JsValue) -> String {
    let text = error
        .as_string()
        .or_else(|| get(error, "message").as_string())
        .filter(|text| !text.trim().is_empty())
        .or_else(|| error.is_instance_of::<DomException>().then(|| get(error, "name").as_string()).flatten());
    filechute_engine::quote(text.as_deref().unwrap_or("the callback failed"))
}
