//! `/dev/objects`: what landed, for the demo's gallery and for tests. Served by the host, not by the store.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use serde::Serialize;

use super::store::DevStore;
use crate::ApiError;
use crate::config::{essence, is_type};
use crate::routes::method_not_allowed;

/// Most objects listed; a demo that needs more wants a bucket.
const MAX_LISTED: usize = 10_000;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    key: String,
    size: u64,
    last_modified: String,
    #[serde(skip)]
    modified: Option<SystemTime>,
}

#[derive(Debug, Serialize)]
struct Listing {
    objects: Vec<Listed>,
}

/// The three routes.
pub(super) fn routes(store: Arc<DevStore>) -> Router {
    Router::new()
        .route("/dev/objects", get(list).delete(empty))
        .route("/dev/objects/{*key}", get(object))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(store)
}

/// `{"objects": [{"key", "size", "lastModified"}]}`, newest first.
async fn list(State(store): State<Arc<DevStore>>) -> Result<impl axum::response::IntoResponse, ApiError> {
    let mut objects = blocking(move || walk(&store.objects())).await?;
    objects.sort_by(|a, b| b.modified.cmp(&a.modified).then_with(|| a.key.cmp(&b.key)));
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(Listing { objects })))
}

/// Deletes every object.
async fn empty(State(store): State<Arc<DevStore>>) -> Result<StatusCode, ApiError> {
    blocking(move || {
        for entry in std::fs::read_dir(store.objects())? {
            remove(&entry?.path())?;
        }
        // s3s-fs keeps types, checksums and parts in files beside the bucket and leaves them behind.
        for entry in std::fs::read_dir(store.root())? {
            let entry = entry?;
            if entry.file_name().as_encoded_bytes().starts_with(b".bucket-")
                || entry.file_name().as_encoded_bytes().starts_with(b".upload")
            {
                remove(&entry.path())?;
            }
        }
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The bytes. Anyone may have uploaded them, so a browser must not run them on the host's origin.
async fn object(
    State(store): State<Arc<DevStore>>,
    key: Result<UrlPath<String>, PathRejection>,
) -> Result<(HeaderMap, Body), ApiError> {
    let missing = || ApiError::new(StatusCode::NOT_FOUND, "NoSuchKey", "there is no such object");
    let UrlPath(key) = key.map_err(|_| missing())?;
    let object = store.read(&key).await.map_err(|_| missing())?;
    let content_type = object.content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
    let mut headers = HeaderMap::new();
    let disposition = if is_raster_image(&content_type) { "inline" } else { "attachment" };
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition));
    headers.extend(HeaderValue::from_str(&content_type).ok().map(|value| (header::CONTENT_TYPE, value)));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.extend(object.content_length.map(|length| (header::CONTENT_LENGTH, HeaderValue::from(length))));
    let body = object.body.map_or_else(Body::empty, Body::from_stream);
    Ok((headers, body))
}

fn is_raster_image(content_type: &str) -> bool {
    let essence = essence(content_type);
    // Not every upload came through a signature that binds its type.
    is_type(content_type)
        && ["png", "jpeg", "gif", "webp", "avif", "bmp"].iter().any(|kind| essence.strip_prefix("image/") == Some(kind))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, ApiError> {
    let failed = || ApiError::misconfigured("the data folder cannot be read");
    tokio::task::spawn_blocking(work).await.map_err(|_| failed())?.map_err(|_| failed())
}

/// Removes a file or folder that may already be gone.
fn remove(path: &Path) -> std::io::Result<()> {
    let result = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn walk(root: &Path) -> std::io::Result<Vec<Listed>> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            // A file deleted in between is no error.
            let Ok(about) = entry.metadata() else { continue };
            let path = entry.path();
            if about.is_dir() {
                folders.push(path);
            } else if let Some(key) = path.strip_prefix(root).ok().and_then(Path::to_str)
                && found.len() < MAX_LISTED
            {
                let modified = about.modified().ok();
                let stamp = modified.and_then(|time| Timestamp::try_from(time).ok()).unwrap_or_default();
                let last_modified = stamp.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
                found.push(Listed { key: key.to_owned(), size: about.len(), last_modified, modified });
            }
        }
    }
    Ok(found)
}
